"""A study text solved to a plan, small enough for the simplex method; for tests."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.core.reading import parse_text, study_of
from headrace.plan import accounts
from headrace.plan.accounts import Line
from headrace.plan.expand import expand
from headrace.plan.formulate import Formulation, formulate
from headrace.plan.outcome import NodeOutcome, node_outcome, ordered
from headrace.plan.solve import Bounded, solve


@dataclass(frozen=True)
class Solved:
    formulation: Formulation
    plan: Bounded
    outcomes: tuple[NodeOutcome, ...]
    lines: tuple[Line, ...]

    @property
    def npv(self) -> float:
        return accounts.objective(self.formulation, self.plan.solution)

    def total(self, *kinds: str) -> float:
        return accounts.total(self.lines, *kinds)

    def quantity(self, node: str, asset: str) -> float:
        amounts = ordered(self.formulation, self.plan.solution)
        names = [
            (self.formulation.nodes[o.node].name, self.formulation.system.assets[o.asset].key) for o in self.formulation.orders
        ]
        return float(sum(a for a, name in zip(amounts, names) if name == (node, asset)))


def solve_text(text: str) -> Solved:
    expansion = expand(study_of(parse_text(text)))
    found = formulate(expansion.system, expansion.nodes, expansion.calendars, expansion.worlds, expansion.clock, expansion.spend)
    plan = solve(found.problem)
    outcomes = tuple(node_outcome(found, plan.solution, n) for n in range(len(found.nodes)))
    return Solved(found, plan, outcomes, accounts.lines(found, plan.solution, outcomes))
