"""One three-hour problem for each constraint family, to the letter: lp/FAMILY.txt is read by eye.

`HEADRACE_WRITE_GOLDEN=1 python -m pytest tests/golden/test_lp.py` writes the files anew; read the
difference before it is kept.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.builders.lp_text import lp_text

from headrace.core.arrays import HOURS_PER_YEAR
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.scenario.time_slices import TimeSlices

FOLDER = Path(__file__).with_name("lp")
HEAD = """
study: golden
money: {year: 2026, discount: 0 %/a real}
horizon: {start: 2027-01, stages: STAGES, terminal_value: false, hours: {blocks: [8760 h]}}
"""
PLANT = "technologies: {t: {capex: 1 USD/kW, variable: 20 USD/MWh, life: 10 years PLUS}}\n"
POWER = (
    "products: {power: {kind: electricity, site: here, demand: 10 MW, price: 50 USD/MWh MORE}}\n"
)
SITE = "sites: {here: {build: {plant: {use: t, at_most: 8 MW ALSO}}}}\n"

FAMILIES = {
    "conversion": HEAD + PLANT + SITE + POWER,
    "storage": HEAD
    + """technologies:
  t: {capex: 1 USD/kW, variable: 20 USD/MWh, life: 10 years}
  b: {kind: battery, capex: 2 USD/kW, energy_capex: 3 USD/kWh, efficiency: 81 %, life: 10 years}
sites:
  here:
    build:
      plant: {use: t, at_most: 8 MW}
      cell: {use: b, at_most: 2 MW, at_most_energy: 4 MWh}
"""
    + POWER,
    "surplus": HEAD
    + """technologies:
  t: {capex: 1 USD/kW, variable: -20 USD/MWh, life: 10 years}
  b: {kind: battery, capex: 2 USD/kW, energy_capex: 3 USD/kWh, efficiency: 81 %, life: 10 years}
sites:
  here:
    build:
      plant: {use: t, at_most: 8 MW}
      cell: {use: b, at_most: 2 MW, at_most_energy: 4 MWh}
"""
    + POWER,
    "demand_window": HEAD + PLANT + SITE + POWER.replace("MORE", ", deadline: 2 h"),
    "demand_year": HEAD + PLANT + SITE + POWER.replace("MORE", ", deadline: year"),
    "demand_promise": HEAD + PLANT + SITE + POWER.replace("MORE", ", availability: 90 %"),
    "unit_commitment": HEAD
    + PLANT.replace(
        "PLUS",
        ", fuel: gas, heat_rate: 10 MMBtu/MWh,"
        " units: {minimum_load: 40 %, no_load: 10 %, start_cost: 30 USD/MW}",
    )
    + "fuels: {gas: {price: 3 USD/MMBtu}}\n"
    + SITE.replace("ALSO", ", commitment: relaxed")
    + POWER,
    "least_times": HEAD
    + PLANT.replace(
        "PLUS",
        ", fuel: gas, heat_rate: 10 MMBtu/MWh,"
        " units: {minimum_load: 40 %, no_load: 10 %, start_cost: 30 USD/MW, least_up: 2 h,"
        " least_down: 2 h}",
    )
    + "fuels: {gas: {price: 3 USD/MMBtu}}\n"
    + SITE.replace("ALSO", ", commitment: relaxed")
    + POWER,
    "ramping": HEAD
    + PLANT.replace("PLUS", ", units: {ramp: 0.3 1/h}")
    + SITE.replace("ALSO", ", ramps: true")
    + POWER,
    "reserve": HEAD
    + PLANT.replace("PLUS", ", units: {size: 2 MW}")
    + "sites: {here: {spinning_reserve: largest unit, build: {plant: {use: t, at_most: 8 MW}}}}\n"
    + POWER,
    "demand_charge": HEAD
    + """sites:
  here:
    grid:
      {limit: 12 MW, stands: 12 MW, queue: 0 months, price: 1 USD/kW, energy: 30 USD/MWh,
       demand: 2 USD/kW-month, billing: year}
"""
    + POWER,
    "contract_terms": HEAD
    + """technologies:
  t: {capex: 1 USD/kW, variable: 20 USD/MWh, life: 10 years, fuel: gas, heat_rate: 2 MMBtu/MWh}
  deal: {kind: ppa, variable: 40 USD/MWh, take_or_pay: 75 %}
fuels: {gas: {price: 3 USD/MMBtu, take_or_pay: {least: 8760 MMBtu/a}}}
sites:
  here:
    grid:
      {limit: 12 MW, stands: 12 MW, energy: 30 USD/MWh, tiers: [{above: 100 MWh, adds: 5 USD/MWh}],
       export: {price: 10 USD/MWh, net_metering: year}}
    build: {plant: {use: t, at_most: 8 MW}, agreed: {use: deal, at_most: 4 MW}}
"""
    + POWER,
    "investment": HEAD.replace("STAGES", "[12 months, 12 months]")
    + PLANT.replace("life: 10 years", "life: 1 years, lead: 6 months")
    + SITE.replace("ALSO", ", stands: 3 MW, stands_for: 1 years")
    + POWER
    + "limits: {spend: [1000 USD, 2000 USD]}\n",
    "reservations": HEAD.replace("STAGES", "[12 months, 12 months]")
    + PLANT.replace("PLUS", ", lead: 9 months")
    + SITE.replace(
        "ALSO",
        ", reserve: {deposit: 0.5 USD/kW, window: 12 months, saves: 6 months, back: 40 %}",
    )
    + POWER,
    "rent": HEAD.replace("STAGES", "[12 months, 12 months]")
    + "technologies: {t: {capex: 1 USD/kW, variable: 20 USD/MWh, rent: 1 USD/kW-month,"
    " least: 3 months}}\n" + SITE + POWER,
}


def three_hours(text: str) -> Formulation:
    """The study on three hours that follow each other in a circle, the second with twice
    the load.
    """
    text = text.replace("STAGES", "[12 months]")
    for word in ("PLUS", "ALSO", "MORE"):
        text = text.replace(f" {word}", "").replace(word, "")
    index = np.arange(3, dtype=np.int64)
    weight = np.full(3, HOURS_PER_YEAR / 3)
    calendar = TimeSlices(
        index,
        weight,
        np.roll(index, -1),
        0 * index,
        ((12.0, None),),
        index.astype(float),
        index,
        8760.0,
        "hours",
    )
    e = expand(study_of(parse_text(text)))
    load = np.ones(HOURS_PER_YEAR)
    load[1] = 2.0
    demands = tuple(replace(d, quantity=np.asarray(d.quantity) * load) for d in e.system.demands)
    system = replace(e.system, demands=demands)
    return formulate(replace(e, system=system, time_slices=(calendar,) * len(e.nodes)))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_problem_of_a_family_is_as_it_was_read(family: str) -> None:
    text, path = lp_text(three_hours(FAMILIES[family])), FOLDER / f"{family}.txt"
    if os.environ.get("HEADRACE_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_constraint_family_has_a_golden_problem() -> None:
    import headrace.plan.model.constraints as package

    folder = Path(str(package.__file__)).parent
    families = {p.stem for p in folder.glob("*.py")} - {"__init__", "context"}
    assert families <= {name for f in FAMILIES for name in (f, f.partition("_")[0])}
