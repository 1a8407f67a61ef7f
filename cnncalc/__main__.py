"""`python -m cnncalc`."""

from .startup import run

run()
