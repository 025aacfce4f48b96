"""What each year of weather means for one plan: how much of the demand it leaves unserved, and how
much of what the capacities earn they earn in it. The year in which they earn most, for its weight,
is the one that the plan is built for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from headrace.plan.lp.cut_pool import cuts_of
from headrace.plan.lp.problem import Solution
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import demand_of_years, node_outcome
from headrace.plan.scenario.tree import ScenarioNode


@dataclass(frozen=True)
class WeatherYearOutcome:
    """One year of weather. number: its place among them; share: how much it counts [1]; unserved:
    of all demand in it, by value [1]; rent: of all that capacities earn over their running cost,
    the part earned in it [1].
    """

    number: int
    share: float
    unserved: float
    rent: float

    @property
    def weighs(self) -> float:
        """What capacities earn in it beside what they earn in a year on average [1]."""
        return self.rent / self.share if self.share > 0 else 0.0


def by_weather(formulation: Formulation, solution: Solution) -> tuple[WeatherYearOutcome, ...]:
    """Every year of weather of a plan, in the order of the study; none where there is one."""
    shares = {node.weather: node.share for node in formulation.nodes}
    if len(shares) < 2:
        return ()
    rents, unserved = np.zeros(len(shares)), np.zeros(len(shares))
    parts = zip(formulation.problem.nodes, cuts_of(formulation.problem, solution))
    for number, (block, cut) in enumerate(parts):
        x = block.start + block.map @ solution.master
        stands = np.array(formulation.labels[number].borders) >= 0
        rents[formulation.nodes[number].weather] -= float((cut.slope * x)[stands].sum())
    for year in shares:
        mine = [n for n, node in enumerate(formulation.nodes) if node.weather == year]
        outcomes = [node_outcome(formulation, solution, n) for n in mine]
        asked = served = 0.0
        for i, demand in enumerate(formulation.system.demands):
            record = demand_of_years(formulation, outcomes, i)
            asked += demand.price * record.quantity
            served += demand.price * record.served
        unserved[year] = max(0.0, 1.0 - served / asked) if asked > 0 else 0.0
    total = max(float(np.maximum(rents, 0.0).sum()), 1e-9)
    return tuple(
        WeatherYearOutcome(y, shares[y], float(unserved[y]), max(0.0, float(rents[y])) / total)
        for y in sorted(shares)
    )


def binding(years: tuple[WeatherYearOutcome, ...]) -> WeatherYearOutcome | None:
    """The year that the plan is built for; None where there is one only."""
    return max(years, key=lambda one: one.weighs, default=None)


def without(nodes: Sequence[ScenarioNode], year: int) -> tuple[ScenarioNode, ...]:
    """The tree in which one year of weather counts nothing and the others what it counted more."""
    share = next(node.share for node in nodes if node.weather == year)
    return tuple(
        replace(node, share=0.0 if node.weather == year else node.share / (1.0 - share))
        for node in nodes
    )


def words(years: tuple[WeatherYearOutcome, ...], names: tuple[str, ...]) -> list[str]:
    """The years in words, the one that binds first said. names: of each year."""
    most = binding(years)
    if most is None:
        return []
    told = [
        f"{names[one.number]} counts {one.share:.0%}, leaves {one.unserved:.2%} unserved, and "
        f"capacities earn {one.rent:.0%} of their rent in it"
        for one in years
    ]
    return [f"weather of {len(years)} years: {'; '.join(told)}; {names[most.number]} binds"]
