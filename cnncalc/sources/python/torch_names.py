"""The names of PyTorch, and of the libraries that are used with it, as tables."""

from __future__ import annotations

import math
from collections.abc import Callable

from ...layers.base import Weight
from ...num import product
from .classes import Class
from .functions import Function
from .interpreter import Interpreter, Unknown
from .limits import PATIENCE
from .scopes import Value
from .torch_containers import prepare
from .torch_modules import module_class
from .torch_objects import Parameter, TorchModule, TorchTensor, Word
from .torch_session import session
from .torch_tensors import function, named_kind, tensor_of, unknown_in
from .values import Method, Module, Native, nothing, same


def _sizes(run: Interpreter, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    size = kwargs.get("size", args[0] if len(args) == 1 and isinstance(args[0], (tuple, list)) else args)
    return tuple(size) if isinstance(size, (tuple, list)) else size


def _sized(name: str) -> Callable[..., Value]:
    def call(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
        size = _sizes(run, args, kwargs)
        unknown = unknown_in([size])
        if unknown is not None:
            return unknown.derived(run)
        if any(not isinstance(n, int) for n in size):
            size = tuple([n.values if isinstance(n, TorchTensor) else n for n in size])
        if any(not isinstance(n, int) for n in size):
            raise run.error("TypeError", f"{name}(): argument 'size' must be tuple of ints")
        return TorchTensor(size)

    return call


def _full(run: Interpreter, size: Value, *_: Value, **__: Value) -> Value:
    return _sized("full")(run, size)


def _arange(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
    numbers = [arg.values if isinstance(arg, TorchTensor) else arg for arg in (*args, *[kwargs[k] for k in ("start", "end", "step") if k in kwargs])]
    unknown = unknown_in(numbers)
    if unknown is not None:
        return unknown.derived(run)
    if not all(isinstance(n, (int, float)) for n in numbers):
        return run.unknown("a range of numbers that are not known")
    start, end, step = [0, numbers[0], 1] if len(numbers) == 1 else [*numbers, 1][:3]
    n = max(0, math.ceil((end - start) / step)) if not hasattr(end, "share") or end.size is not None else end
    values = [start + i * step for i in range(n)] if isinstance(n, int) and not hasattr(n, "share") and n <= 10_000 else None
    return TorchTensor((n,), dtype="int64" if all(isinstance(v, int) for v in (start, step)) else "float32", values=values)


def _linspace(run: Interpreter, start: Value = 0, end: Value = 1, steps: Value = 100, **_: Value) -> Value:
    if isinstance(steps, Unknown):
        return steps.derived(run)
    known = isinstance(start, (int, float)) and isinstance(end, (int, float)) and steps <= 10_000
    values = [start + (end - start) * i / max(1, steps - 1) for i in range(steps)] if known else [0.1] * steps
    return TorchTensor((steps,), values=values)


def _randint(run: Interpreter, *args: Value, size: Value = None, **_: Value) -> Value:
    sizes = size if size is not None else next((arg for arg in args if isinstance(arg, (tuple, list))), None)
    made = _sized("randint")(run, sizes) if sizes is not None else run.unknown("a random tensor")
    if isinstance(made, TorchTensor):
        made.dtype = "int64"
    return made


def _eye(run: Interpreter, n: Value, m: Value = None, **_: Value) -> Value:
    return _sized("eye")(run, n, n if not isinstance(m, int) else m)


def _diff(run: Interpreter, x: Value, *_: Value, **__: Value) -> Value:
    if isinstance(x, TorchTensor) and isinstance(x.values, list):
        values = [b - a for a, b in zip(x.values, x.values[1:])]
        return TorchTensor((len(values),), dtype=x.dtype, values=values)
    return run.unknown("the values of a tensor")


def _tensor(run: Interpreter, data: Value = (), *sizes: Value, **_: Value) -> Value:
    return tensor_of(run, data)


def _of_sizes_or_data(dtype: str) -> Callable[..., Value]:
    def call(run: Interpreter, *args: Value, **_: Value) -> Value:
        made = tensor_of(run, args[0]) if len(args) == 1 and not isinstance(args[0], int) else _sized("Tensor")(run, *args)
        if isinstance(made, TorchTensor):
            made.dtype = dtype
        return made

    return call


def _decorator(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
    if len(args) == 1 and isinstance(args[0], (Function, Class, Method, Native)):
        return args[0]
    return Word("decorator")


def _is_tensor(run: Interpreter, value: Value) -> Value:
    return value if isinstance(value, Unknown) else isinstance(value, TorchTensor)


def _numel(run: Interpreter, value: Value) -> Value:
    return product(value.shape) if isinstance(value, TorchTensor) else run.unknown("the size of a tensor")


def _assert(run: Interpreter, condition: Value, message: Value = "") -> None:
    truth = run.truth(condition)
    if truth is False:
        raise run.error("AssertionError", message)


def _parameter(run: Interpreter, data: Value = None, requires_grad: Value = True) -> Value:
    if isinstance(data, Unknown):
        session(run).uncounted.append(f"the size of a parameter is not known, so that it is not counted: {run.place()}")
        return data.derived(run)
    if data is None:
        return Parameter((0,))
    made = tensor_of(run, data)
    return Parameter(made.shape, requires_grad is not False) if isinstance(made, TorchTensor) else made


def _split_like(run: Interpreter, *tensors: Value, **_: Value) -> Value:
    found = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    return tuple(found)


#: torch's functions that are not rules of shapes.
_TORCH: dict[str, Value] = {
    **{name: _sized(name) for name in ("zeros", "ones", "empty", "rand", "randn")},
    "full": _full, "arange": _arange, "linspace": _linspace, "logspace": _linspace, "randint": _randint, "eye": _eye, "tensor": _tensor,
    "as_tensor": _tensor, "from_numpy": _tensor, "randperm": _arange, "FloatTensor": _of_sizes_or_data("float32"),
    "Tensor": _of_sizes_or_data("float32"), "LongTensor": _of_sizes_or_data("int64"), "IntTensor": _of_sizes_or_data("int64"),
    "BoolTensor": _of_sizes_or_data("bool"), "DoubleTensor": _of_sizes_or_data("float32"), "normal": same, "diff": _diff, "numel": _numel, "is_tensor": _is_tensor,
    "manual_seed": nothing, "set_grad_enabled": lambda run, *_: Word("no_grad"), "save": nothing, "compile": same,
    "is_grad_enabled": lambda run: False, "_assert": _assert, "broadcast_tensors": _split_like, "set_default_dtype": nothing,
    "set_num_threads": nothing, "unique": lambda run, x, **_: TorchTensor((None,)), "nonzero": lambda run, x, **_: TorchTensor((None, len(x.shape))),
}
_DECORATORS = ("no_grad", "enable_grad", "inference_mode", "autocast", "device", "set_default_tensor_type")


def torch_function(run: Interpreter, name: str) -> Value:
    """A function of torch or of torch.nn.functional."""
    if name.startswith("torch.") and name[6:] in _TORCH:
        return Native(name, _TORCH[name[6:]])
    if named_kind(name) is not None:
        return Native(name, lambda run, *args, **kwargs: function(run, name, list(args), kwargs))
    return None


def _functional(run: Interpreter, name: str) -> Value:
    if name in ("upsample_nearest",):
        return Native(name, lambda run, x, size=None, scale_factor=None: function(run, "F.interpolate", [x, size, scale_factor], {}))
    if name in ("multi_head_attention_forward",):
        return None
    return torch_function(run, f"F.{name}") or torch_function(run, f"torch.{name}")


def _data_parallel(run: Interpreter, module: Value = None, *_: Value, **__: Value) -> Value:
    return module


def _nn(run: Interpreter, name: str) -> Value:
    prepare(run)
    if name in ("DataParallel", "parallel.DataParallel"):
        return Native(name, _data_parallel)
    if name in ("Parameter", "UninitializedParameter"):
        return _PARAMETER
    if name in _NN_MODULES:
        return torch_module(run, f"torch.nn.{name}")
    found = module_class(run, name)
    if found is not None:
        return found
    return Word(name) if name[:1].isupper() else None


#: Steps that a program may take for each weight that it sets.
STEPS_PER_WEIGHT = 80
_NN_MODULES = ("functional", "init", "utils", "modules", "parallel", "parameter", "quantized", "qat", "attention", "common_types")
_PARAMETER = Class("Parameter", (), made=lambda run, cls, args, kwargs: run.native("Parameter", _parameter, args, kwargs))
_PARAMETER.holds = lambda value: isinstance(value, Parameter)
_TENSOR = Class("Tensor", (), made=lambda run, cls, args, kwargs: run.native("Tensor", _TORCH["Tensor"], args, kwargs))
_TENSOR.holds = lambda value: isinstance(value, TorchTensor)


def _torch(run: Interpreter, name: str) -> Value:
    prepare(run)
    if name in ("nn", "optim", "utils", "autograd", "cuda", "backends", "jit", "hub", "distributed", "fx", "special", "linalg", "fft", "amp", "onnx",
                "functional", "random", "mps", "ao", "quantization", "profiler", "version"):
        return torch_module(run, f"torch.{name}")
    if name == "Tensor":
        return _TENSOR
    if name == "Size":
        return Native("Size", lambda run, value=(): tuple(value))
    if name in _DECORATORS:
        return Word(name)
    found = torch_function(run, f"torch.{name}")
    if found is not None:
        return found
    if name == "load":
        return None
    if name in ("float", "float32", "float64", "float16", "half", "double", "long", "int", "int64", "int32", "int8", "uint8", "int16", "bool", "bfloat16",
                "dtype", "device", "__version__", "strided", "channels_last", "contiguous_format", "complex64"):
        return "2.13.0" if name == "__version__" else Word(f"torch.{name}")
    return "inf" if name == "_inf" else float("inf") if name == "inf" else 3.141592653589793 if name == "pi" else None


def _normed(run: Interpreter, module: Value = None, name: Value = "weight", n_power_iterations: Value = 1, dim: Value = 0, *_: Value, **__: Value) -> Value:
    """weight_norm: the weight as a direction and a length for each output."""
    if isinstance(module, TorchModule) and module.layer is not None and isinstance(name, str):
        found = module.own_parameters()
        weight = found.get(name)
        if weight is not None:
            length = Parameter((weight.shape[0], *[1] * (len(weight.shape) - 1)))
            module.extra[f"{name}_g"] = length
            module.layer = module.layer.replaced(key=None, more=(Weight(f"{name}_g", tuple(length.shape)),))
    return module


def _cuda(run: Interpreter, name: str) -> Value:
    return Native(name, lambda run, *_, **__: False if name == "is_available" else 0)


def _of_words(run: Interpreter, name: str) -> Value:
    return Word(name)


def _init_function(run: Interpreter, name: str) -> Value:
    if name == "calculate_gain":
        return Native(name, lambda run, *_, **__: 1.0)
    return Native(name, _initialized)


def _initialized(run: Interpreter, tensor: Value = None, *_: Value, **__: Value) -> Value:
    """The weights as they are; a loop over all modules that sets them may take its steps."""
    run.patience = min(PATIENCE, run.patience + STEPS_PER_WEIGHT)
    return tensor


def _utils(run: Interpreter, name: str) -> Value:
    if name == "weight_norm":
        return Native(name, _normed)
    if name in ("spectral_norm", "remove_weight_norm", "prune"):
        return Native(name, same)
    if name in ("rnn", "parametrizations", "parametrize", "data", "checkpoint", "model_zoo", "tensorboard", "clip_grad", "fusion", "stateless"):
        return torch_module(run, f"torch.utils.{name}")
    return Word(name)


def _packed(run: Interpreter, input: Value = None, *_: Value, **__: Value) -> Value:
    return input


def _rnn(run: Interpreter, name: str) -> Value:
    if name == "pack_padded_sequence":
        return Native(name, _packed)
    if name == "pad_packed_sequence":
        return Native(name, lambda run, x=None, *_, **__: (x, run.unknown("lengths of sequences")))
    return run.unknown(f"torch.nn.utils.rnn.{name} is not read")


def _checkpoint(run: Interpreter, name: str) -> Value:
    def call(run: Interpreter, function: Value, *args: Value, **_: Value) -> Value:
        return run.call(function, list(args), {})

    def sequential(run: Interpreter, functions: Value, segments: Value, *args: Value, **_: Value) -> Value:
        value: Value = args[0] if args else None
        for item in run.listed(functions):
            value = run.call(item, [value], {})
        return value

    return Native(name, sequential if name == "checkpoint_sequential" else call) if name.startswith("checkpoint") else Word(name)


def _autograd(run: Interpreter, name: str) -> Value:
    if name == "Variable":
        return Native(name, same)
    return Word(name) if name != "variable" else torch_module(run, "torch.autograd")


def _jit(run: Interpreter, name: str) -> Value:
    if name in ("is_scripting", "is_tracing"):
        return Native(name, lambda run: False)
    if name == "annotate":
        return Native(name, lambda run, _, value: value)
    return Native(name, _decorator) if name in ("script", "ignore", "unused", "export", "script_method", "interface", "script_if_tracing") else Word(name)


def _hub(run: Interpreter, name: str) -> Value:
    """torch.hub: its `load` knows torchvision's networks."""
    def load(run: Interpreter, repository: Value = "", model: Value = "", *args: Value, **kwargs: Value) -> Value:
        from .torch_models import bundled  # lazy: few programs load from the hub

        found = bundled(run, model) if isinstance(repository, str) and repository.startswith("pytorch/vision") and isinstance(model, str) else None
        for word in ("source", "trust_repo", "force_reload", "verbose", "skip_validation"):
            kwargs.pop(word, None)
        return run.unknown(f"torch.hub.load({repository!r}, {model!r}) is not read") if found is None else run.call(found, list(args), kwargs)

    return Native(name, load) if name == "load" else Word(name)


def _linalg(run: Interpreter, name: str) -> Value:
    if name in ("norm", "vector_norm", "matrix_norm"):
        return Native(name, lambda run, x, *args, **kwargs: function(run, "torch.norm", [x, *args], kwargs))
    return torch_function(run, f"torch.{name}")


#: Modules by their dotted names; the last part that is known decides.
_TABLES: dict[str, Callable[..., Value]] = {
    "torch": _torch, "torch.nn": _nn, "torch.nn.modules": _nn, "torch.nn.functional": _functional, "torch.nn.init": _init_function, "torch.nn.utils": _utils,
    "torch.nn.utils.rnn": _rnn, "torch.utils.rnn": _rnn, "torch.nn.parameter": _nn, "torch.nn.parallel": _nn, "torch.optim": _of_words,
    "torch.utils": _utils, "torch.utils.data": _of_words, "torch.utils.checkpoint": _checkpoint, "torch.utils.model_zoo": _of_words,
    "torch.nn.utils.parametrizations": _utils, "torch.utils.parametrizations": _utils, "torch.autograd": _autograd, "torch.cuda": _cuda,
    "torch.jit": _jit, "torch.linalg": _linalg, "torch.hub": _hub, "torch.functional": _torch, "torch.special": _torch,
    "torch.backends": _of_words, "torch.distributed": _cuda, "torch.amp": _of_words, "torch.fft": _of_words, "torch.onnx": _of_words,
}


def torch_module(run: Interpreter, name: str) -> Module | None:
    """A module of PyTorch's by its dotted name."""
    known = session(run).modules
    if name not in known:
        at = name
        while at not in _TABLES and "." in at:
            at = at.rpartition(".")[0] if not at.startswith("torch.nn.modules.") else "torch.nn.modules"
        find = _TABLES.get(at)
        if find is None:
            return None
        made = known[name] = Module(name, find=find)
        made.everything = lambda run: _everything(run, at)
    return known[name]  # type: ignore[no-any-return]


def _everything(run: Interpreter, name: str) -> dict[str, Value]:
    """What `from torch.nn import *` brings."""
    from ...pytorch.functions import rules  # lazy: few programs import everything
    from ...pytorch.registry import MODULES  # lazy: as above

    if name in ("torch.nn", "torch.nn.modules"):
        words = [kind.partition(".")[2] for kind in MODULES.everything() if kind.startswith("nn.")]
        return {word: _nn(run, word) for word in (*words, "Module", "Sequential", "ModuleList", "ModuleDict", "Parameter", "functional", "init")}
    owner = {"torch.nn.functional": "F.", "torch": "torch."}.get(name)
    return {} if owner is None else {word[len(owner):]: torch_function(run, word) for word in rules() if word.startswith(owner)}
