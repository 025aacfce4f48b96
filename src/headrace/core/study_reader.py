"""YAML in, a checked `Study` out; every problem at once, each with file, line and column.

Input is data: safe scalars only, no aliases (so no bombs), bounded size and depth, no expression is
evaluated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_text
from headrace.core.foreign_money import in_dollars, stated_rates
from headrace.core.partial_study import what_can_be_checked, written_path
from headrace.core.printable import is_plain
from headrace.core.study import Study, parts_of
from headrace.core.study.part import StudyPart
from headrace.core.units import MOST_DIGITS

MOST_BYTES = 1_000_000
MOST_DEPTH = 20
MOST_NODES = 50_000
MOST_OF_A_NAME = 100
MOST_OF_A_TEXT = 10_000

_SHOULD = re.compile(r"^[A-Z][a-z]+ should (be|have) ")
Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """Plain data with the place of every key."""

    file: str
    data: object
    places: Mapping[Path_, tuple[int, int]]

    def place(self, path: Path_) -> Place:
        """The nearest known place at or above `path`."""
        key = ".".join(str(step) for step in path)
        for length in range(len(path), -1, -1):
            spot = self.places.get(path[:length])
            if spot is not None:
                return Place(self.file, spot[0], spot[1], key)
        return Place(self.file, key=key)


def read(path: Path) -> Study:
    """The study in a YAML file. Raises InputError with every problem found."""
    return study_of(document(path))


def document(path: Path) -> Document:
    """The YAML document in a file.

    Raises InputError where it is missing, too large, or not YAML.
    """
    return parse_text(text_of(path), path.name)


def text_of(path: Path, kind: str = "a study file") -> str:
    """The text of a study file, or of another one in YAML. kind: what is looked for, in words.

    Raises InputError where it is missing, too large or not UTF-8.
    """
    try:
        return read_text(path, MOST_BYTES, kind, "utf-8")
    except InputError as error:
        (fault,) = error.problems
        if kind != "a study file":
            raise
        fix = fault.fix or "`headrace examples` lists the studies that come with Headrace."
        raise InputError(replace(fault, fix=fix)) from None


def parse_text(text: str, file: str = "study.yaml") -> Document:
    """The YAML document in a text.

    Raises InputError for broken YAML, aliases, depth or duplicate keys.
    """
    yaml = YAML(typ="safe", pure=True)
    try:
        _refuse_bombs(yaml, text, file)
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise InputError(
            InputFault(
                place,
                f"this is not YAML: {error.problem or error.context}",
                fix="Check indentation and colons.",
            )
        ) from None
    except (YAMLError, RecursionError, ValueError, ArithmeticError, LookupError) as error:
        raise InputError(InputFault(Place(file), f"this is not YAML: {error}")) from None
    if root is None:
        raise InputError(
            InputFault(
                Place(file), "the file is empty", "a study", "`headrace examples` shows some."
            )
        )
    places: dict[Path_, tuple[int, int]] = {}
    problems: list[InputFault] = []
    data = _plain(root, (), places, problems, file)
    if problems:
        raise InputError(problems)
    return Document(file, data, places)


def _refuse_bombs(yaml: YAML, text: str, file: str) -> None:
    """Aliases, depth and length; and anchors given twice, which mean nothing without aliases and
    would only be warned of.
    """
    depth, anchors = 0, set[str]()
    for count, event in enumerate(yaml.parse(text)):
        kind = type(event).__name__
        depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")
        place = Place(file, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, AliasEvent) or depth > MOST_DEPTH or count > MOST_NODES:
            reason = (
                "an alias (`*name`)"
                if isinstance(event, AliasEvent)
                else "nesting or length beyond any study"
            )
            raise InputError(
                InputFault(
                    place,
                    f"{reason} is refused: such files can grow without bound",
                    fix="Write the value out.",
                )
            )
        anchor = getattr(event, "anchor", None)
        if anchor in anchors:
            raise InputError(
                InputFault(
                    place,
                    f"the anchor `&{anchor}` is given a second time",
                    "no anchors",
                    "Leave it out.",
                )
            )
        if anchor:
            anchors.add(anchor)


def _plain(
    node: Node,
    path: Path_,
    places: dict[Path_, tuple[int, int]],
    problems: list[InputFault],
    file: str,
) -> object:
    """Plain data under a node, with the place of every key under it noted in `places`."""
    places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, SequenceNode):
        return [
            _plain(item, (*path, i), places, problems, file) for i, item in enumerate(node.value)
        ]
    if not isinstance(node, MappingNode):
        return _scalar(node, path, places, problems, file)
    found: dict[str, object] = {}
    for key_node, value_node in node.value:
        spot = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        written = key_node.value if isinstance(key_node, ScalarNode) else str(key_node.value)
        # two ways of writing one accent are one name to every reader
        key = unicodedata.normalize("NFC", written)
        place = Place(file, *spot, shown(key))
        wrong = _text_fault(key, MOST_OF_A_NAME)
        if key in found:
            wrong = ("this key is written twice", "", "Keep one of them.")
        if wrong:
            problems.append(InputFault(place, *wrong))
            continue
        places[*path, key] = spot
        found[key] = _plain(value_node, (*path, key), places, problems, file)
    return found


def _scalar(
    node: Node,
    path: Path_,
    places: Mapping[Path_, tuple[int, int]],
    problems: list[InputFault],
    file: str,
) -> object:
    """A safe scalar by its tag; text where nothing else is meant."""
    written, kind = str(node.value), node.tag.rsplit(":", 1)[-1] if node.tag else "str"
    wrong = _text_fault(written, MOST_OF_A_TEXT)
    if kind in ("int", "float") and len(written) > MOST_DIGITS:
        wrong = (f"a number of {len(written):,} digits", f"at most {MOST_DIGITS}", "")
    if wrong:
        key = ".".join(map(str, path))
        problems.append(InputFault(Place(file, *places[path], shown(key)), *wrong))
        return ""
    if kind == "null":
        return None
    if kind == "bool":
        return written.lower() in ("true", "yes", "on")
    if kind == "int" and written.isascii() and written.lstrip("+-").isdigit():
        with suppress(ValueError):  # `+-1`
            return int(written)
    if kind == "float" and not written.lower().strip("+-.").startswith(("nan", "inf")):
        # where the file only claims a number (`!!float x`, `1:30`), the field says what it wants
        with suppress(ValueError):
            return float(written.replace("_", ""))
    return written


def _text_fault(text: str, most: int) -> tuple[str, str, str] | None:
    """What is wrong with a text whatever it says: found, expected, fix. None where it is sound."""
    if len(text) > most:
        return f"`{shown(text)}` has {len(text):,} characters", f"at most {most:,}", ""
    for sign in text:
        if not is_plain(sign):
            return f"holds the character U+{ord(sign):04X}, which nobody sees", "text", "Delete it."
    return None


def shown(text: str) -> str:
    """A text as it may be shown: printable, and no longer than a line has room for."""
    plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:80])
    return plain if len(text) <= 80 else f"{plain}..."


def study_of(document: Document) -> Study:
    """A checked study from plain data. Raises InputError with every problem at its line."""
    if not isinstance(document.data, dict):
        raise InputError(
            InputFault(
                document.place(()),
                "the document is not a mapping",
                "keys such as `study:` and `sites:`",
            )
        )
    from headrace.core.study_checks import faults

    told: list[InputFault] = []
    data = in_dollars(document.data, stated_rates(document.data))
    try:
        study = Study.model_validate(data)
        inconsistent = list(faults(study))
    except ValidationError as error:
        told += (_problem(dict(fault), document) for fault in error.errors())
        inconsistent = list(what_can_be_checked(data, document.places))
    told += (
        InputFault(document.place(path), found, expected, fix)
        for path, found, expected, fix in inconsistent
    )
    if told:
        raise InputError(dict.fromkeys(told))
    return study


def _problem(fault: Mapping[str, object], document: Document) -> InputFault:
    """One of pydantic's faults as a user reads it: where, found, expected, and what helps."""
    path = written_path(fault["loc"], document.places)  # type: ignore[arg-type]
    place, kind = document.place(path), fault["type"]
    if kind == "extra_forbidden":
        parts = _parts_at(path[:-1])
        known = list(dict.fromkeys(name for part in parts for name in part.model_fields))
        near = get_close_matches(str(path[-1]), known, n=1)
        fix = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(known)}."
        if str(path[-1])[:1].isdigit():
            # {discount: 8,5 %/a real} is two keys to YAML
            fix = "Within braces a comma ends a value; decimals are written with a point."
        return InputFault(place, "not a known key", fix=fix)
    if kind == "missing":
        return InputFault(place, "this key is missing", fix=_meaning(path))
    message = str(fault["msg"])
    if kind == "value_error":
        return InputFault(place, message.removeprefix("Value error, "))
    written: object = document.data
    for step in path:
        written = written[step]  # type: ignore[index]
    words = shown(str(written)) if not isinstance(written, (dict, list)) else "what is written"
    return InputFault(place, f"`{words}`", _SHOULD.sub("", message), _meaning(path))


def _meaning(path: Path_) -> str:
    """What the key at a path is for, in a sentence; empty where it is a name that a user chose."""
    for part in _parts_at(path[:-1]):
        info = part.model_fields.get(str(path[-1]))
        if info is not None and info.description:
            return f"`{path[-1]}`: {info.description}"
    return ""


def _parts_at(path: Path_) -> list[type[StudyPart]]:
    """The parts of a study that may stand at a path."""
    parts: list[type[StudyPart]] = [Study]
    for step in path:
        inner = [
            part
            for model in parts
            for name, info in model.model_fields.items()
            if name == step
            for part in parts_of(info.annotation)
        ]
        parts = inner or parts
    return parts
