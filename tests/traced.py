"""What Keras's layers multiply, read off the computation that JAX traces them to.

    python tests/traced.py rows.json      [[kind, settings, shapes], ...] -> [products, ...]

Runs in a process of its own, for Keras has one backend in each. A product counts where it is
one of a sum: in `dot_general` and in convolutions, with the zeros of the padding, but without
those that a transposed convolution puts between its inputs.
"""

from __future__ import annotations

import json
import math
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"
os.environ.setdefault("JAX_PLATFORMS", "cpu")


def products(jaxpr, spread: bool) -> int:
    """The products of a traced computation; `spread` for a transposed convolution."""
    total = 0
    for eqn in jaxpr.eqns:
        name = eqn.primitive.name
        if name == "dot_general":
            total += dot(eqn)
        elif name == "conv_general_dilated":
            total += convolution(eqn, spread)
        else:
            times = eqn.params["length"] if name == "scan" else 1
            assert name != "while", "a loop of unknown length"
            total += times * sum(products(inner, spread) for inner in inside(eqn.params))
    return total


def inside(value):
    """The computations inside another one."""
    if hasattr(value, "eqns"):
        yield value
    elif hasattr(value, "jaxpr"):
        yield from inside(value.jaxpr)
    elif isinstance(value, dict):
        for item in value.values():
            yield from inside(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from inside(item)


def dot(eqn) -> int:
    (contracted, _), _ = eqn.params["dimension_numbers"]
    left = eqn.invars[0].aval.shape
    return math.prod(eqn.outvars[0].aval.shape) * math.prod(left[axis] for axis in contracted)


def convolution(eqn, spread: bool) -> int:
    lhs, rhs, out = [var.aval.shape for var in (*eqn.invars[:2], eqn.outvars[0])]
    p = eqn.params
    numbers = p["dimension_numbers"]
    inputs = rhs[numbers.rhs_spec[1]]  # of one group
    total = out[numbers.out_spec[0]] * out[numbers.out_spec[1]] * inputs
    for axis in range(len(out) - 2):
        n, k = lhs[numbers.lhs_spec[2 + axis]], rhs[numbers.rhs_spec[2 + axis]]
        places, holes = out[numbers.out_spec[2 + axis]], p["lhs_dilation"][axis]
        before = p["padding"][axis][0]
        hits = 0
        for o in range(places):
            for t in range(k):
                at = o * p["window_strides"][axis] + t * p["rhs_dilation"][axis] - before
                hits += not spread or (0 <= at <= (n - 1) * holes and at % holes == 0)
        total *= hits
    return total


def main(path: str) -> None:
    import jax
    import oracle

    from cnncalc.layers import KINDS, build

    found = []
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)
    for kind, settings, shapes in rows:
        layer = build(KINDS[kind], settings)
        made, _ = oracle.keras_call(layer, [tuple(shape) for shape in shapes])
        integers = kind in ("Embedding", "ReversibleEmbedding", "CategoryEncoding", "Hashing")
        xs = [jax.numpy.ones((1, *shape), "int32" if integers else "float32") for shape in shapes]
        traced = jax.make_jaxpr(lambda *xs, layer=layer, made=made: oracle.call(layer, made, list(xs)))(*xs)
        found.append(products(traced.jaxpr, "Transpose" in kind))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
