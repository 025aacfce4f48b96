"""Audit of a log without lists: one row per shown item, drawn from a known set of candidates
(bandit logs).

Three questions, each with its own test; p-values of several positions are corrected by Holm's rule:
  uniform     does every candidate appear equally often in a position?  chi-square, candidates - 1
              degrees of freedom
  paid        do paid items appear more often than their share of the candidates?  one-sided z
  explained   do they still, once each row is weighted by 1 / (candidates * propensity)?  one-sided
              z, mean zero if the
              logged propensities tell the whole truth: they are then the platform's own account of
              why an item was shown
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, norm

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import database


@dataclass(frozen=True)
class ExposureLog:
    """item: 0..candidates-1, position: place of the row, propensity: chance of this item in this
    row; each of shape (rows,).
    """

    item: Ints
    position: Ints
    propensity: Floats
    candidates: int


@dataclass(frozen=True)
class Test:
    """One test: statistic, p-value, and the p-value after Holm's correction over the positions."""

    name: str
    statistic: float
    p_value: float
    adjusted: float

    __test__ = False  # not a test case for pytest


@dataclass(frozen=True)
class Exposure:
    """Tests of one kind over all positions; `dependent` says whether any survives at the level."""

    kind: str
    tests: tuple[Test, ...]

    def dependent(self, level: float = 0.05) -> bool:
        """Whether exposure depends on the item (or on money) at this level [1], all positions taken
        together.
        """
        return any(one.adjusted <= level for one in self.tests)


def read_exposure(
    path: Path,
    item: str = "item_id",
    position: str = "position",
    propensity: str = "propensity_score",
) -> ExposureLog:
    """Read a bandit log from CSV.

    Raises InputError for a file without these columns or with values that make no sense.
    """
    database.readable(path, 3, "a bandit log as CSV")
    names = ", ".join('"' + one.replace('"', '""') + '"' for one in (item, position, propensity))
    try:
        with database.connect(path) as base:
            found = base.execute(
                f"SELECT {names} FROM read_csv({database.literal(path)}, header=true,"
                " hive_partitioning=false)"
            ).fetchnumpy()
    except duckdb.Error as error:
        raise InputError(InputFault(Place(str(path)), database.unread(error))) from None
    columns = list(found.values())
    if not all(
        np.issubdtype(one.dtype, np.number) and not np.ma.is_masked(one) and len(one)
        for one in columns
    ):
        raise InputError(
            InputFault(Place(str(path)), "empty cells or text", "numbers in every row")
        )
    items, places, chances = (np.asarray(one) for one in columns)
    log = ExposureLog(
        items.astype(np.int64),
        places.astype(np.int64),
        chances.astype(np.float64),
        int(items.max()) + 1,
    )
    if log.item.min() < 0 or not np.all((log.propensity > 0) & (log.propensity <= 1)):
        raise InputError(
            InputFault(
                Place(str(path)),
                "items below 0 or propensities outside 0..1",
                "items 0, 1, ... and 0 < propensity <= 1",
            )
        )
    return log


def uniformity(log: ExposureLog) -> Exposure:
    """Whether every candidate appears equally often, position by position."""

    def one(rows: Ints) -> tuple[float, float]:
        counts = np.bincount(log.item[rows], minlength=log.candidates)
        expected = len(rows) / log.candidates
        statistic = float(np.sum((counts - expected) ** 2) / expected)
        return statistic, float(chi2.sf(statistic, log.candidates - 1))

    return Exposure("uniform", tuple(_per_position(log, one)))


def paid_exposure(log: ExposureLog, paid: NDArray[np.bool_], explained: bool) -> Exposure:
    """Whether paid items are shown more than their share; explained: after weighting by the logged
    propensities.

    paid: flag per candidate, shape (candidates,).
    """
    share = float(paid.mean())
    if not 0.0 < share < 1.0 or len(paid) != log.candidates:
        raise InputError("paid must have one flag per candidate, some true and some false")

    def one(rows: Ints) -> tuple[float, float]:
        weight = 1.0 / (log.candidates * log.propensity[rows]) if explained else 1.0
        values = weight * (paid[log.item[rows]] - share)
        statistic = float(values.sum() / math.sqrt(float(np.sum(values**2))))
        return statistic, float(norm.sf(statistic))

    return Exposure("explained" if explained else "paid", tuple(_per_position(log, one)))


def _per_position(log: ExposureLog, one: Callable[[Ints], tuple[float, float]]) -> Iterator[Test]:
    found = []
    for position in np.unique(log.position):
        statistic, p_value = one(np.flatnonzero(log.position == position))
        found.append((f"position {position}", statistic, p_value))
    adjusted = holm([p for _, _, p in found])
    for (name, statistic, p_value), corrected in zip(found, adjusted, strict=True):
        yield Test(name, statistic, p_value, corrected)


def holm(p_values: list[float]) -> list[float]:
    """Holm's correction of p-values [1]: smallest times n, next times n - 1, ..., never falling, at
    most 1.
    """
    order = np.argsort(p_values, kind="stable")
    out, running = [0.0] * len(p_values), 0.0
    for step, k in enumerate(order):
        running = max(running, min(1.0, p_values[k] * (len(p_values) - step)))
        out[k] = running
    return out
