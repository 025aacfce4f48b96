"""Processes: exact steps, a filter that agrees with plain Gaussian algebra, ceilings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from headrace.beliefs.process import (
    Draws,
    FilterState,
    filtered,
    from_scale,
    moved,
    simulated,
    step,
    to_scale,
)


def draws(number=1, kind="trend", **given_) -> Draws:
    """Draws that are all alike."""
    held = {
        "half_life": 1.3, "level": 0.2, "drift": 0.1, "noise": 0.4, "report": 0.05,
        "ceiling": np.inf, "start": 0.3, "start_spread": 0.5,
    } | given_  # fmt: skip
    return Draws(kind, **{name: np.full(number, value) for name, value in held.items()})


@pytest.mark.parametrize("kind", ["trend", "reverting"])
@given(first=st.floats(0.05, 3), second=st.floats(0.05, 3))
@settings(max_examples=30)
def test_two_steps_are_one_step_of_both_lengths(kind, first, second):
    state = FilterState(*(np.array([v]) for v in (1.0, 0.3, 0.04, 0.01, 0.09)))
    some = draws(kind=kind)
    twice = moved(moved(state, step(some, first)), step(some, second))
    once = moved(state, step(some, first + second))
    assert np.ravel(twice) == pytest.approx(np.ravel(once), rel=1e-9, abs=1e-9)


def test_growth_fades_towards_its_long_run():
    still = draws(level=0.0, noise=0.0, start_spread=0.0)
    state = FilterState(*(np.array([v]) for v in (0.0, 2.1, 0.0, 0.0, 0.0)))
    later = moved(state, step(still, 1.3))
    assert later.second == pytest.approx([0.1 + 2.0 / 2])  # half of the distance in a half-life
    k = np.log(2) / 1.3
    assert later.level == pytest.approx([0.1 * 1.3 + 2.0 * 0.5 / k])


def test_the_likelihood_is_that_of_the_joint_gaussian():
    """Four values at odd dates: the filter's sum against one multivariate normal density."""
    some, years = draws(), np.array([0.0, 0.4, 1.5, 1.7])
    values = np.exp([0.0, 0.2, 0.1, 0.5])
    told = filtered(some, years, values).log_likelihood
    # covariance of the levels by brute force: means and covariances of linear steps
    rng = np.random.default_rng(0)
    number = 400_000
    many = draws(number)
    zero = np.zeros(number)
    start = FilterState(zero, zero + 0.3, zero + 0.05**2, zero, zero + 0.25)
    path = np.log(simulated(many, start, years[1:], rng, reported=True))
    density = stats.multivariate_normal(path.mean(axis=0), np.cov(path.T))
    assert told[0] == pytest.approx(density.logpdf(np.log(values[1:])), abs=0.03)


@given(st.floats(0.01, 0.99), st.floats(0.5, 1e6))
def test_a_ceiling_bends_and_unbends(share, ceiling):
    value = np.array([share * ceiling])
    high = np.array([ceiling])
    assert from_scale(to_scale(value, high), high)[0] == pytest.approx(value, rel=1e-9)


def test_under_a_ceiling_a_trend_is_logistic_and_never_above_it():
    some = draws(
        50, ceiling=1000.0, noise=0.01, level=0.01, start=1.0, start_spread=0.1, half_life=100.0
    )
    state = filtered(some, np.zeros(1), np.array([100.0])).state
    path = simulated(some, state, np.arange(1.0, 30.0), np.random.default_rng(0), reported=False)
    assert (path <= 1000.0 * (1 + 1e-12)).all()
    assert (path[:, -1] > 950.0).all()


def test_a_ceiling_below_what_was_seen_is_impossible():
    some = draws(2)
    bent = Draws(
        "trend",
        **{n: getattr(some, n) for n in some.__dataclass_fields__ if n != "kind"}
        | {"ceiling": np.array([150.0, 900.0])},
    )
    told = filtered(bent, np.array([0.0, 1.0]), np.array([100.0, 200.0])).log_likelihood
    assert told[0] == -np.inf
    assert np.isfinite(told[1])


def test_the_stretch_of_a_ceiling_is_the_density_of_the_logarithm():
    """Densities over the next value integrate to one with a ceiling and without."""
    for ceiling in (np.inf, 300.0):
        values = np.exp(np.linspace(np.log(1.0), np.log(min(ceiling, 1e5) - 1e-6), 4001))
        some = draws(ceiling=ceiling, start_spread=0.2)
        told = [
            filtered(some, np.array([0.0, 0.5]), np.array([100.0, value])).log_likelihood[0]
            for value in values
        ]
        area = np.trapezoid(np.exp(np.nan_to_num(told, neginf=-np.inf)), np.log(values))
        assert area == pytest.approx(1.0, abs=2e-3)


def test_what_reverts_comes_back_to_its_mean():
    some = draws(4000, kind="reverting", level=0.1, start_spread=0.0, report=0.001)
    zero = np.zeros(4000)
    state = FilterState(zero + 3.0, zero + 1.0, zero, zero, zero)
    path = np.log(
        simulated(some, state, np.array([1.3, 40.0]), np.random.default_rng(1), reported=False)
    )
    assert path[:, 0].mean() == pytest.approx(2.0, abs=0.02)
    assert path[:, 1].mean() == pytest.approx(1.0, abs=0.02)
    assert path[:, 1].std() == pytest.approx(0.1 / np.sqrt(2 * np.log(2) / 1.3), rel=0.05)
