"""Change of output from hour to hour, and what arrives or leaves in between."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.nouns import asset, context, plant, table

from headrace.plan.model.constraints import conversion, ramping
from headrace.plan.model.constraints.context import ConstraintContext

PLANT = asset()


def ramped(ramp: float, mask: list[float] | None = None) -> ConstraintContext:
    here = context([PLANT], masks={} if mask is None else {PLANT.id: np.array(mask)})
    of = plant(PLANT, ramp=ramp)
    conversion.add(here, of, 0, {})
    ramping.add(here, of, 0)
    return here


def test_both_ramps_by_hand() -> None:
    """a' - a - rise <= 0 and a - a' - fall <= 0, each at most 30 % of what stands."""
    here = ramped(0.3)
    assert table(here, "upper")[("rise", "build")] == [0.3] * 3
    assert table(here, "next") == {
        ("rise", "activity"): [1.0] * 3,
        ("fall", "activity"): [-1.0] * 3,
    }
    assert table(here, "now") == {
        ("rise", "activity"): [-1.0] * 3,
        ("rise", "rise"): [-1.0] * 3,
        ("fall", "activity"): [1.0] * 3,
        ("fall", "fall"): [-1.0] * 3,
    }


def test_what_arrives_may_rise_and_what_leaves_may_fall_at_once() -> None:
    """There in the second hour only: from the first to the second all of it may rise, from the
    second to the third all of it may fall, and from the third to the first nothing moves.
    """
    here = ramped(0.3, [0.0, 1.0, 0.0])
    assert table(here, "upper")[("rise", "build")] == [1.0, 0.0, 0.0]
    assert table(here, "upper")[("fall", "build")] == [0.0, 1.0, 0.0]


@pytest.mark.parametrize("ramp", [1.0, 2.0, np.inf])
def test_a_plant_that_can_do_all_in_an_hour_has_no_ramp(ramp: float) -> None:
    assert not ramped(ramp).writer.chains


def test_a_plant_that_is_absent_has_no_ramp() -> None:
    here = context()
    ramping.add(here, plant(PLANT, ramp=0.1), 0)
    assert not here.writer.columns
