"""The names of Keras and TensorFlow, found by their last part under any of Keras's roots."""

from __future__ import annotations

from collections.abc import Callable

from ...activations import ACTIVATIONS
from ...errors import did_you_mean
from ...layers import KINDS
from ...layers.construct import REFUSED
from .arrays import Array
from .classes import Class, Instance
from .interpreter import Interpreter, Library, Unknown
from .keras_calls import call_layer
from .keras_data import dataset, img_to_array, load_img, to_categorical
from .keras_inputs import INPUT_LAYER, input_tensor
from .keras_layers import LAYER, kind_class
from .keras_models import LAMBDA, MODEL, SEQUENTIAL
from .keras_objects import KerasLayer, Session, Tensor, clear_session, image_data_format, session, set_image_data_format
from .keras_tensors import OPERATIONS
from .scopes import Value
from .values import Module, Named, Native

#: Modules whose names are Keras's, whatever stands behind them.
ROOTS = ("tensorflow.python.keras", "tensorflow.keras", "tensorflow.contrib.keras", "tensorflow.compat.v1.keras", "tensorflow.compat.v2.keras",
         "tensorflow.python.layers", "keras_applications", "tf_keras", "keras_core", "keras", "tf.keras")
#: Parts of Keras that tell what a name in them means.
AREAS = ("layers", "models", "applications", "datasets", "backend", "utils", "ops", "activations", "initializers", "regularizers",
         "constraints", "optimizers", "losses", "metrics", "callbacks", "preprocessing", "random", "saving", "engine", "legacy",
         "mixed_precision", "distribution", "wrappers", "initializers", "tree", "nn", "image", "numpy", "experimental", "config", "src", "api")
#: Functions that call a layer of a class at once.
MERGES = {"add": "Add", "concatenate": "Concatenate", "multiply": "Multiply", "average": "Average", "maximum": "Maximum",
          "minimum": "Minimum", "subtract": "Subtract", "dot": "Dot"}
#: Older and other names of layers.
OLDER = {"Deconvolution2D": "Conv2DTranspose", "Deconv2D": "Conv2DTranspose", "Convolution2DTranspose": "Conv2DTranspose",
         "AtrousConvolution2D": "Conv2D", "Convolution1D": "Convolution1D", "CuDNNLSTM": "LSTM", "CuDNNGRU": "GRU",
         "SyncBatchNormalization": "BatchNormalization", "BatchNorm": "BatchNormalization",
         "BatchNormalizationV1": "BatchNormalization", "BatchNormalizationV2": "BatchNormalization",
         "RandomHeight": "RandomZoom", "RandomWidth": "RandomZoom"}


class Word(Named):
    """An initializer, a regularizer, an optimizer: a word with settings that change no number."""

    def get(self, run: Interpreter, name: str) -> Value:
        return run.unknown(f"{name} of {self.word}")

    def call(self, run: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Value:
        return next((arg for arg in args if isinstance(arg, (Tensor, Array))), None) or run.unknown(f"what {self.word} gives")

    def binary(self, run: Interpreter, op: str, other: Value, swapped: bool) -> Value:
        return NotImplemented if op in ("==", "!=") else self


def _word_class(name: str) -> Class:
    def made(run: Interpreter, cls: Class, args: list[Value], kwargs: dict[str, Value]) -> Value:
        if cls.node is not None:  # a class of the program that derives from it
            instance = Instance(cls)
            try:
                init = cls.lookup("__init__")
            except KeyError:
                return instance
            run.call(init, [instance, *args], kwargs)
            return instance
        return Word(name)

    def init(run: Interpreter, self: Value, *args: Value, **kwargs: Value) -> None:
        return None

    cls = Class(name, (), {"__init__": Native("__init__", init)}, made=made)
    cls.attribute = lambda run, cls, name: run.unknown(f"{name} of {cls.name}")
    cls.find = lambda run, self, name: run.unknown(f"{name} of a {self.cls.name}")
    return cls


def _merge_function(word: str) -> Callable[..., Value]:
    def function(run: Interpreter, inputs: Value = None, *args: Value, **kwargs: Value) -> Value:
        layer = run.call(kind_class(run, word), list(args), kwargs)
        return call_layer(run, layer, inputs)

    return function


_MODES = {"sum": "Add", "concat": "Concatenate", "mul": "Multiply", "ave": "Average", "max": "Maximum", "dot": "Dot"}


def _merge(run: Interpreter, inputs: Value, mode: Value = "sum", concat_axis: Value = -1, dot_axes: Value = -1, name: Value = None,
           output_shape: Value = None, **_: Value) -> Value:
    """`merge([a, b], mode='concat')` of Keras 1."""
    word = _MODES.get(mode) if isinstance(mode, str) else None
    if word is None:
        layer: Value = run.call(LAMBDA, [mode], {"output_shape": output_shape, "name": name})
        return call_layer(run, layer, inputs)
    kind = kind_class(run, word)
    given = {"name": name, "axis": concat_axis, "axes": dot_axes}
    kwargs = {key: value for key, value in given.items() if value is not None and (key == "name" or KINDS[word].takes(key))}
    return call_layer(run, run.call(kind, [], kwargs), inputs)


def layer_class(run: Interpreter, name: str) -> Value:
    """The class of a layer by any of its names; None if Keras has none."""
    plain = {"Layer": LAYER, "Model": MODEL, "Functional": MODEL, "Sequential": SEQUENTIAL, "InputLayer": INPUT_LAYER, "Lambda": LAMBDA,
             "Wrapper": LAYER, "Network": MODEL, "Container": MODEL, "Graph": None}
    if name in plain:
        return plain[name]
    if name == "Input":
        return Native("Input", input_tensor)
    word = OLDER.get(name, name)
    if not name[:1].isupper() or name.startswith("ops."):
        return None
    try:
        KINDS[word]
    except KeyError:
        if name in REFUSED:
            found = run.unknown(f"the layer {name} is not read: {REFUSED[name]}")
            found.remedy = "leave it out of the network: apply it to the data first"
            return found
        return None
    return kind_class(run, word)


def find(run: Interpreter, root: str, area: str, name: str) -> Value:
    """What a name means in a part of Keras: the same under all roots."""
    known = session(run).members
    if (area, name) not in known:
        known[area, name] = _found(run, root, area, name)
    return known[area, name]


def _found(run: Interpreter, root: str, area: str, name: str) -> Value:
    if area == "applications" or area in ("imagenet_utils",):
        from .keras_applications import application  # lazy: few programs ask for one

        found = application(run, name)
        if found is not None:
            return found
        return module_of(run, root, "applications", name)
    if area == "datasets":
        return dataset(run, name)
    if name in ("load_img", "img_to_array"):
        return _FUNCTIONS[name]
    if area == "backend":
        from .keras_backend import BACKEND  # lazy: few programs use keras.backend

        return BACKEND.get(name) or _by_function(run, name) or run.unknown(f"keras.backend.{name} is not read")
    if area in ("ops", "nn", "numpy", "image", "tree"):
        return _operation(run, name, root, area)
    if area == "activations":
        return _activation(name)
    if area == "random":
        from .keras_shared import random_function  # lazy: few programs use keras.random

        return random_function(name)
    if area in ("initializers", "regularizers", "constraints", "optimizers", "losses", "metrics", "callbacks", "mixed_precision"):
        if name in AREAS or name in ("schedules", "legacy"):
            return module_of(run, root, area, name)
        return _word_class(name) if name[:1].isupper() else Native(name, lambda run, *_, **__: Word(name))
    if name in AREAS:
        return module_of(run, root, name if name not in ("experimental", "src", "api", "engine", "legacy") else area, name)
    if area in ("layers", "", "models", "engine", "legacy", "experimental", "wrappers", "utils", "preprocessing", "saving", "config", "src", "api"):
        if area == "layers" and name in MERGES:
            return Native(name, _merge_function(MERGES[name]))
        if name == "merge":
            found = Module(f"{root}.layers.merge", find=lambda run, name: find(run, root, "layers", name))
            found.call = lambda run, args, kwargs: run.native("merge", _merge, args, kwargs)  # type: ignore[method-assign]
            return found
        found = layer_class(run, name)
        if found is not None:
            return found
    if name in _FUNCTIONS:
        return _FUNCTIONS[name]
    if name in ("__version__",):
        return "3.15.0"
    if name[:1].islower() and name not in ("load_model",):
        return module_of(run, root, area, name)
    return _no_such(run, f"{root}.{area}" if area else root, name)


def _no_such(run: Interpreter, module: str, name: str) -> Unknown:
    """The value of a name that Keras does not have."""
    found = run.unknown(f"{module} has no {name}" if name != "load_model" else "load_model(...) reads a file")
    found.remedy = (did_you_mean(name, sorted(word for word in KINDS if not word.startswith(("ops.", "nn.")))) if name != "load_model" else
                    "give cnncalc the saved file itself (.keras, .h5), or the source that built it")
    return found


class KerasModule(Module):
    """A module inside Keras, or a function of it that is not read."""

    def call(self, run: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Value:
        return run.unknown(f"{self.name.rpartition('.')[2]}(...) is not known")


def module_of(run: Interpreter, root: str, area: str, name: str) -> Module:
    """A module inside Keras."""
    made = KerasModule(f"{root}.{name}", find=lambda run, word: find(run, root, area, word))
    made.everything = lambda run: _all_layers(run, root) if area in ("layers", "models") else _applications(run, root) if area == "applications" else {}
    return made


def _all_layers(run: Interpreter, root: str) -> dict[str, Value]:
    """What `from keras.layers import *` brings."""
    found: dict[str, Value] = {}
    for name, _kind in KINDS.everything().items():
        if not name.startswith("ops."):
            found[name] = kind_class(run, name)
    for name in ("Layer", "Input", "InputLayer", "Lambda", "Wrapper"):
        found[name] = layer_class(run, name)
    for name in ("Model", "Sequential"):
        found[name] = layer_class(run, name)
    for name, word in MERGES.items():
        found[name] = Native(name, _merge_function(word))
    return found


def _applications(run: Interpreter, root: str) -> dict[str, Value]:
    """What `from keras.applications import *` brings."""
    from ...applications import NAMES  # lazy: few programs import all of them

    return {name: find(run, root, "applications", name) for name in NAMES}


def _by_function(run: Interpreter, name: str) -> Value:
    """A function of keras.backend that TensorFlow has under the same name."""
    from .keras_functions import tf_function  # lazy: as keras.backend

    return tf_function(name) or tf_function(f"nn.{name}") or (
        tf_function(f"math.reduce_{name}"))


_CAMEL = {"max": "Max", "min": "Min", "matmul": "Matmul", "relu": "Relu", "leaky_relu": "LeakyRelu", "cast": "Cast"}


def _operation(run: Interpreter, name: str, root: str, area: str) -> Value:
    """A function of keras.ops."""
    from .keras_functions import ops_function  # lazy: few programs use keras.ops
    from .keras_shared import OPS  # lazy: as above

    if name in OPS:
        return OPS[name]
    if name in ("nn", "image", "numpy", "linalg", "math", "core"):
        return module_of(run, root, "ops", name)
    word = "".join([part.capitalize() for part in name.split("_")])
    for candidate in (_CAMEL.get(name, word), word.replace("Relu", "ReLU")):
        try:
            KINDS[f"ops.{candidate}"]
        except KeyError:
            continue
        return ops_function(candidate, name)
    return run.unknown(f"keras.ops.{name} is not read")


def _activation(name: str) -> Value:
    words = {"silu": "Silu", "swish": "Silu", "relu": "Relu", "hard_swish": "HardSilu", "linear": "Copy"}
    if name in ("get", "deserialize"):
        return Native(name, lambda run, value=None, *_: value if not isinstance(value, str) else _activation(value))
    if name not in ACTIVATIONS:
        return None
    word = words.get(name) or "".join([part.capitalize() for part in name.split("_")])
    try:
        KINDS[f"ops.{word}"]
    except KeyError:
        return Native(name, lambda run, x, *_, **__: x)
    from .keras_functions import ops_function  # lazy: few programs call activations

    return ops_function(word, name)


def _plain_decorator(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
    return Native("decorator", lambda run, value: value)


def _clone(run: Interpreter, model: Value, *_: Value, **__: Value) -> Value:
    return model if isinstance(model, KerasLayer) else run.unknown("a model that is not known")


_FUNCTIONS: dict[str, Value] = {
    "load_img": Native("load_img", load_img), "img_to_array": Native("img_to_array", img_to_array),
    "to_categorical": Native("to_categorical", to_categorical), "register_keras_serializable": Native("register", _plain_decorator),
    "get_custom_objects": Native("get_custom_objects", lambda run: {}), "clear_session": Native("clear_session", clear_session),
    "clone_model": Native("clone_model", _clone), "set_random_seed": Native("seed", lambda run, *_: None),
    "plot_model": Native("plot_model", lambda run, *_, **__: None),
    "convert_all_kernels_in_model": Native("convert", lambda run, *_: None),
    "image_data_format": Native("image_data_format", image_data_format), "set_image_data_format": Native("set_image_data_format", set_image_data_format),
    "floatx": Native("floatx", lambda run: "float32"), "backend": Native("backend", lambda run: "tensorflow"),
}


class KerasLibrary(Library):
    """Keras, under all of its roots, and TensorFlow."""

    def __init__(self, session: Session):
        self.session = session

    def module(self, run: Interpreter, name: str) -> Module | None:
        if not hasattr(run, "session"):
            prepare(run, self.session)
        for root in ROOTS:
            if name == root or name.startswith(root + "."):
                if root.startswith("tf_keras") and self.session.keras2 is None:
                    self.session.keras2 = "it imports tf_keras"
                parts = name[len(root) + 1:].split(".") if name != root else []
                if root == "tensorflow.python.layers":
                    parts = ["layers"]
                area = next((part for part in reversed(parts) if part in AREAS and part not in ("experimental", "src", "api")), "")
                if "applications" in parts or root == "keras_applications":
                    area = "applications"
                if "datasets" in parts:
                    area = "datasets"
                    if parts[-1] != "datasets":
                        return dataset(run, parts[-1])
                if "ops" in parts:
                    area = "ops"
                return module_of(run, root, area, parts[-1] if parts else "keras")
        if name in ("tensorflow", "tensorflow.compat.v1", "tensorflow.compat.v2"):
            return tensorflow(run, "")
        if name.startswith("tensorflow.") and name.split(".")[1] in ("nn", "math", "image", "linalg", "layers", "random", "data", "initializers"):
            return tensorflow(run, name.split(".")[1])
        return None


def prepare(run: Interpreter, session: Session) -> None:
    """Give the interpreter the place where Keras's tables keep what they need, and tensors their operations."""
    Tensor.operations = OPERATIONS
    run.sessions["keras"] = session


def tensorflow(run: Interpreter, path: str) -> Module:
    """A module of TensorFlow."""
    return Module("tensorflow" + (f".{path}" if path else ""), {"newaxis": None}, lambda run, name: tensorflow_name(run, path, name))


def tensorflow_name(run: Interpreter, path: str, name: str) -> Value:
    """What a name of TensorFlow means."""
    whole = f"{path}.{name}" if path else name
    whole = whole.removeprefix("compat.v1.").removeprefix("compat.v2.")
    if whole == "compat":
        return Module("tensorflow.compat", find=lambda run, version: tensorflow(run, ""))
    if whole == "keras":
        return module_of(run, "tensorflow.keras", "", "keras")
    from .keras_functions import tf_function  # lazy: few programs use more of TensorFlow than tf.keras
    from .tensorflow_names import TENSORFLOW, tf_layer  # lazy: as above

    if whole in TENSORFLOW:
        return TENSORFLOW[whole]
    found = tf_function(whole)
    if found is not None:
        return found
    if whole.startswith("layers."):
        return tf_layer(run, name)
    if whole in ("nn", "math", "image", "linalg", "layers", "random", "compat", "compat.v1", "compat.v2", "contrib", "train", "initializers", "dtypes",
                 "data", "config", "distribute", "io", "strings", "sets", "debugging", "autograph", "summary", "logging", "test", "raw_ops",
                 "experimental", "contrib.layers", "signal", "sparse", "contrib.keras", "nest", "python", "python.keras", "audio", "random.experimental"):
        return tensorflow(run, whole if not whole.startswith("compat") else "")
    if name.startswith("list_") and whole.startswith("config."):
        return Native(name, lambda run, *_, **__: run.unknown(f"{name} depends on the machine"))
    if name in ("TensorSpec", "IndexedSlices", "SparseTensorSpec", "RaggedTensorSpec", "TypeSpec"):
        return _word_class(name)
    if whole.startswith(("train.", "initializers.", "summary.", "logging.", "config.", "debugging.", "autograph.")) or whole in (
            "set_random_seed", "global_variables_initializer", "enable_eager_execution", "disable_v2_behavior", "print", "group"):
        return Native(name, lambda run, *_, **__: Word(name))
    return run.unknown(f"tf.{whole} is not read")
