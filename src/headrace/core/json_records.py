"""Frozen dataclasses and plain JSON: written, read back with every fault at once, and described.

The dataclass is the only declaration of a record: `encode` writes it, `Reader` reads it, and
`schema` derives its JSON Schema. A field is a bool, int, float, str, Literal, another record,
`X | None`, `tuple[X, ...]` or `Mapping[str, X]`; one without a default must be given.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from headrace.core.errors import InputFault, Place

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_UNIONS = (types.UnionType, Union)  # `X | None` of a Literal is the latter
MOST_ENTRIES = 1_000_000
MOST_PROBLEMS = 50
_BRIEF = "in brief"
FILE_ONLY: Mapping[str, str] = {_BRIEF: "never"}
"""Metadata of a field that the brief form of its record leaves out."""
WHERE_KNOWN: Mapping[str, str] = {_BRIEF: "where known"}
"""Metadata of a field that the brief form of its record leaves out while it is None."""


def encode(record: DataclassInstance, *, brief: bool = False) -> dict[str, object]:
    """The record as plain JSON: every field, or those that its brief form keeps."""
    return {
        entry.name: _plain(getattr(record, entry.name), brief)
        for entry in _declared(type(record))
        if not brief or entry.in_brief(getattr(record, entry.name))
    }


def _plain(value: Any, brief: bool) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return encode(value, brief=brief)
    if isinstance(value, tuple):
        return [_plain(entry, brief) for entry in value]
    if isinstance(value, Mapping):
        return {name: _plain(entry, brief) for name, entry in value.items()}
    return value


class Reader:
    """Reads values of one file; `problems` holds what did not fit, at most 50 of them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[InputFault] = []

    def value(self, wanted: Any, raw: object, key: str) -> Any:
        """`raw` as a `wanted` (any type that a field may have); None or empty where it does not
        fit.
        """
        origin = get_origin(wanted)
        if is_dataclass(wanted):
            return self._record(wanted, raw, key)
        if origin in _UNIONS:
            choices = [choice for choice in get_args(wanted) if choice is not types.NoneType]
            if raw is None and len(choices) < len(get_args(wanted)):
                return None
            fits = [choice for choice in choices if _fits(choice, raw)]
            return self.value((fits or choices)[0], raw, key)
        if origin is tuple:
            return self._list(get_args(wanted)[0], raw, key)
        if origin is Mapping:
            if not isinstance(raw, dict):
                self._complain(key, f"{_short(raw)} is not an object", "names with values")
                return {}
            kind = get_args(wanted)[1]
            return {name: self.value(kind, entry, f"{key}.{name}") for name, entry in raw.items()}
        if not _fits(wanted, raw):
            expected = _WORDS.get(wanted) or f"one of {', '.join(get_args(wanted))}"
            return self._complain(key, _short(raw), expected)
        return raw if origin is Literal else wanted(raw)

    def _complain(self, key: str, found: str, expected: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(InputFault(Place(self.file, key=key), found, expected))

    def _record(self, wanted: Any, raw: object, key: str) -> Any:
        if not isinstance(raw, dict):
            return self._complain(
                key, f"{_short(raw)} is not an object", f"a {wanted.__name__.lower()}"
            )
        filled: dict[str, object] = {}
        for entry in _declared(wanted):
            name, inside = entry.name, f"{key}.{entry.name}".lstrip(".")
            # An optional entry that is null is one that was not given.
            if raw.get(name) is not None or (entry.needed and name in raw):
                filled[name] = self.value(entry.kind, raw[name], inside)
            elif entry.needed:
                self._complain(inside, "is missing", "a value")
        try:
            return wanted(**filled)
        except TypeError:  # a needed entry is missing; already noted
            return None

    def _list(self, wanted: Any, raw: object, key: str) -> Any:
        if not isinstance(raw, list) or len(raw) > MOST_ENTRIES:
            self._complain(
                key, f"{_short(raw)} is not a list", f"a list of at most {MOST_ENTRIES:,}"
            )
            return ()
        return tuple(
            self.value(wanted, entry, f"{key}[{place}]") for place, entry in enumerate(raw)
        )


def schema(record: type[DataclassInstance], title: str) -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of what `encode` writes of a record."""
    records: dict[str, dict[str, object]] = {}
    root = _schema_of(record, records)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **root,
        "$defs": dict(sorted(records.items())),
    }


def _schema_of(wanted: Any, records: dict[str, dict[str, object]]) -> dict[str, object]:
    """The schema of one type; records it is made of are put into `records`."""
    origin, parts = get_origin(wanted), get_args(wanted)
    if is_dataclass(wanted) and isinstance(wanted, type):
        name = wanted.__name__
        if name not in records:
            records[name] = {}  # stands while its fields are described: a record may hold itself
            declared = _declared(wanted)
            records[name] = {
                "type": "object",
                "description": cleandoc(wanted.__doc__ or ""),
                "properties": {entry.name: _schema_of(entry.kind, records) for entry in declared},
                "required": [entry.name for entry in declared if entry.needed],
            }
        return {"$ref": f"#/$defs/{name}"}
    if origin in _UNIONS:
        return {"anyOf": [_schema_of(part, records) for part in parts]}
    if origin is Literal:
        return {"enum": list(parts)}
    if origin is tuple:
        return {"type": "array", "items": _schema_of(parts[0], records)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema_of(parts[1], records)}
    return {"type": _JSON_NAMES[wanted]}


_WORDS: Mapping[Any, str] = {
    float: "a finite number",
    int: "a whole number",
    str: "text of whole characters",
    bool: "true or false",
}
_JSON_NAMES: Mapping[Any, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    types.NoneType: "null",
}


@dataclass(frozen=True)
class _Declared:
    """One field of a record: its name, its type, and whether it must be given."""

    name: str
    kind: Any
    needed: bool
    brief: str

    def in_brief(self, value: object) -> bool:
        """Whether the brief form of the record keeps a field of this value."""
        return self.brief == "always" or (self.brief == "where known" and value is not None)


@cache
def _declared(record: type[DataclassInstance]) -> tuple[_Declared, ...]:
    hints = get_type_hints(record)
    return tuple(
        _Declared(
            entry.name,
            hints[entry.name],
            entry.default is MISSING and entry.default_factory is MISSING,
            entry.metadata.get(_BRIEF, "always"),
        )
        for entry in fields(record)
    )


def _fits(wanted: Any, raw: object) -> bool:
    """Whether a plain value is of this kind; of a record, a list or a mapping only its outside."""
    origin = get_origin(wanted)
    if wanted is float:
        return isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) < 1e300
    if wanted is int:
        return isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 2**53
    if origin is Literal:
        return isinstance(raw, str) and raw in get_args(wanted)
    if origin is tuple:
        return isinstance(raw, list)
    if wanted is str:
        # JSON may hold half of a character (a lone surrogate), which cannot be written.
        return isinstance(raw, str) and raw.encode("utf-8", "ignore").decode() == raw
    return isinstance(raw, dict if origin is Mapping or is_dataclass(wanted) else wanted)


def _short(raw: object) -> str:
    text = json.dumps(raw, default=str) if not isinstance(raw, float) else str(raw)
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= 40 else text[:37] + "..."
