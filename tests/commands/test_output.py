"""What commands write around their results: errors in color, links, devices."""

from __future__ import annotations

import os
import subprocess
import sys

from running import cnncalc

from cnncalc.commands.output import highlighted

MESSAGE = ["net.yaml:4:19: error: MaxPooling2D 'pool': window 5x5 does not fit its 4x4 input", "    - MaxPooling2D: 5",
           "                    ^", "    conv2d gives (4, 4, 64); padding 1 would fit"]


def test_an_error_has_its_location_bold_its_caret_red_and_its_fix_green():
    assert highlighted(MESSAGE, 100, True) == [
        "\x1b[1mnet.yaml:4:19:\x1b[0m \x1b[1;31merror:\x1b[0m MaxPooling2D 'pool': window 5x5 does not fit its 4x4 input",
        "    - MaxPooling2D: 5", "\x1b[31m                    ^\x1b[0m",
        "\x1b[32m    conv2d gives (4, 4, 64); padding 1 would fit\x1b[0m"]
    assert highlighted(MESSAGE, 100, False) == MESSAGE


def test_a_message_wraps_between_words_and_its_source_line_does_not():
    lines = highlighted(MESSAGE, 40, False)
    assert max(map(len, lines)) <= 40
    assert " ".join(" ".join(lines).split()) == " ".join(" ".join(MESSAGE).split())
    assert MESSAGE[1] in lines and MESSAGE[2] in lines
    assert any("(4, 4, 64)" in line for line in lines)
    long = [f"{'x' * 60}.yaml:1:1: error: no"]
    assert highlighted(long, 40, True) == long


def test_a_link_stays_and_its_file_is_replaced(tmp_path):
    (tmp_path / "real.txt").write_text("before")
    os.symlink("real.txt", tmp_path / "link.txt")
    assert cnncalc("summary", "lenet5", "-o", "link.txt", cwd=tmp_path).code == 0
    assert (tmp_path / "link.txt").is_symlink()
    assert "61,706" in (tmp_path / "real.txt").read_text()


def test_standard_output_by_its_name_is_not_a_file_to_replace(tmp_path):
    for name in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
        with open(tmp_path / "out", "w") as out:
            process = subprocess.run([sys.executable, "-m", "cnncalc", "layers", "Flatten", "-o", name], stdout=out, check=False)
        assert process.returncode == 0
        assert (tmp_path / "out").read_text().startswith("Flatten")
    assert os.path.islink("/dev/stdout")
