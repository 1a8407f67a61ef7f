"""Random networks: the text of an architecture file, and beside it the Keras calls it stands for.

The calls are made without cnncalc, so that Keras judges the reading of the file as well.
Our engine only guides the choice of layers: what it refuses is left out of most networks,
and kept as the one mistake of others.
"""

from __future__ import annotations

import json
import random
from typing import Any, NamedTuple

from cnncalc.errors import CnncalcError
from cnncalc.layers import KINDS, Shape, build

LETTERS = {"filters": "f", "kernel_size": "k", "strides": "s", "padding": "p", "dilation_rate": "d"}
MERGES = ("Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Subtract")


class Call(NamedTuple):
    """One call of a layer: what it reads are (number of the call, number of its output)."""

    kind: str
    settings: dict[str, Any]
    name: str | None
    reads: tuple[tuple[int, int], ...]
    trainable: bool = True
    again: int | None = None  # the call whose layer is called once more


class Network(NamedTuple):
    text: str
    calls: list[Call]
    outputs: list[tuple[int, int]]


def random_network(seed: int) -> Network:
    """The network of this seed."""
    return _Writer(random.Random(seed)).network()


class _Writer:
    def __init__(self, rng: random.Random):
        self.rng = rng
        self.calls: list[Call] = []
        self.shapes: list[tuple[Any, ...] | None] = []  # of each call's first output
        self.lines: list[str] = []
        self.blocks: list[str] = []
        self.first = rng.random() < 0.12  # channels_first
        self.mistake = rng.random() < 0.15
        self.beyond = rng.random() < 0.10  # what Keras refuses and the arithmetic defines
        self.count = 0

    # The whole network.

    def network(self) -> Network:
        rng = self.rng
        rank = rng.choice((1, 2, 2, 2, 3))
        several = rng.random() < 0.15
        shapes = [self.input_shape(rank) for _ in range(2 if several else 1)]
        if several and rng.random() < 0.7:
            shapes[1] = shapes[0]
        names = [f"in{i}" for i in range(len(shapes))] if several else ["input"]
        for name, shape in zip(names, shapes):
            self.stand(Call("InputLayer", {"shape": shape}, name if several else None, ()), shape)
        here = len(shapes) - 1
        if several:  # unless told otherwise, the first entry would read all of them
            here = self.emit("ReLU", {}, [here], shapes[here], "  ", before=None, named=True)
        for _ in range(rng.randint(2, 9)):
            here = self.step(here, rank, "  ")
            if self.shapes[here] is None:
                break
        if self.shapes[here] is not None and rng.random() < 0.6:
            here = self.head(here, rank)
        head = "input: " + (_flow(dict(zip(names, shapes))) if several else _flow(shapes[0]))
        text = [head]
        if self.first:
            text.append("data_format: channels_first")
        if self.blocks:
            text += ["blocks:", *self.blocks]
        outputs = [(here, 0)]
        named = [i for i, call in enumerate(self.calls) if call.name and call.kind != "InputLayer" and i != here]
        if named and self.calls[here].name and rng.random() < 0.3:
            other = rng.choice(named)
            text.append(f"outputs: [{self.calls[here].name}, {self.calls[other].name}]")
            outputs.append((other, 0))
        return Network("\n".join([*text, "layers:", *self.lines]) + "\n", self.calls, outputs)

    def input_shape(self, rank: int) -> tuple[Any, ...]:
        rng = self.rng
        sizes = [rng.randint(3, {1: 30, 2: 20, 3: 9}[rank]) if rng.random() > 0.1 else None for _ in range(rank)]
        channels = rng.choice((1, 2, 3, 4, 6, 8))
        return (channels, *sizes) if self.first else (*sizes, channels)

    # Steps: a layer, a branching, a repetition, a block, a further call.

    def step(self, here: int, rank: int, indent: str) -> int:
        kind = self.rng.random()
        if kind < 0.14:
            return self.parallel(here, rank, indent)
        if kind < 0.20:
            return self.joined(here, indent)
        if kind < 0.26:
            return self.again(here, indent)
        if kind < 0.31:
            return self.repeated(here, rank, indent)
        if kind < 0.36:
            return self.block(here, rank, indent)
        return self.layer(here, rank, indent)

    def layer(self, here: int, rank: int, indent: str, keep: bool = False) -> int:
        """A layer on `here` that fits; in a network with a mistake, once, one that does not."""
        for _ in range(30):
            kind, settings = self.choice(rank, self.shapes[here])
            output = self.tried(kind, settings, [self.shapes[here]])
            if output is None and not (self.mistake and len(self.calls) > 2 and self.rng.random() < 0.5):
                continue
            if keep and output != self.shapes[here]:
                continue
            if output is None:
                self.mistake = False
            return self.emit(kind, settings, [here], output, indent, before=here)
        return self.emit("ReLU", {}, [here], self.shapes[here], indent, before=here)

    def parallel(self, here: int, rank: int, indent: str) -> int:
        self.lines.append(f"{indent}- parallel:")
        ends = []
        for _ in range(self.rng.randint(2, 3)):
            deeper = indent + "    "
            length = self.rng.choice((0, 1, 1, 2))
            at, end = len(self.lines), here
            if length == 0:
                self.lines.append(f"{deeper}- []")
            for _ in range(length):
                if self.shapes[end] is not None:
                    end = self.layer(end, rank, deeper + "  ", keep=self.rng.random() < 0.7)
            if length:
                self.lines[at] = deeper + "- " + self.lines[at].lstrip()
            ends.append(end)
        return self.merge(ends, indent, before=None)

    def merge(self, ends: list[int], indent: str, before: int | None) -> int:
        shapes = [self.shapes[end] for end in ends]
        if None in shapes:
            return self.emit("Add", {}, ends, None, indent, before=before)
        for _ in range(12):
            kind = self.rng.choice(MERGES)
            settings: dict[str, Any] = {}
            if kind == "Concatenate":
                settings = {"axis": 1} if self.first else {}
            output = self.tried(kind, settings, shapes)
            if output is not None:
                return self.emit(kind, settings, ends, output, indent, before=before)
        # Nothing merges them: an honest mistake.
        return self.emit("Add", {}, ends, None, indent, before=before)

    def joined(self, here: int, indent: str) -> int:
        """A merge of `here` with an earlier layer, by their names."""
        named = [i for i, call in enumerate(self.calls) if self.name_of(i) and i != here and self.shapes[i] is not None]
        if not named or not self.name_of(here):
            return self.layer(here, self.rank_of(here), indent)
        other = self.rng.choice(named)
        for kind in self.rng.sample(MERGES, len(MERGES)):
            settings = {"axis": 1} if kind == "Concatenate" and self.first else {}
            output = self.tried(kind, settings, [self.shapes[here], self.shapes[other]])
            if output is not None or (self.mistake and self.rng.random() < 0.3):
                self.mistake = self.mistake and output is not None
                return self.emit(kind, settings, [here, other], output, indent, before=None, named=True)
        return self.layer(here, self.rank_of(here), indent)

    def again(self, here: int, indent: str) -> int:
        """An earlier layer called once more, on a shape that its weights were made for."""
        fitting = [
            i for i, call in enumerate(self.calls)
            if call.name and call.kind != "InputLayer" and call.again is None and len(call.reads) == 1
            and self.shapes[i] is not None and self.shapes[call.reads[0][0]] == self.shapes[here]
        ]
        if not fitting:
            return self.layer(here, self.rank_of(here), indent)
        first = self.rng.choice(fitting)
        call = self.calls[first]
        self.lines.append(f"{indent}- reuse: {call.name}")
        return self.stand(Call(call.kind, call.settings, None, ((here, 0),), call.trainable, first), self.shapes[first])

    def repeated(self, here: int, rank: int, indent: str) -> int:
        kind, settings = self.choice(rank, self.shapes[here])
        times = self.rng.randint(0, 3)
        shapes, shape = [], self.shapes[here]
        for _ in range(times):
            shape = self.tried(kind, settings, [shape])
            if shape is None:
                return self.layer(here, rank, indent)
            shapes.append(shape)
        name = self.new_name() if self.rng.random() < 0.3 else None
        self.lines.append(f"{indent}- {kind}: {_flow(settings)}")
        self.lines.append(f"{indent}  repeat: {times}")
        if name:
            self.lines.append(f"{indent}  name: {name}_{{i}}")
        for i, shape in enumerate(shapes, 1):
            here = self.stand(Call(kind, self.whole(kind, settings), f"{name}_{i}" if name else None, ((here, 0),)), shape)
        return here

    def block(self, here: int, rank: int, indent: str) -> int:
        """A block of two layers with an argument, used twice, under a name or not."""
        word, filters = f"block{len(self.blocks)}", self.rng.randint(1, 4)
        conv = f"Conv{rank}D"
        settings = {"filters": 2 * filters, "kernel_size": 3, "padding": "same"}
        middle = self.tried(conv, settings, [self.shapes[here]])
        if middle is None:
            return self.layer(here, rank, indent)
        self.blocks += [
            f"  {word}:", "    args: {filters: }", "    layers:",
            f"      - {conv}: {{filters: =2*filters, kernel_size: 3, padding: same}}", "        name: conv",
            "      - ReLU",
        ]
        for _ in range(self.rng.randint(1, 2)):
            name = self.new_name() if self.rng.random() < 0.5 else None
            if name is None and any(call.name == "conv" for call in self.calls):
                name = self.new_name()
            self.lines.append(f"{indent}- {word}: {{filters: {filters}}}" if self.rng.random() < 0.5 else f"{indent}- {word}: {filters}")
            if name:
                self.lines.append(f"{indent}  name: {name}")
            shape = self.tried(conv, settings, [self.shapes[here]])
            inner = f"{name}_conv" if name else "conv"
            here = self.stand(Call(conv, self.whole(conv, settings), inner, ((here, 0),)), shape)
            here = self.stand(Call("ReLU", {}, None, ((here, 0),)), shape)
        return here

    def head(self, here: int, rank: int) -> int:
        rng, shape = self.rng, self.shapes[here]
        chain: list[tuple[str, dict[str, Any]]] = []
        kind = rng.random()
        form = {"data_format": "channels_first"} if False else {}
        if len(shape) != rank + 1:
            chain = [("Flatten", form)]
        elif kind < 0.35:
            chain = [("Flatten", form), ("Dense", {"units": rng.randint(1, 9), "use_bias": rng.random() < 0.8})]
        elif kind < 0.6:
            word = rng.choice(("Max", "Average"))
            chain = [(f"Global{word}Pooling{rank}D", {"keepdims": True} if rng.random() < 0.2 else {}), ("Dense", {"units": 3})]
        elif kind < 0.7 and None not in shape:
            size = 1
            for n in shape:
                size *= n
            chain = [("Reshape", {"target_shape": [-1, shape[-1]]}), (rng.choice(("LSTM", "GRU", "SimpleRNN")), {"units": 3}),
                     ("RepeatVector", {"n": 2})]
        elif kind < 0.85 and rank == 1 and not self.first:
            chain = [rng.choice([
                ("LSTM", {"units": 4, "return_sequences": True}), ("GRU", {"units": 2}), ("SimpleRNN", {"units": 3}),
                ("Bidirectional", {"layer": {"LSTM": {"units": 3}}}), ("TimeDistributed", {"layer": {"Dense": {"units": 3}}}),
            ]), ("Flatten", {}), ("Dense", {"units": 2})]
        else:
            axes = list(range(1, len(shape) + 1))
            rng.shuffle(axes)
            chain = [("Permute", {"dims": axes}), ("Activation", {"activation": "softmax"})]
        for kind, settings in chain:
            output = self.tried(kind, settings, [self.shapes[here]])
            here = self.emit(kind, settings, [here], output, "  ", before=here)
            if output is None:
                break
        return here

    # Which layer.

    def choice(self, rank: int, shape: tuple[Any, ...]) -> tuple[str, dict[str, Any]]:
        rng = self.rng
        if len(shape) != rank + 1:
            return rng.choice([("Dense", {"units": rng.randint(1, 9)}), ("ReLU", {}), ("Dropout", {"rate": 0.5}),
                               ("Flatten", {}), (f"Conv{rank}D", {"filters": 3, "kernel_size": 2})])
        channels = shape[0] if self.first else shape[-1]
        family = rng.random()
        if family < 0.30:
            settings = {"filters": rng.choice((1, 2, 3, 4, 6, 8)), **self.window(rank, "kernel_size")}
            if rank == 1 and rng.random() < 0.15 and settings.get("padding") == "same":
                settings["padding"] = "causal"
            if rng.random() < 0.3:
                groups = rng.choice([g for g in range(1, 9) if (channels and channels % g == 0) or rng.random() < 0.1] or [1])
                settings["groups"] = groups
                if rng.random() < 0.9:
                    settings["filters"] = groups * rng.randint(1, 3)
            return f"Conv{rank}D", self.biased(settings)
        if family < 0.36 and rank < 3:
            return f"DepthwiseConv{rank}D", self.biased({**self.window(rank, "kernel_size"), "depth_multiplier": rng.randint(1, 3)})
        if family < 0.42 and rank < 3:
            return f"SeparableConv{rank}D", self.biased({"filters": rng.randint(1, 8), **self.window(rank, "kernel_size"),
                                                         "depth_multiplier": rng.randint(1, 2)})
        if family < 0.50:
            settings = {"filters": rng.randint(1, 6), **self.window(rank, "kernel_size")}
            if rng.random() < 0.2:
                settings["output_padding"] = rng.randint(0, 2)
            if None in shape and not isinstance(settings.get("padding", ""), str):
                del settings["padding"]  # with no size to compute, Keras does not look at it
            return f"Conv{rank}DTranspose", self.biased(settings)
        if family < 0.60:
            settings = self.window(rank, "pool_size")
            settings.pop("dilation_rate", None)
            if self.beyond and rng.random() < 0.5:
                settings = {**settings, "ceil_mode": True}
                if settings.get("padding") == "same":
                    del settings["padding"]
            return f"{rng.choice(('Max', 'Average'))}Pooling{rank}D", settings
        if family < 0.63:
            return (f"Adaptive{rng.choice(('Max', 'Average'))}Pooling{rank}D", {"output_size": self.per_axis(rank, 1, 4)})
        if family < 0.67:
            return f"ZeroPadding{rank}D", {"padding": self.sides(rank)}
        if family < 0.71:
            return f"Cropping{rank}D", {"cropping": self.sides(rank)}
        if family < 0.74:
            size = rng.randint(1, 3) if rank == 1 else self.per_axis(rank, 1, 3)
            return f"UpSampling{rank}D", {"size": size}
        if family < 0.82:
            axis = {"axis": 1} if self.first or rng.random() < 0.1 else {}
            return rng.choice([
                ("BatchNormalization", {**axis, "scale": rng.random() < 0.7, "center": rng.random() < 0.7}),
                ("LayerNormalization", axis),
                ("GroupNormalization", {**axis, "groups": rng.choice((1, 2, 3, -1))}),
                ("UnitNormalization", axis), ("RMSNormalization", axis),
            ])
        if family < 0.92:
            return rng.choice([
                ("ReLU", {"negative_slope": 0.1}), ("LeakyReLU", {}), ("ELU", {}), ("Softmax", {}),
                ("Activation", {"activation": "tanh"}),
                ("PReLU", {"shared_axes": rng.sample(range(1, rank + 1), rng.randint(1, rank))} if rng.random() < 0.8 else {}),
            ])
        return rng.choice([
            ("Dropout", {"rate": 0.25}), (f"SpatialDropout{rank}D", {"rate": 0.25}), ("GaussianNoise", {"stddev": 0.1}),
            ("GaussianDropout", {"rate": 0.1}), ("AlphaDropout", {"rate": 0.1}), ("Identity", {}),
            ("Dense", {"units": rng.randint(1, 6)}), ("Rescaling", {"scale": 0.5}),
        ])

    def window(self, rank: int, size: str) -> dict[str, Any]:
        rng = self.rng
        settings: dict[str, Any] = {size: self.per_axis(rank, 1, 4)}
        if rng.random() < 0.4:
            settings["strides"] = self.per_axis(rank, 1, 3)
        if rng.random() < 0.5:
            settings["padding"] = rng.choice(("same", "valid", "same"))
        if rng.random() < 0.2 and (self.beyond or "strides" not in settings):
            settings["dilation_rate"] = self.per_axis(rank, 1, 3)
        if self.beyond and rng.random() < 0.3:
            settings["padding"] = rng.choice((1, 0, [rng.randint(0, 2) for _ in range(rank)]))
        return settings

    def per_axis(self, rank: int, least: int, most: int) -> Any:
        if self.rng.random() < 0.7:
            return self.rng.randint(least, most)
        return [self.rng.randint(least, most) for _ in range(rank)]

    def sides(self, rank: int) -> Any:
        rng = self.rng
        if rank == 1:
            return rng.choice((rng.randint(0, 2), [rng.randint(0, 2), rng.randint(0, 2)]))
        return rng.choice((
            rng.randint(0, 2), [rng.randint(0, 2) for _ in range(rank)],
            [[rng.randint(0, 2), rng.randint(0, 2)] for _ in range(rank)],
        ))

    def biased(self, settings: dict[str, Any]) -> dict[str, Any]:
        if self.rng.random() < 0.3:
            settings["use_bias"] = self.rng.random() < 0.5
        if self.rng.random() < 0.3:
            settings["activation"] = "relu"
        return settings

    # Writing down.

    def whole(self, kind: str, settings: dict[str, Any]) -> dict[str, Any]:
        """The settings with the data format that the file gives for all."""
        if self.first and "data_format" in KINDS[kind].settings:
            return {**settings, "data_format": "channels_first"}
        return settings

    def tried(self, kind: str, settings: dict[str, Any], shapes: list[Any]) -> tuple[Any, ...] | None:
        try:
            layer = build(KINDS[kind], self.whole(kind, settings))
            return tuple(layer.apply(tuple(map(Shape, shapes)))[0])
        except CnncalcError:
            return None

    def emit(self, kind: str, settings: dict[str, Any], reads: list[int], output: Any, indent: str,
             before: int | None, named: bool = False) -> int:
        rng = self.rng
        name = self.new_name() if rng.random() < 0.35 else None
        trainable = rng.random() > 0.06
        self.lines.append(f"{indent}- {self.written(kind, settings)}")
        beside = []
        if named:
            beside.append(f"inputs: [{', '.join(str(self.name_of(i)) for i in reads)}]")
        if name:
            beside.append(f"name: {name}")
        if not trainable:
            beside.append("trainable: false")
        if beside and self.lines[-1].endswith(kind):
            self.lines[-1] += ":"
        self.lines += [f"{indent}  {line}" for line in beside]
        call = Call(kind, self.whole(kind, settings), name, tuple((i, 0) for i in reads), trainable)
        return self.stand(call, output)

    def written(self, kind: str, settings: dict[str, Any]) -> str:
        """The entry in one of the forms that a file may have."""
        if not settings:
            return kind
        form = self.rng.random()
        order = list(KINDS[kind].settings)[: len(settings)]
        if form < 0.3 and set(order) == set(settings) and not any(isinstance(settings[key], (list, dict)) for key in order):
            return f"{kind}: {_flow([settings[key] for key in order])}"
        if form < 0.6:
            return f"{kind}: {_flow({LETTERS.get(key, key): value for key, value in settings.items()})}"
        return f"{kind}: {_flow(settings)}"

    def stand(self, call: Call, shape: Any) -> int:
        self.calls.append(call)
        self.shapes.append(shape)
        return len(self.calls) - 1

    def new_name(self) -> str:
        self.count += 1
        return f"n{self.count}"

    def name_of(self, i: int) -> str | None:
        call = self.calls[i]
        return call.name or ("input" if call.kind == "InputLayer" else None)

    def rank_of(self, here: int) -> int:
        shape = self.shapes[0]
        assert shape is not None
        return len(shape) - 1


def _flow(value: Any) -> str:
    """YAML in one line; JSON is YAML."""
    return json.dumps(value)
