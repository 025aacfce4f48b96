"""Stamps in every unit and zone, and what is said about odd ones."""

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.models.fleet.traces.clocks import (
    dates,
    doubts,
    refuse_fractions,
    seconds,
    spread_within_tick,
    tick_of,
)

LINES = np.arange(2, 100)


def test_dates_keep_their_hundred_nanoseconds():
    found = dates(["2024-05-10 00:00:00.0000001", "2024-05-11T00:00:01.0000003"], LINES, "x")
    assert found.tolist() == pytest.approx([0.0, 86_401.0000002], abs=1e-12)


@pytest.mark.parametrize(
    "words",
    [
        ["2024-05-10 00:59:59+02:00", "2024-05-10 00:00:01+01:00", "2024-05-10 00:00:02+0100"],
        ["2024-05-09 17:59:59-05:00", "2024-05-09T23:00:01Z", "2024-05-09 23:00:02 UTC"],
        ["2024-05-09 22:59:59Z", "2024-05-09 19:30:01-03:30", "2024-05-10 04:45:02+05:45"],
        ["2024-05-09 22:59:59,0+00", "2024-05-10 07:00:01+08", "2024-05-09 13:00:02-10"],
    ],
)
def test_zones_are_read_as_utc(words):
    """All three lists are 22:59:59, 23:00:01 and 23:00:02 in UTC."""
    assert dates(words, LINES, "x").tolist() == [0.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["2024-05-10", "yesterday"], r"x:3  timestamp: `yesterday`"),
        (["2024-05-10", "NaT"], r"x:3.*no timestamp"),
        (["2024-05-10 00:00:00Z", "2024-05-10 00:00:01"], r"x:3.*1 of 2 rows name no time zone"),
        (["2024-05-10 00:00", "2024-05-10 00:00:01Z"], r"x:3.*1 of 2 rows name no time zone"),
        (["2024-13-10 00:00"], "[Mm]onth"),
        (["9999-01-01 00:00"], "no timestamp"),
    ],
)
def test_what_is_no_date_is_named_by_its_line(words, told):
    with pytest.raises(InputError, match=told):
        dates(words, LINES, "x")


@pytest.mark.parametrize(
    ("first", "unit"),
    [(1_764_448_487, "s"), (1_764_448_487_000, "ms"), (1.764448487e15, "us"), (1.764e18, "ns")],
)
def test_an_epoch_in_another_unit_is_refused_and_read_when_named(first, unit):
    """An hour after the first, in its own unit; 3,600 s when the unit is said."""
    length = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}[unit]
    values = np.array([first, first + 3600 / length])
    for usual in ("s", "ms"):
        if usual == unit:
            assert seconds(values, None, usual, LINES, "x")[1] == pytest.approx(3600)
        else:
            with pytest.raises(InputError, match=f"in {unit}.*--unit {unit}"):
                seconds(values, None, usual, LINES, "x")
        assert seconds(values, unit, usual, LINES, "x")[1] == pytest.approx(3600)


def test_a_relative_clock_is_no_epoch():
    """Ten years in seconds, and ten years in milliseconds, from 0."""
    assert seconds(np.array([0.0, 3.2e8]), None, "s", LINES, "x")[1] == 3.2e8
    assert seconds(np.array([0.0, 3.2e11]), None, "ms", LINES, "x")[1] == 3.2e8
    with pytest.raises(InputError, match=r"x:3.*negative"):
        seconds(np.array([0.0, -1.0]), None, "s", LINES, "x")


def test_fractions_of_a_millisecond_are_doubted():
    refuse_fractions(np.array([0.0, 3.0, np.nan]), "x")
    with pytest.raises(InputError, match=r"`0.5`.*1 of 3.*--unit s"):
        refuse_fractions(np.array([0.0, 0.5, 1.0]), "x")


def test_stamps_that_share_a_tick_are_said_and_spread():
    """Ten requests a second, stamped in whole seconds."""
    arrival = np.repeat(np.arange(60.0), 10)
    assert tick_of(arrival) == 1.0
    assert any("540 of 600" in told and "--spread" in told for told in doubts(arrival, True))
    drawn = spread_within_tick(arrival, seed=1)
    assert (np.diff(drawn) >= 0).all()
    assert drawn[0] == 0
    assert len(np.unique(drawn)) == 600
    assert np.abs(drawn - arrival).max() < 1.1
    assert doubts(drawn, True) == []


@pytest.mark.parametrize(
    ("arrival", "named", "told"),
    [
        (np.arange(10) / 1e3, False, "1,000 requests a second"),
        (np.arange(10) / 1e3, True, ""),
        (np.arange(5) * 1000.0, False, "one request in 1,000 s"),
        (np.arange(5) * 10.0, False, ""),
        (np.cumsum(np.random.default_rng(0).exponential(0.1, 99)), False, ""),
    ],
)
def test_odd_paces_are_said_unless_the_unit_was(arrival, named, told):
    found = " ".join(doubts(arrival, named))
    assert (told in found) if told else (found == "")
