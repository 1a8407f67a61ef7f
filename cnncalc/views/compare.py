"""What `cnncalc compare` says of several networks, in each of its formats."""

from __future__ import annotations

from typing import Any

from ..analysis import Trace
from ..cost import CONVENTIONS, Cost
from ..errors import SpecError, did_you_mean
from ..layers import InputLayer
from ..layers.base import times
from .cost import count_text, decimals
from .table import drawn
from .text import csv_text, json_text, latex_text, markdown_text

#: Keys and titles of the columns.
COLUMNS = {
    "name": "Network", "input": "Input", "layers": "Layers", "params": "Params", "macs": "MACs",
    "activations": "Activations", "inference_bytes": "To use it, MB", "training_bytes": "To train it, MB",
    "receptive_field": "Field",
}  # fmt: skip
TEXT = ("name", "input", "receptive_field")
SYNONYMS = {"parameters": "params", "memory": "inference_bytes", "inference": "inference_bytes",
            "training": "training_bytes", "field": "receptive_field", "network": "name"}  # fmt: skip


def network_dict(name: str, trace: Trace, batch: int, dtype: str | None, optimizer: str) -> dict[str, Any]:
    """One network as plain data."""
    found = Cost(trace, batch, dtype, optimizer)
    return {
        "name": name, "input": [[batch, *shape] for step in trace.steps if type(step.node.layer) is InputLayer
                                for shape in step.outputs or ()],
        "layers": len(found.run.calls), "params": trace.params, "trainable_params": trace.trainable_params,
        "macs": found.macs, "flops": found.flops, "activations": found.activation_values,
        "weight_bytes": found.weight_bytes, "inference_bytes": found.inference.total,
        "training_bytes": found.training.total, "receptive_field": last_field(trace, found),
    }  # fmt: skip


def last_field(trace: Trace, found: Cost) -> Any:
    """What a unit of the last convolution sees of the first input, along each axis.

    `None` without a convolution, or where it depends on a size that is not known.
    """
    from ..receptive_field.dataflow import is_known
    from ..receptive_field.report import Sight
    from ..receptive_field.unknown_sizes import layers_of

    name = None
    for call in found.run.calls:
        layer = call.step.node.layer
        if layer is not None and any(layer.matrices(*layer.viewed(call.step.inputs))):
            name = call.name
    if name is None:
        return None
    if is_known(trace):
        sight = Sight(trace)
        seen: Any = sight.layer(sight.place(name), exact=False)
    else:
        seen = next((each for each in layers_of(trace) if each.name == name), None)
    sizes = [axis.near.size for axis in seen.fields[0].axes] if seen is not None and seen.fields else [None]
    return None if None in sizes else sizes


def sorted_by(networks: list[dict[str, Any]], word: str | None, reverse: bool) -> list[dict[str, Any]]:
    """The networks in the order of a column, unknown numbers last; SpecError for an unknown column."""
    if word is None:
        return networks[::-1] if reverse else networks
    key = word.strip().lower().replace("-", "_")
    key = SYNONYMS.get(key, key)
    if key not in COLUMNS:
        raise SpecError(f"there is no column {word!r}", (), did_you_mean(word, [*COLUMNS, *SYNONYMS])
                        or "columns: " + ", ".join(COLUMNS))
    known = [network for network in networks if network[key] is not None]
    rest = [network for network in networks if network[key] is None]
    return sorted(known, key=lambda network: network[key], reverse=reverse) + rest


def compare_text(networks: list[dict[str, Any]], format: str, batch: int, dtype: str, optimizer: str,
                 scatter: bool | None = None, terminal: Any = None, width: int | None = None) -> str:
    """A row per network in one format, ready to be written."""
    if format == "json":
        return json_text({"schema": "cnncalc/compare/1", "batch": batch, "dtype": dtype, "optimizer": optimizer,
                          "convention": CONVENTIONS["macs"], "networks": networks})
    if format == "csv":
        return csv_text(list(COLUMNS), [[_cell(network, key, True) for key in COLUMNS] for network in networks])
    body = [[_cell(network, key) for key in COLUMNS] for network in networks]
    titles, right = list(COLUMNS.values()), [key not in TEXT for key in COLUMNS]
    if format == "markdown":
        return markdown_text(titles, body, right)
    if format == "latex":
        return latex_text(titles, body, right)
    notes = [CONVENTIONS["macs"], "layers: those that run, those of nested models too, without inputs",
             CONVENTIONS["activations"],
             f"to use it: weights and the most activations alive at once; to train it: {optimizer}, "
             f"all that `cnncalc cost` lists; 1 MB = 10^6 bytes; batch of {batch}, {dtype}",
             "field: what one unit of the last convolution sees of the input"]
    text = drawn("", titles, body, right, notes, [], terminal, width)
    if scatter if scatter is not None else len(networks) > 2:
        text += "\n" + "\n".join(map_lines(networks, min(terminal.width if terminal else 100, 100))) + "\n"
    return text


def map_lines(networks: list[dict[str, Any]], width: int) -> list[str]:
    """The map of MACs against parameters."""
    from .scatter import Point, scatter

    points = [Point(n["name"], n["macs"], n["params"]) for n in networks if n["macs"] is not None]
    return scatter(points, "MACs", "params", width)


def _cell(network: dict[str, Any], key: str, plain: bool = False) -> Any:
    value = network[key]
    if key == "name":
        return value
    if key == "input":
        return ", ".join(times(shape[1:]) for shape in value)
    if key == "receptive_field":
        return "" if value is None else times(value)
    if plain:
        return "" if value is None else value
    if key.endswith("_bytes"):
        return "?" if value is None else decimals(value, 10**6, 2)
    return count_text(value)
