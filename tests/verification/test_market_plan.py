"""The market's rows that need a plan hold, and would not hold of other worlds."""

from __future__ import annotations

import pytest

from headrace.verification import market_plan
from headrace.verification.registry import CheckOutcome


@pytest.mark.parametrize(
    "rows", [market_plan.two_hours, market_plan.coupling, market_plan.opposite]
)
def test_every_row_holds(rows) -> None:
    for row in rows():
        assert row.distance() <= 1e-6, row


def test_four_models_double_inside_the_published_interval() -> None:
    found = market_plan.doubling()
    assert isinstance(found, CheckOutcome)
    assert found.distance() == 0
    assert 104 < found.ours < 158


def test_two_prices_cannot_be_posted_at_once() -> None:
    """4 x 5 + 4 x 2 = 28 at 4, 8 x 2 + 8 x 2 = 32 at 8; both at once would earn more."""
    menu = "prices: [4 USD/MWh, 8 USD/MWh]"
    found = market_plan.earned(f"offers: {{use: {{{market_plan.LINE}, {menu}}}}}")
    assert found == pytest.approx(32.0, rel=1e-6)
