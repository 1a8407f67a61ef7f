"""What Python users get: data that shows itself, and errors without this package's own lines."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from .errors import CnncalcError

if TYPE_CHECKING:
    from .views.report import Report

P = ParamSpec("P")
T = TypeVar("T")


class Result(dict[str, Any]):
    """What a command prints: as data, what `--format json` gives; `print` shows the text, a notebook the tables."""

    def __init__(self, report: Report, line: str, picture: Callable[[], str] | None = None):
        super().__init__(report.data())
        self._report, self._line = report, line
        #: Draws it, as SVG, for a notebook.
        self._picture = picture

    def __repr__(self) -> str:
        return f"<{self._line}>"

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int | None = None) -> str:
        """The text that the command prints; in a terminal of this width."""
        from .views.formats import written
        from .views.report import Terminal

        return written([self._report], "table", Terminal(width or 10_000)).rstrip("\n")

    def _repr_html_(self) -> str:
        from .views.html import fragment

        return fragment([self._report]) + (f"<div>{self._picture()}</div>" if self._picture is not None else "")


def public(function: Callable[P, T]) -> Callable[P, T]:
    """A function whose errors end at the line that called it."""

    @functools.wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        __tracebackhide__ = True
        try:
            return function(*args, **kwargs)
        except CnncalcError as error:
            raise error.with_traceback(None) from None

    return called


class UnknownLayer(CnncalcError, KeyError):
    """There is no layer of this name; the message has the nearest ones."""

    def __str__(self) -> str:
        return str(self.args[0])
