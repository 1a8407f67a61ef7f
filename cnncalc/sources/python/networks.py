"""From a program to the network that it means, of Keras or of PyTorch."""

from __future__ import annotations

from ...errors import CnncalcError
from ...graph import Graph
from .given import Given
from .keras_networks import Finder
from .limits import Limit
from .program import Program, deep
from .text import SourceText


class Found:
    """What was read: a graph, all that is wrong, and notes."""

    def __init__(self, graph: Graph | None, errors: list[CnncalcError], notes: list[str] | None = None):
        self.graph, self.errors, self.notes = graph, errors, notes or []


def read_network(text: SourceText, expression: str | None, given: Given) -> Found:
    """The network of a program, or of an expression in its names."""
    found, keras2 = _read(text, expression, given, None)
    if keras2 is not None:
        found, _ = _read(text, expression, given, keras2)
    return found


def _read(text: SourceText, expression: str | None, given: Given, keras2: str | None) -> tuple[Found, str | None]:
    """What is read, and whether it has to be read again as Keras 2."""
    program: Program | None = None
    try:
        with deep():
            program = Program(text, given, keras2)
            program.read()
            finder = finder_of(program)
            graph, errors = finder.of_expression(expression) if expression else finder.only()
            notes = list(dict.fromkeys(program.session.notes))
            again = program.session.keras2 if keras2 is None else None
            return Found(graph, errors, notes), again
    except CnncalcError as error:
        return Found(None, list(error)), program.session.keras2 if program is not None and keras2 is None else None
    except (Limit, RecursionError) as error:
        return Found(None, [text.wrong(str(error) if isinstance(error, Limit) else "it is nested too deeply")]), None


def finder_of(program: Program) -> Finder:
    """Who looks for networks in a program: of the framework that it builds them with."""
    torch = program.run.sessions.get("torch")
    if torch is not None and torch.uses(program.scope.names.values()):
        from .torch_networks import TorchFinder  # lazy: few programs use PyTorch

        return TorchFinder(program)
    return Finder(program)
