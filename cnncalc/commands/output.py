"""How commands write: the options of every result, file endings, standard output, files and errors."""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import click

from ..drawing import ENDINGS as PICTURES
from ..views.formats import FORMATS
from ..views.formats import TABLE_FORMATS as TABLE_FORMATS
from ..views.formats import TEXT_FORMATS as TEXT_FORMATS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ..errors import CnncalcError
    from ..views.report import Report, Terminal

#: What gives a command an option more.
Option = Callable[[Callable[..., object]], Callable[..., object]]
#: File endings of what only some commands write.
OWN_ENDINGS = {"keras-json": (".json",), "yaml": (".yaml", ".yml"), "python": (".py",), "keras": (".py",), "pytorch": (".py",),
               **PICTURES}
#: The formats that each file ending means; a command has one of them at most.
ENDINGS: dict[str, list[str]] = {}
for _name, _endings in [*[(name, format.endings) for name, format in FORMATS.items()], *OWN_ENDINGS.items()]:
    for _ending in _endings:
        ENDINGS.setdefault(_ending, []).append(_name)

#: Names of standard output. Through /dev/stdout a redirected file would look like one to replace.
STDOUT = (None, "-", "/dev/stdout")


def format_of(output: str | None, formats: Sequence[str], given: str | None = None, option: str | None = "--format") -> str:
    """The format to write: the given one, or else that of the file's ending, or else the first.

    UsageError for an ending that the command cannot write.
    """
    if given is not None:
        return given
    ending = os.path.splitext(output or "")[1].lower()
    if output in STDOUT or not ending:
        return formats[0]
    meant = [name for name in ENDINGS.get(ending, ()) if name in formats]
    if meant:
        return meant[0]
    writable = [known for known, names in ENDINGS.items() if any([name in formats for name in names])]
    raise click.UsageError(f"this command cannot write {ending} files\n    it writes {', '.join(writable)}"
                           + (f"; {option} chooses the format whatever the file is called" if option else ""))


def complete_file(context: click.Context, parameter: click.Parameter, word: str) -> list[CompletionItem]:
    """For the shell: any file."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(word, type="file")]


class Output:
    """Where a command's result goes, and in which format."""

    def __init__(self, format: str, file: str | None, color: str, width: int | None = None, terms: bool = False):
        self.format, self.file, self.color, self.width, self.terms = format, file, color, width, terms

    @property
    def terminal(self) -> Terminal:
        return terminal_for(self.file, self.color, self.width, self.terms)

    def show(self, *reports: Report, several: bool | None = None) -> None:
        """Write the reports; `several` networks are told apart even if only one of them could be computed."""
        from ..errors import CnncalcError
        from ..views.formats import written

        try:
            text = written(reports, self.format, self.terminal, several)
        except CnncalcError as error:  # a format that cannot show what is asked
            complain(error)
            sys.exit(2)
        write(text, self.file)


def output_options(*formats: str) -> Option:
    """The options of every result: --format, -o, --color, --width and --explain-terms, which the command gets as `out`."""
    names = formats or TABLE_FORMATS

    def decorate(function: Callable[..., object]) -> Callable[..., object]:
        @functools.wraps(function)
        def command(format: str | None, output: str | None, color: str, width: int | None, explain_terms: bool, **rest: object) -> object:
            return function(out=Output(format_of(output, names, format), output, color, width, explain_terms), **rest)

        decorated: Callable[..., object] = command
        own: tuple[Option, ...] = (
            click.option("--width", metavar="N", type=click.IntRange(20, 10_000), help="Width of the tables."),
            click.option("--explain-terms", is_flag=True, help="Explain every column and convention below the tables."),
        )
        for option in reversed((*_format_options(names), *own)):
            decorated = option(decorated)
        return decorated

    return decorate


def _format_options(formats: Sequence[str]) -> tuple[Option, ...]:
    return (
        click.option("--format", "format", type=click.Choice(formats),
                     help=f"Output format; default: that of FILE's extension, otherwise {formats[0]}."),
        click.option("-o", "--output", metavar="FILE", shell_complete=complete_file, help="Write to FILE instead of standard output."),
        click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", help="Color the output."),
    )


def shared_options(*formats: str) -> Option:
    """--format, -o and --color for commands that write text of their own."""

    def decorate(function: Callable[..., object]) -> Callable[..., object]:
        @functools.wraps(function)
        def command(format: str | None, output: str | None, **rest: object) -> object:
            return function(format=format_of(output, formats, format), output=output, **rest)

        decorated: Callable[..., object] = command
        for option in reversed(_format_options(formats)):
            decorated = option(decorated)
        return decorated

    return decorate


def terminal_for(output: str | None, color: str, width: int | None = None, terms: bool = False) -> Terminal:
    """Where a table is shown: the terminal, or a file or pipe of any width."""
    from ..views.report import Terminal

    stream = sys.stdout  # None where it is closed
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "").replace("_", "")
    unicode = output not in STDOUT or encoding.startswith("utf")
    if output not in STDOUT or stream is None or not stream.isatty():
        return Terminal(width or 10_000, color == "always", unicode, terms)
    return Terminal(width or terminal_width(), colored(color), unicode, terms)


def terminal_width() -> int:
    """The columns of the terminal."""
    import shutil

    return shutil.get_terminal_size().columns


def colored(color: str = "auto") -> bool:
    """Whether a terminal is to be sent colors."""
    return color == "always" or (
        color == "auto" and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


# Errors.


def complain(errors: Iterable[CnncalcError]) -> None:
    """Print errors to standard error."""
    from ..sources import report

    for error in errors:
        say(report(error))


def say(text: str) -> None:
    """Print to standard error; control characters are shown, never sent."""
    from ..errors import printable

    lines = [*map(printable, text.split("\n"))]
    if sys.stderr is not None and sys.stderr.isatty():
        lines = highlighted(lines, terminal_width(), colored())
    click.echo(safe("\n".join(lines), sys.stderr), err=True)


_MESSAGE = re.compile(r"(.*?)\b(error|warning|note):(?= )")


def highlighted(lines: list[str], width: int, color: bool) -> list[str]:
    """The lines of a message within the width, in color: its location bold, `error:` and the caret red, the fix green.

    The file's own line stays as it is, above its caret.
    """
    from ..views.table import painted
    from ..views.text import folded

    def styled(text: str, style: str) -> str:
        return painted(text, style) if color else text

    carets = [i for i, line in enumerate(lines) if line.strip() and not line.strip(" ^")]
    out: list[str] = []
    for i, line in enumerate(lines):
        head = _MESSAGE.match(line) if i == 0 else None
        if i in carets:
            out.append(styled(line, "red"))
        elif i + 1 in carets:
            out.append(line)
        elif head is not None:
            first, *rest = folded([line], width, 2)
            if len(head[0]) > len(first):  # a location that is wider than the terminal
                return [*out, *lines]
            place = styled(head[1].rstrip(), "bold") + " " if head[1].strip() else ""
            kind = styled(f"{head[2]}:", {"error": "bold red", "warning": "magenta", "note": "bold"}[head[2]])
            out += [place + kind + first[head.end():], *rest]
        else:
            is_fix = i > 0 and line.startswith(" ") and _MESSAGE.match(lines[0]) is not None
            out += [styled(part, "green") if is_fix and part.strip() else part for part in folded([line], width, 2)]
    return out


#: Replacements for characters that a stream cannot show.
PLAINER = {0x2514: "+", 0x2192: "->", 0xD7: "x", 0x2026: "...", 0x2212: "-", 0x230A: "floor(", 0x230B: ")", 0x2308: "ceil(",
           0x2309: ")", 0x221A: "sqrt", 0x2248: "~", 0x2265: ">=", 0xB2: "^2", 0x3B5: "eps", 0xB1: "+-"}


def safe(text: str, stream: object) -> str:
    """The text with what the stream cannot show written as escapes."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        text = text.translate(PLAINER)
        return text.encode(encoding, "backslashreplace").decode(encoding)
    return text


def write(text: str | bytes, output: str | None) -> None:
    """Write the result, text or the bytes of a picture: to standard output, or to a file that is replaced as a whole."""
    if output in STDOUT:
        if sys.stdout is None:
            say("error: cannot write the result: standard output is closed")
            sys.exit(2)
        try:
            if isinstance(text, bytes):
                sys.stdout.buffer.write(text)
            else:
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

    assert output is not None
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    target = os.path.realpath(output)  # a link stays, and what it names is replaced
    folder = os.path.dirname(target)
    temporary = None
    try:
        if os.path.exists(output) and (not os.path.isfile(output) or os.path.abspath(output).startswith(("/dev/", "/proc/"))):
            with open(output, "wb") as device:  # a pipe or a device cannot be replaced
                device.write(data)
            return
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".cnncalc-")
        unfinished.add(temporary)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        umask = os.umask(0)
        os.umask(umask)
        mode = os.stat(target).st_mode & 0o777 if os.path.exists(target) else 0o666 & ~umask
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except OSError as error:
        say(f"error: cannot write {output}: {error.strerror}")
        sys.exit(2)
    finally:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)
