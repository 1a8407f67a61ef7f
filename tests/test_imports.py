"""Who may import whom: the house as architecture decided it, stated as a table."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "cnncalc"

CORE = {"activations", "errors", "sizes", "num", "window", "dependence", "dtypes"}
LAYERS = CORE | {"layers", "keras_ops"}
#: Each module or folder, and what of the package it may import.
MAY_IMPORT = {
    "errors": set(),
    "activations": {"arrays"},
    "arrays": {"errors"},
    "num": set(),
    "sizes": set(),
    "dtypes": set(),
    "window": {"num"},
    "dependence": {"activations", "errors", "window"},
    "layers": CORE | {"layers"},
    "keras_ops": LAYERS,
    "pytorch": LAYERS | {"graph", "pytorch"},
    "graph": LAYERS,
    "analysis": LAYERS | {"graph", "analysis"},
    "applications": LAYERS | {"graph", "analysis", "applications"},
    "sources": LAYERS | {"pytorch", "applications", "arrays", "graph", "analysis", "sources"},
    "receptive_field": LAYERS | {"graph", "analysis", "receptive_field"},
    "solver": LAYERS,
    "numeric": LAYERS | {"arrays", "graph", "analysis", "numeric"},
    "explain": LAYERS | {"graph", "analysis", "receptive_field", "cost", "explain_field"},
    "explain_field": LAYERS | {"receptive_field"},
    "homework": LAYERS | {"graph", "analysis", "receptive_field", "cost", "explain", "homework"},
    "memory": LAYERS | {"graph", "analysis"},
    "cost": LAYERS | {"graph", "analysis", "memory"},
    "alignment": LAYERS | {"graph", "analysis", "cost"},
    "drawing": LAYERS | {"graph", "analysis", "receptive_field", "drawing"},
    "advice": LAYERS | {"graph", "analysis"},
    "code_writers": LAYERS | {"pytorch", "graph", "analysis", "sources", "code_writers"},
    "overrides": LAYERS | {"graph", "analysis", "sources"},
    "budgets": LAYERS | {"analysis", "cost", "receptive_field"},
    "views": LAYERS | {"budgets", "pytorch", "graph", "analysis", "alignment", "cost", "explain", "memory", "receptive_field", "homework", "arrays", "numeric", "solver", "views"},
    "network": LAYERS | {"drawing", "explain", "report", "results", "advice", "graph", "analysis", "cost", "receptive_field", "sources", "tracing", "views"},
    "tracing": LAYERS | {"graph", "analysis", "overrides"},
    "report": LAYERS | {"graph", "analysis", "cost", "drawing", "explain", "receptive_field", "report", "views"},
    "quiz": LAYERS | {"analysis", "arrays", "graph", "homework", "numeric", "quiz", "sources"},
    "commands": None,
    "startup": set(),
    "cli": {"errors", "commands", "startup", "__version__"},
    "__main__": {"startup", "cli"},
    "__init__": {"api", "network", "errors"},
    "results": {"errors", "views"},
    "api": LAYERS | {"homework", "network", "results", "solver", "sources", "tracing", "views"},
}
#: Libraries, and the only places that may import them.
LIBRARIES = {
    "yaml": {"sources/document.py", "sources/marks.py"},
    "rich": {"views/with_rich.py"},
    "keras": set(),
    "tensorflow": set(),
    "torch": set(),
    "jax": set(),
    "numpy": set(),
    "h5py": {"sources/keras/hdf5.py"},
}
SOURCES = sorted(PACKAGE.rglob("*.py"))


@functools.cache
def parsed(path: Path) -> list[ast.AST]:
    """The imports and calls of a module."""
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, (ast.Import, ast.ImportFrom, ast.Call))]


def place(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def room(path: Path) -> str:
    return place(path).split("/")[0].removesuffix(".py")


def imported(path: Path) -> tuple[set[str], set[str]]:
    """The rooms of the package, and the other libraries, that a module imports anywhere in it."""
    rooms, others = set(), set()
    depth = len(path.relative_to(PACKAGE).parts)
    for node in parsed(path):
        if isinstance(node, ast.Import):
            others |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                others.add((node.module or "").split(".")[0])
            elif node.level < depth:
                rooms.add(room(path))
            else:
                rooms |= {node.module.split(".")[0]} if node.module else {alias.name for alias in node.names}
    return rooms, others


def test_modules_import_only_what_stands_to_their_left():
    beyond = {place(path): rooms for path in SOURCES if MAY_IMPORT[room(path)] is not None
              if (rooms := imported(path)[0] - {"__version__"} - MAY_IMPORT[room(path)])}
    assert beyond == {}


def test_a_library_is_imported_in_one_place():
    for path in SOURCES:
        _, others = imported(path)
        for library in others & LIBRARIES.keys():
            assert place(path) in LIBRARIES[library]
        assert "click" not in others or room(path) in ("cli", "commands"), path


def test_only_the_commands_print_or_exit():
    for path in SOURCES:
        if room(path) in ("startup", "cli", "commands", "network"):
            continue
        for node in parsed(path):
            if isinstance(node, ast.Call):
                if isinstance(node.func, ast.Name):
                    assert node.func.id not in ("print", "eval", "exec", "input", "compile", "exit"), path
                else:
                    assert getattr(node.func, "attr", "") not in ("exit", "_exit", "echo", "system", "Popen"), path


def neighbors() -> dict[str, set[str]]:
    """For each module the modules of the package that it imports, anywhere in it, if only for its types."""
    names = {".".join(p.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): p for p in SOURCES}
    found: dict[str, set[str]] = {}
    for name, path in names.items():
        package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
        found[name] = set()
        for node in parsed(path):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])
                found[name] |= {one if (one := f"{base}.{alias.name}") in names else base for alias in node.names}
    return found


def circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """Modules that import each other, directly or through others."""
    reached: dict[str, set[str]] = {}
    for start in imports:
        waiting, seen = [start], set()
        while waiting:
            for other in imports.get(waiting.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        reached[start] = seen
    return sorted({tuple(sorted(b for b in reached[a] if a in reached.get(b, ()))) for a in imports} - {()})


def test_no_modules_import_each_other_in_a_circle():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [("a", "b", "c")]
    assert circles(neighbors()) == []


def loaded_by(*args: str) -> set[str]:
    """The modules that a command has loaded when it ends."""
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: sys.stderr.write('\\nLOADED ' + ' '.join(sys.modules)))\n"
        f"sys.argv = {['cnncalc', *args]!r}\n"
        "from cnncalc.cli import main\nmain()\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "LOADED " in run.stderr, run.stderr
    return set(run.stderr.rpartition("LOADED ")[2].split())


def test_help_loads_only_click():
    loaded = loaded_by("--help")
    assert not loaded & {"yaml", "rich", "cnncalc.layers", "cnncalc.analysis", "json"}


def test_summary_in_json_loads_no_tables():
    assert not loaded_by("summary", "lenet5", "--format", "json") & {"rich", "keras", "dataclasses_json", "numpy"}


def test_summary_loads_only_the_families_it_needs():
    loaded = loaded_by("summary", "lenet5")
    assert "cnncalc.layers.conv" in loaded
    assert not loaded & {"cnncalc.layers.attention", "cnncalc.layers.recurrent", "cnncalc.layers.preprocessing"}
