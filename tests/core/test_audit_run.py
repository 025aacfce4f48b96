"""The audit of a stored run, on books small enough for a sum on paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core import run_folder
from headrace.core.audit_run import TOLERANCE, audit_plan, demand_closed, recheck
from headrace.core.errors import InputError, LawBroken
from headrace.core.hourly_store import FlowSeries, NodeHours, write_hourly
from headrace.core.plan_file import (
    Cash,
    FlowRecord,
    NodeRecord,
    OrderRecord,
    PlanFile,
    PlanStatus,
    RiskRecord,
    write_plan,
)


def node(number: int, parent: int | None, probability: float, *usd: float) -> NodeRecord:
    cash = tuple(Cash(f"item {i}", amount) for i, amount in enumerate(usd))
    return NodeRecord(number, parent, probability, "2027-01", 12, cash=cash)


def flow(source: str, target: str, quantity: float) -> FlowRecord:
    return FlowRecord(0, source, target, "electricity", quantity, "MWh")


PLAN = PlanFile(
    study="books",
    status=PlanStatus("finished"),
    objective_usd=130.0,
    lower_bound_usd=130.0,
    upper_bound_usd=131.0,
    nodes=3,
    hours_per_node=2,
    solve_seconds=1.0,
    tree=(node(0, None, 1.0, -100.0, 30.0), node(1, 0, 0.6, 120.0), node(2, 0, 0.4, 80.0)),
    flows=(flow("sun", "site", 7.0), flow("grid", "site", 3.0), flow("site", "hall", 10.0)),
)
"""-100 + 30 + 120 + 80 = 130 USD; 7 + 3 MWh into the site, 10 out.

The branches earn -70 + 120 / 0.6 = 130 and -70 + 80 / 0.4 = 130 USD.
"""


def residual(plan: PlanFile, kind: str) -> float:
    (found,) = [closing for closing in audit_plan(plan) if closing.kind == kind]
    return found.residual


def test_books_that_close_close():
    assert {c.kind for c in audit_plan(PLAN)} == {"chain", "money", "risk", "whole units", "bounds"}
    assert all(c.good for c in audit_plan(PLAN))


def test_a_link_that_is_missing_shows():
    """Without the grid's 3 MWh: |7 - 10| / 10."""
    assert residual(replace(PLAN, flows=PLAN.flows[::2]), "chain") == pytest.approx(0.3)


def test_what_only_enters_or_only_leaves_is_a_source_or_an_end():
    assert residual(replace(PLAN, flows=PLAN.flows[:1]), "chain") == 0.0


@given(st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-3), st.integers(0, 2))
def test_any_dollar_too_many_shows(extra, place):
    """|extra| over the largest line, 120 USD or the extra itself."""
    spoilt = [replace(n, cash=(*n.cash, Cash("x", extra))) for n in PLAN.tree[place : place + 1]]
    tree = (*PLAN.tree[:place], *spoilt, *PLAN.tree[place + 1 :])
    expected = abs(extra) / max(120.0, abs(extra))
    assert residual(replace(PLAN, tree=tree), "money") == pytest.approx(expected, rel=1e-6)


RISK = replace(
    PLAN,
    tree=(node(0, None, 1.0, -100.0), node(1, 0, 0.6, 120.0), node(2, 0, 0.4, 20.0)),
    risk=RiskRecord(alpha=0.5, omega=0.5, expected_usd=40.0, cvar_usd=-30.0, worst_usd=-50.0),
    objective_usd=5.0,
)
"""Branches earn -100 + 120 / 0.6 = 100 and -100 + 20 / 0.4 = -50 USD; mean 60 - 20 = 40.

The worst half: 0.4 of it at -50, 0.1 at 100: (-20 + 10) / 0.5 = -20 USD of CVaR; 0.5 x 40 - 0.5 x
20 = 10 USD. What RISK says is wrong by 10 USD in the CVaR and by 5 in the mixture.
"""


def test_risk_is_recomputed_from_the_cash_of_the_branches():
    right = replace(RISK, risk=replace(RISK.risk, cvar_usd=-20.0), objective_usd=10.0)
    assert residual(right, "risk") < 1e-12
    assert residual(right, "money") < 1e-12  # against the mean, not the mixture
    assert residual(RISK, "risk") == pytest.approx(10.0 / 120.0)
    wrong = replace(right, risk=replace(right.risk, worst_usd=-44.0))
    (found,) = [closing for closing in audit_plan(wrong) if closing.kind == "risk"]
    assert (found.where, found.residual) == ("worst branch", pytest.approx(6.0 / 120.0))


def test_a_branch_that_cannot_come_earns_nothing():
    tree = (*PLAN.tree, node(3, 0, 0.0))
    assert all(closing.good for closing in audit_plan(replace(PLAN, tree=tree, risk=None)))
    told = RiskRecord(alpha=0.5, omega=0.0, expected_usd=130.0, cvar_usd=130.0, worst_usd=-70.0)
    assert residual(replace(PLAN, tree=tree, risk=told), "risk") < 1.0


def test_a_whole_order_is_whole():
    """25 MW in units of 10 are 2.5 units: half a unit too many."""
    order = OrderRecord("here", "plant", 25.0, "MW", "2027-01", "2028-01", unit_size=10.0)
    tree = (replace(PLAN.tree[0], orders=(order,)), *PLAN.tree[1:])
    assert residual(replace(PLAN, tree=tree), "whole units") == pytest.approx(0.5)


def test_a_plan_worth_more_than_its_bound_shows():
    """130 USD where no plan is worth more than 104: 26 / 130."""
    assert residual(replace(PLAN, upper_bound_usd=104.0), "bounds") == pytest.approx(0.2)
    assert residual(replace(PLAN, upper_bound_usd=None), "bounds") == 0.0


def test_where_there_is_no_plan_there_is_nothing_to_close():
    none = replace(
        PLAN,
        status=PlanStatus("infeasible", holds="no plan"),
        objective_usd=None,
        lower_bound_usd=None,
        upper_bound_usd=None,
        tree=PLAN.tree[:1],
    )
    assert all(closing.good for closing in audit_plan(none))


def stored(root, into: float, out: float) -> run_folder.RunFolder:
    """A run of one node and two hours: `into` and `out` of the site's bus in the second hour."""
    folder = run_folder.create(root, "study: books\n")
    write_plan(folder, PLAN)
    series = tuple(
        FlowSeries("here", "electricity", item, "MW", np.array([sign * 5.0, sign * mw]))
        for item, sign, mw in (("sun", 1, into), ("hall", -1, out))
    )
    write_hourly(folder, NodeHours(0, np.ones(2), series))
    return folder


def test_every_hour_of_a_bus_closes_or_is_named(tmp_path):
    """8 MW in, 6 MW out: 2 of 8 MW are lost in hour 1."""
    demand_closed(stored(tmp_path / "good", 8.0, 8.0))
    bad = stored(tmp_path / "bad", 8.0, 6.0)
    (hours,) = [closing for closing in recheck(bad) if closing.kind == "hourly electricity"]
    assert hours.residual == pytest.approx(0.25)
    assert hours.where == "node 0, electricity here, hour 1"
    with pytest.raises(LawBroken, match=r"hourly electricity does not close: 2\.50e-01"):
        demand_closed(bad)


def test_a_residual_at_the_tolerance_is_good_and_just_above_is_not(tmp_path):
    assert all(c.good for c in recheck(stored(tmp_path / "a", 8.0, 8.0 * (1 - 0.9 * TOLERANCE))))
    assert not all(c.good for c in recheck(stored(tmp_path / "b", 8.0, 8.0 * (1 - 2 * TOLERANCE))))


def test_a_plan_that_cannot_be_read_is_bad_input(tmp_path):
    folder = stored(tmp_path / "run", 8.0, 8.0)
    folder.write(run_folder.PLAN, "{")
    with pytest.raises(InputError, match="is not JSON"):
        recheck(folder)
