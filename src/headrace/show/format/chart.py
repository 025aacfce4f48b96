"""What a picture has besides its drawing: a table of the same numbers, and that table as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from headrace.core.csv_cells import harmless

Cell = str | float | int | None


@dataclass(frozen=True)
class Table:
    """Named columns (with the unit in brackets where there is one) and rows of plain values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def as_csv(self) -> str:
        """The table as CSV with a header line.

        A text that a spreadsheet would run as a formula is kept as text.
        """
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(self.columns)
        for row in self.rows:
            writer.writerow(harmless(cell) if isinstance(cell, str) else cell for cell in row)
        return stream.getvalue()

    def as_json(self) -> dict[str, object]:
        """The table for the page's own scripts."""
        return {"columns": list(self.columns), "rows": [list(row) for row in self.rows]}


@dataclass(frozen=True)
class Chart:
    """A picture described as plain values ({data, layout}, drawn by show/draw) with its words and
    its table.
    """

    key: str
    title: str
    table: Table
    figure: Mapping[str, object] = field(default_factory=dict)
    about: str = ""

    def as_json(self) -> dict[str, object]:
        """What the page's own scripts need of it: its words and its table; the picture is drawn
        in the page already.
        """
        return {
            "key": self.key,
            "title": self.title,
            "about": self.about,
            "table": self.table.as_json(),
        }


def table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Table:
    """A table from any sequences."""
    return Table(tuple(columns), tuple(tuple(row) for row in rows))
