"""Every kind of contract on a branch of seven years, 2027 to 2033, by hand; and laws of rights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.statement_plans import stored

from headrace.core.errors import InputError
from headrace.core.json_records import encode
from headrace.core.plan_file import BeliefValue
from headrace.finance.branch_facts import BranchFacts, ContractFlows, Purchase
from headrace.finance.contracts.branch_cash import (
    demand_of,
    flows_of,
    net_by_counterparty,
    securing,
    warrant_worths,
    with_contracts,
)
from headrace.finance.contracts.contract_flows import BranchDemand
from headrace.finance.contracts.contracts_file import faults as file_faults
from headrace.finance.contracts.kinds import KINDS, ContractsFile
from headrace.finance.statements import statements_of
from headrace.finance.statements.facts import facts_of
from headrace.finance.statements.terms import terms_of
from headrace.finance.statements.to_json import as_json
from headrace.verification.money.statement_checker import faults

YEARS = tuple(range(2027, 2034))
NONE = np.zeros(7)
RATIOS = st.lists(st.floats(0.0, 3.0), min_size=7, max_size=7)


def chips(*spending: float, resale: float = 0.0) -> Purchase:
    """Accelerators that work from January 2028 to the horizon's end."""
    paid = np.array([*spending, *NONE[len(spending) :]])
    return Purchase("0.0", "chips", "accelerator", 12 * 2027, 12 * 2028, 12 * 2034, paid, resale,
                    NONE)  # fmt: skip


def branch(*bought: Purchase, sold: float = 100.0, leaf: int = 1, odds: float = 1.0) -> BranchFacts:
    revenue = {"chat": np.full(7, sold)}
    return BranchFacts(leaf, odds, (0, leaf), (leaf,) * 7, YEARS, np.ones(7), revenue, {}, NONE,
                       0.0, bought)  # fmt: skip


def signed(**contracts: dict[str, object]) -> ContractsFile:
    return ContractsFile.model_validate({"contracts": contracts})


def flows(
    told: dict[str, object], ratio: list[float] | None = None, facts: BranchFacts | None = None
) -> ContractFlows:
    (one,) = signed(x=told).contracts.values()
    demand = BranchDemand(np.ones(7) if ratio is None else np.array(ratio))
    return flows_of("x", one, facts or branch(), demand)


COMMITMENT = {"kind": "commitment", "yearly": "100 USD", "from": 2028, "to": 2032}


def test_one_leaves_a_commitment_once_for_its_fee() -> None:
    """May leave from 2030, does at 0.4 in 2031: 30 then, and nothing in 2031 and 2032."""
    told = COMMITMENT | {"exit_from": 2030, "exit_fee": "30 USD", "exit_below": "50 %"}
    found = flows(told, [1, 1, 0.4, 1, 0.4, 0.4, 1])
    assert found.income == pytest.approx([0, -100, -100, -100, -30, 0, 0])
    stays = flows(told, [1, 1, 0.4, 0.5, 1, 1, 1])
    assert stays.income == pytest.approx([0, -100, -100, -100, -100, -100, 0])


LEASE = {
    "kind": "capacity_lease", "yearly": "100 USD", "from": 2028, "to": 2032, "escalator": "10 %/a",
    "deposit": "50 USD", "defaults_below": "60 %",
}  # fmt: skip


def test_a_tenant_pays_until_it_fails_then_somebody_steps_in() -> None:
    """Fails in 2029: its deposit is kept, a year is vacant, then 70 % of 121 and 133.1, 146.41."""
    told = LEASE | {"let": True, "step_in": 0.7, "vacant": 1}
    found = flows(told, [1, 1, 0.5, 2, 2, 2, 2])
    assert found.income == pytest.approx([0, 100, 50, 84.7, 93.17, 102.487, 0])
    assert found.owed == pytest.approx([0, 50, 0, 0, 0, 0, 0])
    assert found.cash == pytest.approx([0, 150, 0, 84.7, 93.17, 102.487, 0])
    assert sum(found.cash) == pytest.approx(sum(found.income))


def test_a_tenant_that_does_not_fail_gets_its_deposit_back() -> None:
    found = flows(LEASE | {"let": True}, [1] * 7)
    assert found.income == pytest.approx([0, 100, 110, 121, 133.1, 146.41, 0])
    assert found.cash == pytest.approx([0, 150, 110, 121, 133.1, 96.41, 0])


def test_we_step_in_where_a_landlord_fails_and_our_deposit_is_gone() -> None:
    """Fails in 2029: 50 of deposit lost, 120 % of the rent from then on to keep the hall."""
    found = flows(LEASE | {"step_in": 1.2}, [1, 1, 0.5, 1, 1, 1, 1])
    assert found.income == pytest.approx([0, -100, -132 - 50, -145.2, -159.72, -175.692, 0])
    assert found.cash == pytest.approx([0, -150, -132, -145.2, -159.72, -175.692, 0])


ALLOCATION = {
    "kind": "allocation", "plant": "accelerator", "cap": "60 %", "short_above": 1.1, "premium": 0.5,
}  # fmt: skip


def test_what_is_held_back_is_bought_dearer_in_short_years() -> None:
    """1,000 ordered for 2027 and for 2028; 2028 is short: 400 of it cost half more."""
    found = flows(ALLOCATION, [1.0, 1.2, 1.3, 1, 1, 1, 1], branch(chips(1000.0, 1000.0)))
    assert found.income == pytest.approx([0, -200, 0, 0, 0, 0, 0])


def test_priority_is_what_a_prepayment_buys_while_its_money_lies_there() -> None:
    """Nine tenths of what is held back come all the same until the money is back, by 2029."""
    file = signed(
        cap=ALLOCATION,
        first={"kind": "prepayment", "amount": "100 USD", "year": 2027, "from": 2028, "years": 2,
               "secures": "cap", "priority": "90 %", "defaults_below": "70 %"},
    )  # fmt: skip
    facts = branch(chips(1000.0, 1000.0, 1000.0, 1000.0))
    one, ratio = file.contracts["cap"], np.array([1.2, 1.2, 1.2, 1.2, 1, 1, 1])
    assert securing(file, "cap") == (file.contracts["first"],)
    assert securing(file, "first") == ()
    found = flows_of("cap", one, facts, BranchDemand(ratio), securing(file, "cap"))
    assert found.income == pytest.approx([-20, -20, -20, -200, 0, 0, 0])
    failed = np.array([1.2, 0.5, 1.2, 1.2, 1, 1, 1])  # the foundry fails in 2028: no priority
    found = flows_of("cap", one, facts, BranchDemand(failed), securing(file, "cap"))
    assert found.income == pytest.approx([-20, 0, -200, -200, 0, 0, 0])


TAKE = {
    "kind": "take_or_pay", "hours": 120.0, "price": "2 USD/accelerator-h", "least": "50 %",
    "from": 2028, "to": 2030, "beside": "5 USD/accelerator-h",
}  # fmt: skip


def test_a_part_is_paid_for_whether_it_is_taken_or_not() -> None:
    """2028: 120 taken; 2029 wants 36, pays for 60; 2030 wants 180: 120 at 2 and 60 at 5."""
    found = flows(TAKE, [1, 1.0, 0.3, 1.5, 1, 1, 1])
    assert found.income == pytest.approx([0, -240, -120, -240 - 300, 0, 0, 0])


def test_by_month_a_full_month_does_not_make_up_for_an_empty_one() -> None:
    """120 hours a year in two months of 60; ten a month are contracted. By the month: 10 x 5 x 2
    paid idle, 2 x 10 x 2 taken, 2 x 50 x 5 beside. By the year: 240.
    """
    busy = [0.5, 0.5, *[0.0] * 10]
    by_month = flows(TAKE | {"period": "month", "months": busy})
    assert by_month.income[1] == pytest.approx(-(10 * 5 * 2 + 2 * 10 * 2 + 2 * 50 * 5))
    assert flows(TAKE | {"months": busy}).income[1] == pytest.approx(-240)


@given(RATIOS, st.floats(0.01, 1), st.lists(st.floats(0.01, 1), min_size=12, max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_bill_by_month_is_never_less_than_by_year(ratio, least, months) -> None:
    """For the same use: what is idle in one month is not taken off another's."""
    told = TAKE | {"least": least, "months": [m / sum(months) for m in months]}
    by_month = flows(told | {"period": "month"}, ratio).income
    by_year = flows(told, ratio).income
    assert (by_month <= by_year + 1e-9).all()


OPTION = {
    "kind": "option", "hours": 10.0, "price": "3 USD/accelerator-h", "right": "buy",
    "strike": "3.5 USD/accelerator-h", "premium": "7 USD", "year": 2027, "from": 2028, "to": 2030,
}  # fmt: skip


def test_an_option_costs_its_premium_and_is_used_where_it_pays() -> None:
    """Rents of 3, 6 and 1.5 in 2028 to 2030: bought at 3.5 in 2029; sold at 3.5 in the others."""
    ratio = [1, 1, 2, 0.5, 9, 9, 9]
    assert flows(OPTION, ratio).income == pytest.approx([-7, 0, 25, 0, 0, 0, 0])
    assert flows(OPTION | {"right": "sell"}, ratio).income == pytest.approx([-7, 5, 0, 20, 0, 0, 0])
    assert flows(OPTION | {"given": True}, ratio).income == pytest.approx([7, 0, -25, 0, 0, 0, 0])


RENTS = {
    "rent:cloud": np.array([3.0, 3, 6, 1.5, 9, 9, 9]),
    "rent": np.array([1.0, 1, 2, 0.5, 3, 3, 3]),
}
"""Of the day, 2027 to 2033: as prices of an hour, and as factors on what is written."""


@pytest.mark.parametrize("about", RENTS)
def test_hours_follow_the_rent_that_is_believed_on_the_branch(about: str) -> None:
    """Rents of 3, 6 and 1.5 in 2028 to 2030 whatever revenue does: the option buys in 2029, the
    future on 8 hours pays 8 x (3 - 6) and 8 x (6 - 1.5); beyond 120 hours one costs the rent; and
    a half that is unused is let at 40 % of 100, doubled, and halved.
    """
    facts = replace(branch(), rents={about: RENTS[about]})
    boom = [5.0] * 7
    told = OPTION | {"rental": "cloud"}
    assert flows(told, boom, facts).income == pytest.approx([-7, 0, 25, 0, 0, 0, 0])
    future = {"kind": "futures", "hours": 8.0, "price": "3 USD/accelerator-h", "margin": "0 %",
              "from": 2028, "to": 2030, "rental": "cloud"}  # fmt: skip
    assert flows(future, boom, facts).income == pytest.approx([0, 0, -24, 36, 0, 0, 0])
    beside = TAKE | {"from": 2028, "to": 2030, "beside": "3 USD/accelerator-h", "rental": "cloud"}
    found = flows(beside, [1, 2, 2, 2, 1, 1, 1], facts)
    assert found.income == pytest.approx([0, -600, -960, -420, 0, 0, 0])
    let = COMMITMENT | {"to": 2030, "sublet": "40 %", "escalator": "10 %/a", "rental": "cloud"}
    found = flows(let, [0.5] * 7, facts)
    assert found.income == pytest.approx([0, 20 - 100, 40 - 110, 10 - 121, 0, 0, 0])


def test_what_a_plan_believes_of_rents_is_read_in_money_of_the_day() -> None:
    """3 USD/accelerator-h and a factor of 2 from the second node on, at 3 % a year."""
    plan, terms = stored(), replace(terms_of(), inflation=0.03)
    told = {"rent:cloud": BeliefValue(3.0, "USD/accelerator-h")}
    tree = tuple(
        replace(node, beliefs=told | ({"rent": BeliefValue(2.0, "1")} if node.id else {}))
        for node in plan.tree
    )
    for facts in facts_of(replace(plan, tree=tree), terms):
        since = np.array(facts.years) - facts.years[0]
        assert facts.rents["rent:cloud"] == pytest.approx(3 * facts.index)
        later = np.where(np.array(facts.node_of_year) == 0, 1.0, 2.0)
        assert {1.0, 2.0} == set(later)
        assert facts.rents["rent"] == pytest.approx(later * 1.03**since)


def test_a_rent_that_nobody_believes_anything_of_is_named() -> None:
    facts = replace(branch(), rents={"rent:cloud": np.array([np.nan, *[2.0] * 6])})
    for rental in ("clod", "cloud"):
        file = signed(call=OPTION | {"rental": rental})
        with pytest.raises(InputError, match=f"nothing of the rent of `{rental}` in every year"):
            with_contracts((facts,), file)


def test_an_option_of_somebody_who_failed_is_paper() -> None:
    """He fails in 2028; in 2029 the right would have paid 25."""
    found = flows(OPTION | {"defaults_below": "50 %"}, [1, 0.4, 2, 1, 1, 1, 1])
    assert found.income == pytest.approx([-7, 0, 0, 0, 0, 0, 0])


@given(RATIOS, st.floats(0.1, 9), st.floats(-2, 2))
@settings(max_examples=60, deadline=None)
def test_rights_are_worth_something_and_keep_parity(ratio, strike, elasticity) -> None:
    """No year of a right is below 0; to buy less to sell is the hours at rent less strike."""
    told = OPTION | {"premium": "0 USD", "elasticity": elasticity,
                     "strike": f"{strike} USD/accelerator-h"}  # fmt: skip
    buy, sell = flows(told, ratio).income, flows(told | {"right": "sell"}, ratio).income
    assert (buy >= 0).all()
    assert (sell >= 0).all()
    rent = 3 * np.maximum(np.array(ratio), 1e-6) ** elasticity
    term = np.array([0, 1, 1, 1, 0, 0, 0])
    assert buy - sell == pytest.approx(term * 10 * (rent - strike), rel=1e-9, abs=1e-9)


GUARANTEE = {
    "kind": "residual_guarantee", "plant": "accelerator", "strike": "80 %", "cap": "900 USD",
    "fee": "2 USD",
}  # fmt: skip


def test_a_guarantee_is_due_when_the_tenant_leaves_and_then_ends() -> None:
    """Cost 1,200 in 2027, worth 0 at the end of six years of work. The tenant leaves in 2029, after
    two of them: 960 less 800 is due, and no fee later.
    """
    facts = branch(chips(1200.0))
    told = GUARANTEE | {"tenant_below": "60 %"}
    found = flows(told, [1, 1, 0.5, 1, 1, 1, 1], facts)
    assert found.income == pytest.approx([0, -2, -2 + 160, 0, 0, 0, 0])
    stays = flows(told, [1] * 7, facts)
    assert stays.income == pytest.approx([0, -2, -2, -2, -2, -2, -2 + 900])  # 960, the cap is 900


def test_resale_above_cost_owes_nothing() -> None:
    facts = branch(chips(1200.0, resale=5000.0))
    assert flows(GUARANTEE | {"tenant_below": "60 %"}, [1, 1, 0.5, 1, 1, 1, 1], facts).income[
        2
    ] == pytest.approx(-2)


WARRANTS = {
    "kind": "warrants", "shares": 10.0, "strike": "1 USD", "today": "100 USD", "year": 2029,
    "rate": "0 %/a", "counterparty": "maker",
}  # fmt: skip


def test_warrants_pay_where_they_vest() -> None:
    told = WARRANTS | {"vests_above": 1.2}
    assert flows(told, [1, 1, 1.5, 1, 1, 1, 1]).income == pytest.approx(
        [0, 0, 10 * 149.0, 0, 0, 0, 0]
    )
    assert not flows(told, [1, 1, 1.1, 1, 1, 1, 1]).income.any()
    given_ = flows(told | {"given": True}, [1, 1, 1.5, 1, 1, 1, 1])
    assert given_.income[2] == pytest.approx(-1490)


def two(high: float = 200.0, low: float = 50.0) -> tuple[BranchFacts, BranchFacts]:
    """Two branches, believed at 80 % and 20 %."""
    return (
        branch(sold=high, leaf=1, odds=0.8),
        branch(sold=low, leaf=2, odds=0.2),
    )


def test_a_warrant_is_priced_by_odds_that_reprice_the_share() -> None:
    """Mean revenue 170: ratios 20/17 and 5/17, squared: share prices 138.41 and 8.65. Odds q of the
    higher with 138.41 q + 8.65 (1 - q) = 100: q = .70406. A right at 1 that vests above: 10 q
    137.41; believed .8.
    """
    told = WARRANTS | {"elasticity": 2.0, "vests_above": 1.0}
    (worth,) = warrant_worths(two(), signed(w=told))
    high, low = 100 * (20 / 17) ** 2, 100 * (5 / 17) ** 2
    q = (100 - low) / (high - low)
    assert worth.priced == pytest.approx(10 * q * (high - 1), rel=1e-9)
    assert worth.believed == pytest.approx(10 * 0.8 * (high - 1), rel=1e-9)
    (written,) = warrant_worths(two(), signed(w=told | {"given": True}))
    assert written.priced == pytest.approx(-worth.priced)


def test_a_share_that_no_odds_reprice_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="w: branch prices"):
        warrant_worths(two(100.0, 100.0), signed(w=WARRANTS))


def test_demand_is_revenue_over_the_mean_of_all_branches() -> None:
    high, low = demand_of(two())
    assert high.ratio == pytest.approx([20 / 17] * 7)
    assert low.ratio == pytest.approx([5 / 17] * 7)


def net(**contracts: dict[str, object]):
    file = signed(**contracts)
    (facts,) = with_contracts((branch(chips(1000.0)),), file)
    (told,) = net_by_counterparty(facts)
    return told


LOAN = {
    "kind": "vendor_loan", "plant": "accelerator", "share": "30 %", "interest": "0 %/a", "years": 3,
    "counterparty": "maker",
}  # fmt: skip


def test_a_maker_that_lends_on_what_it_sells_is_circular_and_net() -> None:
    """It lends 300 of 1,000 and gets 1,000 and 300 back: net it is paid 1,000."""
    told = net(loan=LOAN | {"interest": "1e-9 %/a"})
    assert told.circular
    assert told.received == pytest.approx(300)
    assert told.bought == pytest.approx(1000)
    assert told.paid == pytest.approx(1300)
    assert told.net == pytest.approx(-1000)


def test_money_that_comes_back_is_not_circular() -> None:
    """A prepayment goes and comes; nobody finances what he sells."""
    told = net(p={"kind": "prepayment", "amount": "100 USD", "year": 2027, "from": 2028, "years": 2,
                  "counterparty": "foundry"})  # fmt: skip
    assert not told.circular
    assert told.net == pytest.approx(0.0)


def test_a_cloud_that_guarantees_and_is_paid_is_circular() -> None:
    told = net(g=GUARANTEE | {"counterparty": "cloud"}, c=COMMITMENT | {"counterparty": "cloud"})
    assert told.circular
    assert not net(c=COMMITMENT | {"counterparty": "cloud"}).circular
    assert not net(g=GUARANTEE | {"counterparty": "insurer"}).circular


EVERY = """
guarantee: {kind: residual_guarantee, plant: hall, strike: 95 %, cap: 90 MUSD, fee: 1 MUSD}
loan: {kind: vendor_loan, plant: accelerator, share: 30 %, interest: 9 %/a, years: 4}
cloud: {kind: commitment, yearly: 6 MUSD, from: 2028, to: 2031, exit_from: 2029, exit_below: 95 %}
let: {kind: capacity_lease, yearly: 9 MUSD, from: 2028, to: 2031, deposit: 3 MUSD, let: true,
  step_in: 0.7, vacant: 1, defaults_below: 95 %}
hall: {kind: capacity_lease, yearly: 2 MUSD, from: 2028, to: 2031, deposit: 1 MUSD}
first: {kind: prepayment, amount: 5 MUSD, year: 2027, from: 2028, years: 3, secures: cap}
cap: {kind: allocation, plant: accelerator, cap: 60 %, short_above: 0.9, premium: 0.4}
hours: {kind: take_or_pay, hours: 1e6, price: 2 USD/accelerator-h, least: 80 %, from: 2028,
  to: 2031, period: month}
hedge: {kind: futures, hours: 1e6, price: 2.7 USD/accelerator-h, from: 2028, to: 2031, margin: 12 %}
call: {kind: option, right: buy, hours: 1e6, price: 2.7 USD/accelerator-h, strike: 2.7
  USD/accelerator-h, premium: 1 MUSD, year: 2027, from: 2028, to: 2031}
warrants: {kind: warrants, shares: 1e5, strike: 1 USD, today: 100 USD, year: 2030}
lump: {kind: payments, yearly: -1 MUSD, from: 2028, to: 2030}
"""


def every() -> ContractsFile:
    import ruamel.yaml

    return ContractsFile.model_validate(
        {"contracts": ruamel.yaml.YAML(typ="safe", pure=True).load(EVERY)}
    )


def test_every_kind_goes_through_three_ledgers_and_the_checker_agrees() -> None:
    file = every()
    assert {one.kind for one in file.contracts.values()} == set(KINDS)
    assert list(file_faults(file)) == []
    found = statements_of(stored(), terms_of(), file)
    told = as_json(found, ledgers=True)
    for one in told["branches"]:
        assert faults(one, told["terms"], encode(stored())) == []
    for name in KINDS:
        here = [
            each
            for one in found.branches
            for each in one.facts.contracts
            if each.kind == name and each.cash.any()
        ]
        assert here, name


def test_what_lies_with_others_is_back_or_lost_by_the_end() -> None:
    """Cash of each contract is its income in the end: no balance outlives the horizon."""
    for facts in with_contracts(facts_of(stored(), terms_of()), every()):
        for one in facts.contracts:
            assert one.balance[-1] == pytest.approx(0.0, abs=1e-6)
            assert one.cash.sum() == pytest.approx(one.income.sum(), abs=1e-6)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (COMMITMENT | {"exit_fee": "5 USD"}, "no year in which one may"),
        (COMMITMENT | {"exit_from": 2040}, "outside 2028 to 2032"),
        (OPTION | {"year": 2029}, "after the right begins in 2028"),
        (TAKE | {"months": [0.5, 0.5]}, "2 shares that add up to 1"),
        (TAKE | {"months": [0.1] * 12}, "12 shares that add up to 1.2"),
        (LEASE | {"to": 2020}, "ends in 2020, before 2028"),
        ({"kind": "prepayment", "amount": "1 USD", "year": 2027, "from": 2028, "years": 2,
          "secures": "nobody"}, "`nobody` is no allocation of this file"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said(told: dict[str, object], words: str) -> None:
    ((_, (found, expected)),) = file_faults(signed(x=told))
    assert words in found
    assert expected


@pytest.mark.parametrize(
    "told", [OPTION | {"year": 2020}, WARRANTS | {"year": 2040}, LEASE | {"to": 2040}]
)
def test_beyond_the_horizon_nothing_is_known(told: dict[str, object]) -> None:
    with pytest.raises(InputError, match="beyond it nothing is known"):
        with_contracts((branch(),), signed(x=told))


def test_a_plant_that_is_not_there_cannot_be_held_back() -> None:
    with pytest.raises(InputError, match="no plant of the class"):
        with_contracts((replace(branch(), purchases=()),), signed(x=ALLOCATION))
