"""What the page holds: the rows of the table, the working of every number, windows, and the rules of receptive fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from ..analysis import Step, Trace
from ..cost import Cost
from ..cost import Row as CostRow
from ..drawing.svg import clean, token
from ..errors import SpecError
from ..explain import explain
from ..layers import InputLayer
from ..receptive_field.report import Sight
from ..views.columns import COLUMNS
from ..views.cost import answers, count_text
from ..views.explain import working
from ..views.report import Working
from ..views.shown import AtLeast
from ..views.summary import ALL_LEVELS, all_notes, bounded, nested_name, shown_rows, total_lines
from ..views.unit_sight import LINES
from ..window import Window
from .rules import FieldData, RuleTable, TooLarge, field_data

#: Layers whose working the page holds.
MOST_WORKED = 1_200
#: Taps of a window along one axis that the page shows.
MOST_TAPS = 1 << 14
#: The names of one place and of several along each axis of a window, by the number of axes.
AXES = [[LINES[axis] for axis in axes] for axes in (("steps",), ("height", "width"), ("depth", "height", "width"))]


class Texts:
    """Texts by number, equal ones once: the working of most layers repeats."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self.found.setdefault(clean(text), len(self.found))

    def all(self, texts: Iterable[str]) -> list[int]:
        return [self(text) for text in texts]


class Row(NamedTuple):
    """A layer as the page holds it; texts are numbers in the table of texts.

    `name` leads to the layer through nested models, and `drawn` is how drawings list it. A count (parameters, MACs, bytes) is a
    number, `None` where there is none, or [number, text]. `state` is empty, "shared", "unused" or "error"; only counts of the first
    have bars. `map` is the number of its map, -1 without one; `working` is the heading after the name, settings,
    [[part, formula...]...]; `windows` has [rule, inputs, outputs, first, last] for each axis, the last two being the outermost
    places that it reads.
    """

    name: int
    drawn: int
    cells: list[int]
    counts: list[object]
    state: str
    map: int
    working: list[object]
    windows: list[list[int]] | None


class PageData(NamedTuple):
    """What the page states in its own HTML, and `script`, what it leaves to the script.

    `totals` are the sums below the table, `None` for a network with errors; `missing` states which receptive fields there are not,
    and why; in a sequence no layer has more than one axis of units.
    """

    name: str
    facts: str
    totals: tuple[str, str, str] | None
    notes: list[str]
    missing: str
    is_sequence: bool
    script: dict[str, object]


def page_data(trace: Trace, failed: bool = False) -> PageData:
    """All data of the page; of a network that failed, those up to the first layer that could not be computed."""
    whole, texts = computed(trace), Texts()
    failed = failed or whole is not trace
    cost = Cost(whole)
    fields, table, missing = _fields(whole)
    rows = _rows(trace, cost, fields, texts, table)
    missing = missing or _unmapped(trace, rows)
    totals = None if failed else _totals(cost)
    lines = [] if failed else [*total_lines(trace), *[" ".join(line.split()) for line in answers(cost)]]
    many = f"{len(trace.steps):,} layer{'s' * (len(trace.steps) != 1)}"
    return PageData(
        clean(trace.graph.name),
        f"{len(whole.steps):,} layers up to the error" if totals is None else
        f"{many}, {totals[0]} parameters" + (f", {totals[1]} MACs" if totals[1] != "?" else ""),
        totals, [clean(line) for line in (*lines, *bounded(all_notes(trace)))], missing,
        fields is not None and all([len(found["axes"]) < 2 for found in fields["maps"]]),
        {"rows": rows, "fields": fields and {**fields, "maps": [{**found, "names": texts.all(found["names"])} for found in fields["maps"]]},
         "rules": table.rules, "lines": AXES, "texts": list(texts.found)},
    )


def _totals(cost: Cost) -> tuple[str, str, str]:
    """The sums below the columns of parameters, MACs and bytes."""
    params = AtLeast(cost.params) if cost.trace.at_least else cost.params
    macs = AtLeast(cost.least_macs) if cost.macs is None and cost.at_least else cost.macs
    return count_text(params), count_text(macs), count_text(cost.activation_bytes)


def computed(trace: Trace) -> Trace:
    """The network up to the first layer with an error; all of it if there is none."""
    for i, step in enumerate(trace.steps):
        if step.error is not None:
            return Trace(trace.graph, trace.steps[:i])
    return trace


def _rows(trace: Trace, cost: Cost, fields: FieldData | None, texts: Texts, table: RuleTable) -> list[Row]:
    maps = {} if fields is None else {name: i for i, found in enumerate(fields["maps"]) for name in found["names"]}
    worked = {e.name: working(e) for e in islice(explain(cost.trace), MOST_WORKED)}
    costs = {id(row.step): row for row in reversed(cost.rows)}
    found: list[Row] = []
    for step, depth, name in _named(shown_rows(trace, ALL_LEVELS)):
        label, *others = [COLUMNS[key].text(COLUMNS[key].value(step, None)) for key in ("name", "type", "output_shape", "inputs")]
        found.append(Row(
            texts(name), texts(token(name)), texts.all([nested_name(label, depth), *others]), _counts(step, costs.get(id(step)), texts),
            _state(step), maps.get(name, -1), _working(worked.get(name), name, step, texts), _windows(step, table),
        ))
    return found


def _named(found: Iterable[tuple[Step, int]]) -> Iterator[tuple[Step, int, str]]:
    """Rows of a table with their depth and the names that lead to them."""
    path: list[str] = []
    for step, depth in found:
        path[depth:] = [step.name]
        yield step, depth, "/".join(path)


def _counts(step: Step, row: CostRow | None, texts: Texts) -> list[object]:
    """The parameters, MACs and bytes of a layer, each with its text where that is not just the number."""
    if step.error is not None or type(step.node.layer) is InputLayer:
        return [None, None, None]
    values = [step.params, row and row.macs, row and row.activation_bytes]
    shown = [COLUMNS["params"].cell(step, None), *["" if row is None else count_text(value) for value in values[1:]]]
    plain = ["" if value is None else f"{value:,}" for value in values]
    return [value if text == own else [value, texts(text)] for value, text, own in zip(values, shown, plain)]


def _state(step: Step) -> str:
    if step.error is not None:
        return "error"
    return "unused" if not step.used else "shared" if step.shared else ""


def _working(found: Working | None, name: str, step: Step, texts: Texts) -> list[object]:
    """The working of a layer: its heading, its settings, and formulas under the part that they belong to."""
    if found is None:
        missing = "This layer could not be computed." if step.error is not None else "cnncalc explain shows the working of this layer."
        return [texts(""), texts(missing), []]
    parts: list[list[int]] = []
    for formula in found.formulas:
        if not parts or parts[-1][0] != texts(formula.part):
            parts.append([texts(formula.part)])
        parts[-1].append(texts(str(formula)))
    if found.remarks:
        parts.append([texts("remarks"), *texts.all(found.remarks)])
    return [texts(found.heading.removeprefix(name)), texts(", ".join(found.settings)), parts]


def _windows(step: Step, table: RuleTable) -> list[list[int]] | None:
    """What slides over a layer's input; `None` if nothing does, or if a size is unknown."""
    layer = step.node.layer
    if layer is None or step.error is not None or step.blind or step.inner is not None or len(step.inputs) != 1 or not step.outputs:
        return None
    x = layer.viewed(step.inputs)[0]
    windows = layer.windows(x)
    if not windows or len(windows) != len(x.spatial):
        return None
    found = []
    for window, n in zip(windows, x.spatial):
        places = None if n is None else window.places(n)
        if not places or window.size > MOST_TAPS or (isinstance(window, Window) and window.before is None):
            return None
        try:
            number = table.of_taps(window)
        except TooLarge:
            return None
        ends = [x for place in (0, places - 1) for _, x in window.taps(place)]
        found.append([number, int(n), int(places), min([0, *ends]), max([n - 1, *ends])])
    return found


def _unmapped(trace: Trace, rows: list[Row]) -> str:
    """The layers after an unknown one, which have no map, in a sentence; empty if there are none."""
    names = [clean(name) for (step, _, name), row in zip(_named(shown_rows(trace, ALL_LEVELS)), rows) if row.map < 0 and step.opaque]
    listed = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    return f"Not shown, because what they read of the input is unknown: {listed}." if names else ""


def _fields(trace: Trace) -> tuple[FieldData | None, RuleTable, str]:
    """The rules of receptive fields and their table; or why there are none."""
    table = RuleTable()
    try:
        fields = field_data(Sight(trace), table)
    except SpecError as error:
        return None, RuleTable(), clean(f"{error.problem[0].upper()}{error.problem[1:]}" + (f": {error.hint}." if error.hint else "."))
    except TooLarge:
        return None, RuleTable(), "The network is too large to follow its units in a page; cnncalc receptive-field computes one at a time."
    for one in fields["inputs"]:
        one["name"] = clean(one["name"])
    return fields, table, ""
