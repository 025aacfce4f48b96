"""Amounts of another currency: at the study's own rate, and refused without one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.builders.studies import study

from headrace.core.errors import InputError
from headrace.core.foreign_money import dollars, in_dollars, stated_rates, unit_in_dollars
from headrace.core.study import Study
from headrace.core.units import FOREIGN, UnitError, parse
from headrace.plan.model.build_system import expand
from headrace.plan.results.input_sources import sources

RATES = {"EUR": 1.08, "JPY": 0.0065}
EURO = 'currencies: {EUR: {rate: 1.08 USD, date: 2026-11-27, source: "ECB reference rates"}}\n'
TEXT = """\
study: euro
horizon: {start: 2027-01, stages: [12 months, 12 months]}
carbon: {2027-01: 80 EUR/t, 2027-07: 100 EUR/t}
fuels: {gas: {price: 10 EUR/MMBtu}}
technologies: {t: {capex: 1 MEUR/MW, fixed: 12 EUR/kW-year, variable: 3.5 EUR/MWh, fuel: gas,
    heat_rate: 8 MMBtu/MWh, source: "90 EUR/MWh in a paper"}}
beliefs: {c: {about: "capex:t", before: 1000 EUR/kW, reveal: 2,
    cases: {a: {probability: 50 %, value: 500 EUR/kW}, b: {probability: 50 %, value: 900 USD/kW}}}}
sites: {s: {grid: {limit: 10 MW, energy: PRICE}, build: {p: {use: t, at_most: 5 MW}}}}
limits: {spend: [2.5 MEUR, 0 USD]}
products: {p: {kind: electricity, site: s, demand: 5 MW, price: 100 EUR/MWh}}
"""


def euro(price: str = "62 EUR/MWh", head: str = EURO) -> Study:
    return study(head + TEXT.replace("PRICE", price))


def test_every_amount_is_turned_at_the_stated_rate() -> None:
    found = euro()
    assert found.sites["s"].grid is not None
    assert found.sites["s"].grid.energy == pytest.approx(62 * 1.08)
    own = found.technologies["t"]
    assert own.capex == pytest.approx(1080)
    assert own.fixed == pytest.approx(12 * 1.08)
    assert own.variable == pytest.approx(3.5 * 1.08)
    assert own.source == "90 EUR/MWh in a paper"
    assert parse(found.products["p"].price, "USD/MWh") == pytest.approx(108)
    assert found.limits.spend == pytest.approx([2.7e6, 0])
    assert parse(found.beliefs["c"].before, "USD/kW") == pytest.approx(1080)
    values = [parse(case.value, "USD/kW") for case in found.beliefs["c"].cases.values()]
    assert values == pytest.approx([540, 900])
    (rate,) = [source for source in sources(found) if source.key == "currencies.EUR"]
    assert (rate.value, rate.date, rate.status) == (1.08, "2026-11-27", "fact")


def test_a_table_in_another_currency_is_turned_as_well(tmp_path: Path) -> None:
    rows = [f"2027-{m:02d},{10 * m}" for m in range(1, 13)]
    (tmp_path / "p.csv").write_text("\n".join(["time,price [EUR/MWh]", *rows]) + "\n")
    price = expand(euro("p.csv#price"), tmp_path).series[0].series.values
    assert price.tolist() == pytest.approx([10.8 * m for m in range(1, 13)])
    plain = study(TEXT.replace("EUR", "USD").replace("PRICE", "p.csv#price"))
    with pytest.raises(InputError, match="in EUR, of which no rate is stated"):
        expand(plain, tmp_path)


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("62 EUR/MWh", "66.96 USD/MWh"),
        ("-1.5 kEUR", "-1.62 kUSD"),
        ("5e6 JPY/MW", "32500 USD/MW"),
        ("14 EUR/kW-month", "15.12 USD/kW-month"),
        ("62 GBP/MWh", "62 GBP/MWh"),
        ("300 MW", "300 MW"),
        ("EUR 62/MWh", "EUR 62/MWh"),
        ("3 EUROS", "3 EUROS"),
        ("hours.csv#EUR", "hours.csv#EUR"),
        ("4,5 EUR/MWh", "4,5 EUR/MWh"),
    ],
)
def test_only_an_amount_with_a_rate_is_touched(text: str, turned: str) -> None:
    assert dollars(text, RATES) == turned


def test_names_sources_and_rates_stay_as_they_are() -> None:
    data = {"currencies": {"EUR": {"rate": "1.08 USD"}}, "a": [{"title": "9 EUR"}, "9 EUR"], "b": 9}
    assert stated_rates(data) == {"EUR": 1.08}
    assert in_dollars(data, RATES) == {**data, "a": [{"title": "9 EUR"}, "9.72 USD"]}
    assert unit_in_dollars("MEUR/MW", RATES) == ("MUSD/MW", 1.08)


@pytest.mark.parametrize("broken", [{"EUR": "1.1"}, {"EUR": {"rate": "1 MW"}}, {"USD": {}}, 3])
def test_a_rate_that_cannot_be_read_turns_nothing(broken: object) -> None:
    assert stated_rates({"currencies": broken}) == {}


@pytest.mark.parametrize("code", FOREIGN)
def test_without_a_rate_the_way_out_is_told(code: str) -> None:
    with pytest.raises(UnitError, match=rf"is in {code}, of which no rate is stated: write"):
        parse(f"3 k{code}/MW", "USD/kW")


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("", "`EUR/MWh` is in EUR, of which no rate is stated"),
        (EURO.replace("1.08 USD", "1.08"), "1.08 has no unit"),
        (EURO.replace("1.08 USD", "0 USD"), "greater than 0"),
        (EURO.replace(', source: "ECB reference rates"', ""), "this key is missing"),
        (EURO.replace("2026-11-27", "yesterday"), "match pattern"),
        (EURO.replace("EUR", "EURO"), "is no currency known here"),
        (EURO.replace("EUR:", "USD:"), "is the money of the study"),
    ],
)
def test_a_rate_has_a_day_a_source_and_a_code(head: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        euro(head=head)
