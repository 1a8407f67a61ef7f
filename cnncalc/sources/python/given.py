"""What a command supplies along with a program; a module of its own, so that a command need not load the interpreter."""

from __future__ import annotations

from typing import Any


class Given:
    """What a command supplies along with the file: sizes of inputs, values of variables, Keras's data format."""

    def __init__(self, input: Any = None, values: tuple[str, ...] = (), data_format: str | None = None):
        self.input, self.values, self.data_format = input, values, data_format
        #: For PyTorch: the inputs as they were written, and the batch size.
        self.words: tuple[str, ...] = ()
        self.batch: int | None = None
        #: Whether PyTorch's modules run in training mode, for which auxiliary heads are there.
        self.training = False
        #: Imports that a text without a file is read after, and what was read of standard input.
        self.prelude = ""
        #: What is assumed of layers whose code cannot be read, by their names.
        self.assume: dict[str, str] = {}
        self.standard_input: bytes | None = None
