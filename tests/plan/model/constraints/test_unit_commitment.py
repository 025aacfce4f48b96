"""Units on line as a quantity: minimum load, fuel without output, starts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.nouns import asset, context, costs, parameters, plant, table

from headrace.core.components import Commitment
from headrace.plan.model.constraints import conversion, unit_commitment
from headrace.plan.model.constraints.context import ConstraintContext

PLANT = asset()
GAS = parameters(fuel={"gas": 3.0})
RULE = Commitment(minimum=0.4, no_load=0.1, start_cost=30.0, start_fuel=2.0)


def committed(rule: Commitment | None = RULE, **more) -> ConstraintContext:
    here = context([PLANT], GAS, masks=more.pop("masks", None))
    of = plant(PLANT, fuel="gas", fuel_rate=10.0, commitment=rule, **more)
    conversion.add(here, of, 0, {})
    unit_commitment.add(here, of, 0)
    return here


def test_a_committed_plant_by_hand() -> None:
    """On line it burns 0.1 x 10 x 3 = 3 USD without output; a start costs 30 + 2 x 3 = 36 USD."""
    here = committed()
    assert costs(here) == {"activity": [27.0] * 3, "running": [3.0] * 3, "start": [36.0] * 3}
    rows = table(here, "rows")
    assert rows[("within", "activity")] == [1.0] * 3
    assert rows[("within", "running")] == [-1.0] * 3
    assert rows[("minimum", "running")] == [0.4] * 3
    assert rows[("minimum", "activity")] == [-1.0] * 3
    assert table(here, "next") == {("starts", "running"): [1.0] * 3}
    assert table(here, "now") == {
        ("starts", "running"): [-1.0] * 3,
        ("starts", "start"): [-1.0] * 3,
    }


def test_heat_that_lowers_output_starts_no_unit() -> None:
    """Half can be given in the second hour: a MW on line there is two of nameplate."""
    heat = np.ones(8760)
    heat[1] = 0.5
    here = committed(availability=heat)
    assert table(here, "next")[("starts", "running")] == [2.0, 1.0, 1.0]
    assert table(here, "now")[("starts", "running")] == [-1.0, -2.0, -1.0]


def test_what_arrives_can_be_started_in_the_hour_before_it_is_there() -> None:
    """There from the second hour on: started in the first for the second."""
    here = committed(masks={PLANT.id: np.array([0.0, 1.0, 1.0])})
    assert table(here, "upper")[("start", "build")] == [1.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("rule", "columns"),
    [
        (None, {"activity"}),
        (Commitment(minimum=0.4), {"activity", "running"}),
        (Commitment(start_fuel=1.0), {"activity", "running", "start"}),
    ],
)
def test_only_what_has_a_cost_or_a_bound_is_written(
    rule: Commitment | None, columns: set[str]
) -> None:
    here = committed(rule)
    assert set(costs(here)) == columns
    assert any(name.startswith("minimum") for name in here.writer.rows) == bool(
        rule and rule.minimum
    )


def test_a_plant_that_is_absent_has_nothing_on_line() -> None:
    here = context([], GAS)
    unit_commitment.add(here, plant(PLANT, commitment=RULE), 0)
    assert not here.writer.columns


@given(st.floats(0.0, 1.0), st.floats(0.1, 20.0))
def test_at_full_load_the_fuel_is_that_of_the_heat_rate(no_load: float, rate: float) -> None:
    of = plant(PLANT, fuel="gas", fuel_rate=rate, commitment=Commitment(no_load=no_load))
    fuel = sum(
        float(r.usd)
        for r in (
            *conversion.rates(of, GAS, {}, lambda x: x),
            *unit_commitment.running_rates(of, GAS, lambda x: x),
        )
        if r.kind == "fuel"
    )
    assert fuel == pytest.approx(-3.0 * rate)


def test_without_a_rule_nothing_is_paid_on_line() -> None:
    for rates in (unit_commitment.running_rates, unit_commitment.start_rates):
        assert all(r.usd == 0 for r in rates(plant(PLANT), GAS, lambda x: x))
