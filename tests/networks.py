"""Random architecture files, for comparing whole networks with Keras.

`random_network(seed)` is the text of one. Most of them Keras builds; about one in seven has
a mistake in it, and about one in ten something that the arithmetic defines and Keras refuses.
"""

from __future__ import annotations

import random

import yaml
from network_endings import Endings, Stop
from network_entries import noted
from network_layers import MERGES

from cnncalc.layers import Shape

Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
#: Sizes of inputs by rank: of smaller ones little is left after a few layers.
SIZES = {1: (6, 48), 2: (5, 28), 3: (4, 11)}


def random_network(seed: int) -> str:
    """The text of an architecture file; the same for the same seed."""
    data = Maker(random.Random(seed)).network()
    return yaml.dump(data, Dumper=Dumper, sort_keys=False, default_flow_style=None, width=100)


class Maker(Endings):
    """One network on its way."""

    def __init__(self, rng: random.Random):
        super().__init__(rng)
        fate = rng.random()
        self.mistaken = fate < 0.15
        self.beyond = fate > 0.9

    def network(self) -> dict:
        rng, data = self.rng, self.data
        if self.chance(0.3):
            data["name"] = f"net{rng.randint(0, 99)}"
        self.first = self.chance(0.2) and self.rank < 3
        if self.first:
            data["data_format"] = "channels_first"
        self.inputs()
        if self.chance(0.15):
            data["defaults"] = {f"Conv{self.rank}D": rng.choice((
                {"padding": "same"}, {"kernel_size": 3, "activation": "relu"}, {"use_bias": False, "p": "same"},
            ))}
        if self.chance(0.25):
            data["blocks"] = self.blocks()
        data["layers"] = self.entries
        self.wrong_at = rng.randint(0, 6) if self.mistaken else None
        try:
            for step in range(rng.randint(1, 7)):
                self.step(step)
            if self.beyond:
                self.unlike_keras()
            self.head()
            if self.mistaken:
                self.mistake()
        except Stop:
            if self.chance(0.5):
                self.entries.append("Flatten")
            return data
        self.outputs()
        return data

    def inputs(self) -> None:
        rng, (low, high) = self.rng, SIZES[self.rank]
        self.words = self.rank == 1 and self.chance(0.2)
        spatial = [rng.randint(low, high)] * self.rank if self.chance(0.6) else [
            rng.randint(low, high) for _ in range(self.rank)
        ]
        if self.chance(0.15):
            spatial = [None if self.chance(0.6) else n for n in spatial]
        channels = rng.choice((1, 2, 3, 3, 4, 6, 8))
        shape = spatial if self.words else [channels, *spatial] if self.first else [*spatial, channels]
        if self.chance(0.8):
            self.data["input"] = shape
            self.others = []
        else:
            other = rng.choice((shape, shape, [rng.randint(1, 9)], [*spatial[:-1], None]))
            self.data["input"] = {"left": shape, "right": list(other)}
            self.others = [("right", Shape(other))]
        self.shape = Shape(shape)
        if self.words:
            self.simple("Embedding", {"input_dim": 50, "output_dim": rng.choice((2, 4, 8))},
                        **({"inputs": "left"} if self.others else {}))
        elif self.others:
            self.simple("Identity", {}, inputs="left")

    def outputs(self) -> None:
        """Sometimes several, by names given and automatic ones; some entries then lead nowhere."""
        if not self.chance(0.2):
            return
        trace = self.probe([])
        assert trace is not None
        nodes = [step.node.name for step in trace.steps if step.node.layer.results == 1]
        last = [trace.graph.outputs[0].node.name] if self.chance(0.6) else []  # else it leads nowhere
        chosen = [*last, *self.rng.sample(nodes, min(len(nodes), self.rng.randint(1, 2)))]
        self.rng.shuffle(chosen)
        self.data["outputs"] = list(dict.fromkeys(chosen)) if self.chance(0.8) else chosen[0]

    def step(self, place: int) -> None:
        if self.wrong_at == place:
            self.mistake()
        what = self.pick(spatial=50, pointwise=22, branches=12, skip=6, block=6, repeat=4, reuse=4,
                         other=20 if self.others else 0)
        for _ in range(12):
            if getattr(self, what)():
                return
            what = self.pick(spatial=60, pointwise=30, branches=10)

    def spatial(self) -> bool:
        return self.simple(*self.window())

    def pointwise(self) -> bool:
        return self.simple(*self.flat())

    def unlike_keras(self) -> None:
        """A layer that the arithmetic defines and Keras refuses."""
        for _ in range(40):
            word, settings = self.window()
            if self.goes(word, settings, self.shape) is not None and noted(self.layer(word, settings), self.shape):
                self.simple(word, settings)
                return

    def layers(self, count: int, same: bool = True) -> list:
        """Entries that may stand one behind the other; with `same` they keep the map's size."""
        found = []
        for _ in range(count):
            if same and self.chance(0.8):
                settings = {"filters": self.rng.choice((2, 3, 4)), "kernel_size": self.rng.choice((1, 3, 3, 5)),
                            "padding": "same"}
                found.append(self.entry(f"Conv{self.rank}D", settings))
            else:
                found.append(self.entry(*(self.flat() if self.chance(0.5) else self.window())))
        return found

    def branches(self) -> bool:
        """Branches from one point that meet again."""
        merge = self.rng.choice(MERGES)
        channels = self.shape[0 if self.first else -1]
        branches: list = []
        for _ in range(2 if merge == "Subtract" else self.rng.choice((2, 2, 3))):
            kind = self.rng.random()
            if kind < 0.25 and branches:
                branches.append([])
            elif merge != "Concatenate" and channels is not None:
                branches.append([self.conv(channels), *self.layers(self.rng.choice((0, 0, 1)))][::-1])
            else:
                branches.append(self.layers(self.rng.choice((1, 1, 2))))
        settings = {"axis": 1} if merge == "Concatenate" and self.first else {}
        return self.structure([{"parallel": branches}, self.entry(merge, settings)])

    def conv(self, filters: int):
        return self.entry(f"Conv{self.rank}D", {"filters": filters, "kernel_size": self.rng.choice((1, 3)),
                                                "padding": "same"})

    def skip(self) -> bool:
        """Something read again further on, by its name."""
        before = len(self.entries)
        name = self.name()
        if not self.simple(*self.flat(), name=name):
            return False
        for _ in range(self.rng.randint(0, 2)):
            self.pointwise()
        last = self.name()
        if not self.simple("Dropout", {"rate": 0.1}, name=last):
            del self.entries[before:]
            raise AssertionError("a Dropout goes anywhere")
        merge = self.entry(self.rng.choice(MERGES), {})
        merge = merge if isinstance(merge, dict) else {merge: None}
        return self.structure([{**merge, "inputs": [name, last]}]) or True

    def blocks(self) -> dict:
        """Blocks with arguments, for `block` and `repeat`."""
        r, axis = self.rank, {"axis": 1} if self.first else None
        conv = f"Conv{r}D"
        return {
            "residual": {
                "args": {"filters": None, "kernel": 3},
                "layers": [
                    {"parallel": [[], [
                        {conv: {"filters": "=filters", "kernel_size": "=kernel", "padding": "same"}},
                        {"BatchNormalization": axis},
                        {conv: ["=filters", 1], "name": "{filters}_out"} if self.chance(0.3)
                        else {conv: ["=filters", 1]},
                    ]]},
                    "Add",
                ],
            },
            "grown": {
                "args": {"by": 2, "times": 1},
                "layers": [
                    {"parallel": [[], [{conv: {"filters": "=by * times", "kernel_size": 1}}]]},
                    {"Concatenate": axis},
                ],
            },
            "stage": {
                "args": {"filters": 4},
                "layers": [{conv: {"f": "=filters", "k": 1}}, {"residual": "=filters"},
                           {"grown": {"by": "=filters // 2"}, "repeat": 2}],
            },
        }

    def block(self) -> bool:
        if "blocks" not in self.data:
            return False
        channels = self.shape[0 if self.first else -1]
        use = self.rng.choice(({"residual": {"filters": channels}}, {"residual": [channels, 5]}, {"grown": None},
                               {"grown": [3]}, {"stage": None}, {"stage": 2}))
        if self.chance(0.3):
            use["name"] = self.name()
        if self.chance(0.3):
            use["repeat"] = self.rng.choice((1, 2, 3))
            if "name" in use:
                use["name"] += "_{i}"
        return self.structure([use])

    def repeat(self) -> bool:
        entry = self.layers(1)[0]
        entry = entry if isinstance(entry, dict) else {entry: None}
        entry.pop("name", None)
        for value in entry.values():
            if isinstance(value, dict):
                value.pop("name", None)
        if self.chance(0.3):
            entry["name"] = self.name() + "_{i}"
        return self.structure([{**entry, "repeat": self.rng.choice((2, 3))}])

    def reuse(self) -> bool:
        """The same layer once more."""
        name = self.name()
        channels = self.shape[0 if self.first else -1]
        word, settings = self.window() if self.chance(0.3) else self.flat()
        if self.chance(0.5) and channels is not None:
            word, settings = f"Conv{self.rank}D", {"filters": channels, "kernel_size": 2}
        if self.goes(word, settings, self.shape) is None:
            return False
        again: dict = {"reuse": name}
        if self.chance(0.3):
            again["name"] = self.name()
        entries = [{word: settings or None, "name": name}, again]
        if self.chance(0.3):
            entries.insert(1, self.entry("Dropout", {"rate": 0.2}))
        return self.structure(entries)

    def other(self) -> bool:
        """Another input comes in."""
        if not self.others:
            return False
        name, _ = self.others[0]
        here = self.name()
        return self.structure([{"Identity": None, "name": here},
                               {self.rng.choice(MERGES): None, "inputs": [here, name]}])
