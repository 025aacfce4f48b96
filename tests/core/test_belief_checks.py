"""Beliefs of a study that is sound but for them: each mistake by its path and its words."""

from __future__ import annotations

import pytest

from headrace.core.belief_checks import belief_faults, columns_of, unit_faults, unknown
from headrace.core.study import Study
from headrace.core.study_reader import parse_text

STUDY = """study: sound
horizon: {start: 2027-01, stages: [6 months, 12 months, 24 months]}
carbon: carbon.csv#tax
fuels: {gas: {price: {2027: 4 USD/MMBtu, 2029: "gas.csv#forward"}}}
technologies:
  plant: {capex: 20 USD/kW, fuel: gas, heat_rate: 7 MMBtu/MWh}
  free: {variable: 20 USD/MWh}
  hired: {capex: 9 USD/kW, rent: 12 USD/kW-month}
sites:
  wired:
    grid: {limit: 9 MW, stands: 9 MW, energy: hours.csv#price, export: {price: 20 USD/MWh}}
    build: {plant: plant, free: free, hired: hired, slot: {use: gas.ccgt, reserve: reserve.turbine}}
  billed: {grid: {limit: 9 MW, stands: 9 MW, tariff: rate.json}}
  bare: {build: {plant: {use: plant, at_most: 5 MW}}}
products:
  power: {kind: electricity, site: wired, demand: 10 MW, price: 60 USD/MWh}
"""
SOLD = """fleet: {may_buy: {h100: h100}, may_rent: {cloud: h100.cloud}}
models: {large: {shape: deepseek-ai/DeepSeek-V3}}
"""


def study(beliefs: str, more: str = "") -> Study:
    written = f"{STUDY}{more}" + (f"beliefs:\n{beliefs}" if beliefs else "")
    return Study.model_validate(parse_text(written).data)


def belief(about: str, before: str, low: str, high: str, extra: str = "") -> str:
    cases = ", ".join(
        f'{name}: {{probability: 50 %, value: "{value}"}}'
        for name, value in (("low", low), ("high", high))
    )
    return f'  it: {{about: "{about}", before: "{before}", reveal: 2, {extra}cases: {{{cases}}}}}\n'


def told(beliefs: str, more: str = "") -> list[str]:
    """Each fault as `path: words`."""
    return [
        f"{'.'.join(map(str, path))}: {found}; {expected}; {fix}"
        for path, found, expected, fix in belief_faults(study(beliefs, more))
    ]


@pytest.mark.parametrize(
    ("about", "value"),
    [
        ("fuel:gas", "5 USD/MMBtu"),
        ("fuel:gas", "gas.csv#stress"),
        ("carbon", "{2027: 20 USD/t, 2030: 80 USD/t}"),
        ("grid:wired", "-12 USD/MWh"),
        ("export:wired", "-1 USD/MWh"),
        ("queue:wired", "0 months"),
        ("lead:plant", "18 months"),
        ("capex:plant", "900 USD/kW"),
        ("demand", "-20 %/a"),
        ("demand:power", "10 %/a"),
        ("series:hours.csv#price", "hours.csv#wild"),
        ("series:gas.csv#forward", "gas.csv#high"),
        ("series:carbon.csv#tax", "carbon.csv#high"),
    ],
)
def test_what_can_be_believed_is_no_fault(about: str, value: str) -> None:
    """Also a column that stands in a later step of a path, and prices of energy below zero."""
    assert told(belief(about, value, value, value)) == []


@pytest.mark.parametrize(
    ("about", "value", "words"),
    [
        ("fuels:gas", "5 USD/MMBtu", "is not something a belief can be about"),
        ("fuel:gsa", "5 USD/MMBtu", "`gsa` is not a fuel; ; Did you mean `gas`?"),
        ("capex:gas.engine", "900 USD/kW", "is not a technology that may be built"),
        ("capex:free", "900 USD/kW", "`free` has no `capex` that could change"),
        ("lead:hired", "9 months", "is rented, or has a slot"),
        ("lead:gas.ccgt", "9 months", "is rented, or has a slot"),
        ("demand:pover", "5 %/a", "Did you mean `power`?"),
        ("software", "20 %/a", "nothing is sold in tokens"),
        ("rivals:power", "10 %", "is not a product whose offers have `rivals`"),
        ("royalty:power", "2", "is not a product with a `royalty`"),
        ("rent", "0.9", "no accelerator of this study may be rented"),
        ("grid:wird", "5 USD/MWh", "Did you mean `wired`?"),
        ("grid:bare", "5 USD/MWh", "`bare` has no `grid`"),
        ("queue:bare", "5 months", "`bare` has no `grid`"),
        ("export:billed", "5 USD/MWh", "nothing is given back at `billed`"),
        ("grid:billed", "5 USD/MWh", "`billed` pays by `tariff`"),
        ("weather:wired", "dull.epw", "`wired` has no `weather`"),
        ("series:hours.csv#load", "a.csv#b", "is not a column that the study takes"),
    ],
)
def test_a_subject_that_the_study_has_not(about: str, value: str, words: str) -> None:
    (found,) = told(belief(about, value, value, value))
    assert found.startswith("beliefs.it.about: ")
    assert words in found


@pytest.mark.parametrize(
    ("about", "good", "bad", "words"),
    [
        ("capex:plant", "900 USD/kW", "900 USD/MWh", "USD/kW"),
        ("capex:plant", "900 USD/kW", "-1 USD/kW", "is negative; zero or more"),
        ("capex:plant", "900 USD/kW", "{2027: 9 USD/kW}", "moves over time; one number [USD/kW]"),
        ("queue:wired", "9 months", "queue.csv#late", "moves over time; one number [month]"),
        ("fuel:gas", "5 USD/MMBtu", "{2027: -5 USD/MMBtu}", "-5 USD/MMBtu"),
        ("carbon", "20 USD/t", "{2027: -5 USD/t}", "-5 USD/t"),
        ("grid:wired", "20 USD/MWh", "{2027: 5 USD/t}", "USD/MWh"),
        ("demand", "10 %/a", "-100 %/a", "is no change of a year"),
        ("demand", "10 %/a", "1001 %/a", "above -100 %/a, at most 1000 %/a"),
        ("series:hours.csv#price", "a.csv#b", "dear", "names no table; `FILE#COLUMN`"),
    ],
)
def test_a_value_of_another_kind_is_told_at_its_case(
    about: str, good: str, bad: str, words: str
) -> None:
    (found,) = told(belief(about, good, good, bad))
    assert found.startswith("beliefs.it.cases.high.value: ")
    assert words in found
    (found,) = told(belief(about, bad, good, good))
    assert found.startswith("beliefs.it.before: ")


def test_odds_are_of_every_case_and_thirds_are_whole() -> None:
    thirds = "".join(
        f"{name}: {{probability: 33.33 %, value: 5 USD/t}}, " for name in ("a", "b", "c")
    )
    assert told(f"  it: {{about: carbon, before: 5 USD/t, reveal: 2, cases: {{{thirds}}}}}\n") == []
    short = belief("carbon", "5 USD/t", "5 USD/t", "6 USD/t").replace("50 %", "40 %")
    (found,) = told(short)
    assert found.startswith("beliefs.it.cases: the probabilities add up to 0.8;")


def test_what_is_known_after_the_horizon_is_refused() -> None:
    late = belief("carbon", "5 USD/t", "5 USD/t", "6 USD/t").replace("reveal: 2", "reveal: 4")
    (found,) = told(late)
    assert found == "beliefs.it.reveal: stage 4 is beyond the horizon's 3 stages; 2 to 3; "
    assert told(late.replace("reveal: 4", "reveal: 3")) == []


def test_two_beliefs_about_one_thing_are_one_too_many() -> None:
    """`demand` and `demand:power` are two things, `demand` and `demand:` are one."""
    first = belief("demand", "5 %/a", "5 %/a", "9 %/a")
    both = first + first.replace("it:", "too:").replace('"demand"', '"demand:"')
    (found,) = told(both)
    assert found.startswith("beliefs.too.about: `it` is about `demand` too")
    assert told(first + first.replace("it:", "too:").replace('"demand"', '"demand:power"')) == []


def test_a_history_is_of_growth_and_comes_along() -> None:
    extra = "history: chatgpt_weekly_users, "
    grows = belief("demand", "5 %/a", "5 %/a", "9 %/a", extra)
    assert told(grows) == []
    (found,) = told(grows.replace("chatgpt_weekly_users", "chatgpt_weekly_user"))
    assert "Did you mean `chatgpt_weekly_users`?" in found
    (found,) = told(belief("carbon", "5 USD/t", "5 USD/t", "9 USD/t", extra))
    assert "`carbon` is no growth" in found


def test_a_rent_may_change_where_something_is_rented() -> None:
    assert told(belief("rent", "1", "0.8", "1.3"), SOLD) == []
    usd = "USD/accelerator-h"
    assert told(belief("rent:cloud", f"2 {usd}", f"2 {usd}", f"3 {usd}"), SOLD) == []
    (found,) = told(belief("rent:clod", f"2 {usd}", f"2 {usd}", f"3 {usd}"), SOLD)
    assert "Did you mean `cloud`?" in found
    free = SOLD.replace("cloud: h100.cloud", f"cloud: {{use: h100.cloud, price: 0 {usd}}}")
    (found,) = told(belief("rent", "1", "0.8", "1.3"), free)
    assert "`fleet.may_rent.cloud` has no `price` that could change" in found


def test_every_column_a_study_names_is_found_once_it_is_written() -> None:
    found = sorted(str(one) for one in columns_of(study("")))
    assert found == ["carbon.csv#tax", "gas.csv#forward", "hours.csv#price"]


def test_a_belief_names_no_column_of_the_study() -> None:
    """What only a case names may not be believed again."""
    held = belief("fuel:gas", "5 USD/MMBtu", "gas.csv#only_here", "5 USD/MMBtu")
    other = belief("series:gas.csv#only_here", "a.csv#b", "a.csv#b", "a.csv#c")
    (found,) = told(held + other.replace("it:", "other:"))
    assert found.startswith("beliefs.other.about: ")


@pytest.mark.parametrize(
    ("written", "faults"),
    [("-99.9 %/a", 0), ("1000 %/a", 0), ("-100 %/a", 1), ("0 %/a", 0), ("5", 1), ("5 MW", 1)],
)
def test_growth_from_nearly_nothing_to_elevenfold(written: str, faults: int) -> None:
    assert len(list(unit_faults(("x",), written, "1/year"))) == faults


def test_a_name_far_from_all_others_is_answered_with_all_of_them() -> None:
    ((_, _, _, fix),) = unknown(("x",), "zebra", ["gas", "coal"], "a fuel")
    assert fix == "Known: gas, coal."
    ((_, _, _, fix),) = unknown(("x",), "zebra", [], "a fuel")
    assert fix == "Known: none."
