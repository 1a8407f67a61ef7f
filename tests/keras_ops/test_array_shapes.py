"""Operations on arrays give the shapes that numpy gives, and refuse what it refuses.

To write golden/array-refusals.txt anew, after reading what changed: python tests/keras_ops/test_array_shapes.py
"""

from __future__ import annotations

import random
import re

import numpy as np
import pytest
from running import TESTS

from cnncalc.errors import CnncalcError
from cnncalc.layers import KINDS, build

pytestmark = pytest.mark.oracle
TRIES = 2000
GOLDEN = TESTS / "golden" / "array-refusals.txt"


def shape(rng, rank=None):
    return tuple(rng.choice((1, 2, 3, 4, 6)) for _ in range(rng.randint(1, 4) if rank is None else rank))


def axis(rng, rank, more=1):
    """Mostly an axis that is there."""
    return rng.randint(-rank - more, rank + more - 1)


def axes(rng, rank, more=0):
    return [axis(rng, rank, more) for _ in range(rng.randint(1, max(1, rank)))]


def key(rng, rank):
    parts = []
    for _ in range(rng.randint(1, rank + 1)):
        what = rng.random()
        if what < 0.15:
            parts.append("...")
        elif what < 0.3:
            parts.append("None")
        elif what < 0.5:
            parts.append(str(rng.randint(-4, 4)))
        else:
            ends = [rng.choice(("", str(rng.randint(-7, 7)))) for _ in range(rng.randint(2, 3))]
            parts.append(":".join(ends))
    return rng.choice((", ", ",", " , ")).join(parts) + rng.choice(("", ","))


def get_item(rng):
    x = shape(rng)
    text = key(rng, len(x))
    return {"key": text}, [x], lambda a: a[eval(f"np.s_[{text}]")]


def get_item_of_a_list(rng):
    x = shape(rng)
    text = key(rng, len(x))
    found = eval(f"np.s_[{text}]")
    parts = list(found) if isinstance(found, tuple) else [found]
    kept = [{"class_name": "__ellipsis__", "config": {}} if part is ... else
            {"class_name": "__slice__", "config": {"start": part.start, "stop": part.stop, "step": part.step}}
            if isinstance(part, slice) and rng.random() < 0.7 else part for part in parts]
    return {"key": kept}, [x], lambda a: a[tuple(parts)]


def concatenate(rng):
    x = shape(rng)
    at = axis(rng, len(x))
    others = [tuple(rng.choice((2, n)) if i == at % len(x) or rng.random() < 0.05 else n for i, n in enumerate(x)) for _ in range(rng.randint(1, 2))]
    return {"axis": at}, [x, *others], lambda *arrays: np.concatenate(arrays, at)


def stack(rng):
    x = shape(rng)
    at = axis(rng, len(x), 2)
    others = [x if rng.random() < 0.9 else shape(rng, len(x)) for _ in range(rng.randint(1, 2))]
    return {"axis": at}, [x, *others], lambda *arrays: np.stack(arrays, at)


def split(rng):
    x = shape(rng)
    at = axis(rng, len(x))
    parts = rng.randint(1, 4)
    return {"indices_or_sections": parts, "axis": at}, [x], lambda a: np.split(a, parts, at)


def split_at(rng):
    x = shape(rng)
    at = axis(rng, len(x))
    places = sorted(rng.sample(range(x[at] + 1 if -len(x) <= at < len(x) else 3), rng.randint(1, 2) if x[at % len(x)] > 1 else 1))
    return {"indices_or_sections": places, "axis": at}, [x], lambda a: np.split(a, places, at)


def unstack(rng):
    x = shape(rng)
    at = axis(rng, len(x))
    return {"axis": at}, [x], lambda a: list(np.moveaxis(a, at, 0))


def transpose(rng):
    x = shape(rng)
    order = rng.choice((None, rng.sample(range(len(x)), len(x)), axes(rng, len(x), 1)))
    return {"axes": order}, [x], lambda a: np.transpose(a, order)


def swapaxes(rng):
    x = shape(rng)
    a, b = axis(rng, len(x)), axis(rng, len(x))
    return {"axis1": a, "axis2": b}, [x], lambda array: np.swapaxes(array, a, b)


def moveaxis(rng):
    x = shape(rng)
    many = rng.randint(1, len(x))
    source = [axis(rng, len(x), rng.random() < 0.1) for _ in range(many)]
    destination = [axis(rng, len(x), rng.random() < 0.1) for _ in range(many if rng.random() < 0.9 else 1)]
    return {"source": source, "destination": destination}, [x], lambda a: np.moveaxis(a, source, destination)


def expand_dims(rng):
    x = shape(rng)
    at = rng.choice((axis(rng, len(x), 2), axes(rng, len(x), 1)))
    return {"axis": at}, [x], lambda a: np.expand_dims(a, tuple(at) if isinstance(at, list) else at)


def squeeze(rng):
    x = shape(rng)
    at = rng.choice((None, axis(rng, len(x)), axes(rng, len(x))))
    return {"axis": at}, [x], lambda a: np.squeeze(a, tuple(at) if isinstance(at, list) else at)


def broadcast_to(rng):
    x = shape(rng)
    to = [*shape(rng, rng.randint(0, 2)), *[n if n > 1 or rng.random() < 0.3 else rng.choice((2, 5)) for n in x]]
    if rng.random() < 0.2:
        to = to[1:]
    return {"shape": to}, [x], lambda a: np.broadcast_to(a, to)


def take(rng):
    x, places = shape(rng), shape(rng, rng.randint(1, 2))
    at = rng.choice((None, axis(rng, len(x))))
    return {"axis": at}, [x, places], lambda a, i: np.take(a, i.astype(int), at)


def pad(rng):
    x = shape(rng)
    width = rng.choice((rng.randint(0, 3), [rng.randint(0, 2), rng.randint(0, 2)],
                        [[rng.randint(0, 2), rng.randint(0, 2)] for _ in range(rng.choice((len(x), len(x), 3)))]))
    return {"pad_width": width}, [x], lambda a: np.pad(a, width)


def tile(rng):
    x = shape(rng)
    times = rng.choice((rng.randint(1, 3), [rng.randint(1, 3) for _ in range(rng.randint(1, 5))]))
    return {"repeats": times}, [x], lambda a: np.tile(a, times)


def repeat(rng):
    x = shape(rng)
    at = axis(rng, len(x))
    times = rng.choice((rng.randint(1, 3), [2], [rng.randint(1, 3) for _ in range(x[at % len(x)])], [1, 2, 3]))
    return {"repeats": times, "axis": at}, [x], lambda a: np.repeat(a, times, at)


def one_hot(rng):
    x = shape(rng)
    at = rng.randint(-1, len(x) - 1)
    return {"num_classes": 5, "axis": at}, [x], lambda a: np.stack([a] * 5, at)


def einsum(rng):
    sizes = {letter: rng.choice((1, 2, 3, 5)) for letter in "bijk"}
    terms = ["".join(rng.choice("bijk") for _ in range(rng.randint(1, 3))) for _ in range(rng.randint(1, 3))]
    shapes = [tuple(sizes[letter] if rng.random() < 0.95 else rng.choice((1, 2)) for letter in term) for term in terms]
    letters = sorted(set("".join(terms)))
    target = "".join(rng.sample(letters, rng.randint(0, len(letters)))) + ("z" if rng.random() < 0.05 else "")
    if target and rng.random() < 0.05:
        target += target[0]
    text = ",".join(terms) + rng.choice(("->", " -> ")) + target
    return {"subscripts": text}, shapes, lambda *arrays: np.einsum(text, *arrays)


def einsum_with_an_ellipsis(rng):
    sizes = {letter: rng.choice((1, 2, 3)) for letter in "ijk"}
    beside = shape(rng, rng.randint(0, 2))
    terms, shapes = [], []
    for _ in range(rng.randint(1, 2)):
        letters = "".join(rng.choice("ijk") for _ in range(rng.randint(0, 2)))
        at = rng.randint(0, len(letters))
        own = tuple(n if rng.random() < 0.8 else 1 for n in beside[rng.randint(0, len(beside)):])
        terms.append(letters[:at] + "..." + letters[at:])
        shapes.append((*[sizes[letter] for letter in letters[:at]], *own, *[sizes[letter] for letter in letters[at:]]))
    letters = sorted(set("".join(terms)) - {"."})
    kept = "".join(rng.sample(letters, rng.randint(0, len(letters))))
    text = ",".join(terms) + rng.choice(("->..." + kept, "->" + kept + "...", "->" + kept, ""))
    return {"subscripts": text}, [tuple(x) for x in shapes], lambda *arrays: np.einsum(text, *arrays)


def dot(rng):
    inner = rng.choice((1, 2, 3))
    a = (*shape(rng, rng.randint(0, 2)), inner)
    b = (*shape(rng, rng.randint(0, 2)), inner if rng.random() < 0.9 else 4, rng.choice((1, 4)))
    return {}, [a, b if rng.random() < 0.8 else (inner,)], np.dot


def tensordot(rng):
    a, b = shape(rng), shape(rng)
    many = rng.randint(0, 2)
    if rng.random() < 0.5:
        b = (*a[len(a) - many:], *b) if rng.random() < 0.9 else b
        return {"axes": many}, [a, b], lambda x, y: np.tensordot(x, y, many)
    pair = [[axis(rng, len(a), rng.random() < 0.1) for _ in range(many)], [axis(rng, len(b), 0) for _ in range(many)]]
    b = list(b)
    for i, j in zip(*pair):
        if -len(a) <= i < len(a):
            b[j] = a[i]
    return {"axes": pair}, [a, tuple(b)], lambda x, y: np.tensordot(x, y, pair)


def outer(rng):
    return {}, [shape(rng), shape(rng)], np.outer


def alike(rng, at):
    x = shape(rng, rng.randint(2, 4))
    return [x, *[tuple(rng.choice((2, n)) if i == at or rng.random() < 0.05 else n for i, n in enumerate(x)) for _ in range(rng.randint(1, 2))]]


def hstack(rng):
    return {}, alike(rng, 1), lambda *arrays: np.hstack(arrays)


def vstack(rng):
    return {}, alike(rng, 0), lambda *arrays: np.vstack(arrays)


def ravel(rng):
    return {}, [shape(rng)], np.ravel


def array_split(rng):
    x = shape(rng)
    at = axis(rng, len(x))
    parts = rng.randint(1, 5)
    return {"indices_or_sections": parts, "axis": at}, [x], lambda a: np.array_split(a, parts, at)


def rot90(rng):
    """By an odd number of turns: of an even number Keras gives another shape than numpy."""
    x = shape(rng)
    places = [axis(rng, len(x)), axis(rng, len(x))]
    turns = rng.choice((1, 3, -1, 5))
    return {"k": turns, "axes": places}, [x], lambda a: np.rot90(a, turns, places)


def diagonal(judge):
    def of(rng):
        x = shape(rng)
        a, b, offset = axis(rng, len(x)), axis(rng, len(x)), rng.randint(-2, 2)
        return {"offset": offset, "axis1": a, "axis2": b}, [x], lambda array: judge(array, offset, a, b)
    of.__name__ = judge.__name__
    return of


def diff(rng):
    x = shape(rng)
    at, times = axis(rng, len(x)), rng.randint(1, 3)
    return {"n": times, "axis": at}, [x], lambda a: np.diff(a, times, at)


def average(rng):
    x = shape(rng)
    at = axis(rng, len(x))
    weights = rng.choice((x, (x[at % len(x)],), (4,)))
    return {"axis": at}, [x, weights], lambda a, w: np.average(a, axis=at, weights=w + 1)


def moments(rng):
    x = shape(rng)
    at, keep = axes(rng, len(x)), rng.random() < 0.5
    return {"axes": at, "keepdims": keep}, [x], lambda a: [np.mean(a, tuple(at), keepdims=keep), np.var(a, tuple(at), keepdims=keep)]


def quantile(rng):
    x = shape(rng)
    at, keep = rng.choice((None, axis(rng, len(x)), axes(rng, len(x)))), rng.random() < 0.5
    return {"axis": at, "keepdims": keep}, [x, ()], lambda a, q: np.quantile(
        a, q, axis=tuple(at) if isinstance(at, list) else at, keepdims=keep)


def matmul(rng):
    n, inner = rng.randint(0, 3), rng.choice((1, 2, 3))
    batch = shape(rng, n) if n else ()
    a = (*batch, *((2, inner) if rng.random() < 0.8 else (inner,)))
    b = (*(batch[rng.randint(0, n):] if rng.random() < 0.7 else tuple(1 for _ in batch)), *((inner if rng.random() < 0.9 else 4, 5)[: 2]))
    return {}, [a, b if rng.random() < 0.9 else (inner,)], np.matmul


def added(rng):
    a = shape(rng)
    b = tuple(n if rng.random() < 0.7 else rng.choice((1, n, 5)) for n in a[rng.randint(0, len(a) - 1):])
    pair = [a, b] if rng.random() < 0.5 else [b, a]
    return {}, pair, np.add


def where(rng):
    a = shape(rng)
    others = [tuple(n if rng.random() < 0.8 else rng.choice((1, 5)) for n in a[rng.randint(0, len(a) - 1):]) for _ in range(2)]
    return {}, rng.sample([a, *others], 3), np.where


def mean(rng):
    x = shape(rng)
    at = rng.choice((None, axis(rng, len(x)), axes(rng, len(x))))
    keep = rng.random() < 0.5
    return {"axis": at, "keepdims": keep}, [x], lambda a: np.mean(a, tuple(at) if isinstance(at, list) else at, keepdims=keep)


def sort(rng):
    x = shape(rng)
    at = axis(rng, len(x))
    return {"axis": at}, [x], lambda a: np.sort(a, at)


def cumsum(rng):
    x = shape(rng)
    at = axis(rng, len(x))
    return {"axis": at}, [x], lambda a: np.cumsum(a, at)


OPERATIONS = {
    "ops.GetItem": (get_item, get_item_of_a_list), "ops.Concatenate": (concatenate,), "ops.Stack": (stack,),
    "ops.Split": (split, split_at), "ops.Unstack": (unstack,), "ops.Transpose": (transpose,), "ops.Swapaxes": (swapaxes,),
    "ops.Moveaxis": (moveaxis,), "ops.ExpandDims": (expand_dims,), "ops.Squeeze": (squeeze,), "ops.BroadcastTo": (broadcast_to,),
    "ops.Take": (take,), "ops.Pad": (pad,), "ops.Tile": (tile,), "ops.Repeat": (repeat,), "ops.OneHot": (one_hot,),
    "ops.Dot": (dot,), "ops.Tensordot": (tensordot,), "ops.Outer": (outer,), "ops.Hstack": (hstack,), "ops.Vstack": (vstack,),
    "ops.Ravel": (ravel,), "ops.ArraySplit": (array_split,), "ops.Rot90": (rot90,), "ops.Diagonal": (diagonal(np.diagonal),),
    "ops.Trace": (diagonal(np.trace),), "ops.Diff": (diff,), "ops.Average": (average,), "ops.Moments": (moments,), "ops.Quantile": (quantile,),
    "ops.Einsum": (einsum, einsum_with_an_ellipsis), "ops.Matmul": (matmul,), "ops.Add": (added,), "ops.Where": (where,), "ops.Mean": (mean,), "ops.Sort": (sort,),
    "ops.Cumsum": (cumsum,),
}


def form(said: str) -> str:
    """A sentence without its numbers, its letters, and what was given."""
    for pattern, word in ((r"\(got .*\)", "(got it)"), (r"subscripts '.*?->.*?'", "subscripts S"), (r"'[b-z]'", "L"), (r"-?\d[\d,]*", "N"),
                          (r"\((None|N)[ ,N]*\)", "(N)")):
        said = re.sub(pattern, word, said)
    return said


def attempted(kind, settings, shapes):
    """The shapes that come out, or what is said against it."""
    try:
        return [tuple(map(int, y)) for y in build(KINDS[kind], settings).results_of(*shapes)], set()
    except CnncalcError as error:
        return None, {form(f"{e.problem} {[*e.path]} {e.hint}") for e in error}


@pytest.mark.parametrize(("kind", "make"), [(kind, make) for kind, makers in OPERATIONS.items() for make in makers])
def test_the_shapes_are_those_of_numpy(kind, make):
    rng = random.Random(make.__name__)
    made = 0
    for _ in range(TRIES):
        settings, shapes, judge = make(rng)
        try:
            found = judge(*[np.zeros(x) for x in shapes])
            theirs = [np.shape(y) for y in found] if isinstance(found, list) else [np.shape(found)]
        except (ValueError, IndexError, TypeError, np.exceptions.AxisError):
            theirs = None
        assert attempted(kind, settings, shapes)[0] == theirs, (settings, shapes)
        made += theirs is not None
    assert made > TRIES // 4


#: What their own settings and shapes can be refused for, beside what the random ones come upon.
REFUSED = [
    ("ops.GetItem", {"key": "..., ..."}, (2, 3)), ("ops.GetItem", {"key": "1:2:3:4"}, (2, 3)), ("ops.GetItem", {"key": "::0"}, (2, 3)),
    ("ops.GetItem", {"key": "a"}, (2, 3)), ("ops.GetItem", {"key": ","}, (2, 3)), ("ops.GetItem", {"key": [1.5]}, (2, 3)),
    ("ops.GetItem", {"key": [0] * 65}, (2, 3)), ("ops.GetItem", {"key": ["a"]}, (2, 3)), ("ops.GetItem", {"key": 10**10}, (2, 3)),
    ("ops.GetItem", {"key": [{"class_name": "__slice__", "config": {"start": 1}}]}, (2, 3)),
    ("ops.GetItem", {"key": [{"class_name": "__slice__", "config": 3}]}, (2, 3)),
    ("ops.GetItem", {"key": [{"class_name": "__slice__", "config": {"start": "a", "stop": 1, "step": 1}}]}, (2, 3)),
    ("ops.GetItem", {"key": [{"class_name": "__slice__", "config": {"start": 0, "stop": 1, "step": 0}}]}, (2, 3)),
    ("ops.Reshape", {"newshape": [-1, -1]}, (2, 3)), ("ops.Reshape", {"newshape": [2, 0]}, (2, 3)), ("ops.Reshape", {"newshape": 0}, (2, 3)),
    ("ops.Reshape", {"newshape": [-2]}, (2, 3)), ("ops.Reshape", {"newshape": [1] * 10_001}, (2, 3)),
    ("ops.Split", {"indices_or_sections": 0}, (2, 3)), ("ops.Split", {"indices_or_sections": 10_001}, (2, 3)),
    ("ops.Split", {"indices_or_sections": 10_000}, (2, 3)), ("ops.Split", {"indices_or_sections": [5]}, (2, 3)),
    ("ops.Split", {"indices_or_sections": [2, 1]}, (2, 3)), ("ops.Split", {"indices_or_sections": [-1]}, (2, 3)),
    ("ops.Unstack", {}, (None, 3)), ("ops.Unstack", {}, (10_001, 3)), ("ops.Unstack", {"num": 10_001}, (None, 3)),
    ("ops.Pad", {"pad_width": [1, 2, 3]}, (2, 3)), ("ops.Pad", {"pad_width": "a"}, (2, 3)), ("ops.Pad", {"pad_width": [[1, -1]]}, (2, 3)),
    ("ops.OneHot", {"num_classes": 3, "axis": -2}, (2, 3)), ("ops.OneHot", {"num_classes": 3, "axis": 2}, (2, 3)),
    ("ops.Glu", {}, (2, 3)), ("ops.Glu", {"axis": 0}, (3, 2)), ("ops.Glu", {"axis": 2}, (4, 2)), ("ops.Roll", {"shift": [1, 2], "axis": 0}, (2, 3)),
    ("ops.Einsum", {"subscripts": 3}, (2, 3)), ("ops.Einsum", {"subscripts": "ab"}, (2, 3)), ("ops.Einsum", {"subscripts": "a1->a"}, (2, 3)),
    ("ops.Transpose", {"axes": [0, 0]}, (2, 3)), ("ops.Squeeze", {"axis": [0, 0]}, (1, 3)), ("ops.Concatenate", {"axis": None}, (2, 3)),
]


def refusals() -> str:
    """The forms of all that is said against settings and shapes, by operation."""
    found: dict[str, set[str]] = {}
    for kind, makers in OPERATIONS.items():
        for make in makers:
            rng = random.Random(make.__name__)
            for _ in range(TRIES):
                settings, shapes, _ = make(rng)
                found.setdefault(kind, set()).update(attempted(kind, settings, shapes)[1])
    for kind, settings, shape in REFUSED:
        made, said = attempted(kind, settings, [shape])
        found.setdefault(kind, set()).update(said or {f"{len(made)} outputs"})
    return "".join(f"{kind}: {said}\n" for kind in sorted(found) for said in sorted(found[kind]))


def test_what_is_refused_is_refused_in_these_words():
    assert refusals().split("\n") == GOLDEN.read_text().split("\n")


if __name__ == "__main__":
    GOLDEN.write_text(refusals())
