"""The place in a study that a key names, and the study with another value there.

A key is written with points, "sites.greensboro.grid.limit", or as a tuple where names have points
of their own: ("technologies", "gas.new", "capex"). A step may also hold points itself: the longest
name that is there is taken. A list is counted from 0. None takes a key out: its default holds then.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Union, cast, get_args, get_origin

from headrace.core.errors import InputError, InputFault, Place, nearest_fault
from headrace.core.run_folder import STUDY
from headrace.core.study import CatalogueReference, Study
from headrace.core.study.part import StudyPart
from headrace.core.study_reader import parse_text, study_of
from headrace.core.study_text import Data, Path_, yaml_of

Key = str | tuple[str | int, ...]


def changed(data: Data, changes: Mapping[Key, object]) -> Data:
    """A copy of `data` with every change made. Raises InputError with every key that is unknown."""
    told = copy.deepcopy(data)
    problems: list[InputFault] = []
    for key, value in changes.items():
        try:
            _set(told, located(told, key), value)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return told


def changed_study(text: str, changes: Mapping[Key, object]) -> Study:
    """The study of a run folder's `text` with every change made.

    Raises InputError with every key that is unknown, or every problem of the changed study.
    """
    data = changed(cast("Data", parse_text(text, STUDY).data), changes)
    return study_of(parse_text(yaml_of(data, STUDY), STUDY))


def located(data: Data, key: Key) -> Path_:
    """The keys on the way to `key`, which the study's data may leave to its default.

    Raises InputError with the nearest key.
    """
    left = [str(step) for step in key] if isinstance(key, tuple) else key.split(".")
    here: object = data
    annotation: object = Study
    path: Path_ = ()
    while left:
        kind, inner = _kind(annotation)
        if isinstance(here, list) or kind is list:
            count = len(here) if isinstance(here, list) else 0
            if not left[0].isdecimal() or int(left[0]) >= count:
                expected = f"0 to {count - 1}" if count else "no place: the list is empty"
                found = f"`{left[0]}` is no place in this list"
                raise InputError(InputFault(Place.of(*path), found, expected))
            number, left = int(left[0]), left[1:]
            here, annotation, path = _inside(here, number), inner, (*path, number)
            continue
        fields = _fields(annotation)
        written = list(here) if isinstance(here, Mapping) else []
        names = {*written, *fields}  # one may hold points: the longest that is known
        beginnings = range(len(left), 1, -1)
        length = next((n for n in beginnings if ".".join(left[:n]) in names), 1)
        step, left = ".".join(left[:length]), left[length:]
        new_name = kind is dict and not left and bool(step)
        if step not in (*fields, *written) and not new_name:
            known = sorted({*fields, *written})
            fault = nearest_fault(step, known, f"a key of {'.'.join(map(str, path)) or 'a study'}")
            place = Place.of(*path, step)
            raise InputError(InputFault(place, fault.found, fault.expected, fault.fix))
        here = _inside(here, step)
        annotation = fields.get(step) if kind is not dict else inner
        path = (*path, step)
    return path


def _set(data: Data, path: Path_, value: object) -> None:
    """Put `value` at the end of `path`; mappings on the way are made, and a bare catalogue key
    becomes `{use: key}`.
    """
    here: object = data
    for place, step in enumerate(path[:-1]):
        inner = _inside(here, step)
        if not isinstance(inner, dict | list):
            bare = inner is not None and CatalogueReference in _bases(path[: place + 1])
            inner = {"use": inner} if bare else {}
            here[step] = inner  # type: ignore[index]
        here = inner
    last = path[-1]
    if value is None and isinstance(here, dict):
        here.pop(last, None)
    else:
        here[last] = value  # type: ignore[index]


def _bases(path: Path_) -> set[type]:
    """The classes that the value at the end of a path may be built from."""
    annotation: object = Study
    for step in path:
        kind, inner = _kind(annotation)
        annotation = inner if kind in (dict, list) else _fields(annotation).get(str(step))
    return {base for part in _parts(annotation) for base in part.__mro__}


def _kind(annotation: object) -> tuple[type | None, object]:
    """Whether an annotation is a mapping of names or a list, and of what; else None and itself."""
    for choice in _choices(annotation):
        origin = get_origin(choice)
        if origin in (dict, list):
            return origin, get_args(choice)[-1]
    return None, annotation


def _choices(annotation: object) -> list[object]:
    """The members of a union, without None and without what annotates them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _choices(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [one for inner in get_args(annotation) for one in _choices(inner)]
    return [] if annotation is NoneType else [annotation]


def _parts(annotation: object) -> list[type[StudyPart]]:
    return [c for c in _choices(annotation) if isinstance(c, type) and issubclass(c, StudyPart)]


def _fields(annotation: object) -> dict[str, object]:
    """The keys that a part of the study has, with what may stand there."""
    return {
        name: info.annotation
        for part in _parts(annotation)
        for name, info in part.model_fields.items()
    }


def _inside(here: object, step: str | int) -> object:
    if isinstance(here, Mapping):
        return here.get(step)
    return here[int(step)] if isinstance(here, list) else None
