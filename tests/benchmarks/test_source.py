"""Networks in Python source against a bundled network, and against importing Keras alone."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

import pytest
from timing import best, cnncalc, python, told

sys.path.append(str(Path(__file__).parent.parent / "sources" / "python"))
from programs import PROGRAMS


@pytest.mark.benchmark
def test_source_takes_twice_a_bundled_network_and_never_a_second(tmp_path):
    commands = []
    for i, program in enumerate(PROGRAMS):
        path = tmp_path / f"model{i}.py"
        path.write_text(program.source)
        commands.append(cnncalc("summary", f"{path}:{program.expression}" if program.expression else str(path), *program.options))
    lenet5, *times = best(cnncalc("summary", "lenet5"), *commands, runs=5)
    median = statistics.median(times)
    told(f"summary of source, median of {len(times)}", f"{median * 1000:.0f} ms", f"summary lenet5: {lenet5 * 1000:.0f} ms", median / lenet5, "at most 2")
    told("summary of source, the slowest", f"{max(times) * 1000:.0f} ms", "", None, "at most 1 s")
    assert median / lenet5 <= 2
    assert max(times) < 1


@pytest.mark.benchmark
@pytest.mark.oracle
def test_keras_alone_takes_longer_to_import(tmp_path):
    (tmp_path / "model.py").write_text(PROGRAMS[0].source)
    ours, keras = best(cnncalc("summary", str(tmp_path / "model.py")), python("import os; os.environ['KERAS_BACKEND'] = 'jax'; import keras"), runs=3)
    told("summary of source", f"{ours * 1000:.0f} ms", f"import keras: {keras * 1000:.0f} ms", ours / keras, "at most 0.5")
    assert ours / keras <= 0.5
