"""The quick rows pass, and a wrong figure would not."""

from __future__ import annotations

import pytest

from headrace.verification import registry
from headrace.verification.money.engine_problems import monopolist

QUICK = (
    *("textbook", "dated", "two_rates", "sculpted_debt", "exchange", "games", "regret_table"),
    *("focus_identity", "rent_or_buy", "newsboy_information", "take_or_pay"),
)


@pytest.mark.parametrize("name", QUICK)
def test_the_row_passes(name: str) -> None:
    by_function = {c.run.__name__: c for c in registry.registered("finance")}
    rows = list(registry.run(by_function[name]))
    assert rows
    assert [row.id for row in rows if row.status != "pass"] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["chain_of_suppliers", "when_to_invest", "american_put", "tails"])
def test_the_slow_row_passes(name: str) -> None:
    by_function = {c.run.__name__: c for c in registry.registered("finance")}
    assert {row.status for row in registry.run(by_function[name])} == {"pass"}


def test_a_monopolist_buys_where_marginal_revenue_is_the_price() -> None:
    from headrace.plan.solve.solve import solve

    assert solve(monopolist(6.0, 10.0, 50, 5.0)).solution.master[0] == pytest.approx(2.0)
