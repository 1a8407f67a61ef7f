"""The arguments of keras.applications: their defaults, and Keras's rules for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import CnncalcError, SpecError, shown
from ..layers.core import Dense
from .net import Call, Net

#: Arguments of most functions, in Keras's order.
PLAIN: dict[str, object] = {
    "include_top": True, "weights": "imagenet", "input_tensor": None, "input_shape": None,
    "pooling": None, "classes": 1000, "classifier_activation": "softmax",
}


class Usual:
    """What a function takes, and what it knows of its input.

    `size` is the side of the images that its weights were trained on; `least` the smallest side
    that it accepts. `trained` lists the sides for which MobileNets have weights. `any_size` says
    that its top takes unknown sizes too; `sized` that sizes are known without a top too; `matching`
    that `input_shape` must match a given tensor.
    """

    __slots__ = ("any_size", "arguments", "least", "matching", "size", "sized", "trained")

    def __init__(self, arguments: dict[str, object], size: int = 224, least: int = 32, trained: tuple[int, ...] = (),
                 any_size: bool = False, sized: bool = False, matching: bool = False):
        self.arguments, self.size, self.least, self.trained = arguments, size, least, trained
        self.any_size, self.sized, self.matching = any_size, sized, matching


class Options:
    """The arguments of one call, checked, and the input shape that follows from them."""

    def __init__(self, function: str, usual: Usual, arguments: dict[str, Any], data_format: str):
        self.function, self.usual, self.arguments = function, usual, arguments
        self.channels_first = data_format == "channels_first"
        self.include_top = bool(arguments["include_top"])
        self.weights: str | None = arguments["weights"]
        self.pooling: str | None = arguments["pooling"]
        self.classes: int = arguments["classes"]
        self.classifier_activation = arguments["classifier_activation"]
        self.imagenet = self.weights == "imagenet"
        self.name: str | None = arguments["name"]
        tensor = arguments["input_tensor"]
        self.tensor = None if tensor is None else tuple(tensor)
        self._check()
        #: The shape that `input_shape` and the defaults give, which Keras works out even for a given tensor.
        self.declared = self.input_shape()
        #: The shape of the network's input.
        self.shape = self.tensor or self.declared

    def __getitem__(self, argument: str) -> Any:
        return self.arguments[argument]

    def wrong(self, argument: str, problem: str, hint: str | None = None) -> SpecError:
        """An error about one argument."""
        return SpecError(f"{argument} of {self.function} {problem}", (argument,), hint)

    def number(self, argument: str) -> float:
        """An argument that must be a number above 0."""
        value = self.arguments[argument]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e6:
            raise self.wrong(argument, f"must be a number above 0 (got {shown(value)})")
        return value

    def refuse_channels_first(self) -> None:
        """Some functions take images with their channels last only."""
        if self.channels_first:
            raise SpecError(f"{self.function} works with data_format='channels_last' only")

    def rate(self, argument: str) -> float:
        """An argument that must be a rate of dropout."""
        value = self.arguments[argument]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
            raise self.wrong(argument, f"must be a number from 0 to 1 (got {shown(value)})")
        return value

    def _check(self) -> None:
        weights, name = self.weights, self.name
        if self.tensor is not None and len(self.tensor) != 3:
            raise self.wrong("input_tensor", f"must be a batch of images (got {_of((None, *self.tensor))})")
        if weights is not None and not isinstance(weights, str):
            raise self.wrong("weights", f"must be None, 'imagenet', or a file's path (got {shown(weights)})")
        if name is not None and not isinstance(name, str):
            raise self.wrong("name", f"must be a string (got {shown(name)})")
        if self.imagenet and self.tensor is not None and self.unshaped(self.tensor)[2] not in (3, None):
            raise self.wrong("input_tensor", f"must have 3 channels with weights='imagenet' (got {_of(self.tensor)})",
                             "weights=None takes any number of channels")
        if not self.include_top:
            return
        if type(self.classes) is not int or self.classes < 1:
            raise self.wrong("classes", f"must be a positive integer (got {shown(self.classes)})")
        if self.imagenet and self.classes != 1000:
            raise self.wrong("classes", f"must be 1000 with include_top=True and weights='imagenet' (got {self.classes})",
                             "weights=None, or include_top=False and a Dense layer of your own")
        try:
            Dense.read_setting("activation", self.classifier_activation)
        except CnncalcError as errors:
            (error,) = errors
            problem, hint = getattr(error, "problem", str(error)), getattr(error, "hint", None)
            raise self.wrong("classifier_activation", problem.removeprefix("activation "), hint) from None
        if weights is not None and self.classifier_activation not in ("softmax", None, "linear"):
            raise self.wrong("classifier_activation",
                             f"must be 'softmax' or None with pretrained weights (got {shown(self.classifier_activation)})")

    def input_shape(self) -> tuple[object, ...]:
        """The shape of the input, without the batch.

        A top needs known sizes, and with ImageNet weights those of the training images; without
        a top any size will do, unknown ones included.
        """
        given = self.arguments["input_shape"]
        if given is not None and not (isinstance(given, Sequence) and len(given) == 3 and all(
                n is None or (type(n) is int and n > 0) for n in given)):
            raise self.wrong("input_shape", f"must be three sizes, such as {_of(self.shaped(self.size_for(None), 3))} (got {shown(given)})")
        shape = None if given is None else tuple(given)
        usual = self.usual
        if usual.matching and self.tensor is not None:
            if shape is None:
                if usual.any_size:
                    return self.tensor
            elif shape[1] != self.tensor[1]:
                raise self.wrong("input_shape", f"must match the input_tensor, {_of(self.tensor)} (got {_of(shape)})")
        channels = 3 if shape is None or self.imagenet else self.unshaped(shape)[2]
        default = self.shaped(self.size_for(shape), channels)
        if self.imagenet and self.include_top and not usual.any_size:
            if shape is not None and (shape != default or not isinstance(given, tuple)):
                raise self.wrong("input_shape", f"must be {_of(default)} with include_top=True and weights='imagenet' "
                                                f"(got {shown(given) if shape == default else _of(shape)})",
                                 "weights=None or include_top=False takes other sizes")
            return default
        if shape is None:
            known = usual.sized or (self.include_top and not usual.any_size)
            return default if known else self.shaped(None, 3)
        self._check_sizes(shape)
        return shape

    def _check_sizes(self, shape: tuple[object, ...]) -> None:
        rows, columns, channels = self.unshaped(shape)
        if self.imagenet and channels != 3:
            raise self.wrong("input_shape", f"must have 3 channels with weights='imagenet' (got {_of(shape)})",
                             "weights=None takes any number of channels")
        least = self.usual.least
        if any(n is not None and n < least for n in (rows, columns)):
            raise self.wrong("input_shape", f"must be at least {least}x{least} (got {_of(shape)})")
        if self.include_top and None in shape and not self.usual.any_size:
            raise self.wrong("input_shape", f"must have known sizes with include_top=True (got {_of(shape)})",
                             "include_top=False takes unknown sizes")

    def shaped(self, size: object, channels: object) -> tuple[object, ...]:
        """Square images as a shape."""
        return (channels, size, size) if self.channels_first else (size, size, channels)

    def unshaped(self, shape: tuple[object, ...]) -> tuple[Any, Any, object]:
        """Rows, columns and channels of a shape."""
        return (shape[1], shape[2], shape[0]) if self.channels_first else (shape[0], shape[1], shape[2])

    def size_for(self, shape: tuple[object, ...] | None) -> int:
        """The side of the training images: for MobileNets the given one, if there are weights for it."""
        shape = shape or (self.tensor if self.usual.matching else None)
        if shape is not None:
            rows, columns, _ = self.unshaped(shape)
            if rows == columns and rows in self.usual.trained:
                return int(rows)
        return self.usual.size

    def top(self, net: Net, x: Call, average: str | None = None, maximum: str | None = None, **dense: Any) -> Call:
        """The usual end: the mean of each channel and a classifier, or the pooling that was asked for.

        `average` and `maximum` are the names of the pooling layers; `dense` more settings of the classifier.
        """
        if not self.include_top:
            return self.pooled(net, x, average, maximum)
        return self.classifier(net, net.add("GlobalAveragePooling2D", x, name=average), **dense)

    def pooled(self, net: Net, x: Call, average: str | None = None, maximum: str | None = None) -> Call:
        """The pooling that was asked for in place of a top."""
        if self.pooling == "avg":
            return net.add("GlobalAveragePooling2D", x, name=average)
        if self.pooling == "max":
            return net.add("GlobalMaxPooling2D", x, name=maximum)
        return x

    def classifier(self, net: Net, x: Call, name: str = "predictions", **dense: object) -> Call:
        """The last layer of a top."""
        activation = self.classifier_activation
        if activation not in (None, "linear"):
            dense = {"activation": activation, **dense}
        return net.add("Dense", x, name=name, units=self.classes, **dense)


def _of(shape: tuple[object, ...]) -> str:
    return "(" + ", ".join(map(str, shape)) + ")"


def round_channels(n: float, divisor: int = 8) -> int:
    """Channels rounded to a multiple of `divisor`, up if down would lose more than a tenth (MobileNet, EfficientNet)."""
    rounded = max(divisor, int(n + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * n else rounded


def padded(net: Net, x: Call, kernel: int, name: str) -> Call:
    """Zeros around `x` before a window of stride 2, so that it begins as TensorFlow's 'same' does.

    That is one zero fewer at the front of an even size. Unknown sizes are taken for even, as in Keras.
    """
    half = kernel // 2
    rows, columns = [half - (1 if n is None else 1 - n % 2) for n in x.spatial]
    padding = ((rows, half), (columns, half))
    return net.add("ZeroPadding2D", x, name=name, **({} if padding == ((1, 1), (1, 1)) else {"padding": padding}))
