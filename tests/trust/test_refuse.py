"""Reasons to refuse a log: each alone, all at once, and values only where the shape is sound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.trust.log import Columns
from headrace.trust.refuse import MOST_COVARIATES, after_ranking, refuse
from headrace.trust.simulated_logs import Marketplace, draw

LOG = draw(Marketplace(queries=60, items=4, proxy_sd=0.5), seed=1)
RANDOMISED = draw(Marketplace(queries=60, items=4, randomised=True), seed=1)


def reasons(log) -> dict[str, str]:
    with pytest.raises(InputError) as told:
        refuse(log)
    return {problem.where.key: problem.found for problem in told.value.problems}


def test_a_sound_log_is_not_refused():
    refuse(LOG)
    refuse(RANDOMISED)


@pytest.mark.parametrize(
    "name", ["clicks", "click", "add_to_cart", "Purchased", "item_rank", "revenue_usd", "views"]
)
def test_what_the_ranking_caused_is_no_relevance(name):
    assert after_ranking(name)


@pytest.mark.parametrize("name", ["relevance", "score", "clickbait", "reviews", "price", "border"])
def test_names_that_only_look_like_it(name):
    assert not after_ranking(name)


def test_columns_in_parts_they_cannot_play():
    log = replace(LOG, columns=Columns(relevance=("clicks",), benchmark=("rating",)))
    assert set(reasons(log)) == {"clicks", "rating"}
    bare = replace(LOG, columns=Columns(), covariates=np.empty((LOG.rows, 0)))
    assert reasons(bare) == {"relevance": "neither relevance nor a propensity"}
    many = tuple(f"score{j}" for j in range(MOST_COVARIATES + 1))
    crowded = replace(LOG, columns=Columns(relevance=many))
    assert reasons(crowded) == {"relevance": f"{MOST_COVARIATES + 1} columns"}


def test_propensities_lie_strictly_between_0_and_1():
    for bad in (0.0, 1.0, np.nan, -0.1):
        propensity = RANDOMISED.propensity.copy()
        propensity[5] = bad
        found = reasons(replace(RANDOMISED, propensity=propensity))
        assert found == {"propensity": "1 values are not strictly between 0 and 1"}


def test_relevance_that_is_missing_or_never_varies():
    holes = LOG.covariates.copy()
    holes[:3] = np.nan
    assert "3 values are missing" in reasons(replace(LOG, covariates=holes))["relevance"]
    flat = np.full_like(LOG.covariates, 2.5)
    assert reasons(replace(LOG, covariates=flat)) == {"relevance": "constant (2.5) in every row"}


def test_all_faults_of_the_values_at_once():
    paid = np.full(LOG.rows, 0.5)
    rank = LOG.rank.copy()
    rank[0] = 9
    flat = np.ones_like(LOG.covariates)
    assert set(reasons(replace(LOG, paid=paid, rank=rank, covariates=flat))) == {
        "paid",
        "rank",
        "relevance",
    }


def test_values_are_not_judged_where_the_shape_is_broken():
    log = replace(LOG, paid=np.zeros(LOG.rows), columns=Columns(relevance=("clicks",)))
    assert set(reasons(log)) == {"clicks"}


def test_nothing_said_of_a_column_is_passed_over():
    """A word that plays no part is a slip: each is told, none is ignored."""
    columns = Columns(relevance=("relevance", "paid"), amounts=("spend",), score_is_complete=True)
    log = replace(LOG, covariates=np.repeat(LOG.covariates, 2, axis=1), columns=columns)
    assert reasons(log) == {
        "paid": "named both as relevance and as paid for",
        "spend": "named as an amount but not as paid for",
        "platform_score": "complete, but no score was declared",
    }


def test_an_amount_with_nothing_in_it():
    spend = Columns(paid="spend", relevance=("relevance",), amounts=("spend",))
    flat = replace(LOG, paid=np.full(LOG.rows, 2.5), columns=spend)
    assert reasons(flat) == {"spend": "constant within every query"}
    holes = LOG.paid.copy()
    holes[3] = np.inf
    found = reasons(replace(LOG, paid=holes, columns=spend))
    assert found == {"spend": "amounts that are missing or not finite"}
    both = replace(RANDOMISED, columns=replace(spend, propensity="propensity"))
    assert reasons(both) == {"spend": "an amount with the propensity of a flag"}


def test_the_place_under_another_name_is_no_relevance():
    """1 / rank tells nothing that was known before the ranking, and would clear every platform."""
    for hidden in (1.0 / LOG.rank, 100.0 - LOG.rank):
        assert reasons(replace(LOG, covariates=hidden[:, None])) == {
            "relevance": "the place itself: the same at the same place of every list"
        }
    rng = np.random.default_rng(1)
    near = 1.0 / LOG.rank + 1e-9 * rng.standard_normal(LOG.rows)
    refuse(replace(LOG, covariates=near[:, None]))  # a score that ranks almost alone is none
