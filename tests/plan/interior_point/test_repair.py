"""Roles read off the signs of entries, and orders inside their rows."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from tests.builders.newton import dense_node
from tests.builders.plain_kernels import plain
from tests.builders.problems import engine, random_problem
from tests.builders.studies import study

from headrace.plan.interior_point.kernels.layout import ArrayPool
from headrace.plan.interior_point.node import make_node
from headrace.plan.interior_point.repair import repair_node, repair_orders, roles
from headrace.plan.lp.residuals import node_residuals
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate


def test_generation_relieves_and_demand_loads():
    """balance: -burn + serve <= 0: burning helps, serving burdens."""
    node = make_node(engine().nodes[0], {}, ArrayPool(), 200)
    role = roles(node)
    assert role.relieving.tolist() == [0]
    assert role.loading.tolist() == [1]
    assert role.owner.tolist() == [0, 1]
    assert role.order.tolist() == [0]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 5000))
def test_roles_have_the_sign_of_their_name(seed):
    """Relieving entries are negative, loading ones positive; neither is carried into the
    next hour.
    """
    node = dense_node(seed).node
    h, role = node.reduced.hours, roles(node)
    assert (h.in_hour.scale[role.relieving_entry] < 0).all()
    assert (h.in_hour.scale[role.loading_entry] > 0).all()
    for columns in (role.relieving, role.loading):
        assert not np.isin(columns, h.carried).any()
    assert sorted(role.order.tolist()) == list(range(len(role.relieving_ptr) - 1))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 5000), st.integers(0, 10**6))
def test_orders_are_repaired_into_box_and_rows(seed, draw):
    """Rows with positive entries and right sides are kept to rounding, whatever the orders were."""
    problem, rng = random_problem(seed), np.random.default_rng(draw)
    master = problem.master
    m = repair_orders(problem, rng.uniform(-1.0, 3.0, len(master.cost)) * master.upper)
    assert (m >= 0).all()
    assert (m <= master.upper).all()
    assert (master.matrix @ m <= master.rhs * (1 + 1e-9)).all()


def test_orders_give_up_their_part_in_proportion():
    """30 and 60 on a limit of 45: both halve."""
    problem = random_problem(3)
    two = dataclasses.replace(
        problem.master,
        upper=np.full(len(problem.master.cost), 100.0),
        rows=("land",),
        matrix=csr_array(np.ones((1, len(problem.master.cost)))),
        rhs=np.array([45.0]),
    )
    m = np.zeros(len(two.cost))
    m[:2] = 30.0, 60.0
    found = repair_orders(dataclasses.replace(problem, master=two), m)
    assert found[:2] == pytest.approx([15.0, 30.0])


@pytest.mark.parametrize("seed", [0, 3, 11, 20])
def test_the_compiled_repair_is_the_plain_one(seed):
    one, other = dense_node(seed), dense_node(seed)
    repair_node(one.node, roles(one.node), one.x)
    h, k, node = other.node.reduced.hours, other.node.work, other.node
    room = (k.row_rhs, k.column_rhs, k.combined_column, k.window_rhs)
    first_chain = node.pattern.rows - node.reduced.chains
    plain.repair_hours.repair(h, roles(node), first_chain, node.state.column, other.x, room)
    assert one.node.work.combined_column == pytest.approx(k.combined_column, rel=1e-9, abs=1e-12)


LOSSY_METER = """
study: meter
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], terminal_value: false, hours: {blocks: [8760 h]}}
technologies: {plant: {variable: 5 USD/MWh}}
sites:
  here:
    grid: {limit: 20 MW, stands: 20 MW, energy: -20 USD/MWh, loss: 3 %, export: {price: 9 USD/MWh}}
    build: {plant: {use: plant, at_most: 2 MW, stands: 2 MW}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 50 USD/MWh}}
"""


def test_what_is_held_from_both_sides_is_lowered_with_what_holds_it():
    """A meter gives 5 MW where the plant makes 1: it must come down to what the plant makes, and
    what was made for it must go somewhere, for the balance is held from both sides.
    """
    (block,) = formulate(expand(study(LOSSY_METER))).problem.nodes
    node = make_node(block, {}, ArrayPool(), 200)
    names = [block.template.columns[j] for j in node.reduced.columns]
    start = {"activity plant build": 1.0, "activity plant grid": 16.0, "activity export": 5.0}
    for j, name in enumerate(names):
        value = next((v for key, v in start.items() if name.startswith(key)), 0.0)
        node.state.column[j] = 10.0 if "delivery" in name else value
    repair_node(node, roles(node), block.start)
    columns = np.zeros((len(block.template.columns), block.hours))
    columns[node.reduced.columns] = node.work.combined_column
    assert max(node_residuals(block, columns, block.start)) <= 1e-9
    given = next(j for j, name in enumerate(block.template.columns) if "export" in name)
    assert columns[given, 0] <= 2.0
