"""What every kind of layer says and counts, row by row of cases.py, read once and kept word for word.

Numbers are judged elsewhere, by Keras, by loops and by formulas; here no name of a weight, no count, no note, no remark
and no refusal changes unseen. There is a file for each family; `CNNCALC_ACCEPT=1` writes them anew: read what changed.
"""

from __future__ import annotations

import os

import pytest
from cases import CASES, FAILURES
from running import TESTS
from test_field_experiment import MORE

from cnncalc.dependence import Along, Either, Reindexed, Taps, Through
from cnncalc.errors import CnncalcError, shown
from cnncalc.layers import KINDS, Shape, build, registry
from cnncalc.layers.shape import input_givens
from cnncalc.num import Num, derivation

GOLDEN = TESTS / "golden" / "layer-words"


def read_words(reads) -> str:
    """What an output reads of an input, briefly; test_field_experiment.py measures with Keras that it is right."""
    if reads is None:
        return "nothing"
    if isinstance(reads, Reindexed):
        return "the same values" + (f" from {reads.order}" if reads.order else "")
    if isinstance(reads, Through):
        return f"({read_words(reads.output)} of {reads.shape}, which reads {read_words(reads.input)})"
    if isinstance(reads, Either):
        return shortened([read_words(way) for way in reads.ways], " or ")
    return "[" + " ".join(map(along_words, reads)) + "]"


def along_words(along: Along) -> str:
    axis = "all" if along.axis is None else f"{along.axis}{'+all' if along.whole else ''}"
    taps = along.taps
    if taps is None:
        return axis
    if isinstance(taps, Taps):
        rest = f"/{taps.advance}" + "b" * taps.bounded + "u" * (not taps.even)
        return f"{axis}:" + shortened([range_words(phase) for phase in taps.phases], "|") + rest
    return f"{axis}:{type(taps).__name__[0]}" + ",".join("?" if n is None else str(n) for n in taps)


def range_words(places) -> str:
    return f"{places[0]}..{places[-1]}({len(places)})" if len(places) > 1 else "".join(map(str, places))


def shortened(words: list[str], joint: str) -> str:
    """All of the words, or the first and last of many."""
    return joint.join(words if len(words) <= 6 else [*words[:3], f"{len(words) - 5} more", *words[-2:]])


def told(row) -> str:
    """One row: what comes out, the weights by name, and what it counts."""
    layer = build(KINDS[row.kind], row.settings)
    xs = tuple(Shape(x) for x in row.inputs)
    viewed = layer.viewed(xs)
    weights = " ".join(f"{w.name}{tuple(w.shape)}{'' if w.trainable else '*'}{w.dtype or ''}" for w in layer.owned(xs))
    counts = ", ".join(f"{name} {count}" for name, count in layer.operations(*viewed).items())
    written = ", ".join(f"{key}={value!r}" for key, value in layer.arguments().items())
    parts = [f"{row.kind}({written}) on {', '.join(map(str, row.inputs))}", weights, f"MACs {layer.macs(*viewed)}", counts]
    parts += [f"{m.name}: {m.times} x {m.weights} x {m.columns} = {m.result}" for m in layer.matrices(*viewed)]
    if not any(None in x for x in (*row.inputs, *row.outputs)):
        reach = layer.reach(xs, tuple(Shape(y) for y in row.outputs))
        parts.append("reads " + " and ".join(dict.fromkeys(", ".join(map(read_words, reads)) for reads in reach)))
    lines = [" | ".join(" ".join(part.split()) for part in parts if part)]
    lines += [f"  note: {note}" for note in layer.notes(*viewed)] + [f"  remark: {remark}" for remark in layer.remarks(*viewed)]
    return "\n".join(lines)


def worked(row) -> list[str]:
    """The working behind the sizes, weights and multiply-adds of a row."""
    layer = build(KINDS[row.kind], row.settings)
    xs = tuple(input_givens(x, layer.view(x), "" if len(row.inputs) == 1 else str(i)) for i, x in enumerate(map(Shape, row.inputs)))
    twin = layer.traced()
    ys = twin.apply(xs)
    numbers = [*[n for y in ys for n in y], *[w.count for w in twin.owned(xs)], twin.macs(*twin.viewed(xs))]
    lines = dict.fromkeys(str(line) for n in numbers if type(n) is Num for line in derivation(n))
    return [f"  worked: {line}" for line in lines]


def refused(row) -> list[str]:
    """What the layer of a row says of no input, of one too many, and of inputs with an axis less and more."""
    layer = build(KINDS[row.kind], row.settings)
    xs = tuple(Shape(x) for x in row.inputs)
    tries = {
        "nothing": (), "one more": (*xs, xs[0]) if xs else (Shape((3,)),),
        "an axis less": tuple(Shape(x[1:]) for x in xs), "an axis more": tuple(Shape((2, *x)) for x in xs),
        "sizes of 1": tuple(Shape((1,) * len(x)) for x in xs), "no known size": tuple(Shape((None,) * len(x)) for x in xs),
    }
    for i, x in enumerate(xs if len(xs) > 1 else ()):
        changed = {"wider": (*x[:-1], (x[-1] or 1) + 1), "longer": ((x[0] or 1) + 1, *x[1:]), "of an axis more": (2, *x),
                   "of an axis less": x[1:], "of an unknown size": (None, *x[1:]), "of unknown width": (*x[:-1], None)}
        tries.update({f"{i + 1} {how}": (*xs[:i], Shape(y), *xs[i + 1:]) for how, y in changed.items() if x})
        tries.update({f"{i + 1} again, {how}": (*xs, Shape(y)) for how, y in changed.items() if x and len(xs) == 2 and layer.arity[1] != 2})
    lines = []
    for name, given in tries.items():
        try:
            made = ", ".join(str(tuple(y)) for y in layer.apply(given))
            seen = layer.viewed(given)
            words = [*layer.notes(*seen), f"MACs {layer.macs(*seen)}", f"{sum(1 for _ in layer.weights(*seen))} weights"]
            lines.append(f"  {name}: {made} | " + " | ".join(words))
        except CnncalcError as error:
            for e in error:
                hint = getattr(e, "hint", None)
                at = f" {[*e.path]}" if getattr(e, "path", ()) else ""
                lines.append(f"  {name}: refused: {getattr(e, 'problem', e)}{at}" + (f" / {hint}" if hint else ""))
    return lines


#: What a setting may be given: right for some, wrong for most.
ODD = (None, True, False, 0, -1, 3, 70, 2.5, 2.0, 1e30, 10**12, "x", "same", [], [1], [2, 3], [0, -1, 2], [[1, 2], [0, 1]], {"a": 1}, {"Dense": 3},
       {"start": 1, "stop": 3}, {"class_name": "__numpy__", "config": {"value": [1.0, 2.0, 3.0]}}, {"class_name": "__tensor__"}, "a->b", "ab,bc->ac")


def odd(row, seen: set) -> list[str]:
    """What the kind of a row makes of odd values, for each of its settings that no kind before it had just so."""
    kind, lines = KINDS[row.kind], []
    xs = tuple(Shape(x) for x in row.inputs)
    given = build(kind, row.settings).arguments()
    own = {"settle", "result", "check", "output", "results_of", "former"} & vars(kind).keys()
    for name, setting in kind.settings.items():
        key = (type(setting), *(repr(item) for key, item in vars(setting).items() if key not in ("name", "symbol", "quiet")))
        if not own and (type(setting).__name__ == "Kept" or key in seen):
            continue
        seen.add(key)
        answers: dict[str, list[str]] = {}
        for value in ODD:
            try:
                made = build(kind, {**given, name: value})
                kept = made.arguments().get(name)
                said = ", ".join(str(tuple(y)) for y in made.apply(xs)) + (" as it is" if kept == value else f" {kept!r}")
            except CnncalcError as errors:
                said = "; ".join(f"{e.problem} {[*e.path]}" + (f" / {e.hint}" if e.hint else "") for e in errors)
            said = said.replace(f"(got {shown(value)})", "(got it)").replace(f" {name!r}]", " it]").replace(f"[{name!r}]", "[it]")
            answers.setdefault(said, []).append(repr(value))
        lines += [f"  {name} {' '.join(values)}: {said}" for said, values in answers.items()]
    return lines


def failed(row):
    try:
        build(KINDS[row.kind], row.settings).apply(tuple(Shape(x) for x in row.inputs))
    except CnncalcError as error:
        return list(error)
    raise AssertionError(row)


def everything() -> dict[str, str]:
    """The words of all rows, by the module of their kind."""
    kinds, settings = set(), set()
    found: dict[str, list[str]] = {}

    def of(row) -> list[str]:
        return found.setdefault(KINDS[row.kind].__module__.removeprefix("cnncalc."), [])

    for row in CASES:
        lines = of(row)
        lines.append(told(row))
        if row.kind not in kinds:
            kinds.add(row.kind)
            lines += [*worked(row), *refused(row), *odd(row, settings)]
    for row in MORE:
        of(row).append(told(row))
    for row in FAILURES:
        lines = of(row)
        lines.append(f"{row.kind} {row.settings} on {', '.join(map(str, row.inputs))}")
        lines += [f"  refused: {e.problem} {[*e.path]}" + (f" / {e.hint}" if e.hint else "") for e in failed(row)]
    return {family: "\n".join(lines) + "\n" for family, lines in found.items()}


@pytest.fixture(scope="module")
def words() -> dict[str, str]:
    return everything()


FAMILIES = [family.removeprefix("cnncalc.") for family in (*registry.FAMILIES, "cnncalc.analysis")]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_layer_says_and_counts_what_it_did(family, words):
    path = GOLDEN / f"{family}.txt"
    if os.environ.get("CNNCALC_ACCEPT") and family in words:
        path.write_text(words[family])
    assert words.get(family, "").split("\n") == (path.read_text() if path.exists() else "").split("\n")


def test_every_family_has_its_file(words):
    assert set(words) == {path.stem for path in GOLDEN.glob("*.txt")} <= set(FAMILIES)
