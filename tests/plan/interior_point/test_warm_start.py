"""Starts from an earlier iterate: orders fixed since, in fresh nodes and in the old ones."""

import dataclasses

import numpy as np
import pytest
from tests.builders.problems import random_problem

from headrace.plan.interior_point import solve
from headrace.plan.interior_point.cold_start import cold_start, make_tree
from headrace.plan.interior_point.driver import WarmStartPolicy
from headrace.plan.interior_point.objective import Expected
from headrace.plan.interior_point.predictor_corrector import iterate
from headrace.plan.interior_point.warm_start import curvature, restore, snapshot, with_fixed_orders
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


def kept(seed, keep="numbers"):
    problem = random_problem(seed)
    plan = solve(problem, SolverOptions(gap=1e-5), series=WarmStartPolicy(keep=keep))
    return problem, plan.memory


@pytest.mark.parametrize("seed", [3, 8, 12])
def test_what_was_kept_is_restored_with_duals_that_fit_the_costs(seed):
    problem, memory = kept(seed)
    tree = make_tree(problem, None)
    assert restore(tree, memory)
    again = snapshot(tree)
    assert again.master.orders == pytest.approx(memory.master.orders)
    assert again.master.slack == pytest.approx(memory.master.slack)
    for state, there in zip(tree.nodes, memory.states):
        assert state.state.column == pytest.approx(there.column)
        assert (state.state.column_dual >= there.column_dual - 1e-12).all()


def test_a_copy_does_not_follow_the_iteration():
    problem, memory = kept(8)
    before = memory.states[0].column.copy()
    tree = make_tree(problem, None)
    restore(tree, memory)
    tree.nodes[0].state.column[:] = 99.0
    assert np.array_equal(memory.states[0].column, before)


def test_another_structure_is_refused():
    assert not restore(make_tree(random_problem(3), None), kept(8)[1])


def test_fixing_orders_takes_their_values_and_boxes_out():
    """Of the orders only those left keep their values, numbered anew; nothing else is lost."""
    problem, memory = kept(8, "orders")
    left = np.arange(1, len(problem.master.cost))
    rest = with_fixed_orders(memory, left, len(problem.master.rhs))
    here = np.isin(memory.orders, left)
    assert rest.master.orders == pytest.approx(memory.master.orders[here])
    assert rest.orders.tolist() == np.searchsorted(left, memory.orders[here]).tolist()
    assert rest.fixed
    assert rest.nodes == memory.nodes
    assert len(rest.rows) == len(rest.master.slack)


def test_curvature_is_symmetric_and_positive():
    problem, _ = kept(8)
    tree = make_tree(problem, None)
    cold_start(Expected(problem), tree)
    iterate(tree)
    found = curvature(tree)
    assert found == pytest.approx(found.T)
    assert np.linalg.eigvalsh(found).min() > 0
