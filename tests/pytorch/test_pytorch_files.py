"""PyTorch's modules in architecture files and in `cnncalc layer`, and what other commands say of them."""

import json

from click.testing import CliRunner

from cnncalc.cli import main

FILE = """
framework: pytorch
input: [1, 32, 32]
layers:
  - Conv2d: [1, 6, 5]
  - ReLU
  - MaxPool2d: 2
  - Flatten
  - Linear: {in_features: 1176, out_features: 10}
"""


def ran(tmp_path, text, *args):
    path = tmp_path / "arch.yaml"
    path.write_text(text)
    return CliRunner().invoke(main, [args[0], str(path), *args[1:]])


def test_a_file_in_pytorchs_terms(tmp_path):
    result = ran(tmp_path, FILE, "summary", "--format", "json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert [(row["type"], row["output_shape"], row["params"]) for row in found["layers"]] == [
        ("Conv2d", [None, 6, 28, 28], 156), ("ReLU", [None, 6, 28, 28], 0), ("MaxPool2d", [None, 6, 14, 14], 0),
        ("Flatten", [None, 1176], 0), ("Linear", [None, 10], 11770)]


def test_modules_with_nn_need_no_framework(tmp_path):
    text = FILE.replace("framework: pytorch\n", "")
    for word in ("Conv2d", "ReLU", "MaxPool2d", "Flatten", "Linear"):
        text = text.replace(f"- {word}", f"- nn.{word}")
    assert json.loads(ran(tmp_path, text, "summary", "--format", "json").stdout)["params"] == 156 + 11770


def test_layers_of_two_frameworks_do_not_mix(tmp_path):
    result = ran(tmp_path, "input: [1, 8, 8]\nlayers:\n  - nn.ReLU\n  - Dense: 10\n", "summary")
    assert result.exit_code == 2
    assert "arch.yaml:4:5: error: Dense is a layer of Keras's, in a network of PyTorch's modules" in result.stderr


def test_an_error_quotes_pytorch(tmp_path):
    result = ran(tmp_path, FILE.replace("1176", "100"), "summary")
    assert result.exit_code == 2
    assert "Linear 'linear' takes 100 features, and gets 1176 from (N, 1176)" in result.stderr
    assert "PyTorch: mat1 and mat2 shapes cannot be multiplied (Nx1176 and 100x10)" in result.stderr


def test_the_working_has_pytorchs_order_of_axes(tmp_path):
    result = ran(tmp_path, FILE, "explain")
    assert result.exit_code == 0, result.stderr
    for line in ("conv2d: nn.Conv2d on c × h × w = 1 × 32 × 32", "c' = F = 6",
                 "h' = ⌊(h + 2 × p − k) / s⌋ + 1 = ⌊(32 + 2 × 0 − 5) / 1⌋ + 1 = 28",
                 "MACs = F × c × k × k × h' × w' = 6 × 1 × 5 × 5 × 28 × 28 = 117,600",
                 "n' = c × h × w = 6 × 14 × 14 = 1,176", "params = u × n + u = 10 × 1,176 + 10 = 11,770"):
        assert line in result.stdout


def test_receptive_fields_of_channels_first_maps(tmp_path):
    rows = json.loads(ran(tmp_path, FILE, "receptive-field", "--format", "json").stdout)["layers"]
    assert [(row["name"], [axis["size"] for axis in row["axes"]]) for row in rows[:3]] == [
        ("conv2d", [5, 5]), ("re_lu", [5, 5]), ("max_pool2d", [6, 6])]


def test_layers_as_pytorch_code_writes_them():
    result = CliRunner().invoke(main, ["layer", "nn.Conv2d(3, 64, 7, 2, 3); nn.ReLU(); nn.MaxPool2d(3, 2, 1)", "--input", "3x224x224"])
    assert result.exit_code == 0, result.stderr
    assert "(N, 64, 56, 56)" in result.stdout
    assert "params = F × c × k × k + F = 64 × 3 × 7 × 7 + 64 = 9,472" in result.stdout


def test_cost_of_one_example(tmp_path):
    found = json.loads(ran(tmp_path, FILE, "cost", "--format", "json").stdout)
    assert found["macs"] == 6 * 25 * 28 * 28 + 11760
