"""Xception (Chollet, 2016): separable convolutions with shortcuts around them."""

from __future__ import annotations

from .net import Call, Net
from .options import PLAIN, Options, Usual

USUAL = {"Xception": Usual({**PLAIN, "name": "xception"}, size=299, least=71)}


def add_layers(net: Net, x: Call, o: Options) -> Call:
    x = net.add("Conv2D", x, name="block1_conv1", filters=32, kernel_size=3, strides=2, use_bias=False)
    x = _activated(net, _normalized(net, x, "block1_conv1_bn"), "block1_conv1_act")
    x = net.add("Conv2D", x, name="block1_conv2", filters=64, kernel_size=3, use_bias=False)
    x = _activated(net, _normalized(net, x, "block1_conv2_bn"), "block1_conv2_act")
    for block, filters in ((2, 128), (3, 256), (4, 728)):
        x = _halved(net, x, block, (filters, filters))
    for block in range(5, 13):
        shortcut = x
        for i in (1, 2, 3):
            x = _separable(net, _activated(net, x, f"block{block}_sepconv{i}_act"), f"block{block}_sepconv{i}", 728)
        x = net.add("Add", x, shortcut)
    x = _halved(net, x, 13, (728, 1024))
    for i, filters in ((1, 1536), (2, 2048)):
        x = _activated(net, _separable(net, x, f"block14_sepconv{i}", filters), f"block14_sepconv{i}_act")
    if o.include_top:
        return o.top(net, x, "avg_pool")
    return o.pooled(net, x)


def _normalized(net: Net, x: Call, name: str | None = None) -> Call:
    return net.add("BatchNormalization", x, name=name, **({"axis": 1} if net.channels_first else {}))


def _activated(net: Net, x: Call, name: str) -> Call:
    return net.add("Activation", x, name=name, activation="relu")


def _separable(net: Net, x: Call, name: str, filters: int) -> Call:
    x = net.add("SeparableConv2D", x, name=name, filters=filters, kernel_size=3, padding="same", use_bias=False)
    return _normalized(net, x, f"{name}_bn")


def _halved(net: Net, x: Call, block: int, filters: tuple[int, int]) -> Call:
    """Two separable convolutions and pooling, next to a strided convolution."""
    name = f"block{block}"
    shortcut = net.add("Conv2D", x, filters=filters[1], kernel_size=1, strides=2, padding="same", use_bias=False)
    shortcut = _normalized(net, shortcut)
    if block > 2:  # the second block begins on what has been activated
        x = _activated(net, x, f"{name}_sepconv1_act")
    x = _separable(net, x, f"{name}_sepconv1", filters[0])
    x = _separable(net, _activated(net, x, f"{name}_sepconv2_act"), f"{name}_sepconv2", filters[1])
    x = net.add("MaxPooling2D", x, name=f"{name}_pool", pool_size=3, strides=2, padding="same")
    return net.add("Add", x, shortcut)
