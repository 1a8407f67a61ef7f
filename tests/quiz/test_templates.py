"""Every template: right answers confirmed by other code, one right choice, distinct ones, mistakes that `check` names, nothing to guess by."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from asked import COUNT, TEMPLATES, asked
from independent import answer, by_hand, settings_right, solutions

import cnncalc
from cnncalc.quiz.choices import order_of
from cnncalc.quiz.judge import causes_of_attempt, causes_of_grid, graded
from cnncalc.quiz.question import Question
from cnncalc.quiz.templates import template
from cnncalc.quiz.values import plain_text, text_of

pytestmark = pytest.mark.oracle
NAMES = pytest.mark.parametrize(("skill", "level"), TEMPLATES)


@NAMES
def test_the_answer_is_that_of_an_independent_computation(skill, level):
    for question in asked(skill, level):
        if skill == "hand":
            assert [list(row) for row in question.answer] == by_hand(question.network)
        elif skill == "inverse":
            assert solutions(question.stem, level) == [question.answer], question.stem
        elif skill == "which-architecture":
            right = [choice.value for choice in question.choices if settings_right(question.stem, level, choice.value)]
            assert right == [question.answer], question.stem
        elif skill == "spot-the-error":
            claimed = question.stem.split("answers ")[1].split(", which")[0].replace(",", "").replace("×", "x")
            assert plain_text(answer(question.network, question.draft.layer, question.draft.quantity)) != claimed
        else:
            assert question.answer == answer(question.network, question.draft.layer, question.draft.quantity), question.stem


@NAMES
@pytest.mark.parametrize("choices", [4, 3])
def test_one_choice_is_right_and_all_differ(skill, level, choices):
    for question in asked(skill, level, choices):
        assert len(question.choices) == choices
        assert [choice.value for choice in question.choices if choice.right] == [question.answer]
        assert len({text_of(choice.value) for choice in question.choices}) == choices
        assert all(choice.mistake and choice.words for choice in question.choices if not choice.right)


def named(question: Question, value: object) -> set[str]:
    """The mistakes that `check` names for a wrong answer, as the command reads the file."""
    draft = question.draft
    if question.skill == "hand":
        return {cause.name for cause in causes_of_grid(draft.chain, draft.layer, value)}
    if draft.attempt is not None:
        return {cause.name for cause in causes_of_attempt(question, value)}
    return {cause.name for cause in graded(cnncalc.loads(question.network).trace, draft.layer, draft.quantity, plain_text(value)).causes}


@NAMES
def test_check_names_the_mistake_behind_every_wrong_choice(skill, level):
    some = asked(skill, level)[: max(COUNT // 3, 8)]
    if skill == "spot-the-error":
        for question in some:
            claimed = question.stem.split("answers ")[1].split(",  which")[0].split(", which")[0]
            causes = named(question, claimed.replace(",", "").replace("×", "x"))
            assert question.draft.mistake in causes, question.stem
            assert not causes & {choice.mistake for choice in question.choices if not choice.right}, question.stem
        return
    wrong = [(question, choice) for question in some for choice in question.choices if not choice.right]
    unnamed = [(question.stem, choice) for question, choice in wrong if choice.mistake not in named(question, choice.value)]
    assert len(unnamed) <= 0.05 * len(wrong), unnamed[:3]


# Guessing.


def shared(a: object, b: object) -> int:
    """What two choices have in common: equal sizes or cells in the same place, equal digits or words."""
    parts = [list(value) if isinstance(value, tuple) else str(value).split() if isinstance(value, str) else list(str(value)) for value in (a, b)]
    flat = [[cell for row in part for cell in row] if part and isinstance(part[0], tuple) else part for part in parts]
    return sum([x == y for x, y in zip(*flat)])


def divisor(a: object, b: object) -> int:
    return math.gcd(a, b) if isinstance(a, int) and isinstance(b, int) else 0


def picks(question: Question) -> dict[str, list[float]]:
    """For each guessing strategy the score of each choice; the highest is picked."""
    values = [choice.value for choice in question.choices]
    lengths = [len(text_of(value)) for value in values]
    found = {"longest": lengths, "shares most": [sum([shared(a, b) for b in values if b is not a]) for a in values],
             **{f"position {i}": [float(i == j) for j in range(len(values))] for i in range(len(values))}}
    if isinstance(values[0], int):
        found["divisors"] = [sum([divisor(a, b) for b in values if b is not a]) for a in values]
    if not isinstance(values[0], str):
        ranks = sorted(values, key=order_of)
        for name, rank in (("smallest", 0), ("largest", -1), ("second largest", -2)):
            found[name] = [float(value == ranks[rank]) for value in values]
    return found


def successes(questions: list[Question]) -> dict[str, float]:
    """The share of questions that each strategy gets right."""
    total: Counter[str] = Counter()
    many: Counter[str] = Counter()
    for question in questions:
        right = [choice.right for choice in question.choices].index(True)
        for name, scores in picks(question).items():
            best = [i for i, score in enumerate(scores) if score == max(scores)]
            total[name] += (right in best) / len(best)
            many[name] += 1
    return {name: total[name] / many[name] for name in many}


@pytest.mark.parametrize("choices", [4, 3])
def test_no_strategy_guesses_better_than_chance(choices):
    every = [question for skill, level in TEMPLATES for question in asked(skill, level, choices)]
    off = {name: share for name, share in successes(every).items() if abs(share - 1 / choices) > 0.05}
    assert off == {}


@pytest.mark.skipif(COUNT < 1000, reason="CNNCALC_QUIZ=1000 tries enough questions of each template")
@NAMES
def test_no_strategy_guesses_a_template_better_than_chance(skill, level):
    off = {name: share for name, share in successes(asked(skill, level)).items() if abs(share - 1 / 4) > 0.05 and name != "divisors"}
    assert off == {}


@pytest.mark.skipif(COUNT < 1000, reason="CNNCALC_QUIZ=1000 tries enough questions of each template")
@NAMES
def test_templates_for_individual_sheets_have_enough_variants(skill, level):
    questions = asked(skill, level)
    most = Counter([question.answer for question in questions]).most_common(1)[0][1]
    enough = len({question.id for question in questions}) >= 300 and most <= 0.03 * len(questions)
    assert enough == template(skill, level).individual, f"{len({q.id for q in questions})} variants, {most} equal answers"
