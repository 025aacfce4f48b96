"""What families share: labels beside columns, scales of large units, masks of what arrives."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.nouns import POWER, asset, block, circle, context, costs, table

from headrace.core.components import Bus
from headrace.core.ids import CarrierId, CarrierKind
from headrace.plan.model.constraints.context import (
    ColumnLabel,
    ConstraintContext,
    Rate,
    RowLabel,
)

PLANT = asset()


def test_a_column_costs_what_its_rates_take() -> None:
    """20 USD of fuel out and 50 USD of revenue in: a cost of -30 USD; in thousands, 1,000 times."""
    rates = (Rate("fuel", PLANT.id, -20.0), Rate("revenue", PLANT.id, 50.0))
    one, many = context(), context()
    one.column(ColumnLabel("activity", 0), PLANT.id, rates)
    many.column(ColumnLabel("activity", 0, 1000.0), PLANT.id, rates, upper=5000.0)
    assert costs(one)["activity"] == [-30.0] * 3
    assert costs(many)["activity"] == [-30_000.0] * 3
    assert block(many).upper.scale.tolist() == [5.0]


def test_a_column_is_found_by_its_kind_and_number() -> None:
    here = context()
    number = here.column(ColumnLabel("running", 3), PLANT.id)
    assert here.find("running", 3) == number
    assert here.find("running", 2) is None
    assert here.find("activity", 3) is None


def test_what_stands_at_its_bound_is_remembered() -> None:
    here = context()
    number = here.column(ColumnLabel("short", 0), PLANT.id, at_rest=True)
    assert here.writer.at_rest == [number]


def test_a_bus_has_one_row_written_when_first_needed() -> None:
    here = context()
    assert not here.rows
    assert here.bus_row(POWER) == here.bus_row(POWER) == 0
    assert here.rows == [RowLabel("bus", POWER)]


def test_what_goes_in_stands_on_the_left_with_a_minus() -> None:
    here = context()
    column = here.column(ColumnLabel("activity", 0), PLANT.id)
    here.take_out(POWER, column, -0.98)
    assert table(here, "rows") == {("bus", "activity"): [-0.98] * 3}


def test_hours_of_accelerators_are_counted_in_thousands_on_both_sides() -> None:
    """A column of thousands on a row of thousands has the coefficient one."""
    hours = Bus(CarrierId(CarrierKind.ACCELERATOR_HOURS, PLANT.id), "here", "accelerator-h")
    here = context()
    column = here.column(ColumnLabel("activity", 0, 1000.0), PLANT.id)
    here.take_out(hours, column, 1.0)
    assert table(here, "rows") == {("bus", "activity"): [1.0] * 3}


def masked() -> ConstraintContext:
    return context([PLANT], masks={PLANT.id: np.array([0.0, 1.0, 1.0])})


def test_what_arrives_inside_the_node_bounds_only_its_hours() -> None:
    here = masked()
    column = here.column(ColumnLabel("activity", 0), PLANT.id)
    here.bound_by_asset(column, PLANT.id, 0.5)
    assert table(here, "upper") == {("activity", "build"): [0.0, 0.5, 0.5]}


def test_an_allowance_is_masked_and_scaled_by_its_row() -> None:
    here = masked()
    row = here.row(RowLabel("spinning", PLANT.id, scale=2.0), "spinning")
    here.allow_by_asset(row, PLANT.id, np.full(8760, 4.0))
    assert table(here, "allowed") == {("spinning", "build"): [0.0, 2.0, 2.0]}


def test_an_asset_that_is_not_there_bounds_nothing() -> None:
    here = context([], slices=circle())
    here.scales = {PLANT.id: 1.0}
    column = here.column(ColumnLabel("activity", 0), PLANT.id)
    here.bound_by_asset(column, PLANT.id, 1.0)
    assert table(here, "upper") == {}


def test_an_unknown_asset_is_an_error_not_a_silence() -> None:
    here = context()
    column = here.column(ColumnLabel("activity", 0), PLANT.id)
    with pytest.raises(KeyError):
        here.bound_by_asset(column, PLANT.id, 1.0)
