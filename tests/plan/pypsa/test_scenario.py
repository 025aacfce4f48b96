"""The hours of one scenario: every component a column or two, every bus a balance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.plan.pypsa.netcdf import ComponentTable, Network
from headrace.plan.pypsa.scenario import NetworkScenario, Penalties, Size, circle_of, loads

HOURS = 3


def table(kind: str, name: str, **static: object) -> ComponentTable:
    return ComponentTable(
        kind, (name,), {k: np.array([[v]], dtype=object) for k, v in static.items()}, {}
    )


def network(*tables: ComponentTable) -> Network:
    buses = ComponentTable("buses", ("a", "b"), {}, {})
    return Network(
        np.full(HOURS, 2.0),
        np.ones(HOURS),
        ("",),
        np.ones(1),
        {t.kind: t for t in (buses, *tables)},
    )


def columns(found: Network, *sizes: Size) -> tuple[str, ...]:
    return tuple(NetworkScenario(found, 0, list(sizes), Penalties(1.0, 1.0)).writer.columns)


def test_a_link_runs_both_ways_only_where_it_may():
    """p_min_pu of -1 gives a column back, 0 gives none."""
    both = table("links", "line", bus0="a", bus1="b", p_min_pu=-1.0)
    one = table("links", "line", bus0="a", bus1="b", p_min_pu=0.0)
    assert columns(network(both), Size(both, 0, -1, 5.0)) == ("links line", "links line back")
    assert columns(network(one), Size(one, 0, -1, 5.0)) == ("links line",)


def test_a_load_may_go_unserved_and_a_bus_without_one_may_not():
    town = table("loads", "town", bus="b", p_set=4.0)
    assert list(loads(network(town), 0)) == [("b", pytest.approx(4.0))]
    assert columns(network(town)) == ("unserved b",)
    idle = table("loads", "town", bus="b", p_set=4.0, active=0.0)
    assert list(loads(network(idle), 0)) == []


def test_a_load_of_the_other_sign_feeds_its_bus():
    """sign +1 on a load of 4 MW puts 4 MW in: nothing can be unserved there."""
    feed = table("loads", "town", bus="b", p_set=4.0, sign=1.0)
    assert list(loads(network(feed), 0)) == [("b", pytest.approx(-4.0))]
    assert columns(network(feed)) == ()


def test_a_store_has_a_level_and_a_power_in_each_direction():
    cell = table("stores", "cell", bus="a", e_cyclic=1.0)
    found = columns(network(cell), Size(cell, 0, 0, 0.0))
    assert found == ("stores cell level", "stores cell charge", "stores cell discharge")


def test_what_is_put_in_costs_the_price_of_waste_and_what_is_taken_out_earns_it():
    """A link of 80 %: 7 a MW at its end less 7 at its start; a load of 4 MW earns 7 x 2 h x 4."""
    line = table("links", "line", bus0="a", bus1="b", efficiency=0.8, marginal_cost=3000.0)
    town = table("loads", "town", bus="b", p_set=4.0)
    found = NetworkScenario(network(line, town), 0, [Size(line, 0, -1, 5.0)], Penalties(100.0, 7.0))
    cost = dict(zip(found.writer.columns, (scale for scale, _ in found.writer._cost)))
    assert cost == {
        "unserved b": pytest.approx(107.0),
        "links line": pytest.approx(3.0 + 7.0 * (0.8 - 1.0)),
    }
    assert found.constant == pytest.approx(-7.0 * 2.0 * 4.0 * HOURS)


@given(st.lists(st.floats(0.1, 8760.0), min_size=1, max_size=50))
def test_snapshots_follow_one_another_in_a_circle(weights):
    """The last is followed by the first, and their weights are the span."""
    found = circle_of(np.array(weights))
    count = len(weights)
    assert found.next_hour.tolist() == [*range(1, count), 0]
    assert found.span == pytest.approx(sum(weights))
    assert found.day.tolist() == [i // 24 for i in range(count)]
