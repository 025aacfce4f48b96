"""Warrants by odds that reprice the share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.finance.contracts.warrants import ShareOnBranches, repricing_odds, warrant_worth


def share(prices=(40.0, 120.0, 300.0), odds=(0.2, 0.3, 0.5)) -> ShareOnBranches:
    return ShareOnBranches(100.0, np.array(prices), np.array(odds), 0.04, 2.0)


def test_odds_reprice_todays_share() -> None:
    one = share()
    q = repricing_odds(one)
    assert q.sum() == pytest.approx(1.0)
    assert q @ one.prices == pytest.approx(one.forward)


def test_believing_in_oneself_is_no_free_money() -> None:
    """Half the belief on a share three times as dear: the warrant is worth far less than that."""
    priced, believed = warrant_worth(share(), 0.01, np.array([0.0, 0.0, 1.0]))
    assert 0 < priced < 0.5 * believed


def test_two_prices_leave_one_set_of_odds() -> None:
    one = share((50.0, 200.0), (0.5, 0.5))
    up = (one.forward - 50) / 150
    assert repricing_odds(one) == pytest.approx([1 - up, up])


@given(st.floats(0.0, 250.0), st.lists(st.floats(0.05, 1.0), min_size=3, max_size=3))
def test_a_right_is_worth_between_nothing_and_the_share(strike, odds) -> None:
    weights = np.array(odds) / sum(odds)
    worth, _ = warrant_worth(share(odds=weights), strike, np.ones(3))
    assert -1e-12 <= worth <= 100.0 + 1e-9


def test_a_share_that_only_rises_is_refused() -> None:
    with pytest.raises(InputError, match="some below and some above"):
        repricing_odds(share((120.0, 200.0, 300.0)))
