"""The console command, and `python -m cnncalc`."""

from .startup import begin


def run() -> None:
    """Prepare the process before anything else is imported, then run the command."""
    begin()
    from .cli import run as command  # lazy: Ctrl-C is quiet by now

    command()


if __name__ == "__main__":
    run()
