"""What is installed is what is here."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "pyproject.toml").read_text()


def test_every_package_is_installed():
    listed = re.findall(r'"([\w.]+)"', TEXT.partition("packages = [")[2].partition("]")[0])
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "cnncalc").rglob("*.py")}
    assert set(listed) == found | {"cnncalc.examples"}


def test_the_files_of_the_page_are_installed():
    assert '"cnncalc.report" = ["page.html", "page.js", "page.css"]' in TEXT
    assert {path.name for path in (ROOT / "cnncalc" / "report").iterdir() if path.suffix != ".py"} - {"__pycache__"} == {
        "page.html", "page.js", "page.css"}


def test_the_source_of_torchvisions_networks_is_installed():
    assert '"cnncalc.sources.python" = ["torchvision/*.txt"]' in TEXT
    assert {path.suffix for path in (ROOT / "cnncalc" / "sources" / "python" / "torchvision").iterdir()} == {".txt"}


def test_the_guides_and_the_mark_of_types_are_installed():
    assert '"cnncalc" = ["guides/*.md", "py.typed"]' in TEXT
    assert (ROOT / "cnncalc" / "py.typed").exists()


#: How often the package may say `Any`: mypy checks nothing of what is so typed. Lower it when there are fewer.
MOST_ANY = 295


def test_types_say_what_values_are():
    said = {str(path.relative_to(ROOT)): len(re.findall(r"\bAny\b", path.read_text(encoding="utf-8"))) for path in ROOT.glob("cnncalc/**/*.py")}
    assert sum(said.values()) > MOST_ANY // 2, "the package was not found, or this number is to be lowered"
    assert sum(said.values()) <= MOST_ANY, sorted(said.items(), key=lambda pair: -pair[1])[:8]
