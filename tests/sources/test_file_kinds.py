"""Files that are no networks: recognized by what is in them, whatever they are called."""

from __future__ import annotations

import io
import os
import pickle
import tarfile
import threading
import zipfile

import pytest
from running import cnncalc

from cnncalc.sources.examples import examples
from cnncalc.sources.file_kinds import ARCHIVES, FILES, FOLDERS, HEAD, refusal
from cnncalc.sources.open import open_text


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("model.yaml"))
    return out.getvalue()


def field(number: int, value: bytes | int) -> bytes:
    """One field of a protocol buffer."""
    def varint(n: int) -> bytes:
        return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + varint(n >> 7)

    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


NODE = field(1, b"input_1") + field(2, b"Placeholder") + field(5, b"\x0a\x05shape\x12\x00")
BITMAP = b"BM" + (70).to_bytes(4, "little") + bytes(64)
HEADER = b'{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
#: What the file is, its bytes, and the beginning of what it is said to be.
CASES = {
    "pt": (zipped("model/data.pkl", "model/byteorder", "model/data/0", "model/version"), "a PyTorch checkpoint"),
    "pt of TorchScript": (zipped("net/code/__torch__.py", "net/data.pkl", "net/constants.pkl"), "a PyTorch model exported as TorchScript"),
    "pth before 1.6": (pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2), "a PyTorch checkpoint"),
    "pickle": (pickle.dumps({"a": 1}), "a Python pickle"),
    "old pickle": (pickle.dumps({"a": 1}, 2), "a Python pickle"),
    "onnx": (field(1, 8) + field(2, b"pytorch") + field(3, b"2.1.0") + field(7, bytes(9000)), "an ONNX model"),
    "onnx without a producer": (field(1, 9) + field(8, field(2, 17)) + field(7, b"\x0a\x00"), "an ONNX model"),
    "safetensors": (len(HEADER).to_bytes(8, "little") + HEADER + bytes(8), "a safetensors file"),
    "pb of a SavedModel": (field(1, 1) + field(2, field(1, b"\x12\x00") + bytes(9000)), "a TensorFlow SavedModel graph"),
    "pb of a graph": (field(1, NODE) + field(1, NODE) * 400, "a frozen TensorFlow graph"),
    "tflite": (b"\x1c\0\0\0TFL3" + bytes(60), "a TensorFlow Lite model"),
    "npz": (zipped("w.npy", "b.npy"), "an .npz file"),
    "npy": (b"\x93NUMPY\x01\0" + bytes(90), "a NumPy array"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF document"),
    "docx": (zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "a Word document"),
    "xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
    "pptx": (zipped("[Content_Types].xml", "ppt/presentation.xml"), "a PowerPoint presentation"),
    "odt": (zipped("mimetype", "content.xml"), "an OpenDocument file"),
    "doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "an old Word document"),
    "rtf": (b"{\\rtf1\\ansi x}", "an RTF document"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(30), "a picture"),
    "jpg": (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "a picture"),
    "gif": (b"GIF89a\1\0\1\0", "a picture"),
    "webp": (b"RIFF\x24\0\0\0WEBPVP8 ", "a picture"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0", "a picture"),
    "bmp": (BITMAP, "a picture"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a web page or an XML document"),
    "html": (b"\n<!DOCTYPE html><html>", "a web page or an XML document"),
    "zip": (zipped("a.txt"), "a zip archive without a config.json"),
    "zip of a SavedModel": (zipped("m/saved_model.pb", "m/variables/variables.index"), "a zip archive with a TensorFlow SavedModel"),
    "gz": (b"\x1f\x8b\x08\0" + bytes(20), "a compressed archive"),
    "tar": (tarred(), "a tar archive"),
    "mat": (b"MATLAB 5.0 MAT-file, Platform: GLNXA64" + bytes(99), "a MATLAB file"),
    "exe": (b"\x7fELF\2\1\1" + bytes(60), "a program"),
}


@pytest.mark.parametrize(("kind", "ending"), [*[(kind, "yaml") for kind in CASES], ("onnx", "keras"), ("pt", "bin"), ("pdf", "h5")])
def test_a_file_is_recognized_by_its_content(kind, ending, tmp_path):
    data, what = CASES[kind]
    (tmp_path / f"m.{ending}").write_bytes(data)
    run = cnncalc("summary", f"m.{ending}", cwd=tmp_path)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"error: m.{ending} is {what}"), run.err
    assert "; " in run.err and run.err.count("\n") == 1


@pytest.mark.parametrize("kind", ["pt", "onnx", "pdf"])
def test_standard_input_is_recognized_too(kind):
    data, what = CASES[kind]
    assert cnncalc("summary", "-", stdin=data).err.startswith(f"error: <stdin> is {what}")


def test_a_pipe_is_read_as_a_file_is(tmp_path):
    pipe = tmp_path / "m.yaml"
    os.mkfifo(pipe)
    text = cnncalc("examples", "lenet5").out
    for data, expected in ((text.encode(), cnncalc("summary", "lenet5").out.splitlines()[1:]), (CASES["onnx"][0], [])):
        writer = threading.Thread(target=pipe.write_bytes, args=(data,))
        writer.start()
        run = cnncalc("summary", "m.yaml", cwd=tmp_path)
        writer.join()
        assert run.out.splitlines()[1:] == expected


@pytest.mark.parametrize(("inside", "what"), [
    (["saved_model.pb", "keras_metadata.pb"], "a TensorFlow SavedModel folder; load it in Keras and save it with model.save('model.keras')"),
    (["config.json", "metadata.json", "model.weights.h5"], "an unpacked .keras file; name the config.json in it"),
    (["net.yaml"], "a folder; name the file in it that describes the network"),
    ([], "a folder; name the file in it that describes the network"),
])
def test_a_folder_is_recognized_by_the_names_in_it(inside, what, tmp_path):
    (tmp_path / "model").mkdir()
    for name in inside:
        (tmp_path / "model" / name).write_text("x")
    run = cnncalc("summary", "model", cwd=tmp_path)
    assert (run.code, run.err) == (2, f"error: model is {what}\n")


def test_every_kind_has_a_case():
    told = " ".join(what for _, what in CASES.values())
    for kind in (*FILES, *ARCHIVES):
        assert any(kind.what.startswith(what) for _, what in CASES.values()), kind.what
    assert len(FOLDERS) == 3 and told


def test_no_network_is_taken_for_something_else(tmp_path):
    for name in examples():
        text = cnncalc("examples", name).out.encode()
        assert refusal(name, text[:HEAD], len(text)) is None
    for text in ("BM: 1", "\ninput: [8]\nlayers: [Flatten]\n", "input: [8]\nlayers: [Flatten]\n", "{\"input\": [8], \"layers\": [\"Flatten\"]}"):
        assert refusal("x", text.encode(), len(text)) is None
    assert not open_text("\n\n\ninput: [8]\nlayers: [Flatten]\n").errors


def test_no_beginning_of_any_bytes_makes_a_test_fail():
    from random import Random

    random = Random(3)
    for _ in range(3000):
        start = random.choice([data for data, _ in CASES.values()])[: random.randrange(40)]
        head = start + random.randbytes(random.randrange(30))
        refusal("x", head, len(head))
