"""Differences finer than the gap: VSS, EVPI and the worth of each root order of the benchmark tree,
known to 1e-5 of what the plan is worth, against the same asked at 1e-3.

Bar: at most 1.5 times the CPU seconds. `python benchmarks/differences.py [BRANCHING] [HOURS]`
"""

from __future__ import annotations

import json
import sys
import time

import measure  # first: it holds the threads of the libraries to one
import numpy as np
import study_hd

from headrace.plan.analysis.value_of_information import between, value_of_information
from headrace.plan.lp.fix_orders import held
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem
from headrace.plan.solve.solve import solve

BAR = 1.5
COARSE, FINE = 1e-3, 1e-5
SHARE = 0.4
"""Gap of each solve over the width asked of a difference of two of them [1]."""


def asked(problem: Problem, gap: float) -> tuple[dict[str, float], float]:
    """Width of each difference relative to the plan [1] by name, and the CPU seconds of all."""
    began = time.process_time()
    options = SolverOptions(gap=gap, threads=1)
    plan = solve(problem, options)
    found = value_of_information(problem, plan=plan, gap=gap, threads=1)
    size = abs(plan.low)
    widths = {
        "VSS": (found.stochastic_solution.high - found.stochastic_solution.low) / size,
        "EVPI": (found.perfect_information.high - found.perfect_information.low) / size,
    }
    root = (problem.master.node == 0) & (plan.solution.master > 1e-3 * plan.solution.master.max())
    for column in np.flatnonzero(root).tolist():
        without = held(problem, np.array([column]), np.zeros(1))
        other = solve(without, options, near=plan)
        worth = (between(plan.low, plan.high) - between(other.low, other.high)).within(low=0.0)
        name = problem.master.columns[column]
        widths[f"without {name}"] = (worth.high - worth.low) / size
    return widths, time.process_time() - began


def main() -> int:
    branching = json.loads(sys.argv[1]) if len(sys.argv) > 1 else [3]
    hours = int(sys.argv[2]) if len(sys.argv) > 2 else 8760
    problem = study_hd.problem(branching, hours=hours)
    measure.load_kernels()
    rough, theirs = asked(problem, COARSE)
    fine, ours = asked(problem, SHARE * FINE)
    widest = max(fine, key=lambda name: fine[name])
    good = measure.row(
        "differences",
        "the same at 1e-3",
        f"hd {branching}, {hours} hours, {len(fine)} differences",
        BAR,
        ours=ours,
        theirs=theirs,
        ratio=ours / theirs,
        gap=fine[widest],
        gap_theirs=max(rough.values()),
        cpu_s=ours,
        peak_gb=measure.peak(),
        widest=widest,
        holds=ours <= BAR * theirs and fine[widest] <= FINE,
    )
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
