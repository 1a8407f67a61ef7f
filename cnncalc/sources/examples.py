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


def application(name: str) -> tuple[str, dict[str, object]] | None:
    """The function of keras.applications with this name, and its arguments: with `_notop`, it has no classifier."""
    from ..applications import named, usual

    function = named(name.removesuffix("_notop"))
    if function is None:
        return None
    size = usual(function).size
    return function, {"include_top": False, "input_shape": (size, size, 3)} if name.endswith("_notop") else {}


def bundled() -> list[str]:
    """The names of all networks that need no file: examples, and the networks of keras.applications."""
    from ..applications import NAMES

    return sorted({*examples(), *map(str.lower, NAMES)})


def example_path(name: str) -> str | None:
    """The file of a bundled network, whose name ignores case; `None` if there is none of this name."""
    if not name or not all(c.isalnum() or c in "-_." for c in name) or name.startswith("."):
        return None
    path = os.path.join(examples_folder(), name.lower() + ".yaml")
    return path if os.path.isfile(path) else None


def title_of(name: str) -> str:
    """One line about a bundled network: the first comment of its file."""
    path = example_path(name)
    if path is None:
        from ..applications import PAPERS, named

        function = named(name)
        return f"{function} ({PAPERS[function]}) as keras.applications builds it." if function else ""
    with open(path, encoding="utf-8") as file:
        first = file.readline()
    return first[1:].strip() if first.startswith("#") else ""
