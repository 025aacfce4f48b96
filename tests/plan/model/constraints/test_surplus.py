"""What somebody has made or bought cannot be thrown away where throwing away could pay."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.nouns import asset, cell, context, costs, parameters, plant, sold, system, table

from headrace.core.components import Commitment, Port
from headrace.core.ids import AssetRole
from headrace.plan.model.constraints import conversion, storage, surplus
from headrace.plan.model.constraints.context import Cut

POWER, ENERGY = asset("cell"), asset("cell", AssetRole.BUILD_ENERGY, unit="MWh")


def _same(values: object) -> object:
    return values


SAME: Cut = _same  # type: ignore[assignment]


def test_a_source_that_is_paid_for_what_it_gives_makes_its_bus_two_sided() -> None:
    """20 USD received for a MWh is an income, 20 USD paid for it is none."""
    free, dear = plant(asset(), cost=-20.0), plant(asset(), cost=20.0)
    assert len(surplus.two_sided(system([asset()], [free]), parameters(), SAME)) == 1
    assert surplus.two_sided(system([asset()], [dear]), parameters(), SAME) == ()


def test_one_hour_of_a_negative_price_is_enough() -> None:
    price = np.array([30.0, -1.0, 30.0])
    bought = plant(asset(), cost=price)
    assert len(surplus.two_sided(system([asset()], [bought]), parameters(), SAME)) == 1


@pytest.mark.parametrize(
    ("change", "two"),
    [
        ({"ramp": 0.5}, 1),
        ({"ramp": 1.0}, 0),
        ({"commitment": Commitment(minimum=0.4)}, 1),
        ({"commitment": Commitment(no_load=0.4)}, 0),
    ],
)
def test_a_plant_that_cannot_follow_the_load_makes_its_bus_two_sided(
    change: dict, two: int
) -> None:
    of = system([asset()], [plant(asset(), cost=20.0, **change)])
    assert len(surplus.two_sided(of, parameters(), SAME)) == two


def test_both_rows_say_that_what_is_made_is_used_and_only_sun_is_left_out() -> None:
    """bus: -a <= sun; surplus: a - wasted <= idle draw."""
    one, panel, halls = asset(), asset("pv"), asset("halls", AssetRole.HALL)
    bus = plant(one).ports[0].bus
    paid = plant(one, cost=-20.0)
    shines = plant(panel, ports=(), standing=(Port(bus, 0.5),), has_activity=False)
    draws = plant(halls, ports=(), standing=(Port(bus, -0.2),), has_activity=False)
    of = system([one, panel, halls], [paid, shines, draws])
    here = context([one, panel, halls])
    surplus.add(here, of)
    for number, converter in enumerate(of.converters):
        conversion.add(here, converter, number, {})
    surplus.finish(here, of)
    rows = {key: values[0] for key, values in table(here, "rows").items()}
    assert rows == {
        ("bus", "activity"): -1.0,
        ("surplus", "activity"): 1.0,
        ("surplus", "wasted"): -1.0,
    }
    stands = {key: values[0] for key, values in table(here, "allowed").items()}
    assert stands == {("bus", "build"): 0.5, ("bus", "hall"): -0.2, ("surplus", "hall"): 0.2}


def test_a_wasted_unit_costs_twice_what_anybody_pays_for_one() -> None:
    for paid, usd in ((-20.0, 100.0), (-400.0, 800.0)):
        of = system([asset()], [plant(asset(), cost=paid)], demands=(sold(),))
        bus = of.converters[0].ports[0].bus
        rate = surplus.waste_rate(of, parameters(), SAME, bus)
        assert (rate.kind, rate.usd) == ("short", -usd)


def test_a_store_beside_a_negative_price_keeps_what_it_is_given() -> None:
    """0.99 level + 0.9 charge - discharge / 0.9 - level' - spilled <= 0, and one way at a time."""
    store = cell(POWER, ENERGY, keep=0.99)
    of = system([asset(), POWER, ENERGY], [plant(asset(), cost=-20.0)], stores=(store,))
    here = context([asset(), POWER, ENERGY])
    surplus.add(here, of)
    storage.add(here, store, 0)
    surplus.keep(here, of, store, 0)
    now = {column: v[0] for (row, column), v in table(here, "now").items() if row == "kept"}
    assert now == {
        "level": 0.99,
        "charge": 0.9,
        "discharge": pytest.approx(-1 / 0.9),
        "spilled": -1.0,
    }
    ahead = {row: v[0] for (row, _), v in table(here, "next").items()}
    assert ahead == {"store": 1.0, "kept": -1.0}
    together = {c: v[0] for (row, c), v in table(here, "rows").items() if row == "one"}
    assert together == {"charge": 1.0, "discharge": 1.0}
    assert costs(here)["spilled"] == [100.0] * 3


def test_a_store_elsewhere_is_as_it_was() -> None:
    store = cell(POWER, ENERGY)
    of = system([asset(), POWER, ENERGY], [plant(asset(), cost=20.0)], stores=(store,))
    here = context([asset(), POWER, ENERGY])
    surplus.add(here, of)
    storage.add(here, store, 0)
    surplus.keep(here, of, store, 0)
    surplus.finish(here, of)
    assert {label.kind for label in here.columns} == {"charge", "discharge", "level"}
