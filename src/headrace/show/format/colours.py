"""One fixed colour per carrier and per technology, told apart by colour-blind readers too (a test
simulates them).

Carriers follow Okabe and Ito, "Color universal design" (2008). Technologies keep the hue of what
drives them (sun yellow, gas brown, reactor green) and differ in lightness, so that a stack of them
reads in grey print as well.
"""

from __future__ import annotations

import re

INK, QUIET, HAIR, PAPER, ACCENT = "#1f2a30", "#5e6a71", "#d9d6cd", "#fcfbf8", "#0b5d7a"
LOSS, IDLE = "#b9b2a6", "#dcd7cc"

CARRIERS = {
    "electricity": "#e69f00",
    "accelerator-hours": "#0072b2",
    "tokens": "#009e73",
    "video": "#cc79a7",
    "flop": "#56b4e9",
    "money": "#4b4a7c",
    "heat": "#d55e00",
    "fuel": "#8c5a2b",
}

_COUNTED_IN = (
    (r"tok", "tokens"),
    (r"video", "video"),
    (r"flop", "flop"),
    (r"accelerator", "accelerator-hours"),
    (r"^[kmg]?usd", "money"),
)

# The first pattern that is found in a name gives its colour; words are whole words.
_TECHNOLOGIES = (
    (r"idle", IDLE),
    (r"chat", "#009e73"),
    (r"agent|agents", "#63c5a4"),
    (r"clip|clips|video", "#cc79a7"),
    (r"train|training", "#56b4e9"),
    (r"battery|storage|store", "#a678bd"),
    (r"solar|pv|sun", "#eec643"),
    (r"wind", "#8fd0ee"),
    (r"smr|reactor|nuclear|fission", "#2b9a74"),
    (r"fusion", "#d94f8a"),
    (r"geothermal|egs", "#d3e6a8"),
    (r"engine|engines|recip|reciprocating", "#d98a4b"),
    (r"ccgt|combined", "#6e3210"),
    (r"turbine|turbines|aero|aeroderivative|gas", "#b8642e"),
    (r"fuel_?cell|cell|cells", "#9c8f5f"),
    (r"ppa|contract|lease", "#6f97bd"),
    (r"grid|interconnection|utility", "#2f5d8c"),
    (r"backup|diesel|emergency", "#55504a"),
    (r"waiting", "#e0b06a"),
    (r"unserved|shed|lost|missing|broken promises", "#e3004f"),
    (r"hall|halls|load|it|facility", "#6b7a85"),
    (r"unused|spill|curtailed|curtailment|losses|loss|cooling|waste|not used|thrown away", LOSS),
    (r"h100|h200", "#9ecae1"),
    (r"b200|b300", "#4292c6"),
    (r"gb200|gb300", "#08519c"),
    (r"mi\d{3}x?", "#d1495b"),
    (r"rubin|tpu|trainium", "#5e3c99"),
)
_STACK = (
    "#2b9a74",
    "#d94f8a",
    "#d3e6a8",
    "#2f5d8c",
    "#6f97bd",
    "#6e3210",
    "#b8642e",
    "#d98a4b",
    "#9c8f5f",
    "#eec643",
    "#8fd0ee",
    "#a678bd",
)
_SPARE = ("#8a6fb0", "#4f9da6", "#c9a227", "#b5655d", "#6b8f71", "#7d8ca3", "#b08ea2", "#94a35b")


def carrier(name: str, unit: str = "") -> str:
    """The colour of a carrier; one that is named after a product has the colour of what it is
    counted in.
    """
    for known, word in _COUNTED_IN:
        if re.search(known, unit.lower()):
            return CARRIERS[word]
    lowered = name.lower()
    return next(
        (colour for known, colour in CARRIERS.items() if lowered.startswith(known.rstrip("s"))),
        LOSS,
    )


def place(name: str) -> tuple[int, str]:
    """Where a technology stands in a stack: firm supply at the bottom, then sun and wind, stores on
    top, the rest behind.
    """
    found = technology(name)
    return (_STACK.index(found) if found in _STACK else len(_STACK)), name


def technology(name: str) -> str:
    """The colour of a technology, chip or product by the words in its name; an unknown name always
    gets the same spare one.
    """
    name = name.split(" on ")[0]  # "chat on b200" is chat
    spaced = re.sub(r"[._\-/]", " ", name.lower())
    for words, colour in _TECHNOLOGIES:
        if re.search(rf"\b(?:{words})(?!\w)", spaced):
            return colour
    return _SPARE[sum(name.lower().encode()) % len(_SPARE)]


def faded(colour: str, opacity: float) -> str:
    """The colour as rgba() with that opacity, 0 clear to 1 full [1]."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"
