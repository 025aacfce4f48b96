"""Units: what converts, what is refused, and what the message says."""

from __future__ import annotations

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
    ],
)
def test_what_is_refused(text: str, unit: str, says: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse(text, unit)
    assert says in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_parses_or_is_refused_in_words(text: str) -> None:
    try:
        assert abs(parse(text, "MW")) < float("inf")
    except UnitError as error:
        assert str(error)


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
