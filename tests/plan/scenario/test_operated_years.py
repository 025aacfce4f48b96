"""When things may be ordered, and in which years a stage is operated."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.nouns import asset, node, system

from headrace.core.components import Reservation, System
from headrace.core.ids import AssetRole
from headrace.plan.scenario.discounting import Discounting
from headrace.plan.scenario.operated_years import (
    StageSpan,
    changes,
    operated,
    order_dates,
    stages_of,
    years,
)

END = Discounting(rate=0.0, end=240.0, terminal=True)
LONG = StageSpan(0.0, 240.0)


def dates(of: System, *stages: StageSpan) -> list[float]:
    return [date for date, _ in order_dates(of, of.assets[0], stages, END)]


def test_what_dies_in_a_stage_is_ordered_again_in_time() -> None:
    """Two years of life in five: again after two and four years, whatever the lead time."""
    short, end = (StageSpan(0.0, 60.0),), replace(END, end=60.0)
    for one in (asset(life_months=24.0), asset(life_months=24.0, lead_months=9.0)):
        found = order_dates(system([one]), one, short, end)
        assert found == [(0.0, 60.0), (24.0, 60.0), (48.0, 60.0)]


def test_what_is_ordered_in_a_long_stage_arrives_as_five_years_are_over() -> None:
    """Ten months on the way, and there from month 84, 144, 204 of a stage that begins in month 24;
    in month 254 it would be ordered in a stage that is over. A stage of five years has no more."""
    late, stages = asset(lead_months=10.0, life_months=600.0), (24.0, 240.0)
    of, beyond = system([late]), Discounting(rate=0.0, end=600.0, terminal=True)
    found = order_dates(of, late, (StageSpan(*stages),), beyond)
    assert found == [(date, 240.0) for date in (24.0, 74.0, 134.0, 194.0)]
    assert dates(of, StageSpan(0.0, 60.0)) == [0.0]
    assert dates(of, StageSpan(0.0, 61.0)) == [0.0, 50.0]


def test_what_takes_longer_than_five_years_arrives_at_the_same_turns() -> None:
    """96 months on the way: ordered in month 24, 84, ... it is there in month 120, 180, ..."""
    assert dates(system([asset(lead_months=96.0, life_months=600.0)]), LONG) == [0.0, 24.0, 84.0]


def test_what_arrives_is_told_at_every_lead_time_that_may_come_true() -> None:
    """It is ordered as the shorter one asks, in month 0 and 60, and takes 0 or 20 months."""
    one, stage = asset(life_months=600.0), (StageSpan(0.0, 70.0),)
    found = changes(system([one]), stage, END, {one.id: (20.0, 0.0)})
    assert found == (-1.0, 0.0, 19.0, 20.0, 60.0, 80.0, 600.0, 620.0, 660.0, 680.0)


def test_what_stood_is_replaced_when_it_ends() -> None:
    """It stands for 30 months and takes 12 to build: the next is ordered in month 18."""
    old = asset(life_months=600.0, lead_months=12.0, stands=1.0, stands_until=30.0)
    assert dates(system([old]), StageSpan(0.0, 60.0)) == [0.0, 18.0]


def test_rents_and_slots_are_ordered_at_the_stages_alone() -> None:
    rent = asset(life_months=60.0, rented=True)
    assert dates(system([rent]), LONG) == [0.0]
    slot = asset("plant", AssetRole.SLOT, life_months=60.0)
    use = asset("plant", AssetRole.FROM_SLOT, life_months=60.0)
    of = system([slot, use], reservations=(Reservation(slot.id, (use.id,), 24.0),))
    assert dates(of, LONG) == [0.0]


def test_a_date_is_told_with_the_end_of_its_stage() -> None:
    of = system([asset(life_months=60.0)])
    both = (StageSpan(0.0, 12.0), StageSpan(12.0, 240.0))
    assert order_dates(of, of.assets[0], both, END) == [
        (0.0, 12.0),
        (12.0, 240.0),
        *((float(month), 240.0) for month in (60, 72, 120, 132, 180, 192)),
    ]


def test_everything_that_comes_and_goes_is_a_change() -> None:
    """Ordered at 0 and 24, six months on the way: there from 6 to 30, from 30 to 54; and a month
    earlier where it is ordered now. That it is ordered changes nothing."""
    one = asset(life_months=24.0, lead_months=6.0)
    stage, end = (StageSpan(0.0, 40.0),), replace(END, end=40.0)
    assert changes(system([one]), stage, end) == (5.0, 6.0, 30.0, 54.0)
    old = replace(one, stands=1.0, stands_until=30.0, at_most=0.0)
    assert changes(system([old]), stage, end) == (30.0,)


def test_years_without_a_change_are_one() -> None:
    assert years(StageSpan(12.0, 72.0), []) == [(12.0, 72.0)]
    assert years(StageSpan(12.0, 72.0), [12.0, 72.0, 100.0]) == [(12.0, 72.0)]


def test_a_year_with_a_change_stands_alone() -> None:
    """Something comes in month 30, in the second year; in the turn of a year nothing is cut."""
    assert years(StageSpan(12.0, 72.0), [30.0]) == [(12.0, 24.0), (24.0, 36.0), (36.0, 72.0)]
    assert years(StageSpan(12.0, 72.0), [36.0]) == [(12.0, 36.0), (36.0, 72.0)]


def test_the_rest_of_a_year_is_no_whole_one() -> None:
    """Eighteen months are a year and half a year, which have different seasons."""
    assert years(StageSpan(0.0, 18.0), []) == [(0.0, 12.0), (12.0, 18.0)]


def test_every_year_is_another_where_demand_grows() -> None:
    assert years(StageSpan(0.0, 36.0, moves=True), []) == [(0, 12), (12, 24), (24, 36)]


@given(st.integers(1, 400), st.lists(st.integers(0, 500), max_size=6), st.booleans())
def test_years_cover_the_stage_and_no_change_is_inside_a_long_one(
    months: int, at: list[int], moves: bool
) -> None:
    found = years(StageSpan(6.0, 6.0 + months, moves), [float(a) for a in at])
    assert (found[0][0], found[-1][1]) == (6.0, 6.0 + months)
    assert all(a[1] == b[0] for a, b in itertools.pairwise(found))
    for begin, end in found:
        inside = [a for a in at if begin < a < end]
        assert end - begin <= 12 or not (inside or moves)


def test_a_tree_is_cut_along_its_branches() -> None:
    """Two children of a root of a year, each operated in two nodes of which the first decides."""
    tree = (
        node(name="a"),
        node(12.0, 24.0, name="b", parent=0, stage=2, probability=0.5),
        node(12.0, 24.0, name="c", parent=0, stage=2, probability=0.5),
    )
    found = operated(tree, {1: [(0.0, 12.0)], 2: [(12.0, 24.0), (24.0, 36.0)]})
    assert [(n.parent, n.opening, n.start, n.months) for n in found] == [
        (-1, -1, 0.0, 12.0),
        (0, -1, 12.0, 12.0),
        (1, 1, 24.0, 12.0),
        (0, -1, 12.0, 12.0),
        (3, 3, 24.0, 12.0),
    ]
    assert [n.decides for n in found] == [True, True, False, True, False]
    assert [n.decided_until for n in found] == [12.0, 36.0, 36.0, 36.0, 36.0]
    assert len({n.name for n in found}) == 5


@pytest.mark.parametrize(("prices", "moves"), [(False, False), (True, True)])
def test_a_stage_moves_with_its_prices(prices: bool, moves: bool) -> None:
    assert stages_of((node(),), prices_move=prices) == {1: StageSpan(0.0, 12.0, moves)}
