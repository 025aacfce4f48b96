"""A study text solved to a plan, small enough for the simplex method; for tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from tests.builders.nouns import circle

from headrace.core.arrays import HOURS_PER_YEAR
from headrace.core.ids import AssetId, AssetRole
from headrace.core.study import Study
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.model.build_system import SystemOnTree, expand
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results import cash_flow
from headrace.plan.results.cash_flow import CashLine
from headrace.plan.results.dispatch import NodeOutcome, node_outcome, ordered
from headrace.plan.solve.solve import CertifiedPlan, solve

MIDDLING = """\
study: middling
money: {year: 2026, discount: 8 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months, 24 months]}
beliefs:
  demand:
    about: demand
    before: 40 %/a
    reveal: 2
    cases:
      steady: {probability: 60 %, value: 10 %/a}
      surge: {probability: 40 %, value: 70 %/a}
    source: "assumption of a test"
  gas:
    about: "fuel:gas"
    before: 4.5 USD/MMBtu
    reveal: 3
    cases:
      cheap: {probability: 50 %, value: 3 USD/MMBtu}
      dear: {probability: 50 %, value: 9 USD/MMBtu}
    source: "assumption of a test"
fuels:
  gas: {price: 4.5 USD/MMBtu, co2: 53.06 kg/MMBtu, source: "assumption of a test"}
sites:
  greensboro:
    weather: tmy3:723170
    grid: {limit: 300 MW, stands: 40 MW, queue: 48 months, price: 250 USD/kW,
        energy: 66 USD/MWh, demand: 14 USD/kW-month, source: "assumption of a test"}
    build:
      pv: {use: solar.single_axis, at_most: 800 MW}
      battery: {use: battery.lfp, at_most: 800 MW}
      wind: {use: wind.onshore, at_most: 500 MW}
      smr: {use: nuclear.smr, at_most: 300 MW}
      engines: {use: gas.engine, at_most: 250 MW}
products:
  campus: {kind: electricity, site: greensboro, demand: 120 MW, price: 180 USD/MWh,
      source: "assumption of a test"}
"""
"""Large enough for the interior point, and solved in seconds: seven nodes of every hour."""


@dataclass(frozen=True)
class Solved:
    formulation: Formulation
    plan: CertifiedPlan
    outcomes: tuple[NodeOutcome, ...]
    lines: tuple[CashLine, ...]

    @property
    def npv(self) -> float:
        return cash_flow.objective(self.formulation, self.plan.solution)

    def total(self, *kinds: str) -> float:
        return cash_flow.total(self.lines, *kinds)

    def quantity(self, node: str, site: str, key: str, role: str = "build") -> float:
        """What is ordered of an asset at a node [own unit]."""
        amounts, wanted = (
            ordered(self.formulation, self.plan.solution),
            AssetId(site, AssetRole(role), key),
        )
        names = [
            (self.formulation.nodes[o.node].name, self.formulation.system.assets[o.asset].id)
            for o in self.formulation.orders
        ]
        return float(sum(a for a, name in zip(amounts, names) if name == (node, wanted)))


def solve_text(text: str) -> Solved:
    return solve_system(expand(study(text)))


def solve_system(expansion: SystemOnTree) -> Solved:
    """The system formulated, solved and read."""
    found = formulate(expansion)
    plan = solve(found.problem)
    outcomes = tuple(node_outcome(found, plan.solution, n) for n in range(len(found.nodes)))
    return Solved(found, plan, outcomes, cash_flow.lines(found, plan.solution, outcomes))


def on_a_circle(text: str, load: tuple[float, ...]) -> SystemOnTree:
    """The study on hours that follow each other in a circle, each of them an equal share of the
    year, with demands of these sizes.
    """
    whole = expand(study(text))
    shape = np.zeros(HOURS_PER_YEAR)
    shape[: len(load)] = load
    demands = tuple(replace(d, quantity=shape) for d in whole.system.demands)
    slices = circle(len(load), HOURS_PER_YEAR / len(load))
    system = replace(whole.system, demands=demands)
    return replace(whole, system=system, time_slices=(slices,) * len(whole.nodes))


HEAD = """\
study: small
money: {year: 2026, discount: 0 %/a real}
horizon:
  {start: 2027-01, stages: [12 months], terminal_value: false,
   hours: {blocks: [6000 h, 2760 h]}}
"""
"""One year of two load blocks, without discounting: sums by hand."""

POWER_SOLD = (
    "products: {power: {kind: electricity, site: here, demand: 10 MW, price: 50 USD/MWh}}\n"
)

PLANT = (
    HEAD
    + "technologies: {t: {capex: 100 USD/kW, variable: 20 USD/MWh, life: 10 years}}\n"
    + "sites: {here: {build: {plant: {use: t, at_most: 8 MW}}}}\n"
    + POWER_SOLD
)
"""A MW earns 8,760 h x (50 - 20) = 262,800 USD a year and costs 100,000: 8 MW are ordered, 162,800
USD/MW are left. 10 MW are asked for: 2 MW are lost.
"""

BELIEFS = """\
study: beliefs
money: {year: 2026, discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months, 24 months], hours: {blocks: [8760 h]}}
beliefs:
  growth: {about: demand, before: 40 %/a, reveal: 2, cases: {steady: {probability: 60 %,
      value: 10 %/a}, surge: {probability: 40 %, value: 70 %/a}}}
  gas: {about: "fuel:gas", before: 4.5 USD/MMBtu, reveal: 3, cases: {cheap: {probability: 50 %,
      value: 3 USD/MMBtu}, dear: {probability: 50 %, value: 9 USD/MMBtu}}}
fuels: {gas: {price: 4 USD/MMBtu, co2: 50 kg/MMBtu}}
technologies: {t: {capex: 100 USD/kW, fuel: gas, heat_rate: 10 MMBtu/MWh, life: 10 years}}
sites: {here: {build: {plant: {use: t, at_most: 8 MW}}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 50 USD/MWh}}
"""

WRITTEN_TREE = """\
study: written
money: {year: 2026, discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {blocks: [8760 h]}}
fuels: {gas: {price: 4 USD/MMBtu}}
technologies: {t: {capex: 100 USD/kW, fuel: gas, heat_rate: 10 MMBtu/MWh, life: 10 years}}
sites: {here: {build: {plant: {use: t, at_most: 8 MW}}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 50 USD/MWh}}
tree:
  - {node: boom, parent: now, probability: 30 %, values: {"fuel:gas": 8 USD/MMBtu},
        demand: {power: [20 MW]}}
  - {node: bust, parent: now, probability: 70 %}
  - {node: now, values: {"fuel:gas": 4 USD/MMBtu}}
"""


def study(text: str) -> Study:
    """A checked study of its text."""
    return study_of(parse_text(text))


@cache
def solved_once(text: str) -> Solved:
    """The same as `solve_text`, solved once for all tests that read it."""
    return solve_text(text)


CAMPUS = """\
study: campus
money: {year: 2026, discount: 8 %/a real}
horizon: {start: 2027-01, stages: [12 months, 24 months], hours: {blocks: [6000 h, 2760 h]}}
sites:
  here:
    grid: {limit: 100 MW, stands: 60 MW, queue: 24 months, price: 250 USD/kW,
        energy: 60 USD/MWh, demand: 5 USD/kW-month}
    hall: {use: hall.ai, stands: 20 MW, at_most: 60 MW, lead: 18 months}
    build: {plant: {use: t, at_most: 50 MW}}
technologies: {t: {capex: 900 USD/kW, variable: 5 USD/MWh}}
fleet: {may_buy: {b200: {use: b200, supply: 60000}}}
models: {large: {shape: deepseek-ai/DeepSeek-V3, precision: fp8}}
products: {chat: {kind: tokens, model: large, isl: 1200, osl: 300, promise: {ttft: 2 s,
    tpot: 50 ms}, demand: 200 Gtok/h, price: 2.2 USD/Mtok}}
"""
"""A grid, a hall and accelerators that serve tokens: every kind of bus and of dollar."""

STORED = (
    HEAD
    + """\
technologies:
  t: {capex: 1 USD/kW, variable: 20 USD/MWh, life: 10 years}
  b: {kind: battery, capex: 1 USD/kW, energy_capex: 1 USD/kWh, efficiency: 81 %, life: 10 years}
sites:
  here:
    build:
      plant: {use: t, at_most: 8 MW}
      cell: {use: b, at_most: 4 MW, at_most_energy: 8 MWh}
"""
    + POWER_SOLD
)
"""A plant and a battery: to be read on hours that follow each other (`on_a_circle`)."""

UNITS = (
    HEAD
    + """\
technologies:
  t:
    capex: 1 USD/kW
    variable: 20 USD/MWh
    fuel: gas
    heat_rate: 10 MMBtu/MWh
    units: {size: 2 MW, minimum_load: 40 %, no_load: 10 %, start_cost: 30 USD/MW}
fuels: {gas: {price: 1 USD/MMBtu, co2: 50 kg/MMBtu}}
carbon: 20 USD/t
sites:
  here:
    spinning_reserve: largest unit
    build: {plant: {use: t, at_most: 8 MW, commitment: relaxed}}
"""
    + POWER_SOLD
)
"""A plant of units of 2 MW on line as a quantity, with a reserve and a carbon price."""
