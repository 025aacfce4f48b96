"""The belief about licensing is off unless asked for, and does what it says when it is."""

from __future__ import annotations

import pytest

from headrace.core.errors import InputError
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.analysis.licensing_time import (
    STATUS,
    LicensingRule,
    lead_months,
    with_licensing_rule,
)

TEXT = """
study: pace
horizon: {start: 2027-01, stages: [12 months]}
sites: {here: {weather: "tmy3:723170", build: {smr: nuclear.smr}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}
"""


def test_licensing_follows_the_advantage() -> None:
    """96 months of which 60 build: 36 of licensing, x 1.5 at parity, x 0.3 from 40 % on, x 0.9 half
    way.
    """
    rule = LicensingRule()
    assert lead_months("nuclear.smr", 0.0, rule) == pytest.approx(60 + 54)
    assert lead_months("nuclear.smr", -1.0, rule) == pytest.approx(60 + 54)
    assert lead_months("nuclear.smr", 0.2, rule) == pytest.approx(60 + 36 * 0.9)
    assert (
        lead_months("nuclear.smr", 0.4, rule)
        == lead_months("nuclear.smr", 0.9, rule)
        == pytest.approx(60 + 36 * 0.3)
    )


def test_off_by_default() -> None:
    study = study_of(parse_text(TEXT))
    found = with_licensing_rule(study, "here", "smr", lambda _: 1.0)
    assert found.study == study
    assert found.status == "off"
    assert found.lead == 96


def test_lead_and_advantage_agree_in_the_end() -> None:
    """Advantage 0.4 - lead / 400: at lead 96 it is 0.16, which asks for 60 + 36 x 1.02 = 96.7; the
    pair settles near there.
    """
    study = study_of(parse_text(TEXT))
    found = with_licensing_rule(
        study,
        "here",
        "smr",
        lambda s: 0.4 - float(s.sites["here"].build["smr"].lead or 0) / 400,
        LicensingRule(),
        rounds=12,
    )
    assert found.settled
    assert found.lead == pytest.approx(
        lead_months("nuclear.smr", found.advantage, LicensingRule()), abs=0.5
    )
    assert found.study.sites["here"].build["smr"].lead == found.lead
    assert found.status == STATUS


def test_what_cannot_be_is_refused() -> None:
    study = study_of(parse_text(TEXT))
    with pytest.raises(InputError, match="not in the study"):
        with_licensing_rule(study, "here", "fusion", lambda _: 0.0, LicensingRule())
    with pytest.raises(InputError, match="fastest"):
        lead_months("nuclear.smr", 0.1, LicensingRule(fastest=2.0))
