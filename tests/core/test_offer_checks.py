"""Offers that cannot be meant: every mistake at once, with its key."""

from __future__ import annotations

import pytest

from headrace.core.errors import InputError
from headrace.core.study_reader import parse_text, study_of

WORLD = """\
study: small
horizon: {start: 2027-01, stages: [12 months], hours: {weeks: 1}}
sites: {here: {grid: {limit: 9 MW, stands: 9 MW, energy: 0 USD/MWh}}}
products: {power: {kind: electricity, site: here, %s}}
"""
OFFER = "offers: {a: {%s}}"
API = "kind: api, amount: 1 MW, price: 1 USD/MWh"
TIER = "kind: tier, users: 9 user, price: 1 USD/user-month, use: 1 MWh/user-month"
USE_OF_NONE = "{median: 1 MWh/user-month, cap: 0 MWh/user-month}"


def faults(product: str, world: str = WORLD) -> list[str]:
    with pytest.raises(InputError) as caught:
        study_of(parse_text(world % product))
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("product", "words"),
    [
        ("", ["demand: is missing", "price: is missing"]),
        ("demand: 1 MW, price: 1 USD/MWh, refund: 1 USD/MWh", ["there are no `offers`"]),
        (
            "demand: 1 MW, offers: {a: {kind: api, amount: 1 MW, price: 1 USD/MWh}}",
            ["`demand` beside `offers`"],
        ),
        (OFFER % "kind: api", ["amount: is missing", "price: is missing"]),
        (OFFER % "kind: tier, amount: 1 MW", ["users: is missing", "`tier` has no `amount`"]),
        (
            OFFER % "kind: tier, users: 5 MW, use: 1 MWh, price: 20 USD/MWh",
            ["a power", "an energy", "a price of energy"],
        ),
        (
            OFFER % "kind: api, amount: 1 MW, price: 1 USD/MWh, market_share: 30 %",
            ["there is no `elasticity`"],
        ),
        (
            OFFER % "kind: api, amount: 1 MW, price: 1 USD/MWh, elasticity: 1, market_share: 100 %",
            ["100% of the market"],
        ),
        (
            OFFER
            % (
                "kind: api, amount: 1 MW, price: 1 USD/MWh, elasticity: 1, market_share: 60 %, "
                "rivals: {share: 50 %}"
            ),
            ["110% of the market"],
        ),
        (
            OFFER % f"{API}, elasticity: 1, prices: [1 USD/MWh, 2 USD/MWh]",
            ["prices.1: nobody buys"],
        ),
        (
            OFFER % f"{API}, elasticity: 1, prices: [1 USD/MWh, 1 USD/MWh]",
            ["prices.1: 1 USD/MWh st"],
        ),
        (
            OFFER % "kind: api, amount: 1 MW, price: 0 USD/MWh, elasticity: 1",
            ["elasticity: a curve through a price of 0 stays there"],
        ),
        (
            OFFER
            % (
                f"{API}, elasticity: 1, market_share: 9 %, "
                "rivals: {share: 9 %, cut: 9 %, since: 2030-01}"
            ),
            ["rivals.since: 2030-01 is after the horizon"],
        ),
        (OFFER % f"{API}, creators: 100 %", ["creators: keeps all of the price"]),
        (
            OFFER % TIER.replace("1 MWh/user-month", USE_OF_NONE),
            ["use.cap: serves nobody anything"],
        ),
        (
            OFFER
            % f"{TIER.replace('9 user', '0 user')}, churn: {{rate: 0 %}}, joins: 1 user/month",
            ["users: no users to begin with"],
        ),
        (
            OFFER % f"{TIER}, churn: {{seen: [0.9, 0.8, 0.85]}}",
            [
                "seen: 3 shares; expected 4 or more",
                "seen.0: it begins with 0.9",
                "seen.2: it rises from 0.8 to 0.85 in month 2",
            ],
        ),
        (
            OFFER % f"{TIER}, churn: {{seen: [1, 0.9, 0.8, -0.1]}}",
            ["seen.3", "greater than or equal"],
        ),
        (
            OFFER % f"{TIER}, churn: {{rate: 5 %, seen: [1, 0.9, 0.8, 0.7]}}",
            ["more than one of them"],
        ),
        (OFFER % f"{TIER}, churn: {{alpha: 1e-320, beta: 3}}", ["churn.alpha"]),
        (
            OFFER % "kind: api, amount: 1 MW, price: 1 USD/MWh, most: 2",
            ["2 of the reference at the reference price"],
        ),
        (
            OFFER
            % (
                "kind: tier, users: 5 user, use: 1 MWh/user-month, price: 20 USD/user-month, "
                "churn: {rate: 3 %, alpha: 1}, groups: {x: {share: 80 %, price: 1 USD/user-month}, "
                "y: {share: 40 %, price: 1 USD/user-month}}"
            ),
            ["neither a rate, nor", "120% of the users"],
        ),
        (
            OFFER
            % (
                "kind: tier, users: 5 user, use: 1 MWh/user-month, price: 20 USD/user-month, "
                "joins: 5 user/month"
            ),
            ["there is no `churn`"],
        ),
        ("season: [1, 2], demand: 1 MW, price: 1 USD/MWh", ["2 factors"]),
    ],
)
def test_every_mistake_is_told_at_once(product: str, words: list[str]) -> None:
    found = faults(product)
    for one in words:
        assert any(one in fault for fault in found), found


def test_a_belief_about_rivals_needs_some() -> None:
    belief = """\
beliefs: {cut: {about: "rivals:power", before: 0 %, reveal: 2, cases: {
  war: {probability: 50 %, value: 120 %}, peace: {probability: 50 %, value: 0 %}}}}
"""
    world = WORLD.replace("%", "%%").replace("%%s", "%s").replace("[12", "[12 months, 12")
    text = world + belief.replace("%", "%%")
    found = faults("demand: 1 MW, price: 1 USD/MWh", text)
    assert any("is not a product whose offers have `rivals`" in fault for fault in found), found
