"""The page's script follows receptive fields exactly as the engine does, in both directions."""

from __future__ import annotations

import random

import pytest
from node import Question, asked
from random_fields import random_graph

import cnncalc
from cnncalc.receptive_field.report import Sight

#: Networks of all kinds: chains, branches, several inputs, sequences, volumes, nested models, upsampling, dilation.
NETWORKS = (
    "alexnet", "autoencoder", "cnn-lstm", "conv3d", "densenet121", "efficientnetb0", "fashion-mnist-geron", "googlenet",
    "inception-module", "inceptionv3", "lenet5", "local-or-shared", "mnist-chollet", "mobilenet", "mobilenetv2",
    "nasnetmobile", "multi-output", "resnet18", "resnet50", "resnet50-torchvision", "resnet50v2", "separable",
    "shallow-vgg", "siamese", "squeezenet", "transfer-vgg16", "unet", "vgg16", "wavenet", "xception",
)  # fmt: skip


def told(sights, tmp_path, many, pixels=4):
    """Hold the script's answers against the engine's, for units of each network."""
    questions = [Question(sight, many, random.Random(i), pixels) for i, sight in enumerate(sights)]
    for question, answer in zip(questions, asked([question.data() for question in questions], tmp_path), strict=True):
        question.check(answer)


def test_units_of_a_few_networks(tmp_path):
    told([Sight(cnncalc.load(name).trace) for name in ("lenet5", "siamese", "wavenet")], tmp_path, 6)


@pytest.mark.oracle
def test_units_of_many_networks(tmp_path):
    told([Sight(cnncalc.load(name).trace) for name in NETWORKS], tmp_path, 25)


@pytest.mark.oracle
def test_units_of_random_networks(tmp_path):
    told([Sight(random_graph(random.Random(seed))[1]) for seed in range(200)], tmp_path, 12, 12)
