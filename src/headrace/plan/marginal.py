"""Prices of limits and of things that stand: what one more unit is worth, from proofs and not from a second solve.

Any cuts of the nodes (`certificate`) bound every plan by  constant + reduced . m  over the master's rows. Their row prices and
reduced costs are prices: what the bound gains from one more unit of a limit, of a box, or of something that stands already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from headrace.plan.blocks import Floats, Problem, Solution
from headrace.plan.certificate import Cut, cut
from headrace.plan.highs import LinearProgram, run


@dataclass(frozen=True)
class Prices:
    """Prices of a master at given cuts, in the solver's money.

    reduced: cost of one more unit of each order at these prices (below 0: it pays, and only its box stops it), shape (column,).
    rows: price of each master row, >= 0. value: what no plan can undercut. slopes: of each node's cut, by border.
    """

    reduced: Floats
    rows: Floats
    value: float
    slopes: tuple[Floats, ...]


def cuts_of(problem: Problem, solution: Solution) -> tuple[Cut, ...]:
    """The best proof that a solution carries: the one its solver kept, else the completion of its prices."""
    kept: tuple[Cut, ...] = tuple(getattr(solution, "cuts", ()))
    return kept or tuple(cut(block, node) for block, node in zip(problem.nodes, solution.nodes))


def prices(problem: Problem, cuts: Sequence[Cut]) -> Prices:
    """Row prices and reduced costs of the master at these cuts."""
    master = problem.master
    cost = master.cost.astype(np.float64).copy()
    constant = problem.constant
    for block, each in zip(problem.nodes, cuts):
        cost += block.map.T @ each.slope
        constant += each.at(block.start)
    upper = master.upper
    rows = np.zeros(0)
    if len(master.rhs):
        program = LinearProgram(
            matrix=csc_array(master.matrix),
            cost=cost,
            lower=np.zeros(len(cost)),
            upper=upper,
            row_lower=np.full(len(master.rhs), -np.inf),
            row_upper=master.rhs,
            integer=np.zeros(0, dtype=np.int64),
        )
        rows = np.maximum(run(program).prices, 0.0)
    reduced = cost + master.matrix.T @ rows
    earned = np.where(reduced < 0, reduced * np.where(np.isfinite(upper), upper, 0.0), 0.0)
    value = constant - float(master.rhs @ rows) + float(earned.sum())
    return Prices(reduced, rows, value, tuple(each.slope for each in cuts))
