"""What the style `volumes` draws, before any scale is chosen: which units are slices of one body, which regions are branches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Union

from ..analysis import Trace, analyse
from .cells import joined
from .metrics import shortened
from .reduce import LONGEST, Reduced, main_path
from .rows import Row, Rows
from .solids import Size, Slice
from .units import Region, Unit

#: More slices than these are not told apart; a body of many blocks has one slice for each.
MOST_SLICES = 24
#: Repeated chains are looked for among so many layers.
FARTHEST = 120


class Bodies(NamedTuple):
    """Units drawn as one body: its slices, the lines below it, and the slices under each arc (negative: without an arc)."""

    slices: list[Slice]
    lines: list[str]
    arcs: list[int]
    size: Size

    @property
    def units(self) -> list[Unit]:
        return [unit for slice in self.slices for unit in slice.units]


class Branches(NamedTuple):
    """A region drawn with all its branches."""

    region: Region


Part = Union[Bodies, Branches]  # noqa: UP007


class Sizes:
    """The sizes of maps for drawing: where some are not known, those for an input of a usual size."""

    #: Sizes that are tried for an unknown side of the input.
    USUAL = (256, 512, 1024, 64, 28)

    def __init__(self, network: Reduced):
        self._usual: dict[str, Row] = {}
        rows = [unit.last for unit in network.units]
        if any([None in row.sizes[0] for row in rows]):
            self._usual = self._assumed(network.trace)
        self.largest = max([n for row in rows for n in self.of(row).spatial], default=1.0)

    def _assumed(self, trace: Trace) -> dict[str, Row]:
        for usual in self.USUAL:
            shapes = {node: tuple([usual if n is None else n for n in getattr(node.layer, "shape", ())]) for node in trace.graph.inputs}
            found = analyse(trace.graph, shapes, adapt=True)
            if not found.errors:
                return {row.name: row for row in Rows(found).rows}
        return {}

    def of(self, row: Row) -> Size:
        spatial, channels = row.sizes
        known = None not in spatial and channels is not None
        usual = self._usual.get(row.name, row).sizes
        if len(usual[0]) != len(spatial):
            usual = (spatial, channels)
        sides = [n if n is not None else m for n, m in zip(spatial, usual[0])]
        wide = channels if channels is not None else usual[1]
        flat = self._flat([1.0 if n is None else float(n) for n in sides])
        return Size(flat, 16.0 if wide is None else max(1.0, float(wide)), known)

    @staticmethod
    def _flat(sides: list[float]) -> tuple[float, ...]:
        """At most three axes: those before are multiplied out."""
        while len(sides) > 3:
            sides = [sides[0] * sides[1], *sides[2:]]
        return tuple([max(1.0, n) for n in sides])


def planned(network: Reduced, sizes: Sizes, expand: bool) -> list[Part]:
    """The parts of the picture in order."""
    if expand:
        return [_single(region.units[0], sizes) if len(region.units) == 1 else Branches(region) for region in joined(network.elements)]
    elements: Sequence[Region] = network.elements
    if not all([region.far is None or _is_module(region) or is_residual(region) for region in elements]):
        elements = joined(elements)
    modules = sum([_is_module(region) for region in elements])
    gated = sum([_is_gated(region) for region in elements]) > 1
    parts: list[Part] = []
    i = 0
    while i < len(elements):
        region = elements[i]
        if len(region.units) == 1:
            blocks_of = _run_of_blocks(elements, i)
            units = _alike(elements, i) if blocks_of is None else blocks_of[1]
            parts.append(_alike_body(units, sizes) if blocks_of is None else _run_body(*blocks_of, sizes))
            i += len(units)
        elif is_residual(region) or (gated and _is_gated(region)):
            blocks = _residuals(elements, i)
            parts.append(_with_lead(parts, _residual_body(blocks, sizes), blocks, sizes))
            i += len(blocks)
        elif _is_module(region) and modules > 1:
            run_of = [region]
            while i + len(run_of) < len(elements) and _is_module(elements[i + len(run_of)]) and (
                    _spatial(elements[i + len(run_of)]) == _spatial(region)):
                run_of.append(elements[i + len(run_of)])
            parts.append(_module_body(run_of, sizes))
            i += len(run_of)
        else:
            parts.append(Branches(region))
            i += 1
    return parts


def _spatial(region: Region) -> object:
    return region.units[-1].last.sizes[0]


# Chains.


def _single(unit: Unit, sizes: Sizes) -> Bodies:
    return Bodies([Slice((unit,), unit.family)], lines_of(unit), [], sizes.of(unit.last))


def _alike(elements: Sequence[Region], i: int) -> list[Unit]:
    """Consecutive layers of the same kind with outputs of the same size."""
    first = elements[i].units[0]
    found = [first]
    for region in elements[i + 1:]:
        unit = region.units[0]
        if len(region.units) > 1 or first.family not in ("conv", "dense", "recurrent") or (
                (unit.words.line, unit.behind, unit.last.shape, unit.shared, unit.broken)
                != (first.words.line, first.behind, first.last.shape, first.shared, first.broken)) or found[-1].is_tapped or unit.is_tapped:
            break
        found.append(unit)
    return found


def _alike_body(units: list[Unit], sizes: Sizes) -> Bodies:
    lines = lines_of(units[0])
    if len(units) > 1:
        lines = [f"{len(units)} ×", *lines] if len(lines[0]) > 6 else [f"{len(units)} × {lines[0]}", *lines[1:]]
    return Bodies([Slice((unit,), unit.family) for unit in units], lines, [], sizes.of(units[-1].last))


def _run_of_blocks(elements: Sequence[Region], i: int) -> tuple[int, list[Unit]] | None:
    """A chain of several different layers, with outputs of one size, that is repeated from here on: its length, and all of it."""
    chain = 1
    while chain < FARTHEST and i + chain < len(elements) and len(elements[i + chain].units) == 1 and _spatial(elements[i + chain]) == _spatial(elements[i]):
        chain += 1
    signs = [region.units[0].sign_of(False) for region in elements[i: i + chain]]
    for period in range(2, LONGEST + 1):
        times = _times(signs, 0, period)
        later = max([_times(signs, begin, period) for begin in range(1, period)])
        if times > 1 and later < times and len(set(signs[:period])) > 1:
            return period, [region.units[0] for region in elements[i: i + period * times]]
    return None


def _times(signs: Sequence[object], begin: int, period: int) -> int:
    """How often the signs from a place on are repeated."""
    block, times = signs[begin: begin + period], 1
    while len(block) == period and signs[begin + times * period: begin + (times + 1) * period] == block:
        times += 1
    return times


def _run_body(period: int, units: list[Unit], sizes: Sizes) -> Bodies:
    lines = [f"{len(units) // period} ×", *[unit.words.title for unit in units[:period]]]
    if len(units) > MOST_SLICES:
        slices = [Slice(tuple(units[k: k + period]), units[k].family) for k in range(0, len(units), period)]
    else:
        slices = [Slice((unit,), unit.family) for unit in units]
    return Bodies(slices, lines, [], sizes.of(units[-1].last))


# Residual blocks.


def is_residual(region: Region) -> bool:
    """Whether a region is a block with a connection around it: it ends in a sum with what it begins with."""
    merge = region.merge
    return region.entry is not None and merge is not None and merge.sign == "+"


def _is_gated(region: Region) -> bool:
    """Whether a region scales what it begins with, as squeeze-and-excitation does."""
    merge = region.merge
    return region.entry is not None and merge is not None and merge.sign == "×" and region.entry.index in merge.reads


def _computing(region: Region) -> list[Unit]:
    """The layers of its longest chain that name a block: those with weights of their own, if there are any."""
    path = main_path(region)
    return [unit for unit in path if unit.family in ("conv", "dense", "up")] or path


def _titles(region: Region) -> list[str]:
    return [unit.words.title for unit in _computing(region)]


def _residuals(elements: Sequence[Region], i: int) -> list[Region]:
    """Consecutive blocks of the same layers with outputs of the same size."""
    first, found = elements[i], [elements[i]]
    for region in elements[i + 1:]:
        if region.merge is None or first.merge is None or region.merge.sign != first.merge.sign or region.units[-1].last.shape != first.units[-1].last.shape or _titles(region) != _titles(first):
            break
        found.append(region)
    return found


def _residual_body(blocks: list[Region], sizes: Sizes) -> Bodies:
    slices: list[Slice] = []
    arcs = []
    paths = [_computing(region) for region in blocks]
    single = sum(map(len, paths)) > MOST_SLICES
    for region, path in zip(blocks, paths):
        rest = [unit for unit in region.units if unit not in path]
        found = [Slice((*path, *rest), "conv")] if single or not path else [
            *[Slice((unit,), unit.family) for unit in path[:-1]], Slice((path[-1], *rest), path[-1].family)]
        slices += found
        arcs.append(len(found))
    word = "residual" if is_residual(blocks[0]) else "gate"
    lines = [f"{len(blocks)} × {word}" if len(blocks) > 1 else word, *_short(_titles(blocks[0]))]
    return Bodies(slices, lines, arcs, sizes.of(blocks[-1].units[-1].last))


def _with_lead(parts: list[Part], body: Bodies, blocks: list[Region], sizes: Sizes) -> Bodies:
    """The blocks with the one before them that has no connection around it, as it changes the size."""
    titles = _titles(blocks[0])
    lead = parts[-len(titles):]
    if len(lead) < len(titles) or not titles or not all([isinstance(part, Bodies) and len(part.slices) == 1 for part in lead]):
        return body
    units = [part.units[0] for part in lead if isinstance(part, Bodies)]
    if [unit.words.title for unit in units] != titles or units[-1].last.shape != blocks[-1].units[-1].last.shape:
        return body
    del parts[-len(titles):]
    lines = [f"{len(blocks) + 1} blocks", *body.lines[1:]]
    return Bodies([*[Slice((unit,), unit.family) for unit in units], *body.slices], lines, [-len(units), *body.arcs], body.size)


def _short(titles: list[str], most: int = 4) -> list[str]:
    """Equal neighbors once, and no more than fit below a body."""
    found: list[tuple[str, int]] = []
    for title in titles:
        if found and found[-1][0] == title:
            found[-1] = (title, found[-1][1] + 1)
        else:
            found.append((title, 1))
    lines = [title if count == 1 else f"{count} × {title}" for title, count in found]
    return lines if len(lines) <= most else [*lines[: most - 1], "…"]


# Modules of branches.


def _is_module(region: Region) -> bool:
    """Whether a region's branches are laid side by side at its end."""
    merge = region.merge
    return region.entry is not None and merge is not None and not merge.sign


def _module_body(run: list[Region], sizes: Sizes) -> Bodies:
    slices = []
    for region in run:
        slices += [Slice(region.units[:-1], "conv", 1.0), Slice(region.units[-1:], "merge", 0.35)]
    branches = {len(region.units[-1].reads) for region in run}
    first = run[0]
    many = len(run)
    if first.entry is not None and first.entry.index in first.units[-1].reads:
        lines = [f"{many} × concat" if many > 1 else "concat", *_short(_titles(first))]
    else:
        lines = [f"{many} modules" if many > 1 else "module", f"{min(branches)}{'' if len(branches) == 1 else f'–{max(branches)}'} branches"]
    if any([region.far is not None for region in run]):
        lines.append("each reads two")
    if len(slices) > MOST_SLICES:
        slices = [Slice((*a.units, *b.units), "conv") for a, b in zip(slices[::2], slices[1::2])]
    return Bodies(slices, lines, [], sizes.of(run[-1].units[-1].last))


def lines_of(unit: Unit) -> list[str]:
    """The short lines below a body."""
    if unit.broken:
        return [*unit.words.lines(), "error"]
    if unit.main.is_input:
        return ["input"] if unit.main.name.startswith("input") else ["input", shortened(unit.main.name, 90, 11)]
    words = unit.words.lines()
    if unit.is_merge and not unit.sign:
        words = [unit.words.name]
    functions = [word for word in unit.behind if word not in ("BN", "dropout", "ReLU")]
    return [*words, *functions[:2], *(["output"] if unit.is_tapped else [])]
