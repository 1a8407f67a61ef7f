"""What a student has learned: the level of each skill, and the mistakes to come back to, in one small file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import TypedDict

#: Days until a mistake comes back, by how often it was avoided in a row.
BOXES = (0, 1, 3, 7, 21)
#: Questions in a row that raise a level, or lower it.
RAISES, LOWERS = 2, 2
SCHEMA = "cnncalc/progress/1"


class SkillState(TypedDict):
    """`streak` counts right answers in a row, or wrong ones below zero."""

    level: int
    streak: int
    asked: int
    right: int


class MistakeState(TypedDict):
    """`due` is a day, counted from 1970; `template` the one in which it was last made."""

    box: int
    due: int
    made: int
    template: str


def data_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str:
    """The user's folder for data, as each platform has it."""
    home = os.path.expanduser("~")
    if platform == "win32":
        base = environment.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    elif platform == "darwin":
        base = os.path.join(home, "Library", "Application Support")
    else:
        base = environment.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
    return os.path.join(base, "cnncalc")


class Progress:
    """The state in memory; `today` is a day counted from 1970."""

    def __init__(self, today: int, skills: dict[str, SkillState] | None = None, mistakes: dict[str, MistakeState] | None = None):
        self.today, self.skills, self.mistakes = today, skills or {}, mistakes or {}

    def level(self, skill: str) -> int:
        return self.skills[skill]["level"] if skill in self.skills else 1

    def due(self) -> list[tuple[str, str]]:
        """The mistakes to come back to today, with their templates, those made most often first."""
        found = [(name, state) for name, state in self.mistakes.items() if state["due"] <= self.today]
        return [(name, state["template"]) for name, state in sorted(found, key=lambda item: (-item[1]["made"], item[0]))]

    def answered(self, skill: str, level: int, right: bool) -> None:
        """Record a question: right at the first try, or not."""
        state = self.skills.setdefault(skill, SkillState(level=level, streak=0, asked=0, right=0))
        state["asked"] += 1
        state["right"] += right
        streak = max(state["streak"], 0) + 1 if right else min(state["streak"], 0) - 1
        if level == state["level"] and streak >= RAISES and level < 4:
            state["level"], streak = level + 1, 0
        elif level == state["level"] and streak <= -LOWERS and level > 1:
            state["level"], streak = level - 1, 0
        state["streak"] = streak

    def made(self, mistake: str, template: str) -> None:
        """Record a mistake: it goes back to the first box."""
        before = self.mistakes[mistake]["made"] if mistake in self.mistakes else 0
        self.mistakes[mistake] = MistakeState(box=0, due=self.today, made=before + 1, template=template)

    def avoided(self, mistake: str) -> None:
        """Record that a question which exposes the mistake was answered right at the first try."""
        state = self.mistakes.get(mistake)
        if state is None:
            return
        if state["box"] + 1 >= len(BOXES):
            del self.mistakes[mistake]
        else:
            state["box"] += 1
            state["due"] = self.today + BOXES[state["box"]]


class ProgressFile:
    """Where progress is saved; each save replaces the file as a whole."""

    def __init__(self, path: str | None = None):
        self.path = path or os.path.join(data_folder(), "quiz.json")
        #: Why nothing is saved, or where a file that cannot be read was put aside.
        self.note = ""

    def load(self, today: int) -> Progress:
        """The saved progress; a file that cannot be read is put aside, never overwritten."""
        try:
            with open(self.path, encoding="utf-8") as file:
                return _progress(json.load(file), today)
        except FileNotFoundError:
            return Progress(today)
        except (OSError, ValueError, TypeError, KeyError) as error:
            aside = self.path + ".damaged"
            try:
                os.replace(self.path, aside)
                self.note = f"{self.path} cannot be read; it is now {aside}"
            except OSError:
                self.note = f"{self.path} cannot be read: {error}"
            return Progress(today)

    def save(self, progress: Progress) -> None:
        import tempfile

        data = {"schema": SCHEMA, "skills": progress.skills, "mistakes": progress.mistakes}
        temporary = None
        try:
            folder = os.path.dirname(self.path)
            os.makedirs(folder, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=folder, prefix=".quiz-")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(data, file, indent=1, sort_keys=True)
            os.replace(temporary, self.path)
        except OSError as error:
            self.note = f"progress is not saved: {self.path}: {error.strerror}"
            if temporary is not None and os.path.exists(temporary):
                os.unlink(temporary)


def _progress(data: object, today: int) -> Progress:
    """The progress that a file holds; ValueError for anything else."""
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ValueError("not a progress file")
    skills = {str(name): SkillState(level=min(max(int(s["level"]), 1), 4), streak=int(s["streak"]), asked=int(s["asked"]), right=int(s["right"]))
              for name, s in dict(data["skills"]).items()}
    mistakes = {str(name): MistakeState(box=min(max(int(s["box"]), 0), len(BOXES) - 1), due=int(s["due"]), made=int(s["made"]), template=str(s["template"]))
                for name, s in dict(data["mistakes"]).items()}
    return Progress(today, skills, mistakes)
