"""Returns against published examples and laws."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.finance.returns import dated_irr_all, dated_npv, irr_all, mirr, npv, payment

DATES = [
    date(2008, 1, 1),
    date(2008, 3, 1),
    date(2008, 10, 30),
    date(2009, 2, 15),
    date(2009, 4, 1),
]


def test_both_rates_are_listed() -> None:
    assert irr_all([-100, 230, -132]) == pytest.approx((0.1, 0.2))
    assert npv(0.15, [-100, 230, -132]) == pytest.approx(0.189036, abs=1e-6)


def test_a_row_that_never_changes_sign_has_none() -> None:
    assert irr_all([100, 50]) == ()
    assert dated_irr_all(DATES[:2], [100.0, 50.0]) == ()


def test_the_spreadsheets_example() -> None:
    paid = [-10_000.0, 2_750.0, 4_250.0, 3_250.0, 2_750.0]
    assert dated_irr_all(DATES, paid) == pytest.approx((0.373362534,), abs=1e-8)


def test_two_dated_rates() -> None:
    dates = [date(2021, 1, 1), date(2022, 1, 1), date(2023, 1, 1)]
    assert dated_irr_all(dates, [-100.0, 230.0, -132.0]) == pytest.approx((0.1, 0.2), abs=1e-9)


def test_a_rate_beyond_any_of_business() -> None:
    assert dated_irr_all([date(2021, 1, 1), date(2022, 1, 1)], [-1.0, 30.0]) == pytest.approx((29,))


def test_what_has_no_meaning_is_refused() -> None:
    with pytest.raises(InputError, match="no finite payment"):
        irr_all([0.0, 0.0])
    with pytest.raises(InputError, match="all of one sign"):
        mirr([1.0, 2.0], 0.1, 0.1)
    with pytest.raises(InputError, match="above -100 %"):
        npv(-1.0, [1.0])


@given(
    rate=st.floats(-0.5, 2.0),
    outlay=st.floats(1.0, 1e6),
    periods=st.integers(1, 12),
)
def test_an_annuity_returns_its_rate(rate: float, outlay: float, periods: int) -> None:
    level = payment(rate, periods, outlay)
    row = [-outlay, *[level] * periods]
    assert npv(rate, row) == pytest.approx(0.0, abs=1e-6 * outlay * max(1, 2**periods))
    assert min(abs(r - rate) for r in irr_all(row)) < 1e-6


def test_modified_rate_of_one_outlay_and_one_income_is_the_rate() -> None:
    assert mirr([-100.0, 0.0, 121.0], 0.05, 0.3) == pytest.approx(0.1)


def test_dates_are_counted_in_days() -> None:
    year = dated_npv(0.1, [date(2021, 1, 1), date(2022, 1, 1)], [0.0, 110.0])
    assert year == pytest.approx(100.0)
    assert np.isfinite(year)
