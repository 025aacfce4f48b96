"""Splits that lose nothing."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.rights.money import (
    MoneyError,
    apportion,
    apportion_groups,
    drawn,
    lots,
    micro,
    written,
)

weights = st.lists(st.integers(0, 10**13), min_size=1, max_size=12).filter(any)


def test_by_hand() -> None:
    """10 over 1:1:1 is 3, 3, 3 and one left: to the first of the equal remainders. 7 over 5:3:2 is
    3.5, 2.1, 1.4: the half wins.
    """
    assert apportion(10, (1, 1, 1)) == (4, 3, 3)
    assert apportion(10, (1, 1, 1), lot=(9, 5, 7)) == (3, 4, 3)
    assert apportion(7, (5, 3, 2)) == (4, 2, 1)
    assert apportion(0, (0, 0)) == (0, 0)


@given(st.integers(0, 10**18), weights)
def test_conserved_and_within_one_of_the_exact_share(total: int, by: list[int]) -> None:
    parts = apportion(total, by)
    assert sum(parts) == total
    for part, weight in zip(parts, by):
        assert abs(part * sum(by) - total * weight) < sum(by)


@given(st.lists(st.tuples(st.integers(0, 10**15), weights), min_size=1, max_size=8), st.randoms())
def test_many_splits_at_once_are_the_single_ones(
    groups: list[tuple[int, list[int]]], draw: object
) -> None:
    """Also where products leave 64 bits: 1e15 x 1e13."""
    by = np.array([w for _, ws in groups for w in ws], dtype=np.int64)
    starts = np.cumsum([0, *(len(ws) for _, ws in groups)]).astype(np.int64)
    # some lots are equal
    lot = drawn(lots(["a"]), np.arange(by.size).astype(np.uint64) // np.uint64(2))
    parts = apportion_groups(
        np.array([t for t, _ in groups], dtype=np.int64), starts, by, lambda lines: lot[lines]
    )
    expected = [
        p
        for i, (total, ws) in enumerate(groups)
        for p in apportion(total, ws, [int(x) for x in lot[starts[i] : starts[i + 1]]])
    ]
    assert parts.tolist() == expected


def test_nobody_to_give_to() -> None:
    with pytest.raises(ValueError, match="nobody"):
        apportion(1, (0, 0))
    with pytest.raises(ValueError, match="nobody"):
        apportion_groups(np.array([1]), np.array([0, 0]), np.array([], dtype=np.int64), lots)
    with pytest.raises(ValueError, match="not negative"):
        apportion(1, (2, -1))


@pytest.mark.parametrize("text", ["", "1,5", "nan", "inf", "0.0000001", "1e13", "ten", "-", "1 2"])
def test_amounts_that_are_refused(text: str) -> None:
    with pytest.raises(MoneyError):
        micro(text)


@given(st.integers(-(10**18), 10**18))
def test_written_and_read_back(amount: int) -> None:
    assert micro(written(amount)) == amount
    assert Decimal(written(amount)) * 1_000_000 == amount


def test_lots_are_the_same_everywhere() -> None:
    """BLAKE2b-64 of "a" and the splitmix64 finaliser: fixed, so anybody can check a split."""
    assert [int(x) for x in lots(["a", "b"])] == [3405396810240292928, 8453121595177857668]
    assert len({int(x) for x in drawn(lots(["a"]), lots([str(i) for i in range(500)]))}) == 500
