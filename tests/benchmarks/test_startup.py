"""The command against importing the libraries that it needs."""

from __future__ import annotations

import pytest
from timing import cnncalc, python, ratio

BARS = [
    (("summary", "lenet5", "--format", "json"), "import click, yaml", 1.25),
    (("summary", "lenet5"), "import click, yaml, rich.table, rich.console", 1.25),
    (("summary", "lenet5", "--color", "always"), "import click, yaml, rich.table, rich.console", 1.25),
    (("--help",), "import click", 1.25),
]


@pytest.mark.benchmark
@pytest.mark.parametrize(("args", "imports", "bar"), BARS, ids=lambda value: str(value))
def test_a_command_takes_little_more_than_its_libraries(args, imports, bar):
    assert ratio(cnncalc(*args), python(imports), bar, runs=25) <= bar
