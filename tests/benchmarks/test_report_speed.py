"""Pages: how long one takes to write, and to follow the mouse."""

from __future__ import annotations

import random

import pytest
from timing import cnncalc, ratio, told

#: Moves the mouse over maps, with painting at once; then a plain loop of additions, which takes 100 ms on the machine of the bars.
HOVER = """
const [pick, done] = arguments;
document.getElementById("fields").scrollIntoView();
setTimeout(() => {
  const times = [], canvases = [...document.querySelectorAll("figure div canvas")];
  window.requestAnimationFrame = paint => { paint(); return 0; };
  for (const [which, where] of pick) {
    const canvas = canvases[Math.floor(which * canvases.length)], box = canvas.getBoundingClientRect(), began = performance.now();
    canvas.dispatchEvent(new MouseEvent("mousemove", {bubbles: true, clientX: box.left + where * box.width, clientY: box.top + where * box.height}));
    times.push(performance.now() - began);
  }
  const began = performance.now();
  for (let i = 0, sum = 0; i < 1e7; i++) sum = (sum * 31 + i) % 1000003;
  done([times, performance.now() - began]);
}, 500);
"""


@pytest.mark.benchmark
def test_the_largest_page_is_written_in_seconds():
    command = cnncalc("report", "nasnetlarge", "-o", "/dev/null")
    assert ratio(command, cnncalc("summary", "nasnetlarge"), 12, runs=3) <= 12


@pytest.mark.benchmark
@pytest.mark.parametrize(("name", "most"), [("resnet18", 0.16), ("resnet50", 0.5), ("unet", 0.5), ("nasnetlarge", 1)])
def test_receptive_fields_follow_the_mouse(name, most, tmp_path):
    from chromium import opened

    import cnncalc

    cnncalc.load(name).report(tmp_path / "page.html")
    found = opened(tmp_path / "page.html")
    found.set_script_timeout(120)
    pick = random.Random(1)
    times, loop = found.execute_async_script(HOVER, [(pick.random(), pick.random()) for _ in range(150)])
    middle = sorted(times)[75]
    told(f"mouse over the page of {name}", f"{middle:.1f} ms", f"a loop: {loop:.0f} ms", middle / loop, f"at most {most}")
    assert middle / loop <= most
