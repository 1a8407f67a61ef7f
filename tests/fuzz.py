"""Hostile input that can be made again: `case(seed)` is some files and the command lines to run on them.

A long run, and one input looked at:

    CNNCALC_FUZZ=100000 pytest tests/test_fuzz.py
    python tests/fuzz.py 4711
"""

from __future__ import annotations

import copy
import functools
import gc
import hashlib
import io
import json
import os
import random
import resource
import signal
import string
import sys
import tempfile
import time
import traceback
import zipfile
from pathlib import Path
from typing import NamedTuple

import fuzz_source
import yaml
from click.testing import CliRunner

from cnncalc.analysis import Model
from cnncalc.cli import main
from cnncalc.layers import KINDS

HERE = Path(__file__).parent
Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: What a command may take for a file under 100 KB: seconds of its own work, and memory.
MOST_SECONDS = 1.0
MOST_MEMORY = 300 * 2**20

NUMBERS = [0, 1, -1, 2, 3, 4, 5, 7, 10, 16, 99, 255, 1000, 10**6, 2**31, 2**53 + 1, 2**63, 10**18, 10**39, -(10**9), 0.5, -2.5,
           1e308, 1e-320, float("inf"), float("-inf"), float("nan"), True, False, None]
STRINGS = ["", " ", "same", "valid", "causal", "relu", "channels_first", "channels_last", "input", "add", "Conv2D", "=i", "=1/0",
           "=filters", "=2**2**2**9", "=9**999", "=1//0", "=-1", "=(" * 30, "=min()", "=max(1)", "=__import__('os')", "={i}", "{i}",
           "{", "}{", "{{}}", "{x.y}", "a/b", "../x", "/etc/passwd", "-", "~", "null", "\x1b[31mred\x1b[0m",
           "\x1b]0;title\x07", "\0", "\r\n", "\n\n", "\t", "‮abc", "é", "é", "日本語", "\U0001f600", "﻿",
           "[red]x[/red]", "[/]", "[@click=x]", "%s%n", "\\begin{x}", "|", ",", ";", "'", '"', "<script>", "1e999", "0x10",
           "1_000", "12:30:45", "2001-01-01", "yes", "x" * 5000, "(1, 2)", "3x3", "None", "NaN", "float16", "lenet5",
           "vgg16", "\ud7ff", "\x85", "\u2028", "input_1", "dense", "conv2d_1", "__class__", "self", "²", "٣"]
KEYS = ["name", "inputs", "repeat", "trainable", "expect", "parallel", "reuse", "model", "block", "layers", "blocks", "args",
        "input", "outputs", "defaults", "data_format", "weights", "values", "filters", "kernel_size", "strides", "padding",
        "dilation_rate", "groups", "pool_size", "axis", "units", "axes", "target_shape", "size", "f", "k", "s", "p", "d", "w",
        "ceil_mode", "dtype", "activation", "config", "class_name", "build_config", "inbound_nodes", "module", "registered_name",
        "batch_shape", "input_layers", "output_layers", "shape", "layer", "cell", "keras_history", "kwargs", "total", "params"]
FORMATS = ("table", "json", "csv", "markdown", "latex", "keras3", "keras2")


class Case(NamedTuple):
    seed: int
    files: dict[str, bytes]
    commands: list[list[str]]


class Fault(NamedTuple):
    seed: int
    command: list[str]
    problem: str

    def __str__(self) -> str:
        return f"python tests/fuzz.py {self.seed}   # cnncalc {' '.join(self.command)[:300]!r}\n{self.problem}"


# The files to begin from


@functools.cache
def architectures() -> list:
    """Small networks: bundled ones, refused ones, and the tests' own."""
    found = []
    for path in sorted([*(HERE.parent / "examples").glob("*.yaml"), *(HERE / "bad_specs").glob("*.yaml")]):
        if path.stat().st_size < 4000:
            try:
                data = yaml.load(path.read_text(), Loader)
            except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
                continue
            if isinstance(data, dict) and _size(data) < 2000:
                found.append(data)
    return found


def _size(value, seen: tuple = ()) -> int:
    if len(seen) > 20:
        return 10**6
    total = 1
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        total += _size(item, (*seen, 1))
        if total > 10**5:
            break
    return total


@functools.cache
def texts() -> list[bytes]:
    """Files as bytes, for mutations that know nothing of their structure."""
    paths = sorted([*(HERE.parent / "examples").glob("*.yaml"), *(HERE / "bad_specs").glob("*.yaml")])
    return [path.read_bytes() for path in paths if path.stat().st_size < 4000]


@functools.cache
def keras_configs() -> list:
    """Keras's own form of small networks: as it writes them, converted, and by hand."""
    def layer(kind, name, inbound=None, **config):
        entry = {"module": "keras.layers", "class_name": kind, "config": {"name": name, "trainable": True, **config},
                 "registered_name": None}
        if inbound is not None:
            entry["name"] = name
            entry["inbound_nodes"] = [{"args": [tensor(i) for i in inbound], "kwargs": {}}] if inbound else []
        return entry

    def tensor(name):
        return {"class_name": "__keras_tensor__", "config": {"shape": [None, 8, 8, 3], "dtype": "float32",
                                                              "keras_history": [name, 0, 0]}}

    conv = {"filters": 4, "kernel_size": [3, 3], "strides": [1, 1], "padding": "same", "data_format": "channels_last",
            "dilation_rate": [1, 1], "groups": 1, "activation": "relu", "use_bias": True,
            "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}}
    chain = {"module": "keras", "class_name": "Sequential", "registered_name": None, "config": {"name": "seq", "layers": [
        layer("InputLayer", "input_layer", batch_shape=[None, 8, 8, 3], dtype="float32"), layer("Conv2D", "conv", **conv),
        layer("MaxPooling2D", "pool", pool_size=[2, 2]), layer("Flatten", "flatten"), layer("Dense", "dense", units=10),
        layer("LSTM", "never", units=2)][:-1]}, "build_config": {"input_shape": [None, 8, 8, 3]}}
    graph = {"module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional", "config": {
        "name": "net", "trainable": True, "layers": [
            layer("InputLayer", "in", [], batch_shape=[None, 8, 8, 3]), layer("Conv2D", "a", ["in"], **conv),
            layer("Conv2D", "b", ["in"], **conv), layer("BatchNormalization", "n", ["b"], axis=-1),
            {**layer("Add", "add", []), "inbound_nodes": [{"args": [[tensor("a"), tensor("n")]], "kwargs": {}}]},
            layer("GlobalAveragePooling2D", "gap", ["add"])],
        "input_layers": [["in", 0, 0]], "output_layers": [["gap", 0, 0]]}}
    nested = copy.deepcopy(chain)
    nested["config"]["layers"].insert(1, {**copy.deepcopy(chain), "name": "inner"})
    wrapped = copy.deepcopy(chain)
    wrapped["config"]["layers"] = [
        layer("InputLayer", "i", batch_shape=[None, 5, 8]), layer("Bidirectional", "bi", layer=layer("LSTM", "l", units=3),
                                                                   backward_layer=layer("LSTM", "m", units=3)),
        layer("RNN", "rnn", cell=[layer("GRUCell", "g", units=3)]),
    ]
    found = [chain, graph, nested, wrapped]
    runner = CliRunner()
    for name in ("lenet5", "mnist-chollet", "siamese", "shallownet", "alexnet"):
        run = runner.invoke(main, ["convert", name, "--to", "keras-json"])
        if run.exit_code == 0:
            found.append(json.loads(run.stdout))
    return found


@functools.cache
def sheets() -> list[tuple[str, bytes]]:
    """Answer sheets of LeNet-5 in every form."""
    runner = CliRunner()
    found = []
    for layout in ("activations", "weights", "memory", "field"):
        for format, ending in (("csv", "csv"), ("markdown", "md")):
            run = runner.invoke(main, ["worksheet", "lenet5", "--layout", layout, "--key", "--format", format])
            if run.exit_code == 0:
                found.append((f"sheet.{ending}", run.stdout.encode()))
    assert found
    found += [
        ("sheet.yaml", b"C1: {output: [28, 28, 6], params: 156, macs: 117600}\nS2: {output: 14x14x6}\ntotal: {params: 61706}\n"),
        ("sheet.csv", b"layer;output;params\nC1;28x28x6;156,0\nS2;(14, 14, 6);0\ntotal;;61.706\n"),
        ("sheet.csv", b"layer,params\nC1,5*5*1*6 + 6\nS2,=0\nC3,\"2,416\"\n"),
    ]
    return found


@functools.cache
def kinds() -> list[str]:
    """Every word for a layer, in an order that does not depend on which were needed first."""
    return sorted({*KINDS.everything(), Model.kind})


# Mutations


def places(data) -> list[tuple]:
    """The container and key of every value in the data, in order."""
    found, waiting, seen = [], [data], set()
    while waiting and len(found) < 3000:
        here = waiting.pop(0)
        if id(here) in seen:
            continue
        seen.add(id(here))
        keys = list(here) if isinstance(here, dict) else range(len(here))
        for key in keys:
            found.append((here, key))
            if isinstance(here[key], (dict, list)):
                waiting.append(here[key])
    return found


def odd(rng: random.Random, depth: int = 0):
    """A value that is likely not what was expected."""
    kind = rng.random()
    if kind < 0.4:
        return rng.choice(NUMBERS)
    if kind < 0.7:
        return rng.choice(STRINGS)
    if kind < 0.75:
        return rng.choice(kinds())
    if kind < 0.8:
        return "".join(rng.choice(string.printable) for _ in range(rng.randint(1, 12)))
    if kind < 0.9 and depth < 4:
        return [odd(rng, depth + 1) for _ in range(rng.randint(0, 4))]
    if kind < 0.97 and depth < 4:
        return {str(rng.choice(KEYS)): odd(rng, depth + 1) for _ in range(rng.randint(0, 3))}
    value: object = rng.choice([1, "x", None])
    for _ in range(rng.choice((5, 50, 99, 130))):
        value = [value] if rng.random() < 0.7 else {"a": value}
    return value


def mutated(rng: random.Random, data, names: list[str]):
    """The data with one thing in it changed; the copy keeps what was one object one object."""
    found = places(data)
    if not found:
        return odd(rng)
    here, key = rng.choice(found)
    what = rng.randint(0, 13)
    if what <= 2:
        here[key] = odd(rng)
    elif what == 3:
        here[key] = rng.choice(NUMBERS[:12])
    elif what == 4:
        del here[key]
    elif what == 5 and isinstance(here, list):
        here.insert(rng.randint(0, len(here)), here[key])
        if rng.random() < 0.2:
            here *= rng.choice((2, 5, 30))
    elif what == 6 and isinstance(here, dict):
        value = here.pop(key)
        here[rng.choice((rng.choice(KEYS), rng.choice(names), str(odd(rng))[:60]))] = value
    elif what == 7 and isinstance(here, list):
        here.insert(rng.randint(0, len(here)), here.pop(key))
    elif what == 8:
        there, other = rng.choice(found)
        here[key] = copy.deepcopy(there[other])
    elif what == 9:
        there, other = rng.choice(found)
        here[key] = there[other]  # written as an alias; sometimes inside itself
    elif what == 10:
        here[key] = [here[key]] * rng.choice((1, 2, 3))
    elif what == 11 and isinstance(here, dict):
        here[rng.choice(KEYS)] = odd(rng)
    elif what == 12 and isinstance(here[key], str):
        here[key] = rng.choice(names)
    elif what == 13 and isinstance(here[key], dict):
        here[key]["repeat"] = rng.choice((0, 1, 2, 3, 10, 50, 2000, 10**6, "=i", "2"))
    else:
        here[key] = {rng.choice(names): here[key]}
    return data


def bytes_mutated(rng: random.Random, data: bytes) -> bytes:
    """The bytes with some of them changed, cut off, repeated, or put in."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at = rng.randint(0, len(out))
        what = rng.randint(0, 6)
        if what == 0 and out:
            out[at % len(out)] = rng.randint(0, 255)
        elif what == 1:
            del out[at : at + rng.randint(1, 8)]
        elif what == 2:
            out[at:at] = rng.choice((b":", b"{", b"}", b"[", b"]", b"-", b"\n", b"\t", b"&a", b"*a", b"!!", b"'", b'"', b"#", b"|", b">",
                                     b"%", b"?", b"---\n", b"\0", b"\xff", b"\xe2\x80", b"\xef\xbb\xbf", b"=", b"<<: ", b"  ", b","))
        elif what == 3:
            out[at:at] = out[at : at + rng.randint(1, 40)] * rng.choice((1, 2, 100))
        elif what == 4:
            out[at:at] = str(rng.choice(NUMBERS)).encode()
        elif what == 5:
            out[at:at] = rng.choice(STRINGS).encode("utf-8", "surrogatepass")
        elif rng.random() < 0.3:
            del out[at:]
    return bytes(out[:100_000])


def grown(rng: random.Random) -> dict:
    """A network of any layers with settings of the right names and any values."""
    words = kinds()
    rank = rng.choice((1, 2, 2, 3))
    layers: list = []
    for _ in range(rng.randint(1, 5)):
        word = rng.choice(words)
        settings = {}
        for name in KINDS.everything()[word].settings:
            if rng.random() < 0.5:
                settings[name] = odd(rng) if rng.random() < 0.3 else rng.choice(
                    (1, 2, 3, 2, [2] * rank, "same", True, False, 0.5, -1, None, [1, 2], "relu", 4, 8))
        layers.append({word: settings} if rng.random() < 0.9 else {word: odd(rng)})
    shape: list = [rng.choice((1, 4, 8, 9, 28, 28, None)) for _ in range(rank)] + [rng.choice((1, 2, 3, 4, None))]
    return {"input": shape if rng.random() < 0.85 else {"a": shape, "b": shape}, "layers": layers}


def written(rng: random.Random, data) -> bytes:
    """The data as YAML or JSON; a value that is twice the same object becomes an alias."""
    if rng.random() < 0.2:
        try:
            return json.dumps(data).encode("utf-8", "surrogatepass")
        except (ValueError, TypeError, RecursionError):
            pass
    try:
        return yaml.dump(data, Dumper=Dumper, sort_keys=False, default_flow_style=rng.choice((None, True, False)),
                         allow_unicode=rng.random() < 0.5, width=100).encode("utf-8", "surrogatepass")
    except (yaml.YAMLError, RecursionError, TypeError):
        return repr(data).encode("utf-8", "replace")


# Cases


def case(seed: int) -> Case:
    """The files and command lines of one number."""
    rng = random.Random(seed)
    maker = rng.choices((architecture, raw, keras, sheet, grid, options, python), (36, 14, 18, 13, 4, 5, 10))[0]
    files, commands = maker(rng)
    return Case(seed, files, commands)


def architecture(rng: random.Random):
    names = kinds()
    data = grown(rng) if rng.random() < 0.35 else copy.deepcopy(rng.choice(architectures()))
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        data = mutated(rng, data, names)
        if not isinstance(data, (dict, list)):
            break
    text = written(rng, data)
    if rng.random() < 0.1:
        text = bytes_mutated(rng, text)
    return {"net.yaml": text[:100_000]}, commands_for(rng, "net.yaml", places(data) if isinstance(data, (dict, list)) else [])


def raw(rng: random.Random):
    if rng.random() < 0.15:
        text = bytes(rng.randint(0, 255) for _ in range(rng.choice((0, 1, 5, 300))))
    elif rng.random() < 0.1:
        text = rng.choice((b"[", b"{", b"- ", b"? ", b"a: ", b"*a ", b"&a [", b"{a: ", b"!!x ", b"\t", b"-\n", b'"', b"|\n",
                           b"[[[[1]],", b"a:\n ", b"'", b"#", b"- - ")) * rng.choice((1, 10, 101, 1000, 5000, 30_000))
    else:
        text = bytes_mutated(rng, rng.choice(texts()))
    name = rng.choice(("net.yaml", "net.json", "net.keras", "net"))
    return {name: text[:100_000]}, commands_for(rng, name, [])


def keras(rng: random.Random):
    data = copy.deepcopy(rng.choice(keras_configs()))
    names = kinds()
    for _ in range(rng.choice((0, 1, 1, 2, 3, 6))):
        data = mutated(rng, data, names)
        if not isinstance(data, (dict, list)):
            break
    try:
        text = json.dumps(data).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        text = written(rng, data)
    if rng.random() < 0.1:
        text = bytes_mutated(rng, text)
    found = places(data) if isinstance(data, (dict, list)) else []
    if rng.random() < 0.7:
        return {"net.json": text[:100_000]}, commands_for(rng, "net.json", found)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        archive.writestr(zipfile.ZipInfo(rng.choice(("config.json", "config.json", "config.json", "../x"))), text)
    packed = out.getvalue()
    return {"net.keras": bytes_mutated(rng, packed) if rng.random() < 0.5 else packed}, commands_for(rng, "net.keras", found)


def python(rng: random.Random):
    text = fuzz_source.source(rng)
    if rng.random() < 0.1:
        text = bytes_mutated(rng, text)
    command = rng.choice((["summary"], ["summary"], ["cost"], ["receptive-field"], ["convert"], ["explain"]))
    more = rng.choice(([], [], ["--input", "8x8x1"], ["--set", "num_classes=3"], ["--set", "model=1"], ["--data-format", "channels_first"]))
    return {"net.py": text[:100_000]}, [[*command, "net.py" + fuzz_source.expression(rng), *more]]


def sheet(rng: random.Random):
    name, text = rng.choice(sheets())
    if name.endswith(".yaml") and rng.random() < 0.7:
        data = yaml.load(text, Loader)
        for _ in range(rng.choice((1, 2, 4))):
            data = mutated(rng, data, KEYS)
            if not isinstance(data, (dict, list)):
                break
        text = written(rng, data)
    elif rng.random() < 0.7:
        lines = text.decode().split("\n")
        mark = "|" if name.endswith(".md") else ";" if ";" in lines[0] else ","
        for _ in range(rng.choice((1, 3, 8))):
            at = rng.randrange(len(lines))
            cells = lines[at].split(mark)
            what = rng.randint(0, 5)
            if what <= 2:
                cells[rng.randrange(len(cells))] = cell(rng)
            elif what == 3:
                cells.insert(rng.randint(0, len(cells)), cell(rng))
            elif what == 4:
                del cells[rng.randrange(len(cells))]
            else:
                lines.insert(rng.randrange(len(lines)), lines[at])
            lines[at] = mark.join(cells)
        text = "\n".join(lines).encode(rng.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16")), "replace")
    else:
        text = bytes_mutated(rng, text)
    command = ["check", "lenet5", name, "--format", rng.choice(("table", "json", "csv", "markdown"))]
    command += rng.choice(([], ["--all"], ["--no-biases"], ["--bn", "2C"], ["--flops"], ["--mb"], ["--ceil"], ["--no-carried"],
                           ["--batch", "3"], ["--channels-first"], ["--slip", "0.5"], [name]))
    return {name: text[:100_000]}, [command]


def cell(rng: random.Random) -> str:
    """What somebody may have put into a cell."""
    number = str(rng.choice((0, 1, 6, 28, 156, 117600, 10**9, 10**30, 2.5, "61,706", "1.5k", "2M", "1e6", "1e999", "-3", "10 000")))
    return rng.choice((
        number, f"{number}x{number}x6", f"({number}, {number})", f"5*5*{number}+6", f"{number} MB", f"{number}^{number}", f"{number}**9999",
        f"={number}", "?", "-", "n/a", "", "(" * 200, "9" * 5000, "((1+2)*3", "1/0", "2^2^2^2^2^9", "x" * 300, f"{number}%", "'=1+1",
        "10!", f"({number}", f"{number} × {number} = {number}", "1+" * 3000 + "1", "(" * 90 + "1" + ")" * 90,
        str(rng.choice(STRINGS)).replace("\n", " "),
    ))


def grid(rng: random.Random):
    """Maps worked out by hand, for `trace --answers`."""
    data = {"conv2d": [[2, 1, 3], [4, 5, 6]], "max_pooling2d": [[5, 6]], "dense": [1, 2]}
    for _ in range(rng.choice((1, 2, 4))):
        data = mutated(rng, data, KEYS)
        if not isinstance(data, (dict, list)):
            break
    text, name = written(rng, data), "grid.yaml"
    if rng.random() < 0.4:
        text, name = bytes_mutated(rng, b"1,2,3\n4,5,6\n-1;2;1/2\n"), "grid.csv"
    layer = rng.choice(([], ["--layer", "conv2d"], ["--layer", "nothing"]))
    return {name: text}, [["trace", "edge-6x6", "--answers", name, *layer, "--format", rng.choice(("table", "json"))]]


def options(rng: random.Random):
    """Odd words on the command line."""
    word = lambda: rng.choice((str(rng.choice(NUMBERS)), rng.choice(STRINGS), "1-7", "1,3,5", "?", "1-99999999", "3x3x3"))  # noqa: E731
    command = rng.choice((
        lambda: ["solve", *[part for option in rng.sample(
            ("--from", "--to", "--receptive-field", "--params", "--from-channels", "-k", "-s", "-p", "-d", "-n", "-f", "--rank", "--most"),
            rng.randint(1, 6)) for part in (option, word())], *rng.choice(([], ["--keep-size"], ["--transposed"], ["--no-bias"]))],
        lambda: ["solve", "--from", str(rng.randint(1, 300)), "--to", str(rng.randint(1, 300)), *rng.choice((["-d", "?"], ["-n", "?"], []))],
        lambda: ["layer", bytes_mutated(rng, rng.choice((
            b"Conv2D(96, 11, strides=4)", b"Conv2D(6, 5); AveragePooling2D(2); Flatten(); Dense(120)", b"[Dense(3), ReLU()]",
            b"layers.LSTM(4, return_sequences=True)", b"Conv2D(filters=[1,2], kernel_size=(3, 3), padding='same') | Flatten",
            b"Bidirectional(LSTM(3))", b"Reshape((-1, 4))"))).decode("utf-8", "replace").replace("\0", ""),
            "--input", rng.choice(("32x32x1", "8x8x3", "10x4", "5", "?x?x3", word()))],
        lambda: ["layers", word()],
        lambda: ["examples", *rng.choice(([], [word()], ["lenet5"]))],
        lambda: ["summary", "lenet5", "--input", word(), "--columns", word(), "--format", rng.choice(FORMATS)],
        lambda: ["receptive-field", "lenet5", "--layer", word(), "--unit", word()],
        lambda: ["explain", "lenet5", word(), "--dtype", word()],
        lambda: ["cost", "lenet5", "--dtype", word(), "--optimizer", word(), "--batch", word()],
        lambda: ["compare", "lenet5", word(), "--sort", word()],
        lambda: ["trace", "edge-6x6", "--cell", word(), "--channel", word()],
        lambda: ["summary", word()],
        lambda: ["guide", word()],
        lambda: ["draw", "lenet5", rng.choice(("--field", "--arithmetic", "--width", "--unit", "--style")), word()],
        lambda: ["quiz", *rng.choice(([], ["lenet5"], [word()])), "--format", "json", rng.choice(("--skill", "--level", "--questions", "--choices", "--seed")), word()],
        lambda: [word(), word()],
    ))()
    return {}, [[part.replace("\0", "") for part in command]]


def commands_for(rng: random.Random, name: str, found: list[tuple]) -> list[list[str]]:
    """Command lines about one network, some of them with names out of it."""
    words = [here[key] for here, key in found if isinstance(here[key], str) and "\0" not in here[key]] or ["conv2d"]
    word = lambda: rng.choice((rng.choice(words), "conv2d", "dense", "input"))  # noqa: E731
    summary = ["summary", name, "--format", rng.choice(FORMATS)]
    if rng.random() < 0.4:
        summary += rng.choice((["--expand-nested"], ["--show-trainable"], ["--width", "40"], ["--input", "9x9x3"], ["--batch", "7"],
                               ["--columns", "input,kernel,stride,padding,weights,bytes,activations,connections,unshared,dense"],
                               ["--color", "always"], [name]))
    others = [
        ["receptive-field", name, "--format", rng.choice(FORMATS[:5]), *rng.choice(([], ["--expand-nested"], ["--width", "30"]))],
        ["receptive-field", name, *rng.choice((["--layer", word()], ["--unit", "0,0"], ["--without-pooling"], ["--layer", word(), "--unit", "1"]))],
        ["cost", name, "--format", rng.choice(FORMATS[:5]), *rng.choice(([], ["--operations"], ["--im2col"], ["--expand-nested"],
                                                                         ["--dtype", "mixed", "--optimizer", "adam"]))],
        ["explain", name, "--format", rng.choice(("text", "json", "markdown"))],
        ["explain", name, word()],
        ["check", name],
        ["worksheet", name, "--key", "--layout", rng.choice(("weights", "field"))],
        ["trace", name, *rng.choice(([], ["--cell", "0,0"], ["--format", "json"], ["--layer", word()], ["--flip"], ["--channel", "0"]))],
        ["convert", name, "--to", rng.choice(("yaml", "keras-json"))],
        ["compare", name, "lenet5"],
        ["diff", name, "lenet5"],
        ["draw", name, *rng.choice(([], ["--style", "graph"], ["--format", "tikz"], ["--field", word()], ["--arithmetic", word()], ["--expand"]))],
        ["report", name],
        ["layer", "-"],
    ]
    return [summary, *rng.sample(others, 3)]


# Running


class _Hang(BaseException):
    pass


def _hung(*_):
    raise _Hang


def run(one: Case, twice: bool = True):
    """What is wrong with each command line, the longest time, and what all of it wrote."""
    faults, slowest, digest = [], (0.0, []), hashlib.sha256()
    for name, data in one.files.items():
        Path(name).write_bytes(data)
    given = next(iter(one.files.values()), b"")
    runner = CliRunner()
    for at, command in enumerate(one.commands):
        outputs = []
        for _ in range(2 if twice and at == one.seed % len(one.commands) else 1):
            signal.setitimer(signal.ITIMER_PROF, 10 * MOST_SECONDS)
            began = time.process_time()
            try:
                # colour, else click takes escape sequences out
                result = runner.invoke(main, command, input=given if "-" in command else None, color=True)
            except _Hang:
                faults.append(Fault(one.seed, command, f"over {10 * MOST_SECONDS:.0f} seconds\n{traceback.format_exc()[-3000:]}"))
                break
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            seconds = time.process_time() - began
            if seconds > MOST_SECONDS / 10:
                gc.collect()  # a command does not collect: its process ends
            slowest = max(slowest, (seconds, command))
            if result.exception is not None and not isinstance(result.exception, SystemExit):
                words = "".join(traceback.format_exception(*result.exc_info))
                faults.append(Fault(one.seed, command, words[:500] + "\n...\n" + words[-2000:]))
                break
            if result.exit_code not in (0, 1, 2) or (result.exit_code == 1 and "check" not in command and "trace" not in command):
                faults.append(Fault(one.seed, command, f"exit status {result.exit_code}"))
            if result.exit_code == 2 and not result.stderr.strip():
                faults.append(Fault(one.seed, command, "refused without a word"))
            if "Traceback" in result.stderr:
                faults.append(Fault(one.seed, command, result.stderr))
            sent = result.stderr + ("" if command[0] in ("convert", "worksheet", "examples") else result.stdout)
            if "always" not in command and any(c in sent for c in "\x1b\x07\x00\x08\x9b"):
                faults.append(Fault(one.seed, command, f"control characters were sent: {sent[:300]!r}"))
            if seconds > MOST_SECONDS:
                faults.append(Fault(one.seed, command, f"{seconds:.2f} seconds"))
            outputs.append((result.exit_code, result.stdout_bytes, result.stderr_bytes))
        if len(outputs) == 2 and outputs[0] != outputs[1]:
            faults.append(Fault(one.seed, command, "other bytes the second time"))
        digest.update(repr(outputs[:1]).encode())
    return faults, slowest, digest.hexdigest()


def work(first: int, after: int, step: int) -> None:
    """Run cases in this process, with its memory bounded, and print a line of JSON for each."""
    architectures(), texts(), keras_configs(), sheets(), KINDS.everything()
    signal.signal(signal.SIGPROF, _hung)
    with open("/proc/self/statm") as file:
        held = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MOST_MEMORY, resource.RLIM_INFINITY))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for seed in range(first, after, step):
            print(json.dumps({"begins": seed}), flush=True)
            faults, slowest, digest = run(case(seed))
            if faults and all(fault.problem.endswith(" seconds") for fault in faults):
                faults, slowest, digest = run(case(seed))  # what takes a second takes it again; a machine that stood still does not
            print(json.dumps({"seed": seed, "faults": faults, "slowest": slowest, "digest": digest}), flush=True)
            for name in os.listdir(folder):
                if os.path.isfile(name):
                    os.unlink(name)
            if seed // step % 20 == 0:
                gc.collect()
        os.chdir("/")


def show(seed: int) -> None:
    """One case as it is, and what its command lines say."""
    one = case(seed)
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    for name, data in one.files.items():
        print(f"--- {folder}/{name}")
        print(data[:5000].decode("utf-8", "backslashreplace"))
    for command in one.commands:
        print("---", command)
    signal.signal(signal.SIGPROF, _hung)
    faults, slowest, _ = run(one)
    print(*map(str, faults), slowest, sep="\n")


if __name__ == "__main__":
    if len(sys.argv) == 2:
        show(int(sys.argv[1]))
    else:
        work(*map(int, sys.argv[1:4]))
