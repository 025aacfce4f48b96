"""The dated record of priors: what was believed of a class of things before a history was read.

The record is three catalogue tables: `classes` (a process with a spread for each parameter),
`targets` (what is forecast, of which class) and `dependence` (which come together). Its hash stands
in every forecast file. A record that is dated after a forecast's cut-off is refused: such a prior
has seen the answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date
from importlib.resources import files
from typing import cast

import numpy as np

from headrace.beliefs.process import Draws, Kind
from headrace.core.arrays import Floats
from headrace.core.catalogue import CatalogueRow, entries, entry
from headrace.core.errors import InputError, InputFault, Place

TABLES = ("classes", "targets", "dependence")
LATE = ("lead_classes", "lead_dependence")
"""Tables beside the record, of what is delivered late: they join its hash where a forecast uses
them, so that forecasts of before keep theirs.
"""
WIDE = "other"
"""Class of a series that has none."""


def classes() -> dict[str, CatalogueRow]:
    """Every class that a series may be of, by name."""
    return {**entries("beliefs", "classes"), **entries("beliefs", LATE[0])}


def record_hash(groups: Collection[str] = ()) -> str:
    """SHA-256 of the record of priors, as hexadecimal text. groups: classes that were used."""
    digest = hashlib.sha256()
    late = LATE if set(groups) & set(entries("beliefs", LATE[0])) else ()
    for table in (*TABLES, *late):
        digest.update((files("headrace.beliefs") / "catalogue" / f"{table}.yaml").read_bytes())
    return digest.hexdigest()


def check_record(cutoff: date) -> None:
    """Raises InputError with every row of the record that is dated after the cut-off."""
    late = [
        InputFault(
            Place(f"beliefs/catalogue/{table}.yaml", key=row.key),
            f"this prior is dated {when}, after the cut-off {cutoff}",
            "a prior from before the cut-off",
        )
        for table in (*TABLES, *LATE)
        for row in entries("beliefs", table).values()
        for when in sorted({figure.date for figure in row.figures.values()})
        if when > cutoff.isoformat()
    ]
    if late:
        raise InputError(late)


def prior_draws(
    name: str,
    number: int,
    rng: np.random.Generator,
    *,
    ceiling: tuple[float, float] | None = None,
    start: float | None = None,
) -> Draws:
    """Draws from the prior of class `name`.

    ceiling: median [unit of the series] and log spread [1] of the largest value; None for none.
    start: growth at the start [1/year] where it is known better than by its class. Raises
    InputError for a class that the record does not have.
    """
    row = classes().get(name) or entry("beliefs", "classes", name)

    def bell(figure: str, unit: str) -> Floats:
        middle, spread = row.value(figure, unit), row.value(f"{figure}_spread", unit)
        return middle + spread * rng.standard_normal(number)

    def positive(figure: str, unit: str) -> Floats:
        spread = row.value(f"{figure}_spread", "1")
        return row.value(figure, unit) * np.exp(spread * rng.standard_normal(number))

    trend = row.kind == "trend"
    unit = "1/year" if trend else "1"
    middle = row.value("start", unit) if start is None else start
    spread = row.value("start_spread", unit)
    median, wide = ceiling or (np.inf, 0.0)
    return Draws(
        kind=cast("Kind", row.kind),
        half_life=np.maximum(positive("half_life", "year"), 0.02),
        level=positive("level", "1"),
        drift=bell("drift", "1/year") if trend else np.zeros(number),
        noise=positive("noise", "1") if trend else np.zeros(number),
        report=positive("report", "1"),
        ceiling=median * np.exp(wide * rng.standard_normal(number)),
        start=np.full(number, middle),
        start_spread=np.full(number, spread),
    )


def correlation(classes: tuple[str, ...]) -> Floats:
    """Correlation matrix of series by their classes [1], as the record has it.

    Two series of one class have 0.7: they share what is common to their class. Raises InputError
    through `copula.check_correlation` later where the parts cannot hold together.
    """
    table = {**entries("beliefs", "dependence"), **entries("beliefs", LATE[1])}
    size = len(classes)
    matrix = np.eye(size)
    for i in range(size):
        for j in range(i):
            pair = (f"{classes[i]}+{classes[j]}", f"{classes[j]}+{classes[i]}")
            row = next((table[key] for key in pair if key in table), None)
            held = 0.7 if classes[i] == classes[j] else row.value("correlation", "1") if row else 0
            matrix[i, j] = matrix[j, i] = held
    return matrix
