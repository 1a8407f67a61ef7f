"""The files that Keras writes: reading and writing them."""
