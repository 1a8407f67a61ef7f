"""Products counted one by one: what a layer multiplies and adds up, in explicit loops.

Each function walks over every place, tap, channel, step and gate of one example and yields
once for each product. They know what the settings mean, and no rule of cnncalc.
"""

from __future__ import annotations

from itertools import product
from math import prod


def per_axis(value, rank):
    return tuple(value) if isinstance(value, (list, tuple)) else (value,) * rank


def starts(n, k, stride, dilation, padding):
    """The places of a window on n pixels, padded by a mode or by so many pixels in all."""
    if padding in ("same", "causal"):
        return range(0, n, stride)
    last = n + (0 if padding == "valid" else padding) - 1 - dilation * (k - 1)
    return range(0, last + 1, stride)


def pixels(padding, rank):
    """A mode for each axis, or the pixels on both sides together."""
    if isinstance(padding, str):
        return (padding.lower(),) * rank
    return [sum(sides) if isinstance(sides, (list, tuple)) else 2 * sides for sides in per_axis(padding, rank)]


def windows(spatial, s):
    """Every place of a convolution's window, and every tap of it."""
    rank = len(spatial)
    k = per_axis(s["kernel_size"], rank)
    strides, dilation = per_axis(s.get("strides", 1), rank), per_axis(s.get("dilation_rate", 1), rank)
    axes = [starts(*axis) for axis in zip(spatial, k, strides, dilation, pixels(s.get("padding", "valid"), rank))]
    places = list(product(*axes))
    taps = list(product(*map(range, k)))
    return places, taps


def split(s, x):
    """The spatial sizes and the channels."""
    return (x[1:], x[0]) if s.get("data_format") == "channels_first" else (x[:-1], x[-1])


def conv(s, x):
    spatial, channels = split(s, x)
    groups = s.get("groups", 1)
    places, taps = windows(spatial, s)
    for _place in places:
        for filter_ in range(s["filters"]):
            group = filter_ * groups // s["filters"]
            for channel in range(channels):
                if channel * groups // channels == group:
                    for _tap in taps:
                        yield


def depthwise(s, x):
    spatial, channels = split(s, x)
    places, taps = windows(spatial, s)
    for _place in places:
        for _channel in range(channels):
            for _copy in range(s.get("depth_multiplier", 1)):
                for _tap in taps:
                    yield


def separable(s, x):
    yield from depthwise(s, x)
    spatial, channels = split(s, x)
    places, _ = windows(spatial, s)
    for _place in places:
        for _copy in range(channels * s.get("depth_multiplier", 1)):
            for _filter in range(s["filters"]):
                yield


def transposed(s, x):
    """Every input is multiplied with the whole kernel, and the products spread over the output."""
    spatial, channels = split(s, x)
    taps = list(product(*map(range, per_axis(s["kernel_size"], len(spatial)))))
    for _pixel in product(*map(range, spatial)):
        for _channel in range(channels):
            for _filter in range(s["filters"]):
                for _tap in taps:
                    yield


def local(s, x):
    """A convolution whose windows end at the edges: what is not there is not multiplied."""
    spatial, channels = split(s, x)
    if s.get("implementation") == 2:  # every input for every output, most of the weights being zero
        rest = {key: value for key, value in s.items() if key != "implementation"}
        outputs = len(local_windows(rest, spatial)) * s["filters"]
        for _pair in product(range(prod(x)), range(outputs)):
            yield
        return
    for window in local_windows(s, spatial):
        for _pixel in product(*window):
            for _channel in range(channels):
                for _filter in range(s["filters"]):
                    yield


def local_windows(s, spatial):
    k, strides = per_axis(s["kernel_size"], len(spatial)), per_axis(s.get("strides", 1), len(spatial))
    same = s.get("padding") == "same"
    axes = []
    for n, size, stride in zip(spatial, k, strides):
        firsts = [i - size // 2 for i in range(0, n, stride)] if same else range(0, n - size + 1, stride)
        axes.append([[at for at in range(first, first + size) if 0 <= at < n] for first in firsts])
    return list(product(*axes))


def dense(s, x):
    for _place in product(*map(range, x[:-1])):
        for _input in range(x[-1]):
            for _unit in range(s["units"]):
                yield


def einsum(s, x):
    """One product for every value of every letter, and of every axis that `...` stands for."""
    inputs, _, outputs = s["equation"].replace(" ", "").replace("->", ",").split(",")
    x, y, beside = (1, *x), (1, *s["output_shape"]), []
    if inputs.startswith("..."):
        inputs, outputs = inputs[3:], outputs[3:]
        many = len(x) - len(inputs)
        x, beside = x[many:], x[:many]
        y = y[len(y) - len(outputs):]
    elif inputs.endswith("..."):
        inputs, outputs = inputs[:-3], outputs[:-3]
        x, beside = x[:len(inputs)], x[len(inputs):]
    sizes = dict(zip(outputs, y)) | dict(zip(inputs, x))
    for _letters in product(*map(range, (*sizes.values(), *beside))):
        yield


def recurrent(gates):
    def loops(s, x, *states):
        for _step in range(x[0]):
            for _gate in range(gates):
                for _unit in range(s["units"]):
                    for _value in (*range(x[1]), *range(s["units"])):
                        yield
    return loops


def conv_lstm(s, x, *states):
    for _step in range(x[0]):
        for _gate in range(4):
            yield from conv(s, x[1:])
            places, taps = windows(split(s, x[1:])[0], s)
            for _place in places:  # the state has the output's size, and its own convolution is `same`
                for _state in range(s["filters"]):
                    for _filter in range(s["filters"]):
                        for _tap in taps:
                            yield


def scored(queries, keys, features):
    for _query in range(queries):
        for _key in range(keys):
            for _feature in range(features):
                yield


def attention(s, query, value, key=None):
    for _beside in product(*map(range, query[:-2])):
        if s.get("score_mode", "dot") == "dot":
            yield from scored(query[-2], value[-2], query[-1])
        yield from scored(query[-2], value[-2], value[-1])


def additive(s, query, value, key=None):
    for _beside in product(*map(range, query[:-2])):
        if s.get("use_scale", True):  # the scale times tanh(query + key), added up over the features
            yield from scored(query[-2], value[-2], query[-1])
        yield from scored(query[-2], value[-2], value[-1])


def projection(places, inputs, outputs):
    for _place in range(places):
        for _input in range(inputs):
            for _output in range(outputs):
                yield


def places_of(x):
    return list(product(*map(range, x[:-1])))


def multi_head(s, query, value, key=None):
    heads, depth = s["num_heads"], s["key_dim"]
    wide = s.get("value_dim", depth)
    queries, keys = places_of(query), places_of(value)
    yield from projection(len(queries), query[-1], heads * depth)
    yield from projection(len(keys), (key or value)[-1], heads * depth)
    yield from projection(len(keys), value[-1], heads * wide)
    if s.get("use_gate"):
        yield from projection(len(queries), query[-1], heads * wide)
    axes = s.get("attention_axes") or list(range(1, len(query)))
    axes = [axis % (len(query) + 1) for axis in (axes if isinstance(axes, list) else [axes])]
    beside = [axis - 1 for axis in range(1, len(query)) if axis not in axes]
    for _head in range(heads):
        for q in queries:
            for k in keys:
                if all(q[axis] == k[axis] for axis in beside):
                    yield from (None for _feature in (*range(depth), *range(wide)))
    yield from projection(len(queries), heads * wide, prod(s.get("output_shape", query[-1:])))


def grouped(s, query, value, key=None):
    heads, groups, depth = s["num_query_heads"], s["num_key_value_heads"], s["head_dim"]
    yield from projection(query[0], query[1], heads * depth)
    yield from projection(value[0], (key or value)[1], groups * depth)
    yield from projection(value[0], value[1], groups * depth)
    if s.get("use_gate"):
        yield from projection(query[0], query[1], heads * depth)
    for _head in range(heads):
        yield from scored(query[0], value[0], 2 * depth)
    yield from projection(query[0], heads * depth, query[1])


def dot(s, a, b):
    first, second = [axis % (len(x) + 1) for axis, x in zip(per_axis(s["axes"], 2), (a, b))]
    rest = [n for axis, n in enumerate(a, 1) if axis != first] + [n for axis, n in enumerate(b, 1) if axis != second]
    for _place in product(*map(range, rest)):
        for _value in range(a[first - 1]):
            yield


def waves(s, x):
    """One convolution of each channel with a wave for each of the pitches, and one with its quarter turn."""
    (n,), channels = split(s, x)
    length = s.get("frame_length", 256)
    fft = s.get("fft_length") or next(2**i for i in range(40) if 2**i >= length)
    for _wave in range(1 if s.get("mode") in ("real", "imag") else 2):
        for _first in starts(n, length, s.get("frame_step") or length // 2, 1, s.get("padding", "valid")):
            for _channel in range(channels):
                for _pitch in range(fft // 2 + 1):
                    for _tap in range(length):
                        yield


def mel(s, x):
    """The strength of each frequency of each frame, in each pitch; frames begin before the sound."""
    for _frame in range(0, x[0] + 1, s.get("sequence_stride", 512)):
        for _frequency in range(s.get("fft_length", 2048) // 2 + 1):
            for _pitch in range(s.get("num_mel_bins", 128)):
                yield


def cells_of(cell):
    """The kinds and settings of the cells that a cell is, or a list of cells."""
    if isinstance(cell, list):
        return [found for one in cell for found in cells_of(one)]
    ((kind, settings),) = cell.items()
    if kind == "StackedRNNCells":
        return cells_of(settings["cells"])
    return [(kind, settings if isinstance(settings, dict) else {"units": settings})]


def stepwise(s, x, *states):
    """Each cell reads what the one before gives."""
    width = x[1]
    for kind, settings in cells_of(s["cell"] if "cell" in s else s["cells"]):
        yield from LOOPS[kind.removesuffix("Cell")](settings, (x[0], width))
        width = settings["units"]


def one_step(loops):
    return lambda s, x, *states: loops(s, (1, *x))


def inner(s, key="layer"):
    """The loops of the layer inside, and its settings."""
    if isinstance(s[key], str):
        return LOOPS.get(s[key], nothing), {}
    ((kind, settings),) = s[key].items()
    return LOOPS.get(kind, nothing), settings


def nothing(s, *xs):
    return iter(())


def every_step(s, x):
    loops, settings = inner(s)
    for _step in range(x[0]):
        yield from loops(settings, x[1:])


def both_ways(s, x, *states):
    for key in ("layer", "backward_layer" if "backward_layer" in s else "layer"):
        loops, settings = inner(s, key)
        yield from loops(settings, x)


def around(s, x):
    loops, settings = inner(s)
    yield from loops(settings, x)


def matmul(s, *xs):
    """Rows of the one times columns of the other; what is given as a constant has no batch."""
    a, b = [size_of(s[key]) if key in s else None for key in ("x1", "x2")]
    waiting = list(xs)
    a, b = a or waiting.pop(0), b or waiting.pop(0)
    for _row in product(*map(range, a[:-1])):
        for _column in range(b[-1] if len(b) > 1 else 1):
            for _value in range(a[-1]):
                yield


def size_of(value):
    """The sizes of lists in lists."""
    return (len(value), *size_of(value[0])) if isinstance(value, list) else ()


def sums(s, *xs):
    """Einstein's sum: every letter's every value once for each factor after the first."""
    terms = s["subscripts"].replace(" ", "").split("->")[0].split(",")
    sizes = {}
    for term, x in zip(terms, xs):
        many = len(x) + 1 - len(term.replace("...", ""))
        spelled = term.replace("...", "".join("?!;:"[many - 1 :: -1]))  # axes that have no letter, from the right
        for letter, n in zip(spelled, (1, *x)):
            sizes[letter] = max(n, sizes.get(letter, 1))
    for _letters in product(*map(range, sizes.values())):
        for _factor in terms[1:]:
            yield


def tensordot(s, x):
    """Along the last axis of x and the first of a constant."""
    for _place in product(*map(range, (*x[:-1], *size_of(s["x2"])[1:]))):
        for _value in range(x[-1]):
            yield


def conv_of(s, x):
    kernel = size_of(s["kernel"])
    return conv({**s, "kernel_size": kernel[:-2], "filters": kernel[-1]}, x)


def depthwise_of(s, x):
    kernel = size_of(s["kernel"])
    return depthwise({**s, "kernel_size": kernel[:-2], "depth_multiplier": kernel[-1]}, x)


LOOPS = {
    **{f"Conv{rank}D": conv for rank in (1, 2, 3)},
    **{f"DepthwiseConv{rank}D": depthwise for rank in (1, 2)},
    **{f"SeparableConv{rank}D": separable for rank in (1, 2)},
    **{f"Conv{rank}DTranspose": transposed for rank in (1, 2, 3)},
    **{f"LocallyConnected{rank}D": local for rank in (1, 2)},
    **{f"ConvLSTM{rank}D": conv_lstm for rank in (1, 2, 3)},
    "Dense": dense, "EinsumDense": einsum, "Dot": dot,
    "SimpleRNN": recurrent(1), "LSTM": recurrent(4), "GRU": recurrent(3), "RNN": stepwise,
    "SimpleRNNCell": one_step(recurrent(1)), "LSTMCell": one_step(recurrent(4)), "GRUCell": one_step(recurrent(3)),
    "StackedRNNCells": one_step(stepwise),
    "Attention": attention, "AdditiveAttention": additive, "MultiHeadAttention": multi_head,
    "GroupQueryAttention": grouped, "STFTSpectrogram": waves, "MelSpectrogram": mel,
    "ops.Matmul": matmul, "ops.Dot": matmul, "ops.Tensordot": tensordot, "ops.Einsum": sums, "ops.Conv": conv_of, "ops.DepthwiseConv": depthwise_of,
    "TimeDistributed": every_step, "Bidirectional": both_ways, "SpectralNormalization": around,
}


def macs(kind, settings, shapes) -> int:
    """How many products a layer of this kind adds up; none if it has no loops."""
    return sum(1 for _ in LOOPS[kind](settings, *shapes)) if kind in LOOPS else 0
