"""Whole halls, ccgt blocks and clusters in the first two stages, against the LP: three trees, three
sizes of unit, and the embedded study.

Certified 1.5e-3 against the MILP bound, the LP at 1e-3. Bars: at most 2.2 times the LP's CPU
seconds on eight of the ten, at most 4 on any.

`python benchmarks/integers.py [TEXT]`: only studies whose name holds TEXT.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator

import measure  # first: it holds the threads of the libraries to one
import numpy as np
import study_hd

from headrace.plan.interior_point import solve
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem
from headrace.plan.solve.branch_and_bound import solve_whole

BAR, WORST, ENOUGH = 2.2, 4.0, 8
TREES = (([3], False), ([3, 3], False), ([3, 3], True))
UNITS = {"shell": 50.0, "ccgt": 30.0, "gpu": 8.0}
EMBEDDED = {"hall": 50.0, "ccgt": 30.0, "b200": 4.0, "gb300": 4.0}
"""Units of the embedded study in the scale of its orders: MW, thousand accelerators."""


def whole(problem: Problem, units: dict[str, float], decided: int) -> Problem:
    """The problem with whole units ordered in its first `decided` nodes; units: by the first word
    of a column that names something.
    """
    unit = np.zeros(len(problem.master.cost))
    for i, (name, node) in enumerate(zip(problem.master.columns, problem.master.node)):
        here = [units[word] for word in name.replace("'", " ").split() if word in units]
        unit[i] = here[0] if here and node < decided else 0.0
    return dataclasses.replace(problem, master=dataclasses.replace(problem.master, unit=unit))


def studies() -> Iterator[tuple[str, Problem]]:
    """Every study with its whole units, by name."""
    for branching, by_branch in TREES:
        problem = study_hd.problem(branching, gas_by_branch=by_branch)
        for size in (0.5, 1.0, 2.0):
            units = {name: size * each for name, each in UNITS.items()}
            name = f"hd {branching}{' gas by branch' if by_branch else ''}, units x {size:g}"
            yield name, whole(problem, units, 1 + branching[0])
    yield "embedded", whole(embedded(), EMBEDDED, 4)


def embedded() -> Problem:
    """The linear program of the embedded study."""
    from headrace.plan import check
    from headrace.plan.model.formulate import formulate

    return formulate(check.checked(check.embedded(), None)[1]).problem


def main() -> int:
    measure.load_kernels()
    ratios = []
    for name, problem in studies():
        if not any(text in name for text in sys.argv[1:] or ("",)):
            continue
        unit = problem.master.unit
        plain = dataclasses.replace(
            problem, master=dataclasses.replace(problem.master, unit=np.zeros_like(unit))
        )
        (_, theirs), (plan, ours) = measure.fastest(
            lambda plain=plain: solve(plain, SolverOptions(gap=1e-3, threads=1)),
            lambda problem=problem: solve_whole(problem, SolverOptions(gap=1.5e-3, threads=1)),
            times=1 if name == "embedded" else 2,
        )
        ratios.append(ours / theirs)
        measure.row(
            "integers",
            "the LP",
            name,
            WORST,
            ours=ours,
            theirs=theirs,
            ratio=ours / theirs,
            gap=plan.gap,
            cpu_s=ours,
            wall_s=plan.seconds,
            peak_gb=measure.peak(),
            lower=plan.lower,
            upper=plan.upper,
            integers=int((unit > 0).sum()),
            passes=plan.iterations,
            holds=ours <= WORST * theirs and plan.gap <= 1.5e-3,
        )
    if not ratios:
        return 0
    within = sum(ratio <= BAR for ratio in ratios)
    good = measure.row(
        "integers",
        "the LP",
        f"{len(ratios)} studies, {within} within {BAR:g}",
        BAR,
        ratio=float(np.median(ratios)),
        holds=within >= ENOUGH * len(ratios) / 10 and max(ratios) <= WORST,
        worst=max(ratios),
    )
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
