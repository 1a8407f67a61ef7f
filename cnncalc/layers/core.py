"""Where examples come in, dense layers and embeddings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import SpecError, shown
from ..num import product
from .axis_settings import Sizes
from .base import Layer, Shape, Weight
from .quantized import Quantizable, flattened, kernel_weights, reversed_weights, table_weights
from .settings import Activation, Count, Flag, Kept, Setting

if TYPE_CHECKING:
    from ..dependence import Reads


class InputLayer(Layer, kind="InputLayer"):
    """Where an example comes in; its sizes are the network's to say."""

    family, caption = "input", "input"
    sees = "all"
    shape = Sizes(least=1, open_ended=True)
    batch_size: Setting = Count(None)
    arity = (0, 0)

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        return (self.shape if isinstance(self.shape, Shape) else Shape(self.shape),)


class _Adapted(Quantizable):
    """With `lora_rank`, the kernel is frozen, and the product of two thin ones learns in its place."""

    lora_rank: object

    def settle(self) -> None:
        for name in ("kernel_constraint", "embeddings_constraint"):
            if self.lora_rank and getattr(self, name, None) is not None:
                raise SpecError(f"lora_rank and {name} exclude each other", ("lora_rank",))

    def adapted(self, kernel: Weight) -> tuple[Weight, tuple[Weight, ...]]:
        """The kernel, frozen if need be, and what learns in its place."""
        if not self.lora_rank:
            return kernel, ()
        a = Weight(f"lora_{kernel.name}_a", (*kernel.shape[:-1], self.lora_rank), True, "float32")
        b = Weight(f"lora_{kernel.name}_b", (self.lora_rank, kernel.shape[-1]), True, "float32")
        return kernel._replace(trainable=False), (a, b)

    def kernel(self, *xs: Shape) -> Weight:
        """Its kernel as it is without quantization."""
        raise NotImplementedError

    def kernels(self, *xs: Shape) -> tuple[Iterator[Weight], tuple[Weight, ...]]:
        """Its kernel as it is stored, and what learns in its place."""
        kernel, learning = self.adapted(self.kernel(*xs))
        quantized = self.quantized
        if quantized is None:
            return iter((kernel,)), learning
        return kernel_weights(quantized, kernel, *flattened(quantized, kernel.shape, self.summed)), learning

    #: Which axes of its kernel are added up.
    summed: list[int]

    def macs(self, *xs: Shape) -> int | None:
        if self.quantized is None:
            return super().macs(*xs)
        return product((*self.kernel(*xs).shape, self.uses(*xs)))


class Dense(_Adapted, kind="Dense"):
    """`units` weighted sums over the last axis, the same at every place of the others."""

    keeps_mask = True
    family = "dense"
    units = Count(symbol="u")
    activation = Activation(None)
    use_bias = Flag(True)
    kernel_initializer = Kept("glorot_uniform")
    bias_initializer = Kept("zeros")
    kernel_regularizer = Kept(None)
    bias_regularizer = Kept(None)
    activity_regularizer = Kept(None)
    kernel_constraint = Kept(None)
    bias_constraint = Kept(None)
    lora_rank: Setting = Count(None, symbol="r", least=0)
    lora_alpha = Kept(None)
    quantization_config = Kept(None)
    summed = [0]

    def kernel(self, *xs: Shape) -> Weight:
        return Weight("kernel", (xs[0][-1], self.units))

    def check(self, *xs: Shape) -> None:
        if not xs[0]:
            raise SpecError("needs an input (features,), got ()", (), "a Reshape to [1] makes it one")
        self.must_know(xs[0][-1], "number of inputs")

    def output(self, *xs: Shape) -> Shape:
        return Shape((*xs[0][:-1], self.units))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return ((*[Along(i) for i in range(len(y) - 1)], Along(None)),)

    def uses(self, *xs: Shape) -> int | None:
        return product(xs[0][:-1])

    def remarks(self, *xs: Shape) -> Iterator[str]:
        yield from super().remarks(*xs)
        if len(xs[0]) > 1:
            yield "the input is not flattened: the same weights at every place, over the last axis only"

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        kernel, learning = self.kernels(*xs)
        yield from kernel
        if self.use_bias:
            yield Weight("bias", (self.units,))
        yield from learning


class Text(Setting):
    """A word or formula."""

    form = "a text in quotes"

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.default is None:
            return None
        if not isinstance(value, str):
            raise SpecError(f"must be {self.form} (got {shown(value)})")
        return value


EQUATION = re.compile(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?")


class EinsumDense(_Adapted, kind="EinsumDense"):
    """A dense layer as an equation: `abc,cd->abd` sums over c, the letter that the output lacks.

    The first letter is the batch; `...` on the left or on the right stands for all other axes.
    `output_shape` has the sizes of the output without the batch and without those.
    """

    family = "dense"
    equation = Text()
    output_shape = Sizes(open_ended=True)
    activation = Activation(None)
    bias_axes = Text(None)
    kernel_initializer = Kept("glorot_uniform")
    bias_initializer = Kept("zeros")
    kernel_regularizer = Kept(None)
    bias_regularizer = Kept(None)
    kernel_constraint = Kept(None)
    bias_constraint = Kept(None)
    lora_rank: Setting = Count(None, symbol="r", least=0)
    lora_alpha = Kept(None)
    gptq_unpacked_column_size = Kept(None)
    quantization_config = Kept(None)

    def settle(self) -> None:
        super().settle()
        match = EQUATION.fullmatch(self.equation)
        before = after = kernel = result = ""
        if match:
            before, summed, after, kernel, left, result, right = match.groups("")
            if before != left or after != right or (before and after) or (after and len(summed) < 2):
                match = None
        if not match:
            raise SpecError(f"equation must be like 'ab,bc->ac', '...b,bc->...c' or 'ab...,bc->ac...' "
                            f"(got {shown(self.equation)})", ("equation",))
        self.letters = (summed, kernel, result)
        self.summed = [i for i, letter in enumerate(kernel) if letter not in result]
        self.elides_left, self.elides = bool(before), bool(before or after)
        for letter in result:
            if letter not in summed + kernel:
                raise SpecError(f"equation has {letter!r} behind the arrow only", ("equation",))
        for letter in kernel:
            if letter not in summed + result:
                raise SpecError(f"equation has {letter!r} in the kernel only", ("equation",))
        if self.bias_axes is not None:
            for letter in self.bias_axes:
                if letter not in result:
                    raise SpecError(f"bias_axes has {letter!r}, which is not an axis of the output {result!r}", ("bias_axes",))
            if not self.bias_axes:
                raise SpecError("bias_axes must name an axis of the output (got '')", ("bias_axes",),
                                "leave it out for no bias")

    #: Whether its output is what the equation gives, as in Keras 2, and not what Keras 3 makes of output_shape.
    infers = False

    def elided(self, x: Shape) -> int:
        """How many axes `...` stands for, the batch among them if it is on the left."""
        return len(x) + 1 - len(self.letters[0])

    def check(self, *xs: Shape) -> None:
        x, elided = xs[0], self.elided(xs[0])
        if elided < 0 or (elided > 0 and not self.elides):
            raise SpecError(f"equation {self.equation!r} has {len(self.letters[0])} letters for its input {x}, "
                            f"which with the batch has {len(x) + 1} axes", ("equation",))
        wanted = len(self.letters[2]) - 1 + (1 if self.elides_left and elided else 0)
        if self.elides_left and not elided and x.batch is not None and len(self.output_shape) == len(self.letters[2]):
            wanted += 1  # `...` stands for nothing: the first letter is the batch, and Keras still puts the batch before the output
        if len(self.output_shape) != wanted:
            raise SpecError(f"output_shape must have {wanted} size{'s' * (wanted != 1)} for the output "
                            f"{self.letters[2]!r} (got {shown(self.output_shape)})", ("output_shape",))
        coming, going = self.by_letter(x)
        for letter in self.letters[0]:
            size = going.get(letter)
            if size is not None and size != coming[letter]:
                came = "unknown" if coming[letter] is None else coming[letter]
                raise SpecError(f"axis {letter!r} is {came} in its input {x} and {size} in output_shape", ("output_shape",))
        for weight in (self.kernel(*xs), *self.weights(*xs)) if self.quantized is None else (self.kernel(*xs),):
            if None in weight.shape:
                raise SpecError(f"needs to know all sizes of its {weight.name}, {Shape(weight.shape)}", ("output_shape",),
                                "write the size in output_shape in place of null")

    def output(self, *xs: Shape) -> Shape:
        x, elided, sizes = xs[0], self.elided(xs[0]), tuple(self.output_shape)
        if self.infers:
            letters = dict(zip(self.letters[0][::-1], x[: len(x) - (0 if self.elides_left else elided)][::-1]))
            kept = self.letters[2][-len(sizes):] if sizes else ""
            sizes = tuple([letters.get(letter) if n is None else n for letter, n in zip(kept, sizes)])
        if self.elides_left:
            # Keras 3 puts each of them before the others, which turns them round.
            rest = x[: max(elided - 1, 0)]
            return Shape((*(rest if self.infers else rest[::-1]), *sizes))
        return Shape((*sizes, *x[len(x) - elided:]))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        rest = range(self.elided(xs[0]))
        coming, going = [[*rest, *letters] if self.elides_left else [*letters, *rest]
                         for letters in (self.letters[0], self.letters[2])]
        return (tuple([Along(going.index(k) - 1 if k in going else None) for k in coming[1:]]),)

    def by_letter(self, x: Shape) -> tuple[dict[str, object], dict[str, object]]:
        """The size of each letter in the input, and in the output."""
        first = self.elided(x) if self.elides_left else 0
        coming, going = (x.batch, *x), (x.batch, *self.output(x))
        return (dict(zip(self.letters[0], coming[first:])), dict(zip(self.letters[2], going[first:])))

    def kernel(self, *xs: Shape) -> Weight:
        coming, going = self.by_letter(xs[0])
        return Weight("kernel", tuple([going[k] if k in going else coming[k] for k in self.letters[1]]))

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        going = self.by_letter(xs[0])[1]
        kernel, learning = self.kernels(*xs)
        yield from kernel
        if self.bias_axes is not None:
            behind = self.letters[2][min(map(self.letters[2].find, self.bias_axes)):]
            sizes = [going[k] if k in self.bias_axes else 1 for k in behind]
            yield Weight("bias", (*sizes, *[1] * (0 if self.elides_left else self.elided(xs[0]))))
        yield from learning

    def uses(self, *xs: Shape) -> int | None:
        summed, rest = list(self.letters[0]), [""] * self.elided(xs[0])
        axes = [*rest, *summed] if self.elides_left else [*summed, *rest]
        return product([n for letter, n in zip(axes[1:], xs[0]) if not letter or letter not in self.letters[1]])


class Embedding(_Adapted, kind="Embedding"):
    """A row of `output_dim` values for every whole number below `input_dim`."""

    remark = "a row of weights for each word; to look one up multiplies nothing"

    input_dim = Count(symbol="v")
    output_dim = Count(symbol="e")
    embeddings_initializer = Kept("uniform")
    embeddings_regularizer = Kept(None)
    embeddings_constraint = Kept(None)
    mask_zero = Flag(False)
    kept = ("weights",)
    lora_rank: Setting = Count(None, symbol="r", least=0)
    lora_alpha = Kept(None)
    quantization_config = Kept(None)
    #: Keras's older setting, which it still takes and ignores.
    input_length = Kept(None)
    order = ("input_dim", "output_dim", "embeddings_initializer", "embeddings_regularizer",
             "embeddings_constraint", "mask_zero", "weights", "lora_rank", "lora_alpha",
             "quantization_config")

    def settle(self) -> None:
        super().settle()
        self.inner_classes = ("NotEqual",) if self.mask_zero else ()

    def macs(self, *xs: Shape) -> int | None:
        return 0

    def output(self, *xs: Shape) -> Shape:
        return Shape((*xs[0], self.output_dim))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return (tuple(map(Along, range(len(xs[0])))),)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        table, learning = self.adapted(Weight("embeddings", (self.input_dim, self.output_dim)))
        yield from table_of(self, table)
        yield from learning


def table_of(layer: Quantizable, table: Weight) -> Iterator[Weight]:
    """The table of an embedding, as it is stored."""
    quantized = layer.quantized
    if quantized is None:
        yield table
        return
    if quantized.mode not in ("int8", "int4"):
        raise SpecError(f"cannot be quantized to {quantized.mode}", ("dtype",), "Keras quantizes embeddings to int8 or int4")
    yield from table_weights(quantized, table)


class ReversibleEmbedding(Quantizable, kind="ReversibleEmbedding"):
    """An embedding whose table can be used the other way round; one of its own if not tied."""

    input_dim = Count(symbol="v")
    output_dim = Count(symbol="e")
    tie_weights = Flag(True)
    embeddings_initializer = Kept("uniform")
    embeddings_regularizer = Kept(None)
    embeddings_constraint = Kept(None)
    mask_zero = Flag(False)
    reverse_dtype = Kept(None)
    logit_soft_cap = Kept(None)

    def output(self, *xs: Shape) -> Shape:
        return Shape((*xs[0], self.output_dim))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return (tuple(map(Along, range(len(xs[0])))),)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield from table_of(self, Weight("embeddings", (self.input_dim, self.output_dim)))
        if not self.tie_weights:
            table = Weight("reverse_embeddings", (self.output_dim, self.input_dim))
            if (quantized := self.quantized) is None:
                yield table
                return
            yield from reversed_weights(quantized, table)
