"""The back-test: what a miss loses, which input would have changed it, how late things came."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from headrace.beliefs import back_test
from headrace.beliefs.back_test import back_test_point, otherwise, readings, slips_of
from headrace.beliefs.forecast_file import LEVELS, StoredSeries
from headrace.beliefs.history import History, parse_histories
from headrace.beliefs.scores import ScoredPoint, score
from headrace.core.catalogue import entries
from headrace.core.errors import InputError

COLUMNS = "series,date,value,unit,meaning,source,status\n"
DAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def shipped():
    pytest.importorskip("scoringrules")
    return back_test.shipped()


def test_questions_have_an_outcome_or_are_named(shipped) -> None:
    cutoff, found = shipped
    assert cutoff == "2025-10-08"
    assert found.questions + len(found.open) == len(back_test.QUESTIONS)
    assert set(found.open) == {"B13", "B14", "B15", "B21"}
    assert all(one.point.at > date.fromisoformat(cutoff) for one in found.points)


def test_means_are_over_questions_and_better_than_the_rule(shipped) -> None:
    """A question with three outcomes counts once."""
    found = shipped[1]
    by_question: dict[str, list[float]] = {}
    for one in found.points:
        by_question.setdefault(one.point.question, []).append(one.log_score)
    assert len(by_question["B9"]) == 3
    mean = np.mean([np.mean(scores) for scores in by_question.values()])
    assert found.log_score == pytest.approx(mean)
    assert found.log_score > found.base


def test_three_worst_misses_of_three_series_name_an_input(shipped) -> None:
    found = shipped[1]
    series = [miss.worst.point.series for miss in found.misses]
    assert series == ["alphabet_capex_2026", "sora_app_alive", "google_tokens_all"]
    lost = [miss.worst.lost for miss in found.misses]
    assert lost == sorted(lost, reverse=True)
    assert all(miss.input and miss.log_score > miss.worst.log_score for miss in found.misses)


def test_ranks_rise_and_events_have_none(shipped) -> None:
    found = shipped[1]
    assert list(found.ranks) == sorted(found.ranks)
    events = sum(one.point.brier is not None for one in found.points)
    assert len(found.ranks) == len(found.points) - events
    assert events == 6


def test_half_of_abilene_came_four_months_late(shipped) -> None:
    """105 MW on 2025-09-30, 840 planned 273 days later: 421 MW on day 117; they came on day 235."""
    (slip,) = shipped[1].slips
    assert slip.days == pytest.approx(235 - 273 * (421 - 105) / (840 - 105))


def test_only_a_plan_slips() -> None:
    point = ScoredPoint("pjm_capacity_price", "B10", DAY, 300.0, "USD/MW-day", 1.0, None, {})
    assert not list(slips_of(point, {}))


def test_an_event_loses_what_its_odds_left() -> None:
    point = ScoredPoint("sora_app_alive", "B7", DAY, 0.0, "1", 0.9, None, {}, 0.81)
    stored = StoredSeries("sora_app_alive", "event", "1", "B7", (DAY,), np.zeros((1, 19)), {}, 0.9)
    found = back_test_point(point, stored)
    assert found.log_score == pytest.approx(math.log(0.1))
    assert found.base == pytest.approx(math.log(0.1))  # the rule said that it lives
    assert found.lost == -found.log_score
    assert found.rank is None


def test_what_came_at_the_median_loses_nothing() -> None:
    pytest.importorskip("scoringrules")
    quantiles = np.exp(np.linspace(-1, 1, len(LEVELS)))[None, :]
    stored = StoredSeries("x", "path", "M", "B1", (DAY,), quantiles, {}, None)
    told = score(quantiles[0], 1.0)
    point = ScoredPoint("x", "B1", DAY, 1.0, "M", 1.0, told, {"last value": told})
    found = back_test_point(point, stored)
    assert found.lost == pytest.approx(0.0)
    assert found.rank == pytest.approx(0.5)


def test_other_odds_are_scored_by_what_came() -> None:
    row = entries("beliefs", "targets")["sora_app_alive"]
    told = dict(otherwise(row, {}, DAY, 0.0, 0))
    assert told["odds of 10% instead of 90%"] == pytest.approx(math.log(0.9))
    assert max(told.values()) == told["odds of 10% instead of 90%"]


def test_every_reading_changes_one_input() -> None:
    row = entries("beliefs", "targets")["clouds_capex_2026"]
    text = f"{COLUMNS}clouds_capex_2026,2025-09-30,490,bn USD,m,s,fact\n"
    known = parse_histories(text, "known.csv")
    found = list(readings(row, known))
    figures = [words for words, other, _ in found if other.figures != row.figures]
    values = [
        h["clouds_capex_2026"].last.value for _, other, h in found if other.figures == row.figures
    ]
    assert len(figures) == 4  # lean and spread, halved and doubled
    assert values == [392.0, 588.0]
    for _, other, _ in found:
        changed = [n for n, f in other.figures.items() if f.value != row.figures[n].value]
        assert len(changed) <= 1


def test_an_outcome_of_an_event_may_be_nothing_and_of_a_number_not() -> None:
    events = f"{COLUMNS}e,2026-01-01,0,1,m,s,fact\n"
    assert parse_histories(events, "o.csv", outcomes=True)["e"].last.value == 0.0
    with pytest.raises(InputError, match="not above 0"):
        parse_histories(events, "o.csv")
    with pytest.raises(InputError, match="not above 0"):
        parse_histories(f"{COLUMNS}e,2026-01-01,0,M,m,s,fact\n", "o.csv", outcomes=True)


def test_an_outcome_of_nothing_is_refused_of_what_is_no_event() -> None:
    stored = StoredSeries("x", "path", "1", "", (DAY,), np.ones((1, 19)), {}, None)
    came = parse_histories(f"{COLUMNS}x,2026-06-30,0,1,m,s,fact\n", "o.csv", outcomes=True)
    with pytest.raises(InputError, match="0 only of an event"):
        back_test.back_test((stored,), came, dict[str, History]())


def test_what_happened_is_not_in_what_was_known(shipped) -> None:
    known = {one.point.series for one in shipped[1].points}
    outcomes = back_test.shipped_outcomes()
    assert known == set(outcomes)
    assert all(o.date > date(2025, 10, 8) for h in outcomes.values() for o in h.observations)
    assert replace(outcomes["metr_p50"]).last.value == 1045
