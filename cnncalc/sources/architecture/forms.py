"""The forms in which people write an entry, besides `Conv2D: {...}`, and the slips in them.

`type: Conv2D` with its settings next to it, `class_name:` with a `config:`, a call as in
Python. What is none of these and no layer's name gets the true cause.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ...errors import CnncalcError, Key, SpecError, shown
from ...layers import Layer, Shape
from ...layers.construct import unknown_kind
from .scope import SIBLINGS, Path

#: Keys that name the layer of an entry whose settings stand next to it.
TYPES = ("type", "class_name", "class", "kind", "layer", "layer_type")
TYPE_KEYS = frozenset(TYPES)
#: Keys that hold the settings of such an entry.
CONFIGS = ("config", "args", "settings", "params", "kwargs", "arguments")
#: Words for the entry that gives the size of the input, in lower case.
INPUTS = ("input", "inputlayer")
_SLIP = re.compile(r"(-?)\s*([A-Za-z][\w.]*)(\s*)(.*)", re.DOTALL)


class Form(NamedTuple):
    """An entry in parts: the layer's name, its settings, the keys next to it.

    `word_at` and `at` lead from the entry to the name and to the settings; without them
    both are at the key that the name is.
    """

    word: Any
    value: object
    siblings: dict[str, object]
    word_at: Path | None = None
    at: Path = ()

    def place(self, error: SpecError) -> SpecError:
        """The error with its path, which begins with the name, led through the entry as it is written."""
        if self.word_at is None or not error.path or error.path[0] != self.word:
            return error
        path = self.word_at if isinstance(error.path[0], Key) or len(error.path) == 1 else (*self.at, *error.path[1:])
        placed = SpecError(error.problem, path, error.hint)
        placed.document = error.document
        return placed


def form_of(entry: object) -> Form | None:
    """The parts of an entry in one of these forms; `None` for any other entry."""
    if isinstance(entry, str):
        return _call(entry, {}) if _is_call(entry) else None
    if not isinstance(entry, dict):
        return None
    if len(entry) == 1 and None not in entry.values() and TYPE_KEYS.isdisjoint(entry):
        return None  # a layer with its settings, as most are
    typed = [key for key in entry if key in TYPES and isinstance(entry[key], str)]
    if typed:
        return _typed(entry, min(typed, key=TYPES.index))
    calls = [word for word, item in entry.items() if item is None and isinstance(word, str) and _is_call(word)]
    if len(calls) == 1 and all(word in SIBLINGS for word in entry if word != calls[0]):
        return _call(calls[0], {word: item for word, item in entry.items() if word != calls[0]})
    return None


def _typed(entry: dict[str, Any], key: str) -> Form:
    siblings = {word: item for word, item in entry.items() if word in SIBLINGS}
    settings = {word: item for word, item in entry.items() if word not in SIBLINGS and word != key}
    config = next((word for word in CONFIGS if word in settings and isinstance(settings[word], (dict, list, type(None)))), None)
    at: Path = ()
    if config is not None:
        if len(settings) > 1:
            other = next(word for word in settings if word != config)
            raise SpecError(f"settings are given both next to {key} and under {config}", (Key(other),), f"put {shown(other)} under {config}")
        return Form(entry[key], settings[config], siblings, (key,), (config,))
    word = entry[key]
    if _is_call(word):
        if settings:
            raise SpecError(f"{word} has its settings already", (Key(next(iter(settings))),), "put all of them in the call")
        return _call(word, siblings)
    return Form(word, settings or None, siblings, (key,), at)


def _is_call(text: str) -> bool:
    return ")" in text and text.rstrip(" ,;").endswith(")") and re.match(r"\s*[A-Za-z_][\w.]*\s*\(", text) is not None


def _call(text: str, siblings: dict[str, object]) -> Form:
    """A call as in Python: its settings by name."""
    from ..layer_text import one_call

    word, settings = one_call(text.strip().rstrip(",;"))
    name = settings.pop("name", None) if isinstance(settings, dict) else None
    if name is not None:
        if "name" in siblings:
            raise SpecError("the name is given twice, inside the layer and next to it", (Key("name"),))
        siblings = {**siblings, "name": name}
    return Form(word, settings or None, siblings, (), ())


def is_input(form: Form) -> bool:
    """Whether an entry is an input layer, which gives the size of the input."""
    return isinstance(form.word, str) and form.word.lower() in INPUTS


def misspelled(entry: str | dict[object, object]) -> SpecError | None:
    """The true cause of an entry that YAML reads as one word or key, and that is no layer: a colon, a space or a dash missing."""
    word = entry if isinstance(entry, str) else next((key for key in entry if isinstance(key, str)), "")
    match = _SLIP.fullmatch(word.strip())
    if match is None or len(word) > 2_000:
        return None
    dash, name, space, rest = match.groups()
    if isinstance(entry, dict):
        key = next(key for key in entry if key == word)
        value = entry[key]
        rest += "" if value is None else f": {value}" if not isinstance(value, (dict, list)) else f": {shown(value)}"
    at: Path = () if isinstance(entry, str) else (Key(word),)
    if not _known(name):
        return None
    if dash:
        return SpecError("a space is missing after '-'", at, f"- {name}{space}{rest}".rstrip(": "))
    if rest.startswith(":") and not space and isinstance(entry, str):
        return SpecError("a space is missing after the colon", at, f"- {name}: {rest[1:].strip()}")
    if rest[:1] in ("{", "[", "(") or (space and rest):
        settings = rest if rest[:1] in "{[(" else "{" + rest + "}" if ":" in rest or "=" in rest else "[" + ", ".join(rest.split()) + "]"
        settings = re.sub(r"(\w+)\s*[:=]\s*", r"\1: ", settings)
        return SpecError(f"a colon is missing after {name}", at, f"- {name}: {settings}")
    if rest.startswith("="):
        return SpecError(f"a colon is missing after {name}", at, f"- {name}: {rest[1:].strip()}")
    return None


def _known(name: str) -> bool:
    """Whether this names a layer, even in other words."""
    from ...layers import kind_named
    from ...layers.kind_words import common_word, same_but_for_case

    try:
        kind_named(name, False)
    except CnncalcError:
        return same_but_for_case(name) is not None or common_word(name) is not None
    return True


def kind_meant(word: object, value: object, axes: Callable[[], Shape | None]) -> type[Layer]:
    """The kind that a word stands for which is not Keras's name, but is in other case or in common use.

    `axes()` gives the shape of what the layer reads, `None` if it is not known. SpecError
    with what to write where the word has no meaning, or more than one here.
    """
    from ...layers import KINDS
    from ...layers.kind_words import common_word, kind_hint, of_rank, same_but_for_case, twofold

    kind = same_but_for_case(word)
    pattern = common_word(word)
    if kind is None and pattern is not None:
        x = axes() if "{n}" in pattern else None
        if "{n}" not in pattern:
            kind = KINDS[pattern]
        elif x is not None and len(x) == 3:
            kind = of_rank(pattern, 2)
        else:
            error = unknown_kind(word, True, value)
            if x is not None and len(x) == 2:
                error = SpecError(error.problem, error.path, f"{kind_hint(word)}\nits input {x} has no channels if it is an image: "
                                  f"input: [{', '.join('null' if n is None else str(n) for n in x)}, 1]")
            raise error
    if kind is None:
        raise unknown_kind(word, True, value)
    readings = twofold(kind, value) if value is not None else []
    if readings:
        raise SpecError(f"{word}: {shown(value)} can be read in more than one way", (word,), "\n".join(readings))
    return kind
