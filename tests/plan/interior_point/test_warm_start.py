"""Starts from an earlier iterate: orders fixed since, in fresh nodes and in the old ones."""

import dataclasses

import numpy as np
import pytest
from tests.builders.problems import random_problem

from headrace.plan.interior_point import solve
from headrace.plan.interior_point.driver import WarmStartPolicy
from headrace.plan.interior_point.warm_start import with_fixed_orders
from headrace.plan.lp.fix_orders import held
from headrace.plan.lp.options import SolverOptions
from headrace.plan.solve import rounding


@pytest.mark.parametrize("seed", [1, 4, 9, 15])
def test_a_plan_around_held_orders_starts_from_the_wide_iterate(seed):
    problem = random_problem(seed, units=True)
    plain, whole = (
        solve(problem, SolverOptions(gap=1e-4), series=WarmStartPolicy(keep="orders")),
        np.flatnonzero(problem.master.unit > 0),
    )
    m = rounding.first(problem, plain, SolverOptions())
    counts = m[whole] / problem.master.unit[whole]
    assert counts == pytest.approx(np.round(counts), abs=1e-9)
    assert np.abs(m[whole] - plain.master[whole]).max() <= problem.master.unit[whole].max() * (
        1 + 1e-6
    )
    left = np.setdiff1d(np.arange(len(m)), whole)
    start = with_fixed_orders(plain.memory, left, len(problem.master.rhs))
    rest = held(problem, whole, m[whole])
    warm, cold = (
        solve(rest, SolverOptions(gap=1e-5), series=WarmStartPolicy(start)),
        solve(rest, SolverOptions(gap=1e-5)),
    )
    size = max(1.0, abs(cold.upper))
    assert warm.lower <= cold.upper + 1e-9 * size
    assert cold.lower <= warm.upper + 1e-9 * size


@pytest.mark.parametrize("seed", [1, 4, 9, 15])
def test_a_plan_made_in_the_nodes_of_another_is_the_same_plan(seed):
    problem = random_problem(seed, units=True)
    plain, whole = (
        solve(problem, SolverOptions(gap=1e-4), series=WarmStartPolicy(keep="orders")),
        np.flatnonzero(problem.master.unit > 0),
    )
    start = with_fixed_orders(
        plain.memory, np.setdiff1d(np.arange(len(plain.master)), whole), len(problem.master.rhs)
    )
    rest = held(problem, whole, rounding.first(problem, plain, SolverOptions())[whole])
    fresh, again = (
        solve(rest, SolverOptions(gap=1e-5), series=WarmStartPolicy(each))
        for each in (dataclasses.replace(start, nodes=()), start)
    )
    assert (again.lower, again.upper, again.iterations) == (
        fresh.lower,
        fresh.upper,
        fresh.iterations,
    )
    assert all(np.array_equal(a.columns, b.columns) for a, b in zip(again.nodes, fresh.nodes))
