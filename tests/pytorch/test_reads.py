"""What PyTorch's kinds read: a value that is not a number shows in every output that depends on it."""

import random
from math import prod

import pytest
from pytorch import function_cases, module_cases
from pytorch.rows import args, case, layer_of, sizes
from reads import read

from cnncalc.layers.construct import kind_named
from cnncalc.pytorch.calls import call
from cnncalc.pytorch.shapes import Whole, whole

pytestmark = pytest.mark.oracle
LARGEST = 700
#: So many values of each input are tried.
TRIED = 16
#: Which values these read depends on values: the rule names all that they may read.
CHOSEN = {"nn.FractionalMaxPool2d", "nn.FractionalMaxPool3d", "nn.MaxUnpool1d", "nn.MaxUnpool2d", "nn.MaxUnpool3d", "F.max_unpool2d", "F.embedding",
          "F.grid_sample", "torch.topk", "Tensor.topk", "torch.sort", "torch.where", "Tensor.masked_fill",
          "nn.NLLLoss", "F.nll_loss", "nn.EmbeddingBag"}
#: Their rules are bounds: any state of any layer, both sides of the diagonal, all values of a filter that a tensor holds.
BOUNDS = {"nn.GRU", "torch.triu", "torch.tril", "torch.diag", "F.conv1d", "F.conv2d", "F.conv3d", "F.conv_transpose2d"}
#: A value that is not a number does not show: `sign` makes it 0, losses compare it or refuse it.
HIDDEN = {"torch.sign", "torch.empty_like", "nn.HingeEmbeddingLoss", "nn.MultiMarginLoss", "nn.MultiLabelMarginLoss", "nn.CosineEmbeddingLoss",
          "nn.BCELoss", "F.binary_cross_entropy", "nn.CTCLoss", "nn.CrossEntropyLoss"}
#: It shows in pixels that an interpolation weighs with 0 too.
WEIGHED = {"nn.Upsample", "nn.UpsamplingBilinear2d", "F.interpolate"}
MORE = [
    case("torch.rot90", args(1, (1, 2)), (2, 3, 4), (2, 4, 3)),
    case("torch.rot90", args(2, (0, 2)), (2, 3, 4), (2, 3, 4)),
    case("torch.rot90", args(3, (0, 1)), (2, 3, 4), (3, 2, 4)),
    case("torch.roll", args(2), (2, 3), (2, 3)),
    case("torch.roll", args((-1, 2), (1, 2)), (2, 3, 4), (2, 3, 4)),
    case("torch.fliplr", args(), (2, 3), (2, 3)),
    case("torch.flipud", args(), (2, 3), (2, 3)),
    case("Tensor.flip", args(0, 2), (2, 3, 4), (2, 3, 4)),
    case("torch.cumprod", args(-1), (2, 3), (2, 3)),
    case("torch.diagonal", args(), (2, 3, 4), (4, 2)),
    case("torch.diagonal", args(1, 1, 2), (2, 3, 4), (2, 3)),
    case("torch.diagonal", args(-1, 0, 2), (3, 2, 4), (2, 2)),
    case("torch.diag", args(), (3,), (3, 3)),
    case("torch.diag", args(-1), (3,), (4, 4)),
    case("torch.diag", args(1), (3,), (4, 4)),
    case("torch.diag", args(1), (3, 4), (3,)),
    case("F.normalize", args(dim=-1), (2, 3), (2, 3)),
    case("F.rms_norm", args((4,)), (2, 3, 4), (2, 3, 4)),
    case("F.channel_shuffle", args(2), (2, 4, 2, 2), (2, 4, 2, 2)),
    case("F.unfold", args(2, 2, 1, 3), (2, 2, 6, 7), (2, 8, 9)),
    case("F.fold", args((5, 6), (2, 3), 1, 1, 2), (1, 12, 9), (1, 2, 5, 6)),
    case("F.pad", args((2, 1, -1, 2), "replicate"), (2, 2, 4, 5), (2, 2, 5, 8)),
    case("F.pad", args((2, 1), "circular"), (2, 2, 4), (2, 2, 7)),
    case("F.pad", args((2, -1), "reflect"), (2, 2, 4), (2, 2, 5)),
    case("F.conv_transpose2d", args(groups=2), [(2, 4, 3, 3), (4, 3, 2, 2), (6,)], (2, 6, 4, 4)),
    case("torch.matmul", args(), [(2, 3, 4), (4,)], (2, 3)),
    case("torch.addbmm", args(), [(3, 5), (2, 3, 4), (2, 4, 5)], (3, 5)),
    case("Tensor.unfold", args(2, 2, 1), (2, 3, 5), (2, 3, 4, 2)),
    case("Tensor.unfold", args(1, 2, 2), (2, 6, 3), (2, 3, 3, 2)),
    case("nn.LSTM", args(3, 2, bidirectional=True), (4, 2, 3), [(4, 2, 4), (2, 2, 2), (2, 2, 2)]),
    case("nn.LSTM", args(3, 2, bidirectional=True, batch_first=True), (2, 4, 3), [(2, 4, 4), (2, 2, 2), (2, 2, 2)]),
    case("nn.LSTM", args(3, 2, bidirectional=True), (4, 3), [(4, 4), (2, 2), (2, 2)]),
    case("nn.BatchNorm1d", args(3, track_running_stats=False), (2, 3), (2, 3)),
    case("nn.InstanceNorm1d", args(3, track_running_stats=True), (2, 3, 4), (2, 3, 4)),
    case("nn.MultiheadAttention", args(4, 2, batch_first=True), [(2, 3, 4), (2, 5, 4), (2, 5, 4)], [(2, 3, 4), (2, 3, 5)]),
    case("nn.MultiheadAttention", args(4, 2), [(3, 4), (5, 4), (5, 4)], [(3, 4), (3, 5)]),
    case("nn.Conv2d", args(2, 4, 3, padding=2, padding_mode="circular"), (1, 2, 4, 5), (1, 4, 6, 7)),
    case("nn.Conv1d", args(2, 4, 3, padding=2, padding_mode="reflect", stride=2), (1, 2, 5), (1, 4, 4)),
    case("nn.Conv1d", args(2, 4, 4, padding="same", padding_mode="replicate", dilation=2), (1, 2, 7), (1, 4, 7)),
    case("torch.sum", args((0, 2)), (2, 3, 4), (3,)),
]
ROWS = [row for row in module_cases.CASES + function_cases.CASES + MORE
        if all(prod(sizes(x)) <= LARGEST for x in row.inputs if x != "list") and row.kind not in HIDDEN]


def label(row):
    return f"{row.kind}-{row.call.args}-{row.input}"[:90]


class Tensor:
    def __init__(self, shape):
        self.shape = shape


def ours(row):
    """For each output and input, the values of the input that each value of the output reads; and the shapes."""
    xs = [Tensor(Whole((len(x) - 1,) if x[:1] == ("n",) else sizes(x))) for x in row.inputs if x != "list"]
    if row.kind.startswith("nn."):
        layer = layer_of(row)
    else:
        given = (xs,) if "list" in row.inputs else tuple(xs)
        layer, xs = call(kind_named(row.kind), (*given, *row.call.args), row.call.kwargs, lambda v: isinstance(v, Tensor))
    shapes = tuple([x.shape for x in xs])
    ys = tuple([whole(y) for y in layer.apply(shapes)])
    return [[read(reads, y, x) for reads, x in zip(each, shapes)] for each, y in zip(layer.reach(shapes, ys), ys)]


def tried(n):
    """The values of an input of n that are tried: all, or some of them."""
    return range(n) if n <= TRIED else sorted(random.Random(n).sample(range(n), TRIED))


def theirs(row):
    """The same by PyTorch: None for an input or output of whole numbers, which cannot show it."""
    import torch
    from pytorch.torch_calls import OWNERS, made, tensor

    torch.manual_seed(0)
    owner, _, name = row.kind.partition(".")
    xs = [tensor(x) for x in row.inputs if x != "list"]
    function = getattr(OWNERS[owner], name)
    module = function(*map(made, row.call.args), **row.call.kwargs).eval() if owner == "nn" else None

    def run():
        values = [x.clone() for x in xs]
        given = [values] if "list" in row.inputs else values
        return flat(module(*given) if module is not None else function(*given, *row.call.args, **row.call.kwargs))

    with torch.no_grad():
        shown = [y.is_floating_point() for y in run()]
        found = [[[set() for _ in range(y.numel())] if x.is_floating_point() and shown[k] else None for x in xs] for k, y in enumerate(run())]
        for i, x in enumerate(xs):
            if not x.is_floating_point():
                continue
            for at in tried(x.numel()):
                kept = x.flatten()[at].item()
                x.view(-1)[at] = float("nan")
                for k, y in enumerate(run()):
                    if shown[k]:
                        for o in torch.isnan(y.reshape(-1)).nonzero().flatten().tolist():
                            found[k][i][o].add(at)
                x.view(-1)[at] = kept
    return found


def flat(y):
    import torch

    return [y] if isinstance(y, torch.Tensor) else [t for item in y if item is not None for t in flat(item)]


@pytest.mark.parametrize("row", ROWS, ids=label)
def test_rows_read_what_pytorchs_read(row):
    pytest.importorskip("torch")
    mine, others = ours(row), theirs(row)
    for k, each in enumerate(others):
        for i, sets in enumerate(each):
            if sets is None:
                continue
            places = set(tried(prod(sizes([x for x in row.inputs if x != "list"][i]))))
            seen = [one & places for one in mine[k][i]]
            if row.kind in CHOSEN | BOUNDS:
                assert all(a >= b for a, b in zip(seen, sets)), (k, i)
            elif row.kind in WEIGHED:
                weighed = gradients(row)
                assert all(b >= a >= (c & places) for a, b, c in zip(seen, sets, weighed)), (k, i)
            else:
                assert seen == sets, (k, i)


def gradients(row):
    """For each value of an interpolation, the values of its input that it weighs with more than 0."""
    import torch
    from pytorch.torch_calls import OWNERS

    owner, _, name = row.kind.partition(".")
    x = torch.rand(row.inputs[0], dtype=torch.float64, requires_grad=True)
    function = getattr(OWNERS[owner], name)
    y = function(*row.call.args, **row.call.kwargs)(x) if owner == "nn" else function(x, *row.call.args, **row.call.kwargs)
    found = []
    for value in y.reshape(-1):
        x.grad = None
        value.backward(retain_graph=True)
        found.append(set((x.grad.reshape(-1).abs() > 1e-9).nonzero().flatten().tolist()))
    return found
