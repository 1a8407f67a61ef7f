"""Windows and spreads against counting, and against what Keras computes from single pixels."""

from __future__ import annotations

from itertools import product

import pytest
from cases import CASES

from cnncalc.layers import KINDS, Shape, build
from cnncalc.num import given
from cnncalc.window import Field, Spread, Window

SIZES, KERNELS, STRIDES, DILATIONS = range(1, 16), range(1, 6), range(1, 5), range(1, 4)
SMALL = list(product(SIZES, KERNELS, STRIDES, DILATIONS))


def taps(start, k, d):
    return [start + t * d for t in range(k)]


def counted(n, k, s, d):
    """How many of the windows that start at a multiple of s lie within n pixels."""
    return sum(1 for start in range(0, n, s) if taps(start, k, d)[-1] < n)


def test_a_window_has_as_many_places_as_can_be_counted():
    for n, k, s, d in SMALL:
        assert Window(k, s, d).places(n) == counted(n, k, s, d), (n, k, s, d)


def test_padding_in_pixels_counts_as_pixels():
    for (n, k, s, d), before, after in product(SMALL, range(4), range(4)):
        window = Window(k, s, d, before + after, before)
        assert window.places(n) == counted(n + before + after, k, s, d), (n, k, s, d, before, after)


def test_the_extent_is_what_the_taps_span():
    for k, d in product(KERNELS, DILATIONS):
        for sliding in (Window(k, 1, d), Spread(k, 1, d)):
            assert sliding.extent == len(range(taps(0, k, d)[0], taps(0, k, d)[-1] + 1))


def test_same_padding_gives_a_place_for_every_stride_begun():
    for n, k, s, d in SMALL:
        assert Window(k, s, d).padded("same", n).places(n) == len(range(0, n, s)), (n, k, s, d)


def test_same_padding_is_the_least_that_does_and_has_its_odd_pixel_behind():
    for n, k, s, d in SMALL:
        window = Window(k, s, d).padded("same", n)
        enough = [p for p in range(k * d) if counted(n + p, k, s, d) >= len(range(0, n, s))]
        assert window.padding == enough[0], (n, k, s, d)
        behind = window.padding - window.before
        assert behind - window.before in (0, 1)


def test_a_causal_window_ends_on_the_pixel_it_stands_for():
    for n, k, s, d in SMALL:
        window = Window(k, s, d).padded("causal", n)
        assert window.places(n) == len(range(0, n, s))
        assert window.padding == window.before
        assert taps(0 - window.before, k, d)[-1] == 0


def test_two_fields_are_joined_from_the_first_pixel_to_the_last():
    for a, size, b, other, jump in product(range(-4, 5), range(1, 5), range(-4, 5), range(1, 5), (1, 3)):
        both = {*range(a, a + size), *range(b, b + other)}
        joined = Field(size, jump, a).join(Field(other, jump, b))
        assert joined == Field(max(both) + 1 - min(both), jump, min(both))
    for unlike in (Field(3, 2, 0), Field(3, 1, None)):
        with pytest.raises(AssertionError):
            Field(3, 1, 0).join(unlike)
        with pytest.raises(AssertionError):
            unlike.join(Field(3, 1, 0))


def test_valid_padding_is_none():
    assert Window(3, 2, 2).padded("valid", 5) == Window(3, 2, 2)


def places_rounded_up(n, k, s, before, after):
    """PyTorch: windows go on while the last one left pixels over, but none starts behind the input."""
    count = 0
    while (count - 1) * s + k < before + n + after and count * s < before + n:
        count += 1
    return count


def test_rounding_up_is_that_of_pytorch():
    for n, k, s in product(SIZES, KERNELS, STRIDES):
        for before, after in product(range(k), range(k)):
            window = Window(k, s, 1, before + after, before).rounded_up(n)
            assert window.places(n) == places_rounded_up(n, k, s, before, after), (n, k, s, before, after)
            assert window.before == before
            assert window.padding >= before + after


def test_what_rounding_up_adds_is_what_the_last_window_lacks():
    for n, k, s in product(SIZES, KERNELS, STRIDES):
        window = Window(k, s).rounded_up(n)
        places = window.places(n)
        if places:
            lacking = (places - 1) * s + k - n
            assert window.padding == max(0, lacking)


@pytest.mark.parametrize("mode", ["valid", "same", "causal"])
def test_an_unknown_size_stays_unknown(mode):
    assert Window(3, 2, 1).padded(mode, None).places(None) is None
    assert Window(3, 2, 1).padded(mode, None).rounded_up(None).places(None) is None
    assert Spread(3, 2).places(None) is None


@pytest.mark.parametrize("mode", ["same", "causal"])
def test_what_padding_comes_to_is_called_p(mode):
    window = Window(given(3, "k"), given(2, "s")).padded(mode, given(10, "n"))
    assert window.padding.symbol == "p"
    assert Window(given(3, "k"), given(2, "s")).rounded_up(given(10, "n")).padding.symbol == "p"


def test_padding_that_depends_on_an_unknown_size_is_unknown_on_both_sides():
    unknown = Window(3, 2).padded("same", None)
    assert (unknown.padding, unknown.before) == (None, None)
    assert unknown.rounded_up(7).padding is None
    assert Window(3, 2, 1, 2, None).rounded_up(7).padding is None


def test_a_spread_reaches_as_far_as_can_be_counted():
    for n, k, s, d in SMALL:
        reached = {i * s + t * d for i in range(n) for t in range(k)}
        for padding, extra in product(range(3), range(3)):
            spread = Spread(k, s, d, padding, 0, extra)
            assert spread.places(n) == max(reached) + 1 - padding + extra, (n, k, s, d)


def test_the_windows_of_a_layer_have_the_places_that_come_out():
    seen = set()
    for row in CASES:
        layer = build(KINDS[row.kind], row.settings)
        if len(row.inputs) > 1 or layer.rank is None:
            continue
        x = layer.view(Shape(row.input))
        windows = layer.windows(x)
        if windows is None or len(windows) != len(x.spatial):
            continue  # those of a ConvLSTM slide over each of its frames
        seen.add(row.kind)
        (y,) = layer.apply((Shape(row.input),))
        assert [w.places(n) for w, n in zip(windows, x.spatial)] == list(layer.view(y).spatial)
    assert {"Conv2D", "Conv2DTranspose", "MaxPooling2D", "ZeroPadding2D", "Cropping2D", "UpSampling2D"} <= seen


# What single pixels become in Keras: which inputs each output is made of, and through which tap.

PLAIN = {"filters": 1, "use_bias": False}


def impulses(made, n, k):
    """made(one pixel in n) with the taps numbered from 1: a row per input, a column per output."""
    import numpy as np

    made.build((None, n, 1))
    made.set_weights([np.arange(1, k + 1, dtype="float32").reshape(k, 1, 1)])
    answer = np.asarray(made(np.eye(n, dtype="float32")[:, :, None]))
    return answer.shape[1], answer.reshape(n, -1).tolist()


def ask(kind, settings, n):
    """The window of our layer, how many outputs it has, and Keras's impulses."""
    from oracle import keras

    (window,) = build(KINDS[kind], settings).windows(Shape((n, 1)))
    made = getattr(keras.layers, kind)(**settings)
    return window, window.places(n), impulses(made, n, settings["kernel_size"])


@pytest.mark.oracle
@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
def test_a_convolution_reads_where_keras_reads(padding):
    for n, k, s, d in product(range(1, 8), range(1, 5), range(1, 4), range(1, 4)):
        if (s > 1 and d > 1) or (padding == "valid" and d * (k - 1) + 1 > n):
            continue
        settings = {"kernel_size": k, "strides": s, "dilation_rate": d, "padding": padding, **PLAIN}
        window, outputs, (size, answer) = ask("Conv1D", settings, n)
        ours = [[0.0] * outputs for _ in range(n)]
        for o, t in product(range(outputs), range(k)):
            i = o * s + t * d - window.before
            if 0 <= i < n:
                ours[i][o] += t + 1
        assert outputs == size
        assert ours == answer, (n, settings)


@pytest.mark.oracle
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_a_transposed_convolution_writes_where_keras_writes(padding):
    for n, k, s, d in product(range(1, 5), range(1, 6), range(1, 5), range(1, 4)):
        if s > 1 and d > 1:
            continue
        for extra in (None, *range(s)):
            settings = {"kernel_size": k, "strides": s, "dilation_rate": d, "padding": padding,
                        "output_padding": extra, **PLAIN}
            spread, outputs, (size, answer) = ask("Conv1DTranspose", settings, n)
            ours = [[0.0] * outputs for _ in range(n)]
            for i, t in product(range(n), range(k)):
                o = i * s + t * d - spread.crop
                if 0 <= o < outputs:
                    ours[i][o] += t + 1
            assert outputs == size
            assert ours == answer, (n, settings)


@pytest.mark.oracle
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"])
def test_upsampling_spreads_a_pixel_as_far_as_keras(interpolation):
    import numpy as np
    from oracle import keras

    n = 15
    for s in range(1, 6):
        spread, _ = build(KINDS["UpSampling2D"], {"size": [s, 1], "interpolation": interpolation}).windows(Shape((n, 1, 1)))
        made = keras.layers.UpSampling2D((s, 1), interpolation=interpolation)
        answer = np.asarray(made(np.eye(n, dtype="float32").reshape(n, n, 1, 1)))[:, :, 0, 0]
        for i in range(n):
            reached = np.flatnonzero(abs(answer[i]) > 1e-6)  # more than rounding
            first, last = i * s - spread.crop, i * s - spread.crop + spread.size - 1
            assert (reached[0], reached[-1]) == (max(first, 0), min(last, n * s - 1)), (s, i)


def test_the_taps_at_a_place_are_those_that_meet_a_pixel():
    for k, s, d, crop in product(range(1, 6), range(1, 5), range(1, 5), range(4)):
        window, spread = Window(k, s, d, before=crop), Spread(k, s, d, crop=crop)
        for place in range(8):
            assert window.taps(place) == [(t, place * s - crop + t * d) for t in range(k)]
            assert spread.taps(place) == [(t, (place + crop - t * d) // s) for t in range(k) if (place + crop - t * d) % s == 0]


def test_a_field_moves_by_its_jump_where_it_is_known():
    assert Field(3, 2, 5).moved(4) == Field(3, 2, 13)
    assert Field(3, 2, None).moved(4) == Field(3, 2, None)
