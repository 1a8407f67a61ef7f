"""MobileNetV3 (Howard et al., 2019): MobileNetV2's blocks with hard swish and squeeze-and-excitation."""

from __future__ import annotations

from collections.abc import Callable

from .net import Call, Net
from .options import Options, Usual, padded, round_channels

USUAL = {
    f"MobileNetV3{size}": Usual({
        "input_shape": None, "alpha": 1.0, "minimalistic": False, "include_top": True, "weights": "imagenet",
        "input_tensor": None, "classes": 1000, "pooling": None, "dropout_rate": 0.2, "classifier_activation": "softmax",
        "include_preprocessing": True, "name": f"MobileNetV3{size}",
    }, any_size=True, matching=True)
    for size in ("Small", "Large")
}
#: The blocks: expansion, filters, kernel, stride, whether it squeezes, whether it uses hard swish.
BLOCKS = {
    "Small": (
        (1, 16, 3, 2, True, False), (72 / 16, 24, 3, 2, False, False), (88 / 24, 24, 3, 1, False, False),
        (4, 40, 5, 2, True, True), (6, 40, 5, 1, True, True), (6, 40, 5, 1, True, True),
        (3, 48, 5, 1, True, True), (3, 48, 5, 1, True, True),
        (6, 96, 5, 2, True, True), (6, 96, 5, 1, True, True), (6, 96, 5, 1, True, True),
    ),
    "Large": (
        (1, 16, 3, 1, False, False), (4, 24, 3, 2, False, False), (3, 24, 3, 1, False, False),
        (3, 40, 5, 2, True, False), (3, 40, 5, 1, True, False), (3, 40, 5, 1, True, False),
        (6, 80, 3, 2, False, True), (2.5, 80, 3, 1, False, True), (2.3, 80, 3, 1, False, True), (2.3, 80, 3, 1, False, True),
        (6, 112, 3, 1, True, True), (6, 112, 3, 1, True, True),
        (6, 160, 5, 2, True, True), (6, 160, 5, 1, True, True), (6, 160, 5, 1, True, True),
    ),
}
#: Filters of the last convolution before the classifier.
LAST = {"Small": 1024, "Large": 1280}


def add_layers(net: Net, x: Call, o: Options) -> Call:
    size, alpha, minimalistic = o.function.removeprefix("MobileNetV3"), o.number("alpha"), bool(o["minimalistic"])
    widths = (1.0,) if minimalistic else (0.75, 1.0)
    if o.imagenet and alpha not in widths:
        raise o.wrong("alpha", f"must be {' or '.join(map(str, widths))} with weights='imagenet'"
                               f"{' and minimalistic=True' * minimalistic} (got {alpha})", "weights=None takes any width")

    def relu(x: Call) -> Call:
        return net.add("ReLU", x)

    def hard_swish(x: Call) -> Call:
        return relu(x) if minimalistic else net.add("Activation", x, activation="hard_silu")

    if o["include_preprocessing"]:
        x = net.add("Rescaling", x, scale=1 / 127.5, offset=-1.0)
    x = hard_swish(_convolved(net, x, "conv", 16, kernel_size=3, strides=2))
    for i, (expansion, filters, kernel, stride, squeezes, swish) in enumerate(BLOCKS[size]):
        x = _block(net, x, f"expanded_conv_{i}" if i else "expanded_conv", expansion if i else None, round_channels(filters * alpha),
                   3 if minimalistic else kernel, stride, squeezes and not minimalistic, hard_swish if swish else relu)
    x = hard_swish(_convolved(net, x, "conv_1", round_channels(6 * x.channels)))
    if not o.include_top:
        return o.pooled(net, x, "avg_pool", "max_pool")
    last = round_channels(LAST[size] * alpha) if alpha > 1 else LAST[size]
    x = net.add("GlobalAveragePooling2D", x, keepdims=True)
    x = hard_swish(net.add("Conv2D", x, name="conv_2", filters=last, kernel_size=1, padding="same"))
    if o.rate("dropout_rate") > 0:
        x = net.add("Dropout", x, rate=o.rate("dropout_rate"))
    x = net.add("Conv2D", x, name="logits", filters=o.classes, kernel_size=1, padding="same")
    x = net.add("Flatten", x)
    return net.add("Activation", x, name="predictions", activation=o.classifier_activation or "linear")


def _normalized(net: Net, x: Call, name: str) -> Call:
    return net.add("BatchNormalization", x, name=f"{name}_bn", momentum=0.999, **({"axis": 1} if net.channels_first else {}))


def _convolved(net: Net, x: Call, name: str, filters: int, **window: object) -> Call:
    window.setdefault("kernel_size", 1)
    x = net.add("Conv2D", x, name=name, filters=filters, padding="same", use_bias=False, **window)
    return _normalized(net, x, name)


def _block(net: Net, x: Call, name: str, expansion: float | None, filters: int, kernel: int, stride: int, squeezes: bool,
           activation: Callable[[Call], Call]) -> Call:
    shortcut = x
    if expansion is not None:
        x = activation(_convolved(net, x, f"{name}_expand", round_channels(x.channels * expansion)))
    window: dict[str, object] = {"padding": "same"}
    if stride > 1:
        x = padded(net, x, kernel, f"{name}_depthwise_pad")
        window = {"strides": stride}
    x = net.add("DepthwiseConv2D", x, name=f"{name}_depthwise", kernel_size=kernel, use_bias=False, **window)
    x = activation(_normalized(net, x, f"{name}_depthwise"))
    if squeezes:
        x = _squeezed(net, x, f"{name}_squeeze_excite")
    x = _convolved(net, x, f"{name}_project", filters)
    if stride == 1 and shortcut.channels == filters:
        x = net.add("Add", shortcut, x, name=f"{name}_add")
    return x


def _squeezed(net: Net, x: Call, name: str) -> Call:
    """Each channel times a weight between 0 and 1 that follows from the means of all channels."""
    weight = net.add("GlobalAveragePooling2D", x, name=f"{name}_avg_pool", keepdims=True)
    weight = net.add("Conv2D", weight, name=f"{name}_conv", filters=round_channels(x.channels * 0.25), kernel_size=1, padding="same")
    weight = net.add("ReLU", weight, name=f"{name}_relu")
    weight = net.add("Conv2D", weight, name=f"{name}_conv_1", filters=x.channels, kernel_size=1, padding="same")
    weight = net.add("ops.Add", weight, x2=3.0)  # the hard sigmoid: relu6(x + 3) / 6
    weight = net.add("ReLU", weight, max_value=6.0)
    weight = net.add("ops.Multiply", weight, x2=1 / 6)
    return net.add("Multiply", x, weight, name=f"{name}_mul")
