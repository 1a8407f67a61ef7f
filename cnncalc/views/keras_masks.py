"""The masks that Keras 3 works out beside a network's values.

Embedding and Masking say which steps of a sequence count. In a Functional model the operations
that find this out stand in the graph, and layers that take a mask read them like an input.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis import Computed, Model, Step, Trace
from ..dtypes import compute_dtype
from ..graph import Names, Node, Ref
from ..layers import KINDS, Layer, Shape
from ..layers.attention import Attention
from ..layers.core import Embedding
from ..layers.dropout import Masking
from ..layers.merge import Concatenate, Merge
from ..layers.recurrent import Recurrent
from ..layers.shape import BatchShape
from ..layers.wrappers import Bidirectional


class Masks:
    """The masks of a model, worked out node by node as Keras does when it calls the layers.

    `reads` says which masks nodes read beside their inputs, `steps` what the operations are
    that work them out. `names` counts the operations, also of models made before this one.
    """

    def __init__(self, trace: Trace, names: Names | None = None):
        self.names = names or Names()
        self.reads: dict[Node, tuple[Ref, ...]] = {}
        self.steps: list[Step] = []
        if trace.graph.names_masks or not _has_masks(trace):
            return
        self.shapes = {Ref(step.node, i): shape for step in trace.steps for i, shape in enumerate(step.outputs or ())}
        masks: dict[Ref, Ref] = {}
        for step in trace.steps:
            node, layer = step.node, step.node.layer
            if layer is None or step.outputs is None:
                continue
            if step.inner is not None and node.call == 0:
                Masks(step.inner, self.names)  # its operations are counted first
            elif isinstance(layer, Concatenate) and node.call == 0 and node.name.startswith("concatenate"):
                self.names.next("Concatenate")  # an automatic name, of the same class as an operation
            given: list[Ref | None] = [*node.beside] or [masks.get(ref) for ref in node.inputs]
            if any(given) and not node.beside and _is_recorded(node, layer):
                self.reads[node] = tuple([mask for mask in given if mask is not None])
            for i, mask in enumerate(self.given_on(node, layer, given)):
                if mask is not None:
                    masks[Ref(node, i)] = mask

    def given_on(self, node: Node, layer: Layer, masks: list[Ref | None]) -> Iterator[Ref | None]:
        """The masks of a layer's outputs, as far as they have one."""
        if isinstance(layer, Embedding) and layer.mask_zero:
            yield self.operation("NotEqual", node.inputs[0], x2=0)
        elif isinstance(layer, Masking):
            yield self.operation("Any", self.operation("NotEqual", node.inputs[0], x2=layer.mask_value), axis=-1)
        elif isinstance(layer, Concatenate) and any(masks):
            yield self.concatenated(node, layer, masks)
        elif isinstance(layer, Merge) and all(masks):  # a step counts where it counts in one of the inputs
            result, *others = [mask for mask in masks if mask is not None]
            for mask in others:
                result = self.operation("LogicalOr", result, mask)
            yield result
        elif isinstance(layer, Attention) and masks[0] is not None:
            yield self.operation("ConvertToTensor", masks[0])
        elif layer.keeps_mask and (not isinstance(layer, Recurrent) or layer.return_sequences):
            yield masks[0]
        elif isinstance(layer, Bidirectional) and layer.layer.return_sequences:
            yield masks[0]
            if layer.merge_mode is None:
                yield masks[0]

    def concatenated(self, node: Node, layer: Concatenate, masks: list[Ref | None]) -> Ref:
        """Masks in the form of their inputs, one behind the other like these."""
        parts = []
        for ref, mask in zip(node.inputs, masks):
            if mask is None:
                mask = self.operation("OnesLike", ref)
            elif len(self.shapes[mask]) < len(self.shapes[ref]):
                wide = self.operation("ExpandDims", mask, axis=-1)
                mask = self.operation("LogicalOr", wide, self.operation("ZerosLike", ref))
            parts.append(mask)
        return self.operation("Any", self.operation("Concatenate", *parts, axis=layer.axis), axis=-1)

    def operation(self, word: str, *inputs: Ref, **settings: object) -> Ref:
        """What an operation of Keras gives on these inputs."""
        layer = KINDS[f"ops.{word}"](**settings)
        node = Node(self.names.next(layer.keras_class), layer, inputs)
        xs = tuple([self.shapes[ref] for ref in inputs])
        # That of one value for each example is taken along the batch.
        ys: tuple[Shape, ...] = (BatchShape.of_tensor(()),) if word == "Any" and xs == (Shape(()),) else layer.apply(xs)
        self.steps.append(Step(node, xs, Computed(ys)))
        ref = Ref(node)
        self.shapes[ref] = ys[0]
        return ref


def _has_masks(trace: Trace) -> bool:
    return any(isinstance(step.node.layer, Masking) or getattr(step.node.layer, "mask_zero", False) for step, _, _ in trace.walk())


def _is_recorded(node: Node, layer: Layer) -> bool:
    """Whether the mask that a layer is given stands in the graph.

    It does not where Keras has to convert the layer's arguments first: several of them, or
    one of another dtype.
    """
    if not layer.takes_mask:
        return False
    if isinstance(layer, Model) and not layer.graph.sequential:
        return True
    if len(node.inputs) != 1:
        return False
    before = node.inputs[0].node.layer
    return before is not None and compute_dtype(before.dtype) == compute_dtype(layer.dtype)
