"""Files are data from strangers: what Python says that it does while they are read."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from running import measured

#: Runs the command lines of standard input and prints, for each, what Python was asked to do.
WATCHER = """
import json, os, sys
from click.testing import CliRunner
from cnncalc.cli import main
from cnncalc.layers import KINDS
KINDS.everything()
lines = json.load(sys.stdin)
for line in lines["before"]:
    CliRunner().invoke(main, line)
seen, on = [], False
def hook(event, args):
    if on and event.split(".")[0] in ("open", "socket", "exec", "compile", "import", "subprocess", "os", "shutil", "ctypes", "urllib",
                                      "pty", "http", "marshal", "pickle", "code", "builtins", "tempfile"):
        seen.append((event, [a.co_filename if hasattr(a, "co_filename") else str(a)[:200] for a in args]))
sys.addaudithook(hook)
for line in lines["watched"]:
    seen.clear()
    on = True
    run = CliRunner().invoke(main, line, input=b"")
    on = False
    trace = "" if run.exception is None or isinstance(run.exception, SystemExit) else repr(run.exception)
    print(json.dumps([line, run.exit_code, trace, seen]))
"""
LAYER = {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 3}, "registered_name": None}
INPUT = {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 8], "name": "i"}, "registered_name": None}
CODE = "__import__('os').system('touch PWNED')"
COMMANDS = ("summary", "receptive-field", "cost", "explain", "check", "worksheet", "trace", "convert", "compare")


def sequential(*layers) -> str:
    return json.dumps({"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [INPUT, *layers]},
                       "registered_name": None})


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "."), data)
    return out.getvalue()


#: Files that ask for what a file may not have.
HOSTILE = {
    "good.yaml": "input: [8, 8, 1]\nblocks: {b: {args: {n: 1}, layers: [{Dense: =n + 1, name: 'd{n}'}]}}\n"
                 "layers:\n  - Conv2D: [2, 3]\n  - Flatten\n  - b\n  - Dense: 3\n",
    "tag.yaml": f"!!python/object/apply:os.system ['touch PWNED']\n# {CODE}\n",
    "tag2.yaml": "input: [8]\nlayers:\n  - !!python/name:os.system\n  - Dense: !!python/object/apply:eval [\"1\"]\n",
    "formula.yaml": "input: [8]\nblocks: {b: {args: {n: 1}, layers: [{Dense: \"=" + CODE + "\"}, {Dense: \"=().__class__\"}]}}\nlayers: [b]\n",
    "names.yaml": f"input: [8]\nlayers:\n  - Dense: {{units: 3, name: \"{CODE}\"}}\n  - Dense: {{units: 3, activation: \"{CODE}\"}}\n",
    "template.yaml": "input: [8]\nblocks: {b: {args: {n: 1}, layers: [{Dense: 2, name: '{n.__class__}'}, {Dense: '{n!r:>9999999}'}]}}\nlayers: [b]\n",
    "outside.yaml": "input: [8]\nlayers:\n  - model: ../secret.yaml\n  - model: /etc/passwd\n  - model: link.yaml\n  - model: ../../../../etc/hostname\n",
    "url.yaml": "input: [8]\nlayers:\n  - model: http://127.0.0.1:9/x.yaml\n  - model: file:///etc/passwd\n  - model: //127.0.0.1/x\n",
    "kernel.yaml": "input: {values: ../secret.yaml}\nlayers:\n  - Conv2D: [1, 2]\n    weights: {kernel: /etc/passwd}\n",
    "lambda.json": sequential({"module": "keras.layers", "class_name": "Lambda", "registered_name": None, "config": {
        "name": "l", "function": {"class_name": "__lambda__", "config": {"code": "4wEAAAAAAAAAAAAAAAEAAABT", "defaults": None}}}}),
    "module.json": sequential({"module": "os", "class_name": "system", "config": {"name": "l", "command": "touch PWNED"},
                               "registered_name": "os>system"}, LAYER),
    "imported.json": sequential({**LAYER, "module": "antigravity"}, {**LAYER, "class_name": "antigravity.x"}),
    "function.json": sequential({**LAYER, "config": {"name": "d", "units": 3, "activation": {
        "module": "builtins", "class_name": "function", "config": "exec", "registered_name": "exec"}}}),
    "model.keras": archive(config__json=sequential(LAYER).encode(), model__weights__h5=b"\x80\x04x", evil__py=b"open('PWNED', 'w')",
                           metadata__json=b"{}"),
    "up.keras": archive(**{"../PWNED": b"x", "config__json": sequential(LAYER).encode()}),
}
SHEETS = {
    "sheet.csv": "layer,params,output\nC1,=cmd|' /C calc'!A0,28x28\nS2,\"=HYPERLINK(\"\"http://127.0.0.1\"\")\",1\nC3,__import__('os'),9**9**9\n",
    "sheet.yaml": "C1: !!python/object/apply:os.system ['touch PWNED']\n",
    "sheet.md": f"| layer | params |\n| --- | --- |\n| C1 | {CODE} |\n| C3 | ![x](http://127.0.0.1:9/x.png) |\n",
}


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """The folder, and for each command line its exit code and all that Python was asked to do."""
    top = tmp_path_factory.mktemp("trust")
    folder = top / "folder"
    folder.mkdir()
    (top / "secret.yaml").write_text("input: [8]\nlayers: [Flatten]\n")
    for name, data in {**HOSTILE, **SHEETS}.items():
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    (folder / "link.yaml").symlink_to(top / "secret.yaml")
    lines = [[command, name, *(["lenet5"] if command == "compare" else [])] for command in COMMANDS for name in HOSTILE]
    lines += [["check", "lenet5", name] for name in SHEETS]
    lines += [["trace", "edge-6x6", "--answers", name] for name in SHEETS]
    lines += [["layer", CODE, "--input", "8x8x3"], ["layer", f"Conv2D({CODE}, 3)", "--input", "8x8x3"], ["layer", "Dense(().__class__)", "--input", "8"]]
    before = [[command, "good.yaml", *(["lenet5"] if command == "compare" else [])] for command in COMMANDS]
    before += [["check", "lenet5", "sheet.md"], ["layer", "Dense(3)", "--input", "8"], ["summary", "model.keras"], ["summary", "module.json"]]
    run = subprocess.run([sys.executable, "-B", "-c", WATCHER], input=json.dumps({"before": before, "watched": lines}).encode(),
                         capture_output=True, cwd=folder, timeout=300)
    assert run.returncode == 0, run.stderr.decode()
    found = [json.loads(line) for line in run.stdout.decode().splitlines()]
    assert len(found) == len(lines)
    return folder, found


def python_s_own(path: str) -> bool:
    """Whether a path is of Python, its packages or ours."""
    import cnncalc as package

    homes = {sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), str(Path(package.__file__).parent),
             str(Path(package.__file__).parent.parent / "examples")}
    return any(path.startswith(home + os.sep) for home in homes)


@pytest.mark.oracle
def test_hostile_files_are_read_to_an_answer_or_a_refusal(watched):
    _, found = watched
    assert [line for line, code, trace, _ in found if trace or code not in (0, 1, 2)] == []
    good = [code for line, code, _, _ in found if line[1] in ("good.yaml", "model.keras")]
    assert good.count(0) > 8


def test_the_watcher_sees_what_is_opened(watched):
    _, found = watched
    opened = {os.path.basename(args[0]) for _, _, _, seen in found for event, args in seen if event == "open"}
    assert opened >= set(HOSTILE) | set(SHEETS)


def test_no_code_runs_and_nothing_is_imported_that_a_file_names(watched):
    folder, found = watched
    for line, _, _, seen in found:
        for event, args in seen:
            if event == "exec":
                assert python_s_own(args[0]) or args[0].startswith("<frozen "), (line, args)
            if event == "import":
                assert args[0] not in ("antigravity", "os", "keras", "tensorflow", "pickle"), (line, args)
            assert event.split(".")[0] not in ("subprocess", "ctypes", "pty", "marshal", "pickle") or event == "marshal.loads", (line, event, args)
            assert event not in ("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn", "os.startfile"), (line, event, args)
    assert not (folder / "PWNED").exists()
    assert not (folder.parent / "PWNED").exists()


def test_no_file_outside_the_folder_is_read_and_none_is_written(watched):
    folder, found = watched
    for line, _, _, seen in found:
        for event, args in seen:
            if event == "open" and not args[0].isdigit():
                path = os.path.realpath(os.path.join(folder, args[0]))
                assert path.startswith(str(folder.resolve()) + os.sep) or python_s_own(path), (line, args)
                assert not set(args[1]) & set("wax+"), (line, args)
            assert event not in ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "os.symlink", "shutil.rmtree"), (line, event)
    assert sorted(os.listdir(folder)) == sorted([*HOSTILE, *SHEETS, "link.yaml"])


def test_nothing_goes_to_the_network(watched):
    _, found = watched
    for line, _, _, seen in found:
        assert not [event for event, _ in seen if event.split(".")[0] in ("socket", "urllib", "http")], line


BOMBS = {
    "zip.keras": None,
    "deep.json": '{"class_name": ' + "[" * 90_000,
    "digits.json": '{"class_name": "Sequential", "config": {"layers": ' + "9" * 90_000 + "}}",
    "wide.yaml": "input: [8]\nlayers: [" + "Flatten, " * 10_000 + "]\n",
    "names.yaml": "input: [8]\nlayers:\n" + "".join(f"  - Dnse{i}: {{units: 3}}\n" for i in range(4000)),
    "power.yaml": "input: [8]\nblocks: {b: {layers: [{Dense: '=9**9**9**9'}]}}\nlayers: [b]\n",
    "repeat.yaml": "input: [8]\nblocks: {b: {layers: [{Dense: 3, repeat: 1000}]}}\nlayers: [{b: , repeat: 100000}]\n",
}


@pytest.mark.oracle
@pytest.mark.parametrize("name", BOMBS)
def test_time_and_memory_are_bounded(name, tmp_path):
    data = BOMBS[name]
    if data is None:  # in pieces: this process shall stay small
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as file, file.open("config.json", "w") as member:
            for _ in range(150):
                member.write(b"A" * 1_000_000)
    else:
        (tmp_path / name).write_text(data)
    assert (tmp_path / name).stat().st_size < 200_000
    run = measured("summary", name, cwd=tmp_path)
    assert run.code in (0, 2)
    assert "Traceback" not in run.err
    assert run.seconds < 5  # on a busy machine; a second is held by tests/fuzz.py, which counts its own time
    assert run.megabytes < 300


def chain(entry: str, most: int = 99_000) -> str:
    """As many entries as fit into a file of that size."""
    return "input: [16, 16, 4]\nlayers:\n" + f"- {entry}\n" * ((most - 30) // (len(entry) + 3))


def repeated(entry: str, input: str = "[32, 32, 4]") -> str:
    return f"input: {input}\nlayers:\n- {{{entry}, repeat: 5000}}\n"


#: The largest networks that a file under 100 KB can have in it.
LARGE = {
    "repeated": repeated("Conv2D: {filters: 4, kernel_size: 3, padding: same}"),
    "of any size": repeated("Conv2D: {filters: 4, kernel_size: 3, padding: same}", "[null, null, 4]"),
    "halved, of any size": "input: [null, null, 4]\nlayers:\n" + "- Conv2D: {filters: 4, kernel_size: 3, strides: 2, padding: same}\n" * 7
                           + "- Conv2D: {filters: 4, kernel_size: 3, padding: same}\n  repeat: 4900\n",
    "grouped": repeated("Conv2D: {filters: 4, kernel_size: 3, groups: 2, padding: same}"),
    "volumes": repeated("Conv3D: {filters: 4, kernel_size: 3, padding: same}", "[8, 8, 8, 4]"),
    "both ways": repeated("Bidirectional: {layer: {LSTM: {units: 4, return_sequences: true}}}", "[20, 8]"),
    "written": chain("Conv2D: [4,3,1,same]"),
    "undone": chain("Conv2DTranspose: [4,3,1,same]"),
    "dense blocks": chain("parallel: [[Conv2D: [1,3,1,same]],[]]\n- Concatenate"),
    "twice as large": chain("UpSampling2D: 2"),
    "one more axis": chain("Embedding: [3,3]"),
    "not possible": chain("Conv2D: [4,9]"),
}


@pytest.mark.oracle
@pytest.mark.parametrize("name", LARGE)
def test_the_largest_network_of_a_small_file_takes_about_a_second(name, tmp_path):
    (tmp_path / "net.yaml").write_text(LARGE[name])
    assert (tmp_path / "net.yaml").stat().st_size < 100_000
    slow = {}
    for command in ("summary", "summary --width 30", "summary --format keras3", "cost --width 30", "explain", "receptive-field --width 30",
                    "receptive-field --format json", "compare", "diff net.yaml", "convert"):
        run = measured(*command.split(), "net.yaml", cwd=tmp_path)
        assert run.code in (0, 1, 2)
        assert "Traceback" not in run.err
        assert run.megabytes < 300
        if run.worked > 3:  # alone on a machine it is one at most; some of these took twenty
            slow[command] = run.worked
    assert not slow


@pytest.mark.oracle
@pytest.mark.parametrize("cell", ["9**9**9", "(" * 20_000, "1+" * 30_000 + "1", "9" * 50_000, "2^2^2^2^2^2^9", "x" * 90_000, "1x" * 30_000])
def test_a_sheet_s_time_and_memory_are_bounded(cell, tmp_path):
    (tmp_path / "sheet.csv").write_text(f"layer,params,output\nC1,{cell},{cell}\nS2,{cell},1\n")
    run = measured("check", "lenet5", "sheet.csv", cwd=tmp_path)
    assert run.code == 1
    assert run.seconds < 5
    assert run.megabytes < 300
