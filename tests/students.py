"""Students who fill in sheets by hand: the arithmetic written out anew, right, or wrong in one way throughout.

A network is a list of plain rows; `Student` works out every column of a sheet from them,
each value from its own earlier ones. A mistake replaces one of the student's rules.
"""

from __future__ import annotations

import math
import random
from typing import Any

KINDS = {"conv": "Conv2D", "pool": "MaxPooling2D", "avg": "AveragePooling2D", "bn": "BatchNormalization", "flat": "Flatten",
         "dense": "Dense", "sep": "SeparableConv2D", "depth": "DepthwiseConv2D", "up": "Conv2DTranspose",
         "relu": "ReLU"}


def spec(size, rows) -> dict[str, Any]:
    """The network as an architecture file has it."""
    layers = []
    for row in rows:
        settings: dict[str, Any] = {}
        if row["kind"] in ("conv", "sep", "up"):
            settings["filters"] = row["f"]
        if row["kind"] in ("conv", "sep", "depth", "up"):
            settings.update(kernel_size=row["k"], strides=row["s"], padding=row["p"])
            if row.get("d", 1) != 1:
                settings["dilation_rate"] = row["d"]
            if row.get("g", 1) != 1:
                settings["groups"] = row["g"]
            if row.get("a") is not None:
                settings["output_padding"] = row["a"]
        if row["kind"] in ("pool", "avg"):
            settings.update(pool_size=row["k"], strides=row["s"], padding=row["p"])
        if row["kind"] == "dense":
            settings["units"] = row["u"]
        layers.append({KINDS[row["kind"]]: settings, "name": row["name"]})
    return {"input": list(size), "layers": layers}


class Student:
    """Everything right. Sizes are (h, w, c), or (n,) behind Flatten."""

    def pixels(self, row, n):
        """How many pixels are added along an axis of n, in all."""
        if row["p"] == "same":
            out = -(-n // row["s"])
            return max(0, (out - 1) * row["s"] + self.span(row) - n)
        return 0 if row["p"] == "valid" else 2 * row["p"]

    def span(self, row):
        return row["k"] + (row["k"] - 1) * (row.get("d", 1) - 1)

    def stride(self, row):
        return row["s"]

    def size(self, row, n):
        return (n + self.pixels(row, n) - self.span(row)) // self.stride(row) + 1

    def depth(self, row, x):
        return row["f"] if row["kind"] in ("conv", "sep", "up") else x[2]

    def places(self, row, x):
        return [self.size(row, x[0]), self.size(row, x[1])]

    def grown(self, row, n):
        if row["p"] == "same":
            return n * row["s"]
        if row["p"] == "valid":
            return (n - 1) * row["s"] + max(row["k"], row["s"])
        return (n - 1) * row["s"] - 2 * row["p"] + row["k"] + (row.get("a") or 0)

    def output(self, row, x):
        if row["kind"] in ("bn", "relu"):
            return x
        if row["kind"] == "flat":
            return (math.prod(x),)
        if row["kind"] == "dense":
            return (*x[:-1], row["u"])
        if row["kind"] == "up":
            return (self.grown(row, x[0]), self.grown(row, x[1]), row["f"])
        return (*self.places(row, x), self.depth(row, x))

    def kernel(self, row, x, y):
        if row["kind"] == "conv":
            return row["k"] ** 2 * (x[2] // row.get("g", 1)) * row["f"]
        if row["kind"] == "up":
            return row["k"] ** 2 * x[2] * row["f"]
        if row["kind"] == "sep":
            return row["k"] ** 2 * x[2] + x[2] * row["f"]
        if row["kind"] == "depth":
            return row["k"] ** 2 * x[2]
        if row["kind"] == "dense":
            return x[-1] * row["u"]
        return 0

    def bias(self, row, x, y):
        return {"conv": row.get("f", 0), "sep": row.get("f", 0), "up": row.get("f", 0), "dense": row.get("u", 0),
                "depth": x[-1]}.get(row["kind"], 0)

    def norm(self, row, x):
        return 4 * x[-1]

    def params(self, row, x, y):
        return self.norm(row, x) if row["kind"] == "bn" else self.kernel(row, x, y) + self.bias(row, x, y)

    def macs(self, row, x, y):
        if row["kind"] in ("conv", "sep", "depth"):
            return Student.kernel(self, row, x, y) * y[0] * y[1]
        if row["kind"] == "up":
            return Student.kernel(self, row, x, y) * x[0] * x[1]
        return Student.kernel(self, row, x, y) * math.prod(x[:-1]) if row["kind"] == "dense" else 0

    def flops(self, row, x, y):
        return 2 * self.macs(row, x, y)

    def memory(self, row, x, y):
        return 4 * math.prod(y)

    first = (1, 1)

    def field(self, row, r, j):
        """The receptive field and jump behind a layer."""
        if row["kind"] not in ("conv", "pool", "avg", "sep", "depth"):
            return r, j
        return r + (self.span(row) - 1) * j, j * row["s"]

    def sheet(self, size, rows, columns) -> dict[str, dict[str, Any]]:
        """The filled sheet, with a total row for numbers that add up."""
        x, (r, j), found = tuple(size), self.first, {}
        for row in rows:
            y = self.output(row, x)
            r, j = self.field(row, r, j)
            values = {"output": list(y), "activations": math.prod(y), "params": self.params(row, x, y),
                      "macs": self.macs(row, x, y), "flops": self.flops(row, x, y), "memory": self.memory(row, x, y),
                      "receptive_field": r, "jump": j}
            found[row["name"]] = {c: values[c] for c in columns}
            x = tuple(y)
        adding = [c for c in columns if c in ("params", "macs", "flops")]
        if adding:
            found["total"] = {c: sum(cells[c] for cells in found.values()) for c in adding}
        return found


def fits(size, rows) -> bool:
    """Whether every layer has something to look at, for a student who is right."""
    x, right = tuple(size), Student()
    for row in rows:
        if row["kind"] in ("conv", "pool", "avg", "sep", "depth"):
            if min(x[0] + right.pixels(row, x[0]), x[1] + right.pixels(row, x[1])) < right.span(row):
                return False
            if row.get("g", 1) > 1 and (x[2] % row["g"] or row["f"] % row["g"]):
                return False
        x = tuple(right.output(row, x))
    return all(n >= 1 for n in x)


def network(rng: random.Random, **wish: Any):
    """A random network in the manner of exercises: (input size, rows)."""
    for _ in range(10_000):
        size, rows = _drawn(rng, wish)
        if fits(size, rows):
            return size, rows
    raise AssertionError(f"no network with {wish}")


def _drawn(rng, wish):
    side = rng.choice([28, 32, 48, 64, 96, 100, 128, 150, 200, 224])
    size = (side, side if rng.random() < 0.8 and not wish.get("oblong") else side + rng.choice([6, 10, 16, 25]),
            wish.get("channels") or rng.choice([1, 3, 3, 3]))
    rows: list[dict[str, Any]] = []

    def add(kind, **values):
        rows.append({"kind": kind, "name": f"{kind}{sum(r['kind'] == kind for r in rows) + 1}", **values})

    widths = rng.sample([6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 50, 64, 96], 5)
    if wish.get("growing"):
        widths.sort()
    for i in range(wish.get("convs") or rng.randint(2, 4)):
        k = rng.choice(wish.get("k") or [3, 3, 3, 5, 5, 7])
        p = rng.choice(wish.get("p") or ["valid", "valid", "same", k // 2, 1])
        s = rng.choice(wish.get("s") or [1, 1, 1, 2, 3])
        d = rng.choice(wish.get("d") or [1])
        if s > 1 and d > 1:
            s = 1
        kind = rng.choice(wish.get("kinds") or ["conv"]) if i else "conv"
        if kind == "up":
            add("up", f=widths[i], k=k, s=rng.choice([2, 3]), p=rng.choice([0, 1]), a=rng.choice(wish.get("a") or [None]))
        else:
            g = rng.choice(wish.get("g") or [1]) if i and kind == "conv" else 1
            add(kind, f=widths[i], k=k, s=s, p=p, d=d, g=g)
        if wish.get("bn") or rng.random() < 0.15:
            add("bn")
        if rng.random() < wish.get("pools", 0.7):
            add("pool", k=rng.choice(wish.get("pk") or [2, 2, 3]), s=rng.choice(wish.get("ps") or [2, 2, 2, 3]),
                p=rng.choice(wish.get("pp") or ["valid"]))
    if not wish.get("headless"):
        add("flat")
        for u in rng.sample([10, 16, 32, 64, 84, 100, 120, 128, 256], rng.randint(1, 3)):
            add("dense", u=u)
    return size, rows
