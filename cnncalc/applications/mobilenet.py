"""MobileNet (Howard et al., 2017) and MobileNetV2 (Sandler et al., 2018): depthwise convolutions, and a width to choose."""

from __future__ import annotations

from .net import Call, Net
from .options import PLAIN, Options, Usual, padded, round_channels

_ENDS = ("weights", "input_tensor", "pooling", "classes", "classifier_activation")
_END = {"include_top": True, **{key: PLAIN[key] for key in _ENDS}, "name": None}
USUAL = {
    "MobileNet": Usual({"input_shape": None, "alpha": 1.0, "depth_multiplier": 1, "dropout": 1e-3, **_END},
                       trained=(128, 160, 192, 224)),
    "MobileNetV2": Usual({"input_shape": None, "alpha": 1.0, **_END}, trained=(96, 128, 160, 192, 224), matching=True),
}
#: The widths for which there are ImageNet weights.
WIDTHS = {"MobileNet": (0.25, 0.5, 0.75, 1.0), "MobileNetV2": (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)}
#: MobileNet's blocks: filters and stride.
BLOCKS_1 = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))
#: MobileNetV2's groups of blocks: expansion, filters, number of blocks, stride of the first.
GROUPS_2 = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))


def add_layers(net: Net, x: Call, o: Options) -> Call:
    alpha = o.number("alpha")
    if o.imagenet and alpha not in WIDTHS[o.function]:
        raise o.wrong("alpha", f"must be one of {', '.join(map(str, WIDTHS[o.function]))} with weights='imagenet' (got {alpha})",
                      "weights=None takes any width")
    if net.name is None:
        rows, columns, _ = o.unshaped(o.declared)
        trained = rows == columns and rows in o.usual.trained
        side = 224 if o.imagenet and not trained else rows
        net.name = f"{o.function.lower()}_{alpha:0.2f}_{side}"
    return _first(net, x, o, alpha) if o.function == "MobileNet" else _second(net, x, o, alpha)


def _first(net: Net, x: Call, o: Options, alpha: float) -> Call:
    def normalized(x: Call, name: str) -> Call:
        x = net.add("BatchNormalization", x, name=f"{name}_bn", **({"axis": 1} if net.channels_first else {}))
        return net.add("ReLU", x, name=f"{name}_relu", max_value=6.0)

    if o.imagenet and o["depth_multiplier"] != 1:
        raise o.wrong("depth_multiplier", f"must be 1 with weights='imagenet' (got {o['depth_multiplier']})")
    multiplier = {"depth_multiplier": o["depth_multiplier"]} if o["depth_multiplier"] != 1 else {}
    x = normalized(net.add("Conv2D", x, name="conv1", filters=int(32 * alpha), kernel_size=3, strides=2, padding="same",
                           use_bias=False), "conv1")
    for i, (filters, stride) in enumerate(BLOCKS_1, 1):
        window: dict[str, object] = {"padding": "same"}
        if stride > 1:
            x = net.add("ZeroPadding2D", x, name=f"conv_pad_{i}", padding=((0, 1), (0, 1)))
            window = {"strides": stride}
        x = normalized(net.add("DepthwiseConv2D", x, name=f"conv_dw_{i}", kernel_size=3, use_bias=False, **window, **multiplier),
                       f"conv_dw_{i}")
        x = normalized(net.add("Conv2D", x, name=f"conv_pw_{i}", filters=int(filters * alpha), kernel_size=1, padding="same",
                               use_bias=False), f"conv_pw_{i}")
    if not o.include_top:
        return o.pooled(net, x)
    x = net.add("GlobalAveragePooling2D", x, keepdims=True)
    x = net.add("Dropout", x, name="dropout", rate=o.rate("dropout"))
    x = net.add("Conv2D", x, name="conv_preds", filters=o.classes, kernel_size=1, padding="same")
    x = net.add("Reshape", x, name="reshape_2", target_shape=[o.classes])
    return net.add("Activation", x, name="predictions", activation=o.classifier_activation or "linear")


def _second(net: Net, x: Call, o: Options, alpha: float) -> Call:
    def normalized(x: Call, name: str, relu: str = "") -> Call:
        x = net.add("BatchNormalization", x, name=name, momentum=0.999, **({"axis": 1} if net.channels_first else {}))
        return net.add("ReLU", x, name=relu, max_value=6.0) if relu else x

    x = net.add("Conv2D", x, name="Conv1", filters=round_channels(32 * alpha), kernel_size=3, strides=2, padding="same",
                use_bias=False)
    x = normalized(x, "bn_Conv1", "Conv1_relu")
    block = 0
    for expansion, channels, count, first_stride in GROUPS_2:
        filters = round_channels(int(channels * alpha))
        for i in range(count):
            stride = 1 if i else first_stride
            name = f"block_{block}" if block else "expanded_conv"
            shortcut = x
            if block:
                x = net.add("Conv2D", x, name=f"{name}_expand", filters=expansion * x.channels, kernel_size=1, padding="same",
                            use_bias=False)
                x = normalized(x, f"{name}_expand_BN", f"{name}_expand_relu")
            window: dict[str, object] = {"padding": "same"}
            if stride > 1:
                x = padded(net, x, 3, f"{name}_pad")
                window = {"strides": stride}
            x = net.add("DepthwiseConv2D", x, name=f"{name}_depthwise", kernel_size=3, use_bias=False, **window)
            x = normalized(x, f"{name}_depthwise_BN", f"{name}_depthwise_relu")
            x = net.add("Conv2D", x, name=f"{name}_project", filters=filters, kernel_size=1, padding="same", use_bias=False)
            x = normalized(x, f"{name}_project_BN")
            if stride == 1 and shortcut.channels == filters:
                x = net.add("Add", shortcut, x, name=f"{name}_add")
            block += 1
    last = round_channels(1280 * alpha) if alpha > 1 else 1280
    x = net.add("Conv2D", x, name="Conv_1", filters=last, kernel_size=1, use_bias=False)
    return o.top(net, normalized(x, "Conv_1_bn", "out_relu"))
