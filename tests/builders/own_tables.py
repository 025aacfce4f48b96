"""Tables beside a study, as planners and their spreadsheets write them; for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

HOURS = 8760


def hourly(
    path: Path,
    column: str = "price [USD/MWh]",
    value: Callable[[int], object] = lambda hour: hour,
    *,
    begin: str = "2027-01-01 00:00",
    rows: int = HOURS,
    minutes: int = 60,
    title: str = "time [UTC-5]",
) -> Path:
    """A table of stamped rows; `value` of each by its number."""
    first = datetime.fromisoformat(begin)
    stamps = (first + timedelta(minutes=minutes * row) for row in range(rows))
    return table(
        path,
        f"{title}, {column}",
        (f"{at:%Y-%m-%d %H:%M}, {value(row)}" for row, at in enumerate(stamps)),
    )


def table(path: Path, titles: str, rows: Iterable[str]) -> Path:
    """A table of these lines."""
    path.write_text("\n".join([titles, *rows]) + "\n", encoding="utf-8")
    return path
