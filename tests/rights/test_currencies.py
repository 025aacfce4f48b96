"""Prices, fees and licences in several currencies: each at the rate of its own day, by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from tests.rights.test_money_waits import licence

from headrace.core.errors import InputError
from headrace.rights.currencies import Rates, minor_unit, rates
from headrace.rights.royalties.dues import dues
from headrace.rights.royalties.period import Period, settle_folder
from headrace.rights.terms_yaml import parse_licences

RISING = "2026-01-01,EUR,1.10\n2026-01-10,EUR,1.20"
EURO = licence("Fox", "acme", ", per_use: 1 EUR")


def settled(
    folder: Path,
    licences: str,
    *uses: str,
    rated: str = RISING,
    rule: str = "per_use",
    fees: str = "u,10,USD",
    **files: str,
) -> Period:
    """January 2026 in USD. uses: `day works price currency`, or a whole time instead of the day."""
    folder.mkdir(exist_ok=True)
    text = f"licences:\n{licences}"
    (folder / "licences.yaml").write_text(text)
    digest = parse_licences(text).digest
    rows = []
    for number, use in enumerate(uses):
        day, works, price, currency = use.split()
        at = f"2026-01-{int(day):02d}T00:00:00Z" if day.isdigit() else day
        rows.append(f"{number},u,{at},{works},{price},{currency},{digest}")
    head = "id,user,at,works,price,currency,terms"
    (folder / "uses.csv").write_text("\n".join([head, *rows]) + "\n")
    (folder / "fees.csv").write_text(f"user,fee,currency\n{fees}\n")
    (folder / "rates.csv").write_text(f"day,currency,rate\n{rated}\n")
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text(lines)
    return settle_folder(folder, "2026-01", rule, currency="USD")  # type: ignore[arg-type]


def refused(done: Period) -> list[tuple[str, str]]:
    return [(one.id, one.kind) for one in done.refused]


def test_a_rate_holds_from_its_day_on() -> None:
    table = rates([(date(2026, 1, 10), "EUR", Fraction(6, 5)),
                   (date(2026, 1, 1), "EUR", Fraction(11, 10))], "USD")  # fmt: skip
    assert table.rate("EUR", date(2026, 1, 9)) == Fraction(11, 10)
    assert table.rate("EUR", date(2026, 1, 10)) == table.rate("EUR", date(2030, 1, 1))
    assert table.rate("USD", date(1990, 1, 1)) == 1
    assert table.turn(1_000_001, "EUR", date(2026, 1, 1)) == 1_100_001
    assert (table.into, table.currencies) == ("USD", ("USD", "EUR"))
    with pytest.raises(InputError, match="no rate of EUR into USD holds on 2025-12-31"):
        table.rate("EUR", date(2025, 12, 31))
    with pytest.raises(InputError, match="no rate of GBP"):
        table.rate("GBP", date(2026, 1, 1))
    with pytest.raises(InputError, match="two rates of one day"):
        rates([(date(2026, 1, 1), "EUR", Fraction(1)), (date(2026, 1, 1), "EUR", Fraction(2))], "X")
    with pytest.raises(InputError, match="not above 0"):
        rates([(date(2026, 1, 1), "EUR", Fraction(0))], "USD")


def test_minor_units_are_those_of_iso_4217() -> None:
    found = {code: minor_unit(code) for code in ("USD", "JPY", "KWD", "CLF", "XXX")}
    assert found == {"USD": 10_000, "JPY": 10**6, "KWD": 1_000, "CLF": 100, "XXX": 10_000}


def test_who_pays_a_licence_in_its_own_currency_pays_enough_on_every_day(tmp_path: Path) -> None:
    """1 EUR a use, paid with 1 EUR before and after the rate rises: 1.10 and 1.20 USD."""
    done = settled(tmp_path, EURO, "2 Fox=1 1 EUR", "9 Fox=1 1 EUR", "10 Fox=1 1 EUR")
    assert refused(done) == []
    assert done.chosen.pool == 3_400_000


def test_a_licence_is_asked_at_the_rate_of_the_use(tmp_path: Path) -> None:
    """1 EUR is 1.10 USD on the 9th and 1.20 USD on the 10th; a cent less is too little."""
    uses = ("9 Fox=1 1.10 USD", "9 Fox=1 1.09 USD", "10 Fox=1 1.20 USD", "10 Fox=1 1.19 USD")
    done = settled(tmp_path, EURO, *uses)
    assert refused(done) == [("1", "price below the licence"), ("3", "price below the licence")]
    assert done.refused[0].reason == "paid 1.090000, the licence asks 1.100000"
    assert done.refused[1].reason == "paid 1.190000, the licence asks 1.200000"
    falling = settled(tmp_path, EURO, *uses, rated=RISING.replace("1.20", "1.00"))
    assert refused(falling) == [("1", "price below the licence")]


def test_co_owners_may_ask_in_two_currencies(tmp_path: Path) -> None:
    """1 EUR and 1 USD are 2.10 USD a use; the shares say half and half."""
    both = EURO + licence("Fox", "bolt", ", per_use: 1 USD")
    shares = "work,holder,share\nFox,acme,1/2\nFox,bolt,1/2\n"
    uses = ("2 Fox=1 2.10 USD", "2 Fox=1 2.09 USD", "12 Fox=1 2.20 USD", "12 Fox=1 2.19 USD")
    done = settled(tmp_path, both, *uses, shares=shares)
    assert [number for number, _ in refused(done)] == ["1", "3"]
    assert [due.payable for due in dues(done.chosen)] == [2_150_000, 2_150_000]
    # without shares their prices would have to say the proportion, and it would move with the rate
    alone = settled(tmp_path / "alone", both, *uses)
    assert {held.kind for held in alone.chosen.held_by} == {"shares unknown"}


def test_a_share_of_the_price_is_at_least_the_price_of_its_day(tmp_path: Path) -> None:
    """10 % of 5 USD, but at least .60 EUR: .66 USD on the 2nd, .72 USD on the 12th."""
    terms = licence("Fox", "acme", ", share: 10 %, per_use: 0.60 EUR")
    done = settled(tmp_path, terms, "2 Fox=1 5 USD", "12 Fox=1 5 USD", "12 Fox=1 20 USD")
    assert done.chosen.earned.tolist() == [660_000 + 720_000 + 2_000_000]
    assert done.chosen.retained == 30_000_000 - 3_380_000


def test_works_of_two_currencies_share_one_use(tmp_path: Path) -> None:
    """A quarter of a work at 1 EUR and three of one at 2 USD: .275 + 1.50 USD."""
    both = EURO + licence("Bear", "bolt", ", per_use: 2 USD")
    done = settled(
        tmp_path, both, "2 Fox=0.25;Bear=0.75 1.775 USD", "2 Fox=0.25;Bear=0.75 1.77 USD"
    )
    assert refused(done) == [("1", "price below the licence")]


def test_a_row_whose_time_cannot_be_read_holds_its_own_money_only(tmp_path: Path) -> None:
    """It is turned at the last rate of the period, and stops nobody else's."""
    done = settled(tmp_path, EURO, "2 Fox=1 1 EUR", "yesterday Fox=1 1 EUR")
    assert refused(done) == [("1", "time")]
    assert (done.chosen.pool, int(done.chosen.held.sum())) == (2_300_000, 1_200_000)


def test_a_currency_without_a_rate_is_refused_row_by_row(tmp_path: Path) -> None:
    done = settled(tmp_path, licence("Fox", "acme"), "2 Fox=1 1 GBP", "2 Fox=1 1 USD")
    assert refused(done) == [("0", "currency")]
    with pytest.raises(InputError, match="no rate of EUR into USD holds on 2026-01-02"):
        settled(tmp_path, EURO, "2 Fox=1 1 EUR", rated="2026-01-20,EUR,1.1")


def test_fees_are_turned_as_well(tmp_path: Path) -> None:
    """10 USD and 10 EUR at the rate of the period's last day."""
    done = settled(tmp_path, licence("Fox", "acme"), "2 Fox=1 1 USD", rule="pro_rata",
                   fees="u,10,USD\nv,10,EUR")  # fmt: skip
    assert done.chosen.pool == 22_000_000


def test_a_price_of_a_currency_that_nothing_turns_is_an_error(tmp_path: Path) -> None:
    """Of a licence that is used; a table of rates without it cannot settle."""
    terms = licence("Fox", "acme", ", per_use: 1 GBP")
    with pytest.raises(InputError, match="no rate of GBP into USD"):
        settled(tmp_path, terms, "2 Fox=1 1 USD")


def test_rates_are_exact_fractions() -> None:
    """A third of a cent a hundred times: one rounding each, to even, no drift of binary numbers."""
    table = Rates("USD", {"XTS": ((date(2026, 1, 1), Fraction(1, 3)),)})
    assert sum(table.turn(1, "XTS", date(2026, 1, 1)) for _ in range(100)) == 0
    assert table.turn(3 * 10**12 + 1, "XTS", date(2026, 1, 1)) == 10**12
    assert table.turn(-5, "XTS", date(2026, 1, 1)) == -2
