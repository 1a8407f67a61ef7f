"""The source that is written: read back it is the same network, and it is the same each time."""

from __future__ import annotations

import contextlib

import pytest
from networks_written import counts_in_pytorch, example, random_trace, sizes
from running import cnncalc

from cnncalc.code_writers.keras import keras_code
from cnncalc.code_writers.pytorch import pytorch_code
from cnncalc.errors import CnncalcError
from cnncalc.sources import bundled, open_named
from cnncalc.tracing import traced

QUICK = ["lenet5-lecture", "siamese", "resnet18", "unet", "transfer-vgg16", "multi-output"]
#: What cannot be written, and why.
REFUSED = {
    "keras": {
        "convnextbase": "LayerScale", "convnextlarge": "LayerScale", "convnextsmall": "LayerScale", "convnexttiny": "LayerScale",
        "convnextxlarge": "LayerScale", "local-or-shared": "LocallyConnected2D",
    },
    "pytorch": {
        "cnn-lstm": "two bias vectors", "local-or-shared": "LocallyConnected2D", "transfer-inceptionv3": "RandomFlip",
        "transfer-resnet50": "RandomFlip", "transfer-vgg16": "RandomFlip",
    },
}


def read_back(code, folder):
    path = folder / "net.py"
    path.write_text(code)
    found = open_named(str(path))
    assert [str(error) for error in found.errors] == []
    return traced(found.graph)


def rows(trace):
    return [(s.node.keras_name, s.outputs, s.params, s.trainable_params) for s in trace.steps if s.used and not s.node.call]


def same_in_keras(trace, folder):
    code = keras_code(trace)
    assert keras_code(trace) == code
    again = read_back(code, folder)
    assert (again.params, again.trainable_params) == (trace.params, trace.trainable_params)
    assert again.outputs == trace.outputs
    if "ZeroPadding" not in code and "keras.ops." not in code and " * " not in code:
        assert sorted(rows(again), key=str) == sorted(rows(trace), key=str)


def same_in_pytorch(trace, folder):
    code = pytorch_code(trace)
    assert pytorch_code(trace) == code
    if "__main__" not in code:  # the size of an input is open
        return
    again = read_back(code, folder)
    assert (sum(s.params for s in again.steps), sum(s.trainable_params for s in again.steps)) == counts_in_pytorch(trace)
    assert sizes(again.outputs) == sizes(trace.outputs)


@pytest.mark.parametrize("name", QUICK)
def test_an_example_read_back_is_the_same(name, tmp_path):
    trace = example(name)
    same_in_keras(trace, tmp_path)
    if name not in REFUSED["pytorch"]:
        same_in_pytorch(trace, tmp_path)


@pytest.mark.oracle
@pytest.mark.parametrize("name", bundled())
def test_every_example_read_back_is_the_same(name, tmp_path):
    trace = example(name)
    for framework, write, same in (("keras", keras_code, same_in_keras), ("pytorch", pytorch_code, same_in_pytorch)):
        if name in REFUSED[framework]:
            with pytest.raises(CnncalcError) as caught:
                write(trace)
            assert any(REFUSED[framework][name] in error.problem for error in caught.value)
        else:
            same(trace, tmp_path)


@pytest.mark.oracle
@pytest.mark.parametrize("part", range(10))
def test_random_networks_read_back_are_the_same(part, tmp_path):
    written = {same_in_keras: 0, same_in_pytorch: 0}
    for seed in range(part * 20, part * 20 + 20):
        trace = random_trace(seed)
        for same in written if trace is not None else ():
            with contextlib.suppress(CnncalcError):  # what cannot be written
                same(trace, tmp_path)
                written[same] += 1
    assert written[same_in_keras] >= 8
    assert written[same_in_pytorch] >= 4


# PyTorch's networks.

TORCH = '''\
import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, i, o, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(i, o, 3, stride=stride, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(o)
        self.down = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o)) if stride > 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)) + self.down(x))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 7, 2, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.layer = nn.Sequential(Block(8, 8), Block(8, 16, 2))
        self.fc = nn.Linear(16 * 4, 10)
        self.stem[0].requires_grad_(False)

    def forward(self, x):
        x = self.layer(self.stem(x))
        x = F.adaptive_avg_pool2d(x, 2) * 0.5
        x = x.view(x.size(0), -1)
        return F.softmax(self.fc(F.dropout(x, 0.2, self.training)), dim=1)


if __name__ == "__main__":
    model = Net()
    print(model(torch.zeros(1, 3, 64, 64)).shape)
'''


def torch_network(folder):
    (folder / "torch_net.py").write_text(TORCH)
    return traced(open_named(str(folder / "torch_net.py")).graph)


def test_a_network_of_pytorchs_becomes_one_of_keras(tmp_path):
    trace = torch_network(tmp_path)
    code = keras_code(trace)
    for line in ("x = layers.ZeroPadding2D(3)(inputs)", 'x = layers.Conv2D(8, 7, strides=2, name="stem_0", trainable=False)(x)',
                 'y = layers.Conv2D(8, 3, padding="same", use_bias=False, name="layer_0_conv")(x)', "x = layers.Add()([y, x])",
                 "x = x * 0.5", 'x = layers.Dense(10, name="fc")(x)', "# PyTorch flattens (channels, height, width)"):
        assert line in code
    again = read_back(code, tmp_path)
    trained = sum(s.trainable_params for s in trace.steps)
    assert again.trainable_params == trained
    assert again.params == sum(s.params for s in trace.steps) + 2 * (8 + 8 + 16 + 16)  # Keras counts moving averages
    assert again.outputs == trace.outputs


def test_a_network_of_pytorchs_is_written_again(tmp_path):
    trace = torch_network(tmp_path)
    code = pytorch_code(trace)
    assert pytorch_code(trace) == code
    assert "x = F.dropout(x, 0.2, self.training)" in code
    again = read_back(code, tmp_path)
    assert [(s.outputs, s.params, s.trainable_params) for s in again.steps] == [(s.outputs, s.params, s.trainable_params) for s in trace.steps]


# The command.

NOT_IN_PYTORCH = """\
input: [16, 16, 3]
layers:
  - RandomFlip
  - GlobalAveragePooling2D
  - Reshape: [8, 4]
  - LSTM: 5
"""


def test_what_cannot_be_written_is_refused_by_name_all_at_once(tmp_path):
    (tmp_path / "net.yaml").write_text(NOT_IN_PYTORCH.replace("[8, 4]", "[1, 3]"))
    run = cnncalc("convert", "net.yaml", "--to", "pytorch", cwd=tmp_path)
    assert run.code == 2
    assert run.out == ""
    assert "net.yaml:3:5: error: RandomFlip 'random_flip': augmentation is not part of a PyTorch module" in run.err
    assert "net.yaml:6:5: error: LSTM 'lstm': nn.LSTM has two bias vectors where Keras has one" in run.err


def test_an_ending_means_the_networks_own_framework(tmp_path):
    torch_network(tmp_path)
    assert cnncalc("convert", "torch_net.py", "-o", "own.py", cwd=tmp_path).code == 0
    assert "nn.Module" in (tmp_path / "own.py").read_text()
    assert cnncalc("convert", "lenet5", "-o", "lenet5.py", cwd=tmp_path).code == 0
    assert "keras.Sequential" in (tmp_path / "lenet5.py").read_text()


# Parts that repeat.


def test_a_part_that_repeats_is_a_class_with_what_differs_as_its_arguments():
    code = pytorch_code(example("resnet18"))
    assert "class ResidualBlock(nn.Module):\n    def __init__(self, channels):" in code
    assert "self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)" in code
    assert "nn.Conv2d(in_channels, 2 * in_channels, 1, stride=2, bias=False)" in code
    assert code.count("    ResidualBlock(") == 5
    assert code.count("    DownsampleBlock(") == 3


def test_a_part_that_repeats_is_a_function_that_begins_the_names_of_its_layers():
    code = keras_code(example("resnet50"))
    assert "def residual_block(x, filters, name):\n" in code
    assert 'layers.Conv2D(4 * filters, 1, name=f"{name}_3_conv")(y)' in code
    assert 'x = downsample_block(x, 128, 2, name="conv3_block1")' in code


def test_a_chain_stays_a_list():
    assert "def " not in keras_code(example("vgg16-table"))
    assert "class " not in pytorch_code(example("vgg16-table"))
