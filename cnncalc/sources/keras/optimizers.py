"""The optimizer that a compiled model's file names, and the variables that Keras makes for it when it loads the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import prod
from typing import Any

#: The trained arrays of a model: their shapes, the bits of each value, and their paths.
Arrays = Iterable[tuple[tuple[int, ...], int, str]]
#: How many values, of how many bits each.
Variables = Iterator[tuple[int, int]]
#: What float8 stores with its kernels, which a step of training sets itself: no optimizer has variables for it.
SET = ("_scale", "_amax_history")


class Slots:
    """The variables of an optimizer for each array: so many copies of it, and others by other rules."""

    def __init__(self, count: Callable[[dict[str, object]], int]):
        self.count = count

    def variables(self, config: dict[str, object], arrays: Arrays) -> Variables:
        for shape, bits, _ in arrays:
            yield self.count(config) * prod(shape), bits

    def untracked(self, config: dict[str, object], arrays: Arrays) -> Variables:
        """Those that are lost where another optimizer is around it."""
        return iter(())


class _Nadam(Slots):
    def untracked(self, config: dict[str, object], arrays: Arrays) -> Variables:
        yield 1, next((bits for _, bits, _ in arrays), 32)  # the product of the momentums so far


class _Adafactor(Slots):
    """The mean of each row and column of a matrix, or two numbers in their place; and the squares."""

    def variables(self, config: dict[str, object], arrays: Arrays) -> Variables:
        for shape, bits, _ in arrays:
            if len(shape) > 1:
                yield prod(shape[:-1]) + prod((*shape[:-2], shape[-1])), bits
            yield prod(shape), bits

    def untracked(self, config: dict[str, object], arrays: Arrays) -> Variables:
        yield from [(2, 32) for shape, _, _ in arrays if len(shape) < 2]


class _Muon(Slots):
    """A momentum of each array, and the squares of those that are not matrices, or are embeddings or named."""

    def variables(self, config: dict[str, Any], arrays: Arrays) -> Variables:
        words = config.get("exclude_layers") or []
        for shape, bits, path in arrays:
            apart = len(shape) != 2 or (config.get("exclude_embeddings", True) and "embedding" in path.lower()) or any(
                [word in path for word in words])
            yield (1 + bool(apart)) * prod(shape), bits


#: The variables of each optimizer of Keras beside its counter and learning rate, by its class.
OPTIMIZERS: dict[str, Slots] = {
    "SGD": Slots(lambda config: 1 if config.get("momentum") else 0),
    "RMSprop": Slots(lambda config: 1 + bool(config.get("momentum")) + bool(config.get("centered"))),
    "Adam": Slots(lambda config: 2 + bool(config.get("amsgrad"))),
    "AdamW": Slots(lambda config: 2 + bool(config.get("amsgrad"))),
    "ScheduleFreeAdamW": Slots(lambda config: 2),
    "Adamax": Slots(lambda config: 2),
    "Adagrad": Slots(lambda config: 1),
    "Adadelta": Slots(lambda config: 2),
    "Ftrl": Slots(lambda config: 2),
    "Lion": Slots(lambda config: 1),
    "Lamb": Slots(lambda config: 2),
    "Nadam": _Nadam(lambda config: 2),
    "Adafactor": _Adafactor(lambda config: 1),
    "Muon": _Muon(lambda config: 1),
}
BY_WORD = {name.lower(): name for name in OPTIMIZERS}


class Optimizer:
    """An optimizer of Keras, with its settings."""

    def __init__(self, name: str, config: dict[str, object]):
        self.name, self.config = name, config
        inner = config.get("inner_optimizer") if name == "LossScaleOptimizer" else None
        self.inner = optimizer_of({"compile_config": {"optimizer": inner}})

    def variables(self, arrays: Arrays, around: bool = False) -> Variables:
        """Its variables for a model with these trained arrays; `around`: another optimizer holds it."""
        arrays = [array for array in arrays if not array[2].endswith(SET)]
        yield 1, 32  # the counter of its steps
        if not isinstance(self.config.get("learning_rate"), dict):
            yield 1, 32  # which follows a schedule otherwise
        if self.inner is not None:
            yield from ((1, 32), (1, 32))  # the scale of the loss, and for how many steps it has been right
            yield from self.inner.variables(arrays, around=True)
            return
        for key in ("use_ema", "gradient_accumulation_steps"):
            if self.config.get(key):
                yield from [(prod(shape), bits) for shape, bits, _ in arrays]
        yield from OPTIMIZERS[self.name].variables(self.config, arrays)
        if not around:
            yield from OPTIMIZERS[self.name].untracked(self.config, arrays)


def optimizer_of(data: object) -> Optimizer | None:
    """The optimizer of a compiled model, if Keras has it."""
    told = data.get("compile_config") if isinstance(data, dict) else None
    optimizer = told.get("optimizer") if isinstance(told, dict) else None
    name, config = optimizer, None
    if isinstance(optimizer, dict):
        name, config = optimizer.get("class_name"), optimizer.get("config")
    if not isinstance(name, str):
        return None
    name = BY_WORD.get(name.lower(), name)
    config = config if isinstance(config, dict) else {}
    if name == "LossScaleOptimizer":
        made = Optimizer(name, config)
        return made if made.inner is not None else None
    if name == "Muon" and not _plain(config.get("exclude_layers")):
        return None
    return Optimizer(name, config) if name in OPTIMIZERS else None


def _plain(words: object) -> bool:
    """Whether patterns are words: others are not run, for they can take forever."""
    return words is None or (isinstance(words, list) and all([isinstance(word, str) and word.replace("_", "").isalnum() for word in words]))
