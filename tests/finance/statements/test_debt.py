"""Sculpted debt by hand, on a sequence and on a tree."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.finance.statements.debt import capacity_on_tree, coverage, sculpted

CASH = np.array([100.0, 110.0, 120.0, 90.0, 80.0])


def test_the_published_case() -> None:
    """DSCR 1.25, 8 %: 322.207259, and the balances of check 21."""
    found = sculpted(CASH, 1.25, 0.08)
    assert found.amount == pytest.approx(322.207259, rel=1e-8)
    assert found.balance == pytest.approx([267.98384, 201.422547, 121.536351, 59.259259, 0.0])
    assert coverage(CASH, found.interest + found.repayment) == pytest.approx([1.25] * 5)


def test_a_level_debt_of_that_size_falls_short() -> None:
    debt = sculpted(CASH, 1.25, 0.08).amount
    level = debt * 0.08 / (1 - 1.08**-5)
    assert (CASH / level).min() == pytest.approx(0.9913, abs=5e-5)


def test_nothing_is_lent_on_losses() -> None:
    found = sculpted(np.array([-50.0, 100.0]), 1.0, 0.0)
    assert found.amount == pytest.approx(100.0)
    assert found.repayment == pytest.approx([0.0, 100.0])


def test_nobody_lends_on_what_he_cannot_know() -> None:
    """Two branches alike in the first year: 100 or 20 later; the worst counts until then."""
    cash = [np.array([0.0, 50.0, 100.0]), np.array([0.0, 50.0, 20.0])]
    known = [[0, 1, 1], [0, 2, 2]]
    worst = capacity_on_tree(cash, [0.5, 0.5], known, (1.0, 0.0, "worst"))
    assert [one[0] for one in worst] == [70.0, 70.0]
    assert [one[1] for one in worst] == [100.0, 20.0]
    mean = capacity_on_tree(cash, [0.5, 0.5], known, (1.0, 0.0, "mean"))
    assert [one[0] for one in mean] == [110.0, 110.0]


@pytest.mark.parametrize(("ratio", "interest"), [(0.9, 0.05), (1.2, -1.0), (float("nan"), 0.1)])
def test_terms_of_no_sense_are_refused(ratio: float, interest: float) -> None:
    with pytest.raises(InputError, match="coverage ratio"):
        sculpted(CASH, ratio, interest)
