"""A million hours in one node: 114 weather years in a row under one decision (no tree, no second
thread), certified at 1e-3.

The benchmark's one-node study with its weeks shuffled anew in every year; a store's level runs
through all of them. Hostile, since nothing here can be spread over nodes: memory and time must grow
with the hours alone. Bars: 4 GB, 60 CPU s.

`python benchmarks/million_hours.py [hours]`
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import measure  # first: it holds the threads of the libraries to one
import numpy as np
import study_hd

from headrace.plan.interior_point import solve
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem

HOURS = 1_000_008  # whole days
SECONDS, MEMORY = 60.0, 4.0


def long_year(hours: int) -> study_hd.Year:
    """Weather years one after the other, each shuffled with a seed of its own, cut to `hours`."""
    years = [study_hd.year(8760, seed) for seed in range(1 + hours // 8760)]
    names = ("solar", "pue", "demand", "price")
    return study_hd.Year(
        *(np.concatenate([getattr(each, name) for each in years])[:hours] for name in names)
    )


def problem(hours: int) -> Problem:
    """The one-node benchmark over `hours` hours."""
    known = study_hd.problem([])
    node = known.nodes[0]
    block = study_hd.block(
        study_hd.tree([]), 0, node.template, [long_year(hours)], node.map, node.start
    )
    return replace(known, nodes=(block,))


def main(hours: int) -> int:
    plan = problem(hours)
    measure.load_kernels()
    cpu, wall = time.process_time(), time.perf_counter()
    found = solve(plan, SolverOptions(gap=1e-3, threads=1))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    size = measure.peak()
    holds = found.gap <= 1e-3 and cpu <= SECONDS and size <= MEMORY
    measure.row(
        "million_hours",
        "bar",
        f"hd [] with {hours:,} hours",
        SECONDS,
        ours=cpu,
        cpu_s=cpu,
        wall_s=wall,
        gap=found.gap,
        peak_gb=size,
        ratio=SECONDS / cpu,
        holds=holds,
        iterations=found.iterations,
        coarse=found.coarse,
        lower=found.lower,
        upper=found.upper,
        solver=found.solver,
    )
    return 0 if holds else 3


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else HOURS))
