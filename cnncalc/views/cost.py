"""What `cnncalc cost` says of one network, in each of its formats."""

from __future__ import annotations

from typing import Any

from ..cost import CONVENTIONS, SLOTS, Cost, Row, size_in_bytes
from ..dtypes import BITS, compute_dtype, variable_dtype
from ..layers.arithmetic import OPERATIONS
from .columns import shape_text
from .table import drawn
from .text import all_notes, csv_text, json_text, latex_text, markdown_text

#: Keys and titles of the usual columns, and of those with --operations and --im2col.
COLUMNS = {
    "name": "Layer", "type": "Type", "output_shape": "Output shape", "params": "Params", "macs": "MACs",
    "share": "Share", "flops": "FLOPs", "weight_bytes": "Weights, B", "activation_values": "Activations",
    "activation_bytes": "Activations, B",
}  # fmt: skip
OPERATION_COLUMNS = {"name": "Layer", "type": "Type", "output_shape": "Output shape", "macs": "MACs",
                     **{name: name.capitalize() for name in OPERATIONS}}
IM2COL_COLUMNS = {"name": "Layer", "kernel": "Kernel", "groups": "Groups", "columns": "Columns", "weights": "Weights",
                  "result": "Result", "columns_bytes": "Columns, B", "weights_bytes": "Weights, B",
                  "result_bytes": "Result, B"}  # fmt: skip
MEMORY = ("Bytes", "MB", "MiB", "What it is")
TEXT = ("name", "type", "output_shape", "kernel", "columns", "weights", "result")


def count_text(value: Any) -> str:
    """A count with its thousands; one that is not known is a question mark."""
    return "?" if value is None else f"{value:,}"


def scaled(value: Any, unit: str) -> str:
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


def amount_cells(value: Any) -> list[str]:
    """Bytes, in units of 10^6 and of 2^20."""
    if value is None:
        return ["?", "?", "?"]
    return [f"{value:,}", decimals(value, 10**6, 2), decimals(value, 2**20, 2)]


def share(part: Any, whole: Any) -> float | None:
    return None if part is None or not whole else part / whole


def row_dict(cost: Cost, row: Row) -> dict[str, Any]:
    """One layer as plain data."""
    step = row.step
    shapes = [[cost.batch, *shape] for shape in step.outputs or ()]
    part = share(row.macs, cost.macs)
    return {
        "name": step.name, "type": step.node.layer.keras_class if step.node.layer is not None else "?",
        "output_shape": shapes[0] if len(shapes) == 1 else shapes,
        "params": row.params, "macs": row.macs, "share": None if part is None else round(part, 6), "flops": row.flops,
        "weight_bytes": row.weight_bytes, "activation_values": row.activation_values,
        "activation_bytes": row.activation_bytes,
    }  # fmt: skip


def cost_dict(cost: Cost, operations: bool = False, im2col: bool = False) -> dict[str, Any]:
    """The cost as plain data; the schema's fields are only ever added to."""
    inference, training = cost.inference, cost.training
    found: dict[str, Any] = {
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
        "training": {**training._asdict(), "total": training.total},
        "unknown": cost.unknown, "notes": all_notes(cost.trace),
    }  # fmt: skip
    if operations:
        found["operations"] = cost.operations
    if im2col:
        found["im2col"] = matrices(cost)
    return found


def _layers(cost: Cost, operations: bool) -> list[dict[str, Any]]:
    """The rows, those of nested models inside theirs."""
    top: list[dict[str, Any]] = []
    open_: list[list[dict[str, Any]]] = [top]
    for row in cost.rows:
        data = row_dict(cost, row)
        if operations:
            data["operations"] = row.operations
        if row.step.shared:
            data["shared_with"] = row.step.node.keras_name
        del open_[row.depth + 1:]
        open_[row.depth].append(data)
        if row.step.inner is not None:
            data["layers"] = []
            open_.append(data["layers"])
    return top


def matrices(cost: Cost) -> list[dict[str, Any]]:
    """The products of matrices of every convolution, for one example."""
    found = []
    for call in cost.run.calls:
        layer = call.step.node.layer
        if layer is None:
            continue
        own = layer.dtype or cost.dtype
        kept, made = BITS[variable_dtype(own)], BITS[compute_dtype(own)]
        for m in layer.matrices(*layer.viewed(call.step.inputs)):
            shapes = {"columns": (m.columns, made), "weights": (m.weights, kept), "result": (m.result, made)}
            data: dict[str, Any] = {"name": call.name, "kernel": m.name, "groups": m.times}
            data.update({key: list(shape) for key, (shape, _) in shapes.items()})
            for key, (shape, bits) in shapes.items():
                values = None if None in shape else shape[0] * shape[1] * m.times
                data[f"{key}_bytes"] = size_in_bytes(values, bits)
            found.append(data)
    return found


def _cells(data: dict[str, Any], columns: dict[str, str]) -> list[str]:
    out = []
    for key in columns:
        value = data[key]
        if key == "output_shape":
            out.append(shape_text(value))
        elif key == "share":
            out.append("" if value is None else f"{100 * value:.1f}%")
        elif isinstance(value, list):
            out.append("x".join("?" if n is None else str(n) for n in value))
        elif isinstance(value, str):
            out.append(value)
        else:
            out.append(count_text(value))
    return out


def _body(cost: Cost, columns: dict[str, str], rows: list[Row]) -> list[list[str]]:
    body = []
    for row in rows:
        cells = _cells({**row_dict(cost, row), **row.operations}, columns)
        if row.depth:
            cells[0] = "   " * row.depth + "\u2514 " + cells[0]
        if row.step.shared:
            cells[0] += " (shared)"
        body.append(cells)
    totals: dict[str, Any] = {
        **dict.fromkeys(("name", "type"), ""), "output_shape": None, "params": cost.params, "macs": cost.macs,
        "share": share(cost.macs, cost.macs), "flops": cost.flops, "weight_bytes": cost.weight_bytes,
        "activation_values": cost.activation_values, "activation_bytes": cost.activation_bytes, **cost.operations,
    }  # fmt: skip
    cells = _cells(totals, columns)
    cells[0], cells[list(columns).index("output_shape")] = "total", ""
    return [*body, cells]


def memories(cost: Cost) -> dict[str, list[tuple[str, Any, str]]]:
    """Each term of both memories: its name, its bytes, its rule."""
    inference, training = cost.inference, cost.training
    alive = " + ".join(f"{name} {size:,}" for name, size in inference.alive[:4])
    alive += " + ..." if len(inference.alive) > 4 else ""
    where = f"most alive at once, in {inference.peak_layer}: {alive}" if inference.peak_layer else "most alive at once"
    per = SLOTS[cost.optimizer]
    extra = {"adafactor": ", and one per row and column of matrices",
             "muon": ", two where it is not a matrix"}.get(cost.optimizer, "")  # fmt: skip
    trainable = f"{cost.trace.trainable_params:,} trainable"
    without = "?" if training.total is None else f"{training.total - training.gradients - training.optimizer:,}"
    found = {"To use it": [
        ("weights", inference.weights, f"{cost.params:,} parameters in {variable_dtype(cost.dtype)}"),
        ("activations", inference.peak_activations, where),
        ("total", inference.total, f"for a batch of {cost.batch}"),
    ]}
    if training.weights is not None:
        found["To train it"] = [
            ("weights", training.weights, f"{cost.params:,} parameters"),
            ("gradients", training.gradients, f"one for each of the {trainable}"),
            (f"optimizer ({cost.optimizer})", training.optimizer, f"{per} for each of the {trainable}{extra}"),
            ("activations", training.activations, "kept for the way back"),
            ("input", training.input, f"a batch of {cost.batch}"),
            ("total", training.total, f"without gradients and optimizer {without} bytes"),
        ]
    return found


def unknown_note(cost: Cost) -> list[str]:
    """What is not known, and how to make it known."""
    if not cost.unknown:
        return []
    names = ", ".join(cost.unknown[:3]) + (", ..." if len(cost.unknown) > 3 else "")
    return [f"?: not known, for sizes of {names} are not given; --input gives them, such as --input 224x224x3"]


def cost_text(cost: Cost, format: str = "table", operations: bool = False, im2col: bool = False,
              expand_nested: bool = False, terminal: Any = None, width: int | None = None) -> str:
    """One network's cost in one format, ready to be written."""
    if format == "json":
        return json_text(cost_dict(cost, operations, im2col))
    rows = [row for row in cost.rows if expand_nested or row.depth == 0]
    if im2col:
        columns, table = IM2COL_COLUMNS, matrices(cost)
        body = [_cells(data, columns) for data in table]
    else:
        columns = OPERATION_COLUMNS if operations else COLUMNS
        table = [{**row_dict(cost, row), **row.operations} for row in rows]
        body = _body(cost, columns, rows)
    titles, right = list(columns.values()), [key not in TEXT for key in columns]
    if format == "csv":
        return csv_text(list(columns), [[_plain(data, key) for key in columns] for data in table])
    memory = {
        title: [[name, *amount_cells(value), rule] for name, value, rule in terms]
        for title, terms in (memories(cost).items() if not operations and not im2col else ())
    }
    sides = [False, True, True, True, False]
    if format in ("markdown", "latex"):
        write = markdown_text if format == "markdown" else latex_text
        return "\n".join([write(titles, body, right), *[write([title, *MEMORY], lines, sides)
                                                        for title, lines in memory.items()]])
    notes = _notes(cost, operations, im2col)
    text = drawn(cost.trace.graph.name, titles, body, right, notes,
                 ["dim" if row.step.shared else None for row in rows] if not im2col else [], terminal, width)
    for title, lines in memory.items():
        rules = [CONVENTIONS["inference" if title == "To use it" else "training"]]
        if cost.in_place:
            rules.append(CONVENTIONS["in_place"])
        if title == list(memory)[-1]:
            rules.append("1 MB = 10^6 bytes, 1 MiB = 2^20 bytes")
            if len(memory) == 1:
                rules.append(f"training: not in {cost.dtype}, which has no gradients")
        text += "\n" + drawn("", [title, *MEMORY], lines, sides, rules, [], terminal, width)
    return text


def _plain(data: dict[str, Any], key: str) -> Any:
    value = data[key]
    if key == "output_shape":
        return shape_text(value)
    return _cells(data, {key: ""})[0] if isinstance(value, list) else value


def _notes(cost: Cost, operations: bool, im2col: bool) -> list[str]:
    notes = []
    if im2col:
        notes = [CONVENTIONS["im2col"]]
    else:
        total = "an unknown number of" if cost.macs is None else f"{cost.macs:,}"
        known = "" if cost.macs is None else f" ({scaled(cost.macs, 'MACs')}, {scaled(cost.flops, 'FLOPs')})"
        notes = [f"Total: {total} MACs{known}, {cost.params:,} parameters", CONVENTIONS["macs"]]
        notes.append(CONVENTIONS["operations"] if operations else CONVENTIONS["activations"])
        if cost.batch != 1:
            notes.append(f"for a batch of {cost.batch}")
    return [*notes, *unknown_note(cost), *[f"note: {note}" for note in all_notes(cost.trace)[:12]]]
