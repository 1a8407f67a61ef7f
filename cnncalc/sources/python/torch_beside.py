"""Libraries that are used with PyTorch: torchvision, timm, einops, torchsummary."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .classes import Class
from .interpreter import Interpreter, Unknown
from .scopes import Value
from .text import SourceText
from .torch_containers import prepare
from .torch_models import bundled, read_source, submodule
from .torch_names import torch_module
from .torch_objects import TorchModule, TorchTensor, Word
from .torch_session import session
from .values import Module, Native

#: Modules and functions of torchvision.ops and timm as programs would write them; read like any other source.
SOURCE = '''
import torch
from torch import nn
from torch.nn import functional as F
from functools import partial
import collections.abc


class StochasticDepth(nn.Module):
    def __init__(self, p, mode="row"):
        super().__init__()
        self.p, self.mode = p, mode

    def forward(self, input):
        return input


class DropPath(nn.Module):
    def __init__(self, drop_prob=0.0, scale_by_keep=True):
        super().__init__()
        self.drop_prob = drop_prob

    def forward(self, x):
        return x


class ConvNormActivation(nn.Sequential):
    def __init__(self, in_channels, out_channels, kernel_size=3, stride=1, padding=None, groups=1, norm_layer=nn.BatchNorm2d,
                 activation_layer=nn.ReLU, dilation=1, inplace=True, bias=None, conv_layer=nn.Conv2d):
        if padding is None:
            if isinstance(kernel_size, int) and isinstance(dilation, int):
                padding = (kernel_size - 1) // 2 * dilation
            else:
                n = len(kernel_size) if isinstance(kernel_size, (tuple, list)) else len(dilation)
                sizes = kernel_size if isinstance(kernel_size, (tuple, list)) else (kernel_size,) * n
                spread = dilation if isinstance(dilation, (tuple, list)) else (dilation,) * n
                padding = tuple((sizes[i] - 1) // 2 * spread[i] for i in range(n))
        if bias is None:
            bias = norm_layer is None
        layers = [conv_layer(in_channels, out_channels, kernel_size, stride, padding, dilation=dilation, groups=groups, bias=bias)]
        if norm_layer is not None:
            layers.append(norm_layer(out_channels))
        if activation_layer is not None:
            params = {} if inplace is None else {"inplace": inplace}
            layers.append(activation_layer(**params))
        super().__init__(*layers)
        self.out_channels = out_channels


class Conv2dNormActivation(ConvNormActivation):
    pass


class Conv3dNormActivation(ConvNormActivation):
    def __init__(self, in_channels, out_channels, kernel_size=3, stride=1, padding=None, groups=1, norm_layer=nn.BatchNorm3d,
                 activation_layer=nn.ReLU, dilation=1, inplace=True, bias=None):
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, groups, norm_layer, activation_layer, dilation, inplace, bias,
                         nn.Conv3d)


class SqueezeExcitation(nn.Module):
    def __init__(self, input_channels, squeeze_channels, activation=nn.ReLU, scale_activation=nn.Sigmoid):
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation = activation()
        self.scale_activation = scale_activation()

    def _scale(self, input):
        scale = self.avgpool(input)
        scale = self.fc1(scale)
        scale = self.activation(scale)
        scale = self.fc2(scale)
        return self.scale_activation(scale)

    def forward(self, input):
        scale = self._scale(input)
        return scale * input


class MLP(nn.Sequential):
    def __init__(self, in_channels, hidden_channels, norm_layer=None, activation_layer=nn.ReLU, inplace=None, bias=True, dropout=0.0):
        params = {} if inplace is None else {"inplace": inplace}
        layers = []
        in_dim = in_channels
        for hidden_dim in hidden_channels[:-1]:
            layers.append(nn.Linear(in_dim, hidden_dim, bias=bias))
            if norm_layer is not None:
                layers.append(norm_layer(hidden_dim))
            layers.append(activation_layer(**params))
            layers.append(nn.Dropout(dropout, **params))
            in_dim = hidden_dim
        layers.append(nn.Linear(in_dim, hidden_channels[-1], bias=bias))
        layers.append(nn.Dropout(dropout, **params))
        super().__init__(*layers)


class Permute(nn.Module):
    def __init__(self, dims):
        super().__init__()
        self.dims = dims

    def forward(self, x):
        return torch.permute(x, self.dims)


class FrozenBatchNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5):
        super().__init__()

    def forward(self, x):
        return x


class IntermediateLayerGetter(nn.ModuleDict):
    def __init__(self, model, return_layers):
        layers = {}
        left = dict(return_layers)
        for name, module in model.named_children():
            layers[name] = module
            left.pop(name, None)
            if not left:
                break
        super().__init__(layers)
        self.return_layers = return_layers

    def forward(self, x):
        out = {}
        for name, module in self.items():
            x = module(x)
            if name in self.return_layers:
                out[self.return_layers[name]] = x
        return out


def stochastic_depth(input, p, mode, training=True):
    return input


def drop_path(x, drop_prob=0.0, training=False):
    return x


def make_divisible(v, divisor=8, min_value=None, round_limit=0.9):
    new_v = max(min_value or divisor, int(v + divisor / 2) // divisor * divisor)
    if new_v < round_limit * v:
        new_v += divisor
    return new_v


def _make_divisible(v, divisor, min_value=None):
    return make_divisible(v, divisor, min_value)


def to_2tuple(x):
    return x if isinstance(x, (tuple, list)) else (x, x)


def _ntuple(n):
    return lambda x: x if isinstance(x, (tuple, list)) else (x,) * n


def trunc_normal_(tensor, mean=0.0, std=1.0, a=-2.0, b=2.0):
    return tensor
'''


def _source(run: Interpreter) -> dict[str, Value]:
    """The names that the source above defines."""
    known = session(run).beside
    if known is None:
        known = session(run).beside = read_source(run, SourceText("torchvision", SOURCE))
    return known


def _named(run: Interpreter, name: str) -> Value:
    found = _source(run)
    if name in found and name not in ("torch", "nn", "F", "partial", "collections"):
        return found[name]
    if name in ("nn", "functional"):
        return torch_module(run, f"torch.{name}")
    return None


def neighbor(run: Interpreter, parts: list[str]) -> Module | None:
    """A file next to one of torchvision's, which is read on its own."""
    if "ops" in parts:
        return _module(run, "torchvision.ops", _ops)
    if parts[-1] in ("_utils", "utils", "drop", "helpers", "weight_init", "layers"):
        return _module(run, parts[-1], lambda run, name: _named(run, name) or run.unknown(f"{name} is imported from a file that is not here"))
    return None


def _vision(run: Interpreter, name: str) -> Value:
    if name == "models":
        return _module(run, "torchvision.models", _models)
    if name == "ops":
        return _module(run, "torchvision.ops", _ops)
    return _module(run, f"torchvision.{name}", lambda run, word: Word(word))


def _models(run: Interpreter, name: str) -> Value:
    found = bundled(run, name)
    if found is not None:
        return found
    return run.unknown(f"torchvision.models.{name} is not read")


def _ops(run: Interpreter, name: str) -> Value:
    if name in ("misc", "stochastic_depth", "layers"):
        made = _module(run, f"torchvision.ops.{name}", _ops)
        if name == "stochastic_depth":
            made.call = lambda run, args, kwargs: args[0]  # type: ignore[method-assign]
        return made
    return _named(run, name) or run.unknown(f"torchvision.ops.{name} is not read")


def _timm(run: Interpreter, name: str) -> Value:
    found = _named(run, name)
    if found is not None:
        return found
    if name in ("models", "layers", "data", "helpers", "registry", "vision_transformer"):
        return _module(run, f"timm.{name}", _timm)
    if name == "register_model":
        return Native(name, lambda run, function: function)
    return run.unknown(f"timm's {name} is not read")


def _einops(run: Interpreter, name: str) -> Value:
    from .torch_einops import einops_name  # lazy: few programs use einops

    return einops_name(run, name)


def _summary(run: Interpreter, name: str) -> Value:
    def call(run: Interpreter, model: Value = None, size: Value = None, *args: Value, input_size: Value = None, **kwargs: Value) -> Value:
        """summary(net, (3, 32, 32)) shows the size of an input."""
        given = input_size if input_size is not None else size
        if isinstance(model, TorchModule) and isinstance(given, (tuple, list)) and given and not unknown(given):
            shapes = given if isinstance(given[0], (tuple, list)) else [given]
            batched = input_size is not None or name == "profile"
            made = [TorchTensor(shape if batched else (1, *shape)) for shape in shapes]
            session(run).seen.append((model, made, run.place()))
        return None

    return Native(name, call)


def unknown(values: Iterable[Value]) -> bool:
    return any(isinstance(v, Unknown) or (isinstance(v, (tuple, list)) and unknown(v)) for v in values)


def _lightning(run: Interpreter, name: str) -> Value:
    prepare(run)
    if name == "LightningModule":
        known = session(run).classes
        if name not in known:
            known[name] = Class(name, (known["Module"],), {
                "save_hyperparameters": Native("save_hyperparameters", lambda run, *_, **__: None),
                "log": Native("log", lambda run, *_, **__: None)})
        return known[name]
    return Word(name)


def _module(run: Interpreter, name: str, find: Callable[[Interpreter, str], Value]) -> Module:
    return Module(name, find=find)


_TABLES = {"torchvision": _vision, "timm": _timm, "einops": _einops, "torchsummary": _summary, "torchinfo": _summary,
           "pytorch_lightning": _lightning, "lightning": _lightning}


def beside(run: Interpreter, name: str) -> Module | None:
    """A module of one of these libraries by its dotted name."""
    prepare(run)
    first, *rest = name.split(".")
    if first == "torchvision" and rest[:1] == ["models"] and len(rest) > 1:
        return submodule(rest[1]) or _module(run, name, _models)
    if first == "torchvision" and rest:
        found = {"models": _models, "ops": _ops}.get(rest[0])
        return _module(run, name, found or (lambda run, word: Word(word)))
    if first == "einops" and rest:
        return _module(run, name, _einops)
    find = _TABLES.get(first)
    return _module(run, name, find or (lambda run, word: Word(word)))
