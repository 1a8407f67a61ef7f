"""Whole processes, timed in turn and compared as ratios."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def seconds(command: list[str]) -> float:
    """The processor time, user and system, of one run."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return usage.ru_utime + usage.ru_stime


def best(*commands: list[str], runs: int = 15) -> list[float]:
    """The least time of each command, all of them run in turn so that a busy machine hurts all."""
    for command in commands if runs > 3 else ():
        seconds(command)  # so that the files are at hand
    times = [[seconds(command) for command in commands] for _ in range(runs)]
    return [min(column) for column in zip(*times)]


def ratio(command: list[str], other: list[str], runs: int = 15) -> float:
    ours, theirs = best(command, other, runs=runs)
    print(f"\n  {' '.join(command[-4:])}: {ours * 1000:.0f} ms, {theirs * 1000:.0f} ms, ratio {ours / theirs:.2f}")
    return ours / theirs


def cnncalc(*args: str) -> list[str]:
    """The installed command."""
    found = shutil.which("cnncalc", path=os.path.dirname(sys.executable)) or shutil.which("cnncalc")
    assert found is not None
    return [found, *args]


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]
