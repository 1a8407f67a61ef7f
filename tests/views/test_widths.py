"""No name and no shape is broken inside a word: every bundled network, every command, in narrow and wide terminals."""

from __future__ import annotations

import re

import pytest

import cnncalc
from cnncalc.cost import Cost
from cnncalc.explain import explain, totals
from cnncalc.homework.layer_run import Settings
from cnncalc.homework.worksheet import LAYOUTS, worksheet
from cnncalc.numeric.compute import compute
from cnncalc.sources import examples, title_of
from cnncalc.views import compare, cost, diff, kinds, layer, receptive_field, summary, titles
from cnncalc.views import explain as explain_view
from cnncalc.views import trace as trace_view
from cnncalc.views import worksheet as worksheet_view
from cnncalc.views.formats import written
from cnncalc.views.report import Report, Table, Terminal

WIDTHS = (60, 80, 100, 120)
SHAPE = re.compile(r"\((?:(?:None|\d+), )*(?:None|\d+),?\)|\b\d+(?:x\d+)+\b")
SMALL = ("lenet5", "siamese", "inception-module")


def reports(network):
    """Every table of a network."""
    trace = network.trace
    found = Cost(trace)
    yield "summary", summary.report(trace)
    yield "summary --columns", summary.report(trace, "+kernel,stride,padding,weights,activations,macs")
    yield "summary --fold", summary.report(trace, fold=True)
    yield "summary --expand-nested", summary.report(trace, depth=summary.ALL_LEVELS)
    yield "cost", cost.report(found)
    yield "cost --operations", cost.report(found, operations=True)
    yield "cost --im2col", cost.report(found, im2col=True)
    yield "receptive-field", receptive_field.report(trace)
    if len(trace.steps) < 100:
        found = list(explain(trace))
        yield "explain", explain_view.report(trace.graph.name, found, totals(trace))
        yield "layer", layer.report(trace, found)
        yield "check", graded(network)
    yield "diff", diff.report(trace, cnncalc.load("lenet5").trace)
    yield "worksheet", worksheet_view.report(trace.graph.name, *worksheet(trace, LAYOUTS["activations"], Settings(), True))
    row = compare.network_dict(trace.graph.name, trace, 1, None, "sgd")
    yield "compare", compare.report([row, row], 1, "float32", "sgd")


def graded(network) -> Report:
    """The marks on a sheet with every second count wrong."""
    steps = network.trace.steps
    sheet = {step.name: {"output": list(step.output), "params": step.params + i % 2} for i, step in enumerate(steps) if step.output and None not in step.output}
    return cnncalc.check(network, sheet, feedback="key")._report


def words(text: str) -> set[str]:
    """Everything in a text that may be a name; nothing goes over the end of a line."""
    return set(re.findall(r"[\w/-]+", text))


def check(network) -> None:
    trace = network.trace
    for command, report in reports(network):
        parts = list(report.parts())
        report = Report(report.name, report.data, lambda parts=parts: parts)
        wide = written([report], "table")
        names = {row[part.columns[0].title == ""] for part in parts if isinstance(part, Table) for row in part.body}
        names |= {step.name for step in trace.steps} if command in ("explain", "layer") else set()
        names = {word for name in names for word in words(name)} & words(wide)
        assert names or command == "cost --im2col"  # a network without convolutions
        shapes = set(SHAPE.findall(wide))
        for width in WIDTHS:
            text = written([report], "table", Terminal(width))
            assert names - words(text) == set(), (command, width)
            assert shapes - set(SHAPE.findall(text)) == set(), (command, width)
            if command not in ("worksheet", "explain", "layer"):
                assert max(map(len, text.split("\n"))) <= width, command


@pytest.mark.parametrize("name", SMALL)
def test_no_name_or_shape_of_a_small_network_is_broken(name):
    check(cnncalc.load(name))


@pytest.mark.oracle
@pytest.mark.parametrize("name", [name for name in examples() if name not in SMALL])
def test_no_name_or_shape_is_broken(name):
    check(cnncalc.load(name))


@pytest.mark.parametrize("name", ["edge-6x6", "max-pooling-6x6", "two-channels-by-hand"])
def test_maps_of_numbers_keep_names_and_shapes_whole(name):
    network = cnncalc.load(name)
    report = trace_view.report(compute(network))
    wide = written([report], "table")
    for width in WIDTHS:
        text = written([report], "table", Terminal(width))
        assert {step.name for step in network.trace.steps} & words(wide) <= words(text), width
        assert set(SHAPE.findall(wide)) <= set(SHAPE.findall(text)), width


@pytest.mark.parametrize("width", WIDTHS[:2])
def test_lists_wrap_between_words(width):
    terminal = Terminal(width)
    named = [(name, title_of(name)) for name in examples()]
    text = written([titles.examples(named)], "text", terminal)
    assert max(map(len, text.split("\n"))) <= width
    for name, title in named:
        assert words(f"{name} {title}") <= words(text)
    text = written([kinds.families_report()], "text", terminal)
    assert max(map(len, text.split("\n"))) <= width
    for _, _, family in kinds.families():
        assert all(words(kind.kind) <= words(text) for kind in family)


def test_a_network_with_long_names_has_them_whole(tmp_path):
    name = "a_name_of_forty_characters_that_is_long_1"
    net = tmp_path / "net.yaml"
    net.write_text(f"input: [8, 8, 1]\nlayers:\n  - Conv2D: {{filters: 2, kernel_size: 3, name: {name}}}\n")
    check(cnncalc.load(net))
