"""Arguments of keras.applications, against what Keras builds.

The default networks, other sizes and networks without a top are compared where Keras builds them
anyway: see test_applications. CNNCALC_APPLICATIONS=1 compares every network with every kind of argument.
"""

from __future__ import annotations

import os
from contextlib import contextmanager

import pytest
from test_build import REFUSED

from cnncalc.applications import NAMES, build, signature
from cnncalc.errors import CnncalcError
from cnncalc.graph import Names
from cnncalc.sources import open_text

pytestmark = pytest.mark.oracle

#: What every network takes, and what some do: the smallest size that all accept is 75.
EVERY = [
    {"input_shape": (97, 130, 3)}, {"include_top": False}, {"include_top": False, "input_shape": (75, 75, 3)},
    {"include_top": False, "pooling": "max", "input_shape": (129, 96, 3)}, {"include_top": False, "pooling": "avg"},
    {"input_shape": (161, 161, 1), "classes": 7, "classifier_activation": None}, {"classes": 2, "classifier_activation": "sigmoid"},
    {"include_top": False, "input_shape": (100, 100, 5)}, {"include_top": False, "input_shape": (None, None, 1)},
]
SOME = {
    "alpha": [{"alpha": alpha} for alpha in (0.25, 0.35, 0.5, 0.75, 1.3, 1.4, 2.0)] + [{"alpha": 1.4, "include_top": False, "input_shape": (96, 96, 3)}],
    "depth_multiplier": [{"depth_multiplier": 2}],
    "dropout": [{"dropout": 0.3}],
    "dropout_rate": [{"dropout_rate": 0}, {"dropout_rate": 0.5}],
    "minimalistic": [{"minimalistic": True}, {"minimalistic": True, "alpha": 0.5, "include_top": False}],
    "include_preprocessing": [{"include_preprocessing": False}, {"include_preprocessing": False, "include_top": False}],
}
FEW = [
    ("ResNet50V2", {"include_top": False, "input_shape": (97, 130, 3)}), ("MobileNet", {"alpha": 0.5, "depth_multiplier": 2, "dropout": 0.3}),
    ("MobileNet", {"include_top": False}), ("MobileNetV2", {"alpha": 1.4, "include_top": False, "input_shape": (97, 130, 3)}),
    ("MobileNetV2", {"alpha": 1.3, "input_shape": (160, 160, 3)}), ("MobileNetV3Small", {"alpha": 1.5, "dropout_rate": 0, "classes": 3}),
    ("MobileNetV3Large", {"minimalistic": True, "include_top": False, "input_shape": (97, 130, 3)}),
    ("EfficientNetV2B0", {"include_preprocessing": False, "classes": 3}), ("EfficientNetV2B0", {"input_shape": (75, 75, 1)}),
    ("EfficientNetV2B0", {"name": "efficientnetv2-s"}), ("NASNetMobile", {"include_top": False}), ("VGG16", {"include_top": False, "pooling": "max"}),
    ("ConvNeXtTiny", {"include_top": False, "input_shape": (75, 75, 1), "name": "gray"}),
]


def variants():
    """All kinds of arguments of all networks, if they were asked for; otherwise those that each show a rule of their own."""
    if not os.environ.get("CNNCALC_APPLICATIONS"):
        return FEW
    return FEW + [(name, feasible(name, options)) for name in NAMES for options in EVERY + [
        options for argument, several in SOME.items() if argument in signature(name) for options in several]]


def feasible(name, options):
    """The options with one unknown size, not two, for layers of which Keras computes the values 83 times for each."""
    height, _, channels = options.get("input_shape", (None, None, 3))
    if height is None and not options.get("include_top", True) and (name.startswith("ConvNeXt") or name == "InceptionResNetV2"):
        return {**options, "input_shape": (None, 96, channels)}
    return options


def opened(model):
    found = open_text(model.to_json(), "network")
    assert found.errors == []
    return found.graph


@pytest.mark.parametrize(("name", "options"), variants())
def test_arguments_have_the_effect_that_they_have_in_keras(name, options):
    from keras_applications import assert_keras_has, assert_same, built

    model = built(name, **options)
    ours = build(name, **{"weights": None, **options}).graph()
    assert_same(ours, opened(model))
    assert_keras_has(model, ours)


@contextmanager
def no_weights():
    """Keras without the download of weights, and so without their values."""
    from keras.src.models.model import Model
    from keras.src.utils import file_utils

    get, load = file_utils.get_file, Model.load_weights
    file_utils.get_file = lambda *args, **kwargs: ""
    Model.load_weights = lambda self, *args, **kwargs: None
    try:
        yield
    finally:
        file_utils.get_file, Model.load_weights = get, load


@pytest.mark.parametrize(("name", "options"), [
    ("EfficientNetB0", {}), ("EfficientNetB0", {"include_top": False}), ("MobileNet", {"input_shape": (128, 128, 3)}),
    ("MobileNetV2", {"include_top": False, "input_shape": (97, 130, 3)}), ("MobileNetV3Small", {"input_shape": (97, 130, 3)}),
    ("NASNetMobile", {"include_top": False, "input_shape": (97, 130, 3)}), ("VGG16", {"classifier_activation": None}),
])
def test_imagenet_weights_imply_what_they_do_in_keras(name, options):
    from keras_applications import assert_same, built

    with no_weights():
        model = built(name, weights="imagenet", **options)
    assert_same(build(name, weights="imagenet", **options).graph(), opened(model))


@pytest.mark.parametrize("name", ["InceptionV3", "ResNet50V2", "MobileNetV3Small", "NASNetMobile", "ConvNeXtTiny", "EfficientNetB0"])
def test_automatic_names_go_on_as_in_keras(name):
    import keras
    from keras_applications import built

    built(name)
    again = getattr(keras.applications, name)(weights=None)
    session = Names()
    build(name, weights=None).graph(session)
    ours = build(name, weights=None).graph(session)
    assert [node.keras_name for node in ours.nodes] == [layer.name for layer in again.operations]


@pytest.mark.parametrize(("name", "options"), [
    ("ResNet50", {"include_top": False}), ("MobileNet", {}), ("MobileNetV2", {}), ("MobileNetV3Small", {"include_top": False}),
    ("EfficientNetV2B0", {"include_top": False}), ("NASNetMobile", {"include_top": False}),
])
def test_a_given_tensor_is_what_the_network_begins_with(name, options):
    import keras
    from keras_applications import assert_same, built

    keras.backend.clear_session()
    model = built(name, input_tensor=keras.Input((160, 160, 3), name="photos"), **options)
    ours = build(name, weights=None, input_tensor=(160, 160, 3), **options)
    graph = ours.graph()
    graph.nodes[0].name = graph.nodes[0].keras_name = "photos"
    assert_same(graph, opened(model))


@pytest.mark.parametrize("name", ["ResNet50", "VGG16", "Xception", "InceptionV3", "MobileNetV2", "EfficientNetB0", "EfficientNetV2S"])
def test_channels_first_networks_are_those_of_keras(name):
    import keras
    from keras_applications import assert_same, built

    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_first")
    try:
        model = built(name, input_shape=(3, 96, 128), classes=10)
        ours = build(name, weights=None, input_shape=(3, 96, 128), classes=10, data_format="channels_first").graph()
        assert_same(ours, opened(model))
    finally:
        keras.config.set_image_data_format(before)


@pytest.mark.parametrize(("name", "arguments", "path", "words"), REFUSED)
def test_keras_refuses_the_same_arguments(name, arguments, path, words):
    import keras

    if "input_tensor" in arguments:
        arguments = {**arguments, "input_tensor": keras.Input(arguments["input_tensor"])}
    with no_weights(), pytest.raises(ValueError, match=path.replace("_", ".?")):
        getattr(keras.applications, name)(**arguments)


@pytest.mark.parametrize("name", ["DenseNet121", "NASNetMobile", "ConvNeXtTiny"])
def test_some_networks_are_channels_last_only(name):
    import keras

    with pytest.raises(CnncalcError, match=f"{name} works with data_format='channels_last' only"):
        build(name, weights=None, data_format="channels_first")
    keras.config.set_image_data_format("channels_first")
    try:
        with pytest.raises(ValueError, match=r"does not support the .channels_first. image data format"):
            getattr(keras.applications, name)(weights=None)
    finally:
        keras.config.set_image_data_format("channels_last")
