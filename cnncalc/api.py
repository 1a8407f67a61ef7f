"""Functions for Python users that need no network of their own, or two."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import CnncalcError, SpecErrors, did_you_mean
from .network import Network, NetworkLayer, load
from .results import Result, public
from .tracing import sizes_of, traced

Source = Network | str | os.PathLike[str]


@public
def diff(a: Source, b: Source) -> Result:
    """What `cnncalc diff` prints: two networks layer by layer."""
    return _network(a).diff(b)


@public
def compare(*networks: Source) -> Result:
    """What `cnncalc compare` prints: a row for each network."""
    from .views.compare import network_dict, report

    found = [_network(network) for network in networks]
    rows = [network_dict(network.name, network.trace, 1, "float32", "sgd") for network in found]
    return Result(report(rows, 1, "float32", "sgd"), f"{len(found)} networks: {', '.join(network.name for network in found)}")


@public
def layer(text: str, input: object = None) -> NetworkLayer | Network:
    """The layer, or the network of several layers, that a text such as `Conv2D(32, 3)` or a slide's code describes.

    `input` is the size of its input: `(28, 28, 1)` or `"28x28x1"`.
    """
    from .sources import report
    from .sources.layer_text import read_layers

    graph, errors = read_layers(text, sizes_of(input))
    if errors:
        from .sources.python.pasted import read_code  # lazy: most texts are layers

        graph, errors, _ = read_code(text, sizes_of(input))
    trace = traced(graph) if graph is not None else None
    errors += trace.errors if trace is not None else ()
    if errors or graph is None or trace is None:
        raise CnncalcError(report(SpecErrors(errors)))
    network = Network(graph, trace, given=input is not None)
    layers = list(network)[len(graph.inputs):]
    return layers[0] if len(layers) == 1 else network


@public
def check(network: Source, sheet: str | os.PathLike[str] | Mapping[str, object], *, feedback: str = "cause",
          accept: str | Sequence[str] = (), answered_only: bool = False) -> Result:
    """What `cnncalc check` prints: the marks on an answer sheet, and the likely mistakes.

    `sheet` is a file, or a mapping such as `{"conv1": {"output": (26, 26, 32), "params": 320}}`. `feedback` is one of
    marks, rule, cause, line and key; `accept` names conventions to accept besides the key's.
    """
    from .homework.conventions import accepted_conventions
    from .homework.feedback import LEVELS
    from .homework.grader import Grader
    from .homework.report import Scoring
    from .homework.rows import Rows
    from .homework.sheet import sheet_from_data, sheet_from_table
    from .network import bundled
    from .sources.sheets.reader import RawSheet, read_answers
    from .views.check_text import result
    from .views.graded import Class

    if feedback not in LEVELS:
        raise CnncalcError(f"unknown feedback {feedback!r}: it is one of {', '.join(LEVELS)}")
    trace = _network(network).trace
    raw = RawSheet("sheet", data=plain(sheet)) if isinstance(sheet, Mapping) else read_answers(os.fspath(sheet))
    words = (accept,) if isinstance(accept, str) else tuple(accept)
    grader = Grader(trace, accepted=accepted_conventions(words), others=bundled, answered_only=answered_only)
    rows = Rows(trace)
    read = sheet_from_table(raw.name, raw.rows, rows) if raw.rows is not None else sheet_from_data(raw.name, raw.data, rows)
    marked = grader.grade(read)
    found = result(Class(grader, [marked], Scoring(), feedback), [], False, "sheets", False)
    data = found.data()["sheets"][0]
    return Result(found, f"{raw.name}: {data['points']:g} of {data['out_of']:g} points")


def plain(value: object) -> object:
    """A sheet in Python's values as a file has it: with lists for tuples, and text for what is not plain."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if isinstance(value, (int, float, str, bool)) or value is None else str(value)


#: The keywords of `solve`, with the fields of a question that they fill.
ASKED = {
    "size": "size", "to": "to", "keep": "keep", "receptive_field": "receptive_field", "params": "params", "channels": "channels",
    "kernel": "kernels", "stride": "strides", "padding": "paddings", "dilation": "dilations", "layers": "layers", "filters": "filters",
    "bias": "bias", "rank": "rank", "transposed": "transposed",
}


@public
def solve(**question: object) -> Result:
    """What `cnncalc solve` prints: the layers that give what is wanted.

    `solve(size=28, to=14, kernel=3)`, `solve(keep=True, kernel=5)`, `solve(receptive_field=11, kernel=3)`,
    `solve(params=896, channels=3)`. A kernel, stride, padding, dilation, number of layers or of filters is
    one value or several; without it all within bounds are tried.
    """
    from .solver import LAYERS, STRIDES, Question
    from .solver import solve as solved
    from .views.solve import asked, report, statement

    for name in question:
        if name not in ASKED:
            raise TypeError(f"solve() has no argument {name!r}; {did_you_mean(name, ASKED) or 'it has ' + ', '.join(ASKED)}")
    sized = question.get("keep") or question.get("to") is not None
    fields: dict[str, Any] = {"strides": STRIDES if sized else (1,), "layers": LAYERS if question.get("receptive_field") is not None else (1,)}
    for name, value in question.items():
        field = ASKED[name]
        several = field in ("kernels", "strides", "paddings", "dilations", "filters") or name == "layers"
        fields[field] = [value] if several and not _is_list(value) else value
    solution = solved(Question(**fields))
    return Result(report(solution), f"{asked(solution.question)}: {statement(solution)}")


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _network(source: Source) -> Network:
    return source if isinstance(source, Network) else load(source)
