"""What commands print of small things that are seldom asked for, read once and kept.

The answers stand in golden/outputs.txt, each under the name of its row; to write them anew after reading what changed:

    python tests/commands/test_outputs.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from running import TESTS, cnncalc

GOLDEN = TESTS / "golden" / "outputs.txt"

SMALL = "input: [8, 8, 1]\nlayers:\n  - Conv2D: {name: c1, filters: 2, kernel_size: 3}\n  - Flatten: {name: f}\n  - Dense: {name: d, units: 10}\n"
POOLED = ("input: [32, 32, 3]\nlayers:\n  - Conv2D: {name: c1, filters: 6, kernel_size: 5}\n  - MaxPooling2D: {name: s2, pool_size: 2}\n"
          "  - Conv2D: {name: c3, filters: 16, kernel_size: 5}\n  - MaxPooling2D: {name: s4, pool_size: 2}\n  - Flatten: {name: f}\n"
          "  - Dense: {name: d5, units: 120}\n  - Dense: {name: d6, units: 10}\n")
MANY = "input: [4, 6]\nlayers:\n  - Bidirectional: {layer: {LSTM: {units: 3, return_sequences: true}}}\n  - Dense: 2\n"
OPEN = "input: [null, null, 3]\nlayers:\n  - Conv2D: {filters: 2, kernel_size: 3, padding: same, strides: 2}\n  - MaxPooling2D\n"
BLIND = "input: [6, 6, 1]\nlayers:\n  - ops.ZerosLike: {name: z}\n  - Conv2D: {name: c, filters: 1, kernel_size: 3}\n"
ROW = "input: [12, 1]\nlayers:\n  - Conv1D: {name: c, filters: 1, kernel_size: 3, dilation_rate: 2}\n"
CLAIMS = SMALL.replace("name: c1, filters: 2, kernel_size: 3}", "name: c1, filters: 2, kernel_size: 3}\n    expect: {params: 20, size: 3}").replace(
    "units: 10}", "units: 10}\n    expect: 730")


def told(files, *args):
    return ({name: text if isinstance(text, bytes) else text.encode() for name, text in files.items()}, args)


def sheet(answers, net=POOLED, *more, name="a.csv"):
    return told({"net.yaml": net, name: answers}, "check", "net.yaml", name, *more)


#: name: (the files beside it, the arguments)
COMMANDS = {
    "diff as csv": told({"a.yaml": SMALL, "b.yaml": POOLED}, "diff", "a.yaml", "b.yaml", "--format", "csv"),
    "diff as markdown": told({"a.yaml": SMALL, "b.yaml": POOLED}, "diff", "a.yaml", "b.yaml", "--format", "markdown"),
    "diff as latex": told({"a.yaml": SMALL, "b.yaml": POOLED}, "diff", "a.yaml", "b.yaml", "--format", "latex"),
    "one unit as markdown": told({"n.yaml": POOLED}, "receptive-field", "n.yaml", "--layer", "c3", "--unit", "0,4", "--format", "markdown"),
    "one unit as latex": told({"n.yaml": POOLED}, "receptive-field", "n.yaml", "--layer", "c3", "--format", "latex"),
    "one unit of a row": told({"n.yaml": ROW}, "receptive-field", "n.yaml", "--layer", "c", "--unit", "3"),
    "a layer that sees nothing": told({"n.yaml": BLIND}, "receptive-field", "n.yaml", "--layer", "c"),
    "a network that sees nothing": told({"n.yaml": BLIND}, "receptive-field", "n.yaml"),
    "columns of a network of unknown size": told({"n.yaml": OPEN}, "summary", "n.yaml", "--columns", "name,,kernel,stride,padding,trainable,name"),
    "columns of many weights": told({"n.yaml": MANY}, "summary", "n.yaml", "--columns", "+weights,padding,trainable"),
    "a column that is not there": told({"n.yaml": MANY}, "summary", "n.yaml", "--columns", "nmae"),
    "fields of unknown sizes, a model inside": told(
        {"n.yaml": "input: [null, null, 1]\nlayers:\n  - model: {input: [null, null, 1], layers: [{Conv2D: [2, 3]}, MaxPooling2D]}\n    name: m\n  - Conv2D: [2, 3]\n"},
        "receptive-field", "n.yaml", "--expand-nested"),
    "fields that no size fits": told({"n.yaml": "input: [null, 3]\nlayers:\n  - Reshape: [5, 7]\n  - Conv1D: [1, 3]\n"}, "receptive-field", "n.yaml"),
    "fields of a long stride": told({"n.yaml": "input: [null, 1]\nlayers:\n  - Conv1D: {filters: 1, kernel_size: 3, strides: 70, padding: same}\n"},
                                    "receptive-field", "n.yaml"),
    "a layer written wrongly": told({}, "layer", "Dense(3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7)", "--input", "8"),
    "a layer with a setting twice": told({}, "layer", "Dense(3, units=4)", "--input", "8"),
    "a layer with a name that is none": told({}, "layer", "Dense(3, name=4)", "--input", "8"),
    "a layer with an input that is none": told({}, "layer", "Conv2D(3, 3, input_shape=(0, 3, 3))"),
    "an input among layers": told({}, "layer", "Conv2D(3, 3); InputLayer((3, 3, 3))", "--input", "8x8x3"),
    "a model among layers": told({}, "layer", "Conv2D(3, 3); Functional()", "--input", "8x8x3"),
    "a layer with a mapping": told({}, "layer", "TimeDistributed(layer={'Dense': {'units': 3, 'trainable': False}})", "--input", "8x2"),
    "a layer with a key that is none": told({}, "layer", "TimeDistributed(layer={3.5: 1})", "--input", "8x2"),
    "a layer with what is unpacked": told({}, "layer", "Dense(**{'units': 3})", "--input", "8"),
    "a layer with a mapping unpacked in it": told({}, "layer", "TimeDistributed(layer={**x})", "--input", "8x2"),
    "a layer with too large a number": told({}, "layer", "Dense(1e999)", "--input", "8"),
    "layers inside layers": told({}, "layer", "Bidirectional(LSTM(3), merge_mode='sum')", "--input", "5x4"),
    "a sheet with headings only": sheet("layer,params\n"),
    "a sheet of blank lines": sheet("\n \n"),
    "a sheet that is a mapping": sheet('{"c1": {"params": 456}}', POOLED, name="a"),
    "a sheet in a mapping of answers": sheet("answers:\n  c1: {params: 456}\n  nothing: {params: 3}\n  s2: 3\n  c3: {prams: 3}\n", name="a.yaml"),
    "a sheet in a list": sheet("- {layer: c1, params: 456}\n- {layer: c3, output: [10, 10, 16], flops: {a: 1}}\n- 3\n", name="a.yaml"),
    "a sheet that is a word": sheet("hello\n", name="a.yaml"),
    "a sheet with Excel's delimiter": sheet("sep=;\nlayer;params\nc1;456\nc3;2416\n"),
    "a sheet with cells as Excel writes them": sheet('layer,params\nc1,"=""456"""\nc3,\'=2416\n'),
    "a sheet in UTF-16": sheet("layer,params\nc1,456\n".encode("utf-16")),
    "a sheet in an old code page": sheet("layer,params,notes\nc1,456,süß\n".encode("cp1252")),
    "a sheet that is no text": sheet(b"\x00\x01\x02layer\x00"),
    "a sheet with a bare cell that is endless": sheet('layer,params\nc1,"456\nc3,2416\n'),
    "a table in Markdown": sheet("| layer | params |\n|---|---|\n| c1 | **456** |\n| c3 | 2\\|416 |\n", name="a.md"),
    "a text without a table": sheet("c1 has 456\n", name="a.md"),
    "answers with true and fractions": sheet("c1: {params: true}\nc3: {params: 2416.0}\nf: {output: [400.5]}\nd5: {params: 48.1e3}\n", name="a.yaml"),
    "answers in other units": sheet("layer,memory (KiB),weight memory in kB\nc1,18.4,1.8\nc3,6.25,9.7\nd5,0.5,192.5\n"),
    "answers that round": sheet("layer,params\nc1,460\nc3,2400\nd5,48000\ntotal,52000\n"),
    "answers with ceilings": sheet("layer,params,output\nc1,⌈455.2⌉,⌊28.9⌋x28x6\nc3,2416,10x10x16\n"),
    "a dense layer that reads another map": sheet("layer,params\nc1,456\nc3,2416\nd5,69240\nd6,1210\n"),
    "a dense layer that reads a smaller map": sheet("layer,params\nc1,456\nc3,2416\nd5,30840\nd6,1210\n"),
    "a dense layer that reads places": sheet("layer,params\nc1,456\nc3,2416\nd5,3120\nd6,1210\n"),
    "a dense layer that reads channels": sheet("layer,params\nc1,456\nc3,2416\nd5,2040\nd6,1210\n"),
    "a dense layer that reads what another gives": sheet("layer,params\nc1,456\nc3,2416\nd5,141240\nd6,1210\n"),
    "a Flatten with the batch": sheet("layer,output\nc1,28x28x6\nf,12800\n"),
    "memory with the other MB": sheet("layer,memory (MiB)\nc1,0.0188\nc3,0.0064\n"),
    "a total that is no sum": sheet("layer,params\nc1,456\nc3,2416\nd5,48120\nd6,1210\ntotal,52000\n"),
    "weights and biases and no total": sheet("layer,weights,biases,params\nc1,450,6,456\nc3,2400,16,2416\nd5,48000,120,48120\nd6,1200,10,1210\ntotal,52050,152,52202\n"),
    "fields that go on": sheet("layer,receptive field,jump\nc1,5,1\ns2,6,2\nc3,14,2\ns4,16,4\n"),
    "fields with a mistake": sheet("layer,receptive field,jump\nc1,5,1\ns2,7,2\nc3,15,2\ns4,17,4\n"),
    "coverage": sheet("layer,coverage\nc1,2.4%\ns2,3.5%\nc3,19.1%\n"),
    "claims in the file": told({"n.yaml": CLAIMS}, "check", "n.yaml"),
    "numbers by hand of an unknown size": told({"n.yaml": "input: [null, null, 1]\nlayers:\n  - Conv2D: {name: c, filters: 1, kernel_size: 1}\n"}, "trace", "n.yaml"),
    "numbers by hand with lora": told({"n.yaml": "input: [2]\nlayers:\n  - Dense: {name: d, units: 1, lora_rank: 1}\n"}, "trace", "n.yaml"),
    "numbers by hand of a kind that is not": told({"n.yaml": "input: [2, 2]\nlayers:\n  - LSTM: {name: l, units: 1}\n"}, "trace", "n.yaml"),
    "an unknown command": told({}, "sumary", "lenet5"),
    "a folder": told({}, "summary", "."),
    "a file that is not there": told({"net.yaml": SMALL}, "summary", "nte.yaml"),
    "a file of a folder that is not there": told({}, "summary", "nowhere/net.yaml"),
    "an HDF5 file": told({"n.h5": b"\x89HDF\r\n\x1a\n" + bytes(64)}, "summary", "n.h5"),
    "a model beside that is not there": told({"n.yaml": "input: [8, 8, 1]\nlayers: [{model: nte.yaml}]\n", "net.yaml": SMALL}, "summary", "n.yaml"),
    "a model outside": told({"n.yaml": "input: [8, 8, 1]\nlayers: [{model: ../net.yaml}]\n"}, "summary", "n.yaml"),
    "a model that is wrong": told({"n.yaml": "input: [8, 8, 1]\nlayers: [{model: net.yaml}]\n", "net.yaml": SMALL.replace("Flatten", "Flaten")}, "summary", "n.yaml"),
    "a model that contains itself": told({"n.yaml": "input: [8, 8, 1]\nlayers: [{model: n.yaml}]\n"}, "summary", "n.yaml"),
    "a text that names a file": told({}, "layer", "TimeDistributed(layer={'model': 'net.yaml'})", "--input", "8x2"),
    "models of files without end": told({f"n{i}.yaml": f"input: [8]\nlayers: [{{model: n{i + 1}.yaml}}]\n" for i in range(45)}, "summary", "n0.yaml"),
}


def answer(files, args, folder: Path) -> str:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    run = cnncalc(*args, cwd=folder, env={"COLUMNS": "120"})
    assert "Traceback" not in run.out + run.err
    return f"{run.out}{run.err}exit status {run.code}\n"


def answers() -> dict[str, str]:
    found = {}
    for part in GOLDEN.read_text().split("\n## ")[1:]:
        name, _, text = part.partition("\n")
        found[name] = text.rstrip()
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_it_prints_what_was_read_and_accepted(name, tmp_path):
    assert "\n".join(line.rstrip() for line in answer(*COMMANDS[name], tmp_path).splitlines()).rstrip() == answers()[name]


def test_every_answer_has_its_command():
    assert list(answers()) == list(COMMANDS)


if __name__ == "__main__":
    parts = []
    for name, (files, args) in COMMANDS.items():
        with tempfile.TemporaryDirectory() as folder:
            text = "\n".join(line.rstrip() for line in answer(files, args, Path(folder)).splitlines())
            parts.append(f"\n## {name}\n{text}\n")
    GOLDEN.write_text("".join(parts))
