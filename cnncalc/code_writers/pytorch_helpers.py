"""Small modules for what torch.nn does not have, as source that a program is given where it needs them."""

from __future__ import annotations

#: Small modules of the program's own, written where they are needed.
HELPERS = {
    "Shift": '''\
class Shift(nn.Module):
    """Adds a learned number to each channel."""

    def __init__(self, *sizes):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(sizes))

    def forward(self, x):
        return x + self.bias
''',
    "Scale": '''\
class Scale(nn.Module):
    """Multiplies each channel by a learned number."""

    def __init__(self, *sizes):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(sizes))

    def forward(self, x):
        return x * self.weight
''',
    "Normalize": '''\
class Normalize(nn.Module):
    """Subtracts the mean of the data and divides by its standard deviation."""

    def __init__(self, mean, variance):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("variance", variance)

    def forward(self, x):
        return (x - self.mean) / self.variance.sqrt()
''',
    "DropPath": '''\
class DropPath(nn.Module):
    """Drops whole examples at random while training."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        sizes = [x.shape[0]] + [1] * (x.dim() - 1)
        return x * torch.empty(sizes).bernoulli_(1 - self.p) / (1 - self.p)
''',
    "GaussianNoise": '''\
class GaussianNoise(nn.Module):
    """Adds noise while training."""

    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        if not self.training:
            return x
        return x + torch.randn_like(x) * self.std
''',
    "GaussianDropout": '''\
class GaussianDropout(nn.Module):
    """Multiplies by noise around 1 while training."""

    def __init__(self, p):
        super().__init__()
        self.std = (p / (1 - p)) ** 0.5

    def forward(self, x):
        if not self.training:
            return x
        return x * (1 + torch.randn_like(x) * self.std)
''',
}
