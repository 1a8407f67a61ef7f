"""What people call settings, and what Keras calls them: for error messages only, never read."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..errors import did_you_mean, one_of

#: Other words for settings. A word may stand for several; a kind has at most a few of them.
SETTINGS = {
    "filters": "filter nb_filter nb_filters nb_kernel num_filter num_filters n_filters number_of_filters filter_count kernels num_kernels "
               "n_kernels channels out_channels output_channels channels_out n_channels num_channels out num_output num_outputs "
               "features feature_maps maps n_maps num_maps depth planes out_planes nb_channels output_dim units n_filter",
    "units": "neurons num_neurons n_neurons nodes num_nodes hidden hidden_units hidden_size hidden_dim num_units n_units nb_units "
             "out_features output_size output_dim outputs out num_output num_outputs classes num_classes n_classes size state_size "
             "features dim filters n_out output_units width n num_hidden",
    "kernel_size": "kernel kernal kernals kernels kernal_size kernelsize kernel_shape ksize k_size filter filter_size filter_shape "
                   "filter_length filtersize size window window_size nb_row nb_col kernel_h kernel_w kernel_height kernel_width "
                   "receptive_field pool_size kernel_dim",
    "pool_size": "pool pooling pool_length pool_shape poolsize kernel kernal kernal_size kernel_size kernel_shape ksize k_size size "
                 "window window_size window_shape kernelsize filter_size",
    "strides": "stride stride_size stride_length step steps subsample subsample_length subsampling pool_stride pool_strides hop "
               "stride_h stride_w sample",
    "padding": "pad pads border border_mode zero_padding pad_size padding_size pad_h pad_w zeropad padd same",
    "activation": "act activ activation_function activation_fn activation_func act_fn nonlinearity non_linearity transfer_function func "
                  "function activate nonlin",
    "dilation_rate": "dilation dilations dilate dil atrous_rate atrous rate dilation_factor dilatation",
    "groups": "group num_groups n_groups cardinality num_group feature_group_count",
    "use_bias": "bias biases with_bias bias_term has_bias add_bias bias_attr",
    "rate": "p drop drop_rate dropout dropout_rate prob probability drop_prob dropout_ratio ratio level fraction sigma",
    "epsilon": "eps fuzz",
    "data_format": "dim_ordering image_dim_ordering format image_data_format channel_order",
    "ceil_mode": "ceil rounding round round_mode",
    "target_shape": "shape new_shape size sizes target dims output_shape to",
    "dims": "permutation perm pattern axes order dim",
    "size": "scale scale_factor factor upscale_factor up_size upsampling_factor length up",
    "interpolation": "mode method",
    "depth_multiplier": "multiplier channel_multiplier depth_mult",
    "center": "beta use_beta shift",
    "scale": "gamma use_gamma",
    "momentum": "decay alpha",
    "kernel_regularizer": "W_regularizer weight_decay regularizer l2 weight_regularizer l1",
    "bias_regularizer": "b_regularizer",
    "kernel_constraint": "W_constraint weight_constraint",
    "bias_constraint": "b_constraint",
    "kernel_initializer": "init initializer weight_init kernel_init weight_filler init_weights initialisation weights_initializer",
    "recurrent_initializer": "inner_init",
    "recurrent_activation": "inner_activation",
    "bias_initializer": "bias_init bias_filler",
    "beta_initializer": "beta_init",
    "gamma_initializer": "gamma_init",
    "embeddings_initializer": "init",
    "input_dim": "num_embeddings vocab_size vocabulary_size max_features num_words vocab input_size",
    "output_dim": "embedding_dim embed_dim embedding_size dim size units features",
    "return_sequences": "return_seq return_sequence sequences return_all",
    "go_backwards": "backwards reverse",
    "num_heads": "heads n_heads nhead nb_head",
    "key_dim": "embed_dim head_dim d_model dim",
    "negative_slope": "alpha slope leak",
    "cropping": "crop size amount",
    "height": "size output_size h",
    "width": "w",
    "n": "times repeat repeats",
    "output_size": "output_shape size target_size",
}

#: Settings of other tools without a counterpart, and what to do.
ELSEWHERE = {
    **dict.fromkeys(("in_channels", "in_features", "num_features", "input_channels", "channels_in", "in_planes", "n_in", "in",
                     "input_features", "num_input", "num_inputs", "n_inputs", "normalized_shape"),
                    "leave it out: Keras takes the number of inputs from the layer before"),
    **dict.fromkeys(("input_shape", "batch_input_shape", "input_size", "batch_shape"),
                    "leave it out: the size of the input is given once, at the top: input: [28, 28, 1]"),
    "no_bias": "to leave the bias out: use_bias: false",
    "keep_prob": "Keras's rate is the part that is dropped: keep_prob 0.8 is rate: 0.2",
    "keep": "Keras's rate is the part that is dropped: keep 0.8 is rate: 0.2",
    "inplace": "leave it out: it changes no number",
    "padding_mode": "leave it out: it changes no size; the number of pixels is 'padding'",
    "frozen": "a frozen layer has trainable: false", "freeze": "a frozen layer has trainable: false",
    "requires_grad": "requires_grad false is trainable: false",
    "affine": "affine false is center: false, scale: false",
    "num_layers": "write one layer for each", "n_layers": "write one layer for each",
    "bidirectional": "write Bidirectional: {LSTM: 64}",
    "batch_first": "leave it out: the batch is always first", "track_running_stats": "leave it out: Keras always tracks them",
    "nb_row": "Keras 1's nb_row and nb_col are kernel_size: [rows, columns]",
    "nb_col": "Keras 1's nb_row and nb_col are kernel_size: [rows, columns]",
    "kernel_h": "write kernel_size: [height, width]", "kernel_w": "write kernel_size: [height, width]",
    "kernel_height": "write kernel_size: [height, width]", "kernel_width": "write kernel_size: [height, width]",
    "stride_h": "write strides: [height, width]", "stride_w": "write strides: [height, width]",
    "pad_h": "write padding: [height, width]", "pad_w": "write padding: [height, width]",
    "count_include_pad": "leave it out: it changes no size",
    "return_indices": "leave it out: the places of the maxima are not counted",
}
#: Of a setting whose values are not Keras's.
VALUES = {
    "dim_ordering": "'th' is channels_first, 'tf' is channels_last", "image_dim_ordering": "'th' is channels_first, 'tf' is channels_last",
    "dim": "PyTorch's dim 1, the channels, is Keras's axis -1", "dims": None, "nb_kernel": None,
}


def setting_hint(takes: Callable[[str], bool], word: object, value: object, known: Iterable[str]) -> str | None:
    """What to write in place of a setting that a kind of layer does not have; `takes` knows those that it has."""
    if not isinstance(word, str):
        return None
    text = word.strip()
    if "=" in text or (":" in text and not text.endswith(":")):
        sign = "=" if "=" in text else ":"
        name, _, said = text.partition(sign)
        if takes(name.strip()):
            return f"write {name.strip()}: {said.strip()}"
    low = text.lower()
    low = text if text in ELSEWHERE else low
    meant = [name for name, words in SETTINGS.items() if takes(name) and (low in words.split() or text in words.split())]
    sized = isinstance(value, (list, tuple)) or (isinstance(value, str) and value[:1].isdigit())
    if len(meant) > 1 and low in ("filter", "kernels") and {"filters", "kernel_size"} <= set(meant):
        meant = ["kernel_size"] if sized else meant if low == "kernels" else ["filters"]
    if low in ELSEWHERE and not (low in ("input_size",) and meant):
        return ELSEWHERE[low]
    if low in ("dim", "axes", "dims") and takes("axis"):
        return "Keras calls it axis, and counts the batch: PyTorch's dim 1, the channels, is axis -1 with the channels last"
    if meant:
        more = VALUES.get(low)
        hint = one_of(meant[:3])
        return f"{hint} ({more})" if more else hint
    return did_you_mean(text, known)
