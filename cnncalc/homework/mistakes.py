"""The mistakes that people make: each is the layer, the field or the network with one thing changed.

A slip has a name, the words for it, and the change. What the changed layer gives is
compared with what was claimed; nothing here says what any wrong answer is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from ..analysis import Model
from ..errors import CnncalcError
from ..layers.norm import BatchNormalization
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
    change: Callable[[LayerRun, Any, Settings], object]

    def value(self, run: LayerRun, quantity: str, settings: Settings) -> object:
        """What it makes of a quantity of the run; `None` where that is not known."""
        right = run.value(quantity, settings)
        return None if right is None else self.change(run, right, settings)


COUNTS = ("params", "weights", "biases", "trainable_params")

#: What is changed of a layer, the likeliest mistakes first.
LAYER_MISTAKES = (
    # Counting weights.
    Mistake("forgot-bias", "the biases are left out", lambda r: r.set(use_bias=False) if of.biased(r) else None, COUNTS),
    Mistake("forgot-input-channels", "the depth of the filters, the input channels, is left out",
         of.without_channels),
    Mistake("one-bias-per-layer", "one bias is counted for the whole layer instead of one per filter or unit",
         lambda r: of.bias_is(r, (1,)), COUNTS),
    Mistake("bias-per-input-channel", "a bias is counted for each input channel instead of each filter",
         lambda r: of.bias_is(r, (r.x.channels,)), COUNTS),
    Mistake("bias-per-input-channel", "a bias is counted for each input channel of each filter",
         lambda r: of.bias_is(r, (r.x.channels, r.layer.filters)) if of.conv(r) else None, COUNTS),
    Mistake("forgot-number-of-filters", "the weights of one filter only", lambda r: of.one_filter(r, ()), COUNTS),
    Mistake("forgot-number-of-filters", "the weights of one filter only", lambda r: of.one_filter(r, (1,)), COUNTS),
    Mistake("forgot-number-of-filters", "the weights of one filter and the biases of all", lambda r: of.one_filter(r, None),
         COUNTS),
    Mistake("kernel-area-forgotten", "the area of the window is left out",
         lambda r: of.without_area(r, ()), COUNTS),
    Mistake("kernel-area-forgotten", "the area of the window is left out",
         of.without_area, COUNTS),
    Mistake("per-position-weights", "each output position has its own weights, but filters are shared",
         lambda r: of.at_every_place(r, True), COUNTS),
    Mistake("per-position-weights", "each output position has its own weights, but filters are shared",
         lambda r: of.at_every_place(r, False), COUNTS),
    *[Mistake("multiplied-by-image-size", "the weights are multiplied by the size of the image", lambda r, b=biases: of.times_the_image(r, b),  # type: ignore[misc]
         COUNTS) for biases in ("once", "too", "none")],
    *[Mistake("kernel-side-for-area", "the side of the window is used for its area", lambda r, b=bias: of.side_for_area(r, b), COUNTS)  # type: ignore[misc]
      for bias in (None, ())],
    Mistake("wrong-input-channels", "counted for a color image", lambda r: of.channels(r, 3), COUNTS),
    Mistake("wrong-input-channels", "counted for a grayscale image",
         lambda r: of.channels(r, 1) if r.x.channels == 3 else None, COUNTS),
    Mistake("depthwise-vs-standard", "counted as an ordinary convolution, not a separable one", of.as_standard),
    Mistake("separable-bias-convention", "a second bias, between the two parts", of.two_biases, COUNTS),
    Mistake("AlexNet-groups", "counted without groups, but each filter sees only its own group", lambda r: of.grouped(r, 1)),
    Mistake("AlexNet-groups", "counted with two groups", lambda r: of.grouped(r, 2)),
    Mistake("grouped-as-single-filter", "the weights of one filter of one group",
         lambda r: of.one_filter(r, ()) if of.conv(r) and r.layer.groups > 1 else None, COUNTS),
    Mistake("grouped-as-single-filter", "the weights of one filter over all channels",
         lambda r: of.one_filter(LayerRun(r.set(groups=1).layer, r.xs), ()) if of.conv(r) and r.layer.groups > 1 else None, COUNTS),
    Mistake("LeNet-C3-full-vs-partial", "only some pairs of feature maps are connected, as in the original LeNet",
         of.connected_pairs),
    Mistake("BN-one-per-channel", "one parameter per channel; batch normalization has four",
         lambda r: of.batch_norm(r, ("gamma",)), COUNTS),
    Mistake("dense-without-flatten", "the whole map is counted, but without Flatten the layer reads the last axis only",
         of.unflattened),
    Mistake("dilation-changes-params", "the holes of a dilated window are counted as weights", of.spanned),
    Mistake("channel-order", "the channels are read from the other end of the shape", of.read_as_other_order),
    # Sizes of outputs.
    Mistake("same-with-stride-floor", "rounded down; 'same' rounds the size over the stride up",
         lambda r: of.ruled(r, lambda w, n: n // w.stride, of.same(r))),
    Mistake("forgot-plus-one", "the plus one at the end is left out",
         lambda r: of.ruled(r, lambda w, n: (n + w.padding - w.extent) // w.stride, not of.same(r))),
    Mistake("forgot-plus-one", "the plus one at the end is left out",
         lambda r: of.ruled(r, lambda w, n: (n + w.padding - w.extent) // w.stride, of.same(r))),
    Mistake("ceil-or-round-instead-of-floor", "rounded up, but a window that does not fit is not counted",
         lambda r: of.ruled(r, lambda w, n: ceil_div(n + w.padding - w.extent, w.stride) + 1, not of.same(r))),
    Mistake("pool-default-stride", "a stride of one is assumed", lambda r: of.stride(r, 1) if of.pool(r) else None),
    Mistake("pool-default-stride", "the size of the window is used as the stride", lambda r: of.stride(r, None) if of.pool(r) else None),
    Mistake("stride-ignored", "the stride is left out", lambda r: of.stride(r, 1), ("output", "activations", "memory", "macs",
                                                                                "flops", "jump", "stride")),
    Mistake("assumed-same-padding", "the size is computed as with padding 'same'",
         lambda r: r.set(padding="same") if of.slides(r) and not of.same(r) else None),
    Mistake("assumed-same-padding", "the size is left unchanged", lambda r: of.ruled(r, lambda w, n: n, not of.same(r))),
    Mistake("pad-added-once", "the padding is added once, but it is on both sides", of.pad_once),
    Mistake("padding-ignored", "the padding is left out", lambda r: of.no_padding(r) if not of.same(r) else None),
    Mistake("padding-ignored", "the padding is left out", lambda r: of.no_padding(r) if of.same(r) else None),
    Mistake("plus-one-twice", "one too large: the plus one is added twice",
         lambda r: of.ruled(r, lambda w, n: (n + w.padding - w.extent) // w.stride + 2, not of.same(r))),
    Mistake("plus-one-twice", "one too large: the plus one is added twice",
         lambda r: of.ruled(r, lambda w, n: w.places(n) + 1, of.same(r))),
    Mistake("kernel-not-subtracted", "the size of the window is not subtracted",
         lambda r: of.ruled(r, lambda w, n: (n + w.padding) // w.stride)),
    Mistake("kernel-not-subtracted", "the size of the window is not subtracted, and the result is rounded up",
         lambda r: of.ruled(r, lambda w, n: ceil_div(n + w.padding, w.stride))),
    Mistake("kernel-not-subtracted", "the size of the window is not subtracted",
         lambda r: of.ruled(r, lambda w, n: (n + w.padding) // w.stride + 1)),
    Mistake("output-depth-is-input-depth", "the depth of the input is kept, but each filter makes one channel",
         lambda r: of.deep(r, r.x.channels) if of.any_conv(r) else None),
    *[Mistake("pool-changes-channels", "the channels are divided too, but pooling keeps their number",
         lambda r, by=by: of.pooled_channels(r, False, by)) for by in ("stride", "size", "area")],  # type: ignore[misc]
    Mistake("pool-acts-on-channels", "the channels are pooled instead of the positions", lambda r: of.pooled_channels(r, True)),
    Mistake("TF-valid-floor-formula", "the short formula for 'valid', rounded down instead of up",
         lambda r: of.ruled(r, lambda w, n: (n + w.padding - w.extent + 1) // w.stride, not of.same(r))),
    Mistake("pad-added-to-channels", "the padding is added to the channels too", lambda r: of.more_channels(r, 2)),
    Mistake("pad-added-to-channels", "the padding is added to the channels too", lambda r: of.more_channels(r, 1)),
    Mistake("padding-applied-twice", "the padding is added twice", of.pad_twice),
    Mistake("same-padding-equals-kernel", "padding as large as the window, but 'same' needs half of it",
         lambda r: of.ruled(r, lambda w, n: of.floor(n, w, 2 * w.extent), of.same(r))),
    Mistake("same-padding-is-always-1", "a padding of one, but 'same' needs half of the window",
         lambda r: of.ruled(r, lambda w, n: of.floor(n, w, 2), of.same(r))),
    Mistake("2p-vs-total-p", "the padding of both sides together is added on each side", of.pad_twice),
    Mistake("2p-vs-total-p", "the padding of each side is taken for that of both together", of.pad_once),
    Mistake("dilation-ignored", "the dilation is left out, but it widens the window",
         lambda r: of.dilated(r, lambda d: 1)),
    Mistake("dilation-base-0-vs-1", "dilation is counted from zero", lambda r: of.dilated(r, lambda d: d + 1)),
    Mistake("dilation-base-0-vs-1", "dilation is counted from zero", lambda r: of.dilated(r, lambda d: d - 1)),
    Mistake("transposed-output-padding", "the size is multiplied by the stride", lambda r: of.transposed(r, lambda w, n: n * w.stride)),
    Mistake("transposed-output-padding", "the output padding is left out", of.no_output_padding),
    Mistake("transposed-course-vs-framework", "the padding is subtracted once, but it is on both sides",
         lambda r: of.transposed(r, lambda w, n: (n - 1) * w.stride + w.extent - w.crop + w.extra)),
    Mistake("transposed-used-direct-formula", "the formula of an ordinary convolution",
         lambda r: of.transposed(r, lambda w, n: largest(0, (n + w.padding - w.extent) // w.stride + 1))),
    Mistake("transposed-forgot-minus-one", "the size itself is multiplied by the stride, but there is one stride less than inputs",
         lambda r: of.transposed(r, lambda w, n: n * w.stride + w.extent - 2 * w.crop + w.extra)),
    Mistake("concat-treated-as-add", "the channels of one input only, but concatenation adds them up",
         lambda r: of.merged(r, lambda xs: xs[0][-1])),
    *[Mistake("dropped-pool-branch", "one of the inputs is left out", lambda r, i=i: of.merged(r, of.branches_but(i)))  # type: ignore[misc]
      for i in (3, 2, 1, 0, 4, 5)],
    Mistake("h-w-swapped", "height and width are swapped", of.swapped),
    Mistake("h-w-swapped", "height and width of the window are swapped", lambda r: of.swapped_settings(r, "kernel_size")),
    Mistake("h-w-swapped", "height and width of the stride are swapped", lambda r: of.swapped_settings(r, "strides")),
    Mistake("h-w-swapped", "height and width of the padding are swapped", lambda r: of.swapped_settings(r, "padding")),
    Mistake("h-w-swapped", "height and width of window, stride and padding are swapped",
         lambda r: of.swapped_settings(r, "kernel_size", "strides", "padding")),
)


#: What is changed of a number as a whole.
NUMBER_MISTAKES = (
    NumberMistake("MACs-vs-FLOPs", "MACs are given for FLOPs; one MAC is two FLOPs", ("flops",), lambda r, v, s: r.value("macs")),
    NumberMistake("MACs-vs-FLOPs", "FLOPs are given for MACs; one MAC is two FLOPs", ("macs",), lambda r, v, s: r.value("flops")),
    NumberMistake("MACs-called-parameters", "multiplications are counted, not weights", COUNTS, lambda r, v, s: r.value("macs")),
    NumberMistake("connections-without-bias", "the connection of each bias is counted too", ("macs",),
         lambda r, v, s: r.value("macs") + r.value("activations") if of.biased(r) else None),
    NumberMistake("counted-outputs", "the outputs are counted, not the weights", COUNTS,
         lambda r, v, s: r.value("activations") if of.any_conv(r) or of.dense(r) else None),
    NumberMistake("counted-outputs", "the positions of the output are counted, not the weights", COUNTS,
         lambda r, v, s: product(r.outputs[0].spatial) if of.any_conv(r) and r.outputs else None),
    NumberMistake("activations-counted-as-parameters", "the outputs are counted, but this layer has no weights", COUNTS,
         lambda r, v, s: r.value("activations") if v == 0 else None),
    NumberMistake("counted-inputs", "the inputs are counted, not the weights", COUNTS,
         lambda r, v, s: product(r.xs[0]) if (of.any_conv(r) or of.dense(r)) else None),
    NumberMistake("added-instead-of-multiplied", "inputs and outputs are added, not multiplied", COUNTS,
         lambda r, v, s: r.xs[0][-1] + r.layer.units if of.dense(r) else None),
    NumberMistake("bias-as-input-unit", "inputs and units are added, but each unit has a weight for each input", COUNTS,
         lambda r, v, s: r.xs[0][-1] + r.layer.units if of.dense(r) else None),
    NumberMistake("BN-per-activation", "two parameters per value of the map instead of per channel", COUNTS,
         lambda r, v, s: 2 * (product(r.xs[0]) or 0) if isinstance(r.layer, BatchNormalization) and None not in r.xs[0] else None),
    NumberMistake("doubled", "the weights are doubled", COUNTS, lambda r, v, s: 2 * r.value("weights") if r.value("weights") else None),
    NumberMistake("doubled", "the number is doubled", COUNTS, lambda r, v, s: 2 * v if v else None),
    *[NumberMistake("pool-has-parameters", "parameters are counted for pooling, which has none", COUNTS, count)
      for count in of.POOL_COUNTS],
    NumberMistake("forgot-4-bytes", "the values are counted, but each takes several bytes", ("memory", "weight_memory"),
         lambda r, v, s: v * 8 // s.bits if v else None),
    NumberMistake("counts-gradients", "the bytes are doubled, as if gradients were stored too", ("memory",), lambda r, v, s: 2 * v),
    NumberMistake("bias-counted-when-excluded", "the biases are counted, but this key excludes them", ("params",),
         lambda r, v, s: sum([w.count for w in r.weights]) if of.biased(r) else None),
    NumberMistake("BN-2C-vs-4C", "the moving averages of batch normalization are counted, or left out", ("params",),
         of.other_norm),
)


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
    FieldMistake("rf-adds-k", "the whole window is added, not one less",
          lambda f, w, r: Field(f.size + w.extent, f.jump * w.stride, None), Field(0)),
    FieldMistake("rf-adds-k", "the whole window is added, not one less, and strides are left out",
          lambda f, w, r: Field(f.size + w.extent, f.jump, None), Field(0)),
    FieldMistake("rf-adds-k", "the whole window times the jump is added, not one less",
          lambda f, w, r: Field(f.size + w.extent * f.jump, f.jump * w.stride, None)),
    FieldMistake("rf-own-stride", "the growth is multiplied by the layer's own stride too, but only earlier strides count",
          lambda f, w, r: Field(f.size + (w.extent - 1) * f.jump * w.stride, f.jump * w.stride, None)),
    FieldMistake("rf-own-stride", "the growth is multiplied by the layer's own stride instead of the earlier ones",
          lambda f, w, r: Field(f.size + (w.extent - 1) * w.stride, f.jump * w.stride, None)),
    FieldMistake("rf-own-stride", "the field so far is multiplied by the layer's own stride, which works from the end backwards",
          lambda f, w, r: Field(f.size * w.stride + w.extent - w.stride, f.jump * w.stride, None)),
    FieldMistake("rf-own-window-only", "only the layer's own window, without the earlier layers",
          lambda f, w, r: Field(w.extent, f.jump * w.stride, None)),
    FieldMistake("rf-forgot-first-pixel", "the first pixel is left out: only what the windows add is summed",
          lambda f, w, r: f.through(w), Field(0)),
    FieldMistake("rf-equals-stride-product", "the product of the strides, which is the jump, not the field",
          lambda f, w, r: Field(f.jump * w.stride, f.jump * w.stride, None)),
    FieldMistake("rf-multiplied", "the receptive fields are multiplied",
          lambda f, w, r: Field(f.size * w.extent, f.jump * w.stride, None)),
    FieldMistake("rf-pooling-ignored", "the stride of pooling is left out",
          lambda f, w, r: f.through(w)._replace(jump=f.jump) if of.pool(r) else f.through(w)),
    FieldMistake("rf-pooling-ignored", "pooling is left out",
          lambda f, w, r: f if of.pool(r) else f.through(w)),
    FieldMistake("stride-ignored", "the strides are left out",
          lambda f, w, r: f.through(w)._replace(jump=f.jump)),
)


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
