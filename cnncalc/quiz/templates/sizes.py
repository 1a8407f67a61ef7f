"""Output shapes of convolutions."""

from __future__ import annotations

from ..chain import Part
from ..question import Draft
from ..stream import Stream
from ..wording import FLOOR
from . import Template
from .about import Asked, question_about
from .draws import FILTERS, built, conv, depths, pool, strided

SIZE_MISTAKES = frozenset([
    "forgot-plus-one", "plus-one-twice", "kernel-not-subtracted", "stride-ignored", "assumed-same-padding", "pad-added-once",
    "padding-ignored", "padding-applied-twice", "ceil-or-round-instead-of-floor", "output-depth-is-input-depth", "dilation-ignored",
    "concat-treated-as-add", "dropped-pool-branch",
])
SHAPE = Asked("output", "What is the shape of {output} (height × width × channels)?", (), "how often does the window fit, with its stride and padding?",
              SIZE_MISTAKES)
DILATED = SIZE_MISTAKES | {"dilation-base-0-vs-1"}
ROUNDED = SHAPE._replace(conventions=(FLOOR,))


def one_formula(stream: Stream) -> Draft | None:
    n, kernel = stream.between(16, 72), stream.between(2, 9)
    channels, filters = depths(stream, kernel)
    chain = built((n, n, channels), [conv("conv", filters, kernel)])
    return question_about(chain, "conv", SHAPE)


def with_stride(stream: Stream) -> Draft | None:
    n = stream.between(20, 112)
    window = strided(stream, n)
    if window is None:
        return None
    kernel, stride, padding = window
    channels, filters = depths(stream, kernel)
    chain = built((n, n, channels), [conv("conv", filters, kernel, stride, padding)])
    return question_about(chain, "conv", ROUNDED)


def three_layers(stream: Stream) -> Draft | None:
    n = stream.between(40, 128)
    window = strided(stream, n)
    if window is None:
        return None
    channels, filters = depths(stream)
    parts = [conv("conv1", filters, *window), pool("pool1", stream.one((2, 3, 4)), stream.one((2, 3))),
             conv("conv2", stream.one([f for f in FILTERS if f not in (filters, channels)]), stream.between(2, 5))]
    if parts[1].settings["pool_size"] == parts[1].settings["strides"]:
        return None
    chain = built((n, n, channels), parts)
    return question_about(chain, "conv2", ROUNDED, throughout=True)


def dilated_or_branched(stream: Stream) -> Draft | None:
    n = stream.between(24, 96)
    window = strided(stream, n)
    if window is None:
        return None
    kernel, stride, padding = window
    channels, filters = depths(stream, kernel)
    if stream.below(2):
        layer = conv("conv", filters, stream.between(2, 5), stride, padding, dilation_rate=stream.between(2, 4))
        chain = built((n, n, channels), [layer])
        return question_about(chain, "conv", ROUNDED._replace(mistakes=DILATED))
    parts = [conv("conv", filters, kernel, stride, padding)._replace(inputs=("input",)),
             pool("pool", kernel, stride, padding)._replace(inputs=("input",)), Part("concat", "Concatenate", {}, ("conv", "pool"))]
    draft = question_about(built((n, n, channels), parts), "concat", ROUNDED, throughout=True)
    if draft is None:
        return None
    # Wrong in the size or wrong in the depth, not both kinds at once: the right shape would share most with all.
    part, right = stream.one((slice(None, -1), slice(-1, None))), draft.answer
    return draft._replace(wrong=lambda: [w for w in draft.wrong() if isinstance(w.value, tuple) and isinstance(right, tuple) and w.value[part] == right[part]])


TEMPLATES = {("size", level): Template("size", level, draw, SIZE_MISTAKES) for level, draw in enumerate(
    (one_formula, with_stride, three_layers, dilated_or_branched), 1)}
