"""EfficientNets (Tan and Le, 2019): MobileNetV2's blocks with squeeze-and-excitation, scaled in width, depth and size."""

from __future__ import annotations

from math import ceil, sqrt
from typing import Any

from .net import Call, Net
from .options import PLAIN, Options, Usual, padded, round_channels

#: Width, depth, side of the images, dropout before the classifier.
SCALES = {
    "EfficientNetB0": (1.0, 1.0, 224, 0.2), "EfficientNetB1": (1.0, 1.1, 240, 0.2), "EfficientNetB2": (1.1, 1.2, 260, 0.3),
    "EfficientNetB3": (1.2, 1.4, 300, 0.3), "EfficientNetB4": (1.4, 1.8, 380, 0.4), "EfficientNetB5": (1.6, 2.2, 456, 0.4),
    "EfficientNetB6": (1.8, 2.6, 528, 0.5), "EfficientNetB7": (2.0, 3.1, 600, 0.5),
}
USUAL = {name: Usual({**PLAIN, "name": name.lower()}, size) for name, (_, _, size, _) in SCALES.items()}
#: The groups of blocks: kernel, number of blocks, filters, expansion, stride of the first.
GROUPS = ((3, 1, 16, 1, 1), (3, 2, 24, 6, 2), (5, 2, 40, 6, 2), (3, 3, 80, 6, 2), (5, 3, 112, 6, 1), (5, 4, 192, 6, 2), (3, 1, 320, 6, 1))
#: The standard deviations of ImageNet's colors.
DEVIATIONS = (0.229, 0.224, 0.225)
DROP = 0.2


def initializer(scale: float, mode: str, distribution: str) -> dict[str, object]:
    return {"class_name": "VarianceScaling", "config": {"scale": scale, "mode": mode, "distribution": distribution}}


KERNEL = {"kernel_initializer": initializer(2.0, "fan_out", "truncated_normal")}
DEPTHWISE = {"depthwise_initializer": KERNEL["kernel_initializer"]}
CLASSIFIER = {"kernel_initializer": initializer(1 / 3, "fan_out", "uniform")}


def add_layers(net: Net, x: Call, o: Options) -> Call:
    width, depth, _, dropout = SCALES[o.function]
    x = net.add("Rescaling", x, scale=1 / 255)
    x = net.add("Normalization", x, axis=net.axis)
    if o.imagenet:  # the published weights were trained on inputs that were divided by variances
        x = net.add("Rescaling", x, scale=[1 / sqrt(deviation) for deviation in DEVIATIONS])
    x = padded(net, x, 3, "stem_conv_pad")
    x = net.add("Conv2D", x, name="stem_conv", filters=round_channels(32 * width), kernel_size=3, strides=2, use_bias=False, **KERNEL)
    x = _normalized(net, x, "stem_bn", "stem_activation")
    groups = [(kernel, ceil(depth * count), round_channels(filters * width), expansion, stride)
              for kernel, count, filters, expansion, stride in GROUPS]
    total, block = sum(count for _, count, *_ in groups), 0
    for group, (kernel, count, filters, expansion, stride) in enumerate(groups, 1):
        for i in range(count):
            name = f"block{group}{chr(ord('a') + i)}_"
            x = _block(net, x, name, kernel, filters, expansion, 1 if i else stride, DROP * block / total)
            block += 1
    return ended(net, x, o, round_channels(1280 * width), dropout, CLASSIFIER)


def ended(net: Net, x: Call, o: Options, filters: int, dropout: float, classifier: dict[str, Any], **normalization: object) -> Call:
    """The last convolution and the top."""
    x = net.add("Conv2D", x, name="top_conv", filters=filters, kernel_size=1, padding="same", use_bias=False, **KERNEL)
    x = _normalized(net, x, "top_bn", "top_activation", **normalization)
    if not o.include_top:
        return o.pooled(net, x, "avg_pool", "max_pool")
    x = net.add("GlobalAveragePooling2D", x, name="avg_pool")
    x = net.add("Dropout", x, name="top_dropout", rate=dropout)
    return o.classifier(net, x, **classifier)


def _normalized(net: Net, x: Call, name: str, activation: str = "", **settings: object) -> Call:
    x = net.add("BatchNormalization", x, name=name, axis=net.axis, **settings)
    return net.add("Activation", x, name=activation, activation="silu") if activation else x


def squeezed(net: Net, x: Call, name: str, filters: int) -> Call:
    """Each channel times a weight between 0 and 1, which `filters` values computed from all means decide."""
    weight = net.add("GlobalAveragePooling2D", x, name=f"{name}se_squeeze")
    shape = [x.channels, 1, 1] if net.channels_first else [1, 1, x.channels]
    weight = net.add("Reshape", weight, name=f"{name}se_reshape", target_shape=shape)
    weight = net.add("Conv2D", weight, name=f"{name}se_reduce", filters=filters, kernel_size=1, padding="same", activation="silu", **KERNEL)
    weight = net.add("Conv2D", weight, name=f"{name}se_expand", filters=x.channels, kernel_size=1, padding="same",
                     activation="sigmoid", **KERNEL)
    return net.add("Multiply", x, weight, name=f"{name}se_excite")


def added(net: Net, shortcut: Call, x: Call, name: str, rate: float) -> Call:
    """The sum with the shortcut; while training, the block is left out at random."""
    if rate > 0:
        x = net.add("Dropout", x, name=f"{name}drop", rate=rate, noise_shape=[None, 1, 1, 1])
    return net.add("Add", x, shortcut, name=f"{name}add")


def _block(net: Net, x: Call, name: str, kernel: int, filters: int, expansion: int, stride: int, rate: float) -> Call:
    shortcut = x
    if expansion != 1:
        x = net.add("Conv2D", x, name=f"{name}expand_conv", filters=expansion * x.channels, kernel_size=1, padding="same",
                    use_bias=False, **KERNEL)
        x = _normalized(net, x, f"{name}expand_bn", f"{name}expand_activation")
    window: dict[str, object] = {"padding": "same"}
    if stride > 1:
        x = padded(net, x, kernel, f"{name}dwconv_pad")
        window = {"strides": stride}
    x = net.add("DepthwiseConv2D", x, name=f"{name}dwconv", kernel_size=kernel, use_bias=False, **window, **DEPTHWISE)
    x = _normalized(net, x, f"{name}bn", f"{name}activation")
    x = squeezed(net, x, name, max(1, int(shortcut.channels * 0.25)))
    x = net.add("Conv2D", x, name=f"{name}project_conv", filters=filters, kernel_size=1, padding="same", use_bias=False, **KERNEL)
    x = _normalized(net, x, f"{name}project_bn")
    return added(net, shortcut, x, name, rate) if stride == 1 and shortcut.channels == filters else x
