"""Hour by hour: telling weeks, levels that fit, names and rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.builders import toy_plan

from headrace.core.hourly_store import FlowSeries, NodeHours
from headrace.show.figures import dispatch
from headrace.show.format import downsample
from headrace.show.format.downsample import StoredBus

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


def test_buses_and_rates_are_named_as_people_do():
    assert dispatch.bus_words(StoredBus("new_albany", "electricity", "MWh")) == (
        "New Albany, electricity"
    )
    assert dispatch.bus_words(StoredBus("", "chat", "Mtok")) == "Chat"
    assert dispatch.rate_words("MWh") == "MW"
    assert dispatch.rate_words("accelerator-h") == "accelerators"
    assert dispatch.rate_words("Mtok") == "million tokens an hour"
    assert dispatch.rate_words("EFLOP") == "FLOP an hour"


def hours(*names: str, bus: str = "electricity") -> NodeHours:
    series = [FlowSeries("a", bus, name, "MWh", np.ones(8760)) for name in names]
    return NodeHours(0, np.ones(8760), tuple(series))


def test_the_inside_of_a_store_and_a_products_own_bus_are_left_out():
    def of(book: str, bus: str = "electricity") -> tuple[FlowSeries, ...]:
        found = hours("x", bus=bus).series
        return tuple(replace(series, book=book, bus_id=f"id of {bus[-4:]}") for series in found)

    series = (
        *of("carrier"),
        *of("store", "inside battery"),
        *of("product", "chat"),
        *of("market", "market chat"),
    )
    found = dispatch.coarse_sheets(NodeHours(0, np.ones(8760), series))
    assert [sheet.bus.name for sheet in found] == ["electricity", "market chat"]


def test_only_electricity_carries_the_hours_of_its_weeks():
    (electric,) = dispatch.coarse_sheets(hours("solar", "hall"))
    (other,) = dispatch.coarse_sheets(hours("solar", "hall", bus="accelerator-hours"))
    assert all(week.hours is not None for week in electric.weeks)
    assert all(week.hours is None for week in other.weeks)


def test_a_telling_week_has_a_day_on_both_sides_as_far_as_there_are_any():
    """168 hours and 24 on either side; the first week of the year has none before it."""
    (sheet,) = dispatch.coarse_sheets(hours("solar"))
    level = downsample.level(hours("solar"), sheet.bus, 1)
    first = dispatch.with_hours(dispatch.Week("w", 0), level)
    inner = dispatch.with_hours(dispatch.Week("w", 1680), level)
    assert (first.hours["first"], first.hours["slots"]) == (0, 192)
    assert (inner.hours["first"], inner.hours["slots"]) == (1656, 216)


def test_one_node_alone_has_every_level():
    (sheet,) = dispatch.full_sheets(hours("solar"))
    assert set(sheet.levels) == {24, 6, 1}
    assert all(week.hours is None for week in sheet.weeks)
    assert sheet.as_json()["unit"] == "MW"
