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
            ["neither a rate nor", "120% of the users"],
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
