"""Owning against renting."""

from __future__ import annotations

import pytest

from headrace.core.errors import InputError
from headrace.finance.choices.rent_or_buy import OwnedAccelerator, break_even_use

NODE = OwnedAccelerator(350_000 / 8, 5.0, 0.08, 0.9125, 1.12, 69.8)


def test_a_rent_that_rises_makes_owning_pay_at_less_use() -> None:
    assert NODE.yearly == pytest.approx(11_582.37, rel=1e-6)
    uses = [break_even_use(NODE, rent) for rent in (2.0, 2.16, 2.73)]
    assert uses == pytest.approx([0.661, 0.612, 0.484], abs=5e-4)


def test_a_rent_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="above 0"):
        break_even_use(NODE, 0.0)
