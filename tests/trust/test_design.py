"""What is said before the result, and that it is kept after it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from headrace.trust.audit import audit
from headrace.trust.design import Design
from headrace.trust.log import Columns, from_arrays
from headrace.trust.simulated_logs import Marketplace, draw


def pairs(count=400, share=0.9, tie=0.0, seed=1):
    """Answers of two: one is an own brand, which comes first in `share`; a star rating that is tied
    to the brand by `tie` and to the place by nothing.
    """
    rng = np.random.default_rng(seed)
    own = rng.integers(0, 2, count)
    first = np.where(rng.random(count) < share, own, 1 - own)
    paid = np.column_stack([own == 0, own == 1]).ravel().astype(float)
    rank = np.column_stack([np.where(first == 0, 1, 2), np.where(first == 1, 1, 2)]).ravel()
    stars = rng.standard_normal(2 * count) + tie * paid
    return from_arrays(
        np.repeat(np.arange(count), 2),
        rank.astype(np.int32),
        paid,
        stars[:, None],
        None,
        Columns(relevance=("stars",)),
    )


def test_own_brands_first_in_nine_of_ten_pairs_is_an_answer():
    """0.9 - 0.1 = 0.8 places, of 1 that is possible; the fault: cannot tell, with a bound of 5."""
    verdict = audit(pairs())
    assert verdict.answer == "ranks_higher"
    assert verdict.beta == pytest.approx(0.8, abs=0.06)
    assert verdict.design.slack == verdict.beta_min == verdict.design.largest == 1.0
    assert "times as strong as stars" in verdict.why
    assert "of what is left of paid and of rank" in verdict.why


@pytest.mark.parametrize("tie", [0.0, 0.5, 1.0, 3.0, 10.0])
def test_no_bound_exceeds_what_can_be_gained(tie):
    """However well the column tells who pays, nobody gains more than one place of two."""
    verdict = audit(pairs(tie=tie))
    assert 0.0 <= verdict.design.slack <= verdict.beta_min <= verdict.design.largest == 1.0
    longer = audit(draw(Marketplace(queries=200, proxy_sd=0.5, advantage=4.0), 1))
    top = longer.design.largest * longer.design.places
    assert top == pytest.approx(9.0)
    assert longer.beta_min <= longer.design.largest


def test_an_effect_above_the_printed_size_is_answered():
    """The promise printed before is kept after: whatever lies above beta_min is called biased."""
    for seed in range(6):
        for market in (
            Marketplace(queries=300, proxy_sd=0.25, beta=2.5),
            Marketplace(queries=300, proxy_sd=8.0, beta=3.0),
            Marketplace(queries=300, proxy_sd=2.0, beta=1.0, advantage=2.0),
        ):
            verdict = audit(draw(market, seed))
            if verdict.ci[0] > verdict.beta_min:
                assert verdict.answer == "biased"


def test_a_weak_yardstick_accuses_nobody_and_says_so_before():
    said: list[Design] = []
    verdict = audit(draw(Marketplace(queries=400, proxy_sd=8.0, beta=2.0), 1), before=said.append)
    assert not said[0].accuses
    assert "too weak a yardstick" in said[0].sentence()
    assert "none will be called biased" in said[0].sentence()
    assert said[0].power(100.0) == 0.0
    assert verdict.answer == "ranks_higher"


def test_a_doubt_is_said_before_the_result():
    log = draw(Marketplace(queries=300, randomised=True), 1)
    flat = from_arrays(
        np.repeat(np.arange(300), 10),
        log.rank,
        log.paid,
        log.covariates,
        log.propensity / 2,
        log.columns,
    )
    said: list[Design] = []
    verdict = audit(flat, before=said.append)
    assert "No effect will be called biased: the logged propensities" in said[0].sentence()
    assert (verdict.answer, verdict.beta_min) == ("cannot_tell", said[0].largest)


def test_a_stricter_level_asks_for_more():
    log = draw(Marketplace(queries=300), 1)
    five, one = audit(log), audit(log, level=0.01)
    assert one.design.critical > five.design.critical
    assert one.beta_min / five.beta_min == pytest.approx(2.339 / 1.650, rel=2e-3)


def test_sizes_in_words():
    plan = Design(
        60,
        600,
        0,
        "observed",
        0.1,
        0.2,
        math.inf,
        1.7,
        2.0,
        "units of x",
        4.5,
        "",
        "paid",
        "",
        (),
        (),
    )
    assert replace(plan, unit="places").size(1.0) == "1 place"
    assert plan.size(0.5) == "0.5 units of x (1 places)"
    assert not plan.accuses
