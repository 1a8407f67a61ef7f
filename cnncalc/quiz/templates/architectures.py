"""Which of several layers or networks does what is wanted. A wrong choice is one with which a mistaken rule gives what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..chain import Chain
from ..question import Attempt, Draft, Wrong
from ..stream import Stream
from ..values import Value
from ..wording import FLOOR, PER_AXIS, an
from ..working import working
from ..wrong_answers import every_wrong_answer
from . import Template
from .draws import FILTERS, built, conv
from .fields import MISTAKES as FIELD_MISTAKES
from .inverse import MISTAKES as SIZE_MISTAKES
from .transposed import MISTAKES as TRANSPOSED_MISTAKES
from .transposed import transposed

#: The numbers of a choice, such as k, s and p.
Settings = tuple[int, ...]


def which(stem: str, right: Settings, others: Iterable[Settings], make: Callable[[Settings], Chain | None], text: Callable[[Settings], str],
          layer: str, quantity: str, mistakes: Iterable[str], conventions: tuple[str, ...]) -> Draft | None:
    """The draft of a question whose choices are settings; {wanted} in the stem is what the right one gives."""
    chain = make(right)
    if chain is None:
        return None
    names, wanted = frozenset(mistakes), chain.value(layer, quantity)
    chains: dict[str, Chain] = {text(right): chain}
    wrong: list[Wrong] = []
    for settings in dict.fromkeys(others):
        other = make(settings) if settings != right and min(settings) >= 0 else None
        if other is None or other.value(layer, quantity) == wanted:
            continue
        for way in every_wrong_answer(other, layer, quantity, names):
            if way.value == wanted:
                chains[text(settings)] = other
                wrong.append(Wrong(text(settings), way.mistake, way.words))
                break

    def attempt(value: Value) -> Attempt | None:
        other = chains.get(value) if isinstance(value, str) else None
        return None if other is None else Attempt(other, layer, quantity, wanted)

    side = wanted[0] if isinstance(wanted, tuple) else wanted
    assert isinstance(side, int)
    shown = f"{an(side)}×{side}" if quantity == "output" else f"{side}×{side}"
    return Draft(stem.format(wanted=shown), text(right), lambda: wrong, None, "", "", conventions,
                 lambda: working(chain, layer, quantity), "what does the formula give for each choice?", attempt)


def _ksp(settings: Settings) -> str:
    return "k = {}, s = {}, p = {}".format(*settings)


def _convolution(n: int, filters: int) -> Callable[[Settings], Chain | None]:
    def make(settings: Settings) -> Chain | None:
        kernel, stride, padding = settings
        if kernel < 2 or stride < 1 or padding >= kernel + 3:
            return None
        return built((n, n, 3), [conv("conv", filters, kernel, stride, padding)])

    return make


def _near(kernel: int, stride: int, padding: int) -> list[Settings]:
    """Settings that mistaken rules may take for these."""
    found = []
    for other in range(padding * 2 + 2):
        # Forgetting padding, adding it once or twice, leaving out the plus one or adding it twice, rounding up.
        for pads in (0, other, 2 * other, 4 * other):
            middle = kernel + pads - 2 * padding
            found += [(middle + step, stride, other) for step in (0, stride, -stride, 1, -1)]
    return [(k, s, p) for k, s, p in found if 2 <= k <= 9]  # one digit, as the right one has: no choice is longer


SIZE_STEM = ("A convolution is to turn {n} input into {{wanted}} output. Which settings do that? (k: side of the filters, s: stride, "
             "p: pixels of zero padding on each side{more})")


def stride_one(stream: Stream) -> Draft | None:
    n, kernel, padding = stream.between(12, 96), stream.between(3, 9), stream.between(1, 4)
    if kernel == 2 * padding + 1 or padding >= kernel:
        return None
    others = stream.some(_near(kernel, 1, padding), 14)
    return which(SIZE_STEM.format(n=f"{an(n)}×{n}", more=""), (kernel, 1, padding), others, _convolution(n, stream.one(FILTERS)), _ksp, "conv", "output",
                 SIZE_MISTAKES, ())


def with_stride(stream: Stream) -> Draft | None:
    n, kernel, stride, padding = stream.between(20, 112), stream.between(3, 9), stream.between(2, 5), stream.between(1, 5)
    if kernel == 2 * padding + 1 or padding >= kernel or padding == stride:
        return None
    others = stream.some(_near(kernel, stride, padding), 14)
    return which(SIZE_STEM.format(n=f"{an(n)}×{n}", more="; sizes are rounded down"), (kernel, stride, padding), others,
                 _convolution(n, stream.one(FILTERS)), _ksp, "conv", "output", SIZE_MISTAKES, (FLOOR,))


def two_layers(stream: Stream) -> Draft | None:
    """Two convolutions by their receptive field."""
    filters, later = stream.some(FILTERS, 2), stream.between(1, 3)

    def make(settings: Settings) -> Chain | None:
        a, s, b = settings
        return built((128, 128, 3), [conv("conv1", filters[0], a, s), conv("conv2", filters[1], b, later)]) if min(a, b) > 1 and s else None

    a, s, b = stream.between(3, 9), stream.between(2, 4), stream.between(2, 7)
    field = a + (b - 1) * s
    others = [(x, t, y) for x in range(2, 12) for t in range(1, 6) for y in range(2, 9) if field in (
        x + y, x + y + 1, x + y - 1, x + (y - 1) * later, x + (y - 1) * t * later, 1 + (x - 1) * t + (y - 1) * t * later, x * y, (x - 1) + (y - 1) * t,
        1 + x + y * t, later * t, x * later + y - later)]
    stem = (f"Two convolutions stand in a row; the second has stride {later}. One output of the second is to have a receptive field of "
            "{wanted} pixels of the input. Which settings do that? (k₁, k₂: side of the filters of each layer, s₁: stride of the first)")
    return which(stem, (a, s, b), stream.some(others, 14), make, lambda v: "k₁ = {}, s₁ = {}, k₂ = {}".format(*v), "conv2", "receptive_field",
                 FIELD_MISTAKES, (PER_AXIS,))


def transposed_layer(stream: Stream) -> Draft | None:
    n, filters = stream.between(6, 48), stream.one(FILTERS)

    def make(settings: Settings) -> Chain | None:
        kernel, stride, padding = settings
        return built((n, n, 3), [transposed("up", filters, kernel, stride, padding)]) if kernel > 1 and stride and padding < kernel else None

    kernel, stride, padding = stream.between(2, 8), stream.between(2, 4), stream.between(1, 3)
    if kernel == stride + 2 * padding or padding >= kernel:
        return None
    out = (n - 1) * stride - 2 * padding + kernel
    others = [(k, s, p) for k in range(2, 13) for s in range(1, 6) for p in range(5) if out in (
        n * s, (n - 1) * s + k - p, n * s + k - 2 * p, (n + 2 * p - k) // s + 1)]
    if len(others) < 4:
        return None
    stem = ("A transposed convolution is to turn {n} input into {{wanted}} output. Which settings do that? (k: side of the filters, "
            "s: stride, p: pixels cropped on each side)").format(n=f"{an(n)}×{n}")
    return which(stem, (kernel, stride, padding), stream.some(others, 14), make, _ksp, "up", "output", TRANSPOSED_MISTAKES, ())


TEMPLATES = {("which-architecture", level): Template("which-architecture", level, draw, mistakes, level in (2, 3), options=True) for level, (draw, mistakes) in enumerate(
    ((stride_one, SIZE_MISTAKES), (with_stride, SIZE_MISTAKES), (two_layers, FIELD_MISTAKES), (transposed_layer, TRANSPOSED_MISTAKES)), 1)}
