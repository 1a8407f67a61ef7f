"""Which mistakes give the values that a sheet claims, and which explains the most of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..analysis import Trace
from ..errors import CnncalcError
from ..layers import InputLayer, Shape
from ..num import product
from ..window import Field
from .answers import Cell, Sheet
from .compare import BYTES, SHAPES, match, number_of, sizes_of
from .facts import ADDED, Facts, fields
from .run import Run, Settings, last_order, rerun
from .slips import SAID, SIGHTS, Sight, runs_of

if TYPE_CHECKING:
    from .judge import Own, Verdict

#: How many layers before one may be left out or doubled in a chain.
NEAR = 40
FIELDS = ("receptive_field", "jump", "coverage")


class Cause(NamedTuple):
    """A mistake that gives the value claimed; `source` is the run and the change that shows it."""

    name: str
    words: str
    value: Any
    source: tuple[Run, Callable[[Run], Any]] | None


class Candidate(NamedTuple):
    """A mistake at one answer: what it would make of it. `key` is the same wherever it is made."""

    key: tuple[str, int]
    name: str
    words: str
    value: Any
    source: tuple[Run, Callable[[Run], Any]] | None = None
    #: 0 for one thing changed; more for what is less likely to be meant.
    weak: int = 0

    @property
    def cause(self) -> Cause:
        return Cause(self.name, self.words, self.value, self.source)


class Table:
    """What the mistakes make of one quantity of one run."""

    def __init__(self, candidates: list[Candidate]):
        self.candidates = candidates
        self.by_value: dict[Any, list[Candidate]] = {}
        self.by_key: dict[tuple[str, int], Any] = {}
        for candidate in candidates:
            self.by_value.setdefault(candidate.value, []).append(candidate)
            self.by_key[candidate.key] = candidate.value


class Causes:
    """The mistakes that can be made in a network; tables are made when they are needed, once."""

    def __init__(self, facts: Facts, others: Callable[[], Iterable[tuple[str, Trace]]] | None = None):
        self.facts, self.trace, self.settings = facts, facts.trace, facts.settings
        self.others = others
        self._runs: dict[Run, list[tuple[int, Any, Run]]] = {}
        self._tables: dict[Any, Table] = {}
        self._widths: list[int] | None = None
        self._chains: list[tuple[tuple[str, int], str, str, list[Run | None]]] | None = None
        self._sums: dict[tuple[tuple[int, ...], str], Table] = {}
        self._seen: dict[str, list[tuple[Any, list[Any]]]] = {}
        self._networks: dict[str, dict[int, str]] = {}

    # The tables.

    def table(self, run: Run, quantity: str) -> Table:
        """What each mistake makes of a quantity of this run, where that is not the right value."""
        key = (run, quantity)
        found = self._tables.get(key)
        if found is None:
            found = self._tables[key] = Table(list(self._candidates(run, quantity)))
        return found

    def _candidates(self, run: Run, quantity: str) -> Iterable[Candidate]:
        right = canonical(run.value(quantity, self.settings))
        if run not in self._runs:
            self._runs[run] = runs_of(run)
        for place, slip, changed in self._runs[run]:
            if slip.quantities and quantity not in slip.quantities and "params" not in slip.quantities:
                continue
            value = canonical(changed.value(quantity, self.settings))
            if value is not None and value != right:
                yield Candidate(("slip", place), slip.name, slip.words, value, (run, slip.change))
        for place, said in enumerate(SAID):
            if quantity in said.quantities:
                value = said.change(run, run.value(quantity, self.settings), self.settings)
                if value is not None and value != right:
                    yield Candidate(("said", place), said.name, said.words, value,
                                    (run, lambda r, said=said: said.change(r, r.value(quantity, self.settings), self.settings)))  # type: ignore[misc]

    def pairs(self, run: Run, quantity: str) -> Table:
        """Two mistakes at once: the biases and the kernel, or a setting and the rule."""
        key = (run, quantity, "pairs")
        if key not in self._tables:
            self._tables[key] = Table(self._pairs(run, quantity))
        return self._tables[key]

    def _pairs(self, run: Run, quantity: str) -> list[Candidate]:
        found = []
        right = canonical(run.value(quantity, self.settings))
        for place, slip, one in runs_of(run, FIRST_OF_TWO):
            singles = {canonical(one.value(quantity, self.settings)), right}
            for other_place, other, both in runs_of(one, FIRST_OF_TWO[slip.name]):
                value = canonical(both.value(quantity, self.settings))
                if value is not None and value not in singles:
                    found.append(Candidate(
                        ("pair", place * 1000 + other_place), f"{other.name}+{slip.name}", f"{other.words}; and {slip.words}",
                        value, (run, lambda r, a=slip, b=other: _then(r, a.change, b.change)), 1))  # type: ignore[misc]
        return found

    def chains(self) -> list[tuple[tuple[str, int], str, str, list[Run | None]]]:
        """The whole network with one thing changed: another input, a layer left out or made twice."""
        if self._chains is None:
            self._chains = list(self._made_chains())
        return self._chains

    def _made_chains(self) -> Iterable[tuple[tuple[str, int], str, str, list[Run | None]]]:
        trace, runs = self.trace, self.facts.runs
        for i, step in enumerate(trace.steps):
            x = step.output
            if type(step.node.layer) is not InputLayer or x is None or len(x) < 2:
                continue
            if x.channels in (1, 3):
                other = 4 - x.channels
                words = "taken for a colour image: 3 channels" if other == 3 else "taken for a grayscale image: 1 channel"
                yield ("input", i), "wrong-input-channels", words, rerun(trace, None, {i: x.of(x.spatial, other)})
            for a, b in ((224, 227), (227, 224)):
                if set(x.spatial) == {a}:
                    yield ("size", i), "224-vs-227", f"an input of {b}, not {a}", rerun(
                        trace, None, {i: x.of([b] * len(x.spatial), x.channels)})
        windowed = [i for i, run in enumerate(runs) if run is not None and _moves(run)]
        for i in windowed[-NEAR:]:
            run, name = runs[i], trace.steps[i].name
            assert run is not None
            yield ("without", i), "skipped-a-layer", f"{name} is left out", rerun(trace, None, {i: run.xs[0]})
            try:
                twice = Run(run.layer, run.outputs or ()).outputs
            except CnncalcError:
                continue
            if twice:
                yield ("twice", i), "skipped-or-extra-layer-in-chain", f"{name} is applied twice", rerun(
                    trace, None, {i: twice[0]})

    def widths(self) -> list[int]:
        """The numbers of channels that occur in the network."""
        if self._widths is None:
            shapes = [step.output for step in self.trace.steps if step.output is not None]
            self._widths = sorted({int(y.channels) for y in shapes if y.channels is not None})[:24]
        return self._widths

    # What explains one answer.

    def explain(self, sheet: Sheet, open_cells: list[int], verdicts: dict[int, Verdict], own: Own) -> dict[int, list[Cause]]:
        """The causes of each open answer, best first by how much of the sheet they explain."""
        fitting: dict[int, list[Candidate]] = {}
        for n in open_cells:
            fitting[n] = self._fitting(sheet.cells[n], own)
        explained: dict[str, int] = {}
        for candidates in fitting.values():
            for name in {c.name for c in candidates if c.weak < 3}:
                explained[name] = explained.get(name, 0) + 1
        against = self._contradictions(sheet, fitting, own)
        found = {}
        for n, candidates in fitting.items():
            def rank(c: Candidate) -> Any:
                # An answer that speaks against it weighs less: a mistake need not be made everywhere.
                return (c.weak, against.get(c.key, 0) - 3 * explained.get(c.name, 0), _rare(c), *_prior(c.key))

            best: dict[str, Candidate] = {}
            for candidate in sorted(candidates, key=rank):
                best.setdefault(candidate.name, candidate)
            found[n] = [c.cause for c in best.values()]
        return found

    def _contradictions(self, sheet: Sheet, fitting: dict[int, list[Candidate]], own: Own) -> dict[tuple[str, int], int]:
        """For each mistake, at how many other answers it was not made."""
        wanted: dict[str, set[tuple[str, int]]] = {}
        for n, candidates in fitting.items():
            wanted.setdefault(sheet.cells[n].quantity, set()).update([c.key for c in candidates if c.weak == 0])
        against: dict[tuple[str, int], int] = {}
        for n, cell in enumerate(sheet.cells):
            keys = wanted.get(cell.quantity)
            if not keys or len(cell.steps) != 1 or cell.claim.empty:
                continue
            fits = {c.key for c in fitting.get(n, ())}
            run = own.run(cell.steps[0])
            if run is None or cell.quantity in FIELDS:
                continue
            tables = (self.table(run, cell.quantity), self.in_chains(cell.steps[0], cell.quantity))
            for key in keys - fits:
                if any([key in table.by_key for table in tables]):
                    against[key] = against.get(key, 0) + 1
        return against

    def _fitting(self, cell: Cell, own: Own) -> list[Candidate]:
        """The mistakes that give this answer."""
        if cell.quantity in FIELDS:
            found = self._fields(cell, own)
        elif len(cell.steps) != 1:
            found = self._totals(cell, own)
        else:
            found = self._of_layer(cell, own)
        if not found:
            found = list(self._guesses(cell, own))
        return found

    def _of_layer(self, cell: Cell, own: Own) -> list[Candidate]:
        i, quantity = cell.steps[0], cell.quantity
        runs = []
        for run in (own.run(i), self.facts.runs[i]):
            if run is not None and run not in runs:
                runs.append(run)
                if i in own.outputs and quantity not in ("output", "input"):
                    runs.append(run.giving(own.outputs[i]))
        found: list[Candidate] = []
        for run in runs:
            found += [c for c in self._said_by(cell, self.table(run, quantity), run) if c.key not in [f.key for f in found]]
        truth = self.facts.runs[i]
        if truth is not None:
            found += self._said_by(cell, self.in_chains(i, quantity), truth)
        for run in runs:
            widths = self._said_by(cell, self.of_widths(run, quantity), run)
            found += widths
            if widths:
                break
        if not found:
            for run in runs:
                found += self._said_by(cell, self.pairs(run, quantity), run)
                if quantity == "output":
                    found += self._halves(cell, run)
                if found:
                    break
        return found

    def _said_by(self, cell: Cell, table: Table, run: Run) -> list[Candidate]:
        """The candidates of a table whose value this is."""
        if cell.quantity in SHAPES:
            like = run.value(cell.quantity, self.settings)
            shape = None if like is None else sizes_of(cell.claim, like, self.settings)
            return [] if shape is None else list(table.by_value.get(last_order(shape), ()))
        value = plain_number(cell, self.settings)
        if value is not None:
            return list(table.by_value.get(value, ()))
        return [c for c in table.candidates if self._says(cell, c.value, run)]

    def _says(self, cell: Cell, value: Any, run: Run) -> bool:
        """Whether the claim says this value."""
        if cell.quantity in SHAPES:
            like = run.value(cell.quantity, self.settings)
            shape = None if like is None else sizes_of(cell.claim, like, self.settings)
            return shape is not None and last_order(shape) == value
        how = match(cell.quantity, cell.claim, [value], self.settings)
        return how is not None and how.how != "convention"

    def _halves(self, cell: Cell, run: Run) -> list[Candidate]:
        """One mistake in the places and another in the channels."""
        like = run.value("output", self.settings)
        shape = None if like is None else sizes_of(cell.claim, like, self.settings)
        if shape is None or like is None or len(shape) < 2:
            return []
        claimed, right = last_order(shape), last_order(like)
        table = self.table(run, "output").candidates
        places = [c for c in table if c.value[:-1] == claimed[:-1] and c.value[-1] == right[-1]]
        depths = [c for c in table if c.value[-1] == claimed[-1] and c.value[:-1] == right[:-1]]
        return [Candidate(("pair", a.key[1] * 1000 + b.key[1]), f"{a.name}+{b.name}", f"{a.words}; and {b.words}", claimed,
                          None, 1) for a in places for b in depths if a.name != b.name]

    def in_chains(self, i: int, quantity: str) -> Table:
        """What the network with one thing changed gives at a step."""
        key = (i, quantity)
        if key not in self._tables:
            self._tables[key] = Table(list(self._in_chains(i, quantity)))
        return self._tables[key]

    def _in_chains(self, i: int, quantity: str) -> Iterable[Candidate]:
        right = canonical(next(iter(self.facts.values((i,), quantity)), None))
        for key, name, words, runs in self.chains():
            run = runs[i]
            if run is None:
                continue
            value = canonical(run.value(quantity, self.settings))
            if key == ("without", i) and quantity == "output":
                value, name = canonical(run.xs[0]), "stopped-one-layer-early"
            if value is not None and value != right:
                yield Candidate(key, name, words, value, (run, lambda r: r))

    def of_widths(self, run: Run, quantity: str) -> Table:
        """Another number of channels of this network in the place of the input's."""
        key = (run, quantity, "widths")
        if key not in self._tables:
            self._tables[key] = Table(list(self._of_widths(run, quantity)))
        return self._tables[key]

    def _of_widths(self, run: Run, quantity: str) -> Iterable[Candidate]:
        if quantity not in ("params", "weights", "macs", "flops", "trainable_params") or not (
            hasattr(run.layer, "kernel_size") and hasattr(run.layer, "filters")
        ):
            return
        branched = any([len(step.inputs) > 1 for step in self.trace.steps])
        name = "wrong-input-channels-in-branch" if branched else "wrong-input-channels"
        right, x = run.value(quantity, self.settings), run.x
        for width in self.widths():
            if x.channels != width:
                changed = run.reading(run.layer.view(run.xs[0]).of(x.spatial, width))
                value = changed.value(quantity, self.settings)
                if value is not None and value != right:
                    words = (f"{width} input channel{'s' * (width != 1)}, as elsewhere in the network, in place of "
                             f"{x.channels}")
                    yield Candidate(("width", width), name, words, value, (changed, lambda r: r))

    # Receptive fields.

    def _fields(self, cell: Cell, own: Own) -> list[Candidate]:
        if len(cell.steps) != 1:
            return []
        i = cell.steps[0]
        right = next(iter(self.facts.values(cell.steps, cell.quantity)), None)
        found = []
        mine = own.fields  # also says what is given
        del mine
        for place, sight in enumerate(SIGHTS):
            for given in ({}, own.seen) if own.seen else ({},):
                value = self._sight(sight, cell.quantity, given, own)[i]
                if cell.quantity == "coverage":
                    value = own.share(value)
                if value is None or value == right:
                    continue
                how = match(cell.quantity, cell.claim, [value], self.settings)
                if how is not None and how.how != "convention":
                    found.append(Candidate(("sight", place), sight.name, sight.words, value, self._sight_source(sight, i, given)))
                    break
        before = self.trace.steps[i].node.inputs
        places = [n for n, step in enumerate(self.trace.steps) if before and step.node is before[0].node]
        earlier = self.facts.values((places[0],), cell.quantity) if places else []
        if earlier and earlier[0] != right and cell.quantity != "coverage" and match(cell.quantity, cell.claim, earlier, self.settings):
            found.append(Candidate(("row", 0), "rf-row-shifted", "the value of the layer before, a row late", earlier[0]))
        return found

    def _sight_source(self, sight: Sight, i: int, given: dict[int, tuple[Any, Any]]) -> Any:
        """The mistake, and the field that it goes on from at a step."""
        refs, run = self.trace.steps[i].node.inputs, self.facts.runs[i]
        places = [n for n, step in enumerate(self.trace.steps) if len(refs) == 1 and step.node is refs[0].node]
        if not places or run is None:
            return None
        chain = self._seen[f"{SIGHTS.index(sight)} {sorted(given.items())}"][0][1]
        field = chain[places[0]]
        if field is None:
            return None
        size, jump = given.get(places[0], (None, None))
        before = Field(field[0].size if size is None else size[0], field[0].jump if jump is None else jump[0], None)
        return run, lambda r: (sight, before)

    def _sight(self, sight: Sight, quantity: str, given: dict[int, tuple[Any, Any]], own: Own) -> list[Any]:
        """What a mistake made all the way gives at each step, from what the sheet says before it."""
        key = f"{SIGHTS.index(sight)} {sorted(given.items())}"
        if key not in self._seen:
            chain = fields(self.trace, self.facts.runs, sight.through, given, sight.first)
            self._seen[key] = [(None, list(chain))]
        chain = self._seen[key][0][1]
        return [None if f is None else tuple([a.jump if quantity == "jump" else a.size for a in f]) for f in chain]

    # Totals.

    def _totals(self, cell: Cell, own: Own) -> list[Candidate]:
        if cell.quantity not in ADDED:
            return []
        table = self._total_table(cell.steps, cell.quantity)
        value = plain_number(cell, self.settings)
        if value is not None:
            found = list(table.by_value.get(value, ()))
        else:
            found = [c for c in table.candidates if match(cell.quantity, cell.claim, [c.value], self.settings)]
        if self._whole_column(cell, own):
            # Where the column is there, a mistake in one layer would show in its own row.
            found = [c for c in found if c.weak == 0]
            found += self._added_up(cell, own)
        kept: dict[str, Candidate] = {}
        for candidate in found:
            kept.setdefault(f"{candidate.name} {candidate.weak}", candidate)
        return list(kept.values())

    def _total_table(self, steps: tuple[int, ...], quantity: str) -> Table:
        key = (steps, quantity)
        if key in self._sums:
            return self._sums[key]
        chosen = steps or tuple([i for i, step in enumerate(self.trace.steps) if step.used])
        right: dict[int, int] = {}
        tables: dict[int, Table] = {}
        for i in chosen:
            values = self.facts.values((i,), quantity)
            run = self.facts.runs[i]
            if values and run is not None:
                right[i] = values[0]
                if not self.trace.steps[i].shared:
                    tables[i] = self.table(run, quantity)
        total = sum(right.values())
        everywhere: dict[tuple[str, int], tuple[int, int]] = {}
        first: dict[tuple[str, int], Candidate] = {}
        alone = []
        for i, table in tables.items():
            for c in table.candidates:
                change, many = everywhere.get(c.key, (0, 0))
                everywhere[c.key] = (change + c.value - right[i], many + 1)
                first.setdefault(c.key, c)
                words = f"in {self.trace.steps[i].name}: {c.words}"
                alone.append(Candidate(c.key, c.name, words, total + c.value - right[i], c.source, 2))
        found = [Candidate(k, first[k].name, first[k].words, total + change, None if many > 1 else first[k].source)
                 for k, (change, many) in everywhere.items()]
        for key_, name, words, runs in self.chains() if not steps else ():
            values = [run.value(quantity, self.settings) if run is not None else None for run in runs]
            parts = [v for i, v in enumerate(values) if i in right]
            if None not in parts:
                found.append(Candidate(key_, name, words, sum(parts)))
                gone = key_[1]
                if key_[0] == "without" and values[gone]:
                    found.append(Candidate(key_, name, words, sum(parts) - values[gone]))
        self._sums[key] = Table([c for c in found + alone if c.value != total])
        return self._sums[key]

    def _whole_column(self, cell: Cell, own: Own) -> bool:
        """Whether the sheet says all that a total adds up."""
        chosen = cell.steps or [i for i, step in enumerate(self.trace.steps) if step.used and step.inputs]
        parts = [i for i in chosen if self.facts.values((i,), cell.quantity)[:1] not in ([], [0])]
        return len(parts) > 1 and all([own.claimed((i,), cell.quantity) is not None for i in parts])

    # What is not a rule that was misapplied.

    def _guesses(self, cell: Cell, own: Own) -> Iterable[Candidate]:
        expected = [v for v in [*self.facts.values(cell.steps, cell.quantity), *own.values(cell)] if v is not None]
        claimed = number_of(cell.claim, self.settings)
        if claimed is not None and len(cell.steps) == 1:
            run = own.run(cell.steps[0])
            if run is not None:
                yield from self._inner_sizes(cell, run, claimed)
        yield from self._other_unit(cell, expected)
        yield from self._networks_like(cell)
        for value in expected:
            yield from _digits(cell, value, claimed)

    def _inner_sizes(self, cell: Cell, run: Run, claimed: int) -> Iterable[Candidate]:
        """A dense layer or a Flatten that read another number of values, one that a map of this network might have."""
        if cell.quantity == "output" and run.kind == "Flatten" and None not in run.xs[0]:
            right = product(run.xs[0])
            for words in self._map_of(claimed, run.xs[0]):
                yield Candidate(("flatten", 0), "flatten-wrong-in-features", words, claimed, None, 2)
            if right and claimed % right == 0 and claimed // right in (2, 4, 8, 16, 32, 64, 128, 256, self.settings.batch):
                yield Candidate(("flatten", 1), "flatten-includes-batch", f"a batch of {claimed // right} counted in", claimed,
                                None, 2)
        if cell.quantity in ("params", "weights", "macs") and run.kind == "Dense" and len(run.xs[0]) == 1:
            units = int(run.layer.units)
            bias = cell.quantity == "params" and self.settings.biases is not False and run.layer.use_bias
            read, rest = divmod(claimed - (units if bias else 0), units)
            if rest == 0 and 0 < read != run.xs[0][0]:
                for words in self._map_of(read, self._map_before(cell.steps[0])):
                    yield Candidate(("flatten", 0), "flatten-wrong-in-features", words, claimed,
                                    (run.reading(Shape((read,))), lambda r: r), 2)

    def _map_before(self, i: int) -> Shape | None:
        """The map that was flattened in front of a dense layer, if one was."""
        for _ in range(4):
            refs = self.trace.steps[i].node.inputs
            places = [n for n, step in enumerate(self.trace.steps) if refs and step.node is refs[0].node]
            if not places:
                return None
            i = places[0]
            if self.trace.steps[i].kind == "Flatten":
                return self.trace.steps[i].inputs[0]
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
        for step in self.trace.steps:
            if step.output is not None and None not in step.output and product(step.output) == values:
                yield f"{values:,} inputs, as many as {step.name} gives"
                return

    def _other_unit(self, cell: Cell, expected: list[Any]) -> Iterable[Candidate]:
        """A number of bytes with the other MB, where the sheet has fixed one."""
        for value in expected if cell.quantity in BYTES and self.settings.binary is not None else ():
            for reading in cell.claim.numbers:
                if reading.scale and not reading.binary and reading.fits(value, not self.settings.binary):
                    words = "a MB of 10^6 bytes" if self.settings.binary else "a MB of 2^20 bytes"
                    yield Candidate(("unit", 0), "MB-vs-MiB", words, value, None, 1)

    def _added_up(self, cell: Cell, own: Own) -> Iterable[Candidate]:
        """A total that is not the sum of the sheet's own column."""
        sums = own.values(cell)
        if sums and sums[0] is not None:
            name = "memory-column-summed-wrong" if cell.quantity in ("memory", "activations") else "arithmetic-slip"
            yield Candidate(("sum", 0), name, f"the column adds up to {sums[0]:,}", None, None, 2)

    def _networks_like(self, cell: Cell) -> Iterable[Candidate]:
        """The number of another network that is well known."""
        if cell.quantity not in ("params", "weights") or self.others is None or (
            len(cell.steps) == 1 and self.trace.steps[cell.steps[0]].inner is None
        ):
            return
        if cell.quantity not in self._networks:
            known: dict[int, str] = {}
            for name, trace in self.others():
                facts = Facts(trace)
                for quantity in ("params", "weights"):
                    for value in facts.values((), quantity)[:1]:
                        known.setdefault(value, name)
            self._networks[cell.quantity] = known
        right = self.facts.values(cell.steps, cell.quantity)
        for value, name in self._networks[cell.quantity].items():
            if value not in right and value > 100_000 and match(cell.quantity, cell.claim, [value], self.settings):
                yield Candidate(("network", 0), "wrong-network", f"{value:,} is what {name} has", value, None, 2)


#: Mistakes that are made together: of the biases and of the kernel, of a setting and of the rule.
_KERNEL = frozenset(["forgot-input-channels", "forgot-number-of-filters", "kernel-area-forgotten", "AlexNet-groups",
                     "depthwise-vs-standard", "dilation-changes-params", "multiplied-by-image-size",
                     "per-position-weights", "wrong-input-channels"])  # fmt: skip
_RULE = frozenset(["forgot-plus-one", "ceil-or-round-instead-of-floor", "pad-added-once", "kernel-not-subtracted",
                   "same-with-stride-floor", "TF-valid-floor-formula", "padding-applied-twice", "plus-one-twice",
                   "dilation-ignored"])  # fmt: skip
FIRST_OF_TWO = {
    "forgot-bias": _KERNEL, "one-bias-per-layer": _KERNEL, "bias-per-input-channel": _KERNEL,
    "stride-ignored": _RULE, "dilation-ignored": _RULE - {"dilation-ignored"}, "pool-default-stride": _RULE,
}  # fmt: skip
_ORDER = ("slip", "said", "sight", "row", "input", "size", "width", "without", "twice", "pair", "unit", "flatten", "network", "sum",
          "digits")  # fmt: skip


#: Mistakes of one layer that are rarely meant where others give the same value.
RARE = frozenset(["wrong-input-channels", "AlexNet-groups", "LeNet-C3-full-vs-partial", "2p-vs-total-p", "plus-one-twice",
                  "dilation-base-0-vs-1", "TF-valid-floor-formula", "channel-order", "connections-without-bias",
                  "counts-gradients", "doubled", "padding-applied-twice"])  # fmt: skip


def _rare(c: Candidate) -> int:
    return 0 if c.key[0] in ("slip", "said", "sight") and c.name not in RARE else 1


def _prior(key: tuple[str, int]) -> tuple[int, int]:
    """The order of mistakes that explain as much: as they stand in their tables."""
    return _ORDER.index(key[0]), -key[1] if key[0] in ("without", "twice") else key[1]


def plain_number(cell: Cell, settings: Settings) -> int | None:
    """The number of a claim that was not rounded and has no other way to be read."""
    value = number_of(cell.claim, settings)
    return value if value is not None and not cell.claim.numbers[0].steps else None


def canonical(value: Any) -> Any:
    """A value as tables have it: sizes with the channels behind."""
    return last_order(value) if isinstance(value, Shape) else value


def _then(run: Run, first: Callable[[Run], Run | None], second: Callable[[Run], Run | None]) -> Run | None:
    one = first(run)
    return None if one is None else second(one)


def _moves(run: Run) -> bool:
    """Whether a layer changes the size or the depth of a map."""
    try:
        return len(run.xs) == 1 and run.windows() is not None and len(run.xs[0]) > 1 and run.outputs is not None and (
            tuple(run.outputs[0]) != tuple(run.xs[0]))
    except CnncalcError:
        return False


def _digits(cell: Cell, value: Any, claimed: int | None) -> Iterable[Candidate]:
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
            words = "one digit is another"
        elif len(differ) == 2 and differ[1] == differ[0] + 1 and a[differ[0]] == b[differ[1]] and a[differ[1]] == b[differ[0]]:
            words = "two digits are changed over"
    elif abs(len(a) - len(b)) == 1:
        long, short = (a, b) if len(a) > len(b) else (b, a)
        if any([long[:i] + long[i + 1:] == short for i in range(len(long))]):
            words = "a digit too many" if long is a else "a digit too few"
    if words:
        yield Candidate(("digits", 0), "arithmetic-slip", f"{words}: {claimed:,} for {int(value):,}", claimed, None, 3)
