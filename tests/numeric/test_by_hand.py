"""What was worked out by hand elsewhere: lectures, homework, the mistakes made in it, and how the working is shown."""

from __future__ import annotations

import json
import random
import re
import time
from fractions import Fraction

import pytest
import yaml
from running import cnncalc
from test_trace import KINDS_HERE, MERGES, drawn, network, shape_of, whole

import cnncalc as package
from cnncalc.arrays import Array, number_of, read, written
from cnncalc.numeric import compute, grids
from cnncalc.numeric.claims import judged
from cnncalc.numeric.working import lines
from cnncalc.sources import open_text, report


def maps(array):
    """The map of each channel as lists of rows."""
    h, w, c = array.shape
    return [[[array[i, j, k] for j in range(w)] for i in range(h)] for k in range(c)]


def only(array):
    (single,) = maps(array)
    return single


# Lectures.

EDGE = [[5, 1, 3, 5, 7, 9], [3, 4, 4, 0, 7, 8], [6, 1, 8, 6, 3, 4], [1, 3, 5, 8, 4, 6], [1, 7, 5, 3, 1, 2], [7, 2, 2, 6, 4, 6]]
VERTICAL = [[-1, 0, 1]] * 3


def test_the_edge_filter_of_the_lecture_begins_1_5_2_10_then_7():
    array = grids(package.load("edge-6x6"))["conv2d"]
    assert only(array)[0] == [1, 5, 2, 10]
    assert only(array)[1][0] == 7
    assert only(array) == [[1, 5, 2, 10], [7, 6, -3, 4], [10, 6, -10, -5], [3, 5, -3, -3]]


def test_the_max_pooling_of_the_lecture():
    assert only(grids(package.load("max-pooling-6x6"))["max_pooling2d"]) == [[5, 5, 9], [6, 8, 6], [2, 6, 6]]


def test_the_diamond_of_the_lecture_gives_3_less_2():
    found = grids(package.load("diamond-6x6"))
    assert only(found["conv2d/convolution"])[0][0] == 3 - 2
    assert only(found["conv2d/convolution"]) == [[1, -1, -2, -1], [-1, -2, -1, -2], [-2, -1, -2, -1], [-1, -2, -1, 1]]
    assert only(found["conv2d"]) == [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]


def test_the_example_with_two_channels_has_these_maps_on_its_way():
    found = grids(package.load("two-channels-by-hand"))
    assert maps(found["conv2d/convolution"]) == [
        [[0, 6, -5, 1], [-7, 2, 8, -5], [8, -3, -1, 9], [-2, 3, 7, -11]],
        [[-2, 1, -3, 3], [-4, 5, -1, 3], [-6, 2, 2, 2], [-3, 3, 0, 0]]]
    assert maps(found["max_pooling2d"]) == [[[6, 8], [8, 9]], [[5, 3], [3, 2]]]
    assert list(found["flatten"].data) == [6, 5, 8, 3, 8, 3, 9, 2]
    assert list(found["dense/weighted sums"].data) == [Fraction(13, 2)]
    assert written(found["dense"].data[0]) == "0.998499"


def test_the_tiny_network_is_computed_to_its_one_neuron():
    entries = [{"Conv2D": [1, 3], "weights": {"kernel": VERTICAL, "bias": 1}}, {"MaxPooling2D": 2}, "Flatten",
               {"Dense": 1, "weights": {"kernel": [1, -1, 2, 0], "bias": -3}}]
    found = grids(network({"values": EDGE}, *entries))
    assert only(found["conv2d"]) == [[2, 6, 3, 11], [8, 7, -2, 5], [11, 7, -9, -4], [4, 6, -2, -2]]
    assert only(found["max_pooling2d"]) == [[8, 11], [11, -2]]
    assert list(found["flatten"].data) == [8, 11, 11, -2]
    assert list(found["dense"].data) == [8 - 11 + 22 - 3]


# Homework.

STRAIGHT = [[2, 5, -3, 0], [0, 6, 0, -4], [-1, -3, 0, 2], [5, 0, 0, 3]]  # the one image with both of its answers
KERNEL = [[-2, 0], [4, 6]]


def conv(x, kernel, bias=None, **settings):
    """The entries of a convolution with one filter, on this image."""
    weights = {"kernel": kernel} if bias is None else {"kernel": kernel, "bias": bias}
    return network({"values": x}, {"Conv2D": {"filters": 1, "kernel_size": [len(kernel), len(kernel[0])], **settings}, "weights": weights})


def test_homework_with_stride_one_and_with_padding_and_stride():
    assert only(grids(conv(STRAIGHT, KERNEL))["conv2d"]) == [[32, 14, -18], [-22, -24, 12], [22, 6, 18]]
    assert only(grids(conv(STRAIGHT, KERNEL, strides=2, padding=1))["conv2d"]) == [[12, 2, 0], [-6, -24, 16], [0, 0, -6]]


SOBEL_IMAGE = [[2, 1, 3, 0, 1], [1, 4, 2, 1, 0], [3, 1, 5, 2, 1], [0, 2, 1, 4, 3], [1, 0, 3, 1, 2]]
SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]


def test_all_nine_outputs_of_a_sobel_filter_and_the_six_that_the_key_has_wrong():
    net = conv(SOBEL_IMAGE, SOBEL)
    assert only(grids(net)["conv2d"]) == [[5, -6, -10], [6, 1, -8], [6, 6, -1]]
    (verdict,) = judged(compute(net), {"conv2d": [[5, -6, 2], [8, 0, -4], [-2, 6, 1]]})
    assert (verdict.count("right"), verdict.count("wrong")) == (3, 6)
    assert [v.place[:2] for v in verdict.verdicts if v.status == "right"] == [(0, 0), (0, 1), (2, 1)]


POOLED = [[1, 6, 2, 8, 1, 2, 7], [1, 6, 2, 8, 1, 2, 5], [0, 5, 8, 1, 5, 7, 1], [1, 7, 1, 3, 5, 8, 0], [5, 2, 4, 4, 5, 8, 4],
          [8, 2, 3, 7, 3, 8, 2], [1, 2, 3, 6, 5, 9, 6]]


def test_the_key_of_a_pooling_question_missed_the_largest_value_of_its_last_window():
    net = network({"values": POOLED}, {"MaxPooling2D": {"pool_size": 3, "strides": 2}})
    assert only(grids(net)["max_pooling2d"]) == [[8, 8, 7], [8, 8, 8], [8, 7, 9]]
    (verdict,) = judged(compute(net), {"max_pooling2d": [[8, 8, 7], [8, 8, 8], [8, 7, 8]]})
    assert [(v.place[:2], v.claim.number, v.expected) for v in verdict.verdicts if v.status == "wrong"] == [((2, 2), 8, 9)]
    assert "missed-maximum" in [cause.name for cause in verdict.causes]


FIVE = [[1, 2, 1, 2, 1], [2, 1, 1, 1, 2], [2, 2, 3, 2, 3], [3, 2, 3, 1, 2], [1, 2, 1, 2, 1]]


def test_a_convolution_relu_and_pooling_with_all_maps_between():
    entries = [{"Conv2D": {"f": 1, "k": 3, "activation": "relu"}, "weights": {"kernel": [[1, 0, 1], [1, 0, 1], [-1, 0, -1]]}},
               {"MaxPooling2D": {"pool_size": 2, "strides": 1}}]
    found = grids(network({"values": FIVE}, *entries))
    assert only(found["conv2d/convolution"]) == [[0, 2, -1], [2, 3, 4], [9, 3, 9]]
    assert only(found["conv2d"]) == [[0, 2, 0], [2, 3, 4], [9, 3, 9]]
    assert only(found["max_pooling2d"]) == [[3, 4], [9, 9]]
    assert only(grids(network({"values": FIVE}, entries[0], {"MaxPooling2D": 2}))["max_pooling2d"]) == [[3]]


def test_a_step_has_its_edge_in_the_middle():
    image = [[10] * 4 + [50] * 4] * 8
    assert only(grids(conv(image, VERTICAL))["conv2d"]) == [[0, 0, 120, 120, 0, 0]] * 6


@pytest.mark.parametrize(("kernel", "answer"), [
    ([[1, 0, -1]] * 3, [[-6, 14, 12], [-2, 9, 5], [4, 7, 3]]),
    ([[1, 0, -1]] * 3, [[0, -1], [0, 0]]),
    (KERNEL, [[3, 5], [2, 1]]),
])
def test_an_image_made_for_an_answer_gives_it(kernel, answer):
    net = conv(image_for(kernel, answer), kernel)
    assert only(grids(net)["conv2d"]) == answer
    assert not judged(compute(net), {"conv2d": answer})[0].wrong


def image_for(kernel, answer):
    """An image whose convolution gives this: pixel by pixel, each under the last weight of its window."""
    k, last = len(kernel), kernel[-1][-1]
    n = len(answer) + k - 1
    image = [[(i * 3 + j * 5) % 7 for j in range(n)] for i in range(n)]
    for i, row in enumerate(answer):
        for j, wanted in enumerate(row):
            rest = sum(kernel[a][b] * image[i + a][j + b] for a in range(k) for b in range(k) if (a, b) != (k - 1, k - 1))
            image[i + k - 1][j + k - 1] = Fraction(wanted - rest, last)
    return [[str(n) for n in row] for row in image]


RANGE3, RANGE2 = [[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1], [2, 3]]


def up(**settings):
    return network({"values": RANGE2}, {"Conv2DTranspose": {"filters": 1, "kernel_size": 2, **settings}, "weights": {"kernel": "range"}})


@pytest.mark.parametrize(("net", "answer"), [
    (conv(RANGE3, RANGE2), [[19, 25], [37, 43]]),
    (conv(RANGE3, RANGE2, padding=1), [[0, 3, 8, 4], [9, 19, 25, 10], [21, 37, 43, 16], [6, 7, 8, 0]]),
    (conv(RANGE3, RANGE2, padding=1, strides=[3, 2]), [[0, 8], [6, 8]]),
    (conv([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]], [[1, 0], [0, 1]], dilation_rate=2), [[12, 14], [20, 22]]),
    (up(padding=0), [[0, 0, 1], [0, 4, 6], [4, 12, 9]]),
    (up(padding=0, strides=2), [[0, 0, 0, 1], [0, 0, 2, 3], [0, 2, 0, 3], [4, 6, 6, 9]]),
    (up(padding=1), [[4]]),
    (network({"shape": [3, 3, 1], "values": "range"}, {"MaxPooling2D": {"w": 2, "s": 1}}), [[4, 5], [7, 8]]),
    (network({"shape": [3, 3, 1], "values": "range"}, {"AveragePooling2D": {"w": 2, "s": 1}}), [[2, 3], [5, 6]]),
])
def test_textbook_examples(net, answer):
    assert only(compute(net).layers[0].array) == answer


def test_two_channels_add_up_as_in_the_textbook():
    x = {"maps": [RANGE3, [[1, 2, 3], [4, 5, 6], [7, 8, 9]]]}
    net = network(x, {"Conv2D": [1, 2], "weights": {"filters": [[RANGE2, [[1, 2], [3, 4]]]]}})
    assert only(grids(net)["conv2d"]) == [[56, 72], [104, 120]]


# Mistakes, and the answers that they give.

BLOCKS = [[1, 2, 5, 6], [3, 4, 7, 8], [0, 0, 1, 1], [1, 1, 3, 9]]


def causes(net, answers):
    found = judged(compute(net), answers)
    return [sorted({cause.name for cause in verdict.causes}) for verdict in found]


@pytest.mark.parametrize(("net", "answer", "cause"), [
    (conv(RANGE3, RANGE2), [[5, 11], [23, 29]], "flipped-kernel"),
    (conv(RANGE3, RANGE2, bias=1), [[19, 25], [37, 43]], "forgot-bias"),
    (conv(RANGE3, RANGE2), [[20, 26], [38, 44]], None),
    (conv(RANGE3, [[0, 1], [0, 0]]), [[3, 4], [6, 7]], "transposed-kernel"),
    (network({"values": BLOCKS}, {"MaxPooling2D": 2}), [[2.5, 6.5], [0.5, 3.5]], "average-instead-of-max"),
    (network({"values": BLOCKS}, {"AveragePooling2D": 2}), [[4, 8], [1, 9]], "max-instead-of-average"),
    (conv(RANGE3, RANGE2, padding=1, strides=[3, 2]), [[0, 4], [21, 16]], "h-w-swapped"),
    (network({"values": POOLED}, {"MaxPooling2D": {"pool_size": 3, "strides": 2}}), [[8, 8], [8, 8]], "pool-default-stride"),
    (network({"values": BLOCKS}, {"MaxPooling2D": 2}), [[4, 7, 8], [4, 7, 8], [1, 3, 9]], "stride-ignored"),
    (conv(SOBEL_IMAGE, RANGE2, dilation_rate=2), only(grids(conv(SOBEL_IMAGE, RANGE2))["conv2d"]), "dilation-ignored"),
    (conv(RANGE3, RANGE2, padding="same"), [[19, 25], [37, 43]], "padding-forgotten"),
    (conv(RANGE3, RANGE2), [[19, 25, 10], [37, 43, 16], [7, 8, 0]], "assumed-same-padding"),
    (conv(EDGE, VERTICAL, activation="relu"), [[1, 5, 2, 10], [7, 6, -3, 4], [10, 6, -10, -5], [3, 5, -3, -3]], "forgot-activation"),
    (conv(RANGE3, RANGE2), [[25, None], [43, None]], "wrong-window"),
    (conv(EDGE, VERTICAL), [[1, 5, 2, 10], [7, 6, 3, 4], [10, 6, 10, -5], [3, 5, -3, -3]], "wrong-sign"),
    (conv(RANGE3, RANGE2, bias=1), [[20, 25], [38, 43]], "forgot-bias"),
])
def test_a_mistake_is_known_by_the_grid_that_it_gives(net, answer, cause):
    (found,) = causes(net, {compute(net).layers[0].name: answer})
    if cause is None:
        assert found == []
    else:
        assert cause in found


@pytest.mark.parametrize("net", [conv(RANGE3, RANGE2, bias=1, padding=1), network({"values": BLOCKS}, {"MaxPooling2D": 2}), up(padding=0)])
def test_every_cause_gives_the_grid_that_it_explains(net):
    """The other way round: a layer computed with a mistake is explained by that mistake."""
    from cnncalc.numeric.claims import changes
    from cnncalc.numeric.compute import stages_of

    done = compute(net).layers[0]
    explained = 0
    for name, _, layer, weights in changes(done):
        array = stages_of(layer, done.inputs, None, weights)[-1].array
        if array == done.array:
            continue
        claimed = json.loads(json.dumps(array.nested(), default=str))
        assert name in causes(net, {done.name: claimed})[0]
        explained += 1
    assert explained >= 1


def test_what_follows_from_a_wrong_map_is_right_for_it():
    net = network({"values": EDGE}, {"Conv2D": [1, 3], "weights": {"kernel": VERTICAL}}, {"MaxPooling2D": 2})
    wrong = [[1, 5, 2, 10], [7, 6, -3, 4], [10, 6, -10, -5], [3, 50, -3, -3]]
    first, second = judged(compute(net), {"conv2d": wrong, "max_pooling2d": [[7, 10], [50, -3]]})
    assert (first.wrong, first.carried, second.carried) == (True, False, True)
    first, second = judged(compute(net), {"conv2d": wrong, "max_pooling2d": [[7, 10], [51, -3]]})
    assert not second.carried


def test_every_wrong_cell_is_found_and_no_other():
    rng = random.Random(8)
    for _ in range(60):
        net = conv(whole(rng, (5, 5), -9, 9), whole(rng, (2, 2), -4, 4), bias=rng.randint(-3, 3))
        computed = compute(net)
        answer = only(computed.layers[0].array)
        places = {(rng.randrange(4), rng.randrange(4)) for _ in range(rng.randint(0, 5))}
        for i, j in places:
            answer[i][j] += rng.choice([-2, -1, 1, 7])
        (verdict,) = judged(computed, {"conv2d": answer})
        assert {v.place[:2] for v in verdict.verdicts if v.status == "wrong"} == places


@pytest.mark.parametrize(("claimed", "expected", "status"), [
    ("7/3", Fraction(7, 3), "right"), (2.33, Fraction(7, 3), "form"), ("2.333", Fraction(7, 3), "form"), (2.34, Fraction(7, 3), "wrong"),
    (2, Fraction(7, 3), "wrong"), (3.25, Fraction(13, 4), "right"), (3.3, Fraction(13, 4), "form"), (3, Fraction(13, 4), "wrong"),
    (3, 3, "right"), (3.0, 3, "right"), ("-3", 3, "wrong"), ("−3", -3, "right"), ("+3", 3, "right"), (0.731, 0.7310585, "right"),
    (0.73, 0.7310585, "right"), (0.74, 0.7310585, "wrong"), (1, 0.7310585, "wrong"), (0, 0.0, "right"), ("1e2", 100, "right"),
])
def test_numbers_are_taken_as_far_as_they_are_written_out(claimed, expected, status):
    from cnncalc.numeric.claims import claim_of, fits

    assert fits(claim_of(claimed), expected) == status


# The working.

VALUE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?![\w.])")


def holds(line):
    """Whether all that stands between equals signs is one number, worked out once more."""
    text = line.partition(": ")[2] if re.match(r"[a-z0-9_ ]+: ", line) else line
    text = text.replace("−", "-").replace("×", "*")
    sides = [eval(VALUE.sub(r"F('\1')", side), {"F": Fraction, "max": lambda *n: max(n), "min": min}) for side in text.split(" = ")]  # our own lines
    return len(sides) > 1 and len(set(sides)) == 1, sides[-1]


CHECKED = [kind for kind in KINDS_HERE if kind.startswith(("Conv", "Depthwise", "Separable", "Max", "Average", "Global", "Adaptive", "Dense"))]


@pytest.mark.oracle
@pytest.mark.parametrize("kind", [*CHECKED, *[m for m in MERGES if m != "Concatenate"]])
def test_every_line_of_a_working_is_true_and_leads_to_the_cell(kind):
    rng = random.Random(kind)
    seen = 0
    while seen < 40:
        if kind in MERGES:
            shape = shape_of(rng, 2)
            inputs = {name: {"shape": shape, "values": whole(rng, shape)} for name in "ab"}
            net = network(inputs, {kind: None, "inputs": ["a", "b"]})
        else:
            rank = KINDS_HERE[kind][0]
            shape = shape_of(rng, 2 if rank is None else rank)
            found = drawn(rng, kind, shape)
            if found is None or found[0][kind].get("activation") not in (None, "linear"):
                continue
            net = network({"shape": shape, "values": whole(rng, shape)}, found[0])
        (done,) = compute(net).layers
        index = rng.choice(list(done.array.indices()))
        last = None
        for line in lines(done, index):
            if "=" in line:
                true, last = holds(line)
                assert true, line
        assert last is None or last == done.array[index]
        seen += last is not None


WORKED = [
    (("edge-6x6", "--cell", "1,0"), """\
conv2d (Conv2D), row 1, column 0
  window: rows 1 to 3, columns 0 to 2 of input
    3  4  4       −1  0  1
    6  1  8   ×   −1  0  1
    1  3  5       −1  0  1
  3 × (−1) + 4 × 0 + 4 × 1 = 1
  6 × (−1) + 1 × 0 + 8 × 1 = 2
  1 × (−1) + 3 × 0 + 5 × 1 = 4
  sum: 1 + 2 + 4 = 7
"""),
    (("diamond-6x6", "--cell", "0,0"), """\
conv2d (Conv2D), row 0, column 0
  window: rows 0 to 2, columns 0 to 2 of input
    0  0  1       0  0  1
    0  1  0   ×   0  1  0
    1  0  0       1  0  0
  0 × 0 + 0 × 0 + 1 × 1 = 1
  0 × 0 + 1 × 1 + 0 × 0 = 1
  1 × 1 + 0 × 0 + 0 × 0 = 1
  sum: 1 + 1 + 1 = 3
  bias: 3 − 2 = 1
  relu: max(0, 1) = 1
"""),
    (("max-pooling-6x6", "--cell", "1,1"), """\
max_pooling2d (MaxPooling2D), row 1, column 1
  window: rows 2 to 3, columns 2 to 3 of input
    8  6
    5  8
  max(8, 6, 5, 8) = 8
"""),
    (("two-channels-by-hand", "--layer", "dense", "--cell", "0"), """\
dense (Dense), value 0
  6 × 1 + 5 × (−1) + 8 × 0 + 3 × 0.5 + 8 × (−0.25) + 3 × 0 + 9 × 1 + 2 × (−2) = 5.5
  bias: 5.5 + 1 = 6.5
  sigmoid: 1 / (1 + e^−6.5) ≈ 0.998499
"""),
]


@pytest.mark.parametrize(("args", "text"), WORKED)
def test_the_working_of_a_cell_is_what_one_would_write(args, text):
    run = cnncalc("trace", *args)
    assert (run.code, run.err, run.out) == (0, "", text)


NETWORKS = """\
input: {shape: [4, 4, 1], values: range}
layers:
  - SeparableConv2D: {filters: 1, kernel_size: 2, depth_multiplier: 2, padding: same, activation: sigmoid}
    weights: {depthwise_kernel: range, pointwise_kernel: [1, -1], bias: 100}
  - AveragePooling2D: {pool_size: 3, padding: same, strides: 2}
  - BatchNormalization: {epsilon: 0}
    weights: {moving_mean: -1, moving_variance: 4, gamma: 3, beta: 0.5}
  - Conv2DTranspose: {filters: 1, kernel_size: 3, strides: 2}
    weights: {kernel: [[1, 2, 1], [2, 4, 2], [1, 2, 1]]}
  - ZeroPadding2D: 1
  - Activation: softmax
"""


def test_workings_of_other_layers(tmp_path):
    (tmp_path / "net.yaml").write_text(NETWORKS)
    run = cnncalc("trace", "net.yaml", "--cell", "0,0", cwd=tmp_path)
    assert run.err == ""
    assert run.out == """\
separable_conv2d (SeparableConv2D), row 0, column 0
  depthwise convolution, channel 0:
  window: rows 0 to 1, columns 0 to 1 of input
    0  1   ×   0  2
    4  5       4  6
  0 × 0 + 1 × 2 = 2
  4 × 4 + 5 × 6 = 46
  sum: 2 + 46 = 48
  depthwise convolution, channel 1:
  window: rows 0 to 1, columns 0 to 1 of input
    0  1   ×   1  3
    4  5       5  7
  0 × 1 + 1 × 3 = 3
  4 × 5 + 5 × 7 = 55
  sum: 3 + 55 = 58
  pointwise convolution:
  window: row 0, column 0 of depthwise convolution
  channel 0:
    48   ×   1
  48 × 1 = 48
  channel 1:
    58   ×   −1
  58 × (−1) = −58
  channels: 48 − 58 = −10
  bias: −10 + 100 = 90
  sigmoid: 1 / (1 + e^−90) ≈ 1

average_pooling2d (AveragePooling2D), row 0, column 0
  window: rows 0 to 2, columns 0 to 2 of separable_conv2d
    1  1  1
    1  1  1
    1  1  1
  (1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1) / 9 = 9 / 9 = 1

batch_normalization (BatchNormalization), row 0, column 0
  (x − mean) / √(variance + ε) × gamma + beta
  = (1 + 1) / √(4 + 0) × 3 + 0.5
  = 2 / 2 × 3 + 0.5 ≈ 3.5

conv2d_transpose (Conv2DTranspose), row 0, column 0
  window: row 0, column 0 of batch_normalization
    3.5   ×   1
  3.5 × 1 = 3.5
  bias: 3.5 + 0 = 3.5

zero_padding2d (ZeroPadding2D), row 0, column 0
  padding: 0

activation (Activation), row 0, column 0
  softmax: e^0 / (e^0) ≈ 1
"""


# What a file can give, and what it cannot.


def trace_of(text):
    """The arrays of a file: inputs and layers."""
    opened = open_text(text)
    assert not opened.errors, report(opened.errors[0])
    computed = compute(package.network.Network.of(opened))
    return {**computed.inputs, **{done.name: done.array for done in computed.layers}}


@pytest.mark.parametrize(("given", "shape", "first"), [
    ("{values: [[1, 2, 3], [4, 5, 6]]}", (2, 3, 1), [1, 2, 3]),
    ("{shape: [2, 3, 1], values: [[1, 2, 3], [4, 5, 6]]}", (2, 3, 1), [1, 2, 3]),
    ("{shape: [2, 3], values: [[1, 2, 3], [4, 5, 6]]}", (2, 3), [1, 2, 3]),
    ("{values: [1, 2, 3]}", (3,), [1, 2, 3]),
    ("{shape: [3, 1], values: [1, 2, 3]}", (3, 1), [1, 2, 3]),
    ("{values: [[[1, 2], [3, 4]]]}", (1, 2, 2), [1, 2, 3]),
    ("{maps: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]}", (2, 2, 2), [1, 5, 2]),
    ("{maps: [[1, 2], [5, 6]]}", (2, 2), [1, 5, 2]),
    ("{shape: [2, 2, 1], values: range}", (2, 2, 1), [0, 1, 2]),
    ("{shape: [2, 2, 1], values: ones}", (2, 2, 1), [1, 1, 1]),
    ("{values: [0.1, '1/3', −2, 1e-2, 2.50]}", (5,), [Fraction(1, 10), Fraction(1, 3), -2]),
    ("{values: {values: [3, 4, 5]}}", (3,), [3, 4, 5]),
    ("{maps: {shape: [3], values: [3, 4, 5]}}", (3,), [3, 4, 5]),
    ("{shape: {shape: [3], values: [3, 4, 5]}}", (3,), [3, 4, 5]),
])
def test_values_of_an_input_are_read(given, shape, first):
    (array, *_) = trace_of(f"input: {given}\nlayers: [Identity]\n").values()
    assert array.shape == shape
    assert array.data[:3] == first


def test_a_mapping_without_numbers_still_names_inputs():
    text = "input: {values: [3, 3], maps: [4], shape: [5]}\nlayers: [{Flatten: , inputs: values}]\n"
    assert [(node.name, node.layer.shape) for node in open_text("input: {maps: [4], shape: [5]}\nlayers: [{Flatten: , inputs: maps}]").graph.inputs] == [
        ("maps", (4,)), ("shape", (5,))]
    (error, *_) = open_text(text).errors
    assert error.problem == "an input has values or maps, not both"


def test_channels_first_files_give_maps_as_they_stand():
    text = "data_format: channels_first\ninput: {maps: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]}\nlayers: [{MaxPooling2D: 2}]\n"
    found = trace_of(text)
    assert found["input"].shape == (2, 2, 2)
    assert found["max_pooling2d"].data == [4, 8]
    text = "data_format: channels_first\ninput: {values: [[1, 2], [3, 4]]}\nlayers: [{MaxPooling2D: 2}]\n"
    assert trace_of(text)["max_pooling2d"].shape == (1, 1, 1)


@pytest.mark.parametrize(("kind", "weights", "array"), [
    ("Conv2D: [2, 1]", "{kernel: [1, 2]}", [1, 2]),
    ("Conv2D: [2, 1]", "{filters: [1, 2], bias: [10, 20]}", [11, 22]),
    ("Conv2D: [2, 1]", "{filters: [[[1]], [[2]]], bias: 5}", [6, 7]),
    ("Conv2D: [2, 1]", "ones", [2, 2]),
    ("Conv2D: [2, 1]", "range", [0, 2]),
    ("Conv2D: [2, 1]", "{kernel: range, bias: zeros}", [0, 1]),
    ("DepthwiseConv2D: {kernel_size: 1, depth_multiplier: 2}", "{filters: [3, 4]}", [3, 4]),
    ("Conv2DTranspose: [2, 1]", "{filters: [3, 4]}", [3, 4]),
    ("Dense: 2", "{kernel: [[3, 4]]}", [3, 4]),
    ("Dense: 2", "{kernel: [3, 4], bias: -1}", [2, 3]),
    ("PReLU", "{alpha: 0.5}", [1]),
    ("BatchNormalization: {epsilon: 0}", "{moving_variance: 1/4, moving_mean: 1/2}", [1]),
])
def test_weights_are_given_in_many_ways(kind, weights, array):
    found = trace_of(f"input: {{shape: [1, 1, 1], values: 1}}\nlayers:\n  - {kind if ':' in kind else kind + ':'}\n    weights: {weights}\n".replace(
        "values: 1}", "values: [1]}"))
    assert list(found.values())[-1].data == array


def test_weights_of_blocks_repetitions_shared_layers_and_other_files(tmp_path):
    (tmp_path / "inner.yaml").write_text("input: [2]\nlayers:\n  - Dense: 2\n    weights: {kernel: [[1, 1], [0, 1]]}\n")
    (tmp_path / "net.yaml").write_text("""\
input: {values: [1, 2]}
blocks:
  scaled: {args: {by: , k: [[1, 0], [0, 1]]}, layers: [{Dense: 2, weights: {kernel: =k, bias: =10*by}}]}
layers:
  - scaled: 3
    name: a
  - scaled: {by: 1, k: [[0, 1], [1, 0]]}
    name: b
  - Dense: 2
    weights: {kernel: [[2, 0], [0, 2]]}
    name: twice{i}
    repeat: 2
  - reuse: twice1
  - model: inner.yaml
""")
    found = grids(package.load(tmp_path / "net.yaml"))
    assert {name: array.data for name, array in found.items()} == {
        "a_dense": [31, 32], "b_dense_1": [42, 41], "twice1": [84, 82], "twice2": [168, 164], "twice1@2": [336, 328],
        "inner/dense": [336, 664]} or list(found.values())[-1].data == [336, 664]
    assert [array.data for array in found.values()] == [[31, 32], [42, 41], [84, 82], [168, 164], [336, 328], [336, 664]]


INPUT = "input: {values: [[1, 2], [3, 4]]}\nlayers:\n"
BAD = [
    ("input: [3, 3, 1]\nlayers:\n  - Conv2D: [1, 2]\n    weights: ones\n", 1, 8, "the input has no values"),
    ("input: {a: {values: [1]}, b: [2]}\nlayers: [{Concatenate: , inputs: [a, b]}]\n", 1, 30, "the input 'b' has no values"),
    ("input: {values: [[1, 2], [3]]}\nlayers: [Flatten]\n", 1, 26, "the input's values must have 2 in each list, as in the first (got 1)"),
    ("input: {values: [[1, 2], [3, x]]}\nlayers: [Flatten]\n", 1, 30, "the input's values must be a number (got 'x')"),
    ("input: {values: [[1, 2], 3]}\nlayers: [Flatten]\n", 1, 26, "the input's values must be a list of 2, as those before it (got 3)"),
    ("input: {values: []}\nlayers: [Flatten]\n", 1, 17, "the input's values must not be an empty list"),
    ("input: {values: [[.nan]]}\nlayers: [Flatten]\n", 1, 19, "the input's values must be a number (got nan)"),
    ("input: {values: [[.inf]]}\nlayers: [Flatten]\n", 1, 19, "the input's values must be a number (got inf)"),
    ("input: {values: [true]}\nlayers: [Flatten]\n", 1, 18, "the input's values must be a number (got true)"),
    ("input: {values: ['1/0']}\nlayers: [Flatten]\n", 1, 18, "the input's values must be a number (got '1/0')"),
    ("input: {values: [1e99, 1e101]}\nlayers: [Flatten]\n", 1, 24, "the input's values a number of more than 100 digits comes out"),
    ("input: {values: range}\nlayers: [Flatten]\n", 1, 8, "the input's values 'range' need a shape"),
    ("input: {shape: [2, 2], values: rang}\nlayers: [Flatten]\n", 1, 32,
     "the input's values must be lists of numbers, or ones, zeros or range (got 'rang')"),
    ("input: {shape: [3, 2, 1], values: [[1, 2], [3, 4]]}\nlayers: [Flatten]\n", 1, 35, "the input's values are 2x2, the shape is (3, 2, 1)"),
    ("input: {values: [1], mask: [3]}\nlayers: [Flatten]\n", 1, 22, "an input has no 'mask'"),
    ("input: {values: " + "[" * 9 + "1" + "]" * 9 + "}\nlayers: [Flatten]\n", 1, 17, "the input's values must not be nested deeper than 8 lists"),
    (INPUT + "  - Conv2D: [1, 2]\n", 3, 5, "Conv2D 'conv2d' needs weights to be computed"),
    (INPUT + "  - Conv2D: [1, 2]\n    weights: {bias: 1}\n", 4, 14, "Conv2D 'conv2d' needs its kernel, 2x2x1x1 numbers"),
    (INPUT + "  - Conv2D: [1, 2]\n    weights: twos\n", 4, 14,
     "Conv2D 'conv2d': weights must be a mapping from names to numbers, or ones, zeros or range (got 'twos')"),
    (INPUT + "  - Conv2D: [1, 2]\n    weights: {kernal: ones}\n", 4, 15, "Conv2D 'conv2d' has no weights called 'kernal'"),
    (INPUT + "  - Conv2D: [1, 2]\n    weights: {kernel: [[1, 2], [3, x]]}\n", 4, 36, "Conv2D 'conv2d': kernel must be a number (got 'x')"),
    (INPUT + "  - Conv2D: [1, 2]\n    weights: {kernel: [[1, 2, 3]]}\n", 4, 23, "Conv2D 'conv2d': kernel has 1x3 numbers where 2x2 are needed"),
    (INPUT + "  - Conv2D: [2, 2]\n    weights: {filters: [[[1, 2], [3, 4]]]}\n", 4, 24, "Conv2D 'conv2d': filters has 1x2x2 numbers"),
    (INPUT + "  - Conv2D: [2, 2]\n    weights: {filters: ones, kernel: ones}\n", 4, 15, "Conv2D 'conv2d' has both kernel and filters"),
    (INPUT + "  - Conv2D: [2, 2]\n    weights: {kernel: three}\n", 4, 23, "Conv2D 'conv2d': kernel must be numbers, or ones, zeros or range (got 'three')"),
    (INPUT + "  - Flatten:\n    weights: ones\n", 4, 5, "Flatten 'flatten' has no weights"),
    (INPUT + "  - Reshape: [2, 2]\n  - LSTM: 3\n    weights: ones\n", 4, 5, "LSTM 'lstm': layers of this kind are not computed by hand"),
    (INPUT + "  - UpSampling2D: {interpolation: bilinear}\n", 3, 35, "UpSampling2D 'up_sampling2d': interpolation 'bilinear' is not computed by hand"),
    (INPUT + "  - Activation: glu\n", 3, 17, "Activation 'activation': the activation 'glu' is not computed by hand"),
    (INPUT + "  - BatchNormalization: {epsilon: 0}\n    weights: {moving_variance: 0}\n", 3, 35,
     "BatchNormalization 'batch_normalization': the variance and epsilon are 0, and nothing can be divided by their root"),
    (INPUT + "  - BatchNormalization:\n    weights: {moving_variance: -1}\n", 3, 5,
     "BatchNormalization 'batch_normalization': a variance of -999/1000 has no root"),
    (INPUT + "  - Concatenate: 0\n", 3, 18, "Concatenate 'concatenate': joins examples along the batch; here is only one"),
    (INPUT + "  - parallel: [[], []]\n    weights: ones\n  - Add\n", 4, 5, "weights cannot be used with parallel"),
    (INPUT + "  - model: lenet5\n    weights: ones\n", 4, 5, "weights cannot be used with model"),
]


@pytest.mark.oracle
@pytest.mark.parametrize(("text", "line", "column", "problem"), BAD)
def test_what_is_wrong_with_numbers_is_said_where_it_stands(text, line, column, problem, tmp_path):
    (tmp_path / "net.yaml").write_text(text)
    run = cnncalc("trace", "net.yaml", cwd=tmp_path)
    assert (run.code, run.out) == (2, "")
    assert run.err.split("\n")[0] == f"net.yaml:{line}:{column}: error: {problem}"


@pytest.mark.oracle
@pytest.mark.parametrize(("text", "words"), [
    ("input: {shape: [200, 200, 3], values: ones}\nlayers: [Flatten]\n", "240,000 values in its feature maps are too many to work out by hand"),
    ("input: {shape: [1000000, 1000000, 1000], values: ones}\nlayers: [Flatten]\n", "more than 1,000,000,000,000 values"),
    ("input: {shape: [60, 60, 1], values: ones}\nlayers:\n  - Conv2D: {f: 1, k: 21, padding: same}\n    weights: ones\n", "1,587,600 products are too many"),
    ("input: {shape: [3000], values: ones}\nlayers:\n  - Dense: 1000\n    weights: ones\n", "3,000,000 products are too many"),
    ("input: {shape: [9, 9, 1], values: ones}\nlayers:\n  - MaxPooling2D: {pool_size: 900, strides: 1, padding: same}\n", "are too many to work out by hand"),
    ("input: {shape: [2, 1], values: ones}\nlayers:\n  - Conv1DTranspose: [1, 400000, 4000, same]\n    weights: ones\n", "are too many to work out by hand"),
    ("input: {shape: [1, 1], values: ones}\nlayers:\n  - UpSampling1D: 10000000\n", "are too many to work out by hand"),
    ("input: {shape: [1, 1, 1], values: ones}\nlayers:\n  - UpSampling2D: 99\n", None),
    ("input: {shape: [1, 1], values: ones}\nlayers:\n  - UpSampling1D: 9000\n", None),
    ("input: {values: [3]}\nlayers:\n  - Multiply:\n    inputs: [input, input]\n    name: m0\n"
     + "".join(f"  - Multiply:\n    inputs: [m{i}, m{i}]\n    name: m{i + 1}\n" for i in range(60)), "a number of more than 100 digits comes out"),
    ("input: {values: [1e99]}\nlayers:\n  - Activation: exponential\n  - Add:\n    inputs: [input, activation]\n", None),
    ("input: {shape: [4000], values: range}\nlayers:\n  - Softmax\n", None),
    ("input: {values: [" + ", ".join(f"1/{n}" for n in range(1, 400)) + "]}\nlayers:\n  - Dense: 1\n    weights: ones\n", "more than 100 digits"),
])
def test_work_is_bounded_whatever_a_file_asks_for(text, words, tmp_path):
    (tmp_path / "net.yaml").write_text(text)
    began = time.monotonic()
    run = cnncalc("trace", "net.yaml", cwd=tmp_path)
    assert time.monotonic() - began < 20
    if words is None:
        assert (run.code, run.err) == (0, "")
    else:
        assert (run.code, run.out) == (2, "")
        assert words in run.err


def test_a_network_as_large_as_lenet_is_computed():
    with open("examples/lenet5.yaml", encoding="utf-8") as file:
        data = yaml.safe_load(file)
    data["input"] = {"shape": data["input"], "values": "range"}
    for entry in data["layers"]:
        if isinstance(entry, dict) and set(entry) & {"Conv2D", "Dense"}:
            entry["weights"] = "ones"
    began = time.monotonic()
    computed = compute(package.loads(json.dumps(data)))
    assert computed.layers[-1].array.shape == (10,)
    assert time.monotonic() - began < 10


# The command.


def test_json_has_every_map_and_markdown_a_table_for_each():
    data = json.loads(cnncalc("trace", "two-channels-by-hand", "--format", "json").out)
    assert data["schema"] == "cnncalc/trace/1"
    assert [layer["name"] for layer in data["layers"]] == ["conv2d", "max_pooling2d", "flatten", "dense"]
    conv2d, *_, dense = data["layers"]
    assert conv2d["exact"] is True
    assert read(conv2d["values"]) == grids(package.load("two-channels-by-hand"))["conv2d"]
    assert read(conv2d["stages"][0]["values"]).shape == (4, 4, 2)
    assert conv2d["weights"]["bias"] == [1, -2]
    assert dense["weights"]["kernel"] == [[1], [-1], [0], ["1/2"], ["-1/4"], [0], [1], [-2]]
    assert dense["stages"] == [{"name": "weighted sums", "values": ["13/2"]}]
    assert dense["exact"] is False
    out = cnncalc("trace", "two-channels-by-hand", "--format", "markdown").out
    assert "### conv2d (Conv2D), relu, channel 1\n\n|  | 0 | 1 | 2 | 3 |\n| ---: | ---: | ---: | ---: | ---: |\n| 0 | 0 | 1 | 0 | 3 |\n" in out


def test_the_working_of_a_cell_as_data():
    data = json.loads(cnncalc("trace", "diamond-6x6", "--cell", "0,0", "--format", "json").out)
    (cell,) = data["cells"]
    assert (data["schema"], cell["layer"], cell["index"], cell["value"]) == ("cnncalc/trace-cell/1", "conv2d", [0, 0, 0], 1)
    assert cell["stages"][0]["values"] == [0, 0, 1, 0, 1, 0, 1, 0, 0]
    assert cell["stages"][0]["weights"] == [0, 0, 1, 0, 1, 0, 1, 0, 0]
    assert (cell["stages"][0]["bias"], cell["stages"][0]["value"]) == (-2, 1)
    assert cell["working"][-1] == "relu: max(0, 1) = 1"


def test_flip_turns_the_kernel_and_says_so():
    assert "note: --flip: kernels are turned round, as the mathematician's convolution has it" in cnncalc("trace", "edge-6x6", "--flip").out
    plain, turned = [json.loads(cnncalc("trace", "edge-6x6", "--format", "json", *more).out) for more in ((), ("--flip",))]
    assert (plain["flip"], turned["flip"]) == (False, True)
    assert turned["layers"][0]["values"] == [[[-n for n in pixel] for pixel in row] for row in plain["layers"][0]["values"]]


def test_answers_are_checked_cell_by_cell(tmp_path):
    (tmp_path / "ada.yaml").write_text("conv2d: [[1, 5, 2, 10], [7, 6, -3, 4], [10, 6, -9, -5], [3, null, -3, -3]]\n")
    run = cnncalc("trace", "edge-6x6", "--answers", "ada.yaml", cwd=tmp_path)
    assert (run.code, run.err) == (1, "")
    assert run.out.startswith("conv2d: 14 of 16 right, 1 not given\n")
    assert "[−9]" in run.out
    assert "  row 2, column 2: −9 should be −10\n" in run.out
    assert "      sum: −5 − 1 − 4 = −10\n" in run.out
    data = json.loads(cnncalc("trace", "edge-6x6", "--answers", "ada.yaml", "--format", "json", cwd=tmp_path).out)
    assert data["maps"][0]["wrong"] == [{"index": [2, 2, 0], "claimed": -9, "expected": -10}]
    assert data["maps"][0]["missing"] == [[3, 1, 0]]


SHEET = "conv2d: {params: 9, values: [[1, 5, 2, 10], [7, 6, -3, 4], [10, 6, -10, -5], [3, 5, -3, 3]]}\n"


def test_check_compares_maps_cell_by_cell_beside_the_quantities(tmp_path):
    (tmp_path / "ada.yaml").write_text(SHEET)
    (tmp_path / "bob.yaml").write_text("conv2d: {values: [[1, 5, 2, 10], [7, 6, -3, 4], [10, 6, -10, -5], [3, 5, -3, -3]]}\n")
    run = cnncalc("check", "edge-6x6", "ada.yaml", cwd=tmp_path)
    assert (run.code, run.err) == (1, "")
    assert "the answer is right, 1 of 1 points" in run.out
    assert "conv2d: 15 of 16 right\n" in run.out
    assert "should be" not in run.out
    assert "row 3, column 3: 3 should be −3" in cnncalc("check", "edge-6x6", "ada.yaml", "--feedback", "key", cwd=tmp_path).out
    run = cnncalc("check", "edge-6x6", "bob.yaml", cwd=tmp_path)
    assert (run.code, run.out, run.err) == (0, "conv2d: 16 of 16 right\n", "")
    data = json.loads(cnncalc("check", "edge-6x6", "ada.yaml", "bob.yaml", "--format", "json", cwd=tmp_path).out)
    assert [(one["file"], one["right"], one["cells"]) for one in data["maps"]] == [("ada.yaml", 15, 16), ("bob.yaml", 16, 16)]


def test_check_compares_the_maps_that_a_file_itself_expects(tmp_path):
    assert cnncalc("check", "max-pooling-6x6").out.endswith("max_pooling2d: 9 of 9 right\n")
    with open("examples/max-pooling-6x6.yaml", encoding="utf-8") as file:
        (tmp_path / "wrong.yaml").write_text(file.read().replace("[6, 8, 6]", "[6, 5, 6]"))
    run = cnncalc("check", "wrong.yaml", cwd=tmp_path)
    assert run.code == 1
    assert "max_pooling2d: 8 of 9 right\n" in run.out
    assert "a larger value in the window was overlooked" in run.out


@pytest.mark.parametrize(("name", "text", "code", "words"), [
    ("a.csv", "5,5,9\n6,8,6\n2,6,6\n", 0, "max_pooling2d: 9 of 9 right\n"),
    ("a.txt", "5 5 9\n6 8 6\n2 6 6\n", 0, "max_pooling2d: 9 of 9 right\n"),
    ("a.csv", "3.25;3;7.75\n2.75;6.75;4.25\n1.25;4;3.25\n", 1, "this mistake gives it: the mean was taken, not the largest\n"),
    ("a.yaml", "[[5, 5, 9], [6, 8, 6], [2, 6, 6]]\n", 0, "9 of 9 right\n"),
    ("a.yaml", "max_pooling2d: {maps: [[[5, 5, 9], [6, 8, 6], [2, 6, 6]]]}\n", 0, "9 of 9 right\n"),
    ("a.yaml", "max_pooling2d: [[5, 5], [6, 8]]\n", 1, "max_pooling2d: it is 2x2, and the map is 3x3x1\n"),
])
def test_answers_come_as_rows_or_by_layer(name, text, code, words, tmp_path):
    (tmp_path / name).write_text(text)
    run = cnncalc("trace", "max-pooling-6x6", "--answers", name, cwd=tmp_path)
    assert (run.code, run.err) == (code, "")
    assert words in run.out


@pytest.mark.oracle
@pytest.mark.parametrize(("name", "text", "words"), [
    ("a.yaml", "conv: [[1]]\n", "a.yaml:1:1: error: there is no map 'conv'"),
    ("a.yaml", "max_pooling2d: [[1, x]]\n", "a.yaml:1:21: error: must be a number (got 'x')"),
    ("a.yaml", "max_pooling2d: [[1, 2], [3]]\n", "a.yaml:1:25: error: must have 2 in each list, as in the first (got 1)"),
    ("a.yaml", "max_pooling2d: {map: 3}\n", "must be a grid, or maps: with a grid for each channel"),
    ("a.yaml", "{}\n", "answers must be a mapping from layers to grids (got"),
    ("a.csv", "1,2\n3\n", "must have 2 in each list"),
    ("a.csv", "", "a.csv is empty"),
    ("b.csv", None, "there is no file"),
])
def test_answers_that_cannot_be_read_are_refused(name, text, words, tmp_path):
    if text is not None:
        (tmp_path / name).write_text(text)
    run = cnncalc("trace", "max-pooling-6x6", "--answers", name, cwd=tmp_path)
    assert (run.code, run.out) == (2, "")
    assert words in run.err


@pytest.mark.parametrize(("args", "words"), [
    (("--cell", "9,9"), "no feature map has a cell 9,9, counted from 0"),
    (("--cell", "0"), "no feature map has a cell 0, counted from 0\n    conv2d is 4x4"),
    (("--cell", "a,b"), "'a,b' is not a cell such as 1,0"),
    (("--cell", "0,0", "--channel", "3"), "no feature map has a cell 0,0 in channel 3"),
    (("--channel", "3"), "no feature map has a channel 3"),
    (("--layer", "conv"), "there is no layer 'conv'\n    did you mean 'conv2d'?"),
])
def test_a_cell_that_is_not_there_is_refused(args, words):
    run = cnncalc("trace", "edge-6x6", *args)
    assert (run.code, run.out) == (2, "")
    assert words in run.err


def test_only_the_named_layer_and_channel_are_shown():
    out = cnncalc("trace", "two-channels-by-hand", "--layer", "max_pooling2d", "--channel", "1").out
    assert [line for line in out.splitlines() if line.startswith(("input", "conv2d", "max", "flatten", "dense"))] == [
        "max_pooling2d (MaxPooling2D), channel 1"]


# Numbers.


def test_numbers_are_written_exactly_where_that_is_short():
    assert [written(number_of(text)) for text in ("3", "-3", "0.5", "-0.25", "7/3", "1/1000000", "1/10000000", "-7/3")] == [
        "3", "−3", "0.5", "−0.25", "7/3", "0.000001", "1/10000000", "−7/3"]


def test_arrays_know_their_places():
    array = Array((2, 3, 4), list(range(24)))
    assert [array[place] for place in array.indices()] == list(range(24))
    assert read(array.nested()) == array
    assert array[1, 2, 3] == array.nested()[1][2][3]
