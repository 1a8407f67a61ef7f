"""Questions the other way round, against a search of all combinations that counts instead of calculating."""

from __future__ import annotations

import itertools
import json
import math

import pytest
from running import cnncalc

from cnncalc.errors import SpecError
from cnncalc.solver import DILATIONS, FILTERS, KERNELS, LAYERS, STRIDES, Answer, Question, solve, working
from cnncalc.views.solve import statement

# The same questions without any formula: windows are moved, pixels counted.


def placed(n, extent, stride, before, after):
    """How many places a window has: it is moved along as long as it fits."""
    padded = [None] * before + list(range(n)) + [None] * after
    places, at = 0, 0
    while at + extent <= len(padded):
        places += 1
        at += stride
    return places


def keras_same(n, extent, stride):
    """Pixels before and after that give as many places as there are strides begun, the odd one after."""
    wanted = len(range(0, n, stride))
    for total in itertools.count():
        if placed(n, extent, stride, 0, total) >= wanted:
            return total // 2, total - total // 2
    raise AssertionError


def seen(kernel, stride, dilation, layers):
    """The pixels from the first to the last that one unit sees."""
    pixels = {0}
    for _ in range(layers):
        pixels = {stride * pixel + dilation * tap for pixel in pixels for tap in range(kernel)}
    return max(pixels) - min(pixels) + 1


def parameters(kernel, rank, channels, filters, layers, bias):
    """The weights one by one, a layer after the other."""
    total = 0
    for _ in range(layers):
        for _ in range(filters):
            total += len(list(itertools.product(*[range(kernel)] * rank, range(channels)))) + bias
        channels = filters
    return total


def chains(n, kernels, strides, dilations, layers, paddings=None):
    """Every combination that fits, as {(kernel, stride, dilation, pixels of each layer): sizes}."""
    found = {}
    for k, s, d in itertools.product(kernels, strides, dilations):
        extent = len(range(d * (k - 1) + 1))
        for p in [*range(extent), "same"] if paddings is None else paddings:
            size, pixels, sizes = n, (), ()
            for _ in range(max(layers)):
                before, after = keras_same(size, extent, s) if p == "same" else (p, p)
                size = placed(size, extent, s, before, after)
                if size < 1:
                    break
                pixels += ((before, after),)
                sizes += (size,)
                if len(sizes) in layers:
                    found[k, s, d, pixels] = sizes
    return found


def told(answers):
    """The answers as the search above has them; none may be told twice."""
    keys = [(a.kernel, a.stride, a.dilation, a.pixels) for a in answers]
    assert len(keys) == len(set(keys))
    return set(keys)


SMALL = dict(kernels=range(1, 6), strides=range(1, 4), dilations=(1, 2), layers=(1, 2, 3))  # noqa: C408


@pytest.mark.oracle
@pytest.mark.parametrize("n", range(1, 13))
def test_a_size_is_reached_by_just_the_combinations_that_counting_finds(n):
    every = chains(n, **SMALL)
    for to in range(1, 16):
        wanted = {key for key, sizes in every.items() if sizes[-1] == to}
        assert told(solve(Question(n, to, **SMALL)).answers) == wanted


@pytest.mark.parametrize(("paddings", "n"), [((0,), 9), ((1, 2), 10), (("same",), 11), ((0, 3, "same"), 12)])
def test_given_paddings_are_the_only_ones_tried(paddings, n):
    every = chains(n, paddings=paddings, **SMALL)
    for to in range(1, 20):
        wanted = {key for key, sizes in every.items() if sizes[-1] == to}
        assert told(solve(Question(n, to, paddings=paddings, **SMALL)).answers) == wanted


def test_a_size_is_kept_for_every_input_by_just_those_that_keep_a_hundred():
    kept = None
    for n in range(1, 101):
        keys = {key for key, sizes in chains(n, range(1, 8), (1, 2, 3), (1, 2, 3), (1,)).items() if sizes[-1] == n}
        kept = keys if kept is None else kept & keys
    found = solve(Question(keep=True, kernels=range(1, 8), strides=(1, 2, 3), dilations=(1, 2, 3))).answers
    assert told(found) == kept
    assert {(k, d) for k, _, d, _ in kept} == set(itertools.product(range(1, 8), (1, 2, 3)))


def test_a_given_size_is_kept_by_just_those_that_keep_it():
    for n in range(1, 10):
        every = chains(n, **SMALL)
        assert told(solve(Question(n, keep=True, **SMALL)).answers) == {k for k, sizes in every.items() if sizes[-1] == n}


@pytest.mark.parametrize("field", range(1, 41))
def test_a_receptive_field_is_seen_by_just_the_combinations_that_counting_finds(field):
    domain = dict(kernels=range(1, 8), strides=(1, 2, 3), dilations=(1, 2, 3), layers=range(1, 7))  # noqa: C408
    wanted = {(k, s, d, n) for k, s, d, n in itertools.product(*domain.values()) if FIELDS[k, s, d, n] == field}
    found = solve(Question(receptive_field=field, **domain)).answers
    assert {(a.kernel, a.stride, a.dilation, a.layers) for a in found} == wanted
    assert len(found) == len(wanted)


FIELDS = {key: seen(*key) for key in itertools.product(range(1, 8), (1, 2, 3), (1, 2, 3), range(1, 7))}


@pytest.mark.oracle
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("channels", [1, 3])
def test_parameters_come_from_just_the_filters_that_counting_finds(rank, channels, bias):
    domain = list(itertools.product(range(1, 5), range(1, 13), range(1, 4)))
    counted = {}
    for key in domain:
        kernel, filters, layers = key
        counted.setdefault(parameters(kernel, rank, channels, filters, layers, bias), set()).add(key)
    limits = dict(kernels=range(1, 5), filters=range(1, 13), layers=range(1, 4), bias=bias, rank=rank)  # noqa: C408
    wanted = sorted(counted)
    for params in {*wanted[:40], *range(1, 120), *wanted[-40:]}:
        found = solve(Question(params=params, channels=channels, **limits)).answers
        assert {(a.kernel, a.filters, a.layers) for a in found} == counted.get(params, set())
        assert len(found) == len(counted.get(params, ()))


@pytest.mark.oracle
def test_several_wishes_are_met_together():
    domain = dict(kernels=range(1, 6), strides=(1, 2), dilations=(1, 2), layers=range(1, 4))  # noqa: C408
    every = chains(12, **domain)
    for to, field in itertools.product(range(4, 13), range(3, 14)):
        wanted = {key for key, sizes in every.items()
                  if sizes[-1] == to and seen(key[0], key[1], key[2], len(sizes)) == field}
        assert told(solve(Question(12, to, receptive_field=field, **domain)).answers) == wanted
        both = {(*key, f) for key in wanted for f in range(1, 9)
                if parameters(key[0], 2, 3, f, len(key[3]), True) == 10 * to + field}
        found = solve(Question(12, to, receptive_field=field, params=10 * to + field, channels=3, filters=range(1, 9), **domain))
        assert {(a.kernel, a.stride, a.dilation, a.pixels, a.filters) for a in found.answers} == both


def spread(n, kernel, stride, dilation, before, after):
    """How many outputs are reached from `n` pixels, less those that are taken off."""
    return len(range(max(i * stride + t * dilation for i in range(n) for t in range(kernel)) + 1)) - before - after


def test_a_transposed_convolution_is_found_by_counting_what_its_pixels_reach():
    for n, to in itertools.product(range(2, 7), range(2, 20)):
        found = solve(Question(n, to, kernels=range(1, 6), strides=range(1, 4), transposed=True)).answers
        wanted = {(k, s, p) for k, s in itertools.product(range(1, 6), range(1, 4)) for p in range(k)
                  if spread(n, k, s, 1, p, p) == to}
        assert {(a.kernel, a.stride, a.padding) for a in found if a.padding != "same"} == wanted
        same = {(k, s) for k, s in itertools.product(range(1, 6), range(1, 4)) if n * s == to}
        assert {(a.kernel, a.stride) for a in found if a.padding == "same" or a.same} == same


# What is said about them.


def departures(answer):
    return sum([answer.layers > 1, (answer.stride or 1) > 1, (answer.dilation or 1) > 1, any(map(sum, answer.pixels))])


@pytest.mark.parametrize("question", [
    Question(28, 14), Question(28, 12, dilations=(1, 2)), Question(keep=True), Question(receptive_field=13, layers=LAYERS, strides=(1, 2)),
    Question(params=896, channels=3),
])
def test_the_simplest_answers_come_first(question):
    found = solve(question).answers
    assert len(found) > 1
    order = []
    for a in found:
        padding = sum(a.pixels[0]) if a.pixels else 0
        order.append((departures(a), a.kernel + (a.stride or 1) + (a.dilation or 1) + a.layers + padding + (a.filters or 0)))
    assert order == sorted(order)


@pytest.mark.parametrize("question", [
    Question(28, 14), Question(28, 9, layers=(1, 2), dilations=(1, 2)), Question(28, 28, keep=False), Question(keep=True, dilations=(1, 2, 3)),
    Question(receptive_field=15, layers=LAYERS, strides=(1, 2)), Question(params=896, channels=3), Question(params=54_108, channels=3, layers=(1, 2, 3)),
    Question(28, 22, receptive_field=7, params=10 * 10, channels=1, layers=(1, 2, 3)), Question(14, 28, transposed=True),
])
def test_every_working_ends_with_what_was_wanted(question):
    for answer in solve(question).answers:
        lines = working(question, answer)
        last = {line.name: line.value for line in lines}
        if question.to is not None:
            assert last["n'" if answer.layers == 1 else f"n{answer.layers}"] == question.to
        if question.receptive_field is not None:
            assert last[f"r{answer.layers}"] == question.receptive_field
        if question.params is not None:
            assert last["params"] == question.params
        for line in lines:
            assert evaluated(line.numbers) == line.value


def evaluated(text):
    """A formula in numbers, worked out once more."""
    import re

    text = text.replace(",", "").replace("max(0 ", "max(0,").replace("×", "*").replace("−", "-").replace("=", "==").replace("^", "**")
    text = re.sub("⌈([^⌈⌉]*)⌉", r"math.ceil(\1)", text)
    text = re.sub("⌊([^⌊⌋]*)⌋", r"math.floor(\1)", text)
    return eval(text, {"math": math, "max": max})  # our own text, and ours only


@pytest.mark.parametrize(("question", "words"), [
    (Question(10, 5, kernels=(3,), strides=(2,), paddings=(0,)), "no answer; the nearest is 4 (kernel 3, stride 2, padding 0)"),
    (Question(32, 28, strides=(1,), paddings=(0,)), "exactly one answer: kernel 5, stride 1, padding 0"),
    (Question(keep=True, kernels=(4,), paddings=(0, 1, 2)), "no answer"),
    (Question(receptive_field=12, kernels=(3,), strides=(1,), layers=LAYERS),
     "no answer; the nearest are 11 (kernel 3, stride 1, 5 layers) and 13 (kernel 3, stride 1, 6 layers)"),
    (Question(28, 14, kernels=(3,)), "not unique: 2 answers, the simplest of them kernel 3, stride 2, padding 'same' (0 before, 1 after)"),
    (Question(params=895, channels=3), "no answer; the nearest are 892 (kernel 1, 223 filters) and 896 (kernel 3, 32 filters)"),
    (Question(28, keep=True, kernels=(3,), strides=(2,)), "no answer; the nearest is 15 (kernel 3, stride 2, padding 2)"),
])
def test_what_is_said(question, words):
    assert statement(solve(question)) == words


@pytest.mark.oracle
def test_without_an_answer_the_nearest_are_really_the_nearest():
    domain = dict(kernels=(3, 5), strides=(2, 3), dilations=(1,), layers=(1, 2))  # noqa: C408
    for n in range(5, 30):
        reached = {sizes[-1] for sizes in chains(n, **domain).values()}
        for to in range(1, 40):
            solution = solve(Question(n, to, **domain))
            assert bool(solution.answers) == (to in reached)
            if to not in reached:
                below, above = [m for m in reached if m < to], [m for m in reached if m > to]
                near = ([max(below)] if below else []) + ([min(above)] if above else [])
                assert [a.sizes[-1] for a in solution.nearest] == near


# Published questions.


@pytest.mark.parametrize(("question", "answer"), [
    # LeNet's C1 makes 28x28 of 32x32 at stride 1 without padding: how large is its filter?
    (Question(32, 28, strides=(1,), paddings=(0,)), {"kernel": 5}),
    # A 3x3 kernel dilated by 2 on 7x7 gives 3x3.
    (Question(7, 3, kernels=(3,), strides=(1,), paddings=(0,), dilations=DILATIONS), {"dilation": 2, "receptive_field": 5}),
    # How many 3x3 layers see 7, 11 and 15 pixels?
    (Question(receptive_field=7, kernels=(3,), strides=(1,), layers=LAYERS), {"layers": 3}),
    (Question(receptive_field=11, kernels=(3,), strides=(1,), layers=LAYERS), {"layers": 5}),
    (Question(receptive_field=15, kernels=(3,), strides=(1,), layers=LAYERS), {"layers": 7}),
    # Which padding keeps the size under a 5x5 filter, and under a 3x3 one dilated by 2?
    (Question(keep=True, kernels=(5,)), {"padding": 2, "stride": 1, "same": True}),
    (Question(keep=True, kernels=(3,), dilations=(2,)), {"padding": 2, "stride": 1}),
    (Question(keep=True, kernels=(4,)), {"padding": "same", "pixels": ((1, 2),)}),
])
def test_published_questions_have_their_one_answer(question, answer):
    (found,) = solve(question).answers
    assert {key: getattr(found, key) for key in answer} == answer


def test_seven_by_seven_at_stride_two_is_padded_in_two_ways():
    found = solve(Question(224, 112, kernels=(7,), strides=(2,))).answers
    assert [(a.padding, a.pixels) for a in found] == [("same", ((2, 3),)), (3, ((3, 3),))]


def test_896_parameters_from_rgb_are_32_filters_of_3x3():
    assert solve(Question(params=896, channels=3)).answers[0][:6] == Answer(3, filters=32)[:6]


# The command.


@pytest.mark.parametrize(("args", "words"), [
    ((), "nothing is asked for"),
    (("--from", "3"), "the wanted size is missing"),
    (("--to", "3"), "the size of the input is missing"),
    (("--params", "3"), "the input's channels are missing"),
    (("--from", "3", "--to", "3", "--keep-size"), "--to and --keep-size are two wanted sizes"),
    (("--receptive-field", "3", "--transposed"), "asked of convolutions"),
    (("--keep-size", "-k", "3-a"), "'3-a' is not a number, a range 1-7, a list 1,3,5 or ?"),
    (("--keep-size", "-k", "0"), "'0' is not a number"),
    (("--keep-size", "-k", "1-9999999"), "too wide a range"),
    (("--keep-size", "-k", "1-500", "-d", "1-500"), "too many to try"),
    (("--from", "9", "--to", "3", "-p", "most"), "'most' is not a number"),
    (("--from", "0", "--to", "3"), "range"),
])
def test_what_cannot_be_asked_is_refused(args, words):
    run = cnncalc("solve", *args)
    assert (run.code, run.out) == (2, "")
    assert words in run.err


def test_each_question_of_the_help_is_answered():
    text = cnncalc("solve", "--help").out
    commands = [line.split()[2:] for line in text.splitlines() if line.strip().startswith("cnncalc solve ")]
    assert len(commands) == 4
    for args in commands:
        run = cnncalc("solve", *args)
        assert (run.code, run.err) == (0, "")
        assert "tried: " in run.out
        data = json.loads(cnncalc("solve", *args, "--format", "json").out)
        assert data["schema"] == "cnncalc/solve/1"
        assert data["count"] == len(data["answers"]) > 0
        assert all(answer["working"] for answer in data["answers"])
        assert data["statement"][:5] in cnncalc("solve", *args, "--format", "markdown").out


@pytest.mark.oracle
def test_lists_ranges_and_question_marks_are_the_values_to_try():
    def bounds(*args):
        return json.loads(cnncalc("solve", "--from", "20", "--to", "10", "--format", "json", *args).out)["bounds"]

    assert bounds("-k", "1,3,7-9")["kernel_size"] == [1, 3, 7, 8, 9]
    assert bounds("-k", "?", "-s", "?", "-d", "?") == {
        "kernel_size": [1, KERNELS[-1]], "strides": [1, STRIDES[-1]], "dilation_rate": [1, DILATIONS[-1]],
        "padding": None, "layers": [1], "filters": [1, FILTERS[-1]]}
    assert bounds("-p", "0-2,same")["padding"] == [0, 1, 2, "same"]
    assert bounds("-p", "valid")["padding"] == [0]


def test_a_question_without_sense_is_an_error_in_python_too():
    with pytest.raises(SpecError, match="nothing is asked for"):
        solve(Question())


def test_most_limits_what_is_shown_and_not_what_is_counted():
    run = cnncalc("solve", "--from", "28", "--to", "14", "--most", "2")
    assert "14 more answers" in run.out
    assert run.out.count("n' =") == 2
