"""What the plan earns on each branch adds up to the plan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.builders.analysed import TREE, analysed

from headrace.core.errors import StoppedEarly
from headrace.plan.analysis.deep.context import formulate_changed, interval, outcomes, solve_changed


def test_leaves_add_up_to_the_plan() -> None:
    g = analysed(TREE)
    leaves = outcomes(g.formulation.problem, g.plan)
    assert sum(leaf.probability for leaf in leaves) == pytest.approx(1)
    assert sum(leaf.probability * leaf.npv.low for leaf in leaves) == pytest.approx(g.plan.low)


def test_a_changed_problem_that_time_does_not_allow_is_not_solved():
    g = replace(analysed(TREE), stop=lambda: True)
    with pytest.raises(StoppedEarly, match="time for deep questions"):
        solve_changed(g, g.formulation.problem, 1e-4)


def test_the_same_problem_solved_again_is_worth_the_plan():
    g = analysed(TREE)
    again = interval(solve_changed(g, g.formulation.problem, 1e-6))
    assert again.low == pytest.approx(g.worth.low, rel=1e-6)
    assert again.high == pytest.approx(g.worth.high, rel=1e-6)


def test_another_clock_keeps_orders_and_limits():
    """Without terminal value an order's money changes, and neither the orders nor their rows."""
    g = analysed(TREE)
    discounting = replace(
        g.formulation.discounting, terminal=not g.formulation.discounting.terminal
    )
    other = formulate_changed(g, discounting=discounting)
    mine, theirs = g.formulation.problem.master, other.problem.master
    assert theirs.columns == mine.columns
    assert theirs.rows == mine.rows
    assert theirs.rhs.tolist() == mine.rhs.tolist()
    assert theirs.cost.tolist() != mine.cost.tolist()
