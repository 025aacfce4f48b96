"""Long stages cut: what is known in a stage and served from it stays where it was."""

from __future__ import annotations

import pytest

from headrace.core.study_reader import parse_text, study_of
from headrace.plan.scenario.finer_stages import finer_stages

STUDY = """
study: long
horizon: {start: 2027-01, stages: [STAGES], hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 100 USD/kW, variable: 9 USD/MWh}}
sites: {here: {build: {plant: plant}}}
beliefs:
  price: {about: "capex:plant", before: 100 USD/kW, reveal: 3,
    cases: {one: {probability: 100 %, value: 90 USD/kW}}}
products:
  power: {kind: electricity, site: here, demand: 10 MW, price: 50 USD/MWh, availability: 50 %,
    served_from: 2}
"""


def _study(stages: str, more: str = ""):
    return study_of(parse_text(STUDY.replace("STAGES", stages) + more))


def test_every_stage_is_cut_and_dates_stay() -> None:
    found = finer_stages(_study("150 months, 60 months, 61 months"))
    assert found is not None
    assert found.horizon.stages == [60, 60, 30, 60, 60, 1]
    assert found.beliefs["price"].reveal == 5  # month 210, as before
    assert found.products["power"].served_from == 4  # month 150


def test_a_study_of_short_stages_is_left() -> None:
    assert finer_stages(_study("60 months, 24 months, 12 months")) is None


@pytest.mark.parametrize("more", ["limits: {spend: [9 MUSD, 9 MUSD, 9 MUSD]}"])
def test_what_is_written_for_each_stage_has_no_cut(more: str) -> None:
    assert finer_stages(_study("90 months, 90 months, 90 months", more)) is None
