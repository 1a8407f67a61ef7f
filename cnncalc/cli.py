"""The commands, each in a module of its own that is loaded when it is called."""

from __future__ import annotations

from . import startup

_imported = startup.begin()  # before anything else is imported

import gc
import sys
from typing import Any

import click

from . import __version__
from .commands.names import ALIASES, meant

#: The commands in the order of the help, each with its line there.
COMMANDS = {
    "summary": "Show each layer's output shape and parameter count.",
    "receptive-field": "Show how much of the input each unit sees.",
    "explain": "Show the worked arithmetic behind every number of a layer.",
    "check": "Grade answer sheets and name the likely mistakes.",
    "worksheet": "Write a blank answer sheet, or its key.",
    "cost": "Count MACs, FLOPs, and memory for inference and training.",
    "draw": "Draw a network for a paper or a slide: SVG, PDF, PNG or TikZ.",
    "report": "Write a page to explore a network in a browser.",
    "compare": "Compare networks, one row each.",
    "diff": "Compare networks layer by layer.",
    "convert": "Convert a network between file formats.",
    "solve": "Find the kernel, stride, padding or depth that gives a wanted size.",
    "layer": "Compute one layer, or several, written as Keras code.",
    "trace": "Compute a network in numbers, with the working of any value.",
    "layers": "List every kind of layer, its settings and its rule.",
    "examples": "List the bundled networks, or print one.",
    "quiz": "Practice: questions with fresh numbers, for you or for a class.",
    "guide": "Show a page of the guide.",
}


class _Commands(click.Group):
    """Commands that are loaded when they are called, with a nearest name for a wrong one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        from importlib import import_module

        word = name.replace("-", "_")
        command: click.Command = getattr(import_module(f".commands.{word}", __package__), word)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args[:1] == ["help"]:
            if len(args) == 1:
                click.echo(ctx.get_help())
                ctx.exit()
            args = [args[1], "--help"]
        args = [ALIASES.get(args[0], args[0]), *args[1:]] if args else args
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = meant(args, COMMANDS)
            raise click.UsageError(f"no such command {args[0]!r}" + (f"\n    did you mean '{near}'?" if near else ""), ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(130)  # as a shell says it of a command that Ctrl-C has ended

    def main(self, *args: Any, **kwargs: Any) -> Any:
        gc.disable()  # a command is short, and what it makes lives to its end
        try:
            return super().main(*args, **kwargs)
        except RecursionError:
            click.echo("error: nested too deep", err=True)
            sys.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="cnncalc")
def main() -> None:
    """The calculator for convolutional networks: shapes, parameters, cost, receptive fields.

    ARCH is an architecture file (YAML or JSON), a Keras file, a bundled example such as
    resnet50, or - for standard input.

    \b
      cnncalc summary resnet50
      cnncalc summary arch.yaml --format json
    """


def run() -> None:
    """The console command, once `startup.begin` has run."""
    startup.run(main)
_imported()
