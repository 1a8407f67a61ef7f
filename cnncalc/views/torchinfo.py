"""The table that torchinfo 1.8 prints of a network of PyTorch's.

torchinfo lists modules in the order in which they are called, at the depth at which they are registered; a module
that holds others and is not called itself is put in front of the first of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, prod

from ..analysis import Trace
from ..errors import SpecError, did_you_mean
from ..graph import Node
from ..layers import Shape
from ..pytorch.network import Event, Registered, TorchGraph
from .report import Report

#: torchinfo's columns and their titles.
COLUMNS = {"input_size": "Input Shape", "output_size": "Output Shape", "num_params": "Param #", "params_percent": "Param %",
           "kernel_size": "Kernel Shape", "mult_adds": "Mult-Adds", "trainable": "Trainable"}
DEFAULT = ("output_size", "num_params")
#: The width of a column, the least width of the first, and the bytes that torch adds to an input's storage.
WIDTH, NAME_WIDTH, OVERHEAD = 25, 40, 64


class Line:
    """A line of the table: a call of a module, or a module that holds others."""

    def __init__(self, module: Registered, depth: int, parents: tuple[Registered, ...], recursive: bool, event: Event | None = None):
        self.module, self.depth, self.parents, self.recursive = module, depth, parents, recursive
        self.input = [int(n) for n in event.input] if event is not None else []
        self.output = [int(n) for n in event.output] if event is not None else []
        weights = list(module.every())
        self.params = sum([w.values for w in weights])
        self.trained = sum([w.values for w in weights if w.trainable])
        self.bytes = prod(self.output) * event.bytes if event is not None and event.output else 0
        self.leaf = not module.children
        self.macs = sum([self._macs(w.name, w.values) for w in weights]) if event is not None and self.output else 0
        self.index = 0
        self.inside: list[Line] = []

    def _macs(self, name: str, count: int) -> int:
        """torchinfo's count: a weight or bias once for each position of the output."""
        if name in ("weight", "bias"):
            places = prod([*self.output[:1], *self.output[2:]]) if "Conv" in self.module.word else self.output[0]
            return places * count
        return prod(self.output[:2]) * count if "weight" in name or "bias" in name else 0

    def left(self, trained: bool = False) -> int:
        """The parameters that no module inside counts."""
        own = self.trained if trained else self.params
        return own - sum([(line.trained if trained else line.params) if line.leaf else line.left(trained)
                          for line in self.inside if not line.recursive])


def lines_of(graph: TorchGraph) -> list[Line]:
    """The lines of the table, those of modules that are not called themselves included."""
    where: dict[int, tuple[Registered, int, tuple[Registered, ...]]] = {}
    _register(graph.root, 0, (), where)
    met: set[int] = set()
    called: list[Line] = []
    for event in _in_order(graph.events):
        if event.identity in where:
            module, depth, parents = where[event.identity]
            called.append(Line(module, depth, parents, event.identity in met, event))
            met.add(event.identity)
    found = _with_holders(called, met)
    counts: dict[int, int] = {}
    for i, line in enumerate(found):
        line.index = counts[line.depth] = counts.get(line.depth, 0) + 1
        for other in found[i + 1:]:
            if other.depth <= line.depth:
                break
            line.inside.append(other)
    return found


def _register(module: Registered, depth: int, parents: tuple[Registered, ...], where: dict[int, tuple[Registered, int, tuple[Registered, ...]]]) -> None:
    """Where each module is registered; of one in several places, the last."""
    where[module.identity] = (module, depth, parents)
    for child in module.children:
        _register(child, depth + 1, (*parents, module), where)


def _in_order(events: Sequence[Event]) -> Iterator[Event]:
    for event in events:
        yield event
        yield from _in_order(event.children)


def _with_holders(called: list[Line], met: set[int]) -> list[Line]:
    """The lines with the modules that hold them in front, where those are not called themselves."""
    found: list[Line] = []
    open_: dict[int, Registered] = {}
    for line in called:
        for depth in range(1, line.depth):
            holder = line.parents[depth]
            if open_.get(depth) is None or open_[depth].identity != holder.identity:
                found.append(Line(holder, depth, line.parents[:depth], holder.identity in met))
                met.add(holder.identity)
                open_[depth] = holder
        open_[line.depth] = line.module
        for depth in [d for d in open_ if d > line.depth]:
            del open_[depth]
        found.append(line)
    return found


def torchinfo_text(graph: TorchGraph, columns: str | None = None, depth: int = 3, var_names: bool = False) -> str:
    """The text of `torchinfo.summary(model, input_size=...)`; SpecError for an unknown column."""
    chosen = _chosen(columns)
    lines = lines_of(graph)
    names = {id(line): _name(line, var_names) for line in lines}
    longest = max([len(names[id(line)]) + 5 * line.depth + 1 for line in lines], default=0)
    first = NAME_WIDTH if longest < NAME_WIDTH else ceil(longest / 5) * 5
    rule = "=" * (len(chosen) * WIDTH + first)
    title = "Layer (type" + (" (var_name)" if var_names else ":depth-idx") + ")"
    out = [rule, _row(title, [COLUMNS[key] for key in chosen], first), rule]
    total = sum(_totals(lines)[:1])
    for line in lines:
        if line.depth <= depth:
            start = "" if line.depth == 0 else "├─" if line.depth == 1 else "│    " * (line.depth - 1) + "└─"
            out.append(_row(start + names[id(line)], [_cell(line, key, line.depth == depth, total) for key in chosen], first))
    return "\n".join([*out, rule, *_ending(graph, lines, rule)]) + "\n"


def _chosen(columns: str | None) -> list[str]:
    found = [word.strip() for word in columns.split(",") if word.strip()] if columns else list(DEFAULT)
    for word in found:
        if word not in COLUMNS:
            raise SpecError(f"torchinfo has no column {word!r}", (), did_you_mean(word, COLUMNS) or "columns: " + ", ".join(COLUMNS))
    return found


def _name(line: Line, var_names: bool) -> str:
    name = line.module.word
    if var_names:
        return f"{name} ({line.module.name})" if line.module.name else name
    return f"{name}: {line.depth}-{line.index}" if line.depth else name


def _row(name: str, cells: Sequence[str], first: int) -> str:
    return (f"{name:<{first}} " + "".join([f"{cell:<{WIDTH}} " for cell in cells])).rstrip()


def _cell(line: Line, key: str, deepest: bool, total: int) -> str:
    if key == "kernel_size":
        return str(line.module.kernel) if line.module.kernel else "--"
    if key in ("input_size", "output_size"):
        sizes = line.input if key == "input_size" else line.output
        return str(sizes) if sizes else "--"
    if key == "mult_adds":
        return _mult_adds(line, deepest)
    if key == "trainable":
        if not line.params:
            return "--"
        return "False" if not line.trained else "True" if line.trained == line.params else "Partial"
    own = line.params if deepest or line.leaf else line.left()
    if key == "params_percent":
        share = own / total if total else 0
        return "     --" if not total or (not line.recursive and not own) else "(recursive)" if line.recursive else f"{share:>7.2%}"
    if not line.params:
        return "--"
    if line.recursive:
        return "(recursive)"
    if deepest or line.leaf:
        return f"{line.params:,}" if line.trained else f"({line.params:,})"
    return f"{own:,}" if own > 0 else "--"


def _mult_adds(line: Line, deepest: bool) -> str:
    if line.macs <= 0:
        return "--"
    if line.leaf:
        return f"{line.macs:,}"
    return f"{sum([inner.macs for inner in line.inside if inner.leaf]):,}" if deepest else "--"


def _totals(lines: list[Line]) -> tuple[int, int, int, int, int]:
    """Parameters, those that are trained, mult-adds, bytes of the outputs (and their gradients), bytes of the parameters."""
    params = trained = macs = outputs = held = 0
    for line in lines:
        if line.leaf:
            macs += line.macs
            outputs += 2 * line.bytes if line.params > 0 else 0
            if not line.recursive:
                params, trained, held = params + line.params, trained + line.trained, held + 4 * line.params
        elif not line.recursive:
            params, trained = params + max(line.left(), 0), trained + max(line.left(True), 0)
    return params, trained, macs, outputs, held


def _ending(graph: TorchGraph, lines: list[Line], rule: str) -> list[str]:
    params, trained, macs, outputs, held = _totals(lines)
    unit, number = next(((u, macs / n) for u, n in (("TERABYTES", 1e12), ("GIGABYTES", 1e9)) if macs >= n), ("MEGABYTES", macs / 1e6))
    inputs = sum([4 * prod([int(n) for n in _whole(node)]) + OVERHEAD for node in graph.inputs])
    sizes = (("Input size", inputs), ("Forward/backward pass size", outputs), ("Params size", held), ("Estimated Total Size", inputs + outputs + held))
    return [f"Total params: {params:,}", f"Trainable params: {trained:,}", f"Non-trainable params: {params - trained:,}",
            f"Total mult-adds (Units.{unit}): {int(number):,}" if number.is_integer() else f"Total mult-adds (Units.{unit}): {number:,.2f}",
            rule, *[f"{word} (MB): {size / 1e6:0.2f}" for word, size in sizes], rule]


def _whole(node: Node) -> Shape:
    from ..pytorch.shapes import whole

    assert node.layer is not None
    return whole(node.layer.outputs()[0])


def torchinfo_report(trace: Trace, columns: str | None, depth: int, var_names: bool) -> Report:
    """The table as a report; SpecError for a network that has no modules of PyTorch's, or no batch size."""
    graph = trace.graph
    if not isinstance(graph, TorchGraph):
        raise SpecError("torchinfo shows networks of PyTorch's source only", (), "cnncalc summary net.py --input 3x224x224 --format torchinfo")
    text = torchinfo_text(graph, columns, depth, var_names)
    return Report(graph.name, dict, list, None, {"torchinfo": lambda terminal: text})
