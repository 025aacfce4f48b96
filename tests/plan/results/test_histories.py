"""Histories beside beliefs: what a line would have said, and what the cases say from there."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.builders.studies import study

from headrace.core.errors import InputError
from headrace.plan.results.histories import growth, history_records

TEXT = """\
study: seen
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {blocks: [8760 h]}}
beliefs:
  users: {about: ABOUT, history: SERIES, before: 20 %/a, reveal: 2, cases: {
    slow: {probability: 60 %, value: 0 %/a}, fast: {probability: 40 %, value: 100 %/a}}}
fuels: {gas: {price: 4 USD/MMBtu}}
sites: {here: {grid: {limit: 9 MW, stands: 9 MW, energy: 10 USD/MWh}}}
products: {power: {kind: electricity, site: here, demand: 1 MW, price: 20 USD/MWh}}
"""


def written(series: str, about: str = "demand") -> str:
    return TEXT.replace("SERIES", series).replace("ABOUT", about)


def test_a_line_through_three_values_is_held_against_the_next() -> None:
    found = history_records(study(written("chatgpt_weekly_users")))[0]
    assert [point.said is None for point in found.points[:4]] == [True, True, True, False]
    assert found.points[-1].value == 800
    assert found.points[-1].said == pytest.approx(868.4, rel=1e-3)


def test_cases_go_on_from_the_last_value() -> None:
    slow, fast = history_records(study(written("chatgpt_weekly_users")))[0].paths
    assert slow.values[0] == fast.values[0] == 800
    assert slow.values[1] == pytest.approx(800 * 1.2, rel=1e-3)
    assert slow.values[4] == pytest.approx(slow.values[3], rel=1e-9)
    assert fast.values[4] == pytest.approx(2 * fast.values[3], rel=1e-3)


def test_growth_changes_its_rate_at_the_reveal() -> None:
    days = [date(2027, 1, 1), date(2028, 1, 1), date(2029, 1, 1)]
    found = growth(date(2027, 1, 1), date(2028, 1, 1), days, (0.5, 1.0))
    assert found == pytest.approx(np.array([1.0, 1.5, 3.0]), rel=2e-3)


@pytest.mark.parametrize(
    ("series", "about", "words"),
    [
        ("chatgpt_weekly_user", "demand", "chatgpt_weekly_users"),
        ("henry_hub", "fuel:gas", "is no growth"),
    ],
)
def test_histories_that_are_none_are_refused(series: str, about: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        study(written(series, about))


def test_a_study_without_histories_has_no_record() -> None:
    assert (
        history_records(
            study(written("chatgpt_weekly_users").replace("history: chatgpt_weekly_users, ", ""))
        )
        == ()
    )
