"""Published questions on the arithmetic of networks: what was asked, the right values, wrong answers that were given.

A question has one network or several. `asked` are right values, `wrong` answers with the
name of the mistake behind each (that of the people who found them, or of who derived them).
Rows that a question asks for and that no row of a sheet can hold are left out.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Wrong(NamedTuple):
    row: str
    quantity: str
    value: Any
    name: str
    beside: dict[str, dict[str, Any]] = {}  # other wrong answers of the same student


class Question(NamedTuple):
    id: str
    text: str
    asked: dict[str, dict[str, Any]]
    wrong: tuple[Wrong, ...] = ()
    settings: dict[str, Any] = {}


def net(size: Any, *layers: Any) -> str:
    """A network as the text of a file; layers without inputs of their own follow each other."""
    return json.dumps({"input": size, "layers": list(layers)})


def layer(kind: str, name: str, inputs: Any = None, **settings: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {kind: settings, "name": name}
    return {**entry, "inputs": inputs} if inputs else entry


def conv(name: str, f: int, k: Any, s: Any = 1, p: Any = "valid", **more: Any) -> dict[str, Any]:
    return layer("Conv2D", name, more.pop("inputs", None), filters=f, kernel_size=k, strides=s, padding=p, **more)


def pool(name: str, k: Any = 2, s: Any = None, **more: Any) -> dict[str, Any]:
    return layer("MaxPooling2D", name, None, pool_size=k, strides=s, **more)


def dense(name: str, u: int, **more: Any) -> dict[str, Any]:
    return layer("Dense", name, None, units=u, **more)


def flat(name: str = "flat") -> dict[str, Any]:
    return layer("Flatten", name)


def batch_norm(name: str) -> dict[str, Any]:
    return layer("BatchNormalization", name)


def rows(quantity: str, **values: Any) -> dict[str, dict[str, Any]]:
    return {row.replace("__", "-"): {quantity: value} for row, value in values.items()}


def vgg(name: str, blocks: list[int]) -> str:
    layers = []
    for b, (many, width) in enumerate(zip(blocks, (64, 128, 256, 512, 512)), 1):
        layers += [conv(f"conv{b}-{i}", width, 3, p=1) for i in range(1, many + 1)] + [pool(f"pool{b}")]
    return net([224, 224, 3], *layers, flat(), dense("fc6", 4096), dense("fc7", 4096), dense("fc8", 1000))


VGG19 = vgg("vgg-19", [2, 2, 4, 4, 4])
VGG16 = vgg("vgg-16", [2, 2, 3, 3, 3])
GERON = net([200, 300, 3], *[conv(f"conv{i}", f, 3, 2, "same") for i, f in enumerate((100, 200, 400), 1)])
LENET = [conv("C1", 6, 5), pool("S2"), conv("C3", 16, 5), pool("S4"), flat(), dense("C5", 120), dense("F6", 84)]
INCEPTION = net([32, 32, 256], conv("one", 128, 1, inputs="input"), conv("three", 192, 3, p="same", inputs="input"),
                conv("five", 96, 5, p="same", inputs="input"),
                layer("MaxPooling2D", "pool", "input", pool_size=3, strides=1, padding="same"),
                layer("Concatenate", "concat", ["one", "three", "five", "pool"]))
REDUCED = net([32, 32, 256], conv("one", 128, 1, inputs="input"), conv("reduce3", 64, 1, inputs="input"),
              conv("three", 192, 3, p="same"), conv("reduce5", 64, 1, inputs="input"), conv("five", 96, 5, p="same"),
              layer("MaxPooling2D", "pool", "input", pool_size=3, strides=1, padding="same"), conv("project", 64, 1),
              layer("Concatenate", "concat", ["one", "three", "five", "project"]))

QUESTIONS: list[tuple[str, Question]] = [
    (net([64, 64, 3], conv("conv1", 32, 3, p="same"), batch_norm("bn1"), pool("pool1"), conv("conv2", 64, 3), batch_norm("bn2"),
         pool("pool2"), flat(), dense("fc1", 512), dense("fc2", 256), dense("fc3", 128), dense("out", 10)),
     Question("norm-after-conv", "which parameters of a network with batch normalization are trained",
              {"conv1": {"params": 896}, "bn1": {"trainable_params": 64}, "conv1+bn1": {"trainable_params": 960},
               "total": {"trainable_params": 7_558_410, "non_trainable_params": 192}})),
    (net([32, 32, 3], conv("conv", 10, 5)),
     Question("ten-5x5", "size and parameters of ten 5x5 filters", {"conv": {"output": [28, 28, 10], "params": 760}})),
    (net([64], batch_norm("bn")),
     Question("norm-64", "parameters of batch normalization on 64 channels, moving averages included",
              rows("params", bn=256), (Wrong("bn", "params", 64, "BN-one-per-channel"),))),
    (net([64], batch_norm("bn")),
     Question("norm-64-learnt", "the same without moving averages", rows("params", bn=128), settings={"bn": "2C"})),
    (net([64, 64, 3], conv("conv1", 50, 3), pool("pool1"), conv("conv2", 50, 3), pool("pool2"), flat(), dense("dense1", 50),
         dense("dense2", 10)),
     Question("two-pools", "total of two convolutions with pooling", rows("params", total=514_510),
              (Wrong("total", "params", 514_660, "bias-per-input-channel"),))),
    (net([64, 64, 3], conv("conv1", 50, 3), pool("pool1"), conv("conv2", 50, 3), pool("pool2"), conv("conv3", 50, 3),
         pool("pool3"), flat(), dense("dense1", 50), dense("dense2", 10)),
     Question("three-pools", "the same with a third block: it has fewer", rows("params", total=137_060))),
    (net([64, 64, 3], conv("conv1", 50, 3), conv("conv2", 50, 3), flat("flatten"), dense("dense", 10)),
     Question("no-pools", "two convolutions and a dense layer", {
         "conv1": {"params": 1400}, "conv2": {"params": 22_550}, "flatten": {"output": [180_000]},
         "dense": {"params": 1_800_010}, "total": {"params": 1_823_960, "weight_memory": 7_295_840}})),
    (net([100], dense("a", 50), dense("b", 10)),
     Question("mlp-100-50-10", "parameters of a small dense network", rows("params", total=5560),
              (Wrong("total", "params", 5110, "arithmetic-slip"),))),
    (net([784], dense("a", 128), dense("b", 64), dense("c", 10)),
     Question("mlp-784", "a larger one", rows("params", total=109_386))),
    (net([32], dense("a", 32), dense("b", 32), dense("c", 32)),
     Question("mlp-32", "one of equal widths", rows("params", total=3168))),
    (net([224, 224, 3], conv("conv", 64, 3, p=1)),
     Question("work-of-first-conv", "multiply-adds and operations of a first convolution",
              {"conv": {"macs": 86_704_128, "flops": 173_408_256}},
              (Wrong("conv", "flops", 86_704_128, "MACs-vs-FLOPs"),))),
    (net([128, 128, 3], conv("C-9-32", 32, 9), pool("P1"), conv("C-5-64a", 64, 5), pool("P2"), conv("C-5-64b", 64, 5),
         pool("P3"), flat(), dense("FC-3", 3)),
     Question("weights-and-biases", "sizes, weights and biases of each layer", {
         "C-9-32": {"output": [120, 120, 32], "weights": 7776, "biases": 32}, "P1": {"output": [60, 60, 32]},
         "C-5-64a": {"output": [56, 56, 64], "weights": 51_200, "biases": 64}, "P2": {"output": [28, 28, 64]},
         "C-5-64b": {"output": [24, 24, 64], "weights": 102_400}, "P3": {"output": [12, 12, 64]},
         "FC-3": {"weights": 27_648, "biases": 3}}, (
             Wrong("C-9-32", "weights", 77_760, "arithmetic-slip"),
             Wrong("C-9-32", "weights", 2592, "forgot-input-channels"),
             Wrong("C-5-64a", "weights", 1600, "forgot-input-channels"),
             Wrong("FC-3", "weights", 37_632, "skipped-a-layer"),
             Wrong("C-9-32", "biases", 96, "bias-per-input-channel")))),
    (net([32, 32, 3], conv("conv1", 16, 5, p=2), pool("p1"), conv("conv2", 20, 5, p=2), pool("p2"), conv("conv3", 20, 5, p=2),
         pool("p3"), flat(), dense("fc", 10)),
     Question("small-images", "parameters of a network for small images",
              rows("params", conv1=1216, conv2=8020, conv3=10_020, fc=3210))),
    (net([300, 300, 3], conv("CONV", 100, 5)),
     Question("hundred-5x5", "parameters of 100 filters on a colour image, biases included", rows("params", CONV=7600), (
         Wrong("CONV", "params", 7500, "forgot-bias"), Wrong("CONV", "params", 2600, "forgot-input-channels"),
         Wrong("CONV", "params", 2501, "forgot-input-channels+one-bias-per-layer")))),
    (net([31, 31, 32], layer("ZeroPadding2D", "padded", None, padding=1)),
     Question("padded-31", "a volume padded by 1", rows("output", padded=[33, 33, 32]),
              (Wrong("padded", "output", [32, 32, 32], "pad-added-once"),))),
    (net([15, 15, 8], layer("ZeroPadding2D", "padded", None, padding=2)),
     Question("padded-15", "a volume padded by 2", rows("output", padded=[19, 19, 8]), (
         Wrong("padded", "output", [17, 17, 8], "pad-added-once"),
         Wrong("padded", "output", [19, 19, 12], "pad-added-to-channels"),
         Wrong("padded", "output", [17, 17, 10], "pad-added-once+pad-added-to-channels")))),
    (net([128, 128, 12], pool("POOL", 4, 4)),
     Question("pool-4", "pooling by 4", rows("output", POOL=[32, 32, 12]))),
    (net([32, 32, 3], conv("C3-8", 8, 3, p=1), batch_norm("BN"), pool("POOL-2"), conv("C3-16", 16, 3, p=1), flat("FLATTEN"),
         dense("FC-10", 10)),
     Question("norm-2C", "sizes and parameters, batch normalization with two numbers for each channel", {
         "C3-8": {"output": [32, 32, 8], "params": 224}, "BN": {"params": 16}, "POOL-2": {"output": [16, 16, 8]},
         "C3-16": {"params": 1168}, "FLATTEN": {"output": [4096]}, "FC-10": {"params": 40_970}},
         (Wrong("BN", "params", 32, "BN-2C-vs-4C"), Wrong("BN", "params", 16_384, "BN-per-activation")), {"bn": "2C"})),
    (net([227, 227, 3], conv("CONV1", 96, 11, 4)),
     Question("alexnet-first", "AlexNet's first layer", {"CONV1": {"output": [55, 55, 96], "activations": 290_400,
                                                                   "weights": 34_848, "params": 34_944}},
              (Wrong("CONV1", "params", 105_705_600, "per-position-weights"),
               Wrong("CONV1", "params", 34_848, "forgot-bias")))),
    (net([227, 227, 3], layer("LocallyConnected2D", "local", None, filters=96, kernel_size=11, strides=4)),
     Question("alexnet-first-unshared", "the same if nothing were shared", rows("params", local=105_705_600))),
    (net([10, 1], layer("Conv1D", "conv", None, filters=1, kernel_size=3, strides=2)),
     Question("no-whole-number", "stride 2 on 10 with a window of 3: (10 - 3) / 2 + 1 = 4.5", rows("output", conv=4.5),
              (Wrong("conv", "output", [5], "ceil-or-round-instead-of-floor"),), {"accept": ["non-integer"]})),
    (net([11, 11, 4], conv("V", 1, 5, 2)),
     Question("eleven-by-two", "size of an 11x11 map behind a stride of 2", rows("output", V=[4, 4]))),
    (net([224, 224, 64], pool("POOL")),
     Question("pool-224", "pooling by 2", rows("output", POOL=[112, 112, 64]),
              (Wrong("POOL", "output", [112, 112, 32], "pool-changes-channels"),))),
    (net([32, 32, 64], *[conv(n, 64, 3, p=1, use_bias=False) for n in ("c1", "c2", "c3")]),
     Question("stack-of-three", "the field of two and three 3x3 layers", rows("receptive_field", c2=5, c3=7),
              (Wrong("c3", "receptive_field", 9, "rf-adds-k"),))),
    (net([32, 32, 1], conv("a", 1, 3, p=1), conv("b", 1, 3, p=1), conv("c", 1, 3, p=1)),
     Question("three-against-one", "the same with one channel, biases left out",
              {"c": {"receptive_field": 7}, "a+b+c": {"params": 27}}, settings={"biases": False})),
    (net([32, 32, 1], conv("one", 1, 7)),
     Question("one-against-three", "one 7x7 layer in their place", rows("params", one=49), settings={"biases": False})),
    (net([224, 224, 3], *[conv(n, 64, 3, p=1) for n in ("c1", "c2", "c3")]),
     Question("three-maps", "the values of three maps of 64 channels", rows("activations", total=9_633_792))),
    (VGG16, Question("vgg-16", "VGG-16 in all", {"total": {"params": 138_357_544, "weights": 138_344_128}})),
    (net([6400], dense("fc1", 4096, use_bias=False), dense("fc2", 4096, use_bias=False)),
     Question("alexnet-dense", "memory and work of two dense layers",
              {"total": {"weight_memory": 171_966_464, "flops": 85_983_232}},
              (Wrong("total", "weight_memory", "171.97 MB", "MB-vs-MiB"),), {"binary": True})),
    (net([3, 3, 1], conv("conv", 1, 2, p=1)),
     Question("padded-3", "a 3x3 image padded by 1, a 2x2 window", rows("output", conv=[4, 4, 1]),
              (Wrong("conv", "output", [3, 3, 1], "pad-added-once"),))),
    (net([8, 8, 1], conv("conv", 1, [3, 5], [3, 4], [0, 1])),
     Question("unequal-sides", "window, padding and stride that differ by axis", rows("output", conv=[2, 2, 1]),
              (Wrong("conv", "output", [2, 1, 1], "h-w-swapped"),))),
    (net([8, 8, 1], conv("conv", 1, 3, 2, 1)),
     Question("half-of-eight", "padding 1 and stride 2", rows("output", conv=[4, 4, 1]))),
    (net([7, 7, 1], conv("conv", 1, 3, dilation_rate=2)),
     Question("dilated", "a window with holes: what it spans, and the size",
              {"conv": {"output": [3, 3, 1], "receptive_field": 5}},
              (Wrong("conv", "output", [5, 5, 1], "dilation-ignored"),))),
    (net([5, 5, 1], pool("pool", 3, 1)),
     Question("pool-by-one", "a 3x3 window moved by 1", rows("output", pool=[3, 3, 1]))),
    (net([5, 5, 1], layer("Conv2DTranspose", "t", None, filters=1, kernel_size=3, padding=1)),
     Question("transposed-half", "transposed, padding 1", rows("output", t=[5, 5, 1]))),
    (net([3, 3, 1], layer("Conv2DTranspose", "t", None, filters=1, kernel_size=3, strides=2, padding=1, output_padding=1)),
     Question("transposed-odd", "transposed, stride 2 and one output more", rows("output", t=[6, 6, 1]),
              (Wrong("t", "output", [5, 5, 1], "transposed-output-padding"),))),
    (net([2, 2, 1], layer("Conv2DTranspose", "t", None, filters=1, kernel_size=3, strides=2, padding=0)),
     Question("transposed-stride", "transposed, stride 2", rows("output", t=[5, 5, 1]))),
    (net([56, 56, 256], conv("conv", 256, 3, p=1)),
     Question("work-of-a-wide-conv", "operations of a wide convolution", rows("flops", conv=3_699_376_128),
              (Wrong("conv", "flops", 1_849_688_064, "MACs-vs-FLOPs"),))),
    (GERON,
     Question("three-same", "sizes and parameters of three strided layers", {
         "conv1": {"params": 2800, "output": [100, 150, 100]}, "conv2": {"params": 180_200, "output": [50, 75, 200]},
         "conv3": {"params": 720_400, "output": [25, 38, 400]}, "total": {"params": 903_400}}, (
             Wrong("conv3", "output", [25, 37, 400], "same-with-stride-floor"),
             Wrong("conv1", "params", 1000, "forgot-input-channels"),
             Wrong("total", "params", 902_700, "forgot-bias")))),
    (GERON,
     Question("three-same-memory", "the memory of their maps and weights, and to predict one image", {
         "conv1": {"memory": 6_000_000}, "conv2": {"memory": 3_000_000}, "conv3": {"memory": 1_520_000},
         "total": {"weight_memory": 3_613_600, "inference_memory": 12_613_600}}, (
             Wrong("total", "inference_memory", 18_613_600, "arithmetic-slip"),
             Wrong("total", "weight_memory", 903_400, "forgot-4-bytes")))),
    (GERON,
     Question("three-same-batch", "the same for a batch of 50", {"input": {"memory": 36_000_000}, "total": {"memory": 526_000_000}},
              (Wrong("input", "memory", 9_000_000, "forgot-4-bytes"),), {"batch": 50})),
    (net([150, 100, 3], conv("conv", 200, 5, p="same")),
     Question("two-hundred-maps", "parameters and multiplications of 200 maps", {"conv": {"params": 15_200, "macs": 225_000_000}},
              (Wrong("conv", "params", 15_000, "forgot-bias"), Wrong("conv", "macs", 450_000_000, "MACs-vs-FLOPs")))),
    (net([32, 32, 3], conv("conv", 2, 5)),
     Question("two-filters", "volume and parameters of two filters", {"conv": {"output": [28, 28, 2], "params": 152}}, (
         Wrong("conv", "output", [28, 28, 3], "output-depth-is-input-depth"),
         Wrong("conv", "output", [30, 30, 2], "wrong-formula"), Wrong("conv", "params", 150, "forgot-bias")))),
    (net([100, 3], layer("Conv1D", "conv", None, filters=2, kernel_size=5)),
     Question("two-filters-in-time", "the same along one axis", rows("params", conv=32),
              (Wrong("conv", "params", 30, "forgot-bias"),))),
    (net([101, 1], layer("Conv1D", "conv", None, filters=1, kernel_size=7, strides=5)),
     Question("width-101", "a width behind a stride of 5", rows("output", conv=19),
              (Wrong("conv", "output", [20], "ceil-or-round-instead-of-floor"),))),
    (net([480, 640, 3], flat(), dense("dense", 1000)),
     Question("dense-on-a-photo", "a dense layer on a photo", rows("params", dense=921_601_000))),
    (net([227, 227, 3], conv("conv1", 96, 11, 4), pool("pool1", 3, 2), conv("conv2", 256, 5, p=2), pool("pool2", 3, 2),
         conv("conv3", 384, 3, p=1), conv("conv4", 384, 3, p=1), conv("conv5", 256, 3, p=1), pool("pool5", 3, 2), flat(),
         dense("fc6", 4096), dense("fc7", 4096), dense("fc8", 1000)),
     Question("alexnet", "AlexNet in one tower", rows(
         "params", conv1=34_944, conv2=614_656, conv3=885_120, conv4=1_327_488, conv5=884_992, fc6=37_752_832,
         fc7=16_781_312, fc8=4_097_000, total=62_378_344))),
    (INCEPTION,
     Question("inception", "four branches put together: depth and multiplications", {
         "concat": {"output": [32, 32, 672]}, "one": {"macs": 33_554_432}, "three": {"macs": 452_984_832},
         "five": {"macs": 629_145_600}}, (
             Wrong("three", "macs", 452_884_832, "arithmetic-slip"),
             Wrong("concat", "output", [32, 32, 416], "dropped-pool-branch")))),
    (REDUCED,
     Question("inception-reduced", "the same with 1x1 layers before", {
         "concat": {"output": [32, 32, 480]}, "one": {"macs": 33_554_432}, "reduce3+three": {"macs": 130_023_424},
         "reduce5+five": {"macs": 174_063_616}, "project": {"macs": 16_777_216}, "total": {"macs": 354_418_688}}, (
             Wrong("project", "macs", 4_194_304, "wrong-input-channels-in-branch"),
             Wrong("total", "macs", 341_835_776, "carried-forward", {"project": {"macs": 4_194_304}})))),
    (VGG19,
     Question("vgg-19-weights", "weights and values of VGG-19, biases not counted", {
         "conv1-1": {"params": 1728, "activations": "3.2M"}, "conv1-2": {"params": 36_864}, "conv3-2": {"params": 589_824},
         "conv4-1": {"params": 1_179_648}, "fc6": {"params": 102_760_448}, "fc7": {"params": 16_777_216},
         "input": {"activations": "150K"}, "pool1": {"activations": "800K"}, "pool2": {"activations": "400K"}}, (
             Wrong("conv1-1", "params", 1792, "bias-counted-when-excluded"),
             Wrong("fc6", "params", 102_764_544, "bias-counted-when-excluded"),
             Wrong("total", "params", 138_357_544, "wrong-network")), {"biases": False})),
    (net([32, 32, 1], *LENET),
     Question("lenet", "the window and the parameters of LeNet", {
         "C1": {"kernel": 5, "params": 156}, "C3": {"params": 2416}, "F6": {"params": 10_164}})),
    (VGG19,
     Question("vgg-19-stages", "VGG-19, stage by stage", {
         "conv1-1+conv1-2": {"params": 38_720}, "conv2-1+conv2-2": {"params": 221_440},
         "+".join(f"conv3-{i}" for i in range(1, 5)): {"params": 2_065_408},
         "+".join(f"conv4-{i}" for i in range(1, 5)): {"params": 8_259_584},
         "+".join(f"conv5-{i}" for i in range(1, 5)): {"params": 9_439_232},
         "fc6+fc7+fc8": {"params": 123_642_856}, "total": {"params": 143_667_240}})),
    (net([32, 32, 1], conv("conv1", 6, 5), layer("AveragePooling2D", "pool1", None, pool_size=2), conv("conv2", 16, 5)),
     Question("lenet-field", "the field of LeNet's second convolution", rows("receptive_field", conv2=14), (
         Wrong("conv2", "receptive_field", 12, "rf-adds-k"), Wrong("conv2", "receptive_field", 10, "rf-pooling-ignored")))),
    (net([32, 32, 1], conv("conv1", 6, 5, dilation_rate=2), layer("AveragePooling2D", "pool1", None, pool_size=2),
         conv("conv2", 16, 5)),
     Question("lenet-field-dilated", "the same, dilated", rows("receptive_field", conv2=18),
              (Wrong("conv2", "receptive_field", 14, "dilation-ignored"),))),
    (net([28, 28, 1], conv("c1", 32, 5), pool("p1"), conv("c2", 32, 3), pool("p2"), flat(), dense("d1", 256), dense("d2", 10)),
     Question("digits", "a network for digits", rows("params", c1=832, c2=9248, d1=205_056, d2=2570, total=217_706))),
    (net([227, 227, 3], conv("conv1", 96, 11, 4)), Question("alone-1", "one layer alone", rows("params", conv1=34_944))),
    (net([56, 56, 128], conv("conv", 256, 3)), Question("alone-2", "another one", rows("params", conv=295_168))),
    (net([6, 6, 256], flat(), dense("fc6", 4096)), Question("alone-3", "a dense one", rows("params", fc6=37_752_832))),
    (net([32, 32, 3], conv("conv", 64, 5)),
     Question("sixty-four-5x5", "parameters of 64 filters", rows("params", conv=4864), (
         Wrong("conv", "params", 4800, "forgot-bias"),
         Wrong("conv", "params", 75, "forgot-number-of-filters"),
         Wrong("conv", "params", 1664, "forgot-input-channels")))),
    (net([32, 32, 3], conv("conv1", 64, 5), pool("pool1"), conv("conv2", 128, 3)),
     Question("three-sizes", "three sizes", rows("output", conv1=[28, 28, 64], pool1=[14, 14, 64], conv2=[12, 12, 128]))),
    (net([3, 3, 1], pool("pool", 2, 1)),
     Question("pool-unsaid", "pooling 2x2 of a 3x3 map, moved by 1", rows("output", pool=[2, 2, 1]),
              (Wrong("pool", "output", [1, 1, 1], "pool-default-stride"),))),
    (net([13, 13, 1], pool("pool", 2, 2)), Question("thirteen-2", "13 by 2x2", rows("output", pool=6))),
    (net([13, 13, 1], pool("pool", 3, 2)), Question("thirteen-3", "13 by 3x3", rows("output", pool=6))),
    (net([224, 224, 3], conv("conv", 64, 7, 2, "same")),
     Question("same-7", "what 'same' pads in all", {"conv": {"output": [112, 112, 64], "padding": 5}})),
    (net([224, 224, 3], conv("conv", 64, 7, 2, 3)), Question("symmetric-7", "padding 3", rows("output", conv=112))),
    (net([64, 64, 3], conv("conv", 32, 5)), Question("single-a", "one layer", rows("params", conv=2432))),
    (net([128, 128, 32], conv("conv", 64, 7, 2)), Question("single-b", "one layer", rows("output", conv=[61, 61, 64]))),
    (net([224, 224, 3], conv("conv", 128, 3, p="same")), Question("single-c", "one layer", rows("params", conv=3584))),
    (net([150, 150, 64], conv("conv", 256, 5, 2, "same")), Question("single-d", "one layer", rows("output", conv=[75, 75, 256]))),
    (net([20, 1], *[layer("Conv1D", n, None, filters=4, kernel_size=3) for n in "abc"]),
     Question("along-one-axis", "the field of three layers along one axis", rows("receptive_field", c=7))),
    (VGG16,
     Question("vgg-16-field", "the field of VGG-16's last pooling", rows("receptive_field", pool5=212), (
         Wrong("pool5", "receptive_field", 308, "rf-own-stride"),
         Wrong("pool5", "receptive_field", 32, "rf-equals-stride-product")))),
]
