"""What a point costs and violates, against dense matrices."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.problems import engine, random_problem

from headrace.plan.lp import highs
from headrace.plan.lp.extensive_form import node_matrix
from headrace.plan.lp.residuals import (
    earnings,
    evaluate,
    node_residuals,
    operating_cost,
    unbounded,
    window_limits,
)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10**6))
def test_cost_and_earnings_are_sums_over_columns_and_hours(seed, draw):
    block, rng = random_problem(seed).nodes[0], np.random.default_rng(draw)
    z = rng.uniform(0.0, 3.0, (len(block.template.columns), block.hours))
    money = node_matrix(block).cost * z.ravel()
    cost, earned = earnings(block, z)
    assert cost == pytest.approx(money.sum(), abs=1e-9)
    assert earned == pytest.approx(-money[money < 0].sum(), abs=1e-9)
    assert operating_cost(block, z) == cost


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10**6))
def test_a_point_is_called_feasible_exactly_when_the_dense_rows_hold(seed, draw):
    block, rng = random_problem(seed).nodes[0], np.random.default_rng(draw)
    z = rng.uniform(0.0, 1.0, (len(block.template.columns), block.hours)) * rng.choice(
        [0.0, 0.1, 2.0]
    )
    x = rng.uniform(0.0, 2.0, len(block.start))
    matrix = node_matrix(block)
    over = matrix.hourly @ z.ravel() - matrix.border @ x - matrix.rhs
    above = z.ravel() - matrix.upper
    holds = max(over.max(initial=-1.0), above.max(initial=-1.0)) <= 1e-12
    assert (max(node_residuals(block, z, x)) <= 1e-12) == holds


def test_violations_by_hand():
    """The engine burns 12 of 10 that stand: 2 over 10; it serves 15 of a demand of 10 (5 over 10),
    and of what it burns (3 over 15).
    """
    block = engine().nodes[0]
    columns = np.array([[12.0, 12.0], [15.0, 12.0]])
    rows, chains, windows, uppers, negative = node_residuals(block, columns, np.array([10.0]))
    assert rows == pytest.approx(3 / 15)
    assert uppers == pytest.approx(0.5)
    assert (chains, windows, negative) == (0.0, 0.0, 0.0)


def test_negative_columns_are_told():
    block = engine().nodes[0]
    assert node_residuals(block, np.full((2, 2), -3.0), np.array([10.0]))[4] == 3.0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_optimum_of_highs_keeps_every_limit(seed):
    problem = random_problem(seed)
    found = evaluate(problem, highs.solve(problem))
    assert found.residuals.largest <= 1e-6


def test_orders_outside_their_box_and_rows_are_told():
    """An order of 150 in a box of 100: 50 over 100; of -1: negative by 1."""
    problem = engine()
    solution = highs.solve(problem)
    for order, wanted in ((150.0, 0.5), (-1.0, 1.0)):
        moved = dataclasses.replace(solution, master=np.array([order]))
        found = evaluate(problem, moved).residuals
        assert max(found.master, found.negative) == pytest.approx(wanted)


def test_windows_with_a_border_have_more_room_where_more_stands():
    """In every window of the family the room grows by its number for each unit."""
    problem = next(
        p for p in map(random_problem, range(50)) if len(p.nodes[0].template.window_border)
    )
    block = problem.nodes[0]
    none, one = (
        window_limits(block, x) for x in (np.zeros(len(block.start)), np.ones(len(block.start)))
    )
    for f, (a, b) in enumerate(zip(none, one)):
        more = block.window_border[block.template.window_border.row == f].sum()
        assert b - a == pytest.approx(np.full(len(a), more))


def test_columns_without_any_bound_are_those_that_only_a_window_closes():
    block = random_problem(7).nodes[0]
    bordered = set(block.template.upper_border.row.tolist())
    wanted = [not np.isfinite(s) and j not in bordered for j, s in enumerate(block.upper.scale)]
    assert unbounded(block).tolist() == wanted


def test_an_order_without_a_box_exceeds_none():
    """An infinite box has no size to divide by; what other limits say still counts."""
    problem = engine(most=np.inf)
    solution = dataclasses.replace(highs.solve(engine()), master=np.array([-1.0]))
    found = evaluate(problem, solution).residuals
    assert (found.master, found.negative) == (0.0, 1.0)
