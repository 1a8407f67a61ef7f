"""Python source with odd things put in it: `source(rng)` is a program, and `expression(rng)` a network of it."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "sources" / "python"))

from programs import PROGRAMS

TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
WORDS = ["None", "-1", "0", "10**9", "'a'", "[]", "()", "{}", "lambda x: x", "model", "x", "i", "layers", "self", "*", "**", "=", "==", ":", "(", ")",
         "[", "]", ".", "yield", "return", "for", "in", "if", "not", "is", "True", "1.5", "...", "range(3)", "np.zeros((2,3))",
         "keras.Input((3,))", "super()", "del x", "global x", "import os", "foo.bar", "@", "\t", "#", "\\", "'''", "f'{x:>9}'", "1e400",
         "await x", "async", "match x:", "case _:", "None,", "layers.Dense(3)", "model.layers", "model.output", "model.pop()", "x.shape",
         "K.shape(x)", "tf.reshape(x,[-1])", "x[...,None]", "x[1:]", "model(model.output)", "while True:", "lambda: model()",
         "__import__('os')", "exec('1')", "().__class__", "'{0.__class__}'.format(1)", "10**10**10", "'a'*10**9"]
EXPRESSIONS = ["model", "Net()", "Net(classes=3)", "LeNet.build(8, 8, 1, 2)", "ShallowNet", "model.layers[1]", "x", "1", "(", "__import__('os')"]


def source(rng: random.Random) -> bytes:
    """A program of ours with some of its words changed."""
    words = TOKEN.findall(rng.choice(PROGRAMS).source)
    for _ in range(rng.choice((1, 1, 2, 3, 5, 10))):
        if not words:
            break
        k, op = rng.randrange(len(words)), rng.random()
        if op < 0.3:
            words[k] = rng.choice(WORDS)
        elif op < 0.5:
            del words[k]
        elif op < 0.7:
            words.insert(k, rng.choice(WORDS))
        elif op < 0.8:
            j = rng.randrange(len(words))
            words[k], words[j] = words[j], words[k]
        elif op < 0.9:
            other = TOKEN.findall(rng.choice(PROGRAMS).source)
            start = rng.randrange(len(other))
            words[k:k] = other[start: start + rng.randrange(20)]
        else:
            words[k] *= rng.randrange(5)
    return "".join(words).encode("utf-8", "replace")


def expression(rng: random.Random) -> str:
    """What stands behind the colon, or nothing."""
    return ":" + rng.choice(EXPRESSIONS) if rng.random() < 0.4 else ""
