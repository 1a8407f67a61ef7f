"""What a whole network costs: published totals, lectures, and memory against simulations."""

from __future__ import annotations

import csv
import io
import json
import math
import random
from fractions import Fraction
from functools import cache

import pytest
from click.testing import CliRunner

import cnncalc
from cnncalc.cli import main
from cnncalc.cost import SLOTS, Cost, slots
from cnncalc.errors import SpecError
from cnncalc.layers import Weight
from cnncalc.layers.arithmetic import OPERATIONS

load = cache(cnncalc.load)


@cache
def cost(name, **options):
    return Cost(load(name).trace, **options)


def run(*args):
    """What a command prints, and with which exit status."""
    result = CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)
    return result.exit_code, result.stdout


def printed(*args):
    code, text = run(*args)
    assert code == 0, text
    return text


# Published totals.

#: name: GMACs as printed, and parameters (all, and trainable where that is what is published).
PUBLISHED = {
    "vgg16": ("15.470", 138_357_544),
    "resnet18": ("1.814", 11_689_512),
    "resnet50-torchvision": ("4.089", 25_557_032),
    "densenet121": ("2.834", 7_978_856),
    "mobilenetv2": ("0.301", 3_504_872),
    "googlenet": ("1.498", 6_624_904),
    "squeezenet": ("0.819", 1_248_424),
    "alexnet-torchvision": ("0.714", 61_100_840),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_macs_and_parameters_are_the_published_ones(name):
    macs, params = PUBLISHED[name]
    found = cost(name)
    if found.macs >= 10**9:
        assert f"({macs} GMACs" in printed("cost", name)
    assert (2 * found.macs + 10**6) // (2 * 10**6) == round(Fraction(macs) * 1000)
    assert found.trace.trainable_params == params
    assert found.flops == 2 * found.macs


@pytest.mark.oracle
@pytest.mark.parametrize(("name", "macs"), [("EfficientNetB0", "0.386"), ("ConvNeXtTiny", "4.456")])
def test_macs_of_keras_files_are_the_published_ones(name, macs, tmp_path):
    from oracle import keras

    keras.backend.clear_session()
    model = getattr(keras.applications, name)(weights=None)
    path = tmp_path / "model.json"
    path.write_text(model.to_json())
    found = Cost(cnncalc.load(path).trace)
    assert f"{found.macs / 1e9:.3f}" == macs
    assert found.params == model.count_params()


def test_the_figures_of_other_tools_follow_from_ours():
    """ResNet-50: what thop prints to the last digit, and fvcore and ptflops to theirs."""
    found = cost("resnet50-torchvision")

    def values(*kinds):
        return sum(row.activation_values for row in found.rows if row.step.kind in kinds)

    average = next(row.step for row in found.rows if row.step.kind == "GlobalAveragePooling2D")
    normalised = 2 * values("BatchNormalization")
    pooled = sum(math.prod(row.step.inputs[0]) for row in found.rows if "Pool" in row.step.kind)
    assert found.macs + normalised + math.prod(average.inputs[0]) + 2048 == 4_111_514_624  # thop
    assert f"{(found.macs + normalised + math.prod(average.inputs[0])) / 1e9:.2f}" == "4.11"  # fvcore
    assert f"{(found.macs + 1000 + normalised + values('ReLU', 'Activation') + pooled) / 1e9:.2f}" == "4.12"  # ptflops
    assert f"{cost('resnet50').macs / 1e9:.3f}" == "3.858"


@pytest.mark.parametrize("name", ["vgg16", "resnet50", "densenet121", "mobilenetv2", "googlenet", "siamese", "unet"])
def test_totals_are_sums_of_the_rows(name):
    found = cost(name, batch=3)
    outer = [row for row in found.rows if row.depth == 0]
    assert found.macs == sum(row.macs for row in outer) == 3 * cost(name).macs
    assert found.weight_bytes == sum(row.weight_bytes for row in outer) == 4 * found.params
    assert found.activation_values == sum(row.activation_values for row in outer)
    assert found.activation_bytes == 4 * found.activation_values
    for operation in OPERATIONS:
        assert found.operations[operation] == sum(row.operations[operation] for row in outer)


# Lectures.


def test_the_exercise_of_the_lecture():
    """903,400 parameters; 12,613,600 bytes to predict; each term of training on 50."""
    found = cost("geron-exercise")
    assert found.params == 903_400
    assert found.inference.weights == 3_613_600
    assert found.inference.alive == (("conv2d", 6_000_000), ("conv2d_1", 3_000_000))
    assert found.inference.peak_layer == "conv2d_1"
    assert found.inference.total == 12_613_600
    training = cost("geron-exercise", batch=50).training
    assert (training.activations, training.input, training.weights) == (526_000_000, 36_000_000, 3_613_600)
    assert training.activations + training.input + training.weights == 565_613_600
    assert (training.gradients, training.optimizer) == (3_613_600, 0)
    assert training.total == 569_227_200
    assert cost("geron-exercise", batch=50, optimizer="adam").training.optimizer == 2 * 3_613_600


def test_the_matrices_of_the_lecture():
    (data,) = json.loads(printed("cost", "alexnet-im2col", "--im2col", "--format", "json"))["im2col"]
    assert (data["columns"], data["weights"], data["result"]) == ([363, 3025], [96, 363], [96, 3025])
    assert data["columns_bytes"] == 4 * 363 * 3025
    text = printed("cost", "alexnet-im2col", "--im2col")
    assert all(shape in text for shape in ("363x3025", "96x363", "96x3025"))


def test_the_products_of_the_matrices_are_the_macs():
    layers = 0
    for name in ("alexnet", "mobilenetv2", "googlenet", "separable", "unet", "inceptionv3"):
        for call in cost(name).run.calls:
            layer, xs = call.step.node.layer, call.step.inputs
            found = list(layer.matrices(*layer.viewed(xs)))
            if found:
                layers += 1
                assert sum(m.times * math.prod(m.weights) * (
                    m.result[1] if m.columns[0] == m.weights[1] else m.columns[1]) for m in found) == layer.macs(*xs)
    assert layers > 200


def test_the_impact_of_pooling():
    data = json.loads(printed("diff", "lenet-variant", "lenet-variant-no-second-pool", "--format", "json"))
    assert data["totals"]["params"] == [1_256_080, 4_931_080]
    changes = {layer["b"]["name"] if layer["b"] else layer["a"]["name"]: layer["change"] for layer in data["layers"]}
    assert changes == {"input": "same", "conv2d": "same", "max_pooling2d": "same", "conv2d_1": "same",
                       "max_pooling2d_1": "removed", "flatten": "changed", "dense": "changed", "dense_1": "same"}
    text = printed("diff", "lenet-variant", "lenet-variant-no-second-pool")
    assert "parameters: 1,256,080 -> 4,931,080" in text


# Memory to use it, against a simulation.


class Simulation:
    """A computer that runs layers one by one, and counts the bytes that it holds.

    Every map has a block of memory and so many readers to come; a block is given back when no
    map in it has any. `calls` are (how it works in place, maps read, size of the map given).
    """

    def __init__(self, inputs, calls, outputs, in_place):
        self.block = dict(enumerate(range(len(inputs))))
        self.bytes = dict(enumerate(inputs))
        self.waiting = {m: sum(m in reads for _, reads, _ in calls) + (m in outputs) * 10**9
                        for m in range(len(inputs) + len(calls))}
        self.peaks = []
        sizes = list(inputs)
        for how, reads, size in calls:
            m = len(sizes)
            sizes.append(size)
            source = self.block[reads[0]]
            others = [t for t, b in self.block.items() if b == source and t != reads[0] and self.waiting[t] > 0]
            alone = not others and self.waiting[reads[0]] == 1 and len(reads) == 1
            if in_place and (how == "view" or (how == "overwriting" and alone)):
                self.block[m] = source
            else:
                self.block[m] = m
                self.bytes[m] = size
            self.peaks.append(sum(self.bytes.values()))
            for t in set(reads):
                self.waiting[t] -= 1
            held = {self.block[t] for t, many in self.waiting.items() if many > 0 and t in self.block}
            self.bytes = {b: n for b, n in self.bytes.items() if b in held}


def random_network(rng):
    """An architecture, and the same as calls for the simulation.

    Vectors go through layers of every way of using memory; some feed several, and the network
    has several inputs and outputs.
    """
    sizes = [rng.randint(1, 9) for _ in range(rng.randint(1, 2))]
    names = [f"in{i}" for i in range(len(sizes))]
    text = ["input: {" + ", ".join(f"{name}: [{n}]" for name, n in zip(names, sizes)) + "}", "layers:"]
    inputs, calls = list(sizes), []
    for i in range(rng.randint(1, 14)):
        recent = range(max(0, len(sizes) - 4), len(sizes))
        kind = rng.choice(("Dense", "Dense", "Activation", "ReLU", "Dropout", "Flatten", "Concatenate", "Add"))
        reads = [rng.choice(recent)]
        how, size = None, sizes[reads[0]]
        if kind == "Dense":
            size = rng.randint(1, 20)
            body = f"Dense: {size}"
        elif kind == "Activation":
            body, how = "Activation: relu", "overwriting"
        elif kind == "ReLU":
            body, how = "ReLU", "overwriting"
        elif kind == "Dropout":
            body, how = "Dropout: 0.5", "view"
        elif kind == "Flatten":
            body, how = "Flatten", "view"
        elif kind == "Concatenate":
            reads = [rng.choice(recent) for _ in range(rng.randint(2, 3))]
            size, body = sum(sizes[m] for m in reads), "Concatenate"
        else:
            alike = [m for m in range(len(sizes)) if sizes[m] == size]
            reads, body = [reads[0], rng.choice(alike)], "Add"
        body = body if ":" in body else f"{body}: {{}}"
        text.append(f"  - {{{body}, name: l{i}, inputs: [{', '.join(names[m] for m in reads)}]}}")
        calls.append((how, reads, size))
        sizes.append(size)
        names.append(f"l{i}")
    outputs = {len(sizes) - 1, *rng.sample(range(len(inputs), len(sizes)), min(len(calls), rng.randint(0, 2)))}
    text.append("outputs: [" + ", ".join(names[m] for m in sorted(outputs)) + "]")
    return "\n".join(text), inputs, calls, outputs


def used(inputs, calls, outputs):
    """The calls that an output depends on; the rest is not run, and the maps are counted anew."""
    needed = set(outputs)
    for i in reversed(range(len(calls))):
        if len(inputs) + i in needed:
            needed.update(calls[i][1])
    number = {m: m for m in range(len(inputs))}
    kept = []
    for i, (how, reads, size) in enumerate(calls):
        if len(inputs) + i in needed:
            number[len(inputs) + i] = len(number)
            kept.append((how, [number[m] for m in reads], size))
    return kept, {number[m] for m in outputs}


@pytest.mark.oracle
@pytest.mark.parametrize("in_place", [False, True])
def test_the_peak_is_that_of_a_simulation(in_place):
    rng = random.Random(3 + in_place)
    gained = 0
    for _ in range(600):
        text, inputs, calls, outputs = random_network(rng)
        network = cnncalc.loads(text)
        calls, outputs = used(inputs, calls, outputs)
        simulated = Simulation(inputs, calls, outputs, in_place)
        found = Cost(network.trace, dtype="int8", in_place=in_place).inference
        assert found.peak_activations == max(simulated.peaks), text
        at = simulated.peaks.index(max(simulated.peaks))
        ran = [step.name for step in network if step.used and step.kind != "InputLayer"]
        assert found.peak_layer == ran[at], text
        assert sum(size for _, size in found.alive) == found.peak_activations
        gained += found.peak_activations < Cost(network.trace, dtype="int8").inference.peak_activations
    assert gained > 100 if in_place else gained == 0


def test_the_peak_of_a_chain_is_its_largest_step():
    rng = random.Random(8)
    for name in ["vgg16", "lenet5", "alexnet", "shallow-vgg", "mnist-chollet", "fashion-mnist-geron"]:
        steps = [step for step in load(name) if step.kind != "InputLayer"]
        largest = max(math.prod(step.inputs[0]) + math.prod(step.output) for step in steps)
        assert cost(name).inference.peak_activations == 4 * largest
    for _ in range(50):
        sizes = [rng.randint(1, 40) for _ in range(rng.randint(2, 12))]
        text = f"input: [{sizes[0]}]\nlayers: [" + ", ".join(f"{{Dense: {n}}}" for n in sizes[1:]) + "]"
        assert Cost(cnncalc.loads(text).trace).inference.peak_activations == 4 * max(
            a + b for a, b in zip(sizes, sizes[1:]))  # noqa: RUF007


def test_a_nested_model_runs_in_its_place(tmp_path):
    """The same peak as of the network written out, shared calls and all."""
    (tmp_path / "inner.yaml").write_text("input: [6]\nlayers: [{Dense: 30}, {Activation: relu}, {Dense: 6}]\n")
    nested = tmp_path / "nested.yaml"
    nested.write_text("input: [4]\nlayers:\n  - {Dense: 6, name: a}\n  - {model: inner.yaml, name: m}\n"
                      "  - {reuse: m, inputs: m, name: again}\n  - {Add: {}, inputs: [again, a]}\n")
    flat = cnncalc.loads(
        "input: [4]\nlayers:\n  - {Dense: 6, name: a}\n  - {Dense: 30, name: m1}\n  - {Activation: relu, name: m2}\n"
        "  - {Dense: 6, name: m3}\n  - {reuse: m1, inputs: m3, name: n1}\n  - {reuse: m2, inputs: n1, name: n2}\n"
        "  - {reuse: m3, inputs: n2, name: n3}\n  - {Add: {}, inputs: [n3, a]}\n")
    for in_place in (False, True):
        one, other = (Cost(net.trace, batch=2, in_place=in_place, optimizer="adam") for net in (load(str(nested)), flat))
        assert one.inference[:2] == other.inference[:2]
        assert one.training == other.training
        assert (one.macs, one.params, one.activation_values) == (other.macs, other.params, other.activation_values)
        assert one.inference.peak_layer == ("m/dense_1" if in_place else "m/activation")
    assert [row.step.name for row in one.rows if row.depth] == ["dense", "activation", "dense_1"] * 2
    assert [row.params for row in one.rows if row.depth == 0] == [30, 396, 0, 0]


def test_a_shared_layer_is_counted_at_every_call_and_its_weights_once():
    found = cost("siamese")
    by_name = {row.step.name: row for row in found.rows}
    left, right = by_name["conv1"], by_name["conv1_1"] if "conv1_1" in by_name else found.rows[5]
    assert left.macs == right.macs > 0
    assert (left.weight_bytes, right.weight_bytes) == (4 * 6_464, 0)


# Memory to train it.


def backward(calls, learning, inputs):
    """The maps that the way back needs: read or given by a layer that learns or follows one."""
    def behind(m):
        return m >= len(inputs) and on_the_way(m - len(inputs))

    def on_the_way(i):
        return i in learning or any(behind(m) for m in calls[i][1])

    needed = set()
    for i, (_, reads, _) in enumerate(calls):
        if on_the_way(i):
            needed |= {*reads, len(inputs) + i}
    return {m for m in needed if m >= len(inputs)}


def test_training_keeps_what_the_way_back_needs():
    rng = random.Random(11)
    for _ in range(300):
        text, inputs, calls, outputs = random_network(rng)
        lines, i = text.split("\n"), -1
        for at, line in enumerate(lines):
            if line.startswith("  -"):
                i += 1
                if "Dense" in line and rng.random() < 0.5:  # frozen
                    lines[at] = line[:-1] + ", trainable: false}"
        network = cnncalc.loads("\n".join(lines))
        ran = [step for step in network if step.used and step.kind != "InputLayer"]
        calls, outputs = used(inputs, calls, outputs)
        learning = {i for i, step in enumerate(ran) if step.trainable_params}
        sizes = [*inputs, *[size for *_, size in calls]]
        training = Cost(network.trace, batch=3, dtype="float16").training
        assert training.activations == 6 * sum(sizes[m] for m in backward(calls, learning, inputs)), text
        assert training.input == 6 * sum(inputs)
        assert training.weights == 2 * network.params
        assert training.gradients == 2 * network.trainable_params


def test_in_place_layers_keep_what_others_need_for_the_way_back():
    def kept(layers):
        network = cnncalc.loads("input: [8]\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers))
        return Cost(network.trace, dtype="int8").activation_values, Cost(
            network.trace, dtype="float64", in_place=True).training.activations // 8

    # The activation overwrites the sums, and dropout is a view of them.
    assert kept(["Dense: 10", "ReLU", "Dropout: 0.5", "Dense: 3"]) == (33, 13)
    # An activation needs what it gave: the next one has memory of its own.
    assert kept(["Dense: {units: 10, activation: tanh}", "ReLU", "Dense: 3"]) == (23, 23)
    assert kept(["Dense: 10", "ReLU", "Softmax"]) == (30, 20)
    # What somebody else reads too is needed for the way back to that one.
    assert kept(["{Dense: 10, name: a}", "{Dense: 10, name: b}", "{ReLU: {}, inputs: a, name: c}",
                 "{Add: {}, inputs: [b, c]}"]) == (40, 40)


def test_a_frozen_base_keeps_nothing_but_what_comes_out_of_it():
    found = cost("transfer-vgg16", optimizer="adam").training
    assert found.gradients == 4 * 3_211_521
    assert found.optimizer == 8 * 3_211_521
    # Flatten's values, 128 and 1: Flatten reads the base's output, and is before all that learns.
    assert found.activations == 4 * (25_088 + 128 + 1)


@pytest.mark.parametrize("optimizer", SLOTS)
def test_slots_are_a_number_for_each_weight(optimizer):
    vector, matrix, kernel = Weight("bias", (7,)), Weight("kernel", (5, 7)), Weight("kernel", (3, 3, 5, 7))
    many = [slots(optimizer, weight, "dense/kernel") for weight in (vector, matrix, kernel)]
    if optimizer == "adafactor":
        assert many == [7, 35 + 5 + 7, 315 + 45 + 63]
    elif optimizer == "muon":
        assert many == [14, 35, 630]
        assert slots("muon", matrix, "embedding/embeddings") == 70
    else:
        assert many == [n * SLOTS[optimizer] for n in (7, 35, 315)]


OPTIMIZERS = {
    "sgd": ("SGD", {}), "momentum": ("SGD", {"momentum": 0.9}), "rmsprop": ("RMSprop", {}), "adam": ("Adam", {}),
    "amsgrad": ("Adam", {"amsgrad": True}), "adamw": ("AdamW", {}), "adagrad": ("Adagrad", {}),
    "adadelta": ("Adadelta", {}), "adamax": ("Adamax", {}), "nadam": ("Nadam", {}), "ftrl": ("Ftrl", {}),
    "lion": ("Lion", {}), "lamb": ("Lamb", {}), "schedule_free_adamw": ("ScheduleFreeAdamW", {}),
    "adafactor": ("Adafactor", {}), "muon": ("Muon", {}),
}


@pytest.mark.oracle
@pytest.mark.parametrize("optimizer", SLOTS)
def test_slots_are_those_of_keras(optimizer):
    from oracle import keras

    network = cnncalc.loads(
        "input: [12, 12, 3]\nlayers: [{Conv2D: [4, 3]}, BatchNormalization, {SeparableConv2D: [5, 3]}, PReLU, Flatten, "
        "{Dense: {units: 6, trainable: false}}, {Reshape: [[6]]}, {Dense: 9}, {Embedding: [7, 2]}, {LSTM: 3}]")
    layers = keras.layers
    model = keras.Sequential([
        keras.Input((12, 12, 3)), layers.Conv2D(4, 3), layers.BatchNormalization(), layers.SeparableConv2D(5, 3),
        layers.PReLU(), layers.Flatten(), layers.Dense(6, trainable=False), layers.Reshape((6,)), layers.Dense(9),
        layers.Embedding(7, 2), layers.LSTM(3),
    ])
    assert network.trainable_params == sum(math.prod(v.shape) for v in model.trainable_variables)
    name, settings = OPTIMIZERS[optimizer]
    made = getattr(keras.optimizers, name)(**settings)
    made.build(model.trainable_variables)
    theirs = [v for v in made.variables if tuple(v.shape) != ()]
    assert Cost(network.trace, optimizer=optimizer).training.optimizer == 4 * sum(math.prod(v.shape) for v in theirs)


# Dtypes.


@pytest.mark.oracle
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float64", "mixed", "mixed_bfloat16"])
def test_bytes_are_those_of_keras(dtype):
    from oracle import keras

    policy = {"mixed": "mixed_float16"}.get(dtype, dtype)
    text = ("input: [8, 8, 3]\nlayers: [{Conv2D: [4, 3]}, {Conv2D: {filters: 4, kernel_size: 3, dtype: float64}}, "
            "BatchNormalization, {Dense: {units: 5, dtype: mixed_float16}}, {Reshape: [[4, 20]]}, "
            "{Bidirectional: {LSTM: 3}}, {Bidirectional: {LSTM: {units: 3, dtype: float64}}}]")
    text = text.replace("{Bidirectional: {LSTM: 3}}", "{Bidirectional: {LSTM: {units: 3, return_sequences: true}}}")
    keras.backend.clear_session()
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        L = keras.layers
        layers = [L.Conv2D(4, 3), L.Conv2D(4, 3, dtype="float64"), L.BatchNormalization(), L.Dense(5, dtype="mixed_float16"),
                  L.Reshape((4, 20)), L.Bidirectional(L.LSTM(3, return_sequences=True, recurrent_initializer="zeros")),
                  L.Bidirectional(L.LSTM(3, dtype="float64"))]
        model = keras.Sequential([keras.Input((8, 8, 3)), *layers])
    finally:
        keras.config.set_dtype_policy(before)
    sizes = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}
    found = Cost(cnncalc.loads(text).trace, dtype=dtype)
    theirs = [sum(math.prod(v.shape) * sizes[v.dtype] for v in layer.weights) for layer in model.layers]
    assert [row.weight_bytes for row in found.rows] == theirs
    values = [math.prod(layer.output.shape[1:]) * sizes[layer.compute_dtype] for layer in model.layers]
    assert [row.activation_bytes for row in found.rows] == values


def test_an_integer_dtype_is_not_for_training():
    found = cost("lenet5", dtype="int8")
    assert found.inference.weights == 61_706
    assert tuple(found.training) == (None,) * 5
    assert found.training.total is None
    text = printed("cost", "lenet5", "--dtype", "int8")
    assert "Training   not in int8" in text
    assert "gradients\n" in text
    assert "optimizer" not in text


def test_unknown_words_are_refused_with_the_nearest_one():
    trace = load("lenet5").trace
    with pytest.raises(SpecError, match="there is no dtype 'flot16'") as caught:
        Cost(trace, dtype="flot16")
    assert caught.value.hint == "did you mean 'float16'?"
    with pytest.raises(SpecError, match="there is no optimizer 'rmsprob'") as caught:
        Cost(trace, optimizer="rmsprob")
    assert caught.value.hint == "did you mean 'rmsprop'?"
    for option in ("--dtype", "--optimizer"):
        result = CliRunner().invoke(main, ["cost", "lenet5", option, "adma"])
        assert result.exit_code == 2
        assert result.stdout == ""


# What is not known stays so, and the totals say it.


def test_unknown_sizes_leave_unknown_totals():
    text = printed("cost", "unet", "--input", "?x?x1")
    assert "MACs       unknown" in text
    assert "?: unknown, because input, conv2d, down1_out, ... have no size" in text
    data = json.loads(printed("cost", "unet", "--input", "?x?x1", "--format", "json"))
    assert data["macs"] is data["flops"] is data["inference"]["total"] is data["training"]["total"] is None
    assert data["inference"]["weights"] == 124_122_632
    assert data["layers"][0]["macs"] is None
    assert printed("summary", "unet", "--input", "?x?x1", "--columns", "macs").count("?") > 20


# The command.


def test_the_json_has_the_fields_of_its_schema():
    data = json.loads(printed("cost", "mnist-chollet", "--format", "json", "--batch", 8, "--optimizer", "adam",
                              "--dtype", "mixed"))
    assert data["schema"] == "cnncalc/cost/1"
    assert (data["batch"], data["dtype"], data["optimizer"]) == (8, "mixed_float16", "adam")
    assert data["convention"].startswith("MACs: multiply-adds")
    assert {"name", "type", "macs", "flops", "params", "weight_bytes", "activation_values", "activation_bytes"} <= set(
        data["layers"][0])
    assert set(data["inference"]) >= {"weights", "peak_activations", "peak_layer", "total"}
    assert set(data["training"]) == {"weights", "gradients", "optimizer", "activations", "input", "forward_pass", "total"}
    assert data["macs"] == 8 * 2_794_240 == sum(layer["macs"] for layer in data["layers"])
    assert abs(sum(layer["share"] for layer in data["layers"]) - 1) < 1e-4
    training = data["training"]
    assert training["forward_pass"] == training["weights"] + training["activations"] + training["input"]
    assert training["total"] == training["forward_pass"] + training["gradients"] + training["optimizer"]
    assert "operations" not in data
    nested = json.loads(printed("cost", "transfer-vgg16", "--format", "json", "--operations"))
    assert nested["operations"]["comparisons"] > 0
    inner = next(layer for layer in nested["layers"] if layer["name"] == "vgg16")["layers"]
    assert sum(layer["macs"] for layer in inner) == 15_346_630_656
    assert set(inner[0]["operations"]) == set(OPERATIONS)


def test_a_network_can_be_asked_in_python():
    data = load("lenet5").cost(batch=4, optimizer="adam")
    assert data == json.loads(printed("cost", "lenet5", "--batch", 4, "--optimizer", "adam", "--format", "json"))


def test_each_total_says_what_it_counts():
    text = printed("cost", "vgg16")
    for words in ("without biases", "1 MAC = 2 FLOPs", "1 MB = 10^6 bytes, 1 MiB = 2^20 bytes", "most alive at once, in block1_conv2"):
        assert words in text
    assert "an activation is alive from the layer that makes it" not in text
    assert "an activation is alive from the layer that makes it" in printed("cost", "vgg16", "--explain-terms")
    assert "exponentials include logarithms" in printed("cost", "vgg16", "--operations", "--explain-terms")
    assert "in place: " in printed("cost", "vgg16", "--activations", "no-inplace", "--explain-terms")


def test_the_answer_comes_first():
    lines = printed("cost", "vgg16", "--batch", 32).split("\n")
    assert lines[:4] == [
        "MACs       495,048,458,240 (495.048 GMACs, 990.097 GFLOPs)",
        "Inference  1.38 GB: weights 553.43 MB, activations 822.08 MB",
        "Training   3.06 GB, including the forward pass's 2.51 GB",
        "",
    ]


def test_a_textbooks_sum_for_training_has_its_own_row():
    """Géron's exercise: 50 images take 526 MB of activations, 36 MB of input and 3.6 MB of parameters."""
    text = printed("cost", "geron-exercise", "--batch", 50)
    line = next(line for line in text.splitlines() if line.startswith("forward pass"))
    assert line.split()[2:5] == ["565,613,600", "565.61", "MB"]


def test_bytes_come_in_both_units():
    text = printed("cost", "geron-exercise", "--batch", 50)
    line = next(line for line in text.splitlines() if line.startswith("activations") and "backward pass" in line)
    assert line.split()[1:6] == ["526,000,000", "526.00", "MB", "501.63", "MiB"]


@pytest.mark.oracle
@pytest.mark.parametrize("option", [(), ("--operations",), ("--im2col",), ("--expand-nested",)])
def test_every_format_has_the_same_rows(option):
    rows = list(csv.reader(io.StringIO(printed("cost", "transfer-resnet50", *option, "--format", "csv"))))
    assert len({len(row) for row in rows}) == 1
    markdown = printed("cost", "transfer-resnet50", *option, "--format", "markdown").split("\n\n")[2]
    latex = printed("cost", "transfer-resnet50", *option, "--format", "latex").split("\n\n")[1]
    total = "--im2col" not in option
    assert len(markdown.splitlines()) == len(rows) + 1 + total
    assert latex.count(r"\\") == len(rows) + total
    if option == ("--expand-nested",):
        assert len(rows) > 170


def test_the_summary_has_columns_for_macs_flops_and_memory():
    text = printed("summary", "geron-exercise", "--columns", "macs,flops,memory")
    line = next(line for line in text.splitlines() if line.startswith("conv2d "))
    assert line.split()[1:] == ["40,500,000", "81,000,000", "6,000,000"]
    assert "1,399,500,000" in text
    data = json.loads(printed("summary", "geron-exercise", "--columns", "macs", "--format", "json"))
    assert data["layers"][1]["macs"] == 675_000_000


def test_a_wrong_network_is_refused():
    result = CliRunner().invoke(main, ["cost", "no-such-network"])
    assert result.exit_code == 2
    assert "no file and no bundled example" in result.output


# Compare.


def test_compare_has_a_row_for_each_network_in_the_order_asked_for():
    names = ["vgg16", "squeezenet", "resnet18"]
    rows = json.loads(printed("compare", *names, "--format", "json"))["networks"]
    assert [row["name"] for row in rows] == names
    for row in rows:
        found = cost(row["name"])
        assert (row["macs"], row["params"], row["activations"], row["inference_bytes"], row["training_bytes"]) == (
            found.macs, found.params, found.activation_values, found.inference.total, found.training.total)
    assert rows[0]["input"] == [[1, 224, 224, 3]]
    by_macs = json.loads(printed("compare", *names, "--format", "json", "--sort", "macs"))["networks"]
    assert [row["name"] for row in by_macs] == ["squeezenet", "resnet18", "vgg16"]
    by_memory = printed("compare", *names, "--sort", "memory", "--reverse", "--no-scatter").splitlines()
    assert [line.split()[0] for line in by_memory[2:5]] == ["vgg16", "resnet18", "squeezenet"]
    code, _ = run("compare", *names, "--sort", "colour")
    assert code == 2


@pytest.mark.oracle
def test_vgg_is_by_far_the_most_expensive_on_the_map():
    names = ["alexnet-torchvision", "vgg16", "resnet50", "googlenet", "mobilenetv2", "squeezenet", "inceptionv3", "resnet18"]
    rows = json.loads(printed("compare", *names, "--format", "json"))["networks"]
    most = max(rows, key=lambda row: row["macs"])
    assert most["name"] == "vgg16" == max(rows, key=lambda row: row["params"])["name"]
    text = printed("compare", *names)
    lines = text.splitlines()
    dots = {name: next(i for i, line in enumerate(lines) if f"o {name}" in line or f"{name} o" in line) for name in names}
    # Parameters grow upwards.
    assert dots["vgg16"] < dots["alexnet-torchvision"] < dots["resnet50"] < dots["resnet18"] < dots["squeezenet"]
    columns = {name: lines[dots[name]].index("o", 10) for name in ("vgg16", "squeezenet")}
    assert columns["squeezenet"] < columns["vgg16"]
    assert "MACs" in text
    assert "o vgg16" not in printed("compare", *names, "--no-scatter")


def test_compare_has_the_field_of_the_last_convolution():
    rows = json.loads(printed("compare", "mnist-chollet", "vgg16", "resnet50-torchvision", "shallownet", "tiny-6x6",
                              "transfer-vgg16", "--format", "json"))["networks"]
    # VGG16 sees 196 before its last pool (212 behind it), torchvision's ResNet-50 427.
    assert [row["receptive_field"] for row in rows] == [
        [18, 18], [196, 196], [427, 427], [3, 3], [3, 3], [196, 196]]
    (row,) = json.loads(printed("compare", "unet", "--input", "?x?x1", "--format", "json"))["networks"]
    assert row["receptive_field"] == [204, 204]  # or 188, by phase: the largest
    assert row["macs"] is None


def test_compare_shows_the_others_when_one_cannot_be_read():
    result = CliRunner().invoke(main, ["compare", "lenet5", "no-such-network", "--format", "csv"])
    assert result.exit_code == 2
    assert [line.split(",")[0] for line in result.stdout.splitlines()] == ["name", "lenet5"]
