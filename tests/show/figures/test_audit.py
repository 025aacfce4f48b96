"""The evidence of an audit in pictures: each holds the verdict's own numbers."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest

from headrace.show.figures import audit as figures
from headrace.trust.audit import audit
from headrace.trust.picture import LikeWithLike, like_with_like
from headrace.trust.simulated_logs import Marketplace, draw

LOG = draw(Marketplace(queries=120, proxy_sd=0.5), 1)
VERDICT = audit(LOG)
CHARTS = {chart.key: chart for chart in figures.charts(VERDICT, like_with_like(LOG))}


def test_what_was_found_comes_before_how_strong_the_log_is():
    assert list(CHARTS) == ["effect", "likes", "specifications", "power", "robustness"]
    for chart in CHARTS.values():
        json.dumps(chart.as_json(), allow_nan=False)


def test_the_effect_is_drawn_with_its_interval():
    dot = CHARTS["effect"].figure["data"][0]
    assert dot["x"] == [VERDICT.beta]
    assert dot["error_x"]["array"] == pytest.approx([VERDICT.ci[1] - VERDICT.beta])
    told = dict(CHARTS["effect"].table.rows)
    assert told["95 % interval, low end"] == VERDICT.ci[0]
    assert told["smallest detectable"] == VERDICT.design.beta_min


@pytest.mark.parametrize(("beta_min", "slack", "shapes"), [(math.inf, 0.0, 1), (0.5, 0.2, 3)])
def test_only_what_is_finite_has_a_line(beta_min, slack, shapes):
    design = dataclasses.replace(VERDICT.design, beta_min=beta_min, slack=slack)
    told = figures.effect(dataclasses.replace(VERDICT, design=design))
    assert len(told.figure["layout"]["shapes"]) == shapes
    json.dumps(told.as_json(), allow_nan=False)


def test_every_specification_is_a_dot_and_the_first_decides():
    dots = CHARTS["specifications"].figure["data"][0]
    assert dots["x"] == sorted(one.statistic for one in VERDICT.curve)
    assert dots["marker"]["color"].count(figures.PAID) == 1
    decides = dots["y"][dots["marker"]["color"].index(figures.PAID)]
    assert decides == VERDICT.primary.specification.name
    assert len(CHARTS["specifications"].table.rows) == len(VERDICT.curve)


def test_the_power_rises_through_ninety_per_cent_at_the_smallest_detectable():
    rows = np.array(CHARTS["power"].table.rows, dtype=float)
    assert (np.diff(rows[:, 1]) >= -1e-12).all()
    at = np.interp(VERDICT.design.beta_min, rows[:, 0], rows[:, 1])
    assert at == pytest.approx(0.9, abs=0.05)


def test_places_that_are_not_known_are_left_out():
    likes = LikeWithLike("<score>", np.array([0.0, 1.0]), np.array([3.0, np.nan]), np.ones(2))
    told = figures.like_with_like(likes)
    unpaid, paid = told.figure["data"]
    assert (unpaid["y"], paid["y"]) == ([1.0, 1.0], [3.0, None])
    assert told.figure["layout"]["xaxis"]["title"]["text"] == "&lt;score&gt;"
    assert told.figure["layout"]["yaxis"]["autorange"] == "reversed"


def test_a_log_without_relevance_has_no_like_with_like():
    assert "likes" not in {chart.key for chart in figures.charts(VERDICT, None)}


def test_what_is_needed_stands_beside_each_benchmark():
    rows = CHARTS["robustness"].table.rows
    assert rows[0][1] == rows[0][2] == VERDICT.robustness.value_of_bound
    one = VERDICT.robustness.benchmarks[0]
    assert rows[1] == (f"benchmark: {one.name}", one.paid_share, one.rank_share)
