"""The answers to quiz questions worked out anew, from nothing but the text of the question's file or stem."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import yaml
from students import Student

KIND_NAMES = {"Conv2D": "conv", "MaxPooling2D": "pool", "AveragePooling2D": "avg", "Flatten": "flat", "Dense": "dense", "SeparableConv2D": "sep",
              "Conv2DTranspose": "up"}


def rows_of(text: str) -> tuple[tuple[int, ...], list[dict[str, Any]]]:
    """The network of an architecture file as plain rows."""
    data = yaml.safe_load(text)
    rows = []
    for entry in data["layers"]:
        (kind, settings), = [(key, value) for key, value in entry.items() if key not in ("name", "inputs", "weights")]
        s = settings or {}
        rows.append({"kind": KIND_NAMES.get(kind, kind), "name": entry["name"], "k": s.get("kernel_size", s.get("pool_size")), "f": s.get("filters"),
                     "s": s.get("strides", 1 if "kernel_size" in s else s.get("pool_size")), "p": s.get("padding", "valid"),
                     "d": s.get("dilation_rate", 1), "g": s.get("groups", 1), "u": s.get("units"), "a": s.get("output_padding"),
                     "inputs": entry.get("inputs")})
    size = data["input"] if isinstance(data["input"], str) else None
    return tuple(map(int, size.split("x"))) if size else (), rows


class Spread(Student):
    """A student who knows dilated transposed convolutions, too."""

    def grown(self, row: Any, n: int) -> int:
        return int((n - 1) * row["s"] - 2 * (row["p"] if row["p"] != "valid" else 0) + self.span(row) + (row["a"] or 0))


def answer(text: str, layer: str, quantity: str, student: Student | None = None) -> Any:
    """What a student answers, who makes no mistake unless given."""
    size, rows = rows_of(text)
    if any([row["kind"] == "Concatenate" for row in rows]):
        student = student or Spread()
        outputs = {row["name"]: student.output(row, size) for row in rows[:-1]}
        a, b = (outputs[name] for name in rows[-1]["inputs"])
        assert a[:2] == b[:2]
        return (*a[:2], a[2] + b[2])
    sheet = (student or Spread()).sheet(size, [row for row in rows if row], ["output", "params", "macs", "memory", "receptive_field"])
    value = sheet[layer][quantity]
    return tuple(value) if quantity == "output" else value


def by_hand(text: str) -> list[list[int]]:
    """A small map, number by number."""
    data = yaml.safe_load(text)
    entry = data["layers"][0]
    (kind, s), = [(key, value) for key, value in entry.items() if key not in ("name", "weights")]
    values = data["input"]["values"]
    image = [[cell if isinstance(cell, list) else [cell] for cell in row] for row in values]
    n, depth = len(image), len(image[0][0])
    if kind == "MaxPooling2D":
        k, stride = s["pool_size"], s["strides"]
        places = range(0, n - k + 1, stride)
        return [[max(image[i + a][j + b][0] for a, b in product(range(k), repeat=2)) for j in places] for i in places]
    kernel = [[cell if isinstance(cell, list) else [cell] for cell in row] for row in entry["weights"]["kernel"]]
    k, stride, pad, d = s["kernel_size"], s.get("strides", 1), s.get("padding", 0), s.get("dilation_rate", 1)
    places = range(-pad, n + pad - d * (k - 1), stride)

    def at(i: int, j: int, c: int) -> int:
        return image[i][j][c] if 0 <= i < n and 0 <= j < n else 0

    found = [[entry["weights"]["bias"] + sum(kernel[a][b][c] * at(i + a * d, j + b * d, c) for a, b, c in product(range(k), range(k), range(depth)))
              for j in places] for i in places]
    return [[max(0, cell) for cell in row] for row in found] if s.get("activation") == "relu" else found


def places(n: int, k: int, s: int = 1, p: int = 0, d: int = 1) -> int:
    return (n + 2 * p - d * (k - 1) - 1) // s + 1


def solutions(stem: str, level: int) -> list[int]:
    """Every answer to a question asked backwards, tried one by one."""
    numbers = [int(n) for n in re.findall(r"\d+", stem)]
    if level == 1:
        k, _, s, p, out, _ = numbers
        return [n for n in range(1, 500) if n + 2 * p >= k and places(n, k, s, p) == out]
    if level == 2:
        k, _, s, n, _, out, _ = numbers
        return [p for p in range(60) if places(n, k, s, p) == out]
    if level == 3:
        n, _, k, _, s, p, s2, p2, out, _ = numbers
        middle = places(n, k, s, p)
        return [x for x in range(1, middle + 2 * p2 + 1) if places(middle, x, s2, p2) == out]
    k, _, s, p, n, _, out, *_ = numbers
    return [d for d in range(1, 60) if n + 2 * p >= d * (k - 1) + 1 and places(n, k, s, p, d) == out]


def settings_right(stem: str, level: int, text: str) -> bool:
    """Whether a choice of settings does what the stem asks for."""
    numbers = [int(n) for n in re.findall(r"\d+", stem)]
    a, b, c = (int(n) for n in re.findall(r"= (\d+)", text))
    if level == 3:
        _, wanted, _ = numbers[:3]
        return a + (c - 1) * b == wanted
    n, _, out, _ = numbers[:4]
    if level == 4:
        return (n - 1) * b - 2 * c + a == out
    return places(n, a, b, c) == out
