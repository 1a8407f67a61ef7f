"""Numbers through a network: every map as tables, the working of a cell, and verdicts on claimed maps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..arrays import Array, places, plain_data, times, written
from ..layers.pool import AveragePooling
from ..numeric.cells import Stage
from ..numeric.claims import Judged, Verdict
from ..numeric.compute import Computed, Done
from ..numeric.working import cell_lines, cell_name, channel_axis, lines
from .report import Column, Heading, Lines, Notes, Part, Picture, Records, Report, Table, dim_zero

#: Columns of a vector, which is broken into rows.
ACROSS = 10
#: Wrong cells whose working is shown, of each map.
MOST_WORKED = 6

NOTES = {"float": "numbers of functions that have no exact value are rounded to 6 digits",
         "flip": "--flip: kernels are turned round, as the mathematician's convolution has it",
         "padding": "means are of the pixels under the window only; padding does not count"}


def title(done: Done, stage: Stage) -> str:
    """A map's name: its layer, the kind, and which of several on the way it is."""
    name = f"{done.name} ({done.layer.kind})"
    return f"{name}, {stage.name}" if len(done.stages) > 1 else name


def _sheet(name: str, columns: list[str], rows: list[tuple[str, list[str]]]) -> Table:
    """One table of a map: rows of texts, after their labels if they have any."""
    labels = any([label for label, _ in rows])
    titles = ["", *columns] if labels else columns
    body = [[label, *row] if labels else row for label, row in rows]
    return Table([Column(title, title, right=True) for title in titles], body, name, style=_cell_style)


def _cell_style(cell: str) -> str | None:
    return "red" if cell[:1] == "[" else dim_zero(cell)


def sheets(name: str, array: Array, axis: int, channel: int | None = None, texts: dict[tuple[int, ...], str] | None = None) -> Iterator[Table]:
    """The tables of a map: one for each channel, and each slice of a deep one."""
    texts = texts or {}
    shape = array.shape

    def text(place: tuple[int, ...]) -> str:
        return texts.get(place) or written(array[place])

    if len(shape) < 2:
        wide = min(ACROSS, len(array.data))
        flat = [text((i,) if shape else ()) for i in range(len(array.data))]
        rows = [(str(i) if len(flat) > wide else "", flat[i : i + wide]) for i in range(0, len(flat), wide)]
        yield _sheet(name, [str(i) for i in range(wide)], rows)
        return
    if len(shape) == 2:
        yield _sheet(name, [str(i) for i in range(shape[1])],
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

            yield _sheet(own, [str(j) for j in range(shape[across])],
                        [(str(i), [text(place(i, j)) for j in range(shape[across])]) for i in range(shape[down])])


def tables(computed: Computed, names: Iterable[str] = (), channel: int | None = None) -> list[Table]:
    """A table for each map, those of the inputs first."""
    chosen = set(names)
    found: list[Table] = []
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
    return isinstance(done.layer, AveragePooling) and getattr(done.layer, "padding", "valid") != "valid"


def report(computed: Computed, names: Iterable[str] = (), channel: int | None = None) -> Report:
    """All maps, or those of the named layers."""
    name = computed.trace.graph.name

    def parts() -> list[Part]:
        return [Heading(name, 1), *tables(computed, names, channel), Notes(notes(computed))]

    return Report(name, lambda: trace_dict(computed, names), parts, lambda: _records(computed, set(names)))


def _records(computed: Computed, chosen: set[str]) -> Records:
    """A row for each number, by its layer and place."""
    maps = [(name, "", array) for name, array in computed.inputs.items()]
    maps += [(done.name, stage.name if len(done.stages) > 1 else "", stage.array) for done in computed.layers for stage in done.stages]
    return Records(["layer", "stage", "index", "value"], [
        [name, stage, " ".join(map(str, place)), plain_data(array[place])]
        for name, stage, array in maps if not chosen or name in chosen for place in places(array.shape)
    ])


def trace_dict(computed: Computed, names: Iterable[str] = ()) -> dict[str, object]:
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
    }


# Workings.

Place = tuple[Done, tuple[int, ...]]


def cells_report(name: str, found: list[Place]) -> Report:
    """The working of each cell, under a heading each."""

    def parts() -> list[Part]:
        shown: list[Part] = []
        for done, index in found:
            drawn = [f"  {line}".rstrip() for line in lines(done, index)]
            shown += [Heading(f"{done.name} ({done.layer.kind}), {cell_name(done, done.stages[-1], index)}"),
                      Picture(lambda width, unicode, drawn=drawn: drawn, tight=True)]  # type: ignore[misc]
        return shown

    return Report(name, lambda: cells_dict(name, found), parts)


def cells_dict(name: str, found: Iterable[Place]) -> dict[str, object]:
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
    return {"schema": "cnncalc/trace-cell/1", "name": name, "cells": cells}


def _stage(done: Done, stage: Stage, index: tuple[int, ...]) -> dict[str, object]:
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


def answers_report(name: str, found: list[Judged]) -> Report:
    """Each grid as it was claimed, wrong cells marked, with the working of those."""
    return Report(name, lambda: answers_dict(name, found), lambda: [part for judged in found for part in answers_parts(judged)],
                  lambda: _answer_records(found))


#: Told of a grid of another size where right values are not told.
OTHER_SIZE = "another size than the layer's output"


def answers_parts(judged: Judged, causes: bool = True, reveal: bool = True) -> list[Part]:
    """One grid as it was claimed; with `reveal` the right values of wrong cells and their working."""
    right, all_cells = judged.count("right", "form"), len(judged.verdicts)
    problem = judged.problem if reveal or not judged.problem else OTHER_SIZE
    head = f"{judged.name}: {problem}" if problem else f"{judged.name}: {right} of {all_cells} right"
    blanks = judged.count("missing")
    head += f", {blanks} not given" * (blanks > 0)
    found: list[Part] = [Lines([head], "red" if judged.wrong else "green")]
    if judged.wrong and judged.problem is None:
        axis = channel_axis(judged.done, judged.claims.shape) if judged.claims.shape else 0
        texts = {v.place: mark(v) for v in judged.verdicts}
        found += sheets("", judged.claims, axis, None, texts)
    found.append(Lines([f"  this mistake gives it: {cause.words}" for cause in judged.causes if causes], tight=True))
    if judged.wrong and judged.problem is None and reveal:
        wrong = _wrong(judged, MOST_WORKED if not judged.causes else 1)
        found.append(Picture(lambda width, unicode: wrong, tight=True))
    return found


def _answer_records(found: list[Judged]) -> Records:
    return Records(["layer", "map", "index", "claimed", "expected", "status"], [
        [judged.done.name, judged.name, " ".join(map(str, v.place)), "" if v.claim is None else plain_data(v.claim.number),
         plain_data(v.expected), v.status] for judged in found for v in judged.verdicts
    ])


def mark(verdict: Verdict) -> str:
    """A cell as it was claimed; a wrong one in brackets."""
    if verdict.claim is None:
        return "?"
    text = written(verdict.claim.number)
    return f"[{text}]" if verdict.status == "wrong" else text


def _wrong(judged: Judged, most: int) -> list[str]:
    out = []
    wrong = [v for v in judged.verdicts if v.status == "wrong"]
    for verdict in wrong[:most]:
        assert verdict.claim is not None
        where = cell_name(judged.done, judged.stage, verdict.place)
        out.append(f"  {where}: {written(verdict.claim.number)} should be {written(verdict.expected)}")
        out += [f"      {line}" for line in cell_lines(judged.done, judged.stage, verdict.place)]
    if len(wrong) > most:
        out.append(f"  and {len(wrong) - most} more; --cell shows the working of any")
    return out


def answers_dict(name: str, found: list[Judged], causes: bool = True, reveal: bool = True) -> dict[str, Any]:
    """The verdicts as data; with `reveal` the right values of wrong cells too."""
    return {
        "schema": "cnncalc/trace-answers/1",
        "name": name,
        "maps": [{
            "map": judged.name,
            "layer": judged.done.name,
            "right": judged.count("right", "form"),
            "cells": len(judged.verdicts),
            "problem": judged.problem if reveal or not judged.problem else OTHER_SIZE,
            "carried": judged.carried,
            "wrong": [{"index": list(v.place), "claimed": plain_data(v.claim.number),
                       **({"expected": plain_data(v.expected)} if reveal else {})}
                      for v in judged.verdicts if v.status == "wrong" and v.claim is not None],
            "missing": [list(v.place) for v in judged.verdicts if v.status == "missing"],
            "causes": [{"name": cause.name, "words": cause.words} for cause in judged.causes if causes],
        } for judged in found],
    }
