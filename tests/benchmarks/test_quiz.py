"""Questions for one student and for a class."""

from __future__ import annotations

import pytest
from timing import best, cnncalc, ratio, told

TEN = "questions: [size-1, size-2, size-3, params-1, params-2, params-3, pool-2, macs-2, memory-2, transposed-2]\n"
#: 300 sheets of 10 questions, in seconds of processor time.
CLASS = 5


@pytest.mark.benchmark
@pytest.mark.parametrize("args", [("quiz", "--seed", "3", "--questions", "1", "--format", "json"), ("quiz", "lenet5", "--seed", "3", "--questions", "1", "--format", "json")],
                         ids=["mixed", "network"])
def test_a_quiz_starts_about_as_fast_as_a_summary(args):
    assert ratio(cnncalc(*args), cnncalc("summary", "lenet5"), 1.5, runs=25) <= 1.5


@pytest.mark.benchmark
def test_sheets_for_a_class_take_seconds_and_grow_with_the_class(tmp_path):
    (tmp_path / "quiz.yaml").write_text(TEN)
    (tmp_path / "secret.txt").write_text("a secret of a test\n")
    commands = []
    for students in (75, 300):
        (tmp_path / f"{students}.csv").write_text("id\n" + "".join(f"s{i}\n" for i in range(students)))
        commands.append(cnncalc("quiz", "write", str(tmp_path / "quiz.yaml"), "--roster", str(tmp_path / f"{students}.csv"),
                                "--secret", str(tmp_path / "secret.txt"), "-o", str(tmp_path / f"{students}.md")))
    few, many = best(*commands, runs=3)
    told("quiz write, 300 students x 10 questions", f"{many:.1f} s", f"75 students: {few:.1f} s", many / few, "at most 4.4")
    assert many <= 4.4 * few
    assert many <= CLASS
