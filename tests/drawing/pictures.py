"""What pictures are checked for: layers, wires, overlapping texts, all from the scene itself."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from itertools import combinations

from cnncalc.drawing.metrics import box_of
from cnncalc.drawing.paper import Options
from cnncalc.drawing.reduce import reduced
from cnncalc.drawing.rows import Rows
from cnncalc.drawing.scene import Group, Path, Rectangle, Text, flat, groups
from cnncalc.drawing.svg import written

STYLES = ("volumes", "graph")


def scene_of(trace, style, **options):
    from cnncalc.drawing import network_picture

    return network_picture(trace, style, Options(**options))


def expected_layers(trace):
    """The names of the rows that are used, those inside nested models by their paths."""
    return {name for row in Rows(trace).rows for name in row.names}


def drawn_layers(scene):
    return {name for group in groups(scene.shapes) for name in group.layers}


def missing_wires(trace, scene):
    """Edges between layers that are drawn as different bodies, and that no wire shows; repetitions of a fold are drawn once."""
    bodies, first = {}, set()
    for number, group in enumerate(outermost(scene.shapes)):
        first.add(group.layers[0])
        for name in group.layers:
            bodies.setdefault(name, number)
    wires = {(bodies[a], bodies[b]) for group in groups(scene.shapes) if group.wire is not None for a, b in [group.wire]}
    units = reduced(trace).units
    found = []
    for unit in units:
        if unit.rows[0].name not in first:
            continue
        for read in unit.reads:
            a, b = bodies[units[read].name], bodies[unit.name]
            if a != b and (a, b) not in wires:
                found.append((units[read].name, unit.name))
    return found


def outermost(shapes):
    """The groups that show layers, without those inside others."""
    for shape in shapes:
        if isinstance(shape, Group):
            if shape.layers:
                yield shape
            else:
                yield from outermost(shape.shapes)


def overlaps(scene, slack=0.6):
    """Pairs of texts that overlap, texts that wires cross, and what is outside the picture."""
    texts = [shape for shape in flat(scene.shapes) if isinstance(shape, Text)]
    boxes = [(box_of(text), "".join(run.text for run in text.runs)) for text in texts]
    found = []
    for (a, one), (b, other) in combinations(boxes, 2):
        if a[0] + slack < b[2] and b[0] + slack < a[2] and a[1] + slack < b[3] and b[1] + slack < a[3]:
            found.append(("text", one, other))
    for group in groups(scene.shapes):
        if group.wire is None:
            continue
        for shape in group.shapes:
            if isinstance(shape, Path) and not shape.curve:
                for p, q in zip(shape.points, shape.points[1:]):
                    found += [("wire", group.wire, words) for box, words in boxes if _crosses(p, q, box, slack)]
    for (left, top, right, bottom), words in boxes:
        if left < -slack or top < -slack or right > scene.width + slack or bottom > scene.height + slack:
            found.append(("outside", words, (left, top, right, bottom)))
    for group in groups(scene.shapes):
        found += _beyond_its_box(group, slack)
    return found


def _beyond_its_box(group: Group, slack):
    if not group.layers or not isinstance(group.shapes[0], Rectangle):
        return []
    box = group.shapes[0]
    return [("beyond", "".join(run.text for run in text.runs), box) for text in group.shapes if isinstance(text, Text)
            if box_of(text)[0] < box.x - slack or box_of(text)[2] > box.x + box.width + slack]


def _crosses(p, q, box, slack):
    """Whether a line from p to q runs through a box, its edges aside."""
    left, top, right, bottom = box[0] + slack, box[1] + slack, box[2] - slack, box[3] - slack
    low, high = 0.0, 1.0
    for start, step, a, b in ((p[0], q[0] - p[0], left, right), (p[1], q[1] - p[1], top, bottom)):
        if abs(step) < 1e-9:
            if not a < start < b:
                return False
            continue
        one, other = sorted(((a - start) / step, (b - start) / step))
        low, high = max(low, one), min(high, other)
    return low < high


def doubled_wires(scene):
    """Stretches where wires that begin at different layers run on top of each other."""
    spans = {}
    for group in groups(scene.shapes):
        if group.wire is None:
            continue
        for shape in group.shapes:
            if isinstance(shape, Path) and not shape.curve and not shape.look.dashes:
                for p, q in zip(shape.points, shape.points[1:]):
                    for along in (0, 1):
                        if abs(p[1 - along] - q[1 - along]) < 0.01:
                            spans.setdefault((along, round(p[1 - along], 1)), []).append((*sorted((p[along], q[along])), group.wire))
    found = []
    for lines in spans.values():
        for (a, b, one), (c, d, other) in combinations(lines, 2):
            if one[0] != other[0] and min(b, d) - max(a, c) > 1:
                found.append((one, other))
    return found


def parsed(scene, **options):
    """The picture as XML."""
    return ElementTree.fromstring(written(scene, **options).encode("utf-8"))
