"""Sheets with mistakes made throughout: the mistake is named first; none is found where there is none."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest
from mistakes import MISTAKES, SAME
from students import Student, network, spec

import cnncalc
from cnncalc.homework.grader import Grader
from cnncalc.homework.rows import Rows
from cnncalc.homework.sheet import sheet_from_data

#: Mistakes that are not named first on every one of their sheets, and those named instead.
NOT_FIRST = {
    (2, "forgot-input-channels+forgot-bias"): {"forgot-bias": 1},
    (8, "multiplied-by-image-size"): {"per-position-weights": 1},
    (24, "wrong-input-channels"): {"forgot-input-channels": 2},
    (27, "kernel-not-subtracted"): {"assumed-same-padding": 1},
    (30, "padding-applied-twice"): {"kernel-not-subtracted": 3},
    (31, "2p-vs-total-p"): {"kernel-not-subtracted": 2},
    (33, "same-padding-is-always-1"): {"forgot-plus-one": 1},
    (34, "assumed-same-padding"): {"ceil-or-round-instead-of-floor": 1},
    (36, "TF-valid-floor-formula"): {"forgot-plus-one": 7},
    (48, "transposed-course-vs-framework"): {"transposed-output-padding": 1},
    (53, "rf-own-stride"): {"rf-adds-k": 2},
    (54, "rf-own-stride"): {"rf-adds-k": 1},
    (55, "rf-equals-stride-product"): {"rf-adds-k": 1},
    (57, "rf-pooling-ignored"): {"rf-own-stride": 1},
    (77, "plus-one-twice"): {"ceil-or-round-instead-of-floor": 1, "assumed-same-padding": 1},
    (80, "rf-multiplied"): {"rf-own-stride": 2},
}
#: Mistakes not named on sheets with two, and how many times.
NOT_NAMED = {
    ("2p-vs-total-p",): 1, ("TF-valid-floor-formula",): 1, ("counted-inputs",): 1, ("forgot-plus-one",): 1, ("kernel-not-subtracted",): 1,
    ("pad-added-once",): 1, ("padding-applied-twice",): 2, ("rf-own-stride",): 1, ("rf-pooling-ignored",): 1,
}

NETWORKS = 12
PAIRS = 150


def judged(size, rows, sheet):
    trace = cnncalc.loads(json.dumps(spec(size, rows))).trace
    return Grader(trace, answered_only=True).grade(sheet_from_data("sheet", sheet, Rows(trace)))


def wished(rng, mistake, tries=10_000):
    """A network in which the mistake shows, and the mistaken sheet."""
    wish = dict(mistake.wish)
    lenet = wish.pop("lenet", False)
    for _ in range(tries):
        size, rows = network(rng, **wish)
        if lenet:
            convs = [row for row in rows if row["kind"] == "conv"]
            if len(convs) < 2 or convs[1]["g"] > 1:
                continue
            convs[0]["f"], convs[1]["f"] = 6, 16
        right = Student().sheet(size, rows, mistake.columns)
        try:
            wrong = mistake.student().sheet(size, rows, mistake.columns)
        except (ZeroDivisionError, ValueError, KeyError, IndexError):
            continue
        if any(min(v) < 1 for cells in wrong.values() for v in cells.values() if isinstance(v, list)):
            continue  # nobody writes down a map of no pixels
        changed = sum(right[name] != cells for name, cells in wrong.items())
        if changed >= min(2, len(right)):
            return size, rows, wrong
    return None


def first_named(report):
    return [c.name for c in report.conventions] + [m.name for m in report.mistakes]


def is_first(named, true):
    """Whether the mistake stands first; of two made together, one of them, and the other behind."""
    if not named:
        return False
    first, parts = set(named[0].split("+")), set(true.split("+"))
    if any(first <= group and parts <= group for group in SAME):
        return True
    return first <= parts <= {part for name in named for part in name.split("+")}


def runs(mistake, seed):
    rng = random.Random(f"{mistake.name} {seed}")
    return [judged(*wished(rng, mistake)) for _ in range(NETWORKS)]


@pytest.mark.oracle
def test_a_mistake_made_throughout_is_named_first(capsys):
    missed = {}
    for seed, mistake in enumerate(MISTAKES):
        named = [first_named(report) for report in runs(mistake, seed)]
        others = Counter(n[0] if n else "nothing" for n in named if not is_first(n, mistake.name))
        if others:
            missed[seed, mistake.name] = dict(others)
    with capsys.disabled():
        total, wrong = len(MISTAKES) * NETWORKS, sum(map(sum, [others.values() for others in missed.values()]))
        print(f"\nmistakes: one made throughout is named first on {total - wrong} of {total} sheets")
    assert missed == NOT_FIRST


def mergeable(a, b):
    """Whether two mistakes can be made together: they bear on other rules, and one network shows both."""
    return (not set(a.rules) & set(b.rules) and "sheet" not in {**a.rules, **b.rules} and a.name != b.name
            and not any(a.wish[key] != b.wish[key] for key in set(a.wish) & set(b.wish)))


def pairs():
    rng = random.Random("pairs")
    found = [(a, b) for i, a in enumerate(MISTAKES) for b in MISTAKES[i + 1:] if mergeable(a, b)]
    return rng.sample(found, len(found))


def both(a, b):
    columns = tuple(dict.fromkeys([*a.columns, *b.columns]))
    return a._replace(name=f"{a.name}+{b.name}", rules={**a.rules, **b.rules}, columns=columns, wish={**a.wish, **b.wish})


def shown(mistake, other, size, rows, sheet):
    """Whether both mistakes leave a trace: without either the sheet would be another."""
    ways = [m._replace(columns=both(mistake, other).columns).student().sheet(size, rows, both(mistake, other).columns)
            for m in (mistake, other)]
    return all(way != sheet for way in ways)


def drawn_for_both(rng, a, b):
    for _ in range(20):
        found = wished(rng, both(a, b), tries=40)
        if found is not None and shown(a, b, *found):
            return found
    return None


def is_named(name, named):
    parts = {part for n in named for part in n.split("+")}
    return all(part in parts or any(part in group and group & parts for group in SAME) for part in name.split("+"))


@pytest.mark.oracle
def test_two_mistakes_on_one_sheet_are_both_named(capsys):
    hits, poor = [], Counter()
    for n, (a, b) in enumerate(pairs()):
        if len(hits) == PAIRS:
            break
        found = drawn_for_both(random.Random(f"two {n}"), a, b)
        if found is None:
            continue  # one of them hides the other
        size, rows, sheet = found
        named = first_named(judged(size, rows, sheet))
        hits.append(is_named(a.name, named) and is_named(b.name, named))
        if not hits[-1]:
            poor[tuple(m.name for m in (a, b) if not is_named(m.name, named))] += 1
    with capsys.disabled():
        print(f"\nmistakes: of two on one sheet both are named on {sum(hits)} of {len(hits)} ({sum(hits) / len(hits):.1%})")
    assert dict(poor) == NOT_NAMED


ALL = ("output", "activations", "params", "macs", "flops", "memory", "receptive_field", "jump")


@pytest.mark.oracle
def test_no_mistake_is_found_where_there_is_none():
    rng = random.Random("right")
    wishes = [{}, {"bn": True}, {"kinds": ["sep", "depth", "conv"]}, {"d": [1, 2, 3]}, {"g": [1, 2]},
              {"kinds": ["up"], "headless": True, "pools": 0}]
    for n in range(200):
        wish = wishes[n % len(wishes)]
        size, rows = network(rng, **wish)
        columns = ALL[:6] if "up" in wish.get("kinds", []) else ALL
        sheet = Student().sheet(size, rows, columns)
        for name, cells in sheet.items():  # what a layer that looks at everything sees is not the student's rule
            if name.startswith("dense"):
                cells.pop("receptive_field", None), cells.pop("jump", None)
        report = judged(size, rows, sheet)
        assert [v for v in report.marks if v.status != "right"] == [], (size, rows)
        assert len(report.marks) == sum(map(len, sheet.values()))
        assert not first_named(report)
