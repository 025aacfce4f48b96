"""All answers of a bet about one study."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import Study
from headrace.plan.analysis.bet.commit_sizes import SIZES, CommitTable, commit_table
from headrace.plan.analysis.bet.deciding_inputs import Decided, deciding_inputs
from headrace.plan.analysis.bet.no_regret import WITHIN
from headrace.plan.analysis.bet.tail_frontier import OMEGAS, FrontierPoint, tail_frontier
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.results.order_value import ValuationOptions, root_orders, value_orders
from headrace.plan.solve.solve import Stop, solve


@dataclass(frozen=True)
class Bet:
    """All answers about one study. alpha: of the tail [1]; complete: whether none was cut short."""

    study: Study
    alpha: float
    table: CommitTable
    frontier: tuple[FrontierPoint, ...]
    decided: tuple[Decided, ...]
    always: tuple[str, ...]
    complete: bool


def answered(
    study: Study,
    text: str,
    path: Path,
    sizes: tuple[float, ...],
    inputs: int,
    stop: Stop | None = None,
) -> Bet:
    """All answers about a study, its `text` as it stands at `path`. Raises InputError for sizes
    below 0.
    """
    if any(not 0 <= size <= 100 for size in sizes):
        raise InputError(InputFault(Place(key="--sizes"), f"{list(sizes)}", "0 to 100"))
    formulation = formulate(expand(study, path.parent))
    plan = solve(formulation.problem, SolverOptions(gap=1e-4), stop=stop)
    asked = sizes or SIZES
    table = commit_table(formulation, plan, asked, stop=stop)
    alpha = min(study.goal.risk.alpha, 0.999)
    frontier = tail_frontier(formulation, alpha, stop=stop)
    valued = value_orders(
        formulation, plan, root_orders(formulation, plan), ValuationOptions(gap=1e-3, stop=stop)
    )
    always = tuple(
        formulation.system.assets[formulation.orders[value.order].asset].title
        for value in valued.values
        if value.low > WITHIN * abs(plan.high)
    )
    decided = deciding_inputs(study, text, path.parent, inputs, stop) if inputs else ()
    whole = len(frontier) == len(OMEGAS) and not (stop is not None and stop())
    return Bet(study, alpha, table, frontier, decided, always, whole)
