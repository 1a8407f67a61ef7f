"""Every column of a layer's row, once: its key, title, value, how a table shows that, and its line in the legend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..analysis import Model, Step, Trace
from ..dtypes import BITS, compute_dtype, variable_dtype
from ..errors import SpecError, did_you_mean
from ..layers.arithmetic import added
from ..layers.base import Shape, Weight, times
from ..layers.unknown import Unknown
from ..num import product
from ..window import Spread
from .report import Column
from .shown import AtLeast, Code, Stated, WithBatch, number_text, plain_text, shape_text, sizes_of

#: A step and how deep it stands in nested models.
Row = tuple[Step, int]


def rows(trace: Trace, levels: int = 0, depth: int = 0) -> Iterator[Row]:
    """The trace's steps, those of nested models below the first call of each, so many levels deep."""
    for step in trace.steps:
        if left_out(trace, step):
            continue
        yield step, depth
        inside = step.inner if step.error is None else step.partial
        if levels > 0 and inside is not None and not step.shared:
            yield from rows(inside, levels - 1, depth + 1)


def left_out(trace: Trace, step: Step) -> bool:
    """Whether a step has no row: a constant, or a function where only modules are shown."""
    layer = step.node.layer
    if layer is None or layer.framework != "pytorch":
        return False
    return layer.hidden or (trace.graph.modules_only and step.node.word == "?" and bool(step.inputs) and step.error is None)


def _name(step: Step, batch: int | None) -> str:
    """The layer's name; in PyTorch all calls of a module have the same."""
    layer = step.node.layer
    return step.node.keras_name if layer is not None and layer.framework == "pytorch" else step.node.name


def _type(step: Step, batch: int | None) -> str:
    layer = step.node.layer
    if layer is None or (layer.framework == "pytorch" and step.node.word != "?"):
        return step.node.word
    return Code(layer.keras_class) if type(layer) is Unknown else layer.keras_class


def _output(step: Step, batch: int | None) -> object:
    if step.outputs is None:
        return "error"
    shapes = stated_shapes(step, batch)
    if not shapes:
        return []
    return shapes[0] if len(shapes) == 1 else shapes


def stated_shapes(step: Step, batch: int | None) -> list[WithBatch | list[int | None] | None]:
    """The shapes of its outputs with the batch: `None` for unknown ones, those that no rule gave as such."""
    shapes = [sizes_of(step, shape, batch) for shape in step.outputs or ()]
    return [shape if shape is None or step.source is None or isinstance(shape, WithBatch) else Stated(shape) for shape in shapes]


def params_of(step: Step, count: int | None = None) -> int | None:
    """Its parameters, or another count of them: unknown, or a lower bound, where a layer is."""
    found = step.params if count is None else count
    if step.blind and step.at_least and getattr(step.node.layer, "params", None) is None:
        return None
    return AtLeast(found) if step.at_least and step.inner is not None else found


def _params_text(value: object) -> str:
    return "?" if value is None else number_text(value)


def _input(step: Step, batch: int | None) -> object:
    shapes = [sizes_of(step, shape, batch) for shape in step.inputs]
    return shapes[0] if len(shapes) == 1 else shapes or None


def connected(step: Step) -> list[str]:
    """The names of what a step reads, with the output's number where there are several."""
    return [
        ref.node.name if ref.node.layer is None or ref.node.layer.results == 1 else f"{ref.node.name}:{ref.output}"
        for ref in step.node.inputs
    ]


def _weights(step: Step, batch: int | None) -> list[dict[str, object]]:
    return [{"name": w.name, "shape": list(w.shape), "trainable": w.trainable} for w in step.weights]


def _weights_text(value: Iterable[dict[str, tuple[int, ...]]]) -> str:
    shapes = [str(Shape(w["shape"])) for w in value]
    if len(shapes) > 6:
        shapes = [*shapes[:5], f"{len(shapes) - 5} more"]
    return ", ".join(shapes)


def _setting(*names: str) -> Callable[[Step, int | None], object]:
    def value(step: Step, batch: int | None) -> object:
        for name in names:
            found = getattr(step.node.layer, name, None)
            if isinstance(found, tuple) and all(isinstance(k, int) for k in found):
                return list(found)
            if isinstance(found, int):
                return found
        return None

    return value


def _per_axis(value: object) -> str:
    return "" if value is None else times(value) if isinstance(value, list) else str(value)


def _strides(step: Step, batch: int | None) -> object:
    layer = step.node.layer
    found = getattr(layer, "strides", None) or (getattr(layer, "pool_size", None) if hasattr(layer, "strides") else None)
    return list(found) if isinstance(found, tuple) else None


def _padding(step: Step, batch: int | None) -> object:
    """Pixels (before, after) per axis, as they came out; the mode where sizes are not known."""
    layer = step.node.layer
    if layer is None or len(step.inputs) != 1 or not hasattr(layer, "padding"):
        return None
    if step.error is not None or step.blind or layer.rank is None:
        return None
    windows = layer.windows(layer.view(step.inputs[0]))
    if not windows:
        return None
    pairs: list[list[int | None]] = []
    for window in windows:
        if window.padding is None:
            return layer.padding
        before = window.crop if isinstance(window, Spread) else window.before
        pairs.append([before, window.padding - (before or 0)])
    return pairs


def _padding_text(value: str | Iterable[tuple[int | None, int]] | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    sides = [str(a) if a == b else f"{a}+{b}" for a, b in value]
    return sides[0] if len(set(sides)) == 1 else " x ".join(sides)


def activations(step: Step, batch: int | None = None) -> int | None:
    """How many values come out, of one example."""
    if step.outputs is None:
        return None
    return added([n if n is None else int(n) for n in map(product, step.outputs)])


def _activations(step: Step, batch: int | None) -> int | None:
    count = activations(step)
    return None if count is None else count * (batch or 1)


def _macs(step: Step, batch: int | None) -> int | None:
    from ..cost import macs

    count = macs(step)
    return None if count is None else count * (batch or 1)


def _flops(step: Step, batch: int | None) -> int | None:
    count = _macs(step, batch)
    return None if count is None else 2 * count


def _memory(step: Step, batch: int | None) -> int | None:
    """The bytes of what comes out, in the dtype of each layer."""
    from ..memory import size_in_bytes

    return size_in_bytes(activations(step), BITS[compute_dtype(getattr(step.node.layer, "dtype", None))], batch or 1)


def known_text(value: int | None) -> str:
    """A number that each layer has; one that is not known is a question mark."""
    return "?" if value is None else f"{value:,}"


def weight_bytes(step: Step, batch: int | None = None) -> int:
    """The bytes of the weights that a step adds, in their own dtypes."""
    return (weight_bits(step) + 7) // 8


def weight_bits(step: Step, trainable: bool | None = None) -> int:
    if not step.weights:
        return 0
    if step.inner is not None:
        return sum(weight_bits(s, trainable) for s in step.inner.steps if s.used)
    dtype = variable_dtype(getattr(step.node.layer, "dtype", None))
    return sum(
        [w.count * BITS[variable_dtype(w.dtype) if w.dtype else dtype] for w in step.weights
         if trainable is None or w.trainable is trainable]
    )


def trained_arrays(trace: Trace, around: str = "") -> Iterator[tuple[tuple[int, ...], int, str]]:
    """The shape of each trained array, the bits of its values, and its path in the model."""
    for step in trace.steps:
        if not step.used or not step.weights:
            continue
        if step.inner is not None:
            yield from trained_arrays(step.inner, f"{around}{step.node.keras_name}/")
            continue
        dtype = variable_dtype(getattr(step.node.layer, "dtype", None))
        for weight in step.weights:
            if weight.trainable:
                yield (weight.shape, BITS[variable_dtype(weight.dtype) if weight.dtype else dtype],
                       f"{around}{step.node.keras_name}/{weight.name}")


def _kernels(step: Step) -> tuple[int, int, int] | None:
    """The values of the kernels, of the biases, and at how many places the kernels are used."""
    layer = step.node.layer
    if layer is None or step.outputs is None or step.blind or isinstance(layer, Model):
        return None
    xs = layer.viewed(step.inputs)
    used = layer.uses(*xs)
    if used is None:
        return None
    weights: tuple[Weight, ...] = step.weights or layer.owned(step.inputs)
    kernels = sum([w.count for w in weights if w.name.endswith("kernel")])
    return kernels, sum([w.count for w in weights]) - kernels, used


def connections(step: Step, batch: int | None = None) -> int | None:
    """Every product that is added up, and every bias: what the layer would own unshared."""
    found = _kernels(step)
    if found is None:
        return None
    kernels, biases, used = found
    count = activations(step)
    return None if count is None else kernels * used + (count if biases else 0)


def _unshared(step: Step, batch: int | None) -> int | None:
    layer = step.node.layer
    if layer is None or layer.rank is None or layer.not_keras or step.outputs is None:
        return None
    return connections(step)


def _as_dense(step: Step, batch: int | None) -> int | None:
    layer = step.node.layer
    if _unshared(step, batch) is None or layer is None:
        return None
    n, m = product(step.inputs[0]), activations(step)
    return None if n is None or m is None else n * m + (m if getattr(layer, "use_bias", True) else 0)


def _trainable(step: Step, batch: int | None) -> object:
    if not step.weights:
        return None
    return bool(step.node.layer is not None and step.node.layer.trainable and step.trainable_params)


def unbound(step: Step, batch: int | None) -> object:
    """The value of a column that needs the whole network, before it is bound to one."""
    return None


COLUMNS: dict[str, Column] = {
    column.key: column
    for column in (
        Column("name", "Layer", _name, plain_text, meaning="the layer's name"),
        Column("type", "Type", _type, plain_text,
               meaning="the kind of layer", drop=1),
        Column("input_shape", "Input shape", _input, lambda v: "" if v is None else shape_text(v),
               meaning="the shape that the layer reads, the batch first"),
        Column("output_shape", "Output shape", _output, shape_text, meaning="the shape that comes out, the batch first"),
        Column("params", "Params", lambda s, b: params_of(s), _params_text, True,
               "the values of all weights; a shared layer counts once"),
        Column("trainable_params", "Trainable", lambda s, b: params_of(s, s.trainable_params), _params_text, True,
               "the parameters that training changes"),
        Column("non_trainable_params", "Frozen", lambda s, b: params_of(s, s.non_trainable_params), _params_text, True,
               "the parameters that training leaves alone"),
        Column("trainable", "Trainable", _trainable, lambda v: "-" if v is None else "Y" if v else "N",
               meaning="Y if training changes the layer's weights, N if it is frozen, - if it has none"),
        Column("inputs", "Connected to", lambda s, b: connected(s), plain_text, meaning="the layers whose output it reads", drop=2),
        Column("kernel", "Kernel", _setting("kernel_size", "pool_size"), _per_axis, meaning="the size of the window"),
        Column("stride", "Stride", _strides, _per_axis, meaning="how far the window moves"),
        Column("padding", "Padding", _padding, _padding_text, meaning="pixels added per side; before+after where they differ"),
        Column("dilation", "Dilation", _setting("dilation_rate"), _per_axis, meaning="the distance between the window's pixels"),
        Column("groups", "Groups", _setting("groups"), number_text, True, "groups of channels that are convolved separately"),
        Column("weights", "Weights", _weights, _weights_text, meaning="the shapes of kernels, biases and other weights"),
        Column("bytes", "Bytes", weight_bytes, number_text, True, "bytes of the weights, in the dtype of each layer",
               brief="bytes are of the weights"),
        Column("activations", "Activations", _activations, number_text, True, "values that come out of the layer"),
        Column("macs", "MACs", _macs, known_text, True, "multiply-adds of convolutions, dense, recurrent and attention "
               "layers, without biases; 1 MAC = 2 FLOPs", brief="MACs without biases, 1 MAC = 2 FLOPs"),
        Column("flops", "FLOPs", _flops, known_text, True, "2 for each MAC: a multiplication and an addition",
               brief="1 MAC = 2 FLOPs"),
        Column("memory", "Memory", _memory, known_text, True, "bytes of the values that come out of the layer, in its dtype; "
               "its weights are in Bytes", brief="memory is the bytes of a layer's output"),
        Column("connections", "Connections", connections, number_text, True,
               "one for every weight and bias that an output reads, for one example", brief="connections of one example"),
        Column("unshared", "Unshared", _unshared, number_text, True,
               "the parameters if every position had its own weights and bias (locally connected)",
               brief="unshared: every position has its own weights"),
        Column("dense", "As dense", _as_dense, number_text, True, "the parameters if every output read every input",
               brief="as dense: every output reads every input"),
        Column("receptive_field", "Field", unbound, plain_text, True,
               "the input pixels that a unit sees, before clipping to the input", brief="fields before clipping to the input"),
        Column("jump", "Jump", unbound, plain_text, True, "the distance in pixels between the fields of neighboring units"),
        Column("field_start", "Field start", unbound, plain_text, True, "the first pixel of the first unit's field"),
        Column("field_center", "Field center", unbound, plain_text, True, "the center of the first unit's field"),
        Column("coverage", "Coverage", unbound, plain_text, True, "the share of the input that the center unit sees",
               brief="coverage of the center unit"),
        Column("notes", "Notes", lambda s, b: list(s.notes), lambda v: "; ".join(v), meaning="remarks on the layer"),
    )
}
#: Other words for a column.
SYNONYMS = {
    "layer": "name", "output": "output_shape", "input": "input_shape", "parameters": "params", "param": "params",
    "strides": "stride", "kernel_size": "kernel", "connected": "inputs", "connected_to": "inputs",
    "shape": "output_shape", "frozen": "non_trainable_params", "size": "activations", "activation_size": "activations",
    "rf": "receptive_field", "field": "receptive_field", "effective_stride": "jump", "start": "field_start",
    "rf_start": "field_start", "center": "field_center", "centre": "field_center", "rf_center": "field_center",
    "dilation_rate": "dilation", "mac": "macs", "multiply_adds": "macs", "flop": "flops", "activation_bytes": "memory",
}
#: Those whose sum over the network means something.
SUMMED = ("params", "trainable_params", "non_trainable_params", "bytes", "activations", "macs", "flops", "memory",
          "connections", "unshared", "dense")


#: Those of them that are at least their sum where a layer is unknown.
AT_LEAST = ("params", "trainable_params", "non_trainable_params", "bytes", "macs", "flops")


def chosen(words: str | None, default: tuple[str, ...]) -> list[Column]:
    """The columns of a list such as `kernel,stride`, behind the layer's name.

    With a `+` in front they are added to the default ones. SpecError for an unknown one.
    """
    keys = list(default)
    if words is not None:
        words = words.strip()
        keys = keys if words.startswith("+") else ["name"]
        for word in words.lstrip("+").split(","):
            word = word.strip().lower().replace("-", "_").replace(" ", "_")
            key = SYNONYMS.get(word, word)
            if not key:
                continue
            if key not in COLUMNS:
                raise SpecError(f"there is no column {word!r}", (),
                                did_you_mean(word, [*COLUMNS, *SYNONYMS]) or "columns: " + ", ".join(COLUMNS))
            if key not in keys:
                keys.append(key)
    return [COLUMNS[key] for key in keys]


def bound(columns: list[Column], trace: Trace) -> list[Column]:
    """The columns with their values for this network, where those need all of it."""
    if all(column.value is not unbound for column in columns):
        return columns
    from .sight_columns import bound as sighted

    return sighted(columns, trace)
