"""Operations of TensorFlow's graphs, which Keras 2 wrote as layers before it had functions for that."""

from __future__ import annotations

from typing import NamedTuple

from ...errors import SpecError, shown
from ...keras_ops.settings import in_lists
from ...keras_ops.tensorflow import parameters


class Written(NamedTuple):
    """How a graph has a function: `inputs` are its arguments in the graph's order, the one with a star all that the
    others leave (nothing said: the function's own order), `attributes` are those by the graph's names for them."""

    function: str
    inputs: str = ""
    attributes: str = ""
    fixed: tuple[tuple[str, object], ...] = ()


OPERATIONS: dict[str, Written] = {
    **{word: Written(f"math.{name}") for word, name in (
        ("Add", "add"), ("AddV2", "add"), ("Sub", "subtract"), ("Mul", "multiply"), ("RealDiv", "truediv"), ("Pow", "pow"),
        ("DivNoNan", "divide_no_nan"), ("FloorDiv", "floordiv"), ("FloorMod", "floormod"), ("Maximum", "maximum"),
        ("Minimum", "minimum"), ("SquaredDifference", "squared_difference"), ("Greater", "greater"), ("Less", "less"),
        ("GreaterEqual", "greater_equal"), ("LessEqual", "less_equal"), ("Equal", "equal"), ("NotEqual", "not_equal"),
        ("LogicalAnd", "logical_and"), ("LogicalOr", "logical_or"), ("LogicalNot", "logical_not"), ("Abs", "abs"),
        ("Neg", "negative"), ("Exp", "exp"), ("Log", "log"), ("Log1p", "log1p"), ("Sqrt", "sqrt"), ("Rsqrt", "rsqrt"),
        ("Square", "square"), ("Tanh", "tanh"), ("Sigmoid", "sigmoid"), ("Sin", "sin"), ("Cos", "cos"), ("Erf", "erf"), ("Erfc", "erfc"),
        ("Floor", "floor"), ("Ceil", "ceil"), ("Round", "round"), ("Sign", "sign"), ("Reciprocal", "reciprocal"),
        ("Softplus", "softplus"), ("IsFinite", "is_finite"))},
    **{word: Written(f"nn.{name}") for word, name in (
        ("Relu", "relu"), ("Relu6", "relu6"), ("Elu", "elu"), ("Selu", "selu"), ("Softsign", "softsign"),
        ("Softmax", "softmax"), ("LogSoftmax", "log_softmax"), ("BiasAdd", "bias_add"))},
    **{word: Written(f"math.reduce_{word.lower()}", "", "keepdims=keep_dims") for word in (
        "Mean", "Sum", "Max", "Min", "Prod", "Any", "All")},
    "LeakyRelu": Written("nn.leaky_relu", "features", "alpha=alpha"), "Identity": Written("identity"),
    "StopGradient": Written("stop_gradient"), "Cast": Written("cast", "x", "dtype=DstT"), "ZerosLike": Written("zeros_like"),
    "OnesLike": Written("ones_like"), "ArgMax": Written("math.argmax"), "SelectV2": Written("where"), "AddN": Written("math.add_n"),
    "Reshape": Written("reshape"), "Transpose": Written("transpose"), "ExpandDims": Written("expand_dims"),
    "Squeeze": Written("squeeze", "input", "axis=squeeze_dims"), "ConcatV2": Written("concat", "*values axis"),
    "Pack": Written("stack", "*values", "axis=axis"), "Unpack": Written("unstack", "value", "axis=axis num=num"),
    "Split": Written("split", "axis value", "num_or_size_splits=num_split"), "SplitV": Written("split"),
    "Tile": Written("tile"), "Pad": Written("pad", "tensor paddings"), "PadV2": Written("pad", "tensor paddings constant_values"),
    "MirrorPad": Written("pad", "tensor paddings", "mode=mode"),
    "OneHot": Written("one_hot", "indices depth on_value off_value", "axis=axis"),
    "GatherV2": Written("gather", "params indices axis", "batch_dims=batch_dims"),
    "MatMul": Written("linalg.matmul", "a b", "transpose_a=transpose_a transpose_b=transpose_b"),
    "BatchMatMulV2": Written("linalg.matmul", "a b", "transpose_a=adj_x transpose_b=adj_y"),
    "ResizeBilinear": Written("image.resize", "images size", "", (("method", "bilinear"),)),
    "ResizeNearestNeighbor": Written("image.resize", "images size", "", (("method", "nearest"),)),
    "DepthToSpace": Written("nn.depth_to_space", "input", "block_size=block_size data_format=data_format"),
    "SpaceToDepth": Written("nn.space_to_depth", "input", "block_size=block_size data_format=data_format"),
    "StridedSlice": Written("__operators__.getitem", "tensor begin end strides", " ".join([
        f"{name}={name}" for name in ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")])),
}
TYPES = {"DT_FLOAT": "float32", "DT_DOUBLE": "float64", "DT_HALF": "float16", "DT_BFLOAT16": "bfloat16"}


def of_graph(config: dict[str, object], reads: object) -> tuple[str, dict[str, object]]:
    """The function that an operation of TensorFlow's graph is, and its arguments by name."""
    operation, attributes = _node(config.get("node_def"))
    written = OPERATIONS.get(operation) if isinstance(operation, str) else None
    if written is None:
        raise SpecError(f"operation {shown(operation)} of TensorFlow is not known")
    told = config.get("constants") or {}
    if not isinstance(told, dict) or not all(str(key).isdecimal() for key in told):
        raise SpecError(f"constants must be a mapping from places to values (got {shown(told)})")
    waiting = list(reads) if isinstance(reads, list) else [reads]
    items = []
    for i in range(len(waiting) + len(told)):
        items.append(in_lists(told[str(i)]) if str(i) in told else waiting.pop(0) if waiting else None)
    given = _by_name(written.inputs.split() or list(parameters(written.function)), items)
    for pair in written.attributes.split():
        name, _, theirs = pair.partition("=")
        if attributes is None:
            raise SpecError(f"operation {operation!r} of TensorFlow is packed, and {theirs} is not read from that")
        if theirs in attributes:
            given[name] = _attribute(attributes[theirs])
    given.update(written.fixed)
    if operation == "StridedSlice":
        given = {"tensor": given.get("tensor"), "slice_spec": _slices(given)}
    return written.function, given


def _node(node: object) -> tuple[object, dict[str, object] | None]:
    """The name of the operation and its attributes, as a mapping or in JSON; of one as TensorFlow packs its
    messages the name only, which stands behind the node's own."""
    if isinstance(node, str) and node.lstrip().startswith("{"):
        import json

        try:
            node = json.loads(node)
        except (ValueError, RecursionError):
            return None, None
    if isinstance(node, dict):
        attributes = node.get("attr", {})
        if not isinstance(attributes, dict):
            raise SpecError(f"attr must be a mapping (got {shown(attributes)})")
        return node.get("op"), attributes
    found, at = None, 0
    for mark in ("\n", "\x12"):  # the fields name and op, each with its length
        if not isinstance(node, str) or node[at : at + 1] != mark or len(node) < at + 2:
            return None, None
        length = ord(node[at + 1])
        found, at = node[at + 2 : at + 2 + length], at + 2 + length
    return found, None


def _by_name(names: list[str], items: list[object]) -> dict[str, object]:
    star = next((i for i, name in enumerate(names) if name.startswith("*")), None)
    if star is not None:
        end = len(items) - (len(names) - 1 - star)
        items = [*items[:star], items[star:end], *items[end:]]
        names = [name.removeprefix("*") for name in names]
    if len(items) > len(names):
        raise SpecError(f"takes {len(names)} arguments, got {len(items)}")
    return dict(zip(names, items))


def _attribute(told: object) -> object:
    """An attribute's value: the one field of its message says of what type it is."""
    field, value = next(iter(told.items())) if isinstance(told, dict) and len(told) == 1 else (None, None)
    if field == "list" and isinstance(value, dict):
        return [_attribute({inner: item}) for inner, items in value.items() if isinstance(items, list) for item in items]
    if field == "i" and isinstance(value, str) and value[:20].removeprefix("-").isdecimal():
        return int(value[:20])
    if field == "s" and isinstance(value, str):
        from base64 import b64decode

        try:
            return b64decode(value.encode("ascii", "replace")).decode("latin-1")
        except ValueError:
            field = None  # it is refused below
    if field == "type" and isinstance(value, str):
        return TYPES.get(value, value.removeprefix("DT_").lower())
    if field in ("b", "f") or (field == "i" and type(value) is int):
        return value
    raise SpecError(f"an attribute of TensorFlow must have one field of a known type (got {shown(told)})")


def _slices(given: dict[str, object]) -> list[object]:
    """The key of a StridedSlice: of each of its masks bit i is about part i."""
    def has(name: str, i: int) -> bool:
        mask = given.get(f"{name}_mask", 0)
        return type(mask) is int and bool(mask >> i & 1)

    columns = [given.get(name) for name in ("begin", "end", "strides")]
    if not all(isinstance(column, list) and len(column) <= 64 for column in columns):
        raise SpecError("a StridedSlice must have lists of where it begins and ends and of its strides")
    key: list[object] = []
    for i, (begin, end, step) in enumerate(zip(*columns)):
        if has("ellipsis", i):
            key.append({"class_name": "__ellipsis__", "config": {}})
        elif has("new_axis", i):
            key.append(None)
        elif has("shrink_axis", i):
            key.append(begin)
        else:
            key.append({"start": None if has("begin", i) else begin, "stop": None if has("end", i) else end, "step": step})
    return key
