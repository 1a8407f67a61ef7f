"""Random layers for random networks: one that may go, of every family, and many that do not."""

from __future__ import annotations

import random

from cnncalc.layers import KINDS, Shape

#: What the notes of a layer begin with that Keras refuses.
BEYOND_KERAS = "Keras cannot"
MERGES = ("Add", "Concatenate", "Multiply", "Average", "Maximum", "Minimum", "Subtract")


class Choices:
    """Layers for maps of one rank; what stands before them gives `shape`."""

    def __init__(self, rng: random.Random):
        self.rng = rng
        self.rank = rng.choice((1, 2, 2, 2, 3))
        #: Whether the channels stand in front everywhere, and whether Keras may refuse.
        self.first = self.beyond = False
        self.shape = Shape(())

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def pick(self, **weights: float) -> str:
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def per_axis(self, *values: int):
        """One value for all axes, or one for each."""
        if self.chance(0.75):
            return self.rng.choice(values)
        return [self.rng.choice(values) for _ in range(self.rank)]

    def window(self) -> tuple[str, dict]:
        """A layer that reads a map of this rank; it need not go."""
        rng, r = self.rng, self.rank
        what = self.pick(Conv=9, Depthwise=2, Separable=2, Transposed=2.5, Max=4, Average=2, Adaptive=1, Global=0.4,
                         Zero=2, Cropping=1.3, Up=1.5, Images=0.6, Local=0.7 * self.beyond)
        settings: dict = {}
        filters = rng.choice((1, 2, 3, 4, 4, 6, 8))
        kernel = self.per_axis(1, 2, 3, 3, 3, 4, 5)
        if what in ("Depthwise", "Separable", "Local") and r == 3:
            what = "Conv"
        if what == "Images" and r != 2:
            what = "Zero"
        if what in ("Conv", "Separable", "Transposed", "Local"):
            settings["filters"] = filters
        if what in ("Conv", "Depthwise", "Separable", "Transposed", "Local"):
            settings["kernel_size"] = kernel
            if self.chance(0.35):
                settings["strides"] = self.per_axis(1, 2, 2, 3)
            if self.chance(0.5) and what != "Local":
                settings["padding"] = rng.choice(("same", "same", "valid", "SAME"))
                if r == 1 and what in ("Conv", "Separable") and self.chance(0.3):
                    settings["padding"] = "causal"
                if self.beyond and self.chance(0.5):
                    settings["padding"] = self.pixels()
            if self.chance(0.2) and what != "Local":
                settings["dilation_rate"] = self.per_axis(1, 2, 2, 3)
            if what in ("Depthwise", "Separable") and self.chance(0.4):
                settings["depth_multiplier"] = rng.choice((1, 2, 3))
            if what == "Conv" and self.chance(0.2):
                settings["groups"] = rng.choice((1, 2, 2, 3, 4))
            if what == "Transposed" and self.chance(0.3):
                settings["output_padding"] = self.per_axis(0, 1, 1, 2)
            if self.chance(0.2):
                settings["use_bias"] = self.chance(0.3)
            if self.chance(0.3):
                settings["activation"] = rng.choice(("relu", "tanh", "softmax", None))
        word = {"Conv": f"Conv{r}D", "Depthwise": f"DepthwiseConv{r}D", "Separable": f"SeparableConv{r}D",
                "Transposed": f"Conv{r}DTranspose", "Local": f"LocallyConnected{r}D"}.get(what)
        if what in ("Max", "Average"):
            word = f"{what}Pooling{r}D"
            if what == "Average" or self.chance(0.6):
                settings["pool_size"] = self.per_axis(2, 2, 2, 3, 1)
            if self.chance(0.4):
                settings["strides"] = self.per_axis(1, 2, 3)
            if self.chance(0.4):
                settings["padding"] = rng.choice(("same", "valid", "same"))
            if self.beyond and self.chance(0.5):
                settings["ceil_mode" if self.chance(0.5) else "padding"] = True if self.chance(0.5) else 1
        elif what == "Adaptive":
            word = f"Adaptive{rng.choice(('Average', 'Max'))}Pooling{r}D"
            settings["output_size"] = self.per_axis(1, 2, 3, 5)
        elif what == "Global":
            word, settings = f"Global{rng.choice(('Average', 'Max'))}Pooling{r}D", {"keepdims": True}
        elif what in ("Zero", "Cropping"):
            word = "ZeroPadding" if what == "Zero" else "Cropping"
            word += f"{r}D"
            key = "padding" if what == "Zero" else "cropping"
            if self.chance(0.85):
                settings[key] = self.pixels()
        elif what == "Up":
            word = f"UpSampling{r}D"
            if self.chance(0.7):
                settings["size"] = self.per_axis(1, 2, 2, 3)
            if r == 2 and self.chance(0.2):
                settings["interpolation"] = rng.choice(("bilinear", "nearest"))
        elif what == "Images":
            word = rng.choice(("Resizing", "CenterCrop", "RandomCrop"))
            settings = {"height": rng.randint(2, 12), "width": rng.randint(2, 12)}
        assert word is not None
        if "data_format" in KINDS[word].settings and self.chance(0.06):
            settings["data_format"] = rng.choice(("channels_first", "channels_last"))
        return word, settings

    def pixels(self):
        rng, r = self.rng, self.rank
        how = rng.random()
        if how < 0.4:
            return rng.choice((0, 1, 1, 2, 3))
        if how < 0.7 and r > 1:
            return [rng.choice((0, 1, 2)) for _ in range(r)]
        pairs = [[rng.choice((0, 1, 2)), rng.choice((0, 1, 2))] for _ in range(r)]
        return pairs if r > 1 or self.chance(0.5) else pairs[0]

    def flat(self) -> tuple[str, dict]:
        """A layer that keeps the shape, of any rank; it need not go."""
        rng, n = self.rng, len(self.shape)
        axes = [*range(-n, 0), *range(1, n + 1)]
        some = sorted(rng.sample(range(1, n + 1), rng.randint(1, n)))
        return rng.choice((
            ("Activation", {"activation": rng.choice(("relu", "softmax", "gelu", "sigmoid", "linear"))}),
            ("ReLU", rng.choice(({}, {"max_value": 6}, {"negative_slope": 0.1, "threshold": 0.5}))),
            ("LeakyReLU", rng.choice(({}, {"negative_slope": 0.2}))),
            ("ELU", rng.choice(({}, {"alpha": 0.5}))),
            ("PReLU", rng.choice(({}, {"shared_axes": some}, {"shared_axes": list(range(1, n))} if n > 1 else {}))),
            ("Softmax", rng.choice(({}, {"axis": rng.choice(axes)}))),
            ("BatchNormalization", rng.choice(({}, {}, {"axis": rng.choice(axes)}, {"scale": False}, {"center": False}))),
            ("BatchNormalization", {"axis": 1} if self.first else {}),
            ("LayerNormalization", rng.choice(({}, {"axis": rng.choice(axes)}, {"axis": some}, {"scale": False}))),
            ("RMSNormalization", rng.choice(({}, {"axis": rng.choice(axes)}))),
            ("UnitNormalization", rng.choice(({}, {"axis": rng.choice(axes)}))),
            ("GroupNormalization", {"groups": rng.choice((1, 2, 3, -1)), **({"axis": 1} if self.first else {})}),
            ("Dropout", {"rate": rng.choice((0.1, 0.5))}),
            ("AlphaDropout", {"rate": 0.1}),
            ("GaussianDropout", {"rate": 0.3}),
            ("GaussianNoise", {"stddev": 0.2}),
            (f"SpatialDropout{max(1, min(3, n - 1))}D", {"rate": 0.2}),
            ("ActivityRegularization", {"l2": 0.1}),
            ("Rescaling", {"scale": 0.5}),
            ("Identity", {}),
            ("Dense", {"units": rng.choice((2, 4, 8))}),
            ("Permute", {"dims": rng.sample(range(1, n + 1), n)}),
        ))
