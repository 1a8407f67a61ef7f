"""What can be wrong with a network, as facts: a problem, the path to it and a mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any


class Key(str):
    """A step of a path that means the key itself, not its value."""

    __slots__ = ()


class CnncalcError(Exception):
    """Anything cnncalc refuses. Iterating gives the single errors it is made of."""

    def __iter__(self) -> Iterator[CnncalcError]:
        yield self

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a traceback: the caller's own lines, and the message."""
        import os
        import traceback

        here = os.path.dirname(os.path.abspath(__file__))
        frames = [frame for frame in traceback.extract_tb(self.__traceback__)
                  if not os.path.abspath(frame.filename).startswith(here) and "IPython" not in frame.filename]
        return [*"".join(traceback.format_list(frames)).splitlines(), *f"{type(self).__name__}: {self}".splitlines()]


class SpecError(CnncalcError):
    """One thing wrong with a network.

    `path` leads to the value at fault: keys and list positions, outermost first. Who
    raises knows only the last steps of it; callers put theirs before with `under`.
    """

    def __init__(self, problem: str, path: Iterable[object] = (), hint: str | None = None):
        super().__init__(problem)
        self.problem = problem
        self.path = tuple(path)
        self.hint = hint
        #: The document that `path` leads into, once somebody knows.
        self.document: Any = None

    def under(self, *prefix: object) -> SpecError:
        """The same error, seen from further out."""
        return SpecError(self.problem, (*prefix, *self.path), self.hint)

    def __str__(self) -> str:
        return self.problem if self.hint is None else f"{self.problem}\n{self.hint}"


class SpecErrors(CnncalcError):
    """Several things wrong at once."""

    #: What could be read of a network all the same.
    partial: Any = None

    def __init__(self, errors: Iterable[CnncalcError]):
        self.errors = tuple(errors)
        super().__init__("\n".join(map(str, self.errors)))

    def __iter__(self) -> Iterator[CnncalcError]:
        return iter(self.errors)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that `word` was most likely meant to be."""
    return next(iter(nearest_names(word, known)), None)


def nearest_names(word: object, known: Iterable[str]) -> list[str]:
    """The known names that `word` was most likely meant to be: one, or several that are as near."""
    if not isinstance(word, str) or len(word) > 60:
        return []
    return list(_nearest(word, tuple(known)))


@lru_cache(64)
def _nearest(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    plain = {name.lower().replace("_", ""): name for name in known if isinstance(name, str)}
    word = word.lower().replace("_", "")
    if word in plain:
        return (plain[word],)
    slips = [(slip, name) for name in plain if (slip := slip_between(word, name)) is not None] if len(word) > 1 else []
    if slips:
        least = min(slips)[0]
        found = [plain[name] for slip, name in slips if slip == least]
        found.sort(key=lambda name: "2D" not in name)  # images are the usual case
        return tuple(found[:3])
    import difflib

    close = difflib.get_close_matches(word, plain, 3, 0.7)
    close.sort(key=lambda name: sorted(name) != sorted(word))
    return (plain[close[0]],) if close else ()


def slip_between(word: str, name: str) -> int | None:
    """How one slip of the hand makes `word` of `name`: 0, two letters swapped; 1, one dropped or added; 2, a wrong one."""
    if abs(len(word) - len(name)) > 1:
        return None
    same = next((i for i, (a, b) in enumerate(zip(word, name)) if a != b), min(len(word), len(name)))
    if len(word) == len(name):
        if word[same] == name[same + 1 : same + 2] and word[same + 1 : same + 2] == name[same] and word[same + 2 :] == name[same + 2 :]:
            return 0
        return 2 if word[same + 1 :] == name[same + 1 :] and len(word) > 3 else None
    longer, shorter = (word, name) if len(word) > len(name) else (name, word)
    return 1 if longer[same + 1 :] == shorter[same:] and len(longer) > 2 else None


def did_you_mean(word: object, known: Iterable[str]) -> str | None:
    """The hint for an unknown name, if there is a likely one."""
    return one_of(nearest_names(word, known))


def one_of(names: Iterable[str]) -> str | None:
    """The hint that offers these names."""
    words = [repr(name) for name in names]
    if not words:
        return None
    return f"did you mean {', '.join(words[:-1])}{' or ' if len(words) > 1 else ''}{words[-1]}?"


def listed(words: str, names: Iterable[str], most: int = 24) -> str:
    """The hint that lists what there is: `it has conv1, pool1, ...`."""
    known = list(names)
    return f"{words} " + (", ".join(known[:most]) + (f", ... ({len(known)} in all)" if len(known) > most else "") or "none")


def printable(text: str) -> str:
    """The text with its control characters as escapes: shown, never sent."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shown(value: object, limit: int = 40) -> str:
    """`value` in the words of the reader's file, cut to `limit` characters."""
    text = _written(value, limit)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _written(value: object, room: int) -> str:
    if value is None:
        return "nothing"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, str):
        return repr(value[: room + 1])
    if isinstance(value, int):
        return str(int(value)) if value.bit_length() < 200 else "a very large number"
    if room <= 0:
        return "…"
    if isinstance(value, dict):
        parts = []
        for key, item in value.items():
            parts.append(f"{key}: {_written(item, room - 2)}" if isinstance(key, str) else "…")
            room -= len(parts[-1]) + 2
            if room <= 0:
                break
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, (list, tuple)):
        parts = []
        for item in value:
            parts.append(_written(item, room - 2))
            room -= len(parts[-1]) + 2
            if room <= 0:
                break
        return "[" + ", ".join(parts) + "]"
    return str(value)


def about(kind: str, name: str | None, problem: str) -> str:
    """A problem with its layer in front."""
    subject = f"{kind} {name!r}" if name else kind
    return subject + (" " if problem.startswith(("has ", "needs ", "takes ")) else ": ") + problem
