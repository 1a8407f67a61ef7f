"""Keras's layers: made with settings, called on tensors; those of the program run their own code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...errors import CnncalcError, SpecError
from ...layers import KINDS, Shape
from ...layers.unknown import Assumed
from .arrays import Array
from .interpreter import Uncertain
from .keras_objects import Call, Full, KerasLayer, KerasModel, Session, Tensor, TensorShape, example, failure
from .keras_settings import NotKnown, made, named_arguments, settings_of
from .values import Arguments, Class, Function, Instance, Limit, Native, Raised, Size, Unknown, Value

if TYPE_CHECKING:
    from .interpreter import Interpreter

#: Arguments of a call that are inputs of their own, and those that say something about an input.
INPUTS = ("inputs", "input", "x", "sequences", "query", "value", "key", "initial_state")
BESIDE = ("mask", "attention_mask", "query_mask", "value_mask", "key_mask")
#: Layers inside layers while code of the program runs.
DEEPEST = 40


def session(run: Interpreter) -> Session:
    """What Keras keeps while the program runs."""
    return run.session  # type: ignore[attr-defined, no-any-return]


def allocate(run: Interpreter, cls: Class) -> Instance:
    made = KerasModel(cls) if any(base.name == "Model" and base.node is None for base in cls.mro) else KerasLayer(cls)
    made.place = run.place()
    return made


def initialize(run: Interpreter, self: KerasLayer, name: Value = None, trainable: Value = True, **more: Value) -> None:
    """What Layer.__init__ does: the name is given."""
    if self.initialized:
        return
    self.initialized = True
    if isinstance(name, str) and name:
        self.name = name
        if "/" in name and session(run).keras2 is None:
            session(run).keras2 = f"the name {name!r} has a '/'"
    else:
        word = self.keras_class
        if isinstance(self, KerasModel) and self.cls.node is None and not self.sequential:
            word = "Functional" if session(run).keras2 is None else "Model"
        self.name = session(run).name(run, word)
    if trainable is False:
        self.trainable = False
    for key, size in (("input_shape", 0), ("batch_input_shape", 1)):
        shape = more.get(key)
        if isinstance(shape, Unknown):
            self.input_shape = given_input(run, self.name, shape)
        elif shape is not None:
            sizes = [None if isinstance(n, Unknown) and type(n) is Size else n for n in run.listed(shape)]
            unknown = next((n for n in sizes[size:] if isinstance(n, Unknown)), None)
            if unknown is not None:
                self.input_shape = given_input(run, self.name, unknown)
            else:
                self.input_shape = tuple([None] * (1 - size) + sizes)
    if self.input_shape is None and more.get("input_dim") is not None and (self.kind is None or not self.kind.takes("input_dim")):
        dim = more["input_dim"]
        if isinstance(dim, Unknown):
            self.input_shape = given_input(run, self.name, dim)
        else:
            length = more.get("input_length")
            self.input_shape = (None, dim) if length is None else (None, length, dim)
    elif self.input_shape is None and isinstance(more.get("input_length"), int):
        self.input_shape = (None, more["input_length"])
    run.progress()


def given_input(run: Interpreter, name: str, unknown: Unknown) -> Any:
    """The size that the reader gives an input whose own is not known; None, and the reason is kept, if there is none."""
    given = session(run).inputs
    found = given.get(name, given.get(""))
    if found is not None:
        session(run).notes.append(f"the input's size is that of --input: {unknown.why}")
        return (None, *found)
    raise NotKnown("input_shape", unknown)


def kind_class(run: Interpreter, word: str) -> Class:
    """The class of one of Keras's kinds of layers."""
    known: dict[str, Class] = run.kinds  # type: ignore[attr-defined]
    kind = KINDS[word]
    if kind.kind not in known:
        known[kind.kind] = Class(kind.keras_class, (LAYER,), {})
        known[kind.kind].kind = kind  # type: ignore[attr-defined]
    found = known[kind.kind]
    if word not in known:
        known[word] = found
    found.members.setdefault("__init__", Native("__init__", _kind_init(kind, kind.kind)))
    if word != kind.kind and word.startswith("Convolution"):
        alias = Class(kind.keras_class, (found,), {"__init__": Native("__init__", _kind_init(kind, word))})
        known[word] = alias
    return known[word]


def _kind_init(kind: Any, word: str) -> Callable[..., None]:
    def init(run: Interpreter, self: KerasLayer, *args: Value, **kwargs: Value) -> None:
        self.kind = kind
        arguments = named_arguments(run, kind, word, list(args), kwargs)
        self.place = run.place()
        try:
            settings = settings_of(run, self, kind, arguments)
            initialize(run, self, **{key: value for key, value in arguments.items() if key in (
                "name", "trainable", "input_shape", "batch_input_shape", "input_length") or (key == "input_dim" and not kind.takes(key))})
        except NotKnown as unknown:
            initialize(run, self, arguments.get("name"))
            self.problem = not_known(run, f"{kind.kind} {self.name!r}", unknown.setting, unknown.value)
            return
        if "data_format" in kind.settings and settings.get("data_format") is None and session(run).data_format == "channels_first":
            settings["data_format"] = "channels_first"
        made(run, self, settings)
        for inner in self.layer().inner_classes:
            session(run).name(run, inner)
        for _key, value in arguments.items():  # layers given as settings, such as an activation
            if isinstance(value, KerasLayer):
                self.sublayers.append(value)

    return init


def not_known(run: Interpreter, subject: str, setting: str, value: Unknown) -> SpecError:
    """The error for a setting that is not known: what it is, where it comes from, and what to type."""
    from .missing import explained

    return explained(run, f"{subject} needs {setting}, which is not known", value, setting)


# Calls.


def tensors_in(run: Interpreter, value: Value, found: list[Tensor]) -> Unknown | None:
    """Collect the tensors in nested lists and mappings; an unknown value among them is returned."""
    if isinstance(value, Tensor):
        found.append(value)
    elif isinstance(value, Array):
        found.append(constant(value))
    elif isinstance(value, Unknown):
        return value
    elif isinstance(value, (list, tuple)):
        for item in value:
            unknown = tensors_in(run, item, found)
            if unknown is not None:
                return unknown
    elif isinstance(value, dict):
        for key in sorted(value, key=str):
            unknown = tensors_in(run, value[key], found)
            if unknown is not None:
                return unknown
    return None


def constant(array: Array) -> Tensor:
    """An array as a tensor."""
    made = Tensor(tuple([None if isinstance(n, Unknown) else n for n in array.shape]), inner=True, dtype=array.dtype)
    made.constant = array
    return made


def call_layer(run: Interpreter, self: KerasLayer, *args: Value, **kwargs: Value) -> Value:
    """A call of a layer on tensors."""
    if not self.initialized:
        initialize(run, self)
    found: list[Tensor] = []
    named = [value for name, value in kwargs.items() if name in INPUTS or (self.custom and name not in BESIDE)]
    unknown = tensors_in(run, [*[arg for arg in args if not isinstance(arg, (bool, type(None)))], *named], found)
    if unknown is not None:
        return unknown.derived(run)
    if not found and not self.custom:
        raise run.error("ValueError", f"{self.keras_class} {self.name!r} is called without a tensor")
    if self.calls and [t.shape for t in self.calls[-1].inputs] == [t.shape for t in found]:
        run.work(40)  # again, as a loop that trains does
    else:
        run.progress()
    call = Call(session(run).number(), self, found, run.place())
    call.stack = list(run.stack)
    if self.problem is not None:
        raise _failed(run, self, call)
    if isinstance(self, KerasModel) and not self.custom:
        from .keras_models import call_model

        result = call_model(run, self, call, args)
    elif self.custom or self.cls.name == "Lambda":
        result = call_custom(run, self, call, args, kwargs)
    elif self.kind is not None:
        result = _call_kind(run, self, call, kwargs)
    else:
        result = args[0] if args else None  # Layer itself: the identity
    return result


def _failed(run: Interpreter, self: KerasLayer, call: Call) -> Raised:
    raised = run.error("ValueError", self.problem.problem if self.problem is not None else "")
    raised.failure = failure(run, self.problem or SpecError(""), self, call).failure
    return raised


def record(run: Interpreter, self: KerasLayer, call: Call) -> None:
    """Keep a call among those of its layer."""
    run.changing(self)
    self.calls.append(call)
    self.built = True


def _call_kind(run: Interpreter, self: KerasLayer, call: Call, kwargs: Arguments) -> Value:
    """A call of one of Keras's own layers."""
    tensors = call.inputs
    try:
        layer = self.layer()
        if layer.kind == "MultiHeadAttention" and len(tensors) == 1:
            tensors = call.inputs = [tensors[0], tensors[0]]
        shapes = [example(t.shape) for t in tensors]
        ys = layer.apply(tuple(shapes))
    except CnncalcError as error:
        raise failure(run, error, self, call) from None
    batch = next((t.shape[0] for t in tensors if t.shape), None)
    inner = any(t.inner for t in tensors)
    call.outputs = [Tensor((batch, *y), call, i, inner, tensors[0].dtype) for i, y in enumerate(ys)]
    record(run, self, call)
    if tensors and all(t.constant is not None for t in tensors) and not getattr(run, "layers_deep", 0):
        found = [Array(tuple(t.shape), None, "float32") for t in call.outputs]  # of numbers alone: a model that reads it has no such layer
        return found[0] if len(found) == 1 else found
    if kwargs.get("return_attention_scores") is True:
        return (call.outputs[0], run.unknown("attention scores"))
    return call.outputs[0] if len(call.outputs) == 1 else list(call.outputs)


# Layers of the program.


def call_custom(run: Interpreter, self: KerasLayer, call: Call, args: tuple[Value, ...], kwargs: Arguments) -> Value:
    """A call of a layer whose code is the program's: it is run on tensors of its own."""
    state = session(run)
    depth = getattr(run, "layers_deep", 0)
    if depth > DEEPEST:
        raise Limit("layers are nested too deeply")
    inner: list[Tensor] = []
    places: dict[int, Tensor] = {}

    def inside(value: Value) -> Value:
        if isinstance(value, Array):
            value = constant(value)
        if isinstance(value, Tensor):
            if id(value) not in places:
                made = Tensor(value.shape, None, 0, True, value.dtype)
                made.constant = value.constant
                places[id(value)] = made
                inner.append(made)
            return places[id(value)]
        if isinstance(value, (list, tuple)):
            return type(value)([inside(item) for item in value]) if type(value) in (list, tuple) else value
        if isinstance(value, dict):
            return {key: inside(item) for key, item in value.items()}
        return value

    args = tuple([inside(arg) for arg in args])
    kwargs = {key: inside(value) for key, value in kwargs.items() if key not in BESIDE or value is not None}
    call.inputs = [t for t in call.inputs if id(t) in places] or call.inputs
    call.inputs = list({id(t): t for t in call.inputs}.values())
    run.layers_deep = depth + 1  # type: ignore[attr-defined]
    try:
        if not self.built:
            build(run, self, args)
        result = run_call(run, self, args, kwargs)
    except Uncertain as unknown:
        result = unknown.value
    except Raised as error:
        if self.name not in state.assumed:
            if error.failure is None:
                error.remedy = f"--assume {self.name}=same supplies its output shape, or --assume {self.name}=14x14x64"
            raise
        result = run.unknown(str(error))
    finally:
        run.layers_deep = depth  # type: ignore[attr-defined]
    shape = stated_shape(run, self, inner) if isinstance(result, Unknown) else None
    if shape is not None:
        result = Tensor(shape, None, 0, True)
    if isinstance(result, Unknown):
        if self.name in state.assumed:
            return _assumed(run, self, call, state.assumed[self.name])
        record(run, self, call)
        result = result.derived(run, f"what {self.keras_class} {self.name!r} computes is not known: {result.why}")
        result.remedy = f"--assume {self.name}=same supplies its output shape, or --assume {self.name}=14x14x64"
        return result
    outputs: list[Tensor] = []

    def outside(value: Value) -> Value:
        if isinstance(value, Array):
            value = constant(value)
        if isinstance(value, Tensor):
            outputs.append(value)
            made = Tensor(value.shape, call, len(call.outputs), any(t.inner for t in call.inputs), value.dtype)
            call.outputs.append(made)
            return made
        if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
            return type(value)([outside(item) for item in value])
        if isinstance(value, dict):
            return {key: outside(item) for key, item in value.items()}
        return value

    made = outside(result)
    call.inner = (inner, outputs)
    record(run, self, call)
    if isinstance(self, KerasModel):
        state.seen.append((self, [t.shape for t in call.inputs], call.place))
    return made


def _assumed(run: Interpreter, self: KerasLayer, call: Call, assumed: Assumed) -> Value:
    """The outputs that the reader assumes of a layer."""
    shapes = assumed.shapes or tuple([Shape(t.shape[1:]) for t in call.inputs[:1]])
    batch = next((t.shape[0] for t in call.inputs if t.shape), None)
    inner = any(t.inner for t in call.inputs)
    call.assumed = assumed
    call.outputs = [Tensor((batch, *shape), call, i, inner) for i, shape in enumerate(shapes)]
    record(run, self, call)
    return call.outputs[0] if len(call.outputs) == 1 else list(call.outputs)


def run_call(run: Interpreter, self: KerasLayer, args: tuple[Value, ...], kwargs: Arguments) -> Value:
    """Run a layer's `call`, or the function of a Lambda."""
    if self.cls.name == "Lambda" and self.cls.node is None:
        more = self.attrs.get("arguments")
        return run.call(self.attrs["function"], list(args), dict(more) if isinstance(more, dict) else {})
    function = self.cls.lookup("call")
    kwargs = _taken(function, kwargs)
    return run.call(function, [self, *args], kwargs)


def _taken(function: Value, kwargs: Arguments) -> Arguments:
    """The arguments that `call` takes: Keras leaves `training` and `mask` out for others."""
    if not isinstance(function, Function):
        return kwargs
    spec = function.node.args
    names = {arg.arg for arg in (*spec.args, *spec.kwonlyargs)}
    return {key: value for key, value in kwargs.items() if key in names or spec.kwarg is not None or key not in ("training", "mask")}


def build(run: Interpreter, self: KerasLayer, args: tuple[Value, ...]) -> None:
    """Run a layer's `build` with the shape of what it is called on."""
    try:
        function = self.cls.lookup("build")
    except KeyError:
        function = None
    if isinstance(function, Function) and not self.building:
        shapes = _shapes(args[0] if args else None)
        self.building = True
        try:
            run.call(function, [self, shapes], {})
        finally:
            self.building = False
    run.changing(self)
    self.built = True


def _shapes(value: Value) -> Value:
    if isinstance(value, Tensor):
        return TensorShape(value.shape)
    if isinstance(value, (list, tuple)):
        return [_shapes(item) for item in value]
    if isinstance(value, dict):
        return {key: _shapes(item) for key, item in value.items()}
    return None


def stated_shape(run: Interpreter, self: KerasLayer, inputs: list[Tensor]) -> Full | None:
    """The output's shape where the layer states it: output_shape of a Lambda, compute_output_shape."""
    stated: Value = self.attrs.get("output_shape")
    shape = TensorShape(inputs[0].shape) if len(inputs) == 1 else [TensorShape(t.shape) for t in inputs]
    lead: Full = (inputs[0].shape[0],) if inputs else (None,)
    try:
        if isinstance(stated, (Function, Native)):
            stated, lead = run.call(stated, [shape], {}), ()
        elif stated is None:
            function = self.cls.lookup("compute_output_shape")
            if not isinstance(function, Function):
                return None
            stated, lead = run.call(function, [self, shape], {}), ()
        sizes = [None if isinstance(n, Unknown) else n for n in run.listed(stated)]
    except (KeyError, Raised, Uncertain):
        return None
    if not all(n is None or (isinstance(n, int) and n >= 0) for n in sizes):
        return None
    return (*lead, *sizes)


def add_weight(run: Interpreter, self: KerasLayer, *args: Value, **kwargs: Value) -> Value:
    """`self.add_weight(...)`, with the arguments in the order of Keras 3 or of Keras 2."""
    names = ["name", "shape"] if args and (isinstance(args[0], str) or args[0] is None) else ["shape", "initializer"]
    given = {**dict(zip(names, args)), **kwargs}
    shape = given.get("shape", ())
    if isinstance(shape, int):
        shape = (shape,)
    if isinstance(shape, Unknown):
        return shape.derived(run)
    sizes = run.listed(shape if shape is not None else ())
    name = given.get("name")
    return make_weight(run, self, name if isinstance(name, str) else "variable", sizes, given.get("trainable") is not False)


def make_weight(run: Interpreter, self: KerasLayer | None, name: str, sizes: list[Value], trainable: bool) -> Value:
    """A weight of a layer as a tensor."""
    unknown = next((n for n in sizes if isinstance(n, Unknown)), None)
    if unknown is not None:
        return unknown.derived(run)
    if any(not isinstance(n, int) or n < 0 for n in sizes):
        raise run.error("ValueError", f"the weight {name!r} needs whole numbers as its shape (got {tuple(sizes)})")
    if self is not None:
        run.changing(self)
        self.weights.append((name, tuple(sizes), trainable))
    return Tensor(tuple(sizes), inner=True)


# Attributes.


def set_trainable(run: Interpreter, self: KerasLayer, value: Value) -> None:
    """`layer.trainable = value`, which reaches the layers inside."""
    truth = run.truth(value)
    if isinstance(truth, Unknown):
        return
    run.changing(self)
    self.trainable = truth
    for inner in children(run, self):
        set_trainable(run, inner, truth)


def children(run: Interpreter, self: KerasLayer) -> list[KerasLayer]:
    """The layers that a layer or model holds, in Keras's order."""
    if isinstance(self, KerasModel):
        if self.functional:
            from .keras_graph import layers_of

            return layers_of(run, self)
        if self.stack is not None:
            return [layer for layer in self.stack if isinstance(layer, KerasLayer)]
    found: dict[int, KerasLayer] = {}

    def look(value: Value, depth: int) -> None:
        if isinstance(value, KerasLayer):
            if value is not self:
                found.setdefault(id(value), value)
        elif isinstance(value, (list, tuple)) and depth < 6:
            for item in value:
                look(item, depth + 1)
        elif isinstance(value, dict) and depth < 6:
            for item in value.values():
                look(item, depth + 1)

    for value in self.attrs.values():
        look(value, 0)
    return list(found.values())


def take(run: Interpreter, self: Instance, name: str, value: Value) -> bool:
    """Attributes of a layer that mean something to Keras."""
    assert isinstance(self, KerasLayer)
    if name == "trainable":
        set_trainable(run, self, value)
        return True
    if name in ("name", "_name"):
        if isinstance(value, str):
            run.changing(self)
            self.name = value
        return True
    if name == "built":
        return True
    if isinstance(value, Tensor) and value.variable is not None:  # a tf.Variable that the layer keeps
        run.changing(self)
        self.weights.append((name, value.shape, value.variable))
        value.variable = None
    return False


LAYER = Class("Layer", (), {"__init__": Native("__init__", initialize), "__call__": Native("__call__", call_layer)},
              allocate=allocate, take=take)

__all__ = ["LAYER", "Shape", "Size", "add_weight", "call_layer", "children", "initialize", "kind_class", "session", "set_trainable"]
