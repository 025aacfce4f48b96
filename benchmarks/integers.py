"""Whole halls (50 MW), ccgt blocks (30 MW) and clusters (8 kGPU) in the first two stages of 13
nodes, against the LP.

Certified 1.5e-3 against the MILP bound; bar: at most twice the LP's time.

`python benchmarks/integers.py`
"""

from __future__ import annotations

import dataclasses

import measure  # first: it holds the threads of the libraries to one
import numpy as np
import study_hd

from headrace.plan.interior_point import solve
from headrace.plan.lp.options import SolverOptions
from headrace.plan.solve.branch_and_bound import solve_whole

UNITS = {"shell": 50.0, "ccgt": 30.0, "gpu": 8.0}


def main() -> int:
    problem = study_hd.problem([3, 3])
    unit = np.zeros(len(problem.master.cost))
    for i, (name, node) in enumerate(zip(problem.master.columns, problem.master.node)):
        unit[i] = UNITS.get(name.split()[0], 0.0) if node < 4 else 0.0
    whole = dataclasses.replace(problem, master=dataclasses.replace(problem.master, unit=unit))
    measure.load_kernels()
    (_, theirs), (plan, ours) = measure.fastest(
        lambda: solve(problem, SolverOptions(gap=1e-3, threads=1)),
        lambda: solve_whole(whole, SolverOptions(gap=1.5e-3, threads=1)),
    )
    good = measure.row(
        "integers",
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
        integers=int((unit > 0).sum()),
        passes=plan.iterations,
    )
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
