"""The networks of keras.applications, built without Keras.

    build("ResNet50", include_top=False, input_shape=(224, 224, 3))

gives a `Net`: its calls in the order in which Keras makes them, each with its layer, its name
(`None` if automatic) and what it reads. `Net.graph()` is the network in a session of its own;
`Net.nodes(names, source)` puts its layers into a session that has given names before, on a
tensor of the caller's. Layers are new in each build, so they can be frozen. Keras's `model.layers`
is `Net.graph().nodes` without the operations, whose kinds begin with `ops.`.

Keras 2 builds the same networks but for names and a few layers: its inputs are called `input_1`,
operations are TFOpLambda layers (`tf.__operators__.add`, `tf.math.multiply`), activations are called
`swish` and `hard_swish` or written out, and InceptionResNetV2 scales with Lambda layers.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..errors import CnncalcError, SpecError, SpecErrors, did_you_mean
from .net import Call, Net
from .options import Options, Usual

__all__ = ["FAMILIES", "NAMES", "Call", "Net", "Options", "build", "named", "signature"]

#: Each function of keras.applications by the module that builds it; `USUAL` there has its usual arguments.
FAMILIES: dict[str, str] = {
    name: module
    for module, names in {
        "vgg": "VGG16 VGG19",
        "resnet": "ResNet50 ResNet101 ResNet152 ResNet50V2 ResNet101V2 ResNet152V2",
        "densenet": "DenseNet121 DenseNet169 DenseNet201",
        "xception": "Xception",
        "inception": "InceptionV3 InceptionResNetV2",
        "mobilenet": "MobileNet MobileNetV2",
        "mobilenet_v3": "MobileNetV3Small MobileNetV3Large",
        "nasnet": "NASNetMobile NASNetLarge",
        "efficientnet": "EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 "
                        "EfficientNetB4 EfficientNetB5 EfficientNetB6 EfficientNetB7",
        "efficientnet_v2": "EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 "
                           "EfficientNetV2S EfficientNetV2M EfficientNetV2L",
        "convnext": "ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge",
    }.items()
    for name in names.split()
}  # fmt: skip
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


def signature(function: str) -> dict[str, Any]:
    """The function's arguments in Keras's order, with their defaults."""
    return dict(usual(function).arguments)


def build(function: str, /, *, data_format: str = "channels_last", **arguments: Any) -> Net:
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
    except CnncalcError as errors:
        raise SpecErrors([e if e.path else SpecError(f"{function}: {e.problem}", (), e.hint)
                          for e in errors if isinstance(e, SpecError)]) from None
    return net
