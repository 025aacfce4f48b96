"""A solved study as a plan file, on a study with its sum on paper."""

from __future__ import annotations

import json

import pytest
from tests.builders.studies import solve_text

from headrace.core.json_records import encode
from headrace.core.plan_file import BeliefValue, PlanFile, parse
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.model.build_system import expand
from headrace.plan.results.dispatch import ordered
from headrace.plan.results.order_value import ValuationOptions, root_orders, value_orders
from headrace.plan.results.plan_record import SolvedStudy, no_plan, plan_file
from headrace.plan.solve.solve import bounded, nothing

STUDY = """
study: micro
title: "One plant"
money: {year: 2026, discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], terminal_value: false, hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 20 USD/kW, variable: 15 USD/MWh, lead: 0 months}}
sites: {here: {build: {plant: {use: plant, at_most: 50 MW}}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh,
    source: "a test"}}
"""


def solved(text: str = STUDY) -> SolvedStudy:
    study, found = study_of(parse_text(text)), solve_text(text)
    orders = root_orders(found.formulation, found.plan)
    valued = value_orders(found.formulation, found.plan, orders, ValuationOptions(gap=1e-6))
    return SolvedStudy(
        study,
        expand(study),
        found.formulation,
        found.plan,
        valued.values,
        2.0,
        "certified plan",
        "load blocks",
    )


@pytest.fixture(scope="module")
def micro() -> SolvedStudy:
    return solved()


@pytest.fixture(scope="module")
def told(micro) -> PlanFile:
    return plan_file(micro, "finished")


def test_the_plan_is_the_sum_on_paper(told):
    """10 MW for 8,760 h at 60 USD/MWh: 5,256,000 USD, less 1,314,000 to run, 200,000 to build."""
    assert told.objective_usd == pytest.approx(3_742_000)
    assert told.lower_bound_usd == told.objective_usd
    assert told.upper_bound_usd == pytest.approx(3_742_000)
    assert told.certificate.gap == told.gap == pytest.approx(0, abs=1e-9)
    (root,) = told.tree
    cash = {line.item: line.usd for line in root.cash}
    assert cash["revenue power"] == pytest.approx(5_256_000)
    assert sum(cash.values()) == pytest.approx(3_742_000)
    (order,) = told.orders
    assert (order.site, order.asset, order.quantity, order.unit) == ("here", "plant", 10.0, "MW")
    assert (order.order_by, order.arrives, order.cost_usd) == ("2027-01", "2027-01", 200_000)
    assert order.value_low_usd == pytest.approx(3_742_000)
    assert order.decided
    assert root.capacity[0].quantity == pytest.approx(10)


def test_demand_is_told_for_a_year_of_8760_hours(told):
    """10 MW through a year: 87,600 MWh, all served."""
    (demand,) = told.tree[0].demand
    assert (demand.product, demand.unit) == ("power", "MWh/a")
    assert demand.quantity == pytest.approx(87_600)
    assert demand.served == pytest.approx(87_600)


def test_it_is_a_file_that_a_reader_accepts(told):
    assert parse(json.dumps(encode(told), allow_nan=False)) == told


def test_the_status_says_what_the_numbers_are_about(micro, told):
    status = told.status
    assert (status.state, status.holds, status.after_seconds) == ("finished", "certified plan", 2.0)
    assert (status.hours_kept, status.gap_of, status.weather) == (
        "load blocks",
        "kept hours",
        "none",
    )
    stopped = plan_file(micro, "stopped", "it was asked to stop").status
    assert (stopped.state, stopped.why) == ("stopped", "it was asked to stop")


def test_the_plan_that_does_nothing_orders_nothing_and_is_worth_nothing(micro):
    idle = bounded(micro.formulation.problem, nothing(micro.formulation.problem))
    told = plan_file(
        SolvedStudy(
            micro.study, micro.expansion, micro.formulation, idle, (), 0.1, "do nothing", "nothing"
        ),
        "stopped",
    )
    assert (told.orders, told.status.holds) == ((), "do nothing")
    assert str(told.objective_usd) == "0.0"  # and no negative zero
    assert told.upper_bound_usd is None or told.upper_bound_usd >= 3_742_000


def test_a_study_without_a_plan_keeps_its_tree_and_its_reason(micro):
    told = no_plan(micro.study, micro.expansion, "no room", 1.23456)
    assert (told.status.state, told.status.why, told.status.holds) == (
        *("infeasible", "no room", "no plan"),
    )
    assert (told.objective_usd, told.orders, told.flows) == (None, (), ())
    assert (len(told.tree), told.nodes, told.solve_seconds) == (1, 1, 1.235)
    assert parse(json.dumps(encode(told))) == told
    early = no_plan(micro.study, None, "no room", 0.0)
    assert parse(json.dumps(encode(early))).root().start == "2027-01"


TREE = STUDY.replace("[12 months]", "[12 months, 12 months]") + (
    "fuels: {gas: {price: 4 USD/MMBtu}}\n"
    'beliefs: {gas: {about: "fuel:gas", before: 4 USD/MMBtu, reveal: 2, cases: '
    "{low: {probability: 40 %, value: 3 USD/MMBtu}, "
    "high: {probability: 60 %, value: 9 USD/MMBtu}}}}\n"
)


def test_beliefs_stand_at_their_nodes_with_their_units():
    told = plan_file(solved(TREE), "finished")
    nodes = [(n.id, n.parent, n.probability) for n in told.tree]
    assert nodes == [(0, None, 1), (1, 0, 0.4), (2, 0, 0.6)]
    prices = [next(iter(node.beliefs.values())) for node in told.tree]
    assert prices == [BeliefValue(p, "USD/MMBtu") for p in (4.0, 3.0, 9.0)]
    assert "fuel:gas: no source given" in told.assumptions


def test_an_order_too_small_for_its_plan_is_left_out_though_its_node_orders_nothing_else():
    """10,000 MW first, 200 M USD; then 0.025 MW more, 500 USD: the whole of the second node."""
    grown = STUDY.replace("[12 months]", "[12 months, 12 months]").replace("10 MW", "10000 MW")
    grown = grown.replace("at_most: 50 MW", "at_most: 50000 MW").replace(
        "technologies:",
        "beliefs: {more: {about: demand, before: 0 %/a, reveal: 2, cases: {a: {probability: 50 %,\n"
        "    value: 0.0005 %/a}, b: {probability: 50 %, value: 0 %/a}}}}\ntechnologies:",
    )
    found = solved(grown)
    placed = [
        o.node
        for o, q in zip(found.formulation.orders, ordered(found.formulation, found.plan.solution))
        if q > 0.01
    ]
    told = plan_file(found, "finished")
    assert len(placed) > sum(len(node.orders) for node in told.tree) == 1
