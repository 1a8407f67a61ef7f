"""PyTorch, and the libraries that are used with it: loaded when a program imports one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .interpreter import Library
from .values import Module

if TYPE_CHECKING:
    from .interpreter import Interpreter

#: Libraries of which some names are known.
BESIDE = ("torchvision", "timm", "einops", "torchsummary", "torchinfo", "torchtext", "thop", "fvcore", "pytorch_lightning", "lightning", "torchaudio")


class TorchLibrary(Library):
    """PyTorch, and what is used with it."""

    def module(self, run: Interpreter, name: str) -> Module | None:
        first = name.partition(".")[0]
        if first == "torch":
            from .torch_containers import prepare
            from .torch_names import torch_module

            prepare(run)
            return torch_module(run, name)
        if first in BESIDE:
            from .torch_beside import beside

            return beside(run, name)
        if not first and hasattr(run, "torch"):  # torchvision's own files import their neighbors
            from .torch_beside import neighbor

            return neighbor(run, name.lstrip(".").split("."))
        return None
