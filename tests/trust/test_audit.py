"""The log audit: hand arithmetic, the three answers, and what is known before the result."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.trust.audit import audit
from headrace.trust.covariance import Specification, estimate, moments
from headrace.trust.log import AuditLog, Columns, from_arrays
from headrace.trust.simulated_logs import Marketplace, draw
from headrace.verification.audit_power import tally, tally_at_printed
from headrace.verification.faulty_logs import FAULTS

PLAIN = Specification("places, nothing held equal", "places", "none", ())


def _tiny() -> AuditLog:
    """Two answers of three items; paid stands first in one and last in the other, and first and
    second in a third.

    Centred within the query: -rank = (1, 0, -1). Paid (1,0,0) -> (2/3, -1/3, -1/3): S = 2/3 + 1/3 =
    1.
    Paid (0,0,1): S = -1.  Paid (1,1,0) -> (1/3, 1/3, -2/3): S = 1/3 + 2/3 = 1.
    V = sum of squares of centred paid = 2/3 each.
    """
    return from_arrays(
        np.array([0, 0, 0, 1, 1, 1, 2, 2, 2]),
        np.array([1, 2, 3, 1, 2, 3, 1, 2, 3], dtype=np.int32),
        np.array([1, 0, 0, 0, 0, 1, 1, 1, 0], dtype=np.float64),
        np.zeros((9, 0)),
        None,
        Columns(),
    )


def test_effect_and_statistic_by_hand() -> None:
    """Sum S = 1, sum V = 2, so the effect is 1/2 a place. sum S^2 = 3, variance sum 3 - 1/3 = 8/3,
    times 3/2 = 4: T = 1/2.
    """
    log = _tiny()
    found = estimate(log, moments(log), (PLAIN,))[0]
    assert found.effect == pytest.approx(0.5, abs=1e-12)
    assert found.statistic == pytest.approx(0.5, abs=1e-12)
    assert found.error == pytest.approx(1.0, abs=1e-12)


def test_a_bound_as_wide_as_the_list_is_no_bound() -> None:
    """Fifty pairs, paid in four of them: first in two, last in two. S = 1/2, 1/2, -1/2, -1/2 and
    V = 1/2 in each, so beta = 0 and its error sqrt(50 / 49) / 2 places: what would be found with
    90 % is 1.7 places, and in a pair there is one to gain.
    """
    paid = np.zeros((50, 2))
    paid[:2, 0] = paid[2:4, 1] = 1.0
    log = from_arrays(
        np.repeat(np.arange(50), 2),
        np.tile(np.array([1, 2], dtype=np.int32), 50),
        paid.ravel(),
        np.zeros((100, 0)),
        np.full(100, 0.04),
        Columns(propensity="p"),
    )
    found = audit(log)
    assert found.beta == pytest.approx(0.0, abs=1e-12)
    assert found.design.error == pytest.approx(math.sqrt(50 / 49) / 2)
    assert (found.answer, found.beta_min) == ("cannot_tell", 1.0)
    assert "would not show the largest possible one either, 1 place" in found.why


def test_residuals_equal_a_regression_with_query_dummies() -> None:
    """The effect is the coefficient of paid in least squares on paid, relevance and one dummy per
    query.
    """
    log = draw(Marketplace(queries=30, items=6, beta=0.5), seed=2)
    one = Specification("linear", "places", "linear", (0,))
    dummies = np.repeat(np.eye(30), 6, axis=0)
    design = np.column_stack([log.paid, log.covariates[:, 0], dummies])
    coefficient = np.linalg.lstsq(design, -log.rank.astype(float), rcond=None)[0][0]
    assert estimate(log, moments(log), (one,))[0].effect == pytest.approx(coefficient, rel=1e-9)


def test_order_of_rows_does_not_matter() -> None:
    log = draw(Marketplace(queries=60, items=5, beta=0.3), seed=3)
    query = np.repeat(np.arange(60), 5)
    mixed = np.random.default_rng(0).permutation(300)
    again = from_arrays(
        query[mixed], log.rank[mixed], log.paid[mixed], log.covariates[mixed], None, log.columns
    )
    assert audit(again).beta == pytest.approx(audit(log).beta, rel=1e-9)


@pytest.mark.parametrize(
    "change",
    [
        {"scale": 1000.0, "shift": 5.0},
        {"scale": 1e-6, "shift": -3.0},
        {"scale": 1e300, "shift": 0.0},
        {"scale": 1e-300, "shift": 0.0},
    ],
)
def test_units_of_relevance_carry_over(change: dict[str, float]) -> None:
    """Relevance times k: paying is worth k times as many units, and the answer stays."""
    log = draw(Marketplace(queries=400, beta=0.2), seed=5)
    scaled = replace(log, covariates=log.covariates * change["scale"] + change["shift"])
    assert audit(scaled).beta == pytest.approx(audit(log).beta * change["scale"], rel=1e-6)
    assert audit(scaled).answer == audit(log).answer == "biased"


def test_planted_effect_is_estimated_in_score_units() -> None:
    found = [audit(draw(Marketplace(queries=2000, beta=0.3), seed=k)).beta for k in range(8)]
    assert np.mean(found) == pytest.approx(0.3, abs=0.02)


def test_size_and_power_hold_on_a_short_run() -> None:
    """The full 400 repeats are in `headrace verify --only trust`; 120 here catch a broken test, not
    a wrong percent.
    """
    market = Marketplace(queries=150)
    assert tally(market, 120, seed=1).biased <= 14
    assert tally_at_printed(market, 120, seed=500).biased >= 103


def test_noisy_relevance_cannot_tell_where_a_plain_test_accuses() -> None:
    for seed in range(10):
        verdict = audit(draw(Marketplace(queries=1500, proxy_sd=0.5), seed))
        assert verdict.primary.statistic > verdict.design.critical  # a plain test would accuse
        assert verdict.answer == "cannot_tell"
        assert "advertisers may simply be better" in verdict.why


def test_a_gross_effect_passes_the_robustness_yardstick() -> None:
    verdict = audit(draw(Marketplace(queries=1500, proxy_sd=0.25, beta=2.5), seed=1))
    assert verdict.answer == "biased"
    assert verdict.robustness.value_of_bound > max(
        one.rank_share for one in verdict.robustness.benchmarks
    )


def test_a_weak_proxy_is_no_yardstick() -> None:
    verdict = audit(draw(Marketplace(queries=1500, proxy_sd=8.0), seed=1))
    assert verdict.answer == "cannot_tell"
    assert "too weak a yardstick" in verdict.why


def test_randomised_flags_identify_under_noisy_relevance() -> None:
    market = Marketplace(queries=1500, proxy_sd=1.0, randomised=True)
    assert audit(draw(market, 2)).answer == "no_bias_above"
    assert audit(draw(market.but(beta=0.3), 2)).answer == "biased"


def test_propensities_that_do_not_fit_identify_nothing() -> None:
    log = draw(Marketplace(queries=1500, randomised=True, beta=0.5), seed=2)
    low = audit(replace(log, propensity=log.propensity * 0.5))  # type: ignore[operator]
    assert low.answer == "cannot_tell"
    assert "promise" in low.why
    confounded = draw(Marketplace(queries=1500), seed=2)
    flat = replace(
        confounded,
        propensity=np.full(confounded.rows, confounded.paid.mean()),
        columns=Columns(relevance=("relevance",), propensity="p"),
    )
    assert "predicts paid beyond" in audit(flat).why


def test_the_detectable_size_is_told_before_and_owes_nothing_to_the_effect() -> None:
    """Shifting beta moves the answer; the printed size stays within sampling error."""
    told: list[float] = []
    for beta in (0.0, 0.1):
        audit(
            draw(Marketplace(queries=1000, beta=beta), seed=7),
            before=lambda plan: told.append(plan.beta_min),
        )
    assert len(told) == 2
    assert told[0] == pytest.approx(told[1], rel=0.05)


def test_power_curve_of_the_design() -> None:
    """By construction 95 % at beta_min and 5 % at zero without slack."""
    plan = audit(draw(Marketplace(queries=300), seed=1)).design
    assert plan.power(0.0) == pytest.approx(0.05, abs=1e-9)
    assert plan.power(plan.beta_min) == pytest.approx(0.95, abs=1e-9)


def test_tolerance_turns_a_small_log_into_cannot_tell() -> None:
    log = draw(Marketplace(queries=100), seed=1)
    assert audit(log).answer == "no_bias_above"
    assert audit(log, tolerance=0.01).answer == "cannot_tell"


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_refuses_with_a_reason(fault: str) -> None:
    build, key = FAULTS[fault]
    with pytest.raises(InputError) as refused:
        audit(build())
    assert key in {problem.where.key for problem in refused.value.problems}
    assert all(problem.found for problem in refused.value.problems)


def test_single_item_answers_are_left_out_and_counted() -> None:
    log = draw(Marketplace(queries=60, items=4), seed=1)
    query = np.append(np.repeat(np.arange(60), 4), 99)
    more = from_arrays(
        query,
        np.append(log.rank, 1).astype(np.int32),
        np.append(log.paid, 1.0),
        np.vstack([log.covariates, [[9.0]]]),
        None,
        log.columns,
    )
    assert (more.queries, more.dropped) == (60, 1)
    assert audit(more).beta == pytest.approx(audit(log).beta, rel=1e-9)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_values_that_are_no_numbers_are_refused(value: float) -> None:
    log = draw(Marketplace(queries=60), seed=1)
    broken = log.covariates.copy()
    broken[7, 0] = value
    with pytest.raises(InputError, match="not finite"):
        audit(replace(log, covariates=broken))


def test_a_duplicate_covariate_changes_nothing() -> None:
    """Least squares that shares a load between copies must not share the effect."""
    log = draw(Marketplace(queries=400, beta=0.2), seed=3)
    twice = replace(
        log,
        covariates=np.repeat(log.covariates, 2, axis=1),
        columns=Columns(platform_score=("relevance", "copy"), relevance=()),
    )
    known = estimate(twice, moments(twice), (Specification("s", "places", "spline", (0, 1)),))[0]
    plain = estimate(log, moments(log), (Specification("s", "places", "spline", (0,)),))[0]
    assert known.effect == pytest.approx(plain.effect, rel=1e-6)


@pytest.mark.parametrize("tolerance", [0.0, -1.0, math.nan])
def test_a_tolerance_is_a_size(tolerance: float) -> None:
    with pytest.raises(InputError, match="above 0"):
        audit(draw(Marketplace(queries=60), 1), tolerance)


def test_money_that_is_relevance_itself_leaves_nothing() -> None:
    """The interval stands the right way round even then."""
    log = draw(Marketplace(queries=100, proxy_sd=0.5), 1)
    same = replace(log, paid=(log.covariates[:, 0] > 0).astype(float))
    same = replace(same, covariates=same.paid[:, None])
    verdict = audit(same)
    assert verdict.answer == "cannot_tell"
    assert "nothing is left" in verdict.why
    assert verdict.ci[0] <= verdict.beta <= verdict.ci[1]
