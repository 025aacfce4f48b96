"""The peak of a billing period is paid for."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.nouns import asset, context, plant, table

from headrace.core.components import PeakCharge
from headrace.plan.model.constraints import conversion, demand_charge
from headrace.plan.scenario.time_slices import keep_all

PLANT = asset()


def test_a_year_is_one_period_without_a_mask() -> None:
    charge = PeakCharge(plant(PLANT).id, 10.0, "year")
    assert demand_charge.periods(keep_all(0, 12.0).month, charge) == [("year", None)]


@pytest.mark.parametrize(("first", "months"), [(0, 12.0), (10, 4.0), (3, 1.0)])
def test_months_cover_every_hour_once(first: int, months: float) -> None:
    charge = PeakCharge(plant(PLANT).id, 10.0, "month")
    found = demand_charge.periods(keep_all(first, months).month, charge)
    assert len(found) == months
    masks = [mask for _, mask in found if mask is not None]
    assert np.sum(masks, axis=0).tolist() == [1.0] * len(masks[0])


def test_activity_stays_below_the_peak_of_its_period() -> None:
    here = context([PLANT])
    conversion.add(here, plant(PLANT), 0, {})
    activity = here.find("activity", 0)
    assert activity is not None
    early, late = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 1.0])
    borders = ((here.writer.border("early"), early), (here.writer.border("late"), late))
    demand_charge.add(here, plant(PLANT), activity, borders)
    assert table(here, "rows")[("peak", "activity")] == [1.0] * 3
    assert table(here, "allowed") == {
        ("peak", "early"): [1.0, 0.0, 0.0],
        ("peak", "late"): [0.0, 1.0, 1.0],
    }
