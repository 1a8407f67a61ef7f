"""The networks of keras.applications, built without Keras.

    build("ResNet50", include_top=False, input_shape=(224, 224, 3))

gives a `Net`: its calls in the order in which Keras makes them, each with its layer, its name
(`None` if automatic) and what it reads. `Net.graph()` is the network in a session of its own;
`Net.nodes(names, source)` puts its layers into a session that has given names before, on a
tensor of the caller's. Layers are new in each build, so they can be frozen. Keras's `model.layers`
is `Net.graph().nodes` without the operations, whose kinds begin with `ops.`.

Keras 2 builds the same networks, with these differences. Inputs are called `input_1`. Functions take
no `name`, and ConvNeXts a `model_name` first. Operations are TFOpLambda layers (`tf.__operators__.add`,
`tf.math.multiply`). `silu` is called `swish`. DenseNets begin with `conv1/conv`, `conv1/bn` and `conv1/relu`.
NASNets are called `NASNet`, and MobileNetV3s `MobilenetV3small` and `MobilenetV3large`. MobileNetV3s have
other layer names (`Conv/BatchNorm`, `expanded_conv/depthwise`) and write hard swish as four layers.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..errors import SpecError, did_you_mean
from ..graph import Graph, Names
from .net import Call, Net
from .options import Options, Usual

__all__ = ["FAMILIES", "NAMES", "PAPERS", "Call", "Net", "Options", "build", "named", "network", "signature", "usual"]

#: The modules that build them, the papers, and the functions; `USUAL` in each module has the functions' arguments.
_MODULES = (
    ("vgg", "Simonyan & Zisserman, 2014", "VGG16 VGG19"),
    ("resnet", "He et al., 2015", "ResNet50 ResNet101 ResNet152"),
    ("resnet", "He et al., 2016", "ResNet50V2 ResNet101V2 ResNet152V2"),
    ("densenet", "Huang et al., 2016", "DenseNet121 DenseNet169 DenseNet201"),
    ("xception", "Chollet, 2016", "Xception"),
    ("inception", "Szegedy et al., 2015", "InceptionV3"),
    ("inception", "Szegedy et al., 2016", "InceptionResNetV2"),
    ("mobilenet", "Howard et al., 2017", "MobileNet"),
    ("mobilenet", "Sandler et al., 2018", "MobileNetV2"),
    ("mobilenet_v3", "Howard et al., 2019", "MobileNetV3Small MobileNetV3Large"),
    ("nasnet", "Zoph et al., 2017", "NASNetMobile NASNetLarge"),
    ("efficientnet", "Tan & Le, 2019", "EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 "
                                       "EfficientNetB4 EfficientNetB5 EfficientNetB6 EfficientNetB7"),
    ("efficientnet_v2", "Tan & Le, 2021", "EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 "
                                          "EfficientNetV2S EfficientNetV2M EfficientNetV2L"),
    ("convnext", "Liu et al., 2022", "ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge"),
)
#: The module of each function, and its paper.
FAMILIES = {name: module for module, _, names in _MODULES for name in names.split()}
PAPERS = {name: paper for _, paper, names in _MODULES for name in names.split()}
#: All functions, in alphabetical order.
NAMES = tuple(sorted(FAMILIES))


def named(word: str) -> str | None:
    """The function meant by its own name or its model's, in any case: `efficientnetv2-b0`; `None` if there is none."""
    return {name.lower(): name for name in NAMES}.get(word.lower().replace("_", "").replace("-", ""))


def usual(function: str) -> Usual:
    """What the function takes and how it treats its input; SpecError if there is no such function."""
    if function not in FAMILIES:
        raise SpecError(f"keras.applications has no {function!r}", (), did_you_mean(function, NAMES))
    found: Usual = import_module(f"{__name__}.{FAMILIES[function]}").USUAL[function]
    return found


def signature(function: str) -> dict[str, object]:
    """The function's arguments in Keras's order, with their defaults."""
    return dict(usual(function).arguments)


def build(function: str, /, *, data_format: str = "channels_last", **arguments: object) -> Net:
    """The network that `keras.applications.<function>(**arguments)` builds.

    `input_tensor`, if given, is the shape of the tensor, without the batch. SpecError, with the
    argument's name as its path, for arguments that Keras refuses.
    """
    known = usual(function)
    for name in arguments:
        if name not in known.arguments:
            raise SpecError(f"{function} has no argument {name!r}", (name,),
                            did_you_mean(name, known.arguments) or "it takes " + ", ".join(known.arguments))
    options = Options(function, known, {**known.arguments, **arguments}, data_format)
    net = Net(options.shape, data_format, options.name)
    try:
        import_module(f"{__name__}.{FAMILIES[function]}").add_layers(net, net.input, options)
    except SpecError as error:
        if error.path:
            raise
        raise SpecError(f"{function}: {error.problem}", (), error.hint) from None
    return net


def network(function: str, names: Names | None = None, **arguments: Any) -> Graph:
    """The network as a graph that can be built again for another input shape.

    Then it is what Keras builds on a tensor of that shape, without ImageNet's weights if those do
    not fit its channels.
    """

    def resized(shape: tuple[object, ...]) -> Graph:
        given = {**arguments, "input_tensor": shape}
        if len(shape) == 3 and shape[2] != 3:
            given["weights"] = None
        return build(function, **given).graph()

    graph = build(function, **arguments).graph(names)
    graph.resized = resized
    return graph
