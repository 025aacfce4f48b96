"""What is served, by when, and what a broken promise costs."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.nouns import (
    SOLD,
    asset,
    block,
    circle,
    context,
    costs,
    parameters,
    sold,
    table,
)

from headrace.plan.model.constraints import demand
from headrace.plan.model.constraints.context import ColumnLabel, ConstraintContext

PLANT = asset()


def served(wanted, ratio=1.0, holds=None, slices=None) -> ConstraintContext:
    """One column that serves the demand."""
    here = context(holds=holds, slices=slices)
    column = here.column(ColumnLabel("activity", 0), PLANT.id)
    demand.deliver(here, wanted, column, ratio)
    return here


def test_a_demand_of_the_hour_is_a_row_an_hour() -> None:
    """2 units a unit of activity: divided by 2 the entry is one and the right side 10 / 2."""
    here = served(sold(), ratio=2.0)
    assert table(here, "rows") == {("demand", "activity"): [1.0] * 3}
    made = block(here)
    assert made.row_rhs.hourly(made.profiles).tolist() == [[5.0] * 3]
    assert here.rows[0].scale == 2.0


def test_a_day_sums_what_was_asked_in_it() -> None:
    here = served(sold(deadline="day"))
    made = block(here)
    assert made.window_of.tolist() == [[0, 0, 0]]
    assert made.window_rhs[0].tolist() == [30.0]


def test_some_hours_are_windows_of_that_length() -> None:
    made = block(served(sold(deadline="hours", window_hours=2.0)))
    assert made.window_of.tolist() == [[0, 0, 1]]
    assert made.window_rhs[0].tolist() == [20.0, 10.0]


def test_a_year_counts_every_hour_as_often_as_it_stands_for() -> None:
    """Three hours that count 100 h each: 3 x 100 x 10 = 3,000."""
    here = served(sold(deadline="year"), slices=circle(3, 100.0))
    assert table(here, "windows") == {("window", "activity"): [100.0] * 3}
    assert block(here).window_rhs[0].tolist() == [3000.0]


def test_two_ways_to_serve_share_one_row() -> None:
    here = served(sold())
    other = here.column(ColumnLabel("activity", 1), PLANT.id)
    demand.deliver(here, sold(), other, 0.5)
    assert len(here.rows) == 1
    assert len(table(here, "rows")) == 1
    assert block(here).row_entries.scale.tolist() == [1.0, 0.5]


def test_what_a_node_says_outright_goes_before_shape_and_level() -> None:
    given = np.array([1.0, 2.0, 3.0])
    here = context(holds=parameters(blocks={SOLD: given}, level={SOLD: 9.0}))
    assert demand.hourly_quantity(here, sold()).tolist() == [1.0, 2.0, 3.0]
    grown = context(holds=parameters(level={SOLD: 1.5}))
    assert demand.hourly_quantity(grown, sold()).tolist() == [15.0] * 3


def test_a_promise_is_kept_or_dearly_broken() -> None:
    """90 % of 3 h x 100 x 10 MW = 2,700 MWh must be served; a MWh short costs 1,000 prices."""
    here = context(slices=circle(3, 100.0))
    wanted = sold(least=0.9)
    demand.promise(here, wanted, 0, 1.0)
    column = here.column(ColumnLabel("activity", 0), PLANT.id)
    demand.deliver(here, wanted, column, 1.0)
    made = block(here)
    assert made.window_rhs[0].tolist() == [-2700.0]
    assert table(here, "windows") == {
        ("window", "short"): [-100.0] * 3,
        ("window", "activity"): [-100.0] * 3,
    }
    assert costs(here)["short"] == [50_000.0] * 3
    assert made.upper.hourly(made.profiles)[0].tolist() == [10.0] * 3
    assert made.template.at_rest == (0,)


@pytest.mark.parametrize("wanted", [sold(least=0.0), sold(least=0.5, quantity=0.0)])
def test_nothing_promised_writes_nothing(wanted) -> None:
    here = context()
    demand.promise(here, wanted, 0, 1.0)
    assert not here.writer.windows


def test_what_is_given_away_still_has_a_dear_way_out() -> None:
    assert demand.short_rate(sold(price=0.0)).usd < 0
