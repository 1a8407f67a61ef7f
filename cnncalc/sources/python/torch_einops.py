"""einops: axes by name, split, joined and moved."""

from __future__ import annotations

from collections.abc import Callable

from ...errors import CnncalcError
from ...num import product
from ...pytorch.einops import Rearrange
from ...pytorch.shapes import example, whole
from .classes import Class
from .interpreter import Interpreter, Unknown
from .scopes import Value
from .torch_objects import Size, TorchModule, TorchTensor, refused
from .torch_session import session
from .torch_strides import UNKNOWN
from .torch_tensors import function
from .values import Module, Native

_WORDS = ("rearrange", "reduce", "repeat")


def einops_name(run: Interpreter, name: str) -> Value:
    """A name of einops."""
    if name in _WORDS:
        return Native(name, _function(name))
    if name in ("Rearrange", "Reduce"):
        known = session(run).classes
        if name not in known:
            known[name] = Class(name, (known["Module"],), {"__init__": Native("__init__", _init), "forward": Native("forward", _forward)})
        return known[name]
    if name in ("pack", "unpack"):
        return Native(name, _pack if name == "pack" else _unpack)
    if name in ("layers", "torch"):
        return Module(f"einops.{name}", find=einops_name)
    return run.unknown(f"einops.{name} is not read")


def _star(pattern: str) -> tuple[int, int]:
    """The number of axes before and after the * of a pattern such as `b * d`."""
    words = pattern.split()
    return words.index("*"), len(words) - words.index("*") - 1


def _pack(run: Interpreter, tensors: Value = (), pattern: Value = "*") -> Value:
    """Tensors in a row along the axis *, which any number of axes of each is joined to; and the sizes of those."""
    before, after = _star(pattern)
    packed, sizes = [], []
    for tensor in tensors:
        shape = tuple(tensor.shape)
        end = len(shape) - after
        sizes.append(Size(shape[before:end]))
        packed.append(function(run, "Tensor.reshape", [tensor, *shape[:before], product(shape[before:end]), *shape[end:]], {}))
    return function(run, "torch.cat", [packed, before], {}), sizes


def _unpack(run: Interpreter, tensor: Value = None, sizes: Value = (), pattern: Value = "*") -> Value:
    """The tensors that were packed."""
    if isinstance(tensor, Unknown):
        return tensor
    before, _ = _star(pattern)
    found = function(run, "Tensor.split", [tensor, [product(size) for size in sizes], before], {})
    if isinstance(found, Unknown):
        return found
    return [function(run, "Tensor.reshape", [piece, *piece.shape[:before], *size, *piece.shape[before + 1:]], {}) for piece, size in zip(found, sizes)]


def _layer(pattern: object, sizes: dict[str, object]) -> Rearrange:
    return Rearrange(pattern=pattern, sizes=tuple(sorted(sizes.items())))


def _function(name: str) -> Callable[..., Value]:
    def call(run: Interpreter, tensor: Value = None, pattern: Value = None, *args: Value, **sizes: Value) -> Value:
        if isinstance(tensor, Unknown) or isinstance(pattern, Unknown):
            return (tensor if isinstance(tensor, Unknown) else pattern).derived(run)
        if isinstance(tensor, (list, tuple)):
            tensor = function(run, "torch.stack", [tensor], {})
            if isinstance(tensor, Unknown):
                return tensor
        return _rearranged(run, f"einops.{name}", _layer(pattern, {k: v for k, v in sizes.items() if k != "reduction"}), tensor)

    return call


def _rearranged(run: Interpreter, name: str, layer: Rearrange, tensor: TorchTensor) -> Value:
    try:
        shape = whole(layer.apply((example(tensor.shape),))[0])
    except CnncalcError as error:
        raise refused(run, error) from None
    tape = session(run).tape
    refs = tape.function(run, name, layer, (tensor,), 1) if tape is not None else [None]
    made = TorchTensor(shape, refs[0], tensor.dtype)
    made.strides = UNKNOWN
    return made


def _init(run: Interpreter, self: TorchModule, pattern: Value = None, *args: Value, **sizes: Value) -> None:
    self.layer = _layer(pattern, {k: v for k, v in sizes.items() if k != "reduction"})


def _forward(run: Interpreter, self: TorchModule, x: Value = None) -> Value:
    return x
