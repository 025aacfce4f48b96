"""Checks of the room of beliefs: they run, and a wrong reduction or copula would be seen."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.verification import beliefs
from headrace.verification.registry import registered, run

QUICK = (
    "beliefs.damped",
    "beliefs.quantised",
    "beliefs.subset",
    "beliefs.copula",
    "beliefs.scores",
)


@pytest.mark.parametrize("only", QUICK)
def test_published_values_are_met(only):
    rows = [row for check in registered(only) for row in run(check)]
    assert rows
    assert {row.status for row in rows} == {"pass"}


@pytest.mark.slow
def test_rolling_origins_keep_their_bars():
    (check,) = registered("beliefs.rolling")
    assert {row.status for row in run(check)} == {"pass"}


def test_a_wrong_subset_is_seen(monkeypatch):
    real = beliefs.optimal_subset
    monkeypatch.setattr(beliefs, "optimal_subset", lambda p, w, k: first_of(real, p, w, k))

    def first_of(real, points, weights, k):
        apart = np.abs(points - points[:k].T).min(axis=1)
        return real(points, weights, k)._replace(distance=float(weights @ apart))

    (check,) = registered("beliefs.subset")
    assert "fail" in {row.status for row in run(check)}
