"""torchvision's networks by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .values import Value

if TYPE_CHECKING:
    from .interpreter import Interpreter


def bundled(run: Interpreter, name: str) -> Value:
    """The function that builds one of torchvision's networks; None if it is not bundled."""
    return None
