"""A study in many cases, and where a reactor is ordered, in words."""

from __future__ import annotations

import numpy as np
import pytest

import headrace as hr
from headrace.core.errors import InputError

STUDY = """\
study: tiny
money: {year: 2026, discount: 5 %/a real}
horizon: {start: 2027-01, stages: [120 months], hours: {blocks: [6000 h, 2760 h]}}
technologies:
  plant: {capex: 1000 USD/kW, variable: 20 USD/MWh, life: 10 years}
  reactor: {capex: 2500 USD/kW, variable: 5 USD/MWh, life: 10 years}
sites:
  here: {build: {plant: {use: plant, at_most: 100 MW}, reactor: {use: reactor, at_most: 100 MW}}}
products:
  power: {kind: electricity, site: here, demand: 10 MW, price: 90 USD/MWh}
"""
RANGES = {
    "technologies.plant.variable": ("10 USD/MWh", "50 USD/MWh"),
    "products.power.demand": ("8 MW", "12 MW"),
}


@pytest.fixture(scope="module")
def cases():
    return hr.read(STUDY).vary(RANGES, cases=24, seed=3)


def test_every_case_is_a_row_with_its_plan(cases):
    assert cases.table.columns[0] == "technologies.plant.variable [USD/MWh]"
    assert len(cases.table.rows) == 24
    assert np.all(cases.solved.high >= cases.solved.low)
    assert {row[-1] for row in cases.table.rows} == {"here/plant", "here/reactor"}


def test_where_the_reactor_is_ordered_is_told_in_words(cases):
    words = cases.where("here/reactor")
    assert words.startswith("Where technologies.plant.variable is at least 2")
    assert "USD/MWh" in words
    assert "demand" not in words
    assert "of cases are with here/reactor ordered" in words


def test_what_is_never_ordered_has_no_box(cases):
    with pytest.raises(InputError, match="all cases or none"):
        cases.where("here/windmill")


def test_ranges_are_told_as_mistakes():
    with pytest.raises(InputError, match="is no range"):
        hr.read(STUDY).vary({"products.power.demand": ("12 MW", "8 MW")})
    with pytest.raises(InputError, match="technologies"):
        hr.read(STUDY).vary({"technologies.plant.capx": ("1 USD/kW", "2 USD/kW")}, cases=2)
