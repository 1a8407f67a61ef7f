"""Budgets and batches: limits are kept, broken or undecided exactly where the network's own numbers say so."""

from __future__ import annotations

import json

import pytest
from running import cnncalc

from cnncalc.budgets import Budget, Outcome, amount, budget, largest_batches
from cnncalc.cost import Cost
from cnncalc.errors import SpecError
from cnncalc.sources import open_named
from cnncalc.tracing import traced


@pytest.mark.parametrize(("text", "in_bytes", "value"), [
    ("25M", False, 25 * 10**6), ("1.5G", False, 1_500_000_000), ("224", False, 224), ("93,322", False, 93_322), ("3k", False, 3000),
    ("8GB", True, 8 * 10**9), ("8 GiB", True, 8 * 2**30), ("512MiB", True, 512 * 2**20), ("1.5mb", True, 1_500_000), ("100", True, 100),
    ("7B", True, 7), ("2G", True, 2 * 10**9),
])
def test_amounts(text, in_bytes, value):
    assert amount(text, in_bytes) == value


@pytest.mark.parametrize(("text", "in_bytes"), [("", False), ("x", False), ("8GB", False), ("-3", False), ("3 bananas", True), ("1e9", False), ("٣", False)])
def test_what_is_no_amount_is_refused(text, in_bytes):
    with pytest.raises(SpecError, match="is not an amount such as"):
        amount(text, in_bytes)


@pytest.mark.parametrize(("value", "at_least", "maximum", "verdict"), [
    (10, False, True, "kept"), (11, False, True, "broken"), (10, False, False, "kept"), (9, False, False, "broken"),
    (11, True, True, "broken"), (10, True, True, "undecided"), (10, True, False, "kept"), (9, True, False, "undecided"),
    (None, False, True, "undecided"), (None, False, False, "undecided"),
])
def test_a_lower_bound_breaks_a_maximum_and_keeps_a_minimum(value, at_least, maximum, verdict):
    assert Outcome(Budget("params", 10, maximum, "10"), value, at_least).verdict == verdict


def checked(*args: str) -> tuple[int, dict[str, tuple[int, str]]]:
    run = cnncalc("check", *args, "--format", "json")
    data = json.loads(run.out)
    return run.code, {row["quantity"]: (row["value"], row["verdict"]) for row in data["budgets"]}


def test_a_value_at_its_limit_is_kept_and_one_more_is_broken():
    cost = json.loads(cnncalc("cost", "mnist-chollet", "--format", "json", "--batch", "4", "--optimizer", "adam").out)
    single = json.loads(cnncalc("cost", "mnist-chollet", "--format", "json").out)
    values = {"params": 93_322, "trainable-params": 93_322, "macs": single["macs"], "flops": single["flops"], "weights": cost["weight_bytes"],
              "memory": cost["training"]["total"], "inference-memory": cost["inference"]["total"], "field": 26}
    options = ("mnist-chollet", "--batch", "4", "--optimizer", "adam")
    for off, verdict, code in ((0, "kept", 0), (-1, "broken", 1)):
        limits = [word for name, value in values.items() for word in ("--max", f"{name}={value + off}")]
        assert checked(*options, *limits) == (code, {name: (value, verdict) for name, value in values.items()})
    for off, verdict, code in ((0, "kept", 0), (1, "broken", 1)):
        limits = [word for name, value in values.items() for word in ("--min", f"{name}={value + off}")]
        assert checked(*options, *limits) == (code, {name: (value, verdict) for name, value in values.items()})


def test_budgets_do_not_grade_what_the_file_claims():
    run = cnncalc("check", "-", "--max", "params=25M", stdin=b"input: [8]\nlayers:\n  - Dense: 3\n    expect: {params: 1}\n")
    assert run.code == 0
    assert "at most 25M   kept" in run.out


def test_a_size_that_is_not_known_cannot_be_decided():
    network = b"input: [null, null, 3]\nlayers:\n  - Conv2D: [8, 3]\n"
    assert cnncalc("check", "-", "--max", "macs=1G", stdin=network).code == 2
    run = cnncalc("check", "-", "--max", "macs=1G", "--max", "params=100", stdin=network)
    assert run.code == 1
    assert "cannot be decided" in run.out


@pytest.mark.parametrize(("option", "words"), [
    ("parms=25M", "there is no budget 'parms'\n    did you mean 'params'?"),
    ("params", "'params' is not a budget such as params=25M"),
    ("params=lots", "'lots' is not an amount such as 25M or 1.5G"),
    ("memory=8", None),
])
def test_what_is_no_budget_is_refused(option, words):
    run = cnncalc("check", "lenet5", "--max", option)
    assert run.code == (2 if words else 1)
    if words:
        assert words in run.err


def test_budget_names_ignore_case_and_underscores():
    assert budget("Inference_Memory=1GB", True) == Budget("inference-memory", 10**9, True, "1GB")


@pytest.mark.parametrize("name", ["lenet5", "mnist-chollet", "resnet18"])
@pytest.mark.parametrize("room", ["1MB", "100MB", "8GB"])
def test_the_largest_batch_fits_and_one_more_does_not(name, room):
    trace = traced(open_named(name).graph)
    n = amount(room, True)
    training, inference = largest_batches(Cost(trace, 1, "float32", "adam"), n)
    for batch, total in ((training, lambda c: c.training.total), (inference, lambda c: c.inference.total)):
        assert batch is not None
        assert batch == 0 or total(Cost(trace, batch, "float32", "adam")) <= n
        assert total(Cost(trace, batch + 1, "float32", "adam")) > n


def test_the_command_says_what_fits():
    run = cnncalc("cost", "vgg16", "--fit", "8GB", "--optimizer", "Adam")
    assert (run.code, run.out) == (0, "vgg16: largest batch in 8.00 GB, float32\n  training (adam): a batch of 94\n  inference: a batch of 289\n")
    run = cnncalc("cost", "vgg16", "--fit", "1MB", "--format", "json")
    assert run.code == 1
    assert (json.loads(run.out)["training"], json.loads(run.out)["inference"]) == (0, 0)
    assert cnncalc("cost", "vgg16", "--fit", "much").code == 2


def test_several_networks_are_compared_with_the_first():
    both = [cnncalc("diff", "lenet5", name).out for name in ("lenet5-lecture", "alexnet")]
    assert cnncalc("diff", "lenet5", "lenet5-lecture", "alexnet").out == "\n".join(both)
    assert len(json.loads(cnncalc("diff", "lenet5", "lenet5-lecture", "alexnet", "--format", "json").out)) == 2


def test_networks_side_by_side():
    data = json.loads(cnncalc("compare", "lenet-variant", "lenet-variant-no-second-pool", "lenet5", "--layers", "--format", "json").out)
    names = [[step and step["name"] for step in row] for row in data["layers"]]
    for i, network in enumerate(("lenet-variant", "lenet-variant-no-second-pool", "lenet5")):
        own = json.loads(cnncalc("summary", network, "--format", "json").out)
        assert [row[i] for row in names if row[i] and row[i] != "input"] == [layer["name"] for layer in own["layers"]]
    text = cnncalc("compare", "lenet-variant", "lenet5", "--layers").out
    assert "1,256,080" in text
    assert "61,706" in text
