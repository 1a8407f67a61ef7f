"""The cost of one network: multiply-adds, memory for inference and for training."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..cost import CONVENTIONS, SLOTS, Cost, Row
from ..dtypes import BITS, compute_dtype, variable_dtype
from ..layers.arithmetic import OPERATIONS
from ..memory import size_in_bytes
from .columns import params_of, stated_shapes
from .formats import written
from .report import Column, Legend, Lines, Notes, Part, Records, Report, Table, Terminal
from .shown import AtLeast, number_text, shape_text
from .summary import all_notes, bounded, nested_name


def count_text(value: object) -> str:
    """A count with its thousands; an unknown one is a question mark."""
    return "?" if value is None else number_text(value)


def share_text(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f}%"


def sizes_text(value: Iterable[int | None]) -> str:
    return "x".join(["?" if n is None else str(n) for n in value])


NAME = Column("name", "Layer", meaning="the layer's name")
TYPE = Column("type", "Type", meaning="the kind of layer", drop=1)
SHAPE = Column("output_shape", "Output shape", None, shape_text, meaning="the shape that comes out, the batch first")
MACS = Column("macs", "MACs", None, count_text, True, "multiply-adds, without biases", brief="MACs without biases, 1 MAC = 2 FLOPs")
COLUMNS = (
    NAME, TYPE, SHAPE,
    Column("params", "Params", None, count_text, True, "the values of all weights"),
    MACS,
    Column("share", "Share", None, share_text, True, "the layer's share of all MACs", drop=4),
    Column("flops", "FLOPs", None, count_text, True, "floating-point operations: 2 for each MAC", drop=2),
    Column("weight_bytes", "Weights, B", None, count_text, True, "bytes of the weights", drop=3),
    Column("activation_values", "Activations", None, count_text, True, "values that come out of the layer"),
    Column("activation_bytes", "Activations, B", None, count_text, True, "bytes of these values"),
)
#: The columns of --operations and of --im2col.
OPERATION_COLUMNS = (
    NAME, TYPE, SHAPE, MACS,
    *[Column(name, name.capitalize(), None, count_text, True, f"{name} not counted in MACs") for name in OPERATIONS],
)
IM2COL_COLUMNS = (
    NAME,
    Column("kernel", "Kernel", meaning="the weight that is multiplied"),
    Column("groups", "Groups", None, count_text, True, "products of this size, one for each group of channels"),
    Column("columns", "Columns", None, sizes_text, meaning="the matrix of all windows", brief="the matrices of one example"),
    Column("weights", "Weights", None, sizes_text, meaning="the matrix of the weights"),
    Column("result", "Result", None, sizes_text, meaning="their product"),
    Column("columns_bytes", "Columns, B", None, count_text, True, "bytes of all windows"),
    Column("weights_bytes", "Weights, B", None, count_text, True, "bytes of the weights"),
    Column("result_bytes", "Result, B", None, count_text, True, "bytes of the product"),
)
#: Of a row of memory: its name, its bytes, and its rule.
MEMORY = (
    Column("term", "", lambda row: row[0]),
    Column("bytes", "Bytes", lambda row: row[1], count_text, True, "bytes"),
    Column("size", "Size", lambda row: row[1], lambda value: amount(value), True, "in units of 10^6 or 10^9 bytes"),
    Column("binary", "Binary", lambda row: row[1], lambda value: amount(value, binary=True), True,
           "in units of 2^20 or 2^30 bytes", drop=2),
    Column("rule", "What it is", lambda row: row[2], meaning="where the bytes come from"),
)


def amount(value: int | None, binary: bool = False) -> str:
    """Bytes in MB, from 1,000 MB on in GB; or in MiB and GiB."""
    if value is None:
        return "?"
    mega = 2**20 if binary else 10**6
    big = value >= 1000 * mega
    unit = ("G" if big else "M") + ("iB" if binary else "B")
    giga = 2**30 if binary else 10**9
    return f"{decimals(value, giga if big else mega, 2)} {unit}"


def scaled(value: int | None, unit: str) -> str:
    """1,814,073,344 as 1.814 G, and the unit."""
    if value is None:
        return f"? {unit}"
    for prefix, size in (("T", 10**12), ("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if value >= size:
            return f"{decimals(value, size, 3)} {prefix}{unit}"
    return f"{value} {unit}"


def decimals(value: int, size: int, places: int) -> str:
    """`value / size` with so many places, rounded as people round: a half goes up."""
    digits = (2 * value * 10**places + size) // (2 * size)
    whole, rest = divmod(digits, 10**places)
    return f"{whole:,}.{rest:0{places}}"


def share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else part / whole


def row_dict(cost: Cost, row: Row) -> dict[str, object]:
    """One layer as plain data."""
    step = row.step
    shapes = stated_shapes(step, cost.batch)
    part = share(row.macs, cost.macs)
    return {
        "name": step.name, "type": step.node.layer.keras_class if step.node.layer is not None else "?",
        "output_shape": shapes[0] if len(shapes) == 1 else shapes,
        "params": params_of(step), "macs": row.macs, "share": None if part is None else round(part, 6), "flops": row.flops,
        "weight_bytes": row.weight_bytes, "activation_values": row.activation_values,
        "activation_bytes": row.activation_bytes,
    }


def cost_dict(cost: Cost, operations: bool = False, im2col: bool = False) -> dict[str, object]:
    """The cost as plain data; the schema's fields are only ever added to."""
    inference, training = cost.inference, cost.training
    found: dict[str, object] = {
        "schema": "cnncalc/cost/1", "name": cost.trace.graph.name, "batch": cost.batch, "dtype": cost.dtype,
        "optimizer": cost.optimizer, "activations": "no-inplace" if cost.in_place else "all",
        "convention": CONVENTIONS["macs"], "layers": _layers(cost, operations),
        "params": cost.params, "macs": cost.macs, "flops": cost.flops, "weight_bytes": cost.weight_bytes,
        "activation_values": cost.activation_values, "activation_bytes": cost.activation_bytes,
        "inference": {
            "weights": inference.weights, "peak_activations": inference.peak_activations,
            "peak_layer": inference.peak_layer, "total": inference.total,
            "alive": [{"name": name, "bytes": size} for name, size in inference.alive],
        },
        "training": {**training._asdict(), "forward_pass": training.forward_pass, "total": training.total},
        **({"at_least": True, "macs_at_least": cost.least_macs} if cost.at_least else {}),
        "unknown": cost.unknown, "notes": all_notes(cost.trace),
    }
    if operations:
        found["operations"] = cost.operations
    if im2col:
        found["im2col"] = matrices(cost)
    return found


def _layers(cost: Cost, operations: bool) -> list[dict[str, object]]:
    """The rows, those of nested models inside theirs."""
    top: list[dict[str, object]] = []
    open_: list[list[dict[str, object]]] = [top]
    for row in cost.rows:
        data = row_dict(cost, row)
        if operations:
            data["operations"] = row.operations
        if row.step.shared:
            data["shared_with"] = row.step.node.keras_name
        del open_[row.depth + 1:]
        open_[row.depth].append(data)
        if row.step.inner is not None:
            inside: list[dict[str, object]] = []
            data["layers"] = inside
            open_.append(inside)
    return top


def matrices(cost: Cost) -> list[dict[str, object]]:
    """The products of matrices of every convolution, for one example."""
    found = []
    for call in cost.run.calls:
        layer = call.step.node.layer
        if layer is None or call.step.blind:
            continue
        own = layer.dtype or cost.dtype
        kept, made = BITS[variable_dtype(own)], BITS[compute_dtype(own)]
        for m in layer.matrices(*layer.viewed(call.step.inputs)):
            shapes = {"columns": (m.columns, made), "weights": (m.weights, kept), "result": (m.result, made)}
            data: dict[str, object] = {"name": call.name, "kernel": m.name, "groups": m.times}
            data.update({key: list(shape) for key, (shape, _) in shapes.items()})
            for key, (shape, bits) in shapes.items():
                values = None if None in shape else shape[0] * shape[1] * m.times
                data[f"{key}_bytes"] = size_in_bytes(values, bits)
            found.append(data)
    return found


# As tables.


def report(cost: Cost, operations: bool = False, im2col: bool = False, expand_nested: bool = False) -> Report:
    """What a network costs; `operations` and `im2col` request those tables instead."""
    columns = IM2COL_COLUMNS if im2col else OPERATION_COLUMNS if operations else COLUMNS
    shown = [row for row in cost.rows if expand_nested or row.depth == 0]

    def table() -> list[dict[str, object]]:
        return matrices(cost) if im2col else [{**row_dict(cost, row), **row.operations} for row in shown]

    def parts() -> list[Part]:
        found: list[Part] = [Lines(answers(cost), "bold")]
        if im2col:
            found.append(Table.of(columns, table(), caption(cost)))
        else:
            found.append(_layer_table(cost, columns, shown, table()))
        if not operations and not im2col:
            found += [Table.of([MEMORY[0].replaced(title=title), *MEMORY[1:]], rows, total=True) for title, rows in memories(cost).items()]
        notes = [*unknown_note(cost), *[f"note: {note}" for note in bounded(all_notes(cost.trace))]]
        return [*found, Notes(notes), Legend([*columns, *(() if operations or im2col else MEMORY)], conventions(cost, operations, im2col),
                                             "" if operations or im2col else "1 MB = 10^6 bytes, 1 MiB = 2^20 bytes")]

    def records() -> Records:
        return Records([c.key for c in columns], [[_plain(data, c) for c in columns] for data in table()])

    return Report(cost.trace.graph.name, lambda: cost_dict(cost, operations, im2col), parts, records)


def cost_text(cost: Cost, format: str = "table", terminal: Terminal | None = None, **options: Any) -> str:
    """A network's cost in a format; the options are those of `report`."""
    return written([report(cost, **options)], format, terminal)


def _plain(data: dict[str, object], column: Column) -> object:
    value = column.value(data)
    return column.text(value) if isinstance(value, (list, tuple)) else value


def answers(cost: Cost) -> list[str]:
    """The answers of most readers, a line each: MACs, memory for inference, memory for training."""
    total = f"{cost.macs:,}" if cost.macs is not None else f"at least {cost.least_macs:,}" if cost.at_least else "unknown"
    known = "" if cost.macs is None else f" ({scaled(cost.macs, 'MACs')}, {scaled(cost.flops, 'FLOPs')})"
    inference, training = cost.inference, cost.training
    lines = [f"MACs       {total}{known}",
             f"Inference  {at_least(cost) * (inference.total is not None)}{amount(inference.total)}: weights {amount(inference.weights)}, "
             f"activations {amount(inference.peak_activations)}"]
    if training.weights is None:
        return [*lines, f"Training   not in {cost.dtype}, which has no gradients"]
    return [*lines, f"Training   {at_least(cost) * (training.total is not None)}{amount(training.total)}, including the forward pass's {amount(training.forward_pass)}"]


def caption(cost: Cost) -> str:
    return f"{cost.trace.graph.name}: batch of {cost.batch:,}, {cost.dtype}"


def _layer_table(cost: Cost, columns: tuple[Column, ...], shown: list[Row], table: list[dict[str, object]]) -> Table:
    body = []
    for row, data in zip(shown, table):
        cells = [column.cell(data) for column in columns]
        cells[0] = nested_name(cells[0], row.depth) + " (shared)" * row.step.shared
        body.append(cells)
    totals: dict[str, object] = {
        "params": AtLeast(cost.params) if cost.trace.at_least else cost.params,
        "macs": AtLeast(cost.least_macs) if cost.macs is None and cost.at_least else cost.macs,
        "share": share(cost.macs, cost.macs), "flops": cost.flops, "weight_bytes": cost.weight_bytes, "activation_values": cost.activation_values, "activation_bytes": cost.activation_bytes,
        **cost.operations,
    }
    body.append([column.cell(totals) if column.key in totals else "" for column in columns])
    body[-1][0] = "total"
    return Table(columns, body, caption(cost), ["dim" if row.step.shared else None for row in shown], total=True)


def memories(cost: Cost) -> dict[str, list[tuple[str, int | None, str]]]:
    """Each term of both memories: its name, its bytes, its rule."""
    inference, training = cost.inference, cost.training
    alive = " + ".join(f"{name} {size:,}" for name, size in inference.alive[:4])
    alive += " + ..." if len(inference.alive) > 4 else ""
    where = f"the most alive at once, in {inference.peak_layer}: {alive}" if inference.peak_layer else "the most alive at once"
    per = SLOTS[cost.optimizer]
    extra = {"adafactor": ", plus one per row and column of a matrix",
             "muon": ", two where it is not a matrix"}.get(cost.optimizer, "")
    trainable = f"{cost.trace.trainable_params:,} trainable"
    found = {"Inference": [
        ("weights", inference.weights, f"{at_least(cost)}{cost.params:,} parameters in {variable_dtype(cost.dtype)}"),
        ("activations", inference.peak_activations, where),
        ("total", inference.total, f"for a batch of {cost.batch}"),
    ]}
    if training.weights is not None:
        found["Training"] = [
            ("weights", training.weights, f"{at_least(cost)}{cost.params:,} parameters"),
            ("activations", training.activations, "every activation the backward pass needs"),
            ("input", training.input, f"a batch of {cost.batch}"),
            ("forward pass", training.forward_pass, "weights + activations + input, the sum that textbooks work out"),
            ("gradients", training.gradients, f"one for each of the {trainable}"),
            (f"optimizer ({cost.optimizer})", training.optimizer, f"{per} for each of the {trainable}{extra}"),
            ("total", training.total, "forward pass + gradients + optimizer"),
        ]
    return found


def at_least(cost: Cost) -> str:
    """The words before a number of parameters."""
    return "at least " if cost.trace.at_least else ""


def unknown_note(cost: Cost) -> list[str]:
    """Which sizes are unknown, and how to supply them."""
    if not cost.unknown:
        return []
    if cost.at_least:
        return ["?: not known, for a layer is code that is not in the file; --assume gives the shape of its output"]
    names = ", ".join(cost.unknown[:3]) + (", ..." if len(cost.unknown) > 3 else "")
    return [f"?: unknown, because {names} have no size; --input supplies one, such as --input 224x224x3"]


def conventions(cost: Cost, operations: bool, im2col: bool) -> list[str]:
    """What the tables count, in full."""
    if im2col:
        return [CONVENTIONS["im2col"]]
    if operations:
        return [CONVENTIONS["macs"], CONVENTIONS["operations"]]
    return [CONVENTIONS[key] for key in ("macs", "activations", "inference", "training", *["in_place"] * cost.in_place)]
