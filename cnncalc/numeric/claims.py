"""Grids of answers against what is computed, cell by cell, and the mistakes that would give them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..arrays import Array, Number, number_of, read, shaped, stacked, times
from ..errors import CnncalcError, Key, SpecError, did_you_mean, shown
from ..layers import Layer
from ..layers.conv import Convolution
from ..layers.pool import AdaptivePooling, GlobalPooling, Pooling
from .cells import Stage
from .compute import Computed, Done, stages_of
from .weights import KERNELS, turned

BLANKS = ("", "?", "-", "_", ".")


class Claim(NamedTuple):
    """A number that somebody wrote, and how many decimals of it; `None` for an empty cell."""

    number: Number
    decimals: int | None


class Verdict(NamedTuple):
    """What is said of one cell: "right", "form" (right, but rounded), "wrong" or "missing"."""

    place: tuple[int, ...]
    claim: Claim | None
    expected: Number
    status: str


class Cause(NamedTuple):
    """A mistake that gives the wrong cells: its name, and words for it."""

    name: str
    words: str


class Judged(NamedTuple):
    """The verdicts on one grid, and the mistakes that explain all that is wrong in it.

    A grid of another size than the map has no verdicts, but a `problem`.
    """

    name: str
    done: Done
    stage: Stage
    claims: Array
    verdicts: tuple[Verdict, ...]
    causes: tuple[Cause, ...]
    problem: str | None = None
    #: Whether it follows from the wrong map that was given for a layer before.
    carried: bool = False

    def count(self, *statuses: str) -> int:
        return len([v for v in self.verdicts if v.status in statuses])

    @property
    def wrong(self) -> bool:
        return self.problem is not None or self.count("wrong") > 0


def claim_of(value: object) -> Claim | None:
    """One cell of a grid of answers."""
    if value is None or (isinstance(value, str) and value.strip() in BLANKS):
        return None
    number = number_of(value)
    text = repr(value) if isinstance(value, float) else str(value).lower()
    if "e" in text or "/" in text:
        return Claim(number, 0)
    return Claim(number, len(text.strip().partition(".")[2]))


def fits(claim: Claim, expected: Number) -> str:
    """How a claimed number compares with the computed one."""
    if type(expected) is not float and claim.number == expected:
        return "right"
    unit = 10 ** (claim.decimals or 0)
    if type(expected) is float:
        near = abs(float(claim.number) - expected) * unit <= (0.5 + 1e-9 if claim.decimals else 1e-9)
        return "right" if near else "wrong"
    # 2.33 is 7/3 as far as it is written out; a whole number is not taken for a rounded one.
    return "form" if claim.decimals and abs(claim.number - expected) * unit * 2 <= 1 else "wrong"


def judged(computed: Computed, answers: object) -> list[Judged]:
    """The verdicts on a mapping from layers to grids; paths of errors lead into it.

    A layer's own name stands for its output, `layer/stage` for a map on the way there. A grid
    is lists of numbers, axes of size 1 left out, or `maps:` with one for each channel.
    """
    if not isinstance(answers, dict) or not answers:
        raise SpecError(f"answers must be a mapping from layers to grids (got {shown(answers)})", (),
                        "for example conv2d: [[1, 5], [2, 10]]")
    known = {name: (done, stage) for done in computed.layers for name, stage in names_of(done)}
    order = list(known)
    grids: dict[str, Array] = {}
    for name, value in answers.items():
        if name not in known:
            raise SpecError(f"there is no map {shown(name)}", (Key(name),), did_you_mean(name, known)
                            or "there are " + ", ".join(order[:12]))
        try:
            grids[name] = _claims(value, computed, known[name][0])
        except SpecError as error:
            raise SpecError(error.problem, (name, *error.path), error.hint) from None
    found: list[Judged] = []
    for name in sorted(grids, key=order.index):
        done, stage = known[name]
        found.append(_judge(name, done, stage, grids[name], grids))
    return found


def names_of(done: Done) -> Iterator[tuple[str, Stage]]:
    """The maps of a layer by the names that they have in answers, its output first."""
    yield done.name, done.stages[-1]
    for stage in done.stages[:-1]:
        yield f"{done.name}/{stage.name}", stage


def _claims(value: object, computed: Computed, done: Done) -> Array:
    if isinstance(value, dict):
        if list(value) != ["maps"] or not isinstance(value["maps"], list) or not value["maps"]:
            raise SpecError(f"must be a grid, or maps: with a grid for each channel (got {shown(value)})")
        first = getattr(done.layer, "data_format", None) == "channels_first"
        return stacked([read(grid, claim_of) for grid in value["maps"]], 0 if first else -1)
    return read(value, claim_of)


def _judge(name: str, done: Done, stage: Stage, claims: Array, grids: dict[str, Array]) -> Judged:
    expected = stage.array
    fitting = shaped(claims, expected.shape)
    if fitting is None:
        problem = f"it is {times(claims.shape)}, and the map is {times(expected.shape)}"
        return Judged(name, done, stage, claims, (), _explained(done, stage, claims, None), problem)
    verdicts = tuple([
        Verdict(place, claim, number, "missing" if claim is None else fits(claim, number))
        for place, claim, number in zip(expected.indices(), fitting.data, expected.data)
    ])
    wrong = [v for v in verdicts if v.status == "wrong"]
    if not wrong:
        return Judged(name, done, stage, fitting, verdicts, ())
    if _follows(done, stage, fitting, grids):
        cause = Cause("carried", "it follows from the wrong map given before")
        return Judged(name, done, stage, fitting, verdicts, (cause,), None, True)
    return Judged(name, done, stage, fitting, verdicts, _explained(done, stage, fitting, wrong))


def _follows(done: Done, stage: Stage, claims: Array, grids: dict[str, Array]) -> bool:
    """Whether a grid is what comes out of the maps that were claimed for the layers before."""
    inputs, other = [], False
    for source, array in done.inputs:
        claimed = shaped(grids[source], array.shape) if source in grids else None
        if claimed is not None and None not in claimed.data:
            own = Array(array.shape, [claim.number for claim in claimed.data])
            other = other or own != array
            array = own
        inputs.append((source, array))
    return other and _gives(done, stage, tuple(inputs), done.layer, done.weights, claims)


def _gives(done: Done, stage: Stage, inputs: tuple[tuple[str, Array], ...], layer: Layer, weights: dict[str, Array], claims: Array) -> bool:
    """Whether the layer, so changed, gives what was claimed."""
    try:
        stages = stages_of(layer, inputs, None, weights)
    except (CnncalcError, OverflowError):
        return False
    return agree(stages[min(done.stages.index(stage), len(stages) - 1)].array, claims)


def agree(array: Array, claims: Array) -> bool:
    """Whether an array has the claimed numbers."""
    fitting = shaped(claims, array.shape)
    return fitting is not None and all([claim is None or fits(claim, number) != "wrong" for claim, number in zip(fitting.data, array.data)])


def _explained(done: Done, stage: Stage, claims: Array, wrong: list[Verdict] | None) -> tuple[Cause, ...]:
    """The mistakes that give what was claimed, each once."""
    found: dict[str, Cause] = {}
    for cause in _mistakes(done, stage, claims, wrong):
        found.setdefault(cause.name, cause)
    if not found:
        for cause in _pairs(done, stage, claims):
            found.setdefault(cause.name, cause)
    return tuple(found.values())


def _mistakes(done: Done, stage: Stage, claims: Array, wrong: list[Verdict] | None) -> Iterator[Cause]:
    for name, words, layer, weights in changes(done):
        if _gives(done, stage, done.inputs, layer, weights, claims):
            yield Cause(name, words)
    at = done.stages.index(stage)
    for other in done.stages[:at]:
        if agree(other.array, claims):
            yield Cause("forgot-activation", f"it is the map before {stage.name}")
    for other in done.stages[at + 1 :]:
        if agree(other.array, claims):
            yield Cause("activation-too-early", f"it is the map after {other.name}")
    if wrong:
        yield from _in_the_window(stage, wrong)


class Changed(NamedTuple):
    """A layer with one thing done wrong, and its weights."""

    layer: Layer
    weights: dict[str, Array]


def _pairs(done: Done, stage: Stage, claims: Array) -> Iterator[Cause]:
    """Two mistakes at once that give what was claimed."""
    for name, words, layer, weights in changes(done):
        for other, more, both, all_weights in changes(Changed(layer, weights)):
            if other != name and _gives(done, stage, done.inputs, both, all_weights, claims):
                yield Cause(f"{name}+{other}", f"{words}; and {more}")


def _in_the_window(stage: Stage, wrong: list[Verdict]) -> Iterator[Cause]:
    """Mistakes of single cells, where all that are wrong have the same."""
    cells = [(v.claim, v.expected, stage.cell(v.place)) for v in wrong if v.claim is not None]
    if all([cell.op == "max" and claim.number in cell.values for claim, _, cell in cells]):
        yield Cause("missed-maximum", "a larger value in the window was overlooked")
    if all([cell.op == "products" and cell.bias and fits(claim, cell.total) != "wrong" for claim, _, cell in cells]):
        yield Cause("forgot-bias", "the bias was left out")
    if all([fits(claim, -expected) != "wrong" for claim, expected, _ in cells]):
        yield Cause("wrong-sign", "the sign is wrong")
    shape = stage.array.shape
    axes = [axis for axis, n in enumerate(shape) if n > 1]
    for axis in axes:
        for step in (-1, 1):
            moved = [(v.claim, (*v.place[:axis], v.place[axis] + step, *v.place[axis + 1 :])) for v in wrong]
            if all([0 <= place[axis] < shape[axis] and claim is not None and fits(claim, stage.array[place]) != "wrong"
                    for claim, place in moved]):
                yield Cause("wrong-window", "the window stood one place further" if step > 0 else "the window stood one place before")


def changes(done: Done | Changed) -> Iterator[tuple[str, str, Layer, dict[str, Array]]]:
    """The layer with one thing done wrong: the mistake's name and words, the layer, its weights."""
    layer, weights = done.layer, done.weights
    kernels = [name for name in KERNELS if name in weights and isinstance(layer, Convolution)]
    if kernels:
        yield ("flipped-kernel", "the filter was turned round, as the mathematician's convolution has it; networks do not turn it",
               layer, {**weights, **{name: turned(layer, weights[name]) for name in kernels}})
        for name in kernels:
            swapped = _swapped(weights[name])
            if swapped is not None:
                yield "transposed-kernel", "rows and columns of the filter were swapped", layer, {**weights, name: swapped}
    if any(weights["bias"].data if "bias" in weights else ()):
        without = Array(weights["bias"].shape, [0] * len(weights["bias"].data))
        yield "forgot-bias", "the bias was left out", layer, {**weights, "bias": without}
    for name, words, settings in _settings(layer):
        try:
            yield name, words, type(layer)(**{**layer.said, **settings}), weights
        except CnncalcError:
            continue
    if isinstance(layer, (Pooling, GlobalPooling, AdaptivePooling)):
        name = "average-instead-of-max" if layer.largest else "max-instead-of-average"
        words = "the mean was taken, not the largest" if layer.largest else "the largest was taken, not the mean"
        yield name, words, layer.replaced(largest=not layer.largest), weights


def _settings(layer: Layer) -> Iterator[tuple[str, str, dict[str, object]]]:
    strides = tuple(getattr(layer, "strides", None) or getattr(layer, "pool_size", None) or ())
    if not strides:
        return
    pool_size, padding = None if hasattr(layer, "kernel_size") else getattr(layer, "pool_size", None), getattr(layer, "padding", None)
    if max(strides) > 1:
        words = f"the window moved by 1, not by {strides[0] if len(set(strides)) == 1 else strides}"
        yield "stride-ignored", words, {"strides": 1}
    if pool_size is not None and strides != tuple(pool_size):
        yield "pool-default-stride", "the window moved by its own size", {"strides": pool_size}
    if len(set(strides)) > 1:
        yield "h-w-swapped", "the strides of rows and columns were swapped", {"strides": strides[::-1]}
    if max(getattr(layer, "dilation_rate", (1,))) > 1:
        yield "dilation-ignored", "the dilation was left out", {"dilation_rate": 1}
    if padding != "valid":
        yield "padding-forgotten", "the padding was left out", {"padding": "valid"}
    if padding != "same":
        yield "assumed-same-padding", "the map was padded with zeros", {"padding": "same"}


def _swapped(kernel: Array) -> Array | None:
    """A square kernel with rows and columns swapped."""
    if len(kernel.shape) != 4 or kernel.shape[0] != kernel.shape[1]:
        return None
    return Array(kernel.shape, [kernel[(j, i, *rest)] for i, j, *rest in kernel.indices()])
