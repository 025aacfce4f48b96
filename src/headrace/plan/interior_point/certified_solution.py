"""What the interior point answers: a plan between proved bounds; and what a watcher hears of it on
the way.
"""

from __future__ import annotations

from dataclasses import dataclass

from headrace.plan.interior_point.warm_start import WarmStart
from headrace.plan.lp.dual_bound import Cut
from headrace.plan.lp.problem import NodeSolution, Solution


@dataclass(frozen=True)
class SolverProgress:
    """What a watcher is told: iteration, seconds since the start, certified bounds so far
    (minimised), estimated gap.
    """

    iteration: int
    seconds: float
    lower: float
    upper: float
    gap: float
    estimate: float


@dataclass(frozen=True)
class CertifiedSolution(Solution):
    """A solution with bounds proved by `certificate`: lower <= optimum <= upper, upper = cost of
    this very plan.

    cuts: per node the best proof found, for what-ifs and integers. stopped: why the gap was not
        reached, else empty.
    coarse: iterations on representative days, before the full ones counted in `iterations`.
    memory: a start for a similar problem, when it was asked for. pool: proofs of the last iterates
        and the best one. gross: the money that the gap is also measured against (plan/lp/gap.py).
    priced: prices of those last iterates, where they were to be kept for a proof.
    """

    lower: float
    upper: float
    gap: float
    cuts: tuple[Cut, ...]
    stopped: str
    coarse: int
    memory: WarmStart | None = None
    pool: tuple[tuple[Cut, ...], ...] = ()
    gross: float = 0.0
    priced: tuple[tuple[NodeSolution, ...], ...] = ()
