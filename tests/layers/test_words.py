"""Misspelled and foreign names of layers and settings get the right name, and following it gives the right number."""

from __future__ import annotations

import os
import random
import re

import pytest

from cnncalc.layers import KINDS, kind_named
from cnncalc.layers.kind_words import READ, TORCH, kind_hint, same_but_for_case
from cnncalc.sources import open_text
from cnncalc.tracing import traced

EVERY = KINDS.everything()
NAMES = [name for name in EVERY if not name.startswith("ops.")]
MANY = int(os.environ.get("CNNCALC_FUZZ", "300"))


def slips(name: str) -> list[str]:
    """The word with each letter dropped, doubled, or swapped with the next one."""
    found = []
    for i in range(len(name)):
        found += [name[:i] + name[i + 1:], name[: i + 1] + name[i:], name[:i] + name[i + 1 : i + 2] + name[i] + name[i + 2:]]
    return [word for word in dict.fromkeys(found) if word != name]


MISSPELLED_KINDS = [(word, name) for name in NAMES for word in slips(name) if word not in EVERY]
MISSPELLED_SETTINGS = [
    (kind, word, name) for kind in dict.fromkeys(EVERY[name] for name in NAMES) for name in kind.settings if len(name) > 2
    for word in slips(name) if not kind.takes(word)
]


def answers_kinds(cases) -> list[tuple[str, str, str | None]]:
    wrong = []
    for word, name in cases:
        read = same_but_for_case(word)  # eLU is a slip of ReLU, and ELU in another case
        hint = kind_hint(word) or ""
        if read is None and not any(repr(known) in hint for known in (name, EVERY[name].kind, *EVERY[name].aliases)):
            wrong.append((word, name, hint))
    return wrong


def answers_settings(cases) -> list[tuple[str, str, str, str | None]]:
    wrong = []
    for kind, word, name in cases:
        hint = kind.unknown_setting(word, 3).hint or ""
        if repr(name) not in hint and f"{name}:" not in hint:
            wrong.append((kind.kind, word, name, hint))
    return wrong


def test_misspelled_layers_and_settings_get_the_right_name():
    chosen = random.Random(16)
    assert answers_kinds(chosen.sample(MISSPELLED_KINDS, MANY)) == []
    assert answers_settings(chosen.sample(MISSPELLED_SETTINGS, MANY)) == []


@pytest.mark.oracle
def test_every_misspelling_gets_the_right_name():
    assert len(MISSPELLED_KINDS) > 5_000
    assert answers_kinds(MISSPELLED_KINDS) == []
    assert answers_settings(MISSPELLED_SETTINGS) == []


def network(line: str, input: str = "[32, 32, 3]"):
    """The outputs and parameters of a network with this entry, or its errors."""
    opened = open_text(f"input: {input}\nlayers:\n  - {line}\n")
    trace = traced(opened.graph) if opened.graph is not None else None
    errors = [*opened.errors, *(trace.errors if trace is not None else ())]
    if errors:
        return errors
    return [(step.kind, step.outputs, step.params) for step in trace.steps[1:]]


#: What is typed, and the entry that it means; the words of PyTorch, Keras 1, Caffe and the textbooks.
FOREIGN = [
    ("Convolution: [8, 3]", "Conv2D: [8, 3]"), ("convolutional: [8, 3]", "Conv2D: [8, 3]"), ("ConvLayer: [8, 3]", "Conv2D: [8, 3]"),
    ("Pooling: 2", "MaxPooling2D: 2"), ("max_pool: 2", "MaxPooling2D: 2"), ("max-pooling: 2", "MaxPooling2D: 2"),
    ("max_pooling2d: 2", "MaxPooling2D: 2"), ("Max Pooling 2D: 2", "MaxPooling2D: 2"), ("meanpool: 2", "AveragePooling2D: 2"),
    ("avg_pool2d: 2", "AvgPool2D: 2"), ("Subsampling: 2", "AveragePooling2D: 2"), ("GlobalPool", "GlobalAveragePooling2D"),
    ("global_avg_pool", "GlobalAveragePooling2D"), ("fully_connected: 10", "Dense: 10"), ("FullyConnected: 10", "Dense: 10"),
    ("InnerProduct: 10", "Dense: 10"), ("inner_product: 10", "Dense: 10"), ("Affine: 10", "Dense: 10"), ("hidden: 10", "Dense: 10"),
    ("Output: 10", "Dense: 10"), ("batch_norm", "BatchNormalization"), ("BatchNormalisation", "BatchNormalization"),
    ("Batch Normalization", "BatchNormalization"), ("Deconv: [8, 3]", "Conv2DTranspose: [8, 3]"),
    ("Deconvolution: [8, 3]", "Conv2DTranspose: [8, 3]"), ("Deconvolution2D: [8, 3]", "Conv2DTranspose: [8, 3]"),
    ("UpConv: [8, 3]", "Conv2DTranspose: [8, 3]"), ("conv_transpose: [8, 3]", "Conv2DTranspose: [8, 3]"),
    ("upsample: 2", "UpSampling2D: 2"), ("zero_pad: 2", "ZeroPadding2D: 2"), ("pad: 1", "ZeroPadding2D: 1"),
    ("depthwise: 3", "DepthwiseConv2D: 3"), ("sep_conv: [8, 3]", "SeparableConv2D: [8, 3]"), ("Convolution_2D: [8, 3]", "Conv2D: [8, 3]"),
    ("SpatialConvolution: [8, 3]", "Conv2D: [8, 3]"), ("drop: 0.5", "Dropout: 0.5"), ("flat", "Flatten"), ("Rectifier", "ReLU"),
    ("lrelu", "LeakyReLU"), ("sigmoid", "Activation: sigmoid"), ("tanh", "Activation: tanh"), ("crop: 2", "Cropping2D: 2"),
    ("resize: [8, 8]", "Resizing: [8, 8]"), ("noop", "Identity"), ("layer_norm", "LayerNormalization"), ("view: [48, 64]", "Reshape: [48, 64]"),
    ("transpose: [3, 1, 2]", "Permute: [3, 1, 2]"),
    *[(f"Conv2D: {{f: 8, k: 3, {word}: 2}}", "Conv2D: {f: 8, k: 3, strides: 2}")
      for word in ("stride", "step", "subsample", "stride_size", "strid", "stirdes", "Strides")],
    *[(f"Conv2D: {{{word}: 8, k: 3}}", "Conv2D: {filters: 8, k: 3}")
      for word in ("filter", "nb_filter", "num_filters", "n_filters", "channels", "out_channels", "num_output", "features", "maps", "depth",
                   "kernels", "filer", "fliters", "Filters")],
    *[(f"Conv2D: {{f: 8, {word}: 3}}", "Conv2D: {f: 8, kernel_size: 3}")
      for word in ("kernel", "kernal", "size", "ksize", "filter_size", "kernel_shape", "window", "kernelsize", "kernel_sise", "filter_length")],
    *[(f"Conv2D: {{f: 8, k: 3, {word}: same}}", "Conv2D: {f: 8, k: 3, padding: same}") for word in ("pad", "border_mode", "pads", "paddding")],
    *[(f"Conv2D: {{f: 8, k: 3, {word}: 1}}", "Conv2D: {f: 8, k: 3, padding: 1}") for word in ("pad", "zero_padding", "pad_size")],
    *[(f"Conv2D: {{f: 8, k: 3, {word}: false}}", "Conv2D: {f: 8, k: 3, use_bias: false}") for word in ("bias", "bias_term", "with_bias", "usebias")],
    *[(f"Conv2D: {{f: 9, k: 3, {word}: 3}}", "Conv2D: {f: 9, k: 3, groups: 3}") for word in ("group", "num_groups", "cardinality")],
    *[(f"Conv2D: {{f: 8, k: 3, {word}: 2}}", "Conv2D: {f: 8, k: 3, dilation_rate: 2}") for word in ("dilation", "dilations", "atrous_rate", "rate")],
    *[(f"Conv2D: {{f: 8, k: 3, {word}: relu}}", "Conv2D: {f: 8, k: 3, activation: relu}") for word in ("act", "activation_fn", "nonlinearity")],
    *[(f"Conv2D: {{f: 8, k: 3, {word}: 3}}", "Conv2D: {f: 8, k: 3}") for word in ("in_channels", "input_channels", "in_features")],
    ("Conv2D: {f: 8, k: 3, no_bias: true}", "Conv2D: {f: 8, k: 3, use_bias: false}"),
    *[(f"MaxPooling2D: {{{word}: 3}}", "MaxPooling2D: {pool_size: 3}")
      for word in ("pool", "size", "kernel", "kernel_size", "window", "pool_length", "ksize", "poolsize", "filter_size")],
    *[(f"Dense: {{{word}: 10}}", "Dense: {units: 10}")
      for word in ("neurons", "nodes", "hidden", "hidden_units", "num_units", "out_features", "output_dim", "num_output", "size", "classes",
                   "num_classes", "unit", "untis")],
    *[(f"Dropout: {{{word}: 0.5}}", "Dropout: {rate: 0.5}") for word in ("p", "prob", "dropout", "drop_rate", "dropout_ratio")],
    ("BatchNormalization: {eps: 0.001}", "BatchNormalization: {epsilon: 0.001}"),
    ("BatchNormalization: {num_features: 3}", "BatchNormalization"),
    ("Reshape: {shape: [3072]}", "Reshape: {target_shape: [3072]}"), ("UpSampling2D: {scale_factor: 2}", "UpSampling2D: {size: 2}"),
    ("ZeroPadding2D: {pad: 2}", "ZeroPadding2D: {padding: 2}"),
    ("Conv2d: [3, 64, 3]", "Conv2D: [64, 3]"), ("Conv2d: [3, 64, 7, 2, 3]", "Conv2D: {f: 64, k: 7, s: 2, p: 3}"),
    ("Conv2d: {in_channels: 3, out_channels: 64, kernel_size: 3, bias: false}", "Conv2D: {f: 64, k: 3, use_bias: false}"),
    ("MaxPool2d: [3, 2, 1]", "MaxPooling2D: [3, 2, 1]"), ("MaxPool2d: 2", "MaxPooling2D: 2"), ("BatchNorm2d: 3", "BatchNormalization"),
    ("Linear: [3, 10]", "Dense: 10"), ("Linear: {in_features: 3, out_features: 10}", "Dense: 10"), ("AvgPool2d: 2", "AveragePooling2D: 2"),
    ("ConvTranspose2d: [3, 8, 2, 2]", "Conv2DTranspose: {f: 8, k: 2, s: 2}"), ("Sigmoid", "Activation: sigmoid"), ("Dropout2d: 0.5", "SpatialDropout2D: 0.5"),
    ("Conv2d: {filters: 8, kernel_size: 3}", "Conv2D: {filters: 8, kernel_size: 3}"),
    ("Conv2dd: [3, 64, 3]", "Conv2D: [64, 3]"), ("Conv2dd(3, 64, 7, 2, 3)", "Conv2D: {f: 64, k: 7, s: 2, p: 3}"), ("Lineer: [3, 10]", "Dense: 10"),
    ("MaxPool2dd: [3, 2, 1]", "MaxPooling2D: [3, 2, 1]"), ("BatchNorm2dd: 3", "BatchNormalization"), ("Convv2d: [3, 64, 3]", "Conv2D: [64, 3]"),
]
#: Misspelled modules of PyTorch's: what is suggested is one of its modules too, whose arguments mean the same.
MODULES = [("nn.Conv2dd", "nn.Conv2d"), ("nn.conv2d", "nn.Conv2d"), ("nn.Conv2D", "nn.Conv2d"), ("nn.Lineer", "nn.Linear"), ("nn.Dense", "nn.Linear"),
           ("nn.MaxPooling2D", "nn.MaxPool2d"), ("nn.maxpool", "nn.MaxPool2d"), ("nn.BatchNormalization", "nn.BatchNorm2d"), ("nn.Batchnorm", "nn.BatchNorm2d"),
           ("nn.relu", "nn.ReLU"), ("nn.Flaten", "nn.Flatten"), ("nn.FC", "nn.Linear"), ("torch.nn.Droput", "nn.Dropout")]


@pytest.mark.parametrize(("word", "meant"), MODULES)
def test_a_misspelled_module_gets_a_module_of_pytorch(word, meant):
    assert kind_hint(word) == f"did you mean {meant!r}?"



def followed(line: str, error) -> list[str]:
    """The entries that come of doing what the error suggests."""
    hint = error.hint or ""
    keras = re.search(r"in Keras's: (.*)", hint)
    if keras:
        return [keras[1]]
    wrong = re.search(r"(?:unknown layer|no setting) '([^']*)'", error.problem)
    assert wrong is not None, error.problem
    word = wrong[1]
    if "did you mean" in hint:
        return [re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", name, line, count=1) for name in re.findall(r"'([^']+)'", hint.split("\n")[0])]
    instead = re.search(r"(Activation: \w+)|use_bias: false", hint)
    if instead:
        return [re.sub(rf"{word}(: true)?", instead[0], line)]
    assert "leave it out" in hint, hint
    return [re.sub(r": \{\}", "", re.sub(rf",? ?{word}: [^,}}]*", "", line))]


@pytest.mark.parametrize(("line", "meant"), FOREIGN, ids=[line for line, _ in FOREIGN])
def test_following_the_suggestion_gives_the_right_number(line, meant):
    right = network(meant)
    assert isinstance(right[0], tuple), right[0]
    found = network(line)
    assert not isinstance(found[0], tuple), f"{line} is read, as {found}"
    entries = followed(line, found[0])
    results = [network(entry) for entry in entries]
    assert right in results
    # What else is offered is another kind, which is refused here or says itself what it is.
    assert all(not isinstance(result[0], tuple) or result == right or result[0][0] != right[0][0] for result in results)


@pytest.mark.parametrize("word", TORCH)
def test_a_name_of_pytorch_is_never_read(word):
    found = network(f"{word}: [3, 8, 3]")
    assert f"{word} is PyTorch's name" in found[0].problem
    assert word not in EVERY


def test_only_case_and_the_listed_words_are_read():
    assert set(READ) == {"conv", "maxpool", "pool", "avgpool", "gap", "fc", "batchnorm", "bn"}
    for word, kind in (("CONV2D", "Conv2D"), ("conv2d", "Conv2D"), ("DENSE", "Dense"), ("maxpool2d", "MaxPooling2D"), ("relu", "ReLU")):
        assert same_but_for_case(word) is kind_named(kind)
    for word in ("Conv2d", "max_pooling2d", "Linear", "convolution", "max pooling"):
        assert same_but_for_case(word) is None


@pytest.mark.parametrize(("word", "value", "meant"), [("Conv2d", [3, 64, 3], "Conv2D: [64, 3]"), ("Linear", [3, 10], "Dense: 10"),
                                                      ("ConvTranspose2d", [3, 8, 2, 2], "Conv2DTranspose: {f: 8, k: 2, s: 2}")])
def test_no_slip_in_a_name_of_pytorch_leads_to_a_wrong_number(word, value, meant):
    right = network(meant, "[224, 224, 3]")
    for slip in slips(word):
        if slip in TORCH or same_but_for_case(slip) is not None:
            continue
        hint = kind_hint(slip, value) or ""
        keras = re.search(r"in Keras's: (.*)", hint)
        entries = [keras[1]] if keras else re.findall(r"as in PyTorch[^:]*: (.*)", hint) or [f"{name}: {value}" for name in re.findall(r"'([^']+)'", hint)]
        results = [network(entry, "[224, 224, 3]") for entry in entries]
        assert all(result == right or not isinstance(result[0], tuple) for result in results), (slip, hint)
