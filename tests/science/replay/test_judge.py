"""Means with their confidence, and what is shown."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.plan.analysis.value_of_information import Interval
from headrace.science.replay.judge import (
    break_counts,
    compared,
    estimate,
    tail_mean,
    wilson,
)
from headrace.science.replay.operate import PathOutcome


def outcomes(values, broken=(), wide=0.0):
    return [
        PathOutcome(Interval(v - wide, v + wide), ("p",) if n in broken else ())
        for n, v in enumerate(values)
    ]


def test_a_mean_has_students_band():
    """Of 1, 2, 3, 4: mean 2.5, standard error 0.6455, t of 3 degrees 3.1824."""
    found = estimate(np.array([1.0, 2.0, 3.0, 4.0]))
    assert found.mean == pytest.approx(2.5)
    assert found.high - found.mean == pytest.approx(3.18245 * 0.645497, rel=1e-5)
    assert estimate(np.array([1.0])).low == -np.inf


def test_bands_cover_as_often_as_they_say():
    generation = np.random.default_rng(1)
    hits = 0
    for _ in range(1000):
        found = estimate(generation.normal(3.0, 2.0, 12))
        hits += found.low <= 3.0 <= found.high
    assert 930 <= hits <= 970


def test_who_is_better_by_more_than_luck_is_better():
    other = np.random.default_rng(2).normal(100.0, 30.0, 200)
    ahead = compared(outcomes(other + 1.0), outcomes(other))
    assert (ahead.standing, ahead.ahead) == ("better", 1.0)
    assert compared(outcomes(other), outcomes(other + 1.0)).standing == "worse"
    noise = np.random.default_rng(3).normal(0.0, 30.0, 200)
    assert compared(outcomes(other + noise), outcomes(other)).standing == "not shown to be better"


def test_what_certificates_leave_open_counts_against_both():
    other = np.linspace(0.0, 100.0, 200)
    sure = compared(outcomes(other + 1.0, wide=0.4), outcomes(other, wide=0.4))
    open_ = compared(outcomes(other + 1.0, wide=0.6), outcomes(other, wide=0.6))
    assert sure.standing == "better"
    assert open_.standing == "not shown to be better"


def test_who_breaks_more_promises_is_not_better_whatever_it_earns():
    other = np.linspace(0.0, 100.0, 50)
    found = compared(outcomes(other + 5.0, broken={1, 2}), outcomes(other, broken={1}))
    assert found.broken == (2, 1)
    assert found.standing == "not shown to be better"


def test_paths_have_to_be_the_same():
    with pytest.raises(ValueError, match="argument 2"):
        compared(outcomes([1.0, 2.0, 3.0]), outcomes([1.0, 2.0]))


def test_the_worst_fifth():
    assert tail_mean(outcomes(range(10))) == pytest.approx(0.5)
    assert tail_mean(outcomes([7.0])) == pytest.approx(7.0)


def test_promises_are_counted_once_a_path():
    found = break_counts([("a", "a", "b"), ("a",), (), ()])
    assert [(one.promise, one.paths) for one in found] == [("a", 2), ("b", 1)]
    assert found[0].low < 0.5 < found[0].high


def test_wilsons_interval():
    """Of 1 in 10 the published ends are 0.0179 and 0.4042."""
    assert wilson(1, 10) == pytest.approx((0.01788, 0.40415), abs=1e-4)
    assert wilson(0, 10)[0] == pytest.approx(0.0, abs=1e-12)
    assert wilson(10, 10)[1] == pytest.approx(1.0)
