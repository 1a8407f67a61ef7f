"""Layers whose computation is code of the program: it is run on tensors of its own."""

from __future__ import annotations

from ...layers import Shape
from ...layers.unknown import Assumed
from .arrays import Array
from .functions import Function
from .interpreter import Interpreter, Raised, Uncertain, Unknown
from .keras_objects import Call, Full, KerasLayer, KerasModel, Tensor, TensorShape, constant, record, session
from .limits import Limit
from .scopes import Arguments, Value
from .values import Native

#: Arguments of a call that say something about an input.
BESIDE = ("mask", "attention_mask", "query_mask", "value_mask", "key_mask")
#: Layers inside layers while code of the program runs.
DEEPEST = 40


def call_custom(run: Interpreter, self: KerasLayer, call: Call, args: tuple[Value, ...], kwargs: Arguments) -> Value:
    """A call of a layer whose code is the program's: it is run on tensors of its own."""
    state = session(run)
    depth = session(run).depth
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
    session(run).depth = depth + 1
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
        session(run).depth = depth
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
    if self.function is not None and not self.custom:
        more = self.attrs.get("arguments")
        return run.call(self.function, list(args), dict(more) if isinstance(more, dict) else {})
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
