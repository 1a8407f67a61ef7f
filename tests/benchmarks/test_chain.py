"""A chain of layers: work is linear, and the command stays close to reading the file."""

from __future__ import annotations

import gc
import subprocess
import sys
import time

import pytest
from timing import best, cnncalc, python, told

from cnncalc.analysis import analyse
from cnncalc.sources.architecture.reader import read_spec
from cnncalc.sources.document import Document

KINDS = (
    "Conv2D: {filters: 16, kernel_size: 3, padding: same, activation: relu}",
    "BatchNormalization",
    "MaxPooling2D: {pool_size: 3, strides: 1, padding: same}",
    "Conv2D: [16, 3, 1, same]",
    "ReLU",
)
LENGTHS = (1_000, 10_000, 100_000)


def chain(length: int) -> str:
    entries = [f"  - {KINDS[i % len(KINDS)]}\n" for i in range(length)]
    return "input: [32, 32, 16]\nlayers:\n" + "".join(entries)


def microseconds(length: int) -> tuple[float, float]:
    """Per layer: from the text to the trace, and the engine alone."""
    text = chain(length)
    gc.collect()
    gc.disable()
    try:
        best_whole, best_engine = float("inf"), float("inf")
        for _ in range(max(1, 30_000 // length)):
            began = time.process_time()
            graph, errors = read_spec(Document("chain", text), "chain")
            read = time.process_time()
            assert not errors
            assert len(analyse(graph).steps) == length + 1
            done = time.process_time()
            best_whole, best_engine = min(best_whole, done - began), min(best_engine, done - read)
            gc.collect()
    finally:
        gc.enable()
    return best_whole / length * 1e6, best_engine / length * 1e6


def rounds(many: int = 4) -> list[tuple[float, float]]:
    """The least of each length, measured in turn, each time in a process of its own."""
    found = [(float("inf"), float("inf"))] * len(LENGTHS)
    for _ in range(many):
        for i, length in enumerate(LENGTHS):
            run = subprocess.run([sys.executable, __file__, str(length)], capture_output=True, text=True, check=True)
            whole, engine = map(float, run.stdout.split())
            found[i] = min(found[i][0], whole), min(found[i][1], engine)
    return found


@pytest.mark.benchmark
def test_the_time_per_layer_does_not_grow_and_the_engine_takes_at_most_15_microseconds():
    costs = rounds()
    for length, (whole, engine) in zip(LENGTHS, costs):
        told(f"a chain of {length:,} layers", f"{whole:.1f} us a layer", f"1,000 layers: {costs[0][0]:.1f} us", whole / costs[0][0], "at most 1.3")
        told(f"the engine alone, {length:,} layers", f"{engine:.1f} us a layer", bar="at most 15 us")
    assert costs[-1][0] / costs[0][0] <= 1.3
    assert costs[-1][1] <= 15


@pytest.mark.benchmark
@pytest.mark.parametrize("format", ["json", "table"])
def test_the_command_takes_at_most_three_times_the_c_loader(tmp_path, format):
    path = tmp_path / "chain.yaml"
    path.write_text(chain(100_000))
    load = f"import yaml; yaml.load(open({str(path)!r}), Loader=yaml.CSafeLoader)"
    ours, theirs = best(cnncalc("summary", str(path), "--format", format), python(load), runs=2)
    told(f"summary of 100,000 layers as {format}", f"{ours:.1f} s", f"PyYAML's C loader: {theirs:.1f} s", ours / theirs, "at most 3")
    assert ours / theirs <= 3


if __name__ == "__main__":
    print(*microseconds(int(sys.argv[1])))
