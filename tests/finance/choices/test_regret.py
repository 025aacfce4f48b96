"""Regrets and tails."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.finance.choices.regret import RegretTable, tail_mean


@given(st.lists(st.lists(st.floats(-100, 100), min_size=3, max_size=3), min_size=1, max_size=5))
def test_the_least_expected_regret_is_what_knowing_is_worth(rows) -> None:
    odds = np.array([0.2, 0.5, 0.3])
    table = RegretTable(tuple(map(str, range(len(rows)))), ("a", "b", "c"), np.array(rows), odds)
    knowing = table.outcomes.max(axis=0) @ odds - table.means.max()
    assert table.expected_regrets.min() == pytest.approx(knowing, abs=1e-9)
    assert (table.regrets >= 0).all()
    assert table.regrets.min(axis=0) == pytest.approx(np.zeros(3))


def test_an_outcome_on_the_border_is_split() -> None:
    even = [0.1] * 10
    assert tail_mean(list(range(10)), even, 0.85) == pytest.approx(1 / 3)
    assert tail_mean(list(range(10)), even, 0.0) == pytest.approx(4.5)


def test_a_table_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match=r"odds of 0\.9"):
        RegretTable(("x",), ("a", "b"), np.zeros((1, 2)), np.array([0.5, 0.4]))
    with pytest.raises(InputError, match="0 to below 1"):
        tail_mean([1.0], [1.0], 1.0)
