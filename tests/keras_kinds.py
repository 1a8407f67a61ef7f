"""A small model around every kind of layer that a version of Keras has; Keras is all that is asked for."""

from __future__ import annotations

#: For each kind: its settings, and the inputs that it reads. `@` in front of a word stands for a layer inside.
ONE = {
    "Activation": ({"activation": "relu"}, (4,)), "ActivityRegularization": ({"l1": 0.1}, (4,)), "AlphaDropout": ({"rate": 0.2}, (4,)),
    "BatchNormalization": ({}, (4, 3)), "CategoryEncoding": ({"num_tokens": 5}, (4,)), "CenterCrop": ({"height": 3, "width": 2}, (6, 6, 1)),
    "Dense": ({"units": 3}, (5,)), "Dropout": ({"rate": 0.5}, (4,)), "Discretization": ({"bin_boundaries": [0.0, 1.0]}, (4,)), "ELU": ({}, (4,)),
    "EinsumDense": ({"equation": "abc,cd->abd", "output_shape": (None, 3), "bias_axes": "d"}, (5, 4)), "Embedding": ({"input_dim": 9, "output_dim": 3}, (5,)),
    "Flatten": ({}, (3, 4)), "GaussianDropout": ({"rate": 0.2}, (4,)), "GaussianNoise": ({"stddev": 0.2}, (4,)), "GroupNormalization": ({"groups": 2}, (5, 4)),
    "GRU": ({"units": 3}, (5, 2)), "LSTM": ({"units": 3, "return_sequences": True}, (5, 2)), "SimpleRNN": ({"units": 3}, (5, 2)),
    "Identity": ({}, (4,)), "LayerNormalization": ({}, (4, 3)), "LeakyReLU": ({}, (4,)), "Masking": ({"mask_value": 0.5}, (5, 2)), "Normalization": ({}, (4,)),
    "PReLU": ({}, (4, 3)), "Permute": ({"dims": (2, 1)}, (4, 3)), "ReLU": ({"max_value": 6.0}, (4,)), "RepeatVector": ({"n": 3}, (4,)),
    "Rescaling": ({"scale": 0.5}, (4, 4, 1)), "Reshape": ({"target_shape": (2, 6)}, (4, 3)), "Resizing": ({"height": 5, "width": 7}, (8, 8, 3)),
    "RMSNormalization": ({}, (4,)), "Softmax": ({}, (4,)), "SpectralNormalization": ({"layer": ("Dense", {"units": 3})}, (4,)),
    "ThresholdedReLU": ({"theta": 0.5}, (4,)), "TimeDistributed": ({"layer": ("Dense", {"units": 3})}, (5, 4)), "UnitNormalization": ({}, (4,)),
    "Bidirectional": ({"layer": ("LSTM", {"units": 3})}, (5, 2)), "RNN": ({"cell": ("LSTMCell", {"units": 3})}, (5, 2)),
    "AutoContrast": ({}, (6, 6, 3)), "AugMix": ({}, (6, 6, 3)), "CutMix": ({}, (6, 6, 3)), "MixUp": ({}, (6, 6, 3)), "RandAugment": ({}, (6, 6, 3)),
    "RandomBrightness": ({"factor": 0.2}, (6, 6, 3)), "RandomColorDegeneration": ({"factor": 0.2}, (6, 6, 3)), "RandomColorJitter": ({"hue_factor": 0.2}, (6, 6, 3)),
    "RandomContrast": ({"factor": 0.2}, (6, 6, 3)), "RandomCrop": ({"height": 3, "width": 2}, (6, 6, 3)), "RandomElasticTransform": ({}, (6, 6, 3)),
    "RandomErasing": ({}, (6, 6, 3)), "RandomFlip": ({}, (6, 6, 3)), "RandomGaussianBlur": ({}, (6, 6, 3)), "RandomGrayscale": ({}, (6, 6, 3)),
    "RandomHeight": ({"factor": 0.2}, (6, 6, 3)), "RandomWidth": ({"factor": 0.2}, (6, 6, 3)), "RandomHue": ({"factor": 0.2}, (6, 6, 3)),
    "RandomInvert": ({}, (6, 6, 3)), "RandomPerspective": ({}, (6, 6, 3)), "RandomPosterization": ({"factor": 4}, (6, 6, 3)),
    "RandomRotation": ({"factor": 0.2}, (6, 6, 3)), "RandomSaturation": ({"factor": 0.2}, (6, 6, 3)), "RandomSharpness": ({"factor": 0.2}, (6, 6, 3)),
    "RandomShear": ({"x_factor": 0.2}, (6, 6, 3)), "RandomTranslation": ({"height_factor": 0.1, "width_factor": 0.2}, (6, 6, 3)),
    "RandomZoom": ({"height_factor": 0.2}, (6, 6, 3)), "Solarization": ({}, (6, 6, 3)), "MaxNumBoundingBoxes": ({"max_number": 3}, (6, 4)),
    "STFTSpectrogram": ({"frame_length": 8, "fft_length": 8}, (64, 1)), "MelSpectrogram": ({"fft_length": 32, "sequence_stride": 16}, (64,)),
    "ReversibleEmbedding": ({"input_dim": 9, "output_dim": 3}, (5,)), "ContrastLimitedAdaptiveHistogramEqualization": ({}, (6, 6, 3)),
    "Hashing": ({"num_bins": 5}, (4,), "int64"), "IntegerLookup": ({"vocabulary": [1, 2, 3]}, (4,), "int64"),
    "StringLookup": ({"vocabulary": ["a", "b"]}, (4,), "string"),
    "TextVectorization": ({"vocabulary": ["a", "b"], "output_sequence_length": 7}, (1,), "string"),
    "Lambda": ({"function": "relu"}, (4,)), "SyncBatchNormalization": ({}, (4, 3)), "RandomFourierFeatures": ({"output_dim": 6}, (4,)),
}
#: Other ways of the same kinds, by a name of their own.
OTHERS = {
    "Hashing multi_hot": ({"num_bins": 5, "output_mode": "multi_hot"}, (4,), "int64"),
    "Hashing one_hot": ({"num_bins": 5, "output_mode": "one_hot"}, (1,), "int64"),
    "IntegerLookup count": ({"vocabulary": [1, 2, 3], "output_mode": "count"}, (4,), "int64"),
    "IntegerLookup padded": ({"max_tokens": 9, "vocabulary": [1, 2], "output_mode": "multi_hot", "pad_to_max_tokens": True}, (4,), "int64"),
    "IntegerLookup masked": ({"vocabulary": [1, 2, 3], "mask_token": 0, "num_oov_indices": 2, "output_mode": "multi_hot"}, (4,), "int64"),
    "StringLookup one_hot": ({"vocabulary": ["a", "b"], "output_mode": "one_hot"}, (1,), "string"),
    "StringLookup inverted": ({"vocabulary": ["a", "b"], "invert": True}, (4,), "int64"),
    "TextVectorization open": ({"vocabulary": ["a", "b"]}, (1,), "string"),
    "TextVectorization multi_hot": ({"vocabulary": ["a", "b"], "output_mode": "multi_hot"}, (1,), "string"),
    "TextVectorization tf_idf": ({"vocabulary": ["a", "b"], "output_mode": "tf_idf", "idf_weights": [0.1, 0.2]}, (1,), "string"),
}
SEVERAL = {
    **{word: ({}, ((4, 3), (4, 3))) for word in ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")},
    "HashedCrossing": ({"num_bins": 5}, ((1,), (1,)), "int64"), "Dot": ({"axes": 2}, ((4, 3), (5, 3))), "Attention": ({"use_scale": True}, ((4, 3), (5, 3))), "AdditiveAttention": ({}, ((4, 3), (5, 3))),
    "MultiHeadAttention": ({"num_heads": 2, "key_dim": 3}, ((4, 3), (5, 3))),
    "GroupQueryAttention": ({"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}, ((4, 3), (5, 3))),
}
CELLS = {"SimpleRNNCell": 1, "GRUCell": 1, "LSTMCell": 2}
SIZES = {1: (9,), 2: (9, 8), 3: (7, 6, 5)}
#: For kinds that exist for one, two and three axes, with their settings.
RANKS = {
    "AdaptiveAveragePooling{}D": {"output_size": 2}, "AdaptiveMaxPooling{}D": {"output_size": 2}, "AveragePooling{}D": {"pool_size": 2, "padding": "same"},
    "MaxPooling{}D": {"pool_size": 3}, "Conv{}D": {"filters": 4, "kernel_size": 3}, "Conv{}DTranspose": {"filters": 4, "kernel_size": 3, "strides": 2},
    "DepthwiseConv{}D": {"kernel_size": 3, "depth_multiplier": 2}, "SeparableConv{}D": {"filters": 4, "kernel_size": 3},
    "LocallyConnected{}D": {"filters": 4, "kernel_size": 3}, "GlobalAveragePooling{}D": {}, "GlobalMaxPooling{}D": {}, "SpatialDropout{}D": {"rate": 0.2},
    "Cropping{}D": {"cropping": 1}, "ZeroPadding{}D": {"padding": 2}, "UpSampling{}D": {"size": 2},
}


def models(keras):
    """Every kind that this version has, by its name, and a function that makes its model."""
    has = [word for word in {*dir(keras.layers), *dir(getattr(keras.layers, "experimental", None))} if not word.startswith("_")]
    for name, (settings, shape, *dtype) in {**ONE, **OTHERS}.items():
        word = name.split()[0]
        if word in has:
            yield name, lambda word=word, settings=settings, shape=shape, dtype=dtype: sequential(
                keras, made(keras, word, settings), shape, *dtype)
    if "Pipeline" in has:
        yield "Pipeline", lambda: sequential(keras, keras.layers.Pipeline([keras.layers.RandomFlip(), keras.layers.Rescaling(0.5)]), (6, 6, 3))
    for form, settings in RANKS.items():
        for rank, sizes in SIZES.items():
            word = form.format(rank)
            if word in has:
                yield word, lambda word=word, settings=settings, sizes=sizes: sequential(keras, made(keras, word, settings), (*sizes, 2))
    for rank, sizes in SIZES.items():
        yield f"ConvLSTM{rank}D", lambda rank=rank, sizes=sizes: sequential(
            keras, made(keras, f"ConvLSTM{rank}D", {"filters": 2, "kernel_size": 2}), (3, *sizes, 2))
    for word, (settings, shapes, *dtype) in SEVERAL.items():
        if word in has:
            yield word, lambda word=word, settings=settings, shapes=shapes, dtype=dtype: several(keras, word, settings, shapes, *dtype)
    for word, states in CELLS.items():
        yield word, lambda word=word, states=states: cell(keras, word, states)
    yield "StackedRNNCells", lambda: sequential(keras, keras.layers.RNN(
        keras.layers.StackedRNNCells([keras.layers.GRUCell(4), keras.layers.LSTMCell(3)]), return_sequences=True), (5, 2))


#: Layers that can be quantized, as in ONE; kernels of two and three axes, of which either half is larger; groups of more than one.
QUANTIZABLE = {
    "Dense": ({"units": 7}, (5, 300)), "Dense plain": ({"units": 4, "use_bias": False, "activation": "relu"}, (9,)),
    "EinsumDense": ({"equation": "abc,cd->abd", "output_shape": (None, 3), "bias_axes": "d"}, (5, 4)),
    "EinsumDense heads": ({"equation": "abc,cde->abde", "output_shape": (None, 2, 3), "bias_axes": "de"}, (5, 9)),
    "EinsumDense joined": ({"equation": "abcd,cde->abe", "output_shape": (None, 11)}, (5, 2, 3)),
    "EinsumDense apart": ({"equation": "abc,dc->abd", "output_shape": (None, 5), "activation": "relu"}, (5, 4)),
    "Embedding": ({"input_dim": 9, "output_dim": 3}, (5,)), "Embedding wide": ({"input_dim": 9, "output_dim": 300, "mask_zero": True}, (5,)),
    "ReversibleEmbedding": ({"input_dim": 9, "output_dim": 3}, (5,)),
    "ReversibleEmbedding untied": ({"input_dim": 9, "output_dim": 3, "tie_weights": False}, (5,)),
    "MultiHeadAttention": ({"num_heads": 2, "key_dim": 3}, ((4, 3), (5, 3))), "Dense lora": ({"units": 7, "lora_rank": 2}, (5,)),
    "Embedding lora": ({"input_dim": 9, "output_dim": 3, "lora_rank": 2}, (5,)),
    "EinsumDense lora": ({"equation": "abc,cde->abde", "output_shape": (None, 2, 3), "lora_rank": 2}, (5, 9)),
}
#: Policies of quantized layers; later versions of Keras know more.
POLICIES = ("int8_from_float32", "int8_from_mixed_bfloat16", "int8_from_bfloat16", "float8_from_float32", "float8_from_mixed_bfloat16",
            "int4_from_float32", "int4/128_from_float32", "int4/-1_from_float32", "int4/2_from_mixed_bfloat16",
            "gptq/4/128_from_float32", "gptq/8/-1_from_float32", "gptq/2/2_from_mixed_bfloat16",
            "awq/4/128_from_float32", "awq/4/-1_from_float32", "awq/4/2_from_float32")


def quantized(keras):
    """Each layer that can be quantized, made under each policy that the version has, and quantized when it has been made."""
    if not hasattr(keras.Model, "quantize"):
        return

    def model(name, settings, shape, policy):
        more = {"dtype": policy} if policy else {}
        word = name.split()[0]
        if word in SEVERAL:
            return several(keras, word, {**settings, **more}, shape)
        start = keras.Input(shape)  # a Sequential would leave out what a layer refuses
        return keras.Model(start, made(keras, word, {**settings, **more})(start))

    def after(name, settings, shape, mode):
        made_of = model(name, settings, shape, None)
        made_of.quantize(mode)
        return made_of

    for name, (settings, shape) in QUANTIZABLE.items():
        for policy in POLICIES:
            yield f"{policy} {name}", lambda args=(name, settings, shape, policy): model(*args)
        for mode in ("int8", "int4", "float8"):
            yield f"{mode} {name}", lambda args=(name, settings, shape, mode): after(*args)


def several(keras, word, settings, shapes, dtype=None):
    inputs = [keras.Input(shape, dtype=dtype) for shape in shapes]
    layer = made(keras, word, settings)
    return keras.Model(inputs, layer(*inputs) if "Head" in word or "Group" in word else layer(inputs))


def cell(keras, word, states):
    inputs = [keras.Input((3,)), *[keras.Input((4,)) for _ in range(states)]]
    output, _ = getattr(keras.layers, word)(4)(inputs[0], inputs[1:])
    return keras.Model(inputs, output)


def made(keras, word, settings):
    """A layer, the one inside it included."""
    inside = {key: made(keras, *value) if isinstance(value, tuple) and isinstance(value[0], str) else value for key, value in settings.items()}
    if word == "Lambda":
        inside["function"] = getattr(keras.activations, inside["function"])
    return getattr(keras.layers if hasattr(keras.layers, word) else keras.layers.experimental, word)(**inside)


def sequential(keras, layer, shape, dtype=None):
    return keras.Sequential([keras.Input(shape, dtype=dtype), layer])
