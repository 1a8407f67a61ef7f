"""Practice in the terminal: what to ask next, and what to reply to an answer."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from .judge import Cause, Verdict, judged
from .progress import Progress
from .question import Question, lettered
from .run import Run
from .templates import Template, template
from .values import text_of

#: A mistake comes back after this many other questions.
LATER = 2
KEYS = "? hint   e working   s skip   q quit"
#: Where to read more, by skill.
READING = {
    "size": "cnncalc layers Conv2D", "pool": "cnncalc layers MaxPooling2D", "transposed": "cnncalc layers Conv2DTranspose",
    "params": "cnncalc explain lenet5", "macs": "cnncalc guide cost", "memory": "cnncalc guide cost", "field": "cnncalc guide receptive-fields",
    "hand": "cnncalc guide by-hand", "inverse": "cnncalc solve --help", "which-architecture": "cnncalc solve --help",
    "spot-the-error": "cnncalc guide homework",
}


class Reply(NamedTuple):
    """The lines to show; `done` if the next question follows."""

    lines: list[str]
    done: bool = False


class Pending(NamedTuple):
    """A mistake to come back to: before which question, and with which template (none: with the network)."""

    before: int
    mistake: str | None
    source: Template | None


class Session:
    """One sitting. `adaptive` chooses levels by progress; `save` is called after each answered question."""

    def __init__(self, run: Run, progress: Progress, adaptive: bool = True, total: int | None = None):
        self.run, self.progress, self.adaptive, self.total = run, progress, adaptive, total
        self.asked = 0
        self.first_tries = 0
        self.later_tries = 0
        self.skipped = 0
        self.current: Question | None = None
        #: For each wrong first answer the mistakes that give it, and in how many right ones each could have shown.
        self.evidence: list[dict[str, str]] = []
        self.avoided: Counter[str] = Counter()
        self._wrong = 0
        self._helped = False
        self._returning: str | None = None
        self._right_skills: Counter[str] = Counter()
        self._skills: Counter[str] = Counter()
        self._pending = [Pending(1 + 2 * i, name, template(skill, level)) for i, (name, (skill, level)) in enumerate(self._due())]

    def _due(self) -> list[tuple[str, tuple[str, int]]]:
        """The mistakes of earlier days to begin with, at most three."""
        if not self.adaptive or self.run.network is not None:
            return []
        found = []
        for name, source in self.progress.due():
            skill, _, level = source.rpartition("-")
            if skill in self.run.skills and level in "1234":
                found.append((name, (skill, int(level))))
        return found[:3]

    # Questions.

    def next(self) -> Question | None:
        """The next question; None at the end."""
        if self.total is not None and self.asked >= self.total:
            return None
        self._wrong, self._helped, self._returning = 0, False, None
        question = self._came_back()
        if question is None:
            question = self._new()
        if question is not None:
            self.asked += 1
        self.current = question
        return question

    def _came_back(self) -> Question | None:
        for pending in sorted(self._pending, key=lambda p: p.before):
            if pending.before > self.asked:
                return None
            self._pending.remove(pending)
            exposing = pending.mistake
            question = self.run.of_network(exposing) if pending.source is None else self.run.of(pending.source, exposing)
            if question is not None:
                self._returning = exposing
                return question
        return None

    def _new(self) -> Question | None:
        if not self.adaptive or self.run.network is not None:
            return self.run.next()
        for _ in range(3 * len(self.run.skills)):
            skill = self.run.next_skill()
            levels = self.run.levels
            level = min(max(self.progress.level(skill), min(levels)), max(levels))
            question = self.run.of(template(skill, level), self.run.mistake) or (
                self.run.of(template(skill, levels[self.asked % len(levels)]), self.run.mistake) if self.run.mistake else None)
            if question is not None:
                return question
        return self.run.next()

    def told(self) -> list[str]:
        """The question, and its choices."""
        assert self.current is not None
        head = f"Question {self.asked}" + (f" of {self.total}" if self.total else "") + f" · {self.current.skill}, level {self.current.level}"
        again = [f"You have made this mistake before: {self._returning}."] if self._returning and not self.current.choices else []
        return [head, *again, "", self.current.stem, *([""] if self.current.choices else []), *[f"  {letter}) {text}" for letter, text in lettered(self.current.choices)]]

    # Answers.

    def answer(self, text: str) -> Reply:
        """The reply to a line: an answer, or a key."""
        assert self.current is not None
        word = text.strip()
        if not word:
            return Reply([f"Type your answer. {KEYS}"])
        if word == "?":
            self._helped = True
            return Reply([f"Hint: {self.current.draft.rule}"])
        if word.lower() == "s":
            self.skipped += 1
            return Reply([f"Skipped. The answer is {self._right()}."], self._finished(False))
        if word.lower() == "e":
            return Reply(self._working(), self._finished(False))
        verdict = judged(self.current, word)
        if verdict.unread:
            return Reply([f"{verdict.unread[0].upper()}{verdict.unread[1:]}. Try again."])
        return self._right_answer() if verdict.right else self._wrong_answer(verdict)

    def _right_answer(self) -> Reply:
        assert self.current is not None
        lines = self.current.draft.working()
        shown = [f"Right. {lines[-1]}"] if len(lines) == 1 else ["Right.", *[f"  {line}" for line in lines]]
        return Reply(shown, self._finished(True))

    def _wrong_answer(self, verdict: Verdict) -> Reply:
        assert self.current is not None
        self._wrong += 1
        if verdict.causes and self._wrong == 1:
            self._record(verdict)
        cause = self._named(verdict)
        if self.current.choices and self._wrong >= len(self.current.choices) - 1:
            self._wrong = 3
        if self._wrong == 1:
            return Reply([f"Not right. Review the rule: {self.current.draft.rule}"])
        if self._wrong == 2:
            if cause is None:
                return Reply(["Not right, and no known mistake gives this value. Press e for the working."])
            return Reply([f"Not right: {cause.name}. {cause.words[0].upper()}{cause.words[1:]}."])
        named = [f"{cause.name}: {cause.words}."] if cause is not None else []
        self._again(cause)
        return Reply(["Not right.", *named, *self._working()], self._finished(False))

    @property
    def made(self) -> Counter[str]:
        """The mistakes that explain the wrong answers, no answer twice: those that explain most come first."""
        from ..homework.diagnosis import RARE  # lazy: of no use before the first wrong answer

        left, found = list(self.evidence), Counter[str]()
        while left:
            counts = Counter([name for causes in left for name in causes])
            order = list(dict.fromkeys([name for causes in left for name in causes]))
            name = max(order, key=lambda n: (counts[n] - self.avoided[n] / 4 - (n in RARE), -self.avoided[n]))
            found[name] = counts[name]
            left = [causes for causes in left if name not in causes]
        return found

    def _named(self, verdict: Verdict) -> Cause | None:
        """The likeliest cause: the one that explains most of this sitting's wrong answers, or the first."""
        known = list(self.made)
        return min(verdict.causes, key=lambda cause: known.index(cause.name) if cause.name in known else len(known), default=None)

    def _record(self, verdict: Verdict) -> None:
        """Record a wrong first answer, and come back to its mistake."""
        self.evidence.append({name: words for cause in verdict.causes for name, words in zip(cause.name.split("+"), cause.words.split("; and "))})
        cause = self._named(verdict)
        assert self.current is not None and cause is not None
        for name in cause.name.split("+"):
            if name in GUESSES:
                continue
            self.progress.made(name, f"{self.current.skill}-{self.current.level}")
            if not any([pending.mistake == name for pending in self._pending]):
                self._pending.append(Pending(self.asked + LATER, name, self._source()))

    def _source(self) -> Template | None:
        assert self.current is not None
        return None if self.run.network is not None else template(self.current.skill, self.current.level)

    def _again(self, cause: Cause | None) -> None:
        """A new variant at once."""
        name = cause.name.split("+")[0] if cause is not None and cause.name.split("+")[0] not in GUESSES else None
        self._pending = [pending for pending in self._pending if pending.mistake != name or name is None]
        self._pending.insert(0, Pending(self.asked, name, self._source()))

    def _working(self) -> list[str]:
        assert self.current is not None
        return ["Working:", *[f"  {line}" for line in self.current.draft.working()], f"The answer is {self._right()}."]

    def _right(self) -> str:
        assert self.current is not None
        letter = f"{self.current.letter}) " if self.current.choices else ""
        return letter + text_of(self.current.answer)

    def _finished(self, right: bool) -> bool:
        """Record the end of a question."""
        assert self.current is not None
        first = right and not self._wrong and not self._helped
        self.first_tries += first
        self.later_tries += right and not first
        self._skills[self.current.skill] += 1
        self._right_skills[self.current.skill] += first
        self.progress.answered(self.current.skill, self.current.level, first)
        if first:
            wrongs = [choice.mistake for choice in self.current.choices] or [wrong.mistake for wrong in self.current.draft.wrong()]
            exposed = {name for name in wrongs if name and "+" not in name}
            self.avoided.update(exposed)
            for name in exposed & {self._returning, self.run.mistake}:
                self.progress.avoided(str(name))
        return True

    # The end.

    def summary(self) -> list[str]:
        """What went well, the mistakes made, and what to read."""
        done = sum(self._skills.values())
        if not done:
            return ["No questions answered."]
        lines = [f"{self.first_tries} of {done} right at the first try" + (f", {self.later_tries} more with help" if self.later_tries else "") + "."]
        well = [skill for skill, count in self._skills.items() if self._right_skills[skill] == count]
        lines += [f"Went well: {', '.join(well)}."] if well else []
        made = self.made.most_common(5)
        if made:
            words = {name: words for causes in self.evidence for name, words in causes.items()}
            lines += ["Mistakes:", *[f"  {name} ({count}×): {words[name]}" for name, count in made]]
        poor = [skill for skill, count in self._skills.items() if self._right_skills[skill] < count]
        read = list(dict.fromkeys([READING[skill] for skill in poor if skill in READING]))
        lines += [f"To review: {', '.join(read[:3])}"] if read else []
        if made:
            name = made[0][0]
            lines += [f"Practice it: cnncalc quiz --mistake {name}"] if name not in GUESSES else []
        return lines


#: Explanations that no question can be chosen to expose.
GUESSES = frozenset(["arithmetic-slip", "wrong-network", "skipped-a-layer", "stopped-one-layer-early", "skipped-or-extra-layer-in-chain", "MB-vs-MiB",
                     "2^20 used for counts", "non-integer handling", "carried", "flatten-wrong-in-features"])
