"""Keras's models: Functional, Sequential, and classes of the program; and what can be asked of layers and models."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...errors import CnncalcError, SpecError
from ...layers import InputLayer
from .arrays import Array
from .keras_layers import (
    LAYER,
    add_weight,
    build,
    call_layer,
    children,
    constant,
    initialize,
    record,
    session,
    set_trainable,
    tensors_in,
)
from .keras_objects import Call, Full, KerasLayer, KerasModel, Tensor, TensorShape, example, failure
from .keras_settings import NotKnown
from .values import Arguments, Class, Instance, Native, Raised, Size, Unknown, Value

if TYPE_CHECKING:
    from .interpreter import Interpreter


# Inputs.


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
            missing.input_of = layer.name  # type: ignore[attr-defined]
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


# Models.


def _model_init(run: Interpreter, self: KerasModel, *args: Value, **kwargs: Value) -> None:
    """`Model(inputs, outputs)`, or what a class of the program calls."""
    for old, new in (("input", "inputs"), ("output", "outputs")):
        if old in kwargs:
            kwargs[new] = kwargs.pop(old)
    given = dict(zip(("inputs", "outputs", "name"), args))
    given.update(kwargs)
    if "inputs" in given and "outputs" in given:
        functional(run, self, given["inputs"], given["outputs"], given.get("name"), given.get("trainable", True))
        return
    initialize(run, self, **{key: value for key, value in given.items() if key in ("name", "trainable")})
    if self not in session(run).models:
        session(run).models.append(self)


def functional(run: Interpreter, self: KerasModel, inputs: Value, outputs: Value, name: Value = None, trainable: Value = True) -> None:
    """Make a model of what stands between inputs and outputs."""
    initialize(run, self, name, trainable)
    self.place = run.place()
    found: list[Tensor] = []
    results: list[Tensor] = []
    unknown = tensors_in(run, inputs, found) or tensors_in(run, outputs, results)
    session(run).models.append(self)
    if isinstance(outputs, KerasLayer) or isinstance(inputs, KerasLayer):
        raise run.error("ValueError", "the inputs and outputs of a model are tensors, not layers")
    if unknown is not None:
        self.broken = unknown
        raise Broken(run, self, unknown)
    self.inputs, self.outputs, self.given_outputs = found, results, outputs
    self.stack = None
    for tensor in (*found, *results):
        if tensor.call_ is None:
            raise run.error("ValueError", "the inputs and outputs of a model must be tensors that Input and layers give")
    self.built = True


def Broken(run: Interpreter, model: KerasModel, unknown: Unknown) -> Any:
    """The exception for a model that depends on an unknown value."""
    raised = run.error("ValueError", unknown.why)
    raised.failure = unknown
    return raised


def _sequential_init(run: Interpreter, self: KerasModel, layers: Value = None, name: Value = None, trainable: Value = True,
                     **_: Value) -> None:
    self.stack = []
    initialize(run, self, name, trainable)
    self.place = run.place()
    session(run).models.append(self)
    if layers is not None:
        if isinstance(layers, Unknown):
            self.broken = layers
            return
        for layer in run.listed(layers) if not isinstance(layers, KerasLayer) else [layers]:
            add(run, self, layer)


def add(run: Interpreter, self: KerasModel, layer: Value, **_: Value) -> None:
    """`model.add(layer)`."""
    if self.stack is None:
        raise run.error("AttributeError", f"{self.keras_class!r} object has no attribute 'add'")
    run.changing(self)
    if isinstance(layer, Unknown):
        self.broken = self.broken or layer
        self.stack.append(layer)
        return
    if isinstance(layer, Tensor) and layer.call_ is not None and layer.call_.layer is not None and layer.call_.layer.kind is InputLayer:
        layer = layer.call_.layer
    if not isinstance(layer, KerasLayer):
        if callable(getattr(layer, "call", None)) and not isinstance(layer, Tensor):
            self.broken = self.broken or run.unknown(f"a {run.type_name(layer)} is no layer that is read")
            return
        raise run.error("ValueError", f"Only instances of keras.Layer can be added to a Sequential model (got {run.type_name(layer)})")
    if layer.kind is InputLayer and layer.cls is INPUT_LAYER:
        if self.stack:
            raise run.error("ValueError", "an InputLayer can only be the first of a Sequential model")
        self.input_tensor = self.last = layer.calls[0].outputs[0]
        return
    if not self.stack and self.input_tensor is None:
        shape = layer.input_shape
        if shape is None and isinstance(layer, KerasModel):
            shape = declared(run, layer)
        if shape is not None:
            self.input_tensor = self.last = _own_input(run, shape)
    self.stack.append(layer)
    if self.failure is not None:
        return  # what follows a layer that does not fit cannot be called either
    try:
        advance(run, self)
    except Raised as error:
        self.failure = error
        raise


def _own_input(run: Interpreter, shape: Full) -> Tensor:
    made = input_tensor(run, batch_shape=tuple(shape))
    assert isinstance(made, Tensor)
    return made


def declared(run: Interpreter, model: KerasModel) -> Full | None:
    """The shape of a model's only input, where it has one."""
    if model.functional and model.inputs is not None and len(model.inputs) == 1:
        return model.inputs[0].shape
    if model.sequential and model.input_tensor is not None:
        return model.input_tensor.shape
    return None


def advance(run: Interpreter, self: KerasModel) -> None:
    """Call the layers of a Sequential that have not been called."""
    if self.last is None or self.stack is None or self.broken is not None:
        return
    while self.called < len(self.stack):
        layer = self.stack[self.called]
        result = call_layer(run, layer, self.last)
        self.called += 1
        if isinstance(result, Unknown):
            self.broken = result
            return
        if isinstance(result, (list, tuple)):
            result = result[0]
        if isinstance(result, Tensor):
            self.last = result
    self.built = True


def build_sequential(run: Interpreter, self: KerasModel, shape: Full) -> None:
    """Give a Sequential without an input one, and call its layers."""
    if self.input_tensor is None and self.stack is not None:
        run.changing(self)
        self.input_tensor = self.last = _own_input(run, tuple([None if isinstance(n, Unknown) else n for n in shape]))
        self.called = 0
        advance(run, self)


def call_model(run: Interpreter, self: KerasModel, call: Call, args: tuple[Value, ...]) -> Value:
    """A call of a Functional or Sequential model on tensors."""
    if self.broken is not None:
        return self.broken.derived(run)
    if self.sequential and self.input_tensor is None:
        build_sequential(run, self, call.inputs[0].shape)
        if self.broken is not None:
            return self.broken.derived(run)
    inputs = self.inputs if self.inputs is not None else [self.input_tensor] if self.input_tensor is not None else []
    outputs = self.outputs if self.inputs is not None else [self.last] if self.last is not None else []
    call.inputs = _by_name(run, self, call, args, inputs)
    session(run).seen.append((self, [t.shape for t in call.inputs], call.place))
    inner = any(t.inner for t in call.inputs)
    batch = call.inputs[0].shape[0] if call.inputs and call.inputs[0].shape else None
    if len(inputs) == len(call.inputs) and all(a.shape[1:] == b.shape[1:] for a, b in zip(inputs, call.inputs)):
        shapes = [t.shape[1:] for t in outputs]
    else:
        try:
            model = model_of(run, self)
            if model is None:
                return run.unknown(f"the model {self.name!r} cannot be read")
            shapes = [tuple(y) for y in model.apply(tuple([example(t.shape) for t in call.inputs]))]
        except CnncalcError as error:
            raise failure(run, error, self, call) from None
    call.outputs = [Tensor((batch, *y), call, i, inner) for i, y in enumerate(shapes)]
    record(run, self, call)
    return arranged(self.given_outputs, call.outputs)


def _by_name(run: Interpreter, self: KerasModel, call: Call, args: tuple[Value, ...], inputs: list[Tensor]) -> list[Tensor]:
    """The tensors that a call gives, a mapping in the order of the inputs' names."""
    if args and isinstance(args[0], dict):
        names = [t.call_.layer.name if t.call_ is not None and t.call_.layer is not None else "" for t in inputs]
        if set(names) <= set(args[0]):
            found: list[Tensor] = []
            tensors_in(run, [args[0][name] for name in names], found)
            return found
    return call.inputs


def arranged(like: Value, tensors: list[Tensor]) -> Value:
    """Outputs as they were given: one, a list, a dict."""
    waiting = iter(tensors)

    def fill(value: Value) -> Value:
        if isinstance(value, dict):
            made = {key: fill(value[key]) for key in sorted(value, key=str)}
            return {key: made[key] for key in value}
        if isinstance(value, (list, tuple)):
            return [fill(item) for item in value]
        return next(waiting, None)

    if isinstance(like, (list, tuple, dict)) and not (isinstance(like, (list, tuple)) and len(like) == 1 and len(tensors) == 1):
        return fill(like)
    return tensors[0] if len(tensors) == 1 else tensors


def model_of(run: Interpreter, self: KerasLayer) -> Any:
    """The model as one layer of the rules; None if it has no graph."""
    from .keras_graph import nested

    return nested(run, self)


# What can be asked.


def _pop(run: Interpreter, self: KerasModel, *_: Value) -> Value:
    if self.stack is None:
        raise run.error("AttributeError", "only a Sequential model has pop()")
    if not self.stack:
        raise run.error("TypeError", "There are no layers in the model.")
    run.changing(self)
    layer = self.stack.pop()
    self.called, self.last = 0, self.input_tensor
    advance(run, self)
    return layer


def _get_layer(run: Interpreter, self: KerasModel, name: Value = None, index: Value = None) -> Value:
    layers = layer_list(run, self)
    if isinstance(layers, Unknown):
        return layers
    if isinstance(name, int):
        name, index = None, name
    for i, layer in enumerate(layers):
        if i == index or (name is not None and layer.name == name):
            return layer
    if isinstance(name, Unknown) or isinstance(index, Unknown):
        return (name if isinstance(name, Unknown) else index).derived(run)
    near = ", ".join([layer.name for layer in layers[:10]])
    raise run.error("ValueError", f"no such layer: {name if name is not None else index}; the model has {near}")


def layer_list(run: Interpreter, self: KerasLayer) -> Any:
    """`model.layers`."""
    if isinstance(self, KerasModel) and self.broken is not None:
        return self.broken.derived(run)
    return children(run, self)


def _model_build(run: Interpreter, self: KerasLayer, shape: Value = None, **_: Value) -> None:
    """`model.build(input_shape)`: the size of its input."""
    if isinstance(shape, Unknown) or shape is None:
        return
    sizes = run.listed(shape) if not isinstance(shape, dict) else []
    several = bool(sizes) and all(isinstance(item, (list, tuple)) for item in sizes)
    shapes = [tuple(run.listed(item)) for item in sizes] if several else [tuple(sizes)]
    shapes = [tuple([None if isinstance(n, Unknown) else n for n in item]) for item in shapes]
    if not isinstance(self, KerasModel):
        build(run, self, ())
    elif self.sequential:
        build_sequential(run, self, shapes[0])
    elif not self.functional and shapes[0]:
        session(run).seen.append((self, shapes, run.place()))


def _seen_on(run: Interpreter, self: KerasModel, data: Value = None, *_: Value, **__: Value) -> Value:
    """fit, predict and evaluate: what a model is given says the size of its input."""
    found: list[Tensor] = []
    if tensors_in(run, data, found) is None and found and not self.functional:
        shapes = [(None, *t.shape[1:]) for t in found]
        if self.sequential and self.input_tensor is None:
            try:
                build_sequential(run, self, shapes[0])
            except Exception as error:
                if getattr(error, "failure", None) is None:
                    raise
                raise
        elif not self.sequential:
            session(run).seen.append((self, shapes, run.place()))
    return run.unknown("what a model gives is not computed")


def _nothing(run: Interpreter, self: Value, *_: Value, **__: Value) -> None:
    return None


def _adapt(run: Interpreter, self: KerasLayer, data: Value = None, *_: Value, **__: Value) -> None:
    """Normalization.adapt: it is built for the shape of the data."""
    found: list[Tensor] = []
    if self.kind is not None and self.kind.kind == "Normalization" and tensors_in(run, data, found) is None and found:
        shape = found[0].shape
        if len(shape) > 1 and not self.calls:
            try:
                self.layer().apply((example((None, *shape[1:])),))
            except CnncalcError:
                return
        if self.input_shape is None:
            self.input_shape = (None, *shape[1:])


def _config(run: Interpreter, self: KerasLayer) -> Value:
    return {"name": self.name, "trainable": self.trainable, **self.settings}


def _from_config(run: Interpreter, self: Value, config: Value = None, *_: Value, **__: Value) -> Value:
    if isinstance(config, dict):
        return run.call(self, [], {str(key): value for key, value in config.items()})
    return run.unknown("a configuration that is not known")


def _add_variable(run: Interpreter, self: KerasLayer, name: Value = "variable", shape: Value = (), **kwargs: Value) -> Value:
    return add_weight(run, self, name=name, shape=shape, trainable=kwargs.get("trainable", True))


def _count(run: Interpreter, self: KerasLayer) -> Value:
    return run.unknown("count_params() is not worked out while the program is read")


def _shape_of(run: Interpreter, self: KerasLayer, shape: Value, *_: Value) -> Value:
    """compute_output_shape of one of Keras's layers."""
    if isinstance(shape, Unknown):
        return shape.derived(run)
    sizes = tuple([None if isinstance(n, Unknown) else n for n in run.listed(shape)])
    try:
        if self.kind is not None:
            return TensorShape((sizes[0], *self.layer().apply((example(sizes),))[0]))
        model = model_of(run, self)
        return TensorShape((sizes[0], *model.apply((example(sizes),))[0])) if model is not None else run.unknown("the model's output shape")
    except CnncalcError as error:
        raise failure(run, error, self) from None


def _vocabulary(run: Interpreter, self: KerasLayer, *_: Value, **__: Value) -> Value:
    """The words of a look-up layer: those that it is given, or unknown ones of the data that it adapts to."""
    if self.kind is None or not self.kind.takes("vocabulary"):
        raise run.error("AttributeError", f"{self.keras_class!r} object has no attribute 'get_vocabulary'")
    words = self.settings.get("vocabulary")
    if isinstance(words, (list, tuple)) and not {"mask_token", "num_oov_indices", "oov_token"} & set(self.settings):
        return ["[UNK]", *words]
    return run.unknown("the vocabulary comes from data")


def _vocabulary_size(run: Interpreter, self: KerasLayer, *_: Value) -> Value:
    words = _vocabulary(run, self)
    return len(words) if isinstance(words, list) else words


METHODS: dict[str, Callable[..., Value]] = {
    "get_vocabulary": _vocabulary, "vocabulary_size": _vocabulary_size,
    "call": call_layer, "build": _model_build, "add_weight": add_weight, "add_variable": _add_variable, "adapt": _adapt, "get_config": _config,
    "compute_output_shape": _shape_of, "count_params": _count, "from_config": _from_config,
    "get_weights": lambda run, self: run.unknown("the values of weights"),
    **dict.fromkeys(("set_weights", "add_loss", "add_metric", "load_weights", "save_weights", "add_update", "compute_mask", "build_from_config", "_set_inputs", "_track_variable", "reset_states"), _nothing),
}
MODEL_METHODS: dict[str, Callable[..., Value]] = {
    "add": add, "pop": _pop, "get_layer": _get_layer, **dict.fromkeys(("fit", "predict", "evaluate", "train_on_batch", "predict_on_batch", "test_on_batch", "predict_classes"), _seen_on),
    "fit_generator": lambda run, self, *_, **__: run.unknown("what a model gives is not computed"),
    "evaluate_generator": lambda run, self, *_, **__: run.unknown("what a model gives is not computed"),
    "predict_generator": lambda run, self, *_, **__: run.unknown("what a model gives is not computed"),
    "to_json": lambda run, self, **_: run.unknown("the model as JSON"), "to_yaml": lambda run, self, **_: run.unknown("the model as YAML"),
    **dict.fromkeys(("compile", "summary", "save", "export", "reset_metrics", "make_train_function"), _nothing),
}


def _tensors(run: Interpreter, self: KerasLayer, which: str) -> Value:
    """`layer.input` or `layer.output`."""
    if isinstance(self, KerasModel):
        if self.broken is not None:
            return self.broken.derived(run)
        if self.functional and self.inputs is not None:
            tensors = self.inputs if which == "input" else self.outputs
            return tensors[0] if len(tensors) == 1 else list(tensors)
        if self.sequential and self.input_tensor is not None:
            return self.input_tensor if which == "input" else self.last
    if not self.calls:
        raise run.error("AttributeError", f"The layer {self.name} has never been called and thus has no defined {which}.")
    tensors = self.calls[0].inputs if which == "input" else self.calls[0].outputs
    return tensors[0] if len(tensors) == 1 else list(tensors)


def _shapes(run: Interpreter, self: KerasLayer, which: str) -> Value:
    value = _tensors(run, self, which)
    if isinstance(value, Unknown):
        return value
    return TensorShape(value.shape) if isinstance(value, Tensor) else [TensorShape(t.shape) for t in value]


def _at_call(which: str) -> Callable[..., Value]:
    def get(run: Interpreter, self: KerasLayer, index: Value = 0) -> Value:
        if not isinstance(index, int) or not -len(self.calls) <= index < len(self.calls):
            raise run.error("ValueError", f"the layer {self.name} has no call {index}")
        tensors = self.calls[index].inputs if which.startswith("input") else self.calls[index].outputs
        found = [TensorShape(t.shape) for t in tensors] if which.endswith("shape") else tensors
        return found[0] if len(found) == 1 else found

    return get


def find(run: Interpreter, self: Instance, name: str) -> Value:
    """An attribute that Keras gives layers and models."""
    assert isinstance(self, KerasLayer)
    if isinstance(self, KerasModel):
        if name in MODEL_METHODS:
            return Native(name, lambda run, *args, **kwargs: MODEL_METHODS[name](run, self, *args, **kwargs))
        if name in ("inputs", "outputs"):
            value = _tensors(run, self, name[:-1])
            return value if isinstance(value, (list, Unknown)) else [value]
        if name in ("layers", "_layers"):
            return layer_list(run, self)
        if name in ("input_names", "output_names"):
            tensors = self.inputs if name == "input_names" else self.outputs
            return [t.call_.layer.name if t.call_ is not None and t.call_.layer is not None else "" for t in tensors or ()]
    if name in METHODS:
        return Native(name, lambda run, *args, **kwargs: METHODS[name](run, self, *args, **kwargs))
    if name in ("name", "_name"):
        return self.name
    if name in ("trainable", "built"):
        return getattr(self, name)
    if name in ("input", "output"):
        return _tensors(run, self, name)
    if name in ("input_shape", "output_shape"):
        return _shapes(run, self, name[:-6])
    if name in ("get_output_at", "get_input_at", "get_output_shape_at", "get_input_shape_at"):
        get = _at_call(name[4:-3])
        return Native(name, lambda run, *args: get(run, self, *args))
    if name in ("weights", "trainable_weights", "variables", "trainable_variables", "non_trainable_weights", "losses", "metrics", "updates",
                "metrics_names", "kernel", "bias", "gamma", "beta", "embeddings", "optimizer", "history", "loss", "dtype_policy", "supports_masking",
                "stop_training", "_inbound_nodes", "inbound_nodes", "outbound_nodes", "stateful", "mean", "variance", "depthwise_kernel"):
        return run.unknown(f"{name} of a layer is not computed")
    if name in ("dtype", "compute_dtype", "_compute_dtype"):
        return "float32"
    if name in ("_layers", "sublayers"):
        return children(run, self)
    if self.kind is not None and self.problem is None:
        if self.kind.takes(name):
            return getattr(self.layer(), name, None)
        if name in ("rank",):
            return self.kind.rank
    if name in ("_is_graph_network", "dynamic", "stateful"):
        return False
    return NotImplemented


LAYER.find = find
MODEL = Class("Model", (LAYER,), {"__init__": Native("__init__", _model_init)})
SEQUENTIAL = Class("Sequential", (MODEL,), {"__init__": Native("__init__", _sequential_init)})


def _lambda_init(run: Interpreter, self: KerasLayer, function: Value = None, output_shape: Value = None, mask: Value = None,
                 arguments: Value = None, **kwargs: Value) -> None:
    if function is None:
        raise run.error("TypeError", "Lambda needs a function")
    self.attrs.update({"function": function, "output_shape": output_shape, "arguments": arguments})
    initialize(run, self, **kwargs)


LAMBDA = Class("Lambda", (LAYER,), {"__init__": Native("__init__", _lambda_init)})

__all__ = ["INPUT_LAYER", "LAMBDA", "MODEL", "SEQUENTIAL", "Array", "NotKnown", "SpecError", "constant", "functional", "input_tensor",
           "set_trainable"]
