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
    "ReversibleEmbedding": ({"input_dim": 9, "output_dim": 3}, (5,)),
}  # fmt: skip
SEVERAL = {
    **{word: ({}, ((4, 3), (4, 3))) for word in ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")},
    "Dot": ({"axes": 2}, ((4, 3), (5, 3))), "Attention": ({"use_scale": True}, ((4, 3), (5, 3))), "AdditiveAttention": ({}, ((4, 3), (5, 3))),
    "MultiHeadAttention": ({"num_heads": 2, "key_dim": 3}, ((4, 3), (5, 3))),
    "GroupQueryAttention": ({"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}, ((4, 3), (5, 3))),
}  # fmt: skip
CELLS = {"SimpleRNNCell": 1, "GRUCell": 1, "LSTMCell": 2}
SIZES = {1: (9,), 2: (9, 8), 3: (7, 6, 5)}
#: For kinds that exist for one, two and three axes, with their settings.
RANKS = {
    "AdaptiveAveragePooling{}D": {"output_size": 2}, "AdaptiveMaxPooling{}D": {"output_size": 2}, "AveragePooling{}D": {"pool_size": 2, "padding": "same"},
    "MaxPooling{}D": {"pool_size": 3}, "Conv{}D": {"filters": 4, "kernel_size": 3}, "Conv{}DTranspose": {"filters": 4, "kernel_size": 3, "strides": 2},
    "DepthwiseConv{}D": {"kernel_size": 3, "depth_multiplier": 2}, "SeparableConv{}D": {"filters": 4, "kernel_size": 3},
    "LocallyConnected{}D": {"filters": 4, "kernel_size": 3}, "GlobalAveragePooling{}D": {}, "GlobalMaxPooling{}D": {}, "SpatialDropout{}D": {"rate": 0.2},
    "Cropping{}D": {"cropping": 1}, "ZeroPadding{}D": {"padding": 2}, "UpSampling{}D": {"size": 2},
}  # fmt: skip


def models(keras):
    """Every kind that this version has, by its name, and a function that makes its model."""
    has = [word for word in dir(keras.layers) if not word.startswith("_")]
    for word, (settings, shape) in ONE.items():
        if word in has:
            yield word, lambda word=word, settings=settings, shape=shape: sequential(keras, made(keras, word, settings), shape)
    for form, settings in RANKS.items():
        for rank, sizes in SIZES.items():
            word = form.format(rank)
            if word in has:
                yield word, lambda word=word, settings=settings, sizes=sizes: sequential(keras, made(keras, word, settings), (*sizes, 2))
    for rank, sizes in SIZES.items():
        yield f"ConvLSTM{rank}D", lambda rank=rank, sizes=sizes: sequential(
            keras, made(keras, f"ConvLSTM{rank}D", {"filters": 2, "kernel_size": 2}), (3, *sizes, 2))
    for word, (settings, shapes) in SEVERAL.items():
        if word in has:
            yield word, lambda word=word, settings=settings, shapes=shapes: several(keras, word, settings, shapes)
    for word, states in CELLS.items():
        yield word, lambda word=word, states=states: cell(keras, word, states)
    yield "StackedRNNCells", lambda: sequential(keras, keras.layers.RNN(
        keras.layers.StackedRNNCells([keras.layers.GRUCell(4), keras.layers.LSTMCell(3)]), return_sequences=True), (5, 2))


def several(keras, word, settings, shapes):
    inputs = [keras.Input(shape) for shape in shapes]
    layer = made(keras, word, settings)
    return keras.Model(inputs, layer(*inputs) if "Head" in word or "Group" in word else layer(inputs))


def cell(keras, word, states):
    inputs = [keras.Input((3,)), *[keras.Input((4,)) for _ in range(states)]]
    output, _ = getattr(keras.layers, word)(4)(inputs[0], inputs[1:])
    return keras.Model(inputs, output)


def made(keras, word, settings):
    """A layer, the one inside it included."""
    inside = {key: made(keras, *value) if isinstance(value, tuple) and isinstance(value[0], str) else value for key, value in settings.items()}
    return getattr(keras.layers, word)(**inside)


def sequential(keras, layer, shape):
    return keras.Sequential([keras.Input(shape), layer])
