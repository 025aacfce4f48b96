"""What stands carries its load unit by unit, beside the binomial distribution."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from tests.builders.studies import Solved, solve_text, study

from headrace.core.plan_file import SiteAvailability
from headrace.energy.reliability import PlantFleet, simulate, standard_error
from headrace.plan.results.outage_check import availabilities, insecure, judged_sites, site_fleet

TWO = """
study: two
money: {discount: 0 %/a real}
horizon: {start: 2030-01, stages: [STAGE months], hours: HOURS, terminal_value: false}
technologies: {set: {capex: 1 USD/kW, variable: 20 USD/MWh, availability: 90 %,
    units: {size: 60 MW, repair: 50 h MORE}}}
sites: {here: {build: {sets: {use: set, at_most: 120 MW, stands: 120 MW BUILD}} REST}}
products: {power: {kind: electricity, site: here, demand: 100 MW, price: 200 USD/MWh SOLD}}
"""


def two(stage: int = 12, hours: str = "{weeks: 1, extreme_days: 0}", **rest: str) -> str:
    text = TWO.replace("STAGE", str(stage)).replace("HOURS", hours)
    for word in ("MORE", "BUILD", "REST", "SOLD"):
        text = text.replace(f" {word}", rest.get(word.lower(), ""))
    return text


def fleet_of(found: Solved, site: str = "here") -> PlantFleet:
    fleet = site_fleet(found.formulation, found.outcomes[0], site)
    assert fleet is not None
    return fleet


def told(text: str, **more: str) -> SiteAvailability:
    found = solve_text(text)
    return availabilities(study(text), found.formulation, found.outcomes, 1, more.get("ended", ""))[
        0
    ]


def test_two_units_are_the_binomial() -> None:
    """Two sets of 60 MW, each there in 90 % of hours, carry 100 MW when both are: 81 % of hours.
    One alone gives 60 MW: (0.81 x 100 + 0.18 x 60) / 100 = 91.8 % of the energy. The plan's mean of
    108 MW carries everything.
    """
    found = solve_text(two())
    assert found.npv == pytest.approx(8760 * 100 * 180)
    fleet = fleet_of(found)
    (kind,) = fleet.units
    assert (kind.count, kind.size, kind.planned) == (2, pytest.approx(60), 0)
    assert kind.forced == pytest.approx(0.1)
    drawn = simulate(fleet, 400, seed=3)
    both = comb(2, 2) * 0.9**2
    error = 3.5 * standard_error(drawn.hours_lost) / 8760
    assert error < 0.01
    assert drawn.hours_served == pytest.approx(both, abs=error)
    energy = both + comb(2, 1) * 0.9 * 0.1 * 0.6
    error = 3.5 * standard_error(drawn.unserved) / drawn.demand
    assert drawn.availability == pytest.approx(energy, abs=error)
    assert insecure(fleet) == (str(found.formulation.system.converters[0].asset),)


def test_both_availabilities_are_told_beside_what_is_promised() -> None:
    one = told(two(rest=", reliability: {hours: 80 %, samples: 200}"))
    assert one.kept
    assert "81" in one.sentence
    assert "80% of hours is kept after 1 plan" in one.sentence
    other = told(
        two(rest=", reliability: {hours: 90 %, samples: 50, n_minus_one: true}"), ended="x"
    )
    assert not other.kept
    assert "not without one unit of sets" in other.sentence
    assert other.sentence.endswith("90% of hours is NOT kept after 1 plan, x")


def test_a_promise_of_energy_alone_is_told_with_its_hours() -> None:
    """91.8 % of energy and 81 % of hours where 100 % of energy is promised with the mean."""
    one = told(two(sold=", availability: 100 %"))
    assert one.energy == pytest.approx(0.918, abs=0.01)
    assert one.hours == pytest.approx(0.81, abs=0.02)
    assert "of hours nothing is promised" in one.sentence


def test_sites_without_a_promise_are_not_drawn_and_blocks_have_no_hours() -> None:
    assert judged_sites(study(two())) == {}
    blocks = two(hours="{blocks: [8760 h]}", sold=", availability: 90 %")
    assert judged_sites(study(blocks)) == {}
    found = solve_text(blocks)
    assert site_fleet(found.formulation, found.outcomes[0], "here") is None


@pytest.mark.parametrize("hours", ["all", "{weeks: 1, extreme_days: 0}"])
def test_service_falls_in_its_months_and_on_one_unit_after_the_other(hours: str) -> None:
    """Four weeks a year of each set in April and May (8.7 weeks): the plan sees 0.9 less the share
    of those months, 8 of 17.4 unit-weeks; the draws take the sets out one after the other. A share
    is promised, so all that is asked for is to be carried.
    """
    months = ", planned_outage: {length: 4 weeks, months: [4, 5]}"
    found = solve_text(two(hours=hours, build=months, sold=", availability: 50 %"))
    one = found.formulation.system.converters[0]
    share = np.asarray(one.availability)
    assert share[0] == pytest.approx(0.9)
    assert share[2500] == pytest.approx(0.9 * (1 - 4 / (61 / 7)))
    assert share.mean() == pytest.approx(0.9 * (1 - 4 / (365 / 7)))
    drawn = simulate(fleet_of(found), 200, seed=2)
    # 8 weeks in which one set is there at most, the rest as before
    out = 8 * 168 / 8760
    assert drawn.hours_served == pytest.approx(0.81 * (1 - out), abs=0.02)


def test_a_year_is_drawn_over_its_own_hours() -> None:
    found = solve_text(two(stage=3, hours="all"))
    fleet = fleet_of(found)
    assert len(fleet.load) == (31 + 28 + 31) * 24
    assert simulate(fleet, 10).hours == len(fleet.load)


SUN = """
study: sun
money: {discount: 0 %/a real}
horizon: {start: 2030-01, stages: [12 months], hours: {weeks: 1, extreme_days: 0}}
technologies: {cell: {kind: battery, availability: 90 %}}
sites:
  here:
    weather: tmy3:723170
    grid: {limit: 30 MW, stands: 30 MW, energy: 50 USD/MWh, loss: 10 %, export: {price: 1 USD/MWh}}
    build:
      pv: {use: solar.single_axis, stands: 40 MW, at_most: 40 MW}
      cells: {use: cell, stands: 10 MW, at_most: 10 MW, stands_energy: 40 MWh,
          at_most_energy: 40 MWh}
products: {power: {kind: electricity, site: here, demand: 20 MW, price: 200 USD/MWh,
    availability: 90 %}}
"""


def test_sun_grid_and_battery_count_as_the_plan_has_them() -> None:
    """The right of 30 MW gives 27 MW behind its loss; the sun in every hour of the year; nine
    tenths of the battery; what is exported is no load.
    """
    found = solve_text(SUN)
    fleet = fleet_of(found)
    assert fleet.units == ()
    assert fleet.free.min() == pytest.approx(27.0)
    assert fleet.free.max() > 50
    assert (fleet.store.power, fleet.store.energy) == (pytest.approx(9), pytest.approx(36))
    assert fleet.load == pytest.approx(np.full(8760, 20.0))
    assert simulate(fleet, 10).hours_served == 1.0


def test_what_is_never_out_in_the_draws_is_told_with_its_size() -> None:
    """All of it, sun half a year old; two sets with units fail, and nothing is said of them."""
    beside = told(SUN)
    assert beside.hours == 1.0
    assert [one.split(" MW of ")[0] for one in beside.never_out] == ["39.9", "30", "10"]
    assert f"; outages of {', '.join(beside.never_out)} are not drawn" in beside.sentence
    alone = told(two(rest=", reliability: {samples: 10}"))
    assert alone.never_out == ()
    assert "not drawn" not in alone.sentence
