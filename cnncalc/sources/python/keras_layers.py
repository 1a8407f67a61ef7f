"""Keras's layers: made with settings, called on tensors; those of the program run their own code."""

from __future__ import annotations

from collections.abc import Callable

from ...errors import SpecError
from ...layers import KINDS, Layer
from .classes import Class, Instance
from .interpreter import Interpreter, Size, Unknown
from .keras_objects import Full, KerasLayer, KerasModel, Tensor, session
from .keras_order import children
from .keras_settings import NotKnown, made, named_arguments, settings_of
from .missing import explained
from .scopes import Value
from .values import Native


def allocated(run: Interpreter, layer: KerasLayer) -> KerasLayer:
    """A new layer, with the place where it is made."""
    layer.place = run.place()
    return layer


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


def given_input(run: Interpreter, name: str, unknown: Unknown) -> Full:
    """The size that the reader gives an input whose own is not known; None, and the reason is kept, if there is none."""
    given = session(run).inputs
    found = given.get(name, given.get(""))
    if found is not None:
        session(run).notes.append(f"the input's size is that of --input: {unknown.why}")
        return (None, *found)
    raise NotKnown("input_shape", unknown)


def kind_class(run: Interpreter, word: str) -> Class:
    """The class of one of Keras's kinds of layers."""
    known = session(run).kinds
    kind = KINDS[word]
    if kind.kind not in known:
        known[kind.kind] = Class(kind.keras_class, (LAYER,), {})
    found = known[kind.kind]
    if word not in known:
        known[word] = found
    found.members.setdefault("__init__", Native("__init__", _kind_init(kind, kind.kind)))
    if word != kind.kind and word.startswith("Convolution"):
        alias = Class(kind.keras_class, (found,), {"__init__": Native("__init__", _kind_init(kind, word))})
        known[word] = alias
    return known[word]


def _kind_init(kind: type[Layer], word: str) -> Callable[..., None]:
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
    return explained(run, f"{subject} needs {setting}, which is not known", value, setting)


# Calls.


# Layers of the program.


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


LAYER = Class("Layer", (), {"__init__": Native("__init__", initialize)},
              allocate=lambda run, cls: allocated(run, KerasLayer(cls)), take=take)
