"""Keras's inputs: tensors that no layer computes."""

from __future__ import annotations

from ...errors import CnncalcError
from ...layers import InputLayer
from .classes import Class
from .interpreter import Interpreter, Size, Unknown
from .keras_layers import LAYER
from .keras_objects import Call, KerasLayer, Tensor, failure, session
from .scopes import Arguments, Value


def input_tensor(run: Interpreter, shape: Value = None, batch_size: Value = None, dtype: Value = None, sparse: Value = None,
                 batch_shape: Value = None, name: Value = None, tensor: Value = None, **_: Value) -> Value:
    """`Input(shape)`: a tensor without a call."""
    if isinstance(tensor, Tensor):
        return tensor
    if batch_shape is None and "batch_input_shape" in _:
        batch_shape = _["batch_input_shape"]
    whole = shape if batch_shape is None else batch_shape
    if isinstance(whole, int):
        whole = (whole,)
    layer = KerasLayer(INPUT_LAYER)
    layer.kind = InputLayer
    layer.place = run.place()
    layer.initialized = True
    state = session(run)
    layer.name = name if isinstance(name, str) and name else state.name(run, "InputLayer")
    sizes: list[Value] = []
    unknown: Unknown | None = None
    if whole is None or isinstance(whole, Unknown):
        unknown = whole if isinstance(whole, Unknown) else run.unknown("Input has no shape")
    else:
        sizes = run.listed(whole)
        sizes = [n.number() if hasattr(n, "number") and n.number() is not None else n for n in sizes]
        sizes = [None if type(n) is Size and n.parent is None else n for n in sizes]
        sizes = [int(n) if isinstance(n, float) and n == int(n) else n for n in sizes]
        unknown = next((n for n in sizes if isinstance(n, Unknown)), None)
    if unknown is not None:
        given = state.inputs.get(layer.name, state.inputs.get(""))
        if given is None:
            missing = unknown.derived(run)
            missing.why = unknown.why
            missing.input_of = layer.name
            return missing
        state.notes.append(f"the size of the input {layer.name!r} is that of --input: {unknown.why}")
        sizes = list(given) if batch_shape is None else [None, *given]
    if batch_shape is None:
        batch = batch_size if isinstance(batch_size, int) else None
    else:
        batch, sizes = (sizes[0] if sizes else None), sizes[1:]
    try:
        layer.settings = {"shape": sizes, **({"batch_size": batch} if batch is not None else {})}
        layer.layer()
    except CnncalcError as error:
        raise failure(run, error, layer) from None
    call = Call(state.number(), layer, [], run.place())
    made = Tensor((batch, *sizes), call, 0, False, dtype if isinstance(dtype, str) else "float32")
    call.outputs = [made]
    layer.calls = [call]
    run.progress()
    return made


def _input_layer(run: Interpreter, cls: Class, args: list[Value], kwargs: Arguments) -> Value:
    """`InputLayer(input_shape=...)`, as the first of a Sequential."""
    shape = kwargs.pop("input_shape", None)
    if shape is not None and not args:
        kwargs["shape"] = shape
    made = run.native("InputLayer", input_tensor, args, kwargs)
    return made.call_.layer if isinstance(made, Tensor) and made.call_ is not None else made

INPUT_LAYER = Class("InputLayer", (LAYER,), {}, made=_input_layer)
