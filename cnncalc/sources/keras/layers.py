"""One layer of a Keras file: from its class name and config to a layer that holds what differs from the defaults."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ...activations import ACTIVATIONS
from ...dtypes import BITS
from ...errors import CnncalcError, SpecError, SpecErrors, shown
from ...graph import snake_case
from ...layers import KINDS, Layer, kind_named
from ...layers.axis_settings import Axes, Padding
from ...layers.base import COMMON
from ...layers.construct import REFUSED, Sub, Subs, about_inner
from ...layers.quantized import HISTORY, quantization
from ...layers.settings import Activation

#: Classes of Keras 2 that Keras 3 has under another name.
OLDER = {
    "BatchNormalizationV1": "BatchNormalization", "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization", "LSTMV2": "LSTM", "GRUV2": "GRU",
    "GlobalAvgPool1D": "GlobalAveragePooling1D", "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalMaxPool1D": "GlobalMaxPooling1D", "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "AvgPool1D": "AveragePooling1D", "AvgPool2D": "AveragePooling2D",
    "MaxPool1D": "MaxPooling1D", "MaxPool2D": "MaxPooling2D",
    "Convolution1D": "Conv1D", "Convolution2D": "Conv2D", "Convolution2DTranspose": "Conv2DTranspose",
    "SeparableConvolution2D": "SeparableConv2D",
}

#: What Keras 2 writes into the config of every layer, and Keras 3 no longer has: it changes
#: no number, or is read elsewhere (the input's shape).
DROPPED = frozenset(("batch_input_shape", "input_shape", "batch_size", "dynamic", "input_dtype", "quantization_config"))
_OF_KERNELS = ("groups", "filters", "kernel_initializer", "kernel_regularizer", "kernel_constraint")
#: The same for single kinds; a value other than the one given here is refused.
DROPPED_IN: dict[str, tuple[str, ...]] = {
    "StringLookup": ("oov_method",),
    "BatchNormalization": ("fused", "virtual_batch_size", "adjustment"),
    "DepthwiseConv1D": _OF_KERNELS, "DepthwiseConv2D": _OF_KERNELS,
    "SeparableConv1D": _OF_KERNELS, "SeparableConv2D": _OF_KERNELS,
    "Conv1DTranspose": ("groups",), "Conv2DTranspose": ("groups",), "Conv3DTranspose": ("groups",),
    "Embedding": ("input_length", "sparse"),
    "SimpleRNN": ("time_major", "implementation"),
    "LSTM": ("time_major", "implementation"), "GRU": ("time_major", "implementation"),
    "MultiHeadAttention": ("query_shape", "key_shape", "value_shape"),
    "Attention": ("causal",), "AdditiveAttention": ("causal",),
    "UpSampling1D": ("data_format",), "Cropping1D": ("data_format",),
    "RNN": ("time_major",), "LSTMCell": ("implementation",), "GRUCell": ("implementation",),
    "RepeatVector": ("data_format",), "RandomRotation": ("value_range",),
    "SpatialDropout1D": ("noise_shape",), "SpatialDropout2D": ("noise_shape",), "SpatialDropout3D": ("noise_shape",),
    "ConvLSTM1D": ("time_major",), "ConvLSTM2D": ("time_major",), "ConvLSTM3D": ("time_major",),
}
#: Which of those would change numbers, and the only value with which they do not.
HARMLESS = {"groups": (1, None), "time_major": (False, None)}
#: Settings that Keras fills in with the value of another one where they are not given.
FOLLOWS = {"strides": "pool_size", "sequence_length": "fft_length", "value_dim": "key_dim", "lora_alpha": "lora_rank"}

#: The classes of policies of quantized weights, and the names that such policies have.
QUANTIZED = ("QuantizedDTypePolicy", "QuantizedFloat8DTypePolicy", "Int4DTypePolicy", "GPTQDTypePolicy", "AWQDTypePolicy")
QUANTIZED_NAME = re.compile(r"(int8|float8|int4(/(-1|[1-9]\d{0,8}))?|gptq/[2348]/(-1|[1-9]\d{0,8})|awq/4/(-1|[1-9]\d{0,8}))_from_"
                            rf"({'|'.join(BITS)}|mixed_b?float16)", re.ASCII)

#: Keras's defaults of initializers by the names that settings have for them: class and config.
_INITIALIZERS: dict[str, tuple[str, dict[str, object]]] = {
    "uniform": ("RandomUniform", {"minval": -0.05, "maxval": 0.05}),
    "normal": ("RandomNormal", {"mean": 0.0, "stddev": 0.05}),
    "orthogonal": ("Orthogonal", {"gain": 1.0}),
    "truncated_normal": ("TruncatedNormal", {"mean": 0.0, "stddev": 0.05}),
    "variance_scaling": ("VarianceScaling", {"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal"}),
    "identity": ("Identity", {"gain": 1.0}),
    "zeros": ("Zeros", {}), "ones": ("Ones", {}),
    "glorot_uniform": ("GlorotUniform", {}), "glorot_normal": ("GlorotNormal", {}),
    "he_uniform": ("HeUniform", {}), "he_normal": ("HeNormal", {}),
    "lecun_uniform": ("LecunUniform", {}), "lecun_normal": ("LecunNormal", {}),
}
_INITIALIZER_NAMES = {name: (word, config) for word, (name, config) in _INITIALIZERS.items()}
#: What VarianceScaling was called before Keras 2.3 gave the usual settings classes of their own.
_SCALINGS = {
    (1.0, "fan_avg", "uniform"): "glorot_uniform", (1.0, "fan_avg", "normal"): "glorot_normal",
    (2.0, "fan_in", "uniform"): "he_uniform", (2.0, "fan_in", "normal"): "he_normal",
}

#: The classes of models, and of what is made like one.
MODELS = ("Functional", "Model", "Sequential", "Pipeline")

#: Makes the network that a config inside another describes.
ModelMaker = Callable[[object, tuple[object, ...]], Layer]


class Plan:
    """What is known of a kind before any config is read: defaults as JSON has them."""

    def __init__(self, kind: type[Layer]):
        self.kind = kind
        self.everything = {key: setting for key, setting in {**COMMON, **kind.settings}.items() if key != "name"}
        self.standard = {
            key: _plain(setting.standard(kind.rank))
            for key, setting in self.everything.items() if key not in kind._required
        }
        self.dropped = DROPPED.union(DROPPED_IN.get(kind.kind, ())) - self.everything.keys()
        self.translated: dict[str, Callable[[object], object]] = {}
        for key, setting in self.everything.items():
            if key == "dtype" and "dtype" not in kind.settings:
                self.translated[key] = _policy
                self.standard[key] = "float32"
            elif key.endswith("_initializer"):
                self.translated[key] = initializer
                self.standard[key] = initializer(self.standard.get(key))
            elif isinstance(setting, Activation):
                self.translated[key] = _activation
                if self.standard.get(key, "") is None:
                    self.standard[key] = "linear"
            elif isinstance(setting, Padding):
                self.translated[key] = _mode
            elif kind.kind == "RandomShear" and key.endswith("_factor"):
                self.translated[key] = _shear
            elif key == "data_format" and not kind.on_tensors and self.standard.get(key, "") is None:
                self.standard[key] = "channels_last"
        self.inner = [key for key, setting in self.everything.items() if isinstance(setting, Sub)]


_PLANS: dict[str, Plan] = {}
_NO_DEFAULT: object = object()


def _plan(kind: type[Layer]) -> Plan:
    plan = _PLANS.get(kind.kind)
    if plan is None:
        plan = _PLANS[kind.kind] = Plan(kind)
    return plan


def _plain(value: object) -> object:
    """A default as JSON has it."""
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def kind_of(class_name: object, entry: dict[str, object]) -> type[Layer]:
    """The kind of a class; SpecError for one that is not Keras's own, or not known."""
    if not isinstance(class_name, str) or not class_name:
        raise SpecError(f"class_name must be a word (got {shown(class_name)})", ("class_name",))
    module, registered = entry.get("module", ""), entry.get("registered_name")
    name = class_name
    if isinstance(registered, str) and ">" in registered:
        name = registered
    if ">" in name:
        package, _, name = name.rpartition(">")
        # Keras 2 registers some layers of its own applications as custom ones.
        own = isinstance(module, str) and module.startswith(("keras.src.", "tf_keras.src."))
        custom = not own and not package.lower().startswith(("keras", "tf_keras", "applications"))
    else:
        custom = module is None or (isinstance(module, str) and module != "" and module.split(".")[0] not in (
            "keras", "tf_keras", "tensorflow", "builtins"))
    if custom:
        where = f" of {module}" if isinstance(module, str) and module else ""
        raise SpecError(f"unknown layer {shown(class_name)}: a custom layer{where}", ("class_name",),
                        "its code is not in the file")
    if isinstance(module, str) and (".ops." in module or ".activations." in module):
        try:
            return KINDS[f"ops.{name}"]
        except KeyError:
            from ...keras_ops.operation import near

            raise SpecError(f"unknown operation {shown(name)}", ("class_name",), near(name)) from None
    try:
        return kind_named(OLDER.get(name, name))
    except SpecError as error:
        hint = error.hint if name not in REFUSED else None
        raise SpecError(error.problem, ("class_name",), hint) from None


def layer_of(kind: type[Layer], config: object, model: ModelMaker | None = None, more: dict[str, object] | None = None) -> Layer:
    """The layer that a config describes; its errors have paths into the config.

    `model` makes models inside it; `more` are settings that the config does not hold.
    """
    if not isinstance(config, dict):
        raise SpecError(f"config must be a mapping (got {shown(config)})")
    plan = _plan(kind)
    standard, translated, everything = plan.standard, plan.translated, plan.everything
    said: dict[str, Any] = {}
    problems: list[CnncalcError] = []
    for key, value in config.items():
        default = standard.get(key, _NO_DEFAULT)
        if (value == default and (type(default) is not bool or value is default)) or key == "name":
            continue
        if key not in everything:
            if key in plan.dropped and value in HARMLESS.get(key, (value,)):
                continue
            problems.append(kind.unknown_setting(str(key)))
            continue
        if key == "quantization_config" and quantization(config.get("dtype"), value) == quantization(config.get("dtype")):
            continue  # it says how weights are to be quantized; what has been done to them is in the policy
        if key == "axis" and type(value) is list and len(value) == 1 and type(value[0]) is int and (
                isinstance(everything[key], Axes)
                or (kind.kind == "BatchNormalization" and not _is_policy_of_keras_3(config.get("dtype")))):
            value = value[0]  # BatchNormalization is written so by Keras 2, and refused by Keras 3
        try:
            if key in translated:
                value = translated[key](value)
                if value == standard.get(key, _NO_DEFAULT):
                    continue
            elif key in plan.inner and value is not None:
                value = inner_layers(everything[key], value, model)
            elif _same(everything[key].read(value, kind.rank), kind._standard.get(key, _NO_DEFAULT)):
                continue
        except SpecErrors as errors:
            problems += [e.under(key) for e in errors if isinstance(e, SpecError)]
            continue
        except SpecError as error:
            if key in translated or key in plan.inner:
                problems.append(SpecError(f"{key} {error.problem}", (key, *error.path), error.hint))
                continue
        said[key] = value
    for key in FOLLOWS.keys() & said.keys():
        if FOLLOWS[key] in everything and said[key] == config.get(FOLLOWS[key]):
            del said[key]
    if "backward_layer" in said and "layer" in said and _mirror(said["layer"], said["backward_layer"]):
        del said["backward_layer"]
    if kind.kind == "Bidirectional" and "backward_layer" not in said and "layer" in said and said["layer"].said.get("go_backwards"):
        forward = said["layer"]  # Keras 2 lets it go backwards; its mirror image goes forwards then
        said["backward_layer"] = type(forward)(**{**forward.said, "go_backwards": False})
    if more:
        said.update(more)
    if problems:
        raise SpecErrors(problems)
    layer = kind(**said)
    if kind.has_layers:
        layer.freezes = False  # its layers state themselves whether they are trained, or are not told
    return layer


def _is_policy_of_keras_3(value: object) -> bool:
    return isinstance(value, dict) and value.get("class_name") not in ("Policy", "PolicyV1")


def _same(value: object, default: object) -> bool:
    """Whether a value is the default: a list of one axis is that axis, a range up to a number is that number."""
    if value is default or (type(value) is type(default) and value == default):
        return True
    if type(value) is not tuple or isinstance(default, (tuple, bool)) or not isinstance(default, (int, float)):
        return False
    return value == (default,) or (len(value) == 2 and value[1] == default and value[0] in (0, -default))


def _mirror(layer: Layer, backward: Layer) -> bool:
    """Whether one is the other, going backwards."""
    there, back = ({key: value for key, value in one.said.items() if key not in ("name", "go_backwards")}
                   for one in (layer, backward))
    return type(layer) is type(backward) and there == back and not layer.said.get("go_backwards", False) and (
        backward.said.get("go_backwards") is True)


def inner_layers(setting: object, value: object, model: ModelMaker | None) -> object:
    """The layer inside another, or the list of them."""
    if not isinstance(setting, Subs):
        return inner_layer(value, model)
    if not isinstance(value, list):
        raise SpecError(f"must be a list of layers (got {shown(value)})")
    found = []
    for i, item in enumerate(value):
        try:
            found.append(inner_layer(item, model))
        except CnncalcError as errors:
            raise SpecErrors([e.under(i) for e in errors if isinstance(e, SpecError)]) from None
    return found


def inner_layer(value: object, model: ModelMaker | None) -> Layer:
    """The layer inside another."""
    if not isinstance(value, dict) or "class_name" not in value or "config" not in value:
        raise SpecError(f"must be a layer (got {shown(value)})")
    config = value["config"]
    if model is not None and is_model(value):
        return model(value, ())
    kind = kind_of(value["class_name"], value)
    try:
        layer = layer_of(kind, config, model)
    except CnncalcError as errors:
        raise SpecErrors([about_inner(kind, e).under("config") for e in errors if isinstance(e, SpecError)]) from None
    if isinstance(config, dict) and isinstance(config.get("name"), str):
        layer.name = config["name"]
    return layer


def as_model(entry: dict[str, object]) -> dict[str, object]:
    """A Pipeline as a Sequential; anything else unchanged."""
    config = entry.get("config")
    if entry.get("class_name") != "Pipeline" or not str(entry.get("module")).startswith("keras") or not isinstance(config, dict):
        return entry
    layers = config.get("layers")
    first = layers[0] if isinstance(layers, list) and layers and isinstance(layers[0], dict) else {}
    shapes = [of.get("build_config") for of in (first, entry)]
    built = [shape["input_shape"] for shape in shapes if isinstance(shape, dict) and "input_shape" in shape]
    return {**entry, "config": {**config, **({"build_input_shape": built[0]} if built else {})}}


def is_model(entry: dict[str, object]) -> bool:
    """Whether this describes a model, not a layer."""
    config = entry.get("config")
    if entry.get("class_name") in MODELS:
        return True
    module = entry.get("module")  # a class of the reader's own, made like a Functional
    return not (isinstance(module, str) and module.startswith("keras")) and isinstance(config, dict) and (
        "layers" in config and ("input_layers" in config or "output_layers" in config))


# Values as Keras writes them.


def _policy(value: object) -> object:
    """The name of a dtype or policy."""
    name = value
    if isinstance(value, dict):
        config = value.get("config")
        name = config.get("name") if isinstance(config, dict) else None
        if value.get("class_name") in QUANTIZED and isinstance(config, dict):
            return _quantized(value, config)
        if name is None or value.get("class_name") not in ("DTypePolicy", "FloatDTypePolicy", "Policy", "PolicyV1"):
            raise SpecError(f"is a policy that is not known: {shown(value.get('class_name'))}", (),
                            "it decides in how many bits weights are stored")
    if name is None:
        return "float32"
    if isinstance(name, str) and QUANTIZED_NAME.fullmatch(name):
        return name
    if not isinstance(name, str) or (name not in BITS and name not in ("string", "mixed_float16", "mixed_bfloat16", "infer")):
        raise SpecError(f"must be a dtype, such as 'float32' (got {shown(name)})")
    return "float32" if name == "infer" else name


def _quantized(value: dict[str, object], config: dict[str, object]) -> object:
    """A policy of quantized weights: its name, or as Keras writes it where a name does not say all."""
    source = config.get("source_name")
    name = f"{config.get('mode')}_from_{'float32' if source is None else source}"
    if not QUANTIZED_NAME.fullmatch(name):
        raise SpecError(f"is a policy that is not known: {shown(name)}", (), "it decides in how many bits weights are stored")
    if config.get("amax_history_length") in (None, HISTORY):
        return name
    length = config["amax_history_length"]
    if type(length) is not int or not 0 <= length < 10**9:
        raise SpecError(f"amax_history_length must be a whole number (got {shown(length)})")
    return value


def initializer(value: object) -> object:
    """An initializer as short as it can be said: a word if its settings are the usual ones."""
    if isinstance(value, str):
        plain = snake_case(value)
        return plain if plain in _INITIALIZERS else value
    if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
        return value
    name, config = value["class_name"], value.get("config")
    config = {} if config is None else config
    if not isinstance(config, dict):
        return value
    said = {key: item for key, item in config.items() if item is not None and key != "dtype"}
    if name == "VarianceScaling" and len(said) == 3:
        try:
            known = _SCALINGS.get((said.get("scale"), said.get("mode"), said.get("distribution")))  # type: ignore[arg-type]
        except TypeError:
            known = None
        if known:
            return known
    if name in _INITIALIZER_NAMES:
        word, usual = _INITIALIZER_NAMES[name]
        if all([key in usual and item == usual[key] for key, item in said.items()]):
            return word
    return {"class_name": name, "config": said, **{
        key: value[key] for key in ("module", "registered_name")
        if value.get(key) is not None and value[key] != "keras.initializers"
    }}


def _activation(value: object) -> object:
    """An activation of Keras by its name; another function as Keras writes it."""
    if isinstance(value, str):
        if value in ACTIVATIONS:
            return value
        return {"class_name": "function", "config": value, "registered_name": value}
    if isinstance(value, dict):
        config = value.get("config")
        if value.get("class_name") == "function" and isinstance(config, str) and config in ACTIVATIONS and (
                value.get("module") in ("builtins", "keras.activations", None)):
            return config
    return value


def _shear(value: object) -> object:
    """A number, which Keras writes as a range that it does not take."""
    if isinstance(value, list) and len(value) == 2 and type(value[1]) in (int, float) and value[0] == -value[1]:
        return value[1]
    return value


def _mode(value: object) -> object:
    if not isinstance(value, str):
        raise SpecError(f"must be a word, such as 'valid' or 'same' (got {shown(value)})")
    return value

