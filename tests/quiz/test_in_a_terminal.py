"""`cnncalc quiz` in a terminal of 40 columns: Ctrl-C at every prompt leads to the summary and loses nothing."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from cnncalc.cli import main

pytestmark = pytest.mark.oracle
OPTIONS = ("--skill", "size", "--level", "1", "--seed", "5")


class Terminal:
    """A command in a terminal of its own, whose keys reach it as a keyboard's do."""

    def __init__(self, args, data, columns=40):
        def in_its_own_session():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            signal.signal(signal.SIGINT, signal.SIG_DFL)

        environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}  # the terminal says
        self.screen, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen([sys.executable, "-m", "cnncalc", *args], stdin=end, stdout=end, stderr=end, preexec_fn=in_its_own_session,
                                        env={**environment, "XDG_DATA_HOME": str(data), "TERM": "xterm"})
        os.close(end)
        self.text = self.unread = ""

    def read(self, until=None):
        """What is printed up to this text, or to the end."""
        while until is None or until not in self.unread:
            assert select.select([self.screen], [], [], 60)[0], f"no {until!r} in {self.unread!r}"
            try:
                part = os.read(self.screen, 4096)
            except OSError:  # Linux's way to say that the command has ended
                part = b""
            if not part:
                assert until is None, f"it ended: {self.text}"
                break
            self.unread += part.decode()
            self.text += part.decode()
        end = len(self.unread) if until is None else self.unread.index(until) + len(until)
        read, self.unread = self.unread[:end], self.unread[end:]
        return read

    def prompt(self):
        """Wait for the next prompt, until the command sleeps in it."""
        self.read("\n> ")
        while Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "S":
            time.sleep(0.005)

    def type(self, keys):
        os.write(self.screen, keys.encode())

    def ended(self):
        """The status, and the rest of what is printed."""
        rest = self.read()
        os.close(self.screen)
        return self.process.wait(60), rest


def answers():
    """The right answers of the questions that the options give."""
    done = CliRunner().invoke(main, ["quiz", *OPTIONS, "--choices", "0", "--questions", "3", "--format", "json", "--key"])
    return [str(question["answer"]) for question in json.loads(done.stdout)["questions"]]


RIGHT = answers()
#: Lines typed, and how many questions are done when the next prompt appears.
LINES = [("", 0), ("what", 0), ("?", 0), ("9999", 0), ("9x9x9", 0), ("8x8x8", 0), (RIGHT[0], 1), ("s", 2), ("e", 3), ("9x9x9", 3), ("8x8x8", 3), ("7x7x7", 4)]


@pytest.mark.parametrize("lines", range(len(LINES) + 1))
@pytest.mark.parametrize("half", ["", "12"], ids=["empty", "half-typed"])
def test_ctrl_c_at_every_prompt_keeps_what_was_done(lines, half, tmp_path):
    terminal = Terminal(["quiz", *OPTIONS], tmp_path)
    terminal.prompt()
    for line, _ in LINES[:lines]:
        terminal.type(line + "\n")
        terminal.prompt()
    terminal.type(half + "\x03")
    status, rest = terminal.ended()
    done = LINES[lines - 1][1] if lines else 0
    assert status == 130
    assert "Traceback" not in terminal.text
    assert ("No questions answered." if not done else f" of {done} right at the first try") in " ".join(rest.split())
    assert all(len(line) <= 40 for line in terminal.text.split("\r\n"))
    files = list(tmp_path.rglob("*.json"))
    kept = json.loads(files[0].read_text()) if files else {"skills": {}}
    assert sum([skill["asked"] for skill in kept["skills"].values()]) == done


def test_ctrl_c_is_as_quiet_between_the_prompts(tmp_path):
    terminal = Terminal(["quiz", *OPTIONS], tmp_path)
    terminal.prompt()
    terminal.type("s\n\x03")  # while it reads the line, or while it makes the next question
    status, _ = terminal.ended()
    assert status == 130
    assert "Traceback" not in terminal.text
