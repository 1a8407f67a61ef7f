"""The code of published lectures, as a file: the numbers that the lectures print."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from cnncalc.cli import main

HEAD = """
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import (Conv2D, MaxPooling2D, AveragePooling2D, Activation, Flatten, Dense, Dropout,
                                     SpatialDropout2D)
from tensorflow.keras import backend as K

"""


def shape(indent: str) -> str:
    return f"""
{indent}input_shape = (height, width, depth)
{indent}if K.image_data_format() == "channels_first":
{indent}    input_shape = (depth, height, width)
"""


SHALLOW_NET = HEAD + "class ShallowNet:\n    @staticmethod\n    def build(width, height, depth, classes):\n        model = Sequential()\n" + shape(
    "        ") + """
        model.add(Conv2D(64, (3, 3), padding="same", input_shape=input_shape))
        model.add(Activation("relu"))
        model.add(Flatten())
        model.add(Dense(classes))
        model.add(Activation("softmax"))
        return model

model = ShallowNet.build(width=32, height=32, depth=3, classes=10)
model.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
"""
LENET = HEAD + "class LeNet:\n    @staticmethod\n    def build(width, height, depth, classes, pools=2):\n        model = Sequential()\n" + shape("        ") + """
        for i, filters in enumerate([20, 50]):
            kwargs = {"input_shape": input_shape} if i == 0 else {}
            model.add(Conv2D(filters, (5, 5), padding="same", **kwargs))
            model.add(Activation("relu"))
            if i < pools:
                model.add(MaxPooling2D(pool_size=(2, 2), strides=(2, 2)))
        model.add(Flatten())
        model.add(Dense(500, activation="relu"))
        model.add(Dense(classes, activation="softmax"))
        return model
"""
VGG = HEAD + """
class ShallowVGGNet:
    @staticmethod
    def build(width, height, depth, classes, dropout=False, blocks=(32, 64)):
        model = Sequential()
        first = {"input_shape": (height, width, depth)}
        for filters in blocks:
            for _ in range(2):
                model.add(Conv2D(filters, (3, 3), padding="same", activation="relu", **first))
                first = {}
            model.add(MaxPooling2D(pool_size=(2, 2)))
            if dropout:
                model.add(SpatialDropout2D(0.25))
        model.add(Flatten())
        model.add(Dense(512, activation="relu"))
        if dropout:
            model.add(Dropout(0.5))
        model.add(Dense(classes, activation="softmax"))
        return model
"""
GERON = """
import tensorflow as tf
from functools import partial
DefaultConv2D = partial(tf.keras.layers.Conv2D, kernel_size=3, padding="SAME", activation="relu")
model = tf.keras.Sequential([DefaultConv2D(filters=64, kernel_size=7, input_shape=[28, 28, 1])])
for filters in (128, 256):
    model.add(tf.keras.layers.MaxPool2D())
    model.add(DefaultConv2D(filters=filters))
    model.add(DefaultConv2D(filters=filters))
model.add(tf.keras.layers.MaxPool2D())
model.add(tf.keras.layers.Flatten())
for units, rate in [(128, .5), (64, .5)]:
    model.add(tf.keras.layers.Dense(units=units, activation="relu"))
    model.add(tf.keras.layers.Dropout(rate))
model.add(tf.keras.layers.Dense(units=10, activation="softmax"))
"""
EXERCISE = """
from keras import layers, models
maps = [100, 200, 400]
model = models.Sequential([layers.Input((200, 300, 3)), *[layers.Conv2D(n, 3, strides=2, padding="SAME") for n in maps]])
"""
TINY = """
from keras import layers, models
model = models.Sequential([layers.Input((6, 6, 1)), layers.Conv2D(1, 3), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(1)])
"""
LECTURE_LENET = HEAD + """
model = Sequential([Conv2D(6, (5, 5), activation="tanh", input_shape=(32, 32, 1)), AveragePooling2D((2, 2)),
                    Conv2D(16, (5, 5), activation="tanh"), AveragePooling2D((2, 2)), Flatten(),
                    Dense(120, activation="tanh"), Dense(84, activation="tanh"), Dense(10, activation="softmax")])
"""
TRANSFER = """
import tensorflow as tf
from tensorflow.keras import layers, Model
from tensorflow.keras.applications import VGG16, ResNet50, InceptionV3

augment = tf.keras.Sequential([
    layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.RandomZoom(0.1), layers.RandomContrast(0.1), layers.Rescaling(1. / 255),
])

def transfer(which, pool):
    base = which(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
    base.trainable = False
    inputs = tf.keras.Input((224, 224, 3))
    x = base(augment(inputs), training=False)
    x = pool()(x)
    x = layers.Dense(128, activation="relu")(x)
    return Model(inputs, layers.Dense(1, activation="sigmoid")(x))
"""
HEAD_OF_2048 = 2048 * 128 + 128 + 129
#: Source, expression, parameters: all of them and those that are trained.
LECTURES = {
    "ShallowNet": (SHALLOW_NET, "", 657_162, 657_162),
    "LeNet": (LENET, "LeNet.build(28, 28, 1, 10)", 1_256_080, 1_256_080),
    "LeNet without the second pool": (LENET, "LeNet.build(28, 28, 1, 10, pools=1)", 4_931_080, 4_931_080),
    "ShallowVGGNet": (VGG, "ShallowVGGNet.build(32, 32, 3, 10)", 2_168_362, 2_168_362),
    "ShallowVGGNet with dropout": (VGG, "ShallowVGGNet.build(32, 32, 3, 10, dropout=True)", 2_168_362, 2_168_362),
    "a third block": (VGG, "ShallowVGGNet.build(32, 32, 3, 10, blocks=[32, 64, 128])", *[65_568 + 73_856 + 147_584 + 2048 * 512 + 512 + 5_130] * 2),
    "partial": (GERON, "", 1_413_834, 1_413_834),
    "an exercise": (EXERCISE, "", 903_400, 903_400),
    "fifteen parameters": (TINY, "", 15, 15),
    "LeNet-5": (LECTURE_LENET, "", 61_706, 61_706),
    "a frozen VGG16": (TRANSFER, "transfer(VGG16, layers.Flatten)", 14_714_688 + 3_211_392 + 129, 3_211_392 + 129),
    "a frozen ResNet50": (TRANSFER, "transfer(ResNet50, layers.GlobalAveragePooling2D)", 23_587_712 + HEAD_OF_2048, HEAD_OF_2048),
    "a frozen InceptionV3": (TRANSFER, "transfer(InceptionV3, layers.GlobalAveragePooling2D)", 21_802_784 + HEAD_OF_2048, HEAD_OF_2048),
}


def summary(tmp_path, source, expression):
    path = tmp_path / "lecture.py"
    path.write_text(source)
    run = CliRunner().invoke(main, ["summary", f"{path}:{expression}" if expression else str(path), "--format", "json"])
    assert run.exit_code == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("name", LECTURES)
def test_a_lectures_code_gives_the_lectures_numbers(name, tmp_path):
    source, expression, params, trained = LECTURES[name]
    data = summary(tmp_path, source, expression)
    assert (data["params"], data["trainable_params"]) == (params, trained)


def test_each_layer_of_a_lecture_is_as_printed(tmp_path):
    rows = {name: [(layer["output_shape"][1:], layer["params"]) for layer in summary(tmp_path, *LECTURES[name][:2])["layers"]
                   if layer["type"] not in ("InputLayer", "Activation")] for name in ("partial", "ShallowVGGNet", "LeNet")}
    assert rows["partial"] == [
        ([28, 28, 64], 3_200), ([14, 14, 64], 0), ([14, 14, 128], 73_856), ([14, 14, 128], 147_584), ([7, 7, 128], 0), ([7, 7, 256], 295_168),
        ([7, 7, 256], 590_080), ([3, 3, 256], 0), ([2304], 0), ([128], 295_040), ([128], 0), ([64], 8_256), ([64], 0), ([10], 650)]
    assert [params for _, params in rows["ShallowVGGNet"]] == [896, 9_248, 0, 18_496, 36_928, 0, 0, 2_097_664, 5_130]
    assert [params for _, params in rows["LeNet"]] == [520, 0, 25_050, 0, 0, 1_225_500, 5_010]


def test_augmentation_has_no_parameters_and_keeps_the_shape(tmp_path):
    data = summary(tmp_path, *LECTURES["a frozen ResNet50"][:2])
    (augment,) = [layer for layer in data["layers"] if layer["name"] == "sequential"]
    assert (augment["output_shape"], augment["params"]) == ([None, 224, 224, 3], 0)
