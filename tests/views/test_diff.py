"""Which layers of two networks are the same one, and the map of several networks."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

import cnncalc
from cnncalc.alignment import MOST_PAIRS, _by_blocks, _matched, _score, aligned, settings_of
from cnncalc.views.diff import report
from cnncalc.views.formats import written
from cnncalc.views.scatter import Point, scatter


def chain(*layers, input=(32, 32, 3)):
    return cnncalc.loads(f"input: {list(input)}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)).trace


def changes(a, b):
    """Each pair as `name=name`, `-name` or `+name`, with a ~ where it changed."""
    found = []
    for pair in aligned(a, b):
        if pair.a is None or pair.b is None:
            found.append(f"-{pair.a.name}" if pair.a else f"+{pair.b.name}")
        else:
            found.append(pair.a.name + ("=" if pair.change == "same" else "~") + pair.b.name)
    return found


def test_a_network_is_the_same_as_itself():
    for name in ("resnet50", "googlenet", "siamese", "multi-output", "transfer-vgg16"):
        trace = cnncalc.load(name).trace
        assert {pair.change for pair in aligned(trace, trace)} == {"same"}


def test_names_that_keras_numbers_do_not_hold_a_layer_at_its_place():
    """Without the first convolution the others move up a number, and stay what they are."""
    a = chain("Conv2D: [32, 3]", "Conv2D: [64, 3]", "Conv2D: [128, 5]", "Flatten", "Dense: 10")
    b = chain("Conv2D: [64, 3]", "Conv2D: [128, 5]", "Flatten", "Dense: 10")
    assert changes(a, b) == ["input=input", "-conv2d", "conv2d_1~conv2d", "conv2d_2~conv2d_1", "flatten~flatten",
                             "dense~dense"]


def test_a_name_that_was_given_does():
    a = chain("Conv2D: {filters: 32, kernel_size: 3, name: stem}", "Conv2D: {filters: 64, kernel_size: 3, name: body}")
    b = chain("Conv2D: {filters: 64, kernel_size: 3, name: stem}", "Conv2D: {filters: 32, kernel_size: 3, name: body}")
    assert changes(a, b) == ["input=input", "stem~stem", "body~body"]
    wide, wider = ([f"Conv2D: {{filters: {n}, kernel_size: 1, name: {name}}}" for name, n in zip("abc", sizes)]
                   for sizes in ((32, 64, 128), (64, 128, 256)))
    assert changes(chain(*wide), chain(*wider)) == ["input=input", "a~a", "b~b", "c~c"]
    c = chain("MaxPooling2D: {name: pool}")
    d = chain("AveragePooling2D: {pool_size: 2, name: pool}")
    assert changes(c, d) == ["input=input", "pool~pool"]
    e, f = chain("MaxPooling2D"), chain("AveragePooling2D: 2")
    assert changes(e, f) == ["input=input", "-max_pooling2d", "+average_pooling2d"]


def test_what_changed_is_said_with_both_values():
    a, b = chain("Conv2D: [32, 3]", "Flatten"), chain("Conv2D: {filters: 48, kernel_size: 3, padding: same}", "Flatten")
    pair = aligned(a, b)[1]
    assert pair.settings == {"filters": (32, 48), "padding": ("valid", "same")}
    text = written([report(a, b)], "table")
    assert "filters 32 -> 48, padding valid -> same" in text
    assert "896 -> 1,344" in text
    assert "(None, 30, 30, 32) -> (None, 32, 32, 48)" in text
    assert "0 same" not in text


def test_a_default_that_is_written_out_changes_nothing():
    a = chain("Conv2D: [32, 3]")
    b = chain("Conv2D: {filters: 32, kernel_size: [3, 3], strides: 1, padding: valid, activation: linear, "
              "data_format: channels_last}")
    assert changes(a, b) == ["input=input", "conv2d=conv2d"]


def test_freezing_is_a_change():
    a, b = chain("Conv2D: [32, 3]"), chain("Conv2D: {filters: 32, kernel_size: 3, trainable: false}")
    assert aligned(a, b)[1].settings == {"trainable": (True, False)}


def best_score(left, right):
    """The most points of any alignment in order, by trying all of them."""
    settings = {id(step): repr(settings_of(step)) for step in (*left, *right)}
    best = 0
    for many in range(min(len(left), len(right)) + 1):
        for one in combinations(left, many):
            for other in combinations(right, many):
                scores = [_score(a, b, settings) for a, b in zip(one, other)]
                if all(scores):
                    best = max(best, sum(scores))
    return best


LAYERS = ["Conv2D: {filters: 4, kernel_size: 1}", "Conv2D: {filters: 8, kernel_size: 1}", "ReLU", "BatchNormalization",
          "Conv2D: {filters: 4, kernel_size: 1, name: stem}", "ReLU: {name: stem}", "Dropout: 0.5"]


def test_no_other_alignment_has_more_in_common():
    rng = random.Random(2)
    for _ in range(60):
        traces = []
        for _network in range(2):
            layers, named = [], False
            for layer in rng.choices(LAYERS, k=rng.randint(1, 6)):
                if "stem" not in layer or not named:
                    layers.append(layer)
                    named = named or "stem" in layer
            traces.append(chain(*layers))
        left, right = (list(trace.steps) for trace in traces)
        pairs = _matched(left, right)
        settings = {id(step): repr(settings_of(step)) for step in (*left, *right)}
        assert sum(_score(p.a, p.b, settings) for p in pairs if p.a and p.b) == best_score(left, right)
        for how in (pairs, aligned(*traces), _by_blocks(left, right)):
            assert [p.a for p in how if p.a] == left
            assert [p.b for p in how if p.b] == right


def test_long_networks_are_compared_in_blocks():
    a = chain("{Conv2D: {filters: 4, kernel_size: 1}, repeat: 1100}", "ReLU")
    b = chain("BatchNormalization", "{Conv2D: {filters: 8, kernel_size: 1}, repeat: 1100}", "ReLU")
    assert MOST_PAIRS < 1100 * 1100
    found = aligned(a, b)
    assert [p.a for p in found if p.a] == list(a.steps)
    assert [p.b for p in found if p.b] == list(b.steps)


# The map.


def test_every_point_is_on_the_map_in_its_order():
    rng = random.Random(4)
    for _ in range(200):
        points = [Point(f"n{i}", 10 ** rng.uniform(0, 12), 10 ** rng.uniform(0, 9)) for i in range(rng.randint(1, 12))]
        lines = scatter(points, "x", "y", rng.choice((40, 76, 120)))
        named = "\n".join(lines)
        assert all(point.label in named for point in points)
        assert 1 <= sum(line.split("|")[1].count("o") for line in lines if "|" in line) <= len(points)


def test_the_map_grows_to_the_right_and_upwards():
    low, high = Point("low", 1e6, 1e4), Point("high", 1e9, 1e8)
    lines = scatter([low, high], "MACs", "params")
    at = {name: next((i, line.index("o", 10)) for i, line in enumerate(lines) if name in line) for name in ("low", "high")}
    assert at["high"][0] < at["low"][0]
    assert at["high"][1] > at["low"][1]
    assert any("1 M" in line and "1 G" in line for line in lines)


@pytest.mark.parametrize("points", [[], [Point("none", 0, 5)]])
def test_what_has_no_products_has_no_place_on_the_map(points):
    assert scatter(points, "MACs", "params") == []
