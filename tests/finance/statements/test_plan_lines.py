"""Lines that a plan draws under `limits.cash` are cash of its statements, by hand and by the
checker.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.builders.statement_plans import LEDGERED, stored

from headrace.core.errors import InputError
from headrace.core.json_records import encode
from headrace.core.plan_file import PlanFile
from headrace.core.quantities import read_month
from headrace.finance.statements import PlanStatements, statements_of
from headrace.finance.statements.facts import facts_of
from headrace.finance.statements.ledgers import owners_rows
from headrace.finance.statements.plan_lines import lines_on_branch
from headrace.finance.statements.statements import OPERATING, BranchStatement, added_up
from headrace.finance.statements.terms import terms_of
from headrace.finance.statements.to_json import as_json, branch_json
from headrace.verification.money.statement_checker import faults

TERMS = terms_of()
PLAIN = replace(
    TERMS, tax=0.0, inflation=0.0, debt_share=0.0, receivable=0.0, payable=0.0, credits=False
)
BY_HAND = """
study: cash
money: {{year: 2026, discount: 5 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 12 months], hours: {{blocks: [8760 h]}}}}
technologies: {{plant: {{capex: 900 USD/kW, life: 10 years}}}}
sites: {{here: {{build: {{plant: plant}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}}}
limits: {{cash: {{opening: 5 MUSD, lines: {{it: {{limit: 20 MUSD, cost: 9 %/a real{more}}}}}}}}}
"""
"""10 MW for 9 MUSD, of which 5 are there; 8.76 MUSD a year."""
BRANCHING = """
limits: {cash: {opening: 50 MUSD, lines: {bank: {limit: 200 MUSD, cost: 10 %/a real,
    until: 2031-07}, own: {kind: equity, limit: 1000 MUSD, cost: 12 %/a real, until: 2032-07}}}}
"""


@cache
def branching() -> PlanFile:
    """Two branches from a July on; both lines are drawn, and closed before the end."""
    return stored(LEDGERED + BRANCHING)


@cache
def by_hand(more: str = "") -> PlanFile:
    return stored(BY_HAND.format(more=more))


def checked(found: PlanStatements, plan: PlanFile) -> list[str]:
    plain = json.loads(json.dumps(as_json(found, ledgers=True)))
    data = json.loads(json.dumps(encode(plan)))
    return [words for one in plain["branches"] for words in faults(one, plain["terms"], data)]


def posted(one: BranchStatement, ledger: str, account: str, about: str) -> list[float]:
    years = one.facts.years
    found = np.zeros(len(years))
    for line in one.postings:
        if (line.ledger, line.account, line.about) == (ledger, account, about):
            found[line.year - years[0]] += line.usd
    return found.tolist()


def test_a_loan_of_the_plan_is_drawn_asks_and_is_paid_back() -> None:
    """4 MUSD at 9 % for 2027, and 2028 needs nothing."""
    (one,) = statements_of(by_hand(), PLAIN).branches
    assert posted(one, "cash", "contract balances", "line it") == pytest.approx([4e6, -4e6])
    assert posted(one, "cash", "contracts", "line it") == pytest.approx([-0.36e6, 0.0])
    assert posted(one, "earnings", "contracts", "line it") == pytest.approx([-0.36e6, 0.0])
    assert posted(one, "position", "contract balances", "line it") == pytest.approx([-4e6, 4e6])
    # 9 are paid, 8.76 come in, 4 are drawn and 0.36 asked: owners, whose 5 are there, get the rest
    assert one.owners_cash[0] == pytest.approx(8.76e6 - 9e6 + 4e6 - 0.36e6)


def test_in_money_of_the_day_what_stands_grows_and_its_growth_is_interest() -> None:
    """At 10 % inflation from 2026 the 4 MUSD of 2027 are 4.4; 2028 charges their growth, 0.44, and
    pays back 4.84: its cash is 4 MUSD of the plan's money at an index of 1.21."""
    found = statements_of(by_hand(), replace(PLAIN, inflation=0.10))
    (one,) = found.branches
    (contract,) = one.facts.contracts
    assert contract.owed == pytest.approx([4.4e6, 0.0])
    assert contract.income == pytest.approx([-0.36e6 * 1.1, -0.44e6])
    assert contract.cash == pytest.approx([(4e6 - 0.36e6) * 1.1, -4e6 * 1.21])
    assert checked(found, by_hand()) == []


def test_equity_of_the_plan_is_what_owners_pay_in() -> None:
    """4 MUSD for the plant of 2027; nothing is asked for it, and at the end all goes to owners."""
    (one,) = statements_of(by_hand(", kind: equity"), PLAIN).branches
    assert posted(one, "cash", "paid in", "line it") == pytest.approx([4e6, 0.0])
    assert posted(one, "earnings", "paid in", "line it") == pytest.approx([4e6, 0.0])
    assert one.facts.equity_in == pytest.approx([4e6, 0.0])
    assert one.facts.equity_out == pytest.approx([0.0, 0.0])
    assert one.facts.contracts == ()
    # the 0.24 that the year itself lacks are of the 4; the rest goes back at the year's end
    assert one.schedule.distribution[0] == pytest.approx(4e6 - 0.24e6)
    assert {row.account for row in owners_rows(one.schedule, "cash") if row.usd} == {
        *("paid in", "paid out")
    }


@pytest.mark.parametrize("payout", ["all", "earned"])
def test_ledgers_agree_and_the_checker_finds_no_fault(payout: str) -> None:
    plan, terms = branching(), replace(TERMS, payout=payout)
    found = statements_of(plan, terms)
    assert plan.liquidity is not None
    assert all(line.peak_usd > 1e6 for line in plan.liquidity.lines)
    assert len(found.branches) == 2
    assert all(one.facts.equity_out.any() for one in found.branches)
    assert checked(found, plan) == []
    for one in found.branches:
        told, size = one.statement, max(abs(p.usd) for p in one.postings)
        assert told.flow(OPERATING) == pytest.approx(told.indirect, abs=1e-9 * size)
        owned = told.cash_balance + sum(told.balance.values())
        assert owned == pytest.approx(told.equity, abs=1e-9 * size)
        assert owned[-1] == pytest.approx(0.0, abs=1e-9 * size)


def cash_before_owners(one: BranchStatement) -> dict[int, float]:
    """At each year's end, with what the plan's own lines bring [USD]."""
    told, equity = one.statement, one.facts.equity_in - one.facts.equity_out
    names = tuple(name for name in told.cash if name not in ("paid in", "paid out", "resale"))
    return dict(zip(told.years, np.cumsum(told.flow(names) + equity).tolist()))


@pytest.mark.parametrize("text", ["debt", "equity", "tree"])
def test_cash_is_the_optimisers_on_every_branch(text: str) -> None:
    """Opening cash and all that statements post but resale, to 1e-9, at each operated year's end;
    what is owed is paid back after the last."""
    if text == "tree":
        plan = stored((LEDGERED + BRANCHING).replace("2027-07", "2027-01").replace("-07", "-01"))
    else:
        plan = by_hand("" if text == "debt" else ", kind: equity")
    assert plan.liquidity is not None
    seen = 0
    for one in statements_of(plan, PLAIN).branches:
        cash = cash_before_owners(one)
        size = max(abs(p.usd) for p in one.postings)
        for year in plan.liquidity.years:
            ends = read_month(year.until) // 12 - 1
            if year.node not in one.facts.path:
                continue
            paid_back = 0.0
            if ends == one.facts.years[-1]:
                kinds = {line.line: line.kind for line in plan.liquidity.lines}
                paid_back = sum(d.usd for d in year.drawn if kinds[d.line] == "debt")
            mine = plan.liquidity.opening_usd + cash[ends] + paid_back
            assert mine == pytest.approx(year.cash_usd, abs=1e-9 * size)
            seen += 1
    assert seen >= 2


def test_the_goals_price_of_a_line_is_no_cost() -> None:
    """4 % beyond the discount is what the goal pays; nobody is paid it."""
    (one,) = facts_of(by_hand(), PLAIN)
    kinds = {line.kind for node in by_hand().tree for line in node.years}
    assert "financing" in kinds
    assert "financing" not in one.cost


def test_a_loan_posted_wrong_in_all_ledgers_is_found() -> None:
    plan = by_hand()
    found = statements_of(plan, PLAIN)
    data = json.loads(json.dumps(encode(plan)))
    data["liquidity"]["lines"][0]["cost"] = 0.08
    plain = json.loads(json.dumps(as_json(found, ledgers=True)))
    (words,) = faults(plain["branches"][0], plain["terms"], data)
    assert "line it brings" in words


def test_every_event_of_a_line_that_is_wrong_in_all_ledgers_is_found() -> None:
    """A hundredth more of one event of one year: the ledgers still agree, the plan does not."""
    found, plan = statements_of(branching(), TERMS), branching()
    plain = json.loads(json.dumps(as_json(found, ledgers=True)))["terms"]
    data, seen = json.loads(json.dumps(encode(plan))), 0
    for branch in found.branches:
        events = {(p.event, p.about, p.year) for p in branch.postings if p.about[:4] == "line"}
        for event in sorted(events):
            lines = tuple(
                replace(p, usd=1.01 * p.usd) if (p.event, p.about, p.year) == event else p
                for p in branch.postings
            )
            summed = added_up(lines, branch.facts.years)
            wrong = branch_json(replace(branch, postings=lines, statement=summed), ledgers=True)
            words = f"{event[1]} brings"
            assert any(one.startswith(words) for one in faults(wrong, plain, data)), event
            seen += 1
    assert seen >= 10


def test_lines_beside_the_debt_of_the_terms_are_noted() -> None:
    notes = " ".join(statements_of(by_hand(), TERMS).notes)
    assert "of its own lines" in notes
    assert "of its own lines" not in " ".join(statements_of(stored(), TERMS).notes)


def test_a_file_without_the_cost_of_its_lines_is_refused() -> None:
    plan = by_hand()
    assert plan.liquidity is not None
    old = tuple(replace(line, cost=None) for line in plan.liquidity.lines)
    older = replace(plan, liquidity=replace(plan.liquidity, lines=old))
    with pytest.raises(InputError, match="older than drawn lines"):
        statements_of(older, PLAIN)
    without = replace(plan, liquidity=None)
    assert lines_on_branch(without, without.tree[:1], (2027, 2028)) == ()
