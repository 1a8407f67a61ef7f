"""Entries of random networks: in any of the forms that a file allows, put behind the others where they go."""

from __future__ import annotations

import json
import random
from math import prod

from network_layers import BEYOND_KERAS, Choices

from cnncalc.analysis import analyse
from cnncalc.errors import CnncalcError
from cnncalc.layers import KINDS, Shape, build
from cnncalc.sources.architecture.reader import read_spec
from cnncalc.sources.document import Document

LETTERS = {"filters": "f", "kernel_size": "k", "strides": "s", "padding": "p", "dilation_rate": "d", "pool_size": "w"}


class Entries(Choices):
    """The entries of a network; what comes out of the last has `shape`.

    We ourselves say what goes. What does not is kept in networks with a mistake, so that
    Keras judges that as well.
    """

    def __init__(self, rng: random.Random):
        super().__init__(rng)
        self.data: dict = {}
        self.entries: list = []
        self.named = 0

    def probe(self, entries: list):
        """What the network does with these entries behind it; `None` if it does not go."""
        text = json.dumps({**self.data, "layers": [*self.entries, *entries]})
        graph, errors = read_spec(Document("probe", text), "probe")
        if errors or graph is None or len(graph.outputs) != 1:
            return None
        trace = analyse(graph)
        if trace.errors or (not self.beyond and any(BEYOND_KERAS in n for s in trace.steps for n in s.notes)):
            return None
        return trace

    def structure(self, entries: list) -> bool:
        """Put entries behind the others if the network then goes."""
        trace = self.probe(entries)
        if trace is None or len(trace.outputs[0]) == 0:
            return False
        self.entries += entries
        self.shape = trace.outputs[0]
        return True

    def layer(self, word: str, settings: dict):
        """The layer with what the file says of all."""
        kind = KINDS[word]
        defaults = by_long_names(self.data.get("defaults", {}).get(word, {}))
        if self.first and "data_format" in kind.settings:
            defaults["data_format"] = "channels_first"
        return build(kind, settings, defaults)

    def goes(self, word: str, settings: dict, shape: Shape) -> Shape | None:
        """What a layer gives, if it can be made and does not refuse the shape."""
        try:
            layer = self.layer(word, settings)
            (y, *_) = layer.apply((shape,))
        except CnncalcError:
            return None
        if not self.beyond and noted(layer, shape):
            return None
        if 0 in y or any(n is not None and n > 3000 for n in y) or big(layer, shape, y):
            return None
        return Shape(y)

    def simple(self, word: str, settings: dict, **siblings) -> bool:
        """Put one layer behind the others, if it goes."""
        shape = self.goes(word, settings, self.shape)
        if shape is None:
            return False
        self.entries.append(self.entry(word, settings, siblings))
        self.shape = shape
        return True

    def entry(self, word: str, settings: dict, siblings: dict | None = None):
        """The layer as a file says it: by name, by letter, by position."""
        siblings = dict(siblings or {})
        if self.chance(0.2) and "name" not in siblings:
            siblings["name"] = self.name()
        if self.chance(0.06):
            siblings["trainable"] = False
        kind = KINDS[word]
        value: object = dict(settings)
        order = list(kind.settings)
        if settings and list(settings) == order[: len(settings)] and self.chance(0.5):
            value = list(settings.values())
            if len(value) == 1 and not isinstance(value[0], list):
                value = value[0]
            elif kind.takes_a_list or isinstance(value[0], (list, dict)):
                value = dict(settings)
        elif self.chance(0.2):
            value = {LETTERS.get(key, key) if kind.takes(key) else key: item for key, item in settings.items()}
        if isinstance(value, dict) and value and self.chance(0.3):
            for key in ("name", "trainable"):
                if key in siblings:
                    value[key] = siblings.pop(key)
        if not settings and not siblings and value == {}:
            return word
        return {word: None if value == {} else value, **siblings}

    def name(self) -> str:
        self.named += 1
        return self.rng.choice(("layer", "block", "x", "conv", "part")) + f"_n{self.named}"


def by_long_names(settings: dict) -> dict:
    """Settings by their names, not their letters."""
    long = {letter: name for name, letter in LETTERS.items()}
    return {long.get(key, key): value for key, value in settings.items()}


def noted(layer, shape: Shape) -> bool:
    """Whether we say that Keras refuses it."""
    return any(BEYOND_KERAS in note for note in layer.notes(*layer.viewed((shape,))))


def big(layer, shape: Shape, y: Shape) -> bool:
    """Whether it would cost Keras much time."""
    return sum(w.count for w in layer.owned((shape,))) > 200_000 or prod(n or 1 for n in y) > 200_000


def too_big(layer, shape: Shape) -> bool:
    """Whether it is only left out of most networks, and goes."""
    try:
        (y, *_) = layer.apply((shape,))
    except CnncalcError:
        return False
    return noted(layer, shape) or big(layer, shape, y)
