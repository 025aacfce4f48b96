"""Whole units on the pool of cuts: branch and bound on the orders only, the hours answered by the interior point.

    LP by the interior point -> pool of cuts
    repeat: MILP master over the pool (HiGHS) -> whole orders; the others solved again around them -> upper bound, cuts
    until upper - MILP bound <= gap

The lower bound is the MILP bound that HiGHS's branch and bound proves over cuts that are valid by construction.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from headrace.core.errors import StoppedEarly
from headrace.plan.assemble import counted
from headrace.plan.blocks import Floats, Master, NodeBlock, NodeSolution, Problem
from headrace.plan.certificate import Cut
from headrace.plan.cuts import master_program
from headrace.plan.highs import run
from headrace.plan.interior.solve import Certified, solve

PASSES = 12


@dataclass(frozen=True)
class Operated:
    """A node operated at fixed capacities: its operation, its cost in weighted USD and the cut found there."""

    operation: NodeSolution
    cost: float
    cut: Cut


def operate(block: NodeBlock, x: Floats, *, gap: float = 1e-4) -> Operated:
    """Best operation of one node at capacities x, certified to `gap`, with the cut that its prices prove."""
    nothing = Master((), np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0), np.zeros(0), (), csr_array((0, 0)), np.zeros(0))
    alone = dataclasses.replace(block, start=np.asarray(x, dtype=np.float64), map=csr_array((len(x), 0)))
    problem = Problem(nothing, (alone,), np.array([-1]), np.ones(1))
    plan = solve(problem, gap=gap)
    return Operated(plan.nodes[0], plan.upper, plan.cuts[0] if plan.cuts else Cut(-np.inf, np.zeros(len(x))))


def solve_whole(problem: Problem, *, gap: float = 1e-3, threads: int = 1, relaxed: Certified | None = None) -> Certified:
    """Minimise with the units of `master.unit` whole. relaxed: the LP's plan if it is already there.

    Returns a plan whose orders are whole, its cost, and the best bound proved; `iterations` counts MILP passes.
    Raises StoppedEarly when no pass gave a plan that can be operated.
    """
    began = time.perf_counter()
    plain = relaxed or solve(problem, gap=0.5 * gap, threads=threads, keep=True)
    if not (problem.master.unit > 0).any():
        return plain
    pool, unit = list(plain.pool), counted(problem.master)
    lower, upper, best, passes = plain.lower, np.inf, None, 0
    while passes < PASSES and (best is None or upper - lower > gap * max(abs(upper), 1e-12)):
        passes += 1
        answer = run(master_program(problem, pool, integer=True), threads=threads)
        lower = max(lower, answer.bound + problem.constant)
        m = _whole(problem, answer.values[: len(unit)], unit)
        rest = solve(_held(problem, m), gap=0.3 * gap, threads=threads, warm=plain)
        if rest.upper < upper:
            upper, best = rest.upper, rest
            orders = np.where(problem.master.unit > 0, m, rest.master)
        pool += rest.pool[-3:]  # cuts in the same capacities x, so they hold for any orders
    if best is None:
        raise StoppedEarly("no whole orders were found that can be operated")
    found = (upper - lower) / max(abs(upper), 1e-12)
    why = "" if found <= gap else f"{PASSES} passes"
    spent = time.perf_counter() - began
    return Certified(orders, best.nodes, spent, passes, "interior+milp", lower, upper, found, best.cuts, why, 0, None, tuple(pool))


def _held(problem: Problem, m: Floats) -> Problem:
    """The problem of the other orders when the whole ones are held at m: they stand in every node and cannot be placed."""
    master, whole = problem.master, problem.master.unit > 0
    fixed = np.where(whole, m, 0.0)
    nodes = tuple(dataclasses.replace(block, start=block.start + block.map @ fixed) for block in problem.nodes)
    rest = dataclasses.replace(
        master,
        upper=np.where(whole, 0.0, master.upper),
        unit=np.zeros(len(fixed)),
        rhs=master.rhs - master.matrix @ fixed,
    )
    constant = problem.constant + float(master.cost @ fixed)
    return dataclasses.replace(problem, master=rest, nodes=nodes, constant=constant)


def _whole(problem: Problem, counts: Floats, unit: Floats) -> Floats:
    """Orders from counts: whole ones rounded, the rest inside their box."""
    whole = problem.master.unit > 0
    counts = np.where(whole, np.round(counts), counts)
    return np.clip(counts * unit, 0.0, problem.master.upper)
