"""Every figure behind a plan with its source."""

from __future__ import annotations

from headrace.core.catalogue import Figure
from headrace.core.ids import AssetId, AssetRole
from headrace.core.study.fleet import CLOUD, FleetChoices, Rental
from headrace.core.study_reader import parse_text, study_of
from headrace.energy.technology import technology
from headrace.plan.model.build_system import expand
from headrace.plan.results.input_sources import (
    catalogue_figures,
    source_key,
    sources,
    written_figures,
)

STUDY = study_of(
    parse_text("""
study: sources
money: {year: 2025, discount: 8 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months]}
technologies: {own: {capex: 20 USD/kW}}
beliefs:
  growth: {about: demand, before: 0 %/a, reveal: 2, cases: {low: {probability: 40 %,
      value: 1 %/a}, high: {probability: 60 %, value: 8 %/a}}, source: "a survey"}
sites:
  here:
    weather: tmy3:723170
    grid: {limit: 4 MW, queue: 6 months, energy: 60 USD/MWh}
    build: {engines: gas.engine, again: {use: gas.engine}, mine: own, cell: battery.lfp}
fuels: {gas: {price: 4 USD/MMBtu, co2: 53 kg/MMBtu}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}
""")
)


def test_a_row_of_the_catalogue_gives_each_of_its_figures_once():
    row = technology("gas.engine")
    found = list(catalogue_figures("gas.engine", row))
    assert len(found) == sum(isinstance(value, Figure) for value in vars(row).values())
    capex = next(source for source in found if source.attribute == "capex")
    assert (capex.value, capex.unit, capex.source) == (
        *(row.capex.value, row.capex.unit, row.capex.source),
    )
    keys = [source.key for source in sources(STUDY)]
    assert keys.count("gas.engine") == len(found)  # used twice, told once
    assert "own" not in keys


def test_what_the_study_writes_is_an_assumption_with_the_source_it_gives():
    found = {(s.key, s.attribute): s for s in written_figures(STUDY)}
    assert found["beliefs.growth", "low"].source == "a survey"
    assert found["beliefs.growth", "low"].value.endswith("with 40%")
    assert found["products.power", "price"].source == "the study, without a source"
    assert found["sites.here.grid", "queue"].value == "6 month"
    assert found["technologies.own", "capex"].value == "20 USD/kW"
    assert ("technologies.own", "life") not in found  # not written: a default, no figure of it
    assert {(s.status, s.date) for s in found.values()} == {("assumption", "2025")}


def test_every_order_leads_to_its_figures():
    expansion = expand(STUDY)
    known = {source.key for source in sources(STUDY)}
    keys = {asset.id.name: source_key(STUDY, asset.id) for asset in expansion.system.assets}
    assert keys["mine"] == "technologies.own"
    assert keys["engines"] == keys["again"] == "gas.engine"
    assert keys["cell"] == keys["cell, energy"] == "battery.lfp"
    assert set(keys.values()) <= known


def test_what_is_rented_leads_to_its_offer():
    rented = AssetId(CLOUD, AssetRole.RENTAL, "spot")
    study = STUDY.model_copy(
        update={"fleet": FleetChoices(may_rent={"spot": Rental(use="h100.cloud")})}
    )
    assert source_key(study, rented) == "h100.cloud"
