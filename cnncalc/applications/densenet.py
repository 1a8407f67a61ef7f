"""DenseNets (Huang et al., 2016): each layer of a block reads what all before it in the block gave."""

from __future__ import annotations

from .net import Call, Net
from .options import PLAIN, Options, Usual

#: How many layers each of the four blocks has.
BLOCKS = {"DenseNet121": (6, 12, 24, 16), "DenseNet169": (6, 12, 32, 32), "DenseNet201": (6, 12, 48, 32)}
USUAL = {name: Usual({**PLAIN, "name": name.lower()}) for name in BLOCKS}
GROWTH = 32


def add_layers(net: Net, x: Call, o: Options) -> Call:
    o.refuse_channels_first()
    x = net.add("ZeroPadding2D", x, padding=3)
    x = net.add("Conv2D", x, name="conv1_conv", filters=64, kernel_size=7, strides=2, use_bias=False)
    x = _normalized(net, x, "conv1_bn", "conv1_relu")
    x = net.add("ZeroPadding2D", x)
    x = net.add("MaxPooling2D", x, name="pool1", pool_size=3, strides=2)
    for block, count in enumerate(BLOCKS[o.function], 2):
        for i in range(1, count + 1):
            x = _grown(net, x, f"conv{block}_block{i}")
        if block < 5:
            name = f"pool{block}"
            x = _normalized(net, x, f"{name}_bn", f"{name}_relu")
            x = net.add("Conv2D", x, name=f"{name}_conv", filters=x.channels // 2, kernel_size=1, use_bias=False)
            x = net.add("AveragePooling2D", x, name=f"{name}_pool", pool_size=2)
    x = _normalized(net, x, "bn", "relu")
    return o.top(net, x, "avg_pool", "max_pool")


def _normalized(net: Net, x: Call, name: str, relu: str) -> Call:
    x = net.add("BatchNormalization", x, name=name, axis=net.axis, epsilon=1.001e-5)
    return net.add("Activation", x, name=relu, activation="relu")


def _grown(net: Net, x: Call, name: str) -> Call:
    new = _normalized(net, x, f"{name}_0_bn", f"{name}_0_relu")
    new = net.add("Conv2D", new, name=f"{name}_1_conv", filters=4 * GROWTH, kernel_size=1, use_bias=False)
    new = _normalized(net, new, f"{name}_1_bn", f"{name}_1_relu")
    new = net.add("Conv2D", new, name=f"{name}_2_conv", filters=GROWTH, kernel_size=3, padding="same", use_bias=False)
    return net.add("Concatenate", x, new, name=f"{name}_concat", axis=net.axis)
