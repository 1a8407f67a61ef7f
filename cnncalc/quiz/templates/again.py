"""Another question about the network of an earlier one."""

from __future__ import annotations

from ..choices import picked
from ..question import Question
from ..stream import Stream
from .about import question_about
from .counts import MACS, MEMORY, PARAMS
from .sizes import ROUNDED

#: What can be asked of a network again.
QUANTITIES = ("size", "params", "macs", "memory")


def about_same(earlier: Question, quantity: str, choices: int, rank: int, position: int, stream: Stream) -> Question | None:
    """Another question about the layer of an earlier one."""
    chain = earlier.draft.chain
    asked = {"size": ROUNDED, "params": PARAMS, "macs": MACS, "memory": MEMORY}[quantity]
    draft = question_about(chain, earlier.draft.layer, asked, throughout=chain is not None and len(chain.parts) > 1)
    if draft is None:
        return None
    question = Question(f"{earlier.id}-{quantity}", quantity, earlier.level, draft, ())
    for turn in range(choices or 1):  # another rank where there are too few mistakes on one side
        if not choices:
            return question
        found = picked(draft.answer, draft.wrong(), choices, (rank + turn) % choices, position, stream)
        if found is not None:
            return question._replace(choices=found[0])
    return None
