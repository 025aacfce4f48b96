"""The plan's fuel beside that of whole units: by hand for a plant that stands, and the same in the
report.
"""

from __future__ import annotations

import numpy as np
import pytest

from headrace.energy.technology import technology
from headrace.energy.thermal import derate
from headrace.energy.unit_dispatch import replay
from headrace.energy.weather.series import station
from headrace.plan.results.unit_commitment_check import whole_units

STUDY = """
study: whole
money: {{discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [{months} months], terminal_value: false, hours: {hours}}}
fuels: {{gas: {{price: 2 USD/MMBtu}}}}
technologies: {{"gas.fuel_cell": {{capex: 9000 USD/kW, heat_rate: 7 MMBtu/MWh, fuel: gas}}}}
sites:
  here:
    weather: tmy3:723170
    build:
      engines: {{use: gas.engine, at_most: 37.6 MW, stands: 37.6 MW{rules}}}
      mine: {{use: gas.fuel_cell, at_most: 5 MW, stands: 5 MW}}
products: {{power: {{kind: electricity, site: here, demand: 20 MW, price: 400 USD/MWh}}}}
"""


def checked(solved, *, months: int = 1, hours: str = "all", rules: str = ""):
    found = solved(STUDY.format(months=months, hours=hours, rules=rules))
    (row,) = whole_units(found.formulation, found.outcomes, ["gas.fuel_cell"])
    return found, row


def test_two_engines_at_half_load_by_hand(solved) -> None:
    """The 7 MMBtu/MWh of the study's own cells are cheaper than the engines' 8.6: 5 MW of them, 15
    MW of two 18.8-MW engines.

    At 270 m the air leaves 18.4 to 18.7 MW of a unit, so one carries 15 MW at a load u of about 0.8
    and burns 15 x 8.6 / (1 - 0.12 (1 - u)), about 132.07 MMBtu/h; the plan counts 129. 744 hours at
    2 USD. It never starts.
    """
    _, row = checked(solved)
    load = 15 / (18.8 * derate(technology("gas.engine"), station("tmy3:723170"))[:744])
    assert (row.asset, row.units, row.unit_mw) == ("engines", 2, pytest.approx(18.8, rel=1e-4))
    assert row.planned_fuel_usd == pytest.approx(744 * 2 * 129)
    assert row.exact_fuel_usd == pytest.approx(
        2 * float((129 / (1 - 0.12 * (1 - load))).sum()), rel=1e-5
    )
    assert row.exact_fuel_usd == pytest.approx(744 * 2 * 132.07, rel=1e-4)
    assert row.exact_starts_usd == 0


@pytest.mark.parametrize("rules", ["", ", commitment: relaxed"])
def test_representative_weeks_count_as_often_as_they_stand(solved, rules: str) -> None:
    """The plan's fuel here is the fuel of the accounts, and whole units never burn less than full
    load does.
    """
    found, row = checked(solved, months=12, hours="{weeks: 2, extreme_days: 2}", rules=rules)
    engines = found.formulation.system.converters[0].id
    burnt = -sum(line.usd for line in found.lines if line.kind == "fuel" and line.about == engines)
    assert row.planned_fuel_usd == pytest.approx(burnt)
    activity = found.outcomes[0].activity[0]
    assert row.exact_fuel_usd > 2 * 8.6 * float(found.outcomes[0].weights @ activity)
    assert row.exact_fuel_usd < 1.1 * row.planned_fuel_usd


def test_what_is_on_line_in_a_circle_was_not_started() -> None:
    """10 MW in the first and the last hour of three: one start after the pause, none at the seam;
    two in a row of hours.
    """
    engine = technology("gas.engine")
    output = np.array([10.0, 0.0, 10.0])
    assert replay(engine, output, 1, 18.8, circle=True).starts == 1
    assert replay(engine, output, 1, 18.8).starts == 2


def test_heat_leaves_less_of_each_unit() -> None:
    """18 MW of units of 18.8 that give 80 % of it, 15.04 MW: two run instead of one, at 18 / 30.08
    of what they can.
    """
    engine = technology("gas.engine")
    hot = replay(engine, np.array([18.0]), 2, 18.8, left=0.8)
    assert list(replay(engine, np.array([18.0]), 2, 18.8).running) == [1]
    assert list(hot.running) == [2]
    assert hot.fuel == pytest.approx(18 * 8.6 / (1 - 0.12 * (1 - 18 / 30.08)))
