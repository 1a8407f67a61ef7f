"""Python source as people write it, and the numbers that its networks have."""

from __future__ import annotations

from typing import NamedTuple


class Program(NamedTuple):
    """Source, how the network is named in it, and its parameters: all, and those that are trained."""

    name: str
    source: str
    params: int
    trainable: int
    expression: str = ""
    options: tuple[str, ...] = ()


MNIST = """
from tensorflow import keras
from tensorflow.keras import layers

inputs = keras.Input(shape=(28, 28, 1))
x = layers.Conv2D(filters=32, kernel_size=3, activation="relu")(inputs)
x = layers.MaxPooling2D(pool_size=2)(x)
x = layers.Conv2D(filters=64, kernel_size=3, activation="relu")(x)
x = layers.MaxPooling2D(pool_size=2)(x)
x = layers.Conv2D(filters=128, kernel_size=3, activation="relu")(x)
x = layers.Flatten()(x)
outputs = layers.Dense(10, activation="softmax")(x)
model = keras.Model(inputs=inputs, outputs=outputs)
"""

CLASSES = """
from keras.models import Sequential
from keras.layers.convolutional import Conv2D, MaxPooling2D
from keras.layers.core import Activation, Flatten, Dense
from keras import backend as K


class ShallowNet:
    @staticmethod
    def build(width, height, depth, classes):
        model = Sequential()
        shape = (height, width, depth)
        if K.image_data_format() == "channels_first":
            shape = (depth, height, width)
        model.add(Conv2D(32, (3, 3), padding="same", input_shape=shape))
        model.add(Activation("relu"))
        model.add(Flatten())
        model.add(Dense(classes))
        model.add(Activation("softmax"))
        return model


class LeNet:
    @staticmethod
    def build(width, height, depth, classes):
        model = Sequential()
        model.add(Conv2D(20, (5, 5), padding="same", input_shape=(height, width, depth)))
        model.add(Activation("relu"))
        model.add(MaxPooling2D(pool_size=(2, 2), strides=(2, 2)))
        model.add(Conv2D(50, (5, 5), padding="same"))
        model.add(Activation("relu"))
        model.add(MaxPooling2D(pool_size=(2, 2), strides=(2, 2)))
        model.add(Flatten())
        model.add(Dense(500))
        model.add(Activation("relu"))
        model.add(Dense(classes))
        model.add(Activation("softmax"))
        return model
"""

PARTIAL = """
import tensorflow as tf
from functools import partial

(X_train, y_train), _ = tf.keras.datasets.fashion_mnist.load_data()
X_train = X_train[..., None] / 255.
DefaultConv2D = partial(tf.keras.layers.Conv2D, kernel_size=3, padding="same", activation="relu")
model = tf.keras.Sequential([
    DefaultConv2D(filters=64, kernel_size=7, input_shape=X_train.shape[1:]),
    tf.keras.layers.MaxPool2D(),
    *[DefaultConv2D(filters=n) for n in (128, 128)],
    tf.keras.layers.MaxPool2D(),
    *[DefaultConv2D(filters=n) for n in [256] * 2],
    tf.keras.layers.MaxPool2D(),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(units=128, activation="relu", kernel_initializer="he_normal"),
    tf.keras.layers.Dropout(0.5),
    tf.keras.layers.Dense(units=64, activation="relu"),
    tf.keras.layers.Dropout(0.5),
    tf.keras.layers.Dense(units=10, activation="softmax"),
])
"""

FROZEN = """
from keras.applications import VGG16
from keras import layers, models
base = VGG16(weights="imagenet", include_top=False, input_shape=(150, 150, 3))
model = models.Sequential()
model.add(base)
model.add(layers.Flatten())
model.add(layers.Dense(256, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))
base.trainable = False
for layer in base.layers[-4:]:
    layer.trainable = True
"""

CUT = """
from tensorflow.keras.applications.resnet50 import ResNet50
from tensorflow.keras.layers import GlobalAveragePooling2D, Dense
from tensorflow.keras.models import Model
base = ResNet50(include_top=False, input_shape=(224, 224, 3))
for layer in base.layers:
    layer.trainable = False
x = base.get_layer("conv4_block6_out").output
x = GlobalAveragePooling2D()(x)
model = Model(base.input, Dense(5)(x))
"""

CUSTOM = """
import keras
from keras import layers, ops

class Scale(layers.Layer):
    def __init__(self, factor=2, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="w")
        self.fixed = self.add_weight(shape=(3, input_shape[-1]), trainable=False)
    def call(self, x):
        return x * self.w * self.factor

class Residual(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.convs = [layers.Conv2D(filters, 3, padding="same") for _ in range(2)]
        self.act = layers.ReLU()
    def call(self, x):
        y = x
        for conv in self.convs:
            y = self.act(conv(y))
        return x + y

i = keras.Input((8, 8, 4))
x = Scale(name="scale")(i)
x = Residual(4)(x)
x = layers.Lambda(lambda t: ops.mean(t, axis=[1, 2]))(x)
model = keras.Model(i, layers.Dense(3)(x))
"""

OLD = """
from keras.layers import Convolution2D, merge, Input, Flatten, Dense, BatchNormalization
from keras.models import Model
print "building", 3
i = Input(shape=(16, 16, 3))
a = Convolution2D(8, 3, 3, border_mode='same', subsample=(2, 2), init='he_normal')(i)
b = Convolution2D(8, 1, 1, border_mode='same', subsample=(2, 2))(i)
x = merge([a, b], mode='concat', concat_axis=-1)
x = BatchNormalization(axis=-1, mode=0)(x)
model = Model(input=i, output=Dense(output_dim=2)(Flatten()(x)))
"""

SHARED = """
from keras import layers, Input, Model
i, j = Input((4,)), Input((4,))
tower = layers.Dense(3)
model = Model([i, j], layers.concatenate([tower(i), tower(j)]))
"""

UNKNOWN = """
import os, argparse, pandas as pd, numpy as np
from keras import layers, Sequential
args = argparse.ArgumentParser()
args.add_argument("--filters", type=int, default=8)
args = args.parse_args()
data = pd.read_csv("data.csv")
x = data.drop("label", axis=1).values
if os.path.exists("weights.h5"):
    print("found")
for row in data:
    print(row)
num_classes = len(data["label"].unique())
model = Sequential()
model.add(layers.Conv2D(args.filters, 3, input_shape=(10, 10, 1)))
model.add(layers.Flatten())
model.add(layers.Dense(num_classes))
model.compile("adam")
model.fit(x)
"""

SUBCLASS = """
import keras
from keras import layers
class Net(keras.Model):
    def __init__(self, classes=10):
        super().__init__()
        self.conv = layers.Conv2D(4, 3)
        self.pool = layers.GlobalAveragePooling2D()
        self.head = layers.Dense(classes)
    def call(self, x, training=False):
        x = self.conv(x)
        if training:
            x = x * 1.0
        return self.head(self.pool(x))
"""

HOLDER = """
from keras import layers, models, Input
class Autoencoder:
    def __init__(self, size=8):
        self.size = size
        self.encoder = self.make(size, 3)
        self.decoder = self.make(3, size)
        inputs = Input((size,))
        self.model = models.Model(inputs, self.decoder(self.encoder(inputs)))
    def make(self, size, units):
        return models.Sequential([Input((size,)), layers.Dense(units)])
    def train(self):
        self.model.fit(None)
"""
KEYWORDS = """
import keras
from keras import layers
class Attend(layers.Layer):
    def __init__(self, size):
        super().__init__()
        self.query, self.key = layers.Dense(size), layers.Dense(size)
        self.attention = layers.Attention()
    def call(self, target, source, mask=None):
        return self.attention([self.query(target), self.key(source)])
a, b = keras.Input((5, 4)), keras.Input((7, 6))
model = keras.Model([a, b], layers.Dense(2)(Attend(3)(target=a, source=b)))
"""
TENSORFLOW_1 = """
import numpy as np
import tensorflow as tf
from keras.layers import Input, Lambda, Dense, Conv2D, Flatten
from keras.models import Model
table = np.ndarray((11, 3), dtype=np.float32)
gpus = tf.config.list_physical_devices("GPU")
if gpus:
    tf.config.set_visible_devices(gpus[0], "GPU")
x = i = Input((8, 8, 3))
x = Conv2D(int(x.shape[-1].value) * 2, 1)(x)
x = Lambda(lambda t: tf.compat.v1.image.resize(t, (4, 4)))(x)
model = Model(i, Dense(table.shape[0])(Flatten()(x)))
"""
FROM_KERAS = """
from keras import backend, layers, models
from keras.applications import imagenet_utils
def Small(include_top=True, weights="imagenet", input_shape=None, classes=1000):
    input_shape = imagenet_utils.obtain_input_shape(input_shape, default_size=32, min_size=8, data_format=backend.image_data_format(),
                                                    require_flatten=include_top, weights=weights)
    x = i = layers.Input(shape=input_shape)
    x = layers.ZeroPadding2D(imagenet_utils.correct_pad(x, 3))(x)
    x = layers.Conv2D(4, 3, strides=2, padding="valid")(x)
    if include_top:
        x = layers.Dense(classes)(layers.Flatten()(x))
    return models.Model(i, x)
"""

POSITIONS = """
import tensorflow as tf, keras
from keras import layers
i = keras.Input((16, 12))
x = layers.Dense(8)(i)
positions = layers.Embedding(16, 8)(tf.range(start=0, limit=16, delta=1))
if keras.something_unknown():
    print(layers.Dense(3))
model = keras.Model(i, layers.Dense(2)(x + positions))
"""

VOCABULARY = """
import keras
from keras import layers
look = layers.StringLookup(vocabulary=["a", "b", "c"])
text = layers.TextVectorization(max_tokens=100)
n = len(text.get_vocabulary())
model = keras.Sequential([keras.Input((4,)), layers.Dense(len(look.get_vocabulary())), layers.Dense(n)])
"""

PROGRAMS = [
    Program("the MNIST network of a textbook", MNIST, 104_202, 104_202),
    Program("a class with a static build", CLASSES, 328_586, 328_586, "ShallowNet.build(32, 32, 3, 10)"),
    Program("another class of the same file", CLASSES, 1_256_080, 1_256_080, "LeNet.build(28, 28, 1, 10)"),
    Program("layers by functools.partial on a well-known data set", PARTIAL, 1_413_834, 1_413_834),
    Program("a frozen base with some layers thawed", FROZEN, 14_714_688 + 2_097_665, 7_079_424 + 2_097_665),
    Program("a base cut at a layer's name", CUT, 8_589_184 + 5_125, 5_125),
    Program("layers with code of their own", CUSTOM, 4 + 12 + 2 * 148 + 15, 4 + 2 * 148 + 15),
    Program("Keras 1 and Python 2", OLD, (27 * 8 + 8) + (24 + 8) + 64 + (8 * 8 * 16 * 2 + 2), (27 * 8 + 8) + (24 + 8) + 32 + (8 * 8 * 16 * 2 + 2)),
    Program("a shared layer", SHARED, 15, 15),
    Program("values from outside", UNKNOWN, 80 + 512 * 5 + 5, 80 + 512 * 5 + 5, "", ("--set", "num_classes=5")),
    Program("an attribute from outside", UNKNOWN, 20 + 128 * 5 + 5, 20 + 128 * 5 + 5, "", ("--set", "num_classes=5", "--set", "args.filters=2")),
    Program("an object that holds networks", HOLDER, 27 + 32, 27 + 32),
    Program("one of the networks that an object holds", HOLDER, 15, 15, "Autoencoder(4).encoder"),
    Program("tensors given by name to a layer of its own", KEYWORDS, 15 + 21 + 8, 15 + 21 + 8),
    Program("TensorFlow 1 in parts", TENSORFLOW_1, 24 + (96 * 11 + 11), 24 + (96 * 11 + 11)),
    Program("a layer called on numbers alone", POSITIONS, 104 + 18, 104 + 18),
    Program("the vocabulary of a look-up layer", VOCABULARY, 20 + 35, 20 + 35, "", ("--set", "n=7")),
    Program("the helpers of keras.applications", FROM_KERAS, 112 + (16 * 16 * 4 * 1000 + 1000), 112 + (16 * 16 * 4 * 1000 + 1000)),
    Program("a model whose call is code", SUBCLASS, 40 + 15, 40 + 15, "Net(classes=3)", ("--input", "8x8x1")),
]
