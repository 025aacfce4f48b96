"""The peak of a billing period is paid for."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.nouns import asset, block, context, plant, table

from headrace.core.components import PeakCharge
from headrace.plan.model.constraints import conversion, demand_charge
from headrace.plan.model.constraints.demand_charge import BillingPeriod
from headrace.plan.scenario.time_slices import keep_all, keep_blocks

PLANT = asset()
CHARGE = PeakCharge(plant(PLANT).id, 10.0)


def test_a_year_is_one_period_without_a_mask() -> None:
    charge = PeakCharge(plant(PLANT).id, 10.0, 1.0)
    assert demand_charge.periods(keep_all(0, 12.0), charge) == (BillingPeriod("year", 12.0, None),)


@pytest.mark.parametrize(("first", "months"), [(0, 12.0), (10, 4.0), (3, 1.0)])
def test_months_cover_every_hour_once(first: int, months: float) -> None:
    charge = PeakCharge(plant(PLANT).id, 10.0)
    slices = keep_all(first, months)
    found = demand_charge.periods(slices, charge)
    assert sum(period.months for period in found) == months
    masks = [np.ones(1) if p.mask is None else p.mask for p in found]
    assert np.min(np.sum(masks, axis=0)) == np.max(np.sum(masks, axis=0)) == 1.0


def test_load_blocks_are_one_period_paid_every_month() -> None:
    charge = PeakCharge(plant(PLANT).id, 10.0)
    (period,) = demand_charge.periods(keep_blocks((6000.0, 2760.0), 6.0), charge)
    assert (period.months, period.mask) == (6.0, None)


def test_periods_that_share_an_hour_have_a_row_each() -> None:
    """The second hour stands for both: activity <= peak of each in the hours of its own."""
    here = context([PLANT])
    conversion.add(here, plant(PLANT), 0, {})
    masks = (np.array([1.0, 1.0, 0.0]), np.array([0.0, 1.0, 1.0]))
    borders = [
        (here.writer.border(name), BillingPeriod(name, 1.0, mask))
        for name, mask in zip("ab", masks)
    ]
    demand_charge.add(here, plant(PLANT), 0, CHARGE, borders)
    assert [label.kind for label in here.rows].count("peak") == 2
    made = block(here)
    entries = made.row_entries.hourly(made.profiles)[1:].tolist()
    assert entries == [[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]


def test_activity_stays_below_the_peak_of_its_period() -> None:
    here = context([PLANT])
    conversion.add(here, plant(PLANT), 0, {})
    activity = here.find("activity", 0)
    assert activity is not None
    early, late = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 1.0])
    borders = tuple(
        (here.writer.border(name), BillingPeriod(name, 1.0, mask))
        for name, mask in (("early", early), ("late", late))
    )
    demand_charge.add(here, plant(PLANT), activity, CHARGE, borders)
    assert table(here, "rows")[("peak", "activity")] == [1.0] * 3
    assert table(here, "allowed") == {
        ("peak", "early"): [1.0, 0.0, 0.0],
        ("peak", "late"): [0.0, 1.0, 1.0],
    }
