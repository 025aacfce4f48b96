"""Doing without the largest unit for an hour."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.nouns import POWER, asset, cell, context, plant, system, table

from headrace.core.components import Converter, Port, SpinningReserve, System
from headrace.core.ids import AssetRole
from headrace.plan.model.constraints import conversion, reserve, storage
from headrace.plan.model.constraints.context import ConstraintContext

PLANT = asset(at_most=8.0)
GRID = asset("", AssetRole.GRID)
CELL, ENERGY = asset("cell"), asset("cell", AssetRole.BUILD_ENERGY, unit="MWh")


def reserved(of: System) -> ConstraintContext:
    here = context(of.assets)
    for i, converter in enumerate(of.converters):
        conversion.add(here, converter, i, {})
    for i, store in enumerate(of.stores):
        storage.add(here, store, i)
    reserve.add(here, of, SpinningReserve(POWER), {})
    return here


def test_units_of_two_of_eight_megawatts_by_hand() -> None:
    """A unit is a quarter of what may stand: output <= 3/4 of the plant + all of the grid."""
    here = reserved(system([PLANT, GRID], [plant(PLANT, unit_size=2.0), plant(GRID)]))
    made = here.writer.rows
    assert [name for name in made if name.startswith("without")] == [
        "without a unit of plant build 'plant' at 'here'"
    ]
    allowed = table(here, "allowed")
    assert allowed[("without", "build")] == [0.75] * 3
    assert allowed[("without", "grid")] == [1.0] * 3


def test_what_has_no_units_needs_no_reserve() -> None:
    here = reserved(system([PLANT], [plant(PLANT)]))
    assert not any(name.startswith("without") for name in here.writer.rows)


def test_a_battery_holds_what_its_power_and_its_level_allow() -> None:
    """held + discharge - charge <= P; the same / 0.9 <= level."""
    of = system([PLANT, CELL, ENERGY], [plant(PLANT, unit_size=2.0)], stores=(cell(CELL, ENERGY),))
    here = reserved(of)
    rows = {key: values[0] for key, values in table(here, "rows").items()}
    assert rows[("power", "held")] == rows[("power", "discharge")] == 1.0
    assert rows[("power", "charge")] == -1.0
    assert rows[("energy", "held")] == pytest.approx(1 / 0.9)
    assert rows[("energy", "level")] == -1.0
    assert rows[("without", "held")] == -1.0
    assert table(here, "upper")[("held", "build")] == [2.0] * 3


@pytest.mark.parametrize(
    ("most", "share"), [(8.0, 0.25), (2.0, 1.0), (1.0, 1.0), (0.0, 1.0), (np.inf, 0.0)]
)
def test_a_unit_as_a_share_of_the_most(most: float, share: float) -> None:
    one = asset(at_most=most)
    assert reserve.share_of_a_unit(system([one]), plant(one, unit_size=2.0), {}) == share


@pytest.mark.parametrize(("fixed", "share"), [(4.0, 0.5), (9.0, 0.25), (1.0, 1.0), (0.0, 1.0)])
def test_what_no_order_changes_is_the_most_itself(fixed: float, share: float) -> None:
    one = asset(at_most=8.0)
    known = {one.id: fixed}
    assert reserve.share_of_a_unit(system([one]), plant(one, unit_size=2.0), known) == share


@pytest.mark.parametrize(
    ("converter", "ratio"),
    [
        (plant(PLANT), 1.0),
        (plant(PLANT, ports=(Port(POWER, 0.97),)), 0.97),
        (plant(PLANT, ports=(Port(POWER, -1.0),)), 0.0),
        (plant(PLANT, ports=(Port(POWER, np.ones(8760)),)), 0.0),
        (plant(PLANT, has_activity=False), 0.0),
        (Converter(plant(PLANT).id, "bought", (Port(POWER, 1.0),)), 0.0),
    ],
)
def test_only_what_can_be_called_counts(converter: Converter, ratio: float) -> None:
    assert reserve.ratio_at(converter, POWER) == ratio
