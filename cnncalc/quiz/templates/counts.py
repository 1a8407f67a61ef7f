"""Parameters, MACs and memory."""

from __future__ import annotations

from ..chain import Chain, Part
from ..question import Draft
from ..stream import Stream
from ..wording import BIASES, FLOAT32, FLOOR, ONE_MAC
from . import Template
from .about import Asked, question_about
from .draws import FILTERS, built, conv, depths, pool, strided
from .sizes import DILATED, SIZE_MISTAKES

PARAM_MISTAKES = frozenset([
    "forgot-bias", "forgot-input-channels", "one-bias-per-layer", "bias-per-input-channel", "forgot-number-of-filters",
    "kernel-area-forgotten", "per-position-weights", "multiplied-by-image-size", "kernel-side-for-area", "doubled", "counted-outputs",
    "counted-inputs", "MACs-called-parameters", "depthwise-vs-standard", "separable-bias-convention",
    "grouped-as-single-filter", "dilation-changes-params", "added-instead-of-multiplied",
])
MAC_MISTAKES = SIZE_MISTAKES | {"MACs-vs-FLOPs", "connections-without-bias", "forgot-input-channels", "forgot-number-of-filters",
                                "kernel-area-forgotten", "kernel-side-for-area", "multiplied-by-image-size"}
MEMORY_MISTAKES = SIZE_MISTAKES | {"forgot-4-bytes", "counts-gradients"}

PARAMS = Asked("params", "How many parameters does {it} have, weights and biases together?", (BIASES,),
               "what does one filter look at, and what does it add?", PARAM_MISTAKES)
MACS = Asked("macs", "How many MACs (multiply-accumulate operations) does {it} need for one image? One MAC is a multiplication with its addition; "
             "do not count the biases.", (ONE_MAC,), "how many products does one output need, and how many outputs are there?", MAC_MISTAKES)
MEMORY = Asked("memory", "How many bytes does {output} take for one image, in float32 (4 bytes per value)?", (FLOAT32,),
               "how many numbers does the layer put out, and how large is each?", MEMORY_MISTAKES)


def single(stream: Stream) -> Chain | None:
    """One convolution with stride 1."""
    n, kernel = stream.between(8, 48), stream.between(2, 7)
    channels, filters = depths(stream, kernel)
    return built((n, n, channels), [conv("conv", filters, kernel)])


def strided_conv(stream: Stream) -> Chain | None:
    """One convolution with stride and padding."""
    n = stream.between(12, 64)
    window = strided(stream, n)
    if window is None:
        return None
    channels, filters = depths(stream, window[0])
    return built((n, n, channels), [conv("conv", filters, *window)])


def several(stream: Stream, last: bool, largest: int = 56) -> Chain | None:
    """Convolution, pooling, and another convolution, or a dense layer on the flattened map."""
    n = stream.between(16 if largest < 100 else 40, largest)
    window = strided(stream, n)
    size = stream.between(2, 4)
    if window is None:
        return None
    channels, filters = depths(stream)
    parts = [conv("conv1", filters, *window), pool("pool1", size, stream.one([s for s in (2, 3) if s != size]))]
    if last:
        parts += [Part("flatten", "Flatten", {}), Part("dense", "Dense", {"units": stream.one((10, 16, 24, 32, 50, 64, 100, 128))})]
    else:
        kernel = stream.between(2, 5)
        if filters in (kernel, kernel**2):
            return None
        parts.append(conv("conv2", stream.one([f for f in FILTERS if f not in (filters, channels)]), kernel))
    return built((n, n, channels), parts)


def params_1(stream: Stream) -> Draft | None:
    chain = single(stream)
    return question_about(chain, "conv", PARAMS)


def params_2(stream: Stream) -> Draft | None:
    chain = strided_conv(stream)
    return question_about(chain, "conv", PARAMS)


def params_3(stream: Stream) -> Draft | None:
    dense = stream.below(2) == 0
    chain = several(stream, dense)
    # The parameters of a convolution do not depend on sizes, those of a dense layer do.
    sizes = {"forgot-plus-one", "kernel-not-subtracted", "stride-ignored", "assumed-same-padding"} if dense else {"output-depth-is-input-depth"}
    asked = PARAMS._replace(mistakes=PARAM_MISTAKES | sizes, conventions=(BIASES, FLOOR))
    return question_about(chain, "dense" if dense else "conv2", asked, throughout=True)


def params_4(stream: Stream) -> Draft | None:
    """Groups, a depthwise separable convolution, or dilation."""
    sort, kernel, n = stream.below(3), stream.between(2, 6), stream.between(14, 48)
    if sort == 0:
        groups = stream.one((2, 4))
        channels, filters = depths(stream, kernel)
        if channels % groups or filters % groups or channels // groups in (kernel, kernel**2):
            return None
        part = conv("conv", filters, kernel, groups=groups)
    elif sort == 1:
        channels, filters = depths(stream, kernel)
        part = Part("conv", "SeparableConv2D", {"filters": filters, "kernel_size": kernel})
    else:
        channels, filters = depths(stream, kernel)
        part = conv("conv", filters, kernel, dilation_rate=stream.between(2, 3))
    chain = built((n, n, channels), [part])
    more = "It has one bias per filter of its pointwise part and none in between." if sort == 1 else ""
    asked = PARAMS._replace(mistakes=PARAM_MISTAKES | {"AlexNet-groups"}) if sort == 0 else PARAMS
    return question_about(chain, "conv", asked, more=more)


def macs_1(stream: Stream) -> Draft | None:
    chain = single(stream)
    return question_about(chain, "conv", MACS)


def macs_2(stream: Stream) -> Draft | None:
    chain = strided_conv(stream)
    return question_about(chain, "conv", MACS._replace(conventions=(ONE_MAC, FLOOR)))


def macs_3(stream: Stream) -> Draft | None:
    chain = several(stream, False)
    return question_about(chain, "conv2", MACS._replace(conventions=(ONE_MAC, FLOOR)), throughout=True)


def macs_4(stream: Stream) -> Draft | None:
    """Groups with a stride, or dilation."""
    n = stream.between(14, 64)
    window = strided(stream, n)
    if window is None:
        return None
    kernel, stride, padding = window
    channels, filters = depths(stream, kernel)
    if stream.below(2):
        groups = stream.one((2, 4))
        if channels % groups or filters % groups or channels // groups in (kernel, kernel**2):
            return None
        part = conv("conv", filters, kernel, stride, padding, groups=groups)
    else:
        part = conv("conv", filters, stream.between(2, 5), stride, padding, dilation_rate=stream.between(2, 3))
    chain = built((n, n, channels), [part])
    return question_about(chain, "conv", MACS._replace(conventions=(ONE_MAC, FLOOR), mistakes=MAC_MISTAKES | DILATED | {"AlexNet-groups"}))


def memory_1(stream: Stream) -> Draft | None:
    chain = single(stream)
    return question_about(chain, "conv", MEMORY)


def memory_2(stream: Stream) -> Draft | None:
    chain = strided_conv(stream)
    return question_about(chain, "conv", MEMORY._replace(conventions=(FLOAT32, FLOOR)))


def memory_3(stream: Stream) -> Draft | None:
    chain = several(stream, False, 160)
    return question_about(chain, "conv2", MEMORY._replace(conventions=(FLOAT32, FLOOR)), throughout=True)


def memory_4(stream: Stream) -> Draft | None:
    """A dilated convolution with stride and padding."""
    n = stream.between(24, 128)
    window = strided(stream, n)
    if window is None:
        return None
    channels, filters = depths(stream)
    layer = conv("conv", filters, stream.between(2, 5), window[1], window[2], dilation_rate=stream.between(2, 4))
    chain = built((n, n, channels), [layer])
    return question_about(chain, "conv", MEMORY._replace(conventions=(FLOAT32, FLOOR), mistakes=MEMORY_MISTAKES | DILATED))


TEMPLATES = {
    **{("params", i): Template("params", i, draw, PARAM_MISTAKES) for i, draw in enumerate((params_1, params_2, params_3, params_4), 1)},
    **{("macs", i): Template("macs", i, draw, MAC_MISTAKES) for i, draw in enumerate((macs_1, macs_2, macs_3, macs_4), 1)},
    **{("memory", i): Template("memory", i, draw, MEMORY_MISTAKES) for i, draw in enumerate((memory_1, memory_2, memory_3, memory_4), 1)},
}
