"""The command, run as a process of its own: quickly, or from the start and measured."""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
#: The folder of the tests, with the golden files.
TESTS = Path(HERE)
MEASURED = os.path.join(HERE, "measured")


class Run(NamedTuple):
    code: int
    out: str
    err: str
    #: Only of a run that is measured: the seconds that it took, its peak memory, the seconds that it worked.
    seconds: float = float("nan")
    megabytes: float = float("nan")
    worked: float = float("nan")


def _told(env) -> dict[str, str]:
    return {**os.environ, "PYTHONUTF8": "1", **(env or {})}


def cnncalc(*args: str, cwd=None, stdin: bytes = b"", env=None) -> Run:
    """`cnncalc ARGS` and what it wrote.

    The process is split off from one that has everything imported, which takes a tenth of the time; what
    Python itself reads of its surroundings needs a process from the start.
    """
    if any(name.startswith(("PYTHON", "LC_", "LANG")) for name in env or ()):
        return measured(*args, cwd=cwd, stdin=stdin, env=env)
    server = _server(os.getpid())
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in ("in", "out", "err")]
        with open(names[0], "wb") as source:
            source.write(stdin)
        asked = {"args": args, "cwd": os.path.abspath(cwd or "."), "env": _told(env), "files": names}
        server.stdin.write(json.dumps(asked).encode() + b"\n")
        server.stdin.flush()
        code = json.loads(server.stdout.readline())
        out, err = (open(name, "rb").read().decode() for name in names[1:])
        return Run(code, out, err)


@functools.cache
def _server(_pid: int) -> subprocess.Popen:
    server = subprocess.Popen([sys.executable, os.path.abspath(__file__)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              env=_told(None))
    atexit.register(server.stdin.close)
    return server


def _serve() -> None:
    """Read commands, split off a process for each, and write its status."""
    import gc
    import importlib

    from click.testing import CliRunner

    from cnncalc import cli
    from cnncalc.layers import KINDS

    for name in cli.COMMANDS:
        importlib.import_module(f"cnncalc.commands.{name.replace('-', '_')}")
    KINDS.everything()
    for args in (["summary", "nothing"], ["summary", "lenet5", "--color", "always"], ["explain", "lenet5"], ["check", "lenet5-lecture"],
                 ["receptive-field", "lenet5"], ["trace", "edge-6x6"], ["cost", "lenet5"]):
        CliRunner().invoke(cli.main, args)  # for what it imports
    gc.freeze()
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _become(cli.main, **asked)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _become(main, args, cwd, env, files) -> None:
    code = 1
    try:
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(env)
        for number, name in enumerate(files):
            os.dup2(os.open(name, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT), number)
        sys.stdin, sys.stdout, sys.stderr = (open(number, "w" if number else "r", encoding="utf-8", errors=errors) for number, errors in
                                             enumerate(("surrogateescape", "surrogateescape", "backslashreplace")))
        sys.argv = ["cnncalc", *args]
        try:
            main(prog_name="cnncalc")
            code = 0
        except SystemExit as exit:
            code = exit.code if isinstance(exit.code, int) else 0 if exit.code is None else 1
        except BaseException:
            import traceback

            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def measured(*args: str, cwd=None, stdin: bytes = b"", env=None) -> Run:
    """The installed command from the start, with how long it took and its peak memory."""
    paths = {"PYTHONPATH": os.pathsep.join(filter(None, [MEASURED, os.environ.get("PYTHONPATH")]))}
    with (tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as source,
          tempfile.NamedTemporaryFile() as peak):
        source.write(stdin)
        source.seek(0)
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "cnncalc", *args], cwd=cwd, stdin=source, stdout=out, stderr=err,
            env={**_told(env), "CNNCALC_PEAK_FILE": peak.name, **paths},
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


if __name__ == "__main__":
    _serve()
