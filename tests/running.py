"""The installed command, run as a process of its own and measured."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

MEASURED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "measured")


class Run(NamedTuple):
    code: int
    out: str
    err: str
    seconds: float
    megabytes: float
    #: The seconds that it worked; `seconds` counts those that it waited, too.
    worked: float


def cnncalc(*args: str, cwd=None, stdin: bytes = b"", env=None) -> Run:
    """`cnncalc ARGS` with what it wrote, how long it took and its peak memory."""
    paths = {"PYTHONPATH": os.pathsep.join(filter(None, [MEASURED, os.environ.get("PYTHONPATH")]))}
    with (tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as source,
          tempfile.NamedTemporaryFile() as peak):
        source.write(stdin)
        source.seek(0)
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "cnncalc", *args], cwd=cwd, stdin=source, stdout=out, stderr=err,
            env={**os.environ, "PYTHONUTF8": "1", "CNNCALC_PEAK_FILE": peak.name, **paths, **(env or {})},
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        said = peak.read().split()
        kilobytes = int(said[1]) if said else usage.ru_maxrss
        worked = usage.ru_utime + usage.ru_stime
        return Run(process.returncode, out.read().decode(), err.read().decode(), seconds, kilobytes / 1024, worked)
