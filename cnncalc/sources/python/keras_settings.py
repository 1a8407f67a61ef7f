"""From the arguments of a call in Keras code to the settings of a layer: values, old spellings, positions."""

from __future__ import annotations

import ast

from ...activations import ACTIVATIONS
from ...errors import CnncalcError, SpecError, SpecErrors, shown
from ...graph import snake_case
from ...layers import Layer
from ...layers.construct import Sub
from ...layers.settings import Activation, Kept
from .classes import Class, Instance
from .functions import Function
from .interpreter import Interpreter, Object, Size, Unknown
from .keras_graph import nested
from .keras_objects import KerasLayer, Tensor, failure
from .scopes import Value
from .text import Place
from .values import Method, Native

#: Arguments that every layer takes, and that are no settings.
COMMON = ("name", "trainable", "dtype", "input_shape", "batch_input_shape", "input_dim", "input_length", "batch_size", "weights",
          "autocast", "dynamic", "activity_regularizer", "kwargs")
#: Older names of arguments: of any layer that has the newer one.
OLD = {
    "nb_filter": "filters", "nb_filters": "filters", "border_mode": "padding", "subsample": "strides", "subsample_length": "strides",
    "filter_length": "kernel_size", "init": "kernel_initializer", "weights_initializer": "kernel_initializer", "bias": "use_bias",
    "output_dim": "units", "output_size": "units", "p": "rate", "W_regularizer": "kernel_regularizer", "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint", "b_constraint": "bias_constraint", "activity_regularizer": "activity_regularizer",
    "atrous_rate": "dilation_rate", "dim_ordering": "data_format", "pool_length": "pool_size", "stride": "strides", "length": "size",
    "inner_activation": "recurrent_activation", "dropout_W": "dropout", "dropout_U": "recurrent_dropout", "inner_init": "recurrent_initializer",
    "alpha": "negative_slope", "ratio": "rate", "theta_": "theta", "sigma": "stddev", "concat_axis": "axis", "n": "n",
    "nb_feature": "units", "gamma_init": "gamma_initializer", "beta_init": "beta_initializer", "keep_dims": "keepdims",
    "head_size": "key_dim", "drop_rate": "rate", "fraction": "rate", "kernel_dim": "kernel_size",
}
#: What older versions took, and what changes no number.
DROPPED = frozenset((
    "mode", "beta_regularizer", "gamma_regularizer", "unroll", "consume_less", "implementation", "fused", "virtual_batch_size", "adjustment",
    "renorm", "renorm_clipping", "renorm_momentum", "time_major", "input_dtype", "tied_to", "batch_input_shape", "kernel_initializer",
    "kernel_regularizer", "kernel_constraint", "sparse", "ragged", "inputs", "reuse", "data_format_", "reset_after_",
    "experimental_autocast", "experimental_run_tf_function", "jit_compile", "default_name",
))
_DIM_ORDERING = {"tf": "channels_last", "th": "channels_first", "default": None}
_WORDS = {"valid": "valid", "same": "same", "causal": "causal", "full": "full"}


class NotKnown(Exception):
    """A setting has an unknown value that the shape depends on."""

    def __init__(self, setting: str, value: Unknown):
        super().__init__()
        self.setting, self.value = setting, value


def named_arguments(run: Interpreter, kind: type[Layer], word: str, args: list[Value], kwargs: dict[str, Value]) -> dict[str, Value]:
    """The arguments of a call by the names of Keras 3."""
    names = list(kind.settings)
    if word.startswith("Convolution") and word[-2] in "23" and len(args) > 2 and all(isinstance(n, int) for n in args[1:3]):
        rank = int(word[-2])  # Keras 1: the sides of the kernel one by one
        if len(args) > rank and all(isinstance(n, int) for n in args[1: rank + 1]):
            args = [args[0], tuple(args[1: rank + 1]), *args[rank + 1:]]
            names = ["filters", "kernel_size", "init", "activation", "weights", "border_mode", "subsample"]
    elif (word.startswith(("Conv2D", "SeparableConv2D")) and len(args) == 3 and all(isinstance(n, int) for n in args)
            and ("border_mode" in kwargs or "subsample" in kwargs)):
        args = [args[0], (args[1], args[2])]
    found: dict[str, Value] = {}
    if len(args) > len(names):
        raise run.error("TypeError", f"{word} takes {len(names)} positional arguments but {len(args)} were given")
    for name, value in zip(names, args):
        found[name] = value
    rows, cols = kwargs.get("nb_row"), kwargs.get("nb_col")
    if rows is not None and cols is not None:
        found["kernel_size"] = (rows, cols)
    for key, value in kwargs.items():
        if key not in ("nb_row", "nb_col"):
            if key in found and kind.takes(key):
                raise run.error("TypeError", f"{word}() got multiple values for argument {key!r}")
            found[key] = value
    return {_newer(kind, key, value): value for key, value in found.items()}


def _newer(kind: type[Layer], key: str, value: Value) -> str:
    if kind.takes(key) or key in COMMON:
        return key
    newer = OLD.get(key, key)
    if key == "output_dim" and "filters" in kind.settings:
        return "filters"
    if newer == "strides" and "pool_size" in kind.settings and key == "stride":
        return "strides"
    if newer == "negative_slope" and not kind.takes(newer):
        return key
    return newer if kind.takes(newer) else key


def settings_of(run: Interpreter, layer: KerasLayer, kind: type[Layer], arguments: dict[str, Value]) -> dict[str, object]:
    """The settings that the rules of a layer take; NotKnown where one is not known that a shape depends on."""
    found: dict[str, Value] = {}
    for key, value in arguments.items():
        setting = kind.settings.get(key)
        if setting is None:
            if key in COMMON or key in DROPPED:
                continue
            found[key] = value if not isinstance(value, Object) else None  # refused with the others
            continue
        if isinstance(setting, Kept) or key.endswith(("_initializer", "_regularizer", "_constraint")):
            plain = word_of(run, value)
            if plain is not None:
                found[key] = plain
            continue
        if isinstance(setting, Activation):
            found[key] = activation_of(run, value)
            continue
        if isinstance(setting, Sub):
            found[key] = inner_layer(run, value)
            continue
        if key == "data_format" and isinstance(value, str):
            value = _DIM_ORDERING.get(value, value)
        if key == "padding" and isinstance(value, str):
            value = value.lower()
        found[key] = plain_value(run, key, value)
    return found


def plain_value(run: Interpreter, key: str, value: Value, depth: int = 0) -> object:
    """Numbers, words and lists of them; NotKnown for anything that is not known."""
    if isinstance(value, Unknown):
        if type(value) is Size and depth:
            return None
        raise NotKnown(key, value)
    number = getattr(value, "number", None)
    if number is not None and number() is not None:
        return number()
    if hasattr(value, "values") and hasattr(value, "shape") and value.values is not None:
        return run.call(run.attribute(value, "tolist"), [], {})
    if isinstance(value, (list, tuple, range, set)) and depth < 20:
        taint = run.taint(value)
        if taint is not None:
            raise NotKnown(key, taint)
        return [plain_value(run, key, item, depth + 1) for item in run.listed(value)]
    if isinstance(value, dict) and depth < 20:
        return {k if isinstance(k, (str, int)) else str(k): plain_value(run, key, item, depth + 1) for k, item in value.items()}
    if isinstance(value, Tensor):
        raise NotKnown(key, run.unknown("a tensor's values are known only when the network runs"))
    if isinstance(value, Object):
        word = word_of(run, value)
        if word is not None:
            return word
        raise NotKnown(key, run.unknown(f"a {value.type_name} is no number"))
    return value


def word_of(run: Interpreter, value: Value) -> object:
    """An initializer and the like by name; `None` if it has none that can be written."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    name = getattr(value, "word", None)
    if isinstance(name, str):
        return name
    if isinstance(value, (list, tuple)) and all(isinstance(item, (int, float, str)) for item in value):
        return list(value)
    if isinstance(value, (Native, Function)):
        return value.name if value.name.isidentifier() else None
    if isinstance(value, Class):
        return value.name
    return None


#: Functions that are activations of Keras under another name.
_ACTIVATION_WORDS = {"swish": "silu", "hard_swish": "hard_silu", "crelu": None, "log_softmax": "log_softmax", "identity": "linear"}


def activation_of(run: Interpreter, value: Value) -> object:
    """An activation as the rules take it: its name, or for one of the program's own a mapping as Keras writes it."""
    if value is None or isinstance(value, str):
        if isinstance(value, str) and value not in ACTIVATIONS:
            lower = value.lower()
            return lower if lower in ACTIVATIONS else value
        return value
    if isinstance(value, Unknown):
        return None
    word: Value = None
    if isinstance(value, KerasLayer):
        word = _snake(value.keras_class)
    elif isinstance(value, Method):
        word = getattr(value.function, "name", None)
    elif isinstance(value, (Native, Function, Class)):
        word = _snake(value.name)
    elif isinstance(value, Instance):
        word = _snake(value.cls.name)
    else:
        word = getattr(value, "word", None)
    plain = {"re_lu": "relu", "leaky_re_lu": "leaky_relu", "p_re_lu": None, "<lambda>": None}.get(word, word)
    if plain in ACTIVATIONS and not isinstance(value, Function):
        return plain
    return {"class_name": "function", "config": word if isinstance(word, str) else "function", "registered_name": word}


def _snake(name: str) -> str:
    return snake_case(name) if name[:1].isupper() else name


def inner_layer(run: Interpreter, value: Value) -> object:
    """A layer inside another, such as TimeDistributed's."""
    if isinstance(value, Unknown):
        raise NotKnown("layer", value)
    if isinstance(value, KerasLayer):
        if value.problem is not None:
            raise value.problem
        if value.kind is not None and not value.custom:
            made = value.layer()
            made.name = value.name
            return made
        model = nested(run, value)
        if model is not None:
            return model
        error = SpecError(f"a layer of the class {value.cls.name} cannot be used inside another layer", (value.place,) if value.place is not None else (),
                          "its code is read where it is called by itself; inside another layer use Keras's own, such as LSTMCell or Dense")
        error.document = value.place.text if value.place is not None else None
        raise error
    return None if value is None else shown(value)


def argument_place(run: Interpreter, name: str) -> Place | None:
    """The location of an argument of the call that is being evaluated."""
    node = run.at
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg is not None and (keyword.arg == name or OLD.get(keyword.arg) == name):
                return run.place(keyword.value)
    return run.place()


def made(run: Interpreter, layer: KerasLayer, settings: dict[str, object]) -> None:
    """Check the settings of a layer by making it; the program's exception if they are refused."""
    layer.settings = settings
    try:
        layer.layer()
    except CnncalcError as errors:
        first = next(iter(errors))
        path = first.path[0] if isinstance(first, SpecError) and first.path else None
        place = argument_place(run, str(path)) if path is not None else run.place()
        problem = first.problem if isinstance(first, SpecError) else str(first)
        hint = first.hint if isinstance(first, SpecError) else None
        joint = " " if problem.startswith(("has ", "needs ", "takes ")) else ": "
        raise failure(run, SpecErrors([SpecError(f"{layer.kind.kind if layer.kind is not None else layer.keras_class}{joint}{problem}", (), hint)]), layer, None, place) from None
