"""Random networks of PyTorch's as programs: written statement by statement, each tried by PyTorch as it is written.

A row of the tables is a statement with fields in braces; `A @ B` builds the module A in `__init__` and calls it with B.
Fields: x a tensor, x4 one of four axes, y one like x4 or x, c its channels, e its last size, d an axis, k a kernel, s a
stride, p a padding, o a few channels, g a divisor of c, h one of e, b True or False, z a size, f a factor.
A PyTorch that refuses a statement ends the program there: `failing` is its line then.
"""

from __future__ import annotations

import random
import re
import warnings
from typing import Any, NamedTuple

import torch

#: Classes that the programs use, as people write them.
BLOCKS = '''import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor
import math


class Residual(nn.Module):
    expansion = 2

    def __init__(self, inp, out, stride=1, norm=nn.BatchNorm2d):
        super().__init__()
        self.conv1 = nn.Conv2d(inp, out, 3, stride, 1, bias=False)
        self.bn1 = norm(out)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(out, out * self.expansion, kernel_size=1, bias=norm is None)
        self.shortcut = nn.Sequential()
        if stride != 1 or inp != out * self.expansion:
            self.shortcut = nn.Sequential(nn.Conv2d(inp, out * self.expansion, 1, stride), norm(out * self.expansion))

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.conv2(out)
        out += self.shortcut(x)
        return F.relu(out)


class Dense(nn.Module):
    def __init__(self, c, growth, depth):
        super(Dense, self).__init__()
        self.layers = nn.ModuleList([nn.Conv2d(c + i * growth, growth, 3, padding=1) for i in range(depth)])

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat((x, F.relu(layer(x))), 1)
        return x


class Squeeze(nn.Module):
    def __init__(self, c, r=2):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(nn.Linear(c, max(1, c // r)), nn.ReLU(), nn.Linear(max(1, c // r), c), nn.Sigmoid())

    def forward(self, x):
        b, c, _, _ = x.size()
        y = self.fc(self.pool(x).view(b, c)).view(b, c, 1, 1)
        return x * y.expand_as(x)


class Up(nn.Module):
    def __init__(self, c, bilinear=True):
        super().__init__()
        self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True) if bilinear else nn.ConvTranspose2d(c, c, 2, stride=2)
        self.conv = nn.Sequential(nn.Conv2d(2 * c, c, 3, padding=1), nn.InstanceNorm2d(c, affine=True), nn.LeakyReLU(0.2))

    def forward(self, x1, x2):
        x1 = self.up(x1)
        dy, dx = x2.size()[2] - x1.size()[2], x2.size()[3] - x1.size()[3]
        x1 = F.pad(x1, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
        return self.conv(torch.cat([x2, x1], dim=1))


class SelfAttention(nn.Module):
    def __init__(self, dim, heads, bias=False):
        super().__init__()
        self.heads, self.scale = heads, (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, dim * 3, bias=bias)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        B, N, C = x.shape
        qkv = self.qkv(x).reshape(B, N, 3, self.heads, C // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        attn = (q @ k.transpose(-2, -1)) * self.scale
        x = (attn.softmax(dim=-1) @ v).transpose(1, 2).reshape(B, N, C)
        return self.proj(x)


class Patches(nn.Module):
    def __init__(self, c, dim, patch):
        super().__init__()
        self.proj = nn.Conv2d(c, dim, patch, patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.norm = nn.LayerNorm(dim)

    def forward(self, x):
        x = self.proj(x).flatten(2).transpose(1, 2)
        return self.norm(torch.cat((self.cls.expand(x.shape[0], -1, -1), x), dim=1))


class Separable(nn.Sequential):
    def __init__(self, c, out, k, dilation=1):
        super().__init__(
            nn.Conv2d(c, c, k, padding=dilation * (k - 1) // 2, dilation=dilation, groups=c),
            nn.Conv2d(c, out, 1),
            nn.GroupNorm(1, out),
        )


class Sampled(nn.Module):
    def __init__(self, features, z):
        super().__init__()
        self.mu, self.logvar = nn.Linear(features, z), nn.Linear(features, z)

    def forward(self, x):
        x = x.view(x.size(0), -1)
        mu, logvar = self.mu(x), self.logvar(x)
        std = torch.exp(0.5 * logvar)
        return mu + std * torch.randn_like(std)


def shuffled(x, groups):
    b, c, h, w = x.data.size()
    return torch.transpose(x.view(b, groups, c // groups, h, w), 1, 2).contiguous().view(b, -1, h, w)

'''

MODULES = """
nn.Conv2d({c}, {o}, {k}) @ {x4}
nn.Conv2d({c}, {o}, kernel_size={k}, stride={s}, padding={p}, dilation={j}, bias={b}) @ {x4}
nn.Conv2d({c}, {o}, {k}, {s}, {p}, {j}, 1, {b}, {mode}) @ {x4}
nn.Conv2d({c}, {g} * {o1}, {k}, {s}, {p}, groups={g}) @ {x4}
nn.Conv2d({c}, {o}, {k}, padding={same}, dilation={j}) @ {x4}
nn.Conv1d({c}, {o}, {k1}, {s1}, {p1}, padding_mode={mode}) @ {x3}
nn.Conv1d({c}, {o}, {k1}, dilation={j1}, groups=1, padding={same}) @ {x3}
nn.Conv3d({c}, {o}, {k3}, {s3}, {p3}) @ {x5}
nn.ConvTranspose2d({c}, {o}, {k}, {s}, {p}, {j0}, 1, {b}, {j}) @ {x4}
nn.ConvTranspose2d({c}, {g} * {o1}, {k}, {s}, groups={g}) @ {x4}
nn.ConvTranspose1d({c}, {o}, {k1}, {s1}, {p1}) @ {x3}
nn.ConvTranspose3d({c}, {o}, {k3}, {s3}) @ {x5}
nn.ConvTranspose2d({c}, {o}, 3, stride=2, padding=1) @ {x4}, output_size=({x4}.size(2) * 2, {x4}.size(3) * 2)
nn.LazyConv2d({o}, {k}, {s}) @ {x4}
nn.LazyLinear({o}) @ {x}
nn.MaxPool2d({k}, {s}, {p}, ceil_mode={b}) @ {x4}
nn.MaxPool2d({k}, padding={p}, dilation={j}, ceil_mode={b}) @ {x4}
nn.MaxPool2d({k}) @ {x4}
nn.MaxPool1d({k1}, {s1}, {p1}, {j1}, False, {b}) @ {x3}
nn.MaxPool3d({k3}, {s3}, ceil_mode={b}) @ {x5}
nn.AvgPool2d({k}, {s}, {p}, {b}, count_include_pad={b}) @ {x4}
nn.AvgPool1d({k1}, ceil_mode={b}) @ {x3}
nn.AvgPool3d({k3}, {s3}, {p3}, ceil_mode={b}) @ {x5}
nn.LPPool2d(2, {k}, {s}, ceil_mode={b}) @ {x4}
nn.AdaptiveAvgPool2d({z}) @ {x4}
nn.AdaptiveAvgPool2d(({z}, None)) @ {x4}
nn.AdaptiveMaxPool2d(({z}, {z})) @ {x4}
nn.AdaptiveAvgPool1d({z}) @ {x3}
nn.AdaptiveAvgPool3d({z}) @ {x5}
nn.FractionalMaxPool2d(2, output_ratio=0.7) @ {x4}
nn.BatchNorm2d({c}, affine={b}) @ {x4}
nn.BatchNorm1d({c}) @ {x3}
nn.BatchNorm1d({c}) @ {x2}
nn.BatchNorm3d({c}) @ {x5}
nn.InstanceNorm2d({c}, affine={b}) @ {x4}
nn.InstanceNorm1d({c}) @ {x3}
nn.GroupNorm({g}, {c}) @ {x4}
nn.GroupNorm(num_groups=1, num_channels={c}, affine={b}) @ {x}
nn.LayerNorm({e}) @ {x}
nn.LayerNorm({x4}.shape[1:], bias={b}) @ {x4}
nn.LocalResponseNorm({z}) @ {x4}
nn.RMSNorm({e}) @ {x}
nn.Linear({e}, {o}, bias={b}) @ {x}
nn.Linear(in_features={e}, out_features={o}) @ {x2}
nn.Linear({c} * {x4}.size(2) * {x4}.size(3), {o}) @ {x4}.view({x4}.size(0), -1)
nn.Bilinear({e}, {e}, {o}) @ {x}, {x}
nn.Embedding({n}, {o}) @ {x}.argmax(1) % {n}
nn.LSTM({e}, {o}, {layers}, batch_first={b}, bidirectional={b}) @ {x3} # x, (h, c)
nn.GRU(input_size={e}, hidden_size={o}, num_layers={layers}, bidirectional={b}, bias={b}) @ {x3} # x, h
nn.RNN({e}, {o}, {layers}, batch_first={b}, dropout=0.1) @ {x3} # x, _
nn.LSTM({e}, {o} + 1, proj_size={o1}, batch_first=True) @ {x3} # x, _
nn.LSTMCell({e}, {o}) @ {x2} # x, y
nn.GRUCell({e}, {o}) @ {x2}
nn.MultiheadAttention({e}, {h}, batch_first={b}) @ {x3}, {x3}, {x3} # x, y
nn.MultiheadAttention({e}, 1, kdim={e}, bias={b}) @ {x3}, {x3}, {x3}, need_weights=False # x, _
nn.TransformerEncoderLayer({e}, {h}, {n}, batch_first={b}) @ {x3}
nn.TransformerEncoder(nn.TransformerEncoderLayer(d_model={e}, nhead=1, dim_feedforward={n}), num_layers={layers}) @ {x3}
nn.TransformerDecoderLayer({e}, {h}, {n}) @ {x3}, {x3}
nn.Flatten() @ {x}
nn.Flatten({z}) @ {x}
nn.Flatten(start_dim={d}, end_dim={d}) @ {x}
nn.Unflatten(1, (-1, {g})) @ {x}
nn.PixelShuffle({o1}) @ {x4}
nn.PixelUnshuffle({o1}) @ {x4}
nn.ChannelShuffle({g}) @ {x4}
nn.Unfold({k}, {j}, {p}, {s}) @ {x4}
nn.Upsample(scale_factor={f}) @ {x4}
nn.Upsample(size=({z}, {z}), mode="bilinear") @ {x4}
nn.UpsamplingBilinear2d(scale_factor=2) @ {x4}
nn.ZeroPad2d({pads}) @ {x4}
nn.ReflectionPad2d({p1}) @ {x4}
nn.ReplicationPad2d({pads}) @ {x4}
nn.ConstantPad1d(({p1}, {p1}), 0) @ {x3}
nn.CircularPad2d({p1}) @ {x4}
nn.GLU({d}) @ {x}
nn.PReLU({c}) @ {x}
nn.{act}() @ {x}
nn.{act}() @ {x4}
nn.Dropout({drop}) @ {x}
nn.Dropout2d() @ {x4}
nn.Softmax({d}) @ {x}
nn.LogSoftmax(dim=-1) @ {x}
nn.Softmax2d() @ {x4}
nn.Identity() @ {x}
nn.CosineSimilarity(dim={d}) @ {x}, {x}
nn.PairwiseDistance() @ {x2}, {x2}
nn.Sequential(nn.Conv2d({c}, {o}, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d({z}, ceil_mode=True)) @ {x4}
nn.Sequential(nn.Flatten(), nn.Linear({c} * {x4}.shape[2] * {x4}.shape[3], {o}), nn.Tanh(), nn.Dropout()) @ {x4}
Residual({c}, {o}, {s1}) @ {x4}
Residual({c}, {o}, norm=nn.InstanceNorm2d) @ {x4}
Dense({c}, {o1}, {layers}) @ {x4}
Squeeze({c}) @ {x4}
Up({c}, {b}) @ {x4}, {y}
SelfAttention({e}, {h}) @ {x3}
Patches({c}, {o}, {o1}) @ {x4}
Separable({c}, {o}, {z}, {j1}) @ {x4}
Sampled({c} * {x4}.size(2) * {x4}.size(3), {o}) @ {x4}
nn.ModuleList([nn.Linear({e}, {e}) for _ in range({layers})]) @ loop {x}
nn.utils.weight_norm(nn.Conv2d({c}, {o}, 3)) @ {x4}
"""

FUNCTIONS = """
F.relu({x})
torch.relu({x})
F.{fact}({x})
{x}.{mact}()
F.dropout({x}, p=0.2, training=self.training)
F.dropout2d({x4}, training=self.training)
F.softmax({x}, dim={d})
F.log_softmax({x}, dim=1)
{x}.softmax(-1)
F.max_pool2d({x4}, {k}, {s}, {p}, ceil_mode={b})
F.max_pool2d(F.relu({x4}), 2)
F.avg_pool2d({x4}, {x4}.size()[3])
F.avg_pool2d({x4}, kernel_size={k}, stride={s}, ceil_mode={b})
F.max_pool1d({x3}, {x3}.size(2)).squeeze(2)
F.adaptive_avg_pool2d({x4}, (1, 1)).view({x4}.size(0), -1)
F.adaptive_max_pool2d({x4}, {z})
F.interpolate({x4}, scale_factor={f})
F.interpolate({x4}, size={x4}.shape[2:], mode="nearest")
F.interpolate({x4}, size=({z}, {z}), mode="bilinear", align_corners={b})
F.interpolate({x3}, scale_factor=2, mode="linear")
F.pad({x}, ({p1}, {p1}))
F.pad({x4}, {pads})
F.pad({x4}, (1, 1, 1, 1), mode="reflect")
F.pad({x4}[:, :, ::2, ::2], (0, 0, 0, 0, {p1}, {p1}), "constant", 0)
F.normalize({x}, dim=1)
F.glu({x}, dim={d})
F.unfold({x4}, {k}, padding={p1})
F.pixel_shuffle({x4}, 2)
F.layer_norm({x}, {x}.shape[-1:])
F.group_norm({x4}, {g})
F.instance_norm({x4})
F.one_hot({x}.argmax(-1), {e})
F.conv2d({x4}, torch.ones({o}, {c}, 1, 1))
F.linear({x}, torch.ones({o}, {e}))
F.cosine_similarity({x}, {x}, dim={d})
F.scaled_dot_product_attention({x3}, {x3}, {x3})
{x}.view({x}.size(0), -1)
{x}.view(-1, {e})
{x}.view(-1, {x}.shape[1:].numel())
{x}.view({x}.size(0), {c}, -1)
{x4}.view({x4}.size(0), -1, {x4}.size(3))
{x}.reshape({x}.shape[0], -1)
{x4}.reshape({x4}.size(0), {c} * {x4}.size(2), {x4}.size(3))
torch.reshape({x}, (-1,))
{x}.flatten({d})
torch.flatten({x}, 1)
torch.flatten({x}, start_dim={d})
{x3}.permute(0, 2, 1)
{x4}.permute(0, 2, 3, 1).contiguous()
{x4}.permute(0, 3, 1, 2)
torch.permute({x3}, (1, 0, 2))
{x5}.permute(0, 2, 1, 3, 4)
{x}.transpose({d}, {d})
torch.transpose({x}, 0, 1)
{x}.unsqueeze({d})
torch.unsqueeze({x}, 1)
{x}.squeeze({d})
torch.squeeze({x})
{x2}.t()
{x}.movedim(1, -1)
{x4}.flatten(2).transpose(1, 2)
{x}[:, 0]
{x}[:, -1]
{x}[..., ::2]
{x4}[:, :, 1:, :-1]
{x3}[:, -1, :]
{x}[:, None]
{x4}[:, :{o1}]
{x}[:, [0, 0]]
{x}.chunk({z}, dim={d}) # list
torch.chunk({x}, 2, dim=1) # list
{x}.split({z}, dim={d}) # list
torch.split({x}, {o1}, 1) # list
{x}.unbind({d}) # list
torch.cat([{x}, {x}], dim={d})
torch.cat(({x4}, {y}), 1)
torch.cat([F.relu({x}), {y}, -{x}], dim=1)
torch.stack([{x}, {x}], dim={d})
torch.stack(({x}, {y}))
{x} + {y}
{x} * {y}
{x4} * torch.sigmoid({x4}.mean(dim=(2, 3), keepdim=True))
{x} + torch.zeros(1)
{x} - {x}.mean(dim={d}, keepdim=True)
{x} * 2 + 1
1 - {x}
{x} / math.sqrt({e})
torch.add({x}, {y})
torch.mul({x}, 0.5)
{x}.add({y}).clamp(min=0)
torch.where({x} > 0, {x}, torch.zeros_like({x}))
{x}.masked_fill({x} > 0, -1e9)
{x}.mean({d})
{x}.mean([-2, -1])
{x}.sum(dim={d}, keepdim={b})
torch.mean({x}, dim=1, keepdim=True)
{x}.max(dim={d})[0]
torch.max({x}, {d}) # x, y
{x}.max()
{x}.amax(dim={d}, keepdim=True)
{x}.norm(dim={d})
{x}.var(dim={d}, unbiased=False)
{x}.std({d})
torch.cumsum({x}, dim={d})
{x}.argmax(dim={d}).float()
{x}.topk(1, dim={d}) # x, y
{x}.pow(2).sum({d}).sqrt()
torch.sort({x}, dim={d})[0]
torch.bmm({x3}, {x3}.transpose(1, 2))
torch.matmul({x}, {x}.transpose(-1, -2))
{x} @ {x}.transpose(-2, -1)
torch.matmul({x}, torch.ones({e}, {o}))
torch.mm({x2}, {x2}.t())
torch.einsum("bij,bjk->bik", {x3}, {x3}.transpose(1, 2))
torch.einsum("nchw,nkhw->nck", {x4}, {x4})
torch.einsum("...i,ij->...j", {x}, torch.ones({e}, {o}))
torch.baddbmm({x3} @ {x3}.mT, {x3}, {x3}.mT)
torch.cdist({x3}, {x3})
{x}.repeat(*[1] * {x}.dim())
{x2}.repeat(1, {z})
{x4}.repeat(1, {o1}, 1, 1)
{x2}.unsqueeze(1).expand(-1, {z}, -1)
{x2}.unsqueeze(2).unsqueeze(3).expand({x2}.size(0), {x2}.size(1), {z}, {z})
{x}.expand_as({x})
{x}.repeat_interleave({o1}, dim={d})
torch.roll({x}, shifts=1, dims={d})
{x}.flip({d})
torch.flip({x}, [1])
{x}.tril()
torch.gather({x}, 1, {x}.argmax(1, keepdim=True))
torch.index_select({x}, 1, torch.tensor([0]))
{x}.select({d}, 0)
{x}.narrow({d}, 0, 1)
{x}.unfold({d}, {o1}, 1)
{x}.detach().clone()
{x}.to(torch.float32).float()
{x}.type(torch.float)
{x}.new_zeros({x}.shape) + {x}
torch.ones_like({x}) * {x}
shuffled({x4}, {g})
self.helper({x})
{x}.view(*{x}.shape[:1], -1)
{x}.view({x}.size(0), self.features({x}))
{x}.relu_()
{x}.mul_(2)
"""
PLAIN = ("ReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "GELU", "SiLU", "Mish", "Sigmoid", "Tanh", "Softplus", "Hardtanh", "Hardswish", "PReLU")
FUNCTIONAL = ("relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "sigmoid", "tanh", "softplus", "hardswish", "logsigmoid", "mish")
METHODS = ("relu", "sigmoid", "tanh", "abs", "exp", "sqrt", "neg", "sin", "log1p", "contiguous", "float", "clone", "detach", "square")
ROWS = [*[(True, row) for row in MODULES.strip().splitlines() * 3], *[(False, row) for row in FUNCTIONS.strip().splitlines()]]
#: Sizes of tensors in a module's arguments, which `__init__` has as numbers.
_SIZES = re.compile(r"x\d*\.(?:size\(\d\)|shape\[[^]]*\])")
#: No tensor of a program has more values.
LARGEST = 30_000
HELPERS = '''
    def helper(self, x):
        if x.dim() > 2 and self.flag:
            return x.mean(-1)
        return F.relu(x, inplace=False)

    def features(self, x):
        n = 1
        for s in x.size()[1:]:
            n *= s
        return n
'''
_CODE = compile(BLOCKS + "\nclass Net(nn.Module):\n    flag = True\n" + HELPERS, "blocks", "exec")


class Program(NamedTuple):
    """A program, the shapes of its input and of all that `forward` returns, its parameters, and its failing lines."""

    source: str
    input: tuple[int, ...]
    integers: bool
    shapes: list[tuple[int, ...]]
    parameters: int
    failing: tuple[int, ...]


class _Fields(dict[str, Any]):
    """The fields of one row."""

    def __init__(self, rng: random.Random, tensors: dict[str, Any]):
        self.rng, self.tensors = rng, tensors
        self.x = ""

    def __missing__(self, key: str) -> Any:
        value = getattr(self, f"_{key}", None)
        made = value() if value else self._plain(key)
        if key in ("g", "h", "o", "o1", "n"):
            self[key] = made
        return made

    def _pick(self, rank: int | None) -> str:
        names = [name for name, t in self.tensors.items() if (t.dim() == rank if rank else t.dim())]
        if not names:
            raise LookupError
        latest = names[-1] if self.rng.random() < 0.6 else self.rng.choice(names)
        self.x = latest
        return latest

    def _x(self) -> str:
        self["x"] = self._pick(None)
        return self.x

    def __getattr__(self, name: str) -> Any:
        if name in ("_x2", "_x3", "_x4", "_x5"):
            def found() -> str:
                self[name[1:]] = self._pick(int(name[2]))
                return self.x
            return found
        raise AttributeError(name)

    def shape(self) -> list[int]:
        if not self.x:  # a module's arguments come before its tensor
            raise KeyError
        return list(self.tensors[self.x].shape)

    def _y(self) -> str:
        rank = len(self.shape())
        names = [name for name, t in self.tensors.items() if t.dim() == rank]
        same = [name for name in names if list(self.tensors[name].shape) == self.shape()]
        return self.rng.choice(same if self.rng.random() < 0.7 else names)

    def _c(self) -> int:
        shape = self.shape()
        return max(1, shape[1 if len(shape) > 1 else 0] + (self.rng.choice((-1, 1)) if self.rng.random() < 0.01 else 0))

    def _e(self) -> int:
        shape = self.shape()
        return max(1, (shape[-1] if shape else 1) + (self.rng.choice((-1, 1)) if self.rng.random() < 0.01 else 0))

    def _d(self) -> int:
        rank = len(self.shape())
        return self.rng.randint(-rank, rank - 1) if rank and self.rng.random() < 0.98 else rank

    def _divisor(self, n: int) -> int:
        return self.rng.choice([m for m in range(1, n + 1) if n % m == 0])

    def _g(self) -> int:
        return self._divisor(self._c())

    def _h(self) -> int:
        return self._divisor(self._e())

    def _pads(self) -> str:
        return str(tuple([self.rng.randint(-1, 2) for _ in range(4)]))

    def _plain(self, key: str) -> Any:
        rng = self.rng
        each = {"k": (1, 4), "s": (1, 3), "p": (0, 2), "j": (1, 2), "j0": (0, 1)}
        base = key.rstrip("13")
        if base in each and key not in ("j0",):
            low, high = each[base]
            n = {"1": 1, "3": 3}.get(key[-1], 2)
            one = rng.randint(low, high)
            return one if n == 1 or rng.random() < 0.7 else tuple([rng.randint(low, high) for _ in range(n)])
        return {
            "j0": lambda: rng.randint(0, 1), "o": lambda: rng.randint(1, 8), "o1": lambda: rng.randint(1, 3), "b": lambda: rng.random() < 0.5,
            "z": lambda: rng.randint(1, 4), "n": lambda: rng.randint(2, 9), "f": lambda: rng.choice((2, 2, 3, 0.5, 1.5)),
            "layers": lambda: rng.randint(1, 3), "same": lambda: rng.choice(('"same"', '"valid"')), "drop": lambda: rng.choice((0.1, 0.5)),
            "mode": lambda: rng.choice(('"zeros"', '"reflect"', '"replicate"', '"circular"')), "act": lambda: rng.choice(PLAIN),
            "fact": lambda: rng.choice(FUNCTIONAL), "mact": lambda: rng.choice(METHODS),
        }[key]()


class _Writer:
    """One program while it is written."""

    def __init__(self, seed: int, length: int, rows: list[tuple[bool, str]]):
        self.rng = rng = random.Random(seed)
        self.rows = rows
        warnings.simplefilter("ignore")
        torch.manual_seed(seed)
        rank = rng.choice((1, 2, 2, 2, 2, 2, 3, 4))
        shape = [rng.randint(2, 4), rng.randint(1, 8), *[rng.randint(3, 20 if rank < 4 else 6) for _ in range(max(0, rank - (rank > 2) - (rank > 3) ))]]
        if rank == 4:
            shape = [2, rng.randint(1, 3), *[rng.randint(3, 7) for _ in range(3)]]
        self.shape = tuple(shape)
        self.space: dict[str, Any] = {}
        exec(_CODE, self.space)
        self.net = self.space["Net"]().eval()
        self.space["self"] = self.net
        self.tensors: dict[str, Any] = {"x": torch.rand(self.shape)}
        self.init: list[str] = []
        self.body: list[str] = []
        self.modules, self.count = 0, 1
        self.failed = 0
        for _ in range(rng.randint(2, length)):
            if not self.statement():
                break

    def statement(self) -> bool:
        """Write one more; False if PyTorch refuses it."""
        for _ in range(40):
            at, row = self.rng.choice(self.rows)
            row, _, names = row.partition(" # ")
            built, _, call = row.rpartition(" @ ") if at else ("", "", row)
            fields = _Fields(self.rng, self.tensors)
            try:
                text = call.format_map(fields)
                module = _SIZES.sub(lambda match: str(eval(match[0], dict(self.tensors))).removeprefix("torch.Size(").rstrip(")"), built.format_map(fields))
            except (LookupError, KeyError, IndexError, ValueError):
                continue
            init = f"self.m{self.modules} = {module}" if at else ""
            if at and call.startswith("loop "):
                x = text[5:]
                body = f"x{self.count} = {x}\n        for layer in self.m{self.modules}:\n            x{self.count} = F.relu(layer(x{self.count}))"
                targets = [f"x{self.count}"]
            else:
                targets = [f"x{self.count + i}" for i in range(max(1, names.count(",") + 1 if names != "list" else 1))]
                value = f"self.m{self.modules}({text})" if at else text
                left = ", ".join(targets)
                if names == "x, (h, c)":
                    left = f"{targets[0]}, ({targets[1]}, {targets[2]})"
                body = f"{left} = {value}" + ("[-1]" if names == "list" else "")
            made = self.tried(init, body, targets)
            self.count += len(targets)
            if made is None or (made == "refused" and self.rng.random() < 0.8):
                continue
            self.modules += bool(at)
            self.init += [init] * bool(at)
            self.body.append(body)
            if made == "refused":
                self.failed = len(self.body)
                return False
            return True
        return True

    def tried(self, init: str, body: str, targets: list[str]) -> Any:
        """The new tensors; "refused" where PyTorch raises; None for what has no rule (too large, no tensor, ...)."""
        name = init.partition(" = ")[0].removeprefix("self.")
        space = {**self.space, **self.tensors}
        before = {key: t.clone() for key, t in self.tensors.items()} if "_(" in body else {}
        try:
            with torch.no_grad():
                exec(init, space)
                self.net.eval()
                exec(body.replace("\n        ", "\n"), space)
        except (RuntimeError, ValueError, IndexError, AssertionError, TypeError, NotImplementedError, ZeroDivisionError) as error:
            self.net._modules.pop(name, None)
            self.tensors.update(before)
            return "refused" if "view size is not compatible" not in str(error) else None
        made = {key: space[key] for key in targets if isinstance(space[key], torch.Tensor) and space[key].is_floating_point()}
        if not made or any(t.numel() > LARGEST or t.numel() == 0 for t in made.values()):
            self.net._modules.pop(name, None)
            self.tensors.update(before)
            return None
        self.tensors.update(made)
        return made

    def program(self) -> Program:
        lines = [*BLOCKS.splitlines(), "class Net(nn.Module):", "    flag = True", "", "    def __init__(self):", "        super().__init__()"]
        place = {}
        shown = self.init or ["pass"]
        for i, line in enumerate(shown):
            lines.append(f"        {line}")
            place[i] = len(lines)
        lines += [*HELPERS.splitlines(), "", "    def forward(self, x):"]
        failing: list[int] = []
        for i, line in enumerate(self.body, 1):
            for part in line.split("\n"):
                lines.append(f"        {part.removeprefix('        ')}" if not part.startswith("            ") else part)
            if i == self.failed:
                failing.append(len(lines))
        if self.failed and self.init:
            failing.append(place[len(self.init) - 1])
        names = [key for key in self.tensors if key != "x"]
        lines.append(f"        return [{', '.join(names)}]")
        shapes = [tuple(self.tensors[key].shape) for key in names]
        parameters = sum([p.numel() for p in self.net.parameters() if not isinstance(p, torch.nn.UninitializedParameter)])
        return Program("\n".join(lines) + "\n", self.shape, False, shapes, parameters, tuple(failing))


def program(seed: int, length: int = 8, without: tuple[str, ...] = ()) -> Program:
    """The program of a number, of rows in which none of some words occurs."""
    rows = [row for row in ROWS if not any(word in row[1] for word in without)] if without else ROWS
    return _Writer(seed, length, rows).program()
