"""A network as Python users hold it: loaded, analysed, ready to be asked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from .analysis import Model, Step, Trace, analyse
from .errors import CnncalcError, SpecError, SpecErrors
from .graph import Graph, Node
from .sources import Opened, open_named, open_text, report


def load(source: str | os.PathLike[str], *, input: Any = None, assume: Mapping[str, Any] | None = None) -> Network:
    """The network of a file, or of a bundled example.

    `input` replaces the size of its input; `assume` has, by the names of unknown layers, the shapes of their outputs:
    `"same"`, `"14x14x64"` or `"same,params=128"`. CnncalcError, with all that is wrong and where,
    if it cannot be computed.
    """
    return Network.of(open_named(os.fspath(source)), input, assume)


def loads(text: str, name: str = "network", *, input: Any = None, assume: Mapping[str, Any] | None = None) -> Network:
    """The network that `text`, in the form of an architecture file, describes."""
    return Network.of(open_text(text, name), input, assume)


class Network:
    """A network and what it computes.

    `network["conv2d_1"]` is the step of that name, with `output_shape`, `params`,
    `weights`; iterating gives all steps in order.
    """

    def __init__(self, graph: Graph, trace: Trace, warnings: tuple[str, ...] = ()):
        self.graph = graph
        self.trace = trace
        self.warnings = warnings

    @classmethod
    def of(cls, opened: Opened, input: Any = None, words: Mapping[str, Any] | None = None) -> Network:
        errors = list(opened.errors)
        if opened.graph is not None:
            if words:
                errors += assume(opened.graph, words)
            trace = traced(opened.graph, input)
            errors += trace.errors
        if errors or opened.graph is None:
            raise CnncalcError(report(SpecErrors(errors)))
        return cls(opened.graph, trace, tuple(opened.warnings))

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

    def __getitem__(self, name: str) -> Step:
        return self.trace[name]

    def __iter__(self) -> Any:
        return iter(self.trace.steps)

    def __len__(self) -> int:
        return len(self.trace.steps)

    def __repr__(self) -> str:
        return f"<cnncalc network {self.name!r}: {len(self)} layers, {self.params:,} parameters>"

    def cost(self, batch: int = 1, dtype: str = "float32", optimizer: str = "sgd",
             in_place: bool = False) -> dict[str, Any]:
        """What `cnncalc cost --format json` prints: MACs, and memory to use and to train it."""
        from .cost import Cost
        from .views.cost import cost_dict

        return cost_dict(Cost(self.trace, batch, dtype, optimizer, in_place))

    def summary(self, **options: Any) -> None:
        """Print the table that `cnncalc summary` prints."""
        import sys

        from .views.summary import summary_text

        sys.stdout.write(summary_text(self.trace, **options))

    def to_dict(self) -> dict[str, Any]:
        """What `cnncalc summary --format json` prints."""
        from .views.summary import summary_dict

        return summary_dict(self.trace)

    def receptive_fields(self) -> dict[str, Any]:
        """What `cnncalc receptive-field --format json` prints."""
        from .receptive_field.unknown_sizes import layers_of
        from .views.receptive_field import layers_dict

        return layers_dict(self.trace, layers_of(self.trace))

    def receptive_field(self, layer: str, unit: tuple[int, ...] | None = None) -> dict[str, Any]:
        """What one unit of a layer sees, exactly, by default that in the centre.

        The same as `cnncalc receptive-field --layer NAME --format json` prints.
        """
        from .receptive_field.report import Sight
        from .views.unit_sight import looked, unit_dict

        return unit_dict(looked(Sight(self.trace), layer, unit))

    def _repr_html_(self) -> str:
        from .views.summary import summary_html

        return summary_html(self.trace)


def assume(graph: Graph, words: Mapping[str, Any]) -> list[SpecError]:
    """Take `same`, `14x14x64` or `same,params=128` for the outputs of unknown layers, given by their names.

    A layer of a nested model is named by its path, `model/layer`, or by its last part. The errors are those of names for
    which there is no such layer; SpecError for what is no assumption.
    """
    from .errors import did_you_mean
    from .layers.unknown import Unknown, assumption

    layers = {}
    for path, node in _inside(graph, ""):
        layers[path] = node.layer
        if type(node.layer) is Model:
            node.layer.forget()
    wrong = []
    for name, text in words.items():
        found = {layer for path, layer in layers.items() if path == name} or {
            layer for path, layer in layers.items() if path.rpartition("/")[2] == name}
        unknown = [path for path, layer in layers.items() if type(layer) is Unknown]
        if not found:
            wrong.append(SpecError(f"there is no layer {name!r} to assume something about", (), did_you_mean(name, unknown) or (
                "unknown layers: " + ", ".join(unknown[:12]) if unknown else "no layer of this network is unknown")))
        elif len(found) > 1:
            wrong.append(SpecError(f"several layers are named {name!r}", (), "name one by its path: " + ", ".join(
                path for path in layers if path.rpartition("/")[2] == name)))
        else:
            layer = found.pop()
            if type(layer) is Unknown:
                layer.assume(assumption(text))
            else:
                wrong.append(SpecError(f"{name!r} is no unknown layer: its output follows from its settings"))
    return wrong


def _inside(graph: Graph, path: str) -> Iterator[tuple[str, Node]]:
    """The nodes of a graph and of the models in it, with their paths."""
    for node in graph.nodes:
        yield path + node.name, node
        if type(node.layer) is Model:
            yield from _inside(node.layer.graph, f"{path}{node.name}/")


def traced(graph: Graph, input: Any = None) -> Trace:
    """The steps of a graph, with the sizes of its inputs replaced by `input` if given.

    `input` is a shape for the only input, or a mapping from the inputs' names to shapes.
    """
    if input is None or graph.batch is not None or getattr(graph, "root", None) is not None:  # source of PyTorch's was run on its input
        return analyse(graph)
    shapes = _shapes(graph, input)
    if graph.resized is not None and shapes:
        return analyse(graph.resized(next(iter(shapes.values()))))
    return analyse(graph, shapes, adapt=True)


def _shapes(graph: Graph, input: Any) -> dict[Node, tuple[Any, ...]]:
    from .errors import did_you_mean

    by_name = {node.name: node for node in graph.inputs}
    if not isinstance(input, dict):
        if len(graph.inputs) != 1:
            raise SpecError(f"the network has {len(graph.inputs)} inputs: " + ", ".join(by_name), (),
                            f"name the one to replace: --input {next(iter(by_name), 'name')}=224x224x3")
        input = {graph.inputs[0].name: input}
    shapes = {}
    for name, shape in input.items():
        if name not in by_name:
            raise SpecError(f"the network has no input {name!r}", (), did_you_mean(name, by_name))
        layer: Any = by_name[name].layer
        if layer is None:  # what is wrong with it has been said
            continue
        declared = layer.shape
        if len(shape) != len(declared):
            raise SpecError(f"the input {name!r} has {len(declared)} sizes, not {len(shape)}")
        shapes[by_name[name]] = tuple(shape)
    return shapes
