"""Studies by hand where time, tariff and plant meet, each against the rebuild."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.oracle import own_tables
from tests.oracle.compare import compare, rebuild, text_of

from headrace.core.study_reader import parse_text, study_of
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.solve.solve import CertifiedPlan, solve

Written = dict[str, Any]
KEPT = "hours: {weeks: 1, extreme_days: 1}"
ENGINE = "engine: {capex: 600 USD/kW, variable: 70 USD/MWh, fixed: 12 USD/kW-year, life: 20 years}"
SUN = "farm: {capex: 500 USD/kW, life: 25 years}"
CELL = (
    "cell: {kind: battery, capex: 60 USD/kW, energy_capex: 50 USD/kWh, efficiency: 86 %,"
    " life: 12 years}"
)
LOAD = """products:
  power: {kind: electricity, site: here, demand: table4.csv#load, price: 160 USD/MWh}"""

STUDIES = {
    "half-year stages and a lead of seven months": f"""
horizon: {{start: 2027-04, stages: [6 months, 6 months, 6 months], {KEPT}}}
technologies:
  plant: {{capex: 400 USD/kW, variable: 20 USD/MWh, lead: 7 months, life: 8 years}}
sites:
  here:
    grid: {{limit: 9 MW, stands: 9 MW, energy: table4.csv#price}}
    build: {{plants: {{use: plant, at_most: 30 MW}}}}
{LOAD}
""",
    "stores that begin with a share and end with another": f"""
horizon: {{start: 2027-03, stages: [2 months, 3 months], terminal_value: false}}
technologies: {{{ENGINE}, {CELL[:-1]}, lead: 1 month}}}}
sites:
  here:
    grid: {{limit: 11 MW, stands: 11 MW, energy: table4.csv#price}}
    build:
      engines: {{use: engine, at_most: 30 MW}}
      cells: {{use: cell, at_most: 9 MW, at_most_energy: 36 MWh, stands: 2 MW,
        stands_energy: 8 MWh, stored_at_start: 40 %, stored_at_end: 70 %}}
{LOAD}
""",
    "a ratchet with kept weeks": f"""
horizon: {{start: 2027-01, stages: [12 months],
  hours: {{weeks: 3, extreme_days: 1}}}}
technologies: {{{ENGINE}, {CELL}}}
sites:
  here:
    grid: {{limit: 50 MW, stands: 50 MW, demand: 9 USD/kW-month, billing: month,
      ratchet: 80 %, energy: {{2027: 40 USD/MWh, 2027-06: 190 USD/MWh, 2027-09: 40 USD/MWh}},
      demands: [{{charge: 7 USD/kW-month, begin: 16, end: 21, ratchet: 50 %}}]}}
    build:
      engines: {{use: engine, at_most: 30 MW}}
      cells: {{use: cell, at_most: 9 MW, at_most_energy: 36 MWh}}
{LOAD}
""",
    "a negative price with export": f"""
horizon: {{start: 2027-07, stages: [12 months], {KEPT}}}
technologies: {{{SUN}, {CELL}}}
sites:
  here:
    grid: {{limit: 30 MW, stands: 30 MW, energy: table4.csv#swing,
      export: {{price: table4.csv#sale, limit: 12 MW}}}}
    build:
      sun: {{use: farm, at_most: 40 MW, profile: table4.csv#share}}
      cells: {{use: cell, at_most: 9 MW, at_most_energy: 36 MWh}}
{LOAD}
""",
    "tiers with kept weeks": f"""
horizon: {{start: 2028-02, stages: [12 months, 18 months], {KEPT}}}
technologies: {{{ENGINE}}}
sites:
  here:
    grid: {{limit: 50 MW, stands: 50 MW, energy: 40 USD/MWh,
      tiers: [{{above: 3 GWh, adds: 9 USD/MWh}}, {{above: 4 GWh, adds: 20 USD/MWh}}]}}
    build: {{engines: {{use: engine, at_most: 30 MW}}}}
{LOAD}
""",
    "a plant that ends inside a block": """
horizon: {start: 2027-01, stages: [24 months, 24 months], hours: {blocks: [800 h, 7960 h]}}
technologies:
  plant: {capex: 900 USD/kW, variable: 15 USD/MWh, life: 29 months}
sites:
  here:
    build: {plants: {use: plant, at_most: 30 MW, stands: 12 MW, stands_for: 17 months}}
products: {power: {kind: electricity, site: here, demand: 15 MW, price: 150 USD/MWh}}
""",
    "net metering of a year with kept weeks": f"""
horizon: {{start: 2027-10, stages: [12 months, 12 months], {KEPT}}}
technologies: {{{SUN}}}
sites:
  here:
    grid: {{limit: 30 MW, stands: 30 MW, energy: 90 USD/MWh,
      export: {{price: 15 USD/MWh, limit: 20 MW, net_metering: year}}}}
    build: {{sun: {{use: farm, at_most: 40 MW, profile: table4.csv#share}}}}
{LOAD}
""",
    "net metering of a month with kept weeks": f"""
horizon: {{start: 2027-10, stages: [18 months], {KEPT}}}
technologies: {{{SUN}}}
sites:
  here:
    grid: {{limit: 30 MW, stands: 30 MW, energy: 90 USD/MWh,
      export: {{price: 15 USD/MWh, limit: 20 MW, net_metering: month}}}}
    build: {{sun: {{use: farm, at_most: 40 MW, profile: table4.csv#share}}}}
{LOAD}
""",
    "carbon that moves by the month": f"""
horizon: {{start: 2027-03, stages: [9 months, 15 months], {KEPT}}}
carbon: {{2027-01: 20 USD/t, 2027-08: 45 USD/t, 2028-02: 90 USD/t, 2028-11: 10 USD/t}}
fuels: {{gas: {{price: {{2027: 5 USD/MMBtu, 2028-05: 8 USD/MMBtu}}, co2: 53 kg/MMBtu}}}}
technologies:
  plant: {{capex: 700 USD/kW, heat_rate: 8 MMBtu/MWh, fuel: gas, lead: 2 months, life: 9 years}}
sites:
  here:
    grid: {{limit: 9 MW, stands: 9 MW, energy: table4.csv#price, co2: 380 kg/MWh}}
    build: {{plants: {{use: plant, at_most: 30 MW}}}}
{LOAD}
""",
    "a demand charge in stages of six months": f"""
horizon: {{start: 2027-05, stages: [6 months, 6 months, 12 months], {KEPT}}}
technologies: {{{ENGINE}, {CELL}}}
sites:
  here:
    grid: {{limit: 50 MW, stands: 20 MW, queue: 8 months, price: 120 USD/kW,
      energy: table4.csv#price, demand: 8 USD/kW-month, billing: BILLING}}
    build:
      engines: {{use: engine, at_most: 30 MW}}
      cells: {{use: cell, at_most: 9 MW, at_most_energy: 36 MWh}}
{LOAD}
""",
    "gas that is paid for though not taken, across a cut": f"""
horizon: {{start: 2027-09, stages: [8 months, 10 months, 12 months], {KEPT}}}
fuels:
  gas: {{price: 6 USD/MMBtu, take_or_pay: {{least: 2e6 MMBtu/year, until: 2029-02}}}}
technologies:
  plant: {{capex: 500 USD/kW, heat_rate: 9 MMBtu/MWh, fuel: gas, lead: 3 months, life: 9 years}}
sites:
  here:
    grid: {{limit: 50 MW, stands: 50 MW, energy: table4.csv#price}}
    build: {{plants: {{use: plant, at_most: 30 MW, stands: 4 MW}}}}
{LOAD}
""",
}
for _billing in ("month", "year"):
    _name = "a demand charge in stages of six months"
    STUDIES[f"{_name}, billed by the {_billing}"] = STUDIES[_name].replace("BILLING", _billing)
del STUDIES["a demand charge in stages of six months"]


def _written(text: str) -> Written:
    found = json.loads(json.dumps(YAML(typ="safe", pure=True).load(text)))
    return {"study": "sibling", "money": {"discount": "7 %/a real"}} | found


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_is_what_is_solved(name: str) -> None:
    found = compare(_written(STUDIES[name]), with_orders=False)
    assert found.value is not None
    assert found.agrees, str(found)


HOURLY = f"""
horizon: {{start: 2027-05, stages: [12 months], hours: all}}
technologies: {{{SUN}}}
sites:
  here:
    grid: {{limit: 50 MW, stands: 50 MW, energy: table4.csv#swing,
      times: [{{energy: 130 USD/MWh, begin: 17, end: 20, months: [3, 6, 11]}}]}}
    build: {{sun: {{use: farm, at_most: 40 MW, profile: table4.csv#share}}}}
{LOAD}
"""


@cache
def _rebuilt() -> float:
    found = rebuild(_written(HOURLY))
    assert found is not None
    return found.objective


def _planned(text: str, folder: Path) -> CertifiedPlan:
    formulation = formulate(expand(study_of(parse_text(text)), folder))
    return solve(formulation.problem, SolverOptions(gap=1e-6))


def _table(stamps: Iterator[str], rows: list[str], title: str, into: Path) -> None:
    """Table 4 of the rebuild, its columns as they are and these stamps before its rows."""
    lines = [f"{stamp}, {row}" for stamp, row in zip(stamps, rows, strict=True)]
    head = own_tables.written(4).splitlines()[0]
    (into / "table4.csv").write_text("\n".join([f"{title}, {head}", *lines]) + "\n")


def _same_as_the_rebuild(text: str, folder: Path) -> None:
    value, planned = _rebuilt(), _planned(text, folder)
    room = 1e-5 * abs(value)
    assert planned.low - room <= value <= planned.high + room


def test_a_leap_year_of_rows_is_the_year_without_its_29_february(tmp_path: Path) -> None:
    rows = own_tables.written(4).splitlines()[1:]
    day = 59 * 24
    # a day of a price and a load that would be seen
    leap = ["9999, 9999, 99, 0.5, 9, 9, 9999"] * 24
    hours = (datetime(2028, 1, 1) + timedelta(hours=n) for n in range(8784))
    stamps = (hour.strftime("%Y-%m-%d %H:%M") for hour in hours)
    _table(stamps, [*rows[:day], *leap, *rows[day:]], "time [UTC-5]", tmp_path)
    _same_as_the_rebuild(text_of(_written(HOURLY)), tmp_path)


def test_a_day_of_23_hours_and_one_of_25_are_undone(tmp_path: Path) -> None:
    """New York's clocks of 2027: on from 14 March 2:00, back on 7 November 2:00."""
    standard, summer = (timezone(timedelta(hours=h)) for h in (-5, -4))
    on, back = (datetime(2027, *day, 7 - n, tzinfo=UTC)
                for n, day in enumerate([(3, 14), (11, 7)]))  # fmt: skip
    hours = [datetime(2027, 1, 1, 5, tzinfo=UTC) + timedelta(hours=n) for n in range(8760)]
    stamps = [h.astimezone(summer if on <= h < back else standard) for h in hours]
    assert len({stamp.replace(tzinfo=None) for stamp in stamps}) == 8759
    rows = own_tables.written(4).splitlines()[1:]
    _table((s.isoformat() for s in stamps), rows, "time", tmp_path)
    _same_as_the_rebuild(text_of(_written(HOURLY)), tmp_path)


def test_a_study_in_euro_is_the_one_in_dollars(tmp_path: Path) -> None:
    """All that has a price is written in another money, from May on."""
    rate = 1.25
    euro = _written(HOURLY)
    euro["currencies"] = {"EUR": {"rate": f"{rate} USD", "date": "2026-11-27", "source": "made up"}}
    euro["technologies"]["farm"]["capex"] = f"{500 / rate} EUR/kW"
    euro["sites"]["here"]["grid"]["times"][0]["energy"] = f"{130 / rate} EUR/MWh"
    euro["products"]["power"]["price"] = f"{160 / rate} EUR/MWh"
    lines = own_tables.written(4).replace("swing [USD", "swing [EUR").splitlines()
    at = [cell.split()[0] for cell in lines[0].split(", ")].index("swing")
    for number, line in enumerate(lines[1:], start=1):
        cells = line.split(", ")
        lines[number] = ", ".join([*cells[:at], f"{float(cells[at]) / rate:.6f}", *cells[at + 1 :]])
    (tmp_path / "table4.csv").write_text("\n".join(lines) + "\n")
    _same_as_the_rebuild(text_of(euro), tmp_path)
