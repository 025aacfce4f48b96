"""A supplier that answers a known demand."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.finance.choices.supplier import best_answer, on_grid, prices_of_chain, refined

PRICES = np.arange(2.0, 10.01, 0.5)
LINEAR = on_grid(lambda price: (10 - price) / 2, PRICES)


def test_the_best_price_lies_half_way_to_the_choke() -> None:
    found = best_answer(LINEAR.tolist(), PRICES, 2.0)
    assert (found.price, found.quantity, found.profit) == (6.0, 2.0, 8.0)
    assert refined(LINEAR, PRICES, 2.3).price == pytest.approx(6.15)


def test_mark_ups_pile_up() -> None:
    answers = prices_of_chain(LINEAR, PRICES, 3, 2.0)
    assert [one.price for one in answers] == pytest.approx([6.0, 8.0, 9.0])
    assert answers[-1].quantity == pytest.approx(0.5)


def test_a_buyer_that_does_not_answer_pays_the_highest_price() -> None:
    stiff = np.full(len(PRICES), 3.0)
    assert best_answer(stiff.tolist(), PRICES, 2.0).price == PRICES[-1]


def test_competition_would_ask_the_cost() -> None:
    """Bought elsewhere above 2: nothing is earned, and the lowest of equal prices is asked."""
    bought = np.where(PRICES <= 2.0, 4.0, 0.0)
    assert best_answer(bought.tolist(), PRICES, 2.0).price == 2.0


def test_a_grid_must_rise() -> None:
    with pytest.raises(InputError, match="does not rise"):
        best_answer([1.0, 1.0], np.array([3.0, 2.0]), 1.0)
