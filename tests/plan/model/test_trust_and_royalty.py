"""Trust presses users to leave, royalties are paid for what is served: by hand, and key by key."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from tests.builders.studies import solve_text, study

from headrace.core.errors import InputError
from headrace.core.sold import Subscribers
from headrace.core.study_reader import parse_text, study_of
from headrace.market.cohorts import SurvivalCurve
from headrace.plan.model.build_system import expand
from headrace.plan.model.named_files import named_files
from headrace.plan.model.trust_and_royalty import by_month
from headrace.plan.results.sold import sold_records, words
from headrace.plan.results.unit_cost import unit_costs

TRUST = "repair: 0, wear: 10 %, ads: [0, 2], sensitivity: 2"
STUDY = """\
study: app
money: {{year: 2026, discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 12 months], terminal_value: false,
   hours: {{blocks: [8760 h]}}}}
sites: {{here: {{grid: {{limit: 5 MW, stands: 5 MW, energy: {energy} USD/MWh}}}}}}
products:
  power:
    kind: electricity
    site: here
    {royalty}
    offers:
      free: {{kind: tier, users: 1000 user, price: 30 USD/user-month, use: 0.1 MWh/user-month,
              churn: {churn}, {trust}}}
"""


def written(
    trust: str = TRUST,
    royalty: str = "royalty: {rate: 2 USD/MWh}",
    churn: str = "{rate: 10 %}",
    energy: float = 0.0,
) -> str:
    terms = f"trust: {{{trust}}}" if trust else ""
    return STUDY.format(trust=terms, royalty=royalty, churn=churn, energy=energy)


def test_two_years_by_hand() -> None:
    """In month 6 there are 1000 x 0.9^6 = 531.441 users. In the second year two advertisements an
    answer leave 0.8 of trust a month, so a month k later churn is pressed by exp(2 (1 - 0.8^k)):
    after six months by 1 + 1.49182 + 2.05443 + 2.65382 + 3.25698 + 3.83681 = 14.29386 months, and
    1000 x 0.9^(12 + 14.29386) = 62.641 users are there instead of 150.095.

    Each pays 360 USD a year and takes 1.2 MWh, on which 2.4 USD are owed.
    """
    solved = solve_text(written())
    first, second = 531.441, 62.641029
    assert solved.npv == pytest.approx((360 - 2.4) * (first + second), rel=1e-7)
    assert solved.total("royalty") == pytest.approx(-2.4 * (first + second), rel=1e-7)
    (record,) = sold_records(solved.formulation, solved.plan.solution, solved.outcomes[1:])
    assert record.amount == pytest.approx(second, rel=1e-7)
    assert record.trust == pytest.approx(0.8**6)
    assert record.pressure == pytest.approx(math.exp(2 * (1 - 0.8**6)))
    assert record.distrusting == pytest.approx(150.094635 - second, rel=1e-6)
    assert record.royalty == 2.0
    assert record.royalty_usd == pytest.approx(2.4 * second, rel=1e-7)
    assert record.bridge is not None
    bridge = record.bridge
    moved = bridge.new - bridge.churned - bridge.unbilled + bridge.repriced
    assert bridge.start + moved == pytest.approx(bridge.end)
    (cost,) = unit_costs(solved.formulation, solved.outcomes, solved.lines)
    assert dict(cost.parts)["royalties"] == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("terms", "better"),
    [
        ("now: 50 %, " + TRUST, False),
        (TRUST.replace("repair: 0", "repair: 20 %"), True),
        (TRUST.replace("wear: 10 %", "wear: 20 %"), False),
        (TRUST.replace("[0, 2]", "[0, 1]"), True),
        (TRUST + ", irrelevance: 50 %", True),
        (TRUST + ", failed: 2 %, failure_wear: 3", False),
        (TRUST + ", jump: 50 %, audits: 2, found: 80 %", False),
        (TRUST.replace("sensitivity: 2", "sensitivity: 1"), True),
        ("", True),
    ],
)
def test_every_key_moves_the_plan_as_its_meaning_says(terms: str, better: bool) -> None:
    before, after = solve_text(written()).npv, solve_text(written(terms)).npv
    assert (after > before * 1.001) is better
    assert (after < before * 0.999) is not better


def test_a_royalty_is_a_running_cost() -> None:
    """2 USD/MWh to holders of rights are worth what 2 USD/MWh more for electricity are."""
    owed, dearer = written(), written(royalty="", energy=2.0)
    assert solve_text(owed).npv == pytest.approx(solve_text(dearer).npv, rel=1e-9)


def test_what_owes_more_than_it_saves_is_not_served() -> None:
    """A unit unserved pays 300 USD/MWh back. Owed 299 it is served, owed 301 it is not."""
    for owed, served in ((299, True), (301, False)):
        solved = solve_text(written(royalty=f"royalty: {{rate: {owed} USD/MWh}}"))
        assert (solved.total("royalty") < -1.0) is served


def test_which_law_will_hold_is_a_belief() -> None:
    """Twice the royalty at even odds in the second year: 1.5 x 2.4 USD a user there."""
    belief = """\
beliefs:
  law: {about: "royalty:power", before: 1, reveal: 2,
        cases: {fair_use: {probability: 50 %, value: 1}, licence: {probability: 50 %, value: 2}}}
"""
    solved = solve_text(written() + belief)
    assert solved.total("royalty") == pytest.approx(-2.4 * (531.441 + 1.5 * 62.641029), rel=1e-7)
    with pytest.raises(InputError, match="royalty"):
        study_of(parse_text(written(royalty="") + belief))


def test_pressure_is_that_of_the_cohorts() -> None:
    """A cohort under pressure is the market's own curve with these weights, whatever its family;
    who joins later meets only what comes later.
    """
    pull = np.array([1.0, 2.0, 0.5, 3.0, 1.5, 1.0])
    for curve, shape in (
        (SurvivalCurve("constant", rate=0.1), 1.0),
        (SurvivalCurve("sbg", alpha=0.668, beta=3.806), 1.0),
        (SurvivalCurve("bdw", alpha=0.9, beta=6.0, shape=1.3), 1.3),
    ):
        # a fine table: between its points nothing is interpolated that could hide a fault
        survival = tuple(curve.curve(40).tolist())
        users = Subscribers(survival, 0.0, 0.0, pressure=tuple(pull), shape=shape)
        exact = curve.curve(6, pull)
        assert users.there(np.array(0.0), 6.0) == pytest.approx(exact[6], rel=4e-3)
        later = curve.curve(4, pull[2:])
        found = users.there(np.array([2.0, 0.0]), 6.0)
        assert found == pytest.approx([later[4], exact[6]], rel=4e-3)
        plain = Subscribers(survival, 0.0, 0.0)
        even = Subscribers(survival, 0.0, 0.0, pressure=(1.0,) * 6, shape=shape)
        assert even.there(np.arange(6.0), 6.0) == pytest.approx(plain.there(np.arange(6.0), 6.0))


def test_stages_of_other_than_whole_months() -> None:
    assert by_month([1.0, 2.0], [1.5, 2.0]) == (1.0, 1.0, 2.0, 2.0)
    assert by_month([3.0], [1.0, 1.0]) == (3.0, 3.0)


def test_more_failures_than_were_written_are_told() -> None:
    """The grid serves a hundredth of a MW; the users want 0.07."""
    text = written(TRUST + ", failed: 1 %").replace("5 MW", "0.01 MW")
    told = list(words((found := solve_text(text)).formulation, found.outcomes))
    assert any("trust in" in one and "1.0% of its use failing" in one for one in told)


LICENCES = """\
licences:
  - {id: m, work: Moonfox, holder: acme, allow: [parody], media: [video], territory: [JP],
     term: 2026-01-01..2028-12-31, per_use: 0.04 USD}
  - {id: n, work: Nightowl, holder: beta, allow: [parody], media: [video], territory: [JP],
     term: 2026-01-01..2028-12-31, per_use: 0.10 USD}
"""


def test_a_register_of_licences_makes_the_royalty(tmp_path: Path) -> None:
    """A quarter of clips uses Moonfox at 0.04 USD, a tenth Nightowl at 0.10 USD: 0.02 USD a clip of
    0.005 MWh, or 4 USD/MWh. The plan's lock then names the register.
    """
    (tmp_path / "rights.yaml").write_text(LICENCES)
    asked = "{Moonfox: 25 %, Nightowl: 10 %}"
    terms = f"royalty: {{licences: rights.yaml, clip: 0.005 MWh/clip, asked: {asked}}}"
    read = study(written(royalty=terms))
    assert expand(read, tmp_path).system.demands[0].royalty == pytest.approx(4.0)
    assert "rights.yaml" in named_files(read, tmp_path)
    rate = study(written(royalty="royalty: {rate: 0.02 USD/clip, clip: 0.005 MWh/clip}"))
    assert expand(rate).system.demands[0].royalty == pytest.approx(4.0)
    huge = study(written(royalty="royalty: {rate: 9e11 USD/clip, clip: 1e-11 MWh/clip}"))
    with pytest.raises(InputError, match=r"9e\+22 USD/MWh; expected at most"):
        expand(huge)
    unknown = study(written(royalty=terms.replace("Nightowl", "Sunbear")))
    with pytest.raises(InputError, match="Sunbear"):
        expand(unknown, tmp_path)


@pytest.mark.parametrize(
    ("royalty", "trust", "told"),
    [
        ("royalty: {}", TRUST, "neither `rate` nor `licences`"),
        ("royalty: {rate: 2 USD/clip}", TRUST, "USD/clip"),
        ("royalty: {rate: 2 USD/clip, clip: 0 MWh/clip}", TRUST, "above 0"),
        ("royalty: {licences: x.yaml}", TRUST, "`asked` and `licences` go together"),
        ("royalty: {rate: -2 USD/MWh}", TRUST, "negative"),
        ("", TRUST.replace("[0, 2]", "[0, 1, 2]"), "3 numbers"),
        ("", TRUST.replace("[0, 2]", "-1"), "between 0 and 100"),
        ("", TRUST.replace("10 %", "110 %"), "less than or equal to 1"),
        ("", TRUST.replace("sensitivity: 2", ""), "missing"),
    ],
)
def test_terms_that_say_too_little_or_too_much(royalty: str, trust: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        study_of(parse_text(written(trust, royalty)))


def test_trust_without_churn_is_refused() -> None:
    with pytest.raises(InputError, match="there is no `churn`"):
        study_of(parse_text(written().replace("churn: {rate: 10 %},", "")))
