"""Networks that go down and up again, with connections across: a U, a row for each size."""

from __future__ import annotations

from typing import NamedTuple

from .metrics import extents, width_of
from .plan import Sizes, lines_of
from .reduce import Reduced
from .scene import Group, Look, Path, Point, Shape, text
from .solids import Scale, Slice, Solid, arrow, between
from .units import Unit


class Stage(NamedTuple):
    """A body of the U: its slices (a merge and what comes up to it are one body), its level, 0 at the top."""

    units: tuple[Unit, ...]
    level: int


def stages(network: Reduced) -> list[Stage] | None:
    """The bodies of a U in order; `None` if the network is none: one chain, down and up, with merges on the way up."""
    units = network.units
    found: list[Stage] = []
    level, lowest, across = 0, 0, 0
    for i, unit in enumerate(units):
        spatial = unit.last.sizes[0]
        if len(spatial) < 2 or (i and i - 1 not in unit.reads) or (not i) != (not unit.reads) or unit.output != (i == len(units) - 1):
            return None
        extra = [read for read in unit.reads if read != i - 1]
        before = units[i - 1].last.sizes[0] if i else spatial
        ratio = 1.0 if None in (spatial[0], before[0]) else spatial[0] / before[0]
        step = int(ratio < 0.75) - int(ratio > 1.33)
        if spatial[0] is None and unit.words.step:
            step = {"/": 1, "×": -1}.get(unit.words.step[0], 0)
        level += step
        if extra:
            if not unit.is_merge or len(extra) > 1 or unit.sign or not found or (step and unit.family != "merge"):
                return None
            across += 1
        if extra and units[i - 1].family == "up" and found[-1].units == (units[i - 1],):
            found[-1] = Stage((unit, units[i - 1]), level)
        else:
            found.append(Stage((unit,), level))
        lowest = max(lowest, level)
    if min([stage.level for stage in found]) < 0 or across < 2 or lowest < 2 or found[-1].level > lowest - 2:
        return None
    return found


class Drawn:
    """A U at a scale: its shapes and extent."""

    def __init__(self, found: list[Stage], sizes: Sizes, scale: Scale, units: tuple[Unit, ...]):
        self.scale, self.size = scale, scale.text
        self.bodies = [self._body(stage, sizes) for stage in found]
        self.stages = found
        self.of = {unit.index: body for stage, body in zip(found, self.bodies) for unit in stage.units}
        self.shapes: list[Shape] = []
        self._place()
        for body in self.bodies:
            self.shapes += [*body.shapes(), *body.labels()]
        self._words()
        for i, unit in enumerate(units[1:], 1):
            self._wire(units[i - 1], unit)
        self._across(units)
        around = extents(self.shapes)
        self.left, self.top = min([box[0] for box in around]), min([box[1] for box in around])
        self.width = max([box[2] for box in around]) - self.left
        self.height = max([box[3] for box in around]) - self.top

    def _body(self, stage: Stage, sizes: Sizes) -> Solid:
        last = stage.units[0]
        slices = [Slice((unit,), unit.family) for unit in stage.units]
        body = Solid(slices, sizes.of(last.last), self.scale, lines_of(last))
        body.shown = last
        return body

    def _place(self) -> None:
        """Rows by level from top to bottom; within a row, and from row to row, bodies to the right of those before."""
        gap, size = self.scale.gap, self.size
        levels = sorted({stage.level for stage in self.stages})
        y = 0.0
        centers = {}
        for level in levels:
            tall = max([body.bottom - body.top for stage, body in zip(self.stages, self.bodies) if stage.level == level])
            centers[level] = y + tall / 2
            y += tall + 4.2 * (size + 3) + 6
        at = 0.0
        for i, (stage, body) in enumerate(zip(self.stages, self.bodies)):
            body.y = centers[stage.level]
            before = self.bodies[i - 1] if i else None
            body.show_size = before is None or before.sides != body.sides
            half = body.label_width / 2
            if before is None:
                body.x = max(0.0, half - body.thick / 2)
            elif stage.level > self.stages[i - 1].level:  # below the last body of the row above, clear of its number
                body.x = before.center - body.thick / 2
            elif stage.level < self.stages[i - 1].level:
                body.x = before.right + 9 - body.thick / 2
            else:
                # Numbers below stand at the centers, those above are shifted by the depth.
                shift = max(0.0, before.dx - body.dx) if body.show_size and before.show_size else 0.0
                body.x = max(at, before.center + before.label_width / 2 + half + shift - body.thick / 2 + 3)
            at = body.right + gap

    def _words(self) -> None:
        """What the layers of a row are, below it: equal neighbors once."""
        runs: list[list[int]] = []
        for i, (stage, body) in enumerate(zip(self.stages, self.bodies)):
            same = runs and self.stages[runs[-1][-1]].level == stage.level and body.lines == self.bodies[runs[-1][-1]].lines
            if same:
                runs[-1].append(i)
            else:
                runs.append([i])
        taken: dict[int, float] = {}
        words: dict[int, list[Shape]] = {}
        for run in runs:
            first, last = self.bodies[run[0]], self.bodies[run[-1]]
            stage = self.stages[run[0]]
            if run[0] and self.stages[run[0] - 1].level != stage.level:
                continue  # what changes the level is written on its arrow
            lines = [" ".join(first.lines[:1] if "×" in first.lines[0] and "conv" in first.lines[0] else first.lines[:2])]
            if len(run) > 1:
                lines[0] = f"{len(run)} × {lines[0]}"
            elif len(first.lines) > 1 and lines[0] == first.lines[0]:
                lines += first.lines[1:2]
            turns_down = run[-1] + 1 < len(self.stages) and self.stages[run[-1] + 1].level > stage.level
            center = (first.center + last.center) / 2
            half = max([width_of(line, self.size) for line in lines]) / 2
            if turns_down:
                center = min(center, last.center - half - 5)
            if taken.get(stage.level, -1e9) + half + 4 > center:
                if turns_down:  # the first body is an input without a word, then
                    words[stage.level].pop()
                else:
                    center = taken[stage.level] + half + 4
            words.setdefault(stage.level, []).extend([
                text(center, last.bottom + (2 + k) * (self.size + 2), line, self.size, role="soft") for k, line in enumerate(lines)])
            taken[stage.level] = center + half
        for found in words.values():
            self.shapes += found

    def _wire(self, source: Unit, target: Unit) -> None:
        a, b = self.of[source.index], self.of[target.index]
        wire = (source.name, target.name)
        if a is b:  # what comes up is part of the merge's body
            border = b.x + b.thick / 2
            self.shapes.append(Group((Path(((border, b.front_top), (border, b.bottom)), Look(None, "edge")),), wire=wire))
            return
        levels = self.stages[self.bodies.index(a)].level, self.stages[self.bodies.index(b)].level
        size = self.size
        if levels[0] == levels[1]:
            self.shapes += [shape._replace(wire=wire) for shape in between(a, b) if isinstance(shape, Group)]
        elif levels[0] < levels[1]:
            begin, end = (a.center, a.bottom + size + 4), (a.center, b.top - size - 6)
            if b.x + b.dx + b.thick / 2 - b.label_width / 2 > a.center + 3 or not b.show_size:
                end = (a.center, b.front_top - 1)
            self.shapes.append(arrow((begin, end), wire))
            self._beside(a.center, a.bottom + 3.1 * (size + 3), " ".join(lines_of(target)[:2]), "end")
        else:
            x = a.right + 9
            points: tuple[Point, ...] = (a.outlet(), (x, a.y), (x, b.bottom + size + 4))
            self.shapes.append(arrow(points, wire))
            self._beside(x, b.bottom + 3.1 * (size + 3), " ".join([line for line in lines_of(target) if not line.startswith("×")][:2]), "start")

    def _beside(self, x: float, y: float, words: str, anchor: str) -> None:
        self.shapes.append(text(x + (6 if anchor == "start" else -6), y, words, self.size, anchor, role="soft"))

    def _across(self, units: tuple[Unit, ...]) -> None:
        for i, unit in enumerate(units):
            for read in unit.reads:
                if read == i - 1:
                    continue
                a, b = self.of[read], self.of[i]
                level = b.y + b.dy / 4
                start = (a.x + a.thick + a.dx / 2, level)
                cropped = "copy and crop" if read in unit.crops else "copy"
                self.shapes.append(arrow((start, (b.x, level)), (units[read].name, unit.name)))
                room = b.x - start[0] - a.dx / 2 - 14
                cropped = cropped if width_of(cropped, self.size) <= room else cropped.split()[-1]
                if width_of(cropped, self.size) <= room:
                    self.shapes.append(text((start[0] + a.dx / 2 + b.x) / 2, level - 5, cropped, self.size, role="soft"))
