"""Numbers through a network as tables, workings, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..arrays import Array, places, plain_data, times, written
from ..numeric.cells import Stage
from ..numeric.claims import Judged, Verdict
from ..numeric.compute import Computed, Done
from ..numeric.working import cell_lines, cell_name, channel_axis, lines
from .table import drawn
from .text import json_text, markdown_text

#: Columns of a vector, which is broken into rows.
ACROSS = 10
#: Wrong cells whose working is shown, of each map.
MOST_WORKED = 6

NOTES = {"float": "numbers of functions that have no exact value are rounded to 6 digits",
         "flip": "--flip: kernels are turned round, as the mathematician's convolution has it",
         "padding": "means are of the pixels under the window only; padding does not count"}  # fmt: skip


class Sheet:
    """One table of a map: its name, and rows of texts behind their labels."""

    def __init__(self, name: str, columns: list[str], rows: list[tuple[str, list[str]]]):
        self.name, self.columns, self.rows = name, columns, rows

    @property
    def body(self) -> list[list[str]]:
        return [[label, *row] for label, row in self.rows]


def title(done: Done, stage: Stage) -> str:
    """A map's name: its layer, the kind, and which of several on the way it is."""
    name = f"{done.name} ({done.layer.kind})"
    return f"{name}, {stage.name}" if len(done.stages) > 1 else name


def sheets(name: str, array: Array, axis: int, channel: int | None = None, texts: Any = None) -> Iterator[Sheet]:
    """The tables of a map: one for each channel, and each slice of a deep one."""
    texts = texts or {}
    shape = array.shape

    def text(place: tuple[int, ...]) -> str:
        return texts.get(place) or written(array[place])

    if len(shape) < 2:
        wide = min(ACROSS, len(array.data))
        flat = [text((i,) if shape else ()) for i in range(len(array.data))]
        rows = [(str(i) if len(flat) > wide else "", flat[i : i + wide]) for i in range(0, len(flat), wide)]
        yield Sheet(name, [str(i) for i in range(wide)], rows)
        return
    if len(shape) == 2:
        yield Sheet(name, [str(i) for i in range(shape[1])],
                    [(str(i), [text((i, j)) for j in range(shape[1])]) for i in range(shape[0])])
        return
    spatial = [at for at in range(len(shape)) if at != axis]
    *deep, down, across = spatial
    for c in range(shape[axis]) if channel is None else [channel]:
        for slice_ in places([shape[at] for at in deep]):
            own = name + (f", channel {c}" if shape[axis] > 1 else "") + "".join([f", depth {i}" for i in slice_])

            def place(i: int, j: int, c: int = c, slice_: tuple[int, ...] = slice_) -> tuple[int, ...]:
                index = [0] * len(shape)
                for at, value in zip((axis, *deep, down, across), (c, *slice_, i, j)):
                    index[at] = value
                return tuple(index)

            yield Sheet(own, [str(j) for j in range(shape[across])],
                        [(str(i), [text(place(i, j)) for j in range(shape[across])]) for i in range(shape[down])])


def tables(computed: Computed, names: Iterable[str] = (), channel: int | None = None) -> list[Sheet]:
    """A table for each map, those of the inputs first."""
    chosen = set(names)
    found: list[Sheet] = []
    first = computed.layers[0] if computed.layers else None
    for name, array in computed.inputs.items():
        if not chosen or name in chosen:
            axis = channel_axis(first, array.shape) if first is not None else len(array.shape) - 1
            found += sheets(f"{name}, {times(array.shape)}", array, axis, _there(channel, array, axis))
    for done in computed.layers:
        if chosen and done.name not in chosen:
            continue
        for stage in done.stages:
            axis = channel_axis(done, stage.array.shape) if stage.array.shape else 0
            found += sheets(title(done, stage), stage.array, axis, _there(channel, stage.array, axis))
    return found


def _there(channel: int | None, array: Array, axis: int) -> int | None:
    return channel if channel is not None and len(array.shape) > 2 and channel < array.shape[axis] else None


def notes(computed: Computed) -> list[str]:
    """What holds for all numbers: that some are rounded, that kernels are turned."""
    found = []
    if computed.flip:
        found.append(NOTES["flip"])
    if any([_padded_mean(done) for done in computed.layers]):
        found.append(NOTES["padding"])
    if not all([done.exact for done in computed.layers]):
        found.append(NOTES["float"])
    return [f"note: {note}" for note in found]


def _padded_mean(done: Done) -> bool:
    return "AveragePooling" in done.layer.kind and getattr(done.layer, "padding", "valid") != "valid"


def trace_text(computed: Computed, names: Iterable[str] = (), channel: int | None = None, terminal: Any = None,
               width: int | None = None) -> str:
    """All maps as tables."""
    found = [_table(sheet, terminal, width) for sheet in tables(computed, names, channel)]
    return "\n".join([f"{computed.trace.graph.name}\n", *found]) + "".join(f"\n{note}\n" for note in notes(computed))


def _table(sheet: Sheet, terminal: Any, width: int | None) -> str:
    labels = any([label for label, _ in sheet.rows])
    titles = ["", *sheet.columns] if labels else sheet.columns
    body = sheet.body if labels else [row for _, row in sheet.rows]
    table = drawn("", titles, body, [True] * len(titles), [], [None] * len(body), terminal, width)
    return (f"{sheet.name}\n" if sheet.name else "") + table


def trace_markdown(computed: Computed, names: Iterable[str] = (), channel: int | None = None) -> str:
    """All maps as tables of Markdown, a heading for each."""
    out = [f"# {computed.trace.graph.name}\n"]
    for sheet in tables(computed, names, channel):
        out.append(f"## {sheet.name}\n")
        out.append(markdown_text(["", *sheet.columns], sheet.body, [True] * (len(sheet.columns) + 1)))
    return "\n".join([*out, *[note + "\n" for note in notes(computed)]])


def trace_dict(computed: Computed, names: Iterable[str] = ()) -> dict[str, Any]:
    """All maps as data; fields are only ever added. Fractions are strings."""
    chosen = set(names)
    return {
        "schema": "cnncalc/trace/1",
        "name": computed.trace.graph.name,
        "flip": computed.flip,
        "inputs": [{"name": name, "shape": [None, *array.shape], "values": plain_data(array.nested())}
                   for name, array in computed.inputs.items()],
        "layers": [{
            "name": done.name,
            "type": done.layer.kind,
            "inputs": [name for name, _ in done.inputs],
            "output_shape": [None, *done.array.shape],
            "weights": {name: plain_data(array.nested()) for name, array in done.weights.items()},
            "exact": done.exact,
            "stages": [{"name": stage.name, "values": plain_data(stage.array.nested())} for stage in done.stages[:-1]],
            "values": plain_data(done.array.nested()),
        } for done in computed.layers if not chosen or done.name in chosen],
        "notes": [note.removeprefix("note: ") for note in notes(computed)],
    }  # fmt: skip


def trace_json(computed: Computed, names: Iterable[str] = ()) -> str:
    return json_text(trace_dict(computed, names))


# Workings.

Place = tuple[Done, tuple[int, ...]]


def cells_text(found: Iterable[Place], markdown: bool = False) -> str:
    """The working of each cell, a paragraph each."""
    out = []
    for done, index in found:
        heading = f"{done.name} ({done.layer.kind}), {cell_name(done, done.stages[-1], index)}"
        body = list(lines(done, index))
        if markdown:
            out.append(f"## {heading}\n\n```\n" + "\n".join(body) + "\n```\n")
        else:
            out.append("\n".join([f"{heading}:", *["  " + line for line in body]]) + "\n")
    return "\n".join(out)


def cells_json(name: str, found: Iterable[Place]) -> str:
    """The working of each cell as data: the values, the weights, and the lines."""
    cells = []
    for done, index in found:
        cell = done.stages[-1].cell(index)
        cells.append({
            "layer": done.name,
            "type": done.layer.kind,
            "index": list(index),
            "stages": [_stage(done, stage, index) for stage in done.stages if stage.array.shape == done.array.shape],
            "value": plain_data(cell.value),
            "working": list(lines(done, index)),
        })
    return json_text({"schema": "cnncalc/trace-cell/1", "name": name, "cells": cells})


def _stage(done: Done, stage: Stage, index: tuple[int, ...]) -> dict[str, Any]:
    cell = stage.cell(index)
    return {
        "name": stage.name,
        "op": cell.op,
        "pixels": [[pixel for _, pixel in taps] for taps in cell.frame],
        "values": [None if value is None else plain_data(value) for value in cell.values],
        "weights": None if cell.weights is None else plain_data(list(cell.weights)),
        "bias": None if cell.bias is None else plain_data(cell.bias),
        "value": plain_data(cell.value),
        "working": list(cell_lines(done, stage, index)),
    }


# Answers.


def answers_text(found: list[Judged], terminal: Any = None, width: int | None = None) -> str:
    """Each grid as it was claimed, wrong cells marked, with the working of those."""
    out = []
    for judged in found:
        right, all_cells = judged.count("right", "form"), len(judged.verdicts)
        head = f"{judged.name}: {judged.problem}" if judged.problem else f"{judged.name}: {right} of {all_cells} right"
        blanks = judged.count("missing")
        head += f", {blanks} not given" * (blanks > 0)
        body = [f"{head}\n"]
        if judged.wrong and judged.problem is None:
            axis = channel_axis(judged.done, judged.claims.shape) if judged.claims.shape else 0
            texts = {v.place: mark(v) for v in judged.verdicts}
            body += [_table(sheet, terminal, width) for sheet in sheets("", judged.claims, axis, None, texts)]
        body += [f"  this mistake gives it: {cause.words}\n" for cause in judged.causes]
        if judged.wrong and judged.problem is None:
            body.append(_wrong(judged, MOST_WORKED if not judged.causes else 1))
        out.append("".join(body))
    return "\n".join(out)


def mark(verdict: Verdict) -> str:
    """A cell as it was claimed; a wrong one in brackets."""
    if verdict.claim is None:
        return "?"
    text = written(verdict.claim.number)
    return f"[{text}]" if verdict.status == "wrong" else text


def _wrong(judged: Judged, most: int) -> str:
    out = []
    wrong = [v for v in judged.verdicts if v.status == "wrong"]
    for verdict in wrong[:most]:
        assert verdict.claim is not None
        where = cell_name(judged.done, judged.stage, verdict.place)
        out.append(f"  {where}: {written(verdict.claim.number)} should be {written(verdict.expected)}\n")
        out += [f"      {line}\n" for line in cell_lines(judged.done, judged.stage, verdict.place)]
    if len(wrong) > most:
        out.append(f"  and {len(wrong) - most} more; --cell shows the working of any\n")
    return "".join(out)


def answers_json(name: str, found: list[Judged]) -> str:
    return json_text(answers_dict(name, found))


def answers_dict(name: str, found: list[Judged]) -> dict[str, Any]:
    """The verdicts as data."""
    return {
        "schema": "cnncalc/trace-answers/1",
        "name": name,
        "maps": [{
            "map": judged.name,
            "layer": judged.done.name,
            "right": judged.count("right", "form"),
            "cells": len(judged.verdicts),
            "problem": judged.problem,
            "carried": judged.carried,
            "wrong": [{"index": list(v.place), "claimed": plain_data(v.claim.number), "expected": plain_data(v.expected)}
                      for v in judged.verdicts if v.status == "wrong" and v.claim is not None],
            "missing": [list(v.place) for v in judged.verdicts if v.status == "missing"],
            "causes": [{"name": cause.name, "words": cause.words} for cause in judged.causes],
        } for judged in found],
    }  # fmt: skip
