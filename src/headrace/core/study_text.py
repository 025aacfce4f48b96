"""A study's data written as YAML again, so that a changed study is a text like any other."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study_reader import parse_text
from headrace.core.varying import series_file

Data = dict[str, object]
Path_ = tuple[str | int, ...]
"""Keys on the way to a value; a list counts from 0."""


def yaml_of(data: Mapping[str, object], file: str) -> str:
    """The YAML text that is read back as `data`; keys keep their order.

    Raises InputError for values that a study cannot hold: NaN, objects, texts that change on the
    way.
    """
    plain = {key: _plain(value, (str(key),)) for key, value in data.items()}
    yaml = YAML(typ="safe", pure=True)
    options = {"default_flow_style": False, "width": 100, "allow_unicode": True}
    for option, value in {**options, "sort_base_mapping_type_on_output": False}.items():
        setattr(yaml, option, value)
    yaml.representer.ignore_aliases = lambda *_: True  # the reader refuses them
    stream = io.StringIO()
    try:
        yaml.dump(plain, stream)
        same = parse_text(stream.getvalue(), file).data == plain
    except YAMLError:
        same = False
    if not same:
        fault = InputFault(Place(file), "a value changes when it is written as YAML", "plain text")
        raise InputError(fault)
    return stream.getvalue()


def anchored(data: Data, folder: Path) -> Data:
    """The same study with weather files and tables that lie in `folder` named by their full path:
    its text may then be kept elsewhere.
    """

    def moved(value: object, key: str) -> object:
        if isinstance(value, Mapping):
            return {name: moved(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [moved(inner, key) for inner in value]
        table = isinstance(value, str) and (key == "weather" or series_file(value) is not None)
        if table and (folder / str(value).partition("#")[0]).is_file():
            return str(folder.resolve() / str(value))
        return value

    return {name: moved(value, name) for name, value in data.items()}


def leaves(data: object, path: Path_ = ()) -> Iterator[tuple[Path_, object]]:
    """Every value of plain data that is no mapping and no list, with the keys on the way to it;
    empty ones too.
    """
    inside: list[tuple[str | int, object]] = []
    if isinstance(data, Mapping):
        inside = list(data.items())
    elif isinstance(data, list):
        inside = list(enumerate(data))
    if not inside:
        yield path, data
    for key, value in inside:
        yield from leaves(value, (*path, key))


def _plain(value: object, path: tuple[str, ...]) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner, (*path, str(key))) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, (*path, str(i))) for i, inner in enumerate(value)]
    number = isinstance(value, int | float) and value == value and abs(value) != float("inf")
    if value is None or number or isinstance(value, str):
        return value
    found = f"{value!r} is nothing a study can hold"
    raise InputError(InputFault(Place.of(*path), found, "text, a number, a list or a mapping"))
