"""Hour by hour: telling weeks, levels that fit, names and rates."""

from __future__ import annotations

import numpy as np
from tests.builders import toy_plan

from headrace.core.hourly_store import FlowSeries, NodeHours
from headrace.show.figures import dispatch
from headrace.show.format import downsample

NODE = toy_plan.tree()[0]

HOURS = toy_plan.hours(NODE)


def test_telling_weeks_are_where_they_should_be():
    t = np.arange(8760)
    sun = np.where((t // 168) == 30, 0.0, 5.0)
    load = np.where(t == 168 * 7 + 3, 90.0, 10.0)
    lost = np.where((t // 168) == 12, 1.0, 0.0)
    series = [
        FlowSeries("a", "electricity", name, "MWh", v)
        for name, v in (("solar", sun), ("grid", load), ("hall", -load), ("unserved", lost))
    ]
    weeks = {
        w.why: w.first // 168
        for w in dispatch.coarse_sheets(NodeHours(0, np.ones(8760), tuple(series)))[0].weeks
    }
    assert (weeks["highest load"], weeks["least sun and wind"], weeks["most unserved"]) == (
        7,
        30,
        12,
    )


def test_hours_that_do_not_fit_are_left_out_from_the_end_but_for_telling_weeks(tmp_path):
    folder = toy_plan.write(tmp_path / "run", nodes=3)
    everything = dispatch.sheets(folder, [0, 1, 2])
    assert everything.coarse == ()
    electric = [sheet for sheet in everything.sheets if sheet.bus.name == "electricity"]
    assert all(set(sheet.levels) == {24, 6, 1} for sheet in electric)
    whole = sum(sheet.size() for sheet in everything.sheets)
    tight = dispatch.sheets(folder, [0, 1, 2], budget=int(whole * 0.8))
    assert sum(sheet.size() for sheet in tight.sheets) <= whole * 0.8
    assert tight.coarse in ((2,), (1, 2))
    last = next(sheet for sheet in tight.sheets if sheet.node == 2 and sheet.bus.site == "miami")
    week = last.weeks[0]
    hours = next(
        s.values
        for s in toy_plan.hours(toy_plan.tree()[2]).series
        if (s.site, s.item) == ("miami", "engines")
    )
    piece = downsample.decode(week.hours)[week.hours["items"].index("Engines")]
    np.testing.assert_allclose(
        piece, hours[week.hours["first"] :][: len(piece)], atol=hours.max() / 1000
    )
    assert dispatch.sheets(folder, [7]).sheets == ()
