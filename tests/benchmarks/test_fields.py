"""All models of keras.applications: the fields of their layers, and the pixels of the last map."""

from __future__ import annotations

import time

import pytest
from keras_applications import as_json, names
from timing import told

import cnncalc
from cnncalc.receptive_field.report import Sight
from cnncalc.views.receptive_field import layers_text

SIZE = {"MobileNetV3Large": 224, "MobileNetV3Small": 224}


@pytest.mark.parametrize("name", names())
def test_the_table_takes_two_seconds_and_the_pixels_ten(name):
    text = as_json(name)
    network = cnncalc.loads(text)
    loaded = time.process_time()
    table = layers_text(network.trace)
    drawn = time.process_time()
    if name in SIZE:  # made for any size
        network = cnncalc.loads(text, input=(SIZE[name], SIZE[name], 3))
    looked = time.process_time()
    sight = Sight(network.trace)
    place = sight.last_map()
    (one,) = sight.unit(place, sight.centre(place))
    counted = time.process_time()
    told(f"{name}, {len(network)} layers: fields; {one.pixels:,} of {one.input_pixels:,} pixels",
         f"{drawn - loaded:.2f} s; {counted - looked:.2f} s", bar="2 s; 10 s")
    assert len(table.splitlines()) > len(network)
    assert drawn - loaded < 2
    assert counted - looked < 10
