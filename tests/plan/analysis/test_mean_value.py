"""The mean future averages what is believed, and keeps every limit of the study."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.problems import random_problem
from tests.builders.studies import solve_text
from tests.builders.trees import random_tree

from headrace.core.errors import InputError
from headrace.core.ids import ProductId
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.analysis.mean_value import alike, mean, mean_parameters, mean_study, mean_values
from headrace.plan.analysis.value_of_information import NEVER, value_of_information
from headrace.plan.analysis.wait_and_see import branch, path_from_root
from headrace.plan.lp import highs
from headrace.plan.lp.problem import Values
from headrace.plan.lp.residuals import evaluate
from headrace.plan.lp.risk_measure import leaves
from headrace.plan.model.block_builder import ProfileBook
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.scenario.parameters import NodeParameters
from headrace.verification.plan_stochastic import farmer

TREE = """
study: mean
money: {discount: 5 %/a real}
horizon:
  start: 2027-01
  stages: [12 months, 12 months, 24 months]
  hours: {blocks: [6000 h, 2760 h]}
technologies:
  plant: {capex: 900 USD/kW, life: 10 years}
fuels: {gas: {price: 4 USD/MMBtu}}
beliefs:
  growth:
    about: demand
    before: 0 %/a
    reveal: 2
    cases: {low: {probability: 75 %, value: 0 %/a}, high: {probability: 25 %, value: 21 %/a}}
  price:
    about: "capex:plant"
    before: 900 USD/kW
    reveal: 3
    cases:
      same: {probability: 50 %, value: 900 USD/kW}
      half: {probability: 50 %, value: 450 USD/kW}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}
"""


def formulated(text):
    e = expand(study_of(parse_text(text)))
    return formulate(e)


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
        blocks[n] = dataclasses.replace(
            b,
            weights=np.ones(2),
            next_hour=np.arange(2),
            profiles=profiles,
            cost=cost,
            window_of=np.zeros((0, 2), dtype=np.int64),
        )
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
    assert middle.parent.tolist() == [-1, 0, 1, 2]
    assert found.here.tolist() == found.there.tolist() == [0]
    served = [float(b.row_rhs.hourly(b.profiles).max()) for b in middle.nodes]
    assert served[1] / served[0] == pytest.approx(0.75 + 0.25 * 1.1)
    prices = middle.master.cost[[0, 1, 2]]
    alone = branch(f.problem, int(leaves(f.problem)[0])).master.cost
    half = branch(f.problem, int(leaves(f.problem)[1])).master.cost
    assert prices[:2] == pytest.approx(alone[:2])
    assert prices[2] == pytest.approx((alone[2] + half[2]) / 2)
    assert half[2] != pytest.approx(alone[2])


SPEND = """
study: spend
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 20 USD/kW, variable: 10 USD/MWh, lead: 12 months, life: 10 years}}
beliefs:
  growth:
    about: demand
    before: 0 %/a
    reveal: 2
    cases: {low: {probability: 50 %, value: -50 %/a}, high: {probability: 50 %, value: 100 %/a}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}
limits: {spend: [100000 USD, 100000 USD]}
"""


def test_the_mean_plan_may_spend_what_the_study_may():
    """100,000 USD at 20 USD/kW buy 5 MW at the root, and the mean demand is above that: both plans
    order 5 MW, so the tree is worth no more than planning for the mean: VSS = 0.
    """
    f = solve_text(SPEND).formulation
    believed = mean_study(f)
    assert believed.problem.master.rhs == pytest.approx(f.problem.master.rhs)
    found = value_of_information(f.problem, believed=believed)
    assert found.mean_orders == pytest.approx([5.0])
    assert found.stochastic_solution.low == pytest.approx(0.0, abs=1e-6)
    assert found.stochastic_solution.high == pytest.approx(0.0, abs=1e-3)
    assert found.mean_plan.low == pytest.approx(found.recourse.low)


def test_a_mean_plan_that_forgets_the_limit_cannot_be_carried_out():
    """The fault this guards against: a mean future without `limits.spend` orders what the tree may
    not pay for, EEV is minus infinity and VSS infinite.
    """
    f = solve_text(SPEND).formulation
    free = dataclasses.replace(f, expansion=dataclasses.replace(f.expansion, spend=None))
    found = value_of_information(f.problem, believed=mean_study(free))
    assert found.mean_orders[0] > 5.0
    assert found.mean_plan == NEVER
    assert found.stochastic_solution.low == np.inf


NODE = {"fuel": {"gas": 4.0}, "capex": {}, "level": {}, "price": {}, "blocks": {}}
CHAT = ProductId("chat")


def test_what_a_node_does_not_name_is_one_there():
    """Gas at 4 and 8 by 3 to 1: 5. A capex factor of 1/2 at one of the two and none at the other:
    3/4 x 1 + 1/4 x 1/2 = 7/8. Blocks (2, 4) and (6, 0): (3, 3).
    """
    plain = NodeParameters(**{**NODE, "blocks": {CHAT: np.array([2.0, 4.0])}})
    other = NodeParameters(
        **{
            **NODE,
            "fuel": {"gas": 8.0},
            "capex": {"smr": 0.5},
            "blocks": {CHAT: np.array([6.0, 0.0])},
        }
    )
    found = mean_parameters([plain, other], np.array([0.6, 0.2]))
    assert found.fuel == {"gas": pytest.approx(5.0)}
    assert found.capex == {"smr": pytest.approx(7 / 8)}
    assert found.blocks[CHAT] == pytest.approx([3.0, 3.0])


def test_blocks_and_shapes_have_no_mean():
    blocks = NodeParameters(**{**NODE, "blocks": {CHAT: np.ones(2)}})
    with pytest.raises(InputError, match="no mean"):
        mean_parameters([blocks, NodeParameters(**NODE)], np.ones(2))


@given(
    st.lists(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3), min_size=2, max_size=4),
    st.data(),
)
def test_a_mean_lies_between_what_it_is_the_mean_of(rows, data):
    """And what is unlimited in one world is unlimited in the mean."""
    weights = np.array(
        data.draw(st.lists(st.floats(0.01, 1.0), min_size=len(rows), max_size=len(rows)))
    )
    numbers = np.array(rows)
    given = [
        (Values(np.array([1.0, np.inf]), np.array([1, 0])), np.vstack([np.ones(3), row]))
        for row in numbers
    ]
    book = ProfileBook(3)
    found = mean_values(given, weights / weights.sum(), book)
    hourly = found.scale[0] * book.rows()[found.profile[0]]
    assert (hourly >= numbers.min(axis=0) - 1e-9 * (1 + np.abs(numbers).max())).all()
    assert (hourly <= numbers.max(axis=0) + 1e-9 * (1 + np.abs(numbers).max())).all()
    assert found.scale[1] == np.inf


def test_blocks_are_alike_by_hours_names_and_places():
    block = random_problem(3).nodes[0]
    assert alike(block, dataclasses.replace(block, weight=9.0))
    renamed = dataclasses.replace(
        block, template=dataclasses.replace(block.template, rows=("x", *block.template.rows[1:]))
    )
    assert not alike(block, renamed)
    turned = dataclasses.replace(block, next_hour=np.roll(block.next_hour, 1))
    assert not alike(block, turned)
