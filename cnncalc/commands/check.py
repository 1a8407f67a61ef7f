"""`cnncalc check`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from .budgets import budget_options
from .command import Command
from .common import batch_option, complete_arch, input_option, opened_trace, parsed_shapes
from .output import Output, complain, complete_file, output_options, say, write

if TYPE_CHECKING:
    from ..analysis import Trace
    from ..homework.grader import Grader
    from ..homework.report import Report
    from ..homework.sheet import Sheet
    from ..numeric.claims import Judged
    from ..views.graded import Class, Failed


@click.command(cls=Command, success="every answer is right and every budget holds",
               one="an answer is wrong or missing, or a budget is exceeded")
@click.argument("arch", shell_complete=complete_arch)
@click.argument("answers", metavar="[ANSWERS]...", nargs=-1, shell_complete=complete_file)
@output_options()
@budget_options
@input_option
@batch_option
@click.option("--worksheet", metavar="FILE", shell_complete=complete_file,
              help="Grade the cells of this worksheet. Default: the sheet's own columns, for all layers.")
@click.option("--answered-only", is_flag=True, help="Leave out questions without an answer, for practice.")
@click.option("--accept", metavar="LIST", multiple=True,
              help="Also accept these conventions: no-biases, bn-2, ceil, macs, non-integer, ...")
@click.option("--feedback", type=click.Choice(("marks", "rule", "cause", "line", "key")), help="How much to tell. Default: cause for one sheet, key for several.")
@click.option("--all-causes", is_flag=True, help="Explain every possible mistake in full, not only the likeliest.")
@click.option("--biases/--no-biases", default=None, help="Key: whether biases count as parameters.")
@click.option("--bn", type=click.Choice(("2C", "4C"), case_sensitive=False), help="Key: parameters of batch normalization.")
@click.option("--floor/--ceil", "floor", default=None, help="Key: whether sizes are rounded down or up.")
@click.option("--macs", "work", flag_value="macs", help="Key: FLOPs are MACs, a multiply-add is one operation.")
@click.option("--flops", "work", flag_value="flops", help="Key: MACs are FLOPs, a multiply-add is two operations.")
@click.option("--mb/--mib", "decimal", default=None, help="Key: whether a MB is 10^6 or 2^20 bytes.")
@click.option("--channels-first/--channels-last", "first", default=None, help="Key: the order of the sizes.")
@click.option("--dtype", metavar="NAME", default="float32", show_default=True, help="Data type for questions about memory.")
@click.option("--carried/--no-carried", default=True, show_default=True,
              help="Give points for answers that follow from an earlier error.")
@click.option("--slip", type=click.FloatRange(0, 1), default=0.0, show_default=True, metavar="POINTS",
              help="Points for a correct formula with an arithmetic slip (0 to 1).")
@click.option("--once/--no-once", default=False, show_default=True,
              help="Deduct one answer for a mistake made throughout, however many it spoils.")
@click.option("--points", metavar="COLUMN", is_flag=False, flag_value="points",
              help="Column of the worksheet with the points for each answer of a row.")
@click.option("--cells", is_flag=True, help="One row per answer.")
@click.option("--by", type=click.Choice(("sheet", "question")), default="sheet", show_default=True,
              help="One row per sheet, or per question with the most common wrong answers.")
@click.option("--reports", metavar="DIR", help="Write a report for each student to DIR, at --feedback cause unless given.")
@click.option("--force", is_flag=True, help="Let --reports replace existing files.")
def check(out: Output, arch: str, answers: tuple[str, ...], input_: tuple[str, ...], batch: int | None, worksheet: str | None, points: str | None, accept: tuple[str, ...], feedback: str | None,
          cells: bool, by: str, reports: str | None, force: bool, all_causes: bool, carried: bool, slip: float, once: bool,
          answered_only: bool, **key: object) -> None:
    """Grade answer sheets and name the likely mistakes.

    ANSWERS are sheets (.csv, .xlsx, .md, .yaml) or a folder of them. Without any, grade what ARCH
    itself declares under 'expect'. With several sheets, print one row per sheet.

    \b
      cnncalc check lenet5 ada.csv
      cnncalc check lenet5 submissions/ --worksheet sheet.csv --format csv -o gradebook.csv
      cnncalc check lenet5 submissions/ --reports reports/
      cnncalc check mobilenetv2 --max params=5M --max memory=8GB --min field=224
    """
    from ..homework.report import Scoring
    from ..views import check_text, graded

    trace = network_of(arch, parsed_shapes(input_))
    try:
        if points is not None and worksheet is None:
            raise click.UsageError("--points needs a --worksheet with a column of points")
        asked = None
        if worksheet is not None:
            asked, answers = _worksheet(trace, worksheet, points, answers)
        names, is_class = _sheets(answers)
        grader = _grader(trace, batch, accept, asked, answered_only or not answers, key)
        found, maps = _graded(arch, names, grader) if names else _declared(arch, grader)
    except click.UsageError:
        raise
    except Exception as error:
        from ..errors import CnncalcError

        if not isinstance(error, CnncalcError):
            raise
        complain([error])
        sys.exit(2)
    one = graded.Class(grader, found, Scoring(carried, slip, once), feedback or ("key" if is_class else "cause"))
    if reports is not None:
        _write_reports(one._replace(level=feedback or "cause"), reports, out, force, all_causes)
    failed = [sheet for sheet in found if isinstance(sheet, graded.Failed)]
    for sheet in failed:
        say(f"error: {sheet.problem}")
    if len(failed) < len(found) or maps:
        rows = "questions" if by == "question" else "answers" if cells else "sheets"
        out.show(check_text.result(one, maps, is_class, rows, all_causes))
    if failed:
        sys.exit(2)
    if not all([report.complete for report in one.reports]) or any([grid.wrong or grid.count("missing") for _, judged in maps for grid in judged]):
        sys.exit(1)


def network_of(arch: str, shape: object) -> Trace:
    """The whole network; otherwise its errors are printed, and the command ends."""
    trace = opened_trace(arch, shape)
    if trace is None:
        sys.exit(2)
    return trace


def _worksheet(trace: Trace, name: str, points: str | None, answers: tuple[str, ...]) -> tuple[Sheet, tuple[str, ...]]:
    """The worksheet, and the answer sheets: `--points sheet.csv` takes the default column."""
    from ..homework.rows import Rows
    from ..homework.sheet import sheet_from_data, sheet_from_table
    from ..sources.sheets.reader import read_answers

    raw = read_answers(name)
    if points is not None and os.path.exists(points) and os.path.splitext(points)[1]:
        points, answers = "points", (points, *answers)
    rows = Rows(trace)
    sheet = (sheet_from_table(raw.name, raw.rows, rows, points or "") if raw.rows is not None
             else sheet_from_data(raw.name, raw.data, rows, points or ""))
    for problem in sheet.problems:
        say(f"{name}: warning: {problem}")
    return sheet, answers


def _sheets(answers: tuple[str, ...]) -> tuple[list[str], bool]:
    """The files that are named, those of folders included, and whether they are a class."""
    from ..sources.sheets.reader import sheets_in

    names: list[str] = []
    for name in answers:
        names += sheets_in(name) if os.path.isdir(name) else [name]
    return names, len(names) > 1 or any([os.path.isdir(name) for name in answers])


def _grader(trace: Trace, batch: int | None, accept: tuple[str, ...], asked: Sheet | None, answered_only: bool, key: dict[str, Any]) -> Grader:
    from ..dtypes import BITS, compute_dtype, known, named
    from ..homework.conventions import accepted_conventions
    from ..homework.grader import Grader
    from ..homework.layer_run import Settings
    from ..homework.sheet import expected_in
    from ..network import bundled

    dtype = named(key["dtype"])
    if not known(dtype):
        raise click.BadParameter(f"unknown dtype {key['dtype']!r}", param_hint="--dtype")
    settings = Settings(
        biases=key["biases"], bn=key["bn"].upper() if key["bn"] else None, work=key["work"],
        binary=None if key["decimal"] is None else not key["decimal"],
        order=None if key["first"] is None else "channels_first" if key["first"] else "channels_last",
        rounding=None if key["floor"] is None else "floor" if key["floor"] else "ceil",
        batch=batch or 1, bits=BITS[compute_dtype(dtype)])
    declared = expected_in(trace, "")
    words = (*accept, *(asked.accept if asked is not None else ()), *(declared.accept if declared is not None else ()))
    return Grader(trace, settings, accepted_conventions(words), bundled, asked, answered_only)


def _declared(arch: str, grader: Grader) -> tuple[list[Report | Failed], list[tuple[str, list[Judged]]]]:
    """The report on what the architecture file declares about itself."""
    from ..errors import SpecError
    from ..homework.sheet import expected_in, is_grid

    sheet = expected_in(grader.trace, arch)
    grids = {step.name: step.node.expect["values"] for step in grader.trace.steps
             if isinstance(step.node.expect, dict) and is_grid("values", step.node.expect.get("values"))}
    maps = [(arch, _cell_by_cell(grader.trace, grids))] if grids else []
    if sheet is None and not maps:
        raise SpecError(f"nothing to check in {arch}: no layer has 'expect'", (), f"name a sheet: cnncalc check {arch} answers.csv")
    return ([grader.grade(sheet)] if sheet is not None else []), maps


def _graded(arch: str, names: list[str], grader: Grader) -> tuple[list[Report | Failed], list[tuple[str, list[Judged]]]]:
    """The report on each sheet, or why it could not be read; and the marks on maps of numbers."""
    from ..errors import CnncalcError, printable
    from ..homework.rows import Rows
    from ..homework.sheet import sheet_from_data, sheet_from_table, without_grids
    from ..sources.sheets.reader import read_answers
    from ..views.graded import Failed

    rows = Rows(grader.trace)
    found: list[Report | Failed] = []
    maps: list[tuple[str, list[Judged]]] = []
    for name in names:
        try:
            raw = read_answers(name)
            if raw.rows is not None:
                sheet = sheet_from_table(raw.name, raw.rows, rows)
            else:
                data, grids = without_grids(raw.data)
                if grids:
                    maps.append((name, _cell_by_cell(grader.trace, grids)))
                if grids and not data:
                    continue
                sheet = sheet_from_data(raw.name, data, rows)
            found.append(grader.grade(sheet))
        except CnncalcError as error:
            from ..sources import report

            text, shown = report(error).removeprefix("error: "), printable(name)
            found.append(Failed(shown, text if shown in text else f"{shown}: {text}"))
    return found, maps


def _cell_by_cell(trace: Trace, grids: dict[str, object]) -> list[Judged]:
    """The marks on maps of numbers."""
    from ..numeric import compute
    from ..numeric.claims import judged

    return judged(compute(trace), grids)


def _write_reports(one: Class, folder: str, out: Output, force: bool, all_causes: bool) -> None:
    """A file for each student, under a safe name; without `force` no file is replaced."""
    from ..views.check_text import result
    from ..views.formats import written
    from ..views.report import Terminal
    from .output import ENDINGS

    ending = next(ending for ending, formats in ENDINGS.items() if out.format in formats)
    paths = [os.path.join(folder, name + ending) for name in safe_names([r.sheet.name for r in one.reports])]
    taken = [path for path in paths if os.path.lexists(path) and not (force and os.path.isfile(path) and not os.path.islink(path))]
    if taken:
        say(f"error: {taken[0]} exists" + (f", and {len(taken) - 1} more" if len(taken) > 1 else "") + "\n    --force replaces reports")
        sys.exit(2)
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        say(f"error: cannot make {folder}: {error.strerror}")
        sys.exit(2)
    rows = "answers" if out.format in ("csv", "tsv") else "sheets"
    for path, report in zip(paths, one.reports):
        write(written([result(one._replace(found=[report]), [], False, rows, all_causes)], out.format, Terminal(100)), path)


def safe_names(names: list[str]) -> list[str]:
    """Names for files, none twice, without folders and special characters."""
    import re

    found: list[str] = []
    for name in names:
        stem = os.path.splitext(os.path.basename(name.replace("\\", "/")))[0]
        stem = re.sub(r"[^\w.-]+", "_", stem).strip("._-")[:100] or "sheet"
        unique, n = stem, 2
        while unique.casefold() in [other.casefold() for other in found]:
            unique, n = f"{stem}-{n}", n + 1
        found.append(unique)
    return found
