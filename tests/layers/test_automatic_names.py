"""Making and calling a layer takes the automatic names in Keras that we say it takes."""

from __future__ import annotations

from collections import Counter

import pytest
from cases import CASES

from cnncalc.graph import Names, snake_case
from cnncalc.layers import KINDS, build

BUILT = [row for row in CASES if row.keras is None]


def label(row):
    return f"{row.kind}-{row.note or row.settings}"


def taken_in_keras(row):
    """How many names of each class are gone after the layer was made and called; inputs have theirs."""
    from oracle import call, fresh, keras, keras_layer

    layer = build(KINDS[row.kind], row.settings)
    fresh()
    inputs = [keras.Input(x, name=f"given_{i}") for i, x in enumerate(row.inputs)]
    call(layer, keras_layer(layer), inputs)
    classes = {snake_case(made.__name__) for made in vars(keras.layers).values() if isinstance(made, type)}
    classes |= {snake_case(kind.keras_class) for kind in KINDS.values()}
    every = keras.src.backend.common.global_state.get_global_attribute("object_name_uids")
    return {name: count for name, count in every.items() if name in classes and name != "input_layer"}


@pytest.mark.oracle
@pytest.mark.parametrize("row", BUILT, ids=label)
def test_a_layer_takes_the_names_that_it_takes_in_keras(row):
    layer = build(KINDS[row.kind], row.settings)
    taken = [*type(layer).first_names(row.settings), layer.keras_class, *layer.inner_classes]
    assert Counter(map(snake_case, taken)) == taken_in_keras(row)


def test_names_count_from_the_second():
    names = Names()
    assert [names.next("Conv2D") for _ in range(3)] == ["conv2d", "conv2d_1", "conv2d_2"]
    assert names.next("MaxPooling2D") == "max_pooling2d"


@pytest.mark.oracle
def test_snake_case_is_that_of_keras():
    from oracle import keras

    to_snake_case = keras.src.utils.naming.to_snake_case
    for name in [*dir(keras.layers), *KINDS.everything()]:
        assert snake_case(name) == to_snake_case(name)
