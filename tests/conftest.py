"""Benchmarks run only when they are named: `pytest tests/benchmarks -s`."""

from __future__ import annotations

import gc


def pytest_ignore_collect(collection_path, config):
    if collection_path.name == "benchmarks" and not any("benchmarks" in str(arg) for arg in config.args):
        return True
    return None


def pytest_collection_finish(session):
    """What stays to the end is not to be looked through whenever Keras, at each new session, collects what is garbage."""
    gc.collect()
    gc.freeze()
