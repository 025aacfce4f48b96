"""Words for quantities, money, dates and orders."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.show.format import text as words

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234567.0, "1,230,000"),
        (0.12345, "0.123"),
        (-41.0, "\N{MINUS SIGN}41"),
        (4e-5, "4.00e-05"),
        (99.96, "100"),
        (math.nan, "not known"),
    ],
)
def test_numbers(value, text):
    assert words.number(value) == text


def test_money_and_intervals():
    assert words.money(41.3e6) == "41.3 M USD"
    assert words.money(999.7e6) == "1 bn USD"
    assert words.money(None) == "not computed"
    assert words.interval(41e6, 48.2e6) == "41 to 48 M USD"
    assert words.interval(1.234e9, 1.252e9) == "1.23 to 1.25 bn USD"
    assert words.interval(-2.2e6, 5.9e6) == "\N{MINUS SIGN}2 to 6 M USD"
    assert words.interval(0.3e6, 9e6) == "0.3 to 9.0 M USD"
    assert words.interval(99.99e6, 100.01e6) == "99.99 to 100.01 M USD"
    assert words.interval(5e6, 5e6) == "5 M USD"
    assert words.interval(5e6, None) == "at least 5 M USD"


@given(st.floats(-1e14, 1e14), st.floats(0, 1e13))
def test_two_ends_that_differ_are_told_apart_or_nearly_equal(low, width):
    high = low + width
    told = words.interval(low, high)
    if width > 1e-3 * max(abs(low), abs(high)) and max(abs(low), abs(high)) > 1:
        assert " to " in told


def test_quantities_and_dates():
    assert words.quantity(1.234e6, "MWh") == "1.23 TWh"
    assert words.quantity(120.4, "MW") == "120 MW"
    assert words.quantity(24000, "accelerators") == "24,000 accelerators"
    assert words.quantity(12_000.4, "accelerator") == "12,000 accelerators"
    assert words.quantity(12.4, "accelerator") == "12 accelerators"
    assert words.quantity(1.2, "accelerator") == "1 accelerator"
    assert words.quantity(0.3, "accelerator") == "0.3 accelerators"
    assert words.quantity(8.9e6, "Mtok") == "8.9 trillion tokens"
    assert words.quantity(1.17e9, "Mtok") == "1,170 trillion tokens"
    assert words.quantity(6.16e8, "EFLOP/a") == "6.16×10²⁶ FLOP a year"
    assert words.quantity(8621.3, "accelerator") == "8,621 accelerators"
    assert words.percent(3e-14) == "below 0.001 %"
    assert words.short("AI hall: direct cooling, chillers") == "AI hall"
    assert words.months_between("2027-03", "2028-06") == 15
    assert words.months_between("soon", "2028-06") is None
    assert words.month_count("2027-13") is None
    assert words.site("new_albany") == "New Albany"
    assert words.percent(0.0146) == "1.5 %"


def test_keys_are_told_as_people_write_them():
    assert (
        words.named("chat on b200 at new_albany", ["new_albany", "new"])
        == "chat on B200 at New Albany"
    )
    assert words.named("greensboros b2000", ["greensboro"]) == "greensboros b2000"
    assert (
        words.label("accelerator-hours mi355x greensboro", ["greensboro"])
        == "Accelerator-hours MI355X Greensboro"
    )
    assert words.named("NVIDIA GB300 at .*", [".*"]) == "NVIDIA GB300 at .*"
    assert words.label("") == ""


def test_inputs_are_told_with_their_unit():
    assert words.measured(24.0, "month") == "24 months"
    assert words.measured(1.0, "year") == "1 year"
    assert words.measured(0.8, "1") == "0.8"
    assert words.measured(1600.0, "USD/kW") == "1,600 USD/kW"
    assert words.measured("tmy3:723170", "") == "tmy3:723170"
    assert words.measured(None, "") == ""


def test_counts_agree_with_their_noun():
    assert words.count(1, "branch") == "1 branch"
    assert words.count(1200, "branch") == "1,200 branches"
    assert words.count(0, "order") == "0 orders"


def test_beliefs_are_told_with_their_unit():
    assert words.belief("fuel:gas", 4.5, "USD/MMBtu") == "fuel of gas 4.5 USD/MMBtu"
    assert words.belief("demand growth", 0.4, "1/year") == "demand growth 40 % a year"
    assert words.belief("demand:chat", 1.2, "1") == "demand of chat 1.2"
    assert words.belief("gas price", "high", "") == "gas price high"


@given(st.floats(-1e300, 1e300))
def test_a_number_in_words_is_that_number(value):
    """Three figures say any number to half a per cent."""
    told = words.number(value).replace(",", "").replace("\N{MINUS SIGN}", "-")
    assert float(told) == pytest.approx(value, rel=0.0051, abs=1e-300)
