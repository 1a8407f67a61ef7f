"""The pictures in the README are what their commands draw.

`CNNCALC_ACCEPT=1 pytest tests/drawing/test_readme_pictures.py` writes them anew.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from running import cnncalc

ROOT = Path(__file__).parent.parent.parent
SHOWN = re.findall(r"^    \$ (cnncalc draw .* -o (\S+))\n\n!\[.+\]\((examples/pictures/\S+)\)$", (ROOT / "README.md").read_text(), re.M)


def test_the_readme_shows_three_pictures_and_no_other_is_kept():
    assert len(SHOWN) == 3
    assert {path for _, _, path in SHOWN} == {f"examples/pictures/{path.name}" for path in (ROOT / "examples" / "pictures").iterdir()}


@pytest.mark.parametrize(("command", "name", "path"), SHOWN)
def test_a_picture_is_what_its_command_draws(command, name, path, tmp_path):
    run = cnncalc(*shlex.split(command)[1:], cwd=tmp_path)
    assert (run.code, run.out, run.err) == (0, "", "")
    drawn = (tmp_path / name).read_bytes()
    if os.environ.get("CNNCALC_ACCEPT"):
        (ROOT / path).write_bytes(drawn)
    assert (ROOT / path).read_bytes() == drawn
