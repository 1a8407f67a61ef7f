"""Numbers through the network: Keras's forward pass, counting, and what was worked out by hand elsewhere."""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction

import pytest

import cnncalc
from cnncalc.activations import ACTIVATIONS as ACTIVATION_NAMES
from cnncalc.arrays import Array
from cnncalc.layers import KINDS, Shape
from cnncalc.numeric import compute, grids
from cnncalc.numeric.compute import can_compute


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
    computed = {kind.kind for kind in KINDS.everything().values() if can_compute(kind)}
    assert computed == {*KINDS_HERE, *MERGES}


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


# Merges, and networks of several layers.


@pytest.mark.oracle
@pytest.mark.parametrize("kind", MERGES)
def test_keras_merges_to_the_same_numbers(kind):
    rng = random.Random(kind)
    compared = 0
    while compared < 12:
        shape = shape_of(rng, rng.randint(0, 3))
        count = 2 if kind == "Subtract" else rng.randint(1 if kind == "Concatenate" else 2, 4)
        settings = {}
        shapes = [list(shape) for _ in range(count)]
        if kind == "Concatenate":
            axis = rng.randint(1, len(shape))
            settings = {"axis": rng.choice([axis, axis - len(shape) - 1])}
            for own in shapes:
                own[axis - 1] = rng.randint(1, 3)
        else:
            for own in shapes[1:]:
                own[rng.randrange(len(own))] = 1 if rng.random() < 0.4 else own[0] if len(own) == 1 else 1
        inputs = {f"x{i}": {"shape": own, "values": times_(whole(rng, own), 12)} for i, own in enumerate(shapes)}
        try:
            net = network(inputs, {kind: settings, "inputs": list(inputs)})
        except cnncalc.CnncalcError:
            continue
        done = compute(net).layers[0]
        compared += same_exactly(done, [array for _, array in done.inputs])


def times_(values, factor):
    return [times_(item, factor) for item in values] if isinstance(values, list) else values * factor


#: Layers that networks are made of: those that keep fractions to halves and quarters.
IN_NETWORKS = [kind for kind in KINDS_HERE if kind not in ROUNDED and not kind.startswith(("Average", "Adaptive", "GlobalAverage"))]


def grown(rng):
    """A random network of up to six layers, with a merge of two branches now and then."""
    rank = rng.randint(0, 3)
    shape = tuple(shape_of(rng, rank))
    entries, at = [], shape
    first = {"shape": list(shape), "values": whole(rng, shape)}
    for i in range(rng.randint(2, 6)):
        kind = rng.choice(IN_NETWORKS)
        if i and rng.random() < 0.25:
            kind = rng.choice([merge for merge in MERGES if merge != "Average"])
            sides = [drawn(rng, rng.choice(IN_NETWORKS), at) for _ in range(2)]
            branches = [[side[0]] if side else [] for side in sides]
            shapes = [tuple(side[1]) if side else at for side in sides]
            try:
                (y,) = KINDS[kind]().apply(tuple(map(Shape, shapes)))
            except cnncalc.CnncalcError:
                continue
            entries += [{"parallel": branches}, kind]
            at = tuple(y)
            continue
        found = drawn(rng, kind, at)
        if found is not None:
            entries.append(found[0])
            at = tuple(found[1])
        if len(at) > 4 or not entries:
            break
    return first, entries


@pytest.mark.oracle
def test_keras_computes_the_same_numbers_through_whole_networks():
    rng = random.Random(20)
    compared = layers = 0
    while compared < 250:
        first, entries = grown(rng)
        if len(entries) < 2:
            continue
        try:
            computed = compute(network(first, *entries))
        except cnncalc.CnncalcError:
            continue  # too large to be done by hand
        theirs = dict(computed.inputs)
        if not all(exact_in_floats(done, [array for _, array in done.inputs]) for done in computed.layers):
            continue
        for done in computed.layers:
            made = of_keras(done, [theirs[name] for name, _ in done.inputs])
            theirs[done.name] = Array(made.shape[1:], [Fraction(float(n)) for n in made.ravel()])
            assert theirs[done.name] == done.array, (done.layer.kind, done.layer.said)
        compared += 1
        layers += len(computed.layers)
    assert layers > 750


# Numbers that are rounded.


def digits(numbers):
    return [f"{float(n):.12g}" for n in numbers]


@pytest.fixture
def in_64_bits(monkeypatch):
    """Keras's own formulas of activations, on 64-bit floats, which it would cut to 32."""
    import numpy
    import oracle  # loads Keras as all tests do
    from keras.src.backend.numpy import nn

    assert oracle.keras.backend.backend() == "numpy"

    monkeypatch.setattr(nn, "convert_to_tensor", lambda x, **_: numpy.asarray(x, "float64"))

    def activation(name, x, **settings):
        if hasattr(nn, name):
            return getattr(nn, name)(x, **settings)
        return {"linear": lambda x: x, "exponential": numpy.exp, "swish": nn.silu, "hard_swish": nn.hard_silu,
                "mish": lambda x: x * numpy.tanh(nn.softplus(x))}[name](x)

    return activation


#: Keras's `glu` halves a map that it says to leave alone, its `threshold` needs settings that a name has not, and its
#: `sparsemax` does not add up to 1 where more than one value is above the threshold.
NOT_BY_HAND = ("glu", "threshold", "sparsemax")


@pytest.mark.oracle
@pytest.mark.parametrize("name", [name for name in ACTIVATION_NAMES if name not in NOT_BY_HAND])
def test_an_activation_has_the_digits_of_keras(name, in_64_bits):
    import numpy

    values = [[n / 4 for n in range(-40, 41)], [(n * n % 17) - 8 for n in range(81)]]
    ours = compute(network({"shape": [2, 81], "values": values}, {"Activation": name})).layers[0]
    theirs = in_64_bits(name, numpy.array(values), **({"approximate": False} if name == "gelu" else {}))
    assert theirs.dtype == "float64"
    assert digits(ours.array.data) == digits(theirs.ravel() + 0.0)


@pytest.mark.parametrize("name", NOT_BY_HAND)
def test_an_activation_without_a_clear_meaning_is_refused(name):
    with pytest.raises(cnncalc.CnncalcError, match=f"the activation '{name}' is not computed by hand"):
        compute(network({"values": [1, 2]}, {"Activation": name}))


@pytest.mark.oracle
def test_layers_that_round_have_the_digits_of_keras(in_64_bits):
    import numpy

    rng = random.Random(1)
    for kind, (_, shape) in itertools.product(ROUNDED, enumerate([(5,), (3, 4), (2, 3, 4)] * 4)):
        entry, _ = drawn(rng, kind, shape)
        done = compute(network({"shape": list(shape), "values": whole(rng, shape)}, entry)).layers[0]
        x = numpy.array([float(n) for n in done.inputs[0][1].data]).reshape((1, *shape))
        if kind == "ELU":
            theirs = in_64_bits("elu", x, alpha=float(done.layer.alpha))
        elif isinstance(done.layer.axis, int):
            theirs = in_64_bits("softmax", x, axis=done.layer.axis)
        else:
            theirs = in_64_bits("softmax", x.reshape((1, -1)))  # all axes together
        assert digits(done.array.data) == digits(theirs.ravel())


def test_a_root_that_is_not_a_ratio_is_rounded_from_the_whole_number():
    from decimal import Decimal, getcontext

    getcontext().prec = 50
    for variance, epsilon in itertools.product((1, 2, 3, 9), ("0.001", "0.5", "0")):
        net = network({"values": [[[1], [5]]]}, {"BatchNormalization": {"epsilon": float(epsilon)},
                                                  "weights": {"moving_variance": variance, "moving_mean": 2, "gamma": 3, "beta": 2}})
        done = compute(net).layers[0]
        root = (Decimal(variance) + Decimal(epsilon)).sqrt()
        assert digits(done.array.data) == digits([(Decimal(x) - 2) / root * 3 + 2 for x in (1, 5)])
        assert done.exact == (root * root == variance + Decimal(epsilon) and root == root.quantize(Decimal(1)))


# What Keras cannot build is counted out.


def conv_by_definition(x, kernel, bias, stride, dilation, before):
    """A convolution of one channel by one filter along two axes, each output from its definition."""
    pixels = {(i, j): n for i, row in enumerate(x) for j, n in enumerate(row)}
    k = len(kernel)

    def at(i, j):
        return sum(kernel[a][b] * pixels.get((i * stride + a * dilation - before, j * stride + b * dilation - before), 0)
                   for a in range(k) for b in range(k)) + bias

    return at


def test_convolutions_with_padding_in_pixels_follow_their_definition():
    rng = random.Random(3)
    for _ in range(150):
        n, k, stride, dilation, padding = rng.randint(4, 7), rng.randint(1, 3), rng.randint(1, 3), rng.randint(1, 2), rng.randint(0, 2)
        if n + 2 * padding < dilation * (k - 1) + 1:
            continue
        x, kernel, bias = whole(rng, (n, n), -9, 9), whole(rng, (k, k), -9, 9), rng.randint(-5, 5)
        net = network({"values": x}, {"Conv2D": {"f": 1, "k": k, "s": stride, "p": padding, "d": dilation},
                                      "weights": {"kernel": kernel, "bias": bias}})
        array = compute(net).layers[0].array
        by_definition = conv_by_definition(x, kernel, bias, stride, dilation, padding)
        assert flat(array) == [by_definition(i, j) for i, j, _ in array.indices()]
        turned = [row[::-1] for row in kernel[::-1]]
        by_definition = conv_by_definition(x, turned, bias, stride, dilation, padding)
        assert flat(compute(net, flip=True).layers[0].array) == [by_definition(i, j) for i, j, _ in array.indices()]


def test_pooling_with_padding_in_pixels_and_rounding_up_counts_pixels_only():
    rng = random.Random(4)
    for kind, op in (("MaxPooling2D", max), ("AveragePooling2D", lambda seen: Fraction(sum(seen), len(seen)))):
        for _ in range(60):
            n, k, stride = rng.randint(3, 8), rng.randint(2, 3), rng.randint(1, 3)
            padding, ceil = rng.randint(0, 1), rng.random() < 0.5
            x = whole(rng, (n, n), -9, 9)
            entry = {kind: {"pool_size": k, "strides": stride, "padding": padding, "ceil_mode": ceil}}
            array = compute(network({"values": x}, entry)).layers[0].array
            for i, j, _ in array.indices():
                rows, columns = [range(max(0, at * stride - padding), min(n, at * stride - padding + k)) for at in (i, j)]
                assert array[i, j, 0] == op([x[a][b] for a in rows for b in columns])


def test_a_transposed_convolution_is_the_transpose_of_its_convolution():
    rng = random.Random(5)
    for _ in range(40):
        n, k, stride = rng.randint(2, 5), rng.randint(1, 4), rng.randint(1, 3)
        big = (n - 1) * stride + k
        x, y, kernel = whole(rng, (n, n)), whole(rng, (big, big)), whole(rng, (k, k))
        up = grids(network({"values": x}, {"Conv2DTranspose": {"filters": 1, "kernel_size": k, "strides": stride, "padding": 0},
                                           "weights": {"kernel": kernel}}))["conv2d_transpose"]
        down = grids(network({"values": y}, {"Conv2D": [1, k, stride], "weights": {"kernel": kernel}}))["conv2d"]
        assert sum(a * b for a, b in zip(up.data, itertools.chain(*y))) == sum(a * b for a, b in zip(itertools.chain(*x), down.data))
