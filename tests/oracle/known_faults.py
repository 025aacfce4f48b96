"""Faults that the library had, one row each: where a plan was not its study.

Each has a study whose value is known by hand; it stays a test of both the library and the rebuild.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """expected: value of `study` by hand [USD]. built: what the library made of it, in words."""

    name: str
    study: str
    expected: float
    by_hand: str
    built: str


_HEAD = "study: fault\nmoney: {discount: 0 %/a real}\n"
_FLAT = "products: {power: {kind: electricity, site: here, demand: 10 MW, price: 10 USD/MWh}}\n"

FAULTS = (
    Fault(
        "blocks in a short stage",
        _HEAD
        + """\
horizon: {start: 2027-01, stages: [6 months], terminal_value: false, hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 0 USD/kW}}
sites: {here: {build: {plant: {use: plant, at_most: 10 MW, stands: 10 MW}}}}
"""
        + _FLAT,
        438_000,
        "half of 8,760 h x 10 MW x 10 USD/MWh",
        "a stage of six months counts the blocks of a whole year",
    ),
    Fault(
        "months without kept hours",
        _HEAD
        + """\
horizon: {start: 2027-01, stages: [12 months], terminal_value: false, hours: {blocks: [8760 h]}}
sites:
  here:
    grid: {limit: 10 MW, stands: 10 MW, energy: 0 USD/MWh, demand: 1 USD/kW-month, billing: month}
"""
        + _FLAT,
        756_000,
        "876,000 sold less 12 months x 10,000 kW x 1 USD",
        "only the months from which an hour was kept are billed, here one",
    ),
    Fault(
        "variable of a battery",
        _HEAD
        + """\
horizon: {start: 2027-01, stages: [1 month], terminal_value: false}
technologies: {cell: {kind: battery, variable: 100 USD/MWh, efficiency: 100 %}}
sites:
  here:
    grid:
      limit: 20 MW
      stands: 20 MW
      energy: 0 USD/MWh
      times: [{energy: 95 USD/MWh, begin: 12, end: 0}]
    build:
      cell: {use: cell, at_most: 9 MW, stands: 9 MW, at_most_energy: 1 GWh, stands_energy: 1 GWh}
"""
        + _FLAT,
        37_200,
        "31 mornings x 12 h x 10 MW x 10 USD/MWh; an afternoon's MWh costs 95 USD or, stored, 100",
        "the battery works for nothing, and the afternoons are served",
    ),
    Fault(
        "inside a stage it is there in part",
        _HEAD
        + """\
horizon: {start: 2027-01, stages: [24 months], terminal_value: false, hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 0 USD/kW, lead: 12 months}}
sites: {here: {build: {plant: {use: plant, at_most: 20 MW}}}}
"""
        + _FLAT,
        876_000,
        "nothing in the first year, 8,760 h x 10 MW x 10 USD/MWh in the second",
        "20 MW ordered count as 10 MW in both years",
    ),
    Fault(
        "a store borrows from later hours",
        _HEAD
        + """\
horizon: {start: 2027-01, stages: [2 months], terminal_value: false}
technologies:
  plant: {lead: 1 month}
  cell: {kind: battery, efficiency: 100 %}
sites:
  here:
    build:
      plant: {use: plant, at_most: 20 MW}
      cell: {use: cell, at_most: 99 MW, stands: 99 MW, at_most_energy: 1 GWh, stands_energy: 1 GWh}
"""
        + _FLAT,
        70_800,
        "half of the 1,416 h of two months x 10 MW x 10 USD/MWh: nothing before the plant comes",
        "the first half is served from what the plant makes in the second",
    ),
    Fault(
        "an hour late",
        _HEAD
        + """\
horizon: {start: 2026-04, stages: [2 months], terminal_value: false}
technologies: {plant: {lead: 1 months}}
sites: {here: {build: {plant: {use: plant, at_most: 10 MW}}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 1 USD/MWh}}
""",
        7_320,
        "April and May have 1,464 h, half of them 732, x 10 MW x 1 USD/MWh",
        "731 h: the month's hours times the lead are 732.0000000000001",
    ),
    Fault(
        "two calendars of weekdays",
        _HEAD
        + """\
horizon: {start: 2027-01, stages: [1 month], terminal_value: false}
sites:
  here:
    grid:
      limit: 20 MW
      stands: 20 MW
      energy: 100 USD/MWh
      times: [{energy: 0 USD/MWh, begin: 0, end: 24, weekdays: true}]
"""
        + _FLAT,
        50_400,
        "January 2027 begins on a Friday: 21 weekdays x 24 h x 10 MW x 10 USD/MWh, no weekends",
        "tariffs take 1 January as a Monday: 23 weekdays",
    ),
    Fault(
        "money year of halls and accelerators",
        """\
study: fault
money: {discount: 0 %/a real, year: 2026}
horizon: {start: 2027-01, stages: [12 months], terminal_value: false, hours: {blocks: [8760 h]}}
sites: {here: {hall: {stands: 1 MW, at_most: 1 MW}}}
fleet: {may_buy: {b200: {use: b200}}}
models: {large: {shape: deepseek-ai/DeepSeek-V3}}
products: {chat: {model: large, demand: 1 Gtok/h, price: 1 USD/Mtok}}
""",
        -256_250,
        "a hall of 1 MW costs 250 USD/kW-year in money of 2025, 256.25 in that of 2026",
        "the same number of dollars in the money of any year",
    ),
    Fault(
        "names are keys",
        _HEAD
        + """\
horizon: {start: 2027-01, stages: [12 months], terminal_value: false, hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 60 USD/kW}}
sites:
  here:
    grid: {limit: 6 MW, stands: 6 MW, energy: 30 USD/MWh}
    build: {grid: {use: plant, at_most: 4 MW}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 110 USD/MWh}}
""",
        7_819_200,
        "8,760 h x (4 MW x 110 + 6 MW x (110 - 30) USD/MWh), less 4 MW x 60,000 USD",
        "infeasible: the plant's name is the grid right's key",
    ),
    Fault(
        "paid on the way in and out",
        _HEAD
        + """\
horizon: {start: 2027-01, stages: [12 months], terminal_value: false, hours: {blocks: [8760 h]}}
sites:
  here:
    grid:
      limit: 30 MW
      stands: 30 MW
      energy: -20 USD/MWh
      loss: 20 %
      export: {price: 0 USD/MWh}
"""
        + _FLAT,
        3_066_000,
        "8,760 h x (10 MW x 10 USD/MWh + 10 MW / 0.8 x 20 USD/MWh)",
        "right from the start; the rebuild bought 30 MW and gave back what a loss had not taken",
    ),
)
