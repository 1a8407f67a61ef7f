"""What each kind of layer computes: products counted in loops, traced by JAX, priced by XLA."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from itertools import product

import brute
import pytest
from cases import CASES
from running import TESTS

from cnncalc.errors import CnncalcError
from cnncalc.layers import KINDS, Shape, build
from cnncalc.layers.arithmetic import OPERATIONS
from cnncalc.layers.base import input_givens
from cnncalc.num import Num

COUNTED = [row for row in CASES if row.counts is not None]
KINDS.everything()


def label(row):
    return f"{row.kind}-{row.settings}"


def counts(kind, settings, inputs):
    """A layer's multiply-adds and its other operations, where there are some."""
    layer = build(KINDS[kind], settings)
    xs = layer.viewed(tuple(Shape(x) for x in inputs))
    found = {"macs": layer.macs(*xs), **layer.operations(*xs)}
    return {name: count for name, count in found.items() if count is None or count > 0}


def macs(kind, settings, *inputs):
    return counts(kind, settings, inputs).get("macs", 0)


LAYERS = sorted({k.kind for k in KINDS.values() if not k.kind.startswith("ops.")} - {"InputLayer", "Functional"})


@pytest.mark.parametrize("kind", LAYERS)
def test_every_kind_says_what_it_counts(kind):
    assert any(row.kind == kind for row in COUNTED)


def few(row):
    """Rows that are small enough for loops, whose sizes are known, and that Keras would run."""
    if any(None in x for x in row.inputs):
        return False
    layer = build(KINDS[row.kind], row.settings)
    xs = layer.viewed(tuple(map(Shape, row.inputs)))
    found = layer.macs(*xs)
    assert found is not None or any("Keras builds it, but" in note for note in layer.notes(*xs)), row
    return found is not None and found < 100_000


@pytest.mark.parametrize("kind", sorted({row.kind for row in CASES}))
def test_every_row_multiplies_what_the_loops_multiply(kind):
    """Of a kind without loops: nothing."""
    for row in CASES:
        if row.kind == kind and few(row):
            said = build(KINDS[kind], row.settings).arguments()
            assert macs(kind, row.settings, *row.inputs) == brute.macs(kind, said, row.inputs), row


@pytest.mark.parametrize("row", COUNTED, ids=label)
def test_our_counts(row):
    assert counts(row.kind, row.settings, row.inputs) == row.counts
    assert set(row.counts) <= {"macs", *OPERATIONS}


@pytest.mark.parametrize("row", COUNTED, ids=label)
def test_products_are_those_of_the_loops(row):
    assert row.counts.get("macs", 0) == brute.macs(row.kind, row.settings, row.inputs)


@pytest.mark.parametrize("row", [row for row in COUNTED if row.counts.get("macs")], ids=label)
def test_traced_products_are_the_plain_ones_with_their_working(row):
    layer = build(KINDS[row.kind], row.settings)
    xs = tuple(input_givens(Shape(x), layer.view(Shape(x))) for x in row.inputs)
    traced = layer.traced().macs(*layer.viewed(xs))
    assert type(traced) is Num
    assert traced == row.counts["macs"]


@pytest.mark.parametrize("row", COUNTED, ids=label)
def test_traced_operations_are_the_plain_ones(row):
    layer = build(KINDS[row.kind], row.settings)
    xs = tuple(input_givens(Shape(x), layer.view(Shape(x))) for x in row.inputs)
    traced = layer.traced().operations(*layer.viewed(xs))
    assert {name: count for name, count in traced.items() if count is None or count > 0} == {
        name: count for name, count in row.counts.items() if name != "macs"
    }


def test_a_size_that_is_not_known_leaves_the_products_unknown():
    """Wherever Keras builds it so; the channels, on which weights depend, it must know."""
    unknown = 0
    for row in [row for row in COUNTED if row.counts.get("macs")]:
        unknown += opened(row)
    assert unknown > 40


def opened(row):
    """How many sizes of its inputs can be left open, and leave the products unknown."""
    unknown = 0
    for i, x in enumerate(row.inputs):
        for axis in range(len(x)):
            open_, other = [[(*x[:axis], n, *x[axis + 1:]) if i == j else y for j, y in enumerate(row.inputs)]
                            for n in (None, x[axis] + 1)]
            layer = build(KINDS[row.kind], row.settings)
            try:
                layer.apply(tuple(map(Shape, open_)))
            except CnncalcError:
                continue
            found = macs(row.kind, row.settings, *open_)
            if found is not None:  # then it does not depend on this size
                assert found == row.counts["macs"], open_
                assert macs(row.kind, row.settings, *other) in (None, found), open_
            unknown += found is None
    return unknown


# Convolutions, all small ones.


def test_every_small_convolution_multiplies_what_the_loops_multiply():
    for n, k, s, d, padding, groups in product(range(1, 8), range(1, 5), (1, 2, 3), (1, 2), ("valid", "same"), (1, 2)):
        if padding == "valid" and n < d * (k - 1) + 1:
            continue
        settings = {"filters": 2, "kernel_size": k, "strides": s, "dilation_rate": d, "padding": padding, "groups": groups}
        assert macs("Conv1D", settings, (n, 4)) == brute.macs("Conv1D", settings, [(n, 4)]), settings


def test_random_convolutions_multiply_what_the_loops_multiply():
    rng = random.Random(5)
    for _ in range(300):
        groups, kind = rng.choice((1, 2, 3)), rng.choice(("Conv2D", "DepthwiseConv2D", "SeparableConv2D"))
        k = [rng.randint(1, 3), rng.randint(1, 4)]
        settings = {"kernel_size": k, "strides": rng.choice((1, 2, [2, 1])), "padding": rng.choice(("valid", "same"))}
        if kind == "Conv2D":
            settings |= {"filters": groups * rng.randint(1, 3), "groups": groups}
        else:
            settings |= {"depth_multiplier": rng.randint(1, 3)} | ({"filters": 3} if kind == "SeparableConv2D" else {})
        x = (rng.randint(3, 6), rng.randint(4, 7), groups * rng.randint(1, 2))
        assert macs(kind, settings, x) == brute.macs(kind, settings, [x]), (kind, settings, x)


# Transposed convolutions, for which most counters have been wrong.


def spread_products(n, k, s, d, crop, after, channels, filters):
    """Transpose by scattering: products made, and the places they land on before cropping."""
    made, landed = 0, set()
    for i in range(n):
        for t in range(k):
            for _channel in range(channels):
                for _filter in range(filters):
                    made += 1
            landed.add(i * s + t * d - crop)
    return made, max(landed) + 1 - after


def test_every_small_transposed_convolution_multiplies_each_input_with_the_whole_kernel():
    for n, k, s, d, p in product(range(1, 7), range(1, 6), range(1, 5), (1, 2), (0, 1, 2)):
        settings = {"filters": 3, "kernel_size": k, "strides": s, "dilation_rate": d, "padding": p}
        made, reach = spread_products(n, k, s, d, p, p, 2, 3)
        if reach < 1:
            continue
        assert macs("Conv1DTranspose", settings, (n, 2)) == made, settings
        layer = build(KINDS["Conv1DTranspose"], settings)
        assert layer.output(Shape((n, 2))) == (reach, 3), settings


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_a_transposed_convolution_costs_what_the_one_costs_that_it_undoes(padding):
    """The convolution from its output to its input, with the same kernel, stride and padding."""
    for n, k, s, channels, filters in product(range(1, 7), range(1, 6), range(1, 5), (1, 3), (1, 2)):
        settings = {"kernel_size": k, "strides": s, "padding": padding}
        layer = build(KINDS["Conv1DTranspose"], {**settings, "filters": filters})
        x = Shape((n, channels))
        y = layer.output(x)
        back = build(KINDS["Conv1D"], {**settings, "filters": channels})
        assert tuple(back.output(y)) == (n, channels)
        assert layer.macs(x) == back.macs(y), (settings, n)


# Traced by JAX: every row of cases.py that has counts and that JAX can run.

#: Rows whose traced products are not those that we call multiply-adds, and why.
OTHERWISE = {
    "AdditiveAttention": "its scale is multiplied and added up in two operations, which is no product of matrices",
    "UpSampling2D": "JAX interpolates with products of matrices; ours are weighted sums among the operations",
    "Resizing": "the same",
    "MelSpectrogram": "the Fourier transform is left out",
    "Conv2DTranspose": "JAX never makes the products that `same` crops",
}
ROOT = TESTS


def traceable(row):
    kind = KINDS[row.kind]
    return not (
        row.keras or kind.not_keras or kind.__module__.endswith(("augmentation", "applications", "operations"))
        or row.kind == "RandomCrop"  # cannot be traced
    )


@pytest.mark.oracle
def test_products_are_those_that_jax_traces(tmp_path):
    rows = [row for row in COUNTED if traceable(row)]
    file = tmp_path / "rows.json"
    file.write_text(json.dumps([[row.kind, row.settings, row.inputs] for row in rows]))
    run = subprocess.run([sys.executable, str(ROOT / "traced.py"), str(file)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    traced = json.loads(run.stdout)
    assert len(traced) == len(rows) > 80
    wrong = [(row.kind, row.settings, row.counts.get("macs", 0), n) for row, n in zip(rows, traced)
             if row.counts.get("macs", 0) != n]
    assert {kind for kind, *_ in wrong} == set(OTHERWISE), wrong
    # One row of each: the others of these kinds agree.
    assert len(wrong) == len(OTHERWISE), wrong


# Priced by XLA, which counts two operations for each product that reads a pixel.

XLA = """
import json, sys
import jax, jax.numpy as jnp
from jax import lax

def price(f, *shapes):
    return int(jax.jit(f).lower(*[jnp.zeros(s) for s in shapes]).cost_analysis()["flops"])

NUMBERS = ("NHWC", "HWIO", "NHWC")
prices = []
for what, x, kernel, s, d, g in json.load(sys.stdin):
    if what == "dense":
        prices.append(price(lambda x, k: x @ k, x, kernel))
    elif what == "conv":
        prices.append(price(lambda x, k: lax.conv_general_dilated(
            x, k, (s, s), "VALID", rhs_dilation=(d, d), dimension_numbers=NUMBERS, feature_group_count=g), [1, *x], kernel))
    else:
        prices.append(price(lambda x, k: lax.conv_transpose(
            x, k, (s, s), "VALID", rhs_dilation=(d, d), dimension_numbers=NUMBERS), [1, *x], kernel))
print(json.dumps(prices))
"""


@pytest.mark.oracle
def test_two_flops_for_each_mac_are_the_price_of_xla():
    asked, ours = [], []
    for n, k, s, d, g in product((5, 8), (1, 2, 3), (1, 2, 3), (1, 2), (1, 2)):
        settings = {"kernel_size": k, "strides": s, "dilation_rate": d, "filters": 4}
        x = [n, n + 1, 2 * g]
        if n < d * (k - 1) + 1:
            continue
        asked.append(("conv", x, [k, k, 2, 4], s, d, g))
        ours.append(2 * macs("Conv2D", {**settings, "groups": g}, x))
        if g == 1:
            asked.append(("transposed", x, [k, k, 2, 4], s, d, g))
            ours.append(2 * macs("Conv2DTranspose", settings, x))
            asked.append(("conv", x, [k, k, 1, 6], s, d, 2))
            ours.append(2 * macs("DepthwiseConv2D", {"kernel_size": k, "strides": s, "dilation_rate": d,
                                                     "depth_multiplier": 3}, x))
    asked.append(("dense", [3, 7], [7, 5], 1, 1, 1))
    ours.append(2 * macs("Dense", {"units": 5}, (3, 7)))
    run = subprocess.run([sys.executable, "-c", XLA], input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == ours
    assert len(ours) > 100
