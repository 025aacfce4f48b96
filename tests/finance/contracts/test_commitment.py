"""Rows of a commitment add up to what was billed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.finance.contracts.commitment import (
    COLUMNS,
    HourCommitment,
    UsedPeriod,
    focus_rows,
    sums,
)

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)


def month(number: int, used: float) -> UsedPeriod:
    begins = BEGINS + timedelta(days=30 * number)
    return UsedPeriod(begins, begins + timedelta(days=30), used)


@given(st.lists(st.floats(0, 720), min_size=1, max_size=6), st.floats(0.01, 1e6), st.floats(0, 1))
def test_used_and_unused_are_what_was_billed(used, rate, sublet) -> None:
    one = HourCommitment("c", "p", "hours", rate, 2 * rate, sublet)
    rows = focus_rows(one, [month(i, hours) for i, hours in enumerate(used)])
    found = sums(rows)
    assert found["Used"] + found["Unused"] == pytest.approx(found["billed"], rel=1e-12)
    assert found["credited"] == pytest.approx(-sublet * found["Unused"], rel=1e-9, abs=1e-9)
    assert all(tuple(row) == COLUMNS for row in rows)


def test_a_period_without_use_has_no_used_row() -> None:
    rows = focus_rows(HourCommitment("c", "p", "hours", 1.0, 1.0), [month(0, 0.0)])
    assert [r["CommitmentDiscountStatus"] for r in rows] == ["", "Unused"]


def test_every_impossible_period_is_told() -> None:
    one = HourCommitment("c", "p", "hours", 1.0, 1.0)
    with pytest.raises(InputError) as raised:
        focus_rows(one, [month(0, 721.0), month(1, -1.0), month(2, 10.0)])
    assert len(raised.value.problems) == 2


def test_a_commitment_of_no_sense() -> None:
    with pytest.raises(InputError, match="a rate above 0"):
        HourCommitment("c", "p", "hours", 0.0, 1.0)
