"""Options against closed forms and laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.finance.choices.real_options import (
    RandomValue,
    american,
    exchange_option,
    investment_rule,
)


def test_the_books_threshold() -> None:
    rule = investment_rule(RandomValue(0.04, 0.04, 0.2))
    assert (rule.beta, rule.threshold, rule.worth) == pytest.approx((2.0, 2.0, 0.25))


@given(st.floats(0.01, 0.1), st.floats(0.01, 0.1), st.floats(0.1, 0.6), st.floats(1.05, 1.5))
def test_more_risk_waits_longer_and_a_right_is_never_worth_less_than_0(r, d, sigma, more) -> None:
    calm = investment_rule(RandomValue(r, d, sigma))
    wild = investment_rule(RandomValue(r, d, sigma * more))
    assert 1 < calm.threshold < wild.threshold
    assert 0 < calm.worth < wild.worth


@given(st.floats(0.5, 2.0), st.floats(0.1, 0.5), st.sampled_from([-1, 1]))
def test_a_longer_right_is_worth_no_less(spot, sigma, sign) -> None:
    value = RandomValue(0.05, 0.03, sigma)
    short = american(value, spot, 1.0, 1.0, (50, sign))
    long = american(value, spot, 1.0, 2.0, (100, sign))
    assert long >= short - 1e-12
    assert short >= max(0.0, sign * (spot - 1.0)) - 1e-12


def test_giving_one_asset_for_itself_is_worth_nothing() -> None:
    assert exchange_option((100, 0.2), (100, 0.2), 1.0, 5.0) == 0.0
    assert exchange_option((90, 0.2), (100, 0.2), 1.0, 5.0) == 10.0


def test_no_sense_is_refused() -> None:
    with pytest.raises(InputError, match="waiting costs nothing"):
        investment_rule(RandomValue(0.05, 0.0, 0.2))
    with pytest.raises(InputError, match="volatility"):
        RandomValue(0.05, 0.03, 0.0)
    with pytest.raises(InputError, match="more steps"):
        american(RandomValue(1.0, 0.0, 0.05), 1.0, 1.0, 10.0, (2, 1))
