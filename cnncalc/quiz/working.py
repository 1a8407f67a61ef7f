"""The working of an answer, as `explain` derives it."""

from __future__ import annotations

from ..homework.correct_values import seen
from ..layers import Shape
from ..layers.base import shape_letters
from ..num import Num, derivation, given, number
from ..window import Field
from .chain import Chain

NAMES = {"params": "parameters", "macs": "MACs", "memory": "bytes"}


def working(chain: Chain, name: str, quantity: str) -> list[str]:
    """A line for each size or sum."""
    if quantity == "receptive_field":
        return _field(chain, chain.place(name))
    run = chain.runs[chain.place(name)]
    if quantity == "memory":
        *lines, _ = working(chain, name, "output")
        y = chain.value(name, "output")
        assert isinstance(y, tuple)
        return [*lines, f"bytes = {' × '.join([number(n) for n in y if isinstance(n, int)])} × 4 = {number(int(run.value(quantity)))}"]
    value = run.traced().value(quantity)
    if isinstance(value, Shape):
        letters = shape_letters(value)
        found = [(n, letter) for n, letter in zip(value, letters)]
        if len(found) > 2 and found[0][0] == found[1][0]:
            found[1:2] = []
        lines = [str(line) for n, letter in found if type(n) is Num for line in derivation(n, f"{letter}'")]
        return [*lines, f"output = {'×'.join([number(int(n)) for n in value])}"]
    return [str(line) for line in derivation(value, NAMES.get(quantity, quantity))]


def _field(chain: Chain, place: int) -> list[str]:
    before, lines = Field(), []
    for run, part in zip(chain.runs[: place + 1], chain.parts):
        windows = run.traced().windows()
        if not windows:
            continue
        after = seen(Field(given(before.size, "r"), given(before.jump, "j"), None), windows[0], run)
        lines.append(f"{part.name}: {derivation(after.size, 'r')[-1]}")
        if after.jump != before.jump:
            lines.append(f"{part.name}: {derivation(after.jump, 'j')[-1]}")
        before = seen(before, (run.windows() or windows)[0], run)
    return lines
