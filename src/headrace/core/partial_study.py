"""What can be checked of a study some keys of which cannot be read.

A key that cannot be read would hide every fault that only the whole study shows. So it is left to
its default, or stands for a moment as an example of its kind, and the rest is checked as ever;
faults of the part that holds it are not told, since they may be of the example.
"""

from __future__ import annotations

import copy
import types
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError, WithJsonSchema

from headrace.core.study import Study, StudyPart
from headrace.core.study_bounds import Fault
from headrace.core.study_checks import faults
from headrace.core.units import Unit

Path_ = tuple[str | int, ...]

ROUNDS = 4
"""Times that keys are mended: what stands in for one may lack keys of its own."""


@dataclass(frozen=True)
class ReadablePart:
    """A study in which every key that could not be read is left out, or is an example of its kind.

    unsure: parts that may therefore be of the example. lost: names that stood in tables which could
    not be read, to which other parts may refer.
    """

    study: Study
    unsure: frozenset[Path_]
    lost: frozenset[str]

    def sure(self, path: Path_, words: str) -> bool:
        """Whether a fault at `path` is of what was written, and of nothing that is missing."""
        # Neither leads to or past the other.
        apart = not any(path[: len(part)] == part[: len(path)] for part in self.unsure)
        return apart and not any(f"`{name}`" in words for name in self.lost)


def readable(data: object, places: Collection[Path_]) -> ReadablePart | None:
    """The part of a study that can be read; None where too much cannot.

    data: the document as plain data, left as it is; places: the paths of its keys.
    """
    data, unsure, lost = copy.deepcopy(data), set[Path_](), set[str]()
    for _ in range(ROUNDS):
        try:
            study = Study.model_validate(data)
        except ValidationError as error:
            for fault in error.errors():
                mended = _mend(data, fault["loc"], places, fault["type"] == "extra_forbidden", lost)
                if mended is None:
                    return None
                unsure.add(mended)
            continue
        return ReadablePart(study, frozenset(unsure), frozenset(lost))
    return None


def what_can_be_checked(data: object, places: Collection[Path_]) -> Iterator[Fault]:
    """Inconsistencies of the parts of a study that can be read; none where too much cannot.

    data: the document as plain data, left as it is; places: the paths of its keys.
    """
    part = readable(data, places)
    for found in () if part is None else faults(part.study):
        if part is not None and part.sure(found[0], " ".join(map(str, found[1:]))):
            yield found


def written_path(loc: tuple[str | int, ...], places: Collection[Path_]) -> Path_:
    """pydantic's path without the names of union members, which nobody wrote."""
    path: Path_ = ()
    for position, step in enumerate(loc):
        inside = (*path, step)
        if inside in places or position == len(loc) - 1:
            path = inside
    return path


def _mend(
    data: Any,
    loc: tuple[str | int, ...],
    places: Collection[Path_],
    unknown: bool,
    lost: set[str],
) -> Path_ | None:
    """Let the key at `loc` be readable; returns the part that is in doubt then, None where nothing
    can stand for it. lost: takes the names of a table that goes.
    """
    path = written_path(loc, places)
    inside: Any = data
    try:
        for step in path[:-1]:
            inside = inside[step]
        if unknown:
            lost |= _names_in(inside.pop(path[-1]))
            return path[:-1] or path
        kind, required = _kind_at(path)
        example = _example(kind)
        if isinstance(example, (dict, list)):
            if required:
                return None
            lost |= _names_in(inside[path[-1]])
        if required:
            inside[path[-1]] = example
        else:
            del inside[path[-1]]
    except (LookupError, TypeError, AttributeError):  # a part itself is no part
        return None
    return path[:-1] if len(path) > 1 else path


def _names_in(lost: object) -> set[str]:
    """Every text in a part that goes: other parts may name it."""
    if isinstance(lost, dict):
        inner = [_names_in(value) for value in lost.values()]
        return {str(name) for name in lost}.union(*inner)
    if isinstance(lost, list):
        return set().union(*map(_names_in, lost))
    return {str(lost)}


def _kind_at(path: Path_) -> tuple[Any, bool]:
    """The type declared for what stands at a path, and whether something must stand there.

    Raises LookupError where no part of a study has such a key.
    """
    kind: Any = Study
    required = True
    for step in path:
        kind = _plain(kind)
        if isinstance(kind, type) and issubclass(kind, StudyPart):
            info = kind.model_fields[str(step)]
            kind = (
                Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
            )
            required = info.is_required()
        else:
            kind, required = get_args(kind)[-1], True
    return kind, required


def _plain(kind: Any) -> Any:
    """A type without its notes, and without the None that may stand for it."""
    while get_origin(kind) in (Annotated, Union, types.UnionType):
        kind = next(one for one in get_args(kind) if one is not type(None))
    return kind


def _notes(kind: Any) -> Sequence[object]:
    """What the declaration of a type adds to it: units, examples."""
    if get_origin(kind) is Annotated:
        return (*get_args(kind)[1:], *_notes(get_args(kind)[0]))
    if get_origin(kind) in (Union, types.UnionType):
        return _notes(get_args(kind)[0])
    return ()


def _example(kind: Any) -> object:
    """Something that can be read where `kind` is wanted."""
    for note in _notes(kind):
        if isinstance(note, Unit):
            return f"1 {note.symbol}" if note.symbol != "1" else "1"
        if isinstance(note, WithJsonSchema) and note.json_schema:
            return note.json_schema["examples"][0]
    plain = _plain(kind)
    if get_origin(plain) is Literal:
        return get_args(plain)[0]
    if plain in (str, int, float):
        return {str: "x", int: 2, float: 1.0}[plain]
    return {}
