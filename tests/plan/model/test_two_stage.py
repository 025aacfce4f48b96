import numpy as np
import pytest

from headrace.plan import interior_point
from headrace.plan.lp.fix_orders import alone
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.block_builder import HourWriter, ProfileBook
from headrace.plan.model.two_stage import FirstStage, Future, two_stage
from headrace.plan.scenario.time_slices import keep_blocks
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


def test_the_blocks_of_two_worlds_by_hand() -> None:
    """One order of 3 a unit, two worlds in which it stands once and twice: the map of each world,
    its chance as its weight, and one row of the root.
    """
    first = FirstStage(
        names=("x",),
        cost=np.array([3.0]),
        upper=np.array([10.0]),
        unit=np.zeros(1),
        row_names=("budget",),
        rows=np.array([[2.0]]),
        limits=np.array([12.0]),
    )

    def world(name: str, probability: float, size: float) -> Future:
        book = ProfileBook(1)
        writer = HourWriter(keep_blocks((1.0,), 12.0), book)
        writer.bound(writer.column("sold", -1.0), writer.border("x"), 1.0)
        return Future(name, probability, writer, book, np.zeros(1), np.array([[size]]))

    problem = two_stage(first, [world("low", 0.25, 1.0), world("high", 0.75, 2.0)])
    assert [block.name for block in problem.nodes] == ["now", "low", "high"]
    assert [block.weight for block in problem.nodes[1:]] == [0.25, 0.75]
    assert [block.map.toarray().tolist() for block in problem.nodes[1:]] == [[[1.0]], [[2.0]]]
    assert problem.master.matrix.toarray().tolist() == [[2.0]]
    assert problem.nodes[0].template.columns == ()
