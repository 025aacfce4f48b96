"""YAML in, a checked `Study` out; every problem at once, each with file, line and column.

Input is data: safe scalars only, no aliases (so no bombs), bounded size and depth, no expression is
evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import Study, parts_of
from headrace.core.study.part import StudyPart

MOST_BYTES = 1_000_000
MOST_DEPTH = 20
MOST_NODES = 50_000

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


def text_of(path: Path) -> str:
    """The text of a study file. Raises InputError where it is missing, too large or not UTF-8."""
    file = path.name
    if not path.is_file():
        near = get_close_matches(
            path.name,
            [p.name for p in path.parent.glob("*.y*ml")] if path.parent.is_dir() else [],
            n=1,
        )
        hint = (
            f"Did you mean `{near[0]}`?"
            if near
            else "`headrace examples` lists the studies that come with Headrace."
        )
        raise InputError(InputFault(Place(str(path)), "there is no such file", fix=hint))
    if path.stat().st_size > MOST_BYTES:
        raise InputError(
            InputFault(
                Place(file),
                f"the file has {path.stat().st_size:,} bytes",
                f"at most {MOST_BYTES:,}",
            )
        )
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(InputFault(Place(file), f"byte {error.start} is not UTF-8 text")) from None


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
    except (YAMLError, RecursionError, ValueError) as error:
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
        assert isinstance(node, ScalarNode)
        return _scalar(node)
    found: dict[str, object] = {}
    for key_node, value_node in node.value:
        key = str(getattr(key_node, "value", key_node))
        spot = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if key in found:
            place = Place(file, *spot, key)
            problems.append(InputFault(place, "this key is written twice", fix="Keep one of them."))
            continue
        places[*path, key] = spot
        found[key] = _plain(value_node, (*path, key), places, problems, file)
    return found


def _scalar(node: ScalarNode) -> object:
    """A safe scalar by its tag; text where nothing else is meant."""
    kind = node.tag.rsplit(":", 1)[-1] if node.tag else "str"
    if kind == "null":
        return None
    if kind == "bool":
        return node.value.lower() in ("true", "yes", "on")
    if kind == "int" and node.value.lstrip("+-").isdigit():
        return int(node.value)
    if kind == "float" and not node.value.lower().strip("+-.").startswith(("nan", "inf")):
        # where the file only claims a number (`!!float x`, `1:30`), the field says what it wants
        with suppress(ValueError):
            return float(node.value.replace("_", ""))
    return str(node.value)


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
    try:
        study = Study.model_validate(document.data)
    except ValidationError as error:
        told = (_problem(dict(fault), document) for fault in error.errors())
        raise InputError(dict.fromkeys(told)) from None
    from headrace.core.study_checks import faults

    problems = tuple(
        InputFault(document.place(path), found, expected, fix)
        for path, found, expected, fix in faults(study)
    )
    if problems:
        raise InputError(problems)
    return study


def _problem(fault: Mapping[str, object], document: Document) -> InputFault:
    path = _written_path(fault["loc"], document)  # type: ignore[arg-type]
    place = document.place(path)
    message = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        known = _known_keys(path[:-1])
        near = get_close_matches(str(path[-1]), known, n=1)
        return InputFault(
            place,
            "not a known key",
            fix=f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(known)}.",
        )
    if fault["type"] == "missing":
        return InputFault(place, "this key is missing")
    return InputFault(place, message)


def _written_path(loc: tuple[str | int, ...], document: Document) -> Path_:
    """pydantic's path without the names of union members, which nobody wrote."""
    path: Path_ = ()
    for position, step in enumerate(loc):
        inside = (*path, step)
        if inside in document.places or position == len(loc) - 1:
            path = inside
    return path


def _known_keys(path: Path_) -> list[str]:
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
    return list(dict.fromkeys(name for model in parts for name in model.model_fields))
