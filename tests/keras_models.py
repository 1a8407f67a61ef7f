"""Small models that use what a Keras file can hold. Importing this module loads Keras."""

from __future__ import annotations

from oracle import keras

layers, ops = keras.layers, keras.ops


def stack():
    return keras.Sequential([
        keras.Input((12, 12, 3)), layers.Conv2D(4, 3, padding="same", activation="relu"), layers.BatchNormalization(),
        layers.MaxPooling2D(), layers.Flatten(), layers.Dropout(0.2), layers.Dense(5, activation="softmax"),
    ], name="stack")


def branches():
    """Two inputs, a shared layer, nested models with one and two outputs, outputs in a mapping."""
    a, b = keras.Input((8, 8, 3), name="a"), keras.Input((8, 8, 3), name="b")
    conv = layers.Conv2D(4, 3, name="c")
    x, y = conv(a), conv(b)
    joined = layers.Concatenate(name="cat")([x, y])
    inner = keras.Sequential([keras.Input((6, 6, 4)), layers.SeparableConv2D(3, 3), layers.GlobalAveragePooling2D()], name="enc")
    i = keras.Input((6, 6, 8))
    two = keras.Model(i, [layers.Conv2DTranspose(2, 3)(i), layers.ZeroPadding2D(1)(i)], name="two")
    p, q = two(joined)
    added = layers.Add(name="plus")([x, y])
    return keras.Model([a, b], {"e": inner(added), "p": p, "q": layers.Reshape((8, 64))(q)}, name="branches")


def shared():
    """Shared models in models, called on inputs given by name."""
    i, j = keras.Input((8, 8, 3), name="i"), keras.Input((8, 8, 3), name="j")
    body = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(2, 3), layers.GlobalMaxPooling2D()], name="body")
    pair = keras.Model({"i": i, "j": j}, layers.Subtract()([body(i), body(j)]), name="pair")
    a, b, c = (keras.Input((8, 8, 3), name=name) for name in "abc")
    x, y = pair({"i": a, "j": b}), pair({"i": b, "j": c})
    return keras.Model([a, b, c], [layers.Dot(axes=1)([x, y]), x], name="shared")


def operations():
    a = keras.Input((8, 8, 4), name="a")
    y = a * 2 + a
    y = ops.reshape(ops.concatenate([2 - y, a / 3.0], axis=-1), (-1, 64, 8))
    s, t = ops.split(y, 2, axis=-1)
    one, *_ = ops.unstack(t, axis=1)
    weights = ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])
    return keras.Model(a, [
        ops.expand_dims(ops.mean(s, axis=1), -1), t[:, :3], t[..., None, 1], ops.matmul(ops.transpose(s, (0, 2, 1)), t), one,
        ops.matmul(s, weights), keras.activations.relu(-t), ops.image.resize(a, (16, 16)), ops.maximum(t, 0.0) ** 2,
        ops.einsum("bij,bkj->bik", s, t), ops.stack([s, t], axis=1), ops.max_pool(a, (2, 2)),
    ], name="operations")


def sequence():
    """Masks, layers inside layers, states, and arguments by name."""
    i = keras.Input((10,), name="words")
    x = layers.Embedding(50, 8, mask_zero=True)(i)
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(x)
    x = layers.TimeDistributed(layers.Dense(3))(x)
    x = layers.MultiHeadAttention(2, 4)(x, x)
    x = layers.LayerNormalization()(x)
    x, *states = layers.LSTM(5, return_state=True, name="encoder")(x)
    y = layers.LSTM(5)(layers.RepeatVector(3)(x), initial_state=states)
    return keras.Model(i, [x, y], name="sequence")


def frozen():
    """A frozen model in one that is not, mixed precision, channels first, a size that is open."""
    i = keras.Input((3, None, None), name="image")
    base = keras.Sequential([
        keras.Input((3, None, None)), layers.Conv2D(4, 3, data_format="channels_first"),
        layers.BatchNormalization(axis=1), layers.ReLU(max_value=6.0),
    ], name="base")
    base.trainable = False
    x = layers.GlobalAveragePooling2D(data_format="channels_first")(base(i))
    x = layers.Dense(3, dtype="mixed_float16", name="half")(x)
    x = layers.Dense(2, dtype="float64", trainable=False, name="double")(x)
    return keras.Model(i, x, name="frozen")


def wrapped():
    """A model inside a layer, and weights that are kept in bounds."""
    frame = keras.Sequential([keras.Input((6, 6, 1)), layers.Conv2D(2, 3), layers.Flatten()], name="frame")
    i = keras.Input((5, 6, 6, 1), name="video")
    x = layers.TimeDistributed(frame, name="each")(i)
    x = layers.GRU(4, reset_after=False, return_sequences=True)(x)
    return keras.Model(i, layers.SpectralNormalization(layers.Dense(3))(x), name="wrapped")


ALL = [stack, branches, shared, operations, sequence, frozen, wrapped]
