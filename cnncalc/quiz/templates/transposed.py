"""Output shapes of transposed convolutions."""

from __future__ import annotations

from ..chain import Part
from ..question import Draft
from ..stream import Stream
from . import Template
from .about import Asked, question_about
from .draws import FILTERS, built, depths

MISTAKES = frozenset([
    "transposed-output-padding", "transposed-course-vs-framework", "transposed-used-direct-formula", "transposed-forgot-minus-one",
    "stride-ignored", "output-depth-is-input-depth", "dilation-ignored", "dilation-base-0-vs-1",
])
SHAPE = Asked("output", "What is the shape of {output} (height × width × channels)?", ("padding p crops p pixels on each side of the output",),
              "how far apart do the inputs land, how wide is the last window, and what does the padding crop?", MISTAKES)


def transposed(name: str, filters: int, kernel: int, stride: int, padding: int, output_padding: int = 0, dilation: int = 1) -> Part:
    """A transposed convolution; no padding is written as 'valid'."""
    settings: dict[str, int | str | list[int]] = {"filters": filters, "kernel_size": kernel}
    settings |= {"strides": stride} if stride != 1 else {}
    settings |= {"padding": padding}
    settings |= {"output_padding": output_padding} if output_padding else {}
    settings |= {"dilation_rate": dilation} if dilation != 1 else {}
    return Part(name, "Conv2DTranspose", settings)


def stride_one(stream: Stream) -> Draft | None:
    n, kernel = stream.between(6, 64), stream.between(2, 9)
    channels, filters = depths(stream, kernel)
    chain = built((n, n, channels), [transposed("up", filters, kernel, 1, 0)])
    return question_about(chain, "up", SHAPE._replace(conventions=()))


def with_stride(stream: Stream) -> Draft | None:
    n, kernel, stride, padding = stream.between(6, 64), stream.between(2, 8), stream.between(2, 4), stream.between(1, 3)
    if kernel == stride + 2 * padding or padding == stride or kernel <= padding or kernel == 2 * padding + 1:
        return None
    channels, filters = depths(stream, kernel)
    chain = built((n, n, channels), [transposed("up", filters, kernel, stride, padding)])
    return question_about(chain, "up", SHAPE)


def two_layers(stream: Stream) -> Draft | None:
    n, channels = stream.between(4, 24), stream.one(FILTERS)
    filters = stream.some([f for f in FILTERS if f != channels], 2)
    parts = []
    for i in range(2):
        kernel, stride, padding = stream.between(2, 7), stream.between(2, 3), stream.between(1, 2)
        if kernel == stride + 2 * padding or padding == stride or kernel <= padding:
            return None
        parts.append(transposed(f"up{i + 1}", filters[i], kernel, stride, padding))
    chain = built((n, n, channels), parts)
    return question_about(chain, "up2", SHAPE, throughout=True)


def with_output_padding(stream: Stream) -> Draft | None:
    n, kernel, stride, padding = stream.between(6, 48), stream.between(2, 6), stream.between(2, 4), stream.between(1, 3)
    extra, dilation = stream.between(0, stride - 1), stream.between(1, 3)
    if (extra == 0 and dilation == 1) or dilation * (kernel - 1) + 1 + extra == stride + 2 * padding or padding == stride:
        return None
    channels, filters = depths(stream, kernel)
    chain = built((n, n, channels), [transposed("up", filters, kernel, stride, padding, extra, dilation)])
    return question_about(chain, "up", SHAPE)


TEMPLATES = {("transposed", level): Template("transposed", level, draw, MISTAKES) for level, draw in enumerate(
    (stride_one, with_stride, two_layers, with_output_padding), 1)}
