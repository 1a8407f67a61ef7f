"""Output shapes of pooling layers."""

from __future__ import annotations

from ..question import Draft
from ..stream import Stream
from . import Template
from .about import question_about
from .draws import built, conv, depths, leaves_remainder, pool, strided
from .sizes import ROUNDED, SHAPE, SIZE_MISTAKES

POOL_MISTAKES = SIZE_MISTAKES | {"pool-default-stride", "pool-changes-channels", "pool-acts-on-channels", "same-with-stride-floor"}
PADDED_MISTAKES = POOL_MISTAKES | {"same-padding-equals-kernel", "same-padding-is-always-1"}
KINDS = ("MaxPooling2D", "AveragePooling2D")


def _channels(stream: Stream, size: int) -> int:
    """Channels that have as many digits if they are divided by the window's size."""
    return size * stream.between(10, 96 // size)


def _alike(draft: Draft | None) -> Draft | None:
    """The question without wrong answers whose channels have fewer digits: they would make the right one the longest."""
    return draft and draft._replace(wrong=lambda: [w for w in draft.wrong() if len(str(w.value).split(", ")[-1]) > 2])


def stride_one(stream: Stream) -> Draft | None:
    n, size = stream.between(12, 60), stream.between(2, 6)
    chain = built((n, n, _channels(stream, size)), [pool("pool", size, 1, kind=stream.one(KINDS))])
    return _alike(question_about(chain, "pool", SHAPE._replace(mistakes=POOL_MISTAKES)))


def with_stride(stream: Stream) -> Draft | None:
    n, size, stride, padding = stream.between(17, 112), stream.between(2, 6), stream.between(2, 4), stream.between(0, 2)
    if size == stride or 2 * padding > size or padding == stride or not leaves_remainder(n, size, stride, padding):
        return None
    chain = built((n, n, _channels(stream, max(size, stride))), [pool("pool", size, stride, padding, kind=stream.one(KINDS))])
    return _alike(question_about(chain, "pool", ROUNDED._replace(mistakes=POOL_MISTAKES)))


def behind_convolution(stream: Stream) -> Draft | None:
    n = stream.between(32, 112)
    window = strided(stream, n)
    size, stride = stream.between(2, 5), stream.between(2, 3)
    if window is None or size == stride:
        return None
    channels, filters = depths(stream)
    chain = built((n, n, channels), [conv("conv1", filters, *window), pool("pool1", size, stride)])
    if chain is None or not leaves_remainder(int(chain.runs[1].xs[0][0]), size, stride, 0):
        return None
    return question_about(chain, "pool1", ROUNDED._replace(mistakes=POOL_MISTAKES), throughout=True)


def padded_same(stream: Stream) -> Draft | None:
    n, kernel, stride = stream.between(41, 160), stream.between(3, 7), stream.between(2, 3)
    size = stream.between(2, 5)
    channels, filters = depths(stream, kernel)
    chain = built((n, n, channels), [conv("conv1", filters, kernel, stride, "same"), pool("pool1", size, 2 if size != 2 else 3, "same")])
    if chain is None or n % stride == 0:
        return None
    inner = int(chain.runs[1].xs[0][0])
    if inner % int(chain.parts[1].settings["strides"]) == 0:  # type: ignore[arg-type]
        return None
    return question_about(chain, "pool1", SHAPE._replace(mistakes=PADDED_MISTAKES), throughout=True,
                          more="With padding 'same', the layers pad as Keras does.")


TEMPLATES = {("pool", level): Template("pool", level, draw, POOL_MISTAKES) for level, draw in enumerate(
    (stride_one, with_stride, behind_convolution, padded_same), 1)}
