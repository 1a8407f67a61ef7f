"""Match the rows of a sheet with the layers of a network."""

from __future__ import annotations

import re

from ..analysis import Step, Trace
from ..errors import SpecError, did_you_mean
from .claims import Claim
from .headings import folded_case

TOTALS = {"total", "sum", "totals", "all", "altogether", "network", "model", "whole", "sigma", "intotal", "totalparams",
          "totalparameters", "grandtotal", "overall", "gesamt", "summe", "insgesamt", "gesamtsumme", "somme", "ensemble", "suma",
          "totaldelared", "reseau", "netz", "red"}
#: Words for kinds of layers, as people label rows.
FAMILIES = (
    (("input", "image", "data", "eingabe", "bild", "entree", "entrada", "imagen"), ("InputLayer",)),
    (("convolution", "conv", "cv", "c", "faltung", "faltungsschicht", "convolucion"), ("Conv", "Separable", "Depthwise", "Locally")),
    (("deconvolution", "deconv", "tconv", "upconv", "transposedconv", "convtranspose"), ("Transpose",)),
    (("globalaveragepooling", "globalavgpool", "globalmaxpool", "gap", "globalpool", "globalpooling"), ("Global",)),
    (("maxpooling", "maxpool", "avgpool", "averagepool", "pooling", "pool", "subsampling", "mp", "ap", "p", "s",
      "agrupacion", "agrupamiento"), ("Pooling",)),
    (("fullyconnected", "fullconnection", "dense", "linear", "full", "fc", "hidden", "softmax", "output", "logits",
      "classifier", "f", "d", "vollverbunden", "vollstandigverbunden", "entierementconnectee", "connectee", "densa", "totalmenteconectada",
      "ausgabe", "sortie", "salida"), ("Dense",)),
    (("batchnormalization", "batchnorm", "norm", "bn"), ("Normalization",)),
    (("flatten", "flat", "reshape", "aplatissement", "aplanar", "aplanado"), ("Flatten", "Reshape")),
    (("dropout", "drop"), ("Dropout",)),
    (("activation", "relu", "act", "softmax", "sigmoid", "tanh", "aktivierung", "activacion"), ("Activation", "ReLU", "Softmax")),
    (("concatenation", "concatenate", "concat", "filterconcat", "merge"), ("Concatenate",)),
    (("addition", "add", "shortcut"), ("Add",)),
    (("padding", "zeropadding", "zeropad", "pad"), ("Padding",)),
    (("upsampling", "upsample", "unpool"), ("UpSampling",)),
    (("lstm",), ("LSTM",)), (("gru",), ("GRU",)), (("rnn",), ("SimpleRNN",)), (("embedding",), ("Embedding",)),
)
#: Kinds of layers that sheets leave out.
MINOR = ("Flatten", "Dropout", "Activation", "ReLU", "Softmax", "InputLayer", "ZeroPadding", "Rescaling", "Reshape",
         "Gaussian")



def plain(text: str) -> str:
    """A word without case, accents, spaces and signs."""
    return re.sub(r"[\W_]+", "", folded_case(text))


def _means(letters: str, word: str) -> bool:
    """Whether a label has this word: at its start, or anywhere if it is a long one."""
    if len(word) < 2:
        return letters == word
    return letters.startswith(word) or (len(word) > 3 and word in letters)


class Rows:
    """The layers of a network, found by the labels of a sheet's rows.

    The same labels give the same places: those of a thousand sheets are looked up once.
    """

    def __init__(self, trace: Trace):
        self.trace = trace
        self.steps = trace.steps
        self.by_name: dict[str, int | None] = {}
        for i, step in enumerate(self.steps):
            for word in {plain(step.name), plain(step.node.keras_name)} if not step.shared else {plain(step.name)}:
                self.by_name[word] = None if word in self.by_name else i
        self._placed: dict[object, tuple[list[tuple[int, ...] | None], list[str]]] = {}
        self._claims: dict[object, Claim] = {}

    def claim(self, value: object, unit: str = "") -> Claim:
        """The claim of a cell; equal cells share one."""
        if isinstance(value, (list, tuple, dict)):
            return Claim(value, unit)
        key = (type(value), value, unit)
        found = self._claims.get(key)
        if found is None:
            found = self._claims[key] = Claim(value, unit)
        return found

    def place(self, labels: list[tuple[str, ...]]) -> tuple[list[tuple[int, ...] | None], list[str]]:
        """The steps of each row, and what is wrong with rows that have none."""
        key = tuple(labels)
        if key not in self._placed:
            self._placed[key] = self._place(labels)
        placed, problems = self._placed[key]
        return list(placed), list(problems)

    def _place(self, labels: list[tuple[str, ...]]) -> tuple[list[tuple[int, ...] | None], list[str]]:
        found: list[tuple[int, ...] | None] = [None] * len(labels)
        waiting = []
        for row, label in enumerate(labels):
            exact = self._exact(label)
            if exact is not None:
                found[row] = exact
            else:
                waiting.append(row)
        taken = {steps[0] for steps in found if steps is not None and len(steps) == 1}
        free = [i for i in range(len(self.steps)) if i not in taken]
        if waiting:
            for row, step in self._aligned([labels[row] for row in waiting], free).items():
                found[waiting[row]] = (step,)
        problems = []
        for row in waiting:
            word = " ".join(labels[row]).strip()
            if found[row] is None and word:
                near = did_you_mean(word, [step.name for step in self.steps])
                problems.append(f"no layer for the row {word!r}" + (f"; {near}" if near else ""))
        if waiting and not any([steps is not None for steps in found]):
            many = len(labels)
            raise SpecError(f"none of its {many} row{'s' * (many != 1)} can be matched with a layer", (),
                            "a column 'layer' with the layers' names says which is which: "
                            + ", ".join([step.name for step in self.steps[:6]]))
        return found, problems

    def _exact(self, label: tuple[str, ...]) -> tuple[int, ...] | None:
        """The step of this very name; several joined by +; none of them for a total."""
        for text in label:
            for form in (text, re.sub(r"\s*\(.*\)\s*$", "", text)):
                step = self.by_name.get(plain(form))
                if step is not None:
                    return (step,)
            if plain(text) in TOTALS or text.strip() in ("Σ", "∑"):
                return ()
            if "+" in text:
                parts = [self.by_name.get(plain(part)) for part in text.split("+")]
                if all([part is not None for part in parts]):
                    return tuple([part for part in parts if part is not None])
        return None

    def _aligned(self, labels: list[tuple[str, ...]], free: list[int]) -> dict[int, int]:
        """The best match of rows and steps, both in order; a label may say the kind of layer."""
        rows, columns = len(labels), len(free)
        if rows * columns > 4_000_000:
            return {}
        blank = all([not plain(" ".join(label)).strip("0123456789") for label in labels])
        if blank:
            return self._in_order(rows, free)
        fit = [[self._likeness(label, self.steps[i]) for i in free] for label in labels]
        skip = [0.0 if any([word in self.steps[i].kind for word in MINOR]) else 0.4 for i in free]
        best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
        for r in range(rows - 1, -1, -1):
            for c in range(columns - 1, -1, -1):
                best[r][c] = max(best[r + 1][c + 1] + fit[r][c] if fit[r][c] else -1e9,
                                 best[r + 1][c], best[r][c + 1] - skip[c])
        matched, r, c = {}, 0, 0
        while r < rows and c < columns:
            if fit[r][c] and best[r][c] == best[r + 1][c + 1] + fit[r][c]:
                matched[r] = free[c]
                r, c = r + 1, c + 1
            elif best[r][c] == best[r][c + 1] - skip[c]:
                c += 1
            else:
                r += 1
        return matched

    def _in_order(self, rows: int, free: list[int]) -> dict[int, int]:
        """Rows without words, where their number says which layers they are."""
        for leave in ((), ("InputLayer",), MINOR):
            left = [i for i in free if not any([word in self.steps[i].kind for word in leave])]
            if len(left) == rows:
                return dict(enumerate(left))
        return {}

    def _likeness(self, label: tuple[str, ...], step: Step) -> float:
        """How well a label says this kind of layer; 0 if it says another."""
        best = 0.0
        for text in label:
            word = re.sub(r"\(.*?\)", "", folded_case(text))
            letters = re.sub(r"[^a-z]", "", word)
            if not letters:
                continue
            if plain(step.kind) == plain(word):
                best = max(best, 3.0)
            for words, kinds in FAMILIES:
                if any([_means(letters, w) for w in words]) and any([k in step.kind for k in kinds]):
                    best = max(best, 2.0)
                # A layer that reads the whole map may be written as a convolution, as LeNet's C5 is.
                elif kinds == ("Dense",) and "Conv" in step.kind and any([_means(letters, w) for w in words]):
                    best = max(best, 0.3)
            numbers, own = re.findall(r"\d+", word), re.findall(r"\d+", step.name)
            if best and numbers and own and numbers[-1] == own[-1]:
                best += 0.5
        return best
