"""What all commands share: their options, and how they write and complain."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click

FORMATS = ("table", "json", "csv", "markdown", "latex")
#: Of files that may describe a network.
ENDINGS = (".yaml", ".yml", ".json", ".keras", ".h5", ".hdf5")


def complete_file(context: click.Context, parameter: click.Parameter, word: str) -> list[Any]:
    """For the shell: any file."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(word, type="file")]


def complete_arch(context: click.Context, parameter: click.Parameter, word: str) -> list[Any]:
    """For the shell: bundled networks, and files that may hold one; in other folders, any file."""
    from click.shell_completion import CompletionItem

    from ..sources import examples

    files = [] if os.sep in word else [name for name in sorted(os.listdir()) if name.endswith(ENDINGS)]
    found = [CompletionItem(name) for name in [*files, *examples()] if name.startswith(word)]
    return found or complete_file(context, parameter, word)


def complete_layer(context: click.Context, parameter: click.Parameter, word: str) -> list[Any]:
    """For the shell: the layers of the network that the command line names."""
    from click.shell_completion import CompletionItem

    from ..sources import open_named

    # Behind an option that waits for its value, click has not come to the arguments.
    arch = context.params.get("arch") or next(iter(context.args), None)
    graph = open_named(arch).graph if isinstance(arch, str) and arch != "-" else None
    names = [] if graph is None else [node.name for node in graph.nodes]
    return [CompletionItem(name) for name in names if name.startswith(word)]


def shared_options(*formats: str) -> Callable[[Any], Any]:
    """The options that all commands have."""

    def decorate(function: Any) -> Any:
        for option in reversed((
            click.option("--format", "format", type=click.Choice(formats or FORMATS), default=(formats or FORMATS)[0],
                         show_default=True, help="How to write the result."),
            click.option("-o", "--output", metavar="FILE", shell_complete=complete_file, help="Write to FILE instead of standard output."),
            click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", hidden=False,
                         help="Colour in tables."),
        )):
            function = option(function)
        return function

    return decorate


input_option = click.option("--input", "input_", metavar="SHAPE", multiple=True,
                            help="Replace the input's size: 256x256x3, or name=256x256x3.")
batch_option = click.option("--batch", metavar="N", type=click.IntRange(1, 10**9), help="The batch's size.")


def parsed_shapes(words: tuple[str, ...]) -> Any:
    """`256x256x3` as a shape, `name=...` as shapes by name; nothing as nothing."""
    if not words:
        return None
    named = {}
    for word in words:
        name, _, sizes = word.rpartition("=")
        shape: list[int | None] = []
        for size in sizes.lower().replace("×", "x").replace(",", "x").strip("()[] ").split("x"):
            size = size.strip()
            if size in ("?", "none", "null"):
                shape.append(None)
            elif size.isdecimal() and 0 < len(size) < 10 and int(size) > 0:
                shape.append(int(size))
            else:
                raise click.BadParameter(f"{word!r} is not a shape such as 256x256x3", param_hint="--input")
        named[name] = tuple(shape)
    if "" in named:
        if len(named) > 1 or len(words) > 1:
            raise click.BadParameter("several inputs need their names: name=256x256x3", param_hint="--input")
        return named[""]
    return named


def opened_steps(name: str, input: Any = None) -> tuple[Any, list[Any]]:
    """The steps of the network that a file or an example describes, as far as it has any, and what is wrong.

    What is wrong has been said then.
    """
    from ..errors import SpecError
    from ..network import traced
    from ..sources import open_named

    opened = open_named(name)
    for warning in opened.warnings:
        say(f"{name}: warning: {warning}")
    problems = list(opened.errors)
    trace = None
    if opened.graph is not None:
        for note in opened.graph.notes:
            say(note)
        try:
            trace = traced(opened.graph, input)
            problems += trace.errors
        except SpecError as error:
            problems.append(error)
    complain(problems)
    return trace, problems


def opened_trace(name: str, input: Any = None) -> Any:
    """The steps of a whole network; `None`, and what is wrong has been said, if it is not whole."""
    trace, problems = opened_steps(name, input)
    return None if problems else trace


def terminal_for(output: str | None, color: str) -> Any:
    """What a table is for: the terminal, or a file or pipe of any width."""
    from ..views.summary import Terminal

    stream = sys.stdout  # None where it is closed
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "").replace("_", "")
    unicode = output not in (None, "-") or encoding.startswith("utf")
    if output not in (None, "-") or stream is None or not stream.isatty():
        return Terminal(10_000, color == "always", unicode)
    import shutil

    colored = color == "always" or (
        color == "auto" and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )
    return Terminal(shutil.get_terminal_size().columns, colored, unicode)


def complain(errors: Any) -> None:
    """Say what is wrong, on standard error."""
    from ..sources import report

    for error in errors:
        say(report(error))


def say(text: str) -> None:
    """Say it on standard error; control characters are shown, never sent."""
    from ..errors import printable

    click.echo(safe("\n".join(map(printable, text.split("\n"))), sys.stderr), err=True)


#: What stands in for signs that a stream cannot show.
PLAINER = {0x2514: "+", 0x2192: "->", 0xD7: "x", 0x2026: "...", 0x2212: "-", 0x230A: "floor(", 0x230B: ")", 0x2308: "ceil(",
           0x2309: ")", 0x221A: "sqrt", 0x2248: "~", 0x2265: ">=", 0xB2: "^2", 0x3B5: "eps", 0xB1: "+-"}  # fmt: skip


def safe(text: str, stream: Any) -> str:
    """The text with what the stream cannot show written as escapes."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        text = text.translate(PLAINER)
        return text.encode(encoding, "backslashreplace").decode(encoding)
    return text


def write(text: str, output: str | None) -> None:
    """Write the result: to standard output, or to a file that is replaced as a whole."""
    if output is None or output == "-":
        if sys.stdout is None:
            say("error: cannot write the result: standard output is closed")
            sys.exit(2)
        try:
            sys.stdout.write(safe(text, sys.stdout))
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader has seen enough; nothing more may be written at exit either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except OSError as error:
            say(f"error: cannot write the result: {error.strerror}")
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(2)
        return
    import tempfile

    from ..startup import unfinished

    folder = os.path.dirname(os.path.abspath(output))
    temporary = None
    try:
        if os.path.exists(output) and not os.path.isfile(output):
            with open(output, "w", encoding="utf-8") as device:  # a pipe or a device cannot be replaced
                device.write(text)
            return
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".cnncalc-")
        unfinished.add(temporary)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        mode = os.stat(output).st_mode & 0o777 if os.path.exists(output) else 0o666 & ~umask
        os.chmod(temporary, mode)
        os.replace(temporary, output)
    except OSError as error:
        say(f"error: cannot write {output}: {error.strerror}")
        sys.exit(2)
    finally:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)
