"""What may not be meant: read as it stands, and told."""

from __future__ import annotations

import pytest

from headrace.core.components import Asset, Payment
from headrace.core.ids import AssetId, AssetKind, AssetRole
from headrace.core.study_notes import key_of, notes
from headrace.core.study_reader import parse_text, study_of

SOUND = """study: sound
horizon: {start: 2027-01, stages: [24 months, 48 months], hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 20 USD/kW}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}
"""
THIRDS = """beliefs: {growth: {about: demand, before: 0 %/a, reveal: 2, cases: {
  a: {probability: P, value: 0 %/a}, b: {probability: P, value: 1 %/a},
  c: {probability: P, value: 2 %/a}}}}
"""
BRANCHES = """tree: [{node: now}, {node: a, parent: now, probability: 33.33 %},
  {node: b, parent: now, probability: 33.33 %}, {node: c, parent: now, probability: 33.33 %}]
"""


def told(text: str, *assets: Asset) -> list[tuple[str, str]]:
    return [
        (".".join(map(str, path)), f"{found}. {fix}")
        for path, found, _, fix in notes(study_of(parse_text(text)), assets)
    ]


def asset(lead: float, role: AssetRole = AssetRole.BUILD, **more: float) -> Asset:
    one = AssetId("here", role, "plant")
    return Asset(one, AssetKind.SUPPLY, "Plant", "MW", (Payment(0, 1),), 0.0, lead, 1e3, **more)


@pytest.mark.parametrize("more", ["", THIRDS.replace("P", "1/3")])
def test_nothing_is_said_of_a_study_that_says_what_it_means(more):
    assert told(SOUND + more, asset(12)) == []


def test_rounded_thirds_are_divided_by_their_sum_and_that_is_told():
    text = SOUND + THIRDS.replace("P", "33.33 %")
    (where, words) = told(text)[0]
    assert where == "beliefs.growth.cases"
    assert "add up to 0.9999" in words
    cases = study_of(parse_text(text)).beliefs["growth"].cases
    assert [case.probability for case in cases.values()] == pytest.approx([1 / 3] * 3, rel=1e-12)


def test_branches_of_a_tree_written_by_hand_are_divided_too():
    (where, words) = told(SOUND + BRANCHES)[0]
    assert where == "tree"
    assert "below `now` add up to 0.9999" in words
    shares = [node.probability for node in study_of(parse_text(SOUND + BRANCHES)).tree]
    assert shares == pytest.approx([1, 1 / 3, 1 / 3, 1 / 3], rel=1e-12)


@pytest.mark.parametrize(
    ("was", "now", "free"),
    [
        ("{capex: 20 USD/kW}", "{variable: 1 USD/MWh}", True),
        ("{capex: 20 USD/kW}", "{kind: battery}", True),
        ("{capex: 20 USD/kW}", "{capex: 0 USD/kW}", False),
        ("{capex: 20 USD/kW}", "{rent: 1 USD/kW-month}", False),
        ("{capex: 20 USD/kW}", "{kind: battery, energy_capex: 1 USD/kWh}", False),
        ("{capex: 20 USD/kW}}", "{}}", True),
    ],
)
def test_a_technology_without_a_price_is_told(was, now, free):
    assert [where for where, _ in told(SOUND.replace(was, now))] == ["technologies.plant"] * free


def test_a_price_at_every_site_is_a_price():
    text = SOUND.replace("{capex: 20 USD/kW}", "{}")
    assert told(text.replace("plant: plant}", "plant: {use: plant, capex: 2 USD/kW}}")) == []


def test_nobody_wants_any():
    assert told(SOUND.replace("10 MW", "0 MW"))[0][0] == "products.power.demand"


@pytest.mark.parametrize(
    ("one", "comes"),
    [
        (asset(71), True),
        (asset(72), False),
        (asset(47, available_from=3), True),
        (asset(48, available_from=3), False),
        (asset(0, available_from=25), False),
        (asset(96, at_most=5, stands=5), True),
        (asset(96, AssetRole.BUILD_ENERGY), True),
        (asset(96, AssetRole.FROM_SLOT), False),
    ],
)
def test_what_comes_after_the_horizon_is_told(one, comes):
    """Stages begin in months 0 and 24, and month 72 ends them: an order of month 24 has 48 left.

    Of a store's energy its power tells it, and what stands wholly needs no order.
    """
    found = told(SOUND, one)
    assert bool(found) is not comes
    for where, words in found:
        assert where == "sites.here.build.plant"
        assert "cannot be there within the horizon of 72 months" in words


def test_an_asset_is_told_by_the_keys_that_hold_it():
    assert key_of(AssetId("here", AssetRole.GRID)) == ("sites", "here", "grid")
    assert key_of(AssetId("here", AssetRole.HALL)) == ("sites", "here", "hall")
    assert key_of(AssetId("here", AssetRole.ACCELERATOR, "a")) == ("fleet", "may_buy", "a")
    assert key_of(AssetId("cloud", AssetRole.RENTAL, "a")) == ("fleet", "may_rent", "a")
    assert key_of(AssetId("here", AssetRole.SLOT, "a")) == ("sites", "here", "build", "a")


GAS = "fuels: {gas: {price: 6 USD/MMBtu, co2: 53 kg/MMBtu}}"


@pytest.mark.parametrize(
    ("about", "more", "before", "key"),
    [
        ("fuel:gas", GAS, "4.5 USD/MMBtu", "fuels.gas.price"),
        ("carbon", "carbon: 30 USD/t", "10 USD/t", "carbon"),
        ("capex:plant", "", "21 USD/kW", "technologies.plant.capex"),
    ],
)
def test_a_number_that_a_belief_replaces_is_told(about, more, before, key):
    """Whoever raises the price of gas beside a belief about it would see nothing change."""
    text = f"""{SOUND}{more}
beliefs: {{b: {{about: "{about}", before: {before}, reveal: 2, cases: {{
  a: {{probability: 50 %, value: {before}}}, c: {{probability: 50 %, value: {before}}}}}}}}}
"""
    found = [words for path, words in told(text) if path == key]
    assert len(found) == 1
    assert f"is not used: the belief `b` begins with {before}" in found[0]
    written = {"fuel:gas": "6 USD/MMBtu", "carbon": "30 USD/t", "capex:plant": "20 USD/kW"}[about]
    same = text.replace(written, before)
    assert not [words for path, words in told(same) if path == key]


FUELLED = SOUND.replace(
    "technologies:", "fuels: {gas: {price: 4 USD/MMBtu, co2: 53 kg/MMBtu}}\ntechnologies:"
)


@pytest.mark.parametrize(
    ("rate", "told_as"),
    [
        ("0.007 MMBtu/MWh", "487.4 times the fuel's heat"),
        ("3.4 MMBtu/MWh", "1.004 times the fuel's heat"),
        ("7 MMBtu/kWh", "0.0004874 times the fuel's heat"),
        ("3.4122 MMBtu/MWh", ""),
        ("34 MMBtu/MWh", ""),
        ("9 GJ/MWh", ""),
        ("0 MMBtu/MWh", ""),
    ],
)
def test_a_plant_that_makes_more_than_its_fuel_holds_or_next_to_nothing(rate, told_as):
    text = FUELLED.replace(
        "{capex: 20 USD/kW}", f"{{capex: 20 USD/kW, fuel: gas, heat_rate: {rate}}}"
    )
    found = told(text)
    assert [where for where, _ in found] == ["technologies.plant.heat_rate"] * bool(told_as)
    assert all(told_as in words for _, words in found)


def test_a_heat_rate_of_no_fuel_is_another_matter_and_tonnes_are_not_kilograms():
    assert told(FUELLED.replace("53 kg/MMBtu", "275 kg/MMBtu")) == []
    ((where, words),) = told(FUELLED.replace("53 kg/MMBtu", "53 t/MMBtu"))
    assert where == "fuels.gas.co2"
    assert "53000 kg/MMBtu are more than any fuel gives off" in words
