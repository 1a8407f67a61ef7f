"""Several networks layer by layer: the layers of the first, and their counterparts in the others."""

from __future__ import annotations

from ..alignment import aligned
from ..analysis import Step, Trace
from .diff import number, step_dict
from .report import Column, Part, Records, Report, Table
from .shown import shape_text

Row = list[Step | None]


def rows(traces: list[Trace]) -> list[Row]:
    """A row for each layer of the first network and, after the one before it, for each layer that only others have."""
    first = [step for step in traces[0].steps if step.used]
    table: list[Row] = [[step] + [None] * (len(traces) - 1) for step in first]
    for place, other in enumerate(traces[1:], 1):
        by_first = {row[0]: row for row in table if row[0] is not None}
        at = 0
        for pair in aligned(traces[0], other):
            if pair.a is not None:
                row = by_first[pair.a]
                row[place] = pair.b
                at = next(i for i in range(at, len(table)) if table[i] is row) + 1
            elif at < len(table) and _alike(table[at], place, pair.b):
                table[at][place] = pair.b
                at += 1
            else:
                table.insert(at, [None] * place + [pair.b] + [None] * (len(traces) - 1 - place))
                at += 1
    return table


def _alike(row: Row, place: int, step: Step | None) -> bool:
    """Whether a row that the first network lacks has room for a layer of the same kind."""
    kinds = {other.kind for other in row if other is not None}
    return row[0] is None and row[place] is None and step is not None and kinds == {step.kind}


def report(traces: list[Trace], names: list[str]) -> Report:
    """The networks side by side: the shape and the parameters of each layer in each."""
    table = rows(traces)

    def named(row: Row) -> str:
        return next(step.name for step in row if step is not None)

    columns = [Column("name", "Layer", named, meaning="the layer's name in the first network that has it")]
    for i, name in enumerate(names):
        columns += [
            Column(f"output_{i + 1}", name, lambda row, i=i: "" if row[i] is None else shape_text(row[i].output_shape),
                   meaning="the shape that comes out"),
            Column(f"params_{i + 1}", "Params", lambda row, i=i: "" if row[i] is None else number(row[i].params), right=True,
                   meaning="the values of all weights"),
        ]

    def data() -> dict[str, object]:
        return {"schema": "cnncalc/compare-layers/1", "networks": names, "layers": [
            [None if step is None else {key: item for key, item in (step_dict(step, None) or {}).items() if key != "macs"} for step in row]
            for row in table]}

    def parts() -> list[Part]:
        total = ["total", *[text for trace in traces for text in ("", number(trace.params))]]
        return [Table(columns, [*[[column.cell(row) for column in columns] for row in table], total], "", total=True)]

    return Report(", ".join(names), data, parts, lambda: Records([c.key for c in columns], [[c.cell(row) for c in columns] for row in table]))
