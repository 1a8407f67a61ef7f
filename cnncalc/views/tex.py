"""LaTeX: tables as booktabs draws them, shapes and formulas as mathematics."""

from __future__ import annotations

import re
from collections.abc import Callable

from .report import Formula, Heading, Lines, Picture, Report, Table, Working, Writer

_ESCAPED = {"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
            "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
            "|": r"\textbar{}", '"': "''", "└": r"$\llcorner$", "█": r"\rule{1ex}{1ex}"}
#: Signs of our formulas, in text and in mathematics.
SIGNS = {"×": r"\times", "−": "-", "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "→": r"\to", "…": r"\dots",
         "√": r"\surd", "≈": r"\approx", "≥": r"\geq", "≤": r"\leq", "≠": r"\neq", "²": "^2", "³": "^3", "ε": r"\varepsilon",
         "±": r"\pm", "·": r"\cdot", "Σ": r"\Sigma", "σ": r"\sigma", "μ": r"\mu", "γ": r"\gamma", "β": r"\beta",
         "∞": r"\infty", "⁰": "^0", "¹": "^1"}

#: Signs in a picture, whose characters all have one width.
_PLAIN = str.maketrans({"×": "x", "−": "-", "→": ">", "…": ".", "·": ".", "└": "+", "⌊": "[", "⌋": "]", "⌈": "[", "⌉": "]", "≈": "~"})

#: A shape as tables and headings write it: (None, 28, 28, 6), 28x28x6, h × w × c = 28 × 28 × 6. In the cell of a table, where
#: it is no position, (5, 5, 1, 6) too.
_SIZES = re.compile(r"\((?:None|\d+|\?)(?:, (?:None|\d+|\?))+\)")
_SHAPE = re.compile(r"\(None(?:, (?:None|\d+|\?))*\)|(?<![\w.])(?:\d+|\?)(?:x(?:\d+|\?))+(?![\w.])"
                    r"|(?<![\w.])(?:[\d,]+|\?|[a-z]\d*)(?: × (?:[\d,]+|\?|[a-z]\d*))+(?![\w.])")


def escaped(text: str) -> str:
    """Text in which LaTeX sees no commands."""
    return "".join([_ESCAPED.get(c) or (f"${SIGNS[c]}$" if c in SIGNS else c) for c in text.replace("->", "→")])


def shape_math(text: str) -> str:
    r"""A shape as mathematics, without an unknown batch: (None, 28, 28, 6) is 28 \times 28 \times 6."""
    if "×" in text:
        return math(text)
    sizes = re.findall(r"None|\d+|\?", text)
    if sizes[0] == "None" and len(sizes) > 1:
        sizes = sizes[1:]
    return r" \times ".join([{"None": "?"}.get(size, size) for size in sizes])


def prose(text: str, escape: Callable[[str], str] = escaped) -> str:
    """Text with its shapes as mathematics and all else escaped."""
    parts, at = [], 0
    for found in _SHAPE.finditer(text):
        parts += [escape(text[at:found.start()]), f"${shape_math(found[0])}$"]
        at = found.end()
    return "".join([*parts, escape(text[at:])])


def cell(text: str) -> str:
    """The cell of a table."""
    return f"${shape_math(text)}$" if _SIZES.fullmatch(text) else prose(text)


def setting(text: str, escape: Callable[[str], str] = escaped) -> str:
    """A setting of a legend, the letter and its value as mathematics: filters F = 6."""
    found = re.fullmatch(r"(.*? )??([A-Za-z]\w*(?:, \w+)* = .*)", text)
    return prose(text, escape) if found is None else f"{escape(found[1] or '')}${math(found[2])}$"


#: A phrase, a letter with its index, a number, a power, or one sign.
_TOKEN = re.compile(r"(?P<phrase>[^\W\d_][\w.:/]*(?: [^\W\d_][\w.:/]+)+)|(?P<name>[^\W\d_][\w.:]*)(?P<primes>'*)"
                    r"|(?P<number>\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?)|(?P<power>\^)|(?P<space>\s+)|(?P<sign>.)")
_LETTER = re.compile(r"([A-Za-z])(\d*)(?:_([a-z0-9]+))?")


def math(formula: str) -> str:
    r"""One of our formulas as mathematics: h' = ⌊(28 − 5) / 1⌋ + 1 is h' = \lfloor (28 - 5) / 1\rfloor + 1."""
    out = ""
    for found in _TOKEN.finditer(formula):
        text = found[0]
        if found["phrase"]:
            out += r"\textrm{" + escaped(text) + "}"
        elif found["name"]:
            out += _name(found["name"]) + found["primes"]
        elif found["number"]:
            out += text.replace(",", "{,}")
        elif found["sign"]:
            out += SIGNS[text] + " " * SIGNS[text].startswith("\\") if text in SIGNS else _ESCAPED.get(text, text)
        else:
            out += text
    out = re.sub(r"\^(\w[\w{},]*|\([^()]*\))", r"^{\1}", out)
    return re.sub(r" +", " ", out.replace("} (", r"}\ (")).strip()


def _name(word: str) -> str:
    if word in ("max", "min"):
        return "\\" + word
    letter = _LETTER.fullmatch(word)
    if letter is None:
        return SIGNS.get(word) or r"\mathrm{" + escaped(word) + "}"
    index = ",".join([part for part in letter.groups()[1:] if part])
    return letter[1] + (f"_{{{index}}}" if index else "")


class Latex(Writer):
    """Pieces to be put into a document; a comment at the top names the package that they need."""

    def report(self, report: Report) -> str:
        self.name = report.name
        text = super().report(report)
        return f"% {report.name}; \\usepackage{{booktabs,amssymb}}\n{text}"

    def table(self, table: Table) -> str:
        def line(cells: list[str]) -> str:
            return "  " + " & ".join(map(cell, cells)) + r" \\" + "\n"

        rows = [line(row) for row in table.body]
        if table.total and len(rows) > 1:
            rows.insert(len(rows) - 1, "  \\midrule\n")
        form = "".join(["r" if column.right else "l" for column in table.columns])
        titles = line([column.title for column in table.columns])
        heading = f"\\noindent\\textbf{{{prose(table.name)}}}\\par\\smallskip\n" if table.name not in ("", self.name) else ""
        return (f"{heading}\\begin{{tabular}}{{{form}}}\n  \\toprule\n{titles}  \\midrule\n{''.join(rows)}"
                "  \\bottomrule\n\\end{tabular}\n")

    def heading(self, heading: Heading) -> str:
        return f"\\{'sub' * (heading.level - 1)}section*{{{prose(heading.text)}}}\n"

    def lines(self, lines: Lines) -> str:
        return "\\\\\n".join([prose(line.strip()) for line in lines.lines]) + "\n" * bool(lines.lines)

    def working(self, working: Working) -> str:
        out = self.heading(Heading(working.heading))
        if working.settings:
            out += ", ".join(map(setting, working.settings)) + "\n"
        items = "".join([f"  \\item {_item(formula)}\n" for formula in working.formulas])
        out += f"\\begin{{itemize}}\n{items}\\end{{itemize}}\n" if items else ""
        return out + "".join([f"{prose(remark)}\n" for remark in working.remarks])

    def picture(self, picture: Picture) -> str:
        if picture.terminal_only:
            return ""
        text = "\n".join(picture.drawn(80, False)).translate(_PLAIN).replace("\\end{verbatim}", "")
        return f"\\begin{{verbatim}}\n{text}\n\\end{{verbatim}}\n"


def _item(formula: Formula) -> str:
    parts = [f"${math(formula.formula)}$"] if formula.formula else []
    return " ".join([*parts, *([prose(formula.words)] if formula.words else [])])
