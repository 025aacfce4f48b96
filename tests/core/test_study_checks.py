"""What one key alone cannot tell: each check on a study that is sound but for one thing."""

from __future__ import annotations

import pytest

from headrace.core import study_checks
from headrace.core.study import Study
from headrace.core.study_reader import parse_text

SOUND = """study: sound
horizon: {start: 2027-01, stages: [6 months, 12 months], hours: {blocks: [8760 h]}}
fuels: {gas: {price: 4 USD/MMBtu}}
technologies: {plant: {capex: 20 USD/kW, fuel: gas, heat_rate: 7 MMBtu/MWh}}
sites: {here: {hall: hall.ai, build: {plant: plant}}}
fleet: {may_buy: {h100: h100}}
models: {large: {shape: deepseek-ai/DeepSeek-V3}}
products:
  power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}
  chat: {model: large, demand: 2 Gtok/h, price: 2 USD/Mtok}
"""
BELIEF = """beliefs:
  gas: {about: "fuel:gas", before: 4 USD/MMBtu, reveal: 2, cases: {
    low: {probability: 0.5, value: 3 USD/MMBtu}, high: {probability: 0.5, value: 6 USD/MMBtu}}}
"""
TREE = """tree:
- {node: root}
- {node: low, parent: root, probability: 0.5, values: {"fuel:gas": 3 USD/MMBtu}}
- {node: high, parent: root, probability: 0.5, values: {demand: "1.2"}}
"""


def faults(text: str) -> list[study_checks.Fault]:
    """The faults of a study whose parts are sound one by one."""
    return list(study_checks.faults(Study.model_validate(parse_text(text).data)))


def only(text: str) -> tuple[str, str]:
    """Path and words of the one fault of a study."""
    ((path, found, expected, fix),) = faults(text)
    return ".".join(map(str, path)), f"{found}; {expected}; {fix}"


@pytest.mark.parametrize("more", ["", BELIEF, TREE])
def test_a_sound_study_has_no_fault(more):
    assert faults(SOUND + more) == []


@pytest.mark.parametrize(
    ("was", "now", "path", "words"),
    [
        ("demand: 10 MW", "demand: 10 MWh", "products.power.demand", "is an energy"),
        ("demand: 10 MW", "demand: -10 MW", "products.power.demand", "is negative; zero or more"),
        ("price: 2 USD/Mtok", "price: 2 USD", "products.chat.price", "a price of tokens"),
        ("site: here", "site: hree", "products.power.site", "Did you mean `here`?"),
        ("model: large", "model: small", "products.chat.model", "is not a model; ; Known: large"),
        ("may_buy: {h100: h100}", "may_buy: {}", "products.chat", "no accelerator to serve this"),
        ("fuel: gas", "fuel: gsa", "technologies.plant.fuel", "Did you mean `gas`?"),
        ("12 months]", "1.5 months]", "horizon.stages.1", "a stage of 1.5 months; a whole number"),
        ("6 months,", "0 months,", "horizon.stages.0", "at least 1"),
        (
            "{h100: h100}",
            "{h100: {use: h100, stands: {her: 5}}}",
            "fleet.may_buy.h100.stands.her",
            "Did you mean `here`",
        ),
        (
            "hall: hall.ai, build: {plant: plant}}",
            "build: {plant: {use: plant, learns: true}}}",
            "sites.here.build.plant.learns",
            "has no effect here",
        ),
    ],
)
def test_a_reference_unit_or_length_that_does_not_fit(was, now, path, words):
    assert was in SOUND
    where, told = only(SOUND.replace(was, now))
    assert where == path
    assert words in told


def test_a_name_is_bought_or_rented_not_both():
    both = "{may_buy: {h100: h100}, may_rent: {h100: h100.cloud}}"
    assert only(SOUND.replace("{may_buy: {h100: h100}}", both))[0] == "fleet.may_rent.h100"


def test_no_site_stands_in_the_cloud_where_accelerators_are_rented():
    rented = "{may_rent: {cheap: h100.cloud}}"
    text = SOUND.replace("{may_buy: {h100: h100}}", rented).replace("here", "cloud")
    assert only(text)[0] == "sites.cloud"
    assert faults(SOUND.replace("here", "cloud")) == []


def test_a_budget_has_one_amount_for_each_stage():
    limits = "limits: {spend: [1 MUSD]}\n"
    assert only(SOUND + limits) == (
        "limits.spend",
        "1 amounts for 2 stages; one for each stage; ",
    )


@pytest.mark.parametrize(
    ("was", "now", "path", "words"),
    [
        ("probability: 0.5, value: 3", "probability: 0.4, value: 3", "beliefs.gas.cases", "0.9; 1"),
        ("reveal: 2", "reveal: 3", "beliefs.gas.reveal", "beyond the horizon's 2 stages"),
        ("fuel:gas", "fuel:oil", "beliefs.gas.about", "is not a fuel"),
        ("value: 6 USD/MMBtu", "value: 6 USD/t", "beliefs.gas.cases.high.value", "measured in"),
        ("before: 4 USD/MMBtu", "before: -4 USD/MMBtu", "beliefs.gas.before", "negative"),
    ],
)
def test_a_belief_that_does_not_hold_together(was, now, path, words):
    assert was in BELIEF
    where, told = only(SOUND + BELIEF.replace(was, now))
    assert where == path
    assert words in told


@pytest.mark.parametrize(
    ("about", "words"),
    [("wind", "something a belief can be about"), ("demand:film", "is not a product")],
)
def test_a_belief_is_about_something_of_the_study(about, words):
    """Its values have no unit to be read in then, so only the subject is told."""
    text = BELIEF.replace("fuel:gas", about)
    if about.startswith("demand"):
        text = text.replace("USD/MMBtu", "%/a")
    assert words in only(SOUND + text)[1]


@pytest.mark.parametrize(
    ("about", "rented", "words"),
    [
        ("rent:cheap", "", "no accelerator of this study may be rented"),
        ("rent", "", "no accelerator of this study may be rented"),
        ("rent:chep", "{cheap: h100.cloud}", "Did you mean `cheap`?"),
        ("rent:", "{cheap: h100.cloud}", "`` is not a name under `fleet.may_rent`"),
        ("rent", "{cheap: {use: h100.cloud, price: 0 USD/accelerator-h}}", "no `price` that"),
    ],
)
def test_a_belief_about_rent_wants_something_that_is_rented(about, rented, words):
    fleet = (
        f"{{may_buy: {{h100: h100}}, may_rent: {rented}}}" if rented else "{may_buy: {h100: h100}}"
    )
    unit = "USD/accelerator-h" if ":" in about else ""
    belief = BELIEF.replace("fuel:gas", about).replace("USD/MMBtu", unit)
    where, told = only(SOUND.replace("{may_buy: {h100: h100}}", fleet) + belief)
    assert where == "beliefs.gas.about"
    assert words in told


def test_a_rent_is_a_price_of_an_hour_and_an_index_is_a_factor():
    fleet = "{may_buy: {h100: h100}, may_rent: {cheap: h100.cloud}}"
    text = SOUND.replace("{may_buy: {h100: h100}}", fleet)
    priced = BELIEF.replace("fuel:gas", "rent:cheap").replace("USD/MMBtu", "USD/accelerator-h")
    factor = BELIEF.replace("fuel:gas", "rent").replace("USD/MMBtu", "")
    assert faults(text + priced) == faults(text + factor) == []
    for belief in (
        priced.replace("value: 3 USD/accelerator-h", "value: 3 USD/MWh"),
        factor.replace("value: 3 ", "value: 3 USD/accelerator-h"),
        priced.replace("value: 3 ", "value: -3 "),
    ):
        assert only(text + belief)[0] == "beliefs.gas.cases.low.value"


def test_a_fall_of_demand_is_no_fault_and_a_belief_about_capex_needs_a_use():
    falling = BELIEF.replace("fuel:gas", "demand").replace("3 USD/MMBtu", "-3 %/a")
    assert faults(SOUND + falling.replace("USD/MMBtu", "%/a")) == []
    capex = BELIEF.replace("fuel:gas", "capex:plant").replace("USD/MMBtu", "USD/kW")
    assert faults(SOUND + capex) == []
    assert only(SOUND + capex.replace("capex:plant", "capex:plnt"))[0] == "beliefs.gas.about"


@pytest.mark.parametrize(
    ("was", "now", "path", "words"),
    [
        ("node: high", "node: low", "tree.2.node", "is written twice"),
        ("node: high, parent: root", "node: high", "tree", "has 2 roots"),
        ("node: low, parent: root", "node: low, parent: rot", "tree.1.parent", "Did you mean"),
        ("probability: 0.5, values: {d", "probability: 0.4, values: {d", "tree", "add up to 0.9"),
        ("fuel:gas", "fuel:oil", "tree.1.values.fuel:oil", "is not a fuel"),
        ('demand: "1.2"', "demand: 1.2 MW", "tree.2.values.demand", "is a power"),
    ],
)
def test_a_tree_that_does_not_hold_together(was, now, path, words):
    assert was in TREE
    told = [
        (".".join(map(str, where)), found + fix)
        for where, found, _, fix in faults(SOUND + TREE.replace(was, now))
    ]
    assert any(where == path and words in text for where, text in told), told


@pytest.mark.parametrize(
    ("demand", "words"),
    [
        ("{power: [1 MW, 2 MW]}", "2 amounts for 1 load blocks"),
        ("{power: [-1 MW]}", "-1 MW is negative"),
        ("{chat: [1 MW]}", "no electricity"),
        ("{pwer: [1 MW]}", "Did you mean `power`"),
    ],
)
def test_demand_by_block_fits_its_product_and_the_blocks(demand, words):
    where, told = only(SOUND + TREE.replace("node: root", f"node: root, demand: {demand}"))
    assert where.startswith("tree.0.demand.")
    assert words in told


def test_accelerators_stand_in_a_hall():
    text = SOUND.replace("hall: hall.ai, ", "")
    text = text.replace("{h100: h100}", "{h100: {use: h100, stands: {here: 5}}}")
    assert "which has no hall" in only(text)[1]


@pytest.mark.parametrize("value", ["-100 %/a", "-150 %/a", "1001 %/a"])
def test_a_growth_that_no_year_can_have(value):
    """Below -100 % a demand would turn complex; above eleven-fold it would leave every number."""
    belief = BELIEF.replace("fuel:gas", "demand").replace("3 USD/MMBtu", value)
    where, told = only(SOUND + belief.replace("USD/MMBtu", "%/a"))
    assert where == "beliefs.gas.cases.low.value"
    assert "is no change of a year" in told


def test_a_tree_no_deeper_than_the_horizon_and_without_a_circle():
    deep = TREE + "- {node: end, parent: low}\n"
    assert only(SOUND + deep)[1].startswith("`end` is at stage 3; at most 2 stages")
    circle = TREE.replace("{node: root}", "{node: root, parent: low}")
    told = [found for _, found, _, _ in faults(SOUND + circle)]
    assert "the tree has 0 roots" in told
    assert any("is its own ancestor" in found for found in told)


def test_what_never_happens_has_no_place_among_the_worst():
    """A branch of probability 0 is allowed, but not where CVaR looks at the worst branches."""
    never = TREE.replace("probability: 0.5, values: {d", "probability: 0, values: {d").replace(
        "probability: 0.5", "probability: 1"
    )
    assert faults(SOUND + never) == []
    averse = "goal: {risk: {omega: 0.5}}\n"
    assert only(SOUND + never + averse)[0] == "tree.2.probability"


def test_every_check_is_run_and_none_stops_the_others():
    text = SOUND.replace("site: here", "site: x").replace("fuel: gas", "fuel: y")
    text = text.replace("12 months]", "1.5 months]") + BELIEF.replace("reveal: 2", "reveal: 9")
    assert [path[0] for path, *_ in faults(text)] == [
        *("products", "beliefs", "technologies", "horizon"),
    ]
    assert {check.__name__ for check in study_checks.CHECKS} == {
        *(
            "product_faults",
            "offer_faults",
            "own_faults",
            "fleet_faults",
            "belief_faults",
            "tree_faults",
            "branching_faults",
        ),
        *("technology_faults", "fuel_faults", "length_faults", "hour_faults", "size_faults"),
        *("standing_faults", "weather_faults", "contract_faults", "reliability_faults"),
        "cash_faults",
        "currency_faults",
    }
