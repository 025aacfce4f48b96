"""Rights to take power: price by the hour, curtailed days, charges."""

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.energy.grid import (
    GridRight,
    PriceWindow,
    annual_cost,
    availability,
    energy_price,
    grid_right,
    month_of_hour,
)
from headrace.energy.technology import technology


def test_windows_run_over_midnight_and_later_ones_win():
    """Night 22 to 6 h at 30, weekdays 17 to 21 h at 120, July from 16 to 20 h at 200, else 60."""
    windows = (
        PriceWindow(30, 22, 6),
        PriceWindow(120, 17, 21, weekdays_only=True),
        PriceWindow(200, 16, 20, months=(7,)),
    )
    price = energy_price(GridRight(100, energy=60, windows=windows), first_weekday=0).reshape(
        365, 24
    )
    assert (price[0] == [30] * 6 + [60] * 11 + [120] * 4 + [60] + [30] * 2).all()
    assert (price[5][17:21] == 60).all()  # Saturday
    july = 181
    assert (price[july][16:20] == 200).all()


def test_an_interruptible_right_is_cut_on_its_worst_days():
    stress = np.zeros(8760)
    stress[40 * 24 + 17], stress[200 * 24 + 3] = 5.0, 9.0
    share = availability(GridRight(10, firm=False, curtailment_days=2), stress).reshape(365, 24)
    assert (share[[40, 200]] == 0).all()
    assert share.sum() == 363 * 24
    assert (availability(GridRight(10), stress) == 1).all()


def test_the_bill_by_hand():
    """1 MW flat, 60 USD/MWh, 14 kUSD/MW-month on 1 MW, 121.7 kUSD/MW-year on a limit of 2 MW."""
    right = GridRight(2, energy=60, demand=14_000, capacity=121_700)
    assert annual_cost(right, np.ones(8760), 0) == pytest.approx(
        60 * 8760 + 12 * 14_000 + 2 * 121_700
    )


def test_months_have_their_hours():
    assert np.bincount(month_of_hour())[1:].tolist() == [
        744,
        672,
        744,
        720,
        744,
        720,
        744,
        744,
        720,
        744,
        720,
        744,
    ]


def test_rights_from_the_catalogue():
    firm, flexible = (
        grid_right(technology("grid"), 300),
        grid_right(technology("grid.flexible"), 300, available=30),
    )
    assert firm.firm
    assert firm.available == 60
    assert firm.demand == 14_000
    assert firm.capacity == 121_700
    assert not flexible.firm
    assert flexible.curtailment_days == 20
    assert flexible.available == 30
    assert grid_right(technology("grid"), 300, money_year=2026).energy > firm.energy
    with pytest.raises(InputError, match="not a grid"):
        grid_right(technology("gas.ccgt"), 300)


@pytest.mark.parametrize(
    "right",
    [
        GridRight(-1),
        GridRight(float("nan")),
        GridRight(1, loss=1.0),
        GridRight(1, curtailment_days=400),
        GridRight(1, windows=(PriceWindow(1, 24, 3),)),
        GridRight(1, windows=(PriceWindow(1, 1, 3, months=(13,)),)),
    ],
)
def test_bad_rights_are_refused(right):
    with pytest.raises(InputError):
        energy_price(right, 0)


@pytest.mark.parametrize(
    ("right", "words"),
    [
        (GridRight(10, windows=(PriceWindow(30, 24, 6),)), "from 24 to 6 h"),
        (GridRight(10, windows=(PriceWindow(30, 0, 25),)), "from 0 to 25 h"),
        (GridRight(10, windows=(PriceWindow(30, 0, 6, months=()),)), "in months"),
        (GridRight(10, windows=(PriceWindow(30, 0, 6, months=(13,)),)), "months 1 to 12"),
        (GridRight(-1), "limit >= 0"),
        (GridRight(float("inf")), "limit >= 0"),
        (GridRight(10, loss=1.0), "loss below 1"),
        (GridRight(10, curtailment_days=366), "0 to 365 days"),
    ],
)
def test_what_no_contract_can_say_is_refused(right, words):
    with pytest.raises(InputError, match=words):
        energy_price(right, 0)


def test_every_fault_is_named_at_once():
    right = GridRight(-1, curtailment_days=400, windows=(PriceWindow(30, 30, 6),))
    assert len(right.faults()) == 3
    assert GridRight(10, windows=(PriceWindow(30, 22, 6),)).faults() == []


def test_the_same_right_with_another_limit():
    right = GridRight(10, energy=60)
    assert right.but(limit=20.0) == GridRight(20.0, energy=60)
