"""PyTorch's modules as classes: those of torch.nn, containers, and what `nn.Module` gives to classes of the program."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...errors import CnncalcError
from ...graph import Ref
from ...layers.settings import Kept
from ...pytorch.base import Module
from ...pytorch.calls import construct
from ...pytorch.shapes import NeedsBatch, example, whole
from .classes import Class, Instance
from .functions import Function
from .interpreter import Interpreter, Unknown
from .limits import Limit
from .scopes import Arguments, Value
from .torch_objects import Parameter, TorchModule, TorchTensor, refused
from .torch_session import Session, session
from .torch_strides import UNKNOWN
from .torch_tensors import UNREAD, named_kind, unknown_in
from .values import Native, Static, method

#: Modules inside modules.
DEEPEST = 60
#: What a module's state decides, and what nothing here depends on: methods that give the module itself.
_SELF = ("train", "eval", "to", "cuda", "cpu", "float", "half", "double", "bfloat16", "type", "share_memory", "compile", "xpu", "requires_grad_")
_NOTHING = ("zero_grad", "load_state_dict", "register_forward_hook", "register_forward_pre_hook", "register_backward_hook",
            "register_full_backward_hook", "_initialize_weights_", "double_")


class CalledModule(TorchModule):
    """A module with what a call of it does."""

    def call(self, run: Interpreter, args: list[Value], kwargs: Arguments) -> Value:
        return call_module(run, self, args, kwargs)


def allocate(run: Interpreter, cls: Class) -> CalledModule:
    made = CalledModule(cls)
    made.place = run.place()
    if run.stack and made.place is None:
        made.place = run.stack[-1]
    session(run).made.append(made)
    run.progress()
    return made


def module_class(run: Interpreter, name: str) -> Class | None:
    """The class of one of PyTorch's modules by its name in torch.nn; None if there is none."""
    known = session(run).classes
    if name in known:
        return known[name]
    if not name[:1].isupper():
        return None
    kind = named_kind(f"nn.{name}")
    if kind is None:
        return None
    more: dict[str, Value] = {"from_pretrained": Static(Native("from_pretrained", _from_pretrained))} if name == "Embedding" else {}
    made = Class(name, (known["Module"],), {"__init__": Native("__init__", _kind_init(kind)), "forward": Native("forward", _kind_forward), **more})
    known[name] = made
    return made


def _from_pretrained(run: Interpreter, embeddings: Value = None, freeze: Value = True, *_: Value, **__: Value) -> Value:
    """nn.Embedding.from_pretrained(table): a layer of the table's size, frozen unless told otherwise."""
    if not isinstance(embeddings, TorchTensor) or len(embeddings.shape) != 2:
        return run.unknown("the size of a table of vectors")
    made = run.call(session(run).classes["Embedding"], list(embeddings.shape), {})
    if isinstance(made, TorchModule) and freeze is not False:
        _requires_grad(run, made, False)
    return made


def _plain(value: Value) -> Value:
    """A setting as the kinds take it: a module inside another is its layer."""
    if isinstance(value, TorchModule):
        return value.layer
    if isinstance(value, TorchTensor) and isinstance(value.values, (int, float)):
        return value.values
    if isinstance(value, range):
        return list(value)
    return value if not isinstance(value, (Function, Native, Class, Instance)) else None


def _kind_init(kind: type[Module]) -> Callable[..., None]:
    def init(run: Interpreter, self: TorchModule, *args: Value, **kwargs: Value) -> None:
        kwargs = {key: value for key, value in kwargs.items() if not (isinstance(kind.settings.get(key), Kept) or key in ("dtype", "device"))}
        names = list(kind.settings)
        args = tuple([None if i < len(names) and isinstance(kind.settings[names[i]], Kept) else arg for i, arg in enumerate(args)])
        unknown = unknown_in([*args, *kwargs.values()])
        if unknown is not None:
            free = [i for i, arg in enumerate(args) if isinstance(arg, Unknown) and i < len(names) and names[i] in _FREE]
            args = tuple([0.5 if i in free else arg for i, arg in enumerate(args)])
            kwargs = {k: (0.5 if k in _FREE and isinstance(v, Unknown) else v) for k, v in kwargs.items()}
            unknown = unknown_in([*args, *kwargs.values()])
        if unknown is not None:
            self.problem = unknown
            return
        try:
            self.layer = construct(kind, [_plain(arg) for arg in args], {key: _plain(value) for key, value in kwargs.items()})
        except CnncalcError as error:
            raise refused(run, error, self, True) from None
        except UNREAD:
            self.problem = run.unknown(f"{self.cls.name} with these arguments is not read")

    return init


#: Settings that change no shape: an unknown value of theirs does no harm.
_FREE = frozenset(("p", "dropout", "eps", "momentum", "negative_slope", "inplace", "alpha", "init", "beta"))


def _kind_forward(run: Interpreter, self: TorchModule, *args: Value, **kwargs: Value) -> Value:
    """`super().forward(x)` in a class that derives from one of PyTorch's modules: no row of its own."""
    return _computed(run, self, list(args), kwargs, False)


def current_layer(self: TorchModule) -> Module:
    """The module's layer, with attributes that the program changed after it was built, and frozen weights."""
    layer = self.layer
    assert layer is not None
    frozen = frozenset([name for name, p in self.parameters.items() if not p.requires_grad])
    if frozen != getattr(layer, "frozen", frozenset()):
        frozen_one: Module = layer.replaced(key=None, frozen=frozen)
        layer = self.layer = frozen_one
    return layer


def _computed(run: Interpreter, self: TorchModule, args: list[Value], kwargs: Arguments, row: bool = True) -> Value:
    """What one of PyTorch's own modules gives."""
    if self.problem is not None:
        return self.problem.derived(run)
    layer = current_layer(self)
    tensors, unknown = _inputs(layer, args, kwargs)
    if unknown is not None:
        return unknown.derived(run)
    shapes = tuple([example(t.shape) for t in tensors])
    tape = session(run).tape
    try:
        if kwargs.get("output_size") is not None:
            layer = self.layer = layer.sized(tuple(kwargs["output_size"]), shapes[0])
        results = [whole(y) for y in layer.apply(shapes)]
    except NeedsBatch:
        raise
    except CnncalcError as error:
        if tape is not None:
            tape.fail_module(run, self, layer, tensors)
        raise refused(run, error, self) from None
    except UNREAD:
        return run.unknown(f"{self.cls.name} with these arguments is not read")
    run.charge(1)
    run.progress()
    refs: Sequence[Ref | None] = [None] * len(results)
    if tape is not None:
        if row and id(self) in tape.names:
            refs = list(tape.module(run, self, layer, tensors, len(results)))
        else:
            refs = tape.function(run, layer.kind, layer if row else layer.replaced(key=None, borrowed=True), tensors, len(results))
    self.own_parameters(shapes)
    found = [TorchTensor(shape, ref) for shape, ref in zip(results, refs)]
    if layer.views or any(t.strides is not None for t in tensors):
        for one in found:
            one.strides = UNKNOWN
    return layer.given_back(found, **kwargs)


def _inputs(layer: Module, args: list[Value], kwargs: Arguments) -> tuple[tuple[TorchTensor, ...], Unknown | None]:
    """The tensors among the arguments, in the order of `forward`; or a value that is not known."""
    found: list[TorchTensor] = []
    names = list(layer.tensors)
    for i, value in enumerate(args):
        if isinstance(value, (tuple, list)):  # the states of an LSTM
            found += [v for v in value if isinstance(v, TorchTensor)]
        elif isinstance(value, TorchTensor) and (i < len(names) or not found):
            found.append(value)
        elif isinstance(value, Unknown) and i < max(1, layer.arity[0]):
            return (), value
    for name in names[len(args):]:
        value = kwargs.get(name)
        if isinstance(value, (tuple, list)):
            found += [v for v in value if isinstance(v, TorchTensor)]
        elif isinstance(value, TorchTensor):
            found.append(value)
        elif isinstance(value, Unknown):
            return (), value
    return tuple(found), None


def tensors_in(value: Value) -> list[TorchTensor]:
    """The tensors in a value: itself, or those of its lists and dicts."""
    if isinstance(value, TorchTensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in tensors_in(item)]
    if isinstance(value, Instance) and not isinstance(value, TorchModule):
        return [tensor for item in value.attrs.values() for tensor in tensors_in(item)]
    return []


def call_module(run: Interpreter, self: TorchModule, args: list[Value], kwargs: Arguments) -> Value:
    """`module(x)`."""
    at: Session = session(run)
    given = [tensor for arg in (*args, *kwargs.values()) for tensor in tensors_in(arg)]
    if at.tape is None and at.depth == 0:
        at.seen.append((self, given, run.place()))
    if at.depth >= DEEPEST:
        raise Limit("modules are nested too deeply")
    try:
        forward = self.cls.lookup("forward")
    except KeyError:
        if self.cls.unknown is not None:
            return self.cls.unknown.derived(run)
        raise run.error("NotImplementedError", f'Module [{self.cls.name}] is missing the required "forward" function') from None
    own = not isinstance(forward, Native)
    event = at.tape.enter(self, args) if at.tape is not None else None
    at.depth += 1
    before, place = len(run.stack), run.at
    try:
        if not own and self.layer is None and self.problem is not None:
            return self.problem.derived(run)
        if not own and self.layer is not None:
            value = _computed(run, self, args, kwargs)
        else:
            row = None
            leaf = not any(True for _ in self.children())
            if at.tape is not None and leaf and self is not at.tape.root and id(self) in at.tape.names:
                row = at.tape.own_row(run, self, tuple(given))
            value = run.call(forward, [self, *args], kwargs)
            if row is not None:
                row.shapes = tuple([example(t.shape) for t in tensors_in(value)])
                row.results = len(row.shapes)
    except NeedsBatch as error:
        if error.place is None:
            error.place = run.place() or (forward.frame.module.text.place(forward.node) if isinstance(forward, Function) else None)
        raise
    finally:
        at.depth -= 1
        assert len(run.stack) >= before
        run.at = place
    if event is not None and at.tape is not None:
        at.tape.leave(event, value)
    return value


# What nn.Module has.


def find(run: Interpreter, self: Instance, name: str) -> Value:
    """An attribute that is not the program's: a parameter, a buffer, a setting, a method."""
    assert isinstance(self, TorchModule)
    if name in self.parameters:
        return self.parameters[name]
    if name in self.buffers:
        return self.buffers[name]
    if name == "training":
        return session(run).training
    if name in ("_modules",):
        return dict(self.children())
    if name in ("_parameters",):
        return self.own_parameters()
    if name == "_buffers":
        return self.buffers
    if name in METHODS:
        return method(name, METHODS[name], self)
    if name in _SELF:
        return Native(name, lambda run, *args, **kwargs: self)
    if name in _NOTHING:
        return Native(name, lambda run, *args, **kwargs: None)
    if name == "__call__":
        return Native(name, lambda run, *args, **kwargs: call_module(run, self, list(args), kwargs))
    if self.problem is not None:
        return self.problem.derived(run)
    if self.layer is not None:
        found = self.own_parameters()
        if name in found:
            return found[name]
        if name in ("weight", "bias"):
            return None
        if name in ("running_mean", "running_var"):
            c = getattr(self.layer, "num_features", None)
            return TorchTensor((c,)) if c is not None and getattr(self.layer, "track_running_stats", True) else None
        if name in self.layer.settings:
            value = getattr(self.layer, name)
            if name == "padding" and isinstance(value, tuple):
                return tuple([a for a, _ in value])
            return value
    return NotImplemented


def take(run: Interpreter, self: Instance, name: str, value: Value) -> bool:
    """`self.name = value`: a setting of one of PyTorch's modules, or a module after something else of that name."""
    assert isinstance(self, TorchModule)
    run.changing(self)
    if self.layer is not None and name in self.layer.settings and name not in ("bias",) and not isinstance(value, (TorchTensor, TorchModule)):
        if isinstance(value, Unknown):
            self.problem = value
            return True
        try:
            read = self.layer.read_setting(name, value)
        except CnncalcError as error:
            raise refused(run, error, self, True) from None
        said = {**self.layer.said, name: read}
        self.layer = self.layer.replaced(key=None, **{name: read, "said": said})
        self.layer.key = (type(self.layer), *said.items())
        return True
    if isinstance(value, Parameter) and self.layer is not None:
        self.parameters[name] = value
        return True
    if isinstance(value, TorchModule) and name in self.attrs and not isinstance(self.attrs[name], TorchModule):
        del self.attrs[name]
    return False


def _parameters(run: Interpreter, self: TorchModule, recurse: Value = True, **_: Value) -> Value:
    return [p for _, p in _named_parameters(run, self)]


def _named_parameters(run: Interpreter, self: TorchModule, prefix: Value = "", *_: Value, **__: Value) -> list[tuple[str, Parameter]]:
    met: set[int] = set()
    found = []
    for path, module in self.named_modules(prefix if isinstance(prefix, str) else ""):
        for name, p in module.own_parameters().items():
            if id(p) not in met:
                met.add(id(p))
                found.append((f"{path}.{name}" if path else name, p))
    return found


def _add_module(run: Interpreter, self: TorchModule, name: Value, module: Value) -> None:
    run.set_attribute(self, name, module)


def _register_buffer(run: Interpreter, self: TorchModule, name: Value, tensor: Value, *_: Value, **__: Value) -> None:
    run.changing(self)
    if isinstance(tensor, TorchTensor):
        self.buffers[name] = tensor
    else:
        self.attrs[name] = tensor


def _register_parameter(run: Interpreter, self: TorchModule, name: Value, parameter: Value) -> None:
    run.changing(self)
    self.attrs[name] = parameter


def _apply(run: Interpreter, self: TorchModule, function: Value) -> Value:
    for _, module in list(self.named_modules())[::-1]:
        run.call(function, [module], {})
    return self


def _get_submodule(run: Interpreter, self: TorchModule, target: Value) -> Value:
    at: Value = self
    for part in str(target).split(".") if target else ():
        at = run.attribute(at, part)
    return at


def _requires_grad(run: Interpreter, self: TorchModule, requires_grad: Value = True) -> Value:
    for _, p in _named_parameters(run, self):
        p.set(run, "requires_grad", requires_grad)
    return self


METHODS: dict[str, Callable[..., Value]] = {
    "parameters": _parameters, "named_parameters": _named_parameters,
    "modules": lambda run, self: [m for _, m in self.named_modules()],
    "named_modules": lambda run, self, *_, **__: list(self.named_modules()),
    "children": lambda run, self: [m for _, m in self.children()],
    "named_children": lambda run, self: list(self.children()),
    "buffers": lambda run, self, *_: list(self.buffers.values()),
    "named_buffers": lambda run, self, *_, **__: list(self.buffers.items()),
    "add_module": _add_module, "register_module": _add_module, "register_buffer": _register_buffer,
    "register_parameter": _register_parameter, "apply": _apply, "get_submodule": _get_submodule,
    "requires_grad_": _requires_grad, "state_dict": lambda run, self, *_, **__: run.unknown("the weights of a module"),
    "extra_repr": lambda run, self: "", "_get_name": lambda run, self: self.cls.name,
    "__setattr__": lambda run, self, name, value: run.set_attribute(self, name, value),
    "get_parameter": _get_submodule, "__getattr__": lambda run, self, name: run.attribute(self, name),
}
