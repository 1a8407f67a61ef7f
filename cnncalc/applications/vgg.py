"""VGG16 and VGG19 (Simonyan and Zisserman, 2014): 3 × 3 convolutions in five blocks, each halved by pooling."""

from __future__ import annotations

from .net import Call, Net
from .options import PLAIN, Options, Usual

#: How many convolutions each block has.
BLOCKS = {"VGG16": (2, 2, 3, 3, 3), "VGG19": (2, 2, 4, 4, 4)}
USUAL = {name: Usual({**PLAIN, "name": name.lower()}) for name in BLOCKS}


def add_layers(net: Net, x: Call, o: Options) -> Call:
    for block, count in enumerate(BLOCKS[o.function], 1):
        for i in range(1, count + 1):
            x = net.add("Conv2D", x, name=f"block{block}_conv{i}", filters=min(32 * 2**block, 512), kernel_size=3,
                        activation="relu", padding="same")
        x = net.add("MaxPooling2D", x, name=f"block{block}_pool")
    if not o.include_top:
        return o.pooled(net, x)
    x = net.add("Flatten", x, name="flatten")
    for name in ("fc1", "fc2"):
        x = net.add("Dense", x, name=name, units=4096, activation="relu")
    return o.classifier(net, x)
