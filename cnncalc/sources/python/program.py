"""A program being read: its file, the neighboring files it imports, and the values that the reader sets."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ...errors import SpecError
from ...layers.unknown import assumption
from .binding import set_pinned
from .blocks import run_module_statements
from .given import Given
from .imports import of_library
from .interpreter import Interpreter, Raised
from .keras_names import KerasLibrary, prepare
from .keras_objects import Session
from .limits import Limit
from .numpy_names import NumpyLibrary
from .python import Python
from .scopes import Frame, ModuleScope, Value
from .stdlib import StandardLibrary
from .text import SourceText, expression, parse
from .torch_library import TorchLibrary

#: Neighboring files that are read, and the size of each.
MOST_FILES, LARGEST_FILE = 100, 1_000_000
#: Python's own frames: each of the program's calls takes about twenty of them.
FRAMES = 8_000


@contextmanager
def deep() -> Iterator[None]:
    """Let Python go as deep as the bounds of the interpreter need."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class Program:
    """A file that has been read to its end."""

    def __init__(self, text: SourceText, given: Given, keras2: str | None = None):
        self.text, self.given = text, given
        self.session = Session()
        self.session.keras2 = keras2
        self.session.assumed = {name.rpartition("/")[2]: assumption(text) for name, text in given.assume.items()}
        self.session.data_format = given.data_format or "channels_last"
        if given.input is not None:
            self.session.inputs = dict(given.input) if isinstance(given.input, dict) else {"": tuple(given.input)}
        libraries = [StandardLibrary(), NumpyLibrary(), KerasLibrary(self.session), TorchLibrary()]
        self.run = Python(libraries, self.neighbor)
        prepare(self.run, self.session)
        self.scope = ModuleScope("__main__", text, {})
        self.scope.file = os.path.realpath(os.path.join(text.folder, os.path.basename(text.name))) if text.folder else None
        self.frame = Frame(self.scope, self.scope.names)
        self.files: dict[str, ModuleScope] = {}
        #: Where the file of a module is, by its name and the file that imports it.
        self.paths: dict[tuple[str, str | None], str | None] = {}
        self.run.frame = self.frame
        self.tree = parse(text)

    def read(self) -> None:
        """Run the statements of the file, with the variables that the reader sets."""
        with deep():
            if self.given.prelude:
                run_module_statements(self.run, parse(SourceText("<usual imports>", self.given.prelude)).body, self.frame)
                self.usual = dict(self.scope.names)
            for word in self.given.values:
                name, equals, value = word.partition("=")
                name = name.strip()
                if not equals or not all(part.isidentifier() for part in name.split(".")):
                    raise SpecError(f"--set {word!r} must be NAME=VALUE", (), "for example --set num_classes=10")
                self.scope.pinned[name] = self.value(value, f"--set {name}")
            for name, value in self.scope.pinned.items():
                if "." not in name:
                    self.scope.names[name] = value
            run_module_statements(self.run, self.tree.body, self.frame)
            for name, value in self.scope.pinned.items():
                first = name.partition(".")[0]
                if "." in name and first in self.scope.names:
                    set_pinned(self.run, self.scope.names[first], name, value)

    def value(self, source: str, shown: str) -> Value:
        """The value of an expression that the reader gives; SpecError if it has none."""
        text = SourceText(shown, source.strip())
        numpy = of_library(self.run, "numpy")
        scope = ModuleScope("__main__", text, {"np": numpy, "numpy": numpy, "math": of_library(self.run, "math")})
        return self.evaluated(text, Frame(scope, scope.names))

    def evaluated(self, text: SourceText, frame: Frame) -> Value:
        node = expression(text)
        before, self.run.frame = self.run.frame, frame
        try:
            return self.run.evaluate(node, frame)
        except (Raised, Limit) as error:
            place = error.place if isinstance(error, Raised) else None
            raise text.wrong(str(error), place if place is not None and place.text is text else None) from None
        except RecursionError:
            raise text.wrong("it is nested too deeply") from None
        finally:
            self.run.frame = before

    # Neighboring files.

    def neighbor(self, run: Interpreter, name: str, of: ModuleScope) -> ModuleScope | None:
        """The neighboring file that a module's name means, read; None if there is none."""
        key = (name, of.file)
        if key not in self.paths:
            run.work(20)
            self.paths[key] = self._path(name, of)
        path = self.paths[key]
        if path is None:
            return None
        if path in self.files:
            return self.files[path]
        if len(self.files) >= MOST_FILES:
            return None
        try:
            with open(path, "rb") as file:
                data = file.read(LARGEST_FILE + 1)
            text = SourceText(os.path.relpath(path, self.text.folder or "."), data.decode("utf-8-sig", errors="replace"),
                              None, os.path.dirname(path))
            if len(data) > LARGEST_FILE:
                return None
            tree = parse(text)
        except (OSError, SpecError, ValueError):
            return None
        scope = ModuleScope(name.lstrip("."), text, {})
        scope.file = path
        self.files[path] = scope
        frame = Frame(scope, scope.names)
        before, run.frame = run.frame, frame
        patience = run.patience
        depth, run.depth = run.depth, run.depth + 10
        if run.depth > 100:
            return None
        try:
            run_module_statements(run, tree.body, frame, True)
        finally:
            run.frame, run.depth, run.patience = before, depth, patience
        return scope

    def _path(self, name: str, of: ModuleScope) -> str | None:
        """The regular file of a module, inside the folder and package of the program."""
        if of.file is None and self.text.folder is None:
            return None
        folder = os.path.dirname(of.file) if of.file else self.text.folder or "."
        top = self._top(os.path.realpath(self.text.folder or "."))
        if name.startswith("."):
            level = len(name) - len(name.lstrip("."))
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            folders = [folder]
        else:
            folders = [folder, os.path.dirname(top), top]
        parts = [part for part in name.lstrip(".").split(".") if part]
        if not all(part.isidentifier() for part in parts):
            return None
        for start in folders:
            stem = os.path.join(start, *parts)
            for path in ((stem + ".py", os.path.join(stem, "__init__.py")) if parts else (os.path.join(start, "__init__.py"),)):
                real = os.path.realpath(path)
                if os.path.isfile(real) and (real.startswith(top + os.sep)):
                    return real
        return None

    @staticmethod
    def _top(folder: str) -> str:
        """The top of an unbroken chain of packages around a folder."""
        while os.path.isfile(os.path.join(folder, "__init__.py")) and os.path.dirname(folder) != folder:
            folder = os.path.dirname(folder) if os.path.isfile(os.path.join(os.path.dirname(folder), "__init__.py")) else folder
            if not os.path.isfile(os.path.join(os.path.dirname(folder), "__init__.py")):
                break
        return folder
