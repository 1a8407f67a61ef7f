"""The weights of quantized layers: whole numbers of few bits, and the numbers that scale them.

The names and shapes are those of Keras 3.15, which also reads what its older releases wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..num import ceil_div, product
from .base import Layer
from .shape import Shape, Weight

#: How many of the latest largest values float8 records, unless a policy says otherwise.
HISTORY = 1024
MODES = ("int8", "int4", "float8", "gptq", "awq")


class Quantization(NamedTuple):
    """How weights are quantized; `group` values of a column share a scale (`None`: all of them)."""

    mode: str
    bits: int
    group: int | None = None
    history: int = HISTORY

    def groups(self, n: int) -> int:
        """How many groups n values make."""
        return 1 if self.group is None else ceil_div(n, self.group)


def quantization(policy: object, config: object = None) -> Quantization | None:
    """How the weights of a layer under this policy are quantized; `config` is its `quantization_config` as Keras writes it."""
    words, history = _words(policy)
    if not words or words[0] not in MODES:
        return None
    mode, numbers = words[0], [int(word) for word in words[1:]]
    bits = {"float8": 8, "int8": 8, "int4": 4, "awq": 4}.get(mode) or (numbers[0] if numbers else 4)
    group = numbers[-1] if numbers else -1
    settings = config.get("config") if isinstance(config, dict) else None
    if isinstance(settings, dict):
        group = _whole(settings.get("block_size", settings.get("group_size")), group)
        bits = _whole(settings.get("weight_bits"), bits)
    return Quantization(mode, bits, group if group > 0 else None, history)


def _words(policy: object) -> tuple[list[str], int]:
    """`gptq/4/128_from_float32` as its words, and the length of float8's history."""
    if isinstance(policy, str):
        return (policy.split("_from_")[0].split("/") if "_from_" in policy else []), HISTORY
    settings = policy.get("config") if isinstance(policy, dict) else None
    if not isinstance(settings, dict) or not isinstance(settings.get("mode"), str):
        return [], HISTORY
    return settings["mode"].split("/"), _whole(settings.get("amax_history_length"), HISTORY)


def _whole(value: object, default: int) -> int:
    return value if type(value) is int else default


def kernel_weights(quantized: Quantization, kernel: Weight, rows: int, columns: int) -> Iterator[Weight]:
    """The kernel of a dense layer, and what scales it; `rows` inputs of each of `columns` outputs are added up."""
    mode, many = quantized.mode, quantized.groups(rows)
    if mode == "float8":
        for name in ("inputs", "kernel", "outputs_grad"):
            yield Weight(f"{name}_scale", (), True, "float32")
            yield Weight(f"{name}_amax_history", (quantized.history,), True, "float32")
        yield kernel
    elif mode == "int8":
        yield kernel._replace(trainable=False, dtype="int8")
        yield Weight("kernel_scale", (columns,), False)
    elif mode == "int4":
        yield Weight("kernel", (rows, ceil_div(columns, 2)), False, "int8")
        yield from _scaled("kernel", (many, columns) if quantized.group else (columns,), rows if quantized.group else None, "int8")
    else:
        packed = ceil_div(columns, 2) if quantized.bits == 4 else columns
        yield Weight("kernel", (packed, rows), False, "uint8")
        yield from _scaled("kernel", (columns, many), rows, "uint8")
        if mode == "awq":
            yield Weight("awq_scales", (rows,), False)


def table_weights(quantized: Quantization, table: Weight) -> Iterator[Weight]:
    """The table of an embedding, and what scales its rows."""
    words, size = table.shape
    if quantized.mode == "int8":
        yield table._replace(trainable=False, dtype="int8")
        yield Weight("embeddings_scale", (words,), False)
    else:
        yield Weight("embeddings", (words, ceil_div(size, 2)), False, "int8")
        groups = (words, quantized.groups(size)) if quantized.group else (words,)
        yield from _scaled("embeddings", groups, size if quantized.group else None, "int8")


def reversed_weights(quantized: Quantization, table: Weight) -> Iterator[Weight]:
    """The table of the way back, which is not tied to that of the way there."""
    size, words = table.shape
    if quantized.mode == "int8":
        yield table._replace(trainable=False, dtype="int8")
        yield Weight("reverse_embeddings_scale", (words,), False)
    else:
        yield Weight("reverse_embeddings", (ceil_div(size, 2), words), False, "int8")
        groups = (quantized.groups(size), words) if quantized.group else (words,)
        yield Weight("reverse_embeddings_scale", groups, False)
        if quantized.group:
            yield Weight("reverse_embeddings_zero", groups, False)


def _scaled(name: str, groups: tuple[int, ...], places: int | None, dtype: str) -> Iterator[Weight]:
    """A scale for each group; where values are in groups, also a zero for each, and the group of each place."""
    yield Weight(f"{name}_scale", groups, False)
    if places is not None:
        yield Weight(f"{name}_zero", groups, False, dtype)
        yield Weight("g_idx", (places,), False, "float32")


def flattened(quantized: Quantization, kernel: tuple[int, ...], summed: Sequence[int]) -> tuple[int, int]:
    """A kernel of any number of axes as rows and columns; `summed` are the places of the axes that are added up."""
    if quantized.mode in ("gptq", "awq") and len(kernel) in (2, 3):
        # These take the largest axis of three for the model's own, which stands first where it is added up.
        cut = 1 if len(kernel) == 2 or kernel.index(max(kernel)) == 0 else 2
        first, second = kernel[:cut], kernel[cut:]
    else:
        first, second = tuple([n for i, n in enumerate(kernel) if i in summed]), tuple([n for i, n in enumerate(kernel) if i not in summed])
    rows, columns = product(first), product(second)
    assert rows is not None and columns is not None
    return rows, columns


def note(quantized: Quantization) -> str:
    """What a reader should know of a quantized layer."""
    if quantized.mode == "float8":
        return "quantized (float8): its kernel is in floating point, with the scales that training in 8 bits needs"
    group = f" for each {quantized.group} inputs" if quantized.group else ""
    packed = ", two in each byte" if quantized.bits == 4 else ""
    return (f"quantized ({quantized.mode}): its weights are whole numbers of {quantized.bits} bits{packed}, with a scale{group}; "
            "they are not trained")


class Quantizable(Layer):
    """A layer whose weights Keras can quantize, as its dtype policy says."""

    @property
    def quantized(self) -> Quantization | None:
        """How its weights are quantized."""
        if self.dtype is None or (type(self.dtype) is str and "_from_" not in self.dtype):
            return None
        return quantization(self.dtype, getattr(self, "quantization_config", None))

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        if (quantized := self.quantized) is not None:
            yield note(quantized)
