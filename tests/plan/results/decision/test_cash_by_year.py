"""Undiscounted cash by calendar year: sums by hand, and nothing lost against the objective."""

from __future__ import annotations

from collections import defaultdict

import pytest
from tests.builders.studies import BELIEFS, CAMPUS, PLANT, UNITS, WRITTEN_TREE, Solved, solved_once

from headrace.plan.results.decision.cash_by_year import (
    cash_by_year,
    due,
    merged,
    years_of,
)
from headrace.plan.scenario.tree import opening_of

START = 12 * 2027


def by_year(found: Solved, node: int = 0) -> dict[tuple[int, str, str], float]:
    own = cash_by_year(found.formulation, found.plan.solution, found.lines, START)[node]
    return {(line.year, line.kind, line.product): line.usd for line in own}


def test_the_plant_by_hand() -> None:
    """8 MW x 8,760 h x 50 USD in and x 20 out, 800,000 USD paid, all in 2027."""
    assert by_year(solved_once(PLANT)) == {
        (2027, "payments", ""): pytest.approx(-800_000.0),
        (2027, "variable", ""): pytest.approx(-1_401_600.0),
        (2027, "revenue", "power"): pytest.approx(3_504_000.0),
    }


@pytest.mark.parametrize("text", [PLANT, BELIEFS, WRITTEN_TREE, UNITS])
def test_without_discounting_the_years_add_up_to_the_objective(text: str) -> None:
    found = solved_once(text)
    nodes = cash_by_year(found.formulation, found.plan.solution, found.lines, START)
    odds = [node.probability for node in found.formulation.nodes]
    whole = sum(p * sum(line.usd for line in own) for p, own in zip(odds, nodes))
    assert whole == pytest.approx(found.npv, rel=1e-9)


def test_a_stage_of_two_years_earns_in_each() -> None:
    """The last stage begins in 2029 and is operated in two nodes, of which one decision is made."""
    found = solved_once(BELIEFS)
    own = cash_by_year(found.formulation, found.plan.solution, found.lines, START)
    nodes = found.formulation.nodes
    cheap = [n for n, node in enumerate(nodes) if node.cases.get("gas") == "cheap"]
    first = next(n for n in cheap if nodes[n].start == 24)
    whole = merged(own[n] for n in cheap if opening_of(nodes, n) == first)
    earned = {x.year: x.usd for x in whole if x.kind == "revenue"}
    assert set(earned) == {2029, 2030}
    assert earned[2029] == pytest.approx(earned[2030])


def test_discounting_the_years_gives_back_what_hours_earn() -> None:
    """8 %/a: an even stream over a node's year, discounted day by day, is the node's line."""
    found = solved_once(CAMPUS)
    number = len(found.formulation.nodes) - 1
    node, discounting = found.formulation.nodes[number], found.formulation.discounting
    earned = [usd for (_, kind, _), usd in by_year(found, number).items() if kind == "revenue"]
    yearly = sum(earned) / node.years
    whole = sum(x.usd for x in found.lines if (x.node, x.kind) == (number, "revenue"))
    present = node.probability * discounting.years(node.start, node.end)
    assert yearly * present == pytest.approx(whole)


def test_fixed_cost_is_paid_while_it_stands_and_the_end_is_worth_something() -> None:
    found = solved_once(CAMPUS)
    sums: dict[str, set[int]] = defaultdict(set)
    for node in range(len(found.formulation.nodes)):
        for year, kind, _ in by_year(found, node):
            sums[kind].add(year)
    assert sums["terminal"] == {2029}
    assert sums["fixed"] <= {2027, 2028, 2029}


def test_payments_add_up_to_the_cost_and_are_due_in_order() -> None:
    found = solved_once(CAMPUS)
    for number, order in enumerate(found.formulation.orders):
        paid = due(found.formulation, number, 3.0, START)
        assert sum(p.usd for p in paid) == pytest.approx(3.0 * order.price)
        assert [p.due for p in paid] == sorted(p.due for p in paid)


def test_years_are_cut_at_new_year() -> None:
    """18 months from October 2027: 3, 12 and 3 months."""
    assert list(years_of(9.0, 27.0, START)) == [
        (2027, 9.0, 12.0),
        (2028, 12.0, 24.0),
        (2029, 24.0, 27.0),
    ]
    assert list(years_of(5.0, 5.0, START)) == []
