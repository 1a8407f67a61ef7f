"""ResNets (He et al., 2015): bottleneck blocks with a shortcut; the second version (2016) normalizes before it convolves."""

from __future__ import annotations

from .net import Call, Net
from .options import PLAIN, Options, Usual

#: How many blocks each of the four stacks has.
STACKS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
USUAL = {f"ResNet{depth}{version}": Usual({**PLAIN, "name": f"resnet{depth}{version.lower()}"})
         for depth in STACKS for version in ("", "V2")}


def add_layers(net: Net, x: Call, o: Options) -> Call:
    second = o.function.endswith("V2")
    x = net.add("ZeroPadding2D", x, name="conv1_pad", padding=3)
    x = net.add("Conv2D", x, name="conv1_conv", filters=64, kernel_size=7, strides=2)
    if not second:
        x = _normalized(net, x, "conv1")
    x = net.add("ZeroPadding2D", x, name="pool1_pad")
    x = net.add("MaxPooling2D", x, name="pool1_pool", pool_size=3, strides=2)
    stacks = STACKS[int(o.function.removeprefix("ResNet").removesuffix("V2"))]
    for stack, count in enumerate(stacks):
        for i in range(count):
            name, filters = f"conv{stack + 2}_block{i + 1}", 64 * 2**stack
            if second:  # the last block of a stack halves, but for that of the last stack
                x = _block_2(net, x, name, filters, 2 if i == count - 1 and stack < 3 else 1, not i)
            else:  # the first block of a stack halves, but for that of the first stack
                x = _block_1(net, x, name, filters, 2 if not i and stack else 1, not i)
    if second:
        x = _normalized(net, x, "post")
    return o.top(net, x, "avg_pool", "max_pool")


def _normalized(net: Net, x: Call, name: str, relu: bool = True) -> Call:
    x = net.add("BatchNormalization", x, name=f"{name}_bn", axis=net.axis, epsilon=1.001e-5)
    return net.add("Activation", x, name=f"{name}_relu", activation="relu") if relu else x


def _strided(stride: int) -> dict[str, object]:
    return {"strides": stride} if stride > 1 else {}


def _block_1(net: Net, x: Call, name: str, filters: int, stride: int, projected: bool) -> Call:
    shortcut = x
    if projected:
        shortcut = net.add("Conv2D", x, name=f"{name}_0_conv", filters=4 * filters, kernel_size=1, **_strided(stride))
        shortcut = _normalized(net, shortcut, f"{name}_0", relu=False)
    x = net.add("Conv2D", x, name=f"{name}_1_conv", filters=filters, kernel_size=1, **_strided(stride))
    x = _normalized(net, x, f"{name}_1")
    x = net.add("Conv2D", x, name=f"{name}_2_conv", filters=filters, kernel_size=3, padding="same")
    x = _normalized(net, x, f"{name}_2")
    x = net.add("Conv2D", x, name=f"{name}_3_conv", filters=4 * filters, kernel_size=1)
    x = _normalized(net, x, f"{name}_3", relu=False)
    x = net.add("Add", shortcut, x, name=f"{name}_add")
    return net.add("Activation", x, name=f"{name}_out", activation="relu")


def _block_2(net: Net, x: Call, name: str, filters: int, stride: int, projected: bool) -> Call:
    before = _normalized(net, x, f"{name}_preact")
    shortcut = x
    if projected:
        shortcut = net.add("Conv2D", before, name=f"{name}_0_conv", filters=4 * filters, kernel_size=1, **_strided(stride))
    elif stride > 1:
        shortcut = net.add("MaxPooling2D", x, pool_size=1, strides=stride)
    x = net.add("Conv2D", before, name=f"{name}_1_conv", filters=filters, kernel_size=1, use_bias=False)
    x = _normalized(net, x, f"{name}_1")
    x = net.add("ZeroPadding2D", x, name=f"{name}_2_pad")
    x = net.add("Conv2D", x, name=f"{name}_2_conv", filters=filters, kernel_size=3, use_bias=False, **_strided(stride))
    x = _normalized(net, x, f"{name}_2")
    x = net.add("Conv2D", x, name=f"{name}_3_conv", filters=4 * filters, kernel_size=1)
    return net.add("Add", shortcut, x, name=f"{name}_out")
