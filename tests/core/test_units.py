"""Units: what converts, what is refused, and what the message says."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.units import UnitError, convert, parse


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("300 MW", "MW", 300.0),
        ("1.2 GW", "MW", 1200.0),
        ("14 USD/kW-month", "USD/MW-month", 14_000.0),
        ("8 %/a", "1/year", 0.08),
        ("6 months", "month", 6.0),
        ("8989 Btu/kWh", "MMBtu/MWh", 8.989),
        ("53.06 kg/MMBtu", "t/MMBtu", 0.05306),
        ("4e26 FLOP/a", "EFLOP/year", 4e8),
        ("3 USD/accelerator-hour", "USD/accelerator-h", 3.0),
        ("0.1 USD/video-second", "USD/video-second", 0.1),
        ("40000 video-second/h", "video-second/day", 960_000.0),
        ("2 USD/Mtok", "USD/Gtok", 2000.0),
        ("99.9 %", "1", 0.999),
        ("20_000 accelerators", "accelerator", 20_000.0),
        ("1/3", "1", 1 / 3),
        ("6500 Btu/kWh", "MMBtu/MWh", 6.5),
        ("20 kWh/MWh", "1", 0.02),
        ("2/h", "1/h", 2.0),
        ("8 1/year", "1/year", 8.0),
    ],
)
def test_what_converts(text: str, unit: str, value: float) -> None:
    assert parse(text, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        ("300 MWh", "MW", "is an energy; this field is a power [MW]. Did you mean `300 MW`?"),
        ("300", "MW", "has no unit"),
        ("3 MWs", "MW", "not a known unit"),
        ("nan MW", "MW", "not a number"),
        ("1e999 MW", "MW", "not a finite number"),
        ("", "MW", "not a number"),
        ("MW", "MW", "not a number"),
        ("5 USD/MWh", "USD/MMBtu-month", "measured in"),
        ("6.5", "MMBtu/MWh", "6.5 has no unit; this field is measured in MMBtu/MWh. Did you mean"),
        ("52 %", "MMBtu/MWh", "`52 %` is a share"),
        ("1/0", "1", "divides by 0"),
        ("1/3", "MW", "not a known unit"),
        ("4,5 MW", "MW", "more than one number; decimals are written with a point"),
        ("1,000 MW", "MW", "nothing stands between thousands"),
        ("1 000 MW", "MW", "more than one number"),
        ("$1,150/kW", "USD/kW", "the number comes first: `1150 USD/kW`"),
        ("1e308 GW", "MW", "no finite number of MW"),
        ("1 -- MW", "MW", "not a known unit"),
        ("5 ct/kWh", "USD/MWh", "`5 ct/kWh` is `0.05 USD/kWh`"),
        ("60 MVA", "MW", "write the active power"),
        ("0.4 USD/therm", "USD/MMBtu", "A therm is 0.1 MMBtu"),
        ("4 USD/Mcf", "USD/MMBtu", "1 Mcf holds about 1.04 MMBtu"),
        ("٣ MW", "MW", "not a number"),
        ("²", "1", "not a number"),
        (True, "1", "not a number"),
        ("1" * 201 + " MW", "MW", "has 204 characters"),
    ],
)
def test_what_is_refused(text: str | int, unit: str, says: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse(text, unit)
    assert says in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_parses_or_is_refused_in_words(text: str) -> None:
    try:
        assert abs(parse(text, "MW")) < float("inf")
    except UnitError as error:
        assert str(error)


def test_a_number_of_five_thousand_digits_is_refused_in_words() -> None:
    """Python itself would raise when it is asked to write it down."""
    with pytest.raises(UnitError, match="more than 40 digits"):
        parse(10**5000, "1")


def test_blanks_and_breaks_take_no_time_to_read() -> None:
    """A number before thousands of blanks once took a minute, by a pattern that tried every cut."""
    began = time.perf_counter()
    with pytest.raises(UnitError):
        parse("10<" + " " * 3000 + "a\nb", "MW")
    with pytest.raises(UnitError):
        parse("1" + " " * 150 + "a\nb", "MW")
    assert time.perf_counter() - began < 0.5


@given(
    st.floats(-1e12, 1e12, allow_subnormal=False),
    st.sampled_from(
        [("MW", "GW"), ("USD/kW-year", "USD/MW-month"), ("acre", "ha"), ("MMBtu", "MWh")]
    ),
)
def test_there_and_back(value: float, units: tuple[str, str]) -> None:
    here, there = units
    assert convert(convert(value, here, there), there, here) == pytest.approx(
        value, rel=1e-12, abs=1e-300
    )


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("7400 kJ/kWh", "MMBtu/MWh", 7.4 * 0.9478171),
        ("202 g/kWh", "kg/MWh", 202.0),
        ("117 lb/MMBtu", "kg/MMBtu", 53.0703),
    ],
)
def test_heat_and_emissions_as_makers_and_agencies_write_them(text, unit, value):
    assert parse(text, unit) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "unit", "better"),
    [
        ("50 mw", "MW", "Did you mean `MW`?"),
        ("50 MWH", "MWh", "Did you mean `MWh`?"),
        ("4 USD/mmbtu", "USD/MMBtu", "Did you mean `USD/MMBtu`?"),
        ("900 USD per kW", "USD/kW", "Did you mean `USD/kW`?"),
        ("$900 per kW", "USD/kW", "the number comes first: `900 USD/kW`."),
        ("50 mills/kWh", "USD/MWh", "`5 mills/kWh` is `5 USD/MWh`"),
        ("\N{MINUS SIGN}50 USD/MWh", "USD/MWh", "a minus is written `-50 USD/MWh`."),
        ("\N{EN DASH} 50 USD/MWh", "USD/MWh", "a minus is written `-50 USD/MWh`."),
    ],
)
def test_what_was_meant_is_told_where_capitals_words_or_dashes_hide_it(text, unit, better):
    with pytest.raises(UnitError, match=re.escape(better)):
        parse(text, unit)
