"""What people type when they first meet the program, and what they must and must not see."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from cnncalc.cli import main


class Typed(NamedTuple):
    """A command line, the text on standard input, what must appear, what must not, and the exit status."""

    line: str
    text: str = ""
    shows: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    status: int = 0


NET = "input: [28, 28, 1]\nlayers:\n  - Conv2D: {filters: 6, kernel_size: 5}\n  - MaxPooling2D: 2\n  - Flatten\n  - Dense: 10\n"
FILES = {
    "net.yaml": NET,
    "torch.yaml": "framework: pytorch\ninput: 3x8x8\nlayers:\n  - Conv2d: [3, 4, 3]\n",
    "net2.yaml": NET.replace("6", "8"),
    "last.yaml": "input: [32, 32, 3]\nlayers:\n  - Conv2D: [8, 3]\n",
    "tight.yaml": "input: [28, 28, 1]\nlayers:\n  - Conv2D: {filters: 6, kernel_size: 5, padding: valid}\n",
    "deep.yaml": "input: [28, 28, 1]\nlayers:\n  - model: net.yaml\n    name: inner\n",
    "lambda.yaml": "input: [8, 8, 3]\nlayers:\n  - Conv2D: [4, 3]\n  - Lambda: {name: crop}\n  - Flatten\n",
    "unbuilt.json": json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Dense", "config": {"name": "d", "units": 3}}]}}),
    "unbuilt.py": "import keras\nmodel = keras.Sequential([keras.layers.Dense(3)])\n",
    "train.py": "import keras, pandas\nn = len(pandas.read_csv('x'))\nargs = pandas.args\nmodel = keras.Sequential([keras.Input((4,)), keras.layers.Dense(n)])\n",
    "both.py": "import keras\nconv2d = object()\nmodel = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3)])\n",
    "model.pt": b"PK\x03\x04" + b"\0" * 30, "weights.safetensors": b"\x40\0\0\0\0\0\0\0" + b'{"__metadata__":{"format":"pt"},' + b" " * 40, "a.pdf": b"%PDF-1.4\n%",
    "folder/readme.txt": "x", "keras.keras": b"PK\x03\x04",
}


def entry(line: str, input: str = "28x28x1", first: str = "") -> str:
    return f"input: {input}\n{first}layers:\n  {line}\n"


def summary(text: str, *shows: str, never: tuple[str, ...] = (), status: int = 0) -> Typed:
    return Typed("summary -", text, shows, never, status)


CONV = "- Conv2D: {filters: 32, kernel_size: 3}"
SUGGESTED = [("pad", "padding"), ("kernel", "kernel_size"), ("kernal", "kernel_size"), ("size", "kernel_size"), ("stride", "strides"), ("act", "activation"),
             ("channels", "filters"), ("out_channels", "filters")]

UNDERSTOOD = [
    # sizes
    *[summary(entry(CONV, size), "(None, 26, 26, 32)", "320") for size in ("28x28x1", "(28, 28, 1)", "28*28*1", '"28 × 28 × 1"', "[28, 28, 1]", "28 28 1")],
    *[summary(entry(f"- Conv2D: {{filters: 32, kernel_size: {size}}}"), "(None, 26, 26, 32)", "320") for size in ("3x3", "(3, 3)", "[3, 3]", "3*3")],
    summary(entry("- MaxPooling2D: (2, 2)"), "(None, 14, 14, 1)"),
    # forms of an entry
    summary(entry("- {type: Conv2D, filters: 32, kernel_size: 3}"), "320"),
    summary(entry("- type: dense\n    units: 10", "4"), "note: 'dense' is read as Dense", "50"),
    summary(entry("- name: conv1\n    type: Conv2D\n    filters: 32\n    kernel_size: 3"), "conv1", "320"),
    summary(entry("- class_name: Conv2D\n    config: {filters: 32, kernel_size: 3}"), "320"),
    summary(entry("- Conv2D(32, (3, 3), activation='relu')"), "320"),
    Typed("layer -", "from keras import layers\nmodel = Sequential()\nmodel.add(layers.Conv2D(32, (3, 3), input_shape=(28, 28, 1)))\n", ("320", "3 × 3 × 1 × 32 + 32")),
    Typed("layer -", "C = partial(Conv2D, kernel_size=3)\nmodel = Sequential([Input((28, 28, 1)), C(32)])\n", ("320",)),
    # words in common use
    *[summary(entry(f"- {word}: {{filters: 32, kernel_size: 3}}"), f"'{word}' is read as Conv2D", "320") for word in ("conv", "CONV")],
    *[summary(entry(f"- {word}: 2"), f"'{word}' is read as MaxPooling2D", "(None, 14, 14, 1)") for word in ("maxpool", "POOL")],
    *[summary(entry(f"- {word}: 10", "4"), f"'{word}' is read as Dense", "50") for word in ("FC", "fc")],
    *[summary(entry(f"- {word}"), f"'{word}' is read as BatchNormalization") for word in ("BatchNorm", "BN")],
    summary(entry("- avgpool: 2"), "'avgpool' is read as AveragePooling2D"), summary(entry("- gap"), "'gap' is read as GlobalAveragePooling2D"),
    summary("layers:\n  - Input: {shape: 28x28x1}\n  - Conv2D: [32, 3]\n", "320"),
    summary(entry("- conv: {filters: 3, kernel_size: 3}", "28x28"), "did you mean 'Conv2D', 'Conv1D' or 'Conv3D'?", status=2),
    # settings under another name
    *[summary(entry(f"- Conv2D: {{filters: 3, kernel_size: 3, {word}: 2}}"), f"did you mean '{name}'?", status=2) for word, name in SUGGESTED],
    *[summary(entry(f"- MaxPooling2D: {{{word}: 2}}"), "did you mean 'pool_size'?", status=2) for word in ("pool", "size", "kernel")],
    # layers that are no list
    summary(entry("Conv2D: [32, 3]"), "layers is a list: put '- ' before each entry", status=2),
    summary(entry("- Conv2D {filters: 32}"), "a colon is missing after Conv2D", status=2),
    summary(entry("- Conv2D: {filters: 32, kernel_size: 3, padding: full}"), "'full' pads kernel_size - 1 on each side", status=2),
    # words that are no command, and names
    Typed("lenet5", "", ("did you mean 'cnncalc summary lenet5'?",), (), 2), Typed("rf lenet5", "", ("S4", "Field")), Typed("help", "", ("Commands:", "summary")),
    Typed("params lenet5", "", ("did you mean 'cnncalc summary lenet5'?",), (), 2), Typed("ls", "", ("did you mean 'cnncalc examples'?",), (), 2),
    Typed("summary VGG16", "", ("138,357,544",)), Typed("explain lenet5 conv1", "", ("lenet5 has no layer 'conv1'", "it has input, C1, S2, C3"), (), 2),
    Typed("summary net", "", ("did you mean 'net.yaml'?",), (), 2),
    # PyTorch's order
    summary(entry("- Conv2D: [8, 3]", "[3, 32, 32]"), "note: the input is read as height 3, width 32, 32 channels; for PyTorch's order write data_format: channels_first",
            never=("same", "Padding")),
    Typed("summary last.yaml --input 3x224x224", "", ("note: --input is read as height 3, width 224, 224 channels; for PyTorch's order",), ("Padding",)),
    summary(entry("- Conv2D: [64, 7, 2]", "3x224x224"), "for PyTorch's order write data_format: channels_first", never=("would fit",), status=2),
    # PyTorch's layers
    Typed("layer 'nn.Conv2d(3, 64, 7, 2, 3)' --input 3x224x224", "", ("(N, 64, 112, 112)", "9,472"), ("702,528",)),
    Typed("layer 'Conv2d(3, 64, 3)' --input 3x224x224", "", ("1,792",), ("36,867",)), Typed("layer 'Linear(100, 10)' --input 100", "", ("1,010",)),
    Typed("layer 'BatchNorm2d(64)' --input 64x8x8", "", ("128",)),
    summary(entry("- Conv2d: [3, 64, 3]"), "in PyTorch's terms: nn.Conv2d: [3, 64, 3]", "in Keras's: Conv2D: {filters: 64, kernel_size: 3}", never=("did you mean",), status=2),
    summary(entry("- Linear: [100, 10]", "100"), "nn.Linear: [100, 10]", "Dense: {units: 10}", status=2),
    summary(entry("- BatchNorm2d: 64", "8x8x64"), "in Keras's: BatchNormalization\n", status=2),
    # numbers that are right and seldom meant
    summary(entry("- Conv2D: [3, 3]\n  - Dense: 10"), "acts along the last axis of its input (26, 26, 3)", "Flatten or a global pooling before it?"),
    summary(entry("- Conv2D: [8, 3]\n  - BatchNormalization", "3x28x28", "data_format: channels_first\n"), "acts along axis -1, the width of (8, 26, 26)"),
    Typed("summary unbuilt.json", "", ("--input 28x28x1",), (), 2), Typed("summary unbuilt.py", "", ("--input 224x224x3",), (), 2),
    Typed("summary unbuilt.py --input 8", "", ("27",)),
    # files
    Typed("summary lenet5 -o out.png", "", ("this command cannot write .png files", "--format chooses the format"), (), 2),
    Typed("summary lenet5 -o out.HTML && out.HTML", "", ("<!doctype html>",)), Typed("summary lenet5 -o out.tex && out.tex", "", (r"\begin{tabular}",)),
    Typed("summary lenet5 -o out.png --format csv && out.png", "", ("name,type",)), Typed("summary lenet5 -o out && out", "", ("Layer ",)),
    Typed("convert lenet5 -o x.json && x.json", "", ('"class_name": "Sequential"',)),
    Typed("convert lenet5 -o x.py && x.py", "", ("import keras", "layers.Conv2D(6, 5, activation=")),
    Typed("convert torch.yaml -o x.PY && x.PY", "", ("from torch import nn", "nn.Conv2d(3, 4, 3)")),
    Typed("convert lenet5 -o x.png", "", ("this command cannot write .png files",), (), 2),
    Typed("summary model.pt", "", ("model.pt is ",), (), 2), Typed("summary weights.safetensors", "", ("name the file that describes the layers",), (), 2),
    Typed("summary a.pdf", "", ("a.pdf is a PDF document",), (), 2), Typed("summary folder", "", ("folder is a folder; name the file",), (), 2),
    Typed("cost lenet5 --optimizer Adam --dtype FP16", "", ("float16",)), Typed("cost lenet5 --optimizer ADAM --dtype Float16", "", ("float16",)),
    # layers whose code is not there
    Typed("summary lambda.yaml", "", ("crop", "unknown", "at least"), (), 0), Typed("summary lambda.yaml --assume crop=same", "", ("(None, 144)",)),
]
ASKED_FOR = [
    Typed("cost lenet5", "", ("MACs       416,520", "Inference", "Training", "forward pass")),
    Typed("check net.yaml --max params=25M --max macs=1G --max memory=8GB --min field=5", "", ("params",)),
    Typed("check net.yaml --max params=1k", "", ("params",), (), 1), Typed("check lambda.yaml --max params=1M", "", ("cannot be decided",), (), 2),
    Typed("check lambda.yaml --max params=10", "", (), (), 1), Typed("cost lenet5 --fit 8GB", "", ("batch",)), Typed("cost vgg16 --fit 1MB", "", (), (), 1),
    Typed("summary tight.yaml --set conv2d.padding=same", "", ("(None, 28, 28, 6)",)), Typed("explain tight.yaml conv2d --set conv2d.padding=same", "", ("padding same",)),
    Typed("summary tight.yaml --set conv2d.pading=same", "", ("did you mean 'padding'?",), (), 2),
    Typed("summary tight.yaml --set conv9.padding=same", "", ("there is no layer 'conv9'",), (), 2),
    Typed("summary train.py", "", ("n is not known", "--set n=10 gives it"), (), 2), Typed("summary train.py --set n=10", "", ("50",)),
    Typed("summary train.py --set n=10 --set args.depth=20", "", ("50",)), Typed("summary both.py --set conv2d.filters=4", "", ("two meanings",), (), 2),
    Typed("diff net.yaml net2.yaml", "", ("filters 6 -> 8",)), Typed("diff net.yaml net2.yaml net.yaml", "", ("net -> net2", "5 same")),
    Typed("compare net.yaml net2.yaml --layers", "", ("conv2d",)), Typed("summary resnet50 --fold", "", ("×",)), Typed("summary deep.yaml --depth 2", "", ("conv2d",)),
    Typed("summary --help", "", ("Exit status", "output_shape")), Typed("explain lenet5 C1 --format latex", "", ("$h'",)), Typed("explain lenet5 C1 --format markdown", "", ("$h'",)),
    Typed("summary lenet5 --format latex", "", (r"\toprule", r"$28 \times 28 \times 6$")), Typed("summary lenet5 --format html", "", ("<table",)),
    Typed("summary lenet5 alexnet --format csv", "", ("network,name", "alexnet,")), Typed("summary lenet5 --explain-terms", "", ("Params",)),
    Typed("explain lenet5 C1", "", ("w' likewise",)), Typed("check net.yaml --max params=x", "", ("'x' is not an amount",), (), 2),
    Typed("summary - --format json", entry("- Conv2D: [8, 3]\n  - Dense: {unit: 3}"), ('"error": {', '"file": "<stdin>"', '"line": 4', "has no setting 'unit'", "26,"), (), 2),
]


ASKED_FOR += [
    Typed("trace edge-6x6 --set conv2d.padding=same", "", ("−14",)), Typed("trace edge-6x6 --set conv2d.filters=2", "", ("3x3 numbers where 3x3x2 are needed",), (), 2),
    Typed("layer 'nn.Conv2dd(3, 64, 7, 2, 3)' --input 3x224x224", "", ("did you mean 'nn.Conv2d'?",), (), 2),
    Typed("layer 'Conv2dd(3, 64, 7, 2, 3)' --input 3x224x224", "", ("Conv2D: {filters: 64, kernel_size: 7, strides: 2, padding: 3}",), ("did you mean",), 2),
    summary(entry("- Conv2dd(3, 64, 3)"), "Conv2D: {filters: 64, kernel_size: 3}", never=("did you mean",), status=2),
]
#: Every command with JSON for a network names what is wrong with the network in it.
FAIL_IN_JSON = ["summary", "explain", "cost", "receptive-field", "trace", "layer"]


@pytest.mark.parametrize("command", FAIL_IN_JSON)
def test_json_has_the_error_and_what_there_is_up_to_it(command):
    text = "Conv2D(8, 3)\nDens(3)" if command == "layer" else entry("- Conv2D: [8, 3]\n  - Dens: 3")
    run = CliRunner().invoke(main, [command, "-", "--format", "json", *(["--input", "28x28x1"] if command == "layer" else [])], input=text)
    assert run.exit_code == 2
    data = json.loads(run.stdout)
    assert data["schema"] == f"cnncalc/{command}/1"
    assert {key: data["error"][key] for key in ("message", "hint")} == {"message": "unknown layer 'Dens'", "hint": "did you mean 'Dense'?"}
    assert (data["error"]["line"], data["error"]["column"]) == ((2, 1) if command == "layer" else (4, 5))
    if command in ("summary", "explain", "layer"):
        assert [layer["name"] for layer in data["layers"] if layer["type"] == "Conv2D"] == ["conv2d"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("first")
    for name, content in FILES.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("typed", [*UNDERSTOOD, *ASKED_FOR], ids=lambda typed: f"{typed.line} {' '.join(typed.text.split())[:60]}")
def test_what_is_typed_shows_what_it_must(typed, folder, monkeypatch):
    import shlex

    monkeypatch.chdir(folder)
    line, _, written = typed.line.partition(" && ")
    run = CliRunner().invoke(main, shlex.split(line), input=typed.text)
    assert run.exception is None or isinstance(run.exception, SystemExit), run.exception
    shown = run.stdout + run.stderr
    assert run.exit_code == typed.status, shown
    if written:
        assert shown == ""
        shown = (folder / written).read_text()
    for words in typed.shows:
        assert words in shown
    for words in typed.never:
        assert words not in shown
    if typed.status == 2:
        assert not (folder / "out.png").exists() or "out.png" not in line
