"""The best plan of a changed study, found anew and not only bounded: what a what-if leaves open.

The what-if comes first (what_if.py): where its two ends are within the gap the stored orders stand
and nothing is solved. Otherwise the changed problem is solved, from an iterate of a plan much like
it where this process has made one. A run folder keeps no such iterate - 15 MB a node - so the
first re-plan of a process begins from nothing, and the next ones take a few iterations each.

    first = replan(stored, changed_study, folder)
    again = replan(stored, another_study, folder, near=first)
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from headrace.core.study import Study
from headrace.plan.analysis.what_if import WhatIf, bounds
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results.dispatch import ordered
from headrace.plan.results.promise_check import refuse_broken_promises
from headrace.plan.solve.solve import CertifiedPlan, Stop, solve
from headrace.plan.solve.stored_solution import StoredPlan


@dataclass(frozen=True)
class Replan:
    """The best plan of a changed study.

    found: its bounds, those of the what-if where they are better; `kind` is "both". plan: as it was
    solved, None where the stored orders are good enough. start: a plan from which the next re-plan
    may begin. gap: relative, between the bounds [1].
    """

    found: WhatIf
    formulation: Formulation
    plan: CertifiedPlan | None
    start: CertifiedPlan | None

    @property
    def gap(self) -> float:
        """Between the bounds, relative to the larger [1]."""
        return self.found.width

    def orders(self) -> dict[tuple[str, str, str], float]:
        """What is ordered at the root, by site, asset and unit [unit]; empty where the stored
        orders stand.
        """
        if self.plan is None:
            return {}
        total: dict[tuple[str, str, str], float] = {}
        f = self.formulation
        for amount, order in zip(ordered(f, self.plan.solution), f.orders):
            if order.node == 0 and amount > 0:
                asset = f.system.assets[order.asset]
                key = asset.site, asset.title, asset.unit
                total[key] = total.get(key, 0.0) + float(amount)
        return total


def replan(
    stored: StoredPlan,
    changed: Study,
    folder: Path | None = None,
    *,
    gap: float = 1e-3,
    near: Replan | None = None,
    stop: Stop | None = None,
) -> Replan:
    """The best plan of `changed` to a relative gap [1]. folder: where its files lie; near: an
    earlier re-plan, from which it starts.

    Raises InputError with every problem of the changed study, Infeasible where it has no plan, and
    StoppedEarly where none was found in time.
    """
    began, start = time.perf_counter(), None if near is None else near.start
    formulation = formulate(expand(changed, folder))
    options = SolverOptions.of(changed.solver).but(gap=gap)
    told = bounds(stored, formulation, options)
    if told.kind == "both" and told.width <= gap:
        seconds = time.perf_counter() - began
        return Replan(replace(told, seconds=seconds), formulation, None, start)
    plan = solve(formulation.problem, options, stop=stop, near=start)
    refuse_broken_promises(formulation, plan.solution)
    low = max(plan.low, told.low)
    found = WhatIf(low, max(low, min(plan.high, told.high)), "both", told.before)
    found = replace(found, seconds=time.perf_counter() - began)
    return Replan(found, formulation, plan, start or plan)
