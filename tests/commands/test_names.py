"""What is typed in place of a command, a network or a layer, and what it says then."""

from __future__ import annotations

import pytest
from running import cnncalc

from cnncalc.cli import COMMANDS
from cnncalc.commands.names import _MEANT, ALIASES


@pytest.mark.parametrize(("typed", "meant"), [
    ("lenet5", "cnncalc summary lenet5"),
    ("VGG16 --batch 3", "cnncalc summary VGG16 --batch 3"),
    ("net.yaml", "cnncalc summary net.yaml"),
    ("net", "cnncalc summary net.yaml"),
    ("params lenet5", "cnncalc summary lenet5"),
    ("ls", "cnncalc examples"),
    ("Summary lenet5", "cnncalc summary lenet5"),
    ("sumary lenet5", "cnncalc summary lenet5"),
    ("flops vgg16 --batch 2", "cnncalc cost vgg16 --batch 2"),
    ("conv 'a b'", "cnncalc layer ''a b''"),
])
def test_a_word_that_is_no_command_gets_the_line_that_was_meant(typed, meant, tmp_path):
    (tmp_path / "net.yaml").write_text("input: [8]\nlayers: [Flatten]\n")
    run = cnncalc(*typed.split(" ", 1 if "'" in typed else -1), cwd=tmp_path)
    assert (run.code, run.out) == (2, "")
    assert f"no such command {typed.split()[0]!r}\n    did you mean '{meant}'?" in run.err


def test_plot_is_answered():
    run = cnncalc("plot", "lenet5")
    assert run.code == 2
    assert "did you mean 'cnncalc draw lenet5'?" in run.err


def test_rf_and_help_work():
    assert cnncalc("rf", "lenet5").out == cnncalc("receptive-field", "lenet5").out
    assert cnncalc("help").out == cnncalc("--help").out
    assert cnncalc("help", "cost").out == cnncalc("cost", "--help").out
    assert cnncalc("help", "rf").out == cnncalc("receptive-field", "--help").out


def test_every_word_has_one_meaning():
    words = [word for text in _MEANT.values() for word in text.split()]
    assert len(words) == len(set(words))
    assert not set(words) & {*COMMANDS, *ALIASES}


def test_names_of_networks_ignore_case():
    assert cnncalc("summary", "LeNet5").out == cnncalc("summary", "lenet5").out


def test_a_file_without_its_ending_is_named(tmp_path):
    (tmp_path / "net.yaml").write_text("")
    assert cnncalc("summary", "net", cwd=tmp_path).err == (
        "error: there is no file and no bundled example 'net'\n    did you mean 'net.yaml'?\n")


def test_an_unknown_layer_gets_a_list():
    assert cnncalc("explain", "lenet5", "conv1").err == (
        "error: lenet5 has no layer 'conv1'\n    it has input, C1, S2, C3, S4, C5, flatten, F6, output\n")


@pytest.mark.parametrize("typed", ["28x28x1", "28*28*1", "(28, 28, 1)", "[28, 28, 1]", "28 28 1", "28 × 28 × 1", "28X28X1", "28,28,1"])
def test_a_size_is_read_as_in_a_file(typed):
    assert cnncalc("summary", "mnist-chollet", "--input", typed).out == cnncalc("summary", "mnist-chollet", "--input", "28x28x1").out


@pytest.mark.parametrize("typed", ["28x28xq", "0x28x1", "28x28x", "", "x", "((1, 2), 3)", "-1x2x3"])
def test_what_is_no_size_is_refused(typed):
    run = cnncalc("summary", "mnist-chollet", "--input", typed)
    assert run.code == 2
    assert "is not a shape such as 256x256x3" in run.err


def test_layers_are_shown_whatever_their_case():
    assert cnncalc("layers", "conv2d").out == cnncalc("layers", "Conv2D").out
