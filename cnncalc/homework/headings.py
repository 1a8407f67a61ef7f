"""The quantity of a column, by the words of its heading: English, German, French and Spanish."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
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
}
#: The same in German, French and Spanish, accents left out.
FOREIGN = {
    "output": ("ausgabe", "ausgang", "ausgabeform", "ausgabegrosse", "grosse der ausgabe", "form der ausgabe", "ausgabedimension",
               "ausgabedimensionen", "form", "dimensionen", "sortie", "taille de sortie", "taille de la sortie", "forme de sortie",
               "forme de la sortie", "dimensions de sortie", "dimension de sortie", "forme", "volume de sortie", "salida",
               "tamano de salida", "tamano de la salida", "forma de salida", "forma de la salida", "dimension de salida",
               "dimensiones de salida", "dimensiones", "forma", "volumen de salida", "merkmalskarte", "ausgabevolumen"),
    "input": ("eingabe", "eingang", "eingabeform", "eingabegrosse", "form der eingabe", "entree", "taille d'entree", "forme d'entree",
              "taille de l'entree", "entrada", "tamano de entrada", "tamano de la entrada", "forma de entrada", "forma de la entrada"),
    "activations": ("aktivierungen", "neuronen", "werte", "anzahl der werte", "anzahl werte", "anzahl der neuronen", "einheiten",
                    "neurones", "valeurs", "nombre de valeurs", "nombre de neurones", "unites", "neuronas", "valores",
                    "numero de valores", "numero de neuronas", "unidades", "activaciones"),
    "params": ("anzahl der parameter", "anzahl parameter", "parameteranzahl", "parameterzahl", "zahl der parameter", "parametres",
               "nombre de parametres", "nb de parametres", "nb parametres", "parametros", "numero de parametros",
               "cantidad de parametros", "n de parametros"),
    "trainable_params": ("trainierbare parameter", "trainierbar", "parametres entrainables", "entrainables", "parametros entrenables",
                         "entrenables"),
    "non_trainable_params": ("nicht trainierbare parameter", "nicht trainierbar", "parametres non entrainables", "non entrainables",
                             "parametros no entrenables", "no entrenables"),
    "weights": ("gewichte", "anzahl der gewichte", "anzahl gewichte", "poids", "nombre de poids", "pesos", "numero de pesos"),
    "biases": ("bias-werte", "biaswerte", "schwellwerte", "anzahl der biases", "anzahl der bias", "biais", "nombre de biais", "sesgo",
               "sesgos", "numero de sesgos"),
    "macs": ("multiplikationen", "anzahl der multiplikationen", "verbindungen", "nombre de multiplications", "connexions",
             "multiplicaciones", "numero de multiplicaciones", "conexiones"),
    "flops": ("operationen", "rechenoperationen", "anzahl der operationen", "nombre d'operations", "operaciones",
              "numero de operaciones"),
    "memory": ("speicher", "speicherbedarf", "speicherplatz", "memoire", "taille memoire", "memoria", "memoria de activacion"),
    "weight_memory": ("speicher der gewichte", "speicher der parameter", "memoire des poids", "memoire des parametres",
                      "memoria de los pesos", "memoria de los parametros"),
    "inference_memory": ("speicher fur die vorhersage", "memoire d'inference", "memoria de inferencia"),
    "training_memory": ("speicher fur das training", "memoire d'entrainement", "memoria de entrenamiento"),
    "receptive_field": ("rezeptives feld", "rezeptive feld", "champ receptif", "taille du champ receptif", "campo receptivo",
                        "tamano del campo receptivo"),
    "jump": ("sprung", "gesamtschrittweite", "effektive schrittweite", "saut", "pas effectif", "pas cumule", "salto",
             "paso efectivo", "paso acumulado"),
    "coverage": ("abdeckung", "anteil des bildes", "couverture", "cobertura"),
    "kernel": ("kern", "kerngrosse", "filtergrosse", "fenster", "fenstergrosse", "noyau", "taille du noyau", "taille du filtre",
               "fenetre", "nucleo", "tamano del nucleo", "tamano del filtro", "ventana"),
    "stride": ("schrittweite", "schritt", "pas", "foulee", "paso", "zancada"),
    "padding": ("auffullung", "polsterung", "rand", "remplissage", "marge", "relleno"),
}
LABELS = ("layer", "name", "layer name", "layers", "layer type", "type", "module", "block", "stage", "operation", "op",
          "schicht", "lage", "ebene", "schichtname", "couche", "nom", "nom de la couche", "capa", "nombre", "nombre de la capa")
#: Columns with the working of the number before or after them.
WORKINGS = ("calculation", "working", "workings", "formula", "computation", "how", "derivation", "calculations", "expression",
            "rechnung", "rechenweg", "formel", "berechnung", "calcul", "formule", "calculo", "formula usada")
QUANTITIES = tuple(HEADINGS)
#: Quantities that say which sheet a word like "size" belongs to, and may be given per axis.
SHAPED = ("output", "input")
PER_AXIS = ("receptive_field", "jump", "kernel", "stride", "padding")


def folded_case(text: str) -> str:
    """Lowercase letters without accents."""
    if text.isascii():
        return text.lower()
    return "".join([c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)])


@lru_cache(maxsize=4096)
def heading(text: str) -> str:
    """The words of a heading, without accents, units and marks."""
    text = folded_case(text).replace("_", " ").replace("\u2019", "'").strip()
    text = re.sub(r"\(.*?\)|\[.*?\]", " ", text)
    text = re.sub(r"^(?:#|no\.|(?:nr|num)\b\.?|(?:your|claimed)\b)\s*", "", text.strip())
    return re.sub(r"\s+", " ", re.sub(r"[?:*#]", " ", text)).strip()


BY_HEADING = {word: quantity for quantity, words in HEADINGS.items()
              for word in (quantity.replace("_", " "), *words, *FOREIGN.get(quantity, ()))}


class Column(NamedTuple):
    quantity: str
    unit: str = ""
    first: str | None = None  # "channels" or "sides", where the heading gives the order of sizes


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
    first = _first(unit)
    if first or re.search(r"\b[hw]\b|\bno bias", unit, re.IGNORECASE) or quantity in SHAPED:
        unit = ""
    return Column(quantity, unit, first if quantity in SHAPED else None)


def _first(unit: str) -> str | None:
    """The sizes that a heading puts first: CxHxW, or HxWxC."""
    order = re.fullmatch(r"\s*(?:n\s*[x,]?\s*)?((?:(?:channels?|height|width|depth|[chwd])\s*[x,×*]?\s*){2,4})", unit, re.IGNORECASE)
    if order is None:
        return None
    return "channels" if order[1].lstrip()[0] in "cCdD" else "sides" if re.search(r"[cd]\w*\s*$", order[1], re.IGNORECASE) else None
