"""The architecture in an HDF5 file of Keras: the root attribute `model_config`; nothing else in it is read."""

from __future__ import annotations

from typing import IO

from ...errors import SpecError

LARGEST = 16 * 2**20


def model_config(name: str, file: IO[bytes]) -> bytes:
    """The JSON of the attribute `model_config`; SpecError if there is none that can be read.

    No link is followed and no data set opened: only the root group's attributes are looked up.
    """
    try:
        import h5py  # type: ignore[import-untyped]
    except ImportError:
        raise SpecError(f"{name} is an HDF5 file, which cnncalc reads with h5py: pip install 'cnncalc[h5]'") from None
    try:
        with h5py.File(file, "r") as root:
            if "model_config" not in root.attrs:
                raise SpecError(f"{name} is an HDF5 file without an architecture (no attribute model_config); "
                                "save the whole model with model.save('model.keras'), or name what model.to_json() gives")
            if root.attrs.get_id("model_config").get_storage_size() > LARGEST:
                raise _too_large(name)
            value = root.attrs["model_config"]
    except (OSError, RuntimeError, TypeError, ValueError, KeyError, MemoryError):
        raise SpecError(f"{name} is a broken HDF5 file; it may have been cut off: copy or save it again") from None
    data = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    if not isinstance(data, bytes):
        raise SpecError(f"model_config in {name} must be text; save the model again with model.save('model.keras')")
    if len(data) > LARGEST:
        raise _too_large(name)
    if data.lstrip()[:1] != b"{":
        raise SpecError(f"model_config in {name} is not JSON; save the model again with model.save('model.keras')")
    return bytes(data)


def _too_large(name: str) -> SpecError:
    return SpecError(f"model_config in {name} is over {LARGEST // 2**20} MiB; that of a model is far smaller")
