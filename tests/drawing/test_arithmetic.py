"""Every frame shows what `Window.taps` and `Spread.taps` read."""

from __future__ import annotations

import random

import pytest
from pictures import overlaps

import cnncalc
from cnncalc.drawing import arithmetic_picture
from cnncalc.drawing.arithmetic import axis_of
from cnncalc.drawing.paper import Options
from cnncalc.drawing.scene import Text, flat, groups
from cnncalc.errors import CnncalcError
from cnncalc.window import Spread, Window


def layer_of(seed):
    """A random layer on a small input, with its window along each axis."""
    rng = random.Random(seed)
    kind = rng.choice(("Conv2D", "Conv2D", "MaxPooling2D", "Conv2DTranspose", "Conv1D"))
    n, k, s = rng.randint(1, 12), rng.randint(1, 4), rng.randint(1, 3)
    settings = {"Conv2D": f"filters: 1, kernel_size: {k}, dilation_rate: {rng.randint(1, 2) if s == 1 else 1}",
                "Conv1D": f"filters: 1, kernel_size: {k}", "MaxPooling2D": f"pool_size: {k}",
                "Conv2DTranspose": f"filters: 1, kernel_size: {k}"}[kind]
    shape = "x".join([str(n)] * (1 if kind == "Conv1D" else 2) + ["1"])
    return f"{kind}: {{{settings}, strides: {s}, padding: {rng.choice(('valid', 'same'))}}}", shape


def words(scene):
    return [run.text for shape in flat(scene.shapes) if isinstance(shape, Text) for run in shape.runs]


@pytest.mark.parametrize(("seeds", "least"), [(range(24), 12), pytest.param(range(24, 400), 200, marks=pytest.mark.oracle)])
def test_random_layers_read_what_their_windows_read(seeds, least):
    drawn = 0
    for seed in seeds:
        entry, shape = layer_of(seed)
        try:
            model = cnncalc.loads(f"input: {list(map(int, shape.split('x')))}\nlayers:\n  - {{{entry}, name: w}}\n")
        except CnncalcError:
            continue  # the window does not fit
        scene = arithmetic_picture(model.trace, "w", Options())
        frames = [dict(group.data) for group in groups(scene.shapes) if group.frame is not None]
        step = model["w"].step
        windows = step.node.layer.windows(step.inputs[0])
        outputs = step.outputs[0][:-1]
        if max(step.inputs[0][:-1]) > 12 or max(outputs) > 8:
            continue  # drawn smaller
        drawn += 1
        rows, columns = (windows[0] if len(windows) > 1 else None), windows[-1]
        expected = []
        for r in range(outputs[0] if rows is not None else 1):
            for c in range(outputs[-1]):
                here = {"output": f"{r},{c}" if rows is not None else str(c), "columns": " ".join(str(p) for _, p in columns.taps(c))}
                if rows is not None:
                    here["rows"] = " ".join(str(p) for _, p in rows.taps(r))
                expected.append(here)
        assert frames == expected, entry
        assert scene.frames == len(expected)
        assert overlaps(scene) == []
    assert drawn >= least


@pytest.mark.parametrize("seed", range(60))
def test_the_cells_under_a_window_are_its_inputs_padding_and_zeros(seed):
    rng = random.Random(seed)
    n, k, s, d = rng.randint(1, 9), rng.randint(1, 4), rng.randint(1, 3), rng.randint(1, 2)
    if seed % 2:
        window = Spread(k, s, d, crop=rng.randint(0, k - 1), padding=0)
    else:
        window = Window(k, s, d).padded(rng.choice(("valid", "same")), n)
    axis = axis_of(window, n)
    for output in range(axis.outputs):
        cells = axis.covers(output)
        assert len(cells) == k
        assert all(axis.first <= cell < axis.end for cell in cells)
        read = sorted(pixel for _, pixel in window.taps(output) if 0 <= pixel < n)
        assert sorted(cell // axis.stretch for cell in cells if axis.is_input(cell)) == read


def test_unread_pixels_and_the_formula_are_written():
    model = cnncalc.loads("input: [6, 6, 1]\nlayers:\n  - {Conv2D: {filters: 1, kernel_size: 3, strides: 2}, name: c}\n")
    found = words(arithmetic_picture(model.trace, "c", Options()))
    assert "⌊(6 + 2 × 0 − 3) / 2⌋ + 1 = 2" in found
    assert "never read: row 5" in found
    assert "never read: column 5" in found
    assert "kernel 3×3, stride 2, no padding" in found


def test_large_inputs_are_drawn_smaller_with_the_same_remainder():
    found = words(arithmetic_picture(cnncalc.load("vgg16").trace, "block1_conv1", Options()))
    assert any(text.startswith("drawn on ") and text.endswith("the layer reads 224×224") for text in found)
    assert any(text.endswith("= 224") for text in found)


@pytest.mark.parametrize(("layer", "problem"), [("flatten", "has no window"), ("nothing", "there is no layer 'nothing'")])
def test_layers_without_a_window_are_refused(layer, problem):
    with pytest.raises(CnncalcError, match=problem):
        arithmetic_picture(cnncalc.load("vgg16").trace, layer, Options())
