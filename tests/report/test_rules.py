"""The page's script follows receptive fields and windows exactly as the engine does, in both directions."""

from __future__ import annotations

import random

import pytest
from node import SCRIPT, Question, asked
from random_fields import random_graph

import cnncalc
from cnncalc.analysis import analyse
from cnncalc.receptive_field.report import Sight
from cnncalc.report.rules import tap_rule
from cnncalc.sources import open_named
from cnncalc.sources.python.program import Given
from cnncalc.window import Spread, Window

#: Networks of all kinds: chains, branches, several inputs, sequences, volumes, nested models, upsampling, dilation.
NETWORKS = (
    "alexnet", "alexnet-torchvision", "autoencoder", "cnn-lstm", "conv3d", "densenet121", "efficientnetb0", "fashion-mnist-geron",
    "googlenet", "inception-module", "inceptionv3", "lenet-variant", "lenet5", "local-or-shared", "mnist-chollet",
    "mnist-without-pooling", "mobilenet", "mobilenetv2", "multi-output", "nasnetmobile", "pretrained-sizes", "resnet18", "resnet50",
    "resnet50-torchvision", "resnet50v2", "separable", "shallow-vgg", "shallow-vgg-dropout", "shallownet", "siamese", "squeezenet",
    "tiny-6x6", "transfer-vgg16", "two-channels-by-hand", "unet", "vgg16", "vgg19", "wavenet", "vgg16-table", "xception",
)

MODULE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2, padding=2)
        self.norm = nn.BatchNorm2d(8)
        self.side = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=2)
        self.up = nn.ConvTranspose2d(16, 8, 3, stride=2, output_padding=1)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x)))
        x = self.up(torch.cat([x, self.side(x).flip(3)], 1))
        return self.head(x.mean((2, 3)))
"""


def told(sights, tmp_path, many, pixels=4):
    """Hold the script's answers against the engine's, for units of each network."""
    questions = [Question(sight, many, random.Random(i), pixels) for i, sight in enumerate(sights)]
    for question, answer in zip(questions, asked([question.data() for question in questions], tmp_path), strict=True):
        question.check(answer)


def test_units_of_a_network(tmp_path):
    told([Sight(cnncalc.load("lenet5").trace)], tmp_path, 8)


@pytest.mark.oracle
def test_units_of_many_networks(tmp_path):
    assert len(NETWORKS) == 40
    told([Sight(cnncalc.load(name).trace) for name in NETWORKS], tmp_path, 25)


@pytest.mark.oracle
def test_units_of_random_networks(tmp_path):
    told([Sight(random_graph(random.Random(seed))[1]) for seed in range(200)], tmp_path, 12, 12)


@pytest.mark.oracle
def test_units_of_a_pytorch_module(tmp_path):
    (tmp_path / "net.py").write_text(MODULE)
    given = Given(None, (), None)
    given.words = ("3x31x40",)
    opened = open_named(str(tmp_path / "net.py"), given)
    assert not opened.errors
    told([Sight(analyse(opened.graph))], tmp_path, 60, 12)


def test_windows_read_what_their_taps_read(tmp_path):
    """The script's window, place by place, against `Window.taps` and `Spread.taps`."""
    pick, rules = random.Random(1), []
    for _ in range(300):
        k, s, d, before = pick.randint(1, 7), pick.randint(1, 5), pick.randint(1, 4), pick.randint(0, 6)
        rules.append(Window(k, s, d, 2 * before, before) if pick.random() < 0.5 else Spread(k, s, d, 2 * before, before))
    places = list(range(12))
    (answer,) = asked([{"taps": [[tap_rule(window), places] for window in rules]}], tmp_path)
    for window, found in zip(rules, answer, strict=True):
        assert [sorted(read) for read in found] == [sorted([x for _, x in window.taps(place)]) for place in places], window


def test_the_script_is_small_and_plain():
    lines = SCRIPT.read_text().split("\n")
    assert len(lines) <= 251 and max(map(len, lines)) <= 195  # the last line is empty
    assert not any(word in SCRIPT.read_text() for word in ("innerHTML", "eval(", "Function(", "insertAdjacent", "Conv", "Pool", "http"))
