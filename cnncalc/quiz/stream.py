"""Random draws that are the same on every platform and in every version of Python: HMAC-SHA-256 in counter mode."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")
_BLOCK = 64
_INNER, _OUTER = (int.from_bytes(bytes([byte] * _BLOCK), "big") for byte in (0x36, 0x5C))
#: Digits that nobody mistakes for another one: no I, L, O or U.
_CODE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def hmac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA-256 (RFC 2104). The standard library's module takes 3 ms to import."""
    if len(key) > _BLOCK:
        key = sha256(key).digest()
    padded = int.from_bytes(key.ljust(_BLOCK, b"\0"), "big")
    inner, outer = ((padded ^ pad).to_bytes(_BLOCK, "big") for pad in (_INNER, _OUTER))
    return sha256(outer + sha256(inner + message).digest()).digest()


def derived(key: bytes, *parts: object) -> bytes:
    """A key for what the parts name: each with its length, so that no two lists of parts are alike."""
    words = [str(part).encode() for part in parts]
    return hmac(key, b"".join([b"%d:%s" % (len(word), word) for word in words]))


def code_of(key: bytes, *parts: object) -> str:
    """A code of 8 characters that tells nothing about the key."""
    bits = int.from_bytes(derived(key, "code", *parts)[:5], "big")
    return "".join([_CODE[bits >> shift & 31] for shift in range(35, -1, -5)])


class Stream:
    """A stream of draws from a key."""

    def __init__(self, key: bytes):
        self._key, self._block = key, 0
        self._words: list[int] = []

    def _word(self) -> int:
        """The next 32 bits."""
        if not self._words:
            block = hmac(self._key, b"draws %d" % self._block)
            self._block += 1
            self._words = [int.from_bytes(block[i:i + 4], "big") for i in range(28, -1, -4)]
        return self._words.pop()

    def below(self, n: int) -> int:
        """A number from 0 to n - 1, each as likely."""
        limit = 2**32 - 2**32 % n
        while (word := self._word()) >= limit:
            pass
        return word % n

    def between(self, first: int, last: int) -> int:
        """A number from `first` to `last`, both included."""
        return first + self.below(last - first + 1)

    def one(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        found = list(items)
        for i in range(len(found) - 1, 0, -1):
            j = self.below(i + 1)
            found[i], found[j] = found[j], found[i]
        return found

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """`count` different items, in a random order."""
        found = list(items)
        for i in range(min(count, len(found) - 1)):
            j = i + self.below(len(found) - i)
            found[i], found[j] = found[j], found[i]
        return found[:count]
