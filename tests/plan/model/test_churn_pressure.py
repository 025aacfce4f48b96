"""What presses subscribers to leave: covariates by hand, percentiles of the fleet, and both beside
trust.
"""

from __future__ import annotations

import math

import pytest
from tests.builders.studies import solve_text

from headrace.core.errors import InputError
from headrace.core.study import Study
from headrace.core.study_reader import parse_text, study_of
from headrace.models.serving import study_offers
from headrace.plan.model.build_system import expand
from headrace.plan.model.fleet_parts import fleet_parts
from headrace.plan.results.sold import sold_records

STUDY = """\
study: app
money: {{year: 2026, discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 12 months], terminal_value: false,
   hours: {{blocks: [8760 h]}}}}
sites: {{here: {{grid: {{limit: 5 MW, stands: 5 MW, energy: 0 USD/MWh}}}}}}
products:
  power:
    kind: electricity
    site: here
    offers:
      plan: {{kind: tier, users: 1000 user, price: 30 USD/user-month, use: 0.1 MWh/user-month,
              churn: {{rate: 10 %, covariates: {{{covariates}}}}}{more}}}
"""
FLEET = """\
study: served
money: {{year: 2026, discount: 10 %/a real}}
horizon: {{start: 2027-01, stages: [12 months], hours: {{blocks: [8760 h]}}}}
sites: {{here: {{weather: tmy3:723170, grid: {{limit: 5 MW, stands: 5 MW, energy: 60 USD/MWh}},
   hall: {{use: hall.ai, stands: 4 MW}}}}}}
fleet: {{may_buy: {{{chips}}}}}
models: {{large: {{shape: deepseek-ai/DeepSeek-V3, precision: fp8}}}}
products:
  chat:
    kind: tokens
    model: large
    isl: 1200
    osl: 300
    promise: {{ttft_p95: 3 s, tpot_p95: 60 ms}}
    offers:
      plus: {{kind: tier, users: 1000 user, price: 20 USD/user-month, use: 0.1 Mtok/user-month,
              churn: {{rate: 4 %, covariates: {{waiting: {waiting}}}}}}}
"""
B200, H100 = "b200: {use: b200, supply: 1000}", "h100: {use: h100, supply: 1000}"


def written(covariates: str = "", more: str = "") -> str:
    return STUDY.format(covariates=covariates, more=more)


def users(text: str) -> list[float]:
    """Users of the offer in the middle of both years."""
    solved = solve_text(text)
    found = []
    for outcome in solved.outcomes:
        (record,) = sold_records(solved.formulation, solved.plan.solution, [outcome])
        found.append(record.amount)
    return found


def test_a_rise_in_the_second_year_by_hand() -> None:
    """Churn of 10 % a month doubles from month 12 on: after 6 months 0.9^6 are left of a thousand,
    in month 18 0.9^(12 + 2 x 6).
    """
    text = written("rise: {effect: 1.3862943611, values: [0, 50 %]}".replace("50 %", "0.5"))
    assert users(text) == pytest.approx([1000 * 0.9**6, 1000 * 0.9**24], rel=1e-9)
    solved = solve_text(text)
    (record,) = sold_records(solved.formulation, solved.plan.solution, solved.outcomes[1:])
    assert record.pressure == pytest.approx(2.0)
    assert record.trust is None


def test_effects_add_up_in_the_exponent_and_may_keep_users() -> None:
    both = "cap: {effect: 0.5, values: 0.4}, club: {effect: -0.7, values: [1, 1]}"
    factor = math.exp(0.5 * 0.4 - 0.7)
    assert users(written(both))[0] == pytest.approx(1000 * 0.9 ** (6 * factor), rel=1e-9)


def test_trust_presses_beside_them_and_its_loss_is_told_apart() -> None:
    """Trust of one half at a sensitivity of 2 multiplies by e, a covariate by 2."""
    trust = ", trust: {now: 50 %, repair: 0, sensitivity: 2}"
    solved = solve_text(written("rise: {effect: 1, values: 0.69314718056}", trust))
    (record,) = sold_records(solved.formulation, solved.plan.solution, solved.outcomes[:1])
    assert record.pressure == pytest.approx(2 * math.e)
    assert record.distrusting == pytest.approx(1000 * (0.9**12 - 0.9 ** (12 * math.e)), rel=1e-9)


def read(waiting: str, chips: str) -> Study:
    return study_of(parse_text(FLEET.format(waiting=waiting, chips=chips)))


def test_the_fleet_rooms_percentile_presses_with_the_elasticity_that_is_written() -> None:
    """The slowest accelerator that keeps the promise is what users may see."""
    seen: dict[str, dict[str, float]] = {}
    for name, chips in (("b200", B200), ("h100", H100), ("both", f"{B200}, {H100}")):
        study = read("{effect: 0.5, served: ttft_p95, against: 1.5 s}", chips)
        parts = fleet_parts(study, [])
        seen[name] = study_offers.slowest_percentiles(study, study.products["chat"], parts)
    for key, promised in (("ttft_p95", 3.0), ("tpot_p95", 0.06)):
        assert seen["both"][key] == max(seen["b200"][key], seen["h100"][key])
        assert 0 < seen["both"][key] <= promised * (1 + 1e-9)
    offer = expand(study, None).system.demands[0].offers[0]
    assert offer.subscribers is not None
    factor = (seen["both"]["ttft_p95"] / 1.5) ** 0.5
    assert offer.subscribers.pressure == pytest.approx([factor] * 12)


@pytest.mark.parametrize(
    ("covariates", "told"),
    [
        ("rise: {effect: 1}", "neither `values` nor `served`, or both"),
        ("rise: {effect: 1, values: 1, served: ttft_p95, against: 1 s}", "or both"),
        ("rise: {effect: 1, values: [0, 1, 0]}", "one, or one for each of 2 stages"),
        ("rise: {effect: 1, values: 1, against: 1 s}", "`served` and `against` go together"),
        ("rise: {effect: 1, served: ttft_p95, against: 1 s}", "no percentiles of electricity"),
        ("rise: {effect: 1, values: 2e3}", "between -1000 and 1000"),
        ("rise: {effect: 30, values: 1}", "less than or equal to 20"),
    ],
)
def test_covariates_that_say_nothing_are_told(covariates: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        study_of(parse_text(written(covariates)))
    assert told in str(error.value)
    assert "covariates.rise" in str(error.value)


def test_a_hazard_without_measure_is_refused() -> None:
    text = written("rise: {effect: 20, values: 1}")
    with pytest.raises(InputError, match="the hazard of leaving times"):
        solve_text(text)


def test_a_percentile_that_nothing_serves_is_told() -> None:
    study = read("{effect: 0.5, served: ttft_p95, against: 1 s}", B200)
    with pytest.raises(InputError, match="nothing of the fleet serves it"):
        study_offers.slowest_percentiles(study, study.products["chat"], {})
