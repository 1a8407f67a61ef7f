"""`cnncalc quiz`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from .command import SUCCESS
from .common import complete_arch
from .output import complain, complete_file, safe, say, write

if TYPE_CHECKING:
    from ..quiz.about_network import NetworkQuestions
    from ..quiz.run import Run
    from ..quiz.session import Session

PARTS = {"write": "Write a quiz for a class, from a QUIZ.yaml.", "mark": "Mark the answers of a class."}


class _Quiz(click.Group):
    """A command with an optional argument that has two commands of its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args[:1] and args[0] in PARTS:
            return super().parse_args(ctx, ["--", "", *args])  # the first word is a part, not ARCH
        ctx.allow_interspersed_args = True
        rest = click.Command.parse_args(self, ctx, args)
        if rest:
            raise click.UsageError(f"unexpected argument {rest[0]!r}: quiz asks about one network", ctx)
        return rest

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in PARTS:
            return None
        from importlib import import_module

        command: click.Command = getattr(import_module(f".quiz_{name}", __package__), name)
        return command

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(PARTS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("For a class"):
            formatter.write_dl(list(PARTS.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Exit status"):
            formatter.write_dl([("0", SUCCESS), ("2", "bad input or usage")])


@click.group(cls=_Quiz, invoke_without_command=True)
@click.argument("arch", required=False, shell_complete=complete_arch)
@click.option("--skill", "skills", metavar="LIST", help="Only these skills: size, params, macs, memory, field, pool, transposed, hand, inverse, "
              "which-architecture, spot-the-error.")
@click.option("--level", "levels", metavar="1-4", help="Level of the questions: 1 one formula; 2 rounding or padding; 3 several layers; 4 the rest. "
              "Default: as hard as you are good.")
@click.option("--mistake", metavar="NAME", help="Only questions that expose this mistake, such as forgot-plus-one.")
@click.option("--questions", "count", metavar="N", type=click.IntRange(1, 100_000), help="Number of questions. Default: until you quit; 10 in JSON.")
@click.option("--seed", metavar="TEXT", help="The same seed gives the same questions.")
@click.option("--choices", type=click.Choice(("0", "3", "4")), help="Number of choices; 0 for free answers. Default: 0, and 4 in JSON.")
@click.option("--format", "format", type=click.Choice(("json",)), help="Print the questions instead of asking them.")
@click.option("--key", is_flag=True, help="With --format: include the answers.")
@click.option("-o", "--output", metavar="FILE", shell_complete=complete_file, help="With --format: write to FILE.")
@click.pass_context
def quiz(ctx: click.Context, arch: str | None, skills: str | None, levels: str | None, mistake: str | None, count: int | None, seed: str | None,
         choices: str | None, format: str | None, key: bool, output: str | None) -> None:
    """Practice: questions with fresh numbers, and what went wrong.

    ARCH asks about the layers of a network: a bundled one, or your own file. (A file named write or mark is ./write.)

    \b
      cnncalc quiz
      cnncalc quiz lenet5
      cnncalc quiz --skill size,params --level 2 --questions 10 --seed 7
      cnncalc quiz --mistake forgot-plus-one
      cnncalc quiz write week3.yaml --format moodle -o week3.xml
    """
    if ctx.invoked_subcommand is not None:
        return
    from ..errors import CnncalcError
    from ..quiz.question import LEVELS, SKILLS
    from ..quiz.run import Run, mistake_named, skills_named

    if output is not None and format is None:
        format = "json"
    if key and format is None:
        raise click.UsageError("--key needs --format json: in the terminal, press e for the working")
    try:
        chosen = skills_named(skills) if skills is not None else list(SKILLS)
        mistake = mistake_named(mistake) if mistake is not None else None
    except CnncalcError as error:
        complain(error)
        sys.exit(2)
    wanted = _levels(levels)
    network = _network(arch, chosen, skills is not None, format is not None) if arch else None
    fresh = seed is None
    seed = seed if seed is not None else str(int.from_bytes(os.urandom(4), "big"))
    number = int(choices) if choices is not None else 4 if format else 0
    run = Run(seed, chosen, wanted or LEVELS, mistake, number, network)
    if not run.skills:
        complain_about_mistake(mistake, skills, levels)
    if format:
        _print(run, count or 10, key, output)
    else:
        _practice(run, fresh and not wanted, count)


def complain_about_mistake(mistake: str | None, skills: str | None, levels: str | None) -> None:
    from ..errors import SpecError

    limits = " ".join([f"{name} {value}" for name, value in (("--skill", skills), ("--level", levels)) if value])
    complain([SpecError(f"no question with {limits} exposes {mistake}", (), "leave out " + limits)])
    sys.exit(2)


def _levels(text: str | None) -> list[int]:
    """`2`, `1,3` or `2-4`."""
    if text is None:
        return []
    first, dash, last = text.strip().partition("-")
    words = [str(n) for n in range(int(first), int(last) + 1)] if dash and first in "1234" and last in "1234" and first and last else text.split(",")
    if not words or not all([word.strip() in ("1", "2", "3", "4") for word in words]):
        raise click.BadParameter(f"{text!r} is not a level from 1 to 4", param_hint="--level")
    return sorted({int(word) for word in words})


def _network(arch: str, skills: list[str], limited: bool, printed: bool) -> NetworkQuestions:
    """The questions about a network; its file only if they are printed."""
    from ..errors import CnncalcError, SpecError
    from ..quiz.about_network import NetworkQuestions
    from .common import opened_trace

    trace = opened_trace(arch)
    if trace is None:
        sys.exit(2)
    text: str | None = None
    if printed:
        from ..sources.architecture.writer import spec_text

        try:
            text = spec_text(trace, False)
        except CnncalcError:  # not every network can be written as an architecture file
            text = None
    questions = NetworkQuestions(trace, trace.graph.name, text, skills)
    if not questions.skills:
        hint = "leave out --skill" if limited else "its layers need known sizes"
        complain([SpecError(f"{arch} has no layer to ask about", (), hint)])
        sys.exit(2)
    return questions


def _print(run: Run, count: int, key: bool, output: str | None) -> None:
    from ..quiz.question import question_dict
    from ..views.text import json_text

    found = []
    for _ in range(count):
        question = run.next()
        if question is None:
            break
        found.append(question_dict(question, key))
    write(json_text({"schema": "cnncalc/quiz/1", "seed": run.seed, "questions": found}), output)


# In the terminal.


def _practice(run: Run, adaptive: bool, count: int | None) -> None:
    import time

    from ..quiz.progress import ProgressFile
    from ..quiz.session import KEYS, Session

    file = ProgressFile()
    progress = file.load(int(time.time() // 86_400))
    session = Session(run, progress, adaptive, count)
    _tell([KEYS])
    status = _asked(session, lambda: file.save(progress))
    _tell(["", *session.summary()])
    if file.note:
        say(f"note: {file.note}")
    sys.exit(status)


def _asked(session: Session, save: Callable[[], None]) -> int:
    """Ask until the end, or until the student leaves; the exit status."""
    while (question := session.next()) is not None:
        _tell(["", *session.told()])
        done = False
        while not done:
            line = _line()
            if line is None:
                return 130
            if line.strip().lower() in ("q", "quit", "exit") or line == "\x04":
                return 0
            reply = session.answer(line)
            done = reply.done
            save()  # before anything is printed: Ctrl-C loses nothing
            if question.choices or reply.lines:
                _tell(reply.lines)
    return 0


def _line() -> str | None:
    """A line of the student's; None for Ctrl-C, the end of the input counts as q."""
    from signal import SIGINT, default_int_handler, getsignal, signal

    handler = getsignal(SIGINT)
    try:
        signal(SIGINT, default_int_handler)  # while waiting, Ctrl-C leads to the summary
        return input("> ") if sys.stdin is not None else "q"
    except EOFError:
        _tell([""])
        return "q"
    except KeyboardInterrupt:
        _tell([""])
        return None
    except UnicodeDecodeError:
        return ""
    finally:
        signal(SIGINT, handler)
        if sys.stdin is not None and not sys.stdin.isatty():
            _tell([""])


def _tell(lines: list[str]) -> None:
    """Print lines within the terminal's width."""
    from ..errors import printable
    from ..views.text import folded
    from .output import terminal_width

    width = terminal_width() if sys.stdout is not None and sys.stdout.isatty() else 100
    write(safe("\n".join(folded([printable(line) for line in lines], width)), sys.stdout) + "\n", None)
