"""A study text solved to a plan, small enough for the simplex method; for tests."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.core.ids import AssetId, AssetRole
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.model.build_system import expand
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
    grid: {limit: 300 MW, stands: 40 MW, queue: 48 months, price: 250 USD/kW, energy: 66 USD/MWh, demand: 14 USD/kW-month, source: "assumption of a test"}
    build:
      pv: {use: solar.single_axis, at_most: 800 MW}
      battery: {use: battery.lfp, at_most: 800 MW}
      wind: {use: wind.onshore, at_most: 500 MW}
      smr: {use: nuclear.smr, at_most: 300 MW}
      engines: {use: gas.engine, at_most: 250 MW}
products:
  campus: {kind: electricity, site: greensboro, demand: 120 MW, price: 180 USD/MWh, source: "assumption of a test"}
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
    expansion = expand(study_of(parse_text(text)))
    found = formulate(expansion)
    plan = solve(found.problem)
    outcomes = tuple(node_outcome(found, plan.solution, n) for n in range(len(found.nodes)))
    return Solved(found, plan, outcomes, cash_flow.lines(found, plan.solution, outcomes))
