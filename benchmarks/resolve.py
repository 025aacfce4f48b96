"""Gas 10 % dearer everywhere on 13 nodes, solved again from the stored plan, against the first
solve (bar: a third).

`python benchmarks/resolve.py`
"""

from __future__ import annotations

import time

import measure  # first: it holds the threads of the libraries to one
import study_hd

from headrace.plan.interior_point import solve
from headrace.plan.interior_point.driver import WarmStartPolicy
from headrace.plan.lp.options import SolverOptions


def main() -> int:
    problem, dearer = study_hd.problem([3, 3]), study_hd.problem([3, 3], gas=4.4)
    measure.load_kernels()
    began = time.process_time()
    first = solve(
        problem, SolverOptions(gap=1e-3, threads=1), series=WarmStartPolicy(keep="numbers")
    )
    theirs = time.process_time() - began
    began = time.process_time()
    again = solve(dearer, SolverOptions(gap=1e-3, threads=1), series=WarmStartPolicy(first.memory))
    ours = time.process_time() - began
    good = measure.row(
        "resolve",
        "first solve",
        "hd [3, 3] gas x 1.1",
        3.0,
        ours=ours,
        theirs=theirs,
        gap=again.gap,
        cpu_s=ours,
        wall_s=again.seconds,
        peak_gb=measure.peak(),
    )
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
