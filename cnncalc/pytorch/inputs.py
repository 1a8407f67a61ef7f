"""`--input` for PyTorch's networks: 3x224x224, 35xNx200, 20:int."""

from __future__ import annotations

from ..errors import SpecError


def parsed(value: object) -> tuple[tuple[int, ...], bool, int]:
    """The sizes without the batch, whether the input holds whole numbers, and the axis of the batch."""
    if isinstance(value, (tuple, list)):
        return tuple(value), False, 0
    text = str(value)
    sizes, colon, word = text.partition(":")
    if colon and word not in ("int", "long", "float"):
        raise SpecError(f"--input {text!r}: after the colon, only int is allowed (whole numbers)", (), "for example --input 20:int")
    parts = [part for part in sizes.lower().split("x") if part]
    places = [i for i, part in enumerate(parts) if part == "n"]
    if len(places) > 1:
        raise SpecError(f"--input {text!r} has the batch N twice")
    try:
        numbers = tuple([int(part) for part in parts if part != "n"])
    except ValueError:
        raise SpecError(f"--input {text!r} must be sizes such as 3x224x224", (), "N marks the batch where it is not first: 35xNx200") from None
    return numbers, word in ("int", "long"), places[0] if places else 0
