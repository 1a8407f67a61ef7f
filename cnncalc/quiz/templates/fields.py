"""Receptive fields."""

from __future__ import annotations

from ..chain import Part
from ..question import Draft
from ..stream import Stream
from ..wording import PER_AXIS
from . import Template
from .about import Asked, question_about
from .draws import FILTERS, built, conv, pool

MISTAKES = frozenset([
    "dilation-ignored", "rf-adds-k", "rf-own-stride", "rf-equals-stride-product", "rf-multiplied", "rf-pooling-ignored", "stride-ignored",
    "rf-row-shifted", "rf-own-window-only", "rf-forgot-first-pixel",
])
FIELD = Asked("receptive_field", "How large is the receptive field of one output of {it}, in pixels of the input along one side?", (PER_AXIS,),
              "how many pixels does each window add, and how large are its steps?", MISTAKES)


def _filters(stream: Stream, count: int) -> list[int]:
    return stream.some(FILTERS, count)


def stride_one(stream: Stream) -> Draft | None:
    """Windows that add up to a field drawn first, so that all fields are as likely."""
    field, count = stream.between(9, 56), stream.between(2, 4)
    if field > 16 * count:
        return None
    kernels, left = [], field - 1
    for i in range(count, 1, -1):
        low, high = max(1, left - 17 * (i - 1)), min(17, left - (i - 1))
        if low > high:
            return None
        kernels.append(stream.between(low, high) + 1)
        left -= kernels[-1] - 1
    kernels.append(left + 1)
    if len(set(kernels)) < len(kernels) or max(kernels) > 18:
        return None
    chain = built((128, 128, stream.one((3, 4))), [conv(f"conv{i + 1}", f, k) for i, (f, k) in enumerate(zip(_filters(stream, count), kernels))])
    return question_about(chain, f"conv{count}", FIELD)


def with_stride(stream: Stream) -> Draft | None:
    """A stride before the last layer."""
    count = stream.between(2, 3)
    filters = _filters(stream, count)
    parts = [conv(f"conv{i + 1}", filters[i], stream.between(2, 9), stream.between(2, 5) if i < count - 1 else stream.between(1, 3))
             for i in range(count)]
    chain = built((224, 224, stream.one((3, 4))), parts)
    return question_about(chain, f"conv{count}", FIELD)


def with_pools(stream: Stream) -> Draft | None:
    """Convolutions with pooling in between."""
    count = stream.between(2, 3)
    filters = _filters(stream, count)
    parts: list[Part] = []
    for i in range(count):
        parts.append(conv(f"conv{i + 1}", filters[i], stream.between(2, 7), stream.between(1, 2)))
        if i < count - 1:
            size = stream.between(2, 4)
            parts.append(pool(f"pool{i + 1}", size, stream.one([s for s in (2, 3) if s != size])))
    chain = built((224, 224, stream.one((3, 4))), parts)
    return question_about(chain, f"conv{count}", FIELD)


def dilated(stream: Stream) -> Draft | None:
    """Dilation behind a stride or a pool."""
    filters = _filters(stream, 3)
    parts = [conv("conv1", filters[0], stream.between(3, 7), stream.between(1, 3)),
             conv("conv2", filters[1], stream.between(2, 5), dilation_rate=stream.between(2, 4)),
             conv("conv3", filters[2], stream.between(2, 6), dilation_rate=stream.between(1, 3))]
    if stream.below(2):
        size = stream.between(2, 4)
        parts.insert(1, pool("pool1", size, stream.one([s for s in (2, 3) if s != size])))
    parts = [part._replace(settings={k: v for k, v in part.settings.items() if (k, v) != ("dilation_rate", 1)}) for part in parts]
    if len(parts) == 3 and "strides" not in parts[0].settings:
        return None
    chain = built((224, 224, stream.one((3, 4))), parts)
    return question_about(chain, "conv3", FIELD)


TEMPLATES = {("field", level): Template("field", level, draw, MISTAKES, level == 4) for level, draw in enumerate(
    (stride_one, with_stride, with_pools, dilated), 1)}
