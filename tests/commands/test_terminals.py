"""Every terminal: any width, colour or none, pipes, old encodings, odd names, full disks, Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import resource
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from random import Random

import pytest
from click.testing import CliRunner
from rich.cells import cell_len
from running import cnncalc

from cnncalc.cli import COMMANDS, main

SHEET = "layer,output,params\nC1,28x28x6,150\nS2,14x14x6,0\nC3,9x9x16,2416\ntotal,,61706\n"
#: A command line of every kind of table.
TABLES = {
    "guide": ["guide"],
    "summary": ["summary", "lenet5"],
    "summary-graph": ["summary", "siamese", "--show-trainable", "--columns", "+kernel,stride,padding,weights,activations"],
    "receptive-field": ["receptive-field", "lenet5"],
    "receptive-field-unit": ["receptive-field", "lenet5", "--layer", "C3"],
    "explain": ["explain", "lenet5"],
    "check": ["check", "lenet5", "sheet.csv"],
    "checks": ["check", "lenet5", "sheet.csv", "sheet.csv"],
    "worksheet": ["worksheet", "lenet5"],
    "layers": ["layers"],
    "layers-kind": ["layers", "Conv2D"],
    "cost": ["cost", "lenet5"],
    "cost-operations": ["cost", "lenet5", "--operations"],
    "cost-im2col": ["cost", "lenet5", "--im2col"],
    "compare": ["compare", "lenet5", "alexnet", "mnist-chollet"],
    "diff": ["diff", "lenet-variant", "lenet-variant-no-second-pool"],
    "convert": ["convert", "lenet5"],
    "solve": ["solve", "--from", "28", "--to", "14", "-k", "3"],
    "layer": ["layer", "Conv2D(6, 5)", "--input", "32x32x1"],
    "trace": ["trace", "edge-6x6"],
    "examples": ["examples"],
}
#: Commands that write no table: a picture, a page, questions.
NO_TABLE = {"draw", "report", "quiz"}
#: Those that fold their tables at the terminal's width.
FOLDED = ("summary", "receptive-field", "cost", "compare", "diff", "check")
ESCAPES = "\x1b\x07\x08\x9b\x00\u202e\u2066"


def code_of(table: str) -> int:
    return 1 if table.startswith("check") else 0


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with an answer sheet in it, where we are."""
    (tmp_path / "sheet.csv").write_text(SHEET)
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "COLUMNS", "LINES", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    return tmp_path


class Screen:
    """A terminal of a width, and what was sent to it."""

    def __init__(self, width: int):
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        self.parts: list[bytes] = []
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        while True:
            try:
                part = os.read(self.master, 65536)
            except OSError:  # the other end is closed
                return
            if not part:
                return
            self.parts.append(part)

    def text(self) -> str:
        """What was sent, once all who write have closed their end."""
        self.reader.join(60)
        assert not self.reader.is_alive()
        os.close(self.master)
        return b"".join(self.parts).decode().replace("\r\n", "\n")


def on_screen(monkeypatch, args: list[str], width: int) -> tuple[int, str]:
    """The command in this process, with a terminal for its standard output."""
    screen = Screen(width)
    stream = os.fdopen(screen.slave, "w", encoding="utf-8")
    code = 0
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        patch.setattr(sys, "__stdout__", stream)
        try:
            main(args)
        except SystemExit as end:
            code = end.code or 0
        finally:
            stream.close()
    return code, screen.text()


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def numbers(text: str) -> list[str]:
    """The numbers with a comma in them: those that a narrow column would break first."""
    return sorted(re.findall(r"\d{1,3}(?:,\d{3})+", text))


def test_every_command_has_a_row():
    assert {args[0] for args in TABLES.values()} == set(COMMANDS) - NO_TABLE


@pytest.mark.oracle
@pytest.mark.parametrize("table", TABLES)
def test_no_width_breaks_a_number_or_widens_what_fits(table, folder, monkeypatch):
    before = None
    wide = on_screen(monkeypatch, TABLES[table], 1000)[1]
    for width in (20, 21, 33, 50, 64, 80, 100, 132, 200, 300):
        code, text = on_screen(monkeypatch, TABLES[table], width)
        assert code == code_of(table)
        text = plain(text)
        if "not shown at this width" in " ".join(text.split()):
            assert set(numbers(text)) <= set(numbers(wide))
        else:
            assert numbers(text) == numbers(wide)
        widest = max(map(cell_len, text.split("\n")))
        if before is not None and table.split("-")[0] in FOLDED:
            assert widest <= max(width, before[1])  # no wider than it must be, or than there is room
        before = (width, widest)


@pytest.mark.oracle
@pytest.mark.parametrize("width", [50, 80])
@pytest.mark.parametrize("table", ["receptive-field", "cost", "compare", "diff", "check", "checks", "explain", "solve", "layer"])
def test_the_lines_under_a_table_fit_the_terminal(table, width, folder, monkeypatch):
    wide = plain(on_screen(monkeypatch, TABLES[table], 1000)[1]).split("\n")
    narrow = plain(on_screen(monkeypatch, TABLES[table], width)[1])
    long = [line for line in wide if len(line) > width and "   " not in line.strip() and "─" not in line and "---" not in line]
    assert long or width == 80
    for line in long:
        assert line not in narrow
        assert " ".join(line.split()) in " ".join(narrow.split())


@pytest.mark.parametrize("width", [20, 50, 80, 300])
def test_a_summary_fits_from_42_columns_on(width, folder, monkeypatch):
    lines = plain(on_screen(monkeypatch, TABLES["summary"], width)[1]).split("\n")
    assert max(map(cell_len, lines)) <= max(width, 42)  # its numbers and shapes need that much


# Colour


@pytest.mark.parametrize(
    ("environment", "option", "colored"),
    [({}, [], True), ({"NO_COLOR": "1"}, [], False), ({"TERM": "dumb"}, [], False), ({}, ["--color", "never"], False),
     ({"NO_COLOR": "1"}, ["--color", "always"], True), ({"NO_COLOR": ""}, [], True)],
)
def test_colour_is_for_terminals_that_want_it(environment, option, colored, folder, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    text = on_screen(monkeypatch, ["summary", "siamese", *option], 80)[1]
    assert ("\x1b[" in text) == colored


@pytest.mark.parametrize("table", TABLES)
def test_a_pipe_gets_no_colour_and_no_folds(table, folder, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    result = CliRunner().invoke(main, TABLES[table], color=True)
    monkeypatch.delenv("FORCE_COLOR")
    monkeypatch.setenv("COLUMNS", "200")
    assert result.exit_code == code_of(table)
    assert "\x1b" not in result.stdout
    assert result.stdout == CliRunner().invoke(main, TABLES[table], color=True).stdout


def test_a_real_terminal_gets_the_table(folder):
    screen = Screen(50)
    process = subprocess.Popen([sys.executable, "-m", "cnncalc", "summary", "lenet5"], stdout=screen.slave,
                               stderr=screen.slave, stdin=subprocess.DEVNULL,
                               env={**os.environ})  # a line editor in this process may have set COLUMNS behind Python's back
    os.close(screen.slave)
    assert process.wait(60) == 0
    text = screen.text()
    assert "\x1b[" in text
    assert 30 < max(map(cell_len, plain(text).split("\n"))) <= 50
    assert "61,706" in text


# Encodings and names


@pytest.mark.oracle
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437", "cp932", "koi8-r"])
def test_what_an_encoding_lacks_is_written_in_its_signs(encoding, folder):
    (folder / "net.yaml").write_text(
        "input: [8, 8, 1]\nlayers:\n  - Conv2D: {filters: 2, kernel_size: 3, name: café 日本}\n"
        "  - Flatten: {name: שלום}\n  - Dens: 3\n")
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    for command in ("summary", "explain"):
        process = subprocess.run([sys.executable, "-m", "cnncalc", command, "net.yaml"], capture_output=True,
                                 env={**os.environ, **environment}, timeout=60)
        assert process.returncode == 2
        assert "unknown layer 'Dens'" in process.stderr.decode(encoding)
        text = process.stdout.decode(encoding)
        assert "Traceback" not in text
        assert "日本" in text or "\\u65e5\\u672c" in text
        assert "שלום" in text or "\\u05e9" in text


@pytest.mark.oracle
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437"])
@pytest.mark.parametrize("table", TABLES)
def test_every_table_goes_through_a_narrow_encoding(table, encoding, folder):
    result = CliRunner(charset=encoding).invoke(main, TABLES[table])
    assert result.exit_code == code_of(table), result.stderr
    assert result.stdout_bytes.decode(encoding).strip()


def test_wide_and_combining_and_right_to_left_names_keep_the_columns(folder):
    names = ["日本語", "é́combining", "שלום", "ｆｕｌｌ", "한국어", "a|b&c%_#[red]x[/red]", "👍🏽"]
    (folder / "net.yaml").write_text("input: [4]\nlayers:\n" + "".join(f"  - Dense: {{units: 1000, name: '{n}'}}\n" for n in names))
    for width in (10_000, 50, 40):
        rows = CliRunner().invoke(main, ["summary", "net.yaml", "--width", str(width)]).stdout.split("\n")
        ends = {cell_len(row) for row in rows if row.endswith(("5,000", "1,001,000"))}
        assert len(ends) == 1
        for name in names:
            if width == 10_000:
                assert any(row.startswith(name + " ") for row in rows)


EVIL = "e\x1b[31mvil\x07\u202e"


@pytest.mark.parametrize("command", ["summary", "receptive-field", "cost", "explain", "check", "worksheet", "trace", "convert", "compare"])
def test_escape_sequences_are_shown_and_never_sent(command, folder):
    good = "input: [8, 8, 3]\nlayers:\n  - Conv2D: {filters: 2, kernel_size: 3, expect: {params: 5}}\n  - Flatten\n"
    bad = ('name: "e\\e[31m"\ninput: [8, 8, 3]\nlayers:\n  - Conv2D: {filters: 2, kernel_size: 3, name: "a\\e]0;x\\abc"}\n'
           '  - "Fla\\e[31m"\n  - Flatten: {"e\\u202e": "\\x9b31m"}\n  - Dense: {units: "\\x1b[0m", activation: "\\a"}\n')
    keras = ('{"class_name": "Sequential", "config": {"name": "a\\u001b[31m", "layers": [{"class_name": "Dense\\u0007", "config": '
             '{"name": "\\u202e\\u001b[0m", "units": "\\u001b"}}], "other\\u001b": 1}}')
    for name, text in (("good.yaml", good), ("bad.yaml", bad), ("keras.json", keras)):
        path = folder / (EVIL + name)
        path.write_text(text)
        result = CliRunner().invoke(main, [command, path.name], color=True)
        assert result.exit_code in (0, 1, 2)
        sent = result.stdout + result.stderr
        assert sent
        assert not any(c in sent for c in ESCAPES), sent
    result = CliRunner().invoke(main, [command, EVIL + "none.yaml"], color=True)
    assert not any(c in result.stdout + result.stderr for c in ESCAPES)
    assert "\\x1b[31mvil" in result.stderr


def test_an_answer_sheet_sends_no_escape_sequences(folder):
    (folder / (EVIL + ".csv")).write_text(f"layer,output,params\nC1,{EVIL},1{EVIL}\n{EVIL},28x28,3\nC3,x,2\n")
    for format in ("table", "markdown"):
        for sheets in ([EVIL + ".csv"], [EVIL + ".csv", "sheet.csv", EVIL]):
            result = CliRunner().invoke(main, ["check", "lenet5", *sheets, "--format", format], color=True)
            assert result.exit_code in (1, 2)
            assert not any(c in result.stdout + result.stderr for c in ESCAPES)


# Pipes, disks and signals


@pytest.mark.oracle
@pytest.mark.parametrize("table", ["summary", "explain", "layers", "examples"])
def test_a_closed_pipe_ends_it_quietly(table, folder):
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run([sys.executable, "-m", "cnncalc", *TABLES[table]], stdout=writer, stderr=subprocess.PIPE, timeout=60)
    os.close(writer)
    assert (process.returncode, process.stderr) == (0, b"")


@pytest.mark.oracle
def test_a_reader_that_has_seen_enough_ends_it_quietly(folder):
    script = f"{sys.executable} -m cnncalc explain densenet121 | head -1; echo ${{PIPESTATUS[0]}}"
    process = subprocess.run(["bash", "-c", script], capture_output=True, timeout=60)
    assert process.stderr == b""
    assert process.stdout.split(b"\n")[-2] == b"0"


def test_a_full_device_is_said(folder):
    with open("/dev/full", "w") as full:
        process = subprocess.run([sys.executable, "-m", "cnncalc", "summary", "lenet5"], stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert process.returncode == 2
    assert process.stderr == b"error: cannot write the result: No space left on device\n"


@pytest.mark.oracle
@pytest.mark.parametrize("table", ["summary", "receptive-field", "explain", "check", "worksheet", "cost", "convert", "layer", "layers"])
def test_a_full_disk_leaves_the_old_file_whole(table, folder):
    (folder / "out").write_text("before")

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    process = subprocess.run([sys.executable, "-B", "-m", "cnncalc", *TABLES[table], "-o", "out"], capture_output=True,
                             preexec_fn=small, timeout=60)
    assert process.returncode == 2
    assert process.stderr == b"error: cannot write out: File too large\n"
    assert (folder / "out").read_text() == "before"
    assert sorted(os.listdir(folder)) == ["out", "sheet.csv"]


@pytest.mark.parametrize("target", ["none/out.txt", ".", "/dev/full", "sheet.csv/x"])
def test_what_cannot_be_written_is_named(target, folder):
    run = cnncalc("summary", "lenet5", "-o", target, cwd=folder)
    assert run.code == 2
    assert run.err.startswith(f"error: cannot write {target}: ")
    assert "Traceback" not in run.err
    assert (folder / "sheet.csv").read_text() == SHEET


def heeds_interrupts():
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # what runs in the background of a shell ignores them, and so do its children


def test_ctrl_c_ends_it_with_130_and_without_a_word(folder):
    process = subprocess.Popen([sys.executable, "-m", "cnncalc", "summary", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, preexec_fn=heeds_interrupts)
    for _ in range(600):  # until it waits for its input
        time.sleep(0.05)
        with open(f"/proc/{process.pid}/maps") as maps, open(f"/proc/{process.pid}/wchan") as waits:
            if "yaml" in maps.read() and "pipe" in waits.read():
                break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"")


@pytest.mark.parametrize("start", [["-m", "cnncalc"], ["-c", "from cnncalc.__main__ import run; run()"],
                                   ["-c", "from cnncalc.cli import run; run()"]], ids=["module", "script", "older-script"])
def test_ctrl_c_is_quiet_while_the_command_starts(start, folder):
    # Python prints a traceback of its own until it has found startup.py: that is not ours to prevent.
    random = Random(5)
    ended = []
    while len(ended) < 40 and sum(code in (0, 130) for code in ended) < 3:
        process = subprocess.Popen([sys.executable, *start, "summary", "resnet50"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   preexec_fn=heeds_interrupts)
        time.sleep(random.uniform(0, 0.1) * (1 + len(ended) // 10))  # longer where the machine is slow
        process.send_signal(signal.SIGINT)
        error = process.communicate(timeout=60)[1].decode()
        assert not re.search(r"cnncalc/(?!__init__|__main__|cli\b)\w+|click", error), error
        if process.returncode in (0, 130):
            assert not error
        ended.append(process.returncode)
    assert 130 in ended, ended


@pytest.mark.parametrize("args", [["summary", "lenet5"], ["cost", "lenet5"], ["explain", "lenet5"], ["layers"],
                                  ["summary", "lenet5", "--format", "json"]], ids=" ".join)
def test_a_closed_standard_output_is_reported(args, folder):
    process = subprocess.run([sys.executable, "-m", "cnncalc", *args], stderr=subprocess.PIPE, preexec_fn=lambda: os.close(1))
    assert (process.returncode, process.stderr) == (2, b"error: cannot write the result: standard output is closed\n")


@pytest.mark.parametrize("args", [["summary", "-"], ["layer", "-"], ["check", "lenet5", "-"]], ids=" ".join)
def test_a_closed_standard_input_is_reported(args, folder):
    process = subprocess.run([sys.executable, "-m", "cnncalc", *args], capture_output=True, preexec_fn=lambda: os.close(0))
    assert process.returncode == 2
    assert b"standard input is closed" in process.stderr
    assert b"Traceback" not in process.stderr


@pytest.mark.parametrize("columns", ["0", "00", ""])
def test_a_terminal_without_columns_is_one_of_unknown_width(columns, folder):
    usual = cnncalc("summary", "lenet5", "--format", "keras3", cwd=folder)
    assert cnncalc("summary", "lenet5", "--format", "keras3", cwd=folder, env={"COLUMNS": columns}) == usual
    assert usual.code == 0


def test_ctrl_c_while_it_writes_leaves_the_old_file_whole(folder, monkeypatch):
    (folder / "out.txt").write_text("before")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    result = CliRunner().invoke(main, ["summary", "lenet5", "-o", "out.txt"])
    assert result.exit_code == 130
    assert (folder / "out.txt").read_text() == "before"
    assert sorted(os.listdir(folder)) == ["out.txt", "sheet.csv"]
