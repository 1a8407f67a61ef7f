"""Asking the page's script in plain node, and the sentences of the command to hold its answers against."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

from chromium import needed

from cnncalc.receptive_field.pixels import indices
from cnncalc.receptive_field.report import Sight
from cnncalc.report.rules import RuleTable, field_data
from cnncalc.views.unit_sight import Looked, report

SCRIPT = Path(__file__).parent.parent.parent / "cnncalc" / "report" / "page.js"
ENGINE = Path(__file__).parent / "engine.cjs"


def asked(questions: list[dict], folder: Path) -> list:
    """The script's answers."""
    file = folder / "asked.json"
    file.write_text(json.dumps(questions))
    run = subprocess.run([needed("node"), str(ENGINE), str(SCRIPT), str(file)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout)


def sentence(sight: Sight, place, unit: tuple[int, ...]) -> str:
    """What `cnncalc receptive-field --layer NAME --unit UNIT` prints of a unit, as one line."""
    heading, lines, *_ = report(Looked(sight, place.name, unit, sight.unit(place, unit), [])).parts()
    text = "; ".join([" ".join(line.split()) for line in lines.lines]).replace(":; ", ": ")
    return f"{heading.text}: {text}"


class Question:
    """Units of one network, chosen at random, with what the engine says of them."""

    def __init__(self, sight: Sight, many: int, random: random.Random, pixels: int = 4):
        self.sight, self.random, self.pixels = sight, random, pixels
        self.table = RuleTable()
        self.fields = field_data(sight, self.table)
        self.units, self.expected = [], []
        places = {place.values[0]: place for place in reversed(sight.flow.places) if place.values}
        maps = [(number, places[found["value"]]) for number, found in enumerate(self.fields["maps"])]
        for number, place in random.choices(maps, k=many):
            self._ask(number, place, tuple([random.randrange(n) for n in sight.units(place)]))

    def _ask(self, number: int, place, unit: tuple[int, ...]) -> None:
        seen = {found.input: found for found in self.sight.unit(place, unit)}
        pixels, sees = [], []
        for i, (node, _) in enumerate(self.sight.flow.inputs):
            axes = [axis.size for axis in self.sight.fields.axes if axis.input == i]
            region = seen[node.name].region if node.name in seen else ()
            for _ in range(self.pixels):
                pixel = [self.random.randrange(n) for n in axes]
                if region and self.random.random() < 0.5:  # one that it sees
                    pixel = [self.random.choice(indices(mask)) for mask in self.random.choice(region)]
                pixels.append((i, pixel))
                sees.append(any(all(mask >> x & 1 for mask, x in zip(masks, pixel)) for masks in region))
        regions = [set(seen[node.name].region) if node.name in seen else set() for node, _ in self.sight.flow.inputs]
        self.units.append([number, list(unit), place.name, pixels])
        self.expected.append((regions, sentence(self.sight, place, unit), sees))

    def data(self) -> dict:
        return {"rules": self.table.rules, "fields": self.fields, "units": self.units}

    def check(self, answer: dict) -> None:
        for (_, unit, name, _), (regions, words, sees), told in zip(self.units, self.expected, answer["found"], strict=True):
            found = [{tuple([sum([1 << i for i in axis]) for axis in product]) for product in region} for region in told["seen"]]
            assert found == regions, (name, unit)
            assert told["sentence"] == words
            assert told["back"] == sees, (name, unit)
