"""What Keras prints, to the byte, and the order in which it lists layers: judged by Keras."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
from itertools import product

import pytest
from cases import CASES
from networks import random_network as file_of
from running import TESTS
from running import cnncalc as cnncalc_command

import cnncalc
from cnncalc.analysis import analyse
from cnncalc.errors import CnncalcError
from cnncalc.graph import Graph, Names, Node, Ref, keras_order
from cnncalc.layers import KINDS, InputLayer, Shape
from cnncalc.layers import build as build_layer
from cnncalc.layers.attention import Attention
from cnncalc.layers.core import Embedding
from cnncalc.layers.dropout import Masking
from cnncalc.layers.merge import Merge
from cnncalc.layers.recurrent import Recurrent
from cnncalc.layers.wrappers import Bidirectional
from cnncalc.sources import examples, open_named, open_text
from cnncalc.views.keras_text import bytes_text, keras2, keras3

GOLDEN = TESTS / "golden"
FLAGS = list(product((False, True), repeat=2))

#: Files of one folder; those without an input are read by others only.
FILES = {
    "stack": """
        input: [28, 28, 1]
        layers:
          - Conv2D: {filters: 32, kernel_size: 3, activation: relu}
          - MaxPooling2D
          - BatchNormalization: {trainable: false}
          - Flatten
          - Dense: 10
    """,
    "chain": """
        input: {image: [32, 32, 3]}
        layers:
          - Conv2D: {filters: 8, kernel_size: 3}
          - GlobalAveragePooling2D
          - Dense: 10
    """,
    "unknown": """
        input: [null, null, 3]
        layers:
          - Conv2D: {filters: 8, kernel_size: 3, strides: 2}
          - parallel: [[], [BatchNormalization, Activation: relu]]
          - Add
          - GlobalMaxPooling2D
    """,
    "branches": """
        input: {left: [8, 8, 3], right: [8, 8, 3], unused: [3]}
        layers:
          - Conv2D: {filters: 4, kernel_size: 3}
            inputs: left
            name: tower
          - reuse: tower
            inputs: right
          - parallel:
              - []
              - - Conv2D: {filters: 4, kernel_size: 1}
                - BatchNormalization
          - Add
          - Concatenate:
            inputs: [add, tower, add]
          - Dense: 1
            name: dead_end
          - Flatten:
            inputs: concatenate
          - Dense: {units: 10, trainable: false}
        outputs: [tower, dense, left]
    """,
    "used later": """
        input: {a: [8, 8, 3], b: [8, 8, 3]}
        layers:
          - Conv2D: {filters: 3, kernel_size: 3}
            name: shared
            inputs: a
          - Flatten
          - reuse: shared
            inputs: b
          - Conv2D: {filters: 3, kernel_size: 3}
          - reuse: shared
        outputs: [conv2d]
    """,
    "names": """
        name: "we[bold]ird :smile: 日本"
        input: {"a[bold]": [8, 8, 3], "b:cat:": [8, 8, 3], "back\\\\": [3], unused: [3]}
        layers:
          - Conv2D: {filters: 3, kernel_size: 3}
            name: "conv日本語日本語日本語日本語日本語日本語[x]"
            inputs: "a[bold]"
          - Conv2D: {filters: 3, kernel_size: 3}
            name: "shared[link]"
          - Flatten
          - reuse: "shared[link]"
            inputs: "b:cat:"
          - reuse: "shared[link]"
          - MaxPooling2D: 2
            name: "a long name with words and-a-very-long-word-that-must-be-cut-somewhere-in-the-middle"
          - Flatten
          - Dense: 10
            name: "-"
          - Dense: 1
            inputs: "back\\\\"
            name: "[red]\\\\"
        outputs: ["-", flatten, "[red]\\\\"]
    """,
    "outputs": """
        input: [7, 4]
        layers:
          - LSTM: {units: 3, return_sequences: true, return_state: true}
          - Bidirectional: {layer: {GRU: {units: 2, return_sequences: true}}, merge_mode: null}
            inputs: "lstm:0"
          - Concatenate
          - LSTM: 3
            inputs: [concatenate, "lstm:2", "lstm:1"]
          - TimeDistributed: {layer: {Dense: 2}}
            inputs: concatenate
        outputs: [lstm_1, time_distributed]
    """,
    "masks": """
        input: {i: [7], j: [7, 4]}
        layers:
          - Embedding: {input_dim: 10, output_dim: 4, mask_zero: true}
            inputs: i
          - Concatenate:
            name: joined
            inputs: [embedding, j]
          - GRU: 3
          - Attention:
            inputs: [embedding, embedding]
          - MultiHeadAttention: [2, 2]
            inputs: [attention, attention]
          - SimpleRNN: 3
          - Bidirectional: {layer: {LSTM: {units: 2, return_sequences: true}}, merge_mode: null}
            inputs: embedding
          - LSTM: 2
            name: first
            inputs: "bidirectional:1"
          - LSTM: 2
            name: begun
            inputs: ["bidirectional:0", first, first]
          - Masking: 1
            inputs: j
          - Subtract:
            inputs: [embedding, masking]
          - Dropout: 0.5
          - Softmax:
            name: soft
          - model: masked.yaml
          - model: masked stack.yaml
            inputs: soft
          - Conv1D: [2, 3]
            inputs: soft
          - GRU: 2
            name: unmasked
          - Embedding: {input_dim: 10, output_dim: 4, mask_zero: true}
            inputs: i
          - LSTM: {units: 2, dtype: mixed_float16}
            name: half
        outputs: [gru, simple_rnn, begun, unmasked, half, masked, masked stack]
    """,
    "masked": """
        name: masked
        input: {x: [7, 4]}
        layers:
          - Masking
          - Dense: 3
          - parallel: [[], [{Dense: 3}, {Dense: 3}]]
          - Average
          - GlobalAveragePooling1D
    """,
    "masked stack": """
        name: masked stack
        input: [7, 4]
        layers: [Masking, {GRU: 2}]
    """,
    "dtypes": """
        input: [7, 4]
        layers:
          - TimeDistributed: {layer: {Dense: {units: 4, dtype: float16}}}
          - TimeDistributed: {layer: {Dense: {units: 4}}, dtype: float16}
          - Bidirectional: {layer: {LSTM: {units: 2, return_sequences: true, dtype: float64}}}
          - SpectralNormalization: {layer: {Dense: {units: 4, dtype: float64}}}
          - SpectralNormalization: {layer: {Dense: {units: 4}}, dtype: float64}
          - Dense: {units: 4, dtype: bfloat16}
          - BatchNormalization: {dtype: float16}
          - BatchNormalization: {dtype: mixed_bfloat16, trainable: false}
          - Dense: {units: 5, dtype: {class_name: DTypePolicy, config: {name: mixed_float16}}}
          - Dense: {units: 5, dtype: {class_name: DTypePolicy, config: {name: float64}}}
    """,
    "large": """
        input: [1000]
        layers: [{Dense: 999}, {Dense: 3000}]
    """,
    "several": """
        name: several
        input: {x: [null, null, 3], y: [8, 8, 3]}
        layers:
          - Conv2D: {filters: 2, kernel_size: 3}
            inputs: x
          - Conv2D: {filters: 2, kernel_size: 3}
            inputs: y
            trainable: false
          - Conv2D: {filters: 2, kernel_size: 3}
            name: unused
        outputs: [conv2d_1, conv2d]
    """,
    "seq": """
        name: seq
        input: [8, 8, 3]
        layers: [{Conv2D: [2, 3]}, MaxPooling2D, Flatten]
    """,
    "mid": """
        name: mid
        input: [8, 8, 3]
        layers: [{model: seq.yaml}, {Dense: 5}]
    """,
    "nested": """
        input: {a: [8, 8, 3], b: [8, 8, 3]}
        layers:
          - model: several.yaml
            inputs: [a, b]
          - Conv2D: {filters: 2, kernel_size: 3}
            inputs: "several:0"
            name: fixed
          - Conv2D: {filters: 2, kernel_size: 3}
            inputs: "several:1"
            name: wide
          - model: mid.yaml
            inputs: b
            trainable: false
            name: frozen
          - model: mid.yaml
            inputs: a
          - reuse: mid
            inputs: b
        outputs: [fixed, wide, frozen, mid, mid@2]
    """,
    "open": """
        input: [null, null, 3]
        layers: [{model: conv8.yaml}, {Conv2D: [5, 3]}, {model: any.yaml}]
    """,
    "conv8": """
        name: conv8
        input: [8, 8, 3]
        layers: [{Conv2D: [5, 3]}, {Conv2D: [5, 3]}]
    """,
    "any": """
        name: any
        input: {x: [null, null, 5]}
        layers: [{Conv2D: [5, 3]}, GlobalAveragePooling2D]
    """,
    "known": """
        input: {x: [8, 8, 5]}
        layers: [{model: any.yaml}, {Dense: 2}]
    """,
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("networks")
    for name, text in FILES.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def opened(path):
    found = open_named(str(path))
    assert not found.errors, found.errors
    return found.graph


def printed(model, **options):
    """What Keras prints where it does not print to a terminal."""
    text = []
    model.summary(print_fn=text.append, **options)
    return "".join(text)


def build(graph, names="given"):
    """The model that a graph describes, made by Keras."""
    import keras_build

    return keras_build.build(graph, names)


def assert_same(graph, model, widths):
    """At these widths and by default, with every flag."""
    trace = analyse(graph)
    columns = int(os.environ["COLUMNS"])
    for i, (width, (nested, trainable)) in enumerate(product((None, *widths), FLAGS)):
        expected = printed(model, line_length=width, expand_nested=nested, show_trainable=trainable)
        assert keras3(trace, width, nested, trainable, (None, columns)[i % 2]) == expected


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FILES)
def test_keras_prints_the_same(name, folder, monkeypatch):
    graph = opened(folder / f"{name}.yaml")
    model = build(graph)
    for columns in (60, 80, 100, 140):
        monkeypatch.setenv("COLUMNS", str(columns))
        assert_same(graph, model, (71, 99, 120))


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["stack", "branches", "names", "nested", "outputs"])
def test_keras_prints_the_same_at_every_width(name, folder, monkeypatch):
    graph = opened(folder / f"{name}.yaml")
    model, trace = build(graph), analyse(graph)
    monkeypatch.setenv("COLUMNS", "200")
    for width in range(60, 141):
        nested, trainable = FLAGS[width % 4]
        for flags in {(False, False), (nested, trainable)}:
            expected = printed(model, line_length=width, expand_nested=flags[0], show_trainable=flags[1])
            assert keras3(trace, width, *flags) == expected


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["chain", "used later"])
def test_keras_prints_the_same_on_every_terminal(name, folder, monkeypatch):
    graph = opened(folder / f"{name}.yaml")
    model, trace = build(graph), analyse(graph)
    refused = 0
    for columns, width in product(range(1, 130), (None, 20, 100)):
        monkeypatch.setenv("COLUMNS", str(columns))
        try:
            expected = printed(model, line_length=width)
        except ValueError:
            refused += 1
            with pytest.raises(CnncalcError, match="wide"):
                keras3(trace, width)
        else:
            assert keras3(trace, width) == expected
    assert refused > 10


@pytest.mark.oracle
def test_a_width_that_is_asked_for_is_not_cut_in_a_pipe(folder, monkeypatch):
    model = build(opened(folder / "branches.yaml"))
    monkeypatch.setenv("COLUMNS", "1000")
    for width in (60, 100, 150):
        run = cnncalc_command("summary", "branches.yaml", "--format", "keras3", "--width", str(width), cwd=folder, env={"COLUMNS": "80"})
        assert (run.code, run.err) == (0, "")
        assert run.out == printed(model, line_length=width)


@pytest.mark.oracle
def test_keras_prints_the_same_without_unicode(folder, monkeypatch):
    graph = opened(folder / "stack.yaml")
    model = build(graph)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert keras3(analyse(graph), unicode=False) == printed(model)
    assert keras3(analyse(graph), unicode=False).isascii()


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", examples())
def test_keras_prints_the_same_of_a_bundled_network(name, monkeypatch):
    graph = open_named(name).graph
    trace = analyse(graph)
    if any("Keras cannot" in note for step in trace.steps for note in step.notes):
        from keras_build import Refused

        # Padding in pixels, rounding up, and a layer that Keras no longer has.
        with pytest.raises(Refused, match=r"has no attribute '(lower|LocallyConnected2D)'|padding|ceil_mode"):
            build(graph)
        return
    model = build(graph)
    monkeypatch.setenv("COLUMNS", "120")
    width = 60 + sum(map(ord, name)) % 60
    assert keras3(trace) == printed(model)
    assert keras3(trace, width, True, True) == printed(model, line_length=width, expand_nested=True, show_trainable=True)


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", {row.kind: row for row in CASES if row.keras is None}.values(), ids=lambda row: row.kind)
def test_keras_prints_the_same_of_a_single_layer(row, monkeypatch):
    layer = build_layer(KINDS[row.kind], row.settings)
    nodes = [Node(f"input{i}", InputLayer(shape=shape)) for i, shape in enumerate(row.inputs)]
    node = Node("layer", layer, tuple([Ref(node) for node in nodes]))
    graph = Graph("single", [*nodes, node], [Ref(node, i) for i in range(layer.results)])
    monkeypatch.setenv("COLUMNS", "140")
    if row.kind == "Equalization":  # what it gives is its input itself, which Keras takes for a cycle
        with pytest.raises(ValueError, match="cycle"):
            build(graph)
        return
    expected = printed(build(graph), expand_nested=True, show_trainable=True)
    assert keras3(analyse(graph), None, True, True) == expected


#: Operations on numbers of any dtype; many others want certain ones.
OPERATIONS = ("ops.Add", "ops.Subtract", "ops.Multiply", "ops.Square", "ops.Relu", "ops.Mean", "ops.Concatenate")
ROWS = [
    row for row in CASES
    if row.keras is None and row.kind != "Equalization"
    and (row.kind in OPERATIONS or not hasattr(KINDS[row.kind], "module"))
]


def random_network(rng):
    """Layers of all kinds on whatever fits, some of them shared, frozen, or of another dtype."""
    nodes, shapes, calls, names = [], {}, {}, Names()

    def stand(node, outputs):
        nodes.append(node)
        shapes.update({Ref(node, i): Shape(y) for i, y in enumerate(outputs)})

    for i in range(rng.randint(1, 3)):
        shape = rng.choice([(12, 12, 3), (12,), (10, 4), (None, None, 3), (6, 6, 6, 2), (8, 8, 4)])
        # Layers of images take the batch of a vector for channels.
        batch = {"batch_size": 3} if rng.random() < 0.3 else {}
        stand(Node(f"input{i}", InputLayer(shape=shape, **batch)), [Shape(shape)])
    for _ in range(rng.randint(30, 200)):
        if calls and rng.random() < 0.15:
            layer = rng.choice(list(calls))
            count = len(calls[layer][0].inputs)
        else:
            row = rng.choice(ROWS)
            count = len(row.inputs)
            other = rng.random() < 0.1 and row.kind not in OPERATIONS
            dtype = {"dtype": rng.choice(["float16", "mixed_float16", "float64"])} if other else {}
            layer = build_layer(KINDS[row.kind], row.settings, dtype)
            if rng.random() < 0.2:
                layer.trainable, layer.key = False, None
        reads = tuple([rng.choice(list(shapes)[-6:]) for _ in range(count)])
        xs = tuple([shapes[ref] for ref in reads])
        try:
            outputs, weights = layer.apply(xs), layer.owned(xs)
            notes = list(layer.notes(*layer.viewed(xs)))
        except CnncalcError:
            continue
        if notes or sum(w.count for w in weights) > 10**5:
            continue
        before = calls.setdefault(layer, [])
        if before and weights and xs != tuple([shapes[ref] for ref in before[0].inputs]):
            continue
        name = before[0].keras_name if before else names.next(layer.keras_class)
        before.append(Node(f"{name}@{len(before)}", layer, reads, len(before), keras_name=name))
        stand(before[-1], outputs)
        if len(nodes) > 15:
            break
    outputs = [rng.choice(list(shapes)[-5:]) for _ in range(rng.choice((1, 1, 2, 3)))]
    return Graph("random", nodes, outputs)


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(40))
def test_keras_prints_the_same_of_a_random_network(seed, monkeypatch):
    rng = random.Random(seed)
    graph = random_network(rng)
    model, trace = build(graph), analyse(graph)
    assert not trace.errors
    monkeypatch.setenv("COLUMNS", str(rng.randint(60, 140)))
    for nested, trainable in FLAGS:
        width = rng.choice((None, rng.randint(60, 140)))
        expected = printed(model, line_length=width, expand_nested=nested, show_trainable=trainable)
        assert keras3(trace, width, nested, trainable) == expected


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("chunk", range(6))
def test_keras_prints_the_same_of_a_random_file(chunk, monkeypatch):
    from keras_build import Refused

    compared = 0
    for seed in range(50 * chunk, 50 * (chunk + 1)):
        found = open_text(file_of(seed), "network")
        trace = analyse(found.graph)
        if found.errors or trace.errors or any("Keras cannot" in n for step in trace.steps for n in step.notes):
            continue
        try:
            model = build(found.graph, "automatic")
        except Refused:
            continue  # what Keras refuses is compared in test_differential.py
        monkeypatch.setenv("COLUMNS", str(60 + seed % 80))
        for width, flags in ((None, FLAGS[seed % 4]), (60 + 7 * seed % 80, FLAGS[(seed + 1) % 4])):
            expected = printed(model, line_length=width, expand_nested=flags[0], show_trainable=flags[1])
            assert keras3(trace, width, *flags) == expected, seed
        compared += 1
    assert compared > 25


def lenet(keras):
    return keras.Sequential([
        keras.Input((32, 32, 1)),
        keras.layers.Conv2D(6, 5, activation="tanh"),
        keras.layers.AveragePooling2D(2),
        keras.layers.Conv2D(16, 5, activation="tanh"),
        keras.layers.AveragePooling2D(2),
        keras.layers.Flatten(),
        keras.layers.Dense(120),
        keras.layers.Dense(84),
        keras.layers.Dense(10),
    ])


def residual(keras):
    x = start = keras.Input((28, 28, 16))
    for _ in range(2):
        y = keras.layers.Conv2D(16, 3, padding="same")(x)
        y = keras.layers.BatchNormalization()(y)
        x = keras.layers.Add()([x, y])
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(start, keras.layers.Dense(10)(x))


def attending(keras):
    x = start = keras.Input((9,))
    x = keras.layers.Embedding(100, 8, mask_zero=True)(x)
    y = keras.layers.MultiHeadAttention(2, 4)(x, x)
    x = keras.layers.LayerNormalization()(keras.layers.Add()([x, y]))
    y = keras.layers.Bidirectional(keras.layers.LSTM(4))(x)
    x = keras.layers.LSTM(4)(x)
    return keras.Model(start, keras.layers.Concatenate()([x, y]))


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("theirs", "ours"), [
    (lenet, """
        name: sequential
        input: [32, 32, 1]
        layers: [{Conv2D: [6, 5]}, {AveragePooling2D: 2}, {Conv2D: [16, 5]}, {AveragePooling2D: 2}, Flatten, {Dense: 120}, {Dense: 84}, {Dense: 10}]
    """),
    (residual, """
        name: functional
        input: [28, 28, 16]
        blocks:
          block: {layers: [{parallel: [[], [{Conv2D: {f: 16, k: 3, padding: same}}, BatchNormalization]]}, Add]}
        layers: [block, block, GlobalAveragePooling2D, {Dense: 10}]
    """),
    (attending, """
        name: functional
        input: [9]
        layers:
          - Embedding: {input_dim: 100, output_dim: 8, mask_zero: true}
          - MultiHeadAttention: [2, 4]
            inputs: [embedding, embedding]
          - Add:
            inputs: [embedding, multi_head_attention]
          - LayerNormalization
          - Bidirectional: {layer: {LSTM: 4}}
          - LSTM: 4
            inputs: layer_normalization
          - Concatenate:
            inputs: [lstm_1, bidirectional]
    """),
])
def test_keras_prints_the_same_of_code_without_names(theirs, ours, monkeypatch):
    from oracle import fresh, keras

    fresh()
    model = theirs(keras)
    monkeypatch.setenv("COLUMNS", "120")
    assert keras3(analyse(open_text(ours).graph)) == printed(model)


# The order of layers.


def random_wiring(rng):
    """A graph of layers with one input or several, some of them shared, some leading nowhere."""
    nodes = [Node(f"input{i}", InputLayer(shape=[4])) for i in range(rng.randint(1, 3))]
    layers = []
    for i in range(rng.randint(1, 14)):
        reads = tuple(Ref(rng.choice(nodes[-6:])) for _ in range(rng.choice((1, 1, 1, 2, 3))))
        shared = [node for node in layers if len(node.inputs) == len(reads)]
        if shared and rng.random() < 0.3:
            first = rng.choice(shared)
            call = 1 + max(node.call for node in layers if node.layer is first.layer)
            node = Node(f"again{i}", first.layer, reads, call, keras_name=first.keras_name)
        else:
            node = Node(f"layer{i}", KINDS["Add"](), reads)
        nodes.append(node)
        layers.append(node)
    outputs = [Ref(rng.choice(nodes[-5:])) for _ in range(rng.choice((1, 1, 2, 4)))]
    return Graph("random", nodes, outputs)


@pytest.mark.oracle
def test_layers_stand_in_keras_order(monkeypatch):
    from oracle import keras

    monkeypatch.setenv("COLUMNS", "200")
    rng = random.Random(14)
    alike = 0
    for _ in range(400):
        graph = random_wiring(rng)
        layers, tensors = {}, {}
        for node in graph.nodes:
            if not node.inputs:
                tensors[node] = keras.Input((4,), name=node.name)
                continue
            if node.layer not in layers:
                kind = keras.layers.Identity if len(node.inputs) == 1 else keras.layers.Add
                layers[node.layer] = kind(name=node.name)
            xs = [tensors[ref.node] for ref in node.inputs]
            tensors[node] = layers[node.layer](xs if len(xs) > 1 else xs[0])
        model = keras.Model([tensors[node] for node in graph.inputs], [tensors[ref.node] for ref in graph.outputs])
        inside = {node for depth in model._nodes_by_depth.values() for node in depth}
        order, sequential_like = keras_order(graph)
        assert [(layer[0].keras_name, [node.call for node in layer]) for layer in order] == [
            (layer.name, [i for i, node in enumerate(layer._inbound_nodes) if node in inside])
            for layer in model.layers
        ]
        assert sequential_like == ("Connected" not in printed(model, line_length=200))
        alike += sequential_like
    assert 10 < alike < 390


@pytest.mark.oracle
def test_the_order_of_a_hundred_thousand_layers_needs_no_recursion():
    nodes = [Node("input", InputLayer(shape=[4]))]
    for i in range(100_000):
        nodes.append(Node(f"layer{i}", None, (Ref(nodes[-1]), *[Ref(nodes[i // 2])] * (i % 3 == 0))))
    order, sequential_like = keras_order(Graph("deep", nodes, [Ref(nodes[-1])]))
    assert [layer[0] for layer in order] == nodes
    assert not sequential_like


# What stands in single cells.


@pytest.mark.oracle
def test_bytes_are_rounded_as_keras_rounds_them():
    from keras.src.utils.summary_utils import readable_memory_size

    rng = random.Random(3)
    amounts = [0, 1, 1023, 1024, 1025, *[2**k + d for k in range(10, 65, 5) for d in (-1, 0, 1)]]
    amounts += [rng.randrange(2 ** rng.randint(1, 64)) / 8 for _ in range(2_000)]
    for amount in amounts:
        assert bytes_text(amount) == readable_memory_size(amount)


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_masks_pass_through_the_layers_of_keras_that_say_so():
    import inspect

    from oracle import keras_layer

    keeps, takes, seen = set(), set(), set()
    for row in CASES:
        if row.keras is None and row.kind not in seen and not row.kind.startswith("ops."):
            layer = keras_layer(build_layer(KINDS[row.kind], row.settings))
            seen.add(row.kind)
            if layer.supports_masking:
                keeps.add(row.kind)
            if "mask" in inspect.signature(layer.call).parameters:
                takes.add(row.kind)
    kinds = {kind: KINDS[kind] for kind in seen}
    # Rules of their own: recurrent layers keep it where they return sequences; Embedding and Masking make one.
    own = {kind for kind, cls in kinds.items() if issubclass(cls, (Attention, Bidirectional, Embedding, Masking, Merge, Recurrent))}
    stops = {"Dot", "GlobalAveragePooling1D"}
    assert keeps - stops - own == {kind for kind, cls in kinds.items() if cls.keeps_mask} - own
    assert takes - {"Attention", "AdditiveAttention"} == {kind for kind, cls in kinds.items() if cls.takes_mask}


def test_no_rich_before_a_table_is_drawn():
    code = "import sys, cnncalc.views.keras_text; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_layers_that_could_not_be_worked_out_are_unbuilt():
    text = "input: [4, 4, 3]\nlayers: [{Conv2D: [2, 3]}, {Conv2D: [2, 9]}, Flatten]"
    lines = keras3(analyse(open_text(text).graph), console_width=80).splitlines()
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if line.startswith("│")]
    assert cells == [
        ["conv2d (Conv2D)", "(None, 2, 2, 2)", "56"],
        ["conv2d_1 (Conv2D)", "?", "0 (unbuilt)"],
        ["flatten (Flatten)", "?", "0 (unbuilt)"],
    ]


# Keras 2.


@pytest.mark.parametrize(("name", "style", "flags"), [
    ("stack", "2.3", {}),
    ("branches", "2.3", {}),
    ("nested", "2.3", {}),
    ("outputs", "2.3", {"width": 120}),
    ("stack", "2.13", {}),
    ("branches", "2.13", {"show_trainable": True}),
    ("nested", "2.13", {"expand_nested": True, "show_trainable": True}),
    ("mid", "2.13", {"expand_nested": True, "width": 50}),
])
def test_keras_2_prints_the_same(name, style, flags, folder):
    text = keras2(analyse(opened(folder / f"{name}.yaml")), style=style, **flags)
    golden = GOLDEN / f"keras{style}-{name}.txt"
    if os.environ.get("CNNCALC_ACCEPT"):
        golden.write_text(text)
    assert text == golden.read_text()


def test_lecture_a_is_printed_to_the_character():
    assert keras2(cnncalc.load("mnist-chollet").trace) == """\
Model: "sequential"
_________________________________________________________________
Layer (type)                 Output Shape              Param #   
=================================================================
conv2d_1 (Conv2D)            (None, 26, 26, 32)        320       
_________________________________________________________________
max_pooling2d_1 (MaxPooling2 (None, 13, 13, 32)        0         
_________________________________________________________________
conv2d_2 (Conv2D)            (None, 11, 11, 64)        18496     
_________________________________________________________________
max_pooling2d_2 (MaxPooling2 (None, 5, 5, 64)          0         
_________________________________________________________________
conv2d_3 (Conv2D)            (None, 3, 3, 64)          36928     
_________________________________________________________________
flatten_1 (Flatten)          (None, 576)               0         
_________________________________________________________________
dense_1 (Dense)              (None, 64)                36928     
_________________________________________________________________
dense_2 (Dense)              (None, 10)                650       
=================================================================
Total params: 93,322
Trainable params: 93,322
Non-trainable params: 0
_________________________________________________________________
"""


def test_what_keras_2_cannot_do_is_refused():
    trace = cnncalc.load("mnist-chollet").trace
    with pytest.raises(CnncalcError, match="cannot expand nested models or show which weights are trainable"):
        keras2(trace, show_trainable=True)


@pytest.mark.parametrize(("name", "least"), [("stack", 16), ("branches", 19)])
def test_a_table_too_narrow_for_keras_says_what_it_needs(name, least, folder):
    trace = analyse(opened(folder / f"{name}.yaml"))
    for width in (1, least - 1):
        with pytest.raises(CnncalcError) as caught:
            keras3(trace, width)
        assert str(caught.value) == f"a table of Keras cannot be {width} wide\nit needs at least {least}"
    keras3(trace, least)
