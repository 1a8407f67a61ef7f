"""Networks of PyTorch's in Python source: rows, batches, inputs, errors."""

import json

import pytest
from click.testing import CliRunner

from cnncalc.cli import main

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
LENET = HEAD + '''
class Net(nn.Module):
    def __init__(self, features=320):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, 5)
        self.conv2 = nn.Conv2d(10, 20, 5)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(features, 50)
        self.fc2 = nn.Linear(50, 10)
        self.spare = nn.Linear(3, 4)

    def forward(self, x):
        x = F.relu(self.pool(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = FLATTEN
        return self.fc2(F.relu(self.fc1(x)))
'''


def ran(tmp_path, source, *args, expression="", command="summary"):
    path = tmp_path / "net.py"
    path.write_text(source)
    return CliRunner().invoke(main, [command, f"{path}{expression}", *args])


def rows(tmp_path, source, *args, expression=""):
    result = ran(tmp_path, source, *args, "--format", "json", expression=expression)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def lenet(flatten):
    return LENET.replace("FLATTEN", flatten)


def test_rows_are_pytorchs_modules_and_functions_in_the_order_of_calls(tmp_path):
    found = rows(tmp_path, lenet("x.view(-1, 320)"), "--input", "1x28x28")
    assert [(row["name"], row["type"]) for row in found["layers"]] == [
        ("conv1", "Conv2d"), ("pool", "MaxPool2d"), ("relu", "F.relu"), ("conv2", "Conv2d"), ("relu_1", "F.relu"),
        ("pool", "MaxPool2d"), ("view", "Tensor.view"), ("fc1", "Linear"), ("relu_2", "F.relu"), ("fc2", "Linear"), ("spare", "Linear")]
    assert [row["name"] for row in found["layers"] if row["shared"]] == ["pool"]
    assert [row["name"] for row in found["layers"] if row.get("unused")] == ["spare"]
    assert found["layers"][0]["output_shape"] == [None, 10, 24, 24]
    assert found["params"] == 260 + 5020 + 16050 + 510 + 16  # modules that are never called count, as in PyTorch


def test_a_batch_size_is_put_in_before_the_network_runs(tmp_path):
    found = rows(tmp_path, lenet("x.view(-1, 320)"), "--input", "1x32x32", "--batch", "16")
    assert found["layers"][-2]["output_shape"] == [25, 10]
    result = ran(tmp_path, lenet("x.view(-1, 320)"), "--input", "1x32x32", "--batch", "3")
    assert result.exit_code == 2
    assert "cannot view (3, 20, 5, 5), which has 1500 values, as (-1, 320)" in result.stderr


AUXILIARY = HEAD + '''
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.aux = nn.Linear(8, 10)
        self.fc = nn.Linear(128, 10)

    def forward(self, x):
        x = self.conv(x)
        if self.training:
            a = self.aux(x.mean((2, 3)))
        x = self.fc(F.adaptive_avg_pool2d(x, 4).flatten(1))
        return (x, a) if self.training else x
'''


def test_training_mode_runs_what_evaluation_leaves_out(tmp_path):
    evaluated, trained = [rows(tmp_path, AUXILIARY, "--input", "3x32x32", *mode) for mode in ((), ("--training",))]
    assert [row["name"] for row in evaluated["layers"]] == ["conv", "adaptive_avg_pool2d", "flatten", "fc", "aux"]
    assert [row["name"] for row in trained["layers"]] == ["conv", "mean", "aux", "adaptive_avg_pool2d", "flatten", "fc"]
    assert evaluated["params"] == trained["params"] == 224 + 90 + 1290
    result = ran(tmp_path, AUXILIARY, "--input", "3x32x32", "--training")
    assert "in training mode; without --training, the network is evaluated" in result.stderr


@pytest.mark.parametrize(("builder", "side", "heads"), [("googlenet", 224, {"aux1.fc2", "aux2.fc2"}), ("inception_v3", 299, {"AuxLogits.fc"})])
def test_auxiliary_heads_run_in_training_mode(tmp_path, builder, side, heads):
    source = f"import torchvision\nmodel = torchvision.models.{builder}(aux_logits=True)\n"
    evaluated, trained = [rows(tmp_path, source, "--input", f"3x{side}x{side}", *mode) for mode in ((), ("--training",))]
    assert evaluated["params"] == trained["params"]
    for found, unused in ((evaluated, True), (trained, False)):
        assert {row["name"]: bool(row.get("unused")) for row in found["layers"] if row["name"] in heads} == dict.fromkeys(heads, unused)


def test_options_that_a_network_cannot_heed_are_said_to_change_nothing():
    result = CliRunner().invoke(main, ["summary", "lenet5", "--training", "--data-format", "channels_first"])
    assert result.exit_code == 0
    assert result.stderr.splitlines() == ["lenet5: warning: --data-format changes nothing here: it is for Python source",
                                          "lenet5: warning: --training changes nothing here: it is for PyTorch source"]


@pytest.mark.parametrize(("flatten", "said"), [
    ("x.view(-1, 320)", "320 does not divide one example's 500 values: the batch changes from N to 25/16 N"),
    ("torch.flatten(x)[:0].view(-1, 320) if False else x.squeeze().view(-1, 320)", "with a batch of 1, squeeze() removes the batch axis as well"),
])
def test_what_happens_to_the_batch_is_a_warning(tmp_path, flatten, said):
    result = ran(tmp_path, lenet(flatten), "--input", "1x32x32")
    assert result.exit_code == 0, result.stderr
    assert said in result.stdout


@pytest.mark.parametrize(("line", "batch"), [("self.fc(x.view(4, 12))", 4), ("self.fc(x.view(2, 3, 12))", 6), ("x.view(12, 16)", 16),
                                             ("self.fc(x + self.h)", 32), ("self.fc(torch.cat([x, self.h], 1)[:, :12])", 32)])
def test_a_network_for_one_batch_size_is_shown_for_it(tmp_path, line, batch):
    source = HEAD + f"""
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(12, 10)
        self.h = torch.zeros(32, 12)

    def forward(self, x):
        return {line}
"""
    result = ran(tmp_path, source, "--input", "12")
    assert f"the network does not run for every batch size: shown for a batch of {batch}; --batch gives another" in result.stderr
    assert f"({batch}, 12)" in result.stdout
    assert result.exit_code == 0
    broken = ran(tmp_path, source.replace("nn.Linear(12", "nn.Linear(11"), "--input", "12")
    assert broken.exit_code == (2 if "self.fc" in line else 0)


@pytest.mark.parametrize(("module", "weights"), [("LazyConv2d(8, 2, 2)", 72), ("LazyConvTranspose2d(8, 2, 2)", 72), ("LazyBatchNorm2d()", 4), ("LazyInstanceNorm2d()", 4)])
def test_parameters_that_depend_on_the_batch_need_its_size(tmp_path, module, weights):
    source = HEAD + f"net = nn.Sequential(Swap(), nn.{module})\n"
    source = source.replace("net =", "class Swap(nn.Module):\n    def forward(self, x):\n        return x.transpose(0, 1)\n\nnet =")
    assert rows(tmp_path, source, "--input", "4x20x13", "--batch", "2")["params"] == weights
    result = ran(tmp_path, source, "--input", "4x20x13")
    assert "shown for a batch of 2; --batch gives another" in result.stderr
    assert f"Total params: {weights} " in result.stdout


def test_the_input_is_the_only_square_size_that_fits(tmp_path):
    result = ran(tmp_path, lenet("x.view(-1, 320)"))
    assert result.exit_code == 0
    assert "the input is 1x28x28: of the usual square sizes the only one that fits" in result.stderr


def test_the_input_comes_from_a_call_in_the_file(tmp_path):
    source = lenet("torch.flatten(x, 1)") + "\nnet = Net(500)\nnet(torch.randn(64, 1, 32, 32))\n"
    result = ran(tmp_path, source)
    assert result.exit_code == 0
    assert "the input is 1x32x32, as in" in result.stderr
    assert "net.py:22" in result.stderr


def test_a_linear_that_does_not_fit_is_explained(tmp_path):
    result = ran(tmp_path, lenet("torch.flatten(x, 1)"), "--input", "1x32x32")
    assert result.exit_code == 2
    lines = [line.strip() for line in result.stderr.splitlines()]
    assert any([line.endswith("net.py:19:32: error: Linear 'fc1' takes 320 features, and gets 500 from (N, 500)") for line in lines])
    assert "view" not in result.stderr
    assert "flatten gives (500,); in_features=500 would fit" in lines
    assert "the whole network runs on an input of 1x28x28" in lines
    assert any([line.endswith("net.py:11: self.fc1 = nn.Linear(features, 50)") for line in lines])
    assert "PyTorch: mat1 and mat2 shapes cannot be multiplied (Nx500 and 320x50)" in lines


def test_sizes_that_fit_a_unet_are_named(tmp_path):
    source = HEAD + '''
class Up(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool = nn.MaxPool2d(4)
        self.up = nn.Upsample(scale_factor=4)
    def forward(self, x):
        return torch.cat([x, self.up(self.pool(x))], dim=1)
'''
    result = ran(tmp_path, source, "--input", "3x30x30")
    assert result.exit_code == 2
    assert "sizes that 4 divides work: 28 or 32" in result.stderr
    assert "PyTorch: Sizes of tensors must match except in dimension 1. Expected size 30 but got size 28 for tensor number 1" in result.stderr


def test_modules_of_the_program_without_modules_have_rows_and_parameters(tmp_path):
    source = HEAD + '''
class Scale(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(c, 1, 1))
    def forward(self, x):
        return x * self.gamma

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 3, 1, 1))
        self.scale = Scale(3)
        self.conv = nn.Conv2d(3, 4, 1)
        for p in self.conv.parameters():
            p.requires_grad = False
    def forward(self, x):
        return self.conv(self.scale(x + self.token))
'''
    found = rows(tmp_path, source, "--input", "3x8x8")
    assert [(row["name"], row["type"], row["params"]) for row in found["layers"]] == [
        ("token", "Parameter", 3), ("add", "Tensor.add", 0), ("scale", "Scale", 3), ("scale.mul", "Tensor.mul", 0), ("conv", "Conv2d", 16)]
    assert (found["params"], found["trainable_params"]) == (22, 6)


def test_several_inputs_by_order_or_name_and_the_batch_elsewhere(tmp_path):
    source = HEAD + '''
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(100, 8)
        self.lstm = nn.LSTM(8, 6, bidirectional=True)
    def forward(self, words, scale):
        out, (h, c) = self.lstm(self.embed(words))
        return out[-1] * scale
'''
    found = rows(tmp_path, source, "--input", "scale=12", "--input", "words=5xN:int")
    assert [row["output_shape"] for row in found["layers"]][-1] == [None, 12]
    assert found["layers"][1]["output_shape"][0] == [5, None, 12]
    assert found["params"] == 800 + 2 * 4 * (6 * 8 + 6 * 6 + 12)


def test_torchinfos_table(tmp_path):
    source = HEAD + "net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 10))\n"
    result = ran(tmp_path, source, "--input", "3x8x8", "--batch", "2", "--format", "torchinfo", expression=":net")
    rule = "=" * 90
    assert result.stdout == "\n".join([
        rule, "Layer (type:depth-idx)                   Output Shape              Param #", rule,
        "Sequential                               [2, 10]                   --",
        "├─Conv2d: 1-1                            [2, 8, 6, 6]              224",
        "├─ReLU: 1-2                              [2, 8, 6, 6]              --",
        "├─Flatten: 1-3                           [2, 288]                  --",
        "├─Linear: 1-4                            [2, 10]                   2,890",
        rule, "Total params: 3,114", "Trainable params: 3,114", "Non-trainable params: 0", "Total mult-adds (Units.MEGABYTES): 0.02",
        rule, "Input size (MB): 0.00", "Forward/backward pass size (MB): 0.00", "Params size (MB): 0.01",
        "Estimated Total Size (MB): 0.02", rule, ""])


@pytest.mark.parametrize(("line", "said"), [
    ("self.c = nn.Conv2d(3, 64 / 2, 3)", "use // for a whole number: / gives a float in Python 3"),
    ("self.c = nn.Conv2d(3, 4, kernel_size='three')", "Conv2d: kernel_size must be a whole number (got 'three')"),
    ("self.c = nn.Linear(object(), 3)", ""),
    ("self.c = self", ""),
])
def test_odd_arguments_are_errors_and_never_tracebacks(tmp_path, line, said):
    source = HEAD + f"class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        {line}\n" \
                    "    def forward(self, x):\n        return self.c(x).view('a', None)[object()]\n"
    result = ran(tmp_path, source, "--input", "3x8x8", expression=":Net()")
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert "error: " in result.stderr and said in result.stderr


@pytest.mark.parametrize("forward", ["self.lstm(x)[0][:, -1]", "self.lstm(x)[0].transpose(0, 1)[-1]", "self.lstm(x)[0].chunk(2, -1)[1]"])
def test_pieces_of_an_output_keep_the_working(tmp_path, forward):
    source = HEAD + f"""
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(input_size=5, hidden_size=7, batch_first=True)

    def forward(self, x):
        return {forward}
"""
    result = ran(tmp_path, source, "--input", "3x5", command="explain")
    assert result.exit_code == 0, result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)


TWO = HEAD + '''
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding.from_pretrained(torch.zeros(30, 8))
        self.layer = nn.Sequential(nn.Linear(8, 18), nn.ReLU(), nn.Dropout(0.1), nn.Linear(FEATURES, 4))
        self.out = nn.Linear(8, 30, bias=False)
        self.out.weight = self.emb.weight

    def forward(self, x, scale):
        n = x.shape[0] + 3
        y = self.emb(x).reshape(n - 3, -1, 8)
        return self.layer(y * scale), self.out(y)
'''


def test_a_mismatch_names_the_layer_that_made_the_number_too(tmp_path):
    result = ran(tmp_path, TWO.replace("FEATURES", "16"), "--input", "x=5:int", "--input", "scale=1x1")
    assert result.exit_code == 2
    assert "Linear 'layer.3' takes 16 features, and gets 18" in result.stderr
    assert "or out_features=16 in layer.0" in result.stderr


def test_a_missing_input_is_named(tmp_path):
    result = ran(tmp_path, TWO.replace("FEATURES", "18"), "--input", "5:int")
    assert result.exit_code == 2
    assert "forward takes 2 inputs, and scale is not given" in result.stderr
    assert "--input x=5:int --input scale=5:int" in result.stderr


def test_tied_weights_count_once_and_the_batch_as_a_number_is_a_note(tmp_path):
    result = ran(tmp_path, TWO.replace("FEATURES", "18"), "--input", "x=5:int", "--input", "scale=1x1", "--format", "json")
    found = json.loads(result.stdout)
    params = {row["name"]: row["params"] for row in found["layers"]}
    assert (params["emb"], params["out"]) == (240, 0)
    assert found["params"] == 240 + (8 * 18 + 18) + (18 * 4 + 4)
    assert found["layers"][0]["output_shape"] == [2, 5, 8]
    assert "computes with the batch size" in result.stderr


def test_a_batch_size_counts_once_in_the_cost(tmp_path):
    totals = []
    for batch in ("1", "4"):
        result = ran(tmp_path, lenet("x.view(-1, 320)"), "--input", "1x28x28", "--batch", batch, "--format", "json", command="cost")
        totals.append(json.loads(result.stdout))
    assert totals[1]["macs"] == 4 * totals[0]["macs"]
    assert totals[1]["activation_bytes"] == 4 * totals[0]["activation_bytes"]
    assert totals[1]["weight_bytes"] == totals[0]["weight_bytes"]


def test_networks_of_both_frameworks_are_compared_layer_by_layer(tmp_path):
    keras = tmp_path / "k.py"
    keras.write_text("from keras import layers, Sequential, Input\nmodel = Sequential([Input((28, 28, 1)), layers.Conv2D(10, 5), layers.MaxPooling2D(2), "
                     "layers.ReLU(), layers.Conv2D(20, 5), layers.ReLU(), layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(50), layers.ReLU(), "
                     "layers.Dense(10)])\n")
    torch = tmp_path / "net.py"
    torch.write_text(LENET.replace("FLATTEN", "x.view(-1, 320)"))
    result = CliRunner().invoke(main, ["diff", str(keras), str(torch), "--input", "1x28x28"])
    assert result.exit_code == 0, result.output
    assert "11 same (=), 0 changed (~), 1 added (+), 0 removed (-)" in result.stdout


@pytest.mark.parametrize(("line", "fits"), [
    ("x.permute(0, 2, 3, 1).view(x.size(0), -1)", False), ("x.permute(0, 2, 3, 1).reshape(x.size(0), -1)", True),
    ("x.permute(0, 2, 3, 1).contiguous().view(x.size(0), -1)", True), ("x.permute(0, 2, 3, 1).view(x.size(0), 6, 6, 2, 4)", True),
    ("x.transpose(2, 3).view(x.size(0), 8, -1)", False), ("x.view(x.size(0), 8, -1).transpose(1, 2).view(-1, 4)", False),
    ("F.relu(x.permute(0, 2, 3, 1)).view(x.size(0), -1)", True),  # its strides are not followed
])
def test_a_view_of_moved_axes_is_refused_where_memory_has_another_order(tmp_path, line, fits):
    source = HEAD + f"class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.conv = nn.Conv2d(3, 8, 3)\n\n    def forward(self, x):\n        x = self.conv(x)\n        return {line}\n"
    result = ran(tmp_path, source, "--input", "3x8x8")
    assert result.exit_code == (0 if fits else 2), result.stderr
    if not fits:
        assert "call .contiguous() first" in result.stderr
        assert "PyTorch: view size is not compatible with input tensor's size and stride" in result.stderr


@pytest.mark.oracle
def test_which_views_pytorch_takes():
    torch = pytest.importorskip("torch")
    import random

    from cnncalc.sources.python.torch_strides import in_order, viewable

    rng, refused = random.Random(1), 0
    for _ in range(2000):
        shape = [rng.choice((1, 2, 3, 4)) for _ in range(rng.randint(1, 4))]
        order = rng.sample(range(len(shape)), len(shape))
        x, target = torch.zeros(shape).permute(order), []
        n = x.numel()
        while n > 1 and rng.random() < 0.7:
            target.append(rng.choice([k for k in range(1, n + 1) if n % k == 0]))
            n //= target[-1]
        target.append(n)
        strides = in_order(shape)
        try:
            x.view(target)
            takes = True
        except RuntimeError:
            takes, refused = False, refused + 1
        assert viewable(list(x.shape), [strides[i] for i in order], target) == takes, (shape, order, target)
    assert refused > 300
