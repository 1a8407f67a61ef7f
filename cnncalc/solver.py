"""Questions the other way round: which convolution gives this size, this field, this many parameters.

Every combination within bounds is tried with the rules of the layers themselves; the answers
come with the working of those rules, the simplest first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from .errors import SpecError
from .layers import KINDS, Layer, Shape
from .num import Line, derivation, exact_div, given, named
from .window import Field, Spread, Window

KERNELS = range(1, 12)
STRIDES = range(1, 9)
DILATIONS = range(1, 9)
LAYERS = range(1, 101)
FILTERS = range(1, 4097)
MOST_TRIED = 300_000
#: Sizes beyond any image; the answers are the same from there on.
LARGEST = 10**6


class Question(NamedTuple):
    """What is wanted, and what may be chosen.

    `kernels` and the others are the values to try; `paddings` are pixels on each side and
    'same', `None` for all below the window's extent. With `keep` the size is the same for
    every input; `receptive_field`, `params` and `to` are as wanted, `None` if nothing is.
    """

    size: int | None = None
    to: int | None = None
    keep: bool = False
    receptive_field: int | None = None
    params: int | None = None
    channels: int | None = None
    kernels: Sequence[int] = KERNELS
    strides: Sequence[int] = STRIDES
    paddings: Sequence[int | str] | None = None
    dilations: Sequence[int] = (1,)
    layers: Sequence[int] = (1,)
    filters: Sequence[int] = FILTERS
    bias: bool = True
    rank: int = 2
    transposed: bool = False

    @property
    def sized(self) -> bool:
        """Whether an output size is asked for."""
        return self.keep or self.to is not None

    @property
    def wants(self) -> list[str]:
        """The quantities that are asked for."""
        return [name for name, wanted in (("output", self.sized), ("receptive_field", self.receptive_field is not None),
                                          ("params", self.params is not None)) if wanted]


class Answer(NamedTuple):
    """One convolution, or several alike in a row; `None` is what does not matter.

    `pixels` is the padding (before, after) of each layer; `same` says that Keras's 'same' is
    this padding.
    """

    kernel: int
    stride: int | None = None
    padding: int | str | None = None
    dilation: int | None = None
    layers: int = 1
    filters: int | None = None
    pixels: tuple[tuple[int, int], ...] = ()
    same: bool = False
    sizes: tuple[int, ...] = ()
    receptive_field: int | None = None
    params: int | None = None

    @property
    def simplicity(self) -> tuple[object, ...]:
        """First what departs least from one plain convolution, then the smallest numbers."""
        padding = sum(self.pixels[0]) if self.pixels else 0
        numbers = (self.layers, self.stride or 1, self.dilation or 1, padding, self.kernel, self.filters or 0)
        departs = [self.layers > 1, (self.stride or 1) > 1, (self.dilation or 1) > 1, padding > 0]
        return (sum(departs), sum(numbers), *numbers, str(self.padding))


class Solution(NamedTuple):
    """All answers, the simplest first; without any, those that come nearest from below and above."""

    question: Question
    answers: tuple[Answer, ...]
    nearest: tuple[Answer, ...] = ()


def solve(question: Question) -> Solution:
    """Every answer within the bounds of the question; SpecError if it cannot be asked."""
    _check(question)
    found: list[Answer] = []
    near = _Nearest(question)
    for answer in _measured(question):
        fits = _fits(question, answer)
        if fits and question.params is not None:
            for filled in _with_filters(question, answer):
                if filled.params == question.params:
                    found.append(filled)
                else:
                    near.add(filled)
        elif fits:
            found.append(answer)
        elif question.params is None:
            near.add(answer)
    return Solution(question, tuple(sorted(found, key=lambda a: a.simplicity)), () if found else near.both())


def _check(question: Question) -> None:
    if question.size is not None and not question.sized:
        raise SpecError("the wanted size is missing", (), "--from 28 --to 14, or --keep-size")
    if not question.wants:
        raise SpecError("nothing is asked for", (), "--to a size, --keep-size, --receptive-field or --params")
    if question.to is not None and question.size is None:
        raise SpecError("the size of the input is missing", (), "--from 28 --to 14")
    if question.to is not None and question.keep:
        raise SpecError("--to and --keep-size are two wanted sizes", (), "give one of them")
    if question.params is not None and question.channels is None:
        raise SpecError("the input's channels are missing", (), "--params 896 --from-channels 3")
    if question.transposed and question.receptive_field is not None:
        raise SpecError("a receptive field is asked of convolutions, not of transposed ones")
    paddings = len(question.paddings) if question.paddings is not None else max(question.kernels) * max(question.dilations)
    sizes = [len(question.kernels), len(question.dilations), len(question.layers), len(question.strides) if _moves(question) else 1,
             paddings if question.sized else 1]
    tried = 1
    for size in sizes:
        tried *= size
    if tried > MOST_TRIED:
        raise SpecError(f"{tried:,} combinations are too many to try (at most {MOST_TRIED:,})", (), "give one more of them")


def _moves(question: Question) -> bool:
    """Whether the stride matters."""
    return question.sized or question.receptive_field is not None


def _measured(question: Question) -> Iterator[Answer]:
    """Every combination with its sizes and its field; each padding once, as pixels where it is even."""
    if not _moves(question):
        for kernel in question.kernels:
            for layers in question.layers:
                yield Answer(kernel, layers=layers)
        return
    for kernel in question.kernels:
        for dilation in question.dilations:
            extent = Window(kernel, 1, dilation).extent
            every: Sequence[int | str | None] = question.paddings if question.paddings is not None else [*range(extent), "same"]
            for stride in question.strides:
                plain = layer_of(Answer(kernel, stride, None, dilation), question)
                same = list(_chain(question, plain, Answer(kernel, stride, "same", dilation))) if question.sized else []
                for padding in every if question.sized else (None,):
                    chain = same if padding == "same" else _chain(question, plain, Answer(kernel, stride, padding, dilation))
                    for i, answer in enumerate(chain):
                        alike = i < len(same) and same[i].pixels == answer.pixels
                        if padding == "same" and _in_pixels(answer, every):
                            continue
                        if answer.layers in question.layers:
                            yield answer._replace(same=True) if alike and padding != "same" else answer


def _in_pixels(answer: Answer, paddings: Sequence[int | str | None]) -> bool:
    """Whether 'same' is, in all layers, one of the numbers of pixels that are tried too."""
    before, after = answer.pixels[0]
    return len(set(answer.pixels)) == 1 and before == after and before in paddings


def _chain(question: Question, plain: Layer, answer: Answer) -> Iterator[Answer]:
    """The answer with 1, 2, ... layers, as far as they fit and are worth looking at."""
    layer = _padded(plain, answer.padding)
    sizes: list[int] = []
    pixels: list[tuple[int, int]] = []
    field = Field()
    n = question.size if question.size is not None else _enough(answer)
    for layers in range(1, max(question.layers) + 1):
        window = _window(layer, n)
        if question.sized:
            n = window.places(n)
            if n < 1 or n > LARGEST:
                return
            sizes.append(n)
            before = window.crop if isinstance(window, Spread) else window.before
            pixels.append((before, window.padding - before))
        if type(window) is Window:
            field = field.through(window)
        yield answer._replace(layers=layers, sizes=tuple(sizes), pixels=tuple(pixels),
                              receptive_field=None if question.transposed else field.size)
        if question.receptive_field is not None and field.size > question.receptive_field:
            return


def layer_of(answer: Answer, question: Question, rank: int = 1) -> Layer:
    """The layer that an answer describes."""
    layer = KINDS[f"Conv{rank}D" + "Transpose" * question.transposed](
        filters=answer.filters or 1, kernel_size=answer.kernel, strides=answer.stride or 1,
        dilation_rate=answer.dilation or 1, use_bias=question.bias)
    return _padded(layer, answer.padding)


def _padded(layer: Layer, padding: int | str | None) -> Layer:
    """The same layer with this padding: pixels on each side of every axis, or Keras's 'same'."""
    return layer.replaced(padding=((padding, padding),) * (layer.rank or 1) if type(padding) is int else padding or "valid")


def _enough(answer: Answer) -> int:
    """A size of the input at which the answer's windows all fit."""
    return max(28, 2 * answer.kernel * (answer.dilation or 1))


def _fits(question: Question, answer: Answer) -> bool:
    """Whether sizes and field are as wanted."""
    if question.to is not None and answer.sizes[-1] != question.to:
        return False
    if question.keep and not _keeps(question, answer):
        return False
    return question.receptive_field in (None, answer.receptive_field)


def _keeps(question: Question, answer: Answer) -> bool:
    """Whether what comes out is as large as what goes in: the given input, or every one."""
    if question.size is not None:
        return answer.sizes[-1] == question.size
    if answer.sizes[-1] != _enough(answer):
        return False
    layer = layer_of(answer, question)
    # Sizes grow by a step for every `stride` pixels, so a few neighbours tell.
    return all([_window(layer, n).places(n) == n for n in range(1, 2 * (answer.stride or 1) + 3)])


def params_of(question: Question, answer: Answer) -> int:
    """The parameters of all its layers, each reading what the one before gives."""
    assert question.channels is not None
    layer = layer_of(answer, question, question.rank)
    total = 0
    channels = question.channels
    for _ in range(answer.layers):
        x = Shape((*[None] * question.rank, channels))
        own = sum([w.count for w in layer.weights(x)])
        assert answer.filters is not None
        if channels == answer.filters:  # and so on
            return total + own * (answer.layers - _)
        total += own
        channels = answer.filters
    return total


def _with_filters(question: Question, answer: Answer) -> Iterator[Answer]:
    """The answer with the numbers of filters that give the wanted parameters, or come nearest."""
    wanted = question.params
    assert wanted is not None

    def filled(filters: int) -> Answer:
        made = answer._replace(filters=filters)
        return made._replace(params=params_of(question, made))

    ordered = sorted(question.filters) if not isinstance(question.filters, range) else question.filters
    low, high = 0, len(ordered)
    while low < high:  # more filters have more parameters
        middle = (low + high) // 2
        if params_of(question, answer._replace(filters=ordered[middle])) < wanted:
            low = middle + 1
        else:
            high = middle
    for place in (low - 1, low):
        if 0 <= place < len(ordered):
            yield filled(ordered[place])


class _Nearest:
    """What comes nearest to the one thing that is wanted, from below and from above."""

    def __init__(self, question: Question):
        self.question = question
        self.below: tuple[int, tuple[object, ...], Answer] | None = None
        self.above: tuple[int, tuple[object, ...], Answer] | None = None

    def add(self, answer: Answer) -> None:
        wants = self.question.wants
        if len(wants) > 1:
            return
        value = {"output": answer.sizes[-1] if answer.sizes else None, "receptive_field": answer.receptive_field,
                 "params": answer.params}[wants[0]]
        wanted = {"output": self.question.size if self.question.keep else self.question.to, "receptive_field": self.question.receptive_field,
                  "params": self.question.params}[wants[0]]
        if value is None or wanted is None:
            return
        found = (abs(value - wanted), answer.simplicity, answer)
        if value < wanted and (self.below is None or found[:2] < self.below[:2]):
            self.below = found
        if value > wanted and (self.above is None or found[:2] < self.above[:2]):
            self.above = found

    def both(self) -> tuple[Answer, ...]:
        return tuple([found[2] for found in (self.below, self.above) if found is not None])


# The working.


def working(question: Question, answer: Answer) -> list[Line]:
    """How the answer gives what is wanted, by the rules of the layer on numbers that remember."""
    lines: list[Line] = []
    layer = layer_of(answer, question).traced()
    if question.keep and question.size is None:
        lines += _padding_that_keeps(layer, answer, lines)
    if question.sized:
        lines += _sizes(question, layer, answer, lines)
    if question.receptive_field is not None:
        lines += _field(layer, answer, lines)
    if question.params is not None:
        lines += _params(question, answer)
    return lines


def _window(layer: Layer, n: int | None) -> Any:
    (window,) = layer.windows(Shape((n, 1))) or ()
    return window


def _padding_that_keeps(layer: Layer, answer: Answer, known: list[Line]) -> list[Line]:
    """The p of which there is as much as the window takes away."""
    if answer.padding == "same":
        return []
    window = _window(layer, given(_enough(answer), "n"))
    return derivation(exact_div(window.extent - 1, 2), "p", known)


def _sizes(question: Question, layer: Layer, answer: Answer, known: list[Line]) -> list[Line]:
    """A line for the size behind each layer."""
    found: list[Line] = []
    n = given(question.size if question.size is not None else _enough(answer), "n" if answer.layers == 1 else "n0")
    for i in range(1, answer.layers + 1):
        window = _window(layer, n)
        name = "n'" if answer.layers == 1 else f"n{i}"
        found += derivation(window.places(n), name, [*known, *found])
        n = given(answer.sizes[i - 1], name)
    return found


def _field(layer: Layer, answer: Answer, known: list[Line]) -> list[Line]:
    """A line for what is seen behind each layer, and for the jump where it changes."""
    found: list[Line] = []
    field = Field(given(1, "r0"), given(1, "j0"), None)
    for i in range(1, answer.layers + 1):
        window = _window(layer, given(10**6, "n"))
        seen = field.through(window._replace(padding=None, before=None))
        found += derivation(seen.size, f"r{i}", [*known, *found])
        if (answer.stride or 1) > 1 and i < answer.layers:
            found += derivation(seen.jump, f"j{i}", [*known, *found])
        field = Field(given(seen.size, f"r{i}"), given(seen.jump, f"j{i}" if (answer.stride or 1) > 1 else "j0"), None)
    return found


def _params(question: Question, answer: Answer) -> list[Line]:
    """A line for the parameters of each layer that differs, and their sum."""
    assert question.channels is not None
    layer = layer_of(answer, question, question.rank).traced()
    filters = layer.filters  # type: ignore[attr-defined]
    found: list[Line] = []

    def count(channels: int) -> int:
        return sum([w.count for w in layer.weights(Shape((*[None] * question.rank, channels)))])

    if answer.layers == 1:
        return derivation(count(given(question.channels, "c")), "params", found)
    found += derivation(count(given(question.channels, "c")), "params1", found)
    found += derivation(count(filters), "params2", found)
    first, rest = given(found[0].value, "params1"), given(found[-1].value, "params2")
    more = given(answer.layers - 1, "more")
    return [*found, *derivation(named("params", first + rest * more), "params", found)[-1:]]
