"""All models of keras.applications: what Keras prints of them, from what Keras writes of them.

Nothing is stored: each model is built, and everything is held against its own summary.
"""

from __future__ import annotations

import json

import pytest

from cnncalc.sources import open_text
from cnncalc.sources.architecture.writer import spec_text
from cnncalc.sources.keras.writer import keras_json
from cnncalc.tracing import traced
from cnncalc.views.keras_text import Summary, keras3
from cnncalc.views.summary import summary_dict

pytestmark = pytest.mark.oracle

NAMES = (
    "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "ConvNeXtXLarge", "DenseNet121",
    "DenseNet169", "DenseNet201", "EfficientNetB0", "EfficientNetB1", "EfficientNetB2", "EfficientNetB3",
    "EfficientNetB4", "EfficientNetB5", "EfficientNetB6", "EfficientNetB7", "EfficientNetV2B0",
    "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3", "EfficientNetV2L", "EfficientNetV2M",
    "EfficientNetV2S", "InceptionResNetV2", "InceptionV3", "MobileNet", "MobileNetV2", "MobileNetV3Large",
    "MobileNetV3Small", "NASNetLarge", "NASNetMobile", "ResNet101", "ResNet101V2", "ResNet152", "ResNet152V2",
    "ResNet50", "ResNet50V2", "VGG16", "VGG19", "Xception",
)
#: Options that show all there is to show.
EVERYTHING = {"expand_nested": True, "show_trainable": True}
#: Of which a summary is the printed form: two that are equal print the same in every layout.
MORE = {"expand_nested": True}


def built(name, **options):
    from keras_applications import built

    return built(name, **options)


def assert_ours(name, model, theirs, **options):
    """What we build without Keras is Keras's model, which `theirs` was read from."""
    from keras_applications import assert_keras_has, assert_same

    from cnncalc.applications import build

    ours = build(name, weights=None, **options).graph()
    assert_same(ours, theirs)
    assert_keras_has(model, ours)


def test_all_that_keras_has_are_held():
    from keras_applications import names

    from cnncalc.applications import NAMES as OURS

    assert tuple(names()) == NAMES == OURS


def printed(model, **options):
    """What Keras prints."""
    lines = []
    model.summary(print_fn=lines.append, **options)
    return "\n".join(lines)


def opened(text, name="network"):
    found = open_text(text, name)
    assert found.errors == []
    assert found.warnings == []
    return found.graph


def rows(trace):
    summary = Summary(trace, **MORE)
    return summary.name, summary.sequential_like, summary.rows, summary.counts, summary.bytes


def without_shapes(value):
    """A config with every stored shape taken out but those of the inputs."""
    if isinstance(value, list):
        return [without_shapes(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__keras_tensor__":
        return {**value, "config": {k: v for k, v in value["config"].items() if k != "shape"}}
    return {key: without_shapes(item) for key, item in value.items() if key not in ("build_config", "build_input_shape")}


@pytest.mark.parametrize("name", NAMES)
def test_a_model_prints_as_in_keras_and_survives_every_way_there_and_back(name):
    from oracle import keras

    model = built(name)
    text = model.to_json()
    trace = traced(opened(text))
    assert keras3(trace) == printed(model)
    everything = printed(model, **EVERYTHING)
    assert keras3(trace, **EVERYTHING) == everything
    assert_ours(name, model, trace.graph)

    bare = traced(opened(json.dumps(without_shapes(json.loads(text)))))
    assert rows(bare) == rows(trace)

    yaml = traced(opened(spec_text(trace)))
    assert rows(yaml) == rows(trace)
    assert summary_dict(yaml) == summary_dict(trace)

    keras.backend.clear_session()
    again = keras.models.model_from_json(keras_json(yaml))
    assert printed(again, **EVERYTHING) == everything
    assert rows(traced(opened(keras_json(yaml)))) == rows(trace)


@pytest.mark.parametrize("name", NAMES)
def test_another_input_size_gives_what_keras_builds_at_that_size(name):
    graph = opened(built(name).to_json())
    size = graph.inputs[0].layer.shape[0] or 224
    # Some models pad odd maps otherwise than even ones: multiples of 32 less change none of that.
    shape = (size - 64, size - 32, 3)
    model = built(name, input_shape=shape)
    graph.name = model.name  # the names of some models say their size
    assert keras3(traced(graph, shape), **EVERYTHING) == printed(model, **EVERYTHING)
    keras = opened(model.to_json())
    assert rows(traced(keras)) == rows(traced(graph, shape))
    assert_ours(name, model, keras, input_shape=shape)


@pytest.mark.parametrize("name", NAMES)
def test_a_model_without_its_top_prints_as_in_keras(name):
    # Of layers without a rule for shapes Keras computes the values, 83 for each unknown size: one of them is enough there.
    values = name.startswith("ConvNeXt") or name == "InceptionResNetV2"
    options = {"include_top": False, "pooling": "avg", "input_shape": (None, 96 if values else None, 3)}
    model = built(name, **options)
    keras = opened(model.to_json())
    assert keras3(traced(keras), **EVERYTHING) == printed(model, **EVERYTHING)
    assert_ours(name, model, keras, **options)


@pytest.mark.parametrize(("name", "options"), [
    ("MobileNet", {"alpha": 0.25}), ("MobileNetV2", {"alpha": 0.35}), ("MobileNetV3Small", {"minimalistic": True}),
    ("MobileNetV3Large", {"alpha": 0.75, "include_preprocessing": False}), ("VGG16", {"classes": 10}),
    ("ResNet50V2", {"classes": 10, "classifier_activation": None}), ("DenseNet121", {"include_top": False, "pooling": "max"}),
    ("EfficientNetB0", {"classes": 10, "include_top": True}), ("NASNetMobile", {"classes": 10}),
    ("Xception", {"include_top": False}), ("ConvNeXtTiny", {"include_preprocessing": False, "classes": 10}),
])
def test_a_variant_prints_as_in_keras(name, options):
    model = built(name, **options)
    keras = opened(model.to_json())
    assert keras3(traced(keras), **EVERYTHING) == printed(model, **EVERYTHING)
    assert_ours(name, model, keras, **options)
