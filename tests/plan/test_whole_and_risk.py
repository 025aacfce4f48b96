import dataclasses
import itertools

import numpy as np
import pytest
from scipy.sparse import csc_array
from tests.builders.problems import random_problem

from headrace.plan.interior_point import solve
from headrace.plan.interior_point.cold_start import make_tree
from headrace.plan.interior_point.driver import MOVED, WORSE, WarmStartPolicy
from headrace.plan.interior_point.node import serves
from headrace.plan.interior_point.warm_start import narrowed
from headrace.plan.lp import highs
from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.extensive_form import extensive
from headrace.plan.lp.fix_orders import held
from headrace.plan.lp.risk_measure import RiskMeasure, leaves, risk_of, worst_odds
from headrace.plan.solve import rounding
from headrace.plan.solve.branch_and_bound import solve_whole
from headrace.plan.solve.cvar import solve_risk


@pytest.mark.parametrize("seed", [1, 4, 9, 15])
def test_whole_units_equal_branch_and_bound_on_the_extensive_form(seed):
    problem = random_problem(seed, units=True)
    best = evaluate(problem, highs.solve(problem)).value
    plan = solve_whole(problem, gap=1e-4)
    size = max(1.0, abs(best))
    assert plan.lower <= best + 1e-5 * size
    assert plan.upper >= best - 1e-5 * size
    whole = problem.master.unit > 0
    counts = plan.master[whole] / problem.master.unit[whole]
    assert counts == pytest.approx(np.round(counts), abs=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_planes_find_the_best_whole_point_of_a_quadratic(seed):
    """Two to five counts between 0 and 3 under one row: as good as the best of all of them, each
    looked at.
    """
    random = np.random.default_rng(seed)
    width = int(random.integers(2, 6))
    root, centre = random.normal(size=(width, width)), random.uniform(0.0, 3.0, width)
    bend, cost, row = root @ root.T, random.normal(size=width), random.uniform(0.5, 2.0, width)
    room = float(row @ centre)
    program = highs.LinearProgram(
        matrix=csc_array(row[None]), cost=cost, lower=np.zeros(width), upper=np.full(width, 3.0),
        row_lower=np.array([-np.inf]), row_upper=np.array([room]), integer=np.arange(width),
    )  # fmt: skip
    points = [
        np.array(p, dtype=float)
        for p in itertools.product(range(4), repeat=width)
        if row @ np.array(p) <= room + 1e-9
    ]

    def worth(point):
        return cost @ point + 0.5 * (point - centre) @ bend @ (point - centre)

    found = np.round(rounding._least(program, np.arange(width), bend, centre, 1))
    best = min(map(worth, points))
    assert row @ found <= room + 1e-6
    assert worth(found) <= best + 2 * rounding.NEAR * abs(best)


@pytest.mark.parametrize("seed", [1, 4, 9, 15])
def test_a_plan_around_held_orders_starts_from_the_wide_iterate(seed):
    problem = random_problem(seed, units=True)
    plain, whole = (
        solve(problem, gap=1e-4, series=WarmStartPolicy(keep=MOVED)),
        np.flatnonzero(problem.master.unit > 0),
    )
    m = rounding.first(problem, plain, 1)
    counts = m[whole] / problem.master.unit[whole]
    assert counts == pytest.approx(np.round(counts), abs=1e-9)
    assert np.abs(m[whole] - plain.master[whole]).max() <= problem.master.unit[whole].max() * (
        1 + 1e-6
    )
    left = np.setdiff1d(np.arange(len(m)), whole)
    start = narrowed(plain.memory, left, len(problem.master.rhs))
    rest = held(problem, whole, m[whole])
    warm, cold = solve(rest, gap=1e-5, series=WarmStartPolicy(start)), solve(rest, gap=1e-5)
    size = max(1.0, abs(cold.upper))
    assert warm.lower <= cold.upper + 1e-9 * size
    assert cold.lower <= warm.upper + 1e-9 * size


@pytest.mark.parametrize("seed", [1, 4, 9, 15])
def test_a_plan_made_in_the_nodes_of_another_is_the_same_plan(seed):
    problem = random_problem(seed, units=True)
    plain, whole = (
        solve(problem, gap=1e-4, series=WarmStartPolicy(keep=MOVED)),
        np.flatnonzero(problem.master.unit > 0),
    )
    start = narrowed(
        plain.memory, np.setdiff1d(np.arange(len(plain.master)), whole), len(problem.master.rhs)
    )
    rest = held(problem, whole, rounding.first(problem, plain, 1)[whole])
    fresh, again = (
        solve(rest, gap=1e-5, series=WarmStartPolicy(each))
        for each in (dataclasses.replace(start, laid=()), start)
    )
    assert (again.lower, again.upper, again.iterations) == (
        fresh.lower,
        fresh.upper,
        fresh.iterations,
    )
    assert all(np.array_equal(a.columns, b.columns) for a, b in zip(again.nodes, fresh.nodes))


def test_nodes_serve_a_plan_that_differs_in_capacity_only():
    problem = random_problem(4, units=True)
    node, block = make_tree(problem, None).nodes[0], problem.nodes[0]
    assert serves(
        node, dataclasses.replace(block, start=np.where(block.start > 0, 2.0 * block.start, 0.0))
    )
    assert not serves(node, dataclasses.replace(block, weights=2.0 * block.weights))
    gone = dataclasses.replace(
        block, start=np.zeros(len(block.start)), map=type(block.map)(block.map.shape)
    )
    assert not serves(node, gone)


def test_a_plan_that_is_proved_too_dear_is_not_finished():
    problem = random_problem(4)
    best = solve(problem, gap=1e-6)
    size = abs(best.upper)
    dear = solve(problem, gap=1e-6, series=WarmStartPolicy(enough=best.lower - 0.01 * size))
    assert dear.stopped == WORSE
    assert best.lower - 0.01 * size < dear.lower <= best.upper + 1e-9 * size
    assert dear.gap > best.gap
    assert (
        solve(problem, gap=1e-6, series=WarmStartPolicy(enough=best.upper + 0.01 * size)).stopped
        == ""
    )


def test_worst_odds_by_hand():
    """Costs 1, 5, 3 at 1/3 each, alpha 0.5: the worst half is 2/3 of it at 5 and 1/3 at 3, mean
    13/3.
    """
    tail = worst_odds(np.array([1.0, 5.0, 3.0]), np.full(3, 1 / 3), 0.5)
    assert tail == pytest.approx([0.0, 2 / 3, 1 / 3])
    assert tail @ np.array([1.0, 5.0, 3.0]) == pytest.approx(13 / 3)


def fair(seed):
    """A random tree whose probabilities add up over the leaves."""
    problem = random_problem(seed)
    return dataclasses.replace(problem, constant=0.0)


@pytest.mark.parametrize("seed", [4, 10])
def test_without_weight_on_the_tail_risk_is_the_mean(seed):
    problem = fair(seed)
    mean = solve(problem, gap=1e-6)
    plan = solve_risk(problem, RiskMeasure(0.5, 0.0), gap=1e-4)
    assert plan.upper == pytest.approx(mean.upper, rel=1e-3)


@pytest.mark.parametrize("seed", [4, 10])
def test_risk_bounds_are_ordered_and_the_measure_grows_with_omega(seed):
    """CVaR is never below the mean of the same plan, so the best measure does not fall when omega
    grows.
    """
    problem = fair(seed)
    assert problem.probability[leaves(problem)].sum() == pytest.approx(1.0)
    mild, strong = (
        solve_risk(problem, RiskMeasure(0.5, 0.2), gap=1e-4),
        solve_risk(problem, RiskMeasure(0.5, 0.8), gap=1e-4),
    )
    for plan in (mild, strong):
        assert plan.lower <= plan.upper + 1e-6 * abs(plan.upper)
    assert strong.upper >= mild.lower - 1e-6 * abs(mild.lower)
    costs = np.ones(len(problem.nodes))
    assert (
        risk_of(problem, costs, RiskMeasure(0.5, 1.0))[0]
        >= risk_of(problem, costs, RiskMeasure(0.5, 0.0))[0] - 1e-9
    )


@pytest.mark.parametrize("seed", [2, 4, 7, 10, 12])
@pytest.mark.parametrize("omega", [0.4, 1.0])
def test_risk_equals_the_extensive_form_with_a_value_at_risk_column(seed, omega):
    """HiGHS on the epigraph, whose extensive form knows nothing of our bounds, against the bounds
    proved on the plan alone.
    """
    problem, risk = fair(seed), RiskMeasure(0.5, omega)
    best = risk_by_highs(problem, risk)
    plan = solve_risk(problem, risk, gap=1e-5)
    size = max(1.0, abs(best))
    assert plan.lower <= best + 1e-5 * size
    assert plan.upper >= best - 1e-5 * size
    assert plan.gap <= 1e-4


def risk_by_highs(problem, risk):
    """The risk measure of the best plan, by linear programming over the extensive form, orders and
    leaves.
    """
    form = extensive(problem)
    width, ends = form.matrix.shape[1], leaves(problem)
    hourly = width - len(problem.master.cost) - sum(len(b.template.borders) for b in problem.nodes)
    first, rows = width - hourly, []
    spans = np.cumsum([0, *(node.hourly.shape[1] for node in form.nodes)])
    for leaf in ends:
        row, n = np.zeros(width + 1 + len(ends)), int(leaf)
        while n >= 0:
            own = np.flatnonzero(problem.master.node == n)
            row[own] = problem.master.cost[own] / problem.probability[n]
            part = slice(first + spans[n], first + spans[n + 1])
            row[part] = form.cost[part] / problem.probability[n]
            n = int(problem.parent[n])
        row[width] = -1.0
        row[width + 1 + len(rows)] = -1.0
        rows.append(row)
    wide = np.hstack([form.matrix.toarray(), np.zeros((form.matrix.shape[0], 1 + len(ends)))])
    tail = risk.omega * problem.probability[ends] / (1 - risk.alpha)
    program = highs.LinearProgram(
        matrix=csc_array(np.vstack([wide, *rows])),
        cost=np.concatenate([(1 - risk.omega) * form.cost, [risk.omega], tail]),
        lower=np.concatenate([form.lower, [-np.inf], np.zeros(len(ends))]),
        upper=np.concatenate([form.upper, np.full(1 + len(ends), np.inf)]),
        row_lower=np.concatenate([form.row_lower, np.full(len(ends), -np.inf)]),
        row_upper=np.concatenate([form.row_upper, np.zeros(len(ends))]),
        integer=np.zeros(0, dtype=np.int64),
    )
    return highs.run(program).value + problem.constant
