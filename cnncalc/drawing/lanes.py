"""Branches side by side: nodes in ranks from top to bottom, chains in lanes, wires around them.

A region is split into chains, longest first. A chain is a lane; chains that do not overlap share one. What skips a chain
runs in a thin lane to its right, the shortest innermost. Horizontal parts of wires run in tracks between two ranks, below
the labels there. No wire runs through a box or along another's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .scene import Point

#: Where a wire comes from that begins before the first node.
ENTRY = -1
#: Pixels between lanes, between thin lanes, between tracks; at the end of a wire for its tip; between thin lanes and boxes.
LANE_GAP, THIN, TRACK, TIP, ASIDE = 14.0, 10.0, 7.0, 13.0, 8.0


class Node(NamedTuple):
    """What is placed: how far it and its labels reach to either side of its center line, its half width and its height.

    `label` is the height of its label, which is below it; `kind` is box, circle (entered from the sides) or bar (as wide as
    what it merges).
    """

    left: float
    right: float
    half: float
    height: float
    label: float = 0.0
    kind: str = "box"


class Layout(NamedTuple):
    """Centers, upper edges and half widths of the nodes, and each edge's wire; x counts from the entry."""

    x: list[float]
    y: list[float]
    half: list[float]
    wires: list[tuple[Point, ...]]
    left: float
    right: float
    bottom: float


class _Chain:
    __slots__ = ("first", "head", "interval", "key", "lane", "nodes", "tail")

    def __init__(self, nodes: list[int], head: int | None, tail: int | None, interval: tuple[int, int], key: tuple[int, ...]):
        self.nodes, self.head, self.tail, self.interval, self.key = nodes, head, tail, interval, key
        self.first = nodes[0] if nodes else None
        self.lane = 0


class _Wire(NamedTuple):
    """An edge, and its way: straight (along a chain), head or tail (of one), direct (to the next rank), skip (in a thin lane)."""

    source: int
    target: int
    way: str


def laid_out(nodes: Sequence[Node], edges: Sequence[tuple[int, int]], start: float, top: float, merge: int | None,
             centered: bool, tip: float = TIP, label: float = 0.0) -> Layout:
    """Place nodes, given in an order in which each is after those that it reads; no edge occurs twice.

    Wires from `ENTRY` begin at (0, `start`); the first gap begins at `top`. `merge` is the node that ends all branches; with
    `centered` it is below the middle of the lanes, otherwise below the longest chain. `tip` is the least length of the end of a wire,
    `label` the height of the label in the first gap.
    """
    return _Lanes(nodes, edges, merge if centered else None, centered, tip).placed(start, top, label)


class _Lanes:
    def __init__(self, nodes: Sequence[Node], edges: Sequence[tuple[int, int]], apart: int | None, centered: bool, tip: float):
        self.tip = tip
        self.nodes, self.edges, self.apart, self.centered = nodes, edges, apart, centered
        n = len(nodes)
        self.reads: list[list[int]] = [[] for _ in range(n)]
        self.readers: list[list[int]] = [[] for _ in range(n)]
        for source, target in edges:
            self.reads[target].append(source)
            if source != ENTRY:
                self.readers[source].append(target)
        self.rank = self._ranks()
        self.chains = self._chains()
        self.chain_of = {node: chain for chain in self.chains for node in chain.nodes}
        self.wires = self._wires()
        self._assign_lanes()

    def _ranks(self) -> list[int]:
        rank = [0] * len(self.nodes)
        for i, reads in enumerate(self.reads):
            rank[i] = 1 + max([0 if source == ENTRY else rank[source] for source in reads], default=0)
        if self.apart is not None:  # below all else
            rank[self.apart] = max([rank[self.apart], *[1 + one for i, one in enumerate(rank) if i != self.apart]])
        for i in range(len(self.nodes) - 1, -1, -1):  # what reads nothing is close to its reader
            if not self.reads[i] and self.readers[i]:
                rank[i] = max(1, min([rank[reader] for reader in self.readers[i]]) - 1)
        return rank

    def _chains(self) -> list[_Chain]:
        n = len(self.nodes)
        depth = [1] * n
        for i in range(n - 1, -1, -1):
            depth[i] = 1 + max([depth[reader] for reader in self.readers[i]], default=0)
        order = self._order()
        taken = [i == self.apart for i in range(n)]
        chains = []
        for start in sorted(range(n), key=lambda i: (-depth[i], i)):
            if taken[start]:
                continue
            nodes = [start]
            taken[start] = True
            while True:
                ahead = [reader for reader in self.readers[nodes[-1]] if not taken[reader]]
                if not ahead:
                    break
                nodes.append(max(ahead, key=lambda reader: (depth[reader], -reader)))
                taken[nodes[-1]] = True
            head = max(self.reads[start], key=lambda source: -1 if source == ENTRY else self.rank[source], default=None)
            tail = min(self.readers[nodes[-1]], key=lambda reader: self.rank[reader], default=None)
            begin = self.rank[start] if head is None else 1 if head == ENTRY else self.rank[head] + 1
            end = self.rank[nodes[-1]] if tail is None else self.rank[tail] - (tail == self.apart)
            chains.append(_Chain(nodes, head, tail, (begin, end), (order[nodes[-1]], nodes[0])))
        return chains

    def _order(self) -> list[int]:
        """The place of each node from left to right: that of the merge's input that it leads to."""
        n = len(self.nodes)
        order = [n] * n
        if self.apart is not None:
            for place, source in enumerate(self.reads[self.apart]):
                if source != ENTRY:
                    order[source] = min(order[source], place)
            for i in range(n - 1, -1, -1):
                for reader in self.readers[i]:
                    if reader != self.apart:
                        order[i] = min(order[i], order[reader])
        return order

    def _wires(self) -> list[_Wire]:
        found = []
        before = {node: chain.nodes[k - 1] for chain in self.chains for k, node in enumerate(chain.nodes) if k}
        for source, target in self.edges:
            chain = self.chain_of.get(target)
            if before.get(target) == source:
                found.append(_Wire(source, target, "straight"))
            elif chain is not None and chain.first == target and chain.head == source:
                found.append(_Wire(source, target, "head"))
            elif source != ENTRY and self.chain_of[source].nodes[-1] == source and self.chain_of[source].tail == target:
                found.append(_Wire(source, target, "tail"))
            elif self.rank[target] == (0 if source == ENTRY else self.rank[source]) + 1:
                found.append(_Wire(source, target, "direct"))
            else:
                found.append(_Wire(source, target, "skip"))
        return found

    def _assign_lanes(self) -> None:
        """A lane for each chain, thin lanes for what skips some."""
        ordered = sorted(self.chains, key=lambda chain: chain.key) if self.centered else [
            *self.chains[:1], *sorted(self.chains[1:], key=lambda chain: chain.nodes[0])]
        lanes: list[list[tuple[int, int]]] = []
        for chain in ordered:
            begin, end = chain.interval
            chain.lane = _first_free(lanes, begin, end, 1)
            lanes[chain.lane].append((begin, end))
        self.count = max(1, len(lanes))
        self.lane = [0] * len(self.nodes)
        for chain in self.chains:
            for node in chain.nodes:
                self.lane[node] = chain.lane
        self.slots: list[list[list[tuple[int, int]]]] = [[] for _ in range(self.count)]
        self.slot: dict[int, tuple[int, int]] = {}
        skips = [(i, wire) for i, wire in enumerate(self.wires) if wire.way == "skip"]
        for i, wire in sorted(skips, key=lambda pair: (self.rank[pair[1].target] - self._rank(pair[1].source), pair[0])):
            lane = max(self.lane[wire.target], self.lane[wire.source] if wire.source != ENTRY else 0)
            if wire.target == self.apart:
                lane = self.count - 1
            begin, end = self._rank(wire.source), self.rank[wire.target]
            number = _first_free(self.slots[lane], begin, end, -1)
            self.slots[lane][number].append((begin, end))
            self.slot[i] = (lane, number)

    def _rank(self, node: int) -> int:
        return 0 if node == ENTRY else self.rank[node]

    # Coordinates.

    def placed(self, start: float, top: float, label: float) -> Layout:
        self._set_x()
        self._set_ways()
        return self._set_y(start, top, label)

    def _set_x(self) -> None:
        lefts, rights = [4.0] * self.count, [4.0] * self.count
        for i, node in enumerate(self.nodes):
            if i != self.apart:
                lefts[self.lane[i]] = max(lefts[self.lane[i]], node.left)
                rights[self.lane[i]] = max(rights[self.lane[i]], node.right)
        centers, at = [], 0.0
        self.thin: dict[tuple[int, int], float] = {}
        for lane in range(self.count):
            center = at + lefts[lane]
            centers.append(center)
            at = center + rights[lane]
            for number in range(len(self.slots[lane])):
                self.thin[lane, number] = at + ASIDE + THIN * number
            if self.slots[lane]:
                at += ASIDE + THIN * (len(self.slots[lane]) - 1) + 2
            at += LANE_GAP
        right = at - LANE_GAP
        middle = (centers[0] + centers[-1]) / 2
        origin = middle if self.centered else centers[0]
        self.left, self.right = -origin, right - origin
        self.x = [centers[self.lane[i]] - origin for i in range(len(self.nodes))]
        self.thin = {key: x - origin for key, x in self.thin.items()}
        self.half = [node.half for node in self.nodes]
        if self.apart is not None:
            self.x[self.apart] = 0.0
            node = self.nodes[self.apart]
            if node.kind == "bar":
                reach = [self._arrival(i) for i, wire in enumerate(self.wires) if wire.target == self.apart]
                self.half[self.apart] = max([node.half, *[abs(x) + 18 for x in reach]])
            self.left = min(self.left, -max(self.half[self.apart], node.left))
            self.right = max(self.right, self.half[self.apart], node.right)

    def _arrival(self, i: int) -> float:
        """Where the vertical part of a wire is that comes to its target."""
        wire = self.wires[i]
        if wire.way == "skip":
            return self.thin[self.slot[i]]
        return 0.0 if wire.source == ENTRY else self.x[wire.source]

    def _set_ways(self) -> None:
        """Where each wire enters its target: straight from above, from a side, or at a port on its upper edge."""
        at_rank: dict[int, list[int]] = {}
        for i, rank in enumerate(self.rank):
            at_rank.setdefault(rank, []).append(i)
        into: dict[int, list[int]] = {}
        for i, wire in enumerate(self.wires):
            into.setdefault(wire.target, []).append(i)
        spans: dict[int, list[tuple[float, float, int]]] = {}  # of wires that enter from a side, by rank
        self.side: dict[int, int] = {}
        self.port: dict[int, float] = {}
        self.height: dict[int, float] = {}
        for target, wires in into.items():
            x, node = self.x[target], self.nodes[target]
            bent, sides = [], {-1: 0, 1: 0}
            for i in sorted(wires, key=lambda i: abs(self._arrival(i) - x)):
                wire, arrival = self.wires[i], self._arrival(i)
                if wire.way in ("straight", "head") or (abs(arrival - x) < 0.5 and wire.way != "skip" and not any(self.port.get(j) == x for j in wires)):
                    self.port[i] = x
                elif node.kind == "bar" and abs(arrival - x) < self.half[target] - 6 and wire.way != "direct" and target == self.apart:
                    self.port[i] = arrival
                else:
                    side = 1 if arrival > x else -1
                    low, high = min(x, arrival) - 1, max(x, arrival) + 1
                    rank = self.rank[target]
                    free = not any([other != target and low <= self.x[other] <= high for other in at_rank[rank]]) and not any(
                        [owner != target and low < b and a < high for a, b, owner in spans.get(rank, ())])
                    most = 1 if node.kind == "circle" else 2
                    if node.kind != "box" and wire.way != "direct" and free and sides[side] < most and abs(arrival - x) > self.half[target] + TIP:
                        self.side[i] = side
                        self.height[i] = 0.0 if node.kind == "circle" else (-4.0, 5.0)[sides[side]]
                        sides[side] += 1
                        spans.setdefault(rank, []).append((low, high, target))
                    else:
                        bent.append(i)
            self._spread_ports(target, wires, bent)

    def _spread_ports(self, target: int, wires: list[int], bent: list[int]) -> None:
        x, room = self.x[target], max(4.0, self.half[target] - 8)
        taken = {round(self.port[i]) for i in wires if i in self.port}
        for side in (-1, 1):
            mine = [i for i in bent if (self._arrival(i) > x) == (side > 0)]
            step = min(12.0, room / max(1, len(mine)))
            for k, i in enumerate(sorted(mine, key=lambda i: abs(self._arrival(i) - x)), 0 if not taken and side < 0 and len(bent) == 1 else 1):
                self.port[i] = x + side * step * k

    def _set_y(self, start: float, top: float, label: float) -> Layout:
        tracks, counts = self._tracks()
        ranks = max(self.rank, default=0)
        heights, labels = [0.0] * (ranks + 1), [label] + [0.0] * ranks
        for i, node in enumerate(self.nodes):
            heights[self.rank[i]] = max(heights[self.rank[i]], node.height)
            labels[self.rank[i]] = max(labels[self.rank[i]], node.label)
        entered = any([source == ENTRY for source, _ in self.edges])
        y = [0.0] * len(self.nodes)
        track_y: list[float] = []
        at, rows = top, [top] * (ranks + 2)
        for rank in range(ranks + 1):
            if rank:
                rows[rank] = at
                at += heights[rank]
            track_y.append(at + labels[rank] + 4)
            if rank < ranks and (rank or entered):  # labels go beside the ends of wires, where no wire turns
                at += labels[rank] + TRACK * counts[rank] + self.tip + 3 if rank in counts else max(labels[rank] + 1, self.tip + 3)
            else:
                at += labels[rank]
        for i, node in enumerate(self.nodes):
            y[i] = rows[self.rank[i]] + (heights[self.rank[i]] - node.height) / 2
        wires = [self._points(i, start, y, track_y, tracks) for i in range(len(self.wires))]
        return Layout(self.x, y, self.half, wires, self.left, self.right, at - labels[ranks] if ranks else top)

    def _tracks(self) -> tuple[dict[tuple[int, int], int], dict[int, int]]:
        """The track of each wire's horizontal part in each gap, counted downwards, and how many each gap needs."""
        wanted: dict[int, list[tuple[float, float, bool, int, int]]] = {}
        for i, wire in enumerate(self.wires):
            x = 0.0 if wire.source == ENTRY else self.x[wire.source]
            rank, end = self._rank(wire.source), self.rank[wire.target]
            if wire.way == "skip":
                wanted.setdefault(rank, []).append((x, self._arrival(i), False, wire.source, i))
                if i not in self.side and abs(self._arrival(i) - self.port[i]) > 0.5:
                    wanted.setdefault(end - 1, []).append((self._arrival(i), self.port[i], True, wire.target, i))
            elif i not in self.side and abs(x - self.port[i]) > 0.5:
                gap = end - 1 if wire.way == "tail" else rank
                wanted.setdefault(gap, []).append((x, self.port[i], gap != rank, wire.target if gap != rank else wire.source, i))
        tracks: dict[tuple[int, int], int] = {}
        counts: dict[int, int] = {}
        for gap, parts in wanted.items():
            used: list[list[tuple[float, float, tuple[bool, int]]]] = []
            for a, b, into, owner, i in sorted(parts, key=lambda part: (part[2], abs(part[1] - part[0]), part[4])):
                low, high = min(a, b) - 3, max(a, b) + 3
                number = next((k for k, others in enumerate(used) if all(
                    [high < c or d < low or (who == (into, owner) and not into) for c, d, who in others])), len(used))
                used += [[]] * (number == len(used))
                used[number].append((low, high, (into, owner)))
                tracks[gap, i] = number
            counts[gap] = len(used)
        return tracks, counts

    def _points(self, i: int, start: float, y: list[float], track_y: list[float], tracks: dict[tuple[int, int], int]) -> tuple[Point, ...]:
        wire = self.wires[i]
        x, begin = (0.0, start) if wire.source == ENTRY else (self.x[wire.source], y[wire.source] + self.nodes[wire.source].height)
        rank, end = self._rank(wire.source), self.rank[wire.target]
        points = [(x, begin)]
        arrival = self._arrival(i)
        if wire.way == "skip":
            level = track_y[rank] + TRACK * tracks[rank, i]
            points += [(x, level), (arrival, level)]
        if i in self.side:
            middle = y[wire.target] + self.nodes[wire.target].height / 2 + self.height[i]
            points += [(arrival, middle), (self.x[wire.target] + self.side[i] * self.half[wire.target], middle)]
            return _simple(points)
        port = self.port[i]
        gap = end - 1 if wire.way in ("tail", "skip") else rank
        if (gap, i) in tracks and abs(points[-1][0] - port) > 0.5:
            level = track_y[gap] + TRACK * tracks[gap, i]
            points += [(points[-1][0], level), (port, level)]
        points.append((port, y[wire.target]))
        return _simple(points)


def _first_free(taken: list[list[tuple[int, int]]], begin: int, end: int, gap: int) -> int:
    """The first of several lines whose spans all have more than `gap` ranks between them and a new one; one more if there is none."""
    for number, spans in enumerate(taken):
        if all([end + gap < a or b + gap < begin for a, b in spans]):
            return number
    taken.append([])
    return len(taken) - 1


def _simple(points: list[Point]) -> tuple[Point, ...]:
    """The points without repeated ones and those on the way."""
    found: list[Point] = []
    for point in points:
        if found and abs(found[-1][0] - point[0]) < 0.05 and abs(found[-1][1] - point[1]) < 0.05:
            continue
        if len(found) > 1 and ((found[-2][0] == found[-1][0] == point[0]) or (found[-2][1] == found[-1][1] == point[1])):
            found.pop()
        found.append(point)
    return tuple(found)
