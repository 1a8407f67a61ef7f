"""ConvNeXts (Liu et al., 2022): depthwise 7 × 7 convolutions and two dense layers per block, after the manner of Transformers."""

from __future__ import annotations

from .net import Call, Net
from .options import PLAIN, Options, Usual

#: How many blocks each of the four stages has, and the filters of the first; each stage doubles them.
SIZES = {"Tiny": ((3, 3, 9, 3), 96), "Small": ((3, 3, 27, 3), 96), "Base": ((3, 3, 27, 3), 128),
         "Large": ((3, 3, 27, 3), 192), "XLarge": ((3, 3, 27, 3), 256)}
_REST = {key: value for key, value in PLAIN.items() if key != "include_top"}
USUAL = {
    f"ConvNeXt{size}": Usual({"include_top": True, "include_preprocessing": True, **_REST, "name": f"convnext_{size.lower()}"})
    for size in SIZES
}
#: Means and variances of ImageNet's colors, from 0 to 255.
COLORS = {"mean": [0.485 * 255, 0.456 * 255, 0.406 * 255],
          "variance": [(0.229 * 255) ** 2, (0.224 * 255) ** 2, (0.225 * 255) ** 2]}
EPSILON = 1e-6


def add_layers(net: Net, x: Call, o: Options) -> Call:
    o.refuse_channels_first()
    size = o.function.removeprefix("ConvNeXt")
    counts, filters = SIZES[size]
    net_name = str(net.name)
    if o.imagenet and f"convnext_{size.lower()}" not in net_name:
        raise o.wrong("name", f"must contain 'convnext_{size.lower()}' with weights='imagenet' (got {net_name!r})")
    if o["include_preprocessing"] and o.unshaped(o.declared)[2] == 3:
        x = net.add("Normalization", x, name=f"{net_name}_prestem_normalization", **COLORS)
    for stage, count in enumerate(counts):
        channels = filters * 2**stage
        if stage == 0:
            x = net.stack(x, f"{net_name}_stem",
                          ("Conv2D", {"name": f"{net_name}_stem_conv", "filters": channels, "kernel_size": 4, "strides": 4}),
                          ("LayerNormalization", {"name": f"{net_name}_stem_layernorm", "epsilon": EPSILON}))
        else:
            x = net.stack(x, f"{net_name}_downsampling_block_{stage - 1}",
                          ("LayerNormalization", {"name": f"{net_name}_downsampling_layernorm_{stage - 1}", "epsilon": EPSILON}),
                          ("Conv2D", {"name": f"{net_name}_downsampling_conv_{stage - 1}", "filters": channels, "kernel_size": 2, "strides": 2}))
        for i in range(count):
            x = _block(net, x, f"{net_name}_stage_{stage}_block_{i}")
    if not o.include_top:
        return net.add("LayerNormalization", o.pooled(net, x), epsilon=EPSILON)
    x = net.add("GlobalAveragePooling2D", x, name=f"{net_name}_head_gap")
    x = net.add("LayerNormalization", x, name=f"{net_name}_head_layernorm", epsilon=EPSILON)
    return o.classifier(net, x, f"{net_name}_head_dense")


def _block(net: Net, x: Call, name: str) -> Call:
    n = x.channels
    new = net.add("Conv2D", x, name=f"{name}_depthwise_conv", filters=n, kernel_size=7, padding="same", groups=n)
    new = net.add("LayerNormalization", new, name=f"{name}_layernorm", epsilon=EPSILON)
    new = net.add("Dense", new, name=f"{name}_pointwise_conv_1", units=4 * n)
    new = net.add("Activation", new, name=f"{name}_gelu", activation="gelu")
    new = net.add("Dense", new, name=f"{name}_pointwise_conv_2", units=n)
    new = net.add("LayerScale", new, name=f"{name}_layer_scale", init_values=1e-6, projection_dim=n)
    new = net.add("Activation", new, name=f"{name}_identity", activation="linear")
    return net.add("ops.Add", x, new)
