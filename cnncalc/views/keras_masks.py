"""The masks that Keras 3 works out beside a network's values.

Embedding and Masking say which steps of a sequence count. In a Functional model the operations
that find this out stand in the graph, and layers that take a mask read them like an input.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..analysis import Model, Trace
from ..dtypes import compute_dtype
from ..graph import Names, Node, Ref
from ..layers import Layer, Shape

#: Layers with an argument for the mask of their only input.
TAKES = frozenset((
    "BatchNormalization", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Functional", "GRU",
    "GlobalAveragePooling1D", "LSTM", "Pipeline", "SimpleRNN", "Softmax", "TimeDistributed",
))  # fmt: skip
#: Layers whose first output has the mask of their first input.
KEEPS = frozenset((
    "Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dense", "Dropout", "ELU",
    "GaussianDropout", "GaussianNoise", "GroupNormalization", "GroupQueryAttention", "Identity",
    "LayerNormalization", "LeakyReLU", "MultiHeadAttention", "Normalization", "PReLU", "ReLU", "Rescaling",
    "Softmax", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "TimeDistributed",
    "UnitNormalization",
))  # fmt: skip
#: Layers for which a step counts where it counts in one of the inputs.
JOINS = frozenset(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"))
RECURRENT = frozenset(("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "SimpleRNN"))


class Operation(Layer):
    """What stands in Keras's graph like a layer, without being one."""

    def __init__(self, keras_class: str, shape: Shape):
        self.keras_class = keras_class  # type: ignore[misc]
        self.shape = shape
        self.trainable = True


def mask_reads(trace: Trace, names: Names | None = None) -> dict[Node, tuple[Ref, ...]]:
    """The masks that nodes read beside their inputs.

    `names` counts the operations of the models before this one.
    """
    if not _has_masks(trace):
        return {}
    return _Masks(trace, names or Names()).reads


def _has_masks(trace: Trace) -> bool:
    return any(
        step.kind == "Masking" or getattr(step.node.layer, "mask_zero", False)
        or (step.inner is not None and _has_masks(step.inner))
        for step in trace.steps
    )


class _Masks:
    """The masks of one model, worked out node by node as Keras does when layers are called."""

    def __init__(self, trace: Trace, names: Names):
        self.names = names
        self.reads: dict[Node, tuple[Ref, ...]] = {}
        self.shapes = {Ref(step.node, i): shape for step in trace.steps for i, shape in enumerate(step.outputs or ())}
        masks: dict[Ref, Ref] = {}
        for step in trace.steps:
            node, layer = step.node, step.node.layer
            if layer is None or step.outputs is None:
                continue
            if step.inner is not None and node.call == 0:
                mask_reads(step.inner, names)  # its operations are counted first
            elif layer.kind == "Concatenate" and node.call == 0 and node.name.startswith("concatenate"):
                names.next("Concatenate")  # an automatic name, of the same class as an operation
            given = [masks.get(ref) for ref in node.inputs]
            if any(given) and _is_recorded(node, layer):
                self.reads[node] = tuple([mask for mask in given if mask is not None])
            for i, mask in enumerate(self.given_on(node, layer, given)):
                if mask is not None:
                    masks[Ref(node, i)] = mask

    def given_on(self, node: Node, layer: Any, masks: list[Ref | None]) -> Iterator[Ref | None]:
        """The masks of a layer's outputs, as far as they have one."""
        kind = layer.kind
        if kind == "Embedding" and layer.mask_zero:
            yield self.operation("NotEqual", self.shapes[node.inputs[0]], node.inputs[0])
        elif kind == "Masking":
            x = self.shapes[node.inputs[0]]
            yield self.operation("Any", Shape(x[:-1]), self.operation("NotEqual", x, node.inputs[0]))
        elif kind == "Concatenate" and any(masks):
            yield self.concatenated(node, masks)
        elif kind in JOINS and all(masks):
            yield self.joined([mask for mask in masks if mask is not None])
        elif kind in ("Attention", "AdditiveAttention") and masks[0] is not None:
            yield self.operation("ConvertToTensor", self.shapes[masks[0]], masks[0])
        elif kind in KEEPS or (kind in RECURRENT and layer.return_sequences):
            yield masks[0]
        elif kind == "Bidirectional" and layer.layer.return_sequences:
            yield masks[0]
            if layer.merge_mode is None:
                yield masks[0]

    def joined(self, masks: list[Ref]) -> Ref:
        result = masks[0]
        for mask in masks[1:]:
            shape = _broadcast(self.shapes[result], self.shapes[mask])
            result = self.operation("LogicalOr", shape, result, mask)
        return result

    def concatenated(self, node: Node, masks: list[Ref | None]) -> Ref:
        """Masks in the form of their inputs, one behind the other like these."""
        parts = []
        for ref, mask in zip(node.inputs, masks):
            x = self.shapes[ref]
            if mask is None:
                mask = self.operation("OnesLike", x, ref)
            elif len(self.shapes[mask]) < len(x):
                wide = self.operation("ExpandDims", Shape((*self.shapes[mask], 1)), mask)
                zeros = self.operation("ZerosLike", x, ref)
                mask = self.operation("LogicalOr", _broadcast(self.shapes[wide], x), wide, zeros)
            parts.append(mask)
        shape = self.shapes[Ref(node)]
        return self.operation("Any", Shape(shape[:-1]), self.operation("Concatenate", shape, *parts))

    def operation(self, keras_class: str, shape: Shape, *inputs: Ref) -> Ref:
        ref = Ref(Node(self.names.next(keras_class), Operation(keras_class, shape), inputs))
        self.shapes[ref] = shape
        return ref


def _is_recorded(node: Node, layer: Layer) -> bool:
    """Whether the mask that a layer is given stands in the graph.

    It does not where Keras has to convert the layer's arguments first: several of them, or
    one of another dtype.
    """
    if layer.kind not in TAKES:
        return False
    if isinstance(layer, Model) and not layer.graph.sequential:
        return True
    if len(node.inputs) != 1:
        return False
    before = node.inputs[0].node.layer
    return before is not None and compute_dtype(before.dtype) == compute_dtype(layer.dtype)


def _broadcast(a: Shape, b: Shape) -> Shape:
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    front = len(longer) - len(shorter)
    return Shape((*longer[:front], *[
        n if m == 1 else m if m is not None or n == 1 else n for m, n in zip(longer[front:], shorter)
    ]))  # fmt: skip
