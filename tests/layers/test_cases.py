"""Every row of cases.py: our numbers, Keras's, traced as plain, settings out and in."""

from __future__ import annotations

import pytest
from cases import CASES, FAILURES

from cnncalc.errors import CnncalcError
from cnncalc.layers import KINDS, Shape, build
from cnncalc.layers.base import input_givens


def label(row):
    return f"{row.kind}-{row.note or row.settings}"


def shapes(row):
    return tuple(Shape(x) for x in row.inputs)


@pytest.mark.parametrize("row", CASES, ids=label)
def test_our_numbers(row):
    layer = build(KINDS[row.kind], row.settings)
    outputs = layer.apply(shapes(row))
    weights = layer.owned(shapes(row))
    assert [tuple(y) for y in outputs] == row.outputs
    assert len(outputs) == layer.results
    assert sum(w.count for w in weights) == row.params
    assert sum(w.count for w in weights if w.trainable) == (row.params if row.trainable is None else row.trainable)


@pytest.mark.oracle
@pytest.mark.parametrize("row", CASES, ids=label)
def test_keras_has_the_same_numbers(row):
    from oracle import keras, keras_call, refused, shapes_of, weights_of

    layer = build(KINDS[row.kind], row.settings)
    if row.keras is not None:
        assert any("Keras" in note for note in layer.notes(*layer.viewed(shapes(row))))
        if layer.not_keras:
            assert not hasattr(keras.layers, row.kind)
            return
        with refused():
            keras_call(layer, row.inputs)
        return
    assert not any("Keras cannot" in note for note in layer.notes(*layer.viewed(shapes(row))))
    made, output = keras_call(layer, row.inputs)
    assert shapes_of(output) == row.outputs
    ours = layer.owned(shapes(row))
    in_order = [(w.shape, True) for w in ours if w.trainable] + [(w.shape, False) for w in ours if not w.trainable]
    assert in_order == weights_of(made)
    if ours:
        named = [w.name.split("/")[-1] for trainable in (True, False) for w in ours if w.trainable is trainable]
        assert named == [w.name for w in (*made.trainable_weights, *made.non_trainable_weights)]
    assert type(made).__name__ == layer.keras_class


@pytest.mark.parametrize("row", CASES, ids=label)
def test_traced_equals_plain(row):
    layer = build(KINDS[row.kind], row.settings)
    xs = tuple(input_givens(x, layer.view(x)) for x in shapes(row))
    twin = layer.traced()
    assert [tuple(y) for y in twin.apply(xs)] == row.outputs
    assert [tuple(w.shape) for w in twin.owned(xs)] == [tuple(w.shape) for w in layer.owned(shapes(row))]


@pytest.mark.parametrize("row", CASES, ids=label)
def test_settings_go_out_and_in_again(row):
    layer = build(KINDS[row.kind], row.settings)
    again = build(KINDS[row.kind], layer.arguments())
    assert again.arguments() == layer.arguments()
    assert again.apply(shapes(row)) == layer.apply(shapes(row))


@pytest.mark.parametrize("row", FAILURES, ids=label)
def test_refusals_say_the_whole_sentence(row):
    with pytest.raises(CnncalcError) as caught:
        build(KINDS[row.kind], row.settings).apply(shapes(row))
    assert str(caught.value) == row.message


@pytest.mark.parametrize("row", FAILURES, ids=label)
def test_a_refusal_stands_at_a_setting_or_at_the_layer(row):
    with pytest.raises(CnncalcError) as caught:
        build(KINDS[row.kind], row.settings).apply(shapes(row))
    for error in caught.value:
        assert all(key in KINDS[row.kind].settings or key in row.settings for key in error.path[:1])


@pytest.mark.oracle
@pytest.mark.parametrize("row", [row for row in FAILURES if not KINDS[row.kind].not_keras], ids=label)
def test_keras_refuses_too(row):
    from oracle import call, fresh, keras, keras_call, keras_class, refused, tuples

    kind = KINDS[row.kind]
    try:
        layer = build(kind, row.settings)
    except CnncalcError:
        layer = None  # its settings are refused, not its inputs
    made = keras_class(kind)  # it exists

    def attempt():
        fresh()
        if layer is not None:
            return keras_call(layer, row.inputs)
        xs = [keras.Input(x) for x in row.inputs]
        made_layer = made(**{k: tuples(v) for k, v in row.settings.items()})
        return made_layer(*xs) if row.kind.startswith("ops.") else call(kind, made_layer, xs)

    if row.keras is not None:
        attempt()
        return
    with refused():
        attempt()


@pytest.mark.parametrize("kind", sorted({k.kind for k in KINDS.everything().values()} - {"InputLayer", "Functional"}))
def test_every_kind_has_a_row(kind):
    assert any(row.kind == kind for row in CASES)
