"""Licences as a table, CSV or Parquet: for registers of a million works.

The columns are the keys of licences.yaml, written the same way; lists are separated by `;`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.register import Register, register
from headrace.rights.terms import Licence
from headrace.rights.terms_yaml import READERS
from headrace.rights.usage.rows import load, opened

_LISTS = ("characters", "allow", "forbid", "media", "territory")
_FLAGS = ("approval", "training", "likeness", "voice", "exclusive")


def read_licence_table(path: Path) -> Register:
    """The register in a table. Raises InputError with every bad row."""
    columns = tuple(READERS)
    with opened(path) as (connection, copy):
        load(connection, path, columns, copy)
        listed = ", ".join(f'"{c}"' for c in columns)
        cursor = connection.execute(f"SELECT row, fault, {listed} FROM raw ORDER BY row")
        problems: list[InputFault] = []
        found: list[Licence] = []
        while rows := cursor.fetchmany(50_000):
            for row, fault, *cells in rows:
                try:
                    found.append(_licence(fault, dict(zip(columns, cells))))
                except (ValueError, TypeError) as error:
                    problems.append(InputFault(Place(path.name, row), str(error)))
    if problems:
        raise InputError(problems)
    return register(found, path.name)


def _licence(fault: str | None, cells: dict[str, str | None]) -> Licence:
    if fault:
        raise ValueError(fault)
    missing = [c for c in ("id", "work", "holder", "term") if cells[c] is None]
    if missing:
        raise ValueError(f"the row has no {', '.join(missing)}")
    values: dict[str, object] = {}
    for key, text in cells.items():
        if text is not None:
            values |= _value(key, text)
    return Licence(**values)  # type: ignore[arg-type]


@cache
def _value(key: str, text: str) -> dict[str, object]:
    """What a cell means; the same text is understood once."""
    if key in _LISTS:
        return READERS[key](key, [part.strip() for part in text.split(";")])
    if key in _FLAGS:
        if text.lower() not in ("true", "false"):
            raise ValueError(f"{key} is `{text}`, neither true nor false")
        return {key: text.lower() == "true"}
    return READERS[key](key, text)
