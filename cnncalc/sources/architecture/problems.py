"""What is wrong with an architecture file, and what was guessed in reading it."""

from __future__ import annotations

from ...errors import CnncalcError, SpecError, printable
from ..document import Document
from .scope import Path, Scope, same

#: Errors that are kept of one file; of what else is wrong with it not even a hint is looked for.
MOST_ERRORS = 100


class Problems:
    """The errors and notes of one file, or of a model inside it that begins at `base`."""

    def __init__(self, document: Document, base: Path = (), notes: dict[str, list[Path]] | None = None):
        self.document, self.base = document, base
        self.errors: list[CnncalcError] = []
        #: Guesses, with the places where they were made.
        self.notes: dict[str, list[Path]] = {} if notes is None else notes
        #: The notes of other files that this one names.
        self.others: list[str] = []

    @property
    def many(self) -> bool:
        """Whether no more errors are kept."""
        return len(self.errors) >= MOST_ERRORS

    def add(self, error: SpecError, scope: Scope | None = None) -> None:
        """Keep an error; `scope` tells of the blocks that it is in."""
        users = scope.users() if scope is not None else ()
        if users:
            hint = "\n".join(filter(None, [error.hint, "in " + ", in ".join(users)]))
            document, error = error.document, SpecError(error.problem, error.path, hint)
            error.document = document
        if error.document is None:
            error = error.under(*self.base)
            error.document = self.document
        # A block or a repetition meets its errors again each time.
        if not self.many and not any(same(error, other) for other in self.errors):
            self.errors.append(error)

    def wrong(self, problem: str, path: Path, hint: str | None = None) -> None:
        self.add(SpecError(problem, path, hint))

    def note(self, text: str, path: Path) -> None:
        """Report a guess with its location; the same one again is only counted."""
        self.notes.setdefault(text, []).append((*self.base, *path))

    def noted(self) -> list[str]:
        """The guesses, each with the place of the first and how many more there are."""
        found = [*self.others]
        for text, places in self.notes.items():
            line, column, _ = self.document.locate(places[0])
            more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
            found.append(f"{printable(self.document.name)}:{line + 1}:{column + 1}: note: {text}{more}")
        return found
