"""What a plan is judged by, apart from how it is found: the iteration works on one problem, bounds
are proved on another.

For the expected value both are the same. A measure that needs more than a sum over nodes
(plan/solve/cvar_epigraph.py: CVaR) lets the iteration work on a problem with more orders and
windows, and still proves its bounds on the plan itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from headrace.core.arrays import Floats
from headrace.plan.lp.cut_pool import blend
from headrace.plan.lp.dual_bound import Cut, cut, master_bound
from headrace.plan.lp.problem import NodeSolution, Problem


class Measure(Protocol):
    """problem: the plan that is judged. iterated: what the iteration works on; its first columns,
    rows and borders are those of `problem`, its last `soft` window families only measure. All
    values are costs, minimised.
    """

    @property
    def problem(self) -> Problem:
        """The plan that is judged."""
        ...

    @property
    def iterated(self) -> Problem:
        """What the iteration works on."""
        ...

    @property
    def soft(self) -> int:
        """How many of its last window families only measure."""
        ...

    def begin(self, m: Floats) -> Floats:
        """Columns of the iterated master from a start of the orders. m: [unit of the order]."""
        ...

    def cut(self, number: int, prices: NodeSolution) -> Cut:
        """What the iterate's prices of a node prove about its cost in the judged problem."""
        ...

    def proof(self, pool: Sequence[Sequence[Cut]]) -> tuple[float, tuple[Cut, ...]]:
        """The best lower bound that the pool proves, and the cuts that prove it. The bound is in
        [kUSD].
        """
        ...

    def value(self, m: Floats, costs: Floats) -> float:
        """The measure of a plan with orders m and these operating costs of the nodes. m: [unit of
        the order], costs: [kUSD]; returns [kUSD].
        """
        ...


@dataclass(frozen=True)
class Expected:
    """The probability-weighted sum over all nodes."""

    problem: Problem
    soft: int = 0

    @property
    def iterated(self) -> Problem:
        """The same problem."""
        return self.problem

    def begin(self, m: Floats) -> Floats:
        """The orders alone. m: [unit of the order]."""
        return m

    def cut(self, number: int, prices: NodeSolution) -> Cut:
        """The node's own cut."""
        return cut(self.problem.nodes[number], prices)

    def proof(self, pool: Sequence[Sequence[Cut]]) -> tuple[float, tuple[Cut, ...]]:
        """The better of the last cuts alone and the blend of all. The bound is in [kUSD]."""
        found = [
            (master_bound(self.problem, cuts), tuple(cuts))
            for cuts in (pool[-1], blend(self.problem, pool))
        ]
        return max(found, key=lambda each: each[0])

    def value(self, m: Floats, costs: Floats) -> float:
        """Constant, orders and operation together. m: [unit of the order], costs: [kUSD]; returns
        [kUSD].
        """
        return self.problem.constant + float(self.problem.master.cost @ m) + float(np.sum(costs))
