"""Fits: what was planted is found again, contradictions are said, the record is from before."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from headrace.beliefs import fit as fits
from headrace.beliefs import priors
from headrace.beliefs.baseline import damped_trend, last_value
from headrace.beliefs.fit import fit
from headrace.beliefs.history import History, Observation, years_between
from headrace.beliefs.process import simulated
from headrace.core.catalogue import entries
from headrace.core.errors import InputError


def history(values, days=180, name="x") -> History:
    first = date(2020, 1, 1)
    seen = tuple(
        Observation(first + timedelta(days=days * i), float(v), "made", "assumption", "", i + 2)
        for i, v in enumerate(values)
    )
    return History(name, "M", "things", seen)


def ahead(found, known, years, seed=0):
    rng = np.random.default_rng(seed)
    return simulated(found.draws, found.state, np.asarray(years), rng, reported=True)


def test_steady_growth_goes_on_and_fades():
    known = history(100 * np.exp(0.5 * np.arange(8) * 180 / 365.25))
    found = fit(known, "adoption", np.random.default_rng(0))
    assert found.sampler in ("importance", "emcee")
    median = np.median(ahead(found, known, [0.5, 5.0]), axis=0)
    assert known.last.value * np.exp(0.15) < median[0] < known.last.value * np.exp(0.30)
    assert median[1] < known.last.value * np.exp(2.0)  # damped


def test_one_value_leaves_the_prior_as_it_is():
    found = fit(history([5.0]), "capex", np.random.default_rng(0), number=20_000)
    assert found.sampler == "prior"
    row = entries("beliefs", "classes")["capex"]
    assert found.draws.drift.mean() == pytest.approx(row.value("drift", "1/year"), abs=0.005)
    assert np.median(found.draws.half_life) == pytest.approx(
        row.value("half_life", "year"), rel=0.03
    )


def test_a_history_that_the_prior_excludes_is_an_error_with_its_row():
    with pytest.raises(InputError, match=r"excludes this history: not one of") as caught:
        fit(history([1, 1e6, 1, 1e6, 1, 1e6]), "cost", np.random.default_rng(0))
    assert caught.value.problems[0].where.line == 7


def test_a_ceiling_below_the_history_is_an_error():
    with pytest.raises(InputError, match="excludes this history"):
        fit(history([50, 90, 99]), "adoption", np.random.default_rng(0), ceiling=(60.0, 0.0))


def test_a_history_smoother_than_its_prior_is_no_contradiction():
    """Exact exponential growth: few draws are so quiet, so the sampler goes on."""
    known = history(100 * 1.2 ** np.arange(8))
    found = fit(known, "other", np.random.default_rng(0))
    assert found.sampler == "emcee"
    assert np.median(ahead(found, known, [180 / 365.25])) == pytest.approx(100 * 1.2**8, rel=0.02)


def test_emcee_agrees_with_importance_where_both_can(monkeypatch):
    known = history([10, 14, 18, 25, 31, 36])
    plain = fit(known, "revenue", np.random.default_rng(0))
    monkeypatch.setattr(fits, "ENOUGH", 10**9)
    sampled = fit(known, "revenue", np.random.default_rng(0))
    assert (plain.sampler, sampled.sampler) == ("importance", "emcee")
    for years in (0.5, 2.0):
        ours, theirs = (
            np.log(np.quantile(ahead(f, known, [years]), (0.1, 0.5, 0.9))) for f in (plain, sampled)
        )
        assert ours == pytest.approx(theirs, abs=0.15 * (ours[2] - ours[0]))


def test_without_emcee_few_draws_still_give_an_answer(monkeypatch):
    monkeypatch.setattr(fits, "ENOUGH", 10**9)
    monkeypatch.setitem(__import__("sys").modules, "emcee", None)
    assert fit(history([10, 14, 18]), "revenue", np.random.default_rng(0)).sampler == "importance"


def test_the_record_is_from_before_the_cutoff_and_says_so_where_it_is_not():
    priors.check_record(date(2025, 10, 8))
    with pytest.raises(InputError, match="after the cut-off 2025-10-07"):
        priors.check_record(date(2025, 10, 7))


def test_nothing_in_the_record_cites_a_later_year():
    for table in priors.TABLES:
        for row in entries("beliefs", table).values():
            text = " ".join(f.source for f in row.figures.values())
            assert not any(year in text for year in ("2026", "2027")) or "2026/27" in text, row.key


def test_correlations_of_the_record_can_hold_together():
    from headrace.beliefs.copula import check_correlation

    check_correlation(priors.correlation(tuple(priors.classes())))


def test_an_unknown_class_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="adoption"):
        priors.prior_draws("adopton", 10, np.random.default_rng(0))


def test_the_last_value_walks_as_far_as_it_used_to():
    known = history(np.exp(0.1 * np.cumsum([0, 1, -1, 1, -1, 1, -1])))
    table = last_value(
        known, np.array([180 / 365.25, 2 * 180 / 365.25]), 100_000, np.random.default_rng(0)
    )
    assert np.log(table).std(axis=0) == pytest.approx([0.1, 0.1 * 2**0.5], rel=0.02)
    assert np.median(table, axis=0) == pytest.approx(known.last.value, rel=0.01)


def test_a_damped_trend_follows_a_line_and_flattens():
    noise = 0.02 * np.random.default_rng(5).standard_normal(40)
    known = history(np.exp(0.1 * np.arange(40) + noise), days=30)
    step = years_between(known.observations[0].date, known.observations[1].date)
    table = damped_trend(known, step * np.array([1.0, 2.0, 9.5]), 4000, np.random.default_rng(0))
    assert table is not None
    grown = np.log(np.median(table, axis=0) / known.last.value)
    assert grown[:2] == pytest.approx([0.1, 0.2], abs=0.05)
    assert grown[1] < grown[2] < 1.0
    assert damped_trend(history([1, 2, 3]), np.array([1.0]), 10, np.random.default_rng(0)) is None
