"""What people call kinds of layers, and what Keras calls them.

Only case and the short list `READ` are ever read in place of Keras's names. Everything else
here serves an error message: the right name, or both spellings where a word is PyTorch's.
"""

from __future__ import annotations

import functools
from functools import lru_cache

from ..errors import nearest_names, one_of, shown, slip_between
from .base import KINDS, Layer

#: Common words for kinds that a file may use; `{n}` is the number of spatial axes.
READ = {
    "conv": "Conv{n}D", "maxpool": "MaxPooling{n}D", "pool": "MaxPooling{n}D", "avgpool": "AveragePooling{n}D",
    "gap": "GlobalAveragePooling{n}D", "fc": "Dense", "batchnorm": "BatchNormalization", "bn": "BatchNormalization",
}

#: Words of textbooks, Keras 1, Caffe and other libraries, without `_`, `-` and a final `1d`, `2d`, `3d`.
MEANT = {
    "Conv{n}D": "conv convolution convolutional convlayer convolutionlayer convolutionallayer cnn convolve spatialconvolution",
    "MaxPooling{n}D": "maxpool maxpooling pooling pool max maxpoollayer spatialmaxpooling downsample downsampling",
    "AveragePooling{n}D": "avgpool averagepool avgpooling averagepooling meanpool meanpooling subsampling subsample subsamp "
                          "spatialaveragepooling",
    "GlobalAveragePooling{n}D": "gap globalavgpool globalaveragepool globalaveragepooling globalavgpooling globalpool globalpooling "
                                "globalmeanpool",
    "GlobalMaxPooling{n}D": "gmp globalmaxpool globalmaxpooling globalpool globalpooling",
    "Conv{n}DTranspose": "deconv deconvolution convtranspose transposedconv transposeconv transposedconvolution upconv "
                         "fractionallystridedconv convolutiontranspose deconvolve conv2dtransposed",
    "DepthwiseConv{n}D": "dwconv depthwise depthwiseconvolution depthwiseconv depthconv",
    "SeparableConv{n}D": "sepconv separable separableconvolution separableconv depthwiseseparable depthwiseseparableconv",
    "UpSampling{n}D": "upsample upsampling upscale unpool unpooling upsamplingnearest upsamplingbilinear",
    "ZeroPadding{n}D": "zeropad zeropadding pad padding",
    "Cropping{n}D": "crop cropping",
    "SpatialDropout{n}D": "spatialdropout featuredropout dropoutnd",
    "Dense": "fc fullyconnected fullconnected fullyconnectedlayer fullyconnect innerproduct affine linear densely denselayer "
             "lineartransform projection mlp perceptron outputlayer hidden hiddenlayer output",
    "BatchNormalization": "bn batchnorm batchnormalisation batchnormlayer batchnormalize norm normalisation",
    "LayerNormalization": "layernorm ln layernormalisation",
    "GroupNormalization": "groupnorm gn instancenorm",
    "Flatten": "flat flattening vectorize unroll view",
    "Reshape": "view unflatten",
    "Concatenate": "concat cat concatenation merge join stack concatlayer",
    "Add": "sum plus addition eltwise elementwise residual skip shortcut merge",
    "Multiply": "mul times product mult",
    "Dropout": "drop droplayer",
    "Activation": "act nonlinearity activationlayer sigmoid tanh hardtanh softplus softsign gelu silu swish mish selu relu6 logsoftmax "
                  "hardsigmoid hardswish",
    "ReLU": "rectifier rectifiedlinear rectlinear relulayer",
    "LeakyReLU": "lrelu leaky leakyrectify",
    "Softmax": "softmaxlayer softmaxoutput",
    "InputLayer": "input inputs data inputdata inputlayer placeholder imageinput",
    "LSTM": "lstmlayer cudnnlstm",
    "GRU": "grulayer cudnngru",
    "SimpleRNN": "rnn recurrent elman vanillarnn",
    "Bidirectional": "bilstm bidirectionallstm bigru birnn",
    "Embedding": "embed embeddings wordembedding lookup",
    "Identity": "noop passthrough",
    "Resizing": "resize scaleimage",
    "Rescaling": "rescale",
    "Permute": "transpose",
    "MultiHeadAttention": "mha multiheadedattention selfattention",
    "LocallyConnected{n}D": "locallyconnected local",
}

#: torch.nn's class names that differ from Keras's, and what Keras calls these layers.
TORCH = {
    "Linear": "Dense", "LazyLinear": "Dense", "Bilinear": "Dense",
    **{f"Conv{n}d": f"Conv{n}D" for n in (1, 2, 3)}, **{f"LazyConv{n}d": f"Conv{n}D" for n in (1, 2, 3)},
    **{f"ConvTranspose{n}d": f"Conv{n}DTranspose" for n in (1, 2, 3)},
    **{f"LazyConvTranspose{n}d": f"Conv{n}DTranspose" for n in (1, 2, 3)},
    **{f"MaxPool{n}d": f"MaxPooling{n}D" for n in (1, 2, 3)}, **{f"AvgPool{n}d": f"AveragePooling{n}D" for n in (1, 2, 3)},
    **{f"AdaptiveAvgPool{n}d": f"AdaptiveAveragePooling{n}D" for n in (1, 2, 3)},
    **{f"AdaptiveMaxPool{n}d": f"AdaptiveMaxPooling{n}D" for n in (1, 2, 3)},
    **{f"BatchNorm{n}d": "BatchNormalization" for n in (1, 2, 3)}, **{f"LazyBatchNorm{n}d": "BatchNormalization" for n in (1, 2, 3)},
    **{f"InstanceNorm{n}d": "GroupNormalization" for n in (1, 2, 3)}, "SyncBatchNorm": "BatchNormalization",
    "LayerNorm": "LayerNormalization", "GroupNorm": "GroupNormalization", "RMSNorm": "RMSNormalization",
    **{f"Dropout{n}d": f"SpatialDropout{n}D" for n in (1, 2, 3)},
    **{f"ZeroPad{n}d": f"ZeroPadding{n}D" for n in (1, 2, 3)},
    "Upsample": "UpSampling2D", "UpsamplingNearest2d": "UpSampling2D", "UpsamplingBilinear2d": "UpSampling2D",
    "MultiheadAttention": "MultiHeadAttention",
    **dict.fromkeys(("Sigmoid", "Tanh", "GELU", "SiLU", "Mish", "SELU", "ReLU6", "Hardswish", "Hardsigmoid", "Hardtanh", "Softplus",
                     "Softsign", "LogSoftmax", "CELU", "Softmax2d", "Tanhshrink", "Hardshrink", "Softshrink", "LogSigmoid"),
                    "Activation"),
    "ReflectionPad2d": "ZeroPadding2D", "ReplicationPad2d": "ZeroPadding2D",
}
#: The counterpart is another layer, so Keras's spelling is not offered as the same thing.
UNLIKE = ("Bilinear", "ReflectionPad2d", "ReplicationPad2d", "Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d",
          *[f"InstanceNorm{n}d" for n in (1, 2, 3)])


def folded(word: str) -> str:
    """A kind's name as words are compared: in lower case, without signs."""
    return word.lower().replace("_", "").replace("-", "").replace(" ", "")


def same_but_for_case(word: object) -> type[Layer] | None:
    """The kind whose name, or another name of Keras for it, is this word in other case.

    Never for a class name of PyTorch.
    """
    if not isinstance(word, str) or word in TORCH or not word.isascii() or len(word) > 60:
        return None
    low = word.lower()
    return next((known[low] for known in KINDS.in_lower_case() if low in known), None)


def twofold(kind: type[Layer], value: object) -> list[str]:
    """How else a bare list of numbers could be meant, where the kind's name is not Keras's own.

    Each line is one reading, in Keras's terms; none where there is just one.
    """
    given = value if isinstance(value, list) else [value]
    items = [item for item in given if isinstance(item, int) and type(item) is int]
    if len(items) < len(given):
        return []
    names = list(kind.settings)
    if names[:1] == ["axis"]:
        return [f"{kind.kind}: {{axis: {items[0]}}}", f"{kind.kind}, which takes the number of channels from its input"]
    torch = next((word for word, keras in TORCH.items() if keras == kind.kind), None)
    if torch is None or _ORDERS.get(torch.rstrip("d").rstrip("123"), (names[0],))[0] is not None or len(items) < 2:
        return []
    if names[:1] != ["units"] and len(items) < 3:
        return []
    found = [f"as in Keras: {kind.kind}: {shown(dict(zip(names, items)), 120)}"] if names[:1] != ["units"] else []
    found.append(f"as in PyTorch, inputs first: {in_keras(torch, value)}")
    if names[1:2] == ["kernel_size"] and items[1] == items[2] > 1:
        found.append(f"as in Keras 1, rows and columns: {kind.kind}: {{filters: {items[0]}, kernel_size: {items[1:3]}}}")
    return found


def common_word(word: object) -> str | None:
    """The kind, with `{n}` for the number of spatial axes, that a common word stands for."""
    return READ.get(word.lower()) if isinstance(word, str) else None


def of_rank(pattern: str, rank: int) -> type[Layer] | None:
    """The kind for so many spatial axes, if there is one."""
    try:
        return KINDS[pattern.replace("{n}", str(rank))]
    except KeyError:
        return None


def kinds_meant(word: str) -> list[str]:
    """The kinds that a word of another tool or book stands for, those of images first."""
    plain = folded(word)
    rank = plain[-2] if plain[-2:] in ("1d", "2d", "3d") else ""
    found = []
    for pattern in _patterns().get(plain, ()) or _patterns().get(plain[:-2] if rank else plain, ()):
        found += [pattern] if "{n}" not in pattern else [
            pattern.replace("{n}", n) for n in (rank or "213") if of_rank(pattern, int(n)) is not None]
    return found


@lru_cache(1)
def _patterns() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pattern, words in MEANT.items():
        for word in words.split():
            found.setdefault(word, []).append(pattern)
    return found


@functools.cache
def _folded_kinds() -> dict[str, str]:
    """The name of each kind by its folded name; no operations."""
    found: dict[str, str] = {}
    for name in KINDS.everything():
        if not name.startswith("ops."):
            found.setdefault(folded(name), name)
    return found


def kind_hint(word: object, value: object = None) -> str | None:
    """What to write in place of an unknown layer; `value` is what the file gives it."""
    if not isinstance(word, str):
        return None
    plain = word.strip()
    prefix, _, last = plain.rpartition(".")
    if prefix in ("nn", "torch.nn"):
        return _module_hint(last)
    if plain in TORCH:
        return torch_hint(plain, value)
    from ..activations import ACTIVATIONS

    known = KINDS.everything()
    same = _folded_kinds().get(folded(plain))
    if same:
        return one_of([same])
    name = next((name for name in ACTIVATIONS if folded(name) == folded(plain)), None)
    if name is not None:
        if name == "linear":
            return torch_hint("Linear", value)
        return f"an activation as a layer of its own: Activation: {name}"
    meant = kinds_meant(plain)
    if meant:
        return one_of(meant)
    near = nearest_names(plain, [name for name in known if not name.startswith("ops.") or plain.startswith("ops.")])
    torch = [word for word in TORCH if slip_between(plain, word) is not None]
    of_keras = any(slip_between(plain, name) is not None for name in near)
    if torch and not of_keras:
        return torch_hint(torch[0], value)
    readings = twofold(known[near[0]], value) if near and (torch or not of_keras) else []
    return "\n".join(readings) if len(readings) > 1 else one_of(near)


def _module_hint(word: str) -> str | None:
    """What to write in place of an unknown `nn.` kind: one of PyTorch's, never Keras's with PyTorch's arguments."""
    known = KINDS.modules()
    keras = _folded_kinds().get(folded(word)) or next(iter(kinds_meant(word)), None)
    of_keras = [torch for torch, name in TORCH.items() if name == keras and torch in known and torch not in UNLIKE]
    same = [name for name in known if name.lower() == word.lower()]
    of_keras.sort(key=lambda name: "1d" in name or "3d" in name)  # images are the usual case
    return one_of([f"nn.{name}" for name in same or of_keras[:1] or nearest_names(word, known)])


def torch_hint(word: str, value: object = None) -> str:
    """Both spellings of a layer that is called as in PyTorch."""
    keras = TORCH[word]
    kind = KINDS[keras]
    if isinstance(value, dict) and all(kind.takes(name) for name in value):
        return f"in PyTorch's terms: nn.{word}, with PyTorch's settings\nin Keras's: {keras}: {shown(value, 120)}"
    torch = f"in PyTorch's terms: nn.{word}" + ("" if value is None else f": {shown(value)}")
    if word in UNLIKE:
        return f"{torch}\nKeras has no layer that does the same; the nearest is {keras}"
    if keras == "Activation":
        return f"{torch}\nin Keras's: Activation: {folded(word)}"
    same = in_keras(word, value)
    return f"{torch}\nin Keras's: {same}"


#: The settings of PyTorch's constructors in their order, as Keras calls them; `None` for one that it leaves out.
_ORDERS: dict[str, tuple[str | None, ...]] = {
    "Conv": (None, "filters", "kernel_size", "strides", "padding", "dilation_rate", "groups", "use_bias"),
    "ConvTranspose": (None, "filters", "kernel_size", "strides", "padding", "output_padding", "groups", "use_bias", "dilation_rate"),
    "MaxPool": ("pool_size", "strides", "padding"), "AvgPool": ("pool_size", "strides", "padding", "ceil_mode"),
    "Linear": (None, "units", "use_bias"), "BatchNorm": (None, "epsilon"), "Dropout": ("rate",), "ZeroPad": ("padding",),
}
_NAMES = {
    "in_channels": None, "out_channels": "filters", "kernel_size": "kernel_size", "stride": "strides", "padding": "padding",
    "dilation": "dilation_rate", "groups": "groups", "bias": "use_bias", "in_features": None, "out_features": "units",
    "num_features": None, "eps": "epsilon", "ceil_mode": "ceil_mode", "output_padding": "output_padding", "p": "rate",
}


def in_keras(word: str, value: object) -> str:
    """A layer with PyTorch's arguments as Keras writes it; with the names alone where they cannot be translated."""
    keras = TORCH[word]
    family = word[:-2] if word[-1:] == "d" and word[-2:-1].isdigit() else word
    order = _ORDERS.get(family)
    pool = family.endswith("Pool")
    named: dict[str, object] | None = None
    if order is not None and isinstance(value, (list, int, float, str)) and not isinstance(value, bool):
        items = value if isinstance(value, list) else [value]
        if len(items) <= len(order):
            named = {name: item for name, item in zip(order, items) if name is not None}
    elif order is not None and isinstance(value, dict) and all(key in _NAMES for key in value):
        named = {}
        for key, item in value.items():
            name = "pool_size" if pool and key == "kernel_size" else _NAMES[key]
            if name is not None:
                named[name] = item
    kind = KINDS[keras]
    if named is None or any(name not in named for name in kind._required):
        return keras if value is None else f"{keras}, with Keras's settings"
    return f"{keras}: {shown(named, 120)}" if named else keras
