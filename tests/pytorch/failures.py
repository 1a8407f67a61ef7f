"""What PyTorch refuses: every message of ours ends with PyTorch's own, for a batch of 2."""

from pytorch.rows import args, failure

FAILURES = [
    failure("nn.Linear", args(256, 120), (2, 400), "takes 256 features, and gets 400 from (2, 400)"),
    failure("nn.Linear", args(256, 120), (2, 16, 5, 5), "takes 256 features, and gets 5 from (2, 16, 5, 5)"),
    failure("nn.Conv2d", args(3, 64, 7), (2, 1, 28, 28), "takes 3 channels, and gets 1 from (2, 1, 28, 28)"),
    failure("nn.Conv2d", args(3, 64, 7, padding=1, padding_mode="reflect"), (2, 1, 28, 28), "takes 3 channels, and gets 1 from (2, 1, 28, 28)"),
    failure("nn.Conv2d", args(3, 8, 5), (2, 3, 4, 4), "kernel 5x5 does not fit its 4x4 input (padding 0)"),
    failure("nn.Conv1d", args(3, 8, 3, dilation=3), (2, 3, 6), "kernel 3 with dilation 3 does not fit its 6 input (padding 0)"),
    failure("nn.Conv2d", args(3, 8, 3), (2, 10), "needs an input (N, C, H, W), got (2, 10)"),
    failure("nn.ConvTranspose2d", args(4, 8, 2), (2, 3, 4, 4), "takes 4 channels, and gets 3 from (2, 3, 4, 4)"),
    failure("nn.MaxPool2d", args(3), (2, 16, 2, 2), "window 3x3 does not fit its 2x2 input"),
    failure("nn.BatchNorm2d", args(32), (2, 64, 4, 4), "has 32 channels, and gets 64 from (2, 64, 4, 4)"),
    failure("nn.BatchNorm2d", args(32), (2, 32), "needs an input (N, C, H, W), got (2, 32)"),
    failure("nn.BatchNorm1d", args(32), (2, 32, 4, 4), "needs an input (N, C) or (N, C, L), got (2, 32, 4, 4)"),
    failure("nn.LayerNorm", args(10), (2, 5), "normalizes the last axis, of 10, and gets (2, 5)"),
    failure("nn.GroupNorm", args(2, 4), (2, 6, 3), "has 4 channels, and gets 6 from (2, 6, 3)"),
    failure("nn.LSTM", args(10, 20), (5, 2, 8), "takes 10 features at each step, and gets 8 from (5, 2, 8)"),
    failure("nn.PixelShuffle", args(2), (2, 6, 4, 4), "needs channels that divide by 2 × 2 = 4, got 6 in (2, 6, 4, 4)"),
    failure("nn.GLU", args(1), (2, 3), "halves axis 1 of (2, 3), whose size 3 is odd"),
    failure("nn.AvgPool3d", args(3), (2, 3, 2, 4, 4), "window 3x3x3 does not fit its 2x4x4 input"),
    failure("Tensor.view", args(-1, 400), (2, 16, 5, 4), "cannot view (2, 16, 5, 4), which has 640 values, as (-1, 400)"),
    failure("torch.cat", args(1), ["list", (2, 3, 61, 61), (2, 3, 60, 61)], "its inputs (2, 3, 61, 61) and (2, 3, 60, 61) differ in axis 2: 61 and 60"),
    failure("torch.cat", args(1), ["list", (2, 3), (2, 3, 4)], "its inputs (2, 3) and (2, 3, 4) have different numbers of axes"),
    failure("torch.add", args(), [(2, 512, 7, 7), (2, 256, 7, 7)], "its inputs (2, 512, 7, 7) and (2, 256, 7, 7) differ in axis 1: 512 and 256"),
    failure("torch.matmul", args(), [(2, 3), (4, 5)], "cannot multiply (2, 3) and (4, 5): 3 columns and 4 rows"),
    failure("torch.stack", args(), ["list", (2, 3), (2, 4)], "stacks tensors of different shapes: (2, 3) and (2, 4)"),
    failure("Tensor.squeeze", args(4), (2, 3), "dim 4 does not exist in (2, 3)"),
    failure("Tensor.expand", args(2, 5), (2, 3), "cannot expand axis 1 of (2, 3) from 3 to 5"),
    failure("torch.flatten", args(2, 1), (2, 3, 4), "start_dim 2 comes after end_dim 1 in (2, 3, 4)"),
    failure("torch.topk", args(9), (2, 3), "k 9 is more than the 3 values of axis 1"),
]
