"""Known networks as people write them, narrow: PyTorch runs them, and ours reads them."""

HEAD = '''
import torch
from torch import nn
import torch.nn.functional as F


def conv(c, out, k, stride=1, padding=0):
    return nn.Sequential(nn.Conv2d(c, out, k, stride, padding, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True))
'''
RESNET18 = HEAD + '''

class BasicBlock(nn.Module):
    def __init__(self, c, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(c, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = None
        if stride != 1 or c != width:
            self.downsample = nn.Sequential(nn.Conv2d(c, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += identity
        return F.relu(out)


class Net(nn.Module):
    def __init__(self, base=4):
        super().__init__()
        self.stem = conv(3, base, 7, 2, 3)
        self.pool = nn.MaxPool2d(3, 2, 1)
        c, layers = base, []
        for i in range(4):
            for stride in (1 + (i > 0), 1):
                layers.append(BasicBlock(c, base * 2 ** i, stride))
                c = base * 2 ** i
        self.layers = nn.Sequential(*layers)
        self.fc = nn.Linear(c, 10)

    def forward(self, x):
        x = self.layers(self.pool(self.stem(x)))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))
'''
GOOGLENET = HEAD + '''

class Inception(nn.Module):
    def __init__(self, c, one, three, five, pooled):
        super().__init__()
        self.one = conv(c, one, 1)
        self.three = nn.Sequential(conv(c, three[0], 1), conv(three[0], three[1], 3, padding=1))
        self.five = nn.Sequential(conv(c, five[0], 1), conv(five[0], five[1], 5, padding=2))
        self.pooled = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True), conv(c, pooled, 1))

    def forward(self, x):
        return torch.cat([branch(x) for branch in (self.one, self.three, self.five, self.pooled)], 1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 4, 7, 2, 3), nn.MaxPool2d(3, 2, ceil_mode=True), conv(4, 4, 1), conv(4, 6, 3, padding=1),
                                  nn.MaxPool2d(3, 2, ceil_mode=True))
        self.a = Inception(6, 2, (2, 4), (1, 2), 2)
        self.b = Inception(10, 4, (3, 4), (1, 3), 2)
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.c = nn.ModuleList([Inception(13, 4, (2, 4), (1, 3), 2) for _ in range(5)])
        self.maxpool4 = nn.MaxPool2d(2, stride=2, ceil_mode=True)
        self.d = Inception(13, 4, (2, 4), (1, 3), 2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(13, 10)

    def forward(self, x):
        x = self.maxpool3(self.b(self.a(self.stem(x))))
        for module in self.c:
            x = module(x)
        x = self.d(self.maxpool4(x))
        return self.fc(torch.flatten(self.avgpool(x), 1))
'''
UNET = HEAD + '''

class Net(nn.Module):
    def __init__(self, widths=(4, 6, 8)):
        super().__init__()
        self.down = nn.ModuleList([self.block(c, w) for c, w in zip((3, *widths), widths)])
        self.up = nn.ModuleList([nn.ConvTranspose2d(b, a, 2, stride=2) for a, b in zip(widths[-2::-1], widths[:0:-1])])
        self.merge = nn.ModuleList([self.block(2 * w, w) for w in widths[-2::-1]])
        self.pool = nn.MaxPool2d(2)
        self.last = nn.Conv2d(widths[0], 2, 1)

    def block(self, c, w):
        return nn.Sequential(conv(c, w, 3, padding=1), nn.Conv2d(w, w, 3, padding=2, dilation=2), nn.ReLU())

    def forward(self, x):
        kept = []
        for i, block in enumerate(self.down):
            x = block(self.pool(x) if i else x)
            kept.append(x)
        x = kept.pop()
        for up, merge in zip(self.up, self.merge):
            x = merge(torch.cat([kept.pop(), up(x)], 1))
        return self.last(x)
'''
