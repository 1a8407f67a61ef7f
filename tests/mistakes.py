"""Students who make one mistake throughout: each replaces one rule of `Student` by a wrong one.

The names are those of published lists of mistakes. `wish` says what a network needs for the
mistake to show. Left out are those that no sheet of a network can hold: comparisons with a
network that is not there, hand calculation, and policies of what memory counts.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from students import Student


class Mistake(NamedTuple):
    name: str
    rules: dict[str, Any]
    columns: tuple[str, ...]
    wish: dict[str, Any] = {}

    def student(self) -> Student:
        return type("Mistaken", (Student,), self.rules)()


BOTH = ("output", "params")
S = Student
MAPS = ("conv", "sep", "depth")
NO_POOL = {"pools": 0}


def sized(rule, kinds=("conv", "pool", "avg", "sep", "depth")):
    """A rule for the places along an axis."""
    return {"size": lambda self, row, n: rule(self, row, n) if row["kind"] in kinds else S.size(self, row, n)}


def weighed(rule, kinds):
    """A rule for the parameters of these kinds of layers."""
    return {"params": lambda self, row, x, y: rule(row, x, y) if row["kind"] in kinds else S.params(self, row, x, y)}


def pads(row, n):
    return S().pixels(row, n)


MISTAKES = [
    # Parameters.
    Mistake("forgot-bias", {"bias": lambda self, row, x, y: 0}, BOTH),
    Mistake("forgot-input-channels", weighed(lambda r, x, y: (r["k"] ** 2 + 1) * r["f"], ("conv",)), BOTH),
    Mistake("forgot-input-channels+forgot-bias",
            weighed(lambda r, x, y: r["k"] ** 2 * r["f"] if r["kind"] == "conv" else x[-1] * r["u"], ("conv", "dense")), BOTH),
    Mistake("one-bias-per-layer", {"bias": lambda self, row, x, y: int(S.bias(self, row, x, y) > 0)}, BOTH),
    Mistake("bias-per-input-channel", {"bias": lambda self, row, x, y: x[-1] if row["kind"] in ("conv", "dense") else 0}, BOTH),
    Mistake("bias-as-input-unit", weighed(lambda r, x, y: x[-1] + r["u"], ("dense",)), BOTH),
    Mistake("added-instead-of-multiplied", weighed(lambda r, x, y: x[-1] + r["u"], ("dense",)), BOTH),
    Mistake("per-position-weights", weighed(lambda r, x, y: (r["k"] ** 2 * x[2] + 1) * r["f"] * y[0] * y[1], ("conv",)), BOTH),
    Mistake("multiplied-by-image-size",
            weighed(lambda r, x, y: r["k"] ** 2 * x[2] * r["f"] * x[0] * x[1] + r["f"], ("conv",)), BOTH),
    Mistake("forgot-number-of-filters", weighed(lambda r, x, y: r["k"] ** 2 * x[2], ("conv",)), BOTH),
    Mistake("kernel-area-forgotten", weighed(lambda r, x, y: x[2] * r["f"], ("conv",)), BOTH),
    Mistake("doubled", weighed(lambda r, x, y: 2 * r["k"] ** 2 * x[2] * r["f"], ("conv",)), BOTH),
    Mistake("counted-outputs", weighed(lambda r, x, y: math.prod(y), ("conv", "dense")), BOTH),
    Mistake("counted-inputs", weighed(lambda r, x, y: math.prod(x), ("conv", "dense")), BOTH),
    Mistake("pool-has-parameters", weighed(lambda r, x, y: 2 * x[2], ("pool",)), BOTH, {"pools": 1}),
    Mistake("AlexNet-groups", weighed(lambda r, x, y: r["k"] ** 2 * x[2] * r["f"] + r["f"], ("conv",)), BOTH,
            {"g": [2, 2, 4]}),
    Mistake("grouped-as-single-filter",
            weighed(lambda r, x, y: r["k"] ** 2 * x[2] * (r["f"] if r["g"] == 1 else 1) + (r["f"] if r["g"] == 1 else 0),
                    ("conv",)), BOTH, {"g": [2, 2, 4]}),
    Mistake("depthwise-vs-standard",
            weighed(lambda r, x, y: r["k"] ** 2 * x[2] * y[2] + y[2], ("sep", "depth")), BOTH, {"kinds": ["sep", "sep", "depth"]}),
    Mistake("separable-bias-convention",
            weighed(lambda r, x, y: r["k"] ** 2 * x[2] + x[2] + x[2] * r["f"] + r["f"], ("sep",)), BOTH, {"kinds": ["sep"]}),
    Mistake("BN-2C-vs-4C", {"norm": lambda self, row, x: 2 * x[-1]}, BOTH, {"bn": True}),
    Mistake("BN-one-per-channel", {"norm": lambda self, row, x: x[-1]}, BOTH, {"bn": True}),
    Mistake("BN-per-activation", {"norm": lambda self, row, x: 2 * math.prod(x)}, BOTH, {"bn": True}),
    Mistake("dilation-changes-params",
            weighed(lambda r, x, y: (r["k"] + (r["k"] - 1) * (r["d"] - 1)) ** 2 * x[2] * r["f"] + r["f"], ("conv",)), BOTH,
            {"d": [2, 3], "k": [3]}),
    Mistake("LeNet-C3-full-vs-partial",
            weighed(lambda r, x, y: r["k"] ** 2 * (60 if (x[2], r["f"]) == (6, 16) else x[2] * r["f"]) + r["f"], ("conv",)), BOTH,
            {"lenet": True}),
    Mistake("wrong-input-channels",
            weighed(lambda r, x, y: r["k"] ** 2 * ({1: 3, 3: 1}[x[2]] if r["name"] == "conv1" else x[2]) * r["f"] + r["f"],
                    ("conv",)), BOTH),
    # Sizes of outputs.
    Mistake("forgot-plus-one", sized(lambda self, r, n: (n + pads(r, n) - self.span(r)) // r["s"]), ("output",)),
    Mistake("ceil-or-round-instead-of-floor",
            sized(lambda self, r, n: math.ceil((n + pads(r, n) - self.span(r)) / r["s"]) + 1 if r["p"] != "same"
                  else -(-n // r["s"])), ("output",), {"s": [2, 2, 3]}),
    Mistake("kernel-not-subtracted", sized(lambda self, r, n: (n + pads(r, n)) // r["s"]), ("output",)),
    Mistake("stride-ignored", {"stride": lambda self, row: 1, **sized(
        lambda self, r, n: n if r["p"] == "same" else n + pads(r, n) - self.span(r) + 1)}, ("output",), {"s": [2, 2, 3]}),
    Mistake("pad-added-once", sized(lambda self, r, n: (n + (r["p"] if isinstance(r["p"], int) else pads(r, n)) - self.span(r)) // r["s"] + 1),
            ("output",), {"p": [1, 2, 3], "k": [5, 7]}),
    Mistake("padding-applied-twice",
            sized(lambda self, r, n: (n + 2 * pads(r, n) - self.span(r)) // r["s"] + 1), ("output",), {"p": [1, 2, 3], "k": [5, 7]}),
    Mistake("2p-vs-total-p", sized(lambda self, r, n: (n + 2 * pads(r, n) - self.span(r)) // r["s"] + 1), ("output",),
            {"p": [1, 2, 3], "k": [5, 7]}),
    Mistake("same-padding-equals-kernel",
            sized(lambda self, r, n: (n + (2 * r["k"] if r["p"] == "same" else pads(r, n)) - self.span(r)) // r["s"] + 1),
            ("output",), {"p": ["same"], "k": [3, 5]}),
    Mistake("same-padding-is-always-1",
            sized(lambda self, r, n: (n + (2 if r["p"] == "same" else pads(r, n)) - self.span(r)) // r["s"] + 1),
            ("output",), {"p": ["same"], "k": [5, 7]}),
    Mistake("assumed-same-padding", sized(lambda self, r, n: -(-n // r["s"])), ("output",), {"p": ["valid"], **NO_POOL}),
    Mistake("same-with-stride-floor", sized(lambda self, r, n: n // r["s"] if r["p"] == "same" else S.size(self, r, n)),
            ("output",), {"p": ["same"], "s": [2, 3], **NO_POOL}),
    Mistake("TF-valid-floor-formula", sized(lambda self, r, n: (n - self.span(r) + 1) // r["s"]), ("output",),
            {"p": ["valid"], "s": [2, 3], "k": [3, 4, 5], **NO_POOL}),
    Mistake("output-depth-is-input-depth", {"depth": lambda self, row, x: x[2]}, ("output",), {"channels": 3}),
    Mistake("pool-changes-channels",
            {"depth": lambda self, row, x: x[2] // row["s"] if row["kind"] == "pool" else S.depth(self, row, x)}, ("output",),
            {"pools": 1}),
    Mistake("pool-acts-on-channels",
            {"places": lambda self, row, x: [x[0], x[1]] if row["kind"] == "pool" else S.places(self, row, x),
             "depth": lambda self, row, x: x[2] // row["s"] if row["kind"] == "pool" else S.depth(self, row, x)},
            ("output",), {"pools": 1}),
    Mistake("pool-default-stride",
            sized(lambda self, r, n: n - r["k"] + 1 if r["kind"] == "pool" else S.size(self, r, n)), ("output",), {"pools": 1}),
    Mistake("pool-default-stride",
            sized(lambda self, r, n: (n - r["k"]) // r["k"] + 1 if r["kind"] == "pool" else S.size(self, r, n)), ("output",),
            {"pools": 1, "pk": [3], "ps": [2]}),
    Mistake("pad-added-to-channels",
            {"depth": lambda self, row, x: S.depth(self, row, x) + (2 * row["p"] if isinstance(row["p"], int) else 0)}, ("output",),
            {"p": [1, 2], "k": [3, 5]}),
    Mistake("dilation-ignored", {"span": lambda self, row: row["k"]}, ("output",), {"d": [2, 3], "p": ["valid"], "k": [3]}),
    Mistake("dilation-base-0-vs-1", {"span": lambda self, row: row["k"] + (row["k"] - 1) * (row.get("d", 1) - (row["kind"] != "conv"))},
            ("output",), {"p": ["valid"], "d": [2], "k": [3, 5]}),
    Mistake("h-w-swapped", {"output": lambda self, row, x: (
        lambda y: (y[1], y[0], y[2]) if len(y) == 3 and row["name"] == "conv1" else y)(S.output(self, row, x))}, ("output",),
            {"oblong": True, "convs": 1, **NO_POOL, "headless": True}),
    Mistake("transposed-output-padding", {"grown": lambda self, row, n: n * row["s"]}, ("output",),
            {"kinds": ["up"], "headless": True, **NO_POOL}),
    Mistake("transposed-output-padding", {"grown": lambda self, row, n: (n - 1) * row["s"] - 2 * row["p"] + row["k"]}, ("output",),
            {"kinds": ["up"], "a": [1], "headless": True, **NO_POOL}),
    Mistake("transposed-course-vs-framework",
            {"grown": lambda self, row, n: (n - 1) * row["s"] - row["p"] + row["k"] + (row.get("a") or 0)}, ("output",),
            {"kinds": ["up"], "headless": True, **NO_POOL}),
    Mistake("transposed-used-direct-formula",
            {"grown": lambda self, row, n: max(1, (n + 2 * row["p"] - row["k"]) // row["s"] + 1)}, ("output",),
            {"kinds": ["up"], "headless": True, **NO_POOL}),
    Mistake("channel-order", {"sheet": lambda self, size, rows, columns: {
        name: {c: [v[2], v[0], v[1]] if c == "output" and len(v) == 3 else v for c, v in cells.items()}
        for name, cells in S.sheet(self, size, rows, columns).items()}}, ("output",)),
    # Receptive fields.
    Mistake("rf-adds-k", {"field": lambda self, row, r, j: (r + row["k"], j * row["s"]) if "k" in row else (r, j),
                          "first": (0, 1)}, ("receptive_field",), {"headless": True}),
    Mistake("rf-adds-k", {"field": lambda self, row, r, j: (r + row["k"] * j, j * row["s"]) if "k" in row else (r, j)},
            ("receptive_field",), {"headless": True}),
    Mistake("rf-own-stride",
            {"field": lambda self, row, r, j: (r + (row["k"] - 1) * j * row["s"], j * row["s"]) if "k" in row else (r, j)},
            ("receptive_field",), {"headless": True, "pools": 1}),
    Mistake("rf-own-stride",
            {"field": lambda self, row, r, j: (r * row["s"] + row["k"] - row["s"], j * row["s"]) if "k" in row else (r, j)},
            ("receptive_field",), {"headless": True, "pools": 1}),
    Mistake("rf-equals-stride-product",
            {"field": lambda self, row, r, j: (j * row["s"], j * row["s"]) if "k" in row else (r, j)},
            ("receptive_field",), {"headless": True, "pools": 1}),
    Mistake("rf-pooling-ignored",
            {"field": lambda self, row, r, j: (r, j) if row["kind"] == "pool" else S.field(self, row, r, j)},
            ("receptive_field",), {"headless": True, "pools": 1}),
    Mistake("rf-pooling-ignored",
            {"field": lambda self, row, r, j: (r + (row["k"] - 1) * j, j) if row["kind"] == "pool" else S.field(self, row, r, j)},
            ("receptive_field",), {"headless": True, "pools": 1}),
    Mistake("dilation-ignored",
            {"field": lambda self, row, r, j: (r + (row["k"] - 1) * j, j * row["s"]) if "k" in row else (r, j)},
            ("receptive_field",), {"headless": True, "d": [2, 3], "k": [3]}),
    Mistake("rf-row-shifted", {"sheet": lambda self, size, rows, columns: (lambda right: {
        row["name"]: {"receptive_field": before} for row, before in zip(rows, [1, *[
            cells["receptive_field"] for cells in right.values()]])})(S.sheet(self, size, rows, columns))},
            ("receptive_field",), {"headless": True, "convs": 4}),
    # Work and memory.
    Mistake("MACs-vs-FLOPs", {"flops": lambda self, row, x, y: self.macs(row, x, y)}, ("flops",)),
    Mistake("MACs-vs-FLOPs", {"macs": lambda self, row, x, y: 2 * S.macs(self, row, x, y)}, ("macs",)),
    Mistake("MACs-called-parameters", weighed(lambda r, x, y: S().macs(r, x, y), ("conv",)), ("params",)),
    Mistake("connections-without-bias",
            {"macs": lambda self, row, x, y: S.macs(self, row, x, y) + (math.prod(y) if row["kind"] in ("conv", "dense") else 0)},
            ("macs",)),
    Mistake("forgot-4-bytes", {"memory": lambda self, row, x, y: math.prod(y)}, ("memory",)),
    Mistake("counts-gradients", {"memory": lambda self, row, x, y: 8 * math.prod(y)}, ("memory",)),
    Mistake("MB-vs-MiB", {"memory": lambda self, row, x, y: f"{4 * math.prod(y) / 2**20:.4f} MB"}, ("memory",),
            {"headless": True}),
    # More mistakes about weights, padding, sizes and fields.
    *[Mistake("pool-has-parameters", weighed(rule, ("pool",)), BOTH, {"pools": 1}) for rule in (
        lambda r, x, y: r["k"] ** 2 * x[2], lambda r, x, y: (r["k"] ** 2 + 1) * x[2], lambda r, x, y: r["k"] ** 2)],
    Mistake("padding-ignored", sized(lambda self, r, n: (n - self.span(r)) // r["s"] + 1), ("output",), {"p": [1, 2, 3], "k": [5, 7]}),
    Mistake("kernel-side-for-area", weighed(lambda r, x, y: r["k"] * x[2] * r["f"] + r["f"], ("conv",)), BOTH),
    Mistake("kernel-side-for-area", weighed(lambda r, x, y: r["k"] * x[2] * r["f"], ("conv",)), BOTH),
    Mistake("multiplied-by-image-size", weighed(lambda r, x, y: r["k"] ** 2 * x[2] * r["f"] * x[0] * x[1], ("conv",)), BOTH),
    Mistake("multiplied-by-image-size", weighed(lambda r, x, y: (r["k"] ** 2 * x[2] + 1) * r["f"] * x[0] * x[1], ("conv",)), BOTH),
    Mistake("per-position-weights", weighed(lambda r, x, y: r["k"] ** 2 * x[2] * r["f"] * y[0] * y[1] + r["f"], ("conv",)), BOTH),
    Mistake("counted-outputs", weighed(lambda r, x, y: y[0] * y[1], ("conv",)), BOTH),
    Mistake("plus-one-twice", sized(lambda self, r, n: S.size(self, r, n) + 1), ("output",)),
    Mistake("assumed-same-padding", sized(lambda self, r, n: n), ("output",), {"p": ["valid"], "s": [2, 3], **NO_POOL}),
    Mistake("pool-changes-channels",
            {"depth": lambda self, row, x: x[2] // row["k"] ** 2 if row["kind"] == "pool" else S.depth(self, row, x)}, ("output",),
            {"pools": 1, "growing": True}),
    Mistake("rf-multiplied", {"field": lambda self, row, r, j: (r * row["k"], j * row["s"]) if "k" in row else (r, j)},
            ("receptive_field",), {"headless": True}),
    Mistake("transposed-forgot-minus-one",
            {"grown": lambda self, row, n: n * row["s"] - 2 * row["p"] + row["k"] + (row.get("a") or 0)}, ("output",),
            {"kinds": ["up"], "headless": True, **NO_POOL}),
    Mistake("rf-own-window-only", {"field": lambda self, row, r, j: (self.span(row), j * row["s"]) if "k" in row else (r, j)},
            ("receptive_field",), {"headless": True}),
    Mistake("rf-forgot-first-pixel", {"first": (0, 1)}, ("receptive_field",), {"headless": True}),
]
#: Mistakes that give the same numbers whatever the network: which was meant, nobody can tell.
SAME = [{"bias-as-input-unit", "added-instead-of-multiplied"}, {"2p-vs-total-p", "padding-applied-twice"}]
