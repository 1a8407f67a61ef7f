"""Operations on arrays read what numpy's read: a value that is not a number shows in every output that depends on it."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
import test_array_shapes as arrays
from reads import read

from cnncalc.analysis import analyse
from cnncalc.errors import CnncalcError
from cnncalc.layers import KINDS, Shape, build
from cnncalc.receptive_field.unknown_sizes import layers_of
from cnncalc.sources import open_text

pytestmark = pytest.mark.oracle
TRIES = 300


def depends(judge, shapes, which, rng):
    """For each output, for each of its values, the values of one input that make it none when they are none."""
    values = [np.array([rng.uniform(1, 2) for _ in range(int(np.prod(x)))]).reshape(x) for x in shapes]
    found = None
    for i in range(values[which].size):
        kept, values[which].flat[i] = values[which].flat[i], np.nan
        made = judge(*values)
        made = made if isinstance(made, list) else [made]
        found = found or [[set() for _ in range(np.size(y))] for y in made]
        for sets, y in zip(found, made):
            for o in np.flatnonzero(np.isnan(np.asarray(y, float))):
                sets[o].add(i)
        values[which].flat[i] = kept
    return found


def pad(rng):
    x = arrays.shape(rng, rng.randint(2, 4))
    mode = rng.choice(("constant", "edge", "reflect", "symmetric", "wrap", "circular", "mean", "maximum", "minimum", "median", "linear_ramp"))
    one = [rng.randint(0, 4), rng.randint(0, 4)]
    width = [[0, 0], *[rng.choice((one, [0, rng.randint(0, 3)])) for _ in x[1:]]] if rng.random() < 0.8 else [[0, 0]]
    theirs = width if len(width) > 1 else width[0]
    name = {"circular": "wrap"}.get(mode, mode)

    def judge(a):
        if mode == "linear_ramp":  # 0 times none is none for numpy, though no value changes it
            return np.where(np.pad(np.nan_to_num(a, nan=50), theirs, name) == np.pad(np.nan_to_num(a, nan=100), theirs, name), 0, np.nan)
        return np.pad(a, theirs, name)
    return {"pad_width": width, "mode": mode}, [x], judge


def roll(rng):
    x = (1, *arrays.shape(rng, rng.randint(1, 3)))
    at = rng.choice((None, rng.randint(-len(x) + 1, -1), rng.sample(range(1, len(x)), rng.randint(1, len(x) - 1))))
    by = [rng.randint(-7, 7) for _ in at] if isinstance(at, list) and rng.random() < 0.7 else rng.randint(-7, 7)
    return {"shift": by, "axis": at}, [x], lambda a: np.roll(a, by, at)


def flip(rng):
    x = (1, *arrays.shape(rng, rng.randint(1, 3)))
    at = rng.choice((None, rng.randint(-len(x), len(x) - 1), rng.sample(range(len(x)), rng.randint(1, len(x)))))
    return {"axis": at}, [x], lambda a: np.flip(a, tuple(at) if isinstance(at, list) else at)


def named(judge, least=2):
    def make(rng):
        return {}, [(1, *arrays.shape(rng, rng.randint(least - 1, 3)))], judge
    return make


def triangle(judge):
    def make(rng):
        k = rng.randint(-4, 4)
        return {"k": k}, [(1, *arrays.shape(rng, rng.randint(2, 3)))], lambda a: judge(a, k)
    return make


def squeeze(rng):
    settings, shapes, _ = arrays.squeeze(rng)
    at = settings["axis"]
    if at is None:
        at = [i for i, n in enumerate(shapes[0]) if i and n == 1]
    return settings, shapes, lambda a: np.squeeze(a, tuple(at) if isinstance(at, list) else at)


def broadcast_to(rng):
    _, [x], _ = arrays.broadcast_to(rng)
    to = [1, *[n if n > 1 else rng.choice((1, 2, 5)) for n in x[1:]]]
    return {"shape": [None, *to[1:]]}, [x], lambda a: np.broadcast_to(a, to)


def reshape(rng):
    x = (1, *arrays.shape(rng))
    n, parts = int(np.prod(x)), []
    while n > 1 and rng.random() < 0.8:
        parts.append(rng.choice([k for k in range(1, n + 1) if n % k == 0]))
        n //= parts[-1]
    to = [-1, *parts, n]
    return {"newshape": to}, [x], lambda a: a.reshape(to)


def take_some(rng):
    x = (1, *arrays.shape(rng, rng.randint(1, 3)))
    at = rng.randint(1, len(x) - 1)
    places = np.array([rng.randint(-x[at], x[at] - 1) for _ in range(rng.choice((1, 2, 4)))])
    if places.size == 4 and rng.random() < 0.5:
        places = places.reshape(2, 2)
    kept = places.tolist()
    if rng.random() < 0.3:
        kept = {"class_name": "__numpy__", "config": {"value": kept, "dtype": "int32"}}
    return {"indices": kept, "axis": rng.choice((at, at - len(x)))}, [x], lambda a: np.take(a, places, at)


def glu(rng):
    x = (1, *[2 * n for n in arrays.shape(rng, rng.randint(1, 3))])
    at = rng.randint(1, len(x) - 1)

    def judge(a):
        first, second = np.split(a, 2, at)
        return first / (1 + np.exp(-second))
    return {"axis": rng.choice((at, at - len(x)))}, [x], judge


def softmax(rng):
    x = (1, *arrays.shape(rng, rng.randint(1, 3)))
    at = rng.choice((rng.randint(1, len(x) - 1), rng.sample(range(1, len(x)), rng.randint(1, len(x) - 1))))
    places = tuple(at) if isinstance(at, list) else at
    return {"axis": at}, [x], lambda a: np.exp(a) / np.exp(a).sum(places, keepdims=True)


def blocks(to_space):
    """Value by value, as Keras has it on numpy, JAX and torch."""
    def make(rng):
        b, first = rng.randint(1, 3), rng.random() < 0.5
        h, w, c = rng.randint(1, 3), rng.randint(1, 3), rng.randint(1, 3)
        deep, wide = (1, h, w, c * b * b), (1, h * b, w * b, c)
        of_block, of_channel = (1, b * b) if first else (c, 1)

        def judge(a):
            a = np.moveaxis(a, 1, -1) if first else a
            y = np.zeros(wide if to_space else deep)
            for i, j, channel, p, q in itertools.product(range(h), range(w), range(c), range(b), range(b)):
                block, pixel = (0, i, j, (p * b + q) * of_block + channel * of_channel), (0, i * b + p, j * b + q, channel)
                if to_space:
                    y[pixel] = a[block]
                else:
                    y[block] = a[pixel]
            return np.moveaxis(y, -1, 1) if first else y
        n, rows, columns, channels = deep if to_space else wide
        x = (n, channels, rows, columns) if first else (n, rows, columns, channels)
        return {"block_size": b, "data_format": "channels_first" if first else "channels_last"}, [x], judge
    return make


def where(rng):
    """A condition that is none is neither true nor false."""
    settings, shapes, _ = arrays.where(rng)
    return settings, shapes, lambda condition, a, b: condition + a + b


def taken_by_numbers(rng):
    """Which place is read only the numbers say: any of them."""
    x, places = arrays.shape(rng), arrays.shape(rng, rng.randint(1, 2))
    at = rng.choice((None, rng.randint(-len(x), len(x) - 1)))

    def judge(a, i):
        a = a.reshape(-1) if at is None else a
        place = 0 if at is None else at % len(x)
        sums = a.sum(place, keepdims=True)
        return np.take(sums, np.zeros(i.shape, int), place) + i.reshape(*i.shape, *(1,) * (a.ndim - 1 - place))
    return {"axis": at}, [x, places], judge


def sort(rng):
    """Any of them may come to any place."""
    settings, shapes, _ = arrays.sort(rng)
    return settings, shapes, lambda a: a + a.sum(settings["axis"], keepdims=True)


def one_hot(rng):
    settings, shapes, _ = arrays.one_hot(rng)
    settings["axis"] = rng.choice((settings["axis"], len(shapes[0])))
    return settings, shapes, lambda a: np.stack([a] * 5, settings["axis"])


def matmul_turned(rng):
    """As TensorFlow has it: either of the two transposed first."""
    turned = rng.random() < 0.7, rng.random() < 0.5
    batch = (1, *arrays.shape(rng, rng.randint(0, 1)))
    rows, inner, columns = (rng.choice((1, 2, 3, 4)) for _ in range(3))
    a, b = (rows, inner)[:: -1 if turned[0] else 1], (inner, columns)[:: -1 if turned[1] else 1]

    def judge(a, b):
        return np.matmul(*[np.swapaxes(x, -1, -2) if other else x for x, other in zip((a, b), turned)])
    return {"function": "linalg.matmul", "constants": dict(zip(("transpose_a", "adjoint_b"), turned))}, [(*batch, *a), (*batch, *b)], judge


def norm(rng):
    x = arrays.shape(rng, rng.randint(2, 4))
    at = rng.randint(1, len(x) - 1)
    return {"axis": at}, [(1, *x[1:])], lambda a: np.linalg.norm(a, axis=at)


def layer_norm(rng):
    x = (1, *arrays.shape(rng, rng.randint(1, 3)))
    gamma, beta = x[-1:], x[-1:]
    return {}, [x, gamma, beta], lambda a, g, b: a / a.sum(-1, keepdims=True) * g + b


def average_of_places(rng):
    x = (1, *arrays.shape(rng, rng.randint(1, 3)))
    at = rng.randint(1, len(x) - 1)
    return {"axis": at, "weight": [1 + i for i in range(x[at])]}, [x], lambda a: np.average(a, axis=at, weights=[1 + i for i in range(x[at])])


def unfold(rng):
    n, c, h, w = 1, rng.randint(1, 2), rng.randint(2, 5), rng.randint(2, 5)
    kernel, stride, dilation, padding = ([rng.randint(low, high) for _ in range(2)] for low, high in ((1, 3), (1, 2), (1, 2), (0, 1)))

    def judge(a):
        a = np.pad(a, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
        starts = [range(0, a.shape[i + 2] - dilation[i] * (kernel[i] - 1), stride[i]) for i in range(2)]
        if not all(starts):
            raise ValueError
        columns = [a[0, :, p : p + dilation[0] * (kernel[0] - 1) + 1 : dilation[0], q : q + dilation[1] * (kernel[1] - 1) + 1 : dilation[1]].reshape(-1)
                   for p in starts[0] for q in starts[1]]
        return np.stack(columns, -1)[None]
    return {"kernel_size": kernel, "stride": stride, "dilation": dilation, "padding": padding}, [(n, c, h, w)], judge


def tensordot(rng):
    """With a constant: of two inputs the batch would be there twice."""
    a = (1, *arrays.shape(rng, rng.randint(1, 3)))
    i = rng.randint(1, len(a) - 1)
    constant = [[1.0] * 3] * a[i]
    return {"axes": [[i], [0]], "x2": constant}, [a], lambda x: np.tensordot(x, np.array(constant), [[i], [0]])


def quantile(rng):
    x = (1, *arrays.shape(rng, rng.randint(1, 3)))
    at = rng.randint(1, len(x) - 1)
    return {"axis": at, "q": 0.5}, [x], lambda a: np.quantile(a, 0.5, axis=at)


def einsum_with_an_ellipsis(rng):
    while True:
        settings, shapes, judge = arrays.einsum_with_an_ellipsis(rng)
        if all(x and x[0] == 1 for x in shapes):
            return settings, shapes, judge


#: Those whose outputs mix the examples.
MIXED = ("ops.Outer", "ops.Vstack")
OPERATIONS = {
    "TFOpLambda": (matmul_turned,), **{kind: makers for kind, makers in arrays.OPERATIONS.items() if kind not in MIXED},
    "ops.Tensordot": (tensordot,), "ops.Quantile": (quantile,), "ops.Einsum": (arrays.einsum, einsum_with_an_ellipsis), "ops.Norm": (norm,), "ops.LayerNorm": (layer_norm,), "ops.Unfold": (unfold,),
    "ops.Average": (average_of_places,), "ops.Squeeze": (squeeze,), "ops.BroadcastTo": (broadcast_to,),
    "ops.Pad": (pad,), "ops.Where": (where,), "ops.Take": (take_some, taken_by_numbers), "ops.Sort": (sort,),
    "ops.OneHot": (one_hot,), "ops.Roll": (roll,), "ops.Flip": (flip,), "ops.Fliplr": (named(np.fliplr),), "ops.Flipud": (named(np.flipud),),
    "ops.Tril": (triangle(np.tril),), "ops.Triu": (triangle(np.triu),), "ops.Reshape": (reshape,), "ops.Glu": (glu,), "ops.Softmax": (softmax,),
    "ops.DepthToSpace": (blocks(True),), "ops.SpaceToDepth": (blocks(False),), "ops.StopGradient": (named(np.positive, 1),),
    "ops.ZerosLike": (named(np.zeros_like, 1),), "ops.Subtract": (arrays.added,), "ops.Tanh": (named(np.tanh, 1),),
}


@pytest.mark.parametrize(("kind", "make"), [(kind, make) for kind, makers in OPERATIONS.items() for make in makers],
                         ids=lambda value: getattr(value, "__name__", value))
def test_what_is_read_is_what_numpy_reads(kind, make):
    rng = random.Random(kind)
    judged = 0
    for _ in range(20 * TRIES):
        settings, shapes, judge = make(rng)
        if any(x[0] != 1 for x in shapes):
            continue
        xs = tuple(Shape(x[1:]) for x in shapes)
        try:
            layer = build(KINDS[kind], settings)
            ys = layer.apply(xs)
            made = judge(*[np.ones(x) for x in shapes])
            if [(1, *y) for y in ys] != [y.shape for y in (made if isinstance(made, list) else [made])]:
                continue  # the batch is mixed with another axis
            theirs = [depends(judge, shapes, i, rng) for i in range(len(shapes))]
        except (CnncalcError, ValueError, IndexError, TypeError):
            continue  # whether it must be refused test_array_shapes.py asks
        for k, y in enumerate(ys):
            for i, reads in enumerate(layer.reach(xs, ys)[k]):
                assert read(reads, y, tuple(xs[i])) == theirs[i][k], (settings, shapes, k, i)
        judged += 1
        if judged == TRIES:
            break
    assert judged > TRIES // 4, judged


#: What is done to the places of an axis whose size is not known.
OPEN = ["ops.Pad: {pad_width: [[0, 0], [2, 1], [0, 0]], mode: reflect}", "ops.Pad: {pad_width: [[0, 0], [2, 1], [0, 0]]}",
        "ops.Roll: {shift: 2, axis: 1}", "ops.Flip: {axis: 1}", "ops.Tile: {repeats: [1, 2, 1]}", "ops.Repeat: {repeats: 2, axis: 1}",
        'ops.GetItem: ":, 1:"', 'ops.GetItem: ":, :-1"', 'ops.GetItem: ":, -3:"', 'ops.GetItem: ":, ::-1"', "ops.Cumsum: {axis: 1}",
        "ops.Softmax: {axis: 1}", "Conv1D: {filters: 2, kernel_size: 3, padding: same}", "MaxPooling1D: {pool_size: 2, padding: same}",
        "Conv1DTranspose: {filters: 2, kernel_size: 3}"]


@pytest.mark.parametrize("more", ["", "  - ops.Flip: {axis: 1}\n"])
@pytest.mark.parametrize("entry", OPEN)
def test_what_is_said_of_an_unknown_size_holds_for_every_size(entry, more):
    def said(size):
        trace = analyse(open_text(f"input: [{size}, 3]\nlayers:\n  - {entry}\n{more}").graph)
        return [[axis._asdict() for field in layer.fields for axis in field.axes] for layer in layers_of(trace)]
    every = [said(n) for n in (6, 7, 8, 9, 40)]
    for k, axes in enumerate(said("null")):
        for i, axis in enumerate(axes):
            for key in ("size", "sizes", "jump", "padding", "center"):
                if axis.get(key) is not None:
                    assert {each[k][i][key] for each in every} == {axis[key]}, (k, key)
