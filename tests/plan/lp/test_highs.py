import highspy
import numpy as np
import pytest
from scipy.sparse import csc_array
from tests.builders.problems import engine, random_problem

from headrace.core.errors import Infeasible, InputError, StoppedEarly
from headrace.plan.lp.extensive_form import node_matrix
from headrace.plan.lp.highs import FixedNode, solve, solve_fixed
from headrace.plan.lp.linear_program import LinearProgram, answered, highs_model, run
from headrace.plan.lp.problem import Master, Problem


def value(problem, solution):
    cost = problem.constant + problem.master.cost @ solution.master
    for block, node in zip(problem.nodes, solution.nodes):
        cost += float((node_matrix(block).cost * node.columns.ravel()).sum())
    return cost


def test_hand_arithmetic():
    """10 MW in two hours: 2 x 10 x (1 - 5) + 3 x 10 = -50; a MWh costs 1 + 3/2 = 2.5 in
    each hour.
    """
    solution = solve(engine())
    assert solution.master[0] == pytest.approx(10.0)
    assert value(engine(), solution) == pytest.approx(-50.0)
    assert solution.nodes[0].rows.sum() == pytest.approx(5.0)


def test_fixed_capacities_bind_the_bound():
    """With 4 MW standing: 2 x 4 x (1 - 5) = -32; price of power 5, the price of service."""
    fixed = solve_fixed(engine(), np.array([4.0]))
    assert fixed.nodes[0].columns[1] == pytest.approx([4.0, 4.0])
    assert fixed.nodes[0].rows == pytest.approx(np.full((1, 2), 5.0))


def test_infeasible_names_row_node_and_relaxation():
    with pytest.raises(Infeasible) as error:
        solve(engine(most=2.0, must=7.0))
    assert "root" in str(error.value)
    assert "balance" in str(error.value)
    assert "5" in error.value.cheapest


def test_infeasible_operation_at_fixed_capacities():
    with pytest.raises(Infeasible, match="balance"):
        solve_fixed(engine(must=7.0), np.array([3.0]))


def test_unbounded_names_the_ray():
    problem = engine(demand=np.inf)
    master = problem.master
    open_master = Master(
        master.columns,
        master.node,
        master.cost,
        np.array([np.inf]),
        master.unit,
        (),
        master.matrix,
        master.rhs,
    )
    with pytest.raises(InputError, match="without limit along order engine"):
        solve(Problem(open_master, problem.nodes, problem.parent, problem.probability))


def test_units_are_whole_and_prices_come_from_the_fixed_lp():
    """Units of 3 MW for 10 MW of demand: the fourth earns (10 - 9) x 2 x 4 = 8 < 9, so three are
    ordered.
    """
    problem = engine()
    master = problem.master
    whole = Master(
        master.columns,
        master.node,
        master.cost,
        master.upper,
        np.array([3.0]),
        (),
        master.matrix,
        master.rhs,
    )
    solution = solve(Problem(whole, problem.nodes, problem.parent, problem.probability))
    assert solution.master[0] == pytest.approx(9.0)
    assert solution.nodes[0].rows == pytest.approx(np.full((1, 2), 5.0))


def test_hipo_answers():
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("solver", "hipo")
    model.addVar(0.0, 4.0)
    model.changeColCost(0, -1.0)
    model.run()
    assert model.getInfo().objective_function_value == pytest.approx(-4.0, rel=1e-6)


@pytest.mark.parametrize("seed", range(25))
def test_random_systems_are_feasible_and_fixed_equals_free(seed):
    """Operating the optimal capacities cannot beat the plan nor lose against it; the point keeps
    every row.
    """
    problem = random_problem(seed)
    solution = solve(problem)
    again = solve_fixed(problem, solution.master)
    assert value(problem, again) == pytest.approx(value(problem, solution), rel=1e-6, abs=1e-6)
    for block, node in zip(problem.nodes, solution.nodes):
        matrix = node_matrix(block)
        x = block.start + block.map @ solution.master
        assert (matrix.hourly @ node.columns.ravel() <= matrix.rhs + matrix.border @ x + 1e-6).all()
        assert (node.rows >= 0).all()


def test_warm_node_equals_cold_node():
    problem = random_problem(3)
    block = problem.nodes[0]
    kept = FixedNode(block)
    for scale in (1.0, 1.3, 0.7):
        x = block.start * scale + 0.5
        assert kept.solve(x)[1] == pytest.approx(FixedNode(block).solve(x)[1], rel=1e-9, abs=1e-9)


def knapsack(values, sizes, room):
    """Maximise the value of whole things within a room, at most one of each."""
    return LinearProgram(
        matrix=csc_array(np.array([sizes], dtype=float)),
        cost=-np.array(values, dtype=float),
        lower=np.zeros(len(values)),
        upper=np.ones(len(values)),
        row_lower=np.array([-np.inf]),
        row_upper=np.array([float(room)]),
        integer=np.arange(len(values)),
    )


def test_branch_and_bound_by_hand():
    """Values 6, 5, 4 of sizes 3, 2, 2 in a room of 4: the two of size 2, worth 9."""
    found = run(knapsack([6, 5, 4], [3, 2, 2], 4))
    assert found.value == pytest.approx(-9.0)
    assert found.bound == pytest.approx(-9.0)
    assert found.values == pytest.approx([0.0, 1.0, 1.0])


@pytest.mark.parametrize(
    "gaps", [{}, {"mip_gap": 0.5}, {"mip_abs_gap": 5.0}, {"mip_abs_gap": np.inf}]
)
def test_a_wide_gap_still_has_a_bound_below_and_a_point_above(gaps):
    """Thirty things at random: whatever gap was asked for, optimum and bound bracket each other."""
    rng = np.random.default_rng(3)
    program = knapsack(rng.uniform(1, 9, 30), rng.uniform(1, 9, 30), 60)
    best, found = run(program, mip_gap=1e-9), run(program, **gaps)
    assert found.bound <= best.value + 1e-6
    assert found.value >= best.value - 1e-6
    allowed = max(gaps.get("mip_gap", 0.0) * abs(found.value), gaps.get("mip_abs_gap", 0.0), 1e-2)
    assert found.value - found.bound <= allowed


def test_prices_of_a_program_are_those_of_its_binding_rows():
    """Minimise -x with x <= 3 as a row: the row is worth one each."""
    program = LinearProgram(
        matrix=csc_array(np.ones((1, 1))),
        cost=np.array([-1.0]),
        lower=np.zeros(1),
        upper=np.full(1, 9.0),
        row_lower=np.array([-np.inf]),
        row_upper=np.array([3.0]),
        integer=np.zeros(0, dtype=np.int64),
    )
    assert run(program).prices == pytest.approx([1.0])


def test_the_best_point_of_a_milp_is_an_answer_when_its_time_is_up() -> None:
    """Five knapsacks of 60 things share them: a point is there at once, its proof takes long."""
    rng = np.random.default_rng(3)
    weights = np.round(rng.uniform(10, 100, (5, 60)))
    worth = weights.sum(axis=0) + np.round(rng.uniform(0, 5, 60))
    program = LinearProgram(
        csc_array(weights), -worth, np.zeros(60), np.ones(60), np.full(5, -np.inf),
        np.floor(weights.sum(axis=1) / 2), np.arange(60),
    )  # fmt: skip
    model = highs_model(program, 1, 0.3, None)
    found = answered(model, integer=True, names=(), anytime=True)
    assert found.bound < found.value < 0
    assert (weights @ found.values <= weights.sum(axis=1) / 2 + 1e-6).all()
    model = highs_model(program, 1, 0.3, None)
    with pytest.raises(StoppedEarly):
        answered(model, integer=True, names=())
