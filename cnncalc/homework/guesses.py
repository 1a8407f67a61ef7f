"""Explain answers that no misapplied rule gives: other shapes and networks, other units, wrong digits."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..analysis import Trace
from ..layers import Shape
from ..layers.core import Dense
from ..layers.reshape import Flatten
from ..num import product
from .carried import CarriedValues
from .compare import BYTES, SHAPES, in_other_unit, match, number_of
from .correct_values import CorrectValues
from .layer_run import LayerRun
from .mistake_values import Candidate, MistakeValues
from .sheet import Cell

WRONG_FEATURES = "the number of inputs belongs to another feature map"


class Guesses:
    """Less certain explanations, tried where no mistake of the catalogue fits."""

    def __init__(self, values: MistakeValues, others: Callable[[], Iterable[tuple[str, Trace]]] | None = None):
        self.values, self.others = values, others
        self._networks: dict[str, dict[int, str]] = {}

    def fitting(self, cell: Cell, own: CarriedValues) -> Iterable[Candidate]:
        """The explanations that fit one answer."""
        expected = [v for v in [*self.values.correct.values(cell.steps, cell.quantity), *own.values(cell)] if v is not None]
        claimed = number_of(cell.claim, self.values.settings)
        if claimed is not None and len(cell.steps) == 1:
            run = own.run(cell.steps[0])
            if run is not None:
                yield from self._inner_sizes(cell, run, claimed)
        yield from self._other_convention(cell, expected)
        yield from self._other_unit(cell, expected)
        yield from _cut_off(cell, expected)
        yield from self._networks_like(cell)
        for value in expected:
            yield from _digits(cell, value, claimed)

    def _inner_sizes(self, cell: Cell, run: LayerRun, claimed: int) -> Iterable[Candidate]:
        """A dense layer or a Flatten that read another number of values, one that a map of this network might have."""
        if cell.quantity == "output" and isinstance(run.layer, Flatten) and None not in run.xs[0]:
            right = product(run.xs[0])
            for words in self._map_of(claimed, run.xs[0]):
                yield Candidate(("flatten", 0), "flatten-wrong-in-features", WRONG_FEATURES, claimed, None, 2, words)
            if right and claimed % right == 0 and claimed // right in (2, 4, 8, 16, 32, 64, 128, 256, self.values.settings.batch):
                yield Candidate(("flatten", 1), "flatten-includes-batch", "the batch was counted in", claimed,
                                None, 2, f"a batch of {claimed // right}")
        if cell.quantity in ("params", "weights", "macs") and isinstance(run.layer, Dense) and len(run.xs[0]) == 1:
            units = int(run.layer.units)
            bias = cell.quantity == "params" and self.values.settings.biases is not False and run.layer.use_bias
            read, rest = divmod(claimed - (units if bias else 0), units)
            if rest == 0 and 0 < read != run.xs[0][0]:
                for words in self._map_of(read, self.map_before(cell.steps[0])):
                    yield Candidate(("flatten", 0), "flatten-wrong-in-features", WRONG_FEATURES, claimed,
                                    (run.reading(Shape((read,))), lambda r: r), 2, words)

    def map_before(self, i: int, own: CarriedValues | None = None) -> Shape | None:
        """The map that was flattened before a dense layer, if one was; as the sheet has it, with `own`."""
        steps = self.values.trace.steps
        for _ in range(4):
            refs = steps[i].node.inputs
            places = [n for n, step in enumerate(steps) if refs and step.node is refs[0].node]
            if not places:
                return None
            i = places[0]
            if isinstance(steps[i].node.layer, Flatten):
                run = own.run(i) if own is not None else None
                return steps[i].inputs[0] if run is None else run.xs[0]
        return None

    def _map_of(self, values: int, x: Shape | None) -> Iterable[str]:
        """What map has so many values: this one a little larger or smaller, or another one of the network."""
        if x is not None and len(x) > 1 and None not in x:
            side = values // int(x.channels) if values % int(x.channels) == 0 else 0
            for h in range(max(1, int(x.spatial[0]) - 3), int(x.spatial[0]) + 4):
                rest = side // h if side and side % h == 0 else 0
                if (rest == h and len(x) == 3) or (len(x) == 2 and h == side):
                    yield f"{values:,} inputs, of a map {'x'.join(map(str, (*[h] * (len(x) - 1), x.channels)))}"
                    return
            if values == product(x.spatial):
                yield f"{values:,} inputs: the channels are left out"
                return
            if values == x.channels:
                yield f"{values:,} inputs: one for each channel"
                return
        for step in self.values.trace.steps:
            if step.output is not None and None not in step.output and product(step.output) == values:
                yield f"{values:,} inputs, as many as {step.name} gives"
                return

    def _other_convention(self, cell: Cell, expected: list[object]) -> Iterable[Candidate]:
        """The right sizes in an order that the sheet does not use elsewhere, or a count in powers of two."""
        if cell.quantity in SHAPES:
            other = "channels_last" if self.values.settings.order == "channels_first" else "channels_first"
            if match(cell.quantity, cell.claim, expected, self.values.settings._replace(order=other)):
                yield Candidate(("unit", 1), "channel-order", "the channels are at the other end of the shape", None, None, 1)
        for value in expected:
            if in_other_unit(cell.quantity, cell.claim, value):
                yield Candidate(("unit", 2), "2^20 used for counts", "powers of two are for bytes, not for counts", value, None, 1)

    def _other_unit(self, cell: Cell, expected: list[object]) -> Iterable[Candidate]:
        """A number of bytes with the other megabyte."""
        fixed = self.values.settings.binary
        for value in expected if cell.quantity in BYTES else ():
            for reading in cell.claim.numbers:
                if reading.binary:
                    words, fits = "a MiB is a power of two", reading._replace(binary=False).fits(value)
                else:
                    words = "a megabyte is a power of two here" if fixed else "a megabyte is a power of ten here"
                    fits = reading.fits(value, not fixed)
                if reading.scale and fits:
                    yield Candidate(("unit", 0), "MB-vs-MiB", words, value, None, 1)

    def added_up(self, cell: Cell, own: CarriedValues) -> Iterable[Candidate]:
        """A total that is not the sum of the sheet's own column."""
        sums = own.values(cell)
        if sums and sums[0] is not None:
            name = "memory-column-summed-wrong" if cell.quantity in ("memory", "activations") else "arithmetic-slip"
            yield Candidate(("sum", 0), name, "the column does not add up to this", None, None, 2, f"it adds up to {sums[0]:,}")

    def _networks_like(self, cell: Cell) -> Iterable[Candidate]:
        """The number of another network that is well known."""
        if cell.quantity not in ("params", "weights") or self.others is None or (
            len(cell.steps) == 1 and self.values.trace.steps[cell.steps[0]].inner is None
        ):
            return
        if cell.quantity not in self._networks:
            known: dict[int, str] = {}
            for name, trace in self.others():
                facts = CorrectValues(trace)
                for quantity in ("params", "weights"):
                    for value in facts.values((), quantity)[:1]:
                        known.setdefault(value, name)
            self._networks[cell.quantity] = known
        right = self.values.correct.values(cell.steps, cell.quantity)
        for value, name in self._networks[cell.quantity].items():
            if value not in right and value > 100_000 and (
                match(cell.quantity, cell.claim, [value], self.values.settings) or list(_cut_off(cell, [value]))):
                yield Candidate(("network", 0), "wrong-network", f"this is the number of another network, {name}", value, None, 2)


def _cut_off(cell: Cell, expected: list[int]) -> Iterable[Candidate]:
    """The right value cut off after some digits, where it should be rounded."""
    for value in expected:
        for reading in cell.claim.numbers if isinstance(value, int) else ():
            gap = value - reading.value()
            if any([0 < gap < step * reading.factor() for step in reading.steps]):
                yield Candidate(("digits", 1), "arithmetic-slip", "the value is cut off, not rounded", value, None, 2)


def _digits(cell: Cell, value: object, claimed: int | None) -> Iterable[Candidate]:
    """The right number but for a digit: another one, two changed over, one too many or too few."""
    if cell.quantity == "output" and isinstance(value, Shape):
        value = value[0] if len(value) == 1 else None
    if isinstance(value, tuple):
        value = value[0] if len(set(value)) == 1 else None
    if not isinstance(value, int) or claimed is None or claimed < 0:
        return
    a, b = str(claimed), str(int(value))
    if min(len(a), len(b)) < 3 or a == b:
        return
    words = None
    if len(a) == len(b):
        differ = [i for i in range(len(a)) if a[i] != b[i]]
        if len(differ) == 1:
            words = "one digit differs"
        elif len(differ) == 2 and differ[1] == differ[0] + 1 and a[differ[0]] == b[differ[1]] and a[differ[1]] == b[differ[0]]:
            words = "two digits are swapped"
    elif abs(len(a) - len(b)) == 1:
        long, short = (a, b) if len(a) > len(b) else (b, a)
        if any([long[:i] + long[i + 1:] == short for i in range(len(long))]):
            words = "one digit too many" if long is a else "one digit too few"
    if words:
        yield Candidate(("digits", 0), "arithmetic-slip", words, claimed, None, 3, f"{claimed:,} for {int(value):,}")
