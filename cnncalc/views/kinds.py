"""The kinds of layers: their families, settings and rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..layers.base import FAMILIES, KINDS, Layer
from ..layers.settings import LETTERS, REQUIRED, Kept
from .report import Column, Heading, Lines, Part, Records, Report, Table


def families() -> list[tuple[str, str, list[type[Layer]]]]:
    """(name, what it is, kinds) of each family of layers."""
    from importlib import import_module

    found = []
    every = KINDS.everything()
    for family in FAMILIES:
        module = import_module(family)
        kinds = [kind for word, kind in every.items() if kind.__module__ == module.__name__ and word == kind.kind]
        about: str = (module.__doc__ or "").strip().split("\n")[0]
        if kinds:
            found.append((family.rpartition(".")[2], about, kinds))
    return found


def rule(kind: type[Layer]) -> str:
    """What a kind does: the docstring of its class, or of the class that it is a rank of."""
    for cls in kind.__mro__:
        doc = vars(cls).get("__doc__")
        if doc and cls is not Layer:
            lines = [line.strip() for line in doc.strip().split("\n")]
            return "\n".join(lines)
    return ""


def letter(name: str) -> str | None:
    """The textbook's letter that a file may use for a setting."""
    return next((short for short, long in LETTERS.items() if long == name), None)


def kind_dict(kind: type[Layer]) -> dict[str, Any]:
    """A kind as plain data."""
    least, most = kind.arity
    return {
        "name": kind.kind,
        "aliases": list(kind.aliases),
        "rank": kind.rank,
        "inputs": {"least": least, "most": most},
        "rule": rule(kind),
        "settings": [
            {
                "name": name,
                "letter": letter(name),
                "form": setting.form,
                "required": setting.default is REQUIRED,
                "default": None if setting.default is REQUIRED else _plain(setting.default),
                "changes_numbers": not isinstance(setting, Kept),
            }
            for name, setting in kind.settings.items()
        ],
    }


def _plain(value: object) -> object:
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else value


SETTINGS = (
    Column("name", "Setting", lambda s: s["name"] + (f" ({s['letter']})" if s["letter"] else "")),
    Column("form", "Value", lambda s: s["form"]),
    Column("default", "Default", lambda s: "required" if s["required"] else _shown(s["default"])),
)


def kind_report(kind: type[Layer]) -> Report:
    """A kind: its rule, then its settings in order."""
    data = kind_dict(kind)

    def parts() -> list[Part]:
        heading = kind.kind + (f" (also {', '.join(kind.aliases)})" if kind.aliases else "")
        found: list[Part] = [Heading(heading, 1), Lines(paragraphs(data["rule"]), hang=0, tight=True, widest=100)]
        telling = [s for s in data["settings"] if s["changes_numbers"]]
        kept = [s["name"] for s in data["settings"] if not s["changes_numbers"]]
        if telling:
            found.append(Table.of(SETTINGS, telling, "Settings, in order"))
        if kept:
            found.append(Lines([f"Accepted; these do not affect the numbers: {', '.join(kept)}"], widest=100))
        least, most = kind.arity
        if most != 1 or least != 1:
            many = f"{least} or more" if most is None else str(least) if least == most else f"{least} to {most}"
            found.append(Lines([f"Inputs: {many}"]))
        return found

    def records() -> Records:
        return Records([c.key for c in SETTINGS], [[column.cell(s) for column in SETTINGS] for s in data["settings"]])

    return Report(kind.kind, lambda: data, parts, records)


def _shown(value: object) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def paragraphs(text: str) -> list[str]:
    """The text with the lines of each paragraph joined; indented lines stay as they are."""
    found: list[str] = []
    joining = False
    for line in text.split("\n"):
        if joining and line and not line.startswith(" "):
            found[-1] += " " + line
        else:
            found.append(line)
        joining = bool(line) and not line.startswith(" ")
    return found


def families_report() -> Report:
    """All kinds, by family."""
    def data() -> dict[str, object]:
        return {"schema": "cnncalc/layers/1", "layers": [kind_dict(kind) for _, _, family in families() for kind in family]}

    def parts() -> list[Part]:
        found: list[Part] = []
        for _, about, kinds in families():
            found += [Heading(about), Lines(["  " + ", ".join([kind.kind for kind in kinds])], hang=0, tight=True, widest=100)]
        return found

    def records() -> Records:
        return Records(["family", "name"], [[name, kind.kind] for name, _, kinds in families() for kind in kinds])

    return Report("layers", data, parts, records)
