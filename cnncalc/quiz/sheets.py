"""Quizzes for a class: the QUIZ.yaml, and the sheet of each student or variant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..errors import Key, SpecError, SpecErrors, did_you_mean, shown
from .make import Order, made
from .question import LEVELS, SKILLS, Question
from .run import ALIASES
from .stream import Stream, code_of, derived
from .templates import Template, template
from .templates.again import QUANTITIES, about_same

KEYS = ("quiz", "title", "version", "choices", "points", "conventions", "questions")
ITEM_KEYS = ("id", "template", "skill", "level", "points", "choices", "mistake", "about", "ask", "accept")
MOST_QUESTIONS = 200
#: The conventions of the templates, which a QUIZ.yaml may state.
CONVENTIONS = {"biases": ("counted",), "macs": ("without biases",), "memory": ("float32 bytes",), "rounding": ("down",)}


class Item(NamedTuple):
    """One question of a quiz: a template, or another quantity (`ask`) of the network of an earlier question (`about`)."""

    id: str
    source: Template | None
    points: float
    choices: int
    mistake: str | None = None
    about: str | None = None
    ask: str = ""
    #: Other answers that are accepted, for regrading.
    accept: tuple[str, ...] = ()


class Quiz(NamedTuple):
    """A quiz; its name and version, not its title, decide the numbers."""

    name: str
    title: str
    version: str
    items: tuple[Item, ...]

    def item(self, name: str) -> Item:
        return next(item for item in self.items if item.id == name)


class Student(NamedTuple):
    """A row of the roster, or a variant: `name` is what a sheet shows."""

    id: str
    name: str = ""


class Sheet(NamedTuple):
    """One student's questions; `code` identifies the sheet without telling anything about its numbers."""

    student: Student
    code: str
    questions: tuple[tuple[Item, Question], ...]


def read_quiz(path: str) -> Quiz:
    """The quiz in a file; SpecError, or SpecErrors with all that is wrong, each with its place."""
    import os

    from ..sources.document import Document
    from ..sources.files import decoded, read_file

    document = Document(path, decoded(path, read_file(path)))
    problems: list[SpecError] = []
    quiz = _quiz(document.data, os.path.splitext(os.path.basename(path))[0], problems)
    if problems or quiz is None:
        for problem in problems:
            problem.document = document
        raise SpecErrors(problems)
    return quiz


def _quiz(data: object, stem: str, problems: list[SpecError]) -> Quiz | None:
    if not isinstance(data, dict) or not isinstance(data.get("questions"), list) or not data["questions"]:
        problems.append(SpecError("a quiz needs a list of questions", (), "questions: [{template: size, level: 2, points: 1}]"))
        return None
    for key in data:
        if key not in KEYS:
            problems.append(SpecError(f"unknown key {shown(key)}", (Key(key),), did_you_mean(key, KEYS) or f"a quiz has {', '.join(KEYS)}"))
    if len(data["questions"]) > MOST_QUESTIONS:
        problems.append(SpecError(f"has more than {MOST_QUESTIONS} questions", ("questions",)))
        return None
    _conventions(data.get("conventions"), problems)
    points, choices = _points(data.get("points", 1), ("points",), problems), _choices(data.get("choices", 4), ("choices",), problems)
    items: list[Item] = []
    for i, entry in enumerate(data["questions"]):
        try:
            items.append(_item(entry, items, points, choices))
        except SpecError as error:
            problems.append(error.under("questions", i))
    return Quiz(str(data.get("quiz", stem)), str(data.get("title", data.get("quiz", stem))), str(data.get("version", 1)), tuple(items))


def _conventions(given: object, problems: list[SpecError]) -> None:
    """What the questions state anyway; another convention is refused."""
    if given is None:
        return
    if not isinstance(given, dict):
        problems.append(SpecError("conventions must be a mapping", ("conventions",), "conventions: {biases: counted, macs: without biases}"))
        return
    for key, value in given.items():
        if key not in CONVENTIONS:
            problems.append(SpecError(f"unknown convention {shown(key)}", ("conventions", Key(key)),
                                      did_you_mean(key, CONVENTIONS) or f"conventions are {', '.join(CONVENTIONS)}"))
        elif value not in CONVENTIONS[key]:
            problems.append(SpecError(f"questions have {key}: {CONVENTIONS[key][0]} (got {shown(value)})", ("conventions", key),
                                      f"{key}: {CONVENTIONS[key][0]}"))


def _points(value: object, path: tuple[object, ...], problems: list[SpecError] | None = None) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1000:
        return float(value)
    error = SpecError(f"points must be a number from 0 to 1000 (got {shown(value)})", path)
    if problems is None:
        raise error
    problems.append(error)
    return 1.0


def _choices(value: object, path: tuple[object, ...], problems: list[SpecError] | None = None) -> int:
    if value in (0, 3, 4) and not isinstance(value, bool):
        return int(value)
    error = SpecError(f"choices must be 0 (free answers), 3 or 4 (got {shown(value)})", path)
    if problems is None:
        raise error
    problems.append(error)
    return 4


def _item(entry: object, before: list[Item], points: float, choices: int) -> Item:
    """One question: `size`, `size-2`, `size: 2`, or a mapping."""
    if isinstance(entry, str):
        entry = {"template": entry}
    if isinstance(entry, dict) and len(entry) == 1 and _skill(next(iter(entry))) in SKILLS:
        (skill, level), = entry.items()
        entry = {"template": skill, "level": level}
    if not isinstance(entry, dict):
        raise SpecError(f"must be a question (got {shown(entry)})", (), "{template: size, level: 2, points: 1}")
    for key in entry:
        if key not in ITEM_KEYS:
            raise SpecError(f"unknown key {shown(key)}", (Key(key),), did_you_mean(key, ITEM_KEYS) or f"a question has {', '.join(ITEM_KEYS)}")
    worth = _points(entry.get("points", points), ("points",))
    many = _choices(entry.get("choices", choices), ("choices",))
    accept = entry.get("accept") or []
    accepted = tuple([str(word) for word in (accept if isinstance(accept, list) else [accept])])
    if "about" in entry:
        return _about(entry, before, worth, many, accepted)
    source = _template(entry)
    mistake = entry.get("mistake")
    if mistake is not None and mistake not in source.mistakes:
        raise SpecError(f"{source.name} does not expose a mistake called {shown(mistake)}", ("mistake",),
                        did_you_mean(str(mistake), source.mistakes) or f"it exposes {', '.join(sorted(source.mistakes))}")
    return Item(_id(entry, source.name, before), source, worth, many, mistake, None, "", accepted)


def _skill(word: object) -> str:
    name = str(word).strip().lower().replace("_", "-").replace(" ", "-")
    return ALIASES.get(name, name)


def _template(entry: dict[str, object]) -> Template:
    key = "template" if "template" in entry else "skill"
    if key not in entry:
        raise SpecError("has no template", (), f"template: {SKILLS[0]}")
    name, level = _skill(entry[key]), entry.get("level")
    if name not in SKILLS and name[-1:] in "1234" and name[-2:-1] == "-" and name[:-2] in SKILLS:
        name, level = name[:-2], int(name[-1]) if level is None else level
    if name not in SKILLS:
        raise SpecError(f"unknown template {shown(entry[key])}", (key,), did_you_mean(name, SKILLS) or f"templates are {', '.join(SKILLS)}")
    level = 1 if level is None else level
    if level not in LEVELS or isinstance(level, bool):
        raise SpecError(f"level must be from 1 to 4 (got {shown(level)})", ("level",) if "level" in entry else (key,))
    return template(name, level)


def _id(entry: dict[str, object], name: str, before: list[Item]) -> str:
    """The id given, or the template's name, numbered from its second use on."""
    taken = {item.id for item in before}
    if "id" in entry:
        given = str(entry["id"]).strip()
        if not given or len(given) > 60 or given in taken:
            raise SpecError(f"two questions have the id {shown(given)}" if given in taken else "an id has 1 to 60 characters", ("id",), "ids must differ")
        return given
    number = 1
    while (found := name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    return found


def _about(entry: dict[str, object], before: list[Item], points: float, choices: int, accept: tuple[str, ...]) -> Item:
    known = {item.id: item for item in before}
    name = str(entry["about"])
    if name not in known:
        raise SpecError(f"there is no question {shown(name)} before it", ("about",), did_you_mean(name, known) or "about names an earlier question by its id")
    first = known[name]
    if first.source is None or first.source.skill not in ("size", "pool", "params", "macs", "memory"):
        raise SpecError(f"the network of {name} cannot be asked about again", ("about",), "it must come from size, pool, params, macs or memory")
    ask = entry.get("ask")
    if ask not in QUANTITIES:
        raise SpecError(f"ask must be one of {', '.join(QUANTITIES)}" + (f" (got {shown(ask)})" if ask is not None else ""),
                        ("ask",) if "ask" in entry else (), did_you_mean(str(ask), QUANTITIES))
    return Item(_id(entry, f"{name}-{ask}", before), None, points, choices, None, name, str(ask), accept)


# The sheets.


class Maker:
    """Makes the sheets of a quiz from a secret."""

    def __init__(self, quiz: Quiz, secret: bytes):
        self.quiz, self.secret = quiz, secret
        #: The questions that variants have had, by item: no two variants have the same one.
        self._used: dict[str, set[str]] = {}

    def _key(self, item: str, student: str) -> bytes:
        return derived(self.secret, "question", self.quiz.name, self.quiz.version, item, student)

    def for_student(self, student: Student) -> Sheet:
        """The sheet of a student: it depends on nobody else, and each question only on one that it is about."""
        questions: dict[str, Question] = {}
        for item in self.quiz.items:
            stream = Stream(self._key(item.id, student.id))
            count = item.choices or 4
            questions[item.id] = self._question(item, stream, stream.below(count), stream.below(count), set(), questions)
        return self._sheet(student, questions)

    def for_variant(self, number: int) -> Sheet:
        """A variant, numbered from 1; the ranks and positions of right choices go in turn."""
        student = Student(f"variant {number}", f"Variant {number}")
        questions: dict[str, Question] = {}
        for item in self.quiz.items:
            count = item.choices or 4
            block, turn = divmod(number - 1, count)
            order = Order(Stream(derived(self.secret, "order", self.quiz.name, self.quiz.version, item.id, block)), count)
            rank, position = [order.next() for _ in range(turn + 1)][-1]
            used = self._used.setdefault(item.id, set())
            question = self._question(item, Stream(self._key(item.id, student.id)), rank, position, used, questions)
            used.add(question.id)
            questions[item.id] = question
        return self._sheet(student, questions)

    def _sheet(self, student: Student, questions: dict[str, Question]) -> Sheet:
        code = code_of(self.secret, "sheet", self.quiz.name, self.quiz.version, student.id)
        return Sheet(student, code, tuple([(item, questions[item.id]) for item in self.quiz.items]))

    def _question(self, item: Item, stream: Stream, rank: int, position: int, used: set[str], earlier: dict[str, Question]) -> Question:
        if item.source is not None:
            found = made(item.source, stream, item.choices, rank, position, item.mistake, used) or made(
                item.source, stream, item.choices, rank, position, item.mistake)
        else:
            found = about_same(earlier[str(item.about)], item.ask, item.choices, rank, position, stream)
        if found is None:
            raise SpecError(f"no good question was found for {item.id}", (), "leave out its mistake" if item.mistake else None)
        return found


def individual_problems(quiz: Quiz) -> Iterator[SpecError]:
    """The questions that are too few for individual sheets."""
    for i, item in enumerate(quiz.items):
        if item.source is not None and not item.source.individual:
            better = ", ".join(f"{item.source.skill}-{level}" for level in LEVELS if template(item.source.skill, level).individual)
            yield SpecError(f"{item.source.name} has too few different answers for individual sheets", ("questions", i),
                            f"use {better}, or --variants" if better else "use another skill, or --variants")
