"""Numbers for questions: layers whose wrong rules give wrong numbers."""

from __future__ import annotations

from ..chain import Chain, Part, fits
from ..stream import Stream

FILTERS = (6, 8, 10, 12, 14, 16, 18, 20, 24, 28, 30, 32, 36, 40, 48, 50, 56, 60, 64)


def depths(stream: Stream, kernel: int = 0) -> tuple[int, int]:
    """Input channels and filters: different, and the channels neither k nor k²."""
    channels = stream.one([n for n in FILTERS if n not in (kernel, kernel**2)])
    return channels, stream.one([n for n in FILTERS if n != channels])


def conv(name: str, filters: int, kernel: int, stride: int = 1, padding: int | str = 0, **more: int) -> Part:
    """A convolution; settings that are the defaults are left out."""
    settings: dict[str, int | str | list[int]] = {"filters": filters, "kernel_size": kernel}
    settings |= {"strides": stride} if stride != 1 else {}
    settings |= {"padding": padding} if padding else {}
    return Part(name, "Conv2D", settings | more)


def pool(name: str, size: int, stride: int, padding: int | str = 0, kind: str = "MaxPooling2D") -> Part:
    return Part(name, kind, {"pool_size": size, "strides": stride, **({"padding": padding} if padding else {})})


def leaves_remainder(n: int, kernel: int, stride: int, padding: int) -> bool:
    return (n + 2 * padding - kernel) % stride != 0


def strided(stream: Stream, n: int) -> tuple[int, int, int] | None:
    """Kernel, stride and padding that tell every wrong rule for sizes: p ≥ 1, s ≥ 2, p ≠ s, k ≠ 2p + 1, a remainder."""
    kernel, stride, padding = stream.between(3, 8), stream.between(2, 4), stream.between(1, 4)
    good = padding != stride and kernel != 2 * padding + 1 and padding < kernel and leaves_remainder(n, kernel, stride, padding)
    return (kernel, stride, padding) if good else None


def built(size: tuple[int, ...], parts: list[Part]) -> Chain | None:
    """The network; None if a layer does not fit."""
    chain = Chain(size, parts)
    return chain if fits(chain) else None
