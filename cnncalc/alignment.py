"""Two networks layer by layer: which layers of them are the same one, and what changed in it."""

from __future__ import annotations

import re
from functools import cached_property

from .analysis import Step, Trace
from .cost import macs
from .graph import snake_case

#: Up to so many pairs are weighed one by one; beyond, only what lies between equal layers.
MOST_PAIRS = 400_000
#: So far ahead a counterpart is looked for where very many layers are alike.
AHEAD = 16


#: Words for what is the case anyhow.
MEANINGLESS = {"activation": "linear", "data_format": "channels_last"}


class Pair:
    """A layer of the one network and its counterpart in the other; `None` where it has none."""

    def __init__(self, a: Step | None, b: Step | None):
        self.a, self.b = a, b

    @cached_property
    def macs(self) -> tuple[int | None, int | None]:
        """The multiply-adds of both."""
        return None if self.a is None else macs(self.a), None if self.b is None else macs(self.b)

    @cached_property
    def change(self) -> str:
        """same, changed, added or removed."""
        if self.a is None:
            return "added"
        if self.b is None:
            return "removed"
        if _frameworks(self.a, self.b):
            alike = self.macs[0] == self.macs[1] and _same_layer(self.a, self.b)
            return "same" if alike and self.a.trainable_params == self.b.trainable_params else "changed"
        alike = (
            self.a.kind == self.b.kind and self.a.outputs == self.b.outputs and self.a.params == self.b.params
            and self.a.trainable_params == self.b.trainable_params and not self.settings and self.macs[0] == self.macs[1]
        )
        return "same" if alike else "changed"

    @cached_property
    def settings(self) -> dict[str, tuple[object, object]]:
        """The settings that differ, with both values; the default is said where one is left out."""
        if self.a is None or self.b is None or self.a.kind != self.b.kind or _same_settings(self.a, self.b):
            return {}
        before, after = settings_of(self.a), settings_of(self.b)
        return {
            key: (before.get(key), after.get(key))
            for key in dict.fromkeys([*before, *after])
            if before.get(key) != after.get(key)
        }


def _frameworks(a: Step, b: Step) -> bool:
    """Whether two layers are of different frameworks."""
    one, other = a.node.layer, b.node.layer
    return one is not None and other is not None and one.framework != other.framework


def _kin(step: Step) -> str:
    """The kind of a layer in terms that both frameworks have."""
    layer = step.node.layer
    if layer is None:
        return step.kind
    if layer.kind in ("Activation", "InputLayer"):
        return str(getattr(layer, "activation", "input")).lower()
    return str(getattr(layer, "kin", layer.kind)).lower()


def same_shape(a: Step, b: Step) -> bool:
    """Whether layers of two frameworks have the same output, the channels at the end in one and in front in the other."""
    if a.outputs is None or b.outputs is None or len(a.outputs) != len(b.outputs):
        return False
    for x, y in zip(a.outputs, b.outputs):
        ways = [list(x), [*x[-1:], *x[:-1]], [*x[1:], *x[:1]]]
        if list(y) not in ways:
            return False
    return True


def _same_layer(a: Step, b: Step) -> bool:
    return _kin(a) == _kin(b) and same_shape(a, b)


def settings_of(step: Step) -> dict[str, object]:
    """The settings of a step's layer as a file writes them."""
    layer = step.node.layer
    if layer is None:
        return {}
    found = {}
    for key, setting in layer.settings.items():
        if key != "shape":  # of an input, which stands in its output
            value = setting.written(vars(layer).get(key, layer.said.get(key)))
            found[key] = None if MEANINGLESS.get(key) == value else value
    found["trainable"] = layer.trainable
    return found


def _same_settings(a: Step, b: Step) -> bool:
    one, other = a.node.layer, b.node.layer
    if one is other or (one is not None and other is not None and one.key is not None and one.key == other.key):
        return True
    return settings_of(a) == settings_of(b)


def aligned(a: Trace, b: Trace) -> list[Pair]:
    """The layers of both in order, each with its counterpart.

    Layers are matched in order, so that the most of them have the kind, the settings, the
    name and the output of their counterparts; a name that was given counts for more than
    one that Keras numbers. Layers of different kinds are matched by a given name only.
    """
    left = [step for step in a.steps if step.used]
    right = [step for step in b.steps if step.used]
    start = 0
    while start < min(len(left), len(right)) and _same(left[start], right[start]):
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and _same(left[-1 - end], right[-1 - end]):
        end += 1
    inner = _matched(left[start:len(left) - end], right[start:len(right) - end])
    return [
        *map(Pair, left[:start], right[:start]), *inner, *map(Pair, left[len(left) - end:], right[len(right) - end:]),
    ]


def _same(a: Step, b: Step) -> bool:
    return a.name == b.name and a.kind == b.kind and a.outputs == b.outputs and _same_settings(a, b)


def _matched(left: list[Step], right: list[Step]) -> list[Pair]:
    if len(left) * len(right) > MOST_PAIRS:
        return _by_blocks(left, right)
    settings = {id(step): repr(settings_of(step)) for step in (*left, *right)}
    rows = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]  # the best score of what is left
    scores = [[_score(a, b, settings) for b in right] for a in left]
    for i in reversed(range(len(left))):
        row, below, own = rows[i], rows[i + 1], scores[i]
        for j in reversed(range(len(right))):
            best = below[j] if below[j] >= row[j + 1] else row[j + 1]
            paired = below[j + 1] + own[j]
            row[j] = paired if own[j] and paired >= best else best
    pairs, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        if scores[i][j] and rows[i][j] == rows[i + 1][j + 1] + scores[i][j]:
            pairs.append(Pair(left[i], right[j]))
            i, j = i + 1, j + 1
        elif rows[i][j] == rows[i + 1][j]:
            pairs.append(Pair(left[i], None))
            i += 1
        else:
            pairs.append(Pair(None, right[j]))
            j += 1
    return [*pairs, *[Pair(step, None) for step in left[i:]], *[Pair(None, step) for step in right[j:]]]


def _score(a: Step, b: Step, settings: dict[int, str]) -> int:
    """How much two layers have in common; 0 where they cannot be the same one.

    `settings` has those of each step, written out.
    """
    named = a.name == b.name and not _automatic(a)
    if _frameworks(a, b):
        alike = _kin(a) == _kin(b)
        return (4 + 9 * named + 2 * same_shape(a, b) + 3 * (a.trainable_params == b.trainable_params)) if alike else 0
    if a.kind != b.kind:
        return 3 if named else 0
    points = 4 + (9 if named else a.name == b.name)
    if settings[id(a)] == settings[id(b)]:
        points += 6
    return points + 2 * (a.outputs == b.outputs)


def _automatic(step: Step) -> bool:
    """Whether its name is one that Keras gives by itself."""
    layer = step.node.layer
    base = snake_case(layer.keras_class) if layer is not None else step.kind
    return re.fullmatch(re.escape(base) + r"(_\d+)?", step.name) is not None or step.name == "input"


def _by_blocks(left: list[Step], right: list[Step]) -> list[Pair]:
    """Long networks: runs of layers that are the same first, then what lies between them.

    Where the same layers come again and again, so that very many could be each other's
    counterparts, layers are matched one by one from the front.
    """
    from collections import Counter
    from difflib import SequenceMatcher

    known: dict[object, str] = {}
    keys = [[_words(step, known) for step in steps] for steps in (left, right)]
    one, other = map(Counter, keys)
    if sum([n * other[key] for key, n in one.items()]) > MOST_PAIRS:
        return _in_order(left, right)
    pairs: list[Pair] = []
    for tag, i, i_end, j, j_end in SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_opcodes():
        if tag == "equal":
            pairs += map(Pair, left[i:i_end], right[j:j_end])
        elif (i_end - i) * (j_end - j) <= MOST_PAIRS:
            pairs += _matched(left[i:i_end], right[j:j_end])
        else:
            pairs += _in_order(left[i:i_end], right[j:j_end])
    return pairs


def _words(step: Step, known: dict[object, str]) -> str:
    """The kind and the settings of a layer; `known` are those that have been written out."""
    key = (step.node.layer is not None and step.node.layer.key) or id(step)
    if key not in known:
        known[key] = f"{step.kind} {settings_of(step)!r}"
    return known[key]


def _in_order(left: list[Step], right: list[Step]) -> list[Pair]:
    """Each layer with the first of its kind among the next few of the other network."""
    pairs, j = [], 0
    for a in left:
        k = next((k for k in range(j, min(j + AHEAD, len(right))) if right[k].kind == a.kind), None)
        if k is None:
            pairs.append(Pair(a, None))
        else:
            pairs += [*[Pair(None, b) for b in right[j:k]], Pair(a, right[k])]
            j = k + 1
    return [*pairs, *[Pair(None, b) for b in right[j:]]]
