"""The whole problem: its master, its blocks, and the way back to the nouns' own units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array
from tests.builders.studies import BELIEFS, CAMPUS, PLANT, STORED, UNITS, solved_once, study

from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate, standing_cost
from headrace.plan.model.investment import possible

EVERY = [PLANT, BELIEFS, STORED, UNITS, CAMPUS]


def test_the_master_by_hand() -> None:
    """8 MW at most of 100,000 USD/MW, in thousands of dollars."""
    master = formulate(expand(study(PLANT))).problem.master
    assert master.columns == ("n000: build 'plant' at 'here'",)
    assert master.cost.tolist() == [100.0]
    assert master.upper.tolist() == [8.0]
    assert csr_array(master.matrix).toarray().tolist() == [[1.0]]
    assert master.rhs.tolist() == [8.0]


@pytest.mark.parametrize("text", EVERY)
def test_labels_stand_beside_every_column_row_window_and_border(text: str) -> None:
    found = formulate(expand(study(text)))
    for block, labels in zip(found.problem.nodes, found.labels, strict=True):
        t = block.template
        assert len(labels.columns) == len(t.columns)
        assert len(labels.rows) == len(t.rows)
        assert len(labels.windows) == len(t.windows)
        assert len(labels.borders) == len(t.borders) == len(block.start) == block.map.shape[0]
        assert block.map.shape[1] == len(found.problem.master.columns)
        assert len(found.problem.master.columns) == len(found.orders) + len(found.peaks)


@pytest.mark.parametrize("text", EVERY)
def test_numbers_are_finite_where_the_problem_needs_them(text: str) -> None:
    problem = formulate(expand(study(text))).problem
    assert np.isfinite(problem.master.cost).all()
    assert np.isfinite(problem.master.upper).all()
    for block in problem.nodes:
        assert np.isfinite(block.profiles).all()
        assert np.isfinite(block.cost.scale).all()
        assert np.isfinite(block.row_entries.scale).all()


def test_what_stands_costs_the_same_whatever_is_ordered() -> None:
    """3 MW at 7 USD/kW-year through one year: 21,000 USD, a constant of 21."""
    text = PLANT.replace("life: 10", "fixed: 7 USD/kW-year, life: 10").replace(
        "at_most: 8 MW", "at_most: 8 MW, stands: 3 MW"
    )
    found = expand(study(text))
    assert standing_cost(found) == pytest.approx(21_000.0)
    assert formulate(found).problem.constant == pytest.approx(21_000.0 / MONEY)
    assert formulate(found).problem.nodes[0].start.tolist() == [3.0]


def test_only_the_orders_that_are_given_can_be_placed() -> None:
    found = expand(study(BELIEFS))
    every = possible(found.system, found.nodes, found.parameters, found.discounting)
    late = tuple(o for o in every if o.node > 0)
    assert len(formulate(found).orders) == len(every) == 7
    assert formulate(found, late).orders == late
    assert formulate(found, ()).problem.master.columns == ()


def test_accelerators_are_ordered_in_thousands() -> None:
    found = formulate(expand(study(CAMPUS)))
    units = [found.system.assets[o.asset].unit for o in found.orders]
    scales = {unit: scale for unit, scale in zip(units, found.order_scales)}
    assert scales == {"MW": 1.0, "accelerator": 1000.0}


def test_a_formulation_knows_its_expansion() -> None:
    e = expand(study(BELIEFS))
    found = formulate(e)
    assert found.system is e.system
    assert found.nodes is e.nodes
    assert found.time_slices is e.time_slices
    assert found.parameters is e.parameters
    assert found.discounting is e.discounting
    assert found.problem.parent.tolist() == [-1, 0, 0, 1, 3, 1, 5, 2, 7, 2, 9]
    assert found.problem.probability.sum() == pytest.approx(4.0)


def test_nodes_with_the_same_hours_share_their_profiles() -> None:
    found = formulate(expand(study(BELIEFS)))
    assert found.problem.nodes[1].profiles is found.problem.nodes[2].profiles


def test_the_plan_of_the_plant_by_hand() -> None:
    """8 MW x (8,760 h x 30 USD - 100,000 USD) = 1,302,400 USD."""
    assert solved_once(PLANT).npv == pytest.approx(1_302_400.0)


def test_a_committed_plant_with_a_reserve_by_hand() -> None:
    """Output is 3/4 of what is on line: 8 MW on line, 6 at work. A MWh costs 20 + 0.9 x 20 of fuel
    and 2 USD for each of 4/3 MW on line; 6 x 8,760 x (50 - 40.6667) - 8,000 = 482,560 USD.
    """
    assert solved_once(UNITS).npv == pytest.approx(482_560.0)


def test_twice_the_load_and_twice_the_limit_is_twice_the_plan() -> None:
    twice = PLANT.replace("8 MW", "16 MW").replace("10 MW", "20 MW")
    assert solved_once(twice).npv == pytest.approx(2 * solved_once(PLANT).npv)


def test_a_rate_of_discount_only_scales_what_comes_in_one_year() -> None:
    e = expand(study(PLANT))
    dear = replace(e, discounting=replace(e.discounting, rate=0.1))
    ratio = formulate(dear).problem.nodes[0].weight / formulate(e).problem.nodes[0].weight
    assert ratio == pytest.approx(e.discounting.__class__(0.1, 12.0, terminal=False).years(0, 12))
