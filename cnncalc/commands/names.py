"""Other names of commands, and what was meant by a word that is none."""

from __future__ import annotations

import os

from ..errors import nearest_names

#: Names that work as well.
ALIASES = {"rf": "receptive-field", "receptive_field": "receptive-field", "receptivefield": "receptive-field"}

#: Words for what a command does; only suggested.
_MEANT = {
    "report": "page html browser explore interactive website",
    "draw": "plot visualize visualise image figure picture graph diagram",
    "summary": "params parameters count shapes shape info show print view table model summarize describe inspect "
               "load open size sizes dimensions output outputs summarise",
    "receptive-field": "field fields receptive erf fov receptive-fields",
    "cost": "flops macs memory ram complexity profile mem costs operations ops",
    "explain": "why work working derive steps how show-work",
    "check": "grade mark verify test correct assess marks score",
    "worksheet": "sheet homework blank",
    "convert": "export save to translate",
    "examples": "ls list networks models zoo example dir bundled",
    "layers": "kinds types list-layers",
    "layer": "calc compute conv conv2d calculate",
    "trace": "run forward predict evaluate values eval",
    "compare": "vs versus cmp",
    "diff": "changes changed delta",
    "solve": "find invert inverse search design",
    "quiz": "practice practise exercise exercises questions exam test-me train learn",
}


def meant(args: list[str], commands: dict[str, str]) -> str | None:
    """The command line that was probably meant by one that begins with no command."""
    word, rest = args[0], args[1:]
    low = word.lower()
    known = [name for name in (low, ALIASES.get(low), low.replace("_", "-")) if name in commands]
    found = known[:1] or [command for command, words in _MEANT.items() if low in words.split() and command in commands]
    if not found and _is_network(word):
        return _line("summary", args)
    file = next((word + ending for ending in (".yaml", ".yml", ".json", ".keras", ".py") if os.path.isfile(word + ending)), None)
    if not found and file is not None:
        return _line("summary", [file, *rest])
    names = found or nearest_names(low, commands) or ([] if not rest or not _is_network(rest[0]) else ["summary"])
    return _line(names[0], rest) if names else None


def _is_network(word: str) -> bool:
    from ..sources.examples import example_path

    return example_path(word) is not None or os.path.exists(word) or word.lower().endswith(
        (".yaml", ".yml", ".json", ".keras", ".h5", ".py", ".ipynb"))


def _line(command: str, rest: list[str]) -> str:
    """A command line to copy, as short as it can be."""
    words = ["cnncalc", command, *[f"'{word}'" if " " in word or "(" in word else word for word in rest[:4]]]
    return " ".join(words) + (" ..." if len(rest) > 4 else "")
