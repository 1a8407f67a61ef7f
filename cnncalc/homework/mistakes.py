"""The mistakes that people make: each is the layer, the field or the network with one thing changed.

A slip has a name, the words for it, and the change. What the changed layer gives is
compared with what was claimed; nothing here says what any wrong answer is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from ..analysis import Model
from ..errors import CnncalcError
from ..num import ceil_div, largest, product
from ..window import Field, Window
from . import mutations as of
from .layer_run import LayerRun, Settings


class Mistake(NamedTuple):
    """`change` makes a layer's run another; nothing where the mistake cannot be made."""

    name: str
    words: str
    change: Callable[[LayerRun], LayerRun | None]
    #: What it can be seen in; everything that it changes if empty.
    quantities: tuple[str, ...] = ()


class NumberMistake(NamedTuple):
    """A mistake about a number as a whole: `change` gives the wrong value from the run."""

    name: str
    words: str
    quantities: tuple[str, ...]
    change: Callable[[LayerRun, Any, Settings], Any]

    def value(self, run: LayerRun, quantity: str, settings: Settings) -> Any:
        """What it makes of a quantity of the run; `None` where that is not known."""
        right = run.value(quantity, settings)
        return None if right is None else self.change(run, right, settings)


COUNTS = ("params", "weights", "biases", "trainable_params")

#: What is changed of a layer, the likeliest mistakes first.
LAYER_MISTAKES = (
    # Counting weights.
    Mistake("forgot-bias", "the biases are left out", lambda r: r.set(use_bias=False) if of.biased(r) else None, COUNTS),
    Mistake("forgot-input-channels", "the filters are taken as flat: their depth, the input channels, is left out",
         of.without_channels),
    Mistake("one-bias-per-layer", "one bias is counted for the whole layer, not one for each filter or unit",
         lambda r: of.bias_is(r, (1,)), COUNTS),
    Mistake("bias-per-input-channel", "a bias is counted for each input channel, not for each filter",
         lambda r: of.bias_is(r, (r.x.channels,)), COUNTS),
    Mistake("bias-per-input-channel", "a bias is counted for each input channel of each filter",
         lambda r: of.bias_is(r, (r.x.channels, r.layer.filters)) if of.conv(r) else None, COUNTS),
    Mistake("forgot-number-of-filters", "the weights of one filter only, without bias", lambda r: of.one_filter(r, ()), COUNTS),
    Mistake("forgot-number-of-filters", "the weights of one filter only", lambda r: of.one_filter(r, (1,)), COUNTS),
    Mistake("forgot-number-of-filters", "the weights of one filter and the biases of all", lambda r: of.one_filter(r, None),
         COUNTS),
    Mistake("kernel-area-forgotten", "the window's area is left out: one weight for each channel and filter",
         lambda r: of.without_area(r, ()), COUNTS),
    Mistake("kernel-area-forgotten", "the window's area is left out: one weight for each channel and filter, and the biases",
         of.without_area, COUNTS),
    Mistake("per-position-weights", "weights of their own for each place of the output: the filters are shared",
         lambda r: of.at_every_place(r, True), COUNTS),
    Mistake("per-position-weights", "weights of their own for each place of the output: the filters are shared",
         lambda r: of.at_every_place(r, False), COUNTS),
    Mistake("multiplied-by-image-size", "multiplied by the size of the image, which does not matter to a filter",
         of.times_the_image, COUNTS),
    Mistake("wrong-input-channels", "taken for a colour image: 3 channels", lambda r: of.channels(r, 3), COUNTS),
    Mistake("wrong-input-channels", "taken for a grayscale image: 1 channel",
         lambda r: of.channels(r, 1) if r.x.channels == 3 else None, COUNTS),
    Mistake("depthwise-vs-standard", "counted as an ordinary convolution, though it is separated", of.as_standard),
    Mistake("separable-bias-convention", "a second bias, between the two parts", of.two_biases, COUNTS),
    Mistake("AlexNet-groups", "counted without its groups: each filter sees only its own", lambda r: of.grouped(r, 1)),
    Mistake("AlexNet-groups", "counted with 2 groups", lambda r: of.grouped(r, 2)),
    Mistake("grouped-as-single-filter", "the weights of one filter of one group",
         lambda r: of.one_filter(r, ()) if of.conv(r) and r.layer.groups > 1 else None, COUNTS),
    Mistake("grouped-as-single-filter", "the weights of one filter over all channels",
         lambda r: of.one_filter(LayerRun(r.set(groups=1).layer, r.xs), ()) if of.conv(r) and r.layer.groups > 1 else None, COUNTS),
    Mistake("LeNet-C3-full-vs-partial", "only 60 of the 96 pairs of maps are connected, as in the first LeNet",
         of.connected_pairs),
    Mistake("BN-one-per-channel", "one number for each channel, where batch normalization has four",
         lambda r: of.batch_norm(r, ("gamma",)), COUNTS),
    Mistake("dense-without-flatten", "the whole map counted, but without Flatten the layer reads its last axis only",
         of.unflattened),
    Mistake("dilation-changes-params", "the holes of a dilated window counted as weights", of.spanned),
    Mistake("channel-order", "the channels looked for at the other end of the shape", of.read_as_other_order),
    # Sizes of outputs.
    Mistake("same-with-stride-floor", "rounded down: 'same' gives the size over the stride, rounded up",
         lambda r: of.ruled(r, lambda w, n: n // w.stride, of.same(r))),
    Mistake("forgot-plus-one", "the + 1 at the end is left out",
         lambda r: of.ruled(r, lambda w, n: (n + w.padding - w.extent) // w.stride)),
    Mistake("ceil-or-round-instead-of-floor", "rounded up: a window that does not fit whole is not counted",
         lambda r: of.ruled(r, lambda w, n: ceil_div(n + w.padding - w.extent, w.stride) + 1, not of.same(r))),
    Mistake("pool-default-stride", "stride 1", lambda r: of.stride(r, 1) if of.pool(r) else None),
    Mistake("pool-default-stride", "the window's size taken for the stride", lambda r: of.stride(r, None) if of.pool(r) else None),
    Mistake("stride-ignored", "the stride is left out", lambda r: of.stride(r, 1), ("output", "activations", "memory", "macs",
                                                                                "flops", "jump", "stride")),
    Mistake("assumed-same-padding", "the size is kept as if there were padding 'same'",
         lambda r: r.set(padding="same") if of.slides(r) and not of.same(r) else None),
    Mistake("pad-added-once", "the padding is added once: it lies on both sides", of.pad_once),
    Mistake("kernel-not-subtracted", "the window's size is not taken off",
         lambda r: of.ruled(r, lambda w, n: (n + w.padding) // w.stride)),
    Mistake("kernel-not-subtracted", "the window's size is not taken off, and the result is rounded up",
         lambda r: of.ruled(r, lambda w, n: ceil_div(n + w.padding, w.stride))),
    Mistake("kernel-not-subtracted", "the window's size is not taken off",
         lambda r: of.ruled(r, lambda w, n: (n + w.padding) // w.stride + 1)),
    Mistake("output-depth-is-input-depth", "the depth of the input: each filter makes one channel",
         lambda r: of.deep(r, r.x.channels) if of.any_conv(r) else None),
    Mistake("pool-changes-channels", "the channels divided too: pooling leaves their number",
         lambda r: of.pooled_channels(r, False)),
    Mistake("pool-acts-on-channels", "the channels pooled and not the places", lambda r: of.pooled_channels(r, True)),
    Mistake("TF-valid-floor-formula", "(n - k + 1) / s rounded down: it has to be rounded up",
         lambda r: of.ruled(r, lambda w, n: (n + w.padding - w.extent + 1) // w.stride, not of.same(r))),
    Mistake("pad-added-to-channels", "the padding added to the channels too", lambda r: of.more_channels(r, 2)),
    Mistake("pad-added-to-channels", "the padding added to the channels too, once", lambda r: of.more_channels(r, 1)),
    Mistake("padding-applied-twice", "an input padded already is padded again", of.pad_twice),
    Mistake("same-padding-equals-kernel", "padding as large as the window: 'same' needs half of it",
         lambda r: of.ruled(r, lambda w, n: of.floor(n, w, 2 * w.extent), of.same(r))),
    Mistake("same-padding-is-always-1", "padding 1: 'same' needs half of the window",
         lambda r: of.ruled(r, lambda w, n: of.floor(n, w, 2), of.same(r))),
    Mistake("2p-vs-total-p", "the padding of both sides taken as that of each side", of.pad_twice),
    Mistake("2p-vs-total-p", "the padding of each side taken as that of both together", of.pad_once),
    Mistake("plus-one-twice", "one place too many", lambda r: of.ruled(r, lambda w, n: (n + w.padding - w.extent) // w.stride + 2)),
    Mistake("dilation-ignored", "the dilation is left out: the window spans k + (k - 1)(d - 1)",
         lambda r: of.dilated(r, lambda d: 1)),
    Mistake("dilation-base-0-vs-1", "dilation counted from 0", lambda r: of.dilated(r, lambda d: d + 1)),
    Mistake("dilation-base-0-vs-1", "dilation counted from 0", lambda r: of.dilated(r, lambda d: d - 1)),
    Mistake("transposed-output-padding", "s times n", lambda r: of.transposed(r, lambda w, n: n * w.stride)),
    Mistake("transposed-output-padding", "the output padding is left out", of.no_output_padding),
    Mistake("transposed-course-vs-framework", "the padding taken off once: (n - 1)s - p + k",
         lambda r: of.transposed(r, lambda w, n: (n - 1) * w.stride + w.extent - w.crop + w.extra)),
    Mistake("transposed-used-direct-formula", "the formula of the convolution the other way round: ⌊(n + 2p - k) / s⌋ + 1",
         lambda r: of.transposed(r, lambda w, n: largest(0, (n + w.padding - w.extent) // w.stride + 1))),
    Mistake("concat-treated-as-add", "the channels of one input: concatenation adds them up",
         lambda r: of.merged(r, lambda xs: xs[0][-1])),
    *[Mistake("dropped-pool-branch", f"input {i + 1} is left out", lambda r, i=i: of.merged(r, of.branches_but(i)))  # type: ignore[misc]
      for i in (3, 2, 1, 0, 4, 5)],
    Mistake("h-w-swapped", "height and width changed over", of.swapped),
    Mistake("h-w-swapped", "height and width of the window changed over", lambda r: of.swapped_settings(r, "kernel_size")),
    Mistake("h-w-swapped", "height and width of the stride changed over", lambda r: of.swapped_settings(r, "strides")),
    Mistake("h-w-swapped", "height and width of the padding changed over", lambda r: of.swapped_settings(r, "padding")),
    Mistake("h-w-swapped", "height and width of window, stride and padding changed over",
         lambda r: of.swapped_settings(r, "kernel_size", "strides", "padding")),
)  # fmt: skip


#: What is changed of a number as a whole.
NUMBER_MISTAKES = (
    NumberMistake("MACs-vs-FLOPs", "MACs counted as FLOPs: one MAC is two", ("flops",), lambda r, v, s: r.value("macs")),
    NumberMistake("MACs-vs-FLOPs", "FLOPs counted as MACs: one MAC is two", ("macs",), lambda r, v, s: r.value("flops")),
    NumberMistake("MACs-called-parameters", "the multiplications, not the weights", COUNTS, lambda r, v, s: r.value("macs")),
    NumberMistake("connections-without-bias", "the connection of each bias counted too", ("macs",),
         lambda r, v, s: r.value("macs") + r.value("activations") if of.biased(r) else None),
    NumberMistake("counted-outputs", "the number of outputs, which is not that of weights", COUNTS,
         lambda r, v, s: r.value("activations") if of.any_conv(r) or of.dense(r) else None),
    NumberMistake("activations-counted-as-parameters", "the number of outputs: a layer of this kind has no weights", COUNTS,
         lambda r, v, s: r.value("activations") if v == 0 else None),
    NumberMistake("counted-inputs", "the number of inputs, which is not that of weights", COUNTS,
         lambda r, v, s: product(r.xs[0]) if (of.any_conv(r) or of.dense(r)) else None),
    NumberMistake("added-instead-of-multiplied", "inputs and outputs added, not multiplied", COUNTS,
         lambda r, v, s: r.xs[0][-1] + r.layer.units if of.dense(r) else None),
    NumberMistake("bias-as-input-unit", "inputs and units added: each unit has a weight for each input", COUNTS,
         lambda r, v, s: r.xs[0][-1] + r.layer.units if of.dense(r) else None),
    NumberMistake("BN-per-activation", "two numbers for each value of the map, not for each channel", COUNTS,
         lambda r, v, s: 2 * (product(r.xs[0]) or 0) if r.kind == "BatchNormalization" and None not in r.xs[0] else None),
    NumberMistake("doubled", "twice the weights", COUNTS, lambda r, v, s: 2 * r.value("weights") if r.value("weights") else None),
    NumberMistake("doubled", "twice the number", COUNTS, lambda r, v, s: 2 * v if v else None),
    NumberMistake("pool-has-parameters", "a coefficient and a bias for each map: pooling has no weights", COUNTS,
         lambda r, v, s: 2 * r.x.channels if of.pool(r) else None),
    NumberMistake("pool-has-parameters", "counted like a convolution: pooling has no weights", COUNTS,
         lambda r, v, s: product((*r.layer.pool_size, r.x.channels, r.x.channels)) + r.x.channels if of.pool(r) else None),
    NumberMistake("forgot-4-bytes", "the number of values: each takes several bytes", ("memory", "weight_memory"),
         lambda r, v, s: v * 8 // s.bits if v else None),
    NumberMistake("counts-gradients", "twice the bytes, as if gradients were kept too", ("memory",), lambda r, v, s: 2 * v),
    NumberMistake("bias-counted-when-excluded", "the biases counted, though they are left out here", ("params",),
         lambda r, v, s: sum([w.count for w in r.weights]) if of.biased(r) else None),
    NumberMistake("BN-2C-vs-4C", "two numbers for each channel or four: whether the moving averages count", ("params",),
         of.other_norm),
)  # fmt: skip


class FieldMistake(NamedTuple):
    """A mistake about receptive fields: `through` in place of the right step, from `first`."""

    name: str
    words: str
    through: Callable[[Field, Any, LayerRun], Field]
    first: Field = Field()


#: Mistakes about receptive fields and jumps.
FIELD_MISTAKES = (
    FieldMistake("dilation-ignored", "the dilation is left out",
          lambda f, w, r: f.through(Window(w.size, w.stride))),
    FieldMistake("rf-adds-k", "the whole window added, not one less",
          lambda f, w, r: Field(f.size + w.extent, f.jump * w.stride, None), Field(0)),
    FieldMistake("rf-adds-k", "the whole window added at each step, not one less, and strides left out",
          lambda f, w, r: Field(f.size + w.extent, f.jump, None), Field(0)),
    FieldMistake("rf-adds-k", "the whole window times the jump added, not one less",
          lambda f, w, r: Field(f.size + w.extent * f.jump, f.jump * w.stride, None)),
    FieldMistake("rf-own-stride", "the growth multiplied by the layer's own stride too: only those before it count",
          lambda f, w, r: Field(f.size + (w.extent - 1) * f.jump * w.stride, f.jump * w.stride, None)),
    FieldMistake("rf-own-stride", "the growth multiplied by the layer's own stride, not by those before it",
          lambda f, w, r: Field(f.size + (w.extent - 1) * w.stride, f.jump * w.stride, None)),
    FieldMistake("rf-own-stride", "the field so far multiplied by the layer's own stride: that goes from the end backwards",
          lambda f, w, r: Field(f.size * w.stride + w.extent - w.stride, f.jump * w.stride, None)),
    FieldMistake("rf-equals-stride-product", "the product of the strides, which is the jump",
          lambda f, w, r: Field(f.jump * w.stride, f.jump * w.stride, None)),
    FieldMistake("rf-pooling-ignored", "the stride of pooling left out",
          lambda f, w, r: f.through(w)._replace(jump=f.jump) if of.pool(r) else f.through(w)),
    FieldMistake("rf-pooling-ignored", "pooling left out",
          lambda f, w, r: f if of.pool(r) else f.through(w)),
    FieldMistake("stride-ignored", "the strides are left out",
          lambda f, w, r: f.through(w)._replace(jump=f.jump)),
)  # fmt: skip


def runs_of(run: LayerRun, names: Collection[str] | None = None) -> list[tuple[int, Mistake, LayerRun]]:
    """The run with each slip that can be made in it, and the slip's place; `names` picks some."""
    found: list[tuple[int, Mistake, LayerRun]] = []
    if not run.xs or type(run.layer) is Model:
        return found
    for place, slip in enumerate(LAYER_MISTAKES):
        if names is not None and slip.name not in names:
            continue
        try:
            changed = slip.change(run)
        except CnncalcError:
            continue  # with this change the layer could not be computed
        if changed is not None:
            found.append((place, slip, changed))
    return found
