"""EfficientNetV2 (Tan and Le, 2021): the first blocks replace expansion and depthwise convolution by one full convolution."""

from __future__ import annotations

from math import ceil
from typing import Any

from ..errors import shown
from .efficientnet import CLASSIFIER, DEPTHWISE, DROP, KERNEL, added, ended, squeezed
from .net import Call, Net
from .options import PLAIN, Options, Usual

#: Width, depth and side of the images.
SCALES = {
    "B0": (1.0, 1.0, 224), "B1": (1.0, 1.1, 240), "B2": (1.1, 1.2, 260), "B3": (1.2, 1.4, 300),
    "S": (1.0, 1.0, 384), "M": (1.0, 1.0, 480), "L": (1.0, 1.0, 480),
}
USUAL = {
    f"EfficientNetV2{size}": Usual({**PLAIN, "include_preprocessing": True, "name": f"efficientnetv2-{size.lower()}"}, side)
    for size, (_, _, side) in SCALES.items()
}
FUSED, DEPTH = True, False
#: The groups of blocks: kind, number of blocks, filters, expansion, stride of the first.
GROUPS = {
    "B": ((FUSED, 1, 16, 1, 1), (FUSED, 2, 32, 4, 2), (FUSED, 2, 48, 4, 2), (DEPTH, 3, 96, 4, 2), (DEPTH, 5, 112, 6, 1), (DEPTH, 8, 192, 6, 2)),
    "S": ((FUSED, 2, 24, 1, 1), (FUSED, 4, 48, 4, 2), (FUSED, 4, 64, 4, 2), (DEPTH, 6, 128, 4, 2), (DEPTH, 9, 160, 6, 1), (DEPTH, 15, 256, 6, 2)),
    "M": ((FUSED, 3, 24, 1, 1), (FUSED, 5, 48, 4, 2), (FUSED, 5, 80, 4, 2), (DEPTH, 7, 160, 4, 2), (DEPTH, 14, 176, 6, 1), (DEPTH, 18, 304, 6, 2),
          (DEPTH, 5, 512, 6, 1)),
    "L": ((FUSED, 4, 32, 1, 1), (FUSED, 7, 64, 4, 2), (FUSED, 7, 96, 4, 2), (DEPTH, 10, 192, 4, 2), (DEPTH, 19, 224, 6, 1), (DEPTH, 25, 384, 6, 2),
          (DEPTH, 7, 640, 6, 1)),
}
#: Filters of the first convolution.
STEM = {"B": 32, "S": 24, "M": 24, "L": 32}
#: Means and variances of ImageNet's colors.
COLORS: dict[str, Any] = {"mean": [0.485, 0.456, 0.406], "variance": [0.229**2, 0.224**2, 0.225**2]}


def add_layers(net: Net, x: Call, o: Options) -> Call:
    size = o.function.removeprefix("EfficientNetV2")
    width, depth, _ = SCALES[size]
    names = [f"efficientnetv2-{known.lower()}" for known in SCALES]
    if net.name not in names:
        raise o.wrong("name", f"must be one of {', '.join(names)} (got {shown(net.name)})",
                      "Keras chooses the blocks by the model's name; set the name of the finished model instead")
    blocks = net.name.removeprefix("efficientnetv2-")[0].upper()

    def rounded(n: int) -> int:
        return max(8, int(n * width + 4) // 8 * 8)

    if o["include_preprocessing"]:
        x = _preprocessed(net, x, blocks == "B" and o.unshaped(o.declared)[2] == 3)
    x = net.add("Conv2D", x, name="stem_conv", filters=rounded(STEM[blocks]), kernel_size=3, strides=2, padding="same", use_bias=False, **KERNEL)
    x = _normalized(net, x, "stem_bn", "stem_activation")
    groups = GROUPS[blocks]
    total, block = sum(count for _, count, *_ in groups), 0  # not scaled: so Keras computes the rates of dropout
    for group, (fused, count, filters, expansion, stride) in enumerate(groups, 1):
        for i in range(ceil(depth * count)):
            name = f"block{group}{chr(ord('a') + i)}_"
            x = (_fused if fused else _depthwise)(net, x, name, rounded(filters), expansion, 1 if i else stride, DROP * block / total)
            block += 1
    bias = {"bias_initializer": {"class_name": "Constant", "config": {"value": 0.0}}}
    return ended(net, x, o, rounded(1280), 0.2, {**CLASSIFIER, **bias}, momentum=0.9)


def _preprocessed(net: Net, x: Call, normalized: bool) -> Call:
    if normalized:
        x = net.add("Rescaling", x, scale=1 / 255)
        return net.add("Normalization", x, axis=net.axis, **COLORS)
    return net.add("Rescaling", x, scale=1 / 128, offset=-1)


def _normalized(net: Net, x: Call, name: str, activation: str = "") -> Call:
    x = net.add("BatchNormalization", x, name=name, axis=net.axis, momentum=0.9)
    return net.add("Activation", x, name=activation, activation="silu") if activation else x


def _convolved(net: Net, x: Call, name: str, filters: int, kernel: int, stride: int = 1) -> Call:
    strides = {"strides": stride} if stride > 1 else {}
    return net.add("Conv2D", x, name=name, filters=filters, kernel_size=kernel, padding="same", use_bias=False, **strides, **KERNEL)


def _fused(net: Net, x: Call, name: str, filters: int, expansion: int, stride: int, rate: float) -> Call:
    shortcut = x
    if expansion == 1:
        x = _normalized(net, _convolved(net, x, f"{name}project_conv", filters, 3, stride), f"{name}project_bn", f"{name}project_activation")
    else:
        x = _convolved(net, x, f"{name}expand_conv", expansion * x.channels, 3, stride)
        x = _normalized(net, x, f"{name}expand_bn", f"{name}expand_activation")
        x = _normalized(net, _convolved(net, x, f"{name}project_conv", filters, 1), f"{name}project_bn")
    return added(net, shortcut, x, name, rate) if stride == 1 and shortcut.channels == filters else x


def _depthwise(net: Net, x: Call, name: str, filters: int, expansion: int, stride: int, rate: float) -> Call:
    shortcut = x
    strides: dict[str, object] = {"strides": stride} if stride > 1 else {}
    x = _convolved(net, x, f"{name}expand_conv", expansion * x.channels, 1)
    x = _normalized(net, x, f"{name}expand_bn", f"{name}expand_activation")
    x = net.add("DepthwiseConv2D", x, name=f"{name}dwconv2", kernel_size=3, padding="same", use_bias=False, **strides, **DEPTHWISE)
    x = _normalized(net, x, f"{name}bn", f"{name}activation")
    x = squeezed(net, x, name, max(1, int(shortcut.channels * 0.25)))
    x = _normalized(net, _convolved(net, x, f"{name}project_conv", filters, 1), f"{name}project_bn")
    return added(net, shortcut, x, name, rate) if stride == 1 and shortcut.channels == filters else x
