"""Write files of the Keras that runs this, and the text that Keras prints of each, for test_keras_versions.py.

    python tests/write_keras_files.py FOLDER

Run it with a Python that has the version of Keras to be held, and a backend for it; cnncalc is not needed.
Files come from `model.save`, or are what `to_json` gives; the text is that of the model that Keras loads from it.
"""

from __future__ import annotations

import gc
import io
import json
import lzma
import os
import sys
import tempfile
import warnings
import zipfile
from pathlib import Path

os.environ["COLUMNS"] = "200"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

NETWORKS = 100
#: Random networks that are quantized if the version can, of which some hold nothing to quantize.
QUANTIZED = 60
#: What is printed of each: whether the layers of nested models, and what is trainable, and the width.
PRINTED = [(False, False, None), (True, True, 130)]


def main(folder: str) -> None:
    import keras
    import keras_kinds
    import random_keras

    warnings.simplefilter("ignore")
    gc.freeze()  # Keras itself stays
    found, seed, refused = [], 0, []
    for name, build in (*keras_kinds.models(keras), *keras_kinds.quantized(keras)):
        try:
            model = build()
            # A text can be too little: Keras 2.15 finds some of its own layers in archives only.
            written = files(keras, name, model, archive=False) or files(keras, name, model, archive=True)
        except Exception:  # what the layer gives is its input itself, which is no model
            written = None
        if written is not None:
            found.append(written)
        else:
            refused.append(name)
    for n in range(QUANTIZED * hasattr(keras.Model, "quantize")):
        fresh(keras)
        model = random_keras.quantized_model(keras, n)
        written = None if model is None else files(keras, f"quantized {n}", model, archive=n % 2 == 0)
        if written is not None:
            found.append(written)
    kinds = len(found)
    while len(found) < kinds + NETWORKS:
        fresh(keras)
        written = files(keras, f"network {seed}", random_keras.random_model(keras, seed), archive=seed % 4 == 0)
        if written is not None:
            found.append(written)
        seed += 1
    text = json.dumps({"version": keras.__version__, "files": found}, separators=(",", ":"))
    path = Path(folder) / f"keras-{keras.__version__}.json.xz"
    path.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    print("Keras builds no model of, or does not load:", ", ".join(refused) or "nothing")
    print(f"{path}: {kinds} kinds, {NETWORKS} networks, {path.stat().st_size:,} bytes")


def files(keras, name, model, archive):
    """The model as a file holds it, and what Keras prints of the model that it loads; `None` if it loads none."""
    fresh(keras)
    try:
        config = archived(model) if archive else model.to_json()
    except Exception:
        if archive:  # weights that cannot be saved: an architecture can
            return files(keras, name, model, False)
        return None
    fresh(keras)
    try:
        if archive:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "model.keras"
                model.save(path)
                fresh(keras)
                loaded = keras.models.load_model(path, safe_mode=False)
        else:
            loaded = keras.models.model_from_json(config)
        return {"name": name, "config": json.loads(config), "printed": [printed(loaded, *flags) for flags in PRINTED]}
    except Exception:
        return None


def archived(model) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        with zipfile.ZipFile(path) as file:
            return file.read("config.json").decode()


def printed(model, nested, trainable, width):
    lines: list[str] = []

    def line(text, line_break=True):
        lines.append(text + "\n" * line_break)

    model.summary(print_fn=line, expand_nested=nested, show_trainable=trainable, line_length=width)
    return "".join(lines).rstrip("\n") + "\n"


def fresh(keras):
    """Names are counted anew; the little that is left of a model is not looked for in all of memory."""
    try:
        keras.backend.clear_session(free_memory=False)
    except TypeError:  # before Keras 3.3
        keras.backend.clear_session()


if __name__ == "__main__":
    sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
    main(*sys.argv[1:])
