"""What a person can see with the eye: mean place of paid and unpaid items of like relevance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.trust.log import AuditLog

BINS = 10


@dataclass(frozen=True)
class LikeWithLike:
    """Items in ten bins of the first relevance column.

    relevance: mean of the column in the bin; paid, unpaid: mean place [1 = top], NaN where a bin
        has none; each shape (bins,)
    """

    column: str
    relevance: Floats
    paid: Floats
    unpaid: Floats


def like_with_like(log: AuditLog) -> LikeWithLike | None:
    """Mean places by relevance; None for a log without a relevance column, and
    where paid is an amount.

    Bins hold about equally many rows.
    """
    if not log.columns.covariates or log.columns.step:
        return None
    values = log.covariates[:, 0]
    step = max(1, log.rows // 200_000)
    edges = np.unique(np.quantile(values[::step], np.linspace(0.0, 1.0, BINS + 1)[1:-1]))
    bins = np.searchsorted(edges, values, side="right")
    count = len(edges) + 1

    def mean(weight: Floats, of: Floats) -> Floats:
        total = np.bincount(bins, weights=weight * of, minlength=count)
        rows = np.bincount(bins, weights=weight, minlength=count)
        means: Floats = np.divide(total, rows, out=np.full(count, np.nan), where=rows > 0)
        return means

    rank = log.rank.astype(np.float64)
    return LikeWithLike(
        log.columns.covariates[0],
        mean(np.ones(log.rows), values),
        mean(log.paid, rank),
        mean(1.0 - log.paid, rank),
    )
