"""Explanations as text, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..explain import Explanation, Working
from ..layers import InputLayer
from ..layers.base import shape_letters
from ..num import Line
from .text import folded, json_text

#: The heading under which a quantity stands.
PARTS = {"output": "output", "padding": "output", "weight": "weights", "trainable_params": "weights",
         "params": "weights", "macs": "work", "activations": "memory", "memory": "memory",
         "receptive_field": "field", "jump": "field"}  # fmt: skip


def explain_text(name: str, found: Iterable[Explanation], sums: Iterable[Line] = (), terminal: Any = None) -> str:
    """The workings as plain text, a paragraph for each layer, and the sums over all."""
    text = "\n".join([name + "\n", *[_paragraph(e, terminal) for e in found]])
    lines = folded([f"  {line}" for line in sums], terminal)
    return text + "\n".join(["", "total", *lines, ""]) if lines else text


def heading(e: Explanation) -> str:
    """The layer, its kind and what it reads."""
    shapes = []
    for i, x in enumerate(e.step.inputs):
        mark = str(i + 1) if len(e.step.inputs) > 1 else ""
        view = e.step.node.layer.view(x) if e.step.node.layer is not None else x
        letters = " × ".join([s + mark for s in shape_letters(view)])
        shapes.append(f"{letters} = {' × '.join(map(_size, x))}")
    if type(e.step.node.layer) is InputLayer:
        return f"{e.name}: {' × '.join(map(_size, e.step.output or ()))}"
    return f"{e.name}: {e.step.kind}" + (f" on {', '.join(shapes)}" if shapes else "")


def _size(n: Any) -> str:
    return "?" if n is None else f"{n:,}"


def _paragraph(e: Explanation, terminal: Any) -> str:
    lines = [heading(e)]
    if e.legend:
        lines.append("  " + ", ".join(e.legend))
    part = ""
    for working in e.workings:
        for text in texts(working):
            own = PARTS[working.quantity]
            lines += folded([f"  {own if own != part else '':<8} {text}"], terminal, 11 if own != part else 2)
            part = own
    lines += [f"  {remark[0].upper()}{remark[1:]}." for remark in e.remarks]
    return "\n".join(folded(lines, terminal)) + "\n"


def texts(working: Working) -> Iterator[str]:
    """A working's lines, and its words where they say more."""
    if working.quantity == "weight":
        yield f"{working.label} {working.words}"
        return
    yield from map(str, working.lines)
    if working.words and not (working.lines and working.quantity == "padding"):
        yield working.words


def explain_markdown(name: str, found: Iterable[Explanation], sums: Iterable[Line] = ()) -> str:
    """The workings as Markdown: a heading for each layer, a list for each part."""
    out = [f"# {name}\n"]
    for e in found:
        out.append(f"## {heading(e)}\n")
        if e.legend:
            out.append(", ".join(e.legend) + "\n")
        out.append("\n".join(f"- `{text}`" for w in e.workings for text in texts(w)) + "\n")
        if e.remarks:
            out.append("\n".join(f"{remark[0].upper()}{remark[1:]}." for remark in e.remarks) + "\n")
    lines = [f"- `{line}`" for line in sums]
    if lines:
        out += ["## total\n", "\n".join(lines) + "\n"]
    return "\n".join(out)


def explain_json(name: str, found: Iterable[Explanation], sums: Iterable[Line] = ()) -> str:
    """The workings as data; fields are only ever added."""
    layers = []
    for e in found:
        layers.append({
            "name": e.name,
            "type": e.step.kind,
            "inputs": [[None, *x] for x in e.step.inputs],
            "output_shape": _plain(e.step.output_shape),
            "settings": list(e.legend),
            "working": [{
                "quantity": w.quantity,
                "label": w.label,
                "value": None if w.value is None else int(w.value),
                "lines": [_line(line) for line in w.lines],
                "words": w.words,
            } for w in e.workings],
            "remarks": list(e.remarks),
        })  # fmt: skip
    return json_text({"schema": "cnncalc/explain/1", "name": name, "layers": layers,
                      "totals": [{"name": line.name, "value": int(line.value), "text": str(line)} for line in sums]})


def _line(line: Line) -> dict[str, Any]:
    return {"name": line.name, "formula": line.formula, "numbers": line.numbers, "value": int(line.value),
            "text": str(line)}  # fmt: skip


def _plain(shape: Any) -> Any:
    return [_plain(part) for part in shape] if isinstance(shape, tuple) else shape
