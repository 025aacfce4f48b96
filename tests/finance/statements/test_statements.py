"""Statements of a small plan with every kind of posting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.builders.statement_plans import stored

from headrace.core.errors import InputError
from headrace.core.plan_file import PlanStatus, YearCash
from headrace.finance.statements import statements_of
from headrace.finance.statements.lives import net_income_by_life
from headrace.finance.statements.statements import OPERATING, PlanStatements
from headrace.finance.statements.terms import StatementTerms, terms_of

TERMS = terms_of()


def drawn_up(terms: StatementTerms = TERMS) -> PlanStatements:
    return statements_of(stored(), terms)


def test_every_branch_balances_from_three_ledgers() -> None:
    for one in drawn_up().branches:
        told = one.statement
        size = max(abs(p.usd) for p in one.postings)
        owned = told.cash_balance + sum(told.balance.values())
        assert owned == pytest.approx(told.equity, abs=1e-9 * size)
        assert told.flow(OPERATING) == pytest.approx(told.indirect, abs=1e-9 * size)
        assert owned[-1] == pytest.approx(0.0, abs=1e-9 * size)


def test_discounted_years_are_the_objective() -> None:
    """What statements start from is the optimiser's cash, to 1e-9."""
    plan = stored()
    today = sum(line.discounted for node in plan.tree for line in node.years)
    assert today == pytest.approx(plan.objective_usd, rel=1e-9)
    for node in plan.tree:
        for kind in {line.kind for line in node.cash}:
            held = sum(line.usd for line in node.cash if line.kind == kind)
            years = sum(line.discounted for line in node.years if line.kind == kind)
            assert years == pytest.approx(held, rel=1e-9)


def test_without_tax_debt_and_inflation_owners_get_the_plans_cash() -> None:
    plain = replace(
        TERMS, tax=0.0, inflation=0.0, debt_share=0.0, receivable=0.0, payable=0.0, credits=False
    )
    plan = stored()
    for one in drawn_up(plain).branches:
        nodes = [node for node in plan.tree if node.id in one.facts.path]
        for at, year in enumerate(one.facts.years):
            planned = sum(x.usd for n in nodes for x in n.years if x.year == year)
            assert one.owners_cash[at] == pytest.approx(planned, rel=1e-9, abs=1e-3)


def test_coverage_is_kept_on_every_branch_where_cash_bounds_the_debt() -> None:
    wanting = replace(TERMS, debt_share=1.0, dscr=1.5)
    found = drawn_up(wanting)
    for one in found.branches:
        free = [y for y in one.facts.years if y not in one.bounded]
        for year, ratio in zip(one.facts.years, one.dscr):
            assert ratio >= 1.5 - 1e-9 or year in one.bounded or year not in free


def test_a_nodes_statement_is_the_mean_of_the_branches_through_it() -> None:
    found, plan = drawn_up(), stored()
    root = found.nodes[plan.root().id]
    assert root.years == (2027, 2028)
    mean = found.mean.earnings["revenue"][:2]
    assert root.earnings["revenue"] == pytest.approx(mean)
    leaf = found.branches[0]
    last = found.nodes[leaf.facts.leaf]
    cut = [leaf.facts.years.index(year) for year in last.years]
    assert last.net_income == pytest.approx(leaf.statement.net_income[cut])


def test_shorter_lives_earn_less_early_and_the_same_in_the_end() -> None:
    short = drawn_up(replace(TERMS, lives={"accelerator": 3.0}))
    long = drawn_up(replace(TERMS, lives={"accelerator": 6.0}))
    for a, b in zip(short.branches, long.branches):
        early = [one.statement.net_income[:3].sum() for one in (a, b)]
        assert early[0] < early[1]
        assert a.owners_cash == pytest.approx(b.owners_cash)  # books move no cash


def test_expensing_defers_tax() -> None:
    slow, fast = drawn_up(), drawn_up(replace(TERMS, depreciation="expensing"))
    for a, b in zip(slow.branches, fast.branches):
        assert b.schedule.tax.paid[:3].sum() < a.schedule.tax.paid[:3].sum()
        assert b.statement.net_income[:3].sum() == pytest.approx(
            a.statement.net_income[:3].sum(), rel=0.05
        )  # deferred tax takes it back in the books


def test_interest_beyond_the_limit_is_carried_forward() -> None:
    tight = drawn_up(replace(TERMS, interest_limit=0.001, debt_share=0.8))
    carried = max(one.schedule.tax.carried.max() for one in tight.branches)
    assert carried > 0
    assert all(
        one.schedule.tax.paid.sum() >= two.schedule.tax.paid.sum() - 1e-6
        for one, two in zip(tight.branches, drawn_up(replace(TERMS, debt_share=0.8)).branches)
    )


def test_rent_is_a_lease_and_no_debt_of_the_lender() -> None:
    found = drawn_up()
    leases = [one.statement.balance.get("lease") for one in found.branches]
    assert all(lease is not None and lease.min() < 0 for lease in leases)
    for one in found.branches:
        assert one.statement.balance["right of use"] == pytest.approx(
            -one.statement.balance["lease"]
        )


def test_owners_are_paid_no_more_than_was_earned() -> None:
    kept = drawn_up(replace(TERMS, payout="earned"))
    for one in kept.branches:
        assert (one.statement.equity[:-1] >= one.schedule.contribution.cumsum()[:-1] - 1.0).all()
        assert one.statement.cash_balance.max() > 0


def test_negative_equity_is_a_sentence() -> None:
    greedy = replace(TERMS, debt_share=1.0, dscr=1.0, depreciation="expensing", tax=0.4)
    found = drawn_up(replace(greedy, lives={"accelerator": 1.0}))
    assert any("Negative equity" in note for note in found.notes)


def test_a_plan_that_did_not_finish_has_no_statements() -> None:
    plan = replace(stored(), status=PlanStatus("stopped", "asked to", 1.0))
    with pytest.raises(InputError, match="did not finish"):
        statements_of(plan, TERMS)


def test_an_older_file_is_refused_with_the_way_out() -> None:
    plan = stored()
    old = tuple(
        replace(node, orders=tuple(replace(order, kind="") for order in node.orders))
        for node in plan.tree
    )
    with pytest.raises(InputError, match="Solve the study again"):
        statements_of(replace(plan, tree=old), TERMS)


def test_idle_years_have_no_coverage() -> None:
    found = drawn_up(replace(TERMS, debt_share=0.0))
    assert all(np.isinf(one.dscr).all() for one in found.branches)


def test_a_shorter_life_earns_less_at_first_and_all_alike_in_the_end() -> None:
    lives = net_income_by_life(stored(), TERMS)
    assert list(lives) == [3.0, 4.0, 5.0, 6.0]
    early = [income[:3].sum() for income in lives.values()]
    assert early == sorted(early)
    whole = [income.sum() for income in lives.values()]
    assert whole == pytest.approx([whole[0]] * 4, rel=1e-6)


IDLE = """
study: idle
money: {year: 2026, discount: 5 %/a real}
horizon: {start: 2027-04, stages: [12 months], hours: {blocks: [8760 h]}}
technologies: {t: {capex: 90000 USD/kW, variable: 5 USD/MWh}}
sites: {here: {build: {t: t}}}
products: {power: {kind: electricity, site: here, demand: 1 MW, price: 1 USD/MWh}}
"""


def test_a_plan_that_does_nothing_has_statements_of_nothing() -> None:
    found = statements_of(stored(IDLE), TERMS)
    assert found.mean.years == (2027, 2028)
    assert not found.mean.net_income.any()
    assert found.branches[0].irr == ()
    assert found.branches[0].peak_funding == 0.0


def test_prices_of_broken_promises_are_told_as_such() -> None:
    plan = stored()
    fine = YearCash(2028, "short", -5e6, "", -5e6)
    root = replace(plan.tree[0], years=(*plan.tree[0].years, fine))
    found = statements_of(replace(plan, tree=(root, *plan.tree[1:])), TERMS)
    assert any("promises broken" in note for note in found.notes)
    assert not any("promises" in note for note in drawn_up().notes)
