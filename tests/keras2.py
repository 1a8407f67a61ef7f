"""A config of Keras 3 as Keras 2 wrote the same model.

Keras 2 has no `module`, writes `batch_input_shape`, the calls of a layer as lists, and counts the calls of a model
from 1, the first being the one that made it. An operation on tensors is a TFOpLambda.
"""

from __future__ import annotations

import json

FUNCTIONS = {"Add": "__operators__.add", "Multiply": "math.multiply", "Subtract": "math.subtract"}


def as_keras2(text, functional="Functional"):
    data = written(json.loads(text), functional)
    return json.dumps({**data, "keras_version": "2.11.0", "backend": "tensorflow"})


def written(entry, functional):
    """A layer or model."""
    config = {key: plain(value) for key, value in entry["config"].items() if key not in ("optional", "build_input_shape")}
    class_name = entry["class_name"]
    if class_name == "Functional":
        class_name = functional
    if class_name == "InputLayer":
        config["batch_input_shape"] = config.pop("batch_shape")
    if ".ops." in (entry.get("module") or ""):
        config = {"name": config["name"], "trainable": True, "dtype": "float32", "function": FUNCTIONS[class_name]}
        class_name = "TFOpLambda"
    if "layers" in config:
        models = {inner["name"] for inner in config["layers"] if "name" in inner and "layers" in inner["config"]}
        config["layers"] = [written_in(inner, models, functional) for inner in entry["config"]["layers"]]
        for key in ("input_layers", "output_layers"):
            if key in config:
                ends = config[key]
                if isinstance(ends, dict):
                    ends = [ends[word] for word in sorted(ends)]
                ends = ends if isinstance(ends[0], list) else [ends]
                sequential = {inner["name"] for inner in entry["config"]["layers"] if inner["class_name"] == "Sequential"}
                config[key] = [[name, call + (name in sequential), output] for name, call, output in ends]
    return {"class_name": class_name, "config": config}


def written_in(inner, models, functional):
    data = written(inner, functional)
    if "name" in inner:
        data["name"] = inner["name"]
        data["inbound_nodes"] = [call(inner, node, models) for node in inner["inbound_nodes"]]
    return data


def call(entry, node, models):
    """One call: its tensors, and all else behind the first of them."""
    args = [tensor(arg, models) for arg in node["args"]]
    if ".ops." in entry["module"]:
        first = args[0] if isinstance(args[0], list) else ["_CONSTANT_VALUE", -1, args[0]]
        return [[*first, {"y": args[1], "name": None}]]
    if len(args) == 1 and isinstance(args[0][0], list):
        args = args[0]
    return [[*arg, {}] for arg in args]


def tensor(arg, models):
    if isinstance(arg, list):
        return [tensor(item, models) for item in arg]
    if not isinstance(arg, dict):
        return arg
    if "class_name" not in arg:
        return [tensor(arg[word], models) for word in sorted(arg)]
    name, number, output = arg["config"]["keras_history"]
    return [name, number + (name in models), output]


def plain(value):
    """Policies and initializers without what Keras 3 adds to them."""
    if not isinstance(value, dict) or "class_name" not in value:
        return value
    if value.get("class_name") == "DTypePolicy":
        return value["config"]["name"]
    return {"class_name": value["class_name"], "config": {k: v for k, v in value["config"].items() if not k.endswith("_axes")}}
