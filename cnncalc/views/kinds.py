"""What there is to say of the kinds of layers: their families, settings and rules."""

from __future__ import annotations

from typing import Any

from ..layers.base import FAMILIES, KINDS, Layer
from ..layers.settings import LETTERS, REQUIRED, Kept


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


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, str, bool, type(None))) else list(value)


def kind_text(kind: type[Layer]) -> str:
    """A kind as help text: its rule, then its settings in order."""
    data = kind_dict(kind)
    out = [kind.kind + (f"  (also {', '.join(kind.aliases)})" if kind.aliases else "")]
    out += [f"  {line}".rstrip() for line in data["rule"].split("\n")]
    telling = [s for s in data["settings"] if s["changes_numbers"]]
    kept = [s["name"] for s in data["settings"] if not s["changes_numbers"]]
    if telling:
        widest = max(len(_head(s)) for s in telling)
        out += ["", "Settings, in order:"]
        out += [f"  {_head(s):{widest}}  {s['form']}{_default(s)}" for s in telling]
    if kept:
        out += ["", "Kept, for they change no number:", *_wrapped(kept)]
    least, most = kind.arity
    if most != 1 or least != 1:
        many = f"{least} or more" if most is None else str(least) if least == most else f"{least} to {most}"
        out += ["", f"Inputs: {many}"]
    return "\n".join(out) + "\n"


def _head(setting: dict[str, Any]) -> str:
    name: str = setting["name"]
    return name + (f" ({setting['letter']})" if setting["letter"] else "")


def _default(setting: dict[str, Any]) -> str:
    if setting["required"]:
        return "; required"
    value = setting["default"]
    shown = "nothing" if value is None else str(value).lower() if isinstance(value, bool) else value
    return f"; default {shown}"


def _wrapped(words: list[str], width: int = 96) -> list[str]:
    lines = ["  "]
    for i, word in enumerate(words):
        part = word + ("," if i < len(words) - 1 else "")
        if len(lines[-1]) + len(part) + 1 > width:
            lines.append("  ")
        lines[-1] += part + " "
    return [line.rstrip() for line in lines]


def families_text() -> str:
    """All kinds, by family."""
    out = []
    for _, about, kinds in families():
        out.append(about)
        out += _wrapped([kind.kind for kind in kinds])
        out.append("")
    return "\n".join(out).rstrip() + "\n"
