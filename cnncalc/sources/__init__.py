"""Files that describe networks, whatever their kind: from a name to a graph."""

from .document import report
from .examples import application, bundled, example_path, examples, title_of
from .open import Opened, open_named, open_text

__all__ = ["Opened", "application", "bundled", "example_path", "examples", "open_named", "open_text", "report", "title_of"]
