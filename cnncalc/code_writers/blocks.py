"""Parts of a network that repeat, found in its statements: each becomes a function or class with what differs as its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .program import Body, Part, Statement, Value
from .text import Bracket, Expr, Name, identifier

#: Statements of a block: fewer do not help a reader, more are not one block.
SHORTEST, LONGEST = 4, 48
#: Lines that a block must save beyond its own.
LEAST_SAVED = 6
#: Arguments that may be left out, with their defaults.
OPTIONAL = {"stride": "1", "strides": "1"}

Key = tuple[int, tuple[int | str, ...]]


class Block:
    """A repeated part: what it is called, its arguments, and its statements with these in their places."""

    def __init__(self, name: str, body: Body, parameters: list[str]):
        self.name, self.body, self.parameters = name, body, parameters


class _Segment:
    """Statements from `start` up to `end` that read one value from before, and of which only the last is read after."""

    def __init__(self, start: int, end: int, input: Value):
        self.start, self.end, self.input = start, end, input


#: Makes the call of a block: what it is called, the beginning of its names, its arguments, what it reads and gives.
MakeCall = Callable[[str, str, list[str], Value, list[Value]], Statement]


def with_blocks(body: Body, name: Callable[[str], str], call: MakeCall, attributes: bool) -> list[Block]:
    """Replace repeated parts of `body` by calls of blocks; the blocks.

    `name` makes a word the free name of a block. `attributes` says that names of parts are those of attributes, not arguments.
    """
    blocks: list[Block] = []
    if body.chain():
        return blocks
    while True:
        found = _best(body, attributes)
        if not found:
            return blocks
        blocks.append(_replaced(body, found, name, call, attributes))


# Finding.


def _best(body: Body, attributes: bool) -> list[_Segment]:
    """The alike segments that save most lines."""
    groups: dict[object, list[_Segment]] = {}
    for segment, signature in _segments(body, attributes):
        group = groups.setdefault(signature, [])
        if not group or group[-1].end <= segment.start:
            group.append(segment)
    best: list[_Segment] = []
    most = 0
    for group in groups.values():
        length = group[0].end - group[0].start
        saved = (len(group) - 1) * length - length // 2 - LEAST_SAVED
        if len(group) > 1 and saved > most and _stems(body, group) is not None:
            best, most = group, saved
    return best


def _segments(body: Body, attributes: bool) -> Iterable[tuple[_Segment, object]]:
    statements = body.statements
    made = {value: at for at, statement in enumerate(statements) for value in statement.outputs}
    last: dict[Value, int] = {}
    uses: dict[Part, int] = {}
    for at, statement in enumerate(statements):
        for value in statement.inputs:
            last[value] = at
        if statement.part is not None:
            uses[statement.part] = uses.get(statement.part, 0) + 1
    for value in body.outputs:
        last[value.tensor] = len(statements)
    for start in range(len(statements)):
        signature: list[Any] = []
        outside: list[Value] = []
        parts: list[Part] = []
        waiting = 0
        furthest = -1
        for at in range(start, min(start + LONGEST, len(statements))):
            statement = statements[at]
            if len(statement.outputs) != 1 or statement.block:
                break
            if statement.part is not None and uses[statement.part] > 1 and not attributes:
                break  # a function would make a layer for each call
            if statement.part is not None:
                waiting += (uses[statement.part] if statement.part not in parts else 0) - 1
                if statement.part not in parts:
                    parts.append(statement.part)
            if at > start:
                furthest = max(furthest, last.get(statements[at - 1].outputs[0], -1))
            wiring = []
            for value in statement.inputs:
                where = made.get(value, -1)
                if where < start:
                    if value not in outside:
                        outside.append(value)
                    wiring.append(-1 - outside.index(value))
                else:
                    wiring.append(where - start)
            if len(outside) > 1:
                break
            signature.append((tuple(wiring), statement.template, statement.wraps, statement.listed, _shape_of(statement.part),
                              parts.index(statement.part) if statement.part is not None else -1,
                              len(statement.outputs[0].shape), statement.outputs[0].axes, tuple(statement.comments)))
            # What it reads goes several ways through it: around a residual block, into the branches of an inception.
            if not waiting and at - start + 1 >= SHORTEST and furthest <= at and sum([row[0].count(-1) for row in signature]) > 1 and _ends(statements[at - 1:at + 1]):
                yield _Segment(start, at + 1, outside[0]), tuple(signature)


def _ends(last: list[Statement]) -> bool:
    """Whether a block may end with the last of these: where ways meet, or with an activation after that."""
    activation = last[1].wraps or _head(last[1]) in ("layers.Activation", "layers.ReLU", "nn.ReLU")
    return len(last[1].inputs) > 1 or (activation and len(last[0].inputs) > 1)


def _shape_of(part: Part | None) -> object:
    """A part without the values of its arguments."""
    return None if part is None else (part.frozen, part.automatic, _form(part.made))


def _form(expr: Expr) -> object:
    if not isinstance(expr, Bracket):
        return ""
    return (_form(expr.head) or expr.head.flat(), expr.open, tuple([(name, _form(item)) for name, item in expr.items if name not in OPTIONAL]))


# Writing.


def _leaves(expr: Expr, at: tuple[int | str, ...] = ()) -> Iterable[tuple[tuple[int | str, ...], str]]:
    """Every argument in an expression, with the way to it."""
    if isinstance(expr, Bracket):
        place = 0
        for name, item in expr.items:
            key: int | str = name or place
            place += not name
            yield from _leaves(item, (*at, key))
        if at == ():
            for name, standard in OPTIONAL.items():
                if name not in [item for item, _ in expr.items]:
                    yield (*at, name), standard
    else:
        yield at, expr.flat()


def _replaced(body: Body, segments: list[_Segment], name: Callable[[str], str], call: MakeCall, attributes: bool) -> Block:
    """The block of alike segments, which become calls of it."""
    first = body.statements[segments[0].start:segments[0].end]
    tables = [[dict(_leaves(s.part.made)) if s.part is not None else {} for s in body.statements[g.start:g.end]] for g in segments]
    values = {(i, way): tuple([table[i][way] for table in tables]) for i, own in enumerate(tables[0]) for way in own}
    stems = _stems(body, segments) or [""]
    arguments = _arguments(first, {key: v for key, v in values.items() if len(set(v)) > 1 and key[1] != ("name",)})
    inner, places = _body(first, segments[0].input, arguments, stems[0], attributes)
    word = _kind(first)
    if word == "residual_block" and any([set(vector) != {"1"} for (_, way), vector in values.items() if way[0] in OPTIONAL]):
        word = "downsample_block"
    named = bool(stems[0]) and not attributes
    block = Block(name(word), inner, [*places, *(["name"] if named else [])])
    done: list[Statement] = []
    at = 0
    for g, segment in enumerate(segments):
        made = call(block.name, stems[g], [values[key][g] for key in places.values()], segment.input, body.statements[segment.end - 1].outputs)
        made.block = True
        gone = [s.part for s in body.statements[segment.start:segment.end] if s.part is not None]
        if made.part is not None:
            body.parts[body.parts.index(gone[0])] = made.part
        body.parts = [part for part in body.parts if part not in gone]
        done += [*body.statements[at:segment.start], made]
        at = segment.end
    body.statements = [*done, *body.statements[at:]]
    return block


def _kind(first: list[Statement]) -> str:
    """What a block is called, by how its ways meet."""
    end = [s for s in first if len(s.inputs) > 1][-1]
    for word, templates, layer in (("residual_block", (" + ",), "layers.Add"), ("gated_block", (" * ",), "layers.Multiply"),
                                   ("concat_block", ("torch.cat",), "layers.Concatenate")):
        if _head(end) == layer or any([text in end.template for text in templates]):
            return word
    return "block"


def _head(statement: Statement) -> str:
    made = statement.part.made if statement.part is not None else None
    return made.head.flat() if isinstance(made, Bracket) else ""


def _stems(body: Body, segments: list[_Segment]) -> list[str] | None:
    """The beginnings of the names of each segment's parts, empty if they are automatic; None if the rest of the names differs."""
    parts = [list(dict.fromkeys([s.part for s in body.statements[g.start:g.end] if s.part is not None])) for g in segments]
    names = [[part.name for part in own if not part.automatic] for own in parts]
    if not names[0]:
        return [""] * len(segments)
    found = []
    for own in names:
        stem = own[0]
        while not all([other.startswith(stem) for other in own]):
            stem = stem[:-1]
        found.append(stem[: stem.rfind("_")] if "_" in stem else "")
    rests = {tuple([name.removeprefix(f"{stem}_") for name in own]) for own, stem in zip(names, found)}
    return found if all(found) and len(rests) == 1 and len(set(found)) == len(found) else None


def _arguments(first: list[Statement], values: dict[Key, tuple[str, ...]]) -> dict[Key, str]:
    """What stands in each place that differs: an argument of the block, or a multiple of one."""
    groups: dict[tuple[str, ...], list[Key]] = {}
    for key, vector in values.items():
        groups.setdefault(vector, []).append(key)
    words: dict[tuple[str, ...], str] = {}
    taken: set[str] = {"x", "name"}
    for vector, places in sorted(groups.items(), key=lambda group: [int(text) if text.isdigit() else 10**9 for text in group[0]]):
        base = next((f"{_ratio(vector, other)} * {word}" for other, word in words.items() if _ratio(vector, other) > 1), None)
        if base is not None:
            continue
        word = _word(first, places)
        number = 1
        made = word
        while made in taken:
            number += 1
            made = f"{word}{number}"
        taken.add(made)
        words[vector] = made
    if "hidden_channels" in taken and not taken & {"channels", "in_channels", "out_channels"}:
        words = {vector: "channels" if word == "hidden_channels" else word for vector, word in words.items()}
    found: dict[Key, str] = {}
    for vector, places in groups.items():
        text = words.get(vector) or next(f"{_ratio(vector, other)} * {word}" for other, word in words.items() if _ratio(vector, other) > 1)
        found.update(dict.fromkeys(places, text))
    return found


def _ratio(vector: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many times `other` a list of numbers is everywhere; 0 if it is not."""
    if not all([text.isdigit() and int(text) for text in (*vector, *other)]):
        return 0
    ratios = {int(a) / int(b) for a, b in zip(vector, other)}
    ratio = ratios.pop()
    return int(ratio) if not ratios and ratio.is_integer() else 0


def _word(first: list[Statement], places: list[Key]) -> str:
    """A name for an argument, from those that it is passed on to."""
    names = {_name(first[at], way) for at, way in places}
    if names & {"in_channels", "in_features"} and names & {"out_channels", "out_features"}:
        earliest = min([at for at, _ in places])
        begins = earliest == min([i for i, statement in enumerate(first) if statement.part is not None])
        return "channels" if begins and (earliest, (0,)) in places else "hidden_channels"
    for word in ("in_channels", "out_channels", "filters", "units", "in_features", "out_features"):
        if word in names:
            return word
    return sorted(names)[0]


def _name(statement: Statement, way: tuple[int | str, ...]) -> str:
    """The name of an argument of a layer or module."""
    from ..layers import KINDS

    last = way[0]
    if isinstance(last, str):
        return last
    head = _head(statement).removeprefix("layers.")
    try:
        return list(KINDS[head].settings)[last]
    except (KeyError, IndexError):
        return "rate"


def _body(first: list[Statement], input: Value, arguments: dict[Key, str], stem: str, attributes: bool) -> tuple[Body, dict[str, Key]]:
    """The statements of the block, and for each of its arguments a place that has it."""
    inner = Body()
    inner.inputs = [input]
    counts: dict[str, int] = {}
    known: dict[Part, Part] = {}
    for i, statement in enumerate(first):
        part = statement.part
        if part is not None and part in known:
            part = known[part]
        elif part is not None:
            own = part.name.removeprefix(f"{stem}_")
            if part.automatic:
                word = part.name.rstrip("0123456789_") or "layer"
                counts[word] = counts.get(word, 0) + 1
                own = f"{word}{counts[word]}"
            made = _filled(part.made, {way: arguments[j, way] for j, way in arguments if j == i})
            if isinstance(made, Bracket) and not attributes:
                items = [(name, Name(f'f"{{name}}_{own}"') if name == "name" else item) for name, item in made.items]
                made = Bracket(made.head, [(name, item) if name else item for name, item in items])
            known[part] = made_part = Part(identifier(own, "layer") if attributes else own, made, part.automatic, part.frozen)
            part = made_part
            inner.parts.append(part)
        copy = Statement(statement.inputs, statement.outputs, part, statement.template, statement.wraps, statement.alone, statement.listed)
        copy.comments = statement.comments
        inner.statements.append(copy)
    inner.outputs = first[-1].outputs
    places: dict[str, Key] = {}
    for key, text in sorted(arguments.items(), key=lambda item: item[0][1][0] in OPTIONAL):
        if text.isidentifier():
            places.setdefault(text, key)
    return inner, places


def _filled(expr: Expr, told: dict[tuple[int | str, ...], str], at: tuple[int | str, ...] = ()) -> Expr:
    """The expression with arguments of the block in their places."""
    if at in told:
        return Name(told[at])
    if not isinstance(expr, Bracket):
        return expr
    items: list[Expr | tuple[str, Expr]] = []
    place = 0
    for name, item in expr.items:
        key: int | str = name or place
        place += not name
        made = _filled(item, told, (*at, key))
        items.append((name, made) if name else made)
    there = [name for name, _ in expr.items]
    more: list[Expr | tuple[str, Expr]] = [(name, Name(told[(*at, name)])) for name in OPTIONAL if (*at, name) in told and name not in there]
    leading = len([name for name in there if not name])
    items[leading:leading] = more
    return Bracket(expr.head, items, expr.open + expr.close, expr.rows)
