"""Models of Keras 2 with functions of TensorFlow in them, and the shapes that they have there.

Writes golden/tensorflow-functions.json, or with the word `graphs` golden/tensorflow-graphs.json, where they are operations of a
graph. Only for that tensorflow and tf_keras are needed, not for the tests, which read the files:

    pip install tensorflow-cpu tf_keras && python tests/tensorflow_functions.py && python tests/tensorflow_functions.py graphs
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"


def models(tf, keras):
    """(name, inputs, what is made of them)"""
    image, row, pair = (8, 6, 4), (5,), [(8, 6, 4), (8, 6, 4)]
    for name in ["abs", "negative", "exp", "log", "sqrt", "rsqrt", "square", "tanh", "sigmoid", "sin", "cos", "erf", "floor", "ceil", "round", "sign", "reciprocal", "log1p", "softplus"]:
        yield f"math.{name}", [image], getattr(tf.math, name)
    for name in ["relu", "relu6", "elu", "selu", "softplus", "softsign", "silu", "swish", "gelu", "sigmoid", "tanh", "softmax", "log_softmax", "leaky_relu"]:
        yield f"nn.{name}", [image], getattr(tf.nn, name)
    yield "leaky_relu of 0.1", [image], lambda x: tf.nn.leaky_relu(x, alpha=0.1)
    yield "softmax along 1", [image], lambda x: tf.nn.softmax(x, axis=1)
    for name in ["add", "subtract", "multiply", "divide", "maximum", "minimum", "pow", "truediv", "floordiv", "mod", "squared_difference", "divide_no_nan"]:
        yield f"math.{name} of two", pair, getattr(tf.math, name)
        yield f"math.{name} with a number", [image], lambda x, name=name: getattr(tf.math, name)(x, 2.0)
    for name in ["greater", "greater_equal", "less", "less_equal", "equal", "not_equal"]:
        yield f"math.{name}", pair, lambda a, b, name=name: tf.cast(getattr(tf.math, name)(a, b), "float32")
    yield "both", pair, lambda a, b: tf.cast(tf.math.logical_not(tf.math.logical_and(a > 1, tf.math.logical_or(b > a, b < 2))), "float32")
    yield "+ 1", [image], lambda x: x + 1
    yield "1 - x", [image], lambda x: 1 - x
    yield "x / 255 - 0.5", [image], lambda x: x / 255.0 - 0.5
    yield "-x", [image], lambda x: -x
    yield "x ** 2", [image], lambda x: x ** 2
    yield "x // 2 % 3", [image], lambda x: x // 2 % 3
    yield "wide and narrow", [(8, 6, 4), (1, 1, 4)], lambda a, b: a * b
    yield "with a list", [image], lambda x: x - [1.0, 2.0, 3.0, 4.0]
    for name in ["mean", "sum", "max", "min", "prod", "std", "variance", "logsumexp"]:
        reduce = getattr(tf.math, f"reduce_{name}")
        yield f"{name} of all places", [image], lambda x, f=reduce: f(x, axis=[1, 2])
        yield f"{name} kept", [image], lambda x, f=reduce: f(x, axis=-1, keepdims=True)
    yield "any", [image], lambda x: tf.cast(tf.math.reduce_any(x > 0, axis=1), "float32")
    yield "all", [image], lambda x: tf.cast(tf.math.reduce_all(x > 0, axis=-1), "float32")
    yield "l2", [image], lambda x: tf.math.l2_normalize(x, axis=-1)
    yield "identity", [image], tf.identity
    yield "stopped", [image], tf.stop_gradient
    yield "cast", [image], lambda x: tf.cast(x, "float16")
    yield "clip", [image], lambda x: tf.clip_by_value(x, 0.0, 6.0)
    yield "zeros", [image], tf.zeros_like
    yield "ones", [image], lambda x: tf.ones_like(x) + x
    yield "argmax", [image], lambda x: tf.argmax(x, axis=-1)
    yield "math.argmax", [image], lambda x: tf.math.argmax(x, axis=1)
    yield "where", pair, lambda a, b: tf.where(a > 0, a, b)
    yield "reshape", [image], lambda x: tf.reshape(x, [-1, 48, 4])
    yield "transpose", [image], lambda x: tf.transpose(x, [0, 3, 1, 2])
    yield "compat transpose", [image], lambda x: tf.compat.v1.transpose(x, [0, 2, 1, 3])
    yield "expand", [row], lambda x: tf.expand_dims(x, 1)
    yield "expand last", [row], lambda x: tf.expand_dims(x, axis=-1)
    yield "squeeze", [(1, 5, 1)], lambda x: tf.squeeze(x, [1, 3])
    yield "squeeze one", [(1, 5)], lambda x: tf.squeeze(x, axis=1)
    yield "concat", pair, lambda a, b: tf.concat([a, b], 3)
    yield "concat along rows", [image, (2, 6, 4)], lambda a, b: tf.concat([a, b], axis=1)
    yield "stack", pair, lambda a, b: tf.stack([a, b], axis=1)
    yield "stack last", pair, lambda a, b: tf.stack([a, b, a], -1)
    yield "split in two", [image], lambda x: tf.split(x, 2, axis=3)
    yield "split by sizes", [image], lambda x: tf.split(x, [1, 2, 5], 1)
    yield "split and on", [image], lambda x: tf.split(x, 2, -1)[1]
    yield "unstack", [(3, 4)], lambda x: tf.unstack(x, axis=1)
    yield "unstack and on", [(3, 4)], lambda x: tf.unstack(x, num=3, axis=1)[2]
    yield "tile", [image], lambda x: tf.tile(x, [1, 2, 1, 3])
    yield "repeat", [image], lambda x: tf.repeat(x, 2, axis=1)
    yield "pad", [image], lambda x: tf.pad(x, [[0, 0], [1, 2], [3, 0], [0, 0]])
    yield "pad reflected", [image], lambda x: tf.pad(x, [[0, 0], [1, 2], [3, 0], [0, 0]], "REFLECT")
    yield "pad mirrored", [image], lambda x: tf.pad(x, paddings=[[0, 0], [1, 2], [3, 0], [0, 0]], mode="SYMMETRIC")
    yield "pad with ones", [image], lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], constant_values=1)
    yield "one_hot", [row], lambda x: tf.one_hot(tf.cast(x, "int32"), 10)
    yield "gather", [image], lambda x: tf.gather(x, [0, 2, 3], axis=1)
    yield "matmul", [(4, 5), (5, 6)], tf.matmul
    yield "@", [(4, 5), (5, 6)], lambda a, b: a @ b
    yield "linalg.matmul", [(4, 5), (5, 6)], tf.linalg.matmul
    yield "matmul of the first transposed", [(5, 4), (5, 6)], lambda a, b: tf.matmul(a, b, transpose_a=True)
    yield "matmul transposed", [(4, 5), (6, 5)], lambda a, b: tf.matmul(a, b, transpose_b=True)
    yield "image.resize", [image], lambda x: tf.image.resize(x, [16, 9])
    yield "image.resize nearest", [image], lambda x: tf.image.resize(x, (4, 3), method="nearest")
    yield "depth_to_space", [image], lambda x: tf.nn.depth_to_space(x, 2)
    yield "space_to_depth", [image], lambda x: tf.nn.space_to_depth(x, 2)
    yield "rows from 1 on", [image], lambda x: x[:, 1:]
    yield "every other", [image], lambda x: x[:, ::2, ::2, :]
    yield "the last channel", [image], lambda x: x[..., -1]
    yield "one place", [image], lambda x: x[:, 0, 0]
    yield "a new axis", [image], lambda x: x[:, tf.newaxis, :, 1:3]
    yield "add_n", pair, lambda a, b: tf.add_n([a, b])
    yield "channel shuffle", [image], lambda x: tf.reshape(tf.transpose(tf.reshape(x, [-1, 8, 6, 2, 2]), [0, 1, 2, 4, 3]), [-1, 8, 6, 4])
    yield "squeeze and excite", [image], lambda x: x * tf.nn.sigmoid(tf.reduce_mean(x, axis=[1, 2], keepdims=True))

    def pixels(x):
        x = keras.layers.Conv2D(12, 3, padding="same")(x)
        return keras.layers.Conv2D(3, 3)(tf.nn.depth_to_space(tf.nn.relu(x), 2))
    yield "super-resolution", [image], pixels

    def nested(a, b):
        inner = keras.Sequential([keras.Input((8, 6, 4)), keras.layers.Conv2D(4, 3), keras.layers.BatchNormalization()], name="inner")
        return keras.layers.Dense(3)(inner(tf.split(tf.concat([a, b], 3) + 1, 2, 3)[1]))
    yield "a model in it", pair, nested

    def patches(x):
        x = keras.layers.Dense(8)(tf.reshape(x, [-1, 12, 16]))
        return tf.nn.softmax(tf.matmul(x, tf.transpose(x, [0, 2, 1])) / 8 ** 0.5) @ x
    yield "attention by hand", [image], patches


def main(graphs: bool) -> None:
    os.environ.update(TF_USE_LEGACY_KERAS="1", TF_CPP_MIN_LOG_LEVEL="3")
    import tensorflow as tf
    import tf_keras as keras

    if graphs:
        tf.compat.v1.disable_eager_execution()
    found = []
    for name, shapes, make in models(tf, keras):
        keras.backend.clear_session()
        inputs = [keras.Input(shape) for shape in shapes]
        model = keras.Model(inputs, make(*inputs))
        made = {layer.name: [list(t.shape) for t in tf.nest.flatten(layer.output)] for layer in model.layers}
        lines = []
        model.summary(print_fn=lines.append)
        found.append({"name": name, "config": json.loads(model.to_json()), "made": made, "printed": "".join(line + "\n" for line in lines)})
    (GOLDEN / f"tensorflow-{'graphs' if graphs else 'functions'}.json").write_text("[\n" + ",\n".join(json.dumps(one) for one in found) + "\n]\n")


if __name__ == "__main__":
    main("graphs" in sys.argv)
