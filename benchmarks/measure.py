"""What the solver's benchmarks share: our run, the peers' runs (each in a process of its own), and
the printed row.

CPU seconds are those of the whole process during the solve, one thread unless said; kernels are
loaded before the clock starts and their compilation is not counted. Certified gaps come from our
own bounds. Run one piece with `python benchmarks/measure.py highs '[3]' hipo`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

PEERS = {
    "hipo": {"solver": "hipo", "run_crossover": "off", "hipo_system": "augmented", "threads": 1},
    "hipo-loose": {
        "solver": "hipo",
        "run_crossover": "off",
        "hipo_system": "augmented",
        "threads": 1,
        "ipm_optimality_tolerance": 1e-4,
        "primal_feasibility_tolerance": 1e-4,
        "dual_feasibility_tolerance": 1e-4,
    },
}
SPENT = ("cpu_s", "wall_s", "gap", "peak_gb")  # what a row tells of our run
BOUNDED = (*SPENT, "lower", "upper")


def peak() -> float:
    """Peak resident memory of this process [GB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def load_kernels() -> None:
    """Compile or load every kernel on a small tree."""
    import study_hd

    from headrace.plan.interior_point import solve
    from headrace.plan.lp.options import SolverOptions

    solve(study_hd.problem([3], hours=2400), SolverOptions(gap=1e-2, threads=1))


def ours(branching: list[int], gap: float, **options: object) -> dict[str, object]:
    """Our run in this process: seconds, bounds, gap, iterations. options: of study_hd.problem, and
    threads.
    """
    import study_hd

    from headrace.plan.interior_point import solve
    from headrace.plan.lp.options import SolverOptions

    threads = int(options.pop("threads", 1))  # type: ignore[call-overload]
    problem = study_hd.problem(branching, **options)  # type: ignore[arg-type]
    load_kernels()
    cpu, wall = time.process_time(), time.perf_counter()
    plan = solve(problem, SolverOptions(gap=gap, threads=threads))
    return {
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.perf_counter() - wall,
        "gap": plan.gap,
        "lower": plan.lower,
        "upper": plan.upper,
        "iterations": plan.iterations,
        "coarse": plan.coarse,
        "solver": plan.solver,
        "peak_gb": peak(),
    }


def fastest(*runs: Callable[[], T], times: int = 2) -> list[tuple[T, float]]:
    """What each run gives and the CPU seconds of its fastest time, run in turns: other people's
    load only ever adds.
    """
    spent = [float("inf")] * len(runs)
    given: dict[int, T] = {}
    for _ in range(times):
        for i, each in enumerate(runs):
            began = time.process_time()
            given[i] = each()
            spent[i] = min(spent[i], time.process_time() - began)
    return [(given[i], spent[i]) for i in range(len(runs))]


def highs(branching: list[int], options: dict[str, object]) -> dict[str, object]:
    """The hand-assembled sparse monolith in HiGHS with the listed options; building is counted."""
    import highspy
    import numpy as np
    import study_hd

    from headrace.plan.lp.extensive_form import extensive
    from headrace.plan.lp.linear_program import LinearProgram, highs_lp

    problem = study_hd.problem(branching)
    cpu, wall = time.process_time(), time.perf_counter()
    form = extensive(problem)
    program = LinearProgram(
        form.matrix,
        form.cost,
        form.lower,
        form.upper,
        form.row_lower,
        form.row_upper,
        np.zeros(0, np.int64),
    )
    model = highspy.Highs()
    for key, value in {"output_flag": False, **options}.items():
        model.setOptionValue(key, value)
    model.passModel(highs_lp(program))
    model.run()
    return {
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.perf_counter() - wall,
        "peak_gb": peak(),
        "value": model.getInfo().objective_function_value,
        "status": model.modelStatusToString(model.getModelStatus()),
    }


def apart(*arguments: str) -> dict[str, object]:
    """Run one piece in a process of its own and read its JSON."""
    run = subprocess.run(
        [sys.executable, str(Path(__file__)), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise RuntimeError(run.stderr[-2000:])
    found: dict[str, object] = json.loads(run.stdout.strip().splitlines()[-1])
    return found


def row(bench: str, peer: str, study: str, bar: float, **figures: object) -> bool:
    """Print one line of the contract. ratio = theirs / ours unless given; passes when ratio >= bar
    (or `holds`).
    """
    mine, theirs = figures.get("ours"), figures.get("theirs")
    ratio = figures.pop("ratio", None)
    if ratio is None and isinstance(mine, float) and isinstance(theirs, float):
        ratio = theirs / mine
    good = figures.pop("holds", None)
    good = bool(ratio is not None and float(str(ratio)) >= bar) if good is None else bool(good)
    empty = dict.fromkeys(("ours", "theirs", "gap", "peak_gb", "cpu_s", "wall_s"))
    line = {
        "bench": bench,
        "peer": peer,
        "study": study,
        "metric": "cpu_s",
        "unit": "s",
        **empty,
        **figures,
    }
    print(json.dumps({**line, "ratio": ratio, "bar": bar, "pass": good}), flush=True)
    return good


def alone(bench: str, branching: str, gap: str, bar: float, *, memory: float | None = 2.0) -> bool:
    """A row without a peer: passes within `bar` CPU s, `memory` GB and 60 full iterations at the
    certified gap.
    """
    mine = apart("ours", branching, gap)
    seconds, size = float(str(mine["cpu_s"])), float(str(mine["peak_gb"]))
    small = memory is None or size <= memory
    holds = (
        seconds <= bar
        and small
        and int(str(mine["iterations"])) <= 60
        and float(str(mine["gap"])) <= float(gap)
    )
    told = {key: mine[key] for key in (*BOUNDED, "iterations", "coarse")}
    study = f"hd {branching} at {gap}"
    return row(bench, "bar", study, bar, ours=seconds, ratio=bar / seconds, holds=holds, **told)


PIECES: dict[str, Callable[..., dict[str, object]]] = {
    "highs": lambda branching, peer: highs(json.loads(branching), dict(PEERS[peer])),
    "ours": lambda branching, gap, options="{}": ours(
        json.loads(branching), float(gap), **json.loads(options)
    ),
}


def main() -> int:
    print(json.dumps(PIECES[sys.argv[1]](*sys.argv[2:])))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
