"""The layout of expressions: that of the formatter black."""

from __future__ import annotations

from cnncalc.code_writers.text import Bracket, call, class_name, identifier, laid_out, literal


def lines(expr, before="", after=""):
    return "\n".join(laid_out(expr, before, after))


def test_what_fits_is_one_line():
    assert lines(call("f", 1, (2,), name="a"), "x = ") == 'x = f(1, (2,), name="a")'


def test_a_long_call_is_broken_in_its_last_brackets():
    made = call("layers.Conv2D", 64, 3, strides=2, padding="same", use_bias=False, name="conv2_block1")
    assert lines(Bracket(made, [literal(None)]), "x = ") == (
        'x = layers.Conv2D(\n    64, 3, strides=2, padding="same", use_bias=False, name="conv2_block1"\n)(None)')
    assert lines(Bracket(call("layers.Conv2D", 64, 3, padding="same", name="conv2_block1_a_longer_name_"), [literal(None)]), "x = ") == (
        'x = layers.Conv2D(64, 3, padding="same", name="conv2_block1_a_longer_name_")(None)')


def test_items_that_do_not_fit_have_a_line_each():
    long = call("f", *["a" * 30] * 4)
    assert lines(long) == "f(\n" + f'    "{"a" * 30}",\n' * 4 + ")"


def test_a_list_of_layers_always_has_a_row_for_each():
    assert lines(Bracket("S", [Bracket("", [call("A")], "[]", True)]), "m = ") == "m = S(\n    [\n        A(),\n    ]\n)"


def test_values_are_python():
    assert literal([1, 2]).flat() == "(1, 2)"
    assert literal([1]).flat() == "(1,)"
    assert literal(1 / 255).flat() == "1 / 255"
    assert literal(1e-5).flat() == "1e-5"
    assert literal(float("-inf")).flat() == 'float("-inf")'
    assert literal('a "b"').flat() == "'a \"b\"'"


def test_words_become_names():
    assert (identifier("conv2/a b"), identifier("1x1"), identifier("class"), identifier("é")) == ("conv2_a_b", "layer_1x1", "class_", "layer")
    assert (class_name("resnet-50 v2"), class_name("3d"), class_name("?")) == ("Resnet50V2", "Net3d", "Net")
