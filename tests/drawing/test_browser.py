"""Pictures in a real browser: its own boxes of texts do not overlap, with either of two fonts; converters draw the same pixels."""

from __future__ import annotations

import os

import pytest
from chromium import opened as opened_file
from pictures import STYLES, scene_of
from rasters import by_rsvg, difference, of_pdf, pixels

import cnncalc
from cnncalc.drawing.raster import converted
from cnncalc.drawing.svg import written

NAMES = ["lenet5", "alexnet", "vgg16", "resnet18", "resnet50", "googlenet", "inceptionv3", "densenet121", "mobilenetv2", "unet", "siamese",
         "autoencoder", "multi-output", "wavenet", "conv3d", "cnn-lstm", "squeezenet", "inception-module", "efficientnetb0", "resnet50v2",
         "inceptionresnetv2", "nasnetmobile", "pretrained-sizes"]
FONTS = ["Liberation Sans", "DejaVu Sans"]

#: Texts that overlap, that lie outside the picture, that leave the rectangle of their group, or that a wire crosses.
SCRIPT = """
const svg = document.querySelector('svg'), view = svg.viewBox.baseVal, found = [], slack = 0.5;
const texts = [...svg.querySelectorAll('text')].map(t => [t.getBBox(), t.textContent, t]);
const apart = (a, b) => a.x + slack >= b.x + b.width || b.x + slack >= a.x + a.width || a.y + slack >= b.y + b.height || b.y + slack >= a.y + a.height;
// A line's box reaches above its capitals and below its baseline by what no letter here fills.
for (const t of texts) { t[0] = {x: t[0].x, y: t[0].y + t[0].height * 0.12, width: t[0].width, height: t[0].height * 0.72}; }
for (let i = 0; i < texts.length; i++) {
  const [a, words, element] = texts[i];
  if (a.x < -slack || a.y < -slack || a.x + a.width > view.width + slack || a.y + a.height > view.height + slack) found.push('outside: ' + words);
  for (let j = i + 1; j < texts.length; j++) if (!apart(a, texts[j][0])) found.push('overlap: ' + words + ' | ' + texts[j][1]);
  const box = element.parentNode.querySelector(':scope > rect');
  if (box && element.parentNode.dataset.layers && (a.x < box.x.baseVal.value || a.x + a.width > box.x.baseVal.value + box.width.baseVal.value))
    found.push('beyond: ' + words);
}
for (const path of svg.querySelectorAll('g[data-from] > path')) {
  const length = path.getTotalLength();
  for (let at = 0; at <= length; at += 1.5) {
    const p = path.getPointAtLength(at);
    for (const [a, words] of texts)
      if (p.x > a.x + slack && p.x < a.x + a.width - slack && p.y > a.y + slack && p.y < a.y + a.height - slack) { found.push('wire: ' + words); at = length; }
  }
}
return [...new Set(found)];
"""


def opened(svg, tmp_path, width=1280, height=900, **emulated):
    """The browser with a picture in an empty page."""
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><style>body{{margin:0}}svg{{display:block}}</style>{svg.partition('?>')[2]}", encoding="utf-8")
    return opened_file(path, width, height, **emulated)


@pytest.mark.oracle
@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("style", STYLES)
def test_no_text_overlaps_in_chromium(style, font, tmp_path):
    faults = {}
    for name in NAMES:
        svg = written(scene_of(cnncalc.load(name).trace, style)).replace("Helvetica, Arial, Liberation Sans, DejaVu Sans", font)
        found = opened(svg, tmp_path).execute_script(SCRIPT)
        if found:
            faults[name] = found
    assert faults == {}


@pytest.mark.oracle
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["lenet5", "resnet18", "unet", "siamese", "inceptionv3", "multi-output", "conv3d", "wavenet"])
def test_converters_draw_what_chromium_draws(name, style, tmp_path):
    """PDF and PNG of cairosvg and rsvg-convert differ from Chromium's pixels in at most 0.3 %."""
    scene = scene_of(cnncalc.load(name).trace, style)
    svg = written(scene).replace("Helvetica, Arial, Liberation Sans, DejaVu Sans", "Liberation Sans")
    driver = opened(svg, tmp_path, int(scene.width), int(scene.height))
    page = pixels(driver.get_screenshot_as_png())
    if not os.environ.get("CNNCALC_PICTURES"):
        pytest.importorskip("cairosvg")
    pdf, other = tmp_path / "net.pdf", tmp_path / "other.pdf"
    pdf.write_bytes(converted(svg, "pdf"))
    other.write_bytes(by_rsvg(svg, "pdf"))
    made = {"cairosvg": pixels(converted(svg, "png"), 2), "cairosvg's PDF": pixels(of_pdf(pdf)), "rsvg-convert": pixels(by_rsvg(svg)),
            "rsvg-convert's PDF": pixels(of_pdf(other))}
    assert {tool: share for tool, image in made.items() if (share := difference(page, image)) > 0.003} == {}


@pytest.mark.oracle
def test_the_dark_shades_are_used_in_the_dark_only(tmp_path):
    svg = written(scene_of(cnncalc.load("lenet5").trace, "volumes"))
    for dark, color in ((False, "rgb(255, 255, 255)"), (True, "rgb(22, 24, 29)")):
        driver = opened(svg, tmp_path, dark=dark)
        assert driver.execute_script("return getComputedStyle(document.querySelector('rect')).fill") == color


@pytest.mark.oracle
def test_an_animation_shows_one_frame_at_a_time_and_stands_still_in_print(tmp_path):
    from cnncalc.drawing import arithmetic_picture
    from cnncalc.drawing.paper import Options

    svg = written(arithmetic_picture(cnncalc.load("mnist-chollet").trace, "conv2d_1", Options()))
    driver = opened(svg, tmp_path)
    shown = "return [...document.querySelectorAll('g[data-output]')].filter(g => getComputedStyle(g).visibility === 'visible').length"
    moving = "return document.getAnimations().length"
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "no-preference"}]})
    assert driver.execute_script(moving) == 9
    assert driver.execute_script(shown) == 1
    for emulated in ({"media": "print"}, {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}):
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", emulated)
        assert driver.execute_script(moving) == 0
        assert driver.execute_script(shown) == 1
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
