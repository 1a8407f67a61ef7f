"""The installed command, run as a process of its own and measured."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple


class Run(NamedTuple):
    code: int
    out: str
    err: str
    seconds: float
    megabytes: float


def cnncalc(*args: str, cwd=None, stdin: bytes = b"", env=None) -> Run:
    """`cnncalc ARGS` with what it wrote, how long it took and its peak memory."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as source:
        source.write(stdin)
        source.seek(0)
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "cnncalc", *args], cwd=cwd, stdin=source, stdout=out, stderr=err,
            env={**os.environ, "PYTHONUTF8": "1", **(env or {})},
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Run(process.returncode, out.read().decode(), err.read().decode(), seconds, usage.ru_maxrss / 1024)
