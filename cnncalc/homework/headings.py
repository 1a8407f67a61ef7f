"""Which quantity a column of a sheet is, by the words that head it."""

from __future__ import annotations

import re
from typing import NamedTuple

#: What can be asked of a layer, each with the words that head its column. The first word
#: is the quantity's name in files.
HEADINGS = {
    "output": ("output shape", "output size", "output volume", "output dim", "output dims", "output dimension",
               "output dimensions", "out", "out shape", "out size", "activation shape", "activation map", "activation maps",
               "activation map size", "activation map dimensions", "activation dimensions", "activation volume",
               "activation volume dimensions", "feature map", "feature maps", "feature map size", "map size", "shape",
               "volume", "output volume size", "output map", "output feature map", "dimensions", "dimension", "size out",
               "outputs", "output tensor", "spatial size", "resolution", "output resolution", "tensor shape"),
    "input": ("input shape", "input size", "input volume", "in", "in shape", "in size", "input dim", "input dims",
              "input dimensions"),
    "activations": ("activation size", "activation", "neurons", "units", "values", "number of activations",
                    "number of neurons", "number of units", "number of values", "number of outputs", "activation count",
                    "output values", "output elements", "elements", "activations size", "nodes", "map cells"),
    "params": ("parameters", "param", "number of parameters", "number of params", "parameter", "parameter count",
               "param count", "total params", "total parameters", "no of parameters", "no of params", "weights and biases",
               "weights+biases", "weights & biases", "trainable parameters and biases", "learnable parameters", "count",
               "number of learnable parameters", "num params", "num parameters", "nr of parameters", "# param"),
    "trainable_params": ("trainable", "trainable params", "trainable parameters"),
    "non_trainable_params": ("non trainable", "non-trainable", "non trainable params", "non trainable parameters",
                             "frozen params"),
    "weights": ("weight", "number of weights", "weights without biases", "weights no bias", "weights (no biases)",
                "num weights", "kernel weights", "weight count", "no of weights", "weights without bias"),
    "biases": ("bias", "number of biases", "num biases", "bias count", "no of biases"),
    "macs": ("mac", "mult adds", "mult-adds", "multiply adds", "madds", "madd", "multiplications", "multiply-accumulates",
             "number of macs", "connections", "number of connections", "number of multiplications", "mults"),
    "flops": ("flop", "operations", "ops", "number of operations", "number of flops", "computations"),
    "memory": ("mem", "activation memory", "output memory", "bytes", "size in memory", "memory size", "ram", "storage"),
    "weight_memory": ("weights memory", "parameter memory", "param memory", "memory of weights", "memory of parameters",
                      "model size"),
    "inference_memory": ("memory for inference", "prediction memory", "memory to predict", "inference"),
    "training_memory": ("memory for training", "memory to train", "training"),
    "receptive_field": ("receptive field", "rf", "r", "field", "receptive field size", "rf size", "field of view"),
    "jump": ("j", "effective stride", "total stride", "cumulative stride", "stride product", "jump in"),
    "coverage": ("share seen", "input coverage", "share of the input", "field coverage"),
    "kernel": ("k", "kernel size", "filter size", "f", "window", "window size", "filter"),
    "stride": ("s", "strides"),
    "padding": ("p", "pad", "padding pixels", "padding per side"),
}  # fmt: skip
LABELS = ("layer", "name", "layer name", "layers", "layer type", "type", "module", "block", "stage", "operation", "op")
#: Columns with the working of the number before or after them.
WORKINGS = ("calculation", "working", "workings", "formula", "computation", "how", "derivation", "calculations", "expression")
QUANTITIES = tuple(HEADINGS)
#: Quantities that say which sheet a word like "size" belongs to, and may be given per axis.
SHAPED = ("output", "input")
PER_AXIS = ("receptive_field", "jump", "kernel", "stride", "padding")


def heading(text: str) -> str:
    text = text.lower().replace("_", " ").strip()
    text = re.sub(r"\(.*?\)|\[.*?\]", " ", text)
    text = re.sub(r"^(?:#|no\.|(?:nr|num)\b\.?|(?:your|claimed)\b)\s*", "", text.strip())
    return re.sub(r"\s+", " ", re.sub(r"[?:*#]", " ", text)).strip()


BY_HEADING = {word: quantity for quantity, words in HEADINGS.items() for word in (quantity.replace("_", " "), *words)}


class Column(NamedTuple):
    quantity: str
    unit: str = ""
    first: str | None = None  # "channels", where shapes have them in front


def column(text: str) -> Column | None:
    """The quantity that a heading means."""
    word = heading(text)
    quantity = BY_HEADING.get(word) or BY_HEADING.get(word.removeprefix("number of ")) or BY_HEADING.get(
        word.removesuffix(" shape"))
    inside = re.search(r"[(\[](.*?)[)\]]", text)
    unit = inside[1].strip() if inside else ""
    if quantity is None:
        return None
    if quantity == "memory" and re.search(r"value|number|floats|activations", unit, re.IGNORECASE):
        return Column("activations")
    if quantity == "activations" and re.search(r"bytes?$|[kmg]i?b$", unit, re.IGNORECASE):
        quantity = "memory"
    if quantity == "weights" and re.search(r"(?:with|incl|and|\+)\w*\s*bias", unit, re.IGNORECASE):
        quantity = "params"
    if quantity == "params" and re.search(r"(?:without|no|excl\w*)\s*bias", unit, re.IGNORECASE):
        quantity = "weights"
    first = "channels" if re.fullmatch(r"\s*(?:n\s*[x,]?\s*)?(?:c|d|channels?)\s*[x,×]?\s*h.*", unit, re.IGNORECASE) else None
    if first or re.search(r"\b[hw]\b|\bno bias", unit, re.IGNORECASE) or quantity in SHAPED:
        unit = ""
    return Column(quantity, unit, first)
