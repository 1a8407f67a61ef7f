"""The page itself: one HTML file that loads nothing and runs only its own script."""

from __future__ import annotations

import hashlib
import json
import os
import re
from binascii import b2a_base64
from collections.abc import Sequence

from ..analysis import Trace
from ..drawing import network_picture
from ..drawing.paper import Options
from ..drawing.svg import escaped, rules, written
from .data import page_data

FIELDS = """<p class="hint">Point at a unit of any map, or move with the arrow keys (Page Up and Page Down in volumes); a click, Enter or \
the space bar pins it. <span class="key"></span> what it sees of the layers before it, <span class="key seen"></span> what sees it in \
the layers after it.</p>
<p id="status" role="status">No unit is selected.</p>
<div class="eye{}"><div id="inputs"></div><div id="maps"></div></div>
<b id="mark"></b>
"""
TOTALS = "<tfoot><tr><th scope=\"row\">total</th><td></td><td></td><td>{}</td><td>{}</td><td>{}</td><td></td></tr></tfoot>\n"


def page(trace: Trace, errors: Sequence[str] = ()) -> str:
    """The page of a network; with errors, up to the first layer that could not be computed."""
    data = page_data(trace, bool(errors))
    picture = network_picture(trace, "graph", Options(heading=False))
    style, script = f"{_file('page.css')}@media screen {{\n{rules(picture)}\n}}\n", _file("page.js")
    parts = {
        "policy": f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'",
        "name": escaped(_short(data.name)), "facts": escaped(data.facts), "drawing": written(picture, style=False, xml=False),
        "errors": "".join([f'<pre class="error" role="alert">{escaped(error)}</pre>\n' for error in errors]),
        "totals": "" if data.totals is None else TOTALS.format(*map(escaped, data.totals)),
        "notes": "".join([f"<li>{escaped(note)}</li>" for note in data.notes]),
        "fields": (f"<p>{escaped(data.missing)}</p>\n" if data.missing else "") + (
            FIELDS.format(" sequence" * data.is_sequence) if data.script["fields"] else ""),
        "style": style, "script": script, "data": _embedded(data.script),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], _file("page.html"))


def _embedded(data: object) -> str:
    """Data as JSON that cannot end the element that holds it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _file(name: str) -> str:
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return file.read()


def _hash(text: str) -> str:
    """The digest of an element's text, as the Content-Security-Policy wants it."""
    return "sha256-" + b2a_base64(hashlib.sha256(text.encode()).digest(), newline=False).decode()


def _short(name: str) -> str:
    return name if len(name) <= 100 else name[:99] + "…"
