"""`cost --like` against the tools themselves, and what it says without them."""

import json

import pytest
from click.testing import CliRunner
from pytorch import known_networks as known

from cnncalc.cli import main

NETWORKS = {
    "lenet": (known.LENET, (1, 32, 32)), "resnet18": (known.RESNET18, (3, 64, 64)), "googlenet": (known.GOOGLENET, (3, 64, 64)),
    "unet": (known.UNET, (3, 32, 32)), "generator": (known.GENERATOR, (8, 1, 1)), "mobilenet": (known.MOBILENET, (3, 32, 32)),
    "vit": (known.VIT, (3, 32, 32)), "lstm": (known.LSTM, (7, 6)), "segmenter": (known.SEGMENTER, (3, 32, 32)), "autoencoder": (known.AUTOENCODER, (1, 28, 28)),
}


def like(tmp_path, source, shape, tool, *options):
    path = tmp_path / "net.py"
    path.write_text(source)
    result = CliRunner().invoke(main, ["cost", f"{path}:Net", "--input", "x".join(map(str, shape)), "--like", tool, *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def theirs(tool, net, shape, batch):
    torch = pytest.importorskip("torch")
    counter = pytest.importorskip(tool)
    x = torch.rand(batch, *shape)
    if tool == "torchinfo":
        return counter.summary(net, input_size=tuple(x.shape), verbose=0).total_mult_adds
    if tool == "fvcore":
        from fvcore.nn import FlopCountAnalysis

        return int(FlopCountAnalysis(net, x).unsupported_ops_warnings(False).uncalled_modules_warnings(False).total())
    if tool == "thop":
        return int(counter.profile(net, (x,), verbose=False)[0])
    assert batch == 1
    return counter.get_model_complexity_info(net, shape, as_strings=False, print_per_layer_stat=False)[0]


@pytest.mark.oracle
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("tool", ["torchinfo", "fvcore", "thop", "ptflops"])
def test_counts_are_the_tools_own(tool, name, tmp_path):
    pytest.importorskip("torch")
    source, shape = NETWORKS[name]
    for batch in (1, 2) if tool != "ptflops" else (1,):
        space = {}
        exec(source, space)
        wanted = theirs(tool, space["Net"]().eval(), shape, batch)
        data = json.loads(like(tmp_path, source, shape, tool, "--format", "json", "--batch", str(batch)))
        assert data["like"] == wanted, batch
        assert sum(row["like"] for row in data["layers"]) == wanted


def test_each_difference_has_a_reason(tmp_path):
    for tool in ("torchinfo", "fvcore", "thop", "ptflops"):
        for source, shape in NETWORKS.values():
            rows = json.loads(like(tmp_path, source, shape, tool, "--format", "json"))["layers"]
            assert [row for row in rows if bool(row["why"]) != (row["macs"] != row["like"])] == []


def test_the_table_names_the_tool_and_the_rule(tmp_path):
    source, shape = NETWORKS["lenet"]
    shown = like(tmp_path, source, shape, "ptflops")
    assert "ptflops adds the biases" in shown and "as far as they are known" in shown


def test_a_network_of_keras_is_refused():
    result = CliRunner().invoke(main, ["cost", "lenet5", "--like", "fvcore"])
    assert result.exit_code == 2
    assert "networks of PyTorch's source only" in result.output
