"""The best contract is the best of all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.finance.contracts.take_or_pay import TakeOrPayOffer, best_contract, expected_cost


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=12),
    st.floats(0, 120),
    st.floats(1, 120),
    st.floats(0, 1),
)
def test_no_other_contract_is_cheaper(wanted, price, beside, least) -> None:
    offer, demand = TakeOrPayOffer(price, beside, least), np.array(wanted)
    _, cost = best_contract(offer, demand)
    for other in np.linspace(0, 120, 61):
        assert cost <= expected_cost(offer, float(other), demand) + 1e-9 * max(1.0, cost)


def test_a_corner_that_rounding_moved_is_found() -> None:
    """30.5 / 0.875 x 0.875 is a little less than 30.5."""
    wanted = np.array([0.0, 0.0, 36.0, 30.5])
    found, cost = best_contract(TakeOrPayOffer(4.0, 12.0, 0.875), wanted)
    assert found == pytest.approx(30.5 / 0.875)
    assert cost == pytest.approx(129.785714, rel=1e-6)


def test_by_hand() -> None:
    """Demand of 20 or 60, 5 a unit by contract and 10 beside: all or the half is paid anyway."""
    demand = np.array([20.0, 60.0])
    assert expected_cost(TakeOrPayOffer(5.0, 10.0, 1.0), 40.0, demand) == 0.5 * 200 + 0.5 * 400
    assert expected_cost(TakeOrPayOffer(5.0, 10.0, 0.5), 40.0, demand) == 0.5 * 100 + 0.5 * 400


def test_no_sense_is_refused() -> None:
    with pytest.raises(InputError, match="a share of 0-1"):
        TakeOrPayOffer(1.0, 1.0, 1.5)
