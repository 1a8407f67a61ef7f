"""Attention: every place looks at all others, and takes a weighted mean of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from ..errors import SpecError
from ..num import product
from .arithmetic import added, attended, each, function, together
from .axis_settings import Axes, Sizes
from .base import Layer, Shape, Weight
from .messages import got
from .quantized import Quantizable, flattened, kernel_weights
from .settings import Choice, Count, Flag, Number, Setting, kept_setting

if TYPE_CHECKING:
    from ..dependence import Reads

KEPT = ("kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
        "activity_regularizer", "kernel_constraint", "bias_constraint")


class _Queried(Layer):
    """What all of them share: a query, a value, and a key if it is not the value."""

    arity = (2, 3)
    sees_the_map = True
    #: Whether it works out features of its own from those of the query, the value and the key.
    projects: ClassVar[bool] = False

    def wrong_arity(self, xs: tuple[Shape, ...]) -> SpecError:
        hint = "a layer that attends to itself names its input twice: inputs: [a, a]" if len(xs) == 1 else None
        return SpecError(f"takes a query, a value and perhaps a key, {got(xs)}", (), hint)

    def check(self, *xs: Shape) -> None:
        for x, what in zip(xs, ("query", "value", "key")):
            if not x:
                raise SpecError(f"needs a {what} (steps, features), got {x}")

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        problem = self.mismatch(xs[0], xs[1], xs[-1])
        if problem:
            yield f"Keras builds it, but {problem}"

    def mismatch(self, query: Shape, value: Shape, key: Shape) -> str | None:
        """What is wrong with these shapes, though Keras only finds out when it runs."""
        if not len(query) == len(value) == len(key):
            return f"query, value and key differ in rank: {query}, {value}, {key}"
        return None

    def axes(self, x: Shape) -> list[int]:
        """The axes of a value along which a query looks at all places."""
        return [len(x) - 2]

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        """The query at its place; of value and key the places that it looks at."""
        from ..dependence import Along, Taps, everything

        if self.mismatch(xs[0], xs[1], xs[-1]):
            return tuple(map(everything, xs))
        width = getattr(self, "sliding_window", None)
        near = Taps((range(1 - width, width),)) if width else None
        found = [tuple([Along(i if i < len(xs[0]) - 1 else None) for i in range(len(xs[0]))])]
        for number, x in enumerate(xs[1:]):
            looked_at, last = self.axes(x), len(x) - 1
            # A value that is not the key as well is added up, feature by feature.
            apart = number == 0 and len(xs) == 3 and not self.projects
            found.append(tuple([
                Along(None) if (i == last and not apart) or (i in looked_at and near is None)
                else Along(i, near if i in looked_at else None)
                for i in range(len(x))
            ]))
        return tuple(found)


class Attention(_Queried, kind="Attention"):
    """The values' mean, weighted by the softmax of query times key (Luong et al., 2015)."""

    use_scale = Flag(False)
    score_mode = Choice("dot", "dot", "concat")
    dropout = Number(0.0)
    seed = kept_setting("seed")

    def output(self, *xs: Shape) -> Shape:
        return Shape((*xs[0][:-1], xs[1][-1]))

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        if self.use_scale:
            yield Weight("scale", ())
        if self.score_mode == "concat":
            yield Weight("concat_score_weight", ())

    def pairs(self, *xs: Shape) -> int | None:
        """How many pairs of a query and a key; unknown where Keras would not run."""
        if min(map(len, xs)) < 2 or self.mismatch(xs[0], xs[1], xs[-1]):
            return None
        return product((*xs[0][:-1], xs[-1][-2]))

    def macs(self, *xs: Shape) -> int | None:
        pairs = self.pairs(*xs)
        if self.score_mode == "concat":
            return product((pairs, xs[1][-1]))
        return attended(pairs, xs[0][-1], xs[1][-1])

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        pairs = self.pairs(*xs)
        found = together(function("softmax", pairs), each(pairs, multiplications=1) if self.use_scale else {})
        if self.score_mode == "dot":
            return found
        # The mean of tanh(scale (query + key)), weighted by a number.
        n = product((pairs, xs[0][-1]))
        return together(function("softmax", pairs), each(pairs, multiplications=1), function("tanh", n),
                        each(n, additions=2, multiplications=int(self.use_scale)))

    def mismatch(self, query: Shape, value: Shape, key: Shape) -> str | None:
        ranks = super().mismatch(query, value, key)
        if ranks:
            return ranks
        if _differ(query[-1], key[-1]) and (self.product or 1 not in (query[-1], key[-1])):
            return f"it would not run: query {query} and key {key} differ in features"
        if len(key) > 1 and _differ(value[-2], key[-2]):
            return f"it would not run: value {value} and key {key} differ in steps"
        if any(_differ(m, n) and 1 not in (m, n) for m, n in zip(query[:-2], key[:-2])):
            return f"it would not run: query {query} and key {key} differ before the steps"
        return None

    @property
    def product(self) -> bool:
        """Whether query and key are multiplied; where they are added, a size of 1 is stretched."""
        return bool(self.score_mode == "dot")


class AdditiveAttention(Attention, kind="AdditiveAttention"):
    """The same with a sum in place of the product: tanh(query + key) (Bahdanau et al., 2015)."""

    use_scale = Flag(True)
    order = ("use_scale", "dropout")
    product = False

    def check(self, *xs: Shape) -> None:
        super().check(*xs)
        if self.use_scale:
            self.must_know(xs[0][-1], "number of features")

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        if self.use_scale:
            yield Weight("scale", (xs[0][-1],))

    def macs(self, *xs: Shape) -> int | None:
        """The scale times every sum of a query and a key, and each pair's share of the value."""
        pairs = self.pairs(*xs)
        if self.use_scale:
            return attended(pairs, xs[0][-1], xs[1][-1])
        return product((pairs, xs[1][-1]))

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        pairs = self.pairs(*xs)
        n = product((pairs, xs[0][-1]))
        return together(function("softmax", pairs), function("tanh", n), each(n, additions=1 if self.use_scale else 2))


class _Heads(_Queried, Quantizable):
    """Attention between projections of the query, the key and the value, several at once."""

    #: Keras takes query, value and key as arguments of their own.
    separate_inputs = True
    projects = True
    has_layers = True
    inner_classes = ("Softmax", "Dropout")

    dropout = Number(0.0, least=0, most=1)
    use_bias = Flag(True)
    sliding_window: Setting = Count(None)
    flash_attention = Setting(None)
    use_gate = Flag(False)

    def settle(self) -> None:
        if self.flash_attention and self.dropout > 0:
            raise SpecError("flash_attention and dropout exclude each other", ("flash_attention",),
                            "leave one of them out")

    def check(self, *xs: Shape) -> None:
        super().check(*xs)
        for x, what in zip(xs, ("query's", "value's", "key's")):
            self.must_know(x[-1], f"{what} number of features")
        if len(xs) > 2 and xs[1][:-1] != xs[2][:-1]:
            raise SpecError(f"value and key differ in steps: {xs[1]} and {xs[2]}", (),
                            "they may differ in features only")

    def projections(self, *xs: Shape) -> Iterator[tuple[str, tuple[int | None, ...], tuple[int | None, ...]]]:
        """Each dense layer inside: its name, and the axes from which and to which it projects."""
        raise NotImplementedError

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        quantized = self.quantized
        for name, inputs, outputs in self.projections(*xs):
            kernel = Weight("kernel", (*inputs, *outputs))
            for weight in (kernel,) if quantized is None else kernel_weights(
                    quantized, kernel, *flattened(quantized, kernel.shape, range(len(inputs)))):
                yield weight._replace(name=f"{name}/{weight.name}")
            if self.use_bias:
                yield Weight(f"{name}/bias", outputs)

    def heads(self) -> tuple[int, int, int]:
        """How many queries each place has, the features of each, and of each value."""
        raise NotImplementedError

    def axes(self, x: Shape) -> list[int]:
        return list(range(len(x) - 1))

    def looked_at(self, *xs: Shape) -> int | None:
        """How many keys each query looks at; unknown where Keras would not run."""
        return product(xs[1][:-1])

    def projected(self, *xs: Shape) -> Iterator[tuple[tuple[int | None, ...], tuple[int | None, ...], int | None]]:
        """From which axes to which each projection goes, and at how many places."""
        queries, values, keys = [product(x[:-1]) for x in (xs[0], xs[1], xs[-1])]
        places = {"key": keys, "value": values}
        for name, inputs, outputs in self.projections(*xs):
            yield inputs, outputs, places.get(name, queries)

    def macs(self, *xs: Shape) -> int | None:
        """The projections, query times key, and each pair's share of the value."""
        heads, features, sums = self.heads()
        pairs = product((heads, product(xs[0][:-1]), self.looked_at(*xs)))
        return added([*[product((*before, *after, places)) for before, after, places in self.projected(*xs)],
                      attended(pairs, features, sums)])

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        heads, _, sums = self.heads()
        queries = product(xs[0][:-1])
        pairs = product((heads, queries, self.looked_at(*xs)))
        biases = added([product((*after, places)) for _, after, places in self.projected(*xs)]) if self.use_bias else 0
        gate = product((heads, queries, sums))
        return together(
            {"additions": biases} if self.use_bias else {},
            each(pairs, multiplications=1), function("softmax", pairs),
            together(function("sigmoid", gate), each(gate, multiplications=1)) if self.use_gate else {},
        )


class MultiHeadAttention(_Heads, kind="MultiHeadAttention"):
    """`num_heads` attentions side by side, projected back (Vaswani et al., 2017)."""

    keeps_mask = True
    num_heads = Count(symbol="h")
    key_dim = Count(symbol="k")
    value_dim: Setting = Count(None, symbol="v")
    output_shape = Sizes(None)
    attention_axes = Axes(None)
    kept = (*KEPT, "seed")
    order = ("num_heads", "key_dim", "value_dim", "dropout", "use_bias", "output_shape", "attention_axes",
             "sliding_window", "flash_attention", *KEPT, "use_gate", "seed")

    def check(self, *xs: Shape) -> None:
        super().check(*xs)
        if self.attention_axes is None:
            return
        rank = len(xs[1]) + 2  # batch, the value's places, heads and features
        axes = self.attention_axes if isinstance(self.attention_axes, tuple) else (self.attention_axes,)
        for axis in axes:
            if not -rank <= (axis if axis >= 0 else rank - 1 + axis) < rank:
                raise SpecError(f"attention_axes {axis} is not an axis of the value {xs[1]}", ("attention_axes",),
                                f"axis 1 is the first after the batch, {len(xs[1]) - 1} the last before the features")

    def output(self, *xs: Shape) -> Shape:
        return Shape((*xs[0][:-1], *self.output_shape)) if self.output_shape else Shape(xs[0])

    def heads(self) -> tuple[int, int, int]:
        return self.num_heads, self.key_dim, self.value_dim or self.key_dim

    def axes(self, x: Shape) -> list[int]:
        if self.attention_axes is None:
            return super().axes(x)
        axes = self.attention_axes if isinstance(self.attention_axes, tuple) else (self.attention_axes,)
        return [axis - 1 if axis >= 0 else len(x) + axis for axis in axes]

    def looked_at(self, *xs: Shape) -> int | None:
        """All places, or those along some axes: the others then stand side by side."""
        value, rank = xs[1], len(xs[1]) + 2
        if self.mismatch(xs[0], value, xs[-1]):
            return None
        if self.attention_axes is None:
            return super().looked_at(*xs)
        axes = self.attention_axes if isinstance(self.attention_axes, tuple) else (self.attention_axes,)
        places = [int(axis if axis >= 0 else rank - 1 + axis) for axis in axes]
        if not all([0 < place < len(value) for place in places]):
            return None  # the batch, the heads or the features
        return product([value[place - 1] for place in places])

    def projections(self, *xs: Shape) -> Iterator[tuple[str, tuple[int | None, ...], tuple[int | None, ...]]]:
        query, value, key = xs[0][-1], xs[1][-1], xs[-1][-1]
        heads, depth = self.num_heads, self.value_dim or self.key_dim
        yield ("query", (query,), (heads, self.key_dim))
        yield ("key", (key,), (heads, self.key_dim))
        if self.use_gate:
            yield ("gate", (query,), (heads, depth))
        yield ("value", (value,), (heads, depth))
        yield ("attention_output", (heads, depth), self.output_shape or (query,))

    def mismatch(self, query: Shape, value: Shape, key: Shape) -> str | None:
        if len(query) == len(value) == 1 and self.attention_axes is None:
            return f"it would not run: {query} has no steps"
        return super().mismatch(query, value, key)


class GroupQueryAttention(_Heads, kind="GroupQueryAttention", keras_class="GroupedQueryAttention",
                          aliases=("GroupedQueryAttention",)):
    """Attention whose query heads share keys and values in groups (Ainslie et al., 2023)."""

    keeps_mask = True
    head_dim = Count(symbol="d")
    num_query_heads = Count(symbol="h")
    num_key_value_heads = Count(symbol="g")
    kept = (*KEPT, "seed")
    order = ("head_dim", "num_query_heads", "num_key_value_heads", "dropout", "use_bias", "sliding_window",
             "flash_attention", *KEPT, "use_gate", "seed")

    def settle(self) -> None:
        super().settle()
        self.must_divide("num_key_value_heads", self.num_query_heads, "query heads")

    def check(self, *xs: Shape) -> None:
        for x, what in zip(xs, ("query", "value", "key")):
            if len(x) != 2:
                raise SpecError(f"needs a {what} (steps, features), got {x}", (),
                                "a Reshape can put its places in one row" if len(x) > 2 else None)
        super().check(*xs)
        if xs[0][-1] != xs[1][-1]:
            raise SpecError(f"query and value differ in features: {xs[0]} and {xs[1]}", (),
                            "a Dense layer can give both the same number")

    def output(self, *xs: Shape) -> Shape:
        return Shape(xs[0])

    def heads(self) -> tuple[int, int, int]:
        return self.num_query_heads, self.head_dim, self.head_dim

    def projections(self, *xs: Shape) -> Iterator[tuple[str, tuple[int | None, ...], tuple[int | None, ...]]]:
        query, value, key = xs[0][-1], xs[1][-1], xs[-1][-1]
        heads, groups = (self.num_query_heads, self.head_dim), (self.num_key_value_heads, self.head_dim)
        yield ("query", (query,), heads)
        yield ("key", (key,), groups)
        if self.use_gate:
            yield ("gate", (query,), heads)
        yield ("value", (value,), groups)
        yield ("attention_output", heads, (query,))


def _differ(m: int | None, n: int | None) -> bool:
    """Whether two sizes that are known differ."""
    return m is not None and n is not None and m != n
