"""Questions about the layers of a network that already exists: a bundled one, or the student's own file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..analysis import Step, Trace
from ..errors import CnncalcError
from ..homework.correct_values import CorrectValues
from ..homework.diagnosis import RARE
from ..homework.layer_run import USUAL
from ..homework.mistake_values import MistakeValues
from ..homework.mistakes import FIELD_MISTAKES
from ..layers import InputLayer, Shape
from ..layers.merge import Add, Concatenate
from ..layers.reshape import Flatten
from .chain import simple
from .choices import picked
from .question import Draft, Question, Wrong
from .stream import Stream
from .values import Value, text_of
from .wording import BIASES, FLOAT32, ONE_MAC, PER_AXIS


class Asks(NamedTuple):
    """A quantity as it is asked for: its skill and level, the question about {it}, its convention and rule."""

    skill: str
    level: int
    quantity: str
    question: str
    conventions: tuple[str, ...]
    rule: str


ASKS = (
    Asks("size", 2, "output", "What is the shape of its output, without the batch?", (), "how often does the window fit, with its stride and padding?"),
    Asks("params", 2, "params", "How many parameters does it have, weights and biases together?", (BIASES,), "what does one filter look at, and what does it add?"),
    Asks("macs", 3, "macs", "How many MACs (multiply-accumulate operations) does it need for one image? Do not count the biases.", (ONE_MAC,),
         "how many products does one output need, and how many outputs are there?"),
    Asks("memory", 3, "memory", "How many bytes does its output take for one image, in float32 (4 bytes per value)?", (FLOAT32,),
         "how many numbers does the layer put out, and how large is each?"),
    Asks("field", 3, "receptive_field", "How large is the receptive field of one of its outputs, in pixels of the input along one side?", (PER_AXIS,),
         "how many pixels does each window add, and how large are its steps?"),
)


#: The settings of a layer that its numbers depend on.
SHOWN = frozenset(["filters", "kernel_size", "strides", "padding", "dilation_rate", "groups", "use_bias", "units", "pool_size", "output_padding",
                   "depth_multiplier", "axis", "center", "scale", "data_format", "ceil_mode"])


class NetworkQuestions:
    """All questions about a network; `text` is its architecture file."""

    def __init__(self, trace: Trace, name: str, text: str | None, skills: Sequence[str]):
        self.trace, self.name, self.text = trace, name, text
        self.correct = CorrectValues(trace, USUAL)
        self.values = MistakeValues(self.correct)
        self._asked = [(i, ask) for i, step in enumerate(trace.steps) for ask in ASKS if self._worth(i, step, ask) and self._skill(step, ask) in skills]

    @property
    def skills(self) -> list[str]:
        return list(dict.fromkeys([self._skill(self.trace.steps[i], ask) for i, ask in self._asked]))

    @staticmethod
    def _skill(step: Step, ask: Asks) -> str:
        if ask.quantity != "output":
            return ask.skill
        return "pool" if "Pooling" in step.kind else "transposed" if "Transpose" in step.kind else "size"

    def _worth(self, i: int, step: Step, ask: Asks) -> bool:
        """Whether a layer computes something worth asking."""
        run = self.correct.runs[i]
        if run is None or type(step.node.layer) is InputLayer or step.opaque or step.shared or not step.used or step.output is None or None in step.output:
            return False
        if ask.quantity == "params":
            return bool(step.params)
        if ask.quantity == "macs":
            return bool(run.value("macs"))
        if ask.quantity == "receptive_field":
            return self._field(i) is not None and run.windows() is not None
        return run.windows() is not None or (ask.quantity == "output" and isinstance(step.node.layer, (Flatten, Concatenate, Add)))

    def _field(self, i: int) -> int | None:
        """The receptive field along one side, where both sides are alike."""
        field = self.correct.fields[i]
        if not field or len({axis.size for axis in field}) > 1 or field[0].size is None:
            return None
        shown = [value for value in self.correct.values((i,), "receptive_field") if isinstance(value, tuple)]
        return int(field[0].size) if shown and tuple([int(n) for n in shown[0]]) == tuple([int(axis.size) for axis in field]) else None

    def question(self, stream: Stream, choices: int, rank: int, position: int, used: set[str], exposing: str | None = None) -> Question | None:
        """A question that was not used yet; None if there is none left."""
        for i, ask in stream.shuffled(self._asked):
            step = self.trace.steps[i]
            name = f"{self.name}-{step.name}-{ask.quantity}"
            if name in used:
                continue
            draft = self._draft(i, step, ask)
            if draft is None or (exposing is not None and exposing not in [wrong.mistake for wrong in draft.wrong()]):
                continue
            question = Question(name, self._skill(step, ask), ask.level, draft, ())
            if not choices:
                return question
            for turn in range(choices):  # another rank where there are too few mistakes on one side
                found = picked(draft.answer, draft.wrong(), choices, (rank + turn) % choices, position, stream)
                if found is not None:
                    return question._replace(choices=found[0])
        return None

    def _draft(self, i: int, step: Step, ask: Asks) -> Draft | None:
        right = self._value(i, ask.quantity)
        if right is None:
            return None
        return Draft(self._stem(step, ask), right, lambda: self._wrong(i, ask.quantity, right), None, step.name, ask.quantity, ask.conventions,
                     lambda: self._working(i, ask.quantity, right), ask.rule, graded=lambda: self.trace, source=self.text)

    def _value(self, i: int, quantity: str) -> Value | None:
        if quantity == "receptive_field":
            return self._field(i)
        value = next(iter(self.correct.values((i,), quantity)), None)
        return None if value is None else simple(value)

    def _stem(self, step: Step, ask: Asks) -> str:
        layer = step.node.layer
        assert layer is not None
        kept = {key: value for key, value in layer.arguments().items() if key in SHOWN}
        settings = ", ".join([f"{key}={value!r}" for key, value in kept.items()])
        inputs = " and ".join([_shape(x) for x in step.inputs])
        more = " MACs count multiplications with their additions." if ask.quantity == "macs" else ""
        field = f" The input of {self.name} is {_shape(self.trace.steps[0].output or Shape())}." if ask.quantity == "receptive_field" else ""
        return f"In {self.name}, the layer {step.name} is {step.kind}({settings}) and reads {inputs}.{field} {ask.question}{more}"

    def _wrong(self, i: int, quantity: str, right: Value) -> list[Wrong]:
        run = self.correct.runs[i]
        assert run is not None
        found: dict[Value, Wrong] = {}
        if quantity == "receptive_field":
            for mistake in FIELD_MISTAKES:
                value = self.values.field_values(mistake, quantity, {})[i]
                if value and len(set(value)) == 1 and value[0] > 0:
                    found.setdefault(int(value[0]), Wrong(int(value[0]), mistake.name, mistake.words))
        else:
            for table in (self.values.table(run, quantity), self.values.in_chains(i, quantity)):
                for candidate in table.candidates:
                    if _usable(candidate.value) and candidate.name not in RARE:
                        found.setdefault(simple(candidate.value), Wrong(simple(candidate.value), candidate.name, candidate.words))
        found.pop(right, None)
        return list(found.values())

    def _working(self, i: int, quantity: str, right: Value) -> list[str]:
        from ..homework.claims import Claim
        from ..homework.report import Mark
        from ..homework.sheet import Cell
        from ..homework.working import right_lines

        mark = Mark(Cell((i,), quantity, Claim(""), ""), "wrong", None)
        try:
            lines = [str(line) for line in right_lines(mark, self.correct)]
        except CnncalcError:
            lines = []
        return lines or [text_of(right)]


def _usable(value: object) -> bool:
    if isinstance(value, tuple):
        return all([isinstance(n, int) and n > 0 for n in value])
    return isinstance(value, int) and value > 0


def _shape(shape: Shape) -> str:
    return "×".join(["?" if n is None else f"{n}" for n in shape])
