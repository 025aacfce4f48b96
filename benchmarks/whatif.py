"""What-ifs without a solve on the benchmark tree: the stored plan's orders operated anew against
its prices with the new numbers, gas moved by -10 to +10 %, against a solve of the changed tree.

Bars: 0.5 s of wall time at 121 nodes on the threads of the machine; the true value inside; planned
again to 1e-3 from the stored iterate in 5 s.

`python benchmarks/whatif.py [BRANCHING]`
"""

from __future__ import annotations

import json
import os
import sys
import time

import measure  # first: it holds the threads of the libraries to one
import numpy as np
import study_hd

from headrace.plan.analysis.what_if import operated_anew
from headrace.plan.interior_point import solve
from headrace.plan.interior_point.driver import WarmStartPolicy
from headrace.plan.lp.carry_over import Counterpart, carried_over
from headrace.plan.lp.cut_pool import completed
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem
from headrace.plan.lp.risk_measure import proved, value
from headrace.plan.solve.proof import proof_of

BAR, AGAIN = 0.5, 5.0
ITERATED = SolverOptions(method="interior", threads=min(2, os.cpu_count() or 1))


def asked(old: Problem, found: object, proof: object, new: Problem) -> tuple[float, float]:
    """Both ends [kUSD of cost]: no plan costs less, this one costs more."""
    hours = np.arange(8760)
    parts = zip(proof.nodes, old.nodes, new.nodes)  # type: ignore[attr-defined]
    near = [carried_over(node, Counterpart(block, hours), to) for node, block, to in parts]
    lower = proved(new, [completed(new, near, ITERATED.threads)])
    kept = operated_anew(new, found.master, near, ITERATED)  # type: ignore[attr-defined]
    return lower, value(new, kept)


def main() -> int:
    branching = json.loads(sys.argv[1]) if len(sys.argv) > 1 else [3, 3]
    threads = min(2, os.cpu_count() or 1)
    options = SolverOptions(gap=1e-3, threads=threads)
    problem = study_hd.problem(branching)
    measure.load_kernels()
    found = solve(problem, options, series=WarmStartPolicy(keep="numbers", proof=True))
    proof = proof_of(problem, found)
    good = True
    for gas in (3.6, 4.4):
        changed = study_hd.problem(branching, gas=gas)
        began, cpu = time.perf_counter(), time.process_time()
        lower, upper = asked(problem, found, proof, changed)
        ours, spent = time.perf_counter() - began, time.process_time() - cpu
        began = time.perf_counter()
        again = solve(changed, options, series=WarmStartPolicy(found.memory))
        theirs = time.perf_counter() - began
        inside = bool(lower <= again.upper + 1e-6 and again.lower <= upper + 1e-6)
        good &= measure.row(
            "whatif",
            "a solve from the stored plan",
            f"hd {branching} gas {gas / 4:.0%}",
            BAR,
            metric="wall_s",
            ours=ours,
            theirs=theirs,
            gap=(upper - lower) / abs(upper),
            gap_theirs=again.gap,
            wall_s=ours,
            cpu_s=spent,
            peak_gb=measure.peak(),
            inside=inside,
            holds=inside and (ours <= BAR or len(problem.nodes) < 121),
        )
        good &= measure.row(
            "whatif",
            "bar",
            f"hd {branching} gas {gas / 4:.0%}, planned again",
            AGAIN,
            metric="wall_s",
            ours=theirs,
            ratio=AGAIN / theirs,
            gap=again.gap,
            wall_s=theirs,
            iterations=again.iterations,
            peak_gb=measure.peak(),
            holds=again.gap <= options.gap and (theirs <= AGAIN or len(problem.nodes) < 121),
        )
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
