"""The text that `model.summary()` prints, of Keras 3 and of Keras 2."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..analysis import Model, Step, Trace, as_declared, of_whole_tensors, taken
from ..errors import SpecError
from ..graph import Node, Ref, all_read, keras_order
from ..layers import UNKNOWN, Layer, Shape
from .columns import trained_arrays, weight_bits
from .keras_masks import Masks


class KerasRow(NamedTuple):
    """A layer as Keras lists it: one row, however often it is called."""

    name: str
    kind: str
    #: What each call gave, in the order of the calls; each call gives one or more shapes.
    calls: tuple[tuple[tuple[int | None, ...], ...], ...]
    #: `None` where it could not be worked out.
    params: int | None
    #: Which layer, which of its calls, which output.
    reads: tuple[tuple[str, int, int], ...]
    trainable: bool
    has_weights: bool
    #: In how many models it is nested.
    depth: int


class Summary:
    """What both releases print of a network, before either lays it out.

    Keras 3 has operations on masks among the layers, Keras 2 does not.
    """

    def __init__(self, trace: Trace, expand_nested: bool = False, masks: bool = True):
        trace = of_whole_tensors(trace)
        self.name = trace.graph.name
        self.sequential_like, self.rows = _listed(trace, expand_nested, masks)
        steps = [step for step in trace.steps if step.used]
        self.counts = (trace.params, trace.trainable_params, trace.non_trainable_params)
        trainable, frozen = (sum([weight_bits(step, kind) for step in steps]) / 8 for kind in (True, False))
        self.bytes = (trainable + frozen, trainable, frozen)
        #: The variables of the optimizer, and their bytes, where the model was compiled.
        self.optimizer: tuple[int, float] | None = None
        if trace.graph.optimizer is not None:
            variables = list(trace.graph.optimizer.variables(trained_arrays(trace)))
            self.optimizer = sum([count for count, _ in variables]), sum([count * bits for count, bits in variables]) / 8


def _listed(trace: Trace, expand_nested: bool, masks: bool, depth: int = 0,
            frozen: bool = False) -> tuple[bool, list[KerasRow]]:
    """Whether Keras shows the layers as a plain stack, and the rows of all of them."""
    graph = trace.graph
    steps: dict[Layer | Node, list[Step]] = {}
    for step in trace.steps:
        steps.setdefault(step.node.layer or step.node, []).append(step)
    more: dict[Node, tuple[Ref, ...]] = {}
    masking: list[Step] = []
    if masks and not graph.sequential:
        found = Masks(trace)
        more, masking = found.reads, found.steps
        steps.update((step.node.layer or step.node, [step]) for step in masking)
    layers, sequential_like = keras_order(graph, more)
    if graph.sequential:
        layers, sequential_like = tuple([(node,) for node in graph.nodes[1:]]), True
    rows = []
    for calls in layers:
        node, layer = calls[0], calls[0].layer
        if depth and layer is not None and layer.on_tensors:
            continue  # the operations of a model are not among its layers
        done = steps.get(layer or node, [])
        computed = [step for step in done if step.outputs is not None]
        worked_out = [step for step in computed if UNKNOWN not in (step.outputs or ())]
        stuck = layer is not None and (not layer.trainable or (frozen and not layer.states_trainable))
        rows.append(KerasRow(
            node.keras_name,
            layer.keras_class if layer is not None else node.kind,
            tuple([tuple([shape.full for shape in (step.outputs or () if masks else _own_outputs(step))]) for step in worked_out]),
            sum([step.params for step in done]) if worked_out or any([step.params for step in done]) else None,
            () if depth else _reads(calls, more),
            not stuck,
            any(step.weights for step in done),
            depth,
        ))
        if expand_nested and isinstance(layer, Model) and computed:
            rows += _listed(_inside(layer, computed[0]), True, masks, depth + 1,
                            (frozen and not layer.states_trainable) or (layer.freezes and not layer.trainable))[1]
    return sequential_like, rows


def _reads(calls: tuple[Node, ...], more: dict[Node, tuple[Ref, ...]]) -> tuple[tuple[str, int, int], ...]:
    return tuple([(ref.node.keras_name, ref.node.call, ref.output)
                  for node in calls for ref in all_read(node, more)])


def _own_outputs(step: Step) -> tuple[Shape, ...]:
    """What Keras 2 prints of an output: of a nested model it is what that makes of the inputs that it declares."""
    layer = step.node.layer
    if not isinstance(layer, Model):
        return step.outputs or ()
    return layer.trace(tuple([as_declared(x, node) for x, node in zip(step.inputs, layer.graph.inputs)])).outputs


def bytes_text(amount: float, units: tuple[str, ...] = ("B", "KB", "MB", "GB", "TB", "PB")) -> str:
    """In units of 1024, as Keras rounds them."""
    for unit in units:
        if amount < 1024:
            return f"{amount:.2f} {unit}"
        amount /= 1024
    return f"{amount:.2f} {units[-1]}"


def edges(width: int, shares: tuple[float, ...]) -> list[int]:
    """Where columns end that take these shares of a width."""
    return [int(share * width) for share in shares]


def _inside(model: Model, step: Step) -> Trace:
    """The steps of a nested model, on inputs of the sizes that it was made with."""
    declared = tuple([as_declared(x, node) for x, node in zip(step.inputs, model.graph.inputs)])
    assert step.inner is not None
    if [x.full for x in step.inputs] == [x.full for x in declared] or not all(map(taken, step.inputs, declared)):
        return step.inner
    return model.trace(declared)


# Keras 3.

STACK = ("Layer (type)", "Output Shape", "Param #")
TOTALS = ("Total params", "Trainable params", "Non-trainable params", "Optimizer params")


def keras3(trace: Trace, width: int | None = None, expand_nested: bool = False, show_trainable: bool = False,
           console_width: int | None = None, unicode: bool = True) -> str:
    """What Keras 3 prints where it does not print to a terminal.

    `width` is its `line_length`; `console_width` is where it cuts lines, and what its own
    width depends on: by default the terminal's, or 80. `unicode` says whether there are
    characters to draw lines with.
    """
    from .with_rich import keras_table, literal, unescaped

    summary = Summary(trace, expand_nested)
    if console_width is None and not os.environ.get("COLUMNS", "1").strip("0"):
        console_width = _columns(None)  # rich would take COLUMNS=0 for a terminal without room
    titles: tuple[str, ...] = STACK
    shares: tuple[float, ...] = (0.45, 0.80, 1.0)
    most = 88
    if not summary.sequential_like:
        titles, shares, most = (*titles, "Connected to"), (0.3, 0.56, 0.74, 1.0), 108
    if show_trainable:
        titles, shares, most = (*titles, "Trainable"), (*[share * 0.90 for share in shares], 1.0), most + 12
    if not width:
        width = min(most, _columns(console_width) - 4)
    widths = _widths(width, shares)
    if min(widths) < 4:
        raise _too_narrow(width, lambda width: min(_widths(width, shares)) >= 4)

    def cells(row: KerasRow) -> Iterator[str]:
        name = f"{'   ' * row.depth}└ {row.name}" if row.depth else row.name
        yield f"{literal(name)} ({row.kind})"
        yield shapes_text(row.calls[-1]) if row.calls else "?"
        yield "0 (unbuilt)" if row.params is None else f"{row.params:,}"
        if not summary.sequential_like:
            # Keras escapes the names of layers in the first column, but not here.
            yield unescaped(", ".join([f"{name}[{call}][{output}]" for name, call, output in row.reads])) or "-"
        if show_trainable:
            yield "-" if not row.has_weights else "Y" if row.trainable else "N"

    justify = {"Param #": "right", "Trainable": "center"}
    counts, amounts = list(summary.counts), list(summary.bytes)
    if summary.optimizer is not None:
        counts, amounts = [*counts, summary.optimizer[0]], [*amounts, summary.optimizer[1]]
        counts[0] += counts[-1]
        amounts[0] += amounts[-1]
    totals = [f" {title}: {count:,} ({bytes_text(amount)})" for title, count, amount in zip(TOTALS, counts, amounts)]
    return keras_table(f'Model: "{literal(summary.name)}"',
                       [(title, justify.get(title, "left"), w) for title, w in zip(titles, widths)],
                       [tuple(cells(row)) for row in summary.rows], totals, width, console_width, unicode)


def _widths(width: int, shares: tuple[float, ...]) -> list[int]:
    ends = edges(width, shares)
    return [end - start for start, end in zip([0, *ends], ends)]


def _too_narrow(width: int, fits: Callable[[int], bool]) -> SpecError:
    least = next(w for w in range(max(width, 0), 1_000) if fits(w))
    return SpecError(f"a table of Keras cannot be {width} wide", (), f"it needs at least {least}")


def shapes_text(shapes: tuple[tuple[object, ...], ...]) -> str:
    """One shape, or several as a list."""
    texts = ["(" + ", ".join(map(str, shape)) + ")" for shape in shapes]
    return texts[0] if len(texts) == 1 else "[" + ", ".join(texts) + "]"


def _columns(console_width: int | None) -> int:
    if console_width is not None:
        return console_width
    import shutil

    return shutil.get_terminal_size().columns


# Keras 2.

Lines = Iterator[str]
#: Where rows of 2.13 are broken, beside their column's edge.
BREAKS = ("),", "},", "],", "',")


def keras2(trace: Trace, width: int | None = None, style: str = "2.3", expand_nested: bool = False,
           show_trainable: bool = False) -> str:
    """What Keras 2 prints: 2.3 to 2.6 by default, 2.13 to 2.15 in the style "2.13".

    Only the later ones can expand nested models, and say what is trainable.
    """
    if style == "2.3" and (expand_nested or show_trainable):
        raise SpecError("Keras 2.6 cannot expand nested models or show which weights are trainable")
    summary = Summary(trace, expand_nested, masks=False)
    lines = {"2.3": _lines_of_2_3, "2.13": _lines_of_2_13}[style]
    return "".join([f"{line}\n" for line in lines(summary, width, show_trainable)])


def _lines_of_2_3(summary: Summary, width: int | None, _: bool) -> Lines:
    titles: tuple[str, ...] = STACK
    if summary.sequential_like:
        width = width or 65
        ends = edges(width, (0.45, 0.85, 1.0))
    else:
        width = width or 98
        ends = edges(width, (0.33, 0.55, 0.67, 1.0))
        titles = (*titles, "Connected to")
    yield f'Model: "{summary.name}"'
    yield "_" * width
    yield _cut(titles, ends)
    yield "=" * width
    for i, row in enumerate(summary.rows):
        if i:
            yield "_" * width
        cells = _cells_of_2(row)
        if summary.sequential_like:
            yield _cut(cells, ends)
        else:
            first, *others = _reads_of_2(row) or [""]
            yield _cut((*cells, first), ends)
            for read in others:
                yield _cut(("", "", "", read), ends)
    yield "=" * width
    for title, count in zip(TOTALS, summary.counts):
        yield f"{title}: {count:,}"
    yield "_" * width


#: Layers whose outputs Keras 2 has as a list though there is one.
LISTED = ("InputLayer", "TensorFlowOpLayer")
#: Layers that give a list of states behind their output.
CELLS = ("GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells")


def _cells_of_2(row: KerasRow) -> tuple[str, str, str]:
    shapes = set(row.calls)
    shape: object = "multiple" if shapes else "?"
    if len(shapes) == 1:
        (outputs,) = shapes
        shape = outputs[0] if len(outputs) == 1 and row.kind not in LISTED else list(outputs)
        if row.kind in CELLS:
            shape = (outputs[0], list(outputs[1:]))
    return f"{row.name} ({row.kind})", str(shape), "0 (unused)" if row.params is None else str(row.params)


def _reads_of_2(row: KerasRow) -> list[str]:
    return [f"{name}[{call}][{output}]" for name, call, output in row.reads]


def _cut(cells: tuple[str, ...], ends: list[int]) -> str:
    """One line; a cell that is too long is cut at its column's edge, a space before the next."""
    line = ""
    for i, (cell, end) in enumerate(zip(cells, ends)):
        line = f"{line[:-1]} {cell}" if i else cell
        line = line[:end].ljust(end)
    return line


def _lines_of_2_13(summary: Summary, width: int | None, show_trainable: bool) -> Lines:
    titles: tuple[str, ...] = STACK
    shares: tuple[float, ...] = (0.45, 0.85, 1.0)
    if not summary.sequential_like:
        titles, shares = (*titles, "Connected to"), (0.3, 0.6, 0.70, 1.0)
    width = width or (65 if summary.sequential_like else 98)
    deepest = max([row.depth for row in summary.rows], default=0)
    if min(_rooms(edges(width, shares), deepest)) < 1:
        raise _too_narrow(width, lambda width: min(_rooms(edges(width, shares), deepest)) >= 1)
    ends = edges(width, shares)
    if show_trainable:
        width += 11
        ends.append(width)
        titles = (*titles, "Trainable")

    def ruled(mark: str, depth: int) -> str:
        return "|" * depth + mark * (width - 2 * depth) + "|" * depth

    yield f'Model: "{summary.name}"'
    yield "_" * width
    yield from _wrapped(titles, ends, 0)
    yield "=" * width
    after = [row.depth for row in summary.rows[1:]] + [0]
    for row, next_depth in zip(summary.rows, after):
        cells: tuple[str, ...] = _cells_of_2(row)
        if not summary.sequential_like:
            cells = (*cells, str(_reads_of_2(row)))
        if show_trainable:
            cells = (*cells, "Y" if row.trainable else "N")
        yield from _wrapped(cells, ends, row.depth)
        if next_depth > row.depth:
            yield ruled("¯", next_depth)
        elif next_depth == row.depth:
            yield ruled(" ", row.depth)
        for depth in range(row.depth - 1, next_depth - 1, -1):
            yield ruled("¯", depth)
    yield "=" * width
    units = ("Byte", "KB", "MB", "GB", "TB", "PB")
    for title, count, amount in zip(TOTALS, summary.counts, summary.bytes):
        yield f"{title}: {count} ({bytes_text(amount, units)})"
    yield "_" * width


def _rooms(ends: list[int], depth: int) -> list[int]:
    """How many letters a line of each column holds: three fewer than the column but in the
    last, and in the first those of the bars before nested layers."""
    rooms = [end - start - 3 for start, end in zip([0, *ends], ends)]
    rooms[-1] += 3
    rooms[0] -= depth
    return rooms


def _wrapped(cells: tuple[str, ...], ends: list[int], depth: int) -> Lines:
    """As many lines as the longest cell needs."""
    rest = list(cells)
    rooms = _rooms(ends, depth)
    while any(rest):
        line = "|" * depth + " "
        for i, (room, end) in enumerate(zip(rooms, ends)):
            part = rest[i][:room]
            part = part[: min([part.find(mark) + len(mark) for mark in BREAKS if mark in part], default=room)]
            rest[i] = rest[i][len(part):]
            last = i == len(ends) - 1
            line = (line + part + ("" if last else "  ")).ljust(end - depth if last else end)
        yield line + "|" * depth
