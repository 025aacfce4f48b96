"""A declared score: does it rank, is it complete, and what follows for the verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from headrace.trust.audit import audit
from headrace.trust.covariance import moments
from headrace.trust.declared_score import examine
from headrace.trust.log import Columns, from_arrays
from headrace.trust.simulated_logs import Marketplace, draw

QUERIES, ITEMS = 200, 8


def ranked(shown, columns, *, beta=0.0, noise=0.0, seed=1):
    """A log ranked by two halves of a score, which may be shown in part; payers are better."""
    rng = np.random.default_rng(seed)
    halves = rng.standard_normal((QUERIES * ITEMS, 2))
    score = halves.sum(axis=1)
    paid = (rng.random(len(score)) < 1 / (1 + np.exp(0.8 - 0.6 * score))).astype(float)
    query = np.repeat(np.arange(QUERIES), ITEMS)
    told = score + beta * paid + noise * rng.gumbel(size=len(score))
    order = np.lexsort((-told, query))
    rank = np.empty(len(score), dtype=np.int32)
    rank[order] = np.tile(np.arange(1, ITEMS + 1), QUERIES)
    seen = {"whole": score, "half": halves[:, 0], "other": halves[:, 1], "cost": -score}
    return from_arrays(
        query, rank, paid, np.column_stack([seen[name] for name in shown]), None, columns
    )


def found(log):
    return examine(log, moments(log))


def test_a_score_that_ranks_leaves_no_neighbours_against_it_even_where_money_moves_items():
    for beta in (0.0, 0.7):
        log = ranked(("whole",), Columns(platform_score=("whole",)), beta=beta)
        assert found(log).against == 0.0
        assert found(log).ranks
        assert audit(log).design.basis == "platform_score"
    assert audit(log).answer == "biased"


def test_a_score_where_less_is_better_ranks_as_well():
    assert found(ranked(("cost",), Columns(platform_score=("cost",)))).against == 0.0


def test_half_a_score_accuses_nobody():
    """The fault: an honest platform that opens half of its score was called biased every time."""
    for seed in range(8):
        log = ranked(("half",), Columns(platform_score=("half",)), seed=seed)
        verdict = audit(log)
        assert verdict.primary.statistic > verdict.design.critical
        assert verdict.answer == "cannot_tell"
        assert verdict.design.basis == "observed"
        assert "a part of the score that was not logged" in verdict.design.sentence()
        assert "declare it complete if the rest is chance" in verdict.why


def test_a_coarse_score_explains_no_order_within_its_ties():
    """A score told in three steps: what ranks within a step was not logged, and honest payers are
    better there.
    """
    log = ranked(("whole",), Columns(platform_score=("whole",)))
    coarse = replace(log, covariates=np.digitize(log.covariates, [-1.0, 1.0]).astype(float))
    assert found(coarse).against > 0.3
    assert audit(coarse).design.basis == "observed"
    assert audit(coarse).answer != "biased"
    fine = replace(log, covariates=np.round(log.covariates, 3))
    assert found(fine).ranks


def test_chance_beside_a_score_has_to_be_vouched_for():
    """With noise the log alone cannot tell chance from a part kept back."""
    plain = Columns(platform_score=("whole",))
    log = ranked(("whole",), plain, beta=0.4, noise=0.8)
    assert found(log).against > 0.1
    assert audit(log).design.basis == "observed"
    vouched = replace(log, columns=replace(plain, score_is_complete=True))
    assert audit(vouched).answer == "biased"
    assert "by chance alone as declared" in audit(vouched).design.sentence()


def test_a_word_that_the_log_contradicts_does_not_count():
    columns = Columns(platform_score=("half",), relevance=("other",), score_is_complete=True)
    told = found(ranked(("half", "other"), columns))
    assert (told.beyond, told.ranks) == ("other", False)
    assert told.share > 0.5
    assert "other explains" in told.sentence()


def test_two_scores_are_read_together():
    log = ranked(("half", "other"), Columns(platform_score=("half", "other")))
    assert found(log).against < 0.08  # a spline of each: nearly, not to the letter
    assert found(ranked(("half",), Columns(platform_score=("half",)))).against > 0.2


def test_neighbours_that_differ_in_another_payment_are_not_compared():
    log = ranked(("whole",), Columns(platform_score=("whole",)), beta=2.0)
    flag = np.random.default_rng(2).integers(0, 2, log.rows).astype(float)
    both = replace(
        log,
        paid=flag,
        covariates=np.column_stack([log.covariates, log.paid]),
        columns=Columns(platform_score=("whole",), also=("own",)),
    )
    assert found(both).against == 0.0
    blind = replace(both, columns=Columns(platform_score=("whole",), relevance=("own",)))
    assert found(blind).against > 0.05


@pytest.mark.parametrize("beta", [0.0, 0.3])
def test_simulated_marketplaces_vouch_for_their_noise(beta):
    log = draw(Marketplace(queries=300, beta=beta), 3)
    assert log.columns.score_is_complete
    assert audit(log).answer == ("biased" if beta else "no_bias_above")
