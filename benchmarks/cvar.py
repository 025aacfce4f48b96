"""Half CVaR 0.8, half mean, on 13 nodes, certified 1e-3, against the LP of the mean (bar: at most
twice its time).

`python benchmarks/cvar.py`
"""

from __future__ import annotations

import measure  # first: it holds the threads of the libraries to one
import study_hd

from headrace.plan.interior_point import solve
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.risk_measure import RiskMeasure
from headrace.plan.solve.cvar import solve_risk


def main() -> int:
    problem = study_hd.problem([3, 3])
    measure.load_kernels()
    (_, theirs), (plan, ours) = measure.fastest(
        lambda: solve(problem, SolverOptions(gap=1e-3, threads=1)),
        lambda: solve_risk(problem, RiskMeasure(0.8, 0.5), SolverOptions(gap=1e-3, threads=1)),
    )
    good = measure.row(
        "cvar",
        "the LP",
        "hd [3, 3]",
        0.5,
        ours=ours,
        theirs=theirs,
        gap=plan.gap,
        cpu_s=ours,
        wall_s=plan.seconds,
        peak_gb=measure.peak(),
        lower=plan.lower,
        upper=plan.upper,
    )
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
