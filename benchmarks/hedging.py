"""Progressive hedging of mpi-sppy on the benchmark tree at 4 and 13 nodes of 24 days, against ours.

Each branch is a linear program of its own; mpi-sppy ties what branches share. Its orders, operated
at their best by HiGHS, are its plan, and its own Lagrangian bound is its proof: the gap between
them stands beside ours at 1e-3. Its environment: benchmarks/peers/mpisppy.

`HEADRACE_MPISPPY=ENV/bin/python python benchmarks/hedging.py [SECONDS]`
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import measure  # first: it holds the threads of the libraries to one
import numpy as np
import study_hd
from scipy.sparse import csr_array

from headrace.core.errors import HeadraceError
from headrace.plan.interior_point import solve
from headrace.plan.interior_point.repair import repair_orders
from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.extensive_form import extensive
from headrace.plan.lp.highs import solve_fixed
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem

DAYS, GAP = 24, 1e-3
PEER = Path(__file__).parent / "peers" / "mpisppy" / "run.py"


def branch(problem: Problem, path: list[int]) -> Problem:
    """One branch as a plan of its own: what it costs where it comes, orders of others left out."""
    master = problem.master
    on = np.isin(master.node, path)
    price = np.where(on, master.cost / problem.probability[master.node], 0.0)
    nodes = tuple(
        replace(problem.nodes[n], weight=problem.nodes[n].weight / problem.probability[n])
        for n in path
    )
    return replace(
        problem,
        master=replace(master, cost=price, upper=np.where(on, master.upper, 0.0)),
        nodes=nodes,
        parent=np.arange(len(path)) - 1,
        probability=np.ones(len(path)),
    )


def written(problem: Problem, file: Path) -> None:
    """Every branch of a tree for mpi-sppy."""
    count = len(problem.nodes)
    leaves = [n for n in range(count) if n not in problem.parent.tolist()]
    arrays: dict[str, np.ndarray] = {
        "leaves": np.array(leaves),
        "parent": problem.parent,
        "odds": problem.probability,
        "node": problem.master.node,
        "price": problem.master.cost / problem.probability[problem.master.node],
    }
    for leaf in leaves:
        path = [leaf]
        while problem.parent[path[0]] >= 0:
            path.insert(0, int(problem.parent[path[0]]))
        form = extensive(branch(problem, path))
        matrix = csr_array(form.matrix)
        arrays |= {
            f"{leaf}.{name}": array
            for name, array in {
                "cost": form.cost,
                "lower": form.lower,
                "upper": form.upper,
                "row_lower": form.row_lower,
                "row_upper": form.row_upper,
                "value": matrix.data,
                "index": matrix.indices,
                "pointer": matrix.indptr,
                "path": np.array(path),
            }.items()
        }
    np.savez(file, **arrays)


def hedged(problem: Problem, python: str, seconds: float) -> tuple[float, float, float, int]:
    """CPU seconds of the peer, its bound and the cost of its orders [kUSD], and its iterations."""
    with tempfile.TemporaryDirectory() as folder:
        given, told = Path(folder) / "given.npz", Path(folder) / "told.npz"
        written(problem, given)
        run = subprocess.run(
            [python, str(PEER), str(given), str(seconds), str(told)],
            stdout=sys.stderr,
            check=False,
        )
        if run.returncode:
            raise HeadraceError(f"the peer ended with {run.returncode}")
        found = np.load(told)
        orders = repair_orders(problem, np.maximum(found["orders"], 0.0))
        cost = evaluate(problem, solve_fixed(problem, orders)).value
        bound = float(found["bound"]) + problem.constant
        return float(found["cpu_s"]), bound, cost, int(found["iterations"])


def main() -> int:
    python, good = os.environ.get("HEADRACE_MPISPPY", ""), True
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 300.0
    measure.load_kernels()
    for branching in ([3], [3, 3]):
        problem = study_hd.problem(branching, hours=24 * DAYS)
        began = time.process_time()
        plan = solve(problem, SolverOptions(gap=GAP, threads=1))
        ours = time.process_time() - began
        theirs = bound = cost = None
        iterations = 0
        if python:
            theirs, bound, cost, iterations = hedged(problem, python, seconds)
            assert bound <= plan.upper + 1e-6 * abs(plan.upper), "a bound above a plan"
        good &= measure.row(
            "hedging",
            "progressive hedging, mpi-sppy" if python else "bar",
            f"hd {branching}, {DAYS} days",
            1.0,
            ours=ours,
            theirs=theirs,
            gap=plan.gap,
            gap_theirs=None if cost is None else (cost - bound) / abs(cost),
            off_theirs=None if cost is None else (cost - plan.lower) / abs(plan.lower),
            iterations_theirs=iterations,
            cpu_s=ours,
            wall_s=plan.seconds,
            peak_gb=measure.peak(),
            holds=plan.gap <= GAP and (theirs is None or theirs >= ours),
        )
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
