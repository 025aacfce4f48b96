"""Orders, what stands when, and the limits on both, on a tree of three nodes by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.nouns import asset, circle, node, parameters, system

from headrace.core.components import Asset, Limit, Reservation, System
from headrace.core.ids import AssetRole
from headrace.plan.model.investment import (
    BOX,
    Order,
    capacity_limits,
    cost,
    installed_capacity,
    limits,
    possible,
    shared_supply,
    slot_may_be_held,
)
from headrace.plan.model.master_row import MasterRow
from headrace.plan.scenario.discounting import Discounting
from headrace.plan.scenario.operated_years import operated
from headrace.plan.scenario.time_slices import keep_all

END = Discounting(0.0, 24.0, terminal=False)
NODES = (
    node(name="now"),
    node(12.0, name="up", parent=0, stage=2, probability=0.25),
    node(12.0, name="down", parent=0, stage=2, probability=0.75),
)


def orders(*assets: Asset, factors: dict[str, float] | None = None, **more: Any) -> tuple:
    holds = parameters(capex=factors or {})
    return possible(system(assets, **more), NODES, (holds,) * 3, END)


def test_an_order_at_every_node_from_which_it_still_works() -> None:
    assert [o.node for o in orders(asset())] == [0, 1, 2]
    assert [o.node for o in orders(asset(lead_months=12.0))] == [0]
    assert orders(asset(lead_months=24.0)) == ()


def test_an_order_is_boxed_by_its_limits() -> None:
    """Supply is by the year of a stage; where nothing limits, the box of the unit does."""
    assert orders(asset())[0].most == BOX["MW"]
    assert orders(asset(at_most=5.0))[0].most == 5.0
    assert orders(asset(supply=7.0, unit="accelerator"))[0].most == 7.0


def test_the_price_at_a_node_is_the_factor_times_the_catalogue_less_the_credit() -> None:
    one = orders(asset(belief="t", credit=10.0), factors={"t": 1.5})[0]
    assert (one.price, one.factor, one.money.payments) == (140.0, 1.5, 140.0)


def test_an_expected_cost_is_that_of_its_branch() -> None:
    assert cost(orders(asset())[1], NODES[1]) == pytest.approx(0.25 * 100.0)


def test_a_rent_that_ends_inside_the_horizon_may_be_kept_on() -> None:
    """Taken now it lasts to month 12; kept on in either branch to month 24, at its rent alone."""
    found = orders(asset(rented=True, life_months=6.0, fixed_cost=12.0))
    kept = [o for o in found if o.renews >= 0]
    assert [(o.node, o.renews, o.begin, o.finish) for o in kept] == [
        (1, 0, 12.0, 24.0),
        (2, 0, 12.0, 24.0),
    ]
    assert kept[0].money.payments == 0.0
    assert kept[0].money.fixed == pytest.approx(12.0)
    assert kept[0].stands_at(12.0)
    assert not kept[0].stands_at(24.0)


def slotted(window: float, earliest: float = 0.0) -> System:
    plant = asset()
    slot = asset("plant", AssetRole.SLOT, available_from=earliest)
    use = asset("plant", AssetRole.FROM_SLOT, into=plant.id)
    return system([plant, slot, use], reservations=(Reservation(slot.id, (use.id,), window),))


@pytest.mark.parametrize(
    ("window", "earliest", "at", "wanted"),
    [(12.0, 0.0, 1, True), (11.0, 0.0, 1, False), (24.0, 6.0, 1, False), (24.0, 0.0, 0, False)],
)
def test_a_slot_must_have_been_ordered_above_and_not_have_lapsed(
    window: float, earliest: float, at: int, wanted: bool
) -> None:
    of = slotted(window, earliest)
    assert slot_may_be_held(of, NODES, of.assets[2].id, at) is wanted
    assert slot_may_be_held(of, NODES, of.assets[0].id, at)


def at_nodes(of: System, number: int, calendar: Any = None) -> tuple:
    slices = calendar or circle()
    found = possible(of, NODES, (parameters(),) * 3, END)
    return installed_capacity(of, NODES, (slices,) * 3, found, number)


def test_what_stands_is_what_stood_and_what_the_path_ordered() -> None:
    """3 MW from the start; in `up` those, the order of the root and its own, never `down`'s."""
    (group,) = at_nodes(system([asset(stands=3.0)]), 1)
    assert (group.start, group.columns, group.shares) == (3.0, (0, 1), (1.0, 1.0))


def test_what_has_ended_stands_no_more() -> None:
    assert at_nodes(system([asset(stands=3.0, stands_until=12.0, at_most=0.0)]), 1) == ()


def test_an_arrival_inside_the_node_is_a_group_of_its_own() -> None:
    """Half a year of lead: the order of the root in all hours, its own from the middle on."""
    of = system([asset(lead_months=6.0)])
    groups = at_nodes(of, 1, keep_all(0, 12.0))
    assert [(g.columns, g.mask is None) for g in groups] == [((0,), True), ((1,), False)]
    assert groups[1].mask is not None
    assert groups[1].mask.mean() == pytest.approx(0.5)


def test_a_plant_from_a_slot_stands_as_the_plant() -> None:
    of = slotted(24.0)
    groups = at_nodes(of, 1)
    names = {of.assets[g.asset].id.role: g.columns for g in groups}
    assert set(names) == {AssetRole.BUILD, AssetRole.SLOT}
    found = possible(of, NODES, (parameters(),) * 3, END)
    assert {found[c].asset for c in names[AssetRole.BUILD]} == {0, 2}


def order(number: int, at: int, begin: float, finish: float) -> Order:
    one = orders(asset())[0]
    return Order(at, number, begin, begin, finish, one.money, 1.0, 5.0, price=100.0)


def test_at_most_counts_what_stands_already() -> None:
    """5 MW at most, 2 of them there until month 6: 3 may be ordered before, 5 after."""
    of = system([asset(at_most=5.0, stands=2.0, stands_until=6.0)])
    near = [(0, order(0, 0, 0.0, 24.0))]
    assert [row.rhs for row in capacity_limits(of, near, 0.0, 0)] == [3.0]
    assert [row.rhs for row in capacity_limits(of, near, 6.0, 0)] == [5.0]


def test_a_joint_limit_weighs_what_stands() -> None:
    """Accelerators of 2 kW in a hall: 2 a + 0 <= hall, with 4 MW of hall there."""
    chip, hall = asset("chip"), asset("", AssetRole.HALL, stands=4.0)
    joint = Limit("hall of here", ((chip.id, 2.0), (hall.id, -1.0)), 0.0, "")
    of = system([chip, hall], limits=(joint,))
    near = [(0, order(0, 0, 0.0, 24.0)), (1, order(1, 0, 0.0, 24.0))]
    (row,) = capacity_limits(of, near, 0.0, 0)
    assert (row.columns, row.values, row.rhs) == ((0, 1), (2.0, -1.0), 4.0)
    assert row.name(NODES) == "hall of here, now"


def test_a_supply_is_shared_by_all_sites() -> None:
    """60 a year under one key: 30 in a node of half a year, for the orders of both."""
    here = asset("b200", AssetRole.ACCELERATOR, unit="accelerator", supply=60.0)
    there = Asset(**{**vars(here), "id": type(here.id)("there", here.id.role, "b200")})
    of = system([here, there])
    both = [(0, order(0, 0, 0.0, 24.0)), (1, order(1, 0, 0.0, 24.0))]
    (row,) = shared_supply(of, both, 0, 0.5)
    assert (row.columns, row.rhs, row.scale) == ((0, 1), 30.0, 1000.0)
    assert row.name(NODES) == "supply of b200, now"


def test_a_stage_of_years_has_one_supply_and_one_budget() -> None:
    """60 a year for three years, whichever year they are ordered in: replaced each year, 180."""
    nodes = operated((node(months=36.0),), {1: [(0.0, 12.0), (12.0, 24.0), (24.0, 36.0)]})
    chip = asset("b200", AssetRole.ACCELERATOR, unit="accelerator", supply=60.0, life_months=12.0)
    of = system([chip])
    found = possible(of, nodes, (parameters(),) * 3, Discounting(0.0, 36.0, terminal=True))
    assert [(o.node, o.date) for o in found] == [(0, 0.0), (1, 12.0), (2, 24.0)]
    rows = {r.reason: r for r in limits(of, nodes, found, (500.0,))}
    assert (rows["supply"].columns, rows["supply"].rhs) == ((0, 1, 2), 180.0)
    assert (rows["spend"].columns, rows["spend"].rhs) == ((0, 1, 2), 500.0)
    assert {rows["supply"].node, rows["spend"].node} == {0}


def test_spending_is_limited_stage_by_stage() -> None:
    found = limits(system([asset()]), NODES, orders(asset()), (500.0, 700.0))
    assert [(r.reason, r.node, r.columns, r.values, r.rhs) for r in found] == [
        ("spend", 0, (0,), (100.0,), 500.0),
        ("spend", 1, (1,), (100.0,), 700.0),
        ("spend", 2, (2,), (100.0,), 700.0),
    ]


def test_rows_in_words() -> None:
    one = asset().id
    for reason, words in (("at_most", "at most"), ("kept_on", "kept on"), ("reserved", "reserved")):
        row = MasterRow(reason, one, 1, (), (), 0.0)  # type: ignore[arg-type]
        assert row.name(NODES) == f"{words} build 'plant' at 'here', up"
    assert MasterRow("spend", None, 0, (), (), 0.0).name(NODES) == "spend, now"


terms = st.tuples(st.floats(0.0, 30.0), st.floats(1.0, 40.0), st.floats(0.5, 20.0))


@settings(max_examples=60, deadline=None)
@given(st.lists(terms, min_size=1, max_size=4), st.integers(0, 10**6))
def test_the_rows_hold_what_may_stand_at_every_moment(terms: list, seed: int) -> None:
    """Random orders at the root: the rows are kept exactly when no month sees more than 10 MW."""
    of = system([asset(at_most=10.0)])
    placed = [order(0, 0, begin, begin + life) for begin, life, _ in terms]
    sizes = np.array([size for *_, size in terms])
    rows = limits(of, NODES[:1], placed, None)
    kept = all(sum(v * sizes[c] for c, v in zip(r.columns, r.values)) <= r.rhs for r in rows)
    months = [0.0, *(o.begin for o in placed if o.begin < 12.0)]
    peak = max(sum(s for s, o in zip(sizes, placed) if o.stands_at(m)) for m in months)
    assert kept == (peak <= 10.0)
