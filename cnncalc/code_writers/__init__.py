"""Networks as Python source: Keras and PyTorch code that a person would write."""
