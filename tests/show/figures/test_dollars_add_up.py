"""The Sankey in dollars of solved plans: what enters is what leaves, to the cent, and all of it is
the plan's own cash, which other records tell beside it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest
from tests.builders.statement_plans import LEDGERED, stored

from headrace.core.plan_file import PlanFile
from headrace.show.figures import flow_balance, sankey

CENT = 0.01
PLANS = {
    "as it stands": LEDGERED,
    "lines of the plan": LEDGERED + "limits: {cash: {opening: 50 MUSD, lines: {"
    "bank: {limit: 200 MUSD, cost: 10 %/a real}}}}\n",
}


@pytest.fixture(params=PLANS.values(), ids=PLANS.keys())
def plan(request: pytest.FixtureRequest) -> PlanFile:
    return stored(request.param)


def ribbons(plan: PlanFile, node: int) -> list[tuple[str, str, float]]:
    """From, to and dollars of the money view of a node, as its table tells them."""
    (chart,) = (c for c in sankey.charts(plan, node) if c.key == "money")
    return [(str(row[0]), str(row[1]), float(row[3])) for row in chart.table.rows]


def test_what_enters_the_enterprise_leaves_it(plan: PlanFile) -> None:
    for node in plan.tree:
        into, out = defaultdict(float), defaultdict(float)
        for source, target, usd in ribbons(plan, node.id):
            assert usd > 0
            out[source] += usd
            into[target] += usd
        for vertex in into.keys() & out.keys():
            assert into[vertex] == pytest.approx(out[vertex], abs=CENT)
        assert len(into.keys() & out.keys()) == 1


def test_it_ends_in_what_the_plan_is_worth(plan: PlanFile) -> None:
    """Gains less losses of all nodes are the objective, which the certificate recomputed."""
    worth = 0.0
    for node in plan.tree:
        for source, target, usd in ribbons(plan, node.id):
            name = f"{source} {target}".lower()
            worth += usd * ("net present value" in name) - usd * ("owners' loss" in name)
    assert worth == pytest.approx(plan.objective_usd, abs=CENT * len(plan.tree))


def test_every_dollar_is_one_of_the_years(plan: PlanFile) -> None:
    """Revenue, terminal value and each running cost are the discounted years of the node."""
    words = {"fuel": "fuel", "peak": "demand charges", "terminal": "terminal value",
             "variable": "energy bought and other running cost", "revenue": "chat"}  # fmt: skip
    for node in plan.tree:
        years: dict[str, float] = defaultdict(float)
        for line in node.years:
            assert line.discounted is not None
            years[line.kind] += line.discounted
        told = ribbons(plan, node.id)
        for kind, name in words.items():
            shown = sum(usd for ends in told for usd in ends[2:]
                        if name in [end.lower() for end in ends[:2]])  # fmt: skip
            assert shown == pytest.approx(abs(years[kind]), abs=CENT), (node.id, kind)


def test_a_dollar_that_went_astray_shows() -> None:
    """One ribbon a dollar wider, or gone, or the other way: the vertex no longer balances."""
    one = stored()
    flows = [f for f in one.flows if f.node == 0 and f.unit == "USD"]
    assert flow_balance.native_imbalance(flows) < 1e-12
    for at, flow in enumerate(flows):
        others = flows[:at] + flows[at + 1 :]
        wider = replace(flow, quantity=flow.quantity + 1.0)
        back = replace(flow, source=flow.target, target=flow.source,
                       source_id=flow.target_id, target_id=flow.source_id)  # fmt: skip
        for broken in ([*others, wider], others, [*others, back]):
            assert flow_balance.native_imbalance(broken) > 1e-11
