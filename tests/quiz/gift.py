"""A reader of GIFT, written from Moodle's documentation of the format; it shares no code with the writer."""

from __future__ import annotations

import re

ESCAPED = re.compile(r"\\(.)", re.S)


def unescaped(text: str) -> str:
    return ESCAPED.sub(r"\1", text).strip()


def split(text: str, marks: str) -> list[str]:
    """The parts that begin with one of the marks, none of them escaped."""
    parts, i = [""], 0
    while i < len(text):
        if text[i] == "\\":
            parts[-1] += text[i:i + 2]
            i += 2
            continue
        if text[i] in marks:
            parts.append("")
        parts[-1] += text[i]
        i += 1
    return parts


def read(text: str) -> list[dict]:
    """Each question with its category, name, text, answers (fraction, text, feedback) and general feedback."""
    category, found = "", []
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if not line.startswith("//")]
        if lines and lines[0].startswith("$CATEGORY:"):
            category = lines.pop(0).partition(":")[2].strip()
        if not lines:
            continue
        whole = "\n".join(lines)
        match = re.fullmatch(r"::((?:\\.|[^:\\])*)::\s*(?:\[\w+\])?((?:\\.|[^{}\\])*)\{((?:\\.|[^{}\\])*)\}\s*", whole, re.S)
        assert match, whole
        body, _, general = match[3].partition("####")
        numeric = body.lstrip().startswith("#")
        answers = []
        for part in split(body.strip().removeprefix("#"), "=~")[1:]:
            answer, *feedback = split(part[1:], "#")
            weight = re.match(r"\s*%(-?\d+(?:\.\d+)?)%", answer)
            fraction = float(weight[1]) if weight else 100.0 if part[0] == "=" else 0.0
            answer = unescaped(answer[weight.end():] if weight else answer)
            answers.append((fraction, answer, unescaped(feedback[0][1:]) if feedback else ""))
        found.append({"category": category, "name": unescaped(match[1]), "text": unescaped(match[2]), "numeric": numeric, "answers": answers,
                      "general": unescaped(general)})
    return found
