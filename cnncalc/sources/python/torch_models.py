"""torchvision's networks by name: as source of our own beside this module, which is read like any other."""

from __future__ import annotations

import os

from .blocks import run_module_statements
from .interpreter import Interpreter
from .scopes import Frame, ModuleScope, Value
from .text import SourceText, parse
from .torch_objects import Word
from .torch_session import session
from .values import Module, Native

#: The networks of each family, and its other names that programs import.
FAMILIES = {
    "alexnet": "alexnet AlexNet",
    "vgg": "vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn VGG",
    "resnet": "resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d resnext101_32x8d resnext101_64x4d wide_resnet50_2 wide_resnet101_2 "
              "ResNet BasicBlock Bottleneck conv1x1 conv3x3",
    "densenet": "densenet121 densenet161 densenet169 densenet201 DenseNet",
    "squeezenet": "squeezenet1_0 squeezenet1_1 SqueezeNet Fire",
    "googlenet": "googlenet GoogLeNet",
    "inception": "inception_v3 Inception3",
    "mobilenetv2": "mobilenet_v2 MobileNetV2",
    "mobilenetv3": "mobilenet_v3_large mobilenet_v3_small MobileNetV3",
    "shufflenetv2": "shufflenet_v2_x0_5 shufflenet_v2_x1_0 shufflenet_v2_x1_5 shufflenet_v2_x2_0 ShuffleNetV2",
    "mnasnet": "mnasnet0_5 mnasnet0_75 mnasnet1_0 mnasnet1_3 MNASNet",
    "efficientnet": "efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3 efficientnet_b4 efficientnet_b5 efficientnet_b6 "
                    "efficientnet_b7 efficientnet_v2_s efficientnet_v2_m efficientnet_v2_l EfficientNet",
    "convnext": "convnext_tiny convnext_small convnext_base convnext_large ConvNeXt",
    "regnet": "regnet_y_400mf regnet_y_800mf regnet_y_1_6gf regnet_y_3_2gf regnet_y_8gf regnet_y_16gf regnet_y_32gf regnet_y_128gf regnet_x_400mf "
              "regnet_x_800mf regnet_x_1_6gf regnet_x_3_2gf regnet_x_8gf regnet_x_16gf regnet_x_32gf RegNet",
    "vision_transformer": "vit_b_16 vit_b_32 vit_l_16 vit_l_32 vit_h_14 VisionTransformer",
    "swin_transformer": "swin_t swin_s swin_b swin_v2_t swin_v2_s swin_v2_b SwinTransformer",
}
_FAMILY = {name: family for family, names in FAMILIES.items() for name in names.split()}
_MODULES = {**dict.fromkeys(FAMILIES), "mobilenet": None, "common": None}
FOLDER = os.path.join(os.path.dirname(__file__), "torchvision")


def bundled(run: Interpreter, name: str) -> Value:
    """A function that builds one of torchvision's networks, or what programs import with it; None if it is not bundled."""
    if name in _FAMILY:
        return _names(run, _FAMILY[name])[name]
    if name in _MODULES:
        return submodule(name)
    if name.endswith("_Weights") or name == "get_weight":
        return Word(name)
    if name == "get_model":
        return Native(name, _get_model)
    return None


def submodule(family: str) -> Module | None:
    """`torchvision.models.resnet`: its own names, and all networks."""
    if family not in _MODULES:
        return None

    def find(run: Interpreter, name: str) -> Value:
        if family in FAMILIES or family == "common":
            found = _names(run, family).get(name)
            if found is not None:
                return found
        return bundled(run, name)

    made = Module(f"torchvision.models.{family}", find=find)
    if family == "common":
        made.everything = lambda run: _names(run, family)
    return made


def _get_model(run: Interpreter, name: Value, **kwargs: Value) -> Value:
    found = bundled(run, name) if isinstance(name, str) and name in _FAMILY else None
    if found is None:
        return run.unknown(f"torchvision.models.get_model({name!r}) is not read")
    return run.call(found, [], kwargs)


def _names(run: Interpreter, family: str) -> dict[str, object]:
    """What the source of a family defines."""
    known = session(run).modules
    if family not in known:
        with open(os.path.join(FOLDER, f"{family}.txt"), encoding="utf-8") as file:
            text = SourceText(f"torchvision/{family}", file.read())
        known[family] = read_source(run, text)
    found: dict[str, object] = known[family]
    return found


def read_source(run: Interpreter, text: SourceText) -> dict[str, Value]:
    """The names that the source of a module defines."""
    text.bundled = True
    scope = ModuleScope(text.name, text, {})
    frame = Frame(scope, scope.names)
    before, at = run.frame, run.at
    run.frame = frame
    try:
        run_module_statements(run, parse(text).body, frame)
    finally:
        run.frame, run.at = before, at
    return scope.names
