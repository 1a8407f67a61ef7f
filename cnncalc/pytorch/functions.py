"""Functions and tensor methods by their dotted names: `F.relu`, `torch.cat`, `Tensor.view`.

A row names a rule and those who own it; a kind is made of it when it is named. A method that
ends in `_` works in place and has the rule of the one without.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from ..layers.arithmetic import SIGNS
from ..layers.base import Layer

#: Who has a function: f torch.nn.functional, t torch, m a method of tensors.
_OWNERS = {"f": "F", "t": "torch", "m": "Tensor"}

#: rule (module:class or module:kind) -> the functions that follow it, by owners.
_TABLE = """
activation:Elementwise ftm relu relu6 leaky_relu elu selu celu gelu silu mish sigmoid tanh softplus softsign softshrink hardshrink tanhshrink hardtanh hardsigmoid hardswish logsigmoid rrelu threshold dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout feature_dropout swish
activation:Elementwise tm abs absolute neg negative positive exp exp2 expm1 log log2 log10 log1p sqrt rsqrt square sin cos tan asin acos atan arcsin arccos arctan sinh cosh asinh acosh atanh erf erfc erfinv lgamma digamma sigmoid floor ceil round trunc fix frac sign sgn reciprocal logit clamp clip clamp_min clamp_max nan_to_num isnan isinf isfinite logical_not bitwise_not bernoulli clone detach real imag conj rad2deg deg2rad sinc i0 angle
activation:Elementwise m float half double long int bool bfloat16 byte char short to type type_as cuda cpu contiguous requires_grad_ data pin_memory share_memory_ retain_grad
activation:Filled tm zeros_like ones_like rand_like randn_like empty_like full_like randint_like
activation:Filled m zero_ fill_ normal_ uniform_ random_ exponential_ trunc_normal_
order:Running tm cumsum cumprod logcumsumexp
order:Triangle tm tril triu
order:Flip tm flip
order:FlipLast tm fliplr
order:FlipFirst tm flipud
order:Roll tm roll
order:Rotate tm rot90
order:ArgSort tm argsort
order:Renorm tm renorm
order:Normalize f normalize
order:GumbelSoftmax f gumbel_softmax
norm:nn.LocalResponseNorm f local_response_norm
norm:LayerNormFunction ft layer_norm
norm:RMSNormFunction ft rms_norm
norm:GroupNormFunction ft group_norm
norm:InstanceNormFunction ft instance_norm
reshape:nn.ChannelShuffle ft channel_shuffle native_channel_shuffle
activation:nn.Softmax ftm softmax
activation:nn.LogSoftmax ftm log_softmax
activation:nn.Softmin f softmin
activation:nn.GLU f glu
reductions:Together tm add sub subtract mul multiply div divide true_divide floor_divide remainder fmod pow maximum minimum fmax fmin eq ne lt le gt ge greater less logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor atan2 hypot where lerp masked_fill addcmul addcdiv rsub xlogy copysign float_power logaddexp cross isclose heaviside
reductions:InPlace m add_ sub_ mul_ div_ copy_ masked_fill_ pow_ eq_ lerp_ addcmul_
reductions:Together f prelu
reductions:Together t prelu
reductions:Together m prelu
reductions:Reduction tm sum mean prod nansum nanmean amax amin logsumexp all any count_nonzero argmax argmin
reductions:Norm tm norm
reductions:Spread tm std var
reductions:Extreme tm max min median mode kthvalue cummax cummin
reductions:TopK tm topk
reductions:Sort tm sort
reductions:MatMul tm matmul mm bmm mv dot
reductions:AddMM tm addmm baddbmm addmv
reductions:AddBMM tm addbmm
reductions:Outer tm outer ger
reductions:Einsum t einsum
reductions:Attention f scaled_dot_product_attention
reductions:Distances t cdist
linear:nn.CosineSimilarity ft cosine_similarity
linear:nn.PairwiseDistance ft pairwise_distance
layout:View m view reshape
layout:View t reshape
layout:ViewAs m view_as reshape_as
layout:Flatten tm flatten
layout:Flatten tm ravel
reshape:nn.Unflatten tm unflatten
layout:Squeeze tm squeeze
layout:Unsqueeze tm unsqueeze
layout:Permute tm permute
layout:Transpose tm transpose swapaxes swapdims
layout:T tm t
layout:T m T
layout:MT tm adjoint
layout:MT m mT H mH
layout:MoveAxis tm movedim moveaxis
layout:Expand m expand
layout:Expand t broadcast_to
layout:Expand m broadcast_to
layout:ExpandAs m expand_as
layout:Repeat m repeat tile
layout:Repeat t tile
layout:RepeatInterleave tm repeat_interleave
pieces:Cat t cat concat concatenate
pieces:Stack t stack
pieces:Chunk tm chunk
pieces:Split tm split split_with_sizes tensor_split
pieces:Unbind tm unbind
pieces:Select tm select
pieces:Narrow tm narrow
pieces:GetItem m __getitem__
pieces:Gather tm gather
pieces:IndexSelect tm index_select
layout:Pad f pad
layout:MeshGrid t meshgrid
layout:UnfoldAxis m unfold
diagonals:Diag tm diag
diagonals:Diagonal tm diagonal
layout:OneHot f one_hot
columns:nn.Unfold f unfold
columns:nn.Fold f fold
reshape:nn.PixelShuffle ft pixel_shuffle
reshape:nn.PixelUnshuffle ft pixel_unshuffle
reshape:nn.Upsample f interpolate upsample upsample_nearest
reshape:nn.UpsamplingBilinear2d f upsample_bilinear
functional:LinearFunction f linear
functional:BatchNormFunction ft batch_norm
functional:EmbeddingFunction ft embedding
functional:BilinearFunction ft bilinear
functional:GridSample f grid_sample
functional:AffineGrid f affine_grid
functional:Made t zeros ones empty rand randn
functional:NewMade m new_zeros new_ones new_empty
functional:Full t full
functional:Constant t tensor as_tensor from_numpy arange linspace logspace eye randint randperm normal FloatTensor LongTensor Tensor IntTensor load
"""

#: Functions over windows, of 1 to 3 axes: module:kind, and the order of their arguments where it is another.
_RANKED = {
    "max_pool": ("pool", "MaxPool", ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")),
    "avg_pool": ("pool", "AvgPool", None),
    "lp_pool": ("pool", "LPPool", None),
    "adaptive_avg_pool": ("pool", "AdaptiveAvgPool", None),
    "adaptive_max_pool": ("pool", "AdaptiveMaxPool", None),
    "max_unpool": ("pool", "MaxUnpool", ("kernel_size", "stride", "padding", "output_size")),
    "fractional_max_pool": ("pool", "FractionalMaxPool", None),
}
_LOSSES = {
    "l1_loss": "L1Loss", "mse_loss": "MSELoss", "smooth_l1_loss": "SmoothL1Loss", "huber_loss": "HuberLoss",
    "binary_cross_entropy": "BCELoss", "binary_cross_entropy_with_logits": "BCEWithLogitsLoss",
    "cross_entropy": "CrossEntropyLoss", "nll_loss": "NLLLoss", "kl_div": "KLDivLoss", "soft_margin_loss": "SoftMarginLoss",
    "triplet_margin_loss": "TripletMarginLoss", "cosine_embedding_loss": "CosineEmbeddingLoss",
    "margin_ranking_loss": "MarginRankingLoss", "hinge_embedding_loss": "HingeEmbeddingLoss",
}


@lru_cache(1)
def rules() -> dict[str, str]:
    """The rule of every function: `F.relu` -> `activation:Elementwise`."""
    found: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        rule, owners, *names = line.split()
        for owner in owners:
            for name in names:
                found.setdefault(f"{_OWNERS[owner]}.{name}", rule)
    for name, (module, kind, _) in _RANKED.items():
        for rank in (2, 3) if name.startswith("fractional") else (1, 2, 3):
            found[f"F.{name}{rank}d"] = f"{module}:nn.{kind}{rank}d"
            if name in ("max_pool", "adaptive_max_pool", "adaptive_avg_pool"):
                found[f"torch.{name}{rank}d"] = f"{module}:nn.{kind}{rank}d"
    for rank in (1, 2, 3):
        for owner in ("F", "torch"):
            found[f"{owner}.conv{rank}d"] = "functional:ConvFunction"
            found[f"{owner}.conv_transpose{rank}d"] = "functional:ConvTransposeFunction"
    for name, kind in _LOSSES.items():
        found[f"F.{name}"] = f"loss:nn.{kind}"
    return found


def plain_name(kind: str) -> str:
    """What a function is called without its owner and its ending: `Tensor.add_` -> add, `nn.ReLU` -> relu."""
    word = kind.rpartition(".")[2].rstrip("_")
    return {"LeakyReLU": "leaky_relu", "AlphaDropout": "alpha_dropout"}.get(word, word.lower())


def function_kind(name: str) -> type[Layer]:
    """The kind of a function or method; KeyError if PyTorch has none of this name, or we do not know it."""
    from .registry import MODULES

    known = rules()
    rule = known.get(name)
    if rule is None and name.endswith("_") and not name.endswith("__"):
        plain = name.rstrip("_")
        rule = known.get(plain) or known.get(plain.replace("F.", "torch."))
    if rule is None:
        raise KeyError(name)
    module, _, word = rule.partition(":")
    found = import_module(f"{__package__}.{module}")
    base: type[Layer] = MODULES[word] if word.startswith("nn.") else getattr(found, word)
    own: dict[str, object] = {"__module__": __name__, "__doc__": base.__doc__}
    last = name.rpartition(".")[2].rstrip("_")
    order = _RANKED.get(last[:-2], (None, None, None))[2] if last[-1:] == "d" else None
    if order:
        own["order"] = order
    if word in ("Together", "InPlace"):
        own["sign"] = SIGNS.get(last, "")
    if word == "Elementwise":
        from ..activations import ACTIVATIONS

        own["function"] = last if last in ACTIVATIONS else ""
    rank = int(last[-2]) if last[-2:] in ("1d", "2d", "3d") and "dropout" not in last else base.rank
    kind: type[Layer] = type(last, (base,), own, kind=name, rank=rank)
    return kind
