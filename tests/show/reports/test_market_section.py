"""The section Market: only where something is sold, and with every figure in its table."""

from __future__ import annotations

from dataclasses import replace

from headrace.core.plan_file import (
    BelievedPath,
    Cohort,
    CurvePoint,
    HistoryPoint,
    HistoryRecord,
    NodeRecord,
    OfferRecord,
    PlanFile,
    PlanStatus,
    RevenueBridge,
    SoldRecord,
)
from headrace.show.figures import market
from headrace.show.reports import market_section, plan_page

CURVE = tuple(
    CurvePoint(x, 30 - 10 * x, 1e6 * x * (3 - x), 1e6 * x * (3 - x) * 0.99)
    for x in (0, 0.5, 1, 1.5)
)
OFFER = OfferRecord(
    "chat", "plus", "tier", "Plus <20>", 1e6, "user", 20.0, "USD/user-month", 2e6, 1.25, 5e4, CURVE,
    (0.2, 0.1),
)  # fmt: skip
BRIDGE = RevenueBridge(100.0, 30.0, 10.0, 5.0, 2.0, 117.0)
SOLD = SoldRecord(
    "chat", "plus", 0.8, 8e5, 21.0, 1.6e6, 1e3, 0.031, BRIDGE,
    (Cohort("before", 6e5), Cohort("year 1", 4e5)),
)  # fmt: skip
TREE = (
    NodeRecord(0, None, 1.0, "2027-01", 12.0, sold=(SOLD,)),
    NodeRecord(1, 0, 0.6, "2028-01", 12.0, "high", sold=(replace(SOLD, level=1.2),)),
    NodeRecord(2, 0, 0.4, "2028-01", 12.0, "low", sold=(replace(SOLD, level=0.3),)),
)
PLAN = PlanFile("sold", PlanStatus("finished"), 1.0, 3, 2, 1.0, tree=TREE, offers=(OFFER,))


def test_it_tells_who_takes_what_at_which_price() -> None:
    told = str(market_section.section_of(PLAN))
    for words in ("Plus &lt;20&gt;", "21 USD/user-month", "3.1 %", "2 M USD", "Monthly recurring"):
        assert words in told, words
    assert "2 customers are 30 %" in told
    assert told.count("<svg") == 4


def test_a_plan_without_offers_has_no_market() -> None:
    plain = replace(PLAN, offers=())
    assert market_section.section_of(plain) == ""
    assert 'href="#market"' not in str(plan_page.navigation(plain))
    assert 'href="#market"' in str(plan_page.navigation(PLAN))


def test_an_offer_that_nobody_takes_is_said() -> None:
    tree = tuple(replace(node, sold=(replace(SOLD, level=0.0),)) for node in TREE)
    told = str(market_section.section_of(replace(PLAN, tree=tree)))
    assert "is not sold in any stage of this branch" in told


def test_the_bridge_of_a_stage_adds_up() -> None:
    found = market.bridge_chart(PLAN)
    assert found is not None
    for _, start, *moves, end in found.table.rows:
        assert start + sum(moves) == end


def test_the_likeliest_branch_is_shown() -> None:
    assert [node.id for node in market.stages(PLAN)] == [0, 1]
    curve = market.revenue_chart(PLAN, OFFER)
    assert curve is not None
    dots = next(t for t in curve.figure["data"] if "stages" in t["name"])
    assert dots["x"] == [0.8, 1.2]


def test_what_was_seen_stands_beside_what_is_believed() -> None:
    points = tuple(
        HistoryPoint(f"2025-0{k}-01", 100.0 * k, 110.0 * k if k > 3 else None) for k in range(1, 6)
    )
    paths = (BelievedPath("slow", 0.6, ("2025-05-01", "2026-05-01"), (500.0, 550.0)),)
    seen = HistoryRecord(
        "users", "weekly_users", "M", "weekly users", points, paths, (400.0,), (700.0,)
    )
    told = str(market_section.section_of(replace(PLAN, histories=(seen,))))
    assert "Seen and believed: weekly users" in told
    assert "missed by a factor of 1.10 in the mean" in told
    assert "slow (60 %)" in told


def test_what_creators_are_paid_and_what_presses_users_has_a_table() -> None:
    assert "Paid to creators" not in str(market_section.section_of(PLAN))
    paid = replace(SOLD, gross_usd=2.5e6, creators_usd=1e6, pressure=1.25)
    tree = tuple(replace(node, sold=(paid,)) for node in TREE)
    told = replace(PLAN, tree=tree)
    assert market_section.creator_table(told).rows[0][2:] == ("40 %", "1 M USD")
    assert market_section.pressure_table(told).rows[0][2:] == ("1.25", "not told", "-")
    assert market_section.as_table(told).rows[0][6] == "2.5 M USD"
    trusting = tuple(
        replace(node, sold=(replace(paid, trust=0.9, distrusting=3.0),)) for node in TREE
    )
    rows = market_section.pressure_table(replace(PLAN, tree=trusting)).rows
    assert rows[0][2:] == ("1.25", "90 %", "3")
