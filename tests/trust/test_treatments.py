"""Several treatments and groups: each by hand, all within one level, mixed ones refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.trust.log import Columns, RowCodes, from_arrays
from headrace.trust.log_reader import read_table
from headrace.trust.treatments import audit_all, audit_groups, audit_treatments, treated_logs

QUERIES, ITEMS = 300, 8


def market(own=0.0, ads=0.0, *, away=None, seed=1, columns=None, group="query"):
    """Score = relevance + own * own brand + ads * ad, where the two often go together; with `away`
    the own brand is worth that much in the second market.
    """
    rng = np.random.default_rng(seed)
    rows = QUERIES * ITEMS
    query = np.repeat(np.arange(QUERIES), ITEMS)
    relevance = rng.standard_normal(rows)
    brand = (rng.random(rows) < 0.3).astype(float)
    ad = (rng.random(rows) < 0.2 + 0.5 * brand).astype(float)
    market = query % 2 if group == "query" else rng.integers(0, 2, rows)
    worth = np.where(market == 1, own if away is None else away, own)
    order = np.lexsort((-(relevance + worth * brand + ads * ad), query))
    rank = np.empty(rows, dtype=np.int32)
    rank[order] = np.tile(np.arange(1, ITEMS + 1), QUERIES)
    return from_arrays(
        query,
        rank,
        brand,
        np.column_stack([relevance, ad]),
        None,
        columns or Columns(paid="own", platform_score=("relevance",), also=("ad",)),
        codes=RowCodes(group=market, labels=("de", "fr")),
    )


def test_each_treatment_gets_its_own_effect():
    """The own brand is boosted, the ad is not, though brands advertise more."""
    own, ad = audit_treatments(market(own=1.0))
    assert (own.name, own.verdict.answer) == ("own", "biased")
    assert (ad.name, ad.verdict.answer) == ("ad", "no_bias_above")
    assert own.verdict.beta == pytest.approx(1.0, abs=0.15)
    own, ad = audit_treatments(market(ads=1.0))
    assert (own.verdict.answer, ad.verdict.answer) == ("no_bias_above", "biased")


def test_the_level_is_kept_by_all_together():
    log = market()
    plain = Columns(paid="own", platform_score=("relevance",))
    alone = audit_all(replace(log, covariates=log.covariates[:, :1], columns=plain))
    both = audit_treatments(market())
    assert both[0].verdict.design.critical > alone.design.critical
    assert both[0].verdict.design.critical == pytest.approx(1.968, abs=5e-3)  # t at 2.5 %


def test_the_parts_change_places_and_nothing_is_lost():
    log = market(own=1.0)
    (first, same), (second, swapped) = treated_logs(log)
    assert (first, second) == ("own", "ad")
    assert same is log
    assert swapped.columns.also == ("own",)
    assert (swapped.paid == log.covariates[:, 1]).all()
    assert (swapped.covariates[:, 1] == log.paid).all()
    again = dict(treated_logs(swapped))["own"]
    assert (again.paid == log.paid).all()
    assert (again.covariates == log.covariates).all()


def test_groups_are_told_apart():
    """In de the brand is worth nothing, in fr one unit: two verdicts, and a test that sees it."""
    by = Columns(paid="own", platform_score=("relevance",), relevance=("ad",), by="market")
    log = replace(market(own=0.0, away=1.0), columns=by)
    parts, p_equal = audit_groups(log)
    assert [(part.name, part.verdict.answer) for part in parts] == [
        ("de", "no_bias_above"),
        ("fr", "biased"),
    ]
    assert p_equal < 1e-6
    parts, p_equal = audit_groups(replace(market(own=1.0, seed=3), columns=by))
    assert p_equal > 0.01
    whole = audit_all(log)
    assert whole.p_equal < 1e-6
    assert [part.name for part in whole.parts] == ["de", "fr"]


def test_groups_within_an_answer_hold_the_others_equal():
    """An answer mixes two tiers; only the second tier's brand is boosted."""
    by = Columns(paid="own", platform_score=("relevance",), relevance=("ad",), by="tier")
    log = replace(market(own=0.0, away=1.5, group="row"), columns=by)
    parts, p_equal = audit_groups(log)
    assert p_equal is None
    assert parts[0].verdict.answer == "no_bias_above"
    assert parts[1].verdict.answer == "biased"
    with pytest.raises(InputError, match="a propensity, and answers that mix"):
        audit_groups(replace(log, propensity=np.full(log.rows, 0.3)))


def test_what_cannot_be_told_apart_is_refused():
    log = market()
    with pytest.raises(InputError, match="one or the other"):
        audit_all(replace(log, columns=replace(log.columns, by="market")))
    with pytest.raises(InputError, match="1 values"):
        audit_groups(replace(log, labels=("de",)))
    twice = replace(log.columns, platform_score=("relevance", "ad"))
    with pytest.raises(InputError, match="both as relevance and as paid for"):
        audit_treatments(replace(log, columns=twice))
    few = read_table(
        {"query": [1, 1], "rank": [1, 2], "paid": [0, 1], "x": [1, 2], "m": ["a", "b"]},
        Columns(relevance=("x",), by="m"),
    )
    with pytest.raises(InputError, match=r"at least 50|in a"):
        audit_all(few)


def test_relevance_is_looked_for_beside_several_treatments():
    """The fault: with two things paid for, the columns called relevance were not taken."""
    rng = np.random.default_rng(1)
    table = {
        "query": np.repeat(np.arange(60), 4),
        "rank": np.tile([1, 2, 3, 4], 60),
        "paid": rng.integers(0, 2, 240),
        "own": rng.integers(0, 2, 240),
        "relevance": rng.standard_normal(240),
    }
    two = Columns(also=("own",))
    assert read_table(table, two).columns.relevance == ("relevance",)
    del table["relevance"]
    with pytest.raises(InputError, match="neither relevance nor a propensity"):
        audit_all(read_table(table, two))


def test_names_are_said_before_each_result():
    said = []
    audit_all(market(), before=lambda name, plan: said.append((name, plan.paid)))
    assert said == [("own", "own"), ("ad", "ad")]
