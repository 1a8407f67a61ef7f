"""PyTorch's kinds by name; a family is loaded when one of its kinds is named."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Generic, TypeVar

L = TypeVar("L")

#: The modules of `nn.` kinds, the common ones first: a kind is looked for in this order.
FAMILIES = ("linear", "conv", "columns", "pool", "activation", "norm", "reshape", "recurrent", "attention", "loss")


class Modules(dict[str, type[L]], Generic[L]):
    """Every kind by its dotted name: `nn.Conv2d`, `F.relu`, `torch.cat`, `Tensor.view`."""

    def __missing__(self, name: str) -> type[L]:
        if name.startswith("nn."):
            for family in FAMILIES:
                import_module(f"{__package__}.{family}")
                if name in self:
                    return self[name]
            raise KeyError(name)
        kind: type[L] = import_module(f"{__package__}.functions").function_kind(name)
        return kind

    def everything(self) -> Modules[L]:
        """All kinds of modules; functions only as far as they were named."""
        for family in FAMILIES:
            import_module(f"{__package__}.{family}")
        return self


#: Layers, whose class imports this module.
MODULES: Modules[Any] = Modules()
