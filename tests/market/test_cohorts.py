"""Survival of cohorts: published fits, laws of the curves, covariates, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.market.cohorts import SurvivalCurve, fit_survival

HIGH = np.array([100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1]) / 100
positive = st.floats(0.05, 20)


@given(positive, positive, st.floats(0.3, 3))
@settings(max_examples=50)
def test_a_survival_curve_begins_at_one_and_never_rises(alpha, beta, shape):
    curve = SurvivalCurve("bdw", alpha, beta, shape).curve(24)
    assert curve[0] == pytest.approx(1.0)
    assert (np.diff(curve) <= 1e-12).all()
    assert (curve >= 0).all()


@given(positive, positive)
def test_churn_of_sbg_falls_with_age_and_begins_at_the_mean_rate(alpha, beta):
    churn = SurvivalCurve("sbg", alpha, beta).churn(12)
    assert churn[0] == pytest.approx(alpha / (alpha + beta))
    assert (np.diff(churn) <= 1e-12).all()


def test_a_weibull_with_shape_one_is_the_beta_geometric():
    assert SurvivalCurve("bdw", 0.7, 2.0, 1.0).curve(9) == pytest.approx(
        SurvivalCurve("sbg", 0.7, 2.0).curve(9)
    )


@pytest.mark.parametrize("family", ["constant", "sbg", "bdw"])
def test_a_planted_curve_is_found_again(family):
    planted = SurvivalCurve(family, 1.2, 4.0, 1.4 if family == "bdw" else 1.0, 0.12)
    found = fit_survival(planted.curve(9), 10_000, family)
    assert found.curve(20) == pytest.approx(planted.curve(20), abs=2e-4)


def test_the_richer_family_never_fits_worse():
    told = [fit_survival(HIGH, 1000, f).log_likelihood for f in ("constant", "sbg", "bdw")]
    assert told == sorted(told)


def test_what_is_lost_in_the_likelihood_is_that_of_a_multinomial():
    found = fit_survival(HIGH, 1000, "sbg")
    curve = found.curve(7)
    lost = -np.diff(HIGH) * 1000
    by_hand = lost @ np.log(-np.diff(curve)) + 491 * math.log(curve[-1])
    assert found.log_likelihood == pytest.approx(by_hand)


@pytest.mark.parametrize("family", ["constant", "sbg", "bdw"])
def test_a_price_rise_takes_people_and_nothing_leaves_zero_to_one(family):
    model = SurvivalCurve(family, 0.668, 3.806, 1.3, 0.1)
    plain = model.curve(12)
    rise = np.ones(12)
    rise[5] = math.exp(2.0)  # effect x covariate of the month of a price rise
    hit = model.curve(12, rise)
    assert hit[:6] == pytest.approx(plain[:6])
    assert (hit[6:] < plain[6:]).all()
    assert ((hit >= 0) & (hit <= 1)).all()
    assert (model.churn(12, rise * 1e6) <= 1).all()
    rise[5] = 0.0  # a month in which nobody leaves
    assert model.curve(12, rise)[6] == pytest.approx(model.curve(12, rise)[5])


def test_a_lifetime_is_the_sum_by_hand():
    constant = SurvivalCurve("constant", rate=0.2)
    assert constant.lifetime(0.1) == pytest.approx(1 / (1 - 0.8 / 1.1))


@pytest.mark.parametrize(
    ("survival", "told"),
    [
        ([1.0, 0.9, 0.95, 0.8], "it rises from 0.9 to 0.95 in period 2"),
        ([100.0, 86.9, 74.3, 65.3], "it begins with 100"),
        ([1.0, 0.9, -0.1, -0.2], "-0.1 after 2 periods"),
        ([1.0, 0.9], "1 periods of survival"),
        ([1.0, 1.2, 0.9, 0.8], "1.2 after 1 periods"),
    ],
)
def test_a_curve_that_cannot_be_is_refused(survival, told):
    with pytest.raises(InputError) as caught:
        fit_survival(np.array(survival), 100, "sbg")
    assert told in str(caught.value)


def test_other_numbers_that_cannot_be_are_refused():
    model = SurvivalCurve("sbg", 1.0, 1.0)
    with pytest.raises(InputError, match="above 0"):
        fit_survival(HIGH, 0, "sbg")
    with pytest.raises(InputError, match="weights"):
        model.curve(3, np.array([1.0, -1.0, 1.0]))
    with pytest.raises(InputError, match="weights"):
        model.curve(3, np.ones(2))
    with pytest.raises(InputError, match="discount"):
        model.lifetime(0.0)
