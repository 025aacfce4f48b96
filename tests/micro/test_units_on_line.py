"""Units on line, ramps and reserve against arithmetic by hand: plants that stand, a demand of two
or three hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.builders.studies import Solved

from headrace.core.errors import InputError
from headrace.core.ids import ProductId
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.results import cash_flow
from headrace.plan.results.dispatch import fuel_burnt, node_outcome
from headrace.plan.results.reserve_check import covered
from headrace.plan.scenario.time_slices import TimeSlices
from headrace.plan.solve.solve import solve

HEAD = """
study: micro
money: {{discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [12 months], terminal_value: false, hours: {{blocks: [8760 h]}}}}
fuels: {{gas: {{price: 1 USD/MMBtu}}}}
technologies:
  plant: {{variable: {variable}, heat_rate: 10 MMBtu/MWh, fuel: gas, units: {{{units}}}}}
  battery: {{kind: battery}}
sites: {{here: {{{site} build: {{plant: {{use: plant, at_most: {stands},
    stands: {stands}{build}}}{more}}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 1 MW, price: 100 USD/MWh}}}}
"""


def text(
    *,
    stands: str = "10 MW",
    units: str = "",
    build: str = "",
    site: str = "",
    more: str = "",
    variable: str = "0 USD/MWh",
) -> str:
    return HEAD.format(
        stands=stands, units=units, build=build, site=site, more=more, variable=variable
    )


def hours(written: str, demand: Sequence[float]) -> Solved:
    """The study with these hours of demand [MW], which follow each other in a circle."""
    n = len(demand)
    index = np.arange(n, dtype=np.int64)
    calendar = TimeSlices(
        index,
        np.ones(n),
        np.roll(index, -1),
        0 * index,
        ((12.0, None),),
        index.astype(float),
        index,
        float(n),
        "hours",
    )
    e = expand(study_of(parse_text(written)))
    parameters = (
        replace(e.parameters[0], blocks={ProductId("power"): np.array(demand, dtype=float)}),
    )
    found = formulate(replace(e, time_slices=(calendar,), parameters=parameters))
    plan = solve(found.problem)
    outcomes = (node_outcome(found, plan.solution, 0),)
    return Solved(found, plan, outcomes, cash_flow.lines(found, plan.solution, outcomes))


def test_a_unit_that_is_dear_to_start_stays_on_as_far_as_its_output_is_used() -> None:
    """10 MW, then 2, then 10, at 100 USD/MWh. Full load burns 10 USD/MWh: 2 on line without output,
    8 on the output.

    10 MW burn 10 x 2 + 10 x 8 = 100 USD/h. In the second hour each MW that stops saves 2 USD and
    costs 30 to start again, but those that stay give 40 % at least and nothing is thrown away: 5 MW
    give the 2 that are asked for, 5 x 2 + 2 x 8 = 26 USD, and 5 start again for 150. NPV 2,200 -
    226 - 150.
    """
    found = hours(
        text(
            units="minimum_load: 40 %, no_load: 20 %, start_cost: 30 USD/MW",
            build=", commitment: relaxed",
        ),
        [10, 2, 10],
    )
    (outcome,) = found.outcomes
    assert outcome.running[0] == pytest.approx([10, 5, 10])
    assert outcome.activity[0] == pytest.approx([10, 2, 10])
    assert fuel_burnt(found.formulation.system.converters[0], outcome, 0) == pytest.approx(
        [100, 26, 100]
    )
    assert found.npv == pytest.approx(2200 - 226 - 150)
    assert cash_flow.total(found.lines) == pytest.approx(found.npv)
    assert found.plan.high == pytest.approx(found.plan.low)


def test_a_unit_that_is_cheap_to_start_stops() -> None:
    """As above with starts of 1 USD/MW: 8 MW stop and start again for 8 USD.

    NPV 2,200 - (100 + 20 + 100) - 8.
    """
    found = hours(
        text(
            units="minimum_load: 40 %, no_load: 20 %, start_cost: 1 USD/MW",
            build=", commitment: relaxed",
        ),
        [10, 2, 10],
    )
    assert found.outcomes[0].running[0] == pytest.approx([10, 2, 10])
    assert found.outcomes[0].start[0].sum() == pytest.approx(8)
    assert found.total("fuel") == pytest.approx(-220)
    assert found.total("variable") == pytest.approx(-8)
    assert found.npv == pytest.approx(2200 - 228)
    assert cash_flow.total(found.lines) == pytest.approx(found.npv)


@pytest.mark.parametrize(("variable", "activity", "npv"), [(0, [3, 0], 270), (60, [3, 0], 90)])
def test_a_ramp_is_kept_up_and_down_and_round_the_circle(
    variable: int, activity: list[float], npv: float
) -> None:
    """10 MW, then none. A plant of 10 MW moves by 30 % an hour, 3 MW, up as well as down.

    Each MW above 3 in the first hour would need one in the second, which nobody takes and which may
    not be thrown away: 3 MW and none, 300 - 30. With 60 USD/MWh more 300 - 210.
    """
    found = hours(
        text(units="ramp: 30 %/h", build=", ramps: true", variable=f"{variable} USD/MWh"), [10, 0]
    )
    assert found.outcomes[0].activity[0] == pytest.approx(activity, abs=1e-9)
    assert found.npv == pytest.approx(npv)
    assert found.plan.high == pytest.approx(found.plan.low)


def test_what_arrives_inside_a_node_need_not_ramp(solved) -> None:
    """Ordered now, there after three of six months (2,172 h), flat out at once although it moves by
    1 % an hour: 21,720 MWh.
    """
    written = """
study: micro
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [6 months], terminal_value: false}
technologies: {plant: {capex: 1 USD/kW, lead: 3 months, units: {ramp: 1 %/h}}}
sites: {here: {build: {plant: {use: plant, ramps: true}}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 10 USD/MWh}}
"""
    assert solved(written).total("revenue") == pytest.approx(21_720 * 10)


SPINNING = "spinning_reserve: largest unit,"
BATTERY = (
    ", battery: {use: battery, stands: 3 MW, stands_energy: {energy},"
    " at_most: 3 MW, at_most_energy: {energy}}"
)


@pytest.mark.parametrize(
    ("site", "more", "served"),
    [
        ("", "", 20),
        (SPINNING, "", 15),
        (SPINNING, BATTERY.replace("{energy}", "10 MWh"), 18),
        (SPINNING, BATTERY.replace("{energy}", "1 MWh"), 16),
    ],
)
def test_one_unit_of_four_is_kept_free(site: str, more: str, served: float) -> None:
    """20 MW of 5-MW units stand, 20 MW are asked at 100 USD/MWh, burning 10: without one unit 15 MW
    are left.

    A battery of 3 MW stands in for 3 of the 5, with 1 MWh for 1 of them: it must last an hour.
    """
    found = hours(text(stands="20 MW", units="size: 5 MW", site=site, more=more), [20, 20])
    assert found.outcomes[0].activity[0].sum() == pytest.approx(2 * served)
    assert found.npv == pytest.approx(2 * served * 90)
    assert found.plan.high == pytest.approx(found.plan.low)


def test_spinning_reserve_costs_the_fuel_of_what_is_on_line() -> None:
    """10 MW from 20 that stand: on line x, one unit in four of it lost, x - 10 >= x / 4, so 13.33
    MW. 8 x 10 + 2 x 13.33 USD.
    """
    found = hours(
        text(
            stands="20 MW",
            units="size: 5 MW, no_load: 20 %",
            site=SPINNING,
            build=", commitment: relaxed",
        ),
        [10],
    )
    assert found.outcomes[0].running[0] == pytest.approx([40 / 3])
    assert found.npv == pytest.approx(1000 - 80 - 80 / 3)


def test_what_has_no_units_is_refused() -> None:
    for broken in (
        ", battery: {use: battery, commitment: relaxed}",
        ", battery: {use: battery, ramps: true}",
    ):
        with pytest.raises(InputError, match="has no units on line"):
            expand(study_of(parse_text(text(more=broken))))


def test_a_reserve_needs_a_limit_on_what_it_covers() -> None:
    endless = text(units="size: 5 MW", site=SPINNING).replace("at_most: 10 MW,", "")
    with pytest.raises(InputError, match="at_most"):
        expand(study_of(parse_text(endless)))


def test_a_share_covers_a_whole_unit_only_where_all_of_it_stands() -> None:
    """20 MW of 5-MW units serve 15 with 5 free: a whole unit. 40 more that may be ordered at 1
    USD/kW are not: a unit is 5 / 60.

    20 (1 - 1 / 12) = 18.33 MW are served, 1.67 are free, a third of a unit: the plan says so.
    """
    for build, share in (("", 1.0), (", capex: 1 USD/kW", 1 / 3)):
        written = text(stands="20 MW", units="size: 5 MW", site=SPINNING, build=build)
        found = hours(
            written.replace("at_most: 20 MW", "at_most: 60 MW") if build else written, [20]
        )
        (one,) = covered(found.formulation, found.outcomes)
        assert one.tightest == pytest.approx(share)
        assert one.hours == (share == 1.0)
