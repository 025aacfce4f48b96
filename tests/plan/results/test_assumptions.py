"""What a plan rests on, told beside its numbers."""

from __future__ import annotations

from math import log

import pytest
from tests.builders.studies import solve_text

from headrace.core.study_reader import parse_text, study_of
from headrace.plan.results.assumptions import assumptions, boxed, held_level, idle_ratchets

GROWING = """\
study: growing
money: {discount: 0 %/a real}
horizon:
  {start: 2027-01, stages: [1 year, 1 year], terminal_value: false, hours: {blocks: [8760 h]}}
beliefs:
  growth:
    {about: demand, before: 60 %/a, reveal: 2, cases: {so: {probability: 100 %, value: 60 %/a}}}
technologies: {plant: {capex: 1 USD/kW}}
sites: {here: {build: {plant: {use: plant, stands: 100 MW, at_most: 100 MW}}}}
products:
  power:
    {kind: electricity, site: here, demand: 10 MW, price: 10 USD/MWh, source: "a guess", PRICE}
"""


@pytest.mark.parametrize(("change", "told"), [(0, True), (-35, False)])
def test_what_moves_within_a_year_is_told_with_its_size(change: int, told: bool) -> None:
    """60 % a year more: (ln 1.6)^2 / 24 = 0.92 %; prices that fall by 35 % take it back."""
    text = GROWING.replace("PRICE", f"price_change: {change} %/a")
    found, of = solve_text(text), study_of(parse_text(text))
    drift = log(1.6) + log(1 + change / 100)
    assert held_level(of, found.formulation.nodes) == {"power": pytest.approx(drift**2 / 24)}
    words = assumptions(of, found.formulation, found.plan.solution)
    assert "power: a guess" in words
    assert any("held through each year" in word for word in words) is told


def test_an_order_at_its_box_is_named() -> None:
    """A plant that earns and has no limit is bought until the box stops it."""
    text = GROWING.replace(", PRICE", "").replace(", stands: 100 MW, at_most: 100 MW", "")
    found = solve_text(text.replace("10 MW", "100 GW"))
    assert boxed(found.formulation, found.plan.solution) == ["build 'plant' at 'here'"]


METERED = """\
study: metered
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], terminal_value: false, hours: HOURS}
sites: {here: {grid: {limit: 20 MW, stands: 20 MW, energy: 0 USD/MWh, demand: 1 USD/kW-month,
  billing: month, ratchet: 80 %}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 10 USD/MWh}}
"""


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ("{weeks: 1, extreme_days: 0}", True),
        ("{blocks: [8760 h]}", True),
        ("all", False),
    ],
)
def test_a_ratchet_that_can_charge_nothing_is_told(hours: str, told: bool) -> None:
    """One week that stands for all has one peak; of every hour each month has its own."""
    text = METERED.replace("HOURS", hours)
    found, of = solve_text(text), study_of(parse_text(text))
    assert [share for _, share in idle_ratchets(found.formulation)] == ([0.8] if told else [])
    words = assumptions(of, found.formulation, found.plan.solution)
    assert any("a ratchet of 80% charges nothing more" in word for word in words) is told
