"""The bundled networks."""

from __future__ import annotations

import os


def examples_folder() -> str:
    """Where the bundled networks are: next to the package in a checkout, inside it when installed."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = os.path.join(here, "examples")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(here), "examples")


def examples() -> list[str]:
    """The names of the bundled networks."""
    try:
        return sorted(n[:-5] for n in os.listdir(examples_folder()) if n.endswith(".yaml"))
    except OSError:
        return []


def example_path(name: str) -> str | None:
    """The file of a bundled network; `None` if there is none of this name."""
    if not name or not all(c.isalnum() or c in "-_." for c in name) or name.startswith("."):
        return None
    path = os.path.join(examples_folder(), name + ".yaml")
    return path if os.path.isfile(path) else None


def title_of(name: str) -> str:
    """What the first comment of a bundled network says."""
    path = example_path(name)
    if path is None:
        return ""
    with open(path, encoding="utf-8") as file:
        first = file.readline()
    return first[1:].strip() if first.startswith("#") else ""
