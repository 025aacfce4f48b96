"""Where orders, duals and columns begin."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.newton import dense_node
from tests.builders.problems import engine, random_problem
from tests.builders.studies import study

from headrace.plan.interior_point.cold_start import cold_start, make_tree
from headrace.plan.interior_point.master_system import make_orders
from headrace.plan.interior_point.objective import Expected
from headrace.plan.interior_point.starting_point import (
    TINY,
    fill_missing,
    first_target,
    fix_zeros,
    shrink,
    start_master,
    start_orders,
    ways_out,
)
from headrace.plan.interior_point.typical_sizes import typical_sizes
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate

SUBSCRIBED = """\
study: sold
money: {year: 2026, discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {weeks: 1}}
sites: {here: {grid: {limit: 6 MW, stands: 6 MW, energy: 10 USD/MWh}}}
products:
  power:
    kind: electricity
    site: here
    deadline: 4 h
    offers:
      plan: {kind: tier, users: 7300 user, use: 1 MWh/user-month, price: 10 USD/user-month,
             churn: {rate: 0 %}, joins: 0 user/month, unserved_churn: 50 %}
"""


def test_an_order_begins_at_half_of_what_is_used():
    """10 MW are the engine's typical size; 5 are ordered, well inside the box of 100."""
    problem = engine(demand=10.0)
    assert start_orders(problem, [typical_sizes(problem.nodes[0])]).tolist() == [5.0]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_orders_begin_above_zero_inside_their_box_and_rows(seed):
    problem = random_problem(seed)
    known = [typical_sizes(block) for block in problem.nodes]
    m, orders = start_orders(problem, known), make_orders(problem)
    assert (m[orders.nonzero] > 0).all()
    assert (m <= 0.5 * problem.master.upper + 1e-9).all()
    room = orders.rhs - orders.rows @ m[orders.nonzero]
    assert (room >= 0.15 * np.abs(orders.rhs)).all()


def test_shrinking_stops_at_a_fifth_of_the_room():
    """Of a limit of 100 the engine's order of 99 comes down to at most 80."""
    orders = make_orders(engine())
    m = shrink(orders, np.array([99.0]))
    assert 80.0 * 0.9 <= m[0] <= 80.0


def test_duals_of_orders_begin_near_their_costs():
    """Cost 3: at least 0.3 of it; a product of 1 over an order of 0.1 is more, 10."""
    orders = make_orders(engine())
    assert start_master(orders, np.array([5.0]), 1.0, 1.0).orders_dual == pytest.approx([0.9])
    assert start_master(orders, np.array([0.1]), 1.0, 1.0).orders_dual == pytest.approx([10.0])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 5000))
def test_what_has_to_be_zero_is_held_there(seed):
    dense = dense_node(seed)
    node = dense.node
    node.state.column[:] = 5.0
    fix_zeros(node)
    z = node.state.column.ravel()
    assert (z[~dense.lives] == TINY).all()
    assert (z[dense.lives] == 5.0).all()


def test_missing_values_get_the_mean_of_their_kind():
    dense = next(d for d in map(dense_node, range(50)) if d.lives.all())
    column = dense.node.state.column
    column[:] = 2.0
    column.flat[0], column.flat[1] = np.nan, 0.0
    fill_missing(dense.node)
    assert (column == 2.0).all()


def test_the_first_target_is_a_fifth_of_the_money_a_column_moves():
    """Prices 1 and 5, sizes 10 and 10: a fifth of their mean 30."""
    problem = engine(demand=10.0)
    nodes = make_tree(problem, None).nodes
    assert first_target(nodes, [typical_sizes(problem.nodes[0])]) == pytest.approx(6.0)
    assert first_target([], []) == 1.0


def test_what_earns_and_of_which_only_the_box_is_known_begins_in_its_middle():
    """Without a demand nothing tells the engine's size but its box of 100: sold, it begins at half
    of it; bought, near nothing, for the box of what is paid for says little (100 GW of halls).
    """
    problem = engine(demand=np.inf)
    known = typical_sizes(problem.nodes[0])
    assert not known.told.any()
    sold = replace(problem, master=replace(problem.master, cost=np.array([-4.0])))
    assert start_orders(sold, [known]).tolist() == pytest.approx([50.0])
    assert start_orders(problem, [known])[0] <= 1.0
    assert typical_sizes(engine(demand=10.0).nodes[0]).told.all()


def test_the_box_of_what_earns_begins_at_half_of_what_it_earns():
    """An order that brings 4: its box of 100 begins at a price of 2; one that costs, below."""
    problem = engine()
    earns = replace(problem, master=replace(problem.master, cost=np.array([-4.0])))
    slack = start_master(make_orders(earns), np.array([5.0]), 1.0, 1.0)
    assert slack.dual == pytest.approx([2.0])
    assert start_master(make_orders(problem), np.array([5.0]), 1.0, 1.0).dual[0] < 1.0


def test_a_market_begins_inside_its_limits_with_promises_kept():
    """Windows that what is sold gives room to have 0.4 of it; broken promises begin at their price
    and near nothing, and do not set the first target.
    """
    problem = formulate(expand(study(SUBSCRIBED))).problem
    tree = make_tree(problem, None)
    cold_start(Expected(problem), tree)
    seen = 0
    for node, x in zip(tree.nodes, tree.orders.borders(tree.master.orders)):
        h, s = node.reduced.hours, node.state
        for f in np.flatnonzero(np.diff(h.window_border.ptr)):
            at = slice(h.window_border.ptr[f], h.window_border.ptr[f + 1])
            room = np.abs(h.window_border.scale[at]) @ x[h.window_border.to[at]]
            assert s.window_slack[f] == pytest.approx(0.4 * room, rel=0.5)
        for j in ways_out(node):
            price = h.cost_scale[j] * h.profiles[h.cost_profile[j]]
            assert (s.column_dual[j] >= 0.9 * price - 1e-9).all()
            assert (s.column[j] + s.upper_slack[h.upper_at[j]] > 0).all()
            seen += 1
    assert seen == 1  # the year before some may leave
    without = [n for n in tree.nodes if not len(ways_out(n))]
    known = [typical_sizes(n.block) for n in without]
    assert first_target(tree.nodes, [typical_sizes(n.block) for n in tree.nodes]) < 3.0 * (
        first_target(without, known)
    )
