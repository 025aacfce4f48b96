"""Prices by deadline: users who answer, the joint optimum, and what must not move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.market import off_peak
from headrace.market.off_peak import WorkDay, answered, flat_price, joint_optimum, worse_off

HOURS = np.arange(24)
EVENING = 100 * (1 + 0.6 * np.cos(2 * np.pi * (HOURS - 18) / 24))
SUN = 0.3 - 0.2 * np.maximum(0, np.cos(2 * np.pi * (HOURS - 12) / 24))


def day(elasticity=1.0, **more) -> WorkDay:
    held = {
        "wanted": EVENING, "window": 8, "base": SUN, "slope": 0.004, "price": 1.0, "most": 0.6,
    } | more  # fmt: skip
    return WorkDay(elasticity=elasticity, **held)


@given(st.floats(0.1, 4), st.integers(2, 20), st.integers(0, 100))
@settings(max_examples=15, deadline=None)
def test_posted_prices_reach_the_joint_optimum_within_its_gap(elasticity, window, seed):
    rng = np.random.default_rng(seed)
    some = day(elasticity, window=window, wanted=EVENING * rng.uniform(0.5, 1.5, 24))
    settled, (joint, gap) = answered(some), joint_optimum(some)
    if not settled.settled:  # prices that still move are told as that, and promise nothing
        assert settled.days == 400
        assert settled.residual > 0
        return
    assert joint <= settled.cost + 1e-6 * settled.cost
    assert settled.cost - joint <= gap + 1e-4 * settled.cost
    assert settled.load.sum() == pytest.approx(some.wanted.sum())  # no work is lost
    assert (settled.waits <= some.most + 1e-12).all()


def test_at_zero_elasticity_nothing_moves_whatever_is_posted():
    settled = answered(day(0.0))
    assert (settled.waits == 0).all()
    assert (settled.load == EVENING).all()
    assert settled.peak == EVENING.max()


def test_where_costs_are_flat_the_peak_falls_and_more_with_more_elasticity():
    peaks = [answered(day(e, base=np.full(24, 0.3))).peak for e in (0.0, 0.5, 2.0)]
    assert peaks == sorted(peaks, reverse=True)
    assert peaks[-1] < peaks[0]


def test_users_answer_as_they_said():
    some = day(0.7)
    settled = answered(some)
    told = np.minimum(some.most, 0.7 * settled.discounts / some.price)
    assert settled.waits == pytest.approx(told)


def test_without_time_to_settle_it_says_not_converged(monkeypatch):
    monkeypatch.setattr(off_peak, "MOST_DAYS", 2)
    settled = answered(day(2.0))
    assert not settled.settled
    assert settled.residual > 0


def test_who_does_not_wait_is_counted():
    some = day(1.0)
    settled = answered(some)
    flat = flat_price(some, settled)
    assert flat < some.price
    assert worse_off(some, settled, flat) == pytest.approx(
        float((EVENING * (1 - settled.waits)).sum() / EVENING.sum())
    )
    none = answered(day(0.0))
    assert worse_off(day(0.0), none, flat_price(day(0.0), none)) == 0.0


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"window": 0}, "window"),
        ({"window": 24}, "window"),
        ({"slope": 0.0}, "slope"),
        ({"price": 0.0}, "price"),
        ({"elasticity": -1.0}, "elasticity"),
        ({"most": 1.5}, "most"),
        ({"base": np.ones(3)}, "3 hours"),
        ({"wanted": -EVENING}, "negative work"),
    ],
)
def test_a_day_that_cannot_be_is_refused(more, told):
    elasticity = more.pop("elasticity", 1.0)
    with pytest.raises(InputError, match=told):
        day(elasticity, **more)
