"""PyTorch's modules, functions and tensor methods as kinds of layers, loaded when one is named."""
