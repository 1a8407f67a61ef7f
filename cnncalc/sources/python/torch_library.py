"""PyTorch, and the libraries that are used with it: loaded when a program imports one of them."""

from __future__ import annotations

from .interpreter import Interpreter, Library
from .values import Module

#: Libraries of which some names are known.
BESIDE = ("torchvision", "timm", "einops", "torchsummary", "torchinfo", "torchtext", "thop", "fvcore", "pytorch_lightning", "lightning", "torchaudio")


class TorchLibrary(Library):
    """PyTorch, and what is used with it."""

    def module(self, run: Interpreter, name: str) -> Module | None:
        first = name.partition(".")[0]
        if first == "torch":
            from .torch_containers import prepare  # lazy: few programs use PyTorch
            from .torch_names import torch_module  # lazy: as above

            prepare(run)
            return torch_module(run, name)
        if first in BESIDE:
            from .torch_beside import beside  # lazy: as above

            return beside(run, name)
        if not first and "torch" in run.sessions:  # torchvision's own files import their neighbors
            from .torch_beside import neighbor  # lazy: as above

            return neighbor(run, name.lstrip(".").split("."))
        return None
