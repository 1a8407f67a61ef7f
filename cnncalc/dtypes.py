"""How many bits a number takes, by the names that Keras has for dtypes and policies."""

from __future__ import annotations

BITS = {
    "float64": 64, "float32": 32, "float16": 16, "bfloat16": 16, "float8_e4m3fn": 8, "float8_e5m2": 8,
    "int64": 64, "int32": 32, "int16": 16, "int8": 8, "int4": 4,
    "uint64": 64, "uint32": 32, "uint16": 16, "uint8": 8, "bool": 8,
}


def variable_dtype(dtype: object) -> str:
    """The dtype that a layer's weights have under a dtype or policy (`None`: float32).

    A mixed policy keeps its weights in float32; a policy may be Keras's config of one.
    """
    name = _name(dtype)
    if name in BITS:
        return name
    if name == "int":
        return "int32"
    return "float32"


def compute_dtype(dtype: object) -> str:
    """The dtype that a layer's outputs have under a dtype or policy."""
    name = _name(dtype)
    if name.startswith("mixed_"):
        return name.removeprefix("mixed_")
    return variable_dtype(name)


#: Other names for dtypes and policies, in lower case.
SYNONYMS = {
    "mixed": "mixed_float16", "mixed_precision": "mixed_float16", "fp64": "float64", "double": "float64", "fp32": "float32",
    "float": "float32", "single": "float32", "fp16": "float16", "half": "float16", "bf16": "bfloat16",
}


def named(word: str) -> str:
    """The name of Keras for a dtype or policy as an option gives it, whatever its case."""
    low = word.lower()
    return SYNONYMS.get(low, low)


def known(dtype: object) -> bool:
    """Whether this is a dtype or policy of Keras."""
    name = _name(dtype)
    return name in BITS or name in ("mixed_float16", "mixed_bfloat16", "int") or "_from_" in name


def _name(dtype: object) -> str:
    if isinstance(dtype, dict):
        config = dtype.get("config")
        dtype = config.get("name", config.get("source_name")) if isinstance(config, dict) else None
    if not isinstance(dtype, str):
        return "float32"
    # A quantised policy: "int8_from_mixed_bfloat16".
    return dtype.rpartition("_from_")[2]
