"""The networks of keras.applications without Keras: published totals, arguments, names, errors."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cnncalc.applications import NAMES, build, named, signature
from cnncalc.errors import CnncalcError
from cnncalc.graph import Names, Node, Ref
from cnncalc.layers import InputLayer
from cnncalc.tracing import traced

#: The parameters that Keras publishes for each network with its top, those of them that are trained, and its layers.
PUBLISHED = {
    "ConvNeXtBase": (88_591_464, 88_591_464, 297), "ConvNeXtLarge": (197_767_336, 197_767_336, 297),
    "ConvNeXtSmall": (50_223_688, 50_223_688, 297), "ConvNeXtTiny": (28_589_128, 28_589_128, 153),
    "ConvNeXtXLarge": (350_196_968, 350_196_968, 297),
    "DenseNet121": (8_062_504, 7_978_856, 429), "DenseNet169": (14_307_880, 14_149_480, 597),
    "DenseNet201": (20_242_984, 20_013_928, 709),
    "EfficientNetB0": (5_330_571, 5_288_548, 241), "EfficientNetB1": (7_856_239, 7_794_184, 343),
    "EfficientNetB2": (9_177_569, 9_109_994, 343), "EfficientNetB3": (12_320_535, 12_233_232, 388),
    "EfficientNetB4": (19_466_823, 19_341_616, 478), "EfficientNetB5": (30_562_527, 30_389_784, 580),
    "EfficientNetB6": (43_265_143, 43_040_704, 670), "EfficientNetB7": (66_658_687, 66_347_960, 817),
    "EfficientNetV2B0": (7_200_312, 7_139_704, 273), "EfficientNetV2B1": (8_212_124, 8_141_052, 337),
    "EfficientNetV2B2": (10_178_374, 10_096_086, 352), "EfficientNetV2B3": (14_467_622, 14_358_406, 412),
    "EfficientNetV2L": (119_027_848, 118_515_272, 1031), "EfficientNetV2M": (54_431_388, 54_139_356, 743),
    "EfficientNetV2S": (21_612_360, 21_458_488, 516),
    "InceptionResNetV2": (55_873_736, 55_813_192, 782), "InceptionV3": (23_851_784, 23_817_352, 313),
    "MobileNet": (4_253_864, 4_231_976, 91), "MobileNetV2": (3_538_984, 3_504_872, 156),
    "MobileNetV3Large": (5_507_432, 5_483_032, 210), "MobileNetV3Small": (2_554_968, 2_542_856, 182),
    "NASNetLarge": (88_949_818, 88_753_150, 1041), "NASNetMobile": (5_326_716, 5_289_978, 771),
    "ResNet101": (44_707_176, 44_601_832, 347), "ResNet101V2": (44_675_560, 44_577_896, 379),
    "ResNet152": (60_419_944, 60_268_520, 517), "ResNet152V2": (60_380_648, 60_236_904, 566),
    "ResNet50": (25_636_712, 25_583_592, 177), "ResNet50V2": (25_613_800, 25_568_360, 192),
    "VGG16": (138_357_544, 138_357_544, 23), "VGG19": (143_667_240, 143_667_240, 26),
    "Xception": (22_910_480, 22_855_952, 134),
}


def test_all_totals_are_those_published():
    def totals(name):
        trace = traced(build(name).graph())
        assert trace.errors == ()
        return trace.params, trace.trainable_params, len(trace.steps)

    assert {name: totals(name) for name in NAMES} == PUBLISHED


@pytest.mark.parametrize(("words", "name"), [
    (("efficientnetb0", "EfficientNetB0"), "EfficientNetB0"), (("efficientnetv2-b0",), "EfficientNetV2B0"),
    (("convnext_tiny", "ConvNeXtTiny"), "ConvNeXtTiny"), (("inception_resnet_v2",), "InceptionResNetV2"),
    (("MobileNetV3Small", "mobilenet_v3_small"), "MobileNetV3Small"), (("nasnet_large",), "NASNetLarge"),
    (("resnet18", "", "efficientnet"), None),
])
def test_a_network_is_found_by_its_function_or_its_models_name(words, name):
    assert [named(word) for word in words] == [name] * len(words)


def test_arguments_are_in_keras_order():
    assert list(signature("ResNet50")) == [
        "include_top", "weights", "input_tensor", "input_shape", "pooling", "classes", "classifier_activation", "name"]
    assert list(signature("MobileNet"))[:5] == ["input_shape", "alpha", "depth_multiplier", "dropout", "include_top"]


def test_automatic_names_go_on_from_those_of_the_session():
    names = Names()
    first = [node.name for node in build("InceptionV3").nodes(names)]
    second = [node.name for node in build("InceptionV3").nodes(names)]
    assert first[1:4] == ["conv2d", "batch_normalization", "activation"]
    assert second[1:4] == ["conv2d_94", "batch_normalization_94", "activation_94"]
    assert (first[0], second[0]) == ("input_layer", "input_layer_1")
    assert "mixed10" in first
    assert "mixed10" in second


def test_another_tensor_takes_the_place_of_the_input():
    source = Node("photos", InputLayer(shape=(64, 64, 3)))
    net = build("ResNet50", include_top=False, weights=None, input_tensor=(64, 64, 3))
    nodes = net.nodes(Names(), Ref(source))
    assert nodes[0].inputs == (Ref(source),)
    assert all(type(node.layer) is not InputLayer for node in nodes)
    assert net.calls[-1].shape == (2, 2, 2048)


def test_layers_are_new_in_each_build():
    one, other = build("VGG16").calls[1].layer, build("VGG16").calls[1].layer
    one.trainable = False
    assert other.trainable


#: Arguments that Keras refuses: the argument, and the rule in our words.
REFUSED = [
    ("ResNet50", {"input_shape": (200, 200, 3)}, "input_shape",
     "input_shape of ResNet50 must be (224, 224, 3) with include_top=True and weights='imagenet' (got (200, 200, 3))"),
    ("MobileNet", {"input_shape": (200, 200, 3)}, "input_shape", "must be (224, 224, 3)"),
    ("MobileNetV2", {"input_shape": (128, 160, 3)}, "input_shape", "must be (224, 224, 3)"),
    ("VGG16", {"input_shape": (31, 64, 3), "include_top": False}, "input_shape", "must be at least 32x32 (got (31, 64, 3))"),
    ("InceptionV3", {"input_shape": (74, 75, 3), "weights": None}, "input_shape", "must be at least 75x75"),
    ("Xception", {"input_shape": (71, 70, 3), "include_top": False}, "input_shape", "must be at least 71x71"),
    ("MobileNetV3Small", {"input_shape": (31, 31, 3)}, "input_shape", "must be at least 32x32"),
    ("DenseNet121", {"input_shape": (64, 64, 1), "include_top": False}, "input_shape", "must have 3 channels with weights='imagenet'"),
    ("EfficientNetB0", {"input_shape": (None, None, 3), "weights": None}, "input_shape", "must have known sizes with include_top=True"),
    ("NASNetMobile", {"input_shape": (None, None, 3), "include_top": False}, "input_shape", "must have known sizes with weights='imagenet'"),
    ("ResNet50", {"input_shape": (64, 64), "weights": None}, "input_shape", "must be three sizes, such as (224, 224, 3) (got [64, 64])"),
    ("VGG19", {"classes": 10}, "classes", "must be 1000 with include_top=True and weights='imagenet' (got 10)"),
    ("VGG19", {"classifier_activation": "sigmoid"}, "classifier_activation", "must be 'softmax' or None with pretrained weights"),
    ("MobileNet", {"alpha": 0.3}, "alpha", "must be one of 0.25, 0.5, 0.75, 1.0 with weights='imagenet' (got 0.3)"),
    ("MobileNet", {"depth_multiplier": 2}, "depth_multiplier", "must be 1 with weights='imagenet'"),
    ("MobileNetV2", {"alpha": 0.25}, "alpha", "must be one of 0.35, 0.5"),
    ("MobileNetV3Large", {"alpha": 0.5}, "alpha", "must be 0.75 or 1.0 with weights='imagenet'"),
    ("MobileNetV3Large", {"alpha": 0.75, "minimalistic": True}, "alpha", "must be 1.0 with weights='imagenet' and minimalistic=True"),
    ("MobileNetV2", {"input_shape": (96, 96, 3), "input_tensor": (96, 128, 3), "include_top": False}, "input_shape",
     "must match the input_tensor, (96, 128, 3)"),
    ("ConvNeXtTiny", {"name": "mine"}, "name", "must contain 'convnext_tiny' with weights='imagenet'"),
]
#: What we refuse before Keras would fail in its own way.
OURS = [
    ("EfficientNetV2S", {"name": "mine"}, "name", "must be one of efficientnetv2-b0"),
    ("VGG19", {"classifier_activation": "sofmax", "weights": None}, "classifier_activation", "must be an activation"),
    ("ResNet50", {"include_topp": False}, "include_topp", "ResNet50 has no argument 'include_topp'"),
    ("ResNet50", {"classes": 0, "weights": None}, "classes", "must be a positive integer (got 0)"),
    ("ResNet50", {"classes": "10", "weights": None}, "classes", "must be a positive integer (got '10')"),
    ("ResNet50", {"input_shape": "224x224"}, "input_shape", "must be three sizes"),
    ("ResNet50", {"input_shape": (224.0, 224, 3)}, "input_shape", "must be three sizes"),
    ("ResNet50", {"input_tensor": (100,)}, "input_tensor", "must be a batch of images (got (None, 100))"),
    ("ResNet50", {"weights": 3}, "weights", "must be None, 'imagenet', or a file's path (got 3)"),
    ("MobileNet", {"alpha": "1"}, "alpha", "must be a number above 0 (got '1')"),
    ("MobileNet", {"dropout": 2}, "dropout", "must be a number from 0 to 1 (got 2)"),
]


@pytest.mark.parametrize(("name", "arguments", "path", "words"), REFUSED + OURS)
def test_a_bad_argument_is_named_with_its_rule(name, arguments, path, words):
    with pytest.raises(CnncalcError) as caught:
        build(name, **arguments)
    (error,) = caught.value
    assert error.path == (path,)
    assert words in error.problem


def test_an_unknown_network_is_refused_with_the_nearest():
    with pytest.raises(CnncalcError, match=r"keras\.applications has no 'Resnet50'") as caught:
        build("Resnet50")
    assert caught.value.hint == "did you mean 'ResNet50'?"


def test_a_layer_that_does_not_fit_is_named():
    with pytest.raises(CnncalcError, match="DenseNet121: AveragePooling2D 'pool3_pool': window 2x2 does not fit"):
        build("DenseNet121", weights=None, include_top=False, input_tensor=(10, 10, 3))


def test_only_the_family_asked_for_is_loaded():
    code = "import sys, cnncalc.applications as a; a.build('VGG16'); print(*[m for m in sys.modules if 'applications.' in m])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert set(loaded) - {"cnncalc.layers.applications"} == {f"cnncalc.applications.{name}" for name in ("net", "options", "vgg")}
