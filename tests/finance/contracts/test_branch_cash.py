"""Contracts on a branch by hand, and the laws they keep."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.builders.statement_plans import stored

from headrace.core.errors import InputError
from headrace.core.json_records import encode
from headrace.finance.branch_facts import BranchFacts
from headrace.finance.contracts.branch_cash import (
    flows_of,
    net_by_counterparty,
    with_contracts,
)
from headrace.finance.contracts.contract_flows import BranchDemand
from headrace.finance.contracts.contracts_file import read_contracts
from headrace.finance.contracts.kinds import ContractsFile
from headrace.finance.statements import statements_of
from headrace.finance.statements.facts import facts_of
from headrace.finance.statements.funding import financings
from headrace.finance.statements.terms import terms_of
from headrace.finance.statements.to_json import as_json
from headrace.verification.money.statement_checker import faults

TERMS = terms_of()


def signed(text: str) -> ContractsFile:
    import ruamel.yaml

    return ContractsFile.model_validate(
        {"contracts": ruamel.yaml.YAML(typ="safe", pure=True).load(text)}
    )


def branch() -> BranchFacts:
    return facts_of(stored(), TERMS)[0]


def of(text: str, ratio: list[float] | None = None):
    (one,) = signed(text).contracts.values()
    facts = branch()
    told = np.ones(len(facts.years)) if ratio is None else np.array(ratio)
    return flows_of("x", one, facts, BranchDemand(told))


def test_a_commitment_escalates_and_its_unused_part_is_sublet() -> None:
    text = (
        "c: {kind: commitment, yearly: 100 USD, from: 2028, to: 2030, escalator: 10 %/a, "
        "sublet: 50 %}"
    )
    found = of(text, [1, 1, 0.8, 1.5, 1, 1, 1])
    assert found.income == pytest.approx([0, -100, -110 + 0.5 * 22, -121, 0, 0, 0])
    assert not found.balance.any()


def test_a_prepayment_lies_there_until_it_comes_back() -> None:
    text = "p: {kind: prepayment, amount: 100 USD, year: 2027, from: 2028, years: 4, bonus: 8 %}"
    found = of(text)
    assert found.held == pytest.approx([100, 75, 50, 25, 0, 0, 0])
    assert found.cash == pytest.approx([-100, 27, 27, 27, 27, 0, 0])


def test_futures_move_cash_before_the_hours_do() -> None:
    """Sold at 2: rents of 3, 1, 1: -10 at once, then +20, 0; 20 % of 20 lies there meanwhile."""
    text = (
        "f: {kind: futures, hours: 10, price: 2 USD/accelerator-h, from: 2028, to: 2030, "
        "margin: 20 %}"
    )
    found = of(text, [1, 1.5, 0.5, 0.5, 1, 1, 1])
    assert found.income == pytest.approx([0, -10, 20, 0, 0, 0, 0])
    assert found.held == pytest.approx([0, 4, 4, 0, 0, 0, 0])
    assert found.cash == pytest.approx([0, -14, 20, 4, 0, 0, 0])


def test_a_basis_leaves_a_part_unhedged() -> None:
    text = (
        "f: {kind: futures, hours: 10, hedged: 50 %, basis: 60 %, price: 2 USD/accelerator-h, "
        "from: 2028, to: 2030, margin: 0 %}"
    )
    assert of(text, [1, 1.5, 1, 1, 1, 1, 1]).income[1] == pytest.approx(-10 * 0.5 * 0.6)


def test_a_guarantee_pays_the_shortfall_up_to_its_cap() -> None:
    facts = branch()
    mine = [p for p in facts.purchases if p.plant == "accelerator"]
    cost, sold = sum(p.spending.sum() for p in mine), sum(p.resale for p in mine)
    strike = sold / cost + 0.1
    text = "g: {{kind: residual_guarantee, plant: accelerator, strike: {:.6f}, cap: {} USD{}}}"
    whole = of(text.format(strike, 1e11, ""))
    assert whole.income[-1] == pytest.approx(0.1 * cost, rel=1e-3)
    assert of(text.format(strike, 5.0, "")).income[-1] == 5.0
    assert of(text.format(strike, 5.0, ", given: true")).income[-1] == -5.0
    assert of(text.format(sold / cost - 0.01, 5.0, "")).income[-1] == 0.0


def test_a_loan_is_paid_back() -> None:
    found = of("l: {kind: vendor_loan, plant: accelerator, share: 30 %, interest: 9 %/a, years: 4}")
    assert found.owed[-1] == 0.0
    assert found.owed.max() > 0
    # what comes in goes out again with interest: the present value at 9 % is nothing
    worth = sum(usd / 1.09**at for at, usd in enumerate(found.cash))
    assert worth == pytest.approx(0.0, abs=1e-6 * found.owed.max())


def test_whoever_pays_when_demand_is_high_fails_when_it_is_not() -> None:
    text = (
        "p: {kind: prepayment, amount: 100 USD, year: 2027, from: 2028, years: 4, "
        "defaults_below: 70 %}"
    )
    found = of(text, [1, 1, 0.5, 1, 1, 1, 1])
    assert found.cash == pytest.approx([-100, 25, 0, 0, 0, 0, 0])
    assert found.income[2] == pytest.approx(-75)
    assert not found.held[2:].any()


BOTH_WAYS = """
loan: {kind: vendor_loan, plant: accelerator, share: 30 %, interest: 9 %/a, years: 4,
  counterparty: maker}
cloud: {kind: commitment, yearly: 6 MUSD, from: 2028, to: 2031, sublet: 50 %, counterparty: cloud}
guarantee: {kind: residual_guarantee, plant: hall, strike: 95 %, cap: 90 MUSD, fee: 1 MUSD,
  counterparty: maker}
hedge: {kind: futures, hours: 1e7, price: 2.7 USD/accelerator-h, from: 2028, to: 2031, margin: 12 %}
"""


def test_statements_with_contracts_still_balance_and_the_checker_agrees() -> None:
    found = statements_of(stored(), TERMS, signed(BOTH_WAYS))
    told = as_json(found, ledgers=True)
    for one in told["branches"]:
        assert faults(one, told["terms"], encode(stored())) == []
    assert any(one.statement.earnings["contracts"].any() for one in found.branches)


def test_circular_deals_are_shown_net() -> None:
    (facts, *_) = with_contracts(facts_of(stored(), TERMS), signed(BOTH_WAYS))
    by_name = {one.counterparty: one for one in net_by_counterparty(facts)}
    assert by_name["maker"].circular
    assert not by_name["cloud"].circular
    assert by_name["maker"].net == pytest.approx(by_name["maker"].received - by_name["maker"].paid)


def test_financing_that_closes_stands_first() -> None:
    found = financings(stored(), TERMS, 1e18)
    assert all(one.closes for one in found)
    assert found[0].cost == 0.0
    none = financings(stored(), replace(TERMS, equity_return=0.12), 0.0)
    assert not none[0].closes or none[0].peak == 0.0


def test_what_does_not_fit_the_plan_is_told_at_once() -> None:
    text = """
a: {kind: vendor_loan, plant: wind, share: 30 %, interest: 9 %/a, years: 4}
b: {kind: commitment, yearly: 6 MUSD, from: 2028, to: 2099}
c: {kind: prepayment, amount: 1 USD, year: 2027, from: 2028, years: 30}
"""
    with pytest.raises(InputError) as raised:
        with_contracts(facts_of(stored(), TERMS), signed(text))
    assert len(raised.value.problems) == 3
    assert "no plant of the class `wind`" in str(raised.value)


def test_every_mistake_of_a_file_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "contracts.yaml"
    path.write_text(
        "contracts:\n"
        "  f: {kind: futures, hours: 10, price: 2 USD/accelerator-h, from: 2030, to: 2028}\n"
        "  p: {kind: prepayment, amount: 1 USD, year: 2029, from: 2028, years: 3}\n"
    )
    with pytest.raises(InputError) as raised:
        read_contracts(path)
    told = str(raised.value)
    assert "futures without margin" in told
    assert "before it is paid" in told
    assert len(raised.value.problems) == 3
    path.write_text("contracts:\n  x: {kind: payments, yearly: 5 MW, from: 2028, too: 2030}\n")
    with pytest.raises(InputError) as raised:
        read_contracts(path)
    assert "contracts.yaml:2" in str(raised.value)
    assert "Did you mean `to`?" in str(raised.value)
