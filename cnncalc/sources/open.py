"""Opening a network: from a name or a text, through the reader of its kind of file, to a graph."""

from __future__ import annotations

import io
import os
from typing import IO, TYPE_CHECKING

from ..errors import CnncalcError, SpecError, SpecErrors, did_you_mean, printable
from ..graph import Graph, Names
from .document import Document
from .examples import application, bundled, example_path
from .file_kinds import HDF5, HEAD, ZIP, folder_refusal, is_python, refusal
from .files import decoded, read_file, rest_of, standard_input

if TYPE_CHECKING:
    from .python.given import Given
    from .python.networks import Found

DEEPEST = 20
#: Of names that are a file's, not a bundled network's.
ENDINGS = (".yaml", ".yml", ".json", ".keras", ".h5", ".hdf5")
#: The largest file that is not all ASCII: each of its letters may take four bytes.
MOST_LETTERS = 16 * 2**20


class Opened:
    """What was read: a graph, as far as it could be, all that is wrong with the file, and what was chosen or guessed."""

    def __init__(self, graph: Graph | None, errors: list[CnncalcError], warnings: list[str] | None = None,
                 notes: list[str] | None = None):
        self.graph = graph
        self.errors = errors
        self.warnings = warnings or []
        self.notes = notes or []
        #: Whether it was Python source, whose values can be set.
        self.source = False


def open_named(name: str, given: Given | None = None) -> Opened:
    """The network of a file, of standard input (`-`) or of a bundled example.

    A name that is both a file and an example is the file. `file.py:EXPRESSION` is a network of Python source;
    `given` (python.program.Given) is what the command supplies along with it, for source on standard input too.
    """
    names = Names()
    try:
        if ".py" in name or ".ipynb" in name:
            from .python.opened import split

            source = split(name)
            if source is not None:
                return _open_source(*source, given)
        if name == "-":
            data = given.standard_input if given is not None else None
            if data is None:
                data = standard_input()
            if given is not None:
                given.standard_input = data
            return _open(data, "<stdin>", "network", None, names, (), given)
        if os.path.exists(name):
            return _open_path(name, name, names, ())
        return _open_bundled(name, names, ()) or Opened(None, [_missing(name)])
    except CnncalcError as error:
        return Opened(None, list(error))


def _open_source(path: str, expression: str | None, given: Given | None) -> Opened:
    """The network of Python source."""
    from .python.given import Given
    from .python.opened import read_source

    found = read_source(path, expression, given or Given())
    return _of_source(found)


def _of_source(found: Found) -> Opened:
    opened = Opened(found.graph, found.errors, notes=found.notes)
    opened.source = True
    return opened


def open_text(text: str, name: str = "network", shown: str = "<text>") -> Opened:
    """The network that a text in the form of a file describes."""
    try:
        return _open(text.encode(), shown, name, None, Names(), ())
    except CnncalcError as error:
        return Opened(None, list(error))


def _open_bundled(name: str, names: Names, opening: tuple[str, ...]) -> Opened | None:
    """The network of this name that needs no file; `None` if there is none."""
    path = example_path(name)
    if path is not None:
        return _open_path(path, os.path.basename(path), names, opening)
    found = application(name)
    if found is None:
        return None
    from ..applications import network

    return Opened(network(found[0], names, **found[1]), [])


def _missing(name: str) -> SpecError:
    if os.sep in name or name.lower().endswith(ENDINGS):
        folder = os.path.dirname(name) or "."
        try:
            near = did_you_mean(os.path.basename(name), sorted(os.listdir(folder))[:2000])
        except OSError:
            near = None
        return SpecError(f"there is no file {name!r}", (), near)
    ending = next((ending for ending in ENDINGS if os.path.isfile(name + ending)), None)
    return SpecError(f"there is no file and no bundled example {name!r}", (),
                     (f"did you mean {name + ending!r}?" if ending else did_you_mean(name, bundled())) or "'cnncalc examples' lists the bundled ones")


def _open_path(path: str, shown: str, names: Names, opening: tuple[str, ...]) -> Opened:
    real = os.path.realpath(path)
    if real in opening:
        raise SpecError(f"the model {shown} contains itself")
    if len(opening) >= DEEPEST:
        raise SpecError(f"models in models, more than {DEEPEST} deep")
    stem = printable(os.path.splitext(os.path.basename(path))[0])
    return _open(_contents(path, shown), shown, stem, os.path.dirname(real), names, (*opening, real))


def _contents(path: str, shown: str) -> bytes:
    """What a file says of a network: all of it, or the part that is not the weights."""
    if os.path.isdir(path):
        raise folder_refusal(shown, path)
    try:
        with open(path, "rb") as file:
            head = file.read(HEAD)
            if head.startswith((ZIP, HDF5)):
                return _described(shown, file if file.seekable() else io.BytesIO(rest_of(path, file, head)), head)
            wrong = refusal(shown, head, os.fstat(file.fileno()).st_size)
            if wrong is not None:
                raise wrong
            return rest_of(path, file, head)  # in one go: a pipe cannot be read twice
    except OSError:
        return read_file(path)  # which reports it


def _described(shown: str, file: IO[bytes], head: bytes) -> bytes:
    """The architecture in an archive or an HDF5 file."""
    if head.startswith(HDF5):
        from .keras.hdf5 import model_config

        return model_config(shown, file)
    from .keras.archive import config_json

    return config_json(shown, file)


def _open(data: bytes, shown: str, stem: str, folder: str | None, names: Names,
          opening: tuple[str, ...], given: Given | None = None) -> Opened:
    if data.startswith((ZIP, HDF5)):
        data = _described(shown, io.BytesIO(data), data)
    wrong = refusal(shown, data[:HEAD], len(data))
    if wrong is not None:
        raise wrong
    if len(data) > MOST_LETTERS and not data.isascii():
        raise SpecError(f"{shown} is over {MOST_LETTERS // 2**20} MiB", (), "a description of a network is far smaller")
    text = decoded(shown, data)
    del data
    if text.lstrip()[:1] == "{" and '"class_name"' in text:
        from .json_document import JsonDocument
        from .keras.model import is_keras, read_keras

        json = JsonDocument(shown, text)
        if is_keras(json.data):
            return Opened(*read_keras(json))

    if (not opening or (len(opening) == 1 and not shown.lower().endswith(ENDINGS))) and is_python(text):
        from .python.given import Given
        from .python.pasted import read_pasted

        return _of_source(read_pasted(shown, text, given or Given()))

    def nested(name: str, document: Document) -> Graph:
        opened = _open_nested(name, folder, names, opening)
        if opened.errors or opened.graph is None:
            raise SpecErrors(opened.errors)
        return opened.graph

    from .architecture.reader import read_spec

    document = Document(shown, text)
    graph, errors = read_spec(document, stem, nested, names)
    return Opened(graph, errors)


def _open_nested(name: str, folder: str | None, names: Names, opening: tuple[str, ...]) -> Opened:
    """A model named inside a file: another file of its folder, or a bundled example."""
    if folder is not None:
        path = os.path.realpath(os.path.join(folder, name))
        inside = path.startswith(folder.rstrip(os.sep) + os.sep)
        if inside and os.path.isfile(path):
            return _open_path(path, name, names, opening)
        if not inside:
            raise SpecError(f"the model {name!r} is outside the file's folder", (),
                            "copy it next to the file, or name a bundled example")
    found = _open_bundled(name, names, opening)
    if found is not None:
        return found
    if folder is None and ("/" in name or "." in name):
        raise SpecError(f"the model {name!r} cannot be read: this text has no folder", (),
                        "a bundled example can be named")
    near = bundled()
    if folder is not None:
        try:
            near = [*near, *os.listdir(folder)[:2000]]
        except OSError:
            pass
    raise SpecError(f"there is no file {name!r} next to this one, and no bundled example of that name", (),
                    did_you_mean(name, near))
