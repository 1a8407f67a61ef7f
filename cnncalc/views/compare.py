"""Several networks, a row each, and a plot of MACs against parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..analysis import Trace
from ..cost import CONVENTIONS, Cost
from ..errors import SpecError, did_you_mean
from ..layers import InputLayer
from ..layers.base import times
from .cost import amount, count_text
from .report import Column, Legend, Part, Picture, Records, Report, Table
from .shown import AtLeast


def _field(value: Iterable[int | None] | None) -> str:
    return "" if value is None else times(value)


def _at_least(network: dict[str, Any], key: str) -> Any:
    """Memory that leaves out weights which are not known."""
    value = network[key]
    return AtLeast(value) if network.get("at_least") and value is not None else value


def least_amount(value: int | None) -> str:
    """Bytes, at least so many where something is not known."""
    return "\u2265 " * (type(value) is AtLeast) + amount(value)


COLUMNS = {
    column.key: column
    for column in (
        Column("name", "Network", meaning="the file's or example's name"),
        Column("input", "Input", None, lambda value: ", ".join([times(shape[1:]) for shape in value]),
               meaning="the size of the input"),
        Column("layers", "Layers", None, count_text, True, "layers that run, including those of nested models, without inputs", 2),
        Column("params", "Params", lambda network: AtLeast(network["params"]) if network.get("at_least") else network["params"],
               count_text, True, "the values of all weights"),
        Column("macs", "MACs", lambda network: AtLeast(network["macs_at_least"]) if "macs_at_least" in network else network["macs"], count_text, True, "multiply-adds, without biases", brief="MACs without biases"),
        Column("activations", "Activations", None, count_text, True, "values that come out of all layers", 1),
        Column("inference_bytes", "Inference", lambda network: _at_least(network, "inference_bytes"), least_amount, True, "memory: weights and the most activations alive at once"),
        Column("training_bytes", "Training", lambda network: _at_least(network, "training_bytes"), least_amount, True, "memory: all that `cnncalc cost` lists"),
        Column("receptive_field", "Field", None, _field, True, "the input pixels that a unit of the last convolution sees",
               brief="fields of the last convolution"),
    )
}
SYNONYMS = {"parameters": "params", "memory": "inference_bytes", "inference": "inference_bytes",
            "training": "training_bytes", "field": "receptive_field", "network": "name"}


def network_dict(name: str, trace: Trace, batch: int, dtype: str | None, optimizer: str) -> dict[str, object]:
    """One network as plain data."""
    found = Cost(trace, batch, dtype, optimizer)
    return {
        **({"at_least": True} if found.at_least else {}),
        **({"macs_at_least": found.least_macs} if found.at_least and found.macs is None else {}),
        "name": name, "input": [[batch, *shape] for step in trace.steps if type(step.node.layer) is InputLayer
                                for shape in step.outputs or ()],
        "layers": len(found.run.calls), "params": trace.params, "trainable_params": trace.trainable_params,
        "macs": found.macs, "flops": found.flops, "activations": found.activation_values,
        "weight_bytes": found.weight_bytes, "inference_bytes": found.inference.total,
        "training_bytes": found.training.total, "receptive_field": last_field(trace, found),
    }


def last_field(trace: Trace, found: Cost) -> list[int | None] | None:
    """What a unit of the last convolution sees of the first input, along each axis.

    `None` without a convolution, or where it depends on a size that is not known.
    """
    from ..receptive_field.dataflow import is_known
    from ..receptive_field.report import LayerSight, Sight
    from ..receptive_field.unknown_sizes import layers_of

    name = None
    for call in found.run.calls:
        layer = call.step.node.layer
        if layer is not None and not call.step.blind and any(layer.matrices(*layer.viewed(call.step.inputs))):
            name = None if call.step.opaque else call.name
    if name is None:
        return None
    if is_known(trace):
        sight = Sight(trace)
        seen: LayerSight | None = sight.layer(sight.place(name), exact=False)
    else:
        seen = next((each for each in layers_of(trace) if each.name == name), None)
    if seen is None or not seen.fields:
        return None
    sizes = [axis.near.size for axis in seen.fields[0].axes]
    return None if None in sizes else sizes


def sorted_by(networks: list[dict[str, Any]], word: str | None, reverse: bool) -> list[dict[str, object]]:
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


def report(networks: list[dict[str, Any]], batch: int, dtype: str, optimizer: str, scatter: bool | None = None) -> Report:
    """A row per network, and the plot where it is requested or there are three or more."""
    columns = list(COLUMNS.values())

    def data() -> dict[str, object]:
        return {"schema": "cnncalc/compare/1", "batch": batch, "dtype": dtype, "optimizer": optimizer,
                "convention": CONVENTIONS["macs"], "networks": networks}

    def parts() -> list[Part]:
        conditions = f"batch of {batch}, {dtype}, {optimizer}; 1 MB = 10^6 bytes"
        found: list[Part] = [Table.of(columns, networks), Legend(columns, [CONVENTIONS["macs"], CONVENTIONS["activations"]], conditions)]
        if scatter if scatter is not None else len(networks) > 2:
            found.append(Picture(lambda width, unicode: map_lines(networks, width), terminal_only=True))
        return found

    def records() -> Records:
        return Records(list(COLUMNS), [[_plain(column, network) for column in columns] for network in networks])

    return Report(", ".join([network["name"] for network in networks]), data, parts, records)


def _plain(column: Column, network: dict[str, object]) -> object:
    value = column.value(network)
    return column.text(value) if isinstance(value, list) else "" if value is None else value


def map_lines(networks: list[dict[str, Any]], width: int) -> list[str]:
    """The plot of MACs against parameters."""
    from .scatter import Point, scatter

    points = [Point(n["name"], n["macs"], n["params"]) for n in networks if n["macs"] is not None]
    return scatter(points, "MACs", "params", width)
