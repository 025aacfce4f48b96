"""The sums of `docs/reference/meanings.md`: the rebuild and the plan both come to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML
from tests.oracle import own_tables
from tests.oracle.compare import plan, rebuild

POWER = "products: {power: {kind: electricity, site: here, demand: 10 MW, price: 10 USD/MWh}}"
YEAR = "hours: {blocks: [8760 h]}, terminal_value: false"
FREE = "sites: {here: {grid: {limit: 99 MW, stands: 99 MW, energy: 0 USD/MWh}}}"

SIX_MW = "sites: {here: {grid: {limit: 6 MW, stands: 6 MW, energy: 0 USD/MWh}}}"


def _curtailed(megawatts: float, usd: float) -> float:
    """10 MW are asked for at 10 USD/MWh in January; what the profile gives beyond is paid for."""
    offered = megawatts * own_tables.columns(1)["share"][:744]
    return float((10 * np.minimum(offered, 10) - usd * np.maximum(offered - 10, 0)).sum())


DEAR = "energy: 4 USD/MWh, times: [{energy: 100 USD/MWh, begin: 0, end: 1}]"
STORED = """
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [1 month], terminal_value: false}
technologies: {cell: {kind: battery, efficiency: 64 %}}
sites:
  here:
    grid: {limit: 99 MW, stands: 99 MW, GRID}
    build:
      cell: {use: cell, at_most: 4 MW, stands: 4 MW, at_most_energy: 8 MWh, stands_energy: 8 MWh,
        HELD}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 200 USD/MWh}}
"""


def _sold(offer: str) -> str:
    """A year in which one offer is sold, of electricity that costs nothing and is enough."""
    return f"""
horizon: {{start: 2027-01, stages: [12 months], {YEAR}}}
{SIX_MW}
products: {{power: {{kind: electricity, site: here, offers: {{one: {{{offer}}}}}}}}}
"""


EXAMPLES: dict[str, tuple[str, float]] = {
    "a level is one a stage, and what is sold and not served is paid back": (
        f"""
horizon: {{start: 2027-01, stages: [12 months], {YEAR}}}
{SIX_MW}
products: {{power: {{kind: electricity, site: here, refund: 4 USD/MWh,
  offers: {{use: {{kind: api, amount: 5 MW, price: 15 USD/MWh, elasticity: 3, most: 3,
  pieces: 15}}}}}}}}
""",
        8760 * (8 * 12 - 4 * 2),  # 20 - q USD/MWh: 96 at 8 MW, 2 of them paid back
    ),
    "who goes unserved is gone in the next year": (
        f"""
horizon: {{start: 2027-01, stages: [12 months, 12 months], {YEAR}}}
{SIX_MW}
products: {{power: {{kind: electricity, site: here, refund: 1 USD/MWh, offers: {{plan: {{
  kind: tier, users: 7300 user, use: 1 MWh/user-month, price: 10 USD/user-month,
  churn: {{rate: 0 %}}, unserved_churn: 50 %}}}}}}}}
""",
        8760 * (100 - 4) + 8760 * (80 - 2),
    ),
    "partners are paid first, then creators": (
        _sold(
            "kind: tier, users: 1000 user, price: 20 USD/user-month, use: 1 MWh/user-month, "
            "groups: {far: {share: 25 %, price: 5 USD/user-month}}, partner: 20 %, creators: 50 %"
        ),
        6_500 * 12,
    ),
    "a covariate multiplies the hazard": (
        _sold(
            "kind: tier, users: 1000 user, price: 30 USD/user-month, use: 1 MWh/user-month, "
            "churn: {rate: 10 %, covariates: {rise: {effect: 0.69314718056, values: 1}}}"
        ),
        1000 * 0.9**12 * 30 * 12,
    ),
    "a covariate may come with the second stage": (
        _sold(
            "kind: tier, users: 1000 user, price: 30 USD/user-month, use: 1 MWh/user-month, "
            "churn: {rate: 10 %, covariates: {rise: {effect: 0.69314718056, values: [0, 1]}}}"
        ).replace("[12 months]", "[12 months, 12 months]"),
        1000 * (0.9**6 + 0.9**24) * 30 * 12,
    ),
    "agents pay the seat and what lies beyond it": (
        _sold(
            "kind: agents, users: 1000 seat, price: 10 USD/user-month, use: 1 MWh/user-month, "
            "included: 0.4 MWh/user-month, overage: 5 USD/MWh"
        ),
        1000 * 13 * 12,
    ),
    "credits are paid whether used or not": (
        _sold("kind: credits, amount: 2 MW, price: 10 USD/MWh, unused: 20 %"),
        8760 * 2 * 10 / 0.8,
    ),
    "batches pay less": (
        _sold("kind: api, amount: 2 MW, price: 10 USD/MWh, batch: {share: 40 %, discount: 50 %}"),
        8760 * 2 * 8,
    ),
    "results pay where they hold": (
        _sold(
            "kind: results, amount: 730 result/month, price: 500 USD/result, work: 2 MWh/result, "
            "success: 40 %"
        ),
        8760 * 500,
    ),
    "load blocks stand for each year of a stage": (
        f"""
horizon: {{start: 2027-01, stages: [24 months], hours: {{blocks: [1000 h, 7760 h]}},
  terminal_value: false}}
{FREE}
{POWER}
""",
        2 * 8760 * 10 * 10,
    ),
    "a grid right is paid a tenth at once and the rest in the last two years of its queue": (
        f"""
money: {{discount: 10 %/a real}}
horizon: {{start: 2027-01, stages: [30 months, 12 months], {YEAR}}}
sites: {{here: {{grid: {{limit: 10 MW, queue: 30 months, price: 100 USD/kW, energy: 0 USD/MWh}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}}}
""",
        8_760_000 * (1 - 1 / 1.1) / 0.09531017980432493 / 1.1**2.5
        - 100_000
        - 450_000 / 1.1
        - 450_000 / 1.1**2,
    ),
    "a short queue is halved": (
        f"""
money: {{discount: 10 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 12 months], {YEAR}}}
sites: {{here: {{grid: {{limit: 10 MW, queue: 12 months, price: 100 USD/kW, energy: 0 USD/MWh}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}}}
""",
        8_760_000 * (1 - 1 / 1.1) / 0.09531017980432493 / 1.1
        - 100_000
        - 450_000 / 1.1**0.25
        - 450_000 / 1.1**0.75,
    ),
    "a kept hour costs the mean of the hours that it stands for": (
        """
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], hours: {weeks: 2, extreme_days: 1},
  terminal_value: false}
sites:
  here:
    grid: {limit: 100 MW, stands: 100 MW, energy: 50 USD/MWh,
      times: [{energy: 2000 USD/MWh, begin: 16, end: 20, months: [4]}]}
products: {power: {kind: electricity, site: here, demand: 50 MW, price: 3000 USD/MWh}}
""",
        8760 * 50 * 3000 - 33_600_000,
    ),
    "nothing that was bought is thrown away": (
        f"""
money: {{discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [1 month], terminal_value: false}}
sites: {{here: {{grid: {{limit: 1000 MW, stands: 1000 MW, energy: -20 USD/MWh}}}}}}
{POWER.replace("10 MW", "50 MW")}
""",
        744 * 50 * (10 + 20),
    ),
    "a battery at a negative price gives back what it was charged with": (
        f"""
money: {{discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [1 month], hours: {{weeks: 1}}, terminal_value: false}}
technologies: {{cell: {{kind: battery, efficiency: 100 %}}}}
sites:
  here:
    grid: {{limit: 99 MW, stands: 99 MW, energy: -20 USD/MWh}}
    build:
      cell:
        {{use: cell, at_most: 9 MW, stands: 9 MW, at_most_energy: 99 MWh, stands_energy: 99 MWh}}
{POWER}
""",
        744 * 10 * (10 + 20),
    ),
    "a store holds what it must at the end": (
        # 4 MWh of 8 are left: 5 MWh at 4 USD, of which 80 % arrive
        STORED.replace("GRID", "energy: 4 USD/MWh").replace("HELD", "stored_at_end: 50 %"),
        744 * 10 * (200 - 4) - 5 * 4,
    ),
    "a store begins empty": (
        # 4 MW in the dear hour of 30 days, charged with 6.25 MWh; the first day's is bought
        STORED.replace("GRID", DEAR).replace("HELD", "stored_at_end: 0 %"),
        744 * 10 * 200 - 31 * (920 + 1000) + 30 * (400 - 25),
    ),
    "a store begins with what it gives back": (
        STORED.replace("GRID", DEAR).replace("HELD", "stored_at_start: 100 %"),
        744 * 10 * 200 - 31 * (920 + 1000) + 31 * (400 - 25),
    ),
    "a store begins with a share at most": (
        # 2 MWh on the first day, of which 1.6 arrive, given back with 2.5 MWh at the end
        STORED.replace("GRID", DEAR).replace("HELD", "stored_at_start: 25 %"),
        744 * 10 * 200 - 31 * (920 + 1000) + 30 * (400 - 25) + 160 - 10,
    ),
    "a store begins with a share and ends with more": (
        # 2 MWh to begin with, 6 at the end: 7.5 MWh bought for it
        STORED.replace("GRID", DEAR).replace("HELD", "stored_at_start: 25 %, stored_at_end: 75 %"),
        744 * 10 * 200 - 31 * (920 + 1000) + 30 * (400 - 25) + 160 - 30,
    ),
    "a month is charged for its own peak": (
        """
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [2 months], terminal_value: false}
technologies: {plant: {capex: 0 USD/kW, lead: 1 month}}
sites:
  here:
    grid: {limit: 10 MW, stands: 10 MW, energy: 0 USD/MWh, demand: 1 USD/kW-month, billing: month}
    build: {plant: {use: plant, at_most: 10 MW}}
"""
        + POWER,
        (744 + 672) * 10 * 10 - 10_000,
    ),
    "a year's peak is charged in every month": (
        """
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [2 months], terminal_value: false}
technologies: {plant: {capex: 0 USD/kW, lead: 1 month}}
sites:
  here:
    grid: {limit: 10 MW, stands: 10 MW, energy: 0 USD/MWh, demand: 1 USD/kW-month, billing: year}
    build: {plant: {use: plant, at_most: 10 MW}}
"""
        + POWER,
        (744 + 672) * 10 * 10 - 2 * 10_000,
    ),
    "a grid right lives for forty years": (
        """
horizon: {start: 2027-01, stages: [48 months], hours: {blocks: [8760 h]}}
sites: {here: {grid: {limit: 10 MW, price: 100 USD/kW, energy: 0 USD/MWh}}}
"""
        + POWER,
        4 * 876_000 - 0.1 * 1_000_000,
    ),
    "what stands at the start has no terminal value, and its fixed cost is paid": (
        """
horizon: {start: 2027-01, stages: [12 months], hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 900 USD/kW, fixed: 12 USD/kW-year, life: 30 years}}
sites: {here: {build: {plant: {use: plant, at_most: 10 MW, stands: 10 MW}}}}
"""
        + POWER,
        876_000 - 120_000,
    ),
    "demand is held at its level in the middle of the stage": (
        f"""
horizon: {{start: 2027-01, stages: [12 months, 12 months], {YEAR}}}
beliefs:
  b: {{about: demand, before: 21 %/a, reveal: 2, cases: {{c: {{probability: 1, value: 0 %/a}}}}}}
{FREE}
{POWER}
""",
        876_000 * (1.1 + 1.21),
    ),
    "a belief about one product goes before one about all": (
        f"""
horizon: {{start: 2027-01, stages: [12 months, 12 months], {YEAR}}}
beliefs:
  a: {{about: demand, before: 0 %/a, reveal: 2, cases: {{c: {{probability: 1, value: 900 %/a}}}}}}
  b: {{about: "demand:power", before: 21 %/a, reveal: 2,
      cases: {{c: {{probability: 1, value: 0 %/a}}}}}}
{FREE}
{POWER}
""",
        876_000 * (1.1 + 1.21),
    ),
    "before its reveal a belief has replaced the price of a fuel": (
        f"""
horizon: {{start: 2027-01, stages: [12 months, 12 months], {YEAR}}}
fuels: {{gas: {{price: 900 USD/MMBtu, co2: 53.06 kg/MMBtu}}}}
carbon: 50 USD/t
beliefs:
  b: {{about: "fuel:gas", before: 1 USD/MMBtu, reveal: 2,
      cases: {{c: {{probability: 1, value: 2 USD/MMBtu}}}}}}
technologies: {{plant: {{fuel: gas, heat_rate: 1 MMBtu/MWh}}}}
sites: {{here: {{build: {{plant: {{use: plant, at_most: 10 MW, stands: 10 MW}}}}}}}}
{POWER}
""",
        87_600 * (2 * (10 - 2.653) - 1 - 2),
    ),
    "a price of its own keeps its ratio to the believed one": (
        f"""
horizon: {{start: 2027-01, stages: [12 months, 12 months], {YEAR}}}
technologies: {{plant: {{capex: 50 USD/kW}}}}
beliefs:
  b: {{about: "capex:plant", before: 200 USD/kW, reveal: 2,
      cases: {{c: {{probability: 1, value: 900 USD/kW}}}}}}
sites: {{here: {{build: {{plant: {{use: plant, at_most: 10 MW, capex: 100 USD/kW}}}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}}}
""",
        2 * 8_760_000 - 10 * 400_000,
    ),
    "a value of a node holds below it, a demand by block only there": (
        f"""
horizon: {{start: 2027-01, stages: [12 months, 12 months, 12 months], {YEAR}}}
tree:
  - {{node: a}}
  - {{node: b, parent: a, values: {{demand: "3"}}, demand: {{other: [7 MW]}}}}
  - {{node: c, parent: b}}
{FREE}
products:
  power: {{kind: electricity, site: here, demand: 10 MW, price: 10 USD/MWh}}
  other: {{kind: electricity, site: here, demand: 1 MW, price: 10 USD/MWh}}
""",
        87_600 * (10 + 30 + 30 + 1 + 7 + 3),
    ),
    "at most so much stands at each instant": (
        f"""
horizon: {{start: 2027-01, stages: [12 months, 12 months], {YEAR}}}
technologies: {{plant: {{lead: 12 months}}}}
sites: {{here: {{build: {{plant: {{use: plant, at_most: 10 MW, stands: 10 MW,
  stands_for: 12 months}}}}}}}}
{POWER}
""",
        2 * 876_000,
    ),
    "the whole price counts as spent in the stage of the order": (
        f"""
horizon: {{start: 2027-01, stages: [12 months, 12 months], {YEAR}}}
limits: {{spend: [200 kUSD, 9 MUSD]}}
sites: {{here: {{grid: {{limit: 10 MW, queue: 12 months, price: 40 USD/kW, energy: 0 USD/MWh}}}}}}
{POWER}
""",
        5 * 87_600 - 200_000,
    ),
    "a right is counted at the meter": (
        f"""
horizon: {{start: 2027-01, stages: [12 months], {YEAR}}}
sites:
  here:
    grid: {{limit: 10 MW, stands: 10 MW, energy: 2 USD/MWh, loss: 5 %, demand: 1 USD/kW-month}}
{POWER}
""",
        87_600 * (9.5 - 2) - 120_000,
    ),
    "a year's ratchet is charged in every month": (
        """
horizon: {start: 2027-01, stages: [6 months, 6 months], terminal_value: false}
sites:
  here:
    grid: {limit: 10 MW, queue: 6 months, energy: 0 USD/MWh, demand: 1 USD/kW-month}
"""
        + POWER,
        4_416 * 100 - 6 * 10_000,
    ),
    "work is done in the window in which it is asked": (
        f"""
horizon: {{start: 2027-01, stages: [1 month], terminal_value: false}}
sites:
  here:
    grid: {{limit: 40 MW, stands: 40 MW, energy: 90 USD/MWh,
           times: [{{energy: 0 USD/MWh, begin: 3, end: 4}}]}}
{POWER.replace("price", "deadline: 4 h, price")}
""",
        31 * 40 * 10,
    ),
    "a path holds from its month on, and its first before": (
        f"""
horizon: {{start: 2027-01, stages: [12 months, 12 months], {YEAR}}}
fuels: {{gas: {{price: {{2027-04: 4 USD/MMBtu, 2028: 8 USD/MMBtu}}, co2: 50 kg/MMBtu}}}}
carbon: {{2026: 20 USD/t, 2028-07: 40 USD/t}}
technologies: {{plant: {{heat_rate: 1 MMBtu/MWh, fuel: gas}}}}
sites: {{here: {{build: {{plant: {{use: plant, at_most: 10 MW, stands: 10 MW}}}}}}}}
{POWER.replace("10 USD/MWh", "30 USD/MWh")}
""",
        87_600 * (30 - (4 + 1) + 30 - (8 + 1.5)),
    ),
    "an hour is worth the price of its month": (
        f"""
horizon: {{start: 2027-01, stages: [2 months], terminal_value: false}}
sites:
  here:
    grid: {{limit: 10 MW, stands: 10 MW, energy: {{2027-01: 4 USD/MWh, 2027-02: 7 USD/MWh}}}}
{POWER}
""",
        744 * 10 * (10 - 4) + 672 * 10 * (10 - 7),
    ),
    "a MWh of the grid pays for its carbon": (
        f"""
horizon: {{start: 2027-01, stages: [12 months], {YEAR}}}
carbon: 50 USD/t
sites: {{here: {{grid: {{limit: 10 MW, stands: 10 MW, energy: 1 USD/MWh, co2: 100 kg/MWh}}}}}}
{POWER}
""",
        87_600 * (10 - 1 - 5),
    ),
    "what is given back is paid for at the meter": (
        f"""
horizon: {{start: 2027-01, stages: [12 months], {YEAR}}}
technologies: {{plant: {{variable: 2 USD/MWh}}}}
sites:
  here:
    grid: {{limit: 99 MW, stands: 99 MW, energy: 5 USD/MWh, loss: 20 %,
      export: {{price: 4 USD/MWh, limit: 8 MW}}}}
    build: {{plant: {{use: plant, at_most: 30 MW, stands: 30 MW}}}}
{POWER}
""",
        8760 * (10 * (10 - 2) + 8 * 4 - 10 * 2),
    ),
    "nothing is bought to be given back": (
        f"""
horizon: {{start: 2027-01, stages: [12 months], {YEAR}}}
sites:
  here:
    grid: {{limit: 99 MW, stands: 99 MW, energy: 2 USD/MWh, export: {{price: 3 USD/MWh}}}}
{POWER}
""",
        87_600 * (10 - 2),
    ),
    "a meter of the plants gives while the site takes": (
        f"""
horizon: {{start: 2027-01, stages: [12 months], {YEAR}}}
technologies: {{plant: {{variable: 1 USD/MWh}}}}
sites:
  here:
    grid: {{limit: 99 MW, stands: 99 MW, energy: 2 USD/MWh,
      export: {{price: 3 USD/MWh, meter: generation}}}}
    build: {{plant: {{use: plant, at_most: 30 MW, stands: 30 MW}}}}
{POWER}
""",
        87_600 * (10 - 2) + 8760 * 30 * (3 - 1),
    ),
    "net metering takes what is given off what is bought": (
        f"""
horizon: {{start: 2027-01, stages: [12 months], hours: {{blocks: [4380 h, 4380 h]}},
  terminal_value: false}}
technologies: {{sun: {{}}}}
tree: [{{node: now, demand: {{power: [8 MW, 1 MW]}}}}]
sites:
  here:
    grid: {{limit: 99 MW, stands: 99 MW, energy: 5 USD/MWh,
      export: {{price: 1 USD/MWh, net_metering: year}}}}
    build: {{sun: {{use: sun, at_most: 5 MW, stands: 5 MW}}}}
{POWER}
""",
        4380 * (9 * 10 - 3 * 5 + 3 * 5 + 1 * 1),
    ),
    "energy beyond a tier costs more": (
        f"""
horizon: {{start: 2027-01, stages: [12 months], {YEAR}}}
sites:
  here:
    grid: {{limit: 99 MW, stands: 99 MW, energy: 2 USD/MWh,
      tiers: [{{above: 3650 MWh, adds: 1 USD/MWh}}, {{above: 7000 MWh, adds: 4 USD/MWh}}]}}
{POWER}
""",
        87_600 * (10 - 2) - 12 * 3650 * 1 - 12 * 300 * 4,
    ),
    "a ratchet charges a month for a share of the year's peak": (
        """
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [2 months], terminal_value: false}
technologies: {plant: {capex: 0 USD/kW, lead: 1 month}}
sites:
  here:
    grid: {limit: 10 MW, stands: 10 MW, energy: 0 USD/MWh, demand: 1 USD/kW-month, billing: month,
      ratchet: 80 %}
    build: {plant: {use: plant, at_most: 10 MW}}
"""
        + POWER,
        (744 + 672) * 10 * 10 - 10_000 - 8_000,
    ),
    "a demand period counts the peak of its hours": (
        """
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [2 months], terminal_value: false}
sites:
  here:
    grid: {limit: 10 MW, stands: 10 MW, energy: 0 USD/MWh,
      demands: [{charge: 1 USD/kW-month, months: [2]},
        {charge: 0.05 USD/kW-month, begin: 8, end: 9}]}
"""
        + POWER,
        (744 + 672) * 10 * 10 - 10_000 - 2 * 500,
    ),
    "capacity is paid for by the year": (
        f"""
horizon: {{start: 2027-01, stages: [12 months], {YEAR}}}
technologies: {{plant: {{fixed: 2 USD/kW-year}}}}
sites:
  here:
    grid: {{limit: 10 MW, stands: 10 MW, energy: 4 USD/MWh, capacity: 3 USD/kW-year}}
    build: {{plant: {{use: plant, at_most: 5 MW, stands: 5 MW, capacity_payment: 7 USD/kW-year}}}}
{POWER}
""",
        8760 * (10 * 10 - 5 * 4) - 30_000 + 5_000 * (7 - 2),
    ),
    "what is offered and not taken is paid for": (
        f"""
horizon: {{start: 2027-01, stages: [1 month], terminal_value: false}}
technologies: {{sun: {{}}}}
sites: {{here: {{build: {{sun: {{use: sun, at_most: 30 MW, stands: 30 MW, curtailment: 2 USD/MWh,
  profile: table1.csv#share}}}}}}}}
{POWER}
""",
        _curtailed(30, 2),
    ),
    "an agreement pays for what it takes, and for most of what it could": (
        f"""
horizon: {{start: 2027-01, stages: [12 months], {YEAR}}}
technologies: {{deal: {{kind: ppa, variable: 4 USD/MWh, take_or_pay: 75 %}}}}
sites: {{here: {{build: {{deal: {{use: deal, at_most: 20 MW, stands: 20 MW}}}}}}}}
{POWER}
""",
        8760 * (10 * 10 - 15 * 4),
    ),
    "a fuel is paid for, burnt or not": (
        f"""
horizon: {{start: 2027-01, stages: [12 months, 12 months], {YEAR}}}
fuels:
  gas: {{price: 2 USD/MMBtu, co2: 100 kg/MMBtu,
    take_or_pay: {{least: 100000 MMBtu/a, until: 2028-01}}}}
carbon: 10 USD/t
technologies: {{plant: {{heat_rate: 1 MMBtu/MWh, fuel: gas}}}}
sites: {{here: {{build: {{plant: {{use: plant, at_most: 10 MW, stands: 10 MW}}}}}}}}
{POWER}
""",
        2 * 87_600 * (10 - 2 - 1) - (100_000 - 87_600) * 2,
    ),
    "CVaR counts in part the leaf in which its share ends": (
        f"""
goal: {{risk: {{alpha: 80 %, omega: 100 %}}}}
horizon: {{start: 2027-01, stages: [12 months, 12 months], {YEAR}}}
tree:
  - {{node: now, demand: {{power: [0 MW]}}}}
  - {{node: good, parent: now, probability: 50 %, demand: {{power: [10 MW]}}}}
  - {{node: fair, parent: now, probability: 40 %, demand: {{power: [5 MW]}}}}
  - {{node: poor, parent: now, probability: 10 %, demand: {{power: [0 MW]}}}}
{FREE}
{POWER}
""",
        876_000 / 4,
    ),
    "what is bought in a long stage arrives as five years of it are over": (
        f"""
horizon: {{start: 2027-01, stages: [120 months], {YEAR}}}
technologies: {{plant: {{capex: 100 USD/kW, fixed: 10 USD/kW-year, lead: 9 months}}}}
sites: {{here: {{
  grid: {{limit: 10 MW, stands: 10 MW, energy: {{2027: 0 USD/MWh, 2032: 50 USD/MWh}}}},
  build: {{plant: {{use: plant, at_most: 10 MW}}}}}}}}
{POWER}
""",
        # the plant's fixed cost is paid for the five years in which it is wanted, not for nine
        10 * 876_000 - 1_000_000 - 5 * 100_000,
    ),
    "a promised share is one of the year": (
        f"""
horizon: {{start: 2027-01, stages: [12 months], {YEAR}}}
technologies: {{plant: {{variable: 30 USD/MWh}}}}
sites: {{here: {{build: {{plant: {{use: plant, at_most: 10 MW, stands: 10 MW}}}}}}}}
{POWER.replace("price", "availability: 60 %, price")}
""",
        0.6 * 87_600 * (10 - 30),
    ),
}


def _written(text: str) -> dict[str, Any]:
    found = json.loads(json.dumps(YAML(typ="safe", pure=True).load(text)))
    return {"study": "example", "money": {"discount": "0 %/a real"}} | found


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_rebuild_comes_to_the_sum(example: str) -> None:
    text, expected = EXAMPLES[example]
    found = rebuild(_written(text))
    assert found is not None
    assert found.objective == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_plan_comes_to_the_sum(example: str) -> None:
    text, expected = EXAMPLES[example]
    planned = plan(_written(text))
    assert not isinstance(planned, str), planned
    assert planned.lower == pytest.approx(expected, rel=1e-6)
    assert planned.upper == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("keys", "column", "earned"),
    [
        ("energy: table1.csv#price", "price", lambda price: np.maximum(10 - price, 0) * 10),
        (
            "energy: 0 USD/MWh, hourly_limit: table1.csv#cap",
            "cap",
            lambda cap: np.minimum(cap, 10) * 10,
        ),
    ],
)
def test_a_table_is_taken_hour_by_hour(keys: str, column: str, earned: Callable) -> None:
    written = _written(
        f"""
horizon: {{start: 2027-01, stages: [1 month], terminal_value: false}}
sites: {{here: {{grid: {{limit: 99 MW, stands: 99 MW, {keys}}}}}}}
{POWER}
"""
    )
    expected = float(earned(own_tables.columns(1)[column][:744]).sum())
    planned = plan(written)
    assert not isinstance(planned, str), planned
    assert rebuild(written).objective == pytest.approx(expected, rel=1e-9)
    assert planned.upper == pytest.approx(expected, rel=1e-6)
