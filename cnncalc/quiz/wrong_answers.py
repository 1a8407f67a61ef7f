"""The wrong answers to a question: what the catalogue's mistakes make of its network."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from ..errors import CnncalcError
from ..homework.layer_run import USUAL, LayerRun
from ..homework.mistake_values import FIRST_OF_TWO, SIZE_OR_DEPTH, UNITS
from ..homework.mistakes import FIELD_MISTAKES, LAYER_MISTAKES, NUMBER_MISTAKES, Mistake, runs_of
from .chain import Chain, simple
from .question import Wrong
from .values import Value

#: A mistake, its place in the catalogue, and the layer with it.
Made = tuple[int, Mistake, LayerRun]


def wrong_answers(chain: Chain, name: str, quantity: str, mistakes: Collection[str], throughout: bool = False) -> list[Wrong]:
    """Each wrong value that one of the mistakes gives, under the mistake that `check` names first.

    `throughout` adds what comes out if a mistake is made at every layer, and if a layer is skipped or applied twice.
    """
    found: dict[Value, Wrong] = {}
    for wrong in every_wrong_answer(chain, name, quantity, mistakes, throughout):
        found.setdefault(wrong.value, wrong)
    return list(found.values())


def every_wrong_answer(chain: Chain, name: str, quantity: str, mistakes: Collection[str], throughout: bool = False) -> Iterator[Wrong]:
    """The wrong values of every mistake, the same value as often as mistakes give it."""
    right, place = chain.value(name, quantity), chain.place(name)
    run = chain.runs[place]
    if quantity == "receptive_field":
        found = [*_fields(chain, place, mistakes)]
    else:
        made = runs_of(run, mistakes)
        found = [*_of_layer(run, made, quantity, mistakes)]
        singles = list(found)
        if throughout:
            found += _throughout(chain, place, quantity, mistakes)
        if quantity == "params":  # of sizes, squares are two mistakes at once
            found += _pairs(run, quantity, mistakes)
        if quantity in ("macs", "memory"):
            found += _other_units(run, made, quantity, mistakes)
        if quantity == "output" and isinstance(right, tuple):
            # The input itself is taken for the work of somebody who stopped a layer early.
            found += [wrong for wrong in _squares(right, singles) if wrong.value != tuple(run.xs[0])]
    for wrong in found:
        if wrong.value != right and _possible(wrong.value):
            yield wrong


def _possible(value: Value) -> bool:
    return value > 0 if isinstance(value, int) else all([isinstance(n, int) and n > 0 for n in value])


def valued(run: LayerRun, quantity: str) -> Value | None:
    """A quantity of a changed layer; None where the mistake leaves nothing."""
    try:
        value = run.value(quantity)
    except CnncalcError:
        return None
    return None if value is None or (isinstance(value, tuple) and None in value) else simple(value)


def _of_layer(run: LayerRun, made: list[Made], quantity: str, mistakes: Collection[str]) -> Iterator[Wrong]:
    for _, mistake, changed in made:
        if mistake.quantities and quantity not in mistake.quantities and "params" not in mistake.quantities:
            continue
        value = valued(changed, quantity)
        if value is not None:
            yield Wrong(value, mistake.name, mistake.words)
    for said in NUMBER_MISTAKES:
        if quantity in said.quantities and said.name in mistakes:
            number: object = said.value(run, quantity, USUAL)
            if number is not None:
                yield Wrong(simple(number), said.name, said.words)


def _pairs(run: LayerRun, quantity: str, mistakes: Collection[str]) -> Iterator[Wrong]:
    """Two mistakes at once: of the biases and the kernel."""
    firsts = {"forgot-bias"} & set(mistakes)
    for _, one, changed in runs_of(run, firsts):
        single = valued(changed, quantity)
        for _, other, both in runs_of(changed, [name for name in FIRST_OF_TWO[one.name] if name in mistakes]):
            value = valued(both, quantity)
            if value is not None and value != single:
                yield Wrong(value, f"{other.name}+{one.name}", f"{other.words}; and {one.words}")


def _other_units(run: LayerRun, made: list[Made], quantity: str, mistakes: Collection[str]) -> Iterator[Wrong]:
    """A mistake in the size or depth together with one about what is counted."""
    units = [said for said in NUMBER_MISTAKES if said.name in UNITS and said.name in mistakes and quantity in said.quantities]
    right = valued(run, quantity)
    for _, one, changed in made:
        if one.name not in SIZE_OR_DEPTH or valued(changed, quantity) in (None, right):
            continue
        for said in units:
            number: object = said.value(changed, quantity, USUAL)
            if number is not None:
                yield Wrong(simple(number), f"{one.name}+{said.name}", f"{one.words}; and {said.words}")


#: Mistakes that are made at every layer if at one.
EVERYWHERE = frozenset(["forgot-plus-one", "plus-one-twice", "kernel-not-subtracted", "assumed-same-padding", "padding-ignored",
                        "pad-added-once", "output-depth-is-input-depth", "pool-default-stride", "transposed-forgot-minus-one",
                        "transposed-course-vs-framework", "transposed-output-padding", "same-with-stride-floor",
                        "ceil-or-round-instead-of-floor"])


def _throughout(chain: Chain, place: int, quantity: str, mistakes: Collection[str]) -> Iterator[Wrong]:
    done: set[str] = set()
    for mistake in LAYER_MISTAKES:
        if mistake.name in mistakes and mistake.name in EVERYWHERE and not mistake.quantities and mistake.name not in done:
            done.add(mistake.name)
            ways = [mistake, *[way for way in LAYER_MISTAKES if way.name == mistake.name and way is not mistake]]

            def change(run: LayerRun, ways: list[Any] = ways) -> LayerRun | None:
                for way in ways:
                    try:
                        changed: LayerRun | None = way.change(run)
                        if changed is not None and changed.outputs:
                            return changed
                    except CnncalcError:
                        continue
                return None

            try:
                value = valued(chain.again(change)[place], quantity)
            except CnncalcError:
                continue
            if value is not None:
                yield Wrong(value, mistake.name, mistake.words)
    for i in range(place):
        if chain.runs[i].windows() is not None and not chain.parts[i].inputs:
            for settings, name, words in (({"skip": i}, "skipped-a-layer", "a layer was left out"),
                                          ({"twice": i}, "skipped-or-extra-layer-in-chain", "a layer was applied twice")):
                try:
                    value = valued(chain.again(None, **settings)[place], quantity)
                except CnncalcError:
                    continue
                if value is not None:
                    yield Wrong(value, name, words)


def _fields(chain: Chain, place: int, mistakes: Collection[str]) -> Iterator[Wrong]:
    for mistake in FIELD_MISTAKES:
        if mistake.name in mistakes:
            field = chain.field(place, mistake)
            if field is not None:
                yield Wrong(field, mistake.name, mistake.words)
    if place:
        field = chain.field(place - 1)
        if field is not None:
            yield Wrong(field, "rf-row-shifted", "the value of the layer before, a row late")


def _squares(right: tuple[object, ...], singles: list[Wrong]) -> Iterator[Wrong]:
    """A mistake in the size together with one in the depth."""
    shapes = [(w, w.value) for w in singles if isinstance(w.value, tuple) and len(w.value) == len(right)]
    sizes = [(w, y) for w, y in shapes if y[-1] == right[-1] and y != right]
    depths = [(w, y) for w, y in shapes if y[:-1] == right[:-1] and y != right]
    for a, size in sizes:
        for b, depth in depths:
            yield Wrong((*size[:-1], depth[-1]), f"{a.mistake}+{b.mistake}", f"{a.words}; and {b.words}")
