"""One iteration of the whole tree, against a dense Newton system of the whole problem."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.problems import random_problem

from headrace.plan.interior_point.cold_start import cold_start, make_tree
from headrace.plan.interior_point.master_system import MasterState
from headrace.plan.interior_point.node import solution_of
from headrace.plan.interior_point.objective import Expected
from headrace.plan.interior_point.predictor_corrector import (
    LEAST_DECREASE,
    MasterDirection,
    iterate,
    products_after,
    relative_decrease,
    restore_dual_feasibility,
    truncated_max,
)
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.residuals import operating_cost

EXACT = SolverOptions(
    truncated=0.0, truncated_start=0.0, truncated_keep=1e-9, truncated_product=0.0
)


def begun(seed, options=EXACT):
    """A tree at its starting point."""
    problem = random_problem(seed)
    tree = make_tree(problem, None, options=options)
    cold_start(Expected(problem), tree)
    return problem, tree


def products(tree):
    """Sum of all products, anew."""
    m = tree.master
    inner = sum(
        float((a * b).sum())
        for node in tree.nodes
        for a, b in zip(tuple(node.state)[::2], tuple(node.state)[1::2])
    )
    return inner + float(m.orders @ m.orders_dual + m.slack @ m.dual)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5000))
def test_products_vanish_and_values_stay_positive(seed):
    _, tree = begun(seed, SolverOptions())
    if tree.targets == 0:
        return
    first = last = iterate(tree)
    for _ in range(100):  # from an infeasible start they may grow at first
        if last.products < 1e-3 * first.products:
            break
        last = iterate(tree)
    assert last.products < 1e-3 * first.products
    for node in tree.nodes:
        assert all((values > 0).all() for values in node.state)
    assert all((values > 0).all() for values in vars(tree.master).values())
    assert 0 < last.primal_step <= 1
    assert 0 < last.dual_step <= 1


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5000))
def test_the_report_is_of_the_point_before_the_step(seed):
    problem, tree = begun(seed)
    if tree.targets == 0:
        return
    before = products(tree)
    m = tree.orders.full(tree.master.orders)
    cost = problem.master.cost @ m + sum(
        operating_cost(node.block, solution_of(node).columns) for node in tree.nodes
    )
    report = iterate(tree)
    assert report.products == pytest.approx(before)
    assert report.value == pytest.approx(float(cost), rel=1e-9, abs=1e-9)
    assert report.mu == pytest.approx(before / tree.targets)
    assert report.gross >= abs(report.value) * (1 - 1e-9) / 2


def test_residuals_shrink_with_the_steps():
    """A step of length a leaves 1 - a of every linear residual."""
    _, tree = begun(4)
    first = iterate(tree)
    second = iterate(tree)
    assert second.dual_residual <= (1.0 - first.dual_step) * first.dual_residual * (1 + 1e-6) + 1e-9
    assert (
        second.bound_residual
        <= (1.0 - first.primal_step) * first.bound_residual * (1 + 1e-6) + 1e-9
    )


def test_a_disturbed_room_is_restored():
    """Two trees, one of whose rooms was used for something else: the same next iteration."""
    one, other = begun(9)[1], begun(9)[1]
    iterate(one), iterate(other)
    for node in other.nodes:
        for name in ("row_rhs", "column_rhs", "window_rhs", "combined_column"):
            getattr(node.work, name)[:] = 7.0
    other.disturbed = True
    a, b = iterate(one), iterate(other)
    assert a.products == pytest.approx(b.products)
    assert a.value == pytest.approx(b.value)
    assert a.sigma == pytest.approx(b.sigma)


def test_nothing_to_choose_is_said():
    problem = random_problem(4)
    empty = dataclasses.replace(
        problem,
        master=dataclasses.replace(problem.master, upper=np.zeros(len(problem.master.cost))),
        nodes=tuple(
            dataclasses.replace(
                b,
                upper=dataclasses.replace(b.upper, scale=np.zeros(len(b.upper.scale))),
                start=np.zeros(len(b.start)),
            )
            for b in problem.nodes
        ),
    )
    tree = make_tree(empty, None)
    if tree.targets == 0:
        with pytest.raises(FloatingPointError, match="nothing is left"):
            iterate(tree)


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=60), st.floats(0.0, 0.5))
def test_the_worst_share_is_left_out(values, share):
    """As sorting says: with n values and k = floor(share n) left out, the (k + 1)-th largest."""
    parts = [np.array(values[i::3]) for i in range(3) if values[i::3]]
    out = int(share * len(values))
    found = truncated_max(parts, share)
    wanted = sorted(values, reverse=True)[out] if out else max(values)
    assert found == pytest.approx(wanted)


def test_the_worst_share_of_many_hours_is_found_through_a_sample():
    values = np.random.default_rng(0).exponential(size=8760)
    wanted = np.sort(values)[-int(0.001 * 8760) - 1]
    assert truncated_max([values[:5000], values[5000:]], 0.001) == wanted


def test_decreases_by_hand():
    """4 loses 1, 2 gains 5: a quarter; where nothing falls the guard."""
    assert relative_decrease(np.array([-1.0, 5.0]), np.array([4.0, 2.0])) == 0.25
    assert relative_decrease(np.array([1.0]), np.array([4.0])) == LEAST_DECREASE


def test_products_after_a_step_by_hand():
    """Orders 2 with dual 3, moving by -1 and -1.5 at half steps: 1.5 * 2.25; rows 1 * 1 unmoved.
    Nodes with products of 8 and moves of -2 at equal steps of a half keep half of 8.
    """
    master = MasterState(*(np.array([v]) for v in (2.0, 3.0, 1.0, 1.0)))
    move = MasterDirection(*(np.array([v]) for v in (-1.0, -1.5, 0.0, 0.0)), [])
    found = products_after(master, move, (0.5, 0.5), 8.0, -2.0)
    assert found == pytest.approx(1.5 * 2.25 + 1.0 + 4.0)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 5000))
def test_restoring_dual_feasibility_leaves_no_shortfall(seed):
    """After it, no reduced cost of the iterate exceeds the dual that is held against it."""
    _, tree = begun(seed)
    for node in tree.nodes:
        restore_dual_feasibility(node)
    if tree.targets == 0:
        return
    report = iterate(tree)
    unbounded = any((node.reduced.hours.upper_at < 0).any() for node in tree.nodes)
    if not unbounded:
        assert report.dual_residual <= 1e-9 * max(1.0, report.products)
