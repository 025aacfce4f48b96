"""Regret: what other ways of deciding would lose against the plan, each at its best, between
certified bounds.

    wait        no order at the root; everything later as one sees fit
    grid only   no electricity of one's own: of the supply only grid rights may be ordered, halls
                and accelerators as needed
    cloud only  nothing of one's own: only accelerators rented by the hour may be ordered
    rival       a public campus copied, date by date, at the study's size (`rival.py`)

Each is the plan with fewer choices, so its regret is never below zero; only where the study itself
may not rent, cloud only has a choice that the plan has not. All of them exist, since every demand
can be shed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.ids import AssetKind
from headrace.core.study import Rental
from headrace.plan.analysis.deep.context import (
    COARSE,
    AnalysisContext,
    Leaf,
    interval,
    outcomes,
    solve_changed,
)
from headrace.plan.analysis.deep.rival import rival_orders
from headrace.plan.analysis.value_of_information import Interval
from headrace.plan.lp.fix_orders import forbid_orders, held
from headrace.plan.lp.problem import Problem
from headrace.plan.model.build_system import rentable
from headrace.plan.model.formulate import formulate
from headrace.plan.results.promise_check import words_of_broken
from headrace.plan.solve.solve import CertifiedPlan

LIST = ("h100.cloud", "b200.cloud")
"""Offers that are added where a study rents nothing."""

ALLOWED = {
    "grid": {AssetKind.GRID, AssetKind.HALL, AssetKind.ACCELERATOR},
    "cloud": {AssetKind.RENTED_ACCELERATOR},
}
"""The kinds of assets that a baseline may order."""

TITLES = {
    "wait": "Wait: no order this month",
    "grid": "Grid only: no electricity of one's own",
    "cloud": "Cloud only: rent by the hour, own nothing new",
    "rival": "Copy the rival: Abilene, date by date",
}


@dataclass(frozen=True)
class Regret:
    """What a baseline loses. worth: of its best plan; regret: the plan's worth beyond it, >= 0
    [USD]; about: how it is scaled.

    leaves: what the baseline's orders earn on each branch. missing: why it was not asked, else
        empty. breaks: what becomes of a promise with it, in words; then it is no plan and has no
        worth.
    """

    name: str
    worth: Interval | None = None
    regret: Interval | None = None
    leaves: tuple[Leaf, ...] = ()
    about: str = ""
    missing: str = ""
    breaks: str = ""

    @property
    def title(self) -> str:
        """The baseline in words."""
        return TITLES[self.name]


def regret(context: AnalysisContext, name: str) -> Regret:
    """The regret of the baseline `name` (a key of TITLES). Raises StoppedEarly."""
    if name == "rival":
        return rival_regret(context)
    if name == "cloud" and not context.study.fleet.may_rent:
        return regret_of_list_offers(context)
    orders, assets = context.formulation.orders, context.formulation.system.assets
    if name == "wait":
        columns = [i for i, order in enumerate(orders) if order.date == 0]
    else:
        columns = [i for i, o in enumerate(orders) if assets[o.asset].kind not in ALLOWED[name]]
    changed = forbid_orders(context.formulation.problem, columns)
    return _against_the_plan(context, name, solve_changed(context, changed, COARSE))


def _against_the_plan(
    context: AnalysisContext, name: str, plan: CertifiedPlan, about: str = ""
) -> Regret:
    if breaks := words_of_broken(context.formulation, plan.solution):
        return Regret(name, about=about, breaks=breaks)
    lost = (context.worth - interval(plan)).within(low=0.0)
    leaves = outcomes(context.formulation.problem, plan)
    return Regret(name, interval(plan), lost, leaves, about)


def regret_of_list_offers(context: AnalysisContext) -> Regret:
    """Cloud only for a study that rents nothing: the list offers are added for this question alone,
    so it may even gain.
    """
    if not context.study.models:
        return Regret(
            "cloud",
            missing="the study serves no models, so there is nothing to rent accelerators for",
        )
    whole = context.expansion
    offers = {key: Rental(use=key) for key in LIST}
    system = rentable(context.study, whole.system, offers)
    wider = formulate(replace(whole, system=system))
    rest = [
        i
        for i, order in enumerate(wider.orders)
        if system.assets[order.asset].kind is not AssetKind.RENTED_ACCELERATOR
    ]
    plan = solve_changed(context, forbid_orders(wider.problem, rest), COARSE)
    if breaks := words_of_broken(wider, plan.solution):
        return Regret("cloud", breaks=breaks)
    lost, leaves = context.worth - interval(plan), outcomes(wider.problem, plan)
    about = (
        f"the study itself rents nothing: {' and '.join(LIST)} at list rent were added for this "
        "question"
    )
    return Regret("cloud", interval(plan), lost, leaves, about)


def rival_regret(context: AnalysisContext) -> Regret:
    """Copy the rival: its orders fixed until its last date, the best plan afterwards."""
    problem = context.formulation.problem
    found = rival_orders(context.formulation, context.plan)
    if found is None:
        return Regret(
            "rival", missing="no halls stand in this plan, so there is nothing to scale a campus to"
        )
    plan = solve_changed(context, held(problem, found.columns, found.values), COARSE)
    about = f"scaled to {found.size:,.0f} MW of IT power, the plan's own mean over the branches"
    whole = embed_fixed(problem, found.columns, found.values, plan)
    return _against_the_plan(context, "rival", whole, about)


def embed_fixed(
    problem: Problem, columns: Ints, values: Floats, plan: CertifiedPlan
) -> CertifiedPlan:
    """A plan of `fix_orders.held(problem, columns, values)` with its fixed orders back among the
    others, at `values` [unit of their columns].
    """
    master = np.zeros(len(problem.master.columns))
    master[columns] = values
    master[np.setdiff1d(np.arange(len(master)), columns)] = plan.solution.master
    return replace(plan, solution=replace(plan.solution, master=master))


def leaf_regret(plan: Sequence[Leaf], other: Sequence[Leaf]) -> tuple[Interval, ...]:
    """What the other's orders earn less than the plan's on each branch; below zero where they would
    have done better there.
    """
    return tuple(mine.npv - theirs.npv for mine, theirs in zip(plan, other))
