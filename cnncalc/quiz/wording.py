"""Layers and networks in a lecturer's English."""

from __future__ import annotations

from .chain import Chain, Part

FLOOR = "sizes are rounded down"
BIASES = "biases count as parameters"
ONE_MAC = "one MAC is a multiplication with its addition; biases are not counted"
FLOAT32 = "float32, 4 bytes per value; one image"
PER_AXIS = "the receptive field is counted in pixels along one side"
CROSS_CORRELATION = "the filter is not flipped"

_KINDS = {
    "Conv2D": "convolution", "MaxPooling2D": "max pooling", "AveragePooling2D": "average pooling", "Flatten": "flatten",
    "Dense": "dense layer", "SeparableConv2D": "depthwise separable convolution", "DepthwiseConv2D": "depthwise convolution",
    "Conv2DTranspose": "transposed convolution", "Concatenate": "concatenation along the channels",
}


def counted(n: object, thing: str) -> str:
    """`3 filters`, `1 filter`."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}" if isinstance(n, int) else f"{n} {thing}s"


def an(n: int) -> str:
    """A number with its article: `a 9`, `an 8`."""
    return f"{'an' if str(n)[0] == '8' or n in (11, 18) else 'a'} {n}"


def square(n: object) -> str:
    return f"{n}×{n}"


def image(size: tuple[int, ...]) -> str:
    """`a 32×32 input with 8 channels`."""
    return f"{an(size[0])}×{size[1]} input with {counted(size[2], 'channel')}"


def padding_words(padding: object) -> str:
    if padding in ("valid", 0):
        return "no padding"
    if padding == "same":
        return "padding 'same'"
    return f"{counted(padding, 'pixel')} of zero padding on each side"


def settings_words(part: Part) -> list[str]:
    """The settings of a layer, each in words."""
    s = part.settings
    found = []
    if "filters" in s:
        found.append(f"{counted(s['filters'], 'filter')} of size {square(s['kernel_size'])}")
    elif "kernel_size" in s:
        found.append(f"filters of size {square(s['kernel_size'])}")
    if "pool_size" in s:
        found.append(f"{an(int(str(s['pool_size'])))}×{s['pool_size']} window")
    if "units" in s:
        found.append(counted(s["units"], "unit"))
    if "kernel_size" in s or "pool_size" in s:
        found.append(f"stride {s.get('strides', 1)}")
        if s.get("dilation_rate", 1) != 1:
            found.append(f"dilation {s['dilation_rate']}")
        if s.get("groups", 1) != 1:
            found.append(f"{s['groups']} groups")
        found.append(padding_words(s.get("padding", "valid")))
        if s.get("output_padding"):
            found.append(f"output padding {s['output_padding']}")
    return found


def in_words(part: Part) -> str:
    """`convolution with 16 filters of size 5×5, stride 2 and no padding`."""
    words = settings_words(part)
    kind = _KINDS[part.kind]
    if not words:
        return kind
    return f"{kind} with " + (f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0])


def a(words: str) -> str:
    """The words with their article; pooling has none."""
    if "pooling" in words.split(" with ")[0]:
        return words
    return f"{'an' if words[0] in 'aeio' else 'a'} {words}"


def listed(chain: Chain) -> str:
    """All layers of a network in one sentence."""
    lines = []
    for i, part in enumerate(chain.parts, 1):
        words = settings_words(part)
        source = f" of {' and '.join(part.inputs)}" if len(part.inputs) > 1 else f" of {_whose(part.inputs[0])}" if part.inputs else ""
        lines.append(f"({i}) {part.name}: {_KINDS[part.kind]}{source}" + (f", {', '.join(words)}" if words else ""))
    return f"A network takes {image(chain.size)} and has these layers, in order: {'; '.join(lines)}."


def _whose(name: str) -> str:
    return "the input" if name == "input" else name
