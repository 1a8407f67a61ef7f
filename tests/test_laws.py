"""Laws that hold for every network, over random ones."""

from __future__ import annotations

import copy
import functools
import json
import os
import random
import subprocess
import sys

import pytest
import yaml
from click.testing import CliRunner
from networks import random_network

import cnncalc
from cnncalc.cli import main
from cnncalc.errors import CnncalcError
from cnncalc.sources import open_text
from cnncalc.tracing import traced

Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WRAPPERS = ("Bidirectional", "TimeDistributed")


def written(data) -> str:
    return yaml.dump(data, Dumper=Dumper, sort_keys=False)


@functools.cache
def networks() -> list[tuple[int, str]]:
    """Random networks without a mistake, by their numbers."""
    found = []
    for seed in range(130):
        text = random_network(seed)
        opened = open_text(text)
        if opened.graph is not None and not opened.errors and not traced(opened.graph).errors:
            found.append((seed, text))
    return found


def of(text: str, input=None) -> cnncalc.Network:
    return cnncalc.loads(text, input=input)


def figures(network: cnncalc.Network) -> dict:
    """Every number of a network, in the order of its layers, and no name."""

    def without(value):
        if isinstance(value, dict):
            return {key: without(item) for key, item in value.items() if key not in ("inputs", "notes")}
        return [without(item) for item in value] if isinstance(value, list) else None if isinstance(value, str) else value

    return without({"summary": network.to_dict(), "cost": cost_of(network)})


def cost_of(network: cnncalc.Network) -> dict | None:
    try:
        return network.cost()
    except CnncalcError:
        return None


def totals(network: cnncalc.Network) -> tuple:
    cost = cost_of(network)
    return (network.params, network.trainable_params, network.non_trainable_params,
            None if cost is None else (cost["macs"], cost["flops"], cost["weight_bytes"]), network.trace.steps[-1].output_shape)


def entries(data) -> list[dict]:
    """All entries of a file's `layers`, those of branches too."""
    found, waiting = [], list(data["layers"])
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, dict):
            found.append(entry)
            for branch in entry.get("parallel") or ():
                waiting += branch if isinstance(branch, list) else [branch]
    return found


def chains() -> list[tuple[int, dict]]:
    """Networks of one layer after the other."""
    found = []
    for seed, text in networks():
        data = yaml.load(text, Loader)
        plain = isinstance(data["input"], list) and not {"blocks", "outputs"} & set(data) and len(data["layers"]) > 1
        if plain and not any({"inputs", "parallel", "reuse", "repeat"} & set(e) for e in entries(data)):
            found.append((seed, data))
    return found


@pytest.mark.oracle
def test_there_are_networks_of_every_form():
    assert len(networks()) > 80
    assert len(chains()) > 10


# A function of the file alone

SCRIPT = """
import sys, json, cnncalc
from cnncalc.cli import main
from click.testing import CliRunner
for i, text in enumerate(json.load(sys.stdin)):
    open("net.yaml", "w").write(text)
    for command in (["summary"], ["summary", "--format", "json"], ["receptive-field"], ["cost"], ["explain"], ["convert"],
                    ["worksheet", "--key"], ["summary", "--format", "keras3"]):
        run = CliRunner().invoke(main, [command[0], "net.yaml", *command[1:]])
        print(i, command, run.exit_code, run.stdout, run.stderr)
"""


@pytest.mark.oracle
def test_what_is_said_is_a_function_of_the_file_alone(tmp_path):
    texts = json.dumps([random_network(seed) for seed in range(25)]).encode()
    said = []
    for hash_seed in ("1", "2"):
        (tmp_path / hash_seed).mkdir()
        run = subprocess.run([sys.executable, "-c", SCRIPT], input=texts, capture_output=True, cwd=tmp_path / hash_seed,
                             env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1"}, timeout=300)
        assert run.returncode == 0, run.stderr.decode()
        said.append(run.stdout.decode())
    assert said[0].count("['explain']") == 25
    assert said[0] == said[1]


@pytest.mark.oracle
def test_reading_twice_gives_the_same():
    for _, text in networks():
        assert figures(of(text)) == figures(of(text))
        assert of(text).to_dict() == of(text).to_dict()


# Renaming


@pytest.mark.oracle
def test_renaming_layers_changes_no_number():
    renamed = 0
    for seed, text in networks():
        data = yaml.load(text, Loader)
        names = {}
        for entry in entries(data):
            if isinstance(entry.get("name"), str) and "{" not in entry["name"] and "repeat" not in entry:
                names[entry["name"]] = f"renamed_{seed}_{len(names)}"
        single = set(names)
        for entry in entries(data):
            if entry.get("name") in single:
                entry["name"] = names[entry["name"]]
            for key in ("inputs", "reuse"):
                entry.update({key: _renamed(entry[key], names)} if key in entry else {})
        if "outputs" in data:
            data["outputs"] = _renamed(data["outputs"], names)
        blocks = any(word in (data.get("blocks") or {}) for entry in entries(data) for word in entry if "name" in entry)
        if names and not blocks:
            renamed += 1
            assert figures(of(written(data))) == figures(of(text)), seed
    assert renamed > 15


def _renamed(value, names: dict):
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


# Structure


def test_a_chain_split_into_a_nested_model_keeps_its_totals(tmp_path):
    for seed, data in chains():
        rng = random.Random(seed)
        whole = of(written(data))
        cut = rng.randrange(1, len(data["layers"]))
        top = {key: value for key, value in data.items() if key in ("data_format", "defaults")}
        shape = list(whole.trace.steps[cut].output_shape[1:])  # the input is a step as well
        first, last = copy.deepcopy(data["layers"][:cut]), copy.deepcopy(data["layers"][cut:])
        (tmp_path / "tail.yaml").write_text(written({**top, "input": shape, "layers": last}))
        (tmp_path / "net.yaml").write_text(written({**top, "input": data["input"], "layers": [*first, {"model": "tail.yaml"}]}))
        assert totals(cnncalc.load(tmp_path / "net.yaml")) == totals(whole), seed


def test_a_chain_split_into_a_block_keeps_every_number():
    for seed, data in chains():
        rng = random.Random(seed)
        a, b = sorted(rng.sample(range(len(data["layers"]) + 1), 2))
        layers = copy.deepcopy(data["layers"])
        split = {**data, "blocks": {"part": {"layers": layers[a:b]}}, "layers": [*layers[:a], "part", *layers[b:]]}
        assert figures(of(written(split))) == figures(of(written(data))), seed


def test_repeat_equals_writing_it_so_many_times():
    repeated = 0
    for seed, text in networks():
        data = yaml.load(text, Loader)
        layers, found = [], False
        for entry in data["layers"]:
            if isinstance(entry, dict) and "repeat" in entry and "inputs" not in entry:
                found = True
                for i in range(1, entry["repeat"] + 1):
                    one = {key: value for key, value in entry.items() if key != "repeat"}
                    if "name" in one:
                        one["name"] = one["name"].replace("{i}", str(i))
                    layers.append(one)
            else:
                layers.append(entry)
        if found:
            repeated += 1
            assert of(written({**data, "layers": layers})).to_dict() == of(text).to_dict(), seed
    for n in range(1, 8):
        entry = {"Conv2D": {"filters": 3, "kernel_size": 2}}
        one = {"input": [20, 20, 3], "layers": [{**entry, "repeat": n}, "Flatten"]}
        many = {"input": [20, 20, 3], "layers": [entry] * n + ["Flatten"]}
        assert of(written(one)).to_dict() == of(written(many)).to_dict()
    assert repeated > 5


# Channels


def random_chain(rng: random.Random) -> tuple[list[int], list, list]:
    """Sizes with the channels last, and the same layers for channels last and channels first."""
    rank = rng.choice((1, 2, 2, 3))
    pick = lambda *values: rng.choice((rng.choice(values), [rng.choice(values) for _ in range(rank)]))  # noqa: E731
    shape = [rng.randint(9, 20) for _ in range(rank)] + [rng.choice((1, 2, 4))]
    # One that knows its channels comes first: of an Activation alone nobody can say where they are.
    last: list = [{f"Conv{rank}D": {"filters": 2, "kernel_size": pick(1, 2, 3)}}]
    for _ in range(rng.randint(0, 5)):
        last.append(rng.choice((
            {f"Conv{rank}D": {"filters": rng.choice((2, 4)), "kernel_size": pick(1, 2, 3), "strides": rng.choice((1, 1, 2)),
                              "padding": rng.choice(("same", "valid"))}},
            {f"Conv{rank}DTranspose": {"filters": 2, "kernel_size": pick(2, 3), "strides": 2}},
            {f"MaxPooling{rank}D": {"pool_size": pick(1, 2), "padding": rng.choice(("same", "valid"))}},
            {f"ZeroPadding{rank}D": {"padding": rng.choice((1, 2))}},
            {f"UpSampling{rank}D": {"size": 2}},
            {f"DepthwiseConv{rank}D": {"kernel_size": 2}} if rank < 3 else {"Activation": "relu"},
            {"BatchNormalization": {"axis": -1}}, {"Dropout": 0.5},
        )))
    first = copy.deepcopy(last)
    for entry in first:
        if "BatchNormalization" in entry:
            entry["BatchNormalization"] = {"axis": 1}
        if f"UpSampling{rank}D" in entry and rank == 1:
            entry.clear()
            entry["Activation"] = "relu"  # of this one Keras knows channels last only
    last = [{"Activation": "relu"} if "UpSampling1D" in entry else entry for entry in last]
    end: list = rng.choice(([f"GlobalAveragePooling{rank}D", {"Dense": 3}], ["Flatten", {"Dense": 3}], []))
    return shape, [*last, *end], [*first, *end]


@pytest.mark.parametrize("seed", range(40))
def test_channels_first_equals_channels_last_permuted(seed):
    shape, last, first = random_chain(random.Random(seed))
    try:
        one = of(written({"input": shape, "layers": last}))
    except CnncalcError:
        with pytest.raises(CnncalcError, match="does not fit"):
            of(written({"input": [shape[-1], *shape[:-1]], "data_format": "channels_first", "layers": first}))
        return
    other = of(written({"input": [shape[-1], *shape[:-1]], "data_format": "channels_first", "layers": first}))
    for a, b in zip(one, other, strict=True):
        x, y = a.output_shape[1:], b.output_shape[1:]
        assert y == ((x[-1], *x[:-1]) if len(x) == len(shape) else x)
        assert (a.params, [w.shape for w in a.weights]) == (b.params, [w.shape for w in b.weights])
    assert totals(one)[:4] == totals(other)[:4]
    fields = [[[layer["name"], layer["axes"]] for layer in network.receptive_fields()["layers"]] for network in (one, other)]
    assert fields[0] == fields[1]


# Monotone


def test_a_larger_input_never_shrinks_an_output():
    """Every layer grows with its input or keeps a size of its own; none shrinks. A larger input may be
    refused (branches that no longer meet, a Reshape that no longer divides): then there is no output.
    """
    compared = 0
    for seed, text in networks():
        rng = random.Random(seed)
        opened = open_text(text)
        first = traced(opened.graph)
        inputs = {node.name: list(node.layer.shape) for node in opened.graph.inputs}
        channel = 0 if "channels_first" in text else -1
        name = rng.choice(list(inputs))
        axes = [i for i, n in enumerate(inputs[name]) if n is not None and i != channel % len(inputs[name])]
        if not axes:
            continue
        for more in (1, 2, 3, 7):
            larger = {**inputs, name: [*inputs[name]]}
            larger[name][rng.choice(axes)] += more
            second = traced(opened.graph, {key: tuple(shape) for key, shape in larger.items()})
            if second.errors:
                continue
            compared += 1
            for a, b in zip(first.steps, second.steps, strict=True):
                for x, y in zip(a.outputs, b.outputs, strict=True):
                    assert len(x) == len(y)
                    assert all(n is None or (m is not None and m >= n) for n, m in zip(x, y)), (seed, a.name, x, y)
    assert compared > 100


# Out and in again


@pytest.mark.oracle
@pytest.mark.parametrize("layout", ["activations", "weights", "memory", "field", "shapes"])
def test_a_filled_worksheet_is_all_right(layout, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    checked = 0
    for seed, text in networks()[:40]:
        if any(None in shape for step in of(text) for shape in step.outputs):
            continue  # "?" is no answer
        (tmp_path / "net.yaml").write_text(text)
        for format, name in (("csv", "key.csv"), ("markdown", "key.md")):
            key = CliRunner().invoke(main, ["worksheet", "net.yaml", "--key", "--layout", layout, "--format", format, "-o", name])
            assert key.exit_code == 0, (seed, key.output)
            run = CliRunner().invoke(main, ["check", "net.yaml", name, "--format", "json"])
            assert run.exit_code == 0, (seed, run.output)
            (sheet,) = json.loads(run.stdout)["sheets"]
            wrong = [a for a in sheet["answers"] if a["status"] not in ("right", "form")]
            assert not wrong, (seed, wrong)
            checked += sheet["right"]
    assert checked > 200


def told(network: cnncalc.Network) -> list[tuple]:
    """Each layer's name, shapes and weights. Keras has no names for a Sequential model's input and for further calls."""
    return [(None if step.node.layer.kind == "InputLayer" or step.shared else step.name, step.output_shape, step.params, step.trainable_params,
             [(w.name, w.shape, w.trainable) for w in step.weights]) for step in network]


@pytest.mark.oracle
@pytest.mark.parametrize("to", ["yaml", "keras-json"])
def test_what_is_converted_reads_as_the_same_network(to, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    converted = 0
    for seed, text in networks()[:60]:
        (tmp_path / "net.yaml").write_text(text)
        name = "other.yaml" if to == "yaml" else "other.json"
        run = CliRunner().invoke(main, ["convert", "net.yaml", "--to", to, "-o", name])
        if run.exit_code:
            assert run.exit_code == 2, run.output
            assert run.stderr.startswith(("error: ", "net.yaml:")), run.stderr
            continue
        if to == "keras-json" and any(step.node.layer.kind in WRAPPERS and not step.node.layer.trainable for step in of(text)):
            continue  # what is inside of a frozen wrapper Keras counts as trainable once it is read from a file
        converted += 1
        one, other = cnncalc.load("net.yaml"), cnncalc.load(name)
        assert told(one) == told(other), seed
        assert totals(one) == totals(other), seed
    assert converted > 30
