"""Where a path leads to in the text of a YAML file."""

from __future__ import annotations

from typing import Any

import yaml

from ..errors import Key

try:
    from yaml.cyaml import CParser as Parser  # type: ignore[attr-defined]
except ImportError:  # PyYAML without its C part
    class Parser(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):  # type: ignore[no-redef]
        def __init__(self, stream: Any) -> None:
            yaml.reader.Reader.__init__(self, stream)
            yaml.scanner.Scanner.__init__(self)
            yaml.parser.Parser.__init__(self)

#: The words that YAML reads as values.
WORDS: dict[str, object] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}


def opens(text: str) -> bool:
    """Whether more parentheses open than close."""
    return text.count("(") > text.count(")")


class Marks:
    """A second walk over the text that follows one path and stops where it ends."""

    def __init__(self, text: str):
        self.text = text
        self.parser: Any = Parser(text)

    def find(self, path: tuple[object, ...]) -> tuple[int, int, int]:
        event: object = self.parser.get_event()
        while isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
            event = self.parser.get_event()
        for i, step in enumerate(path):
            found = self._child(event, step)
            if found is None:  # the walk has passed what is there of it
                return Marks(self.text).find(path[:i])
            key, child = found
            if isinstance(step, Key) or (child is None):
                event = key
                break
            event = child
        return self._span(event)

    def _span(self, event: Any) -> tuple[int, int, int]:
        start, end = event.start_mark, event.end_mark
        if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and opens(event.value):
            end = self._closed(event)
        if isinstance(event, yaml.MappingStartEvent) and not event.flow_style:
            first = self.parser.get_event()  # a block mapping begins with its first key
            start, end = first.start_mark, first.end_mark
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)) and event.flow_style:
            end = self._skip(event)
        if end.line != start.line:
            return start.line, start.column, 10**6
        return start.line, start.column, max(1, end.column - start.column)

    def _child(self, event: object, step: object) -> tuple[object, object] | None:
        if isinstance(event, yaml.MappingStartEvent):
            while True:
                key = self.parser.get_event()
                if isinstance(key, yaml.MappingEndEvent):
                    return None
                self._skip(key)
                value = self.parser.get_event()
                if isinstance(key, yaml.ScalarEvent) and str(step) in (key.value, str(WORDS.get(key.value, key.value))):
                    return key, value
                self._skip(value)
        if isinstance(event, yaml.SequenceStartEvent) and isinstance(step, int):
            for _ in range(step + 1):
                child = self.parser.get_event()
                if isinstance(child, yaml.SequenceEndEvent):
                    return None
                if _ == step:
                    break
                if event.flow_style and isinstance(child, yaml.ScalarEvent) and child.implicit[0] and opens(child.value):
                    self._closed(child)
                else:
                    self._skip(child)
            return child, child
        return None

    def _closed(self, event: Any) -> object:
        """The end of a text in parentheses that was split at its commas."""
        depth, end = event.value.count("(") - event.value.count(")"), event.end_mark
        while depth > 0:
            part = self.parser.get_event()
            if not isinstance(part, yaml.ScalarEvent):
                break
            if part.value:
                depth, end = depth + part.value.count("(") - part.value.count(")"), part.end_mark
        return end

    def _skip(self, event: Any) -> object:
        depth = 0
        while True:
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                depth += 1
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                depth -= 1
            if depth == 0:
                return event.end_mark
            event = self.parser.get_event()
            if event is None:
                raise yaml.YAMLError("the text ends")


__all__ = ["WORDS", "Marks", "Parser", "opens"]
