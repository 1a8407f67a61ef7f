"""One row for each function of a framework that the tables know: what is written, and the shape or value that it has.

`x` and `y` are tensors of shape (None, 8, 6, 4), `v` is (None, 5), `m` (None, 7, 5), `w` a weight (3, 3, 4, 16). `...` is any value: only that the
program goes on. A new function is a new row: `"tf.math.cumsum(x, axis=1)": X`.
"""

from __future__ import annotations

from typing import Any

X, V, M = (None, 8, 6, 4), (None, 5), (None, 7, 5)


def each(form: str, names: str, expected: Any) -> dict[str, Any]:
    """A row for each name."""
    return {form.replace("@", name): expected for name in names.split()}


TF: dict[str, Any] = {
    **each("tf.math.@(x, y)", "add subtract sub multiply mul divide truediv div divide_no_nan floordiv floor_div mod floormod pow maximum minimum greater "
           "greater_equal less less_equal equal not_equal logical_and logical_or squared_difference", X),
    **each("tf.math.@(x)", "abs negative exp log sqrt rsqrt square tanh sigmoid sin cos erf erfc floor ceil round sign reciprocal logical_not log1p is_finite "
           "is_nan is_inf softplus", X),
    **each("tf.math.reduce_@(x, axis=[1, 2])", "mean sum max min prod any all std variance logsumexp", (None, 4)),
    **each("tf.nn.@(x)", "relu relu6 elu selu softplus softsign silu swish gelu sigmoid tanh leaky_relu softmax log_softmax", X),
    **each("tf.@(x)", "sigmoid tanh identity stop_gradient zeros_like ones_like", X),
    "tf.math.l2_normalize(x, -1)": X, "tf.nn.l2_normalize(x, axis=-1)": X, "tf.nn.bias_add(x, 3)": X, "tf.math.add_n([x, y])": X,
    "tf.cast(x, tf.float16)": X, "tf.clip_by_value(x, 0., 1.)": X, "tf.math.argmax(x, axis=-1)": (None, 8, 6), "tf.argmax(x, 1)": (None, 6, 4),
    "tf.where(x > 0, x, y)": X, "tf.reshape(x, [-1, 48, 4])": (None, 48, 4), "tf.transpose(x, [0, 3, 1, 2])": (None, 4, 8, 6),
    "tf.expand_dims(x, 1)": (None, 1, 8, 6, 4), "tf.squeeze(tf.expand_dims(v, 1), 1)": V, "tf.concat([x, y], axis=-1)": (None, 8, 6, 8),
    "tf.stack([v, v], axis=1)": (None, 2, 5), "tf.split(x, 2, axis=-1)[1]": (None, 8, 6, 2), "tf.unstack(m, axis=1)[6]": V, "tf.tile(v, [1, 3])": (None, 15),
    "tf.repeat(v, 2, axis=1)": (None, 10), "tf.pad(x, [[0, 0], [1, 1], [2, 2], [0, 0]])": (None, 10, 10, 4), "tf.one_hot(tf.argmax(v, -1), 10)": (None, 10),
    "tf.gather(x, [0, 2], axis=3)": (None, 8, 6, 2), "tf.broadcast_to(tf.ones((1, 4)), [3, 4])": (3, 4), "tf.linalg.matmul(m, m, transpose_b=True)": (None, 7, 7),
    "tf.image.resize(x, (16, 12))": (None, 16, 12, 4), "tf.nn.depth_to_space(x, 2)": (None, 16, 12, 1), "tf.nn.space_to_depth(x, 2)": (None, 4, 3, 16),
    "tf.shape(x)[1]": 8, "tf.zeros([2, 3])": (2, 3), "tf.ones((2, 3))": (2, 3), "tf.fill([2, 3], 0.)": (2, 3), "tf.eye(4)": (4, 4), "tf.constant([1, 2])": (2,),
    "tf.convert_to_tensor([[1.]])": (1, 1), "tf.meshgrid([1, 2], [1, 2, 3])[0]": (3, 2), "tf.cond(True, lambda: x, lambda: y)": X,
    "tf.map_fn(lambda t: t, x)": X, "tf.moments(x, [1, 2])[0]": (None, 4), "tf.nn.moments(x, [1, 2])[1]": (None, 4), "tf.einsum('bij,bkj->bik', m, m)": (None, 7, 7),
    "tf.depth_to_space(x, 2)": (None, 16, 12, 1), "tf.range(5)": (5,), "tf.linspace(0., 1., 5)": (5,), "tf.rank(x)": 4, "tf.roll(x, 1, 1)": X,
    "tf.random.normal([2, 3])": (2, 3), "tf.random.uniform([2, 3])": (2, 3), "tf.random.truncated_normal([2, 3])": (2, 3), "tf.random.gamma([2, 3], 1.)": (2, 3),
    "tf.random_normal([2, 3])": (2, 3), "tf.random_uniform([2, 3])": (2, 3), "tf.truncated_normal([2, 3])": (2, 3), "tf.random.shuffle(tf.ones([2, 3]))": ...,
    "tf.random.categorical(tf.ones([2, 3]), 4)": ..., "tf.random.set_seed(1)": ..., "tf.set_random_seed(1)": ..., "tf.placeholder(tf.float32, [None, 5])": (None, 5),
    "tf.nn.conv2d(x, w, 1, 'SAME')": (None, 8, 6, 16), "tf.nn.conv1d(m, tf.ones((3, 5, 2)), 1, 'VALID')": (None, 5, 2), "tf.nn.max_pool(x, 2, 2, 'SAME')": (None, 4, 3, 4),
    "tf.nn.max_pool2d(x, 2, 2, 'VALID')": (None, 4, 3, 4), "tf.nn.avg_pool(x, 2, 2, 'SAME')": (None, 4, 3, 4), "tf.nn.avg_pool2d(x, 3, 1, 'VALID')": (None, 6, 4, 4),
    "tf.nn.dropout(x, 0.5)": X, "tf.nn.batch_normalization(x, 0., 1., 0., 1., 0.001)": X, "tf.image.extract_patches(x, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], 'VALID')":
    (None, 4, 3, 16), "tf.image.extract_image_patches(x, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], 'VALID')": (None, 4, 3, 16),
    "tf.extract_image_patches(x, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], 'VALID')": (None, 4, 3, 16), "tf.image.resize_images(x, (4, 4))": (None, 4, 4, 4),
    "tf.image.resize_bilinear(x, (4, 4))": (None, 4, 4, 4), "tf.image.resize_nearest_neighbor(x, (4, 4))": (None, 4, 4, 4), "tf.linalg.band_part(m, -1, 0)": M,
    "tf.layers.dense(v, 3)": (None, 3), "tf.layers.conv2d(x, 5, 3)": (None, 6, 4, 5), "tf.layers.conv1d(m, 2, 3)": (None, 5, 2), "tf.layers.flatten(x)": (None, 192),
    "tf.layers.conv3d(tf.expand_dims(x, 1), 2, 1)": (None, 1, 8, 6, 2), "tf.layers.max_pooling2d(x, 2, 2)": (None, 4, 3, 4), "tf.layers.max_pooling1d(m, 2, 2)": (None, 3, 5),
    "tf.layers.average_pooling2d(x, 2, 2)": (None, 4, 3, 4), "tf.layers.average_pooling1d(m, 2, 2)": (None, 3, 5), "tf.layers.dropout(x, 0.5)": X,
    "tf.layers.batch_normalization(x)": X, "tf.layers.conv2d_transpose(x, 2, 2, 2)": (None, 16, 12, 2), "tf.layers.separable_conv2d(x, 5, 3)": (None, 6, 4, 5),
    "tf.layers.max_pooling3d(tf.expand_dims(x, 1), 1, 1)": (None, 1, 8, 6, 4), "tf.layers.conv3d_transpose(tf.expand_dims(x, 1), 2, 1)": (None, 1, 8, 6, 2),
    **each("tf.@", "KerasTensor Module RaggedTensor Tensor TensorShape Variable bfloat16 bool complex64 float16 float32 float64 int16 int32 int64 int8 string uint8 "
           "data.AUTOTUNE data.Dataset data.experimental.AUTOTUNE __version__", ...),
    **each("tf.@('a')", "device name_scope variable_scope control_dependencies distribute.MirroredStrategy distribute.MultiWorkerMirroredStrategy "
           "distribute.OneDeviceStrategy distribute.TPUStrategy", ...),
    "tf.distribute.get_strategy()": ..., "tf.init_scope()": ..., "tf.function(lambda t: t)(x)": X,
}
BACKEND: dict[str, Any] = {
    **each("K.@(x)", "abs cos elu exp hard_sigmoid identity log ones_like relu round sigmoid sign sin softmax softplus sqrt square stop_gradient tanh zeros_like", X),
    **each("K.@(x, y)", "equal greater less maximum minimum", X), "K.pow(x, 2)": X, "K.clip(x, 0, 1)": X, "K.cast(x, 'float32')": X, "K.l2_normalize(x, axis=-1)": X,
    **each("K.@(x, axis=[1, 2])", "all any max mean min prod std sum var logsumexp", (None, 4)), "K.argmax(x)": (None, 8, 6), "K.arange(5)": (5,),
    "K.batch_dot(m, m, axes=[2, 2])": (None, 7, 7), "K.batch_flatten(x)": (None, 192), "K.concatenate([x, y])": (None, 8, 6, 8), "K.dot(v, K.ones((5, 2)))": (None, 2),
    "K.cond(True, lambda: x, lambda: y)": X, "K.dropout(x, 0.5)": X, "K.expand_dims(v)": (None, 5, 1), "K.eye(3)": (3, 3), "K.fill((2, 3), 0.)": (2, 3), "K.flatten(v)": (None,),
    "K.gather(K.ones((9, 2)), K.constant([1, 2, 3]))": (3, 2), "K.in_train_phase(x, y)": X, "K.int_shape(x)[1:]": (8, 6, 4), "K.shape(x)[3]": 4, "K.ndim(x)": 4,
    "K.is_keras_tensor(x)": True, "K.map_fn(lambda t: t, x)": X, "K.meshgrid(K.arange(2), K.arange(3))[0]": (3, 2), "K.moments(x, [1, 2])[0]": (None, 4),
    "K.one_hot(K.argmax(v), 10)": (None, 10), "K.ones((2, 3))": (2, 3), "K.zeros((2, 3))": (2, 3), "K.constant([1, 2])": (2,), "K.convert_to_tensor([1, 2])": (2,),
    "K.variable([1., 2.])": (2,), "K.permute_dimensions(x, (0, 3, 1, 2))": (None, 4, 8, 6), "K.placeholder((None, 5))": (None, 5), "K.repeat(v, 3)": (None, 3, 5),
    "K.repeat_elements(v, 2, axis=1)": (None, 10), "K.reshape(x, (-1, 192))": (None, 192), "K.resize_images(x, 2, 2, 'channels_last')": (None, 16, 12, 4),
    "K.reverse(x, 1)": X, "K.squeeze(K.expand_dims(v, 1), 1)": V, "K.stack([v, v], axis=1)": (None, 2, 5), "K.tile(v, [1, 2])": (None, 10), "K.transpose(K.ones((2, 3)))": (3, 2),
    "K.unstack(m, axis=1)[0]": V, "K.where(x > 0, x, y)": X,
    **each("K.@((2, 3))", "random_normal random_uniform random_normal_variable random_uniform_variable truncated_normal", (2, 3)),
    "K.backend()": ..., "K.epsilon()": 1e-07, "K.floatx()": "float32", "K.image_data_format()": "channels_last", "K.image_dim_ordering()": "tf", "K.learning_phase()": ...,
    "K.normalize_data_format(None)": "channels_last", "K.clear_session()": ..., "K.function([x], [y])": ..., "K.set_epsilon(1e-5)": ..., "K.set_floatx('float32')": ...,
    "K.set_image_data_format('channels_last')": ..., "K.set_image_dim_ordering('tf')": ..., "K.set_learning_phase(1)": ...,
}
OPS: dict[str, Any] = {
    "ops.arange(5)": (5,), "ops.array([1, 2])": (2,), "ops.cond(True, lambda: x, lambda: y)": X, "ops.convert_to_numpy(np.zeros(2))": (2,), "ops.convert_to_tensor([1, 2])": (2,),
    "ops.expand_dims(v, 1)": (None, 1, 5), "ops.extract_patches(x, 2)": (None, 4, 3, 16), "ops.eye(3)": (3, 3), "ops.full((2, 3), 1.)": (2, 3), "ops.identity(3)": (3, 3),
    "ops.image.extract_patches(x, 2)": (None, 4, 3, 16), "ops.linspace(0, 1, 5)": (5,), "ops.meshgrid([1, 2], [1, 2, 3])[0]": (3, 2), "ops.moments(x, [1, 2])[0]": (None, 4),
    "ops.ndim(x)": 4, "ops.ones((2, 3))": (2, 3), "ops.ones_like(x)": X, "ops.reshape(x, (-1, 48, 4))": (None, 48, 4), "ops.roll(x, 1, 1)": X, "ops.shape(x)[1]": 8,
    "ops.size(ops.ones((2, 3)))": 6, "ops.stop_gradient(x)": X, "ops.unstack(m, axis=1)[0]": V, "ops.where(x > 0, x, y)": X, "ops.zeros((2, 3))": (2, 3), "ops.zeros_like(x)": X,
}
UTILS: dict[str, Any] = {
    "keras.utils.to_categorical([0, 1, 2], 3)": (3, 3), "keras.utils.get_custom_objects()": ..., "keras.utils.clear_session()": ..., "keras.utils.set_random_seed(1)": ...,
    "keras.models.clone_model(keras.Sequential())": ..., "keras.utils.plot_model(keras.Sequential())": ..., "keras.utils.register_keras_serializable()(len)": ...,
    "keras.utils.convert_all_kernels_in_model(keras.Sequential())": ..., "keras.utils.image_data_format()": "channels_last", "keras.utils.set_image_data_format('channels_last')": ...,
    "keras.utils.load_img('cat.png', target_size=(60, 80))": (60, 80, 3), "keras.utils.load_img('a', color_mode='grayscale', target_size=(6, 8))": (6, 8, 1),
    "keras.utils.img_to_array(keras.preprocessing.image.load_img('a', target_size=(6, 8)))": (6, 8, 3),
    "keras.utils.floatx()": "float32", "keras.utils.backend()": ...,
}
OPERATORS: dict[str, Any] = {**dict.fromkeys(("x + y", "x - 1", "2 * x", "x / y", "x // 2", "x % 2", "x ** 2", "-x", "abs(x)", "x > y", "x >= 1", "x < y", "x <= 1", "x == y",
                                              "x != y", "(x > 0) & (y > 0)", "(x > 0) | (y > 0)"), X), "m @ tf.ones((5, 2))": (None, 7, 2), "x[:, 0]": (None, 6, 4),
                             "x[..., None]": (None, 8, 6, 4, 1), "x[:, ::2, 1:-1]": (None, 4, 4, 4)}
