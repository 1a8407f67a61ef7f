"""Which maps a network has in memory at once, when it is used and when it learns."""

from __future__ import annotations

from typing import NamedTuple

from .analysis import Step, Trace
from .dtypes import BITS, compute_dtype
from .graph import Node, Ref
from .layers import InputLayer
from .num import product


def plain(count: int | None) -> int | None:
    """A count for one example, or for the batch where its size is given, without what it remembers."""
    return count if count is None else int(count)


def size_in_bytes(values: int | None, bits: int, batch: int = 1) -> int | None:
    """Whole bytes for so many values of each example."""
    return None if values is None else (values * batch * bits + 7) // 8


class Map(NamedTuple):
    """What comes out of a call: so many values of so many bits for each example."""

    name: str
    values: int | None
    bits: int


class Call(NamedTuple):
    """A layer run once: the maps that it reads and gives, by their numbers."""

    name: str
    step: Step
    reads: tuple[int, ...]
    gives: tuple[int, ...]
    #: Whether it has weights that learn.
    learns: bool


class Run:
    """A network's layers in order of execution, those of nested models in their places.

    Maps are numbered as they are made, the inputs first. `home` says whose memory each map
    takes: its own number, or another's in place of which it stands.
    """

    def __init__(self, trace: Trace, policy: str, in_place: bool = False):
        self.maps: list[Map] = []
        self.calls: list[Call] = []
        #: Each step of the trace and of those in it, with its depth and the maps that it made.
        self.made: list[tuple[Step, int, range]] = []
        self.policy = policy
        given = {}
        for step in trace.steps:
            if type(step.node.layer) is InputLayer and step.used:
                given[Ref(step.node)] = self._map(step, "", 0)
        self.inputs = len(self.maps)
        self.outputs = set(self._unfold(trace, given, "", 0))
        self.last = self._last_reads()
        own = list(range(len(self.maps)))
        self.home = self._homes(False) if in_place else own
        #: The same while training, where the way back needs more of them.
        self.home_training = self._homes(True) if in_place else own

    def _map(self, step: Step, prefix: str, place: int) -> int:
        assert step.outputs is not None
        policy = getattr(step.node.layer, "dtype", None) or self.policy
        name = prefix + step.name if len(step.outputs) == 1 else f"{prefix}{step.name}:{place}"
        self.maps.append(Map(name, plain(product(step.outputs[place])), BITS[compute_dtype(policy)]))
        return len(self.maps) - 1

    def _unfold(self, trace: Trace, found: dict[Ref, int], prefix: str, depth: int) -> list[int]:
        """Run the steps; `found` has the maps of the inputs. The maps that come out."""
        learning = {step.node.layer for step in trace.steps if step.trainable_params}
        for step in trace.steps:
            node = step.node
            if not step.used or step.outputs is None or type(node.layer) is InputLayer:
                continue
            reads = tuple([found[ref] for ref in node.inputs])
            row, first = len(self.made), len(self.maps)
            self.made.append((step, depth, range(0)))
            if step.inner is not None:
                inside: dict[Ref, int] = {Ref(n): m for n, m in zip(_inputs(step), reads)}
                gives = self._unfold(step.inner, inside, f"{prefix}{step.name}/", depth + 1)
            else:
                gives = [self._map(step, prefix, i) for i in range(len(step.outputs))]
                self.calls.append(Call(prefix + step.name, step, reads, tuple(gives), node.layer in learning))
            found.update({Ref(node, i): m for i, m in enumerate(gives)})
            self.made[row] = (step, depth, range(first, len(self.maps)))
        return [found[ref] for ref in trace.graph.outputs if ref in found]

    def _last_reads(self) -> list[int]:
        """The call that reads each map last; beyond all calls for what comes out in the end."""
        last = [0] * len(self.maps)
        for i, call in enumerate(self.calls):
            for m in (*call.reads, *call.gives):
                last[m] = i
        for m in self.outputs:
            last[m] = len(self.calls)
        return last

    def _homes(self, training: bool) -> list[int]:
        """Whose memory each map takes.

        A map is overwritten when its last reader runs. While training it must be its only
        one, and no activation may have made it: their ways back need what they read and gave.
        """
        home = list(range(len(self.maps)))
        needed = list(self.last)  # by home: the last read of any map in it
        fixed = [False] * len(home)
        if training:
            readers = [0] * len(home)
            for call in self.calls:
                for m in call.reads:
                    readers[m] += 1
            fixed = [many > 1 for many in readers]
        for i, call in enumerate(self.calls):
            layer = call.step.node.layer
            if layer is None:
                continue
            if training and (layer.in_place == "overwriting" or getattr(layer, "activation", None)
                             not in (None, "linear")):
                for m in call.gives:
                    fixed[m] = True
            if layer.in_place is None or len(call.reads) != 1 or len(call.gives) != 1:
                continue
            there, m = home[call.reads[0]], call.gives[0]
            same = self.maps[m][1:] == self.maps[there][1:]
            if same and (layer.in_place == "view" or (needed[there] <= i and not fixed[there])):
                home[m] = there
                needed[there] = max(needed[there], self.last[m])
                fixed[there] = fixed[there] or fixed[m]
        return home

    def bytes(self, m: int, batch: int) -> int | None:
        return size_in_bytes(self.maps[m].values, self.maps[m].bits, batch)

    def peak(self, batch: int) -> tuple[int | None, str | None, tuple[tuple[str, int], ...]]:
        """The most bytes of maps alive at once, the first call where they are, and those maps."""
        ends: dict[int, int] = {}
        for m, there in enumerate(self.home):
            ends[there] = max(ends.get(there, 0), self.last[m])
        begins = dict.fromkeys(range(self.inputs), 0)
        for i, call in enumerate(self.calls):
            begins.update({m: i for m in call.gives if self.home[m] == m})
        sizes = {m: size for m in ends if (size := self.bytes(m, batch)) is not None}
        if len(sizes) < len(ends):
            return None, None, ()
        change = [0] * (len(self.calls) + 2)
        for m in ends:
            change[begins[m]] += sizes[m]
            change[ends[m] + 1] -= sizes[m]
        alive, most, where = 0, -1, 0
        for i in range(max(1, len(self.calls))):
            alive += change[i]
            if alive > most:
                most, where = alive, i
        maps = sorted([m for m in ends if begins[m] <= where <= ends[m]])
        name = self.calls[where].name if self.calls else None
        return most, name, tuple((self.maps[m].name, sizes[m]) for m in maps)

    def kept(self) -> list[int]:
        """The maps, besides the inputs, that training keeps.

        The way back goes from the outputs to the first layers that learn; every layer on it
        needs what it reads and what it gives.
        """
        behind: set[int] = set()  # maps that depend on a weight that learns
        kept: set[int] = set()
        for call in self.calls:
            if call.learns or not behind.isdisjoint(call.reads):
                behind.update(call.gives)
                kept.update([self.home_training[m] for m in (*call.reads, *call.gives)])
        return sorted(m for m in kept if m >= self.inputs)


def _inputs(step: Step) -> tuple[Node, ...]:
    assert step.inner is not None
    return step.inner.graph.inputs
