"""Each file of bad_specs/ is refused with exactly the words of the .err file beside it.

To accept new words after reading them: CNNCALC_ACCEPT=1 pytest tests/sources/architecture/test_bad_specs.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from running import TESTS, cnncalc, measured

FOLDER = TESTS / "bad_specs"
FILES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_bad_file_gets_its_words(path):
    run = cnncalc("summary", path.name, cwd=FOLDER)
    expected = path.with_suffix(".err")
    if os.environ.get("CNNCALC_ACCEPT"):
        expected.write_text(run.err)
    assert run.err == expected.read_text()
    assert run.code == 2
    assert "Traceback" not in run.err + run.out


@pytest.mark.oracle
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_bad_file_takes_neither_time_nor_memory(path):
    run = measured("summary", path.name, cwd=FOLDER)
    assert (run.code, run.err) == (2, path.with_suffix(".err").read_text())
    assert run.seconds < 1
    assert run.megabytes < 200


def test_a_missing_file_is_named():
    run = cnncalc("summary", "kernel_to_large.yaml", cwd=FOLDER)
    assert (run.code, run.out) == (2, "")
    assert run.err == "error: there is no file 'kernel_to_large.yaml'\n    did you mean 'kernel_too_large.yaml'?\n"


def test_a_misspelt_example_is_named():
    run = cnncalc("summary", "resnet5O", cwd=FOLDER)
    assert run.err == "error: there is no file and no bundled example 'resnet5O'\n    did you mean 'resnet50'?\n"
    assert run.code == 2


def test_letters_in_each_other_s_place_are_put_back():
    assert cnncalc("summary", "vgg61").err.endswith("did you mean 'vgg16'?\n")
    assert cnncalc("summary", "vgg91").err.endswith("did you mean 'vgg19'?\n")


def test_a_folder_is_refused(tmp_path):
    run = cnncalc("summary", str(tmp_path))
    assert run.code == 2
    assert run.err == f"error: {tmp_path} is a folder; name the file in it that describes the network\n"


def test_the_table_stops_at_the_layer_at_fault():
    run = cnncalc("summary", "pool_too_large.yaml", cwd=FOLDER)
    assert run.out == (
        "pool_too_large\n"
        "Layer           Type           Output shape        Params\n"
        "─────────────────────────────────────────────────────────\n"
        "input           InputLayer     (None, 28, 28, 1)        0\n"
        "pool            MaxPooling2D   (None, 4, 4, 1)          0\n"
        "max_pooling2d   MaxPooling2D   error                    0\n"
    )


#: What PyYAML says where it has no part in C, of all files in one process: their first lines.
PURE = """
import json, sys
sys.modules["yaml._yaml"] = sys.modules["yaml.cyaml"] = None
from click.testing import CliRunner
from cnncalc.cli import main
from cnncalc.sources.marks import Parser
assert Parser.__module__ == "cnncalc.sources.marks"
print(json.dumps([CliRunner().invoke(main, ["summary", name]).stderr for name in sys.argv[1:]]))
"""


@pytest.mark.oracle
def test_without_its_part_in_c_pyyaml_says_the_same_places(tmp_path):
    (tmp_path / "tabs.yaml").write_text("input: [8]\nlayers: [\tFlatten]\n")
    names = [*[path.name for path in FILES], "../../examples/lenet5.yaml", str(tmp_path / "tabs.yaml")]
    run = subprocess.run([sys.executable, "-c", PURE, *names], cwd=FOLDER, capture_output=True, text=True, check=True)
    *said, good, tabs = json.loads(run.stdout)
    assert good == ""
    assert "a tab is not allowed here" in tabs
    for path, text in zip(FILES, said):
        expected = path.with_suffix(".err").read_text()
        assert text.split("error:")[0] == expected.split("error:")[0]
        if " expected" not in expected and "mapping values" not in expected:
            assert text == expected
