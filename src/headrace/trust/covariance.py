"""The generalised covariance measure, clustered by query.

For each query q:  S_q = sum over its items of  residual(paid) * residual(-rank)
Both residuals are what relevance leaves unexplained. If money does not move the ranking given
relevance, S_q has mean zero; T = sum S_q / sqrt(sum (S_q - mean)^2) is then standard normal (Shah &
Peters, Annals of Statistics 2020). The items of one answer compete for places, so a query, not a
row, is one observation.

effect = sum S_q / sum V_q,  V_q = sum residual(paid) * paid:   places gained by being paid for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from headrace.core.arrays import Floats
from headrace.trust.features import Frame, Outcome, chunks, frame
from headrace.trust.log import AuditLog

Form = Literal["none", "linear", "spline"]


@dataclass(frozen=True)
class Specification:
    """One defensible way to run the regression: which relevance columns, in which form, against
    which reading of rank.
    """

    name: str
    outcome: Outcome
    form: Form
    covariates: tuple[int, ...]


@dataclass(frozen=True)
class Moments:
    """First pass over the log: cross products of the centred columns, shape (columns, columns)."""

    where: Frame
    gram: Floats
    queries: int
    rows: int
    lists: int

    @property
    def freedom(self) -> int:
        """Degrees of freedom within lists."""
        return max(1, self.rows - self.lists - self.where.paid - 1)

    def fit(self, target: int, features: tuple[int, ...]) -> Floats:
        """Least-squares coefficients of one column on others [target per feature]; a column that is
        a copy of others gets none of the load.
        """
        if not features:
            return np.zeros(0)
        columns = list(features)
        inner, outer = self.gram[np.ix_(columns, columns)], self.gram[columns, target]
        scale = np.sqrt(np.maximum(np.diag(inner), 1e-300))
        solution: Floats = np.linalg.lstsq(
            inner / np.outer(scale, scale), outer / scale, rcond=1e-10
        )[0]
        return solution / scale

    def left_over(self, target: int, features: tuple[int, ...]) -> float:
        """Residual sum of squares of one column on others [unit of target, squared]."""
        explained = (
            self.gram[list(features), target] @ self.fit(target, features) if features else 0.0
        )
        return max(0.0, float(self.gram[target, target] - explained))

    def slope(self, outcome: Outcome) -> float:
        """Gain of one unit of the first covariate [unit of outcome per unit of covariate], all
        covariates linear beside it; 0 without covariates.
        """
        where = self.where
        if not where.covariates:
            return 0.0
        lines = tuple(where.block(j, linear=True)[0] for j in range(where.covariates))
        coefficients = self.fit(where.outcome(outcome), (*lines, where.paid))
        return float(coefficients[0] / where.scale[0])


@dataclass(frozen=True)
class Estimate:
    """Result of one specification.

    effect, error: gain of a paid item and its standard error [places, normal scores, or share in
        the top third]
    slope: what one unit of the first covariate gains in the same unit; 0 without covariates
    statistic: the generalised covariance measure; standard normal if money moves nothing
    weight: sum of V_q, the effective number of rows in which paid varies freely
    """

    specification: Specification
    effect: float
    error: float
    slope: float
    statistic: float
    weight: float


def moments(log: AuditLog) -> Moments:
    """Read the log once and keep the cross products."""
    where = frame(log)
    gram = np.zeros((where.columns, where.columns))
    for chunk in chunks(log, where):
        gram += chunk.values.T @ chunk.values
    return Moments(where, gram, log.queries, log.rows, log.lists)


def estimate(
    log: AuditLog, known: Moments, specifications: tuple[Specification, ...]
) -> tuple[Estimate, ...]:
    """Read the log a second time and form the clustered statistic of every specification."""
    where = known.where
    # weights on the columns that give the two residuals; a logged propensity needs no model of paid
    paid_load, rank_load = np.zeros((2, where.columns, len(specifications)))
    for s, one in enumerate(specifications):
        features, outcome = features_of(where, one), where.outcome(one.outcome)
        paid_load[where.surprise, s] = rank_load[outcome, s] = 1.0
        if not where.randomised:
            paid_load[list(features), s] -= known.fit(where.paid, features)
        rank_load[list(features), s] -= known.fit(outcome, features)
    total, squares, weight = np.zeros((3, len(specifications)))
    for chunk in chunks(log, where):
        paid_left, rank_left = chunk.values @ paid_load, chunk.values @ rank_load
        sums = chunk.sums(paid_left * rank_left)
        total += sums.sum(axis=0)
        squares += (sums**2).sum(axis=0)
        weight += chunk.values[:, where.paid] @ paid_left
    spread = np.sqrt(
        np.maximum(squares - total**2 / known.queries, 0.0) * known.queries / (known.queries - 1)
    )
    return tuple(
        Estimate(
            one,
            effect=float(total[s] / weight[s]),
            error=float(spread[s] / weight[s]),
            slope=known.slope(one.outcome),
            statistic=float(total[s] / spread[s]) if spread[s] > 0 else 0.0,
            weight=float(weight[s]),
        )
        for s, one in enumerate(specifications)
    )


def features_of(where: Frame, one: Specification) -> tuple[int, ...]:
    """Columns a specification holds equal."""
    if one.form == "none":
        return ()
    return tuple(c for j in one.covariates for c in where.block(j, linear=one.form == "linear"))
