"""The JSON Schema of a study as an editor needs it: what the reader accepts, and what completes.

The declaration (core/study) says the types after reading; a file holds texts. So a number with a
unit is a text of that pattern, a part that may be written as a bare catalogue key is either, and
catalogue keys are offered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from headrace.core import study, units
from headrace.core.catalogue import entries

DRAFT = "https://json-schema.org/draft/2020-12/schema"
ADDRESS = "urn:headrace:schema:study"
"""Names the schema; nothing is fetched from it."""
NUMBER = r"[+-]?([0-9][0-9_]*(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
FRACTION = r"[0-9]+\s?/\s?[0-9]+"
OFFERED = {
    "Build": (("energy", "sun_and_wind"), ("energy", "gas"), ("energy", "reactors"),
              ("energy", "storage"), ("energy", "contracts")),
    "Chip": (("compute", "supply"),),
    "Rental": (("compute", "rentals"),),
    "Hall": (("compute", "halls"),),
    "Reserve": (("energy", "contracts"),),
    "Model": (("models", "models"),),
    "Product": (("market", "shapes"),),
}  # fmt: skip
"""Tables of the catalogue whose keys a part may name."""
NAMED = {"Build": "use", "Chip": "use", "Rental": "use", "Hall": "use", "Reserve": "use",
         "Model": "shape", "Product": "shape"}  # fmt: skip
"""The key under which it names them."""
STATIONS = ("tmy3:723170", "tmy3:703165", "tm2:12839")
Node = dict[str, Any]


def schema() -> Node:
    """The schema, draft 2020-12; units stand in `x-unit` too."""
    told: Node = study.schema()
    parts: dict[str, Node] = told["$defs"]
    for name, part in parts.items():
        if name in NAMED:
            _offer(part["properties"][NAMED[name]], _keys(name))
    _offer(parts["Site"]["properties"]["weather"], STATIONS)
    _walk(told, _written)
    parts["Product"]["properties"]["deadline"]["anyOf"].append(_quantity("h"))
    hours = parts["Horizon"]["properties"]
    node = hours["hours"]  # a count, or all of them; its words stay outside
    words = {key: node[key] for key in ("title", "description", "default") if key in node}
    inner = {key: value for key, value in node.items() if key not in words}
    hours["hours"] = {**words, "anyOf": [{"const": "all"}, inner], "default": "all"}
    return {"$schema": DRAFT, "$id": ADDRESS, **told}


@cache
def _keys(part: str) -> tuple[str, ...]:
    """Catalogue keys that a part may name."""
    return tuple(dict.fromkeys(key for table in OFFERED[part] for key in entries(*table)))


def _offer(node: Node, keys: Iterable[str]) -> None:
    """Let an editor complete these keys; any other name stays allowed, for a study has its own."""
    node["anyOf"] = [{"enum": list(keys)}, {"type": node.pop("type", "string")}]


def _walk(node: object, change: Callable[[Node], None]) -> None:
    if isinstance(node, list):
        for inner in node:
            _walk(inner, change)
    elif isinstance(node, dict):
        for inner in list(node.values()):
            _walk(inner, change)
        change(node)


def _written(node: Node) -> None:
    """What stands in the file: a text with a unit, a bare catalogue key, a default as one writes
    it.
    """
    if (unit := node.get("x-unit")) is not None:
        node |= _quantity(str(unit), counted="number" in node.get("type", ()))
        if isinstance(node.get("default"), int | float):
            node["default"] = f"{node['default']:g} {unit if unit != '1' else ''}".strip()
    name = str(node.get("$ref", "")).rpartition("/")[2]
    if NAMED.get(name) == "use":
        bare: list[Node] = [{"enum": list(_keys(name))}, {"type": "string"}]
        node["anyOf"] = [{"$ref": node.pop("$ref")}, *bare]


def _quantity(unit: str, *, counted: bool = False) -> Node:
    """A number with a unit of the same kind; a share or a count may be a number alone."""
    if unit == "1" or counted:
        bare = {"type": ["string", "number"], "pattern": pattern(unit, bare=True)}
        return {**bare, "x-unit": unit}
    return {"type": "string", "pattern": pattern(unit), "x-unit": unit}


@cache
def pattern(unit: str, *, bare: bool = False) -> str:
    """A regular expression of what may be written where `unit` is wanted: "300 MW", "0.3 GW".

    bare: the number may stand alone.
    """
    pieces = re.split(r"(/|-(?!second|h\b))", unit)
    for at, atom in enumerate(pieces):
        if atom not in ("/", "-"):
            # All units of the atom's dimension, and how people spell them, the longest first.
            known = {name for name in units.known(units.Unit(atom).dimension) if name} | {atom}
            pieces[at] = f"({'|'.join(map(re.escape, sorted(known, key=len, reverse=True)))})"
    told = "".join(pieces)
    fraction = rf"|{FRACTION}" if unit == "1" else ""
    return rf"^\s*({NUMBER}\s*{f'({told})?' if bare else told}{fraction})\s*$"
