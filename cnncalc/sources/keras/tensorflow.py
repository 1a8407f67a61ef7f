"""Functions of TensorFlow that Keras 2 writes as layers: TFOpLambda, SlicingOpLambda, TensorFlowOpLayer."""

from __future__ import annotations

from ...errors import SpecError, shown
from ...keras_ops.settings import Key
from ...keras_ops.tensorflow import parameters
from ...layers import Layer
from .calls import Call, Tensor, old_arguments
from .layers import layer_of
from .tensorflow_graphs import of_graph

KINDS = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer")


def tensorflow_call(kind: type[Layer], config: object, value: object) -> Call:
    """A call of such a layer: the function with its constants, and the tensors that it reads."""
    if not isinstance(config, dict):
        raise SpecError(f"config must be a mapping (got {shown(config)})")
    if not isinstance(value, list):
        raise SpecError(f"must be a list of [layer, call, output, arguments] (got {shown(value)})")
    args, kwargs = old_arguments(value)
    if kind.kind == "TensorFlowOpLayer":
        function, given = of_graph(config, args[0])
    else:
        function = str(config.get("function"))
        given = {parameters(function)[0]: args[0], **kwargs}
    tensors: list[Tensor] = []
    constants: dict[str, object] = {}
    for name in [*[name for name in parameters(function) if name in given],
                 *[name for name in given if name not in parameters(function)]]:
        item = given[name]
        if type(item) is Tensor:
            tensors.append(item)
        elif isinstance(item, list) and any(type(inner) is Tensor for inner in item):
            if not all(type(inner) is Tensor for inner in item):
                raise SpecError(f"reads tensors and other values in {name}, which is not known")
            tensors += item
        elif name == "slice_spec":
            key = Key()
            constants[name] = key.written(key.read(_slices(item), None))
        elif name != "name":
            constants[name] = item
    rest = {key: item for key, item in config.items() if key in ("dtype", "trainable")}
    layer = layer_of(kind, rest, None, {"function": function, **({"constants": constants} if constants else {})})
    return Call(tuple(tensors), layer)


def _slices(value: object) -> object:
    """Slices as Keras 3 writes them."""
    if isinstance(value, dict) and value.get("class_name") == "__tuple__":
        value = value.get("items")
    if isinstance(value, dict) and "start" in value:
        return {"class_name": "__slice__", "config": {key: value.get(key) for key in ("start", "stop", "step")}}
    if isinstance(value, list):
        return [_slices(item) for item in value]
    return value
