"""Attention, and the layers of transformers that are built of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from ..layers.arithmetic import UNCOUNTED, added
from ..layers.base import Shape, Weight
from ..layers.construct import Sub
from ..layers.settings import Kept, Number, Setting
from ..num import product
from .base import Module, T, refusal
from .settings import Bool, Size
from .shapes import Whole

if TYPE_CHECKING:
    from ..dependence import Reads
    from ..layers.base import Layer


class _Sequences(Module):
    """A layer over sequences (L, N, E), or (N, L, E) with batch_first."""

    channels_first = False
    views = True
    batch_first: Bool

    def length(self, x: Shape) -> Any:
        return x[1] if self.batch_first and len(x) == 3 else x[0]

    def batch(self, x: Shape) -> tuple[int | None, ...]:
        return () if len(x) == 2 else (x[0] if self.batch_first else x[1],)

    def must_be(self, x: Shape, width: int, what: str) -> None:
        if len(x) not in (2, 3):
            form = "(N, L, E)" if self.batch_first else "(L, N, E)"
            raise refusal(f"needs a {what} {form}, got {x}")
        if x[-1] is not None and x[-1] != width:
            raise refusal(f"takes {width} features in its {what}, and gets {x[-1]} from {x}", (), None, self.message(x[-1], width, what))

    def message(self, found: int, width: int, what: str) -> str | None:
        return None

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return UNCOUNTED

    def batch_axis(self, x: Shape) -> int | None:
        """The axis of the batch; None of an input without one."""
        return None if len(x) == 2 else 0 if self.batch_first else 1

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        return self.all_steps(xs, self.batch_axis(y))

    def all_steps(self, xs: tuple[Shape, ...], batch: int | None) -> tuple[Reads, ...]:
        """All steps of the same example, which the output has on the axis `batch`."""
        from ..dependence import Along

        return tuple([tuple([Along(batch if i == self.batch_axis(x) else None) for i in range(len(x))]) for x in xs])


class MultiheadAttention(_Sequences, kind="nn.MultiheadAttention"):
    """Queries compared with keys in several heads; 4E² + 4E parameters."""

    tensors = ("query", "key", "value")
    arity = (3, 3)
    results = 2
    embed_dim = Size(symbol="E")
    num_heads = Size(symbol="h")
    dropout = Number(0.0)
    bias = Bool(True)
    add_bias_kv = Bool(False)
    add_zero_attn = Bool(False)
    kdim: Setting = Size(None)
    vdim: Setting = Size(None)
    batch_first = Bool(False)

    def given_back(self, outputs: list[T], need_weights: object = True, **_: object) -> T | tuple[object, ...]:
        return (outputs[0], None) if need_weights is False else tuple(outputs)

    def settle(self) -> None:
        if self.embed_dim % self.num_heads:
            raise refusal(f"num_heads {self.num_heads} does not divide embed_dim {self.embed_dim}", ("num_heads",), None,
                          "embed_dim must be divisible by num_heads")

    def check(self, *xs: Shape) -> None:
        for x, width, what in zip(xs, (self.embed_dim, self.kdim or self.embed_dim, self.vdim or self.embed_dim), self.tensors):
            self.must_be(x, width, what)

    def message(self, found: int, width: int, what: str) -> str | None:
        return f"was expecting embedding dimension of {width}, but got {found}" if what == "query" else None

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        query, key = xs[0], xs[1]
        extra = self.add_bias_kv + self.add_zero_attn
        return (Whole(query), Whole((*self.batch(query), self.length(query), self.length(key) + extra)))

    def output(self, *xs: Shape) -> Shape:
        return Whole(xs[0])

    def reads_of(self, number: int, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        """Its own step of the queries, and all steps of the keys and values; its second output has no values."""
        from ..dependence import Along

        query = xs[0]
        batch = None if len(query) == 2 else 0 if number else self.batch_axis(query)
        step = len(y) - 2 if number or self.batch_first or len(query) == 2 else 0
        own = tuple([Along(batch if i == self.batch_axis(query) else None if i == len(query) - 1 else step) for i in range(len(query))])
        return (own, *self.all_steps(xs[1:2], batch), *(self.all_steps(xs[2:], batch) if not number else (None,)))

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        e, k, v = self.embed_dim, self.kdim or self.embed_dim, self.vdim or self.embed_dim
        if k == e and v == e:
            yield Weight("in_proj_weight", (3 * e, e))
        else:
            yield Weight("q_proj_weight", (e, e))
            yield Weight("k_proj_weight", (e, k))
            yield Weight("v_proj_weight", (e, v))
        if self.bias:
            yield Weight("in_proj_bias", (3 * e,))
        if self.add_bias_kv:
            yield Weight("bias_k", (1, 1, e))
            yield Weight("bias_v", (1, 1, e))
        yield Weight("out_proj.weight", (e, e))
        if self.bias:
            yield Weight("out_proj.bias", (e,))

    def macs(self, *xs: Shape) -> int | None:
        e, k, v = self.embed_dim, self.kdim or self.embed_dim, self.vdim or self.embed_dim
        query, key = xs[0], xs[1]
        long, other, many = self.length(query), self.length(key), self.batch(query)
        projected = added([product((long, e, e, *many)), product((other, k, e, *many)), product((other, v, e, *many)), product((long, e, e, *many))])
        return added([projected, product((2, long, other, e, *many))])


class _Stacked(_Sequences):
    """Attention and a network of two Linears, each followed by a LayerNorm."""

    d_model = Size(symbol="E")
    nhead = Size(symbol="h")
    dim_feedforward = Size(2048, symbol="F")
    dropout = Number(0.1)
    activation = Kept("relu")
    layer_norm_eps = Number(1e-5)
    batch_first = Bool(False)
    norm_first = Bool(False)
    bias = Bool(True)
    #: How many attentions it has: to itself, and in a decoder to the memory.
    attentions: ClassVar[tuple[str, ...]] = ("self_attn",)

    def settle(self) -> None:
        if self.d_model % self.nhead:
            raise refusal(f"nhead {self.nhead} does not divide d_model {self.d_model}", ("nhead",), None,
                          "embed_dim must be divisible by num_heads")

    def check(self, *xs: Shape) -> None:
        for x, what in zip(xs, self.tensors):
            self.must_be(x, self.d_model, what)

    def message(self, found: int, width: int, what: str) -> str | None:
        return f"was expecting embedding dimension of {width}, but got {found}"

    def output(self, *xs: Shape) -> Shape:
        return Whole(xs[0])

    def parts(self) -> Iterator[tuple[str, MultiheadAttention]]:
        """The attentions in it, each with its name."""
        for name in self.attentions:
            yield name, MultiheadAttention(embed_dim=self.d_model, num_heads=self.nhead, bias=self.bias, batch_first=self.batch_first)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        e, f = self.d_model, self.dim_feedforward
        for name, attention in self.parts():
            for weight in attention.weights():
                yield weight._replace(name=f"{name}.{weight.name}")
        sizes = {"linear1": ((f, e), (f,)), "linear2": ((e, f), (e,)),
                 **{f"norm{i + 1}": ((e,), (e,)) for i in range(len(self.attentions) + 1)}}
        for name, (kernel, bias) in sizes.items():
            yield Weight(f"{name}.weight", kernel)
            if self.bias:
                yield Weight(f"{name}.bias", bias)

    def macs(self, *xs: Shape) -> int | None:
        x = xs[0]
        found = [attention.macs(x, *[xs[min(i, len(xs) - 1)]] * 2) for i, (_, attention) in enumerate(self.parts())]
        return added([*found, product((2, self.d_model, self.dim_feedforward, *x[:-1]))])


class TransformerEncoderLayer(_Stacked, kind="nn.TransformerEncoderLayer"):
    """Self-attention and a network of two Linears."""

    tensors = ("src",)


class TransformerDecoderLayer(_Stacked, kind="nn.TransformerDecoderLayer"):
    """Self-attention, attention to the encoder's output, and a network of two Linears."""

    tensors = ("tgt", "memory")
    arity = (2, 2)
    attentions = ("self_attn", "multihead_attn")


class _Stack(Module):
    """The same kind of layer several times, each with weights of its own."""

    channels_first = False
    views = True
    num_layers: Size
    norm: Setting

    @property
    def layer(self) -> Layer:
        """One of them."""
        raise NotImplementedError

    def check(self, *xs: Shape) -> None:
        self.layer.check(*xs)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        return self.layer.reads(y, *xs)

    def output(self, *xs: Shape) -> Shape:
        return Whole(xs[0])

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        for i in range(self.num_layers):
            for weight in self.layer.weights(*xs):
                yield weight._replace(name=f"layers.{i}.{weight.name}")
        if self.norm is not None:
            for weight in self.norm.weights(xs[0]):
                yield weight._replace(name=f"norm.{weight.name}")

    def macs(self, *xs: Shape) -> int | None:
        return product((self.num_layers, self.layer.macs(*xs)))

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return UNCOUNTED


class TransformerEncoder(_Stack, kind="nn.TransformerEncoder"):
    """A stack of encoder layers."""

    tensors = ("src",)
    encoder_layer = Sub()
    num_layers = Size()
    norm = Sub(None)
    enable_nested_tensor = Bool(True)
    mask_check = Bool(True)

    @property
    def layer(self) -> Layer:
        layer: Layer = self.encoder_layer
        return layer


class TransformerDecoder(_Stack, kind="nn.TransformerDecoder"):
    """A stack of decoder layers."""

    tensors = ("tgt", "memory")
    arity = (2, 2)
    decoder_layer = Sub()
    num_layers = Size()
    norm = Sub(None)

    @property
    def layer(self) -> Layer:
        layer: Layer = self.decoder_layer
        return layer


class Transformer(_Sequences, kind="nn.Transformer"):
    """A stack of encoder layers, one of decoder layers, and a LayerNorm after each."""

    tensors = ("src", "tgt")
    arity = (2, 2)
    d_model = Size(512, symbol="E")
    nhead = Size(8, symbol="h")
    num_encoder_layers = Size(6, least=0)
    num_decoder_layers = Size(6, least=0)
    dim_feedforward = Size(2048, symbol="F")
    dropout = Number(0.1)
    activation = Kept("relu")
    custom_encoder = Kept(None)
    custom_decoder = Kept(None)
    layer_norm_eps = Number(1e-5)
    batch_first = Bool(False)
    norm_first = Bool(False)
    bias = Bool(True)

    def check(self, *xs: Shape) -> None:
        for x, what in zip(xs, self.tensors):
            if x[-1] is not None and x[-1] != self.d_model:
                raise refusal(f"takes {self.d_model} features in {what}, and gets {x[-1]} from {x}", ("d_model",), None,
                              "the feature number of src and tgt must be equal to d_model")

    def output(self, *xs: Shape) -> Shape:
        return Whole(xs[1])

    def stacks(self) -> Iterator[tuple[str, int, Layer]]:
        """The two stacks: name, number of layers, one layer."""
        settings = {name: getattr(self, name) for name in ("d_model", "nhead", "dim_feedforward", "batch_first", "bias")}
        yield "encoder", self.num_encoder_layers, TransformerEncoderLayer(**settings)
        yield "decoder", self.num_decoder_layers, TransformerDecoderLayer(**settings)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        for name, many, layer in self.stacks():
            for i in range(many):
                for weight in layer.weights(*xs):
                    yield weight._replace(name=f"{name}.layers.{i}.{weight.name}")
            yield Weight(f"{name}.norm.weight", (self.d_model,))
            if self.bias:
                yield Weight(f"{name}.norm.bias", (self.d_model,))

    def macs(self, *xs: Shape) -> int | None:
        inputs = {"encoder": (xs[0],), "decoder": (xs[1], xs[0])}
        return added([product((many, layer.macs(*inputs[name]))) for name, many, layer in self.stacks()])
