"""Rows of `headrace verify` for tests: run one check, or list what a file registers."""

from __future__ import annotations

import csv
from pathlib import Path

from headrace.verification import registry
from headrace.verification.registry import Check, Row


def check_of(id: str) -> Check:
    """The registered check of that very id."""
    (found,) = (check for check in registry.registered(id) if check.id == id)
    return found


def rows_of(id: str) -> dict[str, Row]:
    """The rows of one check by what follows its id ("" for a single row)."""
    return {row.id.removeprefix(id): row for row in registry.run(check_of(id))}


def row_of(id: str) -> Row:
    """The one row of a check that has one."""
    (row,) = rows_of(id).values()
    return row


def ids_of(module: str) -> set[str]:
    """Ids of the checks that a file of `verification/` registers."""
    place = f"headrace.verification.{module}"
    return {check.id for check in registry.registered() if check.run.__module__ == place}


def failed(rows: dict[str, Row]) -> set[str]:
    """Suffixes of the rows that failed."""
    return {suffix for suffix, row in rows.items() if row.status == "fail"}


def write_table(path: Path, *rows: dict[str, object]) -> None:
    """A CSV file with the keys of the first row as header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
