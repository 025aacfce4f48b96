import dataclasses

import numpy as np
import pytest
from scipy.sparse import csr_array
from tests.builders.problems import random_problem
from tests.builders.trees import random_tree

from headrace.core.errors import InputError
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.analysis.mean_value import mean, mean_study
from headrace.plan.analysis.wait_and_see import branch, path_from_root
from headrace.plan.lp import highs
from headrace.plan.lp.problem import Solution, Values
from headrace.plan.lp.residuals import evaluate
from headrace.plan.lp.risk_measure import leaves
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.verification.plan_stochastic import farmer

TREE = """
study: mean
money: {discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months, 24 months], hours: {blocks: [6000 h, 2760 h]}}
technologies:
  plant: {capex: 900 USD/kW, life: 10 years}
fuels: {gas: {price: 4 USD/MMBtu}}
beliefs:
  growth: {about: demand, before: 0 %/a, reveal: 2, cases: {low: {probability: 75 %, value: 0 %/a}, high: {probability: 25 %, value: 21 %/a}}}
  price: {about: "capex:plant", before: 900 USD/kW, reveal: 3, cases: {same: {probability: 50 %, value: 900 USD/kW}, half: {probability: 50 %, value: 450 USD/kW}}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}
"""


def formulated(text):
    e = expand(study_of(parse_text(text)))
    return formulate(e)


@pytest.mark.parametrize("seed", range(12))
def test_a_plan_is_worth_the_mean_of_its_branches(seed):
    """A plan of the tree, cut to each branch, is a plan of the branch; its costs there average to
    its cost.
    """
    problem = random_tree(seed)
    whole = highs.solve(problem)
    found = 0.0
    for leaf in leaves(problem).tolist():
        way = path_from_root(problem, leaf)
        orders = whole.master[np.isin(problem.master.node, way)]
        part = Solution(orders, tuple(whole.nodes[n] for n in way), 0.0, 0, "cut")
        point = evaluate(branch(problem, leaf), part)
        assert point.residuals.largest <= 1e-6
        found += problem.probability[leaf] * point.value
    assert found == pytest.approx(evaluate(problem, whole).value, rel=1e-9, abs=1e-9)


def test_a_branch_of_a_chain_is_the_chain():
    problem = random_tree(3)
    one = branch(problem, int(leaves(problem)[0]))
    again = branch(one, len(one.nodes) - 1)
    assert evaluate(again, highs.solve(again)).value == pytest.approx(
        evaluate(one, highs.solve(one)).value
    )


def test_a_limit_across_branches_is_refused():
    problem = random_tree(0)
    across = np.ones((1, len(problem.master.columns)))
    master = dataclasses.replace(
        problem.master, rows=("all together",), matrix=csr_array(across), rhs=np.ones(1)
    )
    with pytest.raises(InputError, match="all together"):
        branch(dataclasses.replace(problem, master=master), int(leaves(problem)[0]))


def test_the_mean_of_equal_branches_is_a_branch():
    """Where all worlds are alike the mean is each of them, number by number."""
    problem = farmer((1.0, 1.0, 1.0))
    one, middle = branch(problem, 2), mean(problem).problem
    assert middle.nodes[1].row_border.hourly(middle.nodes[1].profiles) == pytest.approx(
        one.nodes[1].row_border.hourly(one.nodes[1].profiles)
    )
    assert evaluate(middle, highs.solve(middle)).value == pytest.approx(
        evaluate(one, highs.solve(one)).value
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_mean_averages_every_number_by_hour(seed):
    problem = random_tree(seed)
    middle = mean(problem).problem
    ends = leaves(problem)
    for depth, block in enumerate(middle.nodes):
        beside = [problem.nodes[path_from_root(problem, int(leaf))[depth]] for leaf in ends]
        for name in ("cost", "row_rhs", "row_entries", "chain_now"):
            wanted = sum(
                p * getattr(b, name).hourly(b.profiles)
                for p, b in zip(problem.probability[ends], beside)
            )
            assert getattr(block, name).hourly(block.profiles) == pytest.approx(wanted)
        assert block.start == pytest.approx(beside[0].start)
        assert (
            np.isfinite(block.upper.scale).tolist() == np.isfinite(beside[0].upper.scale).tolist()
        )


def test_profiles_that_differ_are_averaged_hour_by_hour():
    """Sun (1, 0) in one world and (0, 1) in the other: the mean world has (1/2, 1/2)."""
    problem = farmer((1.0, 1.0))
    blocks = list(problem.nodes)
    for n, shape in ((1, [1.0, 0.0]), (2, [0.0, 1.0])):
        b = blocks[n]
        profiles = np.vstack([np.ones(2), shape])
        cost = Values(b.cost.scale, np.ones(len(b.cost.scale), dtype=np.int64))
        blocks[n] = dataclasses.replace(b, weights=np.ones(2), next_hour=np.arange(2), profiles=profiles, cost=cost,
                                        window_of=np.zeros((0, 2), dtype=np.int64))  # fmt: skip
    middle = mean(dataclasses.replace(problem, nodes=tuple(blocks))).problem.nodes[1]
    assert middle.cost.hourly(middle.profiles) == pytest.approx(
        0.5 * np.tile(blocks[1].cost.scale[:, None], 2)
    )


def test_branches_that_are_not_alike_have_no_mean():
    with pytest.raises(InputError, match="no mean"):
        mean(
            next(
                p
                for p in map(random_problem, range(50))
                if len(leaves(p)) > 1 and not len(p.master.rhs)
            )
        )


def test_the_mean_study_averages_worlds_stage_by_stage():
    """By hand: demand of year 2 is 1 or 1.21^(1/2) = 1.1 at 75 to 25 %, so 1.025; a plant in stage
    3 costs 1 or 1/2.
    """
    f = formulated(TREE)
    found = mean_study(f)
    middle = found.problem
    assert middle.probability == pytest.approx(1.0)
    assert middle.parent.tolist() == [-1, 0, 1]
    assert found.here.tolist() == found.there.tolist() == [0]
    served = [float(b.row_rhs.hourly(b.profiles).max()) for b in middle.nodes]
    assert served[1] / served[0] == pytest.approx(0.75 + 0.25 * 1.1)
    prices = middle.master.cost[[0, 1, 2]]
    alone = branch(f.problem, int(leaves(f.problem)[0])).master.cost
    half = branch(f.problem, int(leaves(f.problem)[1])).master.cost
    assert prices[:2] == pytest.approx(alone[:2])
    assert prices[2] == pytest.approx((alone[2] + half[2]) / 2)
    assert half[2] != pytest.approx(alone[2])
