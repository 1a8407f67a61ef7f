"""Rows for operations on tensors and for the layers of keras.applications; see cases.py."""

from __future__ import annotations

from cases import case, failure

from cnncalc.keras_ops.elementwise import Binary, Unary
from cnncalc.keras_ops.reductions import Cumulative, Reduction, Sorted
from cnncalc.layers import KINDS

KINDS.everything()


def kinds(base):
    return [kind for word, kind in KINDS.items() if word.startswith("ops.") and issubclass(kind, base)]


NEEDED = {"ops.Cast": {"dtype": "float16"}, "ops.SaturateCast": {"dtype": "int8"}, "ops.Clip": {"x_min": 0, "x_max": 1},
          "ops.Threshold": {"threshold": 0.5, "default_value": 0}, "ops.Roll": {"shift": 1}}
EACH_VALUE = [case(kind.kind, NEEDED.get(kind.kind, {}), (4, 4, 3), (4, 4, 3), 0) for kind in kinds(Unary)]
TWO_VALUES = [
    row
    for kind in kinds(Binary)
    for a, b in [kind.operands]
    for row in (
        case(kind.kind, {}, [(4, 1, 3), (4, 5, 1)], (4, 5, 3), 0, note="sizes of 1 are repeated"),
        case(kind.kind, {a: 2}, (4, 3), (4, 3), 0, note="a number first"),
        case(kind.kind, {b: [1, 2, 3]}, (4, 1), (4, 3), 0, note="an array second"),
    )
]
ALONG_AXES = [
    row
    for kind in kinds(Reduction)
    for row in (
        case(kind.kind, {"axis": 1}, (4, 5, 3), (5, 3), 0, note="one axis"),
        case(kind.kind, {"axis": -1}, (4, None, 3), (4, None), 0, note="the last axis, a size unknown"),
        *([] if "Arg" in kind.kind or "arg" in kind.kind else
          [case(kind.kind, {"axis": [1, 2]}, (4, 5, 3), (3,), 0, note="two axes")]),
        *([] if "keepdims" not in kind.settings else
          [case(kind.kind, {"axis": 1, "keepdims": True}, (4, 5, 3), (1, 5, 3), 0, note="axis kept")]),
    )
]
IN_ORDER = [case(kind.kind, {"axis": 1}, (4, 5), (4, 5), 0) for kind in [*kinds(Cumulative), *kinds(Sorted)]]

OTHERS = [
    case("ops.Normalize", {"axis": 1, "order": 1}, (4, 3), (4, 3), 0),
    case("ops.StopGradient", {}, (4, 3), (4, 3), 0),
    case("ops.FullLike", {"fill_value": 3}, (4, 3), (4, 3), 0),
    case("ops.Where", {}, [(4, 3), (4, 1), (1, 3)], (4, 3), 0),
    case("ops.Where", {"x2": 0.0}, [(4, 3), (4, 1)], (4, 3), 0, note="a number elsewhere"),
    case("ops.Add", {}, [(None, 3), (5, 1)], (5, 3), 0, note="a known size stands for an unknown one"),
    case("ops.Add", {}, [(None, 3), (1, 3)], (None, 3), 0, note="unknown and 1"),
    failure("ops.Add", {}, [(4, 3), (5, 3)], "its arguments (None, 4, 3) and (None, 5, 3) differ: 4 and 5\n"
            "the batch is counted, as None"),

    case("ops.GetItem", ":, 1:", (8, 3), (7, 3), 0, note="from the second on"),
    case("ops.GetItem", ":, ::-2, None", (8, 3), (4, 1, 3), 0, note="every other, backwards, and a new axis"),
    case("ops.GetItem", "..., -1", (8, 3), (8,), 0, note="the last channel"),
    case("ops.GetItem", ":, 0", (8, 3), (3,), 0, note="the first step"),
    case("ops.GetItem", ":, 2:5, ..., None", (None, 3), (None, 3, 1), 0, note="an unknown size stays unknown"),
    failure("ops.GetItem", ":, 8", (8, 3), "index 8 is outside an axis of size 8"),
    failure("ops.GetItem", ":, 0, 0, 0", (8, 3), "has more indices than its input (None, 8, 3) has axes"),
    failure("ops.GetItem", "0", (8, 3), "gives (8, 3), where the batch is no longer the first axis\n"
            "the following layers cannot be computed for one example", keras="it does not tell the batch from other axes"),

    case("ops.Concatenate", {"axis": -1}, [(4, 3), (4, 5)], (4, 8), 0),
    case("ops.Concatenate", {"axis": 1}, [(4, 3), (None, 3)], (None, 3), 0, note="one size unknown"),
    failure("ops.Concatenate", {"axis": 1}, [(4, 3), (4, 5)], "its arguments (None, 4, 3) and (None, 4, 5) differ\n"
            "the batch is counted, as None"),
    case("ops.Stack", {"axis": 1}, [(4, 3), (4, 3)], (2, 4, 3), 0),
    case("ops.Stack", {"axis": -1}, [(4, 3), (4, 3)], (4, 3, 2), 0, note="last"),
    case("ops.Split", {"indices_or_sections": 2, "axis": -1}, (4, 6), [(4, 3), (4, 3)], 0),
    case("ops.Split", {"indices_or_sections": [1, 3], "axis": 1}, (6, 2), [(1, 2), (2, 2), (3, 2)], 0, note="at places"),
    failure("ops.Split", {"indices_or_sections": 4, "axis": 1}, (6, 2), "axis 1 of size 6 is not divided by 4"),
    case("ops.Unstack", {"num": 3, "axis": 1}, (3, 2), [(2,), (2,), (2,)], 0),
    case("ops.Reshape", {"newshape": [-1, 6, 2]}, (4, 3), (6, 2), 0),
    case("ops.Reshape", {"newshape": [None, 6, 2]}, (4, 3), (6, 2), 0, note="the batch unknown"),
    failure("ops.Reshape", {"newshape": [12]}, (4, 3), "gives (12,), where the batch is no longer the first axis\n"
            "the following layers cannot be computed for one example", keras="it does not tell the batch from other axes"),
    case("ops.Transpose", {"axes": [0, 2, 1]}, (4, 3), (3, 4), 0),
    failure("ops.Transpose", {"axes": [1, 0, 2]}, (4, 3), "gives (4, None, 3), where the batch is no longer the first "
            "axis\nthe following layers cannot be computed for one example", keras="it does not tell the batch from other axes"),
    failure("ops.Transpose", {"axes": [0, 1]}, (4, 3), "axes must name all 3 axes of (None, 4, 3)"),
    case("ops.Swapaxes", {"axis1": 1, "axis2": -1}, (4, 5, 3), (3, 5, 4), 0),
    case("ops.Moveaxis", {"source": -1, "destination": 1}, (4, 5, 3), (3, 4, 5), 0),
    case("ops.Moveaxis", {"source": [1, 2], "destination": [2, 1]}, (4, 5, 3), (5, 4, 3), 0, note="two"),
    case("ops.ExpandDims", {"axis": -1}, (4, 3), (4, 3, 1), 0),
    case("ops.ExpandDims", {"axis": [1, 3]}, (4, 3), (1, 4, 1, 3), 0, note="two"),
    case("ops.Squeeze", {"axis": 1}, (1, 4, 1), (4, 1), 0),
    case("ops.Squeeze", {}, (1, 4, 1), (4,), 0, note="all"),
    failure("ops.Squeeze", {"axis": 2}, (1, 4, 1), "axis 2 of its input (None, 1, 4, 1) is not 1"),
    failure("ops.BroadcastTo", {"shape": [8, 4, 3]}, (1, 3), "gives (8, 4, 3), where the batch is no longer the first "
            "axis\nthe following layers cannot be computed for one example", keras="it does not tell the batch from other axes"),
    case("ops.BroadcastTo", {"shape": [None, 4, 3]}, (1, 3), (4, 3), 0),
    case("ops.Take", {"indices": [0, 2], "axis": -1}, (4, 3), (4, 2), 0),
    case("ops.Take", {"indices": 1, "axis": 1}, (4, 3), (3,), 0, note="one"),
    case("ops.Pad", {"pad_width": [[0, 0], [1, 2], [0, 3]]}, (4, 3), (7, 6), 0),
    failure("ops.Pad", {"pad_width": [[0, 0], [1, 2, 3]]}, (4, 3), "pad_width must have [before, after] for each axis (got [[0, 0], [1, 2, 3]])"),
    failure("ops.Pad", {"pad_width": [[0, 0], [1, -2]]}, (4, 3), "pad_width must be at least 0 (got -2)"),
    failure("ops.Pad", {"pad_width": [[0, 0], [1, 1], [0, 0]], "mode": "edge", "constant_values": 3}, (4, 3),
            "constant_values needs mode: constant", keras="it finds out when it runs"),
    failure("ops.Pad", {"pad_width": [[0, 0], [1, 2]]}, (4, 3), "pad_width is for 2 axes, its input (None, 4, 3) has 3"),
    case("ops.Tile", {"repeats": [1, 2, 3]}, (4, 3), (8, 9), 0),
    case("ops.Repeat", {"repeats": 2, "axis": 1}, (4, 3), (8, 3), 0),
    case("ops.Repeat", {"repeats": [1, 0, 2], "axis": -1}, (4, 3), (4, 3), 0, note="each its number"),
    case("ops.OneHot", {"num_classes": 5}, (4,), (4, 5), 0),
    case("ops.OneHot", {"num_classes": 5, "axis": 1}, (4,), (5, 4), 0, note="before the places"),
    case("ops.Glu", {}, (4, 6), (4, 3), 0),
    failure("ops.Glu", {}, (4, 5), "axis -1 has 5, which is odd"),
    case("ops.Matmul", {}, [(4, 3), (3, 5)], (4, 5), 0),
    case("ops.Matmul", {"x2": [[1, 2], [3, 4], [5, 6]]}, (4, 3), (4, 2), 0, note="with a matrix"),
    failure("ops.Matmul", {}, [(4, 3), (4, 5)], "multiplies (None, 4, 3) with (None, 4, 5): 3 and 4 differ"),
    case("ops.Einsum", {"subscripts": "bij,bjk->bik"}, [(4, 3), (3, 5)], (4, 5), 0),
    case("ops.Einsum", {"subscripts": "bij->bji"}, (4, 3), (3, 4), 0, note="one input"),
    case("ops.Einsum", {"subscripts": "...ij,...jk->...ik"}, [(2, 4, 3), (1, 3, 5)], (2, 4, 5), 0, note="with an ellipsis"),
    case("ops.Einsum", {"subscripts": "b...,b...->b..."}, [(4, 3), (4, 1)], (4, 3), 0, note="an ellipsis last"),
    failure("ops.Einsum", {"subscripts": "b...i->bi"}, (4, 3), "subscripts have '...' before the arrow only", keras="it finds out when it runs"),
    case("ops.Dot", {"x2": [[1, 2], [3, 4], [5, 6]]}, (4, 3), (4, 2), 0, note="with a matrix"),
    case("ops.Dot", {"x2": [1, 2, 3]}, (4, 3), (4,), 0, note="with a vector"),
    failure("ops.Dot", {"x2": [[1, 2]]}, (4, 3), "multiplies (None, 4, 3) with (1, 2): 3 and 1 differ"),
    case("ops.Tensordot", {"x2": [[1, 2], [3, 4], [5, 6]], "axes": 1}, (4, 3), (4, 2), 0),
    case("ops.Tensordot", {"x2": [[1, 2], [3, 4], [5, 6]], "axes": [[2], [0]]}, (4, 3), (4, 2), 0, note="named axes"),
    failure("ops.Tensordot", {"x2": [[1, 2]], "axes": 1}, (4, 3), "multiplies (None, 4, 3) with (1, 2): 3 and 1 differ", keras="it looks at it when it runs"),
    failure("ops.Tensordot", {"x2": [[1, 2]], "axes": [[1]]}, (4, 3), "axes must be a number, or the same number of axes of each argument (got [[1]])"),
    case("ops.Outer", {"x2": [1, 2]}, (), (2,), 0),
    case("ops.Ravel", {}, (4, 3), (), 0, note="one value after another, of all examples"),
    case("ops.Hstack", {}, [(4, 3), (2, 3)], (6, 3), 0),
    case("ops.Vstack", {}, [(4, 3), (4, 3)], (4, 3), 0, note="one batch after another"),
    case("ops.ArraySplit", {"indices_or_sections": 3, "axis": 1}, (5, 2), [(2, 2), (2, 2), (1, 2)], 0),
    case("ops.ArraySplit", {"indices_or_sections": 2, "axis": 1}, (None, 2), [(None, 2), (None, 2)], 0, note="a size that is not known"),
    case("ops.Rot90", {"axes": [1, 2]}, (4, 3, 2), (3, 4, 2), 0),
    failure("ops.Rot90", {"axes": [1, 2, 3]}, (4, 3, 2), "axes must be two axes (got [1, 2, 3])"),
    case("ops.Diagonal", {"offset": 1, "axis1": 1, "axis2": -1}, (4, 2, 3), (2, 2), 0),
    failure("ops.Diagonal", {"axis1": 1, "axis2": -1}, (4,), "axis1 and axis2 must be two axes", keras="it finds out when it runs"),
    case("ops.Trace", {"axis1": 1, "axis2": 2}, (4, 3, 2), (2,), 0),
    case("ops.TopK", {"k": 2}, (4, 3), [(4, 2), (4, 2)], 0),
    failure("ops.TopK", {"k": 4}, (4, 3), "k is 4, its input (None, 4, 3) has 3 values in a row", keras="it finds out when it runs"),
    case("ops.Diff", {"n": 2, "axis": 1}, (6, 2), (4, 2), 0),
    case("ops.Norm", {"axis": -1}, (4, 3), (4,), 0),
    case("ops.Norm", {"axis": [1, 2], "ord": "fro", "keepdims": True}, (4, 3), (1, 1), 0, note="of a matrix"),
    case("ops.Moments", {"axes": [1]}, (4, 3), [(3,), (3,)], 0),
    case("ops.Moments", {"axes": [1, 2], "keepdims": True}, (4, 3), [(1, 1), (1, 1)], 0, note="in their places"),
    case("ops.Quantile", {"q": 0.5, "axis": 1}, (4, 3), (3,), 0),
    case("ops.Average", {"axis": 1}, (4, 3), (3,), 0),
    case("ops.Average", {"axis": 1, "weight": [1, 2, 3, 4]}, (4, 3), (3,), 0, note="weighted"),
    failure("ops.Average", {"axis": 1, "weight": [1, 2]}, (4, 3), "takes a weight for each value of (None, 4, 3), or for each along axis 1, got (2,)"),
    case("ops.LayerNorm", {}, (4, 3), (4, 3), 0),
    case("ops.LayerNorm", {"gamma": [1, 2, 3], "beta": [0, 0, 0], "axis": -1}, (4, 3), (4, 3), 0, note="scaled and shifted"),
    case("ops.Unfold", {"kernel_size": 2}, (3, 5, 4), (12, 12), 0),
    case("ops.Unfold", {"kernel_size": [3, 2], "dilation": 2, "padding": 1, "stride": [1, 2]}, (3, 6, 7), (18, 16), 0, note="each axis by itself"),
    failure("ops.Unfold", {"kernel_size": 2}, (5, 4), "needs an input (channels, height, width), got (5, 4)"),
    case("ops.Resize", {"size": [8, 9], "data_format": "channels_last"}, (4, 4, 3), (8, 9, 3), 0),
    case("ops.Resize", {"size": [8, 9], "data_format": "channels_first"}, (3, 4, 4), (3, 8, 9), 0, note="channels first"),
    case("ops.MaxPool", {"pool_size": [2, 2], "strides": 2, "data_format": "channels_last"}, (5, 5, 3), (2, 2, 3), 0),
    case("ops.AveragePool", {"pool_size": [2, 2], "strides": 2, "padding": "same", "data_format": "channels_last"},
         (5, 5, 3), (3, 3, 3), 0),
    case("ops.Conv", {"kernel": [[[[1, 2]] * 3] * 3] * 3}, (5, 5, 3), (3, 3, 2), 0),
    case("ops.Conv", {"kernel": [[[[1, 2]] * 3] * 3] * 3, "padding": "same", "strides": 2}, (5, 5, 3), (3, 3, 2), 0,
         note="same, strides 2"),
    case("ops.DepthwiseConv", {"kernel": [[[[1, 2]] * 3] * 3] * 3}, (5, 5, 3), (3, 3, 6), 0),
    case("ops.Conv", {"kernel": [[[[1, 2]] * 3] * 3] * 2, "data_format": "channels_first", "dilation_rate": 2}, (3, 7, 6), (2, 5, 2), 0,
         note="channels first"),
    failure("ops.Conv", {"kernel": [[[[1, 2]] * 2] * 3] * 3}, (5, 5, 4), "a kernel for 2 channels does not go with 4"),
    failure("ops.Conv", {"kernel": [[[[1, 2]] * 3] * 3] * 3}, (5, 5, 4), "a kernel for 3 channels does not go with 4"),
    case("ops.DepthwiseConv", {"kernel": [[[[1, 2]] * 3] * 3] * 3, "data_format": "channels_first"}, (3, 5, 5), (6, 3, 3), 0,
         note="channels first"),
    case("ops.MaxPool", {"pool_size": [2, 2], "strides": 2, "data_format": "channels_first"}, (3, 6, 4), (3, 3, 2), 0, note="channels first"),
    case("ops.AveragePool", {"pool_size": [3, 2], "strides": 1, "padding": "same", "data_format": "channels_first"}, (2, 5, 4), (2, 5, 4), 0,
         note="channels first"),
    case("ops.AveragePool", {"pool_size": 3, "strides": 2, "data_format": "channels_last"}, (7, 5, 2), (3, 2, 2), 0, note="one size"),
    case("ops.DepthToSpace", {"block_size": 2, "data_format": "channels_first"}, (12, 2, 3), (3, 4, 6), 0, note="channels first"),
    case("ops.SpaceToDepth", {"block_size": 2, "data_format": "channels_first"}, (3, 4, 6), (12, 2, 3), 0, note="channels first"),
    case("ops.RGBToHSV", {"data_format": "channels_first"}, (3, 4, 4), (3, 4, 4), 0, note="channels first"),
    case("ops.HSVToRGB", {"data_format": "channels_first"}, (3, 4, 4), (3, 4, 4), 0, note="channels first"),
    case("ops.Resize", {"size": [3, 8], "interpolation": "nearest", "data_format": "channels_last"}, (5, 4, 1), (3, 8, 1), 0, note="nearest"),
    case("ops.Resize", {"size": [4, 4], "crop_to_aspect_ratio": True, "data_format": "channels_last"}, (9, 6, 1), (4, 4, 1), 0, note="cropped"),
    case("ops.Resize", {"size": [8, 8], "pad_to_aspect_ratio": True, "data_format": "channels_last"}, (9, 6, 1), (8, 8, 1), 0, note="padded"),
    case("ops.Resize", {"size": [3, 3], "antialias": True, "interpolation": "bicubic", "data_format": "channels_last"}, (9, 8, 1), (3, 3, 1), 0,
         note="antialias"),
    case("ops.Matmul", {"x2": [1, 2, 3]}, (4, 3), (4,), 0, note="with a vector"),
    case("ops.Matmul", {"x1": [1, 2, 3, 4]}, (4, 5), (5,), 0, note="a vector first"),
    case("ops.Matmul", {"x1": [[1, 2, 3, 4]]}, (4, 5), (1, 5), 0, note="a matrix first"),
    case("ops.Matmul", {}, [(2, 4, 3), (1, 3, 5)], (2, 4, 5), 0, note="several"),
    failure("ops.Matmul", {"x2": 3}, (4, 3), "needs two arrays, got a number"),
    case("ops.DepthToSpace", {"block_size": 2}, (4, 4, 12), (8, 8, 3), 0),
    case("ops.SpaceToDepth", {"block_size": 2}, (4, 4, 3), (2, 2, 12), 0),

    case("TFOpLambda", {"function": "math.multiply", "constants": {"y": 2.0}}, (4, 3), (4, 3), 0, keras="Keras 2 only",
         counts={"multiplications": 12}),
    case("TFOpLambda", {"function": "math.reduce_mean", "constants": {"axis": [1, 2], "keepdims": True}}, (4, 4, 3), (1, 1, 3), 0,
         keras="Keras 2 only"),
    case("TFOpLambda", {"function": "split", "constants": {"num_or_size_splits": [1, 2], "axis": -1}}, (4, 3), [(4, 1), (4, 2)], 0,
         keras="Keras 2 only"),
    case("SlicingOpLambda", {"function": "__operators__.getitem", "constants": {"slice_spec": ":, 1:"}}, (4, 3), (3, 3), 0,
         keras="Keras 2 only", counts={}),
    case("TensorFlowOpLayer", {"function": "math.add", "constants": {"x": 3}}, (4, 3), (4, 3), 0, keras="Keras 2 only",
         counts={"additions": 12}),

    case("LayerScale", {"init_values": 1e-6, "projection_dim": 96}, (56, 56, 96), (56, 56, 96), 96, note="ConvNeXt-T",
         counts={"multiplications": 56 * 56 * 96}),
    case("StochasticDepth", {"drop_path_rate": 0.1}, (56, 56, 96), (56, 56, 96), 0, counts={}),
    case("CustomScaleLayer", {"scale": 0.17}, [(35, 35, 320), (35, 35, 320)], (35, 35, 320), 0, note="Inception-ResNet-v2",
         counts={"multiplications": 35 * 35 * 320, "additions": 35 * 35 * 320}),
]

OPERATIONS = [*EACH_VALUE, *TWO_VALUES, *ALONG_AXES, *IN_ORDER, *OTHERS]
