"""Every kind takes what its Keras class takes: the same names, in order, with the same defaults."""

from __future__ import annotations

import pytest

from cnncalc.activations import ACTIVATIONS
from cnncalc.errors import CnncalcError
from cnncalc.layers import KINDS
from cnncalc.layers.base import COMMON
from cnncalc.layers.construct import REFUSED
from cnncalc.layers.settings import REQUIRED

pytestmark = pytest.mark.oracle

#: What we define beyond Keras; they stand behind its settings.
OURS = {
    f"{pool}Pooling{rank}D": ["ceil_mode"] for pool in ("Max", "Average") for rank in (1, 2, 3)
}
VOCABULARIES = ("IntegerLookup", "StringLookup", "TextVectorization")
#: What Keras's constructors take through **kwargs, with a value that they take.
UNNAMED = {
    "LayerNormalization": {"rms_scaling": True},
    "LeakyReLU": {"alpha": 0.1},
    "Embedding": {"input_length": 10},
    **{word: {"vocabulary_size": 9} for word in VOCABULARIES},
    "AdditiveAttention": {"score_mode": "dot", "seed": 3},
    "SimpleRNN": {"zero_output_for_mask": True},
    "GRU": {"implementation": 2, "zero_output_for_mask": True},
    "LSTM": {"implementation": 2, "zero_output_for_mask": True},
    **{f"ConvLSTM{rank}D": {"unroll": True, "zero_output_for_mask": True} for rank in (1, 2, 3)},
}
IMAGES = ["AugMix", "AutoContrast", "CenterCrop", "ContrastLimitedAdaptiveHistogramEqualization", "CutMix",
          "Equalization", "MaxNumBoundingBoxes", "MixUp", "RandAugment", "RandomBrightness",
          "RandomColorDegeneration", "RandomColorJitter", "RandomContrast", "RandomCrop", "RandomElasticTransform",
          "RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert",
          "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation", "RandomSharpness",
          "RandomShear", "RandomTranslation", "RandomZoom", "Resizing", "Solarization"]
for image in IMAGES:
    UNNAMED[image] = {"bounding_box_format": "xyxy"}
for image in ("AutoContrast", "MaxNumBoundingBoxes", "RandomBrightness", "RandomContrast", "Solarization"):
    UNNAMED[image]["data_format"] = "channels_first"
#: A value for each setting that has no default.
NEEDED = {
    "activation": "relu", "axes": 1, "dims": [1], "equation": "ab,bc->ac", "factor": 1, "filters": 1, "height": 1,
    "height_factor": 0.1, "input_dim": 1, "kernel_size": 1, "max_number": 1, "n": 1, "num_bins": 1, "output_dim": 1,
    "output_shape": 1, "output_size": 1, "pool_size": 1, "rate": 0.1, "scale": 1, "stddev": 0.1, "target_shape": [1],
    "units": 1, "width": 1, "width_factor": 0.1,
}

KINDS.everything()
#: The kinds that keras.layers has, without those whose settings are the network's to say.
OF_KERAS = sorted({k for k in KINDS.values() if k.not_keras is None and k.kind != "InputLayer"
                   and k.__module__.startswith("cnncalc.layers.") and not hasattr(k, "module")}, key=lambda k: k.kind)


def parameters(kind):
    import inspect

    from oracle import keras

    found = inspect.signature(getattr(keras.layers, kind.kind)).parameters.values()
    return [p for p in found if p.kind is not p.VAR_KEYWORD]


@pytest.mark.parametrize("kind", OF_KERAS, ids=lambda k: k.kind)
def test_the_settings_are_those_of_keras_in_its_order(kind):
    theirs = [p.name for p in parameters(kind)]
    beyond = [*OURS.get(kind.kind, ()), *UNNAMED.get(kind.kind, ())]
    ours = [name for name in kind.settings if name not in beyond]
    # Those of every layer are given by name, wherever Keras has them.
    assert ours == [name for name in theirs if name in ours or name not in COMMON]
    assert sorted(list(kind.settings)[len(ours):]) == sorted(beyond)
    assert not set(theirs) & set(beyond)


@pytest.mark.parametrize("kind", OF_KERAS, ids=lambda k: k.kind)
def test_the_defaults_are_those_of_keras(kind):
    for parameter in parameters(kind):
        setting = kind.settings.get(parameter.name)
        if setting is None:
            continue
        if parameter.default is parameter.empty:
            assert setting.default is REQUIRED, parameter.name
        else:
            assert setting.default is not REQUIRED, parameter.name
            assert setting.read(parameter.default, kind.rank) == setting.standard(kind.rank), parameter.name


@pytest.mark.parametrize("kind", sorted(UNNAMED))
def test_what_no_signature_names_is_taken_by_keras(kind):
    from oracle import keras

    required = {name: NEEDED[name] for name in KINDS[kind]._required}
    if kind in VOCABULARIES:  # which the files in test_keras_versions.py hold
        with pytest.raises(ImportError, match="requires TensorFlow"):
            getattr(keras.layers, kind)(**required, **UNNAMED[kind])
    else:
        getattr(keras.layers, kind)(**required, **UNNAMED[kind])
    KINDS[kind](**required, **UNNAMED[kind])


@pytest.mark.parametrize("kind", OF_KERAS, ids=lambda k: k.kind)
def test_the_aliases_are_those_of_keras(kind):
    from oracle import keras

    theirs = getattr(keras.layers, kind.kind)
    every = {name for name in dir(keras.layers) if getattr(keras.layers, name) is theirs}
    assert {kind.kind, *kind.aliases} == every | {theirs.__name__}
    assert kind.keras_class == theirs.__name__


def test_every_layer_of_keras_is_a_kind_or_refused_with_a_reason():
    import inspect

    from oracle import keras

    every = {
        name for name in dir(keras.layers)
        if inspect.isclass(getattr(keras.layers, name)) and issubclass(getattr(keras.layers, name), keras.layers.Layer)
    }
    assert every - set(KINDS) - set(REFUSED) == set()
    assert not set(KINDS) & set(REFUSED)


def test_the_activations_are_those_of_keras():
    from oracle import keras

    named = {name for name in keras.src.activations.ALL_OBJECTS_DICT if isinstance(name, str)}
    assert set(ACTIVATIONS) == named
    for name in ACTIVATIONS:
        assert callable(keras.activations.get(name))


def test_a_setting_without_a_value_is_refused():
    for kind in OF_KERAS:
        for name in kind._required:
            if name in NEEDED:
                rest = {other: NEEDED[other] for other in kind._required if other != name and other in NEEDED}
                with pytest.raises(CnncalcError, match=f"needs {name}"):
                    kind(**rest)
