"""Random models made with Keras alone, of any of its versions; cnncalc is not asked for anything.

`random_model(keras, seed)` builds one; Keras judges what goes together: a layer that it refuses is
left out and another one tried. Images, sequences, volumes and vectors; mixed precision and integer
inputs; augmentation; layers inside layers; shared, frozen and nested parts; operations; masks.
"""

from __future__ import annotations

import random

#: Sizes of an input by its kind.
KINDS = ("images", "images", "images", "sequence", "sequence", "tokens", "vector", "volume", "video")
POLICIES = ("mixed_float16", "mixed_float16", "mixed_bfloat16", "float16", "float64")


class Skip(Exception):
    """Nothing could be made here."""


def random_model(keras, seed):
    """The model of this seed: the same for the same version of Keras."""
    return Maker(keras, random.Random(seed)).model()


def quantized_model(keras, seed):
    """A random model whose layers are quantized as far as Keras can; nothing where it refuses."""
    rng = random.Random(f"quantized {seed}")
    model = random_model(keras, rng.randrange(10**6))
    try:
        model.quantize(rng.choice(("int8", "int8", "int8", "float8", "int4")))
    except Exception:
        return None
    return model


#: Optimizers, with settings that change their variables.
OPTIMIZERS = {
    "SGD": ({}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}), "RMSprop": ({}, {"momentum": 0.9}, {"centered": True}),
    "Adam": ({}, {"amsgrad": True}), "AdamW": ({}, {"amsgrad": True}), "Adamax": ({},), "Adagrad": ({},), "Adadelta": ({},), "Ftrl": ({},),
    "Lion": ({},), "Lamb": ({},), "Nadam": ({},), "Adafactor": ({}, {"beta_2_decay": -0.5}), "Muon": ({}, {"nesterov": False}, {"exclude_embeddings": False}),
    "ScheduleFreeAdamW": ({},),
}
#: Settings that all of them take.
MORE = ({}, {}, {"use_ema": True}, {"gradient_accumulation_steps": 4}, {"weight_decay": 0.01}, {"clipnorm": 1.0})


def random_optimizer(keras, rng):
    """Any optimizer that this version has."""
    word = rng.choice([word for word in OPTIMIZERS if hasattr(keras.optimizers, word)])
    more = {"learning_rate": keras.optimizers.schedules.CosineDecay(0.1, 100)} if rng.random() < 0.2 else {}
    for given in ({**rng.choice(OPTIMIZERS[word]), **rng.choice(MORE), **more}, {}):
        try:
            made = getattr(keras.optimizers, word)(**given)
        except Exception:  # this version has fewer settings
            continue
        wrap = getattr(keras.optimizers, "LossScaleOptimizer", None)
        return wrap(made) if wrap is not None and rng.random() < 0.15 else made
    return "adam"


class Maker:
    """A model on its way."""

    def __init__(self, keras, rng):
        self.keras, self.rng, self.depth = keras, rng, 0
        self.layers = keras.layers
        self.ops = getattr(keras, "ops", None)
        #: Layers that were called, with the shape of what they read: they can be called again.
        self.called = []

    # The choice.

    def chance(self, p):
        return self.rng.random() < p

    def model(self):
        rng = self.rng
        policy = rng.choice(POLICIES) if self.chance(0.2) else "float32"
        set_policy(self.keras, policy)
        try:
            kind = rng.choice(KINDS)
            for _ in range(20):
                try:
                    model = self.sequential(kind) if self.chance(0.3) else self.functional(kind)
                    break
                except Exception:  # Keras refuses with errors of many types
                    self.called.clear()
            self.freeze(model)
            if self.chance(0.12):
                self.compile(model)
            return model
        finally:
            set_policy(self.keras, "float32")

    def input(self, kind, name=None, batch=None):
        rng = self.rng
        low = 1 if self.chance(0.05) else None
        size = lambda a, b: low or rng.randint(a, b)  # noqa: E731
        unknown = lambda n: None if self.unknown else n  # noqa: E731
        shapes = {
            "images": lambda: (*[unknown(size(8, 24))] * 2, rng.choice((1, 3, 3, 4, 8)))
            if self.chance(0.7) else (unknown(size(8, 24)), size(8, 24), rng.choice((1, 3, 4))),
            "sequence": lambda: (unknown(size(5, 20)), rng.choice((1, 2, 4, 6, 8))),
            "tokens": lambda: (unknown(size(4, 12)),),
            "vector": lambda: (rng.choice((1, 2, 5, 8, 16)),),
            "volume": lambda: (*[unknown(size(6, 9)) for _ in range(3)], rng.choice((1, 2, 3))),
            "video": lambda: (unknown(size(2, 5)), size(6, 10), size(6, 10), rng.choice((1, 3))),
        }
        more = {}
        if kind == "tokens":
            more["dtype"] = rng.choice(("int32", "int32", "int64", "uint8", "float32"))
        elif self.chance(0.2):
            more["dtype"] = rng.choice(("uint8", "int32", "float16", "float64", "uint8", "bfloat16"))
        if batch or self.chance(0.08):
            more["batch_size"] = batch or rng.choice((1, 1, 2, 4))
        return self.keras.Input(shapes[kind](), name=name, **more)

    # Models.

    def sequential(self, kind):
        self.unknown = self.chance(0.1)
        start = self.input(kind)
        return self.keras.Sequential([start, *self.stack(start, kind, self.rng.randint(1, 7))])

    def stack(self, x, kind, steps):
        """Layers that go one behind the other."""
        layers = []
        for _ in range(steps * 12):
            try:
                layer = self.layer(x, kind)
                y = layer(x)
            except Exception:
                continue
            if not hasattr(y, "shape") or any(n is not None and n < 1 for n in y.shape):
                continue
            layers.append(layer)
            x = y
            if len(layers) == steps:
                break
        if not layers:
            raise Skip
        return layers

    def functional(self, kind):
        rng = self.rng
        self.unknown = self.chance(0.1)
        inputs = [self.input(kind, rng.choice((None, "a")))]
        if self.chance(0.2):
            inputs.append(self.input(rng.choice((kind, kind, "vector", "images")), rng.choice((None, "b"))))
        self.made = list(inputs)
        x = inputs[0]
        for _ in range(rng.randint(2, 10)):
            x = self.step(x, kind)
        if self.chance(0.5):
            x = self.head(x)
        outputs = [x]
        if self.chance(0.2):
            outputs += rng.sample(self.made, min(len(self.made), rng.randint(1, 2)))
        outputs = list({id(y): y for y in outputs}.values())
        if any(y is i for y in outputs for i in inputs):
            outputs = [y for y in outputs if not any(y is i for i in inputs)] or [self.layers.Dropout(0.1)(x)]
        used = self.reached(inputs, outputs)
        ends = outputs if len(outputs) > 1 or self.chance(0.1) else outputs[0]
        if len(outputs) > 1 and self.chance(0.2):
            ends = {f"out{i}": y for i, y in enumerate(outputs)}
        return self.keras.Model(used if len(used) > 1 or self.chance(0.1) else used[0], ends)

    def reached(self, inputs, outputs):
        """The inputs that the outputs depend on, and sometimes all."""
        found = []
        for tensor in inputs:
            others = [y for y in inputs if y is not tensor]
            try:
                self.keras.Model(others, outputs)
            except Exception:
                found.append(tensor)
        if not found:
            raise Skip
        return inputs if self.chance(0.1) else found

    def step(self, x, kind):
        rng = self.rng
        what = rng.choices(("one", "merge", "operation", "again", "nested", "attention", "states", "back"),
                           (60, 12, 12 if self.ops else 0, 5, 7, 4, 3, 4))[0]
        for _ in range(8):
            try:
                y = getattr(self, what)(x, kind)
            except Exception:
                y = None
            if y is not None and hasattr(y, "shape") and all(n is None or 0 < n < 10**5 for n in y.shape):
                self.made.append(y)
                return y
            what = "one"
        return x

    def back(self, x, kind):
        return self.rng.choice(self.made)

    def one(self, x, kind):
        layer = self.layer(x, kind)
        y = layer(x)
        self.called.append((layer, x.shape))
        return y

    def again(self, x, kind):
        fitting = [layer for layer, shape in self.called if shape == x.shape]
        return self.rng.choice(fitting)(x)

    def head(self, x):
        rng, layers = self.rng, self.layers
        try:
            rank = len(x.shape) - 1
            if rank > 1:
                pool = getattr(layers, f"Global{rng.choice(('Average', 'Max'))}Pooling{rank - 1}D", layers.Flatten)
                x = rng.choice((layers.Flatten, pool))()(x)
            return layers.Dense(rng.randint(1, 10), activation=rng.choice((None, "softmax", "sigmoid")))(x)
        except Exception:
            return x

    def merge(self, x, kind):
        rng = self.rng
        others = [y for y in self.made if len(y.shape) == len(x.shape)]
        word = rng.choice(("Add", "Concatenate", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Concatenate", "Dot"))
        more = [rng.choice(others)] if word in ("Subtract", "Dot") else [rng.choice(others) for _ in range(rng.choice((1, 1, 2)))]
        if word in ("Add", "Multiply", "Average", "Maximum") and self.chance(0.6) and len(x.shape) > 1:
            same = self.layers.Dense(x.shape[-1])(x) if self.chance(0.5) else self.layers.Activation("relu")(x)
            more = [same]
        args = {"axes": rng.choice((1, -1))} if word == "Dot" else {}
        if word == "Concatenate" and self.chance(0.2):
            args = {"axis": rng.choice((1, -1, 2))}
        return getattr(self.layers, word)(**args, **self.common())([x, *more])

    def operation(self, x, kind):
        rng, ops = self.rng, self.ops
        same = rng.choice([y for y in self.made if len(y.shape) == len(x.shape)])
        rank = len(x.shape)
        axis = rng.choice((-1, 1, rank - 1))
        what = rng.choice((
            lambda: x + same, lambda: x * 2.0, lambda: 1.0 - x, lambda: x / 255.0, lambda: x / same, lambda: x - 0.5, lambda: -x, lambda: x**2,
            lambda: ops.relu(x), lambda: ops.sigmoid(x), lambda: ops.tanh(x), lambda: ops.exp(x), lambda: ops.sqrt(x), lambda: abs(x),
            lambda: ops.mean(x, axis=axis), lambda: ops.mean(x, axis=axis, keepdims=True), lambda: ops.max(x, axis=axis),
            lambda: ops.sum(x, axis=axis, keepdims=self.chance(0.5)), lambda: ops.var(x, axis=axis), lambda: ops.maximum(x, same),
            lambda: ops.expand_dims(x, axis), lambda: ops.squeeze(x, axis), lambda: ops.concatenate([x, same], axis=axis),
            lambda: ops.stack([x, same], axis=axis), lambda: ops.split(x, 2, axis=axis)[rng.randint(0, 1)],
            lambda: x[:, 0], lambda: x[..., :2], lambda: x[:, 1:], lambda: x[..., None], lambda: x[:, ::2],
            lambda: ops.reshape(x, (-1, *x.shape[:0:-1])), lambda: ops.transpose(x, (0, *range(rank - 1, 0, -1))),
            lambda: ops.softmax(x, axis=axis), lambda: ops.cast(x, rng.choice(("float16", "float32", "int32"))),
            lambda: ops.pad(x, [[0, 0], *[[rng.randint(0, 2)] * 2 for _ in range(rank - 1)]]), lambda: ops.flip(x, axis=axis),
            lambda: ops.repeat(x, 2, axis=axis), lambda: ops.tile(x, [1] * (rank - 1) + [2]), lambda: ops.clip(x, 0.0, 1.0),
            lambda: ops.matmul(x, ops.transpose(x, (0, *range(1, rank - 2), rank - 1, rank - 2))), lambda: ops.swapaxes(x, 1, -1),
            lambda: ops.where(x > 0, x, same), lambda: ops.argmax(x, axis=axis), lambda: ops.roll(x, 1, axis=axis), lambda: ops.log(x),
            lambda: ops.cumsum(x, axis=axis), lambda: ops.norm(x, axis=axis), lambda: ops.minimum(x, 6.0), lambda: ops.add(x, same),
            lambda: ops.multiply(x, same), lambda: ops.divide(x, same), lambda: ops.subtract(x, same), lambda: ops.square(x),
            lambda: ops.average_pool(x, 2), lambda: ops.max_pool(x, 2, padding="same"), lambda: ops.image.resize(x, (8, 8)),
            lambda: ops.gelu(x), lambda: ops.unstack(x, axis=axis)[0], lambda: ops.moveaxis(x, 1, -1), lambda: ops.std(x, axis=axis),
            lambda: ops.layer_normalization(x), lambda: ops.moments(x, axes=[axis])[0], lambda: ops.einsum("...i,...i->...", x, same),
            lambda: ops.outer(x, same), lambda: ops.diff(x, axis=axis), lambda: ops.quantile(x, 0.5, axis=axis), lambda: ops.average(x, axis=axis),
            lambda: ops.array_split(x, 3, axis=axis)[0], lambda: ops.hstack([x, same]), lambda: ops.vstack([x, same]), lambda: ops.dot(x, same),
            lambda: ops.tensordot(x, same, axes=1), lambda: ops.diagonal(x, axis1=1, axis2=-1), lambda: ops.trace(x, axis1=1, axis2=-1),
            lambda: ops.rot90(x, axes=(1, 2)), lambda: ops.unfold(x, 2), lambda: ops.ravel(x), lambda: ops.top_k(x, 1)[0],
        ))
        return what()

    def attention(self, x, kind):
        rng, layers = self.rng, self.layers
        others = [y for y in self.made if len(y.shape) == len(x.shape)]
        y = rng.choice([x, *others])
        word = rng.choice(("MultiHeadAttention", "MultiHeadAttention", "Attention", "AdditiveAttention", "GroupQueryAttention"))
        common = self.common()
        if word == "MultiHeadAttention":
            more = rng.choice(({}, {"value_dim": 3}, {"output_shape": 5}, {"use_bias": False}, {"dropout": 0.1}))
            layer = layers.MultiHeadAttention(rng.choice((1, 2)), rng.choice((2, 4)), **more, **common)
            return layer(x, y, use_causal_mask=True) if self.chance(0.2) else layer(x, y)
        if word == "GroupQueryAttention" and len(x.shape) == 3:
            return layers.GroupQueryAttention(2, 4, rng.choice((1, 2)), **common)(x, y)
        if word == "GroupQueryAttention":
            return None
        return getattr(layers, word)(**rng.choice(({}, {"use_scale": True})), **common)([x, y])

    def states(self, x, kind):
        rng, layers = self.rng, self.layers
        word = rng.choice(("LSTM", "GRU", "SimpleRNN"))
        y, *states = getattr(layers, word)(4, return_state=True, return_sequences=self.chance(0.3), **self.common())(x)
        if self.chance(0.3):
            return rng.choice(states)
        z = getattr(layers, word)(4, return_sequences=True)(x, initial_state=states)
        self.made.append(y)
        return z

    def nested(self, x, kind):
        if self.depth > 1:
            return None
        inner = Maker(self.keras, self.rng)
        inner.depth = self.depth + 1
        kind = {2: "vector", 3: "sequence", 4: "images", 5: "volume"}[len(x.shape)]
        shape = list(x.shape[1:])
        inner.unknown = False
        if self.chance(0.1):
            shape[0] = None if len(shape) > 1 else shape[0]
        if self.chance(0.4):
            start = self.keras.Input(shape)
            model = self.keras.Sequential([start, *inner.stack(start, kind, self.rng.randint(1, 4))])
        else:
            i = self.keras.Input(shape)
            inner.made = [i]
            y = i
            for _ in range(self.rng.randint(1, 4)):
                y = inner.step(y, kind)
            if y is i:
                return None
            model = self.keras.Model(i, y)
        self.freeze(model)
        made = model(x)
        if self.chance(0.3):
            self.made.append(model(self.layers.Activation("relu")(x)))
        return made

    def freeze(self, model):
        """Sometimes, of the model or of its layers, in any order."""
        rng = self.rng
        if self.chance(0.2):
            model.trainable = False
            if self.chance(0.4):
                rng.choice(model.layers).trainable = True
        if self.chance(0.15):
            rng.choice(model.layers).trainable = False

    def compile(self, model):
        """With one of three optimizers by their words; where a version has more, with any of them and its settings."""
        word = self.rng.choice(("adam", "sgd", "rmsprop"))
        rng = random.Random(f"optimizer {self.rng.getstate()[1][:4]}")  # apart: the rest of the model is not to change with it
        optimizer = word if rng.random() < 0.3 else random_optimizer(self.keras, rng)
        model.compile(optimizer=optimizer, loss="mse")

    def common(self):
        """Arguments that all layers take."""
        rng, more = self.rng, {}
        if self.chance(0.08):
            more["trainable"] = False
        if self.chance(0.06):
            more["dtype"] = rng.choice((*POLICIES, "float32", "bfloat16"))
        return more

    # Single layers.

    def layer(self, x, kind):
        """A layer for a tensor, not called yet; it may not fit."""
        rng, rank = self.rng, len(x.shape) - 2
        families = ["pointwise", "pointwise", "norm", "regular", "misc"]
        if 1 <= rank <= 3:
            families += ["conv"] * 4 + ["pool"] * 2 + ["pads", "flat"]
        if rank == 1:
            families += ["recurrent"] * 3 + ["wrapped"]
        if rank == 2:
            families += ["images"] * 2
        if rank in (2, 3):
            families += ["wrapped", "cell_maps"]
        if kind == "tokens" and rank == 0:
            families += ["tokens"] * 12
        word, settings = getattr(self, rng.choice(families))(x, rank)
        if isinstance(word, str):
            return getattr(self.layers, word)(**settings, **self.common())
        return word

    def pointwise(self, x, rank):
        rng = self.rng
        return rng.choice((
            ("Dense", {"units": rng.randint(1, 9), "use_bias": self.chance(0.8)}), ("Dense", {"units": rng.randint(1, 9), "activation": "relu"}),
            ("Activation", {"activation": rng.choice(("relu", "tanh", "softmax", "gelu", "swish"))}), ("ReLU", {"max_value": rng.choice((None, 6.0))}),
            ("LeakyReLU", {}), ("ELU", {}), ("Softmax", {}), ("PReLU", {"shared_axes": list(range(1, rank + 1))} if rank > 0 else {}),
            ("Identity", {}), ("Rescaling", {"scale": 1 / 255, "offset": rng.choice((0.0, -1.0))}),
        ))

    def norm(self, x, rank):
        rng = self.rng
        axis = {"axis": 1} if self.chance(0.1) else {}
        return rng.choice((
            ("BatchNormalization", {**axis, "scale": self.chance(0.7), "center": self.chance(0.8)}), ("BatchNormalization", {}),
            ("LayerNormalization", axis), ("GroupNormalization", {"groups": rng.choice((1, -1, 2))}), ("UnitNormalization", {}),
            ("RMSNormalization", {}), ("Normalization", {}), ("SpectralNormalization", {"layer": self.layers.Dense(3, **self.common())}),
        ))

    def regular(self, x, rank):
        rng = self.rng
        return rng.choice((
            ("Dropout", {"rate": 0.2}), ("GaussianNoise", {"stddev": 0.1}), ("GaussianDropout", {"rate": 0.1}), ("AlphaDropout", {"rate": 0.1}),
            ("ActivityRegularization", {"l2": 0.01}), (f"SpatialDropout{max(1, min(3, rank))}D", {"rate": 0.2}),
        ))

    def misc(self, x, rank):
        rng = self.rng
        sizes = x.shape[1:]
        known = [n for n in sizes if n is not None]
        count = 1
        for n in known:
            count *= n
        return rng.choice((
            ("RepeatVector", {"n": rng.randint(1, 4)}), ("Flatten", {}), ("Permute", {"dims": rng.sample(range(1, len(sizes) + 1), len(sizes))}),
            ("Reshape", {"target_shape": (-1, rng.choice(sizes or (1,)) or 1)}), ("Reshape", {"target_shape": (count,)}), ("Masking", {"mask_value": 0.5}),
            ("EinsumDense", {"equation": "...b,bc->...c", "output_shape": 4, "bias_axes": "c"}),
            ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": (None, 4), "bias_axes": "d"} if len(sizes) == 2 else
             {"equation": "ab,bc->ac", "output_shape": 4, "bias_axes": "c"} if len(sizes) == 1 else {"equation": "...x,xy->...y", "output_shape": 4}),
        ))

    def window(self, rank, key):
        rng = self.rng
        per_axis = lambda *values: rng.choice(values) if self.chance(0.8) else tuple(rng.choice(values) for _ in range(rank))  # noqa: E731
        settings = {key: per_axis(1, 2, 3, 3)}
        if self.chance(0.4):
            settings["padding"] = "same"
        if self.chance(0.3):
            settings["strides"] = per_axis(1, 2, 2)
        elif key == "kernel_size" and self.chance(0.15):
            settings["dilation_rate"] = per_axis(1, 2)
        return settings

    def conv(self, x, rank):
        rng = self.rng
        filters = rng.choice((1, 2, 4, 6, 8))
        what = rng.choice(("Conv", "Conv", "Conv", "Depthwise", "Separable", "Transposed"))
        settings = self.window(rank, "kernel_size")
        if self.chance(0.3):
            settings["use_bias"] = False
        if self.chance(0.3):
            settings["activation"] = rng.choice(("relu", "tanh"))
        if what == "Depthwise" and rank < 3:
            return f"DepthwiseConv{rank}D", {**settings, "depth_multiplier": rng.choice((1, 1, 2))}
        if what == "Separable" and rank < 3:
            return f"SeparableConv{rank}D", {**settings, "filters": filters}
        if what == "Transposed":
            return f"Conv{rank}DTranspose", {**settings, "filters": filters}
        if self.chance(0.15):
            settings["groups"] = rng.choice((1, 2))
        return f"Conv{rank}D", {**settings, "filters": filters}

    def pool(self, x, rank):
        word = self.rng.choice(("Max", "Average"))
        if self.chance(0.15):
            return f"Global{word}Pooling{rank}D", {"keepdims": self.chance(0.4)}
        if self.chance(0.1):
            return f"Adaptive{word}Pooling{rank}D", {"output_size": self.rng.randint(1, 4)}
        return f"{word}Pooling{rank}D", self.window(rank, "pool_size")

    def pads(self, x, rank):
        rng = self.rng
        return rng.choice(((f"ZeroPadding{rank}D", {"padding": rng.randint(1, 2)}), (f"Cropping{rank}D", {"cropping": 1}),
                           (f"UpSampling{rank}D", {"size": 2})))

    def flat(self, x, rank):
        return "Flatten", {}

    def images(self, x, rank):
        rng, layers = self.rng, self.layers
        inside = [layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.RandomZoom(0.2)]
        if self.chance(0.3):
            rng.shuffle(inside)
            return self.keras.Sequential(inside[: rng.randint(1, 3)]), {}
        return rng.choice((
            ("RandomFlip", {}), ("RandomRotation", {"factor": 0.2}), ("RandomZoom", {"height_factor": 0.2}), ("RandomContrast", {"factor": 0.2}),
            ("RandomTranslation", {"height_factor": 0.1, "width_factor": 0.2}), ("RandomBrightness", {"factor": 0.2}),
            ("RandomCrop", {"height": 6, "width": 5}), ("CenterCrop", {"height": 6, "width": 6}), ("Resizing", {"height": 10, "width": 12}),
            ("RandomShear", {"x_factor": 0.2}), ("RandomGrayscale", {}), ("RandomHue", {"factor": 0.2}), ("RandomSharpness", {"factor": 0.2}),
            ("Solarization", {}), ("AutoContrast", {}), ("RandomInvert", {}), ("RandomErasing", {}), ("RandAugment", {}), ("CutMix", {}),
        ))

    def recurrent(self, x, rank):
        rng, layers = self.rng, self.layers
        word = rng.choice(("LSTM", "GRU", "SimpleRNN"))
        settings = {"units": rng.randint(1, 5), "return_sequences": self.chance(0.6)}
        if self.chance(0.15):
            settings["go_backwards"] = True
        if self.chance(0.15):
            settings["dropout"] = 0.1
        if word == "GRU" and self.chance(0.2):
            settings["reset_after"] = False
        what = rng.random()
        if what < 0.3:
            inner = getattr(layers, word)(**settings, **self.common())
            return "Bidirectional", {"layer": inner, "merge_mode": rng.choice(("concat", "concat", "sum", "ave"))}
        if what < 0.5:
            settings.pop("dropout", None)
            sequences = {"return_sequences": settings.pop("return_sequences"), "go_backwards": settings.pop("go_backwards", False)}
            cell = lambda: getattr(layers, rng.choice((f"{word}Cell", "LSTMCell")))(settings["units"], **self.common())  # noqa: E731
            cells = [cell() for _ in range(rng.choice((1, 2)))]
            if self.chance(0.3):
                return "RNN", {"cell": layers.StackedRNNCells(cells), **sequences}
            return "RNN", {"cell": cells[0] if len(cells) == 1 else cells, **sequences}
        return word, settings

    def wrapped(self, x, rank):
        rng, layers = self.rng, self.layers
        what = rng.random()
        if what < 0.3:
            return "TimeDistributed", {"layer": layers.Dense(3, **self.common())}
        if what < 0.5 and rank > 1:
            word, settings = self.conv(x, rank - 1)
            return "TimeDistributed", {"layer": getattr(layers, word)(**settings, **self.common())}
        if what < 0.7:
            word, settings = self.conv(x, rank)
            return "SpectralNormalization", {"layer": getattr(layers, word)(**settings, **self.common())}
        if what < 0.85 and x.shape[2:]:
            inner = self.keras.Sequential([self.keras.Input(x.shape[2:]), layers.Dense(3, **self.common()), layers.Dropout(0.1)])
            self.freeze(inner)
            return "TimeDistributed", {"layer": inner}
        return "TimeDistributed", {"layer": rng.choice((layers.Flatten, layers.BatchNormalization))()}

    def cell_maps(self, x, rank):
        rng = self.rng
        settings = {"filters": rng.randint(1, 3), "kernel_size": rng.choice((1, 3)), "padding": rng.choice(("same", "valid")),
                    "return_sequences": self.chance(0.5)}
        word = f"ConvLSTM{rank - 1}D"
        if self.chance(0.2):
            return "Bidirectional", {"layer": getattr(self.layers, word)(**settings)}
        return word, settings

    def tokens(self, x, rank):
        rng = self.rng
        return rng.choice((
            ("Embedding", {"input_dim": 50, "output_dim": rng.choice((2, 4, 8)), "mask_zero": self.chance(0.4)}),
            ("Embedding", {"input_dim": 50, "output_dim": rng.choice((2, 4, 8)), "mask_zero": self.chance(0.4)}),
            ("CategoryEncoding", {"num_tokens": 8, "output_mode": rng.choice(("multi_hot", "count", "one_hot"))}),
            ("Hashing", {"num_bins": 5}), ("Discretization", {"bin_boundaries": [0.0, 1.0, 2.0]}),
        ))


def set_policy(keras, name):
    """The policy of the layers made next."""
    if hasattr(keras, "config") and hasattr(keras.config, "set_dtype_policy"):
        keras.config.set_dtype_policy(name)
    elif hasattr(keras, "mixed_precision"):
        keras.mixed_precision.set_global_policy(name)
    else:
        keras.src.dtype_policies.dtype_policy.set_dtype_policy(name)
