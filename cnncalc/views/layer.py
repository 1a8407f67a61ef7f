"""A few layers without a file: their rows, and the working of every number."""

from __future__ import annotations

from typing import Any

from ..analysis import Trace
from ..explain import Explanation
from .explain_text import explain_json, explain_markdown, explain_text
from .summary import json_text, summary_text


def layer_text(trace: Trace, found: list[Explanation], format: str = "table", terminal: Any = None,
               width: int | None = None) -> str:
    """The rows of the summary and the workings, in one text."""
    name = trace.graph.name
    if format == "json":
        return json_text(_data(trace, found))
    table = summary_text(trace, format, width=width, terminal=terminal, failed=any([s.error for s in trace.steps]))
    if format == "markdown":
        return table + "\n" + explain_markdown(name, found).partition("\n\n")[2]
    return table.partition("\n")[2] + "\n" + explain_text(name, found, (), width or terminal).partition("\n\n")[2]


def _data(trace: Trace, found: list[Explanation]) -> dict[str, Any]:
    """The summary as data, each layer with its settings, working and remarks."""
    import json

    from .text import summary_dict

    data = {**summary_dict(trace), "schema": "cnncalc/layer/1"}
    workings = {e["name"]: e for e in json.loads(explain_json(trace.graph.name, found))["layers"]}
    for row in data["layers"]:
        more = workings.get(row["name"], {})
        row.update({key: more[key] for key in ("settings", "working", "remarks") if key in more})
    return data
