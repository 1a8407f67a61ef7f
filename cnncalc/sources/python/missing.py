"""The error for a value that is not known: which, where it comes from, and what to type."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...errors import SpecError, did_you_mean, printable
from ...layers import KINDS
from .interpreter import Interpreter, Unknown
from .text import Place

#: What to set a variable to, by the setting that needs it.
_EXAMPLES = {"units": "10", "filters": "32", "input_shape": "(28, 28, 1)", "shape": "(28, 28, 1)", "target_shape": "(28, 28, 1)"}
_MODULES = ("sys", "os", "math", "np", "numpy", "tf", "keras", "K", "layers", "models", "functools", "itertools", "pd", "plt", "json", "random")
_UNDEFINED = re.compile(r"NameError: (?:global )?name '(\w+)' is not defined")


def explained(run: Interpreter | None, problem: str, value: Unknown, setting: str = "", place: Place | None = None) -> SpecError:
    """The error for a problem that an unknown value makes."""
    chain = [value]
    while chain[-1].parent is not None and len(chain) < 200:
        chain.append(chain[-1].parent)
    root, first = _to_be_named(chain, setting), chain[-1]
    name = root.name or ""
    lines = []
    why = cause(root)
    if why:
        lines.append(f"{name} is not known: {why}" if name else why)
    origin = root.place or value.place
    if origin is not None and origin.text is not None:
        lines.append(_quoted(origin))
    if first.place is not None and (origin is None or first.place.line != origin.line) and first is not root:
        lines += [line for line in (first.why if first.why != root.why and "is not read" in first.why else "", _quoted(first.place)) if line]
    told = None if setting and name else next((one.remedy for one in chain if one.remedy), None)
    lines.append(root.remedy or told or remedy(name, root, setting))
    at = place or (run.place() if run is not None else None) or origin
    error = SpecError(problem, (at,) if at is not None else (), "\n".join([line for line in lines if line]))
    if at is not None:
        error.document = at.text
    return error


def _to_be_named(chain: list[Unknown], setting: str) -> Unknown:
    """The value that an error names: the nearest variable that can be set, or where a tensor comes from."""
    named = [one for one in chain if one.name is not None]
    if not setting and named:
        return named[-1]
    numbers = [one for one in named if not one.input_of]
    return (numbers or [chain[-1]])[0]


def _quoted(place: Place) -> str:
    return f"{place}: {printable(place.text.line(place.line).strip()[:120])}"


def cause(value: Unknown) -> str:
    """Why a value is not known, in words."""
    because = value.because
    if because is not None and because.root().name:
        return f"{value.why} ({because.root().name})"
    return value.why


def remedy(name: str, value: Unknown, setting: str) -> str:
    """What to type."""
    if setting == "input_shape":
        return f"--input 28x28x1 gives the size of the input{f', or --set {name}=... its value' if name else ''}"
    if not setting and (value.why.endswith("(...) is not known") or not name or name[:1].isupper()):
        return "describe what it builds with layers of Keras or PyTorch: their shapes are known"
    if not name:
        return "give it as an argument after the file's name (file.py:build(...)), or assign it to a variable for --set"
    if setting in _EXAMPLES and "shape" not in name:
        return f"--set {name}={_example(name, setting)} gives it"
    return f"--set {name}={_example(name, setting)} gives it"


def undefined(why: str, known: Iterable[str], source: str = "") -> str | None:
    """What to do about `NameError: name 'x' is not defined`; None for other messages.

    `known` are the names that there are, `source` is the line with the error.
    """
    found = _UNDEFINED.search(why)
    if found is None:
        return None
    name = found[1]
    near = did_you_mean(name, [word for word in known if word != "*"])
    if name[:1].isupper() and not name.isupper():
        if name in KINDS:
            return f"from keras.layers import {name} is missing"
        return near or did_you_mean(name, sorted(KINDS)) or f"the file uses {name} without importing it"
    if name in _MODULES:
        return f"import {name} is missing"
    if re.search(rf"(?<![\w.]){name}\s*[.(]", source):
        return near or f"the file uses {name} without defining or importing it"
    return f"--set {name}={_example(name, '')} gives it" + (f", or {near}" if near else "")


def _example(name: str, setting: str) -> str:
    word = name.lower()
    if word.startswith(("x_", "x", "train_images", "test_images", "images", "data")) and (len(name) < 2 or "_" in name or "train" in word):
        return "'np.zeros((1000, 28, 28, 1))'"
    if word.startswith("y_") or "label" in word or word.endswith(("names", "classes_list")):
        return "'np.arange(1000) % 10'" if word.startswith("y") or "labels" in word else "'[\"a\", \"b\"]'"
    return _EXAMPLES.get(setting, "10")
