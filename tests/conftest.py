"""Benchmarks run only when they are named: `pytest tests/benchmarks -s`."""

from __future__ import annotations


def pytest_ignore_collect(collection_path, config):
    if collection_path.name == "benchmarks" and not any("benchmarks" in str(arg) for arg in config.args):
        return True
    return None
