"""A fan chart: its axis is that of band and history, its table holds the quantiles."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from headrace.beliefs.history import History, Observation
from headrace.beliefs.paths import SeriesForecast
from headrace.show.figures.fan_chart import MOST_PRIOR, fan

DATES = (date(2026, 1, 31), date(2026, 2, 28))
SEEN = History("x", "M", "things", (Observation(date(2025, 12, 1), 90.0, "made", "fact"),))


def made(kind="path"):
    draws = np.exp(np.random.default_rng(0).normal(4.6, 0.2, (5000, 2)))
    return SeriesForecast(
        "x", kind, "M", DATES, draws, "Things", notes=("what was seen was rationed",)
    )


def test_band_median_history_and_what_came_are_drawn():
    chart = fan("fan0", made(), SEEN, None, [(date(2026, 1, 31), 130.0)])
    names = [trace["name"] for trace in chart.figure["data"]]
    assert names == ["5 to 95 %", "10 to 90 %", "25 to 75 %", "median", "seen", "came"]
    assert chart.about == "What was seen was rationed"
    first = chart.table.rows[0]
    assert first[0] == "2026-01-31"
    assert first[4] == pytest.approx(np.median(made().draws[:, 0]), rel=1e-5)
    assert list(first[1:]) == sorted(first[1:])


def test_wild_draws_of_the_prior_do_not_stretch_the_axis():
    wild = np.full((MOST_PRIOR + 9, 2), 1e9)
    axis = fan("fan0", made(), SEEN, (DATES, wild)).figure["layout"]["yaxis"]
    assert axis["type"] == "log"
    assert 1.5 < axis["range"][0] < 2.0 < axis["range"][1] < 2.4
    prior = fan("fan0", made(), SEEN, (DATES, wild)).figure["data"][0]
    assert len(prior["x"]) == 3 * MOST_PRIOR


def test_a_count_has_a_plain_axis():
    assert "type" not in fan("fan0", made("count"), None).figure["layout"]["yaxis"]
