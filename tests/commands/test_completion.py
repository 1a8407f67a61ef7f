"""Completion in the shells, as they ask for it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from running import cnncalc


def completed(words: str, cwd=None) -> list[str]:
    """What is offered for the last word."""
    line = words.split(" ")
    run = cnncalc(cwd=cwd, env={"_CNNCALC_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(["cnncalc", *line]), "COMP_CWORD": str(len(line))})
    assert run.err == ""
    return [line for line in run.out.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("summ", ["plain,summary"]),
        ("summary lenet-v", ["plain,lenet-variant", "plain,lenet-variant-no-second-pool"]),
        ("summary lenet5 vgg19_", ["plain,vgg19_notop"]),
        ("diff mobilenetv2 siam", ["plain,siamese"]),
        ("check lenet5 ans", ["file,ans"]),
        ("summary folder/x", ["file,folder/x"]),
        ("explain lenet5 C", ["plain,C1", "plain,C3", "plain,C5"]),
        ("explain lenet5 C1 S", ["plain,S2", "plain,S4"]),
        ("receptive-field lenet5 --layer F", ["plain,F6"]),
        ("trace edge-6x6 --layer no-such", []),
        ("explain - C", []),
        ("explain no-such-file C", []),
        ("summary my", ["plain,my.yaml"]),
        ("explain my.yaml a", ["plain,a b"]),
        ("summary lenet5 --format mark", ["plain,markdown"]),
        ("summary lenet5 -o out", ["file,out"]),
    ],
)
def test_a_word_is_completed(words, offered, tmp_path):
    (tmp_path / "my.yaml").write_text("input: [8]\nlayers:\n  - Dense: {units: 3, name: a b}\n  - Dens: 3\n")
    (tmp_path / "my.txt").write_text("")
    assert completed(words, tmp_path) == offered


@pytest.mark.parametrize(("shell", "word"), [("bash", "complete -o nosort -F"), ("zsh", "#compdef cnncalc"), ("fish", "complete --no-files")])
def test_each_shell_gets_its_script(shell, word):
    run = cnncalc(env={"_CNNCALC_COMPLETE": f"{shell}_source"})
    assert (run.code, run.err) == (0, "")
    assert word in run.out


def test_bash_completes_as_in_use(tmp_path):
    script = (f'PATH={sys.prefix}/bin:$PATH; eval "$(_CNNCALC_COMPLETE=bash_source cnncalc)"; COMP_WORDS=(cnncalc explain lenet5 F); '
              'COMP_CWORD=3; _cnncalc_completion cnncalc; echo "${COMPREPLY[@]}"')
    run = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert run.stdout == "F6\n"
