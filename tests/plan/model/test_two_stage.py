import numpy as np
import pytest

from headrace.plan import interior_point
from headrace.plan.lp.fix_orders import alone
from headrace.plan.lp.options import SolverOptions
from headrace.verification.plan_stochastic import farmer


def test_the_root_orders_and_has_nothing_to_operate():
    problem = farmer()
    assert problem.parent.tolist() == [-1, 0, 0, 0]
    assert set(problem.master.node.tolist()) == {0}
    assert problem.probability == pytest.approx([1.0, 1 / 3, 1 / 3, 1 / 3])
    assert interior_point.solve(alone(problem.nodes[0], np.zeros(0))).upper == 0.0


def test_a_plan_with_nothing_to_choose_costs_nothing():
    """No column, no order: the interior point has no product to reduce and must say 0, not divide
    by their number.
    """
    plan = interior_point.solve(alone(farmer().nodes[0], np.zeros(0)))
    assert (plan.lower, plan.upper, plan.stopped) == (0.0, 0.0, "")


def test_the_interior_point_finds_the_farmer_s_acres():
    plan = interior_point.solve(farmer(), SolverOptions(gap=1e-7))
    assert plan.solver == "interior"
    assert plan.master == pytest.approx([170.0, 80.0, 250.0], rel=1e-4)
