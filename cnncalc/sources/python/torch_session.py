"""What is kept while a program that uses PyTorch is read."""

from __future__ import annotations

from collections.abc import Iterable

from .classes import Class
from .interpreter import Interpreter
from .scopes import Value
from .text import Place
from .torch_objects import TorchModule, TorchTensor
from .torch_tape import Tape


class Session:
    """What is kept while a program that uses PyTorch is read."""

    def __init__(self) -> None:
        #: Where calls are recorded while a network runs.
        self.tape: Tape | None = None
        self.classes: dict[str, Class] = {}
        #: Calls of modules at the level of the file: on tensors of these shapes, at this place.
        self.seen: list[tuple[TorchModule, list[TorchTensor], Place | None]] = []
        #: What is left out of the counts, in words.
        self.uncounted: list[str] = []
        #: Every module made, in order.
        self.made: list[TorchModule] = []
        self.training = False
        self.depth = 0
        #: Modules by name, and the classes of torchvision and timm, once they are read.
        self.modules: dict[str, Value] = {}
        self.beside: dict[str, Value] | None = None

    def uses(self, values: Iterable[Value]) -> bool:
        """Whether a program builds networks with PyTorch: by its variables, or by the modules it made."""
        base = self.classes.get("Module")
        return bool(self.made) or any(isinstance(value, Class) and base in value.mro for value in values)


def session(run: Interpreter) -> Session:
    found: Session | None = run.sessions.get("torch")
    if found is None:
        found = run.sessions["torch"] = Session()
    return found
