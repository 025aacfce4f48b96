"""`study.vary`: one study in many cases, as a table, and where an outcome occurs, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from headrace.api.table import Cell, ResultTable
from headrace.core.errors import InputError, InputFault, Place

if TYPE_CHECKING:
    from headrace.science.robustness.vary import SolvedCases


@dataclass(frozen=True)
class VariedStudy:
    """Cases of a study. table: a row a case; solved: the same as arrays."""

    table: ResultTable
    solved: SolvedCases

    def where(self, ordered: str, *, density: float = 0.9) -> str:
        """Where something is ordered ("site/name", as the table tells it), as a sentence with
        units. density: share of cases of the box in which it is to be [1].

        Raises InputError where it is ordered in every case or in none.
        """
        interest = np.array([ordered in orders for orders in self.solved.orders], dtype=bool)
        return self.solved.where(interest, f"with {ordered} ordered", density)


def varied(
    text: str, folder: Path, ranges: Mapping[str, tuple[str, str]], cases: int, seed: int
) -> VariedStudy:
    """A study text solved in so many cases. Raises InputError for keys and ranges of no sense."""
    from headrace.science.discovery.box_faults import key_faults
    from headrace.science.discovery.recipe import Varied
    from headrace.science.robustness.vary import solved_cases

    moved, problems = [], []
    for key, (low, high) in ranges.items():
        try:
            moved.append(Varied.read(key, low, high, {key: (low, high)}))
        except ValueError as error:
            problems.append(InputFault(Place(key=key), str(error)))
    problems += key_faults(moved, text, lambda name: Place(key=name))
    if cases < 1 or not ranges:
        problems.append(InputFault(Place(key="cases"), f"{cases} cases of {len(ranges)} ranges"))
    if problems:
        raise InputError(problems)
    found = solved_cases(text, folder, moved, cases, seed)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (*(float(x) for x in point), float(low), float(high), ", ".join(orders))
        for point, low, high, orders in zip(found.points, found.low, found.high, found.orders)
    )
    columns = (*(f"{v.name} [{v.unit}]" for v in moved), "worth [USD]", "at most [USD]", "orders")
    return VariedStudy(ResultTable(columns, rows, title="Cases"), found)
