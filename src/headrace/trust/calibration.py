"""Does a logged randomisation look like one?

Propensities that do not fit the flags identify nothing.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import norm

from headrace.trust.covariance import Moments
from headrace.trust.log import AuditLog

ALARM = 1e-3


def misfit(log: AuditLog, known: Moments) -> str:
    """Why the propensities do not fit, or "" where they do.

    Two checks at level 0.001 in all: as many paid rows as promised, and no covariate that predicts
    paid beyond its propensity. Draws are taken as independent; drawing without replacement only
    makes the checks more lenient.
    """
    if log.propensity is None:
        return ""
    spread = float(np.sum(log.propensity * (1.0 - log.propensity)))
    total = float(np.sum(log.paid - log.propensity)) / math.sqrt(spread)
    where = known.where
    columns = [c for c in range(where.paid) if known.gram[c, c] > 0]
    scores = [
        known.gram[c, where.surprise] / math.sqrt(known.gram[c, c] * spread / log.rows)
        for c in columns
    ]
    limit = float(norm.isf(ALARM / 2.0 / (1 + len(columns))))
    if abs(total) > limit:
        promised, seen = log.propensity.sum(), log.paid.sum()
        return f"the logged propensities promise {promised:,.0f} paid rows, the log has {seen:,.0f}"
    if scores and max(map(abs, scores)) > limit:
        worst = columns[int(np.argmax(np.abs(scores)))] // max(1, where.paid // where.covariates)
        return (
            f"{log.columns.covariates[worst]} predicts paid beyond the logged propensity: "
            "paid was not randomised as logged"
        )
    return ""
