"""torchvision's networks by name: their counts, and what programs do with them.

The counts are those that torchvision publishes with its weights; of googlenet, whose weights have no auxiliary heads, those with them.
"""

from __future__ import annotations

import pytest
from running import cnncalc

from cnncalc.sources import open_named
from cnncalc.sources.python.program import Given
from cnncalc.tracing import traced

PUBLISHED = {
    "alexnet": 61_100_840,
    "vgg11": 132_863_336, "vgg11_bn": 132_868_840, "vgg13": 133_047_848, "vgg13_bn": 133_053_736, "vgg16": 138_357_544, "vgg16_bn":
    138_365_992, "vgg19": 143_667_240, "vgg19_bn": 143_678_248,
    "resnet18": 11_689_512, "resnet34": 21_797_672, "resnet50": 25_557_032, "resnet101": 44_549_160, "resnet152": 60_192_808,
    "resnext50_32x4d": 25_028_904, "resnext101_32x8d": 88_791_336, "resnext101_64x4d": 83_455_272, "wide_resnet50_2": 68_883_240,
    "wide_resnet101_2": 126_886_696,
    "densenet121": 7_978_856, "densenet161": 28_681_000, "densenet169": 14_149_480, "densenet201": 20_013_928,
    "squeezenet1_0": 1_248_424, "squeezenet1_1": 1_235_496,
    "googlenet": 13_004_888,
    "inception_v3": 27_161_264,
    "mobilenet_v2": 3_504_872,
    "mobilenet_v3_large": 5_483_032, "mobilenet_v3_small": 2_542_856,
    "shufflenet_v2_x0_5": 1_366_792, "shufflenet_v2_x1_0": 2_278_604, "shufflenet_v2_x1_5": 3_503_624, "shufflenet_v2_x2_0": 7_393_996,
    "mnasnet0_5": 2_218_512, "mnasnet0_75": 3_170_208, "mnasnet1_0": 4_383_312, "mnasnet1_3": 6_282_256,
    "efficientnet_b0": 5_288_548, "efficientnet_b1": 7_794_184, "efficientnet_b2": 9_109_994, "efficientnet_b3": 12_233_232,
    "efficientnet_b4": 19_341_616, "efficientnet_b5": 30_389_784, "efficientnet_b6": 43_040_704, "efficientnet_b7": 66_347_960,
    "efficientnet_v2_s": 21_458_488, "efficientnet_v2_m": 54_139_356, "efficientnet_v2_l": 118_515_272,
    "convnext_tiny": 28_589_128, "convnext_small": 50_223_688, "convnext_base": 88_591_464, "convnext_large": 197_767_336,
    "regnet_y_400mf": 4_344_144, "regnet_y_800mf": 6_432_512, "regnet_y_1_6gf": 11_202_430, "regnet_y_3_2gf": 19_436_338, "regnet_y_8gf":
    39_381_472, "regnet_y_16gf": 83_590_140, "regnet_y_32gf": 145_046_770, "regnet_y_128gf": 644_812_894, "regnet_x_400mf": 5_495_976,
    "regnet_x_800mf": 7_259_656, "regnet_x_1_6gf": 9_190_136, "regnet_x_3_2gf": 15_296_552, "regnet_x_8gf": 39_572_648, "regnet_x_16gf":
    54_278_536, "regnet_x_32gf": 107_811_560,
    "vit_b_16": 86_567_656, "vit_b_32": 88_224_232, "vit_l_16": 304_326_632, "vit_l_32": 306_535_400, "vit_h_14": 632_045_800,
    "swin_t": 28_288_354, "swin_s": 49_606_258, "swin_b": 87_768_224, "swin_v2_t": 28_351_570, "swin_v2_s": 49_737_442, "swin_v2_b":
    87_930_848,
}
QUICK = ["alexnet", "resnet50", "mobilenet_v3_small", "shufflenet_v2_x0_5", "vit_b_16"]
#: One of each family, for what takes longer.
FAMILIES = ["alexnet", "vgg11_bn", "resnet18", "resnext50_32x4d", "densenet121", "squeezenet1_1", "googlenet", "inception_v3", "mobilenet_v2",
            "mobilenet_v3_small", "shufflenet_v2_x0_5", "mnasnet0_5", "efficientnet_b0", "efficientnet_v2_s", "convnext_tiny", "regnet_x_400mf",
            "regnet_y_400mf", "vit_b_16", "swin_t", "swin_v2_t"]


def size(name):
    return 299 if name == "inception_v3" else 224


def opened(folder, text, expression="", shape="3x224x224", batch=None):
    """The network of a program, without errors."""
    path = folder / "net.py"
    path.write_text(text)
    given = Given()
    given.words, given.batch = (shape,), batch
    found = open_named(f"{path}{expression}", given)
    assert [str(error) for error in found.errors] == []
    return found.graph


def named(folder, name, **kwargs):
    return opened(folder, f"from torchvision import models\nmodel = models.{name}()\n", shape=f"3x{size(name)}x{size(name)}", **kwargs)


def counted(graph):
    steps = traced(graph).steps
    return sum(s.params for s in steps), sum(s.trainable_params for s in steps)


@pytest.mark.parametrize("name", QUICK)
def test_a_network_has_the_published_count(name, tmp_path):
    graph = named(tmp_path, name)
    assert counted(graph) == (PUBLISHED[name],) * 2
    assert traced(graph).outputs == ((1000,),)


@pytest.mark.oracle
@pytest.mark.parametrize("name", [name for name in PUBLISHED if name not in QUICK])
def test_every_network_has_the_published_count(name, tmp_path):
    test_a_network_has_the_published_count(name, tmp_path)


def test_all_networks_are_in_the_table():
    from cnncalc.sources.python.torch_models import FAMILIES as known

    assert {name for names in known.values() for name in names.split() if name[0].islower() and not name.startswith(("conv1x", "conv3x"))} == set(PUBLISHED)


# What programs do with them.

USES = '''
import torch
import torch.nn as nn
import torchvision
from torchvision import models
from torchvision.models import ResNet50_Weights, resnet50, vgg16
from torchvision.models.resnet import Bottleneck, ResNet


class Features(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        net = models.resnet18(pretrained=True)
        self.features = nn.Sequential(*list(net.children())[:-1])
        for p in self.features.parameters():
            p.requires_grad = False
        self.fc = nn.Linear(net.fc.in_features, classes)

    def forward(self, x):
        return self.fc(self.features(x).flatten(1))


def head():
    model = resnet50(weights=ResNet50_Weights.DEFAULT)
    for param in model.parameters():
        param.requires_grad = False
    model.fc = nn.Linear(model.fc.in_features, 5)
    return model


def last_of_vgg():
    model = vgg16(weights="IMAGENET1K_V1")
    for param in model.features.parameters():
        param.requires_grad = False
    model.classifier[6] = nn.Linear(4096, 2)
    return model


def mobile():
    model = models.mobilenet_v2(weights=models.MobileNet_V2_Weights.IMAGENET1K_V1)
    model.classifier[1] = nn.Linear(model.last_channel, 3)
    return model


def classes():
    return torchvision.models.densenet121(pretrained=False, num_classes=7)


def pretrained_googlenet():
    model = models.googlenet(weights=models.GoogLeNet_Weights.DEFAULT)
    return model


def gray():
    model = models.resnet18()
    model.conv1 = nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3, bias=False)
    model.fc = nn.Identity()
    return model


def own_depth():
    return ResNet(Bottleneck, [1, 1, 1, 1], num_classes=3)


def no_heads():
    return models.inception_v3(weights=None, aux_logits=False)


def body():
    return models.vgg16_bn().features


def by_word():
    return models.get_model("resnet18", num_classes=3)


def from_the_hub():
    return torch.hub.load("pytorch/vision:v0.10.0", "resnet18", pretrained=True)


def squeezed():
    model = models.squeezenet1_0(True)
    model.classifier[1] = nn.Conv2d(512, 2, kernel_size=(1, 1), stride=(1, 1))
    return model


def last_stage():
    model = models.resnet50(weights="DEFAULT")
    for name, param in model.named_parameters():
        if "layer4" not in name and "fc" not in name:
            param.requires_grad_(False)
    return model


def transformer():
    model = models.vit_b_16(weights=models.ViT_B_16_Weights.IMAGENET1K_V1)
    model.heads.head = nn.Linear(model.heads.head.in_features, 10)
    return model


def wrong():
    return models.resnet18(weights="DEFAULT", num_classes=10)
'''


@pytest.mark.parametrize(("use", "params", "trainable", "output", "shape"), [
    ("Features", 11_181_642, 5_130, (10,), "3x224x224"),
    ("head", 23_518_277, 10_245, (5,), "3x224x224"),
    ("last_of_vgg", 134_268_738, 119_554_050, (2,), "3x224x224"),
    ("mobile", 2_227_715, 2_227_715, (3,), "3x224x224"),
    ("classes", 6_961_031, 6_961_031, (7,), "3x224x224"),
    ("pretrained_googlenet", 6_624_904, 6_624_904, (1000,), "3x224x224"),
    ("gray", 11_170_240, 11_170_240, (512,), "1x224x224"),
    ("own_depth", 8_022_083, 8_022_083, (3,), "3x64x64"),
    ("no_heads", 23_834_568, 23_834_568, (1000,), "3x299x299"),
    ("body", 14_723_136, 14_723_136, (512, 7, 7), "3x224x224"),
    ("by_word", 11_178_051, 11_178_051, (3,), "3x224x224"),
    ("from_the_hub", 11_689_512, 11_689_512, (1000,), "3x224x224"),
    ("squeezed", 736_450, 736_450, (2,), "3x224x224"),
    ("last_stage", 25_557_032, 17_013_736, (1000,), "3x224x224"),
    ("transformer", 85_806_346, 85_806_346, (10,), "3x224x224"),
])
def test_what_programs_do_with_them(use, params, trainable, output, shape, tmp_path):
    graph = opened(tmp_path, USES, f":{use}()", shape)
    assert counted(graph) == (params, trainable)
    assert traced(graph).outputs == (output,)


def test_pretrained_weights_have_1000_classes(tmp_path):
    (tmp_path / "net.py").write_text(USES)
    line = USES.split("\n").index('    return models.resnet18(weights="DEFAULT", num_classes=10)') + 1
    run = cnncalc("summary", "net.py:wrong()", cwd=tmp_path)
    assert run.err.startswith(f"net.py:{line}:12: error: ValueError: The parameter 'num_classes' expected value 1000 but got 10 instead.")


# torchvision itself.


@pytest.fixture(scope="module")
def torchvision():
    """torchvision's networks; skipped where it is not installed."""
    pytest.importorskip("torch")
    try:
        from torchvision import models
    except ImportError:
        pytest.skip("torchvision is not installed")
    except RuntimeError:  # a build for another torch: the operators of its detectors are missing
        from torch import library

        for word in ("nms", "qnms"):
            library.define(f"torchvision::{word}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        from torchvision import models
    return models


def made(models, name):
    import torch

    more = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    if name.startswith(("regnet", "shufflenet", "mnasnet")):
        return models.get_model(name, **more).eval()
    with torch.device("meta"):
        return models.get_model(name, **more).eval()


def tree(registered, prefix=""):
    yield prefix, registered.word, sum(p.values for p in registered.parameters)
    for child in registered.children:
        yield from tree(child, f"{prefix}.{child.name}" if prefix else child.name)


@pytest.mark.oracle
@pytest.mark.parametrize("name", FAMILIES)
def test_modules_are_those_of_torchvision(name, torchvision, tmp_path):
    """Names, types and counts of every module in order; those that run, in the order of their calls, with their shapes."""
    import torch
    from torch import nn

    model, rows = made(torchvision, name), []
    graph = named(tmp_path, name, batch=2)
    parts = [(path, module) for path, module in model.named_modules() if not path.endswith("out_proj")]
    theirs = [(path, type(module).__name__, sum(p.numel() for p in module.parameters(recurse=isinstance(module, nn.MultiheadAttention))))
              for path, module in parts]
    assert list(tree(graph.root)) == theirs
    for path, module in parts:
        if not list(module.children()) or isinstance(module, nn.MultiheadAttention):
            module.register_forward_hook(lambda module, args, y, path=path: rows.append(
                (path, type(module).__name__, tuple(y[0].shape if isinstance(y, tuple) else y.shape)[1:])))
    with torch.no_grad():
        model(torch.zeros(2, 3, size(name), size(name), device=next(model.parameters()).device))
    ours = [(step.node.keras_name, step.node.word, tuple(map(int, step.outputs[0]))[-len(row[2]):])
            for step, row in zip([s for s in traced(graph).steps if s.node.kind in ("Module",) or s.node.kind.startswith("nn.")], rows)]
    assert ours == rows
