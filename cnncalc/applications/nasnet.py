"""NASNets (Zoph et al., 2017): two kinds of cells that a search found, each reading the two cells before it."""

from __future__ import annotations

from .net import Call, Net
from .options import PLAIN, Options, Usual, padded

_REST = {key: value for key, value in PLAIN.items() if key != "input_shape"}
USUAL = {
    f"NASNet{size}": Usual({"input_shape": None, **_REST, "name": f"nasnet_{size.lower()}"}, side, sized=size == "Mobile")
    for size, side in (("Mobile", 224), ("Large", 331))
}
#: Normal cells in a group, filters of the stem and of the first group, whether a group begins on the cell before a reduction.
PLANS = {"NASNetMobile": (4, 32, 44, False), "NASNetLarge": (6, 96, 168, True)}


def add_layers(net: Net, x: Call, o: Options) -> Call:
    o.refuse_channels_first()
    if o.imagenet and None in (o["input_shape"] or ()):
        raise o.wrong("input_shape", "must have known sizes with weights='imagenet'", "weights=None takes unknown sizes")
    cells, stem, filters, skips = PLANS[o.function]
    x = net.add("Conv2D", x, name="stem_conv1", filters=stem, kernel_size=3, strides=2, use_bias=False, kernel_initializer="he_normal")
    x = _normalized(net, x, "stem_bn1")
    before: Call | None = None
    for i, n in ((1, filters // 4), (2, filters // 2)):
        x, before = _reduction(net, x, before, n, f"stem_{i}"), x
    for group in range(3):
        n = filters * 2**group
        if group:
            x, skipped = _reduction(net, x, before, n, f"reduce_{cells * group}"), x
            before = before if skips else skipped
        for i in range(cells):
            x, before = _normal(net, x, before, n, str(cells * group + i + (group > 0))), x
    x = _activated(net, x)
    return o.top(net, x)


def _normalized(net: Net, x: Call, name: str) -> Call:
    return net.add("BatchNormalization", x, name=name, momentum=0.9997)


def _activated(net: Net, x: Call, name: str | None = None) -> Call:
    return net.add("Activation", x, name=name, activation="relu")


def _pointwise(net: Net, x: Call, filters: int, name: str) -> Call:
    return net.add("Conv2D", x, name=name, filters=filters, kernel_size=1, padding="same", use_bias=False, kernel_initializer="he_normal")


def _separable(net: Net, x: Call, filters: int, kernel: int, place: str, halves: bool = False) -> Call:
    """Two separable convolutions, the first of which may halve the sizes."""
    for i in (1, 2):
        x = _activated(net, x)
        window: dict[str, object] = {"padding": "same"}
        if halves and i == 1:
            x = padded(net, x, kernel, f"separable_conv_1_pad_{place}")
            window = {"strides": 2}
        x = net.add("SeparableConv2D", x, name=f"separable_conv_{i}_{place}", filters=filters, kernel_size=kernel, use_bias=False, **window)
        x = _normalized(net, x, f"separable_conv_{i}_bn_{place}")
    return x


def _adjusted(net: Net, before: Call | None, x: Call, filters: int, cell: str) -> Call:
    """The output of the cell before, with the sizes and channels of this one."""
    if before is None:
        return x
    if before.spatial[0] != x.spatial[0]:  # halved twice, from pixels that are one apart
        before = _activated(net, before, f"adjust_relu_1_{cell}")
        halves = []
        for i, source in ((1, before), (2, None)):
            if source is None:
                source = net.add("ZeroPadding2D", before, padding=((0, 1), (0, 1)))
                source = net.add("Cropping2D", source, cropping=((1, 0), (1, 0)))
            source = net.add("AveragePooling2D", source, name=f"adjust_avg_pool_{i}_{cell}", pool_size=1, strides=2)
            halves.append(_pointwise(net, source, filters // 2, f"adjust_conv_{i}_{cell}"))
        before = net.add("Concatenate", *halves)
    elif before.channels != filters:
        before = _pointwise(net, _activated(net, before), filters, f"adjust_conv_projection_{cell}")
    else:
        return before
    return _normalized(net, before, f"adjust_bn_{cell}")


def _average(net: Net, x: Call, name: str) -> Call:
    return net.add("AveragePooling2D", x, name=name, pool_size=3, strides=1, padding="same")


def _begun(net: Net, x: Call, before: Call | None, filters: int, cell: str, kind: str) -> tuple[Call, Call]:
    """What the parts of a cell read: `h` from the cell before, `p` from the one before that."""
    p = _adjusted(net, before, x, filters, cell)
    h = _pointwise(net, _activated(net, x), filters, f"{kind}_conv_1_{cell}")
    return _normalized(net, h, f"{kind}_bn_1_{cell}"), p


def _normal(net: Net, x: Call, before: Call | None, filters: int, cell: str) -> Call:
    h, p = _begun(net, x, before, filters, cell, "normal")

    def separable(source: Call, kernel: int, place: str) -> Call:
        return _separable(net, source, filters, kernel, f"normal_{place}_{cell}")

    def added(i: int, left: Call, right: Call) -> Call:
        return net.add("Add", left, right, name=f"normal_add_{i}_{cell}")

    one = added(1, separable(h, 5, "left1"), separable(p, 3, "right1"))
    two = added(2, separable(p, 5, "left2"), separable(p, 3, "right2"))
    three = added(3, _average(net, h, f"normal_left3_{cell}"), p)
    four = added(4, _average(net, p, f"normal_left4_{cell}"), _average(net, p, f"normal_right4_{cell}"))
    five = added(5, separable(h, 3, "left5"), h)
    return net.add("Concatenate", p, one, two, three, four, five, name=f"normal_concat_{cell}")


def _reduction(net: Net, x: Call, before: Call | None, filters: int, cell: str) -> Call:
    h, p = _begun(net, x, before, filters, cell, "reduction")
    around = padded(net, h, 3, f"reduction_pad_1_{cell}")

    def separable(source: Call, kernel: int, place: str, halves: bool = True) -> Call:
        return _separable(net, source, filters, kernel, f"reduction_{place}_{cell}", halves)

    def pooled(kind: str, place: str) -> Call:
        return net.add(kind, around, name=f"reduction_{place}_{cell}", pool_size=3, strides=2)

    def added(left: Call, right: Call, name: str | None) -> Call:
        return net.add("Add", left, right, name=name and f"reduction_{name}_{cell}")

    one = added(separable(h, 5, "left1"), separable(p, 7, "right1"), "add_1")
    two = added(pooled("MaxPooling2D", "left2"), separable(p, 7, "right2"), "add_2")
    three = added(pooled("AveragePooling2D", "left3"), separable(p, 5, "right3"), "add3")
    four = added(two, _average(net, one, f"reduction_left4_{cell}"), None)
    five = added(separable(one, 3, "left4", halves=False), pooled("MaxPooling2D", "right5"), "add4")
    return net.add("Concatenate", two, three, four, five, name=f"reduction_concat_{cell}")
