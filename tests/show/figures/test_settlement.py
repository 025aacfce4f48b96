"""A settled month in pictures: every micro-unit is in one of the bars."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from headrace.rights.money import MICRO
from headrace.rights.royalties.period import settle_generated
from headrace.show.figures import settlement as figures

DONE = settle_generated(2000, "user_centric")
CHARTS = {chart.key: chart for chart in figures.charts(DONE)}


def test_the_pool_of_every_rule_is_in_its_bars():
    bars = CHARTS["pool"].figure["data"]
    assert all(bar["orientation"] == "h" for bar in bars)
    totals = np.array([bar["x"] for bar in bars]).sum(axis=0)
    assert totals == pytest.approx([settled.pool / MICRO for settled in DONE.all_rules])
    for row, settled in zip(CHARTS["pool"].table.rows, DONE.all_rules):
        exact = sum(round(float(text) * MICRO) for text in row[1:])
        assert exact == settled.pool


def test_the_top_holders_of_the_chosen_rule_stand_first():
    rows = CHARTS["rules"].table.rows
    own = [settled.rule for settled in DONE.all_rules].index(DONE.chosen.rule) + 1
    earned = [float(row[own]) for row in rows]
    assert earned == sorted(earned, reverse=True)
    assert earned[0] == pytest.approx(DONE.chosen.earned.max() / MICRO)
    assert len(rows) == min(figures.MOST_BARS, len(DONE.chosen.holders))


def test_the_curve_of_shares_rises_from_nothing_to_all():
    for line in CHARTS["spread"].figure["data"]:
        assert (line["x"][0], line["y"][0], line["x"][-1]) == (0.0, 0.0, 1.0)
        assert line["y"][-1] == pytest.approx(1.0)
        assert (np.diff(line["y"]) >= 0).all()
        assert (np.array(line["y"]) >= np.array(line["x"]) - 1e-12).all()  # richest first


def test_one_colour_a_rule():
    for key in ("rules", "spread"):
        names = [trace["name"] for trace in CHARTS[key].figure["data"]]
        assert names == [figures.WORDS[settled.rule] for settled in DONE.all_rules]
    assert len(set(figures.COLOURS.values())) == len(figures.COLOURS)


def test_a_bot_pays_the_median_fee_for_one_use_in_a_hundred():
    """At least 100 uses; its gain is told as a multiple of what it paid."""
    assert DONE.fees is not None
    gains = figures.typical_bot(DONE, DONE.fees)
    assert {gain.uses for gain in gains} == {max(100, DONE.chosen.uses // 100)}
    assert {gain.fee for gain in gains} == {int(np.median(DONE.fees[DONE.fees > 0]))}
    assert [row[1] for row in CHARTS["bot"].table.rows] == [gain.times_fee for gain in gains]
    assert f"{gains[0].fee / MICRO:,.2f}" in CHARTS["bot"].about


def test_without_fees_there_is_no_bot():
    bare = dataclasses.replace(DONE, fees=None)
    assert "bot" not in {chart.key for chart in figures.charts(bare)}


def test_refused_rows_are_counted_by_kind():
    class Refusal:
        def __init__(self, kind: str) -> None:
            self.kind = kind

    rows = tuple(map(Refusal, ["period", "currency", "period"]))
    told = figures.refused(dataclasses.replace(DONE, refused=rows))
    assert told.table.rows == (("period", 2), ("currency", 1))
    assert told.figure["data"][0]["x"] == [2.0, 1.0]


def test_every_picture_is_plain_json():
    for chart in CHARTS.values():
        json.dumps(chart.as_json(), allow_nan=False)
