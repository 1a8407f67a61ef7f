"""`cnncalc check`."""

from __future__ import annotations

import sys
from typing import Any

import click

from .common import batch_option, complete_arch, input_option, opened_trace, parsed_shapes
from .output import complain, complete_file, say, shared_options, terminal_for, write


@click.command()
@click.argument("arch", shell_complete=complete_arch)
@click.argument("answers", metavar="[ANSWERS]...", nargs=-1, shell_complete=complete_file)
@shared_options("table", "json", "csv", "markdown")
@input_option
@batch_option
@click.option("--biases/--no-biases", default=None, help="Whether the sheet counts biases as parameters.")
@click.option("--bn", type=click.Choice(("2C", "4C"), case_sensitive=False), help="Batch normalization: numbers per channel.")
@click.option("--macs", "work", flag_value="macs", help="The sheet's FLOPs are MACs: a multiply-add is one.")
@click.option("--flops", "work", flag_value="flops", help="The sheet's MACs are FLOPs: a multiply-add is two.")
@click.option("--mb/--mib", "decimal", default=None, help="Whether a MB is 10^6 or 2^20 bytes.")
@click.option("--channels-first/--channels-last", "first", default=None, help="The order of sizes in the sheet.")
@click.option("--floor/--ceil", "floor", default=None, help="Whether sizes are rounded down or up.")
@click.option("--dtype", metavar="NAME", default="float32", show_default=True, help="The dtype that memory is asked for.")
@click.option("--carried/--no-carried", default=True, show_default=True,
              help="Whether an answer that follows from an earlier error earns its point.")
@click.option("--slip", "slip", type=click.FloatRange(0, 1), default=0.0, show_default=True, metavar="POINTS",
              help="What a right product with a wrong value earns.")
@click.option("--all", "everything", is_flag=True, help="Show the right answers too.")
def check(arch: str, answers: tuple[str, ...], format: str, output: str | None, color: str, input_: tuple[str, ...],
          batch: int | None, biases: bool | None, bn: str | None, work: str | None, decimal: bool | None,
          first: bool | None, floor: bool | None, dtype: str, carried: bool, slip: float, everything: bool) -> None:
    """Which claimed answers are right, and what mistake explains a wrong one.

    ANSWERS are sheets: CSV, a Markdown table, or YAML. Without one, what ARCH itself claims
    under 'expect'. With several, a row for each, and which mistake how many made. Conventions
    that are not set here are found out from each sheet.

    \b
      cnncalc check lenet5 ada.csv
      cnncalc check arch.yaml submissions/*.csv --no-carried --format csv -o scores.csv
    """
    from ..dtypes import BITS, compute_dtype, known
    from ..homework.judge import Judge
    from ..views import check_text

    if not known(dtype):
        raise click.BadParameter(f"{dtype!r} is no dtype", param_hint="--dtype")
    trace = network_of(arch, parsed_shapes(input_))
    from ..homework.run import Settings

    settings = Settings(
        biases=biases, bn=bn.upper() if bn else None, work=work, binary=None if decimal is None else not decimal,
        order=None if first is None else "channels_first" if first else "channels_last",
        rounding=None if floor is None else "floor" if floor else "ceil", batch=batch or 1,
        bits=BITS[compute_dtype(dtype)])
    judge = Judge(trace, settings, bundled)
    marking = check_text.Marking(carried, slip)
    found, maps = _judged(arch, answers, judge)
    if format == "json":
        text = _with_maps(check_text.check_json(trace.graph.name, found, judge, marking), maps)
    elif format == "csv":
        text = check_text.scores_csv(found, marking)
    elif format == "markdown":
        text = check_text.scores_markdown(found, marking)
    elif not found:
        text = ""
    elif len(found) == 1 and not isinstance(found[0], check_text.Failed):
        text = check_text.sheet_text(found[0], judge, marking, terminal_for(output, color), everything)
    else:
        text = check_text.sheets_text(found, judge, marking, terminal_for(output, color))
    if maps and format not in ("json", "csv"):
        text += "\n" * bool(text) + _maps_text(maps, terminal_for(output, color) if format == "table" else None)
    failed = [one for one in found if isinstance(one, check_text.Failed)]
    for one in failed:
        say(f"error: {one.problem}")
    if len(failed) < len(found) or maps:
        write(text, output)
    if failed:
        sys.exit(2)
    if any([not isinstance(one, check_text.Failed) and one.wrong for one in found]) or any(
            [one.wrong for _, judged in maps for one in judged]):
        sys.exit(1)


def network_of(arch: str, shape: Any) -> Any:
    """The network, whole; otherwise what is wrong with it is said, and that is all."""
    trace = opened_trace(arch, shape)
    if trace is None:
        sys.exit(2)
    return trace


def _judged(arch: str, answers: tuple[str, ...], judge: Any) -> tuple[list[Any], list[tuple[str, Any]]]:
    """The report on each sheet, or why it could not be read; and the verdicts on maps in numbers."""
    from ..errors import CnncalcError, SpecError, printable
    from ..homework.answers import Rows, expected_in, is_grid, sheet_from_data, sheet_from_table, without_grids
    from ..sources.sheets.reader import read_answers
    from ..views.check_text import Failed

    maps: list[tuple[str, Any]] = []
    if not answers:
        sheet = expected_in(judge.trace, arch)
        grids = {step.name: step.node.expect["values"] for step in judge.trace.steps
                 if isinstance(step.node.expect, dict) and is_grid("values", step.node.expect.get("values"))}
        if grids:
            try:
                maps.append((arch, _cell_by_cell(judge.trace, grids)))
            except CnncalcError as error:
                complain(error)
                sys.exit(2)
        if sheet is None and maps:
            return [], maps
        if sheet is None:
            complain([SpecError(f"{arch} claims nothing: no layer has 'expect'", (),
                                f"name a sheet: cnncalc check {arch} answers.csv")])
            sys.exit(2)
        return [judge.judge(sheet)], maps
    names = Rows(judge.trace)
    found: list[Any] = []
    for name in answers:
        try:
            raw = read_answers(name)
            if raw.rows is not None:
                sheet = sheet_from_table(raw.name, raw.rows, names)
            else:
                data, grids = without_grids(raw.data)
                if grids:
                    maps.append((name, _cell_by_cell(judge.trace, grids)))
                if grids and not data:
                    continue
                sheet = sheet_from_data(raw.name, data, names)
            found.append(judge.judge(sheet))
        except CnncalcError as error:
            from ..sources import report

            text, shown = report(error).removeprefix("error: "), printable(name)
            found.append(Failed(shown, text if shown in text else f"{shown}: {text}"))
    return found, maps


def _cell_by_cell(trace: Any, grids: dict[str, Any]) -> Any:
    """The verdicts on maps in numbers."""
    from ..numeric import compute
    from ..numeric.claims import judged

    return judged(compute(trace), grids)


def _maps_text(maps: list[tuple[str, Any]], terminal: Any) -> str:
    from ..views.trace import answers_text

    return "\n".join([(f"{name}\n" if len(maps) > 1 else "") + answers_text(judged, terminal) for name, judged in maps])


def _with_maps(text: str, maps: list[tuple[str, Any]]) -> str:
    """The JSON of the sheets with that of the maps beside it, if there are any."""
    if not maps:
        return text
    import json

    from ..views.text import json_text
    from ..views.trace import answers_dict

    data = json.loads(text)
    data["maps"] = [{"file": name, **one} for name, judged in maps for one in answers_dict("", judged)["maps"]]
    return json_text(data)


def bundled() -> Any:
    """The bundled networks, to know another one's numbers by."""
    from ..network import traced
    from ..sources import examples, open_named

    for name in examples():
        opened = open_named(name)
        if opened.graph is not None and not opened.errors:
            trace = traced(opened.graph)
            if not trace.errors:
                yield name, trace
