"""keras.applications in source: the networks that `cnncalc.applications` builds, as models of the program."""

from __future__ import annotations

from typing import Any

from ...errors import CnncalcError
from ...keras_ops.operation import Operation
from ...layers import Layer
from .classes import Class
from .interpreter import Interpreter, Unknown
from .keras_calls import add as add_layer
from .keras_inputs import input_tensor
from .keras_layers import LAYER, kind_class
from .keras_models import MODEL, SEQUENTIAL, functional
from .keras_objects import Call, KerasLayer, KerasModel, Tensor, failure, session
from .scopes import Value
from .values import Native


def application(run: Interpreter, name: str) -> Value:
    """What a name of keras.applications means; None if it may be a module."""
    from ... import applications  # lazy: few programs build one

    if name in applications.NAMES:
        return Native(name, _builder(name))
    if name in ("correct_pad", "_correct_pad"):
        return Native(name, correct_pad)
    if name in ("obtain_input_shape", "_obtain_input_shape"):
        return Native(name, obtain_input_shape)
    if name in ("preprocess_input", "decode_predictions"):
        return Native(name, _preprocessed if name == "preprocess_input" else lambda run, *_, **__: run.unknown("predictions"))
    return None


def obtain_input_shape(run: Interpreter, input_shape: Value = None, default_size: Value = None, min_size: Value = None, data_format: Value = None,
                       require_flatten: Value = True, weights: Value = None, **old: Value) -> Value:
    """`imagenet_utils.obtain_input_shape`: the size that a network of keras.applications takes."""
    require_flatten = old.get("include_top", require_flatten)
    if isinstance(input_shape, Unknown) or isinstance(default_size, Unknown):
        return input_shape if isinstance(input_shape, Unknown) else default_size
    first = data_format == "channels_first"
    usual = (3, default_size, default_size) if first else (default_size, default_size, 3)
    if weights == "imagenet" and require_flatten is True:
        return usual
    if input_shape is not None:
        return tuple(run.listed(input_shape))
    if require_flatten is True:
        return usual
    return (3, None, None) if first else (None, None, 3)


def correct_pad(run: Interpreter, inputs: Value, kernel_size: Value, *_: Value) -> Value:
    """`imagenet_utils.correct_pad`: the padding before a convolution of stride 2 that keeps every second place."""
    if not isinstance(inputs, Tensor):
        return run.unknown("the padding for an unknown tensor")
    start = 2 if session(run).data_format == "channels_first" else 1
    sides = inputs.shape[start : start + 2]
    kernel = (kernel_size, kernel_size) if isinstance(kernel_size, int) else tuple(run.listed(kernel_size))
    odd = [side is not None and side % 2 == 1 and sides[0] is not None for side in sides]
    return tuple([(k // 2 - (not is_odd), k // 2) for k, is_odd in zip(kernel, odd)])


def _preprocessed(run: Interpreter, x: Value, *_: Value, **__: Value) -> Value:
    return x


def _builder(name: str) -> Value:
    def build(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
        from ... import applications  # lazy: few programs build one

        names = list(applications.signature(name))
        given = {**dict(zip(names, args)), **kwargs}
        return built(run, name, given)

    return build


def built(run: Interpreter, name: str, given: dict[str, Value]) -> Value:
    """The model of an application, with the arguments that the program gives."""
    from ... import applications  # lazy: few programs build one

    tensor = given.pop("input_tensor", None)
    model_name = given.pop("name", None)
    for key in ("classifier_activation", "backend", "layers", "models", "utils"):
        given.pop(key, None)
    if given.get("weights", "imagenet") != "imagenet":
        given["weights"] = None  # a file of weights adds no layers, as those of ImageNet do
    state = session(run)
    for key, value in list(given.items()):
        if isinstance(value, Unknown):
            if key == "input_shape" and (state.inputs.get("") is not None):
                given[key] = state.inputs[""]
                state.notes.append(f"the size of the input of {name} is that of --input: {value.why}")
                continue
            missing = value.derived(run)
            missing.input_of = name if key == "input_shape" else ""
            return missing
    if isinstance(tensor, Unknown):
        return tensor.derived(run)
    if isinstance(given.get("input_shape"), (list, tuple)):
        given["input_shape"] = tuple(run.listed(given["input_shape"]))
        inner = next((n for n in given["input_shape"] if isinstance(n, Unknown)), None)
        if inner is not None:
            return inner.derived(run)
    if isinstance(tensor, Tensor):
        given["input_tensor"] = tuple(tensor.shape[1:])
    try:
        net = applications.build(name, data_format=state.data_format, **given)
    except CnncalcError as error:
        raise failure(run, error) from None
    if not isinstance(tensor, Tensor):
        tensor = input_tensor(run, shape=tuple(net.input.shape))
    made: dict[object, Tensor] = {net.input: tensor}
    last = tensor
    for call in net.calls[1:]:
        if call.inside is not None:
            last = _stack(run, call, made)
        else:
            last = _called(run, call.name, call.layer, [made[x] for x in call.inputs], call.shape)
        made[call] = last
    model = KerasModel(MODEL)
    model.application = True
    functional(run, model, tensor, last, model_name if isinstance(model_name, str) else net.name)
    return model


def _called(run: Interpreter, name: str | None, ready: Layer | None, inputs: list[Tensor], shape: Value) -> Tensor:
    """A layer that is made already, called on tensors."""
    state = session(run)
    assert ready is not None
    if isinstance(ready, Operation):
        call = Call(state.number(), None, inputs, run.place(), ready)
        session(run).names_of[call.number] = name or state.name(run, ready.keras_class)
    else:
        layer = KerasLayer(_class_of(run, ready))
        layer.kind, layer.ready, layer.initialized, layer.built = type(ready), ready, True, True
        layer.settings = dict(ready.said)
        layer.place = run.place()
        layer.name = name or state.name(run, ready.keras_class)
        call = Call(state.number(), layer, inputs, run.place())
        layer.calls = [call]
    call.stack = list(run.stack)
    call.outputs = [Tensor((inputs[0].shape[0], *shape), call)]
    run.progress(45)
    return call.outputs[0]


def _class_of(run: Interpreter, ready: Layer) -> Class:
    try:
        return kind_class(run, ready.kind)
    except KeyError:
        return LAYER


def _stack(run: Interpreter, call: Any, made: dict[object, Tensor]) -> Tensor:
    """A Sequential inside, as ConvNeXt has it."""
    model = KerasModel(SEQUENTIAL)
    model.stack, model.initialized, model.name = [], True, call.name or "sequential"
    model.place = run.place()
    source = made[call.inputs[0]]
    model.input_tensor = model.last = input_tensor(run, batch_shape=tuple(source.shape), name="input_layer")
    for inner in call.inside.calls[1:]:
        layer = KerasLayer(_class_of(run, inner.layer))
        layer.kind, layer.ready, layer.initialized = type(inner.layer), inner.layer, True
        layer.settings, layer.place = dict(inner.layer.said), run.place()
        layer.name = inner.name or session(run).name(run, inner.layer.keras_class)
        add_layer(run, model, layer)
    result = run.call(model, [source], {})
    assert isinstance(result, Tensor)
    return result
