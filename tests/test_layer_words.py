"""What every kind of layer says and counts, row by row of cases.py, read once and kept word for word.

Numbers are judged elsewhere, by Keras, by loops and by formulas; here no name of a weight, no count, no note, no remark
and no refusal changes unseen. To write golden/layer-words.txt anew, after reading what changed in it:

    python tests/test_layer_words.py
"""

from __future__ import annotations

from pathlib import Path

from cases import CASES

from cnncalc.errors import CnncalcError
from cnncalc.layers import KINDS, Shape, build

GOLDEN = Path(__file__).parent / "golden" / "layer-words.txt"


def told(row) -> str:
    """One row: what comes out, the weights by name, and what it counts."""
    layer = build(KINDS[row.kind], row.settings)
    xs = tuple(Shape(x) for x in row.inputs)
    viewed = layer.viewed(xs)
    weights = " ".join(f"{w.name}{tuple(w.shape)}{'' if w.trainable else '*'}{w.dtype or ''}" for w in layer.owned(xs))
    counts = ", ".join(f"{name} {count}" for name, count in layer.operations(*viewed).items())
    written = ", ".join(f"{key}={value!r}" for key, value in layer.arguments().items())
    parts = [f"{row.kind}({written}) on {', '.join(map(str, row.inputs))}", weights, f"MACs {layer.macs(*viewed)}", counts]
    lines = [" | ".join(" ".join(part.split()) for part in parts if part)]
    lines += [f"  note: {note}" for note in layer.notes(*viewed)] + [f"  remark: {remark}" for remark in layer.remarks(*viewed)]
    return "\n".join(lines)


def refused(row) -> list[str]:
    """What the layer of a row says of no input, of one too many, and of inputs with an axis less and more."""
    layer = build(KINDS[row.kind], row.settings)
    xs = tuple(Shape(x) for x in row.inputs)
    tries = {
        "nothing": (), "one more": (*xs, xs[0]) if xs else (Shape((3,)),),
        "an axis less": tuple(Shape(x[1:]) for x in xs), "an axis more": tuple(Shape((2, *x)) for x in xs),
        "sizes of 1": tuple(Shape((1,) * len(x)) for x in xs), "no known size": tuple(Shape((None,) * len(x)) for x in xs),
    }
    lines = []
    for name, given in tries.items():
        try:
            lines.append(f"  {name}: {', '.join(str(tuple(y)) for y in layer.apply(given))}")
        except CnncalcError as error:
            for e in error:
                hint = getattr(e, "hint", None)
                lines.append(f"  {name}: refused: {getattr(e, 'problem', e)}" + (f" / {hint}" if hint else ""))
    return lines


def everything() -> str:
    seen, lines = set(), []
    for row in CASES:
        lines.append(told(row))
        if row.kind not in seen:
            seen.add(row.kind)
            lines += refused(row)
    return "\n".join(lines) + "\n"


def test_every_layer_says_and_counts_what_it_did():
    assert everything().split("\n") == GOLDEN.read_text().split("\n")


if __name__ == "__main__":
    GOLDEN.write_text(everything())
