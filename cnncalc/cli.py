"""The commands; the only module that prints or exits, and each imports what it needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from . import __version__

FORMATS = ("table", "json", "csv", "markdown", "latex")


class _Commands(click.Group):
    """Commands in the order in which they were written, with a nearest name for a wrong one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            from .errors import did_you_mean

            near = did_you_mean(args[0], self.commands)
            if near is None and (os.path.exists(args[0]) or "." in args[0]):
                near = f"did you mean 'cnncalc summary {args[0]}'?"
            raise click.UsageError(f"no such command {args[0]!r}" + (f"\n    {near}" if near else ""), ctx)
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **kwargs: Any) -> Any:
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


def shared_options(*formats: str) -> Callable[[Any], Any]:
    """The options that all commands have."""

    def decorate(function: Any) -> Any:
        for option in reversed((
            click.option("--format", "format", type=click.Choice(formats or FORMATS), default="table", show_default=True,
                         help="How to write the result."),
            click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output."),
            click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", hidden=False,
                         help="Colour in tables."),
        )):
            function = option(function)
        return function

    return decorate


input_option = click.option("--input", "input_", metavar="SHAPE", multiple=True,
                            help="Replace the input's size: 256x256x3, or name=256x256x3.")
batch_option = click.option("--batch", metavar="N", type=click.IntRange(1, 10**9), help="The batch's size.")


@main.command()
@click.argument("arch", nargs=-1, required=True)
@shared_options(*FORMATS, "keras3", "keras2")
@input_option
@batch_option
@click.option("--columns", metavar="LIST", help="The columns: kernel,stride,padding,weights,connections,... "
              "With a + in front they are added to the usual ones.")
@click.option("--expand-nested", is_flag=True, help="Show the layers inside nested models.")
@click.option("--show-trainable", is_flag=True, help="Show which layers are trainable.")
@click.option("--width", metavar="N", type=click.IntRange(20, 10_000), help="The width of the table.")
def summary(arch: tuple[str, ...], format: str, output: str | None, color: str, input_: tuple[str, ...],
            batch: int | None, columns: str | None, expand_nested: bool, show_trainable: bool,
            width: int | None) -> None:
    """What comes out of each layer, and how many parameters it has.

    \b
      cnncalc summary arch.yaml
      cnncalc summary vgg16 --input 128x128x3 --columns +kernel,stride,activations
      cnncalc summary model.json --format keras3 --width 100
    """
    from .errors import SpecError
    from .network import traced
    from .sources import open_named
    from .views.summary import summary_text

    shape = parsed_shapes(input_)
    texts, errors = [], 0
    terminal = terminal_for(output, color) if format == "table" else None
    if format == "json" and len(arch) > 1:
        from .views.columns import chosen
        from .views.summary import json_text
        from .views.text import summary_dict
    found = []
    for name in arch:
        opened = open_named(name)
        problems = list(opened.errors)
        for warning in opened.warnings:
            say(f"{name}: warning: {warning}")
        trace = None
        if opened.graph is not None:
            try:
                trace = traced(opened.graph, shape)
            except SpecError as error:
                problems.append(error)
            else:
                problems += trace.errors
        complain(problems)
        errors += len(problems)
        if trace is None or (problems and not worth_showing(trace, format)):
            continue
        cut_short(trace, opened.errors)
        try:
            if format == "json" and len(arch) > 1:
                found.append(summary_dict(trace, chosen(columns, ()) if columns else None, batch))
            else:
                texts.append(summary_text(trace, format, columns, batch, expand_nested, show_trainable, width,
                                          terminal, bool(problems)))
        except SpecError as error:
            complain([error])
            sys.exit(2)
    if found:
        texts = [json_text(found)]
    write(("" if format == "csv" else "\n").join(texts), output)
    if errors:
        sys.exit(2)


def worth_showing(trace: Any, format: str) -> bool:
    """Whether a network with errors has anything to show in this format."""
    return format in ("table", "csv", "markdown", "latex", "json") and len(trace.steps) > 0


def cut_short(trace: Any, errors: list[Any]) -> None:
    """Leave only the steps before the first entry that could not be read."""
    if not errors:
        return
    ready = set()
    for node in trace.graph.nodes:
        if node.layer is None:
            break
        ready.add(node)
    trace.steps = tuple(step for step in trace.steps if step.node in ready)


@main.command()
@click.argument("name", required=False)
def examples(name: str | None) -> None:
    """The bundled networks; with a NAME, its file.

    \b
      cnncalc examples
      cnncalc examples resnet50 > mine.yaml
    """
    from .sources import example_path, title_of
    from .sources import examples as bundled

    if name is None:
        names = bundled()
        widest = max(map(len, names), default=0)
        write("".join(f"{n:{widest}}  {title_of(n)}".rstrip() + "\n" for n in names), None)
        return
    path = example_path(name)
    if path is None:
        from .errors import SpecError, did_you_mean

        complain([SpecError(f"there is no bundled example {name!r}", (), did_you_mean(name, bundled()))])
        sys.exit(2)
    with open(path, encoding="utf-8") as file:
        write(file.read(), None)


def parsed_shapes(words: tuple[str, ...]) -> Any:
    """`256x256x3` as a shape, `name=...` as shapes by name; nothing as nothing."""
    if not words:
        return None
    named = {}
    for word in words:
        name, _, sizes = word.rpartition("=")
        shape = []
        for size in sizes.lower().replace("×", "x").replace(",", "x").strip("()[] ").split("x"):
            size = size.strip()
            if size in ("?", "none", "null"):
                shape.append(None)
            elif size.isdigit() and 0 < len(size) < 10 and int(size) > 0:
                shape.append(int(size))
            else:
                raise click.BadParameter(f"{word!r} is not a shape such as 256x256x3", param_hint="--input")
        named[name] = tuple(shape)
    if "" in named:
        if len(named) > 1 or len(words) > 1:
            raise click.BadParameter("several inputs need their names: name=256x256x3", param_hint="--input")
        return named[""]
    return named


def terminal_for(output: str | None, color: str) -> Any:
    """What a table is for: the terminal, or a file or pipe of any width."""
    from .views.table import Terminal

    stream = sys.stdout
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "").replace("_", "")
    unicode = output not in (None, "-") or encoding.startswith("utf")
    if output not in (None, "-") or not stream.isatty():
        return Terminal(10_000, color == "always", unicode)
    import shutil

    colored = color == "always" or (
        color == "auto" and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )
    return Terminal(shutil.get_terminal_size().columns, colored, unicode)


def complain(errors: Any) -> None:
    """Say what is wrong, on standard error."""
    from .sources import report

    for error in errors:
        say(report(error))


def say(text: str) -> None:
    click.echo(safe(text, sys.stderr), err=True)


def safe(text: str, stream: Any) -> str:
    """The text with what the stream cannot show written as escapes."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        text = text.translate({0x2514: "+", 0x2192: "->", 0xD7: "x", 0x2026: "..."})
        return text.encode(encoding, "backslashreplace").decode(encoding)
    return text


def write(text: str, output: str | None) -> None:
    """Write the result: to standard output, or to a file that is replaced as a whole."""
    if output is None or output == "-":
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

    folder = os.path.dirname(os.path.abspath(output))
    temporary = None
    try:
        if os.path.exists(output) and not os.path.isfile(output):
            with open(output, "w", encoding="utf-8") as device:  # a pipe or a device cannot be replaced
                device.write(text)
            return
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".cnncalc-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        mode = os.stat(output).st_mode & 0o777 if os.path.exists(output) else 0o666 & ~umask
        os.chmod(temporary, mode)
        os.replace(temporary, output)
    except OSError as error:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)
        say(f"error: cannot write {output}: {error.strerror}")
        sys.exit(2)
