"""A few layers without a file: their rows, and the working of every number."""

from __future__ import annotations

from ..analysis import Trace
from ..explain import Explanation
from . import summary
from .explain import layer_dict, working
from .report import Part, Report, Table


def report(trace: Trace, found: list[Explanation]) -> Report:
    """The rows of the summary, and the workings."""
    table = summary.report(trace, failed=any([step.error is not None for step in trace.steps]))

    def data() -> dict[str, object]:
        """The summary as data, each layer with its settings, working and remarks."""
        rows = {**summary.summary_dict(trace), "schema": "cnncalc/layer/1"}
        workings = {e.name: layer_dict(e) for e in found}
        for row in rows["layers"]:
            more = workings.get(row["name"], {})
            row.update({key: more[key] for key in ("settings", "working", "remarks") if key in more})
        return rows

    def parts() -> list[Part]:
        rows, *notes = table.parts()
        return [Table(rows.columns, rows.body, "", rows.styles, rows.total) if isinstance(rows, Table) else rows, *notes,
                *[working(e) for e in found]]

    return Report(trace.graph.name, data, parts, table.records)
