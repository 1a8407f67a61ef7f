"""A model at each step of a sequence: what it is by itself, step by step."""

from __future__ import annotations

import itertools

import pytest

import cnncalc

BODIES = {
    "windows": "[{Conv2D: {filters: 4, kernel_size: 3}}, MaxPooling2D, {Conv2D: {filters: 2, kernel_size: 3, strides: 2}}]",
    "shuffled": "[{Conv2D: {filters: 4, kernel_size: 3, activation: softmax}}, {ops.GetItem: ':, ::-1, 1:'}, {Permute: [2, 1, 3]}]",
    "branches": "[{parallel: [[{Conv2D: {filters: 3, kernel_size: 5, padding: same}}], []]}, Concatenate, {ops.Roll: {shift: 2, axis: 1}}]",
    "all": "[Flatten, {Dense: 6}, {Reshape: [2, 3, 1]}]",
}


def alone(body):
    return cnncalc.loads(f"input: [12, 10, 3]\nlayers: {body}\n")


def each_step(body, steps=3):
    return cnncalc.loads(f"input: [{steps}, 12, 10, 3]\nlayers:\n"
                         f"  - TimeDistributed: {{layer: {{model: {{input: [12, 10, 3], layers: {body}}}}}}}\n")


@pytest.mark.parametrize("name", BODIES)
def test_it_costs_as_much_for_each_step_and_has_the_weights_once(name):
    one, three = alone(BODIES[name]), each_step(BODIES[name])
    step, whole = three.trace.steps[-1], one.trace.outputs[0]
    assert step.output == (3, *whole)
    assert three.trace.params == one.trace.params
    layer = step.node.layer
    macs = sum(s.node.layer.macs(*s.node.layer.viewed(s.inputs)) for s in one.trace.steps[1:])
    assert layer.macs(*layer.viewed(step.inputs)) == 3 * macs
    counted = {}
    for s in one.trace.steps[1:]:
        for key, n in s.node.layer.operations(*s.node.layer.viewed(s.inputs)).items():
            counted[key] = counted.get(key, 0) + n
    assert layer.operations(*layer.viewed(step.inputs)) == {key: 3 * n for key, n in counted.items()}


@pytest.mark.parametrize("name", BODIES)
def test_a_unit_sees_of_its_step_what_it_sees_in_the_model(name):
    one, three = alone(BODIES[name]), each_step(BODIES[name])
    last, sizes = one.trace.steps[-1], one.trace.outputs[0][:-1]
    for unit in itertools.product(*[sorted({0, n // 2, n - 1}) for n in sizes]):
        plain = one.receptive_field(last.name, unit)
        for t in range(3):
            found = three.receptive_field("time_distributed", (t, *unit))
            assert found["seen"] == [[t, t], *plain["seen"]]
            assert found["pixels"] == plain["pixels"]
