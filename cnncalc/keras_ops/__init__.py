"""Operations on tensors (`keras.ops` and TensorFlow's functions) as layers; nothing in layers/ imports this package."""
