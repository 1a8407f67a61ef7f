"""Hostile input of every form ends in status 0, 1 or 2, with words, at once, and the same each time.

CNNCALC_FUZZ=100000 for a long run, CNNCALC_FUZZ_FROM=200000 for other inputs than its first.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import fuzz
import pytest

COUNT = int(os.environ.get("CNNCALC_FUZZ", "2000"))
FIRST = int(os.environ.get("CNNCALC_FUZZ_FROM", "0"))
PROCESSES = 2
#: Inputs after which there are new processes: click's runner for tests keeps what each command wrote.
BATCH = 4000


def worked(seeds: range, hash_seed: str = "random") -> list[dict]:
    """What became of each input, in one process; an input that ended the process is a fault."""
    script = str(Path(fuzz.__file__))
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen([sys.executable, script, str(seeds.start), str(seeds.stop), str(seeds.step)], stdout=out,
                                   stderr=err, env={**os.environ, "PYTHONHASHSEED": hash_seed, "COLUMNS": "80"})
        yield process
        try:
            process.wait(60 + 2 * len(seeds))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        out.seek(0)
        err.seek(0)
        lines = [json.loads(line) for line in out.read().splitlines()]
        found = [line for line in lines if "seed" in line]
        if process.returncode:
            at = lines[-1].get("begins") if lines else None
            words = err.read().decode("utf-8", "replace")[-2000:]
            found.append({"seed": at, "faults": [(at, [], f"the process ended with {process.returncode}\n{words}")],
                          "slowest": (0, []), "digest": ""})
        yield found


@pytest.mark.oracle
def test_hostile_input_never_breaks_it(capsys):
    found = []
    for first in range(FIRST, FIRST + COUNT, BATCH):
        after = min(first + BATCH, FIRST + COUNT)
        parts = [worked(range(first + i, after, PROCESSES)) for i in range(PROCESSES)]
        for part in parts:
            next(part)  # all processes are on their way
        found += [line for part in parts for line in next(part)]
    faults = [fuzz.Fault(*fault) for line in found for fault in line["faults"]]
    if COUNT > 2000:
        with capsys.disabled():
            print("\nthe slowest:")
            for seconds, command, seed in sorted([(*line["slowest"], line["seed"]) for line in found])[-10:]:
                print(f"{seconds:6.2f} s  python tests/fuzz.py {seed}   # cnncalc {' '.join(command)[:100]!r}")
    assert not faults, f"{len(faults)} faults\n" + "\n\n".join(map(str, faults[:10]))
    assert len(found) == COUNT


@pytest.mark.oracle
def test_the_same_input_gives_the_same_bytes_whatever_the_hashes():
    parts = [worked(range(60), hash_seed) for hash_seed in ("1", "2")]
    for part in parts:
        next(part)
    one, other = [[(line["seed"], line["digest"]) for line in next(part)] for part in parts]
    assert len(one) == 60
    assert one == other


def test_a_number_always_makes_the_same_input():
    script = f"import sys; sys.path.insert(0, {str(Path(fuzz.__file__).parent)!r}); import fuzz, hashlib; "
    here = [hashlib.sha256(repr(fuzz.case(seed)).encode()).hexdigest() for seed in range(30)]
    for order in (range(30), reversed(range(30))):  # in a process of its own, whatever went before
        said = subprocess.run([sys.executable, "-c", script + f"print({{s: hashlib.sha256(repr(fuzz.case(s)).encode()).hexdigest() "
                               f"for s in {list(order)}}})"], capture_output=True, text=True, check=True).stdout
        found = ast.literal_eval(said)
        assert [found[seed] for seed in range(30)] == here


@pytest.mark.oracle
def test_inputs_reach_the_commands_and_are_not_all_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    from click.testing import CliRunner

    from cnncalc.cli import COMMANDS, main

    cases = [fuzz.case(seed) for seed in range(1000)]
    assert {command[0] for case in cases for command in case.commands} >= set(COMMANDS)
    codes = {0: 0, 1: 0, 2: 0}
    for case in cases[:100]:
        for name, data in case.files.items():
            Path(name).write_bytes(data)
        codes[CliRunner().invoke(main, case.commands[0], input=b"").exit_code] += 1
    assert min(codes.values()) >= 3


@pytest.mark.oracle
@pytest.mark.parametrize("fault", ["crash", "hang", "memory", "silence", "control"])
def test_a_fault_is_seen(fault, tmp_path, monkeypatch):
    import click

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fuzz, "MOST_SECONDS", 0.05)
    fuzz.signal.signal(fuzz.signal.SIGPROF, fuzz._hung)

    @click.command()
    @click.argument("name")
    def broken(name):
        if fault == "crash":
            raise KeyError(name)
        while fault == "hang":
            pass
        if fault == "memory":
            raise MemoryError
        if fault == "control":
            click.echo("\x1b[31m")
        raise SystemExit(0 if fault == "control" else 2)

    monkeypatch.setattr(fuzz, "main", broken)
    faults, _, _ = fuzz.run(fuzz.Case(0, {}, [["net.yaml"]]))
    expected = {"crash": "KeyError", "hang": "seconds", "memory": "MemoryError", "silence": "without a word", "control": "control characters"}
    assert expected[fault] in faults[0].problem


LENET = "layer,input shape,k,output shape\nC1,%s,5,28x28x6\nS2,28x28x6,2,%s\n"
#: What once ended in a traceback: files, the command line, and the status that is right.
ONCE_BROKEN = [
    ({"net.yaml": "input: [28, 28, 1]\nlayers:\n  - Conv2D: {filters: 20, kernel_size: {a: 5}}\n  - Flatten\n"}, ["explain", "net.yaml"], 2),
    ({"net.yaml": "input: [28, 28, 1]\nlayers:\n  - Flaten\n  - Dense: 3\n"}, ["explain", "net.yaml", "dense"], 2),
    ({}, ["layer", "Conv2D(6, 5); Flaten(); Dense(3)", "--input", "32x32x1"], 2),
    ({"sheet.csv": LENET % ("32x32", "x6x")}, ["check", "lenet5", "sheet.csv"], 1),
    ({"sheet.csv": LENET % ("5x,", "5x5x")}, ["check", "lenet5", "sheet.csv"], 1),
    ({"sheet.csv": "layer,output\ninput,15.5x15.5\nC1,15.5x15.5\n"}, ["check", "lenet5", "sheet.csv"], 1),
    ({"net.yaml": "input: [8]\nblocks: {b: {args: {1.5: 2}, layers: [Flatten]}}\nlayers:\n  - b: {x: 1}\n"}, ["summary", "net.yaml"], 2),
    ({"net.json": '{"class_name": "Functional", "config": {"name": "n", "layers": [{"class_name": "InputLayer", "name": "a", "config": []}], '
                  '"input_layers": [["a", 0, 0]], "output_layers": [["a", 0, 0]]}}'}, ["summary", "net.json", "--input", "9x9x3"], 2),
    ({"net.json": '{"class_name": "Functional", "config": {"name": "n", "layers": [{"class_name": "Dense", "name": "\\u2028"}], '
                  '"input_layers": [["a", 0, 0]], "output_layers": [["a", 0, 0]]}}'}, ["summary", "net.json"], 2),
    ({"net.yaml": "input: [3, 3]\nlayers:\n  - ops.Cumsum: {axis: 0}\n"}, ["receptive-field", "net.yaml"], 0),
    ({"net.yaml": "input: 16\nlayers:\n  - ops.Flip: sideways\n"}, ["explain", "net.yaml"], 2),
    ({}, ["summary", "lenet5", "--input", "²"], 2),
    ({"net.yaml": "input: [8, 8, 3]\nlayers:\n  - ops.Roll: {shift: null}\n"}, ["receptive-field", "net.yaml"], 2),
    ({"net.yaml": "input: [8, 8, 3]\nlayers:\n  - ops.Tril: {k: a}\n"}, ["receptive-field", "net.yaml"], 2),
    ({"net.yaml": "input: [8, 8, 3]\nlayers:\n  - ops.Tril: {k: [1, 2]}\n"}, ["receptive-field", "net.yaml"], 2),
    ({"net.yaml": "input: [8, 8, 3]\nlayers:\n  - ops.Roll: {x: [1, 2], shift: 1}\n"}, ["summary", "net.yaml"], 2),
    ({"net.yaml": "input: [null, null]\nlayers:\n  - ops.Tril\n"}, ["receptive-field", "net.yaml"], 0),
    ({"net.json": '{"class_name": "Sequential", "config": {"name": "n", "layers": [{"class_name": "ops.Array", "config": {"name": "a"}}, '
                  '{"class_name": "Dense", "config": {"name": "d", "units": 3}}]}}'}, ["convert", "net.json"], 2),
    ({"net.yaml": "input: [224, 224, 3]\nlayers:\n  - {model: resnet50_notop, repeat: 2000}\n"}, ["summary", "net.yaml"], 2),
    ({"net.yaml": "input: [8, 8, 3]\nlayers:\n  - ContrastLimitedAdaptiveHistogramEqualization: {tile_grid_size: true}\n"}, ["explain", "net.yaml"], 2),
    ({"net.yaml": "input: {a: [8, 8, 4], b: [8, 8, null]}\nlayers:\n  - {Conv2D: [4, 3], name: c, inputs: a}\n"
                  "  - {reuse: c, inputs: b}\n"}, ["cost", "net.yaml"], 0),
    ({"net.yaml": "input: [8]\nlayers:\n  - Dense: {units: 3, self: 4}\n"}, ["summary", "net.yaml"], 2),
    ({"sheet.md": "layer|output size | memory()\n|C|6\nC| | 5"}, ["check", "lenet5", "sheet.md"], 1),
    ({"net.yaml": "input: {a: [24, 24, 3], b: [null, null, 5]}\nlayers:\n- {Conv2D: [1, 5], inputs: a}\n"
                  "- {Conv2D: [3, 1], inputs: b, expect: {params: 4}}\n"}, ["check", "net.yaml"], 1),
    ({"net.yaml": "{input: {a: 10}, &alayers: [{Dense: [{layer: 4}]}, 7, 255]}\n"}, ["summary", "net.yaml"], 2),  # went on for ever
    ({"net.yaml": '{"input": [], "layers": ["Softmax"]}'}, ["receptive-field", "net.yaml", "--without-pooling"], 0),
    ({"net.yaml": '{"input": [], "layers": ["Softmax"]}'}, ["receptive-field", "net.yaml", "--layer", "softmax"], 0),
    ({"net.yaml": "input: {a: [], k: []}\nlayers:\n  - ops.Conv: {}\n    inputs: [a, k]\n"}, ["summary", "net.yaml"], 2),
    ({}, ["solve", "--from", "61", "--to", "61", "-n", "?"], 0),  # took 3 seconds
]


@pytest.mark.parametrize(("files", "command", "code"), ONCE_BROKEN, ids=[" ".join(row[1])[:40] for row in ONCE_BROKEN])
def test_what_once_broke_it_does_not(files, command, code, tmp_path):
    from running import cnncalc

    for name, text in files.items():
        (tmp_path / name).write_text(text)
    run = cnncalc(*command, cwd=tmp_path)
    assert (run.code, "Traceback" in run.err) == (code, False), run.err
    assert run.err or code < 2
