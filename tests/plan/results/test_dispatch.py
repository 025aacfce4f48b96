"""What runs and what stands, in the nouns' own units."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.nouns import asset, plant
from tests.builders.studies import (
    BELIEFS,
    CAMPUS,
    PLANT,
    STORED,
    UNITS,
    WRITTEN_TREE,
    on_a_circle,
    solve_system,
    solved_once,
)

from headrace.core.components import Commitment
from headrace.core.ids import AssetId, AssetRole
from headrace.plan.results.dispatch import NodeOutcome, demanded, flows, fuel_burnt, ordered

STUDIES = [PLANT, BELIEFS, WRITTEN_TREE, UNITS, CAMPUS]


def outcome(**more: dict) -> NodeOutcome:
    """One plant in one hour."""
    kinds = ("activity", "running", "start", "charge", "discharge", "level", "short")
    empty = {kind: more.get(kind, {}) for kind in kinds}
    return NodeOutcome(0, np.ones(1), {}, {}, **empty)


def test_fuel_of_a_committed_plant_by_hand() -> None:
    """8 MW on line, 6 at work, 1 started: 10 x (0.9 x 6 + 0.1 x 8) + 2 = 64 MMBtu."""
    of = plant(asset(), fuel_rate=10.0, commitment=Commitment(no_load=0.1, start_fuel=2.0))
    one = {0: np.array([1.0])}
    here = outcome(activity={0: np.array([6.0])}, running={0: np.array([8.0])}, start=one)
    assert fuel_burnt(of, here, 0).tolist() == pytest.approx([64.0])
    without = outcome(activity={0: np.array([6.0])}, running={0: np.array([8.0])})
    assert fuel_burnt(of, without, 0).tolist() == pytest.approx([62.0])


@given(st.floats(0.0, 100.0), st.floats(0.0, 20.0))
def test_fuel_without_units_is_the_heat_rate_times_output(output: float, rate: float) -> None:
    here = outcome(activity={0: np.array([output])})
    assert fuel_burnt(plant(asset(), fuel_rate=rate), here, 0)[0] == rate * output


def test_the_plant_runs_flat_out() -> None:
    found = solved_once(PLANT)
    (here,) = found.outcomes
    assert here.activity[0].tolist() == pytest.approx([8.0, 8.0])
    assert here.weights.tolist() == [6000.0, 2760.0]
    assert here.capacity == {AssetId("here", AssetRole.BUILD, "plant"): pytest.approx(8.0)}
    assert ordered(found.formulation, found.plan.solution).tolist() == pytest.approx([8.0])


def test_accelerators_are_counted_one_by_one() -> None:
    """The hall of 60 MW, full, holds tens of thousands of them, not tens."""
    found = solved_once(CAMPUS)
    sizes = {a.role: size for a, size in found.outcomes[1].capacity.items()}
    assert 10_000 < sizes[AssetRole.ACCELERATOR] < 60_001


@pytest.mark.parametrize("text", STUDIES)
def test_nothing_runs_beyond_what_stands(text: str) -> None:
    found = solved_once(text)
    for here in found.outcomes:
        for number, activity in here.activity.items():
            converter = found.formulation.system.converters[number]
            if converter.asset is not None:
                there = here.hourly_capacity[converter.asset]
                assert (activity <= there * np.max(converter.availability) + 1e-6 * there).all()


@pytest.mark.parametrize("text", STUDIES)
def test_at_no_bus_more_goes_out_than_in(text: str) -> None:
    """What comes in less what goes out is left over, never lacking."""
    found = solved_once(text)
    for here in found.outcomes:
        sums: dict = defaultdict(float)
        for flow in flows(found.formulation, here):
            sums[flow.bus] = sums[flow.bus] + flow.value
        assert sums
        for total in sums.values():
            assert np.min(total) >= -1e-6 * max(1.0, float(np.max(np.abs(total))))


def test_a_store_has_two_lines_at_its_bus() -> None:
    found = solve_system(on_a_circle(STORED, (2.0, 14.0, 8.0)))
    (here,) = found.outcomes
    lines = {f.direction: f.value for f in flows(found.formulation, here) if f.direction}
    assert set(lines) == {"charge", "discharge"}
    assert lines["charge"].max() <= 0
    assert lines["discharge"].min() >= 0
    assert -lines["charge"].sum() * 0.81 == pytest.approx(lines["discharge"].sum())


def test_what_is_asked_for_is_shape_times_level_or_what_the_node_says() -> None:
    grown, written = solved_once(BELIEFS), solved_once(WRITTEN_TREE)
    (sold,) = grown.formulation.system.demands
    assert demanded(grown.formulation, 1, sold).tolist() == pytest.approx([14 * 1.1**0.5])
    (sold,) = written.formulation.system.demands
    assert demanded(written.formulation, 1, sold).tolist() == [20.0]
    assert demanded(written.formulation, 2, sold).tolist() == [10.0]
