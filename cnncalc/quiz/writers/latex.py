"""A handout in LaTeX, a page for each sheet."""

from __future__ import annotations

from ..sheets import Sheet
from ..values import text_of
from . import Paper, feedback_right, feedback_wrong, points_words

_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}", "[": "{[}", "]": "{]}", '"': r"\textquotedbl{}",
    "×": r"$\times$", "−": "$-$", "⌊": r"$\lfloor$", "⌋": r"$\rfloor$", "⌈": r"$\lceil$", "⌉": r"$\rceil$", "·": r"$\cdot$",
    "₁": "$_1$", "₂": "$_2$", "²": "$^2$", "–": "--", "'": r"\textquotesingle{}",
}
HEAD = r"""\documentclass[a4paper,11pt]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{textcomp}
\usepackage[margin=2.5cm]{geometry}
\setlength{\parindent}{0pt}
\begin{document}
"""


def escaped(text: str) -> str:
    """Text in which LaTeX finds no command of its own."""
    return "".join([_ESCAPES.get(c, c) for c in text])


def written(paper: Paper) -> str:
    pages = ["\n".join(_sheet(paper, sheet)) for sheet in paper.sheets]
    return HEAD + "\n\\newpage\n".join(pages) + "\n\\end{document}\n"


def _sheet(paper: Paper, sheet: Sheet) -> list[str]:
    title = f"{escaped(paper.quiz.title)}{': key' if paper.key else ''}"
    lines = [rf"\section*{{{title}}}", rf"{escaped(sheet.student.name or sheet.student.id)} \hfill sheet \texttt{{{sheet.code}}}", r"\begin{enumerate}"]
    for item, question in sheet.questions:
        lines.append(rf"\item {escaped(question.stem)} ({points_words(item.points)})")
        if question.choices:
            lines.append(r"\begin{enumerate}")
            for choice in question.choices:
                note = " (right)" if choice.right else f" ({feedback_wrong(choice.mistake, choice.words).rstrip('.')})"
                lines.append(rf"\item {escaped(text_of(choice.value))}{escaped(note) if paper.key else ''}")
            lines.append(r"\end{enumerate}")
        if paper.key:
            letter = f"{question.letter.lower()}) " if question.choices else ""
            lines.append(rf"\par Answer: {letter}{escaped(text_of(question.answer))}. {escaped(feedback_right(question))}")
        elif not question.choices:
            lines.append(r"\par\vspace{2cm}")
    return [*lines, r"\end{enumerate}"]
