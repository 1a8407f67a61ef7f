"""Python source without a file: a slide pasted on standard input, or a text in a program.

A slide seldom has its imports, and what is copied from one has typographic quotes, prompts and indents.
"""

from __future__ import annotations

import ast
import re
import textwrap

from ...errors import CnncalcError
from ...graph import Graph
from ..file_kinds import is_python
from ..layer_text import read_layers
from .given import Given
from .networks import Found, read_network
from .text import SourceText, notebook_text, parse

#: The names that a slide uses without importing them, and where they come from.
USUAL = """
import keras, tensorflow as tf, numpy as np, math
from functools import partial
from keras import layers, models, ops, applications, datasets, activations, initializers, regularizers, optimizers
from keras import backend as K
from keras.layers import *
from keras.models import *
from keras.applications import *
"""
USUAL_TORCH = """
import torch, math
from torch import nn
from functools import partial
import torch.nn.functional as F
from torch.nn import *
"""
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2032": "'", "\u2033": '"', "\u00d7": "*", "\u2212": "-", "\xa0": " "})
_PROMPT = re.compile(r"^(?:>>> ?|\.\.\. ?|In ?\[\d*\]: ?)", re.MULTILINE)
_TORCH = re.compile(r"\b(?:torch|nn\.[A-Z]\w+|Conv[123]d|MaxPool[123]d|BatchNorm[123]d|Linear)\b")


def read_code(text: str, input: object, values: tuple[str, ...] = ()) -> tuple[Graph | None, list[CnncalcError], list[str]]:
    """The network of some layers or of a slide's code, all that is wrong, and notes."""
    graph, errors = read_layers(text, input)
    if errors:
        clean = cleaned(text)
        if is_python(text) if text.lstrip()[:1] == "{" else not only_layers(SourceText("<layers>", clean)):
            found = read_pasted("<layers>", text, Given(input, values))
            return found.graph, found.errors, found.notes
        if clean != text:
            graph, errors = read_layers(clean, input)
    return graph, errors, []


def read_pasted(shown: str, text: str, given: Given) -> Found:
    """The network of source that has no file, or of layers written one after the other."""
    if text.lstrip()[:1] == "{":
        return read_network(notebook_text(shown, text), None, given)
    clean = cleaned(text)
    source = SourceText(shown, clean)
    if only_layers(source):
        graph, errors = read_layers(clean, given.input)
        return Found(graph, errors)
    given.prelude = USUAL_TORCH if _TORCH.search(clean) else USUAL
    return read_network(source, None, given)


def cleaned(text: str) -> str:
    """The text without what slides and terminals put around code; each line stays in its place."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").translate(_QUOTES)
    if ">>> " in text or "In [" in text:
        text = _PROMPT.sub("", text)
    return textwrap.dedent(text)


def only_layers(source: SourceText) -> bool:
    """Whether a text is layers one after the other, or calls of `model.add` on a model that it does not make."""
    try:
        body = parse(source).body
    except CnncalcError:
        return False
    made: set[str] = set()
    for node in body:
        if isinstance(node, ast.Assign):
            made |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif not isinstance(node, ast.Expr):
            return False
    calls = [node.value for node in body if isinstance(node, ast.Expr)]
    added = {call.func.value.id for call in calls if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
             and call.func.attr == "add" and isinstance(call.func.value, ast.Name)}
    if added:
        return not made
    return not made and not any(isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ("compile", "summary", "fit")
                                for call in calls)
