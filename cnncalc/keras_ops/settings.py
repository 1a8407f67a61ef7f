"""Settings of operations on arrays: an axis, numbers, and what stands between brackets."""

from __future__ import annotations

from ..errors import SpecError, shown
from ..layers.settings import Setting, whole


def in_lists(value: object) -> object:
    """A constant, an array as Keras writes it in lists of its numbers."""
    config = value.get("config") if isinstance(value, dict) and value.get("class_name") in ("__tensor__", "__numpy__") else None
    return config.get("value") if isinstance(config, dict) else value


class AxisOf(Setting):
    """One axis, the batch being 0."""

    form = "an axis"

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.default is None:
            return None
        return whole(value, -64, "an axis", 64)


class Numbers(Setting):
    """Whole numbers in a list, or in lists; `None` and -1 where they mean something."""

    form = "a list of whole numbers"

    def __init__(self, *args: object, least: int = 0, single: bool = False, unknown: bool = False):
        super().__init__(*args)
        self.least, self.single, self.unknown = least, single, unknown

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.default is None:
            return None
        if not isinstance(value, (list, tuple)):
            if not self.single:
                raise SpecError(f"must be {self.form} (got {shown(value)})")
            return whole(value, self.least, self.form)
        if len(value) > 10_000:
            raise SpecError("has too many numbers")
        return tuple([None if item is None and self.unknown else whole(item, self.least, self.form) for item in value])


class Key(Setting):
    """What stands in brackets behind an array in Python: `:, 2:5, None, ..., -1`."""

    form = "the text between the brackets, such as ':, 1:, None'"

    def read(self, value: object, rank: int | None) -> object:
        if isinstance(value, str):
            return tuple(map(self._word, value.strip().removesuffix(",").split(",")))
        if value is None:
            raise SpecError("cannot be None alone", (), "Keras takes None as one of several indices")
        items = value if isinstance(value, (list, tuple)) else [value]
        if len(items) > 64:
            raise SpecError(f"has too many parts (got {shown(value)})")
        return tuple(map(self._item, items))

    def _item(self, item: object) -> object:
        if item is None or item is ...:
            return item
        if isinstance(item, dict) and item.get("class_name") == "__ellipsis__":
            return ...
        if isinstance(item, dict) and item.get("class_name") == "__slice__":
            parts = item.get("config")
            if not isinstance(parts, dict) or set(parts) != {"start", "stop", "step"}:
                raise SpecError("has a slice without start, stop and step")
            return self._slice(*[parts[key] for key in ("start", "stop", "step")])
        if isinstance(item, slice):
            return self._slice(item.start, item.stop, item.step)
        if type(item) is not int:
            raise SpecError(f"must be {self.form} (got {shown(item)})")
        return whole(item, -10**9, self.form)

    def _slice(self, *parts: object) -> slice:
        for part in parts:
            if part is not None:
                whole(part, -10**9, "a slice of whole numbers")
        if parts[2] == 0:
            raise SpecError("has a slice with step 0")
        return slice(*parts)

    def _word(self, word: str) -> object:
        word = word.strip()
        if word in ("...", "None"):
            return None if word == "None" else ...
        parts = [part.strip() for part in word.split(":")]
        if len(parts) > 3 or not all([part == "" or part.lstrip("-").isdecimal() for part in parts]) or word == "":
            raise SpecError(f"must be {self.form} (got {shown(word)})")
        numbers = [int(part[:12]) if part else None for part in parts]
        return self._item(numbers[0]) if len(parts) == 1 else self._slice(*numbers, *[None] * (3 - len(parts)))

    def written(self, value: object) -> object:
        return ", ".join(map(_part, value if isinstance(value, (list, tuple)) else [value]))


def _part(item: object) -> str:
    if item is ... or item is None:
        return "..." if item is ... else "None"
    if isinstance(item, slice):
        text = ":".join(["" if part is None else str(part) for part in (item.start, item.stop)])
        return text if item.step is None else f"{text}:{item.step}"
    return str(int(item) if isinstance(item, int) else item)
