"""A network as Python users hold it: loaded, analysed, ready to be asked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .analysis import Step, Trace, analyse
from .errors import CnncalcError, SpecErrors, did_you_mean, listed
from .graph import Graph
from .results import Result, UnknownLayer, public
from .sources import Opened, open_named, open_text, report
from .tracing import assume, sizes_of, traced

if TYPE_CHECKING:
    from .drawing.picture import Picture


@public
def load(source: str | os.PathLike[str], *, input: object = None, changes: Mapping[str, object] | None = None,
         assume: Mapping[str, object] | None = None) -> Network:
    """The network of a file, or of a bundled example.

    `input` replaces the size of its input: `(224, 224, 3)`, `"224x224x3"`, or a mapping from names to
    sizes. `changes` maps settings of layers to new values: `{"conv2d.padding": "same"}`; `assume`
    has, by the names of unknown layers, the shapes of their outputs: `"same"`, `"14x14x64"` or
    `"same,params=128"`. CnncalcError, with all that is wrong and where, if the network cannot be computed.
    """
    return Network.of(open_named(os.fspath(source)), input, changes, assume)


@public
def loads(text: str, name: str = "network", *, input: object = None, changes: Mapping[str, object] | None = None,
          assume: Mapping[str, object] | None = None) -> Network:
    """The network that `text`, in the form of an architecture file, describes."""
    return Network.of(open_text(text, name), input, changes, assume)


class Network:
    """A network and what it computes.

    `network["conv2d_1"]` is the layer of that name, with `output_shape`, `params`, `weights`;
    iterating gives all layers in order.
    """

    def __init__(self, graph: Graph, trace: Trace, warnings: tuple[str, ...] = (), given: bool = False):
        self.graph = graph
        self.trace = trace
        self.warnings = warnings
        self._given = given

    @classmethod
    def of(cls, opened: Opened, input: object = None, changes: Mapping[str, object] | None = None,
           words: Mapping[str, object] | None = None) -> Network:
        errors = list(opened.errors)
        if opened.graph is not None:
            if words:
                errors += assume(opened.graph, words)
            trace = traced(opened.graph, sizes_of(input), changes)
            errors += trace.errors
        if errors or opened.graph is None:
            raise CnncalcError(report(SpecErrors(errors)))
        return cls(opened.graph, trace, tuple(opened.warnings), input is not None)

    @property
    def name(self) -> str:
        return self.graph.name

    @property
    def params(self) -> int:
        return self.trace.params

    @property
    def trainable_params(self) -> int:
        return self.trace.trainable_params

    @property
    def non_trainable_params(self) -> int:
        return self.trace.non_trainable_params

    @property
    def notes(self) -> tuple[str, ...]:
        """What was read in place of what is written, and what was probably meant otherwise."""
        from .advice import notes

        return (*self.graph.notes, *map(str, notes(self.trace, self._given)))

    @public
    def __getitem__(self, name: str) -> NetworkLayer:
        """The layer of a name, `model/layer` for one inside a model; UnknownLayer, a KeyError, if there is none."""
        return NetworkLayer(self, step_named(self.trace, name), name)

    def __contains__(self, name: object) -> bool:
        return any(step.name == name for step in self.trace.steps)

    def __iter__(self) -> Iterator[NetworkLayer]:
        return iter([NetworkLayer(self, step, step.name) for step in self.trace.steps])

    def __len__(self) -> int:
        return len(self.trace.steps)

    @property
    def for_one_example(self) -> Trace:
        """The steps for one example; CnncalcError where operations mix the examples of a batch."""
        if self.trace.mixed is not None:
            raise CnncalcError(report(SpecErrors([self.trace.mixed])))
        return self.trace

    def __repr__(self) -> str:
        return f"<cnncalc network {self.name!r}: {len(self)} layers, {self.params:,} parameters>"

    def _repr_html_(self) -> str:
        from .views.summary import summary_html

        return summary_html(self.trace)

    @public
    def draw(self, style: str = "volumes", **options: Any) -> Picture:
        """What `cnncalc draw` draws: a notebook shows it, `save("net.pdf")` writes it.

        `style` is "volumes" or "graph"; the options are those of the command: `width="16cm"`, `expand=True`, `title="..."`,
        `legend=False`, `heading=False`, `background=False`; `field="conv2d_2"` with `unit=(1, 1)`; `arithmetic="conv2d_1"`.
        """
        from .drawing.picture import drawn

        return drawn(self.trace, style, **options)

    def summary(self, **options: Any) -> None:
        """Print the table that `cnncalc summary` prints."""
        import sys

        from .views.summary import summary_text

        sys.stdout.write(summary_text(self.trace, **options))

    def to_dict(self) -> dict[str, object]:
        """What `cnncalc summary --format json` prints."""
        from .views.summary import summary_dict

        return summary_dict(self.trace)

    @public
    def explain(self, *layers: str) -> Result:
        """The worked arithmetic of the named layers, or of all."""
        from .explain import explain, totals
        from .views.explain import report

        for name in layers:
            step_named(self.trace, name)
        found = list(explain(self.for_one_example, layers or None))
        return Result(report(self.name, found, () if layers else totals(self.for_one_example)),
                      f"working of {', '.join(layers) or self.name}: {sum(len(e.workings) for e in found)} numbers")

    @public
    def cost(self, batch: int = 1, dtype: str = "float32", optimizer: str = "sgd", in_place: bool = False) -> Result:
        """What `cnncalc cost` prints: MACs, and memory for inference and for training."""
        from .cost import Cost
        from .views.cost import count_text
        from .views.cost import report as cost_report

        found = Cost(self.for_one_example, batch, dtype, optimizer, in_place)
        return Result(cost_report(found), f"cost of {self.name}: {count_text(found.macs)} MACs, "
                      f"{count_text(found.inference.total)} bytes for inference, {count_text(found.training.total)} for training")

    @public
    def receptive_fields(self) -> Result:
        """What `cnncalc receptive-field` prints: the fields of all layers."""
        from .views.receptive_field import report as fields_report

        return Result(fields_report(self.for_one_example), f"receptive fields of {self.name}: {len(self)} layers")

    @public
    def receptive_field(self, layer: str, unit: tuple[int, ...] | None = None) -> Result:
        """What one unit of a layer sees, exactly, by default that in the center.

        The same as `cnncalc receptive-field --layer NAME` prints.
        """
        from .receptive_field.report import Sight
        from .views.unit_sight import looked
        from .views.unit_sight import report as unit_report

        step_named(self.trace, layer)
        found = unit_report(looked(Sight(self.for_one_example), layer, unit))
        data = found.data()
        return Result(found, f"unit {', '.join(map(str, data['unit']))} of {layer}: sees {data['pixels']:,} of {data['input_pixels']:,} pixels",
                      lambda: _inline(self.draw(field=layer, unit=unit)))

    @public
    def report(self, file: str | os.PathLike[str]) -> None:
        """Write a page to explore the network, as `cnncalc report` does: one HTML file that works offline."""
        from .report.page import page

        text = page(self.trace)
        with open(file, "w", encoding="utf-8") as out:
            out.write(text)

    @public
    def diff(self, other: Network | str | os.PathLike[str]) -> Result:
        """What `cnncalc diff` prints: this network and another one, layer by layer."""
        from .views.diff import report as diff_report

        after = other if isinstance(other, Network) else load(other)
        found = diff_report(self.trace, after.trace)
        changes = [row["change"] for row in found.data()["layers"]]
        counted = ", ".join(f"{changes.count(word)} {word}" for word in ("same", "changed", "added", "removed"))
        return Result(found, f"{self.name} -> {after.name}: {counted}")


def _inline(picture: Picture) -> str:
    """A picture inside a page: without the XML declaration."""
    return picture.svg.partition("?>\n")[2]


class NetworkLayer:
    """One layer of a network, and what is known of it."""

    def __init__(self, network: Network, step: Step, name: str):
        self.network, self.step, self.name = network, step, name

    @property
    def type(self) -> str:
        """The class of the layer, as Keras calls it."""
        return self.step.node.layer.keras_class if self.step.node.layer is not None else self.step.kind

    @property
    def output_shape(self) -> object:
        """The output's shape, the batch in front; a tuple of shapes for several outputs."""
        return self.step.output_shape

    @property
    def input_shapes(self) -> tuple[tuple[int | None, ...], ...]:
        """The shape of each input, the batch in front."""
        return tuple([x.full for x in self.step.inputs])

    @property
    def settings(self) -> dict[str, object]:
        """The settings given, by their names."""
        return {} if self.step.node.layer is None else self.step.node.layer.arguments()

    @property
    def macs(self) -> int | None:
        """Multiply-adds for one example, biases left out."""
        from .cost import macs

        found = macs(self.step)
        return None if found is None else int(found)

    def __getattr__(self, name: str) -> Any:
        """`params`, `weights`, `notes` and whatever else a step knows."""
        if name.startswith("_") or name == "step":
            raise AttributeError(name)
        return getattr(self.step, name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NetworkLayer) and self.step is other.step

    def __hash__(self) -> int:
        return hash(id(self.step))

    def __repr__(self) -> str:
        many = f"{self.step.params:,} parameter{'s' * (self.step.params != 1)}"
        return f"<{self.name}: {self.type} {self.output_shape}, {many}>"

    def explain(self) -> Result:
        """The worked arithmetic of this layer."""
        return self.network.explain(self.name)

    def receptive_field(self, unit: tuple[int, ...] | None = None) -> Result:
        """What one unit of this layer sees."""
        return self.network.receptive_field(self.name, unit)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p><b>{escape(repr(self)[1:-1])}</b></p>" + self.explain()._repr_html_()


def step_named(trace: Trace, name: str) -> Step:
    """The step of a name, `model/layer` for one inside a model; UnknownLayer with the nearest names if there is none."""
    for step in trace.steps:
        if step.name == name:
            return step
        if step.inner is not None and isinstance(name, str) and name.startswith(step.name + "/"):
            return step_named(step.inner, name[len(step.name) + 1:])
    names = [step.name for step in trace.steps]
    raise UnknownLayer(f"there is no layer {name!r} in {trace.graph.name}\n{did_you_mean(name, names) or listed('it has', names)}")


def bundled() -> Iterator[tuple[str, Trace]]:
    """The bundled networks, whose numbers homework recognizes."""
    from .sources import examples

    for name in examples():
        opened = open_named(name)
        if opened.graph is not None and not opened.errors:
            trace = analyse(opened.graph)
            if not trace.errors:
                yield name, trace
