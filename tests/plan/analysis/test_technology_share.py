"""Shares of electricity by capex, gas and carbon price."""

from __future__ import annotations

import pytest
from tests.builders.price_questions import CERTAIN, one_hour

from headrace.core.errors import InputError
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.analysis.technology_share import share_curves, with_prices


def burning(tree: str = CERTAIN) -> str:
    """The study of one hour with a plant that burns gas."""
    text = one_hour(hours=8000, tree=tree, fixed=20, v=10, c=300, w=0)
    return text.replace("variable: 0 USD/MWh}", "heat_rate: 5 MMBtu/MWh, fuel: gas}")


TEXT = burning()
GAS = "\nfuels: {gas: {price: 3 USD/MMBtu, co2: 50 kg/MMBtu}}\n"
BELIEFS = """
beliefs:
  gas:
    about: "fuel:gas"
    before: 3 USD/MMBtu
    reveal: 2
    cases: {dear: {probability: 100 %, value: 30 USD/MMBtu}}
  cost:
    about: "capex:reactor"
    before: 100 USD/kW
    reveal: 2
    cases: {half: {probability: 100 %, value: 50 USD/kW}}
"""


def test_a_share_falls_at_its_break_even_price():
    """A MW of reactor saves 300 USD/kW and 8,000 h x (5 f - 10) USD/MWh, less 20 USD/kW: 520 at 8
    USD/MMBtu. Carbon at 20 USD/t adds 1 USD/MMBtu, so 5 USD/MWh: 560. 6 of 10 MW may be reactors.
    """
    study = study_of(parse_text(TEXT + GAS))
    plain, taxed = share_curves(study, "reactor", [510.0, 530.0, 570.0], [8.0], [0.0, 20.0])
    assert (plain.gas, plain.carbon, plain.breakeven) == (8.0, 0.0, pytest.approx(520))
    assert plain.share == (pytest.approx(0.6), pytest.approx(0.0), pytest.approx(0.0))
    assert taxed.breakeven == pytest.approx(560)
    assert taxed.share == (pytest.approx(0.6), pytest.approx(0.6), pytest.approx(0.0))


def test_a_certain_price_sets_beliefs_about_that_fuel_aside_and_no_other():
    text = burning(tree="").replace("stages: [12 months]", "stages: [12 months, 12 months]")
    study = study_of(parse_text(text + GAS + BELIEFS))
    found = with_prices(study, "gas", 8.0, 20.0)
    assert set(study.beliefs) == {"gas", "cost"}
    assert set(found.beliefs) == {"cost"}
    assert (found.fuels["gas"].price, found.carbon) == (8.0, 20.0)
    assert study.fuels["gas"].price == 3.0


def test_a_fuel_that_the_study_does_not_write_is_refused():
    with pytest.raises(InputError, match="diesel"):
        share_curves(study_of(parse_text(TEXT + GAS)), "reactor", [500.0], [8.0], [0.0], "diesel")
