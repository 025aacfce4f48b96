"""Converters: what they may do, what it costs, where it goes."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.nouns import (
    MARKET,
    POWER,
    SOLD,
    asset,
    block,
    context,
    costs,
    delivery,
    parameters,
    plant,
    sold,
    system,
    table,
)

from headrace.core.components import Bus, Commitment, Port
from headrace.core.ids import CarrierId, CarrierKind
from headrace.plan.model.constraints import conversion

PLANT = asset()
GAS = parameters(fuel={"gas": 3.0})


def test_a_plant_with_fuel_by_hand() -> None:
    """7 MMBtu at 3 USD and 2 USD else: 23 USD/MWh; 90 % of what stands; into the bus."""
    here = context([PLANT], GAS)
    burning = plant(PLANT, fuel="gas", fuel_rate=7.0, cost=2.0, availability=0.9)
    conversion.add(here, burning, 0, {})
    assert costs(here) == {"activity": [23.0] * 3}
    assert table(here, "upper") == {("activity", "build"): [0.9] * 3}
    assert table(here, "rows") == {("bus", "activity"): [-1.0] * 3}


def test_with_units_on_line_only_the_rest_of_the_fuel_is_paid_by_output() -> None:
    """10 % is burnt without output: 0.9 x 7 x 3 = 18.9."""
    rule = Commitment(no_load=0.1)
    burning = plant(PLANT, fuel="gas", fuel_rate=7.0, commitment=rule)
    found = {rate.kind: rate.usd for rate in conversion.rates(burning, GAS, {}, lambda x: x)}
    assert found == {"variable": 0.0, "fuel": pytest.approx(-18.9)}


def test_what_is_absent_writes_nothing() -> None:
    here = context()
    conversion.add(here, plant(PLANT), 0, {})
    assert not here.writer.columns
    assert not here.writer.rows


def test_the_sun_needs_no_activity() -> None:
    """What shines on a panel is on the right of the bus: it may be thrown away."""
    here = context([PLANT])
    shine = np.zeros(8760)
    shine[1] = 0.8
    sun = plant(PLANT, ports=(), standing=(Port(POWER, shine),), has_activity=False)
    conversion.add(here, sun, 0, {})
    assert not here.writer.columns
    assert table(here, "allowed") == {("bus", "build"): [0.0, 0.8, 0.0]}


def test_a_sale_earns_the_price_of_the_node_and_is_limited_by_the_demand() -> None:
    """50 USD that have risen by 10 %; half of an hour's 10 MW a unit delivers: at most 20."""
    here = context(holds=parameters(price={SOLD: 1.1}))
    half = delivery(standing=())
    half = type(half)(half.id, "half", (Port(POWER, -1.0), Port(MARKET, 0.5)))
    conversion.add(here, half, 0, {MARKET: sold()})
    assert costs(here) == {"activity": [-27.5] * 3}
    made = block(here)
    assert made.upper.hourly(made.profiles).tolist() == [[20.0] * 3]
    assert table(here, "rows")[("demand", "activity")] == [1.0] * 3


def test_where_nothing_is_asked_nothing_is_sold() -> None:
    here = context(holds=parameters(level={SOLD: 0.0}))
    conversion.add(here, delivery(), 0, {MARKET: sold()})
    assert not here.writer.columns


@pytest.mark.parametrize(("deadline", "most"), [("now", 10.0), ("day", np.inf)])
def test_a_window_closes_what_no_hour_does(deadline: str, most: float) -> None:
    here, wanted = context(), sold(deadline=deadline)
    made = delivery()
    sales = [(made.ports[1], wanted)]
    assert np.max(conversion.fixed_upper(here, made, sales)) == most


def test_an_upper_of_its_own_goes_before_the_demand() -> None:
    here, made = context(), delivery(upper=4.0)
    assert conversion.fixed_upper(here, made, [(made.ports[1], sold())]) == 4.0
    assert conversion.fixed_upper(here, plant(PLANT), []) == 0.0


def test_the_largest_ratio_at_a_demand() -> None:
    weak = delivery()
    strong = type(weak)(plant(PLANT).id, "strong", (Port(MARKET, 3.0),), PLANT.id)
    found = system([PLANT], [weak, strong], demands=(sold(),))
    assert conversion.largest_ratio(found, sold()) == 3.0
    assert conversion.largest_ratio(system([PLANT]), sold()) == 1.0


def test_work_on_accelerators_is_counted_in_thousands() -> None:
    hours = Bus(CarrierId(CarrierKind.ACCELERATOR_HOURS, PLANT.id), "here", "accelerator-h")
    working = plant(PLANT, ports=(Port(hours, -1.0), Port(MARKET, 0.5)))
    assert conversion.activity_scale(working) == 1000.0
    assert conversion.activity_scale(plant(PLANT)) == 1.0
