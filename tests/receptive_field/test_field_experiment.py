"""What units see, measured: Keras runs each network, and each pixel is changed in turn."""

from __future__ import annotations

import functools
import itertools
import random
from math import prod

import pytest
from cases import CASES, Case
from random_fields import random_graph

import cnncalc
from cnncalc.analysis import analyse
from cnncalc.graph import Graph, Node, Ref
from cnncalc.layers import KINDS, InputLayer, build
from cnncalc.receptive_field.dataflow import Flow
from cnncalc.receptive_field.pixels import indices
from cnncalc.receptive_field.report import Sight

pytestmark = pytest.mark.oracle
NETWORKS = 220


def places_in(region):
    """The places of a set of products."""
    return {place for masks in region for place in itertools.product(*map(indices, masks))}


# Whole networks. Their weights are positive and nothing in them takes anything off: a value is
# above that of an empty input just where the unit sees a pixel that is not 0.


def keras_values(graph):
    """A Keras model that gives the values of all nodes, with positive weights."""
    import numpy
    from oracle import call, keras, keras_layer

    tensors = {}
    for node in graph.nodes:
        if isinstance(node.layer, InputLayer):
            tensors[node] = keras.Input(node.layer.shape)
        else:
            tensors[node] = call(node.layer, keras_layer(node.layer), [tensors[ref.node] for ref in node.inputs])
    nodes = [node for node in graph.nodes if node.inputs]
    model = keras.Model([tensors[node] for node in graph.inputs], [tensors[node] for node in nodes])
    weights = numpy.random.default_rng(0)
    for weight in model.weights:
        weight.assign(weights.uniform(0.5, 1.5, weight.shape) if "kernel" in weight.path else numpy.zeros(weight.shape))
    return model, nodes


def one_pixel_each(shape, axes):
    """Images of 0 with one pixel of 1, an image for each place along `axes`, and an empty one behind."""
    import numpy

    pixels = list(itertools.product(*[range(shape[axis]) for axis in axes]))
    images = numpy.zeros((len(pixels) + 1, *shape), "float32")
    for image, pixel in zip(images, pixels):
        at = [slice(None)] * len(shape)
        for axis, i in zip(axes, pixel):
            at[axis] = i
        image[tuple(at)] = 1
    return pixels, images


@functools.cache
def experiment(seed):
    """A random network: what it says that units see, and what changes them when Keras runs it."""
    import numpy

    rnd = random.Random(seed)
    graph, trace = random_graph(rnd)
    if len(graph.nodes) == 1:
        return []
    sight = Sight(trace)
    model, nodes = keras_values(graph)
    axes = [axis.axis for axis in sight.fields.axes]
    pixels, images = one_pixel_each(trace.steps[0].output, axes)
    results = model(images, training=False)
    found = []
    for node, result in zip(nodes, results if isinstance(results, (list, tuple)) else [results]):
        place = sight.place(node.name)
        # In the order of the units: the axes that tell them apart first, the channels last.
        units = sight.fields.unit_axes(place)
        values = numpy.moveaxis(numpy.asarray(result), [i + 1 for i in units], range(1, len(units) + 1))
        changed = (values[:-1] != values[-1:]).reshape(len(pixels), *sight.units(place), -1).any(-1)
        sizes = sight.units(place)
        corners = set(itertools.product(*[(0, n - 1) for n in sizes]))
        others = {tuple([rnd.randrange(n) for n in sizes]) for _ in range(2)}
        for unit in corners | others | {sight.centre(place)}:
            measured = {pixels[i] for i in numpy.nonzero(changed[(slice(None), *unit)])[0]}
            found.append((node.name, unit, sight.unit(place, unit), measured, changed.any(tuple(range(1, changed.ndim)))))
    return [(sight, pixels, *row) for row in found]


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_a_unit_sees_just_the_pixels_that_change_it(seed):
    for _, pixels, name, unit, said, measured, by_any in experiment(seed):
        if not said:
            assert not measured
            continue
        (said,) = said
        assert places_in(said.region) == measured, (name, unit)
        assert said.pixels == len(measured)
        assert places_in(said.whole) == {pixel for pixel, any_unit in zip(pixels, by_any) if any_unit}, name
        assert said.never_seen_pixels == len(pixels) - by_any.sum()


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_the_box_is_that_of_the_measured_pixels_and_lies_in_that_of_the_formulas(seed):
    for _, pixels, name, unit, said, measured, by_any in experiment(seed):
        if not measured:
            continue
        (said,) = said
        for axis in range(len(said.axes)):
            lines = {pixel[axis] for pixel in measured}
            assert said.seen[axis] == (min(lines), max(lines))
            assert said.empty(axis) == [i for i in range(min(lines), max(lines)) if i not in lines]
            reached = {pixel[axis] for pixel, any_unit in zip(pixels, by_any) if any_unit}
            assert said.never_seen(axis) == [i for i in range(said.sizes[axis]) if i not in reached]
            if said.box[axis] is not None:
                first, last = said.box[axis]
                assert first <= min(lines), (name, unit)
                assert max(lines) <= last, (name, unit)


def test_the_random_networks_have_what_is_hard_in_them():
    rows = [row for seed in range(NETWORKS) for row in experiment(seed)]
    assert len(rows) > 8000
    seen = [said[0] for _, _, _, _, said, _, _ in rows if said]
    assert sum(one.holes > 0 for one in seen) > 500
    assert sum(bool(one.empty(0)) for one in seen) > 100
    assert sum(bool(one.never_seen(0)) for one in seen) > 500
    assert sum(one.box != one.seen for one in seen) > 1000
    assert {len(one.sizes) for one in seen} == {1, 2, 3}
    sights = {id(sight): sight for sight, *_ in rows}.values()
    ways = [sees for sight in sights for value in sight.fields.values for sees in value if sees]
    assert sum(bool(way.apart) for way in ways) > 50
    waves = [way.local.wave for way in ways if way.local]
    assert sum(wave.jump is not None and wave.jump.denominator > 1 for wave in waves) > 50
    assert sum(len(wave.sizes) > 1 for wave in waves) > 50


# Real networks, with one filter in place of each layer's many, on small images. From layer to
# layer only whether a value is above that of the empty image is passed on, so that none is lost.

REAL = {
    "resnet50": (49, ["pool1_pool", "conv3_block1_out", "conv4_block6_out", "conv5_block3_out"]),
    "resnet50-torchvision": (48, ["add_3", "add_15"]),
    "inceptionv3_notop": (79, ["mixed2", "mixed3", "mixed8", "mixed9_1", "mixed10"]),
    "mobilenetv2_notop": (50, ["block_2_add", "block_12_add", "out_relu"]),
    "resnet18": (66, ["add_2", "add_7"]),
    "mobilenet_notop": (47, ["conv_pw_5_relu", "conv_pw_13_relu"]),
    "alexnet-torchvision": (95, ["max_pooling2d_2"]),
}


def thin(layer):
    """The same kind of layer with one filter, and padded by a layer of its own where Keras cannot say it."""
    said = {key: value for key, value in layer.said.items() if key != "name" and (key != "activation" or layer.kind == "Activation")}
    said.update({key: 1 for key in ("filters", "units") if key in said})
    if isinstance(getattr(layer, "padding", ""), tuple) and "ZeroPadding" not in layer.kind:
        return [KINDS["ZeroPadding2D"](padding=[list(pair) for pair in layer.padding]), type(layer)(**{**said, "padding": "valid"})]
    return [type(layer)(**said)]


def thin_graph(graph, size):
    """The graph with one filter in each layer, on small images."""
    new, nodes = {}, []
    for node in graph.nodes:
        inputs = tuple([Ref(new[ref.node], ref.output) for ref in node.inputs])
        for layer in [InputLayer(shape=[size, size, 1])] if isinstance(node.layer, InputLayer) else thin(node.layer):
            nodes.append(Node(node.name if layer.kind == node.kind else f"{node.name}_pad", layer, inputs))
            inputs = (Ref(nodes[-1]),)
        new[node] = nodes[-1]
    return Graph(graph.name, nodes, [Ref(new[ref.node]) for ref in graph.outputs])


@pytest.mark.parametrize("name", REAL)
def test_real_networks_see_what_changes_them(name):
    import numpy
    from oracle import call, keras_layer

    size, wanted = REAL[name]
    graph = thin_graph(cnncalc.load(name).graph, size)
    trace = analyse(graph)
    assert not trace.errors
    sight = Sight(trace)
    pixels, images = one_pixel_each((size, size, 1), [0, 1])
    values, waiting = {}, set(wanted)
    for node in graph.nodes:
        if isinstance(node.layer, InputLayer):
            values[node] = images
            continue
        read, made = [values[ref.node] for ref in node.inputs], keras_layer(node.layer)
        call(node.layer, made, [x[:1] for x in read])  # which makes its weights
        for weight in made.weights:
            ones = "kernel" in weight.path or "gamma" in weight.path or "variance" in weight.path
            weight.assign(numpy.full(weight.shape, 1.0 if ones else 0.0))
        result = numpy.asarray(call(node.layer, made, read))
        assert not result[-1:].any()  # nothing comes of an empty image
        values[node] = (result > 0).astype("float32")
        if node.name in waiting:
            waiting.remove(node.name)
            changed = values[node][:-1].any(-1)
            place = sight.place(node.name)
            n, m = sight.units(place)
            rnd = random.Random(len(node.name))
            for unit in {(0, 0), (n - 1, 0), (n - 1, m - 1), sight.centre(place), (rnd.randrange(n), rnd.randrange(m))}:
                (said,) = sight.unit(place, unit)
                assert places_in(said.region) == {pixels[i] for i in numpy.nonzero(changed[(slice(None), *unit)])[0]}, (node.name, unit)
            assert places_in(said.whole) == {pixel for pixel, any_unit in zip(pixels, changed.any((1, 2))) if any_unit}
        if not waiting:
            return
    raise AssertionError(waiting)


# Every kind of layer, one value after the other.

#: Kinds that read whole numbers, below the setting of this name.
WHOLE = {"Embedding": "input_dim", "ReversibleEmbedding": "input_dim", "CategoryEncoding": "num_tokens",
         "ops.OneHot": "num_classes", "ops.Gcd": None, "ops.Lcm": None}
#: What cannot be measured in this way, and why.
NOT_MEASURED = {
    "RandomCrop": "Keras crops while training only, and gives another shape otherwise",
    "Equalization": "Keras makes no network of it: its output is its input, which is a cycle",
    **dict.fromkeys(("Hashing", "HashedCrossing", "IntegerLookup", "StringLookup", "TextVectorization"), "Keras runs it on TensorFlow only"),
    "ops.EmptyLike": "it gives whatever the memory holds",
    "ops.Ldexp": "Keras does not run it on what it says that it takes",
    "ops.Flipud": "it turns the batch round, not the example",
    "ops.BroadcastTo": "Keras runs it for a batch of one size only",
    "ops.Norm": "Keras's operation makes a list of its axis, which numpy does not take",
    "ops.Ravel": "its values are those of all examples",
    "ops.Vstack": "its values are those of all examples",
}
#: Rows that Keras builds, but runs with another shape than it said, or not at all.
OTHERWISE = {
    ("Conv2D", "Keras gives glu the shape of its input"),
    ("Activation", "Keras gives it the shape of its input"),
    ("EinsumDense", "Keras turns the axes round"),
    ("Discretization", "{'num_bins': 4, 'output_mode': 'one_hot'}"),  # its bins are not known yet
    ("SpectralNormalization", "{'layer': {'Embedding': [10, 4]}}"),  # it rounds all weights to whole numbers
    ("ops.Reshape", "the batch unknown"),
}
#: Of values that are whole or true, a constant beside them may leave no choice.
FORCED = {"ops.Gcd", "ops.LogicalOr", "ops.LogicalAnd", "ops.Nextafter"}
MORE = [
    Case("ops.Flip", {"axis": 1}, (4, 3, 2), (4, 3, 2), 0), Case("ops.Flip", {"axis": [1, -1]}, (4, 3, 2), (4, 3, 2), 0),
    Case("ops.Roll", {"shift": 2, "axis": 1}, (5, 3), (5, 3), 0),
    Case("ops.Roll", {"shift": [1, -2], "axis": [1, 2]}, (4, 5), (4, 5), 0),
    Case("LayerScale", {"init_values": 1e-6, "projection_dim": 3}, (4, 5, 3), (4, 5, 3), 3),
    Case("StochasticDepth", {"drop_path_rate": 0.1}, (4, 5, 3), (4, 5, 3), 0),
    Case("CustomScaleLayer", {"scale": 0.17}, [(4, 5, 3), (4, 5, 3)], (4, 5, 3), 0),
    Case("ops.Pad", {"pad_width": [[0, 0], [2, 1], [1, 0]], "mode": "reflect"}, (4, 3), (7, 4), 0),
    Case("ops.Pad", {"pad_width": [[0, 0], [2, 1], [1, 0]], "mode": "symmetric"}, (4, 3), (7, 4), 0),
    Case("ops.Pad", {"pad_width": [[0, 0], [2, 1], [1, 0]], "mode": "edge"}, (4, 3), (7, 4), 0),
    Case("ops.Pad", {"pad_width": [[0, 0], [2, 1], [1, 0]], "mode": "wrap"}, (4, 3), (7, 4), 0),
    Case("TimeDistributed", {"layer": {"Flatten": {"data_format": "channels_first"}}}, (2, 3, 2, 2), (2, 12), 0),
    Case("TimeDistributed", {"layer": {"Conv1D": {"filters": 2, "kernel_size": 2, "activation": "softmax"}}}, (2, 4, 2), (2, 3, 2), 10),
    Case("TimeDistributed", {"layer": {"Reshape": {"target_shape": [4]}}}, (3, 2, 2), (3, 4), 0),
    Case("TimeDistributed", {"layer": {"Permute": {"dims": [2, 1]}}}, (3, 2, 4), (3, 4, 2), 0),
    Case("TimeDistributed", {"layer": {"LSTM": {"units": 2, "activation": "softmax", "return_sequences": True}}}, (2, 3, 2), (2, 3, 2), 40),
    Case("TimeDistributed", {"layer": {"GroupNormalization": {"groups": 2}}}, (2, 3, 4), (2, 3, 4), 8),
    Case("MelSpectrogram", {"fft_length": 16, "sequence_stride": 6, "num_mel_bins": 3}, (40,), (3, 7), 0),
    Case("MelSpectrogram", {"fft_length": 16, "sequence_stride": 6, "num_mel_bins": 1, "power_to_db": False}, (40,), (1, 7), 0),
    Case("MelSpectrogram", {"fft_length": 16, "sequence_length": 10, "sequence_stride": 7, "num_mel_bins": 1, "window": "hamming", "power_to_db": False},
         (30,), (1, 5), 0),
    Case("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": [2, 3], "data_format": "channels_first"}, (1, 7, 5), (1, 7, 5), 0),
    Case("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": [5, 1]}, (6, 4, 1), (6, 4, 1), 0),
    Case("Softmax", {"axis": [1, 2]}, (3, 4, 2), (3, 4, 2), 0),
    Case("Resizing", {"height": 4, "width": 4, "crop_to_aspect_ratio": True}, (4, 9, 1), (4, 4, 1), 0),
    Case("Resizing", {"height": 8, "width": 3, "crop_to_aspect_ratio": True, "interpolation": "bicubic"}, (5, 6, 1), (8, 3, 1), 0),
    Case("Resizing", {"height": 8, "width": 8, "pad_to_aspect_ratio": True}, (6, 9, 1), (8, 8, 1), 0),
    Case("Resizing", {"height": 5, "width": 9, "pad_to_aspect_ratio": True, "interpolation": "nearest"}, (7, 6, 1), (5, 9, 1), 0),
    Case("Resizing", {"height": 3, "width": 2, "antialias": True, "interpolation": "bicubic"}, (7, 9, 1), (3, 2, 1), 0),
    Case("Resizing", {"height": 6, "width": 9, "interpolation": "lanczos5"}, (7, 6, 1), (6, 9, 1), 0),
    Case("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": [3, 2]}, (7, 7, 1), (7, 7, 1), 0),
    Case("Resizing", {"height": 5, "width": 9}, (7, 6, 1), (5, 9, 1), 0),
    Case("Resizing", {"height": 9, "width": 3, "interpolation": "nearest"}, (7, 6, 1), (9, 3, 1), 0),
    Case("Resizing", {"height": 14, "width": 6, "interpolation": "bicubic"}, (7, 6, 1), (14, 6, 1), 0),
    Case("Resizing", {"height": 3, "width": 4, "antialias": True}, (9, 8, 1), (3, 4, 1), 0),
    Case("Resizing", {"height": 4, "width": 4, "crop_to_aspect_ratio": True}, (9, 6, 1), (4, 4, 1), 0),
    Case("Resizing", {"height": 8, "width": 8, "pad_to_aspect_ratio": True}, (9, 6, 1), (8, 8, 1), 0),
    Case("CenterCrop", {"height": 8, "width": 4}, (5, 7, 1), (8, 4, 1), 0),
    Case("UpSampling2D", {"size": [3, 2], "interpolation": "bicubic"}, (5, 4, 1), (15, 8, 1), 0),
    Case("UpSampling2D", {"size": [3, 2], "interpolation": "lanczos3"}, (5, 7, 1), (15, 14, 1), 0),
    Case("UpSampling2D", {"size": [5, 3], "interpolation": "bilinear"}, (4, 5, 1), (20, 15, 1), 0),
]


def mixes_examples(row):
    """Whether it joins or turns round the examples of a batch: they are then no longer by themselves."""
    axes = row.settings.get("axis", ()) if isinstance(row.settings, dict) else ()
    return 0 in (axes if isinstance(axes, list) else [axes]) or (
        row.kind in ("ops.Flip", "ops.Roll") and "axis" not in row.settings)


def measurable(row):
    if row.keras is not None or row.kind in NOT_MEASURED or (row.kind, row.note or str(row.settings)) in OTHERWISE:
        return False
    if mixes_examples(row) or (row.kind in FORCED and row.settings):
        return False
    shapes = [*row.inputs, *row.outputs]
    if any(None in shape for shape in shapes) or sum(map(prod, row.inputs)) > 400 or sum(map(prod, row.outputs)) > 9000:
        return False
    layer = build(KINDS[row.kind], row.settings)
    return not any("Keras" in note for note in layer.notes(*layer.viewed(tuple(map(tuple_shape, row.inputs)))))


def tuple_shape(shape):
    return InputLayer(shape=list(shape)).outputs()[0]


def below(row):
    """What the whole numbers that a row reads are below; `None` if it reads others."""
    if "Embedding" in str(row.settings):
        return 7
    name = WHOLE.get(row.kind, False)
    return None if name is False else 12 if name is None else row.settings[name]


def trials(row, rng):
    """Inputs to begin with, and what each of their values becomes when it is changed."""
    import numpy

    def filled(make):
        return [make(shape) for shape in row.inputs]

    def everywhere(value):
        return filled(lambda shape: numpy.full(shape, value))

    most = below(row)
    if most is not None:
        for number in range(most):
            yield everywhere(int(number == 0)), lambda value, number=number: number
        for _ in range(30 if row.kind in ("ops.Gcd", "ops.Lcm") else 0):
            yield filled(lambda shape: rng.integers(1, most, shape)), lambda value: rng.integers(1, most)
        return
    even = filled(lambda shape: rng.uniform(0.5, 1.5, shape))
    yield even, lambda value: value + 10 + rng.random()
    yield even, lambda value: value + rng.uniform(0.05, 0.1)
    yield even, lambda value: value - 10 - rng.random()
    yield filled(lambda shape: 1 + rng.uniform(0, 0.02, shape)), lambda value: value + 0.03
    yield filled(lambda shape: rng.uniform(0.1, 0.8, shape)), lambda value: value + 0.1
    yield even, lambda value: value + 1e6
    for before, after in ((0.0, 1.0), (1.0, 0.0), (-1.0, 1.0), (1.0, -1.0)):
        yield everywhere(before), lambda value, after=after: after
    for _ in range(12):
        yield filled(lambda shape: rng.uniform(0, 1, shape)), lambda value: rng.random()
        for most in (2, 4, 256):
            values = filled(lambda shape, most=most: rng.integers(0, most, shape).astype(float))
            yield values, lambda value, most=most: (value + 1 + rng.integers(0, most - 1)) % most
    if "Is" in row.kind:
        yield even, lambda value: numpy.inf
        yield even, lambda value: -numpy.inf
        yield even, lambda value: numpy.nan


class Measured:
    """Which values of the outputs change with which of the inputs, in any trial so far."""

    def __init__(self, row):
        import numpy
        from oracle import call, keras, keras_layer

        self.row, self.rng = row, numpy.random.default_rng(len(str(row.settings)))
        layer = build(KINDS[row.kind], floating(row.settings))
        self.dtype = "float32" if below(row) is None else "int32"
        xs = [keras.Input(shape, dtype=self.dtype) for shape in row.inputs]
        # What gives back its input cannot be a model by itself.
        given = [keras.ops.multiply(x, 1) for x in xs]
        self.model = keras.Model(xs, keras.tree.flatten(call(layer, keras_layer(layer), given)))
        self.changed = None

    def run(self, arrays):
        import numpy
        from oracle import keras

        arrays = [array.astype(self.dtype) for array in arrays]
        results = self.model(arrays if len(arrays) > 1 else arrays[0], training=False)
        return [numpy.asarray(result) for result in keras.tree.flatten(results)]

    def __iter__(self):
        import numpy

        for number, (values, change) in enumerate(trials(self.row, self.rng)):
            scale = (0.2, 0.6, 1.0, 0.05)[number % 4]
            self.model.set_weights([numpy.abs(self.rng.normal(scale, scale / 4, w.shape)) if w.dtype == "float32" else
                                    w.numpy() for w in self.model.weights])
            found = []
            for i, shape in enumerate(self.row.inputs):
                n = prod(shape)
                before = [numpy.repeat(value[None], n, 0) for value in values]
                after = [array.copy() for array in before]
                flat = after[i].reshape(n, n)
                for j in range(n):
                    flat[j, j] = change(flat[j, j])
                found.append([different(a, b) for a, b in zip(self.run(before), self.run(after))])
            if self.changed is None:
                self.changed = found
            else:
                self.changed = [[a | b for a, b in zip(*both)] for both in zip(self.changed, found)]
            yield self.changed


def different(a, b):
    import numpy

    return ~((a == b) | ((a != a) & (b != b))) if a.dtype.kind == "f" else numpy.not_equal(a, b)


def floating(value):
    """Settings with constant arrays of floating numbers, which is what Keras multiplies."""
    if isinstance(value, dict) and "kernel" in value:
        return {**value, "kernel": floats(value["kernel"])}
    return value


def floats(value):
    return [floats(item) for item in value] if isinstance(value, list) else float(value)


def said_of(row):
    """For some values of each output, which values of each input they see: (output, place, input) -> places."""
    nodes = [Node(f"input{i}", InputLayer(shape=list(shape))) for i, shape in enumerate(row.inputs)]
    last = Node("layer", build(KINDS[row.kind], floating(row.settings)), tuple(map(Ref, nodes)))
    trace = analyse(Graph("one", [*nodes, last], [Ref(last)]))
    assert not trace.errors
    from cnncalc.receptive_field.pixels import Pixels

    flow = Flow(trace, False)
    pixels, rnd, found = Pixels(flow), random.Random(1), {}
    for k, value in enumerate(flow.by_name["layer"].values):
        shape = flow.values[value].shape
        places = list(itertools.product(*map(range, shape)))
        if len(places) > 12:
            places = {places[0], places[-1], tuple([(n - 1) // 2 for n in shape]), *rnd.sample(places, 8)}
        for place in places:
            seen = pixels.seen(value, (tuple([1 << i for i in place]),))
            for i, (_, source) in enumerate(flow.inputs):
                found[k, place, i] = places_in(seen.get(source, ()))
    return found


def differences(said, changed, row):
    """What is said and not measured, and what is measured and not said."""
    import numpy

    unseen, unsaid = {}, {}
    for (k, place, i), places in said.items():
        hits = numpy.nonzero(changed[i][k][(slice(None), *place)])[0]
        measured = {tuple(map(int, numpy.unravel_index(j, row.inputs[i]))) for j in hits} if row.inputs[i] else (
            {()} if len(hits) else set())
        if places - measured:
            unseen[k, place, i] = places - measured
        if measured - places:
            unsaid[k, place, i] = measured - places
    return unseen, unsaid


ROWS = [row for row in (*CASES, *MORE) if measurable(row)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}-{row.note or row.settings}")
def test_a_layer_reads_just_the_values_that_change_its_outputs(row):
    said = said_of(row)
    for changed in Measured(row):
        unseen, unsaid = differences(said, changed, row)
        assert not unsaid
        if not unseen:
            return
    assert not unseen


def test_almost_every_kind_is_measured():
    of_keras = {row.kind for row in CASES if not KINDS[row.kind].not_keras}
    assert of_keras - {row.kind for row in ROWS} == set(NOT_MEASURED)


@pytest.mark.parametrize("row", [row for row in CASES if not any(None in x for x in (*row.inputs, *row.outputs))],
                         ids=lambda row: f"{row.kind}-{row.note or row.settings}")
def test_every_kind_says_what_it_reads(row):
    layer = build(KINDS[row.kind], row.settings)
    xs = tuple(map(tuple_shape, row.inputs))
    ys = layer.apply(xs)
    reach = layer.reach(xs, ys)
    assert len(reach) == len(ys)
    assert all(len(reads) == len(xs) for reads in reach)


