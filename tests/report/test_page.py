"""The page in Chromium: what it loads, shows, refuses, and how it is used."""

from __future__ import annotations

import atexit
import functools
import json
import random
import re
import shutil
import tempfile
from pathlib import Path

import pytest
from chromium import blocked, console, opened, requests
from node import sentence

import cnncalc
from cnncalc.analysis import analyse
from cnncalc.cost import Cost
from cnncalc.explain import explain
from cnncalc.graph import Graph, Node, Ref
from cnncalc.layers import KINDS
from cnncalc.receptive_field.pixels import indices
from cnncalc.receptive_field.report import Sight
from cnncalc.report.page import page
from cnncalc.views.explain import working
from cnncalc.views.summary import summary_dict

pytestmark = pytest.mark.oracle
FOLDER = Path(tempfile.mkdtemp(prefix="cnncalc-pages-"))
atexit.register(shutil.rmtree, FOLDER, True)
BROKEN = "input: [28, 28, 1]\nlayers:\n  - Conv2D: [8, 3]\n  - Conv2D: [8, 55]\n  - Flatten\n"
NAMES = ("</script><img src=x onerror=window.hit=1>", 'a" onload="window.hit=2" b="', "<svg onload=window.hit=3>{{script}}",
         "bell\x07 and \ud800 and \u2028", "\u202ertl \u05d0\u05d1\u05d2\u2066", "n" * 10_000, "'; alert(1); //", "]]> &lt; &amp;")


def hostile():
    """A chain of layers whose names would like to be code."""
    nodes = [Node("<b>input</b>", KINDS["InputLayer"](shape=(20, 20, 1)))]
    for name in NAMES:
        nodes.append(Node(name, KINDS["Conv2D"](filters=2, kernel_size=3), (Ref(nodes[-1]),)))
    return analyse(Graph("</title><script>window.hit=4</script>", nodes, [Ref(nodes[-1])]))


@functools.cache
def trace_of(name):
    if name == "hostile":
        return hostile()
    if name == "broken":
        from cnncalc.sources import open_text

        return analyse(open_text(BROKEN, "broken").graph)
    return cnncalc.load(name).trace


@functools.cache
def file_of(name):
    file = FOLDER / f"{name}.html"
    file.write_text(page(trace_of(name)), encoding="utf-8")
    return file


def shown(name, **more):
    return opened(file_of(name), **more)


def frame(found):
    """Let the page paint."""
    found.execute_async_script("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));")


#: A mouse event in the middle of a unit of a map: its number, its row and column, and the event.
AT = """
const [number, row, column, rows, columns, kind] = arguments, canvas = document.querySelectorAll("figure div canvas")[number];
canvas.scrollIntoView({block: "center"});
const box = canvas.getBoundingClientRect();
canvas.dispatchEvent(new MouseEvent(kind, {bubbles: true, clientX: box.left + (column + 0.5) * box.width / columns,
                                           clientY: box.top + (row + 0.5) * box.height / rows}));
"""


def point(found, number, unit, sizes, kind="mousemove"):
    """Point at a unit of a map of one tile whose canvas has a pixel for each unit."""
    (row, column), (rows, columns) = ((0, 0, *unit)[-2:], (1, 1, *sizes)[-2:])
    found.execute_script(AT, number, row, column, rows, columns, kind)
    frame(found)


def status(found):
    return found.execute_script("return document.getElementById('status').textContent")


@pytest.mark.parametrize("name", ["lenet5", "siamese", "wavenet", "conv3d", "mobilenetv3small", "broken", "hostile"])
def test_it_makes_one_request_and_says_nothing(name):
    found = shown(name)
    frame(found)
    asked = requests(found)
    assert [url for url in asked if url != "about:blank"] == [f"file://{file_of(name)}"]
    assert console(found) == []
    assert found.execute_script("return document.querySelectorAll('#rows tr').length") > 2


@pytest.mark.parametrize("name", ["lenet5", "siamese", "autoencoder", "wavenet"])
def test_hovering_gives_the_sentence_of_the_command(name):
    sight, found, pick = Sight(trace_of(name)), shown(name), random.Random(name)
    places = {place.values[0]: place for place in reversed(sight.flow.places) if place.values}
    data = json.loads(found.execute_script("return document.getElementById('data').textContent"))
    for _ in range(8):
        number = pick.randrange(len(data["fields"]["maps"]))
        place = places[data["fields"]["maps"][number]["value"]]
        sizes = sight.units(place)
        unit = tuple([pick.randrange(n) for n in sizes])
        point(found, number, unit, sizes)
        if "--x" not in data["fields"]["views"][data["fields"]["maps"][number]["view"]]["css"]:  # smaller than a mouse is precise
            told = re.search(r"of unit \(([0-9, ]*)\) of", status(found))
            unit = tuple(map(int, told[1].split(", "))) if told else ()
            assert len(unit) == len(sizes)
        assert status(found) == sentence(sight, place, unit)


def test_a_pixel_lights_the_units_that_see_it_and_a_unit_the_pixels_that_it_sees():
    """The painted canvases, unit by unit, against the engine."""
    sight, found = Sight(trace_of("lenet5")), shown("lenet5", height=2600)
    places = [place for place in sight.flow.places if len(sight.units(place)) == 2]
    regions = {(place.name, r, c): sight.unit(place, (r, c))[0].region for place in places
               for r in range(sight.units(place)[0]) for c in range(sight.units(place)[1])}

    def painted(number):
        return found.execute_script("""
            const canvas = document.querySelectorAll("figure div canvas")[arguments[0]];
            const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            return Array.from({length: data.length / 4}, (_, i) => data[4 * i + 3] ? i : -1).filter(i => i >= 0);""", number)

    point(found, 0, (13, 20), (32, 32))
    for number, place in enumerate(places):
        wide = sight.units(place)[1]
        expected = [r * wide + c for (name, r, c), region in regions.items() if name == place.name
                    and any(rows >> 13 & 1 and columns >> 20 & 1 for rows, columns in region)]
        assert painted(number) == expected, place.name
    point(found, 3, (2, 9), (10, 10))
    (rows, columns), = regions["C3", 2, 9]
    assert painted(0) == [32 * r + c for r in indices(rows) for c in indices(columns)]


def test_the_table_its_totals_and_its_bars_are_those_of_summary_and_cost():
    for name in ("lenet5", "resnet18", "multi-output"):
        trace, found = trace_of(name), shown(name)
        cells = found.execute_script("return [...document.querySelectorAll('#rows tr')].map(tr => [...tr.cells].map(cell => cell.textContent))")
        bars = found.execute_script("""return [...document.querySelectorAll("#rows tr")].map(tr => [...tr.cells].slice(3, 6).map(
            cell => cell.querySelector("i") ? parseFloat(cell.querySelector("i").style.width) : 0))""")
        summary, cost = summary_dict(trace), {row.step.name: row for row in Cost(trace).rows}
        layers = cells[len(summary["inputs"]):]
        assert [row[0] for row in layers] == [layer["name"] for layer in summary["layers"]]
        most = [max(values) for values in zip(*[(layer["params"], cost[layer["name"]].macs, cost[layer["name"]].activation_bytes)
                                                for layer in summary["layers"]])]
        for row, widths, layer in zip(layers, bars[len(summary["inputs"]):], summary["layers"], strict=True):
            counts = (layer["params"], cost[layer["name"]].macs, cost[layer["name"]].activation_bytes)
            assert row[3:6] == [f"{count:,}" for count in counts]
            assert widths == pytest.approx([100 * count / largest for count, largest in zip(counts, most)], rel=1e-4)
            assert row[6] == ", ".join(layer["inputs"])
        total = found.execute_script("return [...document.querySelectorAll('tfoot td')].map(cell => cell.textContent)")
        found_cost = Cost(trace)
        assert total[2:5] == [f"{count:,}" for count in (summary["params"], found_cost.macs, found_cost.activation_bytes)]


def test_the_working_is_that_of_explain():
    for name in ("lenet5", "unet"):
        told = shown(name).execute_script("""return [...document.querySelectorAll("#rows tr")].map(row => {
            row.click();
            return [document.getElementById("heading").textContent, document.getElementById("settings").textContent,
                    [...document.querySelectorAll("#working dd")].map(line => line.textContent)]; })""")
        expected = [working(explanation) for explanation in explain(trace_of(name))]
        assert told == [[each.heading, ", ".join(each.settings), [*map(str, each.formulas), *each.remarks]] for each in expected]


def chosen(found):
    """The selected row, its drawing and its map, by name."""
    return found.execute_script("""return [
        document.querySelector("#rows tr:has(:checked) th").textContent,
        [...document.querySelectorAll("#drawing .chosen")].flatMap(group => group.dataset.layers.split(" ")),
        [...document.querySelectorAll("figure.chosen figcaption")].map(caption => caption.title)]""")


def test_a_click_in_the_drawing_or_in_the_table_selects_in_both():
    found = shown("resnet18", height=1600)
    from selenium.webdriver.common.by import By

    found.find_elements(By.CSS_SELECTOR, "#drawing [data-layers]")[3].click()
    name, drawn, maps = chosen(found)
    assert name in drawn and any(name in title.split(", ") for title in maps)
    before = name
    found.find_elements(By.CSS_SELECTOR, "#rows tr")[1].click()
    name, drawn, maps = chosen(found)
    assert name != before and name in drawn and len(maps) == 1
    for row in (60, 0, 30):  # what is chosen is in sight
        found.execute_script("document.querySelectorAll('#rows tr')[arguments[0]].click()", row)
        name, drawn, maps = chosen(found)
        assert name in drawn and any(name in title.split(", ") for title in maps)
        assert found.execute_script("""return ["#rows tr:has(:checked)", "#drawing .chosen"].every(one => {
            const inner = document.querySelector(one).getBoundingClientRect(), outer = document.querySelector(one).closest(".scroll").getBoundingClientRect();
            return inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1; })""")


@pytest.mark.parametrize("name", ["resnet18", "siamese", "cnn-lstm", "transfer-vgg16", "multi-output"])
def test_every_drawn_layer_selects_a_row(name):
    unlinked = shown(name).execute_script("""return [...document.querySelectorAll("#drawing [data-layers]")].filter(group => {
        group.dispatchEvent(new MouseEvent("click", {bubbles: true}));
        return !group.classList.contains("chosen"); }).map(group => group.dataset.layers)""")
    assert unlinked == []


def test_it_works_by_keyboard_alone():
    found = shown("lenet5")
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    def press(*keys):
        ActionChains(found).send_keys(*keys).perform()
        frame(found)

    def focused():
        return found.execute_script("const at = document.activeElement; return [at.tagName, at.id || at.ariaLabel || at.textContent]")

    seen = []
    for _ in range(30):
        press(Keys.TAB)
        seen.append(tuple(focused()))
        if seen[-1] == ("CANVAS", "S2 14×14"):
            break
        if seen[-1][0] == "INPUT" and seen[-1][1] != "step":
            press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
            assert chosen(found)[0] == "C3" and focused()[1] == "C3"
        if seen[-1] == ("INPUT", "step"):
            press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
            assert found.execute_script("return document.getElementById('at').textContent") == "Output (0, 2) reads rows 0 to 4, columns 2 to 6."
    tags = [tag for tag, _ in seen]
    assert tags.count("A") == 3 and tags.count("INPUT") == 2 and ("BUTTON", "play") in seen and seen[-1][0] == "CANVAS"
    press(Keys.ARROW_UP, Keys.ARROW_LEFT)
    assert status(found).startswith("Receptive field of unit (5, 5) of S2: box 6x6: rows 10 to 15, columns 10 to 15;")
    press(Keys.ENTER)
    point(found, 0, (0, 0), (32, 32))
    assert "unit (5, 5) of S2" in status(found)  # it is pinned
    press(Keys.ESCAPE)
    point(found, 0, (0, 0), (32, 32))
    assert "unit (0, 0) of input" in status(found)


def test_keys_move_through_volumes_slice_by_slice():
    found = shown("conv3d")
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    canvas = found.find_elements(By.CSS_SELECTOR, "figure div canvas")[0]
    for keys, unit in (((Keys.PAGE_DOWN,), (8, 55, 55)), ((Keys.ARROW_LEFT, Keys.ARROW_DOWN), (8, 56, 54)), ((Keys.PAGE_UP,) * 2, (6, 56, 54))):
        for key in keys:
            canvas.send_keys(key)
            frame(found)
        assert f"of unit {unit} of input:" in status(found)


def test_a_click_pins_and_a_second_one_lets_go():
    found = shown("lenet5")
    point(found, 3, (4, 4), (10, 10), "click")
    point(found, 0, (1, 1), (32, 32))
    assert "unit (4, 4) of C3" in status(found) and chosen(found)[0] == "C3"
    point(found, 2, (1, 2), (14, 14), "click")
    point(found, 0, (1, 1), (32, 32))
    assert "unit (1, 2) of S2" in status(found)
    point(found, 2, (1, 2), (14, 14), "click")
    point(found, 0, (1, 1), (32, 32))
    assert "unit (1, 1) of input" in status(found)


def test_pages_refuse_what_is_injected():
    found = shown("lenet5")
    found.execute_script("""
        window.hit = "";
        document.body.insertAdjacentHTML("beforeend", `<img src="data:image/png;base64,AAAA" onerror="window.hit += 'handler '">
            <p id="styled" style="color: rgb(1, 2, 3)" onclick="window.hit += 'click '">styled</p><img src="https://example.com/picture.png">`);
        document.getElementById("styled").click();
        const script = document.createElement("script");
        script.textContent = "window.hit += 'script '";
        document.body.append(script);
        // Later, when the browser no longer takes it for the debugger's.
        setTimeout(() => { try { eval("window.hit += 'eval '"); } catch (error) { window.refused = error.name; } });
        window.fetched = fetch("https://example.com/").then(() => { window.hit += "fetch "; }, () => "refused");
    """)
    assert found.execute_async_script("window.fetched.then(arguments[0])") == "refused"
    frame(found)
    assert found.execute_script("return [window.hit, window.refused, getComputedStyle(document.getElementById('styled')).color]") == [
        "", "EvalError", "rgb(17, 17, 17)"]
    messages = console(found)
    for directive in ("script-src", "style-src", "img-src", "connect-src"):
        assert any(directive in message for message in messages), directive
    assert blocked(found) == 2  # the pictures


def test_hostile_names_are_shown_and_run_nothing():
    found = shown("hostile")
    for i in range(len(NAMES) + 1):
        found.execute_script("document.querySelectorAll('#rows tr')[arguments[0]].click()", i)
        point(found, i, (1, 1), (20 - 2 * i, 20 - 2 * i))
    assert found.execute_script("return [typeof window.hit, document.querySelectorAll('img, #drawing script, svg svg').length]") == ["undefined", 0]
    expected = [name.replace("\x07", "\ufffd").replace("\ud800", "\ufffd") for name in NAMES]
    assert found.execute_script("return [...document.querySelectorAll('#rows th')].map(cell => cell.title)") == ["<b>input</b>", *expected]
    assert found.title == "</title><script>window.hit=4</script> - cnncalc"
    assert found.execute_script("return document.documentElement.scrollWidth") <= 1280
    assert console(found) == []
    text = file_of("hostile").read_text(encoding="utf-8")
    assert text.count("</script>") == 2 and text.count("<script") == 2


@pytest.mark.parametrize("name", ["lenet5", "unet", "siamese", "wavenet", "conv3d", "broken", "hostile"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_never_scrolls_sideways(name, width):
    found = shown(name, width=width, height=844)
    frame(found)
    assert found.execute_script("return document.documentElement.scrollWidth") <= width
    assert found.execute_script("""return [...document.querySelectorAll("p, li, dd, h1, h2, figcaption, button")].filter(element =>
        element.offsetParent && !element.closest(".scroll") && element.getBoundingClientRect().right > innerWidth + 1).map(e => e.textContent)""") == []


#: The texts whose contrast with what is behind them is below 4.5.
CONTRAST = """
const channels = color => (color.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
const luminance = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const ground = element => {
  for (let at = element; at; at = at.parentElement) {
    const color = channels(getComputedStyle(at).backgroundColor);
    if (color[3] !== 0 && color.length !== 4 || color[3] > 0) return color;
  }
};
return [...document.querySelectorAll("body *:not(svg *):not(script)")].filter(element => element.offsetParent &&
    [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())).map(element => {
  const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(ground(element))];
  return [element.tagName + " " + element.textContent.slice(0, 30), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
});
"""


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_contrast(dark):
    texts = 0
    for name in ("lenet5", "multi-output", "broken"):
        found = shown(name, dark=dark, height=3000)
        point(found, 1, (0, 0), (28, 28), "click")
        measured = found.execute_script(CONTRAST)
        texts += len(measured)
        assert [(text, ratio) for text, ratio in measured if ratio < 4.5] == []
    assert texts > 150
    ground = found.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(22, 24, 29)" if dark else "rgb(255, 255, 255)")


def test_printing_shows_the_drawing_and_the_whole_table():
    import base64

    found = shown("resnet18", media="print", width=760)
    seen = found.execute_script("""return ["drawing", "layers", "layer", "fields"].map(id => document.getElementById(id).getBoundingClientRect().height > 0)""")
    assert seen == [True, True, False, False]
    assert found.execute_script("const table = document.getElementById('table'); return table.scrollHeight - table.clientHeight") <= 1
    assert found.execute_script("""const svg = document.querySelector("#drawing svg").getBoundingClientRect(); return svg.right <= innerWidth""")
    pdf = base64.b64decode(found.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69})["data"])
    assert 2 <= pdf.count(b"/Type /Page\n") <= 5


def test_the_window_steps_over_the_padded_input():
    found = shown("resnet18")
    row = [step.name for step in trace_of("resnet18").steps].index("conv2d_1")
    found.execute_script("document.querySelectorAll('#rows tr')[arguments[0]].click()", row)

    def at(place):
        found.execute_script("const s = document.getElementById('step'); s.value = arguments[0]; s.dispatchEvent(new Event('input'))", place)
        return found.execute_script("return document.getElementById('at').textContent")

    assert at(0) == "Output (0, 0) reads rows 0 to 1, columns 0 to 1; 5 of 9 taps in the padding."
    assert at(57) == "Output (1, 1) reads rows 0 to 2, columns 0 to 2."
    assert at(56 * 56 - 1) == "Output (55, 55) reads rows 54 to 55, columns 54 to 55; 5 of 9 taps in the padding."
    found.execute_script("document.getElementById('play').click()")
    found.execute_async_script("setTimeout(arguments[0], 1000)")
    assert found.execute_script("return [document.getElementById('play').textContent, Number(document.getElementById('step').value) <= 3]") == ["Stop", True]
