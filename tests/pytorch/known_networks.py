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
GENERATOR = HEAD + '''

class Net(nn.Module):
    def __init__(self, z=8):
        super().__init__()
        self.net = nn.Sequential(
            nn.ConvTranspose2d(z, 12, 4, 1, 0, bias=False), nn.BatchNorm2d(12), nn.ReLU(True),
            nn.ConvTranspose2d(12, 6, 4, 2, 1), nn.InstanceNorm2d(6), nn.PReLU(),
            nn.Upsample(scale_factor=2), nn.Conv2d(6, 3, 3, padding=1), nn.Tanh())

    def forward(self, x):
        return self.net(x)
'''
MOBILENET = HEAD + '''

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layers, c = [conv(3, 8, 3, 2, 1)], 8
        for out, stride in ((12, 1), (16, 2), (24, 2)):
            layers += [nn.Conv2d(c, c, 3, stride, 1, groups=c), nn.GroupNorm(4, c), nn.ReLU6(), nn.Conv2d(c, out, 1), nn.BatchNorm2d(out, affine=False)]
            c = out
        self.features = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(c, 10)

    def forward(self, x):
        return self.fc(self.pool(self.features(x)).flatten(1))
'''
VIT = HEAD + '''

class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x):
        B, N, C = x.shape
        q, k, v = self.qkv(x).reshape(B, N, 3, self.heads, C // self.heads).permute(2, 0, 3, 1, 4)
        x = torch.matmul(torch.matmul(q, k.transpose(-2, -1)).softmax(-1), v)
        return self.proj(x.transpose(1, 2).reshape(B, N, C))


class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.norm1, self.attn, self.norm2 = nn.LayerNorm(dim), Attention(dim, 2), nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Net(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.patches = nn.Conv2d(3, dim, 8, 8)
        self.blocks = nn.Sequential(*[Block(dim) for _ in range(2)])
        self.head = nn.Linear(dim, 10)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        return self.head(self.blocks(x)[:, 0])
'''
LENET = HEAD + '''

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(16 * 5 * 5, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(x.size(0), -1)
        return F.softmax(self.fc3(F.relu(self.fc2(F.relu(self.fc1(x))))), dim=1)
'''
LSTM = HEAD + '''

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 5, 2, batch_first=True)
        self.gru = nn.GRU(5, 4, batch_first=True)
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        x, _ = self.lstm(x)
        x, _ = self.gru(x)
        return self.fc(x)
'''
SEGMENTER = HEAD + '''

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(conv(3, 6, 3, 2, 1), nn.AvgPool2d(2), conv(6, 8, 3, 1, 1))
        self.last = nn.Conv2d(8, 2, 1)

    def forward(self, x):
        y = self.last(self.encoder(x))
        return F.interpolate(y, size=x.shape[2:], mode="bilinear", align_corners=False)
'''
AUTOENCODER = HEAD + '''

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Flatten(), nn.Linear(28 * 28, 32), nn.LeakyReLU(0.2), nn.BatchNorm1d(32), nn.Linear(32, 4))
        self.decoder = nn.Sequential(nn.Linear(4, 32), nn.ELU(), nn.Linear(32, 28 * 28), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x)).view(-1, 1, 28, 28)
'''
