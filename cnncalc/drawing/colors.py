"""The roles that colors play, each with its light and its dark shade.

The families' fills are Paul Tol's light scheme: black text on them has a contrast of at least 7.5:1, and the five common ones
stay apart under all three color-vision deficiencies. Meaning never rests on color alone.
"""

from __future__ import annotations

#: The family of a layer (`Layer.family`): its fill, and its words in the legend.
FAMILIES = {
    "input": ("#ffffff", "input"),
    "conv": ("#77aadd", "convolution"),
    "pool": ("#ee8866", "pooling"),
    "dense": ("#44bb99", "dense"),
    "merge": ("#eedd88", "merge"),
    "up": ("#bbcc33", "upsampling"),
    "recurrent": ("#ffaabb", "recurrent"),
    "other": ("#bbbbbb", "other"),
}


def _mixed(color: str, other: str, share: float) -> str:
    """`color` with `share` of another one in it."""
    pairs = [(int(color[i: i + 2], 16), int(other[i: i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join([f"{round(a + (b - a) * share):02x}" for a, b in pairs])


#: Each role's shade on paper.
LIGHT = {
    "bg": "#ffffff", "ink": "#111111", "soft": "#444444", "edge": "#222222", "wire": "#555555", "tip": "#555555",
    "group": "#f2f2f5", "frame": "#b0b0b8", "leader": "#cccccc", "kernel": "#993355", "pyramid-pool": "#886600", "sees": "#0072b2", "window-output": "#117755", "seen-by": "#d55e00",
    "error": "#bb2222", "label": "#111111", "pale-input": "#ffffff",
}
for _family, (_fill, _) in FAMILIES.items():
    LIGHT[_family] = _fill
    #: Of a box in the volumes: its top and its right side.
    LIGHT[f"{_family}-top"] = _mixed(_fill, "#ffffff", 0.35)
    LIGHT[f"{_family}-side"] = _mixed(_fill, "#000000", 0.13)
    LIGHT[f"{_family}-pale"] = _mixed(_fill, "#ffffff", 0.65)
LIGHT["input"], LIGHT["input-top"], LIGHT["input-side"] = "#ffffff", "#f2f2f2", "#dddddd"

#: What differs on a dark screen. Text on a layer's own fill (`label`) stays black.
DARK = {
    "bg": "#16181d", "ink": "#eeeeee", "soft": "#bbbbbb", "edge": "#d8d8d8", "wire": "#aaaaaa", "tip": "#aaaaaa",
    "group": "#22252c", "frame": "#555a66", "leader": "#444444", "sees": "#4da3dd",
}
