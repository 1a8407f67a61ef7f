"""InceptionV3 (Szegedy et al., 2015) and Inception-ResNet-v2 (2016): parallel branches of convolutions, concatenated."""

from __future__ import annotations

from .net import Call, Net
from .options import PLAIN, Options, Usual

USUAL = {
    "InceptionV3": Usual({**PLAIN, "name": "inception_v3"}, size=299, least=75),
    "InceptionResNetV2": Usual({**PLAIN, "name": "inception_resnet_v2"}, size=299, least=75),
}
Window = int | tuple[int, int]
#: A branch: its convolutions as (filters, kernel), of stride 1 with zeros around.
Branch = tuple[tuple[int, Window], ...]


def add_layers(net: Net, x: Call, o: Options) -> Call:
    x = _convolved(net, x, 32, 3, strides=2)
    x = _convolved(net, x, 32, 3)
    x = _convolved(net, x, 64, 3, padding="same")
    x = net.add("MaxPooling2D", x, pool_size=3, strides=2)
    x = _convolved(net, x, 80, 1)
    x = _convolved(net, x, 192, 3)
    x = net.add("MaxPooling2D", x, pool_size=3, strides=2)
    x = _v3(net, x) if o.function == "InceptionV3" else _with_shortcuts(net, x)
    if o.include_top:
        return o.top(net, x, "avg_pool")
    return o.pooled(net, x)


def _convolved(net: Net, x: Call, filters: int, kernel: Window, name: str | None = None, **window: object) -> Call:
    x = net.add("Conv2D", x, name=name, filters=filters, kernel_size=kernel, use_bias=False, **window)
    x = net.add("BatchNormalization", x, name=name and f"{name}_bn", axis=net.axis, scale=False)
    return net.add("Activation", x, name=name and f"{name}_ac", activation="relu")


def _branch(net: Net, x: Call, convolutions: Branch, last_stride: int = 1) -> Call:
    for i, (filters, kernel) in enumerate(convolutions):
        if last_stride > 1 and i == len(convolutions) - 1:
            x = _convolved(net, x, filters, kernel, strides=last_stride)
        else:
            x = _convolved(net, x, filters, kernel, padding="same")
    return x


def _joined(net: Net, name: str | None, *branches: Call) -> Call:
    return net.add("Concatenate", *branches, name=name, axis=net.axis)


def _mixed(net: Net, x: Call, name: str, pooled: int, *branches: Branch) -> Call:
    """Branches, and average pooling with a convolution of `pooled` filters behind it."""
    out = [_branch(net, x, branch) for branch in branches]
    return _joined(net, name, *out, _pooled(net, x, pooled))


def _pooled(net: Net, x: Call, filters: int) -> Call:
    x = net.add("AveragePooling2D", x, pool_size=3, strides=1, padding="same")
    return _convolved(net, x, filters, 1, padding="same")


def _halved(net: Net, x: Call, name: str, *branches: Branch) -> Call:
    """Branches whose last convolution has stride 2, and max pooling."""
    out = [_branch(net, x, branch, 2) for branch in branches]
    return _joined(net, name, *out, net.add("MaxPooling2D", x, pool_size=3, strides=2))


def _v3(net: Net, x: Call) -> Call:
    for i, pooled in enumerate((32, 64, 64)):
        x = _mixed(net, x, f"mixed{i}", pooled, ((64, 1),), ((48, 1), (64, 5)), ((64, 1), (96, 3), (96, 3)))
    x = _halved(net, x, "mixed3", ((384, 3),), ((64, 1), (96, 3), (96, 3)))
    across, down = (1, 7), (7, 1)
    for i, n in enumerate((128, 160, 160, 192), 4):
        x = _mixed(net, x, f"mixed{i}", 192, ((192, 1),), ((n, 1), (n, across), (192, down)),
                   ((n, 1), (n, down), (n, across), (n, down), (192, across)))
    x = _halved(net, x, "mixed8", ((192, 1), (320, 3)), ((192, 1), (192, across), (192, down), (192, 3)))
    for i in range(2):
        one = _branch(net, x, ((320, 1),))
        two = _forked(net, _branch(net, x, ((384, 1),)), f"mixed9_{i}")
        three = _forked(net, _branch(net, x, ((448, 1), (384, 3))), None)
        x = _joined(net, f"mixed{9 + i}", one, two, three, _pooled(net, x, 192))
    return x


def _forked(net: Net, x: Call, name: str | None) -> Call:
    return _joined(net, name, _branch(net, x, ((384, (1, 3)),)), _branch(net, x, ((384, (3, 1)),)))


#: The residual blocks: how many, the weight of what is added, the branches.
RESIDUAL: dict[str, tuple[int, float, tuple[Branch, ...]]] = {
    "block35": (10, 0.17, (((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3)))),
    "block17": (20, 0.1, (((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1))))),
    "block8": (10, 0.2, (((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1))))),
}


def _with_shortcuts(net: Net, x: Call) -> Call:
    x = _mixed(net, x, "mixed_5b", 64, ((96, 1),), ((48, 1), (64, 5)), ((64, 1), (96, 3), (96, 3)))
    x = _residual(net, x, "block35")
    x = _halved(net, x, "mixed_6a", ((384, 3),), ((256, 1), (256, 3), (384, 3)))
    x = _residual(net, x, "block17")
    x = _halved(net, x, "mixed_7a", ((256, 1), (384, 3)), ((256, 1), (288, 3)), ((256, 1), (288, 3), (320, 3)))
    x = _residual(net, x, "block8")
    return _convolved(net, x, 1536, 1, "conv_7b", padding="same")


def _residual(net: Net, x: Call, kind: str) -> Call:
    count, scale, branches = RESIDUAL[kind]
    for i in range(1, count + 1):
        name = f"{kind}_{i}"
        last = kind == "block8" and i == count  # added in full, and not activated
        mixed = _joined(net, f"{name}_mixed", *[_branch(net, x, branch) for branch in branches])
        more = net.add("Conv2D", mixed, name=f"{name}_conv", filters=x.channels, kernel_size=1, padding="same")
        x = net.add("CustomScaleLayer", x, more, scale=1.0 if last else scale)
        if not last:
            x = net.add("Activation", x, name=f"{name}_ac", activation="relu")
    return x
