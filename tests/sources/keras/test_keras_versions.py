"""Files that versions of Keras wrote, with the text that each version prints of the model that it loads from them.

write_keras_files.py writes them: one for every kind of layer of the version, quantized layers and networks as far as the
version has such, and 100 random networks.
"""

from __future__ import annotations

import functools
import json
import lzma

import pytest
from running import TESTS

from cnncalc.sources import open_text
from cnncalc.tracing import assume, traced
from cnncalc.views.keras_text import keras2, keras3

GOLDEN = TESTS / "golden"
VERSIONS = ("2.15.0", "3.0.5", "3.3.3", "3.6.0", "3.10.0", "3.15.1")
#: How many files there are of layers, and of quantized layers and networks.
KINDS = {"2.15.0": (116, 0), "3.0.5": (112, 0), "3.3.3": (114, 101), "3.6.0": (116, 116), "3.10.0": (135, 112), "3.15.1": (144, 243)}
NEWEST = VERSIONS[-1]
#: Files that a version itself prints otherwise than the newest one does, whose text ours is, by the reason.
TEXTS = ("TextVectorization multi_hot", "TextVectorization tf_idf")
LORA = ("int8_from_bfloat16 Dense lora", "int8_from_bfloat16 Embedding lora", "int8_from_bfloat16 EinsumDense lora")
CHANGED = {
    "3.0.5": {
        "a text has a row for each of its axes": TEXTS,
        "weights of Bidirectional are counted once": ("Bidirectional", "network 57", "network 71", "network 119", "network 142", "network 145"),
        "what is frozen is frozen again when it is loaded": tuple([f"network {n}" for n in (
            1, 8, 42, 43, 51, 60, 73, 76, 89, 104, 109, 116, 117, 120, 126, 139, 149)]),
    },
    "3.3.3": {"a text has a row for each of its axes": TEXTS, "what LoRA learns is in float32": LORA},
    "3.6.0": {"a text has a row for each of its axes": TEXTS, "what LoRA learns is in float32": LORA,
              "casts that the file has are not made once more": ("network 28",)},
    "3.10.0": {"a text has a row for each of its axes": TEXTS, "what LoRA learns is in float32": LORA},
}


@functools.cache
def files(version):
    held = json.loads(lzma.decompress((GOLDEN / f"keras-{version}.json.xz").read_bytes()))
    assert held["version"] == version
    return held["files"]


def ours(version, file):
    """The texts that we print of a file, as write_keras_files.py prints them."""
    opened = open_text(json.dumps(file["config"]))
    if file["name"] == "Lambda":  # what it computes is code
        assert not assume(opened.graph, {"lambda": "same"})
    assert (opened.errors, opened.warnings) == ([], []), file["name"]
    trace = traced(opened.graph)
    assert not trace.errors, (file["name"], trace.errors)
    if version.startswith("2"):
        return [keras2(trace, style="2.13"), keras2(trace, 130, "2.13", True, True)]
    return [keras3(trace, console_width=200), keras3(trace, 130, True, True, 200)]


def newest(file):
    """What the newest version prints of a file: its golden of this name, or what it makes of the file."""
    for known in files(NEWEST):
        if known["name"] == file["name"] and known["name"].startswith("TextVectorization"):
            return known["printed"]  # Keras needs TensorFlow for it
    from oracle import fresh, keras
    from write_keras_files import PRINTED, printed

    def without_range(entry):
        """An entry without what RandomRotation no longer takes."""
        if entry.get("class_name") == "RandomRotation":
            entry["config"].pop("value_range", None)
        return entry

    fresh()
    model = keras.saving.deserialize_keras_object(json.loads(json.dumps(file["config"]), object_hook=without_range))
    return [printed(model, *flags) for flags in PRINTED]


def bare(texts):
    return [text.rstrip("\n") for text in texts]


@pytest.mark.oracle
@pytest.mark.parametrize("version", VERSIONS)
def test_every_file_is_read_and_printed_as_its_keras_prints_it(version, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    found = files(version)
    names = [file["name"] for file in found]
    assert len([name for name in names if name.startswith("network ")]) == 100
    quantized = [name for name in names if name.startswith(("quantized ", "int8", "int4", "float8", "gptq", "awq"))]
    assert (len(names) - 100 - len(quantized), len(quantized)) == KINDS[version]
    changed = [name for names in CHANGED.get(version, {}).values() for name in names]
    texts = {file["name"]: bare(ours(version, file)) for file in found}
    different = [file for file in found if texts[file["name"]] != bare(file["printed"])]
    assert sorted(file["name"] for file in different) == sorted(changed)
    for file in different:
        assert texts[file["name"]] == bare(newest(file)), file["name"]


@pytest.mark.oracle
@pytest.mark.parametrize("version", ["2.15.0", NEWEST])
def test_every_command_does_what_it_can_with_a_file(version):
    from cnncalc.network import Network
    from cnncalc.sources.architecture.writer import spec_text
    from cnncalc.sources.keras.writer import keras_json

    for file in files(version):
        if file["name"].startswith("network "):
            continue
        network = Network.of(open_text(json.dumps(file["config"])))
        for result in (network.explain, network.cost, network.receptive_fields) if network.trace.mixed is None else ():
            assert str(result())
        for written in (spec_text, keras_json) if not version.startswith("2") else (spec_text,):  # Keras 3 lacks some of its layers
            assert not open_text(written(network.trace)).errors, file["name"]
