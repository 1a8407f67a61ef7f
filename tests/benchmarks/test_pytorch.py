"""Networks of PyTorch's in source against a bundled example, and what importing torch alone takes."""

from __future__ import annotations

import importlib.util
from statistics import median

import pytest
from pytorch import known_networks as known
from timing import best, cnncalc, python, told

NETWORKS = {
    "lenet": (known.LENET, "1x32x32"), "resnet18": (known.RESNET18, "3x64x64"), "googlenet": (known.GOOGLENET, "3x64x64"), "unet": (known.UNET, "3x32x32"),
    "generator": (known.GENERATOR, "8x1x1"), "mobilenet": (known.MOBILENET, "3x32x32"), "vit": (known.VIT, "3x32x32"), "lstm": (known.LSTM, "7x6"),
    "segmenter": (known.SEGMENTER, "3x32x32"), "autoencoder": (known.AUTOENCODER, "1x28x28"),
}
BAR = 2.0


@pytest.mark.benchmark
def test_networks_of_pytorchs_take_little_longer_than_an_example(tmp_path):
    commands = []
    for name, (source, size) in NETWORKS.items():
        path = tmp_path / f"{name}.py"
        path.write_text(source)
        commands.append(cnncalc("summary", f"{path}:Net", "--input", size))
    *times, lenet = best(*commands, cnncalc("summary", "lenet5"), runs=5)
    told("summary of PyTorch source, median of ten networks", f"{median(times) * 1000:.0f} ms", f"summary lenet5: {lenet * 1000:.0f} ms",
         median(times) / lenet, f"at most {BAR}")
    assert median(times) / lenet <= BAR


@pytest.mark.benchmark
def test_what_importing_torch_takes():
    """A row of the table; nothing to pass, for torch is not ours."""
    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed")
    told("python -c 'import torch', which none of our commands does", f"{best(python('import torch'), runs=2)[0] * 1000:.0f} ms")
