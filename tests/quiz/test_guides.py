"""The commands that the guides show run, on the quiz file that they show."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from cnncalc.cli import main
from cnncalc.quiz.progress import BOXES, LOWERS, RAISES
from cnncalc.quiz.question import SKILLS

GUIDES = Path(__file__).parent.parent.parent / "cnncalc" / "guides"


@pytest.mark.oracle
def test_the_commands_of_the_guide_for_teachers_run(tmp_path, monkeypatch):
    text = (GUIDES / "quizzes.md").read_text()
    shown = re.search(r"(?:^    .*\n)+", text, re.M)[0]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "week3.yaml").write_text(re.sub("(?m)^    ", "", shown))
    (tmp_path / "class.csv").write_text("id,name\nada,Ada\nbob,Bob\n")
    (tmp_path / "secret.txt").write_text("a secret of a test\n")
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "ada.csv").write_text("question,answer\n1,A\nfilters,B\n")
    commands = re.findall(r"(?m)^    cnncalc (.*)$", text)
    assert len(commands) == 8
    for command in commands:
        done = CliRunner().invoke(main, shlex.split(command))
        assert done.exit_code == 0, (command, done.stderr)
    assert (tmp_path / "week3.zip").read_bytes()[:2] == b"PK"
    assert len(list((tmp_path / "sheets").iterdir())) == 2
    assert (tmp_path / "grades.csv").read_text().startswith("ID number,Name,Week 3: size-2,Week 3: filters,Week 3: bytes,Week 3: macs-2,")


def test_the_guide_for_students_tells_what_the_program_does():
    text = (GUIDES / "quiz.md").read_text()
    assert all(skill in text for skill in SKILLS)
    assert f"after\n{', '.join(map(str, BOXES[1:-1]))} and {BOXES[-1]} days" in text
    assert (RAISES, LOWERS) == (2, 2)
    assert "two right answers in a row raise your level in a skill, and two wrong ones lower it" in text
