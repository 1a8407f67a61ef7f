"""Receptive fields, rule by rule: against counting, and the formulas against the sets."""

from __future__ import annotations

import itertools
import random

import pytest

from cnncalc.dependence import Taps, taps_of
from cnncalc.layers import KINDS, Shape
from cnncalc.receptive_field import pixels
from cnncalc.receptive_field.periodic import Wave
from cnncalc.receptive_field.pixels import Line, count, full, indices, reindexed, tidy
from cnncalc.window import Field, Spread, Window

# Windows, one by one.

WINDOWS = list(itertools.product(range(1, 5), range(1, 4), range(1, 3)))
PADDINGS = ["valid", "same", "causal", (0, 1), (1, 1), (2, 0), (2, 2)]


def window(n, k, s, d, padding):
    found = Window(k, s, d)
    return found.padded(padding, n) if isinstance(padding, str) else found._replace(padding=sum(padding), before=padding[0])


@pytest.mark.parametrize("padding", PADDINGS, ids=str)
def test_a_window_reads_the_pixels_under_its_taps(padding):
    for n, (k, s, d) in itertools.product(range(1, 13), WINDOWS):
        w = window(n, k, s, d, padding)
        places = w.places(n)
        line = Line(w, n)
        taps = [{o * s - w.before + t * d for t in range(k)} & set(range(n)) for o in range(places)]
        assert [set(indices(line.back(1 << o))) for o in range(places)] == taps
        assert set(indices(line.back(full(places)))) == set().union(*taps)
        seen = Wave().through(w, n, places)
        assert [seen.at(o) for o in range(places)] == [
            (o * s - w.before, o * s - w.before + d * (k - 1)) for o in range(places)]
        assert Field().through(w) == Field(d * (k - 1) + 1, s, -w.before)


def spread_reads(o, n, k, s, d, crop):
    return {i for i in range(n) for t in range(k) if o + crop == i * s + t * d}


def test_a_spread_reads_the_pixels_that_reach_it():
    for n, (k, s, d), crop in itertools.product(range(1, 9), WINDOWS, range(4)):
        w = Spread(k, s, d, crop, crop)
        places = w.places(n)
        if places < 1:
            continue
        line, reads = Line(w, n), [spread_reads(o, n, k, s, d, crop) for o in range(places)]
        assert [set(indices(line.back(1 << o))) for o in range(places)] == reads
        seen = Wave().through(w, n, places)
        for o, read in enumerate(reads):
            beyond = {i for i in range(-9, n + 9) for t in range(k) if o + crop == i * s + t * d}
            assert seen.at(o) == ((min(beyond), max(beyond)) if beyond else None)
            assert read <= beyond


def test_nearest_upsampling_copies():
    for n, s in itertools.product(range(1, 9), range(1, 5)):
        line = Line(Spread(s, s), n)
        assert [indices(line.back(1 << o)) for o in range(n * s)] == [[o // s] for o in range(n * s)]


def test_transposed_layers_crop_as_the_reference_says():
    """Output o uses input i iff o + crop = i s + t for a tap t; `same` gives n s, `valid` (n − 1) s + max(k, s)."""
    for n, k, s in itertools.product(range(1, 7), range(1, 5), range(1, 4)):
        valid, same = [KINDS["Conv1DTranspose"](filters=1, kernel_size=k, strides=s, padding=mode) for mode in ("valid", "same")]
        assert valid.output(Shape((n, 1)))[0] == (n - 1) * s + max(k, s)
        assert same.output(Shape((n, 1)))[0] == n * s


def test_taps_of_large_windows_take_no_time():
    assert Line(Window(10**9, padding=10**9 - 1, before=10**9 // 2), 100).back(1) == full(100)
    assert Line(Window(3, 10**9, padding=0), 10).back(1) == 0b111


# Rows of windows: the formulas against the union of what every tap reads.


def random_row(rnd):
    """Windows and spreads in a row, and how many units there are before each and behind all."""
    n, row = rnd.randint(6, 14), []
    sizes = [n]
    for _ in range(rnd.randint(1, 5)):
        k, s, d = rnd.choice([1, 2, 3, 4, 9]), rnd.randint(1, 3), rnd.randint(1, 2)
        if rnd.random() < 0.3:
            w = Spread(k, s, 1, crop := rnd.randint(0, 1), crop)
        else:
            before = rnd.randint(0, 2 * k)
            w = Window(k, s, d, before + rnd.randint(0, 2 * k), before)
        places = w.places(sizes[-1])
        if 1 <= places <= 40:
            row.append(w)
            sizes.append(places)
    return row, sizes


def read_by(w, o):
    """The units that output `o` of a window or spread reads on an axis without ends."""
    if isinstance(w, Window):
        return {o * w.stride - w.before + t * w.dilation for t in range(w.size)}
    return {(o + w.crop - t * w.dilation) // w.stride for t in range(w.size) if (o + w.crop - t * w.dilation) % w.stride == 0}


@pytest.mark.parametrize("seed", range(200))
def test_in_a_row_the_formulas_give_the_box_and_the_sets_the_pixels(seed):
    row, sizes = random_row(random.Random(seed))
    seen, lines = Wave(), []
    for w, n, units in zip(row, sizes, sizes[1:]):
        seen = seen.through(w, n, units)
        lines.append(Line(w, n))
    for o in range(sizes[-1]):
        unbounded, bounded, mask = {o}, {o}, 1 << o
        for w, n, line in zip(row[::-1], sizes[-2::-1], lines[::-1]):
            unbounded = set().union(*[read_by(w, i) for i in unbounded])
            bounded = set().union(*[read_by(w, i) for i in bounded]) & set(range(n))
            mask = line.back(mask)
        assert set(indices(mask)) == bounded
        if seen.finite:  # its period is longer than the row: what lies beyond its ends is not there
            continue
        assert seen.at(o) == ((min(unbounded), max(unbounded)) if unbounded else None)


def test_the_formulas_hold_for_windows_with_a_period():
    """In a row that goes up and down again, the field of every unit is that of the unit a period before, moved."""
    rnd, periods = random.Random(5), 0
    for _ in range(300):
        row, _ = random_row(rnd)
        seen = Wave()
        for w in row:
            seen = seen.through(w, 10**6, 10**6)
        p = len(seen.fields)
        periods += p > 1
        for o in range(2 * p):
            there, here = seen.at(o), seen.at(o + p)
            step = seen.jump * p
            assert (here is None and there is None) or (here[0] - there[0], here[1] - there[1]) == (step, step)
    assert periods > 50


def test_effective_padding_of_same_depends_on_the_input_size():
    """A 3x3/2 convolution, a 3x3/2 pool and a 2x2/2 window, all `same`, at 15, 16, 17 and 18 pixels."""
    paddings = []
    for n in (15, 16, 17, 18):
        field, units = Field(), n
        for k in (3, 3, 2):
            w = Window(k, 2).padded("same", units)
            field, units = field.through(w), w.places(units)
        paddings.append(-field.start)
        assert (field.size, field.jump) == (1 + 2 + 2 * 2 + 1 * 4, 8)
    assert paddings == [1, 0, 3, 2]


def test_the_fields_join_to_the_span_of_both():
    assert Field(3, 1, 0).join(Field(3, 1, 8)) == Field(11, 1, 0)  # MatConvNet's rule


# Sets of places.


def places_in(region):
    return [place for masks in region for place in itertools.product(*map(indices, masks))]


def test_a_set_is_the_same_whatever_products_it_is_made_of():
    rnd = random.Random(0)
    for _ in range(400):
        rank = rnd.randint(1, 3)
        products = [tuple([rnd.randrange(1, 64) for _ in range(rank)]) for _ in range(rnd.randint(1, 5))]
        region = tidy(products)
        wanted = set(places_in(products))
        assert sorted(places_in(region)) == sorted(wanted)  # each once
        assert count(region) == len(wanted)
        singles = [tuple([1 << i for i in place]) for place in wanted]
        rnd.shuffle(singles)
        assert tidy(singles) == region


def test_a_change_of_shape_keeps_the_order_of_values():
    rnd = random.Random(1)
    for y, x in [((6,), (2, 3)), ((2, 3), (6,)), ((4, 6), (2, 2, 3, 2)), ((2, 3, 4), (6, 4)), ((2, 3, 4), (2, 12)), ((3, 4), (4, 3)),
                 ((1, 6), (6, 1)), ((12,), (2, 3, 2)), ((2, 1, 3), (1, 2, 3, 1)), ((5,), (5,))]:
        for _ in range(20):
            masks = tuple([rnd.randrange(1, 1 << n) for n in y])
            there = set()
            for place in places_in([masks]):
                number = 0
                for i, n in zip(place, y):
                    number = number * n + i
                back = []
                for n in reversed(x):
                    number, rest = divmod(number, n)
                    back.append(rest)
                there.add(tuple(reversed(back)))
            assert set(places_in(reindexed(masks, y, x))) == there


def test_bits_are_spread_out_and_gathered_whatever_the_step():
    rnd = random.Random(2)
    for _ in range(300):
        mask, step, first = rnd.getrandbits(rnd.randint(1, 90)), rnd.randint(1, 9), rnd.randint(0, 3)
        assert indices(pixels.spread_out(mask, step)) == [i * step for i in indices(mask)]
        assert indices(pixels.every(mask, first, step)) == [
            (i - first) // step for i in indices(mask) if i >= first and (i - first) % step == 0]


def test_locally_connected_layers_read_windows():
    for n, k, s in itertools.product(range(3, 9), range(1, 4), range(1, 4)):
        layer = KINDS["LocallyConnected1D"](filters=1, kernel_size=k, strides=s, implementation=2, padding="same")
        ((along, _),) = layer.reads(layer.output(Shape((n, 2))), Shape((n, 2)))
        line = Line(along.taps, n)
        for o in range(-(-n // s)):  # centred on pixel o s, as Keras 2 has it
            assert set(indices(line.back(1 << o))) == set(range(o * s - k // 2, o * s - k // 2 + k)) & set(range(n))


def test_taps_are_what_windows_and_spreads_say():
    assert taps_of(Window(3, 2, 2, 2, 1)) == Taps((range(-1, 5, 2),), 2)
    assert taps_of(Spread(2, 2)).phases == (range(1), range(1))


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"])
@pytest.mark.parametrize("size", range(1, 8))
def test_the_window_of_an_interpolation_spans_what_it_reads(size, interpolation):
    """Away from the ends, where the values that are missing are left out."""
    layer = KINDS["UpSampling2D"](size=(size, size), interpolation=interpolation)
    n = 24
    x = Shape((n, n, 1))
    window, taps = taps_of(layer.windows(x)[0]), taps_of(layer.reads(layer.output(x), x)[0][0].taps or Window(1))
    for o in range(8 * size, 16 * size):
        spans = []
        for each in (window, taps):
            q, f = divmod(o, len(each.phases))
            read = [q * each.advance + t for t in each.phases[f]]
            spans.append((min(read), max(read)))
        assert spans[0][0] <= spans[1][0] <= spans[1][1] <= spans[0][1]
        if spans[1][0] < spans[1][1]:  # not just on a value, which then counts alone
            assert spans[0] == spans[1]
