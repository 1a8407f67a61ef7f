"""The architecture file: each of its features, by what the network that it describes computes."""

from __future__ import annotations

import itertools
import json

import pytest
from running import cnncalc

import cnncalc as package
from cnncalc.errors import CnncalcError
from cnncalc.sources.architecture.formula import evaluated, filled


def rows(text: str) -> list[tuple]:
    """(name, output, params) of each layer behind the inputs."""
    return [
        (step.name, tuple(step.output), step.params)
        for step in package.loads(text)
        if step.kind != "InputLayer"
    ]


def test_a_layer_takes_its_arguments_by_position_by_name_and_by_letter():
    for entry in (
        "Conv2D: [96, 11, 4]",
        "Conv2D: {filters: 96, kernel_size: 11, strides: 4}",
        "Conv2D: {f: 96, k: 11, s: 4}",
        "Conv2D: {f: 96, k: [11, 11], strides: [4, 4], p: valid, d: 1}",
        "Convolution2D: {filters: 96, kernel_size: 11, strides: 4.0}",
        "conv_1: {}",
    ):
        text = f"input: [227, 227, 3]\nblocks: {{conv_1: {{layers: [{{Conv2D: [96, 11, 4]}}]}}}}\nlayers:\n  - {entry}\n"
        assert rows(text) == [("conv2d", (55, 55, 96), 34_944)]


@pytest.mark.parametrize(
    ("entry", "output"),
    [
        ("Conv2D: {f: 8, k: 3, p: 1}", (8, 9, 8)),
        ("Conv2D: {f: 8, k: 3, p: 0}", (6, 7, 8)),
        ("Conv2D: {f: 8, k: 3, p: [1, 2]}", (8, 11, 8)),
        ("Conv2D: {f: 8, k: 3, p: [[0, 1], [2, 0]]}", (7, 9, 8)),
        ("Conv2D: {f: 8, k: [3, 5], p: SAME, s: 2}", (4, 5, 8)),
        ("Conv2DTranspose: {f: 8, k: 3, s: 2, p: 1}", (15, 17, 8)),
        ("Conv2DTranspose: {f: 8, k: 3, s: 2, p: 1, output_padding: 1}", (16, 18, 8)),
        ("MaxPooling2D: {w: 3, s: 2, ceil_mode: true}", (4, 4, 3)),
        ("MaxPooling2D: {w: 2, p: 1}", (5, 5, 3)),
        ("ZeroPadding2D: [[1, 0], [0, 2]]", (9, 11, 3)),
        ("ZeroPadding2D: [1, 2]", (10, 13, 3)),
        ("Reshape: [72, 3]", (72, 3)),
        ("Permute: [3, 1, 2]", (3, 8, 9)),
        ("UpSampling2D: [2, 3]", (16, 27, 3)),
        ("Flatten", (216,)),
    ],
)
def test_values_are_read_as_people_write_them(entry, output):
    assert rows(f"input: [8, 9, 3]\nlayers:\n  - {entry}\n")[0][1] == output


def test_what_keras_cannot_build_is_computed_and_noted():
    model = package.loads("input: [8, 8, 3]\nlayers:\n  - Conv2D: {f: 8, k: 3, p: 1, s: 2, d: 2}\n")
    assert model["conv2d"].output_shape == (None, 3, 3, 8)
    assert model["conv2d"].notes == (
        "Keras cannot build it as written: padding in pixels",
        "Keras cannot build it as written: strides and dilation_rate both above 1",
    )


def test_the_data_format_is_given_once_or_by_layer():
    for text in (
        "input: [3, 32, 32]\ndata_format: channels_first\nlayers:\n  - Conv2D: [8, 3]\n  - MaxPooling2D\n",
        "input: [3, 32, 32]\nlayers:\n  - Conv2D: {f: 8, k: 3, data_format: channels_first}\n"
        "  - MaxPooling2D: {data_format: channels_first}\n",
    ):
        assert rows(text) == [("conv2d", (8, 30, 30), 224), ("max_pooling2d", (8, 15, 15), 0)]


def test_defaults_stand_in_for_what_is_not_said():
    text = """
input: [28, 28, 1]
defaults: {Conv2D: {k: 3, padding: same, use_bias: false}}
layers:
  - Conv2D: 8
  - Conv2D: {filters: 8, kernel_size: 5, p: valid, use_bias: true}
"""
    assert rows(text) == [("conv2d", (28, 28, 8), 72), ("conv2d_1", (24, 24, 8), 1608)]


def test_branches_begin_at_one_point_and_meet_again():
    text = """
input: [8, 8, 4]
layers:
  - parallel:
      - []
      - - Conv2D: [4, 3, 1, same]
        - ReLU
      - Conv2D: [4, 1]
  - Add
  - parallel: [[], [MaxPooling2D: {w: 3, s: 1, p: same}]]
  - Concatenate
"""
    assert rows(text) == [
        ("conv2d", (8, 8, 4), 148), ("re_lu", (8, 8, 4), 0), ("conv2d_1", (8, 8, 4), 20), ("add", (8, 8, 4), 0),
        ("max_pooling2d", (8, 8, 4), 0), ("concatenate", (8, 8, 8), 0),
    ]


def test_inputs_wire_anything_to_what_stands_earlier():
    model = package.loads("""
input: {image: [8, 8, 3], mask: [8, 8, 1]}
layers:
  - Conv2D: {f: 4, k: 1, name: eyes}
    inputs: image
  - Multiply:
    inputs: [eyes, mask]
  - GlobalAveragePooling2D
  - Dense: {units: 4, name: boxes}
  - Dense: {units: 2, name: classes}
    inputs: global_average_pooling2d
outputs: [boxes, classes]
""")
    assert [step.name for step in model] == [
        "image", "mask", "eyes", "multiply", "global_average_pooling2d", "boxes", "classes",
    ]
    assert model.trace.outputs == ((4,), (2,))
    assert not model.graph.sequential


def test_a_layer_is_called_again_and_counted_once():
    model = package.loads("""
input: {left: [8], right: [8]}
layers:
  - Dense: {units: 4, name: fc}
    inputs: left
  - reuse: fc
    inputs: right
  - Subtract:
    inputs: [fc, fc@2]
""")
    assert [(s.name, s.params, s.shared) for s in model][2:] == [("fc", 36, False), ("fc@2", 0, True), ("subtract", 0, False)]
    assert model.params == 36


def test_one_output_of_several_is_named_by_its_number():
    model = package.loads("""
input: [5, 3]
layers:
  - LSTM: {units: 4, return_sequences: true, return_state: true, name: rnn}
  - Dense: {units: 2, name: from_state}
    inputs: rnn:1
  - Concatenate:
    inputs: [rnn:1, rnn:2]
outputs: [from_state, concatenate, "rnn:0"]
""")
    assert model.trace.outputs == ((2,), (8,), (5, 4))


def test_blocks_are_written_out_with_their_arguments():
    text = """
input: [16, 16, 8]
blocks:
  pair:
    args: {filters: , k: 3, second: =2*filters}
    layers:
      - Conv2D: {filters: =filters, kernel_size: =k, padding: same}
        name: first
      - Conv2D: {filters: =second, kernel_size: "=max(1, k // 2)", name: "last{k}"}
  twice:
    args: {n: 4}
    layers:
      - pair: {filters: =n*i}
        repeat: 2
        name: in{i}
      - Add:
        inputs: [in1, in1_last3]
layers:
  - pair: {filters: 4}
    name: a
  - pair: [2, 5, 6]
  - twice:
    name: t
"""
    assert [(n, y) for n, y, _ in rows(text)] == [
        ("a_first", (16, 16, 4)), ("a_last3", (16, 16, 8)), ("first", (16, 16, 2)), ("last5", (15, 15, 6)),
        ("t_in1_first", (15, 15, 4)), ("t_in1_last3", (15, 15, 8)), ("t_in2_first", (15, 15, 8)),
        ("t_in2_last3", (15, 15, 16)), ("add", (15, 15, 8)),
    ]


def test_repeat_writes_an_entry_several_times():
    text = "input: [8]\nlayers:\n  - Dense: =4*i\n    repeat: 3\n    name: fc{i}\n  - Dense: 1\n"
    text = text.replace("- Dense: =4*i\n", "- Dense: {units: =4*i}\n")
    assert rows(text) == [("fc1", (4,), 36), ("fc2", (8,), 40), ("fc3", (12,), 108), ("dense", (1,), 13)]
    assert rows("input: [8]\nlayers:\n  - ReLU:\n    repeat: 0\n  - Flatten\n") == [("flatten", (8,), 0)]


def test_repeat_equals_writing_it_out():
    for n in range(1, 6):
        once = "input: [9, 9, 3]\nlayers:\n  - Conv2D: [3, 3, 1, same]\n    repeat: %d\n" % n
        many = "input: [9, 9, 3]\nlayers:\n" + "  - Conv2D: [3, 3, 1, same]\n" * n
        assert rows(once) == rows(many)


def test_trainable_false_at_the_top_freezes_the_network():
    model = package.loads("input: [3]\ntrainable: false\nlayers:\n  - Dense: 2\n  - Dense: 4\n")
    assert (model.params, model.trainable_params) == (8 + 12, 0)
    text = "input: [3]\nlayers:\n  - model:\n      input: [3]\n      trainable: false\n      layers: [{Dense: 2}]\n"
    with pytest.raises(CnncalcError, match="trainable of a nested model belongs to its entry"):
        package.loads(text)
    with pytest.raises(CnncalcError, match="trainable must be true or false"):
        package.loads("input: [3]\ntrainable: often\nlayers:\n  - Dense: 2\n")


def test_trainable_false_freezes_a_layer_wherever_it_is_said():
    for entry in ("Dense: 2\n    trainable: false", "Dense: {units: 2, trainable: false}"):
        model = package.loads(f"input: [3]\nlayers:\n  - {entry}\n")
        assert (model.params, model.trainable_params, model.non_trainable_params) == (8, 0, 8)


def test_another_file_is_one_layer(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "base.yaml").write_text("input: [8, 8, 3]\nlayers:\n  - Conv2D: [4, 3]\n  - Flatten\n")
    (tmp_path / "whole.yaml").write_text(
        "input: [8, 8, 3]\nlayers:\n  - model: parts/base.yaml\n    trainable: false\n  - Flatten\n  - Dense: 2\n"
    )
    model = package.load(tmp_path / "whole.yaml")
    assert [(s.name, s.output_shape) for s in model][1:] == [
        ("base", (None, 144)), ("flatten_1", (None, 144)), ("dense", (None, 2)),
    ]
    assert (model.params, model.non_trainable_params) == (112 + 290, 112)
    assert [s.name for s in model["base"].inner.steps][1:] == ["conv2d", "flatten"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "secret.yaml").write_text("input: [8]\nlayers: [Flatten]\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (tmp_path / "in" / "arch.yaml").write_text("input: [8]\nlayers:\n  - model: link.yaml\n")
    with pytest.raises(CnncalcError, match="outside the file's folder"):
        package.load(tmp_path / "in" / "arch.yaml")


def test_unknown_sizes_stay_unknown():
    text = "input: [null, 32, 3]\nlayers:\n  - Conv2D: [8, 3]\n  - MaxPooling2D: {p: same}\n  - GlobalMaxPooling2D\n"
    assert rows(text) == [
        ("conv2d", (None, 30, 8), 224), ("max_pooling2d", (None, 15, 8), 0), ("global_max_pooling2d", (8,), 0),
    ]


def test_expected_values_are_kept_for_check():
    model = package.loads("input: [8]\nlayers:\n  - Dense: 2\n    expect: {params: 17, output: [2]}\n".replace(
        "- Dense: 2\n", "- Dense: {units: 2}\n"))
    assert model["dense"].node.expect == {"params": 17, "output": [2]}


def test_json_of_the_same_form_works_too():
    data = {"input": [28, 28, 1], "layers": [{"Conv2D": [32, 3]}, "Flatten"]}
    for text in (json.dumps(data), json.dumps(data, indent="\t")):
        assert rows(text) == [("conv2d", (26, 26, 32), 320), ("flatten", (21632,), 0)]


def test_standard_input_is_read_as_a_file():
    run = cnncalc("summary", "-", "--format", "json", stdin=b"input: [8]\nlayers:\n  - Dense: 2\n")
    assert (run.code, run.err) == (0, "")
    assert json.loads(run.out)["params"] == 18


def test_the_first_layer_may_say_the_input_as_in_keras_code():
    text = "layers:\n  - Conv2D: {filters: 32, kernel_size: 3, input_shape: [28, 28, 1]}\n"
    assert rows(text) == [("conv2d", (26, 26, 32), 320)]


def test_what_leads_nowhere_is_left_out_of_the_totals_and_noted():
    model = package.loads("input: [4]\nlayers:\n  - Dense: {units: 3, name: aside}\n  - Dense: 2\n    inputs: input\n".replace(
        "- Dense: 2\n", "- Dense: {units: 2}\n"))
    assert model.params == 10
    assert model.to_dict()["notes"] == ["aside: no output depends on it; left out of the totals, as in Keras"]


@pytest.mark.parametrize(
    ("text", "sequential"),
    [
        ("input: [4]\nlayers: [Flatten, ReLU]", True),
        ("input: {x: [4]}\nlayers: [Flatten, ReLU]", False),
        ("input: [4]\nlayers: [Flatten, {ReLU: {}, inputs: input}]", False),
        ("input: [4]\nlayers: [{parallel: [[], [ReLU]]}, Add]", False),
        ("input: [4]\nlayers: [{Flatten: {name: a}}, {reuse: a}]", False),
    ],
)
def test_a_chain_from_one_input_is_a_sequential_model(text, sequential):
    assert package.loads(text).graph.sequential is sequential


def formulas(depth: int):
    """Every formula of this depth over a few numbers and names."""
    if depth == 0:
        yield from ("0", "3", "a", "b")
        return
    smaller = list(formulas(depth - 1))
    # A negative power inside a formula is a fraction to Python and refused here: not nested.
    for left, op, right in itertools.product(smaller, ("+", "-", "*", "//", "%", "**")[: 7 - depth], smaller):
        if "**" not in left + right:
            yield f"({left}) {op} {right}" if depth > 1 else f"{left}{op}{right}"
    for left, right in itertools.product(smaller, smaller):
        yield f"min({left}, {right}) - -max({right}, {left})"


@pytest.mark.oracle
@pytest.mark.parametrize("depth", [1, 2])
def test_a_formula_has_the_value_that_python_gives_it(depth):
    names = {"a": 2, "b": -5}
    checked = 0
    for text in formulas(depth):
        try:
            expected = eval(text, {"__builtins__": {"min": min, "max": max}}, names)
        except ZeroDivisionError:
            expected = None
        if expected is None or isinstance(expected, float) or abs(expected) >= 2**64:
            with pytest.raises(CnncalcError):
                evaluated(text, names)
        else:
            assert evaluated(text, names) == expected, text
            checked += 1
    assert checked > 30


def test_a_formula_that_is_one_name_gives_the_argument_as_it_is():
    assert evaluated("padding", {"padding": "same"}) == "same"
    assert filled("conv{i}_{k}_{other}", {"i": 2, "k": 3}) == "conv2_3_{other}"


BODY = "input: [8, 8, 3]\nlayers:\n  - model:\n      name: body\n      input: [8, 8, 3]\n      layers: [{Conv2D: [4, 3]}, %s, Flatten]\n  - Dense: 2\n"


@pytest.mark.parametrize(("bad", "row"), [("{MaxPooling2D: 9}", "   └ max_pooling2d   MaxPooling2D   error"),
                                          ("Flaten", "   └ ?   Flaten   error")])
def test_of_a_model_with_a_bad_layer_what_stands_before_it_is_shown(bad, row):
    run = cnncalc("summary", "-", "--expand-nested", stdin=(BODY % bad).encode())
    assert run.code == 2
    assert run.err.count("error: ") == 1
    lines = [" ".join(line.split()) for line in run.out.split("\n")]
    assert lines[4:7] == ["body Sequential error 0", "└ input InputLayer (None, 8, 8, 3) 0", "└ conv2d Conv2D (None, 6, 6, 4) 112"]
    assert lines[7].startswith(" ".join(row.split()))
    assert lines[8:] == [""]
