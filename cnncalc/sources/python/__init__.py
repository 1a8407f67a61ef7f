"""Networks in Python source: read by an interpreter of our own, without running any of it.

From the bottom up, where each module imports only those before it: text, limits and scopes; interpreter (values, and what they may ask of it);
values, classes, functions; operators, formats, natives and built-ins; expressions, statements, blocks; python, which is the
interpreter with all of that. On it stand tables of names: stdlib, numpy_names, keras_* and tensorflow_names, torch_*. A program
(program.py) is a file that was read with these tables; keras_networks and torch_networks look in it for networks.
"""
