"""Plain JSON into frozen dataclasses by their type hints, noting every entry that does not fit."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from headrace.core.errors import InputFault, Place

MOST_ENTRIES = 1_000_000
MOST_PROBLEMS = 50


class Reader:
    """Reads values of one file; `problems` holds what did not fit, at most 50 of them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[InputFault] = []

    def value(self, wanted: Any, raw: object, key: str) -> Any:
        """`raw` as a `wanted` (dataclass, union, tuple[X, ...], Mapping[str, X] or scalar); None or
        empty where it does not fit.
        """
        if is_dataclass(wanted):
            return self._record(wanted, raw, key)
        origin = get_origin(wanted)
        if origin is types.UnionType:
            return self._one_of(get_args(wanted), raw, key)
        if origin is tuple:
            return self._list(get_args(wanted)[0], raw, key)
        if origin is Mapping:
            return self._map(get_args(wanted)[1], raw, key)
        return self._scalar(wanted, raw, key)

    def _complain(self, key: str, found: str, expected: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(InputFault(Place(self.file, key=key), found, expected))

    def _record(self, wanted: Any, raw: object, key: str) -> Any:
        if not isinstance(raw, dict):
            return self._complain(
                key, f"{_short(raw)} is not an object", f"a {wanted.__name__.lower()}"
            )
        filled: dict[str, object] = {}
        for name, hint, needed in _declared(wanted):
            # An optional entry that is null is one that was not given.
            if raw.get(name) is not None or (needed and name in raw):
                filled[name] = self.value(hint, raw[name], f"{key}.{name}".lstrip("."))
            elif needed:
                self._complain(f"{key}.{name}".lstrip("."), "is missing", "a value")
        try:
            return wanted(**filled)
        except TypeError:  # a needed entry is missing; already noted
            return None

    def _one_of(self, choices: tuple[Any, ...], raw: object, key: str) -> Any:
        if raw is None and type(None) in choices:
            return None
        fits = [choice for choice in choices if choice is not type(None) and _fits(choice, raw)]
        return self.value(fits[0] if fits else choices[0], raw, key)

    def _list(self, wanted: Any, raw: object, key: str) -> Any:
        if not isinstance(raw, list) or len(raw) > MOST_ENTRIES:
            self._complain(
                key, f"{_short(raw)} is not a list", f"a list of at most {MOST_ENTRIES:,}"
            )
            return ()
        return tuple(
            self.value(wanted, entry, f"{key}[{place}]") for place, entry in enumerate(raw)
        )

    def _map(self, wanted: Any, raw: object, key: str) -> Any:
        if not isinstance(raw, dict):
            self._complain(key, f"{_short(raw)} is not an object", "names with values")
            return {}
        return {name: self.value(wanted, entry, f"{key}.{name}") for name, entry in raw.items()}

    def _scalar(self, wanted: Any, raw: object, key: str) -> Any:
        if wanted is object:
            return raw
        if not _fits(wanted, raw):
            expected = {float: "a finite number", int: "a whole number", str: "text"}.get(
                wanted, wanted.__name__
            )
            return self._complain(key, _short(raw), expected)
        return wanted(raw)


@cache
def _declared(wanted: type) -> tuple[tuple[str, Any, bool], ...]:
    """Name, type and whether it is needed, for each field of a dataclass."""
    hints = get_type_hints(wanted)
    return tuple(
        (
            entry.name,
            hints[entry.name],
            entry.default is MISSING and entry.default_factory is MISSING,
        )
        for entry in fields(wanted)
    )


def _fits(wanted: Any, raw: object) -> bool:
    if wanted is float:
        return isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) < 1e300
    if wanted is int:
        return isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 2**53
    return isinstance(raw, dict) if get_origin(wanted) is Mapping else isinstance(raw, wanted)


def _short(raw: object) -> str:
    text = json.dumps(raw, default=str) if not isinstance(raw, float) else str(raw)
    return text if len(text) <= 40 else text[:37] + "..."
