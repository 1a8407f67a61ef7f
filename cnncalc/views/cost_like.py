"""What another tool reports for a network of PyTorch's, layer by layer beside our multiply-adds."""

from __future__ import annotations

from typing import NamedTuple

from ..cost import Cost
from ..errors import SpecError
from ..layers import Layer
from ..pytorch.network import Registered, TorchGraph
from .cost import MACS, NAME, TYPE, count_text
from .report import Column, Notes, Part, Records, Report, Table
from .torchinfo import Line, lines_of


class Like(NamedTuple):
    """A layer: our multiply-adds, the tool's count, and why they differ."""

    name: str
    type: str
    macs: int | None
    like: int
    why: str

    def data(self) -> dict[str, object]:
        return self._asdict()


def report(cost: Cost, tool: str) -> Report:
    """A tool's counts next to ours; SpecError for a network that is not PyTorch's."""
    graph = cost.trace.graph
    if not isinstance(graph, TorchGraph):
        raise SpecError(f"--like {tool} takes networks of PyTorch's source only", (), f"for example cnncalc cost net.py --input 3x224x224 --like {tool}")
    title, unit, notes, rows = _torchinfo(cost, graph) if tool == "torchinfo" else _counted(cost, tool)
    total = Like("total", "", cost.macs, sum([row.like for row in rows]), "")
    columns = (NAME, TYPE, MACS, Column("like", title, None, count_text, True, f"what {title} counts, in {unit}", brief=f"{title} counts {unit}"),
               Column("why", "Why it differs", meaning="the rule behind a different number"))
    shown = [row for row in rows if row.macs or row.like]
    data = [row.data() for row in rows]

    def parts() -> list[Part]:
        table = Table.of(columns, [row.data() for row in (*shown, total)], f"{graph.name}: batch of {cost.batch:,}", total=True)
        return [table, Notes([f"{title} counts {unit}. {note}" if i == 0 else note for i, note in enumerate(notes)])]

    return Report(graph.name, lambda: {"schema": "cnncalc/cost-like/1", "name": graph.name, "batch": cost.batch, "tool": title, "unit": unit,
                                       "layers": data, "macs": cost.macs, "like": total.like},
                  parts, lambda: Records(["name", "type", "macs", "like", "why"], [list(row.values()) for row in data]))


def _why(row: Like) -> Like:
    """Without a reason where there is no difference."""
    return row._replace(why="") if row.macs == row.like else row


def _counted(cost: Cost, tool: str) -> tuple[str, str, list[str], list[Like]]:
    """The counts of a tool that has a rule for each kind of layer."""
    from ..pytorch.other_tools import TOOLS, counted

    found = TOOLS[tool]
    rows = []
    for row in cost.rows:
        layer = row.step.node.layer
        if layer is None or row.step.outputs is None or not row.step.node.inputs:
            continue
        count, why = counted(found, layer, row.step.inputs, row.step.outputs)
        rows.append(_why(Like(row.step.name, layer.keras_class, row.macs, count * cost.examples, why)))
    return found.title, found.unit, [found.note], rows


def _torchinfo(cost: Cost, graph: TorchGraph) -> tuple[str, str, list[str], list[Like]]:
    """torchinfo's mult-adds: every weight and bias once for each position of the output."""
    theirs: dict[int, list[Line]] = {}
    for line in lines_of(graph):
        if line.leaf:
            theirs.setdefault(line.module.identity, []).append(line)
    by_name = _identities(graph)
    rows = []
    for row in cost.rows:
        step = row.step
        layer = step.node.layer
        if layer is None or not step.node.inputs:
            continue
        waiting = theirs.get(by_name.get(step.node.keras_name, -1)) if step.node.word else None
        count = waiting.pop(0).macs * cost.examples if waiting else 0
        rows.append(_why(Like(step.name, layer.keras_class, row.macs, count, _reason(layer, row.macs, count))))
    return "torchinfo 1.8", "mult-adds", ["It multiplies the number of weights and biases by the positions of the output (of other layers than "
                                          "convolutions: by the batch only); functions are not counted."], rows


def _identities(graph: TorchGraph) -> dict[str, int]:
    """The identity of each module by its name in the network."""
    found: dict[str, int] = {}

    def walk(module: Registered, path: str) -> None:
        for child in module.children:
            name = f"{path}.{child.name}" if path else child.name
            found[name] = child.identity
            walk(child, name)

    walk(graph.root, "")
    return found


def _reason(layer: Layer, macs: int | None, count: int) -> str:
    """Why torchinfo's count of a layer is another."""
    if not count:
        return "torchinfo does not count what is no module with weights"
    if getattr(layer, "transposed", False):
        return "torchinfo counts a transposed convolution at its output, and the biases"
    if not macs:
        return "torchinfo counts each weight and bias of a normalization or table once for each example"
    if layer.kind.startswith("nn.Conv"):
        return "torchinfo adds the biases"
    if count < macs:
        return "torchinfo counts weights once for each example, not for each position or step"
    return "torchinfo adds the biases"
