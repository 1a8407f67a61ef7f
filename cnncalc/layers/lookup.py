"""Words and numbers as places in a table: hashed, or looked up in a vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import SpecError
from .base import Layer, Shape
from .norm import Values
from .preprocessing import encoded
from .settings import Choice, Count, Flag, Kept, Setting

if TYPE_CHECKING:
    from ..dependence import Reads


class _Categories(Layer):
    """What gives each value its number, or a row with a one in its place."""

    output_mode: Choice

    def depth(self) -> int | None:
        """How long a row is; `None` where the file does not hold the vocabulary."""
        raise NotImplementedError

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        return x if self.output_mode == "int" else encoded(self.output_mode, x, self.depth(), x[:-1])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import placed
        from .preprocessing import encoded_reads

        return tuple([placed(x, y) if self.output_mode == "int" else encoded_reads(self, self.output_mode, y, x) for x in xs])

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        yield f"Keras needs TensorFlow for it: {self.kind}"


class Hashing(_Categories, kind="Hashing"):
    """Each value as one of `num_bins` numbers that a hash function gives."""

    num_bins = Count(symbol="v")
    mask_value = Kept(None)
    salt = Kept(None)
    output_mode = Choice("int", "int", "one_hot", "multi_hot", "count", exact=True)
    sparse = Flag(False)

    def depth(self) -> int | None:
        return self.num_bins

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        return x if self.output_mode == "int" else Shape((*x[:-1], self.num_bins))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, placed

        return (placed(xs[0], y) if self.output_mode == "int" else tuple(
            [Along(i if i < len(xs[0]) - 1 else None) for i in range(len(xs[0]))]),)


class HashedCrossing(_Categories, kind="HashedCrossing"):
    """Each pair of values as one of `num_bins` numbers that a hash function gives."""

    arity = (2, 2)
    num_bins = Count(symbol="v")
    output_mode = Choice("int", "int", "one_hot", exact=True)
    sparse = Flag(False)

    def depth(self) -> int | None:
        return self.num_bins

    def check(self, *xs: Shape) -> None:
        if xs[0][-1:] != xs[1][-1:]:
            raise SpecError(f"needs two inputs of one shape, got {xs[0]} and {xs[1]}")


class _Vocabulary(_Categories):
    """What looks values up in a vocabulary, which a file may keep elsewhere: then only its size is known, if at all."""

    max_tokens: Setting
    num_oov_indices: Count | int = 1
    mask_token: Kept | None = None
    oov_token: Kept
    vocabulary: Kept
    vocabulary_size: Setting
    pad_to_max_tokens: Flag

    def depth(self) -> int | None:
        if self.pad_to_max_tokens and self.max_tokens is not None:
            most: int = self.max_tokens
            return most
        if self.vocabulary_size is not None or not isinstance(self.vocabulary, (list, tuple)):
            size: int | None = self.vocabulary_size
            return size
        words = list(self.vocabulary)
        special = [self.mask_token] * (self.mask_token is not None and self.output_mode == "int")
        special += [self.oov_token] * int(self.num_oov_indices)
        return len(words) + (0 if words[: len(special)] == special else len(special))


class IntegerLookup(_Vocabulary, kind="IntegerLookup"):
    """Whole numbers as their places in a vocabulary."""

    max_tokens: Setting = Count(None)
    num_oov_indices = Count(1, least=0)
    mask_token = Kept(None)
    oov_token = Kept(-1)
    vocabulary = Values(None)
    vocabulary_dtype = Kept("int64")
    idf_weights = Kept(None)
    invert = Flag(False)
    output_mode = Choice("int", "int", "one_hot", "multi_hot", "count", "tf_idf", exact=True)
    sparse = Flag(False)
    pad_to_max_tokens = Flag(False)
    oov_method = Kept("floormod")
    salt = Kept(None)
    #: Not an argument of Keras's own, which its files hold.
    vocabulary_size: Setting = Count(None, least=0)


class StringLookup(_Vocabulary, kind="StringLookup"):
    """Words as their places in a vocabulary."""

    max_tokens: Setting = Count(None)
    num_oov_indices = Count(1, least=0)
    mask_token = Kept(None)
    oov_token = Kept("[UNK]")
    vocabulary = Kept(None)
    idf_weights = Kept(None)
    invert = Flag(False)
    output_mode = Choice("int", "int", "one_hot", "multi_hot", "count", "tf_idf", exact=True)
    pad_to_max_tokens = Flag(False)
    sparse = Flag(False)
    encoding = Kept("utf-8")
    salt = Kept(None)
    vocabulary_size: Setting = Count(None, least=0)


class TextVectorization(_Vocabulary, kind="TextVectorization"):
    """Texts as the places of their words in a vocabulary, or as a row with a place for each word."""

    oov_token = "[UNK]"
    #: Whether a text makes one row, as before Keras 3.15.
    of_keras_2 = False
    max_tokens: Setting = Count(None)
    standardize = Kept("lower_and_strip_punctuation")
    split = Kept("whitespace")
    ngrams = Kept(None)
    output_mode = Choice("int", "int", "multi_hot", "count", "tf_idf", exact=True)
    output_sequence_length: Setting = Count(None)
    pad_to_max_tokens = Flag(False)
    vocabulary = Kept(None)
    idf_weights = Kept(None)
    sparse = Flag(False)
    ragged = Flag(False)
    encoding = Kept("utf-8")
    vocabulary_size: Setting = Count(None, least=0)

    def output(self, *xs: Shape) -> Shape:
        if self.output_mode == "int":
            return Shape((self.output_sequence_length,))
        rest = xs[0] if self.split is not None and not self.of_keras_2 else xs[0][:-1]
        return Shape((*rest, self.depth()))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return (tuple([Along(i if self.output_mode != "int" and i < len(y) - 1 else None) for i in range(len(xs[0]))]),)

