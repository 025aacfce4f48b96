"""One study in many cases: a plan solved in each, and where an outcome occurs told in words.

Cases are points of a scrambled Sobol sequence over the ranges; a case in which no plan keeps every
limit is kept as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from headrace.core.arrays import Flags, Floats
from headrace.core.errors import Infeasible
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.results.promise_check import refuse_broken_promises
from headrace.plan.solve.solve import solve
from headrace.science.discovery.design import evenly, scaled_to
from headrace.science.discovery.plan_world import PlanQuestion, ordered_names
from headrace.science.discovery.recipe import Varied
from headrace.science.robustness import prim


@dataclass(frozen=True)
class SolvedCases:
    """Cases of a study. points: shape (case, varied) [own units]; low, high: worth of the plan and
    the bound above all plans [USD], not a number where there is no plan; orders: what it orders.
    """

    varied: tuple[Varied, ...]
    points: Floats
    low: Floats
    high: Floats
    orders: tuple[tuple[str, ...], ...]

    def where(self, interest: Flags, called: str, density: float = 0.9) -> str:
        """The box in which cases of interest are dense, as a sentence. interest: shape (case,);
        called: what such a case is; density: asked for [1].

        Raises InputError where all cases or none are of interest.
        """
        found = prim.chosen(prim.boxes(self.points, interest), density=density)
        box = prim.pasted(found, self.points, interest)
        names, units = [v.name for v in self.varied], [v.unit for v in self.varied]
        return prim.sentence(box, names, units, called)


def solved_cases(
    text: str, folder: Path, varied: Sequence[Varied], count: int, seed: int, gap: float = 1e-4
) -> SolvedCases:
    """The study of `text` solved in so many cases. gap: of each solve, relative [1].

    Raises InputError for keys and values that no study has.
    """
    asked = PlanQuestion(text, folder, tuple(varied))
    points = scaled_to(varied, evenly(len(varied), count, seed))
    low, high = np.full(count, np.nan), np.full(count, np.nan)
    orders: list[tuple[str, ...]] = []
    for n, point in enumerate(points):
        changes: dict[str, str] = {}
        for each, value in zip(varied, point):
            changes |= each.changes(float(value))
        formulation = formulate(expand(asked.study(changes), folder))
        try:
            plan = solve(formulation.problem, SolverOptions(gap=gap, threads=1))
            refuse_broken_promises(formulation, plan.solution)
        except Infeasible:
            orders.append(("no plan",))
            continue
        low[n], high[n] = plan.low, max(plan.low, plan.high)  # rounding
        orders.append(ordered_names(formulation, plan))
    return SolvedCases(tuple(varied), points, low, high, tuple(orders))
