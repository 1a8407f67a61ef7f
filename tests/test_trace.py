"""Numbers through the network: Keras's forward pass, counting, and what was worked out by hand elsewhere."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import pytest

import cnncalc
from cnncalc.hand import compute
from cnncalc.hand.compute import can_compute
from cnncalc.layers import KINDS, Shape


def network(input, *layers, **more):
    """The network of these entries, with its input's values."""
    return cnncalc.loads(json.dumps({"input": input, "layers": layers, **more}))


def flat(array):
    return list(array.data)


# Random layers: what each kind can be told on an input of this shape.


def axes(rank, rng, least, most, even=False):
    """A number for all axes, or one for each."""
    if rank == 1 or rng.random() < 0.6 or even:
        return rng.randint(least, most)
    return [rng.randint(least, most) for _ in range(rank)]


def steps(rank, rng, both=False):
    """Strides, or a dilation, or neither; `both` at once where Keras takes that."""
    choice = rng.randrange(4)
    found = {}
    if choice == 1 or (both and choice == 3):
        found["strides"] = rng.randint(2, 3)
    if choice == 2 or (both and choice == 3):
        found["dilation_rate"] = rng.randint(2, 3)
    return found


def layout(rng):
    return {"data_format": "channels_first"} if rng.random() < 0.2 else {}


ACTIVATIONS = (None, None, "relu", "relu6", "hard_tanh", "linear", "hard_shrink", "soft_shrink", "sparse_sigmoid")


def conv(rank, rng, shape):
    form = layout(rng)
    channels = shape[0] if form else shape[-1]
    groups = rng.choice([g for g in (1, 1, 2, 3) if channels % g == 0])
    padding = rng.choice(["valid", "same", "causal"] if rank == 1 and not form else ["valid", "same"])
    return dict(filters=groups * rng.randint(1, 2), kernel_size=axes(rank, rng, 1, 3), padding=padding, groups=groups,
                use_bias=rng.random() < 0.7, activation=rng.choice(ACTIVATIONS), **steps(rank, rng), **form)


def depthwise(rank, rng, shape):
    return dict(kernel_size=rng.randint(1, 3), padding=rng.choice(["valid", "same"]), depth_multiplier=rng.randint(1, 2),
                use_bias=rng.random() < 0.7, activation=rng.choice(ACTIVATIONS), **steps(rank, rng), **layout(rng))


def separable(rank, rng, shape):
    return dict(filters=rng.randint(1, 3), **depthwise(rank, rng, shape))


def transposed(rank, rng, shape):
    said = dict(filters=rng.randint(1, 2), kernel_size=axes(rank, rng, 1, 4), padding=rng.choice(["valid", "same"]),
                use_bias=rng.random() < 0.7, activation=rng.choice(ACTIVATIONS), **steps(rank, rng), **layout(rng))
    if "strides" in said and rng.random() < 0.4:
        said["output_padding"] = rng.randint(0, said["strides"] - 1)
    return said


def pool(rank, rng, shape):
    said = dict(pool_size=axes(rank, rng, 1, 3), padding=rng.choice(["valid", "same"]), **layout(rng))
    if rng.random() < 0.5:
        said["strides"] = axes(rank, rng, 1, 3)
    return said


def pairs(rank, rng, most=2):
    if rank == 1 and rng.random() < 0.5:
        return rng.randint(0, most)
    return [[rng.randint(0, most), rng.randint(0, most)] for _ in range(rank)] if rank > 1 else [rng.randint(0, most), 1]


def cropping(rank, rng, shape):
    return dict(cropping=pairs(rank, rng, 1), **(layout(rng) if rank > 1 else {}))


def dyadic(rng, *values):
    return rng.choice(values)


#: kind: settings for an input of so many spatial axes and this shape
OF_RANK = {
    "Conv{}D": conv,
    "Conv{}DTranspose": transposed,
    "MaxPooling{}D": pool,
    "AveragePooling{}D": pool,
    "GlobalMaxPooling{}D": lambda rank, rng, shape: dict(keepdims=rng.random() < 0.5, **layout(rng)),
    "GlobalAveragePooling{}D": lambda rank, rng, shape: dict(keepdims=rng.random() < 0.5, **layout(rng)),
    "AdaptiveMaxPooling{}D": lambda rank, rng, shape: {"output_size": rng.randint(1, 3)},
    "AdaptiveAveragePooling{}D": lambda rank, rng, shape: {"output_size": rng.randint(1, 3)},
    "ZeroPadding{}D": lambda rank, rng, shape: dict(padding=pairs(rank, rng), **(layout(rng))),
    "Cropping{}D": cropping,
    "UpSampling{}D": lambda rank, rng, shape: dict(size=axes(rank, rng, 1, 3) if rank > 1 else rng.randint(1, 3),
                                                   **(layout(rng) if rank > 1 else {})),
    "SpatialDropout{}D": lambda rank, rng, shape: {"rate": 0.5},
}
FLAT = {
    "DepthwiseConv{}D": depthwise,
    "SeparableConv{}D": separable,
}
OF_ANY = {
    "Dense": lambda rng, shape: {"units": rng.randint(1, 3), "use_bias": rng.random() < 0.7, "activation": rng.choice(ACTIVATIONS)},
    "Flatten": lambda rng, shape: layout(rng) if len(shape) > 1 else {},
    "Reshape": lambda rng, shape: {"target_shape": rng.choice([[-1, shape[-1]], [-1], [1, -1], [*shape[::-1]]])},
    "Permute": lambda rng, shape: {"dims": rng.sample(range(1, len(shape) + 1), len(shape))},
    "BatchNormalization": lambda rng, shape: {"axis": rng.choice([-1, 1]), "epsilon": rng.choice([0, 1, 3]),
                                                  "center": rng.random() < 0.7, "scale": rng.random() < 0.7},
    "Activation": lambda rng, shape: {"activation": rng.choice(["relu", "linear", "hard_tanh", "sparse_plus", "relu6"])},
    "ReLU": lambda rng, shape: {"max_value": rng.choice([None, 0, 2, 6]), "negative_slope": rng.choice([0, 0.25, 0.5]),
                                    "threshold": rng.choice([0, 1, 0.5])},
    "LeakyReLU": lambda rng, shape: {"negative_slope": rng.choice([0, 0.25, 0.5])},
    "PReLU": lambda rng, shape: {"shared_axes": rng.choice([None, [1], list(range(1, len(shape)))] if len(shape) > 1 else [None])},
    "Rescaling": lambda rng, shape: {"scale": rng.choice([2, 0.5, -1.25]), "offset": rng.choice([0, 1, -0.5])},
    "Dropout": lambda rng, shape: {"rate": 0.5},
    "AlphaDropout": lambda rng, shape: {"rate": 0.5},
    "GaussianDropout": lambda rng, shape: {"rate": 0.5},
    "GaussianNoise": lambda rng, shape: {"stddev": 0.5},
    "ActivityRegularization": lambda rng, shape: {"l1": 0.5},
    "Identity": lambda rng, shape: {},
}
#: Those whose results are rounded: they are compared to six digits.
ROUNDED = {
    "ELU": lambda rng, shape: {"alpha": rng.choice([1.0, 0.5, 2])},
    "Softmax": lambda rng, shape: {"axis": rng.choice([-1, 1, list(range(1, len(shape) + 1))])},
}
MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")
#: Of a single axis in front only.
VECTORS = {"RepeatVector": lambda rng, shape: {"n": rng.randint(1, 3)}}


def table():
    """Every kind with its number of spatial axes (or none) and its settings."""
    found = {}
    for name, make in OF_RANK.items():
        for rank in (1, 2, 3):
            found[name.format(rank)] = (rank, lambda rng, shape, make=make, rank=rank: make(rank, rng, shape))
    for name, make in FLAT.items():
        for rank in (1, 2):
            found[name.format(rank)] = (rank, lambda rng, shape, make=make, rank=rank: make(rank, rng, shape))
    for name, make in {**OF_ANY, **ROUNDED}.items():
        found[name] = (None, make)
    for name, make in VECTORS.items():
        found[name] = (0, make)
    return found


KINDS_HERE = table()


def test_every_kind_that_is_computed_is_drawn_here():
    names = {kind.kind for kind in KINDS.everything().values()}
    assert {name for name in names if can_compute(name)} == {*KINDS_HERE, *MERGES}


def whole(rng, shape, least=-3, most=3):
    """Random whole numbers in lists."""
    if not shape:
        return rng.randint(least, most)
    return [whole(rng, shape[1:], least, most) for _ in range(shape[0])]


def divisible(values, kind):
    """The values times what makes every mean of a window whole: floats round no part of it then."""
    if isinstance(values, list):
        return [divisible(item, kind) for item in values]
    return values * (60 if "1D" in kind else 60**2 if "2D" in kind else 12**3) if "Average" in kind else values


def weights(rng, kind, settings, shape):
    """Random weights of a layer; variances are such that their roots are whole."""
    layer = KINDS[kind](**settings)
    found = {}
    for weight in layer.owned((Shape(shape),)):
        if weight.name == "moving_variance":
            found[weight.name] = [rng.choice([1, 4, 16]) - layer.epsilon for _ in range(weight.shape[0])]
        elif weight.name == "alpha":
            found[weight.name] = rng.choice([0, 0.5, 1])
        else:
            found[weight.name] = whole(rng, weight.shape, -2, 2)
    return found


def drawn(rng, kind, shape):
    """An entry of this kind with its weights, and the shape that comes out; nothing if it does not fit."""
    rank, make = KINDS_HERE[kind]
    if rank is not None and len(shape) != rank + 1:
        return None
    settings = make(rng, shape)
    try:
        (y,) = KINDS[kind](**settings).apply((Shape(shape),))
    except cnncalc.CnncalcError:
        return None
    if 0 in y or y == () or len(y) > 4:
        return None
    entry = {kind: settings}
    found = weights(rng, kind, settings, shape)
    if found:
        entry["weights"] = found
    return entry, y


def shape_of(rng, rank):
    return [rng.randint(3, 6) if rank < 3 else rng.randint(2, 4) for _ in range(rank)] + [rng.randint(1, 3)]


# Keras.


def of_keras(done, inputs):
    """What Keras makes of the same numbers, as exact fractions in order."""
    import numpy
    from oracle import call, keras_layer

    made = keras_layer(done.layer)
    xs = [numpy.array([[float(n) for n in x.data]], "float32").reshape((1, *x.shape)) for x in inputs]
    call(done.layer, made, xs)
    made.set_weights([numpy.array([float(n) for n in a.data], "float32").reshape(a.shape) for a in done.weights.values()])
    return numpy.asarray(call(done.layer, made, xs))


def exact_in_floats(done, inputs):
    """Whether 32-bit floats hold all sums that the layer may meet: 24 bits of them."""
    sizes = [max([abs(n) for x in inputs for n in x.data] or [0])]
    sizes += [sum([abs(n) for n in a.data]) for name, a in done.weights.items() if not name.startswith("moving")]
    count = max(len(x.data) for x in inputs)
    bound = max(1, sizes[0]) * max(1, *sizes[1:], 1) * max(1, *sizes[2:], 1) * count
    below = max([Fraction(n).denominator for stage in done.stages for n in stage.array.data] + [1])
    below *= max([Fraction(n).denominator for x in inputs for n in x.data] + [1])
    return bound * below < 2**24


def same_exactly(done, inputs):
    """Compare a layer with Keras; whether it could be compared."""
    if not exact_in_floats(done, inputs):
        return False
    theirs = of_keras(done, inputs)
    assert theirs.shape == (1, *done.array.shape)
    assert flat(done.array) == [Fraction(float(n)) for n in theirs.ravel()]
    return True


@pytest.mark.oracle
@pytest.mark.parametrize("kind", [kind for kind in KINDS_HERE if kind not in ROUNDED])
def test_keras_computes_the_same_numbers_for_each_kind(kind):
    rng = random.Random(kind)
    rank = KINDS_HERE[kind][0]
    compared = 0
    for _ in range(400):
        shape = shape_of(rng, rng.randint(0, 3) if rank is None else rank)
        found = drawn(rng, kind, shape)
        if found is None:
            continue
        net = network({"shape": shape, "values": divisible(whole(rng, shape), kind)}, found[0])
        done = compute(net).layers[0]
        compared += same_exactly(done, [array for _, array in done.inputs])
        if compared == 12:
            break
    assert compared == 12
