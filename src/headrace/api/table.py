"""A table as the library gives it: named columns with units, rows, and a note on what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from headrace.core.errors import HeadraceError, InputError, nearest_fault

if TYPE_CHECKING:
    import pandas

Cell = str | float | int | None
MOST_SHOWN = 60
"""Rows that are shown; `rows`, `df` and `csv` hold them all."""
WIDEST = 48
"""Letters of a cell that are printed; the page of a notebook shows it whole."""


@dataclass(frozen=True)
class ResultTable:
    """Rows of plain values under named columns. `units`: of each column, "" for none. `note`: what
    has to be known before the table is believed.

    A column is `table["quantity"]`; a row, as a dict, comes of iterating.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    units: tuple[str, ...] = ()
    title: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        wide = len(self.columns)
        if self.units == ():
            object.__setattr__(self, "units", ("",) * wide)
        if len(self.units) != wide or any(len(row) != wide for row in self.rows):
            raise ValueError(f"{wide} columns, and units or a row of another length")

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        return (dict(zip(self.columns, row)) for row in self.rows)

    def __getitem__(self, column: str) -> tuple[Cell, ...]:
        if column not in self.columns:
            raise InputError(nearest_fault(column, self.columns, "a column"))
        place = self.columns.index(column)
        return tuple(row[place] for row in self.rows)

    @property
    def headings(self) -> tuple[str, ...]:
        """The columns with their units: "quantity [MW]"."""
        return tuple(f"{c} [{u}]" if u else c for c, u in zip(self.columns, self.units))

    def csv(self, path: str | Path | None = None) -> str:
        """The table as CSV, its units in the header line; also written to `path` where one is
        given. A text that a spreadsheet would run as a formula stays text.

        Raises InputError where the file cannot be written, DiskFull.
        """
        from headrace.core.atomic_write import write_text
        from headrace.show.format.chart import table

        text = table(self.headings, self.rows).as_csv()
        if path is not None:
            write_text(Path(path), text)
        return text

    def df(self) -> pandas.DataFrame:
        """The table as a pandas DataFrame; `df.attrs` holds the units and the note.

        Raises HeadraceError where pandas is not installed.
        """
        if find_spec("pandas") is None:
            raise HeadraceError("`df` needs pandas, which is not installed: pip install pandas")
        import pandas

        data = {name: list(self[name]) for name in self.columns}
        frame = pandas.DataFrame(data, columns=list(self.columns))
        frame.attrs |= {"units": dict(zip(self.columns, self.units)), "note": self.note}
        return frame

    def __repr__(self) -> str:
        cells = [list(self.headings), *([_shown(c) for c in row] for row in self.rows[:MOST_SHOWN])]
        cells = [[c if len(c) <= WIDEST else f"{c[: WIDEST - 3]}..." for c in row] for row in cells]
        widths = [max(map(len, column)) for column in zip(*cells)]
        right = self._numeric()
        lines = (
            "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right))
            for row in cells
        )
        told = (self.title, self.note, *(line.rstrip() for line in lines), self._rest())
        return "\n".join(line for line in told if line)

    def _repr_html_(self) -> str:
        """For notebooks: everything escaped, nothing loaded."""
        sides = ["right" if number else "left" for number in self._numeric()]

        def line(tag: str, cells: Sequence[str]) -> str:
            told = (
                f'<{tag} style="text-align:{side}">{escape(cell)}</{tag}>'
                for cell, side in zip(cells, sides)
            )
            return f"<tr>{''.join(told)}</tr>"

        body = "".join(line("td", [_shown(c) for c in row]) for row in self.rows[:MOST_SHOWN])
        words = (f"<p>{escape(text)}</p>" for text in (self.note, self._rest()) if text)
        caption = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        head = f"<thead>{line('th', self.headings)}</thead>"
        return f"<table>{caption}{head}<tbody>{body}</tbody></table>{''.join(words)}"

    def _rest(self) -> str:
        more = len(self) - MOST_SHOWN
        return f"... and {more:,} more rows" if more > 0 else ""

    def _numeric(self) -> list[bool]:
        return [any(isinstance(c, int | float) for c in self[name]) for name in self.columns]


def _shown(cell: Cell) -> str:
    """A cell for people: six figures, a dash for none."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        from headrace.show.format import text

        return text.number(cell, 6)
    return "-" if cell is None else " ".join(cell.split())
