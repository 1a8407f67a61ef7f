"""The optimizer that a compiled model's file names, and the variables that Keras makes for it when it loads the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import prod
from typing import Any

#: The trained arrays of a model: their shapes, and the bits of each value.
Arrays = Iterable[tuple[tuple[int, ...], int]]
#: How many values, of how many bits each.
Variables = Iterator[tuple[int, int]]


def _copies(count: Callable[[dict[str, Any]], int]) -> Callable[[dict[str, Any], Arrays], Variables]:
    """So many arrays of the shape and dtype of each trained one."""
    def variables(config: dict[str, Any], arrays: Arrays) -> Variables:
        for shape, bits in arrays:
            yield count(config) * prod(shape), bits

    return variables


def _nadam(config: dict[str, Any], arrays: Arrays) -> Variables:
    arrays = list(arrays)
    yield 1, arrays[0][1] if arrays else 32  # the product of the momentums so far
    yield from _copies(lambda config: 2)(config, arrays)


def _adafactor(config: dict[str, Any], arrays: Arrays) -> Variables:
    """The mean of each row and column of a matrix, or two numbers that stand for them; and the squares."""
    for shape, bits in arrays:
        if len(shape) < 2:
            yield 2, 32
        else:
            yield prod(shape[:-1]) + prod((*shape[:-2], shape[-1])), bits
        yield prod(shape), bits


#: The variables of each optimizer of Keras beside its counter and learning rate, by its class.
OPTIMIZERS: dict[str, Callable[[dict[str, Any], Arrays], Variables]] = {
    "SGD": _copies(lambda config: 1 if config.get("momentum") else 0),
    "RMSprop": _copies(lambda config: 1 + bool(config.get("momentum")) + bool(config.get("centered"))),
    "Adam": _copies(lambda config: 2 + bool(config.get("amsgrad"))),
    "AdamW": _copies(lambda config: 2 + bool(config.get("amsgrad"))),
    "ScheduleFreeAdamW": _copies(lambda config: 2),
    "Adamax": _copies(lambda config: 2),
    "Adagrad": _copies(lambda config: 1),
    "Adadelta": _copies(lambda config: 2),
    "Ftrl": _copies(lambda config: 2),
    "Lion": _copies(lambda config: 1),
    "Lamb": _copies(lambda config: 2),
    "Nadam": _nadam,
    "Adafactor": _adafactor,
}
BY_WORD = {name.lower(): name for name in OPTIMIZERS}


class Optimizer:
    """An optimizer of Keras, with its settings."""

    def __init__(self, name: str, config: dict[str, Any]):
        self.name, self.config = name, config
        inner = config.get("inner_optimizer") if name == "LossScaleOptimizer" else None
        self.inner = optimizer_of({"compile_config": {"optimizer": inner}})

    def variables(self, arrays: Arrays) -> Variables:
        """Its variables for a model with these trained arrays."""
        arrays = list(arrays)
        yield 1, 32  # the counter of its steps
        if not isinstance(self.config.get("learning_rate"), dict):
            yield 1, 32  # which follows a schedule otherwise
        if self.inner is not None:
            yield from ((1, 32), (1, 32))  # the scale of the loss, and for how many steps it has been right
            yield from self.inner.variables(arrays)
            return
        for key in ("use_ema", "gradient_accumulation_steps"):
            if self.config.get(key):
                yield from _copies(lambda config: 1)(self.config, arrays)
        yield from OPTIMIZERS[self.name](self.config, arrays)


def optimizer_of(data: Any) -> Optimizer | None:
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
    return Optimizer(name, config) if name in OPTIMIZERS else None
