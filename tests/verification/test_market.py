"""Checks of the market: published values are met, and a wrong formula would be seen."""

from __future__ import annotations

import pytest

from headrace.verification import market
from headrace.verification.registry import registered, run


@pytest.mark.parametrize("check", registered("market"), ids=lambda check: check.id)
def test_published_values_are_met(check):
    rows = list(run(check))
    assert rows
    assert {row.status for row in rows} == {"pass"}, rows


def test_a_wrong_best_price_is_seen(monkeypatch):
    real = market.best_price

    def dearer(own):
        return real(own)._replace(price=real(own).price * 1.01)

    monkeypatch.setattr(market, "best_price", dearer)
    (check,) = registered("market.rivals.logit")
    assert "fail" in {row.status for row in run(check)}
