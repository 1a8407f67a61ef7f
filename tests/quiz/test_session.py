"""Practice: help climbs from rule to mistake to working, mistakes come back, progress is saved, simulated students are diagnosed."""

from __future__ import annotations

import pytest
from independent import answer, rows_of
from mistakes import MISTAKES

from cnncalc.quiz.judge import judged
from cnncalc.quiz.progress import BOXES, Progress, ProgressFile
from cnncalc.quiz.question import Question
from cnncalc.quiz.run import Run
from cnncalc.quiz.session import Session
from cnncalc.quiz.values import plain_text

FREE = ("size", "pool", "params", "macs", "memory", "field", "transposed")


def session(skills=("size",), level=2, seed="1", **options):
    return Session(Run(seed, skills, [level], choices=0), Progress(100), adaptive=False, **options)


def wrong_by(question: Question, mistake: str):
    return next((wrong.value for wrong in question.draft.wrong() if wrong.mistake == mistake), None)


def test_help_climbs_from_the_rule_to_the_mistake_to_the_working():
    sitting = session()
    question = sitting.next()
    wrong = plain_text(wrong_by(question, "forgot-plus-one"))
    first, second, third = sitting.answer(wrong), sitting.answer(wrong), sitting.answer(wrong)
    assert first.lines == ["Not right. Review the rule: how often does the window fit, with its stride and padding?"]
    assert second.lines == ["Not right: forgot-plus-one. The plus one at the end is left out."]
    assert "Working:" in third.lines
    assert (first.done, second.done, third.done) == (False, False, True)
    assert not any(plain_text(question.answer).replace("x", "×") in line for line in [*first.lines, *second.lines])
    again = sitting.next()
    assert (again.skill, again.level) == (question.skill, question.level)
    assert again.stem != question.stem


def test_the_right_answer_shows_the_working():
    sitting = session(("params",), 1)
    question = sitting.next()
    reply = sitting.answer(f"{question.answer:,}")
    assert reply.done
    assert reply.lines[0].startswith("Right. parameters = k × k × c × F + F = ")


@pytest.mark.parametrize("text", ["{h}x{w}x{c}", "{h}×{w}×{c}", "({h}, {w}, {c})", "(None, {h}, {w}, {c})", "H={h}, W={w}, C={c}", "{h} x {w} x {c}"])
def test_answers_are_read_in_the_notations_of_check(text):
    question = session().next()
    h, w, c = question.answer
    assert judged(question, text.format(h=h, w=w, c=c)).right


def test_what_cannot_be_read_and_what_is_incomplete_does_not_count():
    sitting = session()
    question = sitting.next()
    assert sitting.answer("hello").lines == ["Cannot read this as a shape. Try again."]
    assert sitting.answer(str(question.answer[0])).lines == ["Write height × width × channels. Try again."]
    assert sitting.answer("").lines[0].startswith("Type your answer.")
    assert "Hint" in sitting.answer("?").lines[0]
    assert sitting.answer(plain_text(question.answer)).done
    assert (sitting.first_tries, sitting.later_tries) == (0, 1)


def test_a_mistake_comes_back_within_three_questions_with_numbers_that_expose_it():
    sitting = session(("size", "params"), 1, seed="5")
    question = sitting.next()
    while question.skill != "size":
        sitting.answer("s")
        question = sitting.next()
    made_at = sitting.asked
    sitting.answer(plain_text(wrong_by(question, "forgot-plus-one")))
    sitting.answer(plain_text(question.answer))
    for _ in range(3):
        question = sitting.next()
        if any("made this mistake before: forgot-plus-one" in line for line in sitting.told()):
            break
        sitting.answer(plain_text(question.answer))
    assert sitting.asked - made_at <= 3
    assert wrong_by(question, "forgot-plus-one") not in (None, question.answer)


def test_no_question_comes_twice():
    run = Run("3", ("hand", "size", "inverse"), [1, 2])
    ids = [run.next().id for _ in range(60)]
    assert len(set(ids)) == 60


MADE = ["forgot-plus-one", "kernel-not-subtracted", "stride-ignored", "padding-ignored", "pad-added-once", "output-depth-is-input-depth", "forgot-bias",
        "forgot-input-channels", "one-bias-per-layer", "MACs-vs-FLOPs", "forgot-4-bytes", "rf-adds-k", "rf-own-stride", "rf-pooling-ignored",
        "pool-default-stride", "transposed-course-vs-framework", "transposed-output-padding", "dilation-ignored"]


def claimed(question: Question, mistake: str | None):
    """What a student answers who makes one mistake throughout: worked out by the rules of tests, not by the catalogue."""
    kinds = [row["kind"] for row in rows_of(question.network)[1]]
    if mistake is None or "Concatenate" in kinds or (question.skill == "transposed" and question.level == 4):
        return question.answer
    for rule in [one for one in MISTAKES if one.name == mistake]:
        value = answer(question.network, question.draft.layer, question.draft.quantity, rule.student())
        if value != question.answer and all(n > 0 for n in (value if isinstance(value, tuple) else [value])):
            return value
    return question.answer


def sit(mistake: str | None, seed: str) -> Session:
    """A student who answers 24 questions, with one mistake wherever it can be made."""
    sitting = Session(Run(seed, FREE, [2, 3, 4], choices=0), Progress(100), adaptive=False, total=24)
    while (question := sitting.next()) is not None:
        reply = sitting.answer(plain_text(claimed(question, mistake)))
        if not reply.done:
            sitting.answer(plain_text(question.answer))
    return sitting


def test_a_perfect_student_has_no_mistakes():
    sitting = sit(None, "1")
    assert (sitting.first_tries, dict(sitting.made)) == (24, {})
    assert sitting.summary()[0] == "24 of 24 right at the first try."


@pytest.mark.oracle
@pytest.mark.parametrize("mistake", MADE)
def test_a_student_with_one_mistake_ends_with_its_name(mistake):
    sitting = sit(mistake, "2")
    assert sitting.made, "the mistake could never be made"
    assert sitting.made.most_common(1)[0][0] == mistake
    assert any(mistake in line for line in sitting.summary())
    assert mistake in sitting.progress.mistakes


# Progress.


def test_a_mistake_moves_through_the_boxes_and_out():
    progress = Progress(100)
    progress.made("forgot-bias", "params-1")
    assert progress.due() == [("forgot-bias", "params-1")]
    for days in BOXES[1:]:
        progress.avoided("forgot-bias")
        assert progress.mistakes["forgot-bias"]["due"] == 100 + days
        assert progress.due() == []
    progress.avoided("forgot-bias")
    assert progress.mistakes == {}


def test_levels_rise_and_fall():
    progress = Progress(100)
    for level in (1, 1, 2, 2, 3, 3, 4, 4):
        assert progress.level("size") == level
        progress.answered("size", level, True)
    for level in (4, 4, 3, 3, 2, 2, 1, 1):
        assert progress.level("size") == level
        progress.answered("size", level, False)


def test_progress_is_saved_and_read_again(tmp_path):
    file = ProgressFile(str(tmp_path / "new" / "quiz.json"))
    progress = file.load(100)
    progress.made("forgot-bias", "params-1")
    progress.answered("params", 1, False)
    file.save(progress)
    again = file.load(100)
    assert (again.skills, again.mistakes) == (progress.skills, progress.mistakes)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["quiz.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "cnncalc/progress/1"}', '{"schema": "cnncalc/progress/1", "skills": {"size": 3}, "mistakes": {}}'])
def test_a_damaged_progress_file_is_put_aside_not_overwritten(tmp_path, text):
    path = tmp_path / "quiz.json"
    path.write_text(text)
    file = ProgressFile(str(path))
    file.save(file.load(100))
    assert (tmp_path / "quiz.json.damaged").read_text() == text
    assert "it is now" in file.note


def test_the_mistakes_of_earlier_days_come_first():
    progress = Progress(100)
    progress.made("forgot-bias", "params-1")
    sitting = Session(Run("1", ("size", "params"), choices=0), progress)
    sitting.next()
    question = sitting.next() if not sitting._returning else sitting.current
    assert question.skill == "params"
    assert sitting._returning == "forgot-bias"
