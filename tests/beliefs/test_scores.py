"""Scores: against closed forms, against what they must prefer, and the verdict in words."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import stats

from headrace.beliefs.forecast_file import LEVELS, StoredSeries
from headrace.beliefs.history import parse_histories
from headrace.beliefs.scores import (
    ScoredPoint,
    at_date,
    log_density,
    rolling,
    score,
    score_file,
    summary,
)
from headrace.core.errors import HeadraceError, InputError

NORMAL = stats.norm.ppf(np.array(LEVELS) / 100)
HEAD = "series,date,value,unit,meaning,source,status\n"


def lognormal(middle: float, spread: float) -> np.ndarray:
    return middle * np.exp(spread * NORMAL)


@pytest.mark.parametrize("came", [0.5, 1.0, 2.0])
def test_crps_of_quantiles_is_near_the_closed_form(came):
    z = math.log(came) / 0.6
    exact = 0.6 * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / math.sqrt(math.pi))
    assert score(lognormal(1.0, 0.6), came).crps == pytest.approx(exact, rel=0.06)


def test_the_log_density_is_near_the_normal_one_and_integrates_to_one():
    told = NORMAL * 0.6
    assert log_density(told, 0.1) == pytest.approx(stats.norm(0, 0.6).logpdf(0.1), abs=0.02)
    x = np.linspace(-8, 8, 40_001)
    area = np.trapezoid([math.exp(log_density(told, v)) for v in x], x)
    assert area == pytest.approx(1.0, abs=1e-3)


def test_the_true_spread_scores_best():
    came = np.exp(0.5 * np.random.default_rng(0).standard_normal(4000))
    by_spread = {}
    for spread in (0.2, 0.5, 1.2):
        scores = [score(lognormal(1, spread), v) for v in came]
        by_spread[spread] = np.mean([(one.crps, -one.log_score) for one in scores], axis=0)
    assert (by_spread[0.5] < by_spread[0.2]).all()
    assert (by_spread[0.5] < by_spread[1.2]).all()


def stored(**more) -> StoredSeries:
    dates = (date(2026, 1, 31), date(2026, 3, 31))
    table = np.stack([lognormal(100, 0.1), lognormal(200, 0.2)])
    base = {"last value": np.stack([lognormal(80, 0.3)] * 2)}
    made = StoredSeries("x", "path", "M", "B1", dates, table, base, None)
    return replace(made, **more)


def test_an_outcome_between_two_dates_meets_quantiles_between_them():
    one = stored()
    told = at_date(one.dates, one.quantiles, date(2026, 3, 2))
    assert told[LEVELS.index(50)] == pytest.approx(100 * 2 ** (30 / 59), rel=1e-6)
    assert at_date(one.dates, one.quantiles, date(2026, 4, 1)) is None
    assert at_date(one.dates, one.quantiles, date(2026, 1, 15)) == pytest.approx(one.quantiles[0])
    assert at_date(one.dates, one.quantiles, date(2025, 12, 1)) is None
    assert at_date(one.dates[:1], one.quantiles[:1], date(2026, 2, 20)) is not None


def test_a_file_is_scored_and_its_three_worst_are_those_of_the_log_score():
    came = parse_histories(HEAD + "x,2026-01-31,101,M,m,s,fact\nx,2026-03-31,900,M,m,s,fact\n", "o")
    points = score_file((stored(),), came)
    assert [p.score.inside for p in points] == [True, False]
    whole = summary(points)
    assert whole.points == 2
    assert whole.coverage == 0.5
    assert whole.best == "last value"
    assert whole.crps == pytest.approx(np.mean([p.score.crps for p in points]))
    assert whole.ratio == pytest.approx(whole.crps / whole.baselines["last value"][0])


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("x,2026-01-31,1,k,m,s,fact", "the outcome is in k"),
        ("x,2027-01-31,1,M,m,s,fact", "outside what was forecast"),
        ("y,2026-01-31,1,M,m,s,fact", "nothing was forecast of it"),
    ],
)
def test_an_outcome_that_cannot_be_scored_is_refused(row, told):
    with pytest.raises(InputError, match=told):
        score_file((stored(),), parse_histories(HEAD + row, "o"))


def test_an_event_has_a_brier_score():
    one = stored(kind="event", unit="1", probability=0.75)
    came = parse_histories(HEAD + "x,2026-01-31,1,1,m,s,fact\n", "o")
    (point,) = score_file((one,), came)
    assert point.brier == pytest.approx(0.0625)
    assert summary([point]).points == 0


@pytest.mark.parametrize(
    ("ratio", "told"), [(0.5, "beats last"), (0.95, "not by the bar"), (1.2, "does not beat")]
)
def test_the_verdict_is_never_rounded_to_a_pass(ratio, told):
    one = score(lognormal(1, 0.5), 1.1)
    base = replace(one, crps=one.crps / ratio)
    point = ScoredPoint("x", "", date(2026, 1, 1), 1.1, "M", 1.0, one, {"last value": base})
    assert told in summary([point]).verdict


def test_rolling_origins_know_nothing_of_what_comes():
    """A jump after the last origin changes no forecast made before it."""
    rows = "".join(f"x,{2010 + i}-12-31,{100 * 1.2**i:g},M,m,s,fact\n" for i in range(8))
    calm = rolling(parse_histories(HEAD + rows, "h"), number=500)
    jump = rolling(parse_histories(HEAD + rows + "x,2018-12-31,9999,M,m,s,fact\n", "h"), number=500)
    seen = {(p.origin, p.at): p.median for p in jump}
    assert len(calm) == 3 + 2 + 1
    assert all(seen[p.origin, p.at] == p.median for p in calm)
    assert all(p.origin < p.at for p in jump)


def test_without_scoringrules_there_is_a_kind_sentence(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scoringrules", None)
    with pytest.raises(HeadraceError, match=r"pip install 'headrace\[market\]'"):
        score(lognormal(1, 1), 1.0)
