"""Every kind of layer by its name; the families are loaded as they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

L = TypeVar("L")

_LAYERS = ["core", "conv", "pool", "reshape", "activation", "merge", "norm", "dropout",
           "preprocessing", "augmentation", "recurrent", "cells", "wrappers", "attention", "local", "lookup", "older", "applications"]
_OPERATIONS = ["elementwise", "reductions", "axes", "joining", "pieces", "products", "images"]
#: The modules of kinds, the common ones first: a kind is looked up in this order, and the
#: modules after it are not loaded.
FAMILIES = [*(f"cnncalc.layers.{family}" for family in _LAYERS),
            *(f"cnncalc.keras_ops.{family}" for family in ("tensorflow", *_OPERATIONS))]
#: Those with the kinds whose name begins with `ops.`.
OPERATIONS = FAMILIES[-len(_OPERATIONS):]

#: How the names of PyTorch's modules, functions and tensor methods begin.
TORCH = ("nn.", "F.", "torch.", "Tensor.")


class Kinds(dict[str, type[L]], Generic[L]):
    """Every kind by its name and aliases; a family is loaded when one of its kinds is asked for.

    `KINDS[name]` looks in all families; `everything()` loads them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting = iter(FAMILIES)
        #: The kinds of each family that was asked for by name in other case.
        self._lower: dict[str, dict[str, type[L]]] = {}

    def __missing__(self, name: str) -> type[L]:
        from importlib import import_module

        if isinstance(name, str) and name.startswith(TORCH):
            modules: dict[str, type[L]] = import_module("cnncalc.pytorch.registry").MODULES
            return modules[name]
        for family in OPERATIONS if isinstance(name, str) and name.startswith("ops.") else self._waiting:
            import_module(family)
            if name in self:
                return self[name]
        raise KeyError(name)

    def in_lower_case(self) -> Iterator[dict[str, type[L]]]:
        """The kinds of each family by their names in lower case, those loaded already first; no operations."""
        import sys
        from importlib import import_module

        for family in sorted(FAMILIES, key=lambda family: family not in sys.modules):
            if family not in self._lower:
                import_module(family)
                self._lower[family] = {name.lower(): kind for name, kind in self.items()
                                       if kind.__module__ == family and not name.startswith("ops.")}
            yield self._lower[family]

    def modules(self) -> list[str]:
        """The names of PyTorch's modules, without `nn.`."""
        from importlib import import_module

        found = import_module("cnncalc.pytorch.registry").MODULES.everything()
        return [name[3:] for name in found if name.startswith("nn.")]

    def everything(self) -> Kinds[L]:
        """All kinds."""
        from importlib import import_module

        for family in self._waiting:
            import_module(family)
        return self

