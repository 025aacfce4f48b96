"""The rows of a sheet while they are written: names, values, formulas, and where each stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from headrace.core.arrays import Floats

TERM_NAMES = (
    *("tax", "inflation", "debt_share", "interest", "dscr", "interest_limit", "loss_use"),
    *("credit_sold_at", "receivable", "payable", "equity_return"),
)
Formula = Callable[[int], str]
"""The formula of a column, by the number of its year from 0."""
FIRST = 2
"""Column of the first year, after the name and the empty column before the first year."""


@dataclass
class SheetRow:
    """One row: its name, the values of the years [USD unless named], and its formula (None: facts
    that are typed in).
    """

    name: str
    values: Floats
    formula: Formula | None = None
    title: bool = False


@dataclass
class RowBook:
    """The rows of a sheet in order, and cells by what a row is about."""

    rows: list[SheetRow] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def title(self, name: str) -> None:
        """A heading."""
        self.rows.append(SheetRow(name, np.zeros(0), title=True))

    def add(self, key: str, name: str, values: Floats, formula: Formula | None = None) -> None:
        """A row that others may refer to as `key`."""
        self.numbers[key] = len(self.rows)
        self.rows.append(SheetRow(name, values, formula))

    def cell(self, key: str, at: int) -> str:
        """The cell of a row in the year number `at`; -1 is the empty cell before the first."""
        return f"{column(at + FIRST)}{self.numbers[key] + 2}"

    def sum(self, keys: Sequence[str], at: int, sign: str = "+") -> str:
        """Cells of several rows added up, "0" where there are none."""
        return sign.join(self.cell(key, at) for key in keys) or "0"


def column(number: int) -> str:
    """Letters of a column counted from 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def term(name: str) -> str:
    """The cell of a term on the sheet of terms."""
    return f"Terms!$B${TERM_NAMES.index(name) + 2}"
