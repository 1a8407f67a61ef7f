"""What a call of a layer reads, as Keras 3 and Keras 2 write it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...analysis import Model
from ...errors import CnncalcError, SpecError, SpecErrors, shown
from ...layers import Layer
from ...layers.unknown import Unknown
from .layers import layer_of

#: Arguments of layers in which tensors say which values count: they change no shape.
BESIDE = frozenset(("mask", "attention_mask", "query_mask", "value_mask", "key_mask", "encoder_mask"))
#: Names that layers have for their first argument.
FIRST = frozenset(("inputs", "input", "x", "sequences", "sequence", "data", "images", "tensors", "query"))
#: The order of arguments that are inputs of their own.
LATER = {"value": 1, "key": 2, "initial_state": 3, "states": 3}
#: Arguments that are no tensors and change no shape.
HARMLESS = frozenset(("training", "mask", "use_causal_mask", "name"))
CONSTANT = "_CONSTANT_VALUE"
#: Layers of whose masks Keras 3 always says something, if only that there is none.
MASKED = frozenset((
    "BatchNormalization", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Functional", "GRU",
    "GlobalAveragePooling1D", "LSTM", "RNN", "SimpleRNN", "TimeDistributed",
))


class Tensor:
    """One output of a call of a layer, as a file names it.

    `beside` says that it is no input, but says something about one; `old` that Keras 2 wrote it.
    """

    __slots__ = ("beside", "call", "layer", "old", "output", "shape")

    def __init__(self, history: object, old: bool = False, shape: object = None):
        if not isinstance(history, (list, tuple)) or len(history) < 3:
            raise SpecError(f"must be [layer, call, output] (got {shown(history)})")
        self.layer, self.call, self.output = history[:3]
        if not isinstance(self.layer, str) or any(
                type(n) is not int or not 0 <= n < 10**6 for n in (self.call, self.output)):
            raise SpecError(f"must be [layer, call, output] (got {shown(history)})")
        self.old, self.shape, self.beside = old, shape, False


class Call:
    """The tensors that a call reads; `layer` is the operation that it does, if it is one."""

    __slots__ = ("layer", "names_mask", "old", "tensors")

    def __init__(self, tensors: tuple[Tensor, ...], layer: Layer | None, names_mask: bool | None = None):
        self.tensors, self.layer, self.names_mask = tensors, layer, names_mask
        self.old = any(tensor.old for tensor in tensors)


def is_leaf(value: object) -> bool:
    """Whether this is [layer, call, output], in which Keras 2 may put a mapping of arguments behind."""
    return isinstance(value, (list, tuple)) and 3 <= len(value) <= 4 and isinstance(value[0], str) and not (
        isinstance(value[1], (list, dict)))


def flat_tensors(value: object) -> list[Tensor]:
    """The tensors in nested lists and mappings, in Keras's order."""
    if is_leaf(value):
        return [Tensor(value)]
    if isinstance(value, dict):
        return [tensor for key in sorted(value) for tensor in flat_tensors(value[key])]
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in flat_tensors(item)]
    raise SpecError(f"must be [layer, call, output], or a list of those (got {shown(value)})")


def call_of(layer: Layer | None, value: object) -> Call:
    """What a call of a layer reads; of a layer that is not known, every tensor."""
    if isinstance(value, dict):
        args, kwargs = arguments(value)
    elif isinstance(value, list):
        args, kwargs = old_arguments(value)
    else:
        raise SpecError(f"must be a mapping of args and kwargs (got {shown(value)})")
    if layer is None or type(layer) is Unknown:
        return Call((*tensors_in(args), *tensors_in(kwargs)), None)
    ordered: list[tuple[int, Tensor]] = []
    for i, arg in enumerate(args):
        found = list(_ordered(layer, arg))
        if (found and not _only_tensors(arg)) or (not found and arg is not None and type(arg) is not bool):
            raise SpecError(f"is called with {_shown(arg)}, which is not a tensor", ("args", i))
        ordered += [(min(i, 3), tensor) for tensor in found]
    for name, arg in kwargs.items():
        found = list(_ordered(layer, arg))
        if name in BESIDE:
            if not _only_tensors(arg, None, True, False):
                raise SpecError(f"is called with {name} = {_shown(arg)}, which is not a tensor", ("kwargs", name))
            for tensor in found:
                tensor.beside = True
                ordered.append((9, tensor))
        elif found:
            if not _only_tensors(arg):
                raise SpecError(f"is called with {name} = {_shown(arg)}, which is not a tensor", ("kwargs", name))
            if name not in FIRST and name not in LATER:
                raise SpecError(f"is called with {name}, which is not known", ("kwargs", name))
            ordered += [(LATER.get(name, 0), tensor) for tensor in found]
        elif name not in HARMLESS and arg is not None and arg is not False and arg != []:
            raise SpecError(f"is called with {name} = {shown(arg)}, which is not known", ("kwargs", name))
    ordered.sort(key=lambda pair: pair[0])
    tensors = tuple([tensor for _, tensor in ordered])
    # With several tensors Keras says nothing of masks.
    says = layer.kind in MASKED and isinstance(value, dict) and sum([not tensor.beside for tensor in tensors]) == 1
    return Call(tensors, None, "mask" in kwargs if says else None)


def _only_tensors(arg: object, *others: object) -> bool:
    """Whether nothing else is in nested lists and mappings, but for some words."""
    if isinstance(arg, (list, dict)):
        return len(arg) > 0 and all([_only_tensors(item, *others) for item in (arg.values() if isinstance(arg, dict) else arg)])
    return type(arg) is Tensor or any(arg is other for other in others)


def _shown(arg: object) -> str:
    return "a list of tensors and other things" if any(True for _ in _hidden_tensors(arg)) else shown(arg)


def _ordered(layer: Layer, arg: object) -> Iterator[Tensor]:
    """The tensors of an argument; a mapping goes to the inputs of a model by their names."""
    if isinstance(arg, dict) and isinstance(layer, Model) and "class_name" not in arg:
        names = [node.keras_name for node in layer.graph.inputs]
        if set(names) == set(arg):
            for name in names:
                yield from tensors_in(arg[name])
            return
    yield from tensors_in(arg)


def arguments(value: dict[str, object]) -> tuple[list[object], dict[str, object]]:
    """The arguments of a call as Keras 3 writes them, tensors as such."""
    for key in ("args", "kwargs"):
        if key not in value:
            raise SpecError(f"the call has no {key}")
    args, kwargs = value["args"], value["kwargs"]
    if not isinstance(args, list):
        raise SpecError(f"args must be a list (got {shown(args)})", ("args",))
    if not isinstance(kwargs, dict):
        raise SpecError(f"kwargs must be a mapping (got {shown(kwargs)})", ("kwargs",))
    for key in value:
        if key not in ("args", "kwargs"):
            raise SpecError(f"a call has args and kwargs only (got {shown(key)})", (key,))
    return [_revived(arg, "args", i) for i, arg in enumerate(args)], {
        key: _revived(arg, "kwargs", key) for key, arg in kwargs.items()}


def _revived(value: object, *path: object) -> object:
    try:
        return _with_tensors(value)
    except SpecError as error:
        raise error.under(*path) from None


def _with_tensors(value: object) -> object:
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            config = value.get("config")
            if not isinstance(config, dict):
                raise SpecError(f"a tensor must have a config (got {shown(config)})")
            return Tensor(config.get("keras_history"), False, config.get("shape"))
        if "class_name" in value:
            return value
        return {key: _with_tensors(item) for key, item in value.items()}
    if isinstance(value, list) and any(isinstance(item, (list, dict)) for item in value):
        return [_with_tensors(item) for item in value]
    return value


def tensors_in(value: object) -> Iterator[Tensor]:
    """The tensors in nested lists and mappings, in Keras's order; constants are refused."""
    if type(value) is Tensor:
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from tensors_in(item)
    elif isinstance(value, dict):
        if value.get("class_name") in ("__tensor__", "__numpy__"):
            raise SpecError("reads a constant, which no layer is known to do")
        for key in sorted(value):
            yield from tensors_in(value[key])


# Keras 2.


def old_arguments(value: list[object]) -> tuple[list[object], dict[str, object]]:
    """The same as Keras 2 writes them: the first argument, and all others behind its tensors."""
    kwargs: dict[str, object] = {}

    def revived(item: Any) -> object:
        if is_leaf(item) or (isinstance(item, list) and len(item) in (3, 4) and item[0] == CONSTANT):
            if len(item) == 4 and item[3] is not None:
                if not isinstance(item[3], dict):
                    raise SpecError(f"must be a mapping of arguments (got {shown(item[3])})")
                kwargs.update({key: named(arg) for key, arg in item[3].items()})
            return item[2] if item[0] == CONSTANT else Tensor(item, True)
        if isinstance(item, list):
            return [revived(inner) for inner in item]
        if isinstance(item, dict):
            return {key: revived(inner) for key, inner in item.items()}
        raise SpecError(f"must be [layer, call, output, arguments] (got {shown(item)})")

    def named(arg: object) -> object:
        if isinstance(arg, list) and len(arg) == 3 and isinstance(arg[0], str) and type(arg[1]) is int:
            return arg[2] if arg[0] == CONSTANT else Tensor(arg, True)
        if isinstance(arg, list):
            return [named(inner) for inner in arg]
        return arg

    first = revived(value)
    if isinstance(first, list) and len(first) == 1:
        first = first[0]
    return [first], kwargs


# Operations.


def operation_call(kind: type[Layer], config: object, value: object) -> Call:
    """A call of an operation: the layer that it is, its constants included, and what it reads."""
    if not isinstance(value, dict):
        raise SpecError(f"must be a mapping of args and kwargs (got {shown(value)})")
    args, kwargs = arguments(value)
    return bound(kind, config, args, kwargs)


def bound(kind: Any, config: object, args: list[object], kwargs: dict[str, object]) -> Call:
    """An operation with its arguments in the places that it has for them."""
    names = kind.operands if "key" not in kind.settings else ("x", "key")
    if kind.takes_list or kind.takes_many:
        found: list[Any] = list(args) if kind.takes_many else (args[0] if args and isinstance(args[0], list) else [None])
        if not all(type(item) is Tensor for item in found) or (kind.takes_list and len(args) > 1) or any(
                arg is not None for arg in kwargs.values()):
            raise SpecError("reads something other than tensors, which this operation is not known to do", ("args",))
        return Call(tuple(found), layer_of(kind, config))
    if len(args) > len(names):
        raise SpecError(f"takes {len(names)} arguments, got {len(args)}", ("args",))
    places = {name: ("args", i) for i, name in enumerate(names[: len(args)])}
    given = dict(zip(names, args))
    for name, arg in kwargs.items():
        name = kind.spellings.get(name, name)
        if name not in names and arg is not None:
            raise SpecError(f"has no argument {shown(name)}", ("kwargs", name))
        if given.setdefault(name, arg) is not arg:
            raise SpecError(f"{name} is given twice", ("kwargs", name))
        places.setdefault(name, ("kwargs", name))
    tensors, constants = [], {}
    for name in names:
        arg = given.get(name)
        if type(arg) is Tensor:
            tensors.append(arg)
        elif arg is not None or name == "key":
            if isinstance(arg, list) and name not in ("key", "indices", "q"):
                raise SpecError(f"{name} is a list, where Keras takes an array", places[name])
            if any(True for _ in _hidden_tensors(arg)):
                raise SpecError(f"{name} contains tensors, which this operation is not known to take", places[name])
            constants[name] = arg
    try:
        return Call(tuple(tensors), layer_of(kind, config, None, constants))
    except CnncalcError as errors:
        raise SpecErrors([
            SpecError(e.problem, places.get(e.path[0], e.path) if e.path else (), e.hint)
            for e in errors if isinstance(e, SpecError)
        ]) from None


def _hidden_tensors(value: object) -> Iterator[Tensor]:
    if type(value) is Tensor:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _hidden_tensors(item)
