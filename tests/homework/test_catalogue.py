"""Every mistake of the catalogue has a test in which a student makes it."""

from __future__ import annotations

import json
import random
from collections import Counter

import homework
import mistakes
import pytest
from students import network, spec

import cnncalc
from cnncalc.homework.grader import Grader
from cnncalc.homework.layer_run import USUAL
from cnncalc.homework.mistake_values import MistakeValues
from cnncalc.homework.mistakes import FIELD_MISTAKES, LAYER_MISTAKES, NUMBER_MISTAKES
from cnncalc.homework.rows import Rows
from cnncalc.homework.sheet import sheet_from_data

NAMES = {m.name for m in (*LAYER_MISTAKES, *NUMBER_MISTAKES, *FIELD_MISTAKES)}
MAP = "input: [8, 8, 1]\nlayers:\n  - Conv2D: {filters: 6, kernel_size: 3, name: conv}\n"
#: A network, a layer, a quantity, a wrong value, the mistake: those that no list of students has.
ALONE = [
    (MAP + "  - Flatten: {name: flat}\n  - Dense: {units: 10, name: out}\n", "out", "params", 36 * 10, "forgot-input-channels+forgot-bias"),
    (MAP + "  - Flatten: {name: flat}\n  - Dense: {units: 10, name: out}\n", "out", "params", 36 * 10 + 10, "forgot-input-channels"),
    (MAP + "  - Dense: {units: 10, name: out}\n", "out", "params", 216 * 10 + 10, "dense-without-flatten"),
    (MAP + "  - ReLU: {name: relu}\n", "relu", "params", 216, "activations-counted-as-parameters"),
    ("input: [8, 8, 4]\nlayers:\n  - Conv2D: {filters: 6, kernel_size: 3, inputs: input, name: a}\n"
     "  - Conv2D: {filters: 5, kernel_size: 3, inputs: input, name: b}\n  - Concatenate: {inputs: [a, b], name: both}\n",
     "both", "output", [6, 6, 6], "concat-treated-as-add"),
]


@pytest.mark.parametrize(("net", "layer", "quantity", "value", "name"), ALONE)
def test_a_mistake_is_listed_for_its_value(net, layer, quantity, value, name):
    net = net.replace(", inputs: input, name: a}", ", name: a}\n    inputs: input").replace(", inputs: input, name: b}", ", name: b}\n    inputs: input")
    net = net.replace("{inputs: [a, b], name: both}", "{name: both}\n    inputs: [a, b]")
    trace = cnncalc.loads(net).trace
    report = Grader(trace, answered_only=True).grade(sheet_from_data("s", {layer: {quantity: value}}, Rows(trace)))
    (mark,) = report.marks
    assert mark.status == "wrong"
    assert name in [c.name for c in mark.causes]


def test_a_mistake_without_a_test_fails():
    tested = {m.name for m in mistakes.MISTAKES} | {w.name for _, q in homework.QUESTIONS for w in q.wrong} | {row[-1] for row in ALONE}
    tested = {part for name in tested for part in name.split("+")}
    assert NAMES - tested == set()


@pytest.mark.oracle
def test_for_a_single_wrong_answer_the_true_mistake_is_listed():
    """Whatever value a rule of the catalogue gives for an answer, the rule is among its causes."""
    missed: Counter[str] = Counter()
    made: Counter[str] = Counter()
    rng = random.Random("single")
    wishes = [{}, {"bn": True}, {"kinds": ["sep", "depth", "conv"]}, {"d": [1, 2, 3]}, {"g": [1, 2]}, {"oblong": True}]
    for wish in wishes:
        size, rows = network(rng, **wish)
        trace = cnncalc.loads(json.dumps(spec(size, rows))).trace
        grader, names = Grader(trace, answered_only=True), Rows(trace)
        values = MistakeValues(grader.correct(USUAL))
        for i, step in enumerate(trace.steps[1:], 1):
            for quantity in ("output", "params", "macs", "memory"):
                for c in values.table(grader.correct(USUAL).runs[i], quantity).candidates:
                    claimed = list(c.value) if isinstance(c.value, tuple) else c.value
                    if not all(n > 0 for n in (claimed if isinstance(claimed, list) else [claimed])):
                        continue  # nobody writes down a map of no pixels
                    (mark,) = grader.grade(sheet_from_data("s", {step.name: {quantity: claimed}}, names)).marks
                    made[c.name] += 1
                    missed[c.name] += c.name not in [cause.name for cause in mark.causes]
    assert len(made) > 40
    assert {name: many for name, many in missed.items() if many} == {}
