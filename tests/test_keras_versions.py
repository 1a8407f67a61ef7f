"""Files that versions of Keras wrote, with the text that each version prints of the model that it loads from them.

write_keras_files.py writes them: one for every kind of layer of the version, and 100 random networks.
"""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from cnncalc.network import traced
from cnncalc.sources import open_text
from cnncalc.views.keras_text import keras2, keras3

GOLDEN = Path(__file__).parent / "golden"
VERSIONS = sorted(path.name.removeprefix("keras-").removesuffix(".json.xz") for path in GOLDEN.glob("keras-*.json.xz"))
#: What is known to differ, and why; it is asserted that it still does.
DIFFERENT = {
    "2.15.0": {
        "EinsumDense": "TensorFlow infers the size that output_shape leaves open",
        "network 43": "the output of a nested model keeps the batch of the model's own input",
        "network 78": "TensorFlow knows no size in a nested model whose input leaves one open",
        "network 98": "TensorFlow knows no size in a nested model whose input leaves one open",
    },
    "3.6.0": {"network 28": "casts that the file has are made once more when it is loaded"},
}


def files(version):
    held = json.loads(lzma.decompress((GOLDEN / f"keras-{version}.json.xz").read_bytes()))
    assert held["version"] == version
    return held["files"]


def ours(version, file):
    """The texts that we print of a file, as write_keras_files.py prints them."""
    opened = open_text(json.dumps(file["config"]))
    assert (opened.errors, opened.warnings) == ([], []), file["name"]
    trace = traced(opened.graph)
    assert not trace.errors, (file["name"], trace.errors)
    if version.startswith("2"):
        return [keras2(trace, style="2.13"), keras2(trace, 130, "2.13", True, True)]
    return [keras3(trace, console_width=200), keras3(trace, 130, True, True, 200)]


@pytest.mark.oracle
@pytest.mark.parametrize("version", VERSIONS)
def test_every_file_is_read_and_printed_as_its_keras_prints_it(version):
    found = files(version)
    assert len([file for file in found if file["name"].startswith("network ")]) == 100
    assert len(found) >= 160
    different = [file["name"] for file in found if [text.rstrip("\n") for text in ours(version, file)] != [
        text.rstrip("\n") for text in file["printed"]]]
    assert different == list(DIFFERENT.get(version, {}))


def test_there_are_files_of_every_version_that_changed_them():
    assert set(VERSIONS) >= {"2.15.0", "3.3.3", "3.6.0"}
