"""Which futures come together: ranks by a Gaussian, Student or Clayton copula (statsmodels).

Marginal draws are made first, each by its own process; a copula then decides which draw of one
goes with which draw of another, by the rank of a summary of each path (its last value). So the
marginals are exactly those that were scored, whatever the copula. Source: Iman & Conover,
Communications in Statistics B11 (1982); Clark et al., J. Hydrometeorology 5 (2004).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import stats

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place

Family = Literal["gaussian", "student", "clayton"]
STUDENT_FREEDOM = 4


def ranks(family: Family, dependence: Floats, number: int, rng: np.random.Generator) -> np.ndarray:
    """Joint ranks, 0 the lowest, shape (number, series).

    dependence: correlation matrix [1] of the Gaussian or Student copula; for Clayton one number
    theta [1] > 0 for all. Raises InputError for a matrix that is none.
    """
    if family == "clayton":
        theta = float(np.max(dependence - np.diag(np.diag(dependence))))
        if not theta > 0:
            raise InputError(InputFault(Place(key="copula"), f"Clayton theta {theta:g}", "above 0"))
        shared = rng.gamma(1 / theta, size=(number, 1))
        uniform = (1 + rng.exponential(size=(number, len(dependence))) / shared) ** (-1 / theta)
        return np.argsort(np.argsort(uniform, axis=0), axis=0)
    check_correlation(dependence)
    values, vectors = np.linalg.eigh(dependence)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    normal = rng.standard_normal((number, len(dependence))) @ root.T
    if family == "student":
        normal /= np.sqrt(rng.chisquare(STUDENT_FREEDOM, (number, 1)) / STUDENT_FREEDOM)
    return np.argsort(np.argsort(normal, axis=0), axis=0)


def check_correlation(matrix: Floats) -> None:
    """Raises InputError where a matrix [1] is no correlation matrix."""
    found = ""
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        found = f"a table of shape {matrix.shape}"
    elif not np.allclose(matrix, matrix.T, atol=1e-9):
        found = "what one has with another is not what the other has with it"
    elif not np.allclose(np.diag(matrix), 1.0):
        found = "something has another correlation than 1 with itself"
    elif np.linalg.eigvalsh(matrix).min() < -1e-9:
        found = "these correlations cannot hold together (a negative eigenvalue)"
    if found:
        raise InputError(InputFault(Place(key="correlation"), found, "a correlation matrix"))


def concordance(family: Family, dependence: float) -> tuple[float, float, float]:
    """Kendall's tau, Spearman's rho, and the chance that both lie below their medians [1].

    dependence: correlation, or theta of Clayton [1]. Closed forms; Spearman's of Clayton by
    integration.
    """
    if family == "clayton":
        both = float((2 * 0.5**-dependence - 1) ** (-1 / dependence))
        from scipy.integrate import dblquad

        inner = dblquad(
            lambda u, v: max(u**-dependence + v**-dependence - 1, 0.0) ** (-1 / dependence),
            1e-9, 1, 1e-9, 1,
        )[0]  # fmt: skip
        return dependence / (dependence + 2), 12 * inner - 3, both
    tau = 2 / np.pi * np.arcsin(dependence)
    spearman = 6 / np.pi * np.arcsin(dependence / 2)
    if family == "student":
        draws = stats.multivariate_t(shape=[[1, dependence], [dependence, 1]], df=STUDENT_FREEDOM)
        table = draws.rvs(200_000, random_state=1)
        spearman = float(stats.spearmanr(table).statistic)
    return float(tau), float(spearman), float(0.25 + np.arcsin(dependence) / (2 * np.pi))


def lower_tail(theta: float) -> float:
    """Chance that one is extremely low given that the other is [1], by Clayton's theta [1]."""
    return float(2 ** (-1 / theta))
