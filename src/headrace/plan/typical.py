"""From typical weeks to every hour: the same orders operated through the whole year, and what the weeks' prices prove.

A plan on few hours is a guess. Its orders, operated in every hour, are a real plan: the lower bound. Its prices, given
to every hour that a kept hour stands for and completed in closed form, bound every plan of the whole year: the upper
bound. The gap of the small model itself is never reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from headrace.core.errors import StoppedEarly
from headrace.plan import certificate
from headrace.plan import solve as solving
from headrace.plan.blocks import Floats, NodeSolution, Solution
from headrace.plan.constraints.setting import MONEY
from headrace.plan.fixed import alone
from headrace.plan.formulate import Formulation
from headrace.plan.residuals import evaluate
from headrace.plan.solve import Bounded, Stop

FINE = 1e-4
"""Gap to which each node's operation is found when its orders are fixed."""


def tile(few: Formulation, prices: Sequence[NodeSolution], every: Formulation) -> tuple[NodeSolution, ...]:
    """Prices of every hour from the kept hour that stands for it; rows that only the whole year knows get none."""
    found = []
    for n, given in enumerate(prices):
        block, small = every.problem.nodes[n], few.problem.nodes[n]
        like = few.calendars[n].like
        ratio = (block.weight / small.weight) / small.weights[like]
        rows = _by_name(small.template.rows, given.rows[:, like] * ratio, block.template.rows)
        chains = _by_name(small.template.chains, given.chains[:, like] * ratio, block.template.chains)
        windows = tuple(np.zeros(len(rhs)) for rhs in block.window_rhs)
        found.append(NodeSolution(np.zeros((len(block.template.columns), block.hours)), rows, chains, windows))
    return tuple(found)


def _by_name(names: tuple[str, ...], values: Floats, wanted: tuple[str, ...]) -> Floats:
    where = {name: i for i, name in enumerate(names)}
    empty = np.zeros(values.shape[1])
    return np.array([values[where[name]] if name in where else empty for name in wanted]).reshape(len(wanted), values.shape[1])


def operate(few: Formulation, plan: Bounded, every: Formulation, *, threads: int, stop: Stop | None = None) -> Bounded:
    """The orders of a plan on few hours, operated in every hour, between certified bounds of the whole year.

    Raises StoppedEarly when `stop` says so before all nodes are operated.
    """
    master = plan.solution.master
    with ThreadPoolExecutor(threads) as pool:
        nodes = tuple(pool.map(lambda block: _operated(block, block.start + block.map @ master, stop), every.problem.nodes))
    solution = Solution(master, nodes, 0.0, plan.solution.iterations, "typical weeks, operated in every hour")
    high = -certificate.lower_bound(every.problem, tile(few, plan.solution.nodes, every)) * MONEY
    checked = evaluate(every.problem, solution)
    return Bounded(solution, checked, -checked.value * MONEY, high, finished=False)


def _operated(block: object, x: Floats, stop: Stop | None) -> NodeSolution:
    if stop is not None and stop():
        raise StoppedEarly("stopped while operating the plan")
    return solving.solve(alone(block, x), gap=FINE, threads=1, stop=stop).solution.nodes[0]  # type: ignore[arg-type]
