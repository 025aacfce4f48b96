"""Where values stand, and which are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.show.draw.scale import (
    DATE,
    AxisScale,
    bounds,
    day_of,
    new_years,
    round_values,
    tick_words,
)


def test_a_linear_scale_runs_either_way() -> None:
    up = AxisScale("linear", 0.0, 10.0, 200.0, 0.0)
    assert [up.at(v) for v in (0.0, 2.5, 10.0)] == [200.0, 150.0, 0.0]


def test_a_logarithmic_scale_has_equal_decades_and_keeps_nothing_at_its_edge() -> None:
    log = AxisScale("log", 0.01, 100.0, 0.0, 400.0)
    assert [log.at(v) for v in (0.01, 0.1, 1.0, 100.0)] == pytest.approx([0, 100, 200, 400])
    assert log.at(0.0) == 0.0
    assert log.ticks() == pytest.approx((0.01, 0.1, 1.0, 10.0, 100.0))


def test_names_stand_in_the_middle_of_their_slots() -> None:
    named = AxisScale("names", 0.0, 1.0, 0.0, 90.0, ("a", "b", "c"))
    assert [named.at(n) for n in "abc"] == [15.0, 45.0, 75.0]
    assert named.at(-0.5) == 0.0
    assert named.slot == 30.0
    assert named.ticks() == ("a", "b", "c")


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12))
def test_round_values_lie_inside_and_are_few(low: float, width: float) -> None:
    found = round_values(low, low + width)
    assert len(found) <= 8
    for value in found:
        assert low - 1e-6 * width <= value <= low + width * (1 + 1e-6)


def test_ticks_of_money_share_one_step_word() -> None:
    """No tick reads "500 M" beside "1 bn"."""
    assert tick_words((0.0, 0.5e9, 1e9)) == ("0", "0.5 bn", "1 bn")
    assert tick_words((0.0, 0.25, 1.0), ".0%") == ("0 %", "25 %", "100 %")
    assert tick_words((0.0, 2500.0)) == ("0", "2,500")
    for words in tick_words((1e12, 2e12, 3e9)):
        assert not words.endswith(("G", "B", "T", "m", "k"))


def test_bounds_have_room_and_hold_zero_where_asked() -> None:
    low, high = bounds([2.0, 4.0], zero=True)
    assert low == 0.0
    assert high > 4.0
    assert bounds([3.0, 3.0])[0] < 3.0 < bounds([3.0, 3.0])[1]


def test_days_of_an_axis_are_first_days_of_years_or_months() -> None:
    def told(first: str, last: str) -> tuple[str, ...]:
        return tick_words(new_years(day_of(first), day_of(last)), DATE)

    assert told("2023-11-06", "2031-02-01") == ("2024", "2026", "2028", "2030")
    assert told("2025-10-08", "2026-04-30") == (
        "2025-11",
        "2025-12",
        "2026",
        *(f"2026-0{k}" for k in (2, 3, 4)),
    )
    assert told("2025-11-20", "2026-03-02") == ("2025-12", "2026", "2026-02", "2026-03")
    assert all(1 <= len(told("2000-05-05", f"{2001 + k}-05-05")) <= 7 for k in range(0, 400, 7))
