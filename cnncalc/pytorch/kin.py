"""Which of Keras's layers a module or function of PyTorch's is, for comparing networks of the two."""

from __future__ import annotations

#: Keras's kind, and PyTorch's counterparts; one ending in * stands for 1d, 2d and 3d, as the D after it does.
_TABLE = """
Conv*D nn.Conv* F.conv* torch.conv* nn.LazyConv*
Conv*DTranspose nn.ConvTranspose* F.conv_transpose* nn.LazyConvTranspose*
MaxPooling*D nn.MaxPool* F.max_pool* torch.max_pool*
AveragePooling*D nn.AvgPool* F.avg_pool*
GlobalAveragePooling*D nn.AdaptiveAvgPool* F.adaptive_avg_pool* torch.adaptive_avg_pool*
GlobalMaxPooling*D nn.AdaptiveMaxPool* F.adaptive_max_pool*
ZeroPadding*D nn.ZeroPad* nn.ConstantPad*
UpSampling*D nn.Upsample nn.UpsamplingNearest* nn.UpsamplingBilinear* F.interpolate F.upsample
BatchNormalization nn.BatchNorm* F.batch_norm nn.LazyBatchNorm*
LayerNormalization nn.LayerNorm F.layer_norm torch.layer_norm
GroupNormalization nn.GroupNorm F.group_norm
Dense nn.Linear F.linear nn.LazyLinear
Flatten nn.Flatten torch.flatten Tensor.flatten Tensor.view Tensor.reshape torch.reshape
Dropout nn.Dropout nn.Dropout* F.dropout F.dropout*
Embedding nn.Embedding F.embedding
LSTM nn.LSTM
GRU nn.GRU
SimpleRNN nn.RNN
MultiHeadAttention nn.MultiheadAttention
Concatenate torch.cat torch.concat torch.concatenate
Add Tensor.add torch.add Tensor.add_
Multiply Tensor.mul torch.mul Tensor.mul_
Permute Tensor.permute torch.permute
ReLU nn.ReLU nn.ReLU6 F.relu F.relu_ torch.relu Tensor.relu Tensor.relu_ F.relu6
LeakyReLU nn.LeakyReLU F.leaky_relu
PReLU nn.PReLU F.prelu
ELU nn.ELU F.elu
Softmax nn.Softmax F.softmax torch.softmax Tensor.softmax
Sigmoid nn.Sigmoid torch.sigmoid Tensor.sigmoid F.sigmoid
Tanh nn.Tanh torch.tanh Tensor.tanh F.tanh
"""


def _read() -> dict[str, str]:
    found = {}
    for line in _TABLE.strip().splitlines():
        keras, *others = line.split()
        for other in others:
            for rank in "123":
                found[other.replace("*", f"{rank}d")] = keras.replace("*", rank) if "*" in other else keras.replace("*", "2")
    return found


KERAS = _read()
