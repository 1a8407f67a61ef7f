"""From the arguments of a Python call to a layer and the tensors that it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import SpecError, did_you_mean
from .base import Module


class Slot(NamedTuple):
    """The place of a tensor among the arguments of a call: the n-th that it reads."""

    number: int


class Form(NamedTuple):
    """A call as the program wrote it, with a Slot for each tensor."""

    args: tuple[object, ...]
    kwargs: dict[str, object]


def _form(args: Sequence[object], kwargs: Mapping[str, object], tensors: Sequence[object], is_tensor: Callable[[object], bool]) -> Form:
    numbers = {id(tensor): i for i, tensor in enumerate(tensors)}

    def slots(value: object) -> object:
        if is_tensor(value):
            return Slot(numbers.get(id(value), -1))
        if type(value) is list:
            return [slots(item) for item in value]
        return tuple([slots(item) for item in value]) if type(value) is tuple else value

    return Form(tuple(map(slots, args)), {key: slots(value) for key, value in kwargs.items()})


class Call(NamedTuple):
    """A layer, and the tensors that the call gives it."""

    layer: Module
    tensors: tuple[Any, ...]


def construct(kind: type[Module], args: Sequence[object], kwargs: Mapping[str, object]) -> Module:
    """The module that `nn.Kind(*args, **kwargs)` builds; SpecError for arguments that it does not take."""
    names = list(kind.settings)
    if kind.kind == "nn.Identity":
        return kind()
    if kind.rest is None and len(args) > len(names):
        raise SpecError(f"takes at most {len(names)} arguments, got {len(args)}")
    settings = dict(zip(names, args))
    for name, value in kwargs.items():
        if name in settings:
            raise SpecError(f"{name} is given twice", (name,))
        settings[name] = value
    return kind(**settings)


def call(kind: type[Module], args: Sequence[object], kwargs: Mapping[str, object], is_tensor: Callable[[object], bool]) -> Call:
    """A function or method as a layer: its tensors apart from its settings.

    Arguments that change no shape and are not declared (`inplace`, `dtype`, ...) are dropped.
    """
    left, given = list(args), dict(kwargs)
    tensors: list[object] = []
    for name in kind.tensors:
        listed = name.startswith("*")
        name = name.lstrip("*")
        if listed:
            found: Any
            if name in given:
                found = given.pop(name)
            elif left and isinstance(left[0], (list, tuple)):
                found = left.pop(0)
            else:
                found = [value for value in left if is_tensor(value)]
                left = [value for value in left if not is_tensor(value)]
            tensors += found
        elif name in given:
            value = given.pop(name)
            tensors += [value] if is_tensor(value) else []
        elif left and (is_tensor(left[0]) or not _is_setting(kind, left, len(tensors))):
            value = left.pop(0)
            tensors += [value] if is_tensor(value) else []
        elif left:  # settings stand between tensors: gather(input, dim, index)
            later = next((i for i, value in enumerate(left) if is_tensor(value)), None)
            tensors += [left.pop(later)] if later is not None else []
    settings: dict[str, object] = {}
    names = list(kind.settings)
    if kind.rest is not None and left:
        if isinstance(left[0], (list, tuple)):
            settings[kind.rest] = tuple(left[0])
            del left[0]
        else:
            settings[kind.rest], left = tuple(left), []
        names.remove(kind.rest)
    for name, value in zip(names, left):
        settings[name] = value
    for name, value in given.items():
        if name in ("size", "shape", "dims", "axis", "sizes") and name not in kind.settings:
            name = {"axis": "dim", "sizes": "size"}.get(name, name)
        if name in kind.settings:
            settings[name] = value
    layer = kind(**{k: v for k, v in settings.items() if not is_tensor(v)})
    vars(layer)["form"] = _form(args, kwargs, tensors, is_tensor)
    return Call(layer, tuple(tensors))


def _is_setting(kind: type[Module], left: Sequence[object], tensors: int) -> bool:
    """Whether the next argument, which is not a tensor, is a setting and not a number in a tensor's place."""
    return bool(kind.settings) and tensors >= kind.arity[0] and kind.__name__ not in ("where",) and "dim" in kind.settings


def unknown(name: str) -> SpecError:
    """The error for a function or method that is not known."""
    from .functions import rules

    return SpecError(f"{name} is not known", (), did_you_mean(name, rules()))
