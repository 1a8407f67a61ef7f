"""The receptive fields of all layers."""

from __future__ import annotations

from ..analysis import Trace
from ..layers import InputLayer
from ..layers.base import times
from ..receptive_field.dataflow import is_known
from ..receptive_field.limits import Limits, limits
from ..receptive_field.report import AxisSight, InputSight, LayerSight, Sight, input_nodes
from ..receptive_field.unknown_sizes import layers_of
from .columns import stated_shapes
from .field_text import across, decimal, exact, percent, share
from .formats import written
from .report import Column, Legend, Notes, Part, Records, Report, Table, Terminal

KEYS = ("layer", "type", "input", "axis", "output", "size", "smallest", "jump", "padding", "start", "center", "period",
        "aligned", "offset", "coverage")


def report(trace: Trace, expand_nested: bool = False) -> Report:
    """The fields of all layers, those of nested models too if requested."""
    found: list[tuple[list[LayerSight], list[LayerSight], Sight | None]] = []

    def layers() -> tuple[list[LayerSight], list[LayerSight], Sight | None]:
        if not found:
            sight = Sight(trace) if is_known(trace) else None
            every = layers_of(trace, sight)
            found.append((every, [layer for layer in every if expand_nested or not layer.depth], sight))
        return found[0]

    def data() -> dict[str, object]:
        every, _, sight = layers()
        return layers_dict(trace, every, sight)

    def parts() -> list[Part]:
        every, shown, sight = layers()
        table = _table(shown, len(input_nodes(trace)) > 1, is_known(trace), trace.graph.name)
        brief, conventions = _conventions(trace, every)
        return [table, Notes([*_apart_notes(every), *limit_lines(limits(trace, every, sight), every)]),
                Legend(table.columns, conventions, brief)]

    return Report(trace.graph.name, data, parts, lambda: Records(list(KEYS), [row for layer in layers()[1] for row in _csv_rows(layer)]))


def layers_text(trace: Trace, format: str = "table", expand_nested: bool = False, terminal: Terminal | None = None) -> str:
    """The fields of all layers in a format."""
    return written([report(trace, expand_nested)], format, terminal)


# As data.


def layers_dict(trace: Trace, layers: list[LayerSight], sight: Sight | None = None) -> dict[str, object]:
    """The fields of all layers as plain data; the schema's fields are only ever added to."""
    shapes = {step.name: list(step.output or ()) for step in trace.steps if type(step.node.layer) is InputLayer}
    found = limits(trace, layers, sight)
    return {
        "schema": "cnncalc/receptive-field/1",
        "name": trace.graph.name,
        "input": next(iter(shapes.values()), None),
        "inputs": [{"name": name, "shape": shape} for name, shape in shapes.items()],
        "layers": _nested([layer for layer in layers if type(layer.step.node.layer) is not InputLayer], len(shapes) > 1),
        "limits": {"exceeding": list(found.exceeding), "smallest_built": found.builds, "smallest_fitting": found.fits},
    }


def _nested(layers: list[LayerSight], several: bool) -> list[dict[str, object]]:
    top: list[dict[str, object]] = []
    open_lists = [top]
    for layer in layers:
        del open_lists[layer.depth + 1:]
        row = _layer_dict(layer, several)
        open_lists[-1].append(row)
        if layer.step.inner is not None:
            inside: list[dict[str, object]] = []
            row["layers"] = inside
            open_lists.append(inside)
    return top


def _layer_dict(layer: LayerSight, several: bool) -> dict[str, object]:
    step = layer.step
    shapes = stated_shapes(step, None)
    fields = [_field_dict(field) for field in layer.fields]
    first = fields[0] if fields else {"axes": [], "aligned": None, "offset": None, "coverage": None}
    return {
        "name": step.name, "type": step.node.layer.keras_class if step.node.layer is not None else "?",
        "output_shape": shapes[0] if len(shapes) == 1 else shapes,
        **{key: value for key, value in first.items() if key != "input"},
        **({"fields": fields} if several else {}),
        **({"unknown": True} if step.opaque and not fields else {}),
    }


def _field_dict(field: InputSight) -> dict[str, object]:
    found: dict[str, object] = {
        "input": field.input,
        "axes": [axis_dict(axis) for axis in field.axes],
        "aligned": field.aligned,
        "offset": None if field.offset is None else [exact(pixels) for pixels in field.offset],
    }
    if field.apart is not None:
        found["apart"] = {"at": field.apart.at, "paths": list(field.apart.paths), "pixels": exact(field.apart.pixels)}
    found.update(coverage=share(field.coverage), pixels=field.pixels, input_pixels=field.input_pixels)
    return found


def axis_dict(axis: AxisSight) -> dict[str, object]:
    """What is said of one axis, as plain data."""
    found: dict[str, object] = {
        "axis": axis.axis, "output": axis.units, "size": axis.size,
        "sizes": None if axis.sizes is None else list(axis.sizes),
        "jump": exact(axis.jump), "padding": axis.padding, "center": exact(axis.center), "period": axis.period,
    }
    if axis.whole:
        found["whole"] = True
        found["local"] = None if axis.local is None else axis_dict(axis.local)
    return found


def _csv_rows(layer: LayerSight) -> list[list[object]]:
    return [
        [layer.name, layer.step.node.layer.keras_class if layer.step.node.layer else "", field.input, axis.axis, axis.units,
         axis.size, axis.sizes[0] if axis.sizes else None, decimal(axis.jump), axis.padding,
         None if axis.padding is None else -axis.padding, decimal(axis.center), axis.period,
         {True: "yes", False: "no", None: ""}[field.aligned], decimal(field.offset[i]) if field.offset else None,
         share(field.coverage)]
        for field in layer.fields for i, axis in enumerate(field.axes)
    ]


# As a table.


def size_text(axes: tuple[AxisSight, ...], unknown: str = "?") -> str:
    """18x18, or 188-204 where sizes differ."""
    texts, everywhere = [], all(axis.whole for axis in axes)
    for axis in axes:
        low, high = (axis.sizes[0], axis.sizes[-1]) if axis.sizes else (axis.size, axis.size)
        text = unknown if high is None else str(high) if low == high else f"{low}-{high}"
        texts.append(f"all {text}" if axis.whole and not everywhere else text)
    text = "x".join(texts) if all(text.isdigit() or text == "?" for text in texts) else " x ".join(texts)
    return f"all {text}" if everywhere and texts else text


COLUMNS = {
    column.key: column
    for column in (
        Column("layer", "Layer", meaning="the layer's name"),
        Column("input", "Input", meaning="the input that the fields are on"),
        Column("output", "Output", right=True, meaning="the layer's units along each axis"),
        Column("size", "Field", right=True, meaning="the box of input pixels that a unit sees, before clipping to the input"),
        Column("local", "Local field", right=True, meaning="the same along local paths only", drop=5),
        Column("jump", "Jump", right=True, meaning="the distance in pixels between the fields of neighboring units"),
        Column("padding", "Padding", right=True, meaning="pixels of the first unit's field that lie before the input", drop=1),
        Column("start", "Start", right=True, meaning="the first pixel of the first unit's field", drop=2),
        Column("center", "Center", right=True, meaning="the center of the first unit's field", drop=3),
        Column("coverage", "Coverage", right=True, meaning="the share of the input that the center unit really sees"),
        Column("aligned", "Aligned", meaning="whether the fields are centered on the input, or how far they are off", drop=4),
    )
}


def _table(layers: list[LayerSight], several: bool, known: bool, network: str) -> Table:
    local = any(axis.local for layer in layers for field in layer.fields for axis in field.axes)
    columns = [column for key, column in COLUMNS.items() if (key != "input" or several) and (key != "local" or local)]
    unknown = "" if known else "?"

    def per_axis(axes: tuple[AxisSight, ...], key: str) -> str:
        texts = []
        for axis in axes:
            value = getattr(axis.near, "padding" if key == "start" else key)
            if value is not None and key == "start":
                value = -value
            texts.append((unknown if not axis.whole or axis.local else "-") if value is None else str(decimal(value)))
        return across(texts) if any(text not in ("", "-") for text in texts) else ""

    body = []
    for layer in layers:
        name = "   " * layer.depth + "└ " * bool(layer.depth) + layer.step.name
        for field in layer.fields or (InputSight("", ()),):
            near = tuple([axis.near for axis in field.axes])
            body.append([
                name, *([field.input] if several else []), times(layer.units or layer.step.output or ()),
                "?" if layer.step.opaque and not layer.fields else size_text(field.axes, "?" if not known else "no rule"),
                *([size_text(near) if any(axis.local for axis in field.axes) else ""] if local else []),
                *[per_axis(field.axes, key) for key in ("jump", "padding", "start", "center")],
                percent(field.coverage) or (unknown if not known or not field.axes else "-"), _aligned_text(field, unknown),
            ])
    return Table(columns, body, network)


def _aligned_text(field: InputSight, unknown: str) -> str:
    if field.aligned or field.offset is None:
        return "yes" if field.aligned else ""
    if field.aligned is None:
        return unknown
    if None in field.offset:
        return unknown if field.apart is None else "no: different strides"
    return "off by " + across([str(decimal(pixels)) for pixels in field.offset])


def _conventions(trace: Trace, layers: list[LayerSight]) -> tuple[str, list[str]]:
    """What signs in this table mean: in brief, and in full."""
    brief, full = ["field before clipping to the input"], []
    axes = [axis for layer in layers for field in layer.fields for axis in field.axes]
    if any(axis.whole for axis in axes):
        brief.append("all: some path sees the whole input")
        full.append("all: some path sees the whole input; the size is what all units together see of the input"
                    + (", and the other columns are of the layer's local paths" if any(axis.local for axis in axes) else ""))
    if any(axis.sizes and len(axis.sizes) > 1 for axis in axes):
        periods = sorted({axis.period for axis in axes if axis.period and len(axis.sizes or ()) > 1})
        repeat = f", which repeat with a period of {', '.join(map(str, periods))} units" if periods else ""
        brief.append("two sizes: the smallest and the largest field")
        full.append(f"two sizes: the smallest and the largest field{repeat}")
    if any(layer.step.opaque and not layer.fields for layer in layers):
        brief.append("?: what a layer's own code reads is not known, so its field and those of later layers are unknown")
    if not is_known(trace):
        brief.append("?: depends on the input size, which --input supplies")
    elif any(field.axes and field.coverage is None for layer in layers for field in layer.fields):
        brief.append("-: not counted in so large a network; --layer NAME counts it for one layer")
    return "; ".join(brief), full


def _apart_notes(layers: list[LayerSight]) -> list[str]:
    found: dict[object, str] = {}
    for layer in layers:
        for field in layer.fields:
            apart = field.apart
            if apart is None or apart in found:
                continue
            many = "s" * (apart.pixels != 1)
            how = "have different strides" if apart.pixels is None else f"are {decimal(apart.pixels)} pixel{many} apart"
            found[apart] = f"{apart.at}: the centers of the paths through {apart.paths[0]} and {apart.paths[1]} {how}"
    notes = list(found.values())
    return notes if len(notes) <= 6 else [*notes[:6], f"{len(notes) - 6} more; --format json lists all"]


def limit_lines(found: Limits, layers: list[LayerSight]) -> list[str]:
    """What the network can see, in sentences."""
    lines = []
    if found.exceeding:
        many = len(found.exceeding)
        lines.append(f"Field larger than the input: {many} layer{'s' * (many != 1)}, first {found.exceeding[0]}")
    rank = max([len(field.axes) for layer in layers for field in layer.fields], default=0)
    if found.builds is not None:
        fits = "" if found.fits is None else f"; every field fits from {times([found.fits] * rank)} on"
        lines.append(f"Smallest {'square ' if rank == 2 else 'cubic ' if rank > 2 else ''}input: {times([found.builds] * rank)}{fits}")
    return lines
