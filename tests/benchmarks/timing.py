"""Whole processes, timed in turn and compared as ratios."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

#: What was measured, for the table at the end: what, ours, what it is held against, the ratio and its bar.
TABLE: list[tuple[str, str, str, str, str]] = []


def told(what: str, ours: str, other: str = "", ratio: float | None = None, bar: str = "") -> None:
    TABLE.append((what, ours, other, "" if ratio is None else f"{ratio:.2f}", bar))


def table() -> str:
    """All that was measured, a row each."""
    rows = [("what", "ours", "held against", "ratio", "bar"), *TABLE]
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("   ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


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


def ratio(command: list[str], other: list[str], bar: float, runs: int = 15) -> float:
    ours, theirs = best(command, other, runs=runs)
    told(" ".join(["cnncalc", *command[1:]]), f"{ours * 1000:.0f} ms", f"{other[-1]}: {theirs * 1000:.0f} ms", ours / theirs, f"at most {bar}")
    return ours / theirs


def cnncalc(*args: str) -> list[str]:
    """The installed command."""
    found = shutil.which("cnncalc", path=os.path.dirname(sys.executable)) or shutil.which("cnncalc")
    assert found is not None
    return [found, *args]


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]
