"""Networks of keras.applications named on the command line and in files, like bundled examples."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import cnncalc
from cnncalc.applications import NAMES, build
from cnncalc.cli import main
from cnncalc.errors import CnncalcError
from cnncalc.sources import bundled, example_path, open_named, title_of
from cnncalc.tracing import traced


def rows(trace):
    return [(s.name, s.kind, s.outputs, s.params) for s in trace.steps]


def test_all_networks_are_listed_with_their_papers():
    listed = CliRunner().invoke(main, ["examples"]).stdout
    for name in NAMES:
        assert name.lower() in bundled()
        assert f"\n{name.lower()} " in listed
    assert title_of("efficientnetb0") == "EfficientNetB0 (Tan & Le, 2019) as keras.applications builds it."


@pytest.mark.parametrize("word", ["efficientnetv2b0", "EfficientNetV2B0", "efficientnetv2-b0"])
def test_a_name_in_any_spelling_is_the_network(word):
    assert rows(cnncalc.load(word).trace) == rows(traced(build("EfficientNetV2B0").graph()))


def test_what_is_bundled_as_a_file_stays_that_file():
    assert example_path("resnet50") is not None
    assert open_named("resnet50").graph.resized is None


def test_a_base_has_no_classifier():
    step = list(cnncalc.load("xception_notop"))[-1]
    assert (step.name, step.output_shape) == ("block14_sepconv2_act", (None, 10, 10, 2048))


def test_another_input_builds_the_network_for_it():
    ours = cnncalc.load("efficientnetb0", input=(150, 151, 3))
    assert rows(ours.trace) == rows(traced(build("EfficientNetB0", input_tensor=(150, 151, 3)).graph()))
    assert ours["block2a_dwconv_pad"].node.layer.padding == ((1, 1), (0, 1))
    assert cnncalc.load("efficientnetb0", input=(150, 150, 1))["stem_conv"].params == 32 * 9


def test_an_input_that_is_too_small_is_an_error_that_names_the_layer():
    run = CliRunner().invoke(main, ["summary", "densenet201", "--input", "10x10x3"])
    assert run.exit_code == 2
    assert "DenseNet201: AveragePooling2D 'pool3_pool': window 2x2 does not fit its 1x1 input" in run.stderr


def test_a_file_can_use_one_as_a_layer():
    text = "input: [96, 96, 3]\nlayers:\n  - Rescaling: 0.1\n  - model: efficientnetb0_notop\n  - GlobalAveragePooling2D\n  - Dense: 5"
    with pytest.raises(CnncalcError, match=r"takes \(224, 224, 3\), got \(96, 96, 3\)"):
        cnncalc.loads(text)
    network = cnncalc.loads(text.replace("96", "224"))
    assert network["efficientnetb0"].params == 4_049_571
    assert network["dense"].params == 1280 * 5 + 5


def test_its_file_gives_the_network_again(tmp_path):
    path = tmp_path / "net.yaml"
    CliRunner().invoke(main, ["examples", "mobilenetv3small", "-o", str(path)])
    text = path.read_text()
    assert text.startswith("# MobileNetV3Small (Howard et al., 2019) as keras.applications builds it.\n")
    assert rows(cnncalc.loads(text).trace) == rows(cnncalc.load("mobilenetv3small").trace)


def test_a_misspelt_name_is_corrected():
    with pytest.raises(CnncalcError, match="did you mean 'efficientnetb0'"):
        cnncalc.load("efficentnetb0")
