"""Receptive fields of keras.applications, read from what Keras writes of them."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.receptive_field.report import Sight

pytestmark = pytest.mark.oracle


def sight_of(name):
    from keras_applications import as_json

    return Sight(cnncalc.loads(as_json(name)).trace)


@pytest.mark.parametrize(("name", "layer", "size", "padding"), [
    ("VGG16", "block5_pool", 212, 90), ("ResNet50", "conv5_block3_out", 483, 241),
    ("ResNet152", "conv5_block3_out", 1507, 753), ("ResNet50V2", "post_relu", 483, 241),
    ("InceptionResNetV2", "conv_7b_ac", 3039, 1482), ("MobileNet", "conv_pw_13_relu", 315, 126),
])
def test_published_values(name, layer, size, padding):
    """Araujo, Norris & Sim's; ResNets have the stride in the first convolution here, which moves them by 2."""
    sight = sight_of(name)
    (field,) = sight.layer(sight.place(layer)).fields
    assert [(axis.size, axis.jump, axis.padding) for axis in field.axes] == [(size, 32, padding)] * 2
    assert field.aligned


def test_squeeze_and_excite_makes_everything_behind_it_global():
    sight = sight_of("EfficientNetB0")
    (before,) = sight.layer(sight.place("block1a_activation")).fields
    (behind,) = sight.layer(sight.place("top_activation")).fields
    assert [(axis.whole, axis.size) for axis in before.axes] == [(False, 7)] * 2
    assert [(axis.whole, axis.size, axis.local.size, axis.local.jump) for axis in behind.axes] == [(True, 224, 851, 32)] * 2
    assert behind.pixels == 224 * 224


def test_nasnet_is_not_aligned_and_does_not_see_all():
    sight = sight_of("NASNetMobile")
    (field,) = sight.layer(sight.last_map()).fields
    assert (field.aligned, field.offset) == (False, (30, 30))
    assert field.pixels == 223 * 223  # as its gradient has it
