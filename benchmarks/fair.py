"""One rule for all solvers: the point and the prices that one leaves are judged by our certificate.

The gap of any solver is that between what its *own* prices prove (plan/lp/dual_bound.py, which
trusts nobody) and what its *own* orders are worth when every node is operated at its best, so that
a peer is not blamed for the hours that it leaves slightly infeasible. Kinder, and told beside it:
its orders alone, against the best bound that we know. A peer counts at a gap with the fastest of
its runs that reaches it. Each run is a process of its own; its CPU seconds are those of building
its model and solving it, on one thread. The solver that ran, and its version, are asserted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import measure  # first: it holds the threads of the libraries to one
import numpy as np

from headrace.plan.interior_point import solve
from headrace.plan.interior_point.repair import repair_orders
from headrace.plan.lp import highs
from headrace.plan.lp.dual_bound import lower_bound
from headrace.plan.lp.extensive_form import Extensive, extensive
from headrace.plan.lp.fix_orders import alone
from headrace.plan.lp.gap import gross_of, relative_gap
from headrace.plan.lp.linear_program import Answer, LinearProgram, highs_lp
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import NodeSolution, Problem, Values
from headrace.plan.lp.residuals import operating_cost

HIGHS, ORTOOLS = "1.15.1", "9.15"
"""Versions that the figures are of; a row is refused for others (1.16 of HiGHS answers `hipo` by
the simplex method where its extras are missing, and says nothing)."""

HIPO = {"solver": "hipo", "run_crossover": "off", "hipo_system": "augmented"}
LOOSE = ("ipm_optimality_tolerance", "primal_feasibility_tolerance", "dual_feasibility_tolerance")
RUNS: dict[str, list[dict[str, object]]] = {
    "hipo": [{**HIPO, **dict.fromkeys(LOOSE, 1e-4)}, HIPO],
    "hipdlp": [
        {"solver": "hipdlp", "pdlp_optimality_tolerance": e, "kkt_tolerance": e}
        for e in (1e-3, 1e-4, 4e-5, 1e-5)
    ],
    "ortools": [{"eps": 1e-3}, {"eps": 1e-4}],
}
"""By peer: the settings tried, loosest first."""


def seeded(problem: Problem, seed: int) -> Problem:
    """The same problem with every cost moved by a few per cent; 0 leaves it as it is."""
    if seed == 0:
        return problem
    rng = np.random.default_rng(seed)
    master = replace(problem.master, cost=_moved(problem.master.cost, rng))
    kinds: dict[int, np.ndarray] = {}
    blocks = []
    for block in problem.nodes:
        count = len(block.cost.scale)
        factor = kinds.setdefault(count, rng.uniform(0.95, 1.05, count))
        blocks.append(replace(block, cost=Values(block.cost.scale * factor, block.cost.profile)))
    return replace(problem, master=master, nodes=tuple(blocks))


def _moved(cost: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.asarray(cost * rng.uniform(0.95, 1.05, len(cost)))


def plain(problem: Problem) -> Problem:
    """The linear program of a problem: the mean counts, and units may be ordered in parts."""
    unit = np.zeros(len(problem.master.unit))
    return replace(problem, risk=None, master=replace(problem.master, unit=unit))


def ours(problem: Problem, gap: float) -> dict[str, object]:
    """Our run: seconds, certified gap."""
    measure.load_kernels()
    cpu, wall = time.process_time(), time.perf_counter()
    plan = solve(problem, SolverOptions(gap=gap, threads=1))
    return {
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.perf_counter() - wall,
        "gap": plan.gap,
        "iterations": plan.iterations,
        "lower": plan.lower,
        "upper": plan.upper,
        "peak_gb": measure.peak(),
    }


def peer(
    problem: Problem, name: str, options: dict[str, object], limit: float
) -> dict[str, object]:
    """A peer's run with these options, at most `limit` CPU seconds; its gap is judged by us."""
    cpu, wall = time.process_time(), time.perf_counter()
    form = extensive(problem)
    values, duals, who, status = (_ortools if name == "ortools" else _highs)(form, options, limit)
    spent = time.process_time() - cpu, time.perf_counter() - wall
    told: dict[str, object] = {"cpu_s": spent[0], "wall_s": spent[1], "solver": who}
    told |= {"status": status, "peak_gb": measure.peak(), "options": options}
    if values is None:
        return {**told, "gap": None}
    answer = Answer(values, np.maximum(-duals, 0.0), 0.0, 0.0, 0, name)
    solution = highs.split(problem, form, answer, spent[0])
    return told | judged(problem, solution.master, solution.nodes)


def judged(
    problem: Problem, master: np.ndarray, nodes: tuple[NodeSolution, ...]
) -> dict[str, object]:
    """The certified gap of orders and prices."""
    lower = lower_bound(problem, nodes)
    m = repair_orders(problem, np.maximum(master, 0.0))
    best = [_at_their_best(problem, n, m) for n in range(len(problem.nodes))]
    upper = problem.constant + float(problem.master.cost @ m)
    upper += sum(operating_cost(b, node.columns) for b, node in zip(problem.nodes, best))
    gap = relative_gap(lower, upper, gross_of(problem, m, best))
    return {"gap": gap if np.isfinite(gap) else None, "lower": lower, "upper": upper}


def _at_their_best(problem: Problem, n: int, m: np.ndarray) -> NodeSolution:
    block = problem.nodes[n]
    if block.hours * len(block.template.columns) < 5000:
        return highs.FixedNode(block).solve(block.start + block.map @ m)[0]
    return solve(alone(block, block.start + block.map @ m), SolverOptions(gap=2e-6)).nodes[0]


Raw = tuple[np.ndarray | None, np.ndarray, str, str]


def _highs(form: Extensive, options: dict[str, object], limit: float) -> Raw:
    """HiGHS on the extensive form."""
    import highspy

    program = LinearProgram(
        *(form.matrix, form.cost, form.lower, form.upper, form.row_lower, form.row_upper),
        np.zeros(0, np.int64),
    )
    model = highspy.Highs()
    if model.version() != HIGHS:
        raise RuntimeError(f"HiGHS {model.version()} where {HIGHS} is meant")
    cap = {"output_flag": False, "threads": 1, "time_limit": 4.0 * limit}  # wall, under load
    for key, value in {**cap, **options}.items():
        model.setOptionValue(key, value)
    model.passModel(highs_lp(program))
    model.run()
    info, point = model.getInfo(), model.getSolution()
    steps = {"hipo": info.ipm_iteration_count, "hipdlp": info.pdlp_iteration_count}
    solver, status = str(options["solver"]), model.modelStatusToString(model.getModelStatus())
    if steps[solver] <= 0 or info.simplex_iteration_count > 0:
        raise RuntimeError(f"{solver} was asked and did not answer: {status}")
    who = f"{solver} of HiGHS {model.version()}, {steps[solver]} iterations"
    if not point.value_valid:
        return None, np.zeros(0), who, status
    return np.asarray(point.col_value), np.asarray(point.row_dual), who, status


ORTOOLS_RUN = """
import json, sys, time
import numpy as np, scipy.sparse as sp, ortools
from ortools.pdlp import solvers_pb2
from ortools.pdlp.python import pdlp
source, target, eps, limit = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
z = np.load(source)
began = time.process_time()
p = pdlp.QuadraticProgram()
p.objective_vector, p.variable_lower_bounds, p.variable_upper_bounds = z["c"], z["lb"], z["ub"]
p.constraint_lower_bounds, p.constraint_upper_bounds = z["rl"], z["ru"]
p.constraint_matrix = sp.csc_matrix((z["d"], z["i"], z["p"]), shape=tuple(z["s"]))
o = solvers_pb2.PrimalDualHybridGradientParams()
e = o.termination_criteria.simple_optimality_criteria
e.eps_optimal_relative = e.eps_optimal_absolute = eps
o.termination_criteria.time_sec_limit = limit
o.num_threads = 1
r = pdlp.primal_dual_hybrid_gradient(p, o)
spent = time.process_time() - began
np.savez(target, x=np.asarray(r.primal_solution), y=np.asarray(r.dual_solution))
print(json.dumps({"cpu_s": spent, "version": ortools.__version__,
                  "iterations": r.solve_log.iteration_count,
                  "status": str(r.solve_log.termination_reason)}))
"""
"""Runs in the environment that HEADRACE_ORTOOLS names (benchmarks/peers/ortools)."""


def _ortools(form: Extensive, options: dict[str, object], limit: float) -> Raw:
    """PDLP of OR-Tools on the same numbers, in its own environment."""
    m = form.matrix.tocsc()
    with tempfile.TemporaryDirectory() as room:
        source, target = Path(room) / "lp.npz", Path(room) / "x.npz"
        arrays = {"d": m.data, "i": m.indices, "p": m.indptr, "s": m.shape, "c": form.cost}
        arrays |= {"lb": form.lower, "ub": form.upper, "rl": form.row_lower, "ru": form.row_upper}
        np.savez(source, **arrays)
        words = [os.environ["HEADRACE_ORTOOLS"], "-c", ORTOOLS_RUN, str(source), str(target)]
        words += [str(options["eps"]), str(4.0 * limit)]
        run = subprocess.run(words, capture_output=True, text=True, check=True)
        told = json.loads(run.stdout.strip().splitlines()[-1])
        found = np.load(target)
        x, y = found["x"], found["y"]
    if not told["version"].startswith(ORTOOLS):
        raise RuntimeError(f"OR-Tools {told['version']} where {ORTOOLS} is meant")
    who = f"PDLP of OR-Tools {told['version']}, {told['iterations']} iterations"
    _SPENT.append(told["cpu_s"])
    return x, y, who, told["status"]


_SPENT: list[float] = []
"""CPU seconds of the other process, which this one's clock does not count."""


def piece(problem: Problem, words: list[str]) -> dict[str, object]:
    """One run as its words ask for it: `ours GAP` or `PEER OPTIONS LIMIT`."""
    if words[0] == "ours":
        return ours(problem, float(words[1]))
    told = peer(problem, words[0], json.loads(words[1]), float(words[2]))
    if _SPENT:
        told["cpu_s"] = float(str(told["cpu_s"])) + _SPENT[0]
    return told


Run = dict[str, object]


def number(run: Run, key: str) -> float:
    """A figure of a run; infinite where it has none."""
    value = run.get(key)
    return float(value) if isinstance(value, int | float) else float("inf")


def gap_of_orders(run: Run, bound: float) -> float:
    """How far a run's orders are from the best bound that anybody proved [1]."""
    upper = number(run, "upper")
    return max(0.0, upper - bound) / max(abs(upper), 1e-9) if np.isfinite(upper) else np.inf


def fastest_at(runs: list[Run], gaps: list[float], gap: float) -> Run | None:
    """The fastest of a peer's runs whose own `gaps` are at most `gap`; None where none is."""
    good = [run for run, its in zip(runs, gaps) if its <= gap]
    return min(good, key=lambda run: number(run, "cpu_s"), default=None)


def tried(one: Callable[..., Run], name: str, limit: float) -> list[Run]:
    """A peer's runs, loosest first, until one needs more than its time."""
    runs: list[Run] = []
    for options in RUNS[name]:
        runs.append(one(name, json.dumps(options), str(limit)))
        if number(runs[-1], "wall_s") > 3.9 * limit:
            break
    return runs


def apart(script: str, *words: str) -> dict[str, object]:
    """A piece of a benchmark in a process of its own."""
    run = subprocess.run(
        [sys.executable, script, *words], capture_output=True, text=True, check=False
    )
    if run.returncode:
        return {"gap": None, "cpu_s": float("nan"), "error": run.stderr.strip()[-300:]}
    found: dict[str, object] = json.loads(run.stdout.strip().splitlines()[-1])
    return found


Built = Callable[[], Problem]
