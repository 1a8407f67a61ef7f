"""Benchmarks run only when they are named: `pytest tests/benchmarks`."""

from __future__ import annotations

import gc
import sys


def pytest_ignore_collect(collection_path, config):
    if collection_path.name == "benchmarks" and not any("benchmarks" in str(arg) for arg in config.args):
        return True
    return None


#: The modules of tests of numbers, windows, layers and errors: those of `pytest -m core`, without the oracle.
CORE = {"test_num", "test_window", "test_derivation", "test_cases", "test_imports"}


def pytest_collection_modifyitems(items):
    for item in items:
        if item.module.__name__ in CORE and item.get_closest_marker("oracle") is None:
            item.add_marker("core")


def pytest_collection_finish(session):
    """What stays to the end is not to be looked through whenever Keras, at each new session, collects what is garbage."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter):
    """What the benchmarks measured, as one table."""
    measured = sys.modules.get("timing")
    if measured is not None and measured.TABLE:
        terminalreporter.section("benchmarks")
        terminalreporter.write_line(measured.table())
