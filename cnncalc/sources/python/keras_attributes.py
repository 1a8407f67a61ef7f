"""What can be asked of Keras's layers and models: attributes and methods."""

from __future__ import annotations

from collections.abc import Callable

from ...errors import CnncalcError
from .classes import Instance
from .interpreter import Interpreter, Unknown
from .keras_calls import add, advance, build_sequential, call_layer
from .keras_code import build
from .keras_graph import nested
from .keras_layers import add_weight
from .keras_objects import KerasLayer, KerasModel, Tensor, TensorShape, example, failure, session, tensors_in
from .keras_order import children
from .scopes import Value
from .values import Native, method, nothing


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


def layer_list(run: Interpreter, self: KerasLayer) -> Value:
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
            build_sequential(run, self, shapes[0])
        elif not self.sequential:
            session(run).seen.append((self, shapes, run.place()))
    return run.unknown("what a model gives is not computed")


def _adapt(run: Interpreter, self: KerasLayer, data: Value = None, *_: Value, **__: Value) -> None:
    """Normalization.adapt: it is built for the shape of the data."""
    from ...layers.norm import Normalization  # lazy: few programs adapt layers

    found: list[Tensor] = []
    if self.kind is not None and issubclass(self.kind, Normalization) and tensors_in(run, data, found) is None and found:
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
        model = nested(run, self)
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
    **dict.fromkeys(("set_weights", "add_loss", "add_metric", "load_weights", "save_weights", "add_update", "compute_mask", "build_from_config", "_set_inputs", "_track_variable", "reset_states"), nothing),
}

MODEL_METHODS: dict[str, Callable[..., Value]] = {
    "add": add, "pop": _pop, "get_layer": _get_layer, **dict.fromkeys(("fit", "predict", "evaluate", "train_on_batch", "predict_on_batch", "test_on_batch", "predict_classes"), _seen_on),
    "fit_generator": lambda run, self, *_, **__: run.unknown("what a model gives is not computed"),
    "evaluate_generator": lambda run, self, *_, **__: run.unknown("what a model gives is not computed"),
    "predict_generator": lambda run, self, *_, **__: run.unknown("what a model gives is not computed"),
    "to_json": lambda run, self, **_: run.unknown("the model as JSON"), "to_yaml": lambda run, self, **_: run.unknown("the model as YAML"),
    **dict.fromkeys(("compile", "summary", "save", "export", "reset_metrics", "make_train_function"), nothing),
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
            return method(name, MODEL_METHODS[name], self)
        if name in ("inputs", "outputs"):
            value = _tensors(run, self, name[:-1])
            return value if isinstance(value, (list, Unknown)) else [value]
        if name in ("layers", "_layers"):
            return layer_list(run, self)
        if name in ("input_names", "output_names"):
            tensors = self.inputs if name == "input_names" else self.outputs
            return [t.call_.layer.name if t.call_ is not None and t.call_.layer is not None else "" for t in tensors or ()]
    if name in METHODS:
        return method(name, METHODS[name], self)
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
