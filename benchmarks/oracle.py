"""One node at fixed capacities: ours certified to 1e-4 against HiPO on the same compact LP.

`python benchmarks/oracle.py`
"""

from __future__ import annotations

import time

import measure  # first: it holds the threads of the libraries to one
import numpy as np
import study_hd

from headrace.plan.interior_point import solve
from headrace.plan.lp.fix_orders import alone
from headrace.plan.lp.highs import FixedNode
from headrace.plan.lp.options import SolverOptions


def main() -> int:
    block = study_hd.problem([]).nodes[0]
    x = np.array([150.0, 60.0, 200.0, 60.0, 150.0, 0.0, 120.0, 160.0])
    solve(alone(block, x), SolverOptions(gap=1e-4, threads=1))
    began = time.process_time()
    mine = solve(alone(block, x), SolverOptions(gap=1e-4, threads=1))
    ours = time.process_time() - began
    began = time.process_time()
    value = FixedNode(block, solver="hipo").solve(x)[1]
    theirs = time.process_time() - began
    good = measure.row(
        "oracle",
        "hipo",
        "hd [] fixed",
        25.0,
        ours=ours,
        theirs=theirs,
        gap=mine.gap,
        cpu_s=ours,
        peak_gb=measure.peak(),
        value_theirs=value,
        lower=mine.lower,
        upper=mine.upper,
    )
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
