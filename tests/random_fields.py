"""Random networks that look around: windows of every sort, up and down, in branches."""

from __future__ import annotations

from cnncalc.analysis import analyse
from cnncalc.errors import CnncalcError
from cnncalc.graph import Graph, Node, Ref
from cnncalc.layers import KINDS

CHANNELS = 4


class Builder:
    """A graph that grows by layers that fit; one that does not is left out."""

    def __init__(self, random, rank, size, channels_first=False):
        self.random, self.rank = random, rank
        self.more = {"data_format": "channels_first"} if channels_first else {}
        shape = (CHANNELS, *size) if channels_first else (*size, CHANNELS)
        node = Node("input", KINDS["InputLayer"](shape=shape))
        self.nodes, self.shapes = [node], {node: shape}

    def add(self, kind, settings, inputs):
        """The node of such a layer; `None` if it does not fit or leaves too much."""
        try:
            layer = KINDS[kind](**settings)
            (shape,) = layer.apply(tuple([KINDS["InputLayer"](shape=self.shapes[x]).outputs()[0] for x in inputs]))
        except CnncalcError:
            return None
        if max(self.spatial(shape) if len(shape) > 1 else (1,)) > 30 or any("Keras cannot" in note for note in layer.notes(
                *layer.viewed(tuple(map(self.typed, inputs))))):
            return None
        node = Node(f"n{len(self.nodes)}", layer, tuple([Ref(x) for x in inputs]))
        self.nodes.append(node)
        self.shapes[node] = tuple(shape)
        return node

    def typed(self, node):
        return KINDS["InputLayer"](shape=self.shapes[node]).outputs()[0]

    def spatial(self, shape):
        return shape[1:] if self.more else shape[:-1]

    def kind(self, name):
        return f"{name}{self.rank}D"

    def per_axis(self, low, high):
        if self.random.random() < 0.6:
            return self.random.randint(low, high)
        return [self.random.randint(low, high) for _ in range(self.rank)]

    def window(self):
        """The settings of a convolution that Keras takes."""
        r = self.random
        settings = dict(kernel_size=self.per_axis(1, 4), padding=r.choice(["valid", "same"]), **self.more)
        if r.random() < 0.35:
            settings["dilation_rate"] = r.randint(1, 3)
        elif r.random() < 0.6:
            settings["strides"] = r.randint(1, 3)
        return settings

    def layer(self, x):
        """One more layer on `x`, of any sort; `x` itself if it does not fit."""
        r = self.random
        sort = r.choices(["conv", "groups", "depthwise", "separable", "max", "mean", "pad", "crop", "up", "transpose",
                          "place", "causal"], [5, 1, 1, 1, 2, 1, 1, 1, 2, 2, 1, 1])[0]
        if sort in ("conv", "groups"):
            kind, settings = self.kind("Conv"), dict(filters=CHANNELS, **self.window())
            if sort == "groups":
                settings["groups"] = 2
        elif sort == "causal":
            kind, settings = "Conv1D", {"filters": CHANNELS, "kernel_size": r.randint(1, 4), "padding": "causal",
                                            "dilation_rate": r.randint(1, 3)}
            if self.rank != 1 or self.more:
                return x
        elif sort in ("depthwise", "separable"):
            if self.rank == 3:
                return x
            window = self.window()
            for name in ("kernel_size", "strides", "dilation_rate"):  # Keras wants them alike there
                if isinstance(window.get(name), list):
                    window[name] = window[name][0]
            kind = self.kind("DepthwiseConv" if sort == "depthwise" else "SeparableConv")
            settings = window if sort == "depthwise" else dict(filters=CHANNELS, **window)
        elif sort in ("max", "mean"):
            kind = self.kind("MaxPooling" if sort == "max" else "AveragePooling")
            settings = dict(pool_size=self.per_axis(1, 3), strides=r.randint(1, 3), padding=r.choice(["valid", "same"]),
                            **self.more)
        elif sort in ("pad", "crop"):
            pairs = [[r.randint(0, 2), r.randint(0, 2)] for _ in range(self.rank)]
            kind = self.kind("ZeroPadding" if sort == "pad" else "Cropping")
            settings = {"padding" if sort == "pad" else "cropping": pairs[0] if self.rank == 1 else pairs}
            if self.rank > 1 or sort == "pad":
                settings.update(self.more)
        elif sort == "up":
            kind, settings = self.kind("UpSampling"), {"size": r.randint(1, 3)}
            if self.rank == 2:
                settings["size"] = self.per_axis(1, 3)
                settings["interpolation"] = r.choice(["nearest", "bilinear"])
            if self.rank > 1:
                settings.update(self.more)
        elif sort == "transpose":
            settings = dict(filters=CHANNELS, kernel_size=self.per_axis(1, 4), strides=r.randint(1, 3),
                            padding=r.choice(["valid", "same"]), **self.more)
            kind = self.kind("Conv") + "Transpose"
        else:
            kind, settings = r.choice([("ReLU", {}), ("Dropout", {"rate": 0.5}), ("Activation", {"activation": "linear"})])
        return self.add(kind, settings, [x]) or x

    def chain(self, x, length):
        for _ in range(length):
            x = self.layer(x)
        return x

    def branches(self, x):
        """Two or three ways from `x` that meet again, cropped to one size."""
        r = self.random
        ends = [self.chain(x, r.randint(0, 3)) for _ in range(r.randint(2, 3))]
        sizes = [self.spatial(self.shapes[end]) for end in ends]
        least = list(map(min, *sizes))
        cut = []
        for end, size in zip(ends, sizes):
            pairs = [[(a := r.randint(0, n - m)), n - m - a] for n, m in zip(size, least)]
            settings = dict(cropping=pairs[0] if self.rank == 1 else pairs, **(self.more if self.rank > 1 else {}))
            cut.append(end if tuple(size) == tuple(least) else self.add(self.kind("Cropping"), settings, [end]))
        if self.rank == 1 and self.more and any(tuple(size) != tuple(least) for size in sizes):
            return ends[0]  # Cropping1D takes no data format
        merge = r.choice(["Add", "Average", "Maximum", "Concatenate", "Concatenate"])
        settings = {}
        if merge == "Concatenate":
            settings["axis"] = r.randint(1, self.rank + 1)
        joined = self.add(merge, settings, cut)
        if joined is None:
            return ends[0]
        channels = self.shapes[joined][0 if self.more else -1]
        if channels != CHANNELS:
            return self.add(self.kind("Conv"), dict(filters=CHANNELS, kernel_size=1, **self.more), [joined])
        return joined

    def end(self, x):
        """What may stand behind the map: a new order of its axes or values, or all of it at once."""
        r = self.random
        sort = r.choice(["none", "flatten", "permute", "reshape", "pool", "dense"])
        shape = self.shapes[x]
        if sort == "flatten":
            self.add("Flatten", dict(self.more), [x])
        elif sort == "permute":
            dims = list(range(1, len(shape) + 1))
            r.shuffle(dims)
            self.add("Permute", {"dims": dims}, [x])
        elif sort == "reshape":
            flat = self.add("Reshape", {"target_shape": [-1, shape[-1]]}, [x])
            self.add("Conv1D", {"filters": 2, "kernel_size": r.randint(1, 3), "strides": r.randint(1, 2)}, [flat or x])
        elif sort == "pool":
            self.add(self.kind("GlobalAveragePooling"), dict(keepdims=r.random() < 0.5, **self.more), [x])
        elif sort == "dense":
            self.add("Dense", {"units": 2}, [x])

    def graph(self):
        return Graph("random", self.nodes, [Ref(self.nodes[-1])])


def random_graph(random, rank=None):
    """A graph of a few layers on a small input, and its trace."""
    rank = rank or random.choice([1, 1, 2, 2, 2, 2, 3])
    size = {1: [random.randint(8, 24)], 2: [random.randint(7, 11) for _ in range(2)],
            3: [random.randint(4, 6) for _ in range(3)]}[rank]
    build = Builder(random, rank, size, rank < 3 and random.random() < 0.25)
    x = build.nodes[0]
    for _ in range(random.randint(1, 3)):
        x = build.chain(x, random.randint(1, 3))
        if random.random() < 0.6:
            x = build.branches(x)
    build.end(x)
    graph = build.graph()
    trace = analyse(graph)
    assert not trace.errors, trace.errors
    return graph, trace
