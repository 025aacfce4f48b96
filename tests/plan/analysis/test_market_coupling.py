"""Plan, tariff and demand in turn: algebra where both are linear, honest where they are not."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.studies import study

from headrace.core.errors import InputError
from headrace.market.menus import quadratic_types
from headrace.plan.analysis.market_coupling import (
    MOST_ROUNDS,
    TariffCoupling,
    coupled,
    settle,
)

CHOKE, FALL, FIRST, RISE = 10.0, 0.5, 1.0, 0.8


def linear(cost: float) -> tuple[float, str]:
    """A monopolist's price on demand 10 - q / 2, and marginal cost 1 + 0.8 q."""
    price = (CHOKE + cost) / 2
    return FIRST + RISE * (CHOKE - price) / FALL, f"{price:g}"


@pytest.mark.parametrize("start", [0.1, 1.0, 4.0, 9.0, 50.0])
def test_linear_sides_meet_where_algebra_says(start: float) -> None:
    """c = 1 + 0.8 (10 - c), so c = 5."""
    expected = (FIRST + RISE * CHOKE / (2 * FALL)) / (1 + RISE / (2 * FALL))
    found = settle(linear, start)
    assert found.settled
    assert len(found.rounds) <= 5
    assert found.rounds[-1].came == pytest.approx(expected, rel=1e-6)
    assert expected == pytest.approx(5.0)


def test_a_steep_side_settles_too() -> None:
    found = settle(lambda cost: (20.0 - 9.0 * cost, ""), 1.0)
    assert found.settled
    assert found.rounds[-1].came == pytest.approx(2.0, rel=1e-6)


def test_what_turns_for_ever_is_not_converged() -> None:
    """Below 2 so much is used that a dearer plant is built, above it none is."""
    found = settle(lambda cost: (3.0 if cost < 2.0 else 1.0, ""), 0.5)
    assert not found.settled
    assert len(found.rounds) == MOST_ROUNDS
    assert "NOT CONVERGED after 10 rounds" in found.sentence
    assert found.rounds[-1].residual > 0.1


def test_a_start_below_zero_is_refused() -> None:
    with pytest.raises(InputError, match="above 0"):
        settle(linear, 0.0)


def test_a_study_and_a_tariff_agree_on_the_cost_of_its_dearer_plant() -> None:
    """6 MW at 10 USD/MWh, more at 30: who uses more than 6 MW at 30 pays for the dear ones."""
    text = """\
study: coupled
money: {year: 2026, discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], terminal_value: false, hours: {blocks: [8760 h]}}
technologies: {dear: {capex: 0 USD/kW, variable: 30 USD/MWh}}
sites: {here: {grid: {limit: 6 MW, stands: 6 MW, energy: 10 USD/MWh},
  build: {dear: {use: dear, at_most: 900 MW}}}}
products: {power: {kind: electricity, site: here, demand: 1 MW, price: 1000 USD/MWh}}
"""
    thetas = np.linspace(50, 100, 6)
    types = quadratic_types(thetas, np.full(6, 1 / 6), np.linspace(0, 100, 41))
    question = TariffCoupling(
        study(text), None, "power", types, people=1000.0, per_use=1.0, packs=1
    )
    found = coupled(question, 12.0)
    assert found.settled, found.sentence
    assert found.rounds[-1].came == pytest.approx(30.0, rel=1e-6)
    row = question.best_tariff(30.0)
    assert 1000 * row.use / 730 > 6
    few = TariffCoupling(study(text), None, "power", types, people=10.0, per_use=1.0, packs=1)
    assert coupled(few, 12.0).rounds[-1].came == pytest.approx(10.0, rel=1e-6)


def test_a_product_with_offers_is_refused() -> None:
    types = quadratic_types(np.ones(1), np.ones(1), np.linspace(0, 1, 3))
    text = """\
study: none
horizon: {start: 2027-01, stages: [12 months], hours: {blocks: [8760 h]}}
sites: {here: {grid: {limit: 6 MW, stands: 6 MW, energy: 10 USD/MWh}}}
products: {power: {kind: electricity, site: here, demand: 1 MW, price: 1 USD/MWh}}
"""
    with pytest.raises(InputError, match="is no product"):
        coupled(TariffCoupling(study(text), None, "chat", types, 1.0, 1.0), 1.0)
