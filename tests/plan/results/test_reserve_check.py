"""How far headroom covers a unit, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.builders.nouns import asset, cell
from tests.builders.studies import PLANT, UNITS, solved_once

from headrace.core.ids import AssetRole
from headrace.plan.results.dispatch import NodeOutcome
from headrace.plan.results.reserve_check import ReserveCoverage, covered, held_by, words


def test_three_of_four_units_at_work_cover_one() -> None:
    """8 MW on line, 6 at work: 2 MW of headroom for a unit of 2 MW, in every hour."""
    found = solved_once(UNITS)
    (one,) = covered(found.formulation, found.outcomes)
    assert (one.site, one.unit_mw) == ("here", 2.0)
    assert one.tightest == pytest.approx(1.0)
    assert one.hours == pytest.approx(1.0)


def test_half_of_the_most_is_covered_by_half() -> None:
    """Only 4 of 8 MW are asked to stand: a quarter of what stands is 1 MW, half a unit."""
    found = solved_once(UNITS.replace("demand: 10 MW", "demand: 3 MW"))
    (one,) = covered(found.formulation, found.outcomes)
    assert one.tightest == pytest.approx(0.5, rel=1e-4)
    assert one.hours == 0.0


@pytest.mark.parametrize("rule", ["", ", commitment: relaxed"])
def test_a_unit_is_whole_where_nothing_ordered_has_come(rule: str) -> None:
    """4 MW stand of 8 that may, what is ordered comes too late. 3 MW are asked: 2 are served with
    all on line, and the two others are one whole unit.
    """
    text = UNITS.replace(", commitment: relaxed", f", stands: 4 MW, lead: 24 months{rule}")
    found = solved_once(text.replace("demand: 10 MW", "demand: 3 MW"))
    (one,) = covered(found.formulation, found.outcomes)
    assert (one.tightest, one.hours) == pytest.approx((1.0, 1.0))
    (outcome,) = found.outcomes
    assert outcome.activity[0].max() == pytest.approx(2.0)


def test_what_is_there_at_the_node_counts_and_not_what_the_tree_has() -> None:
    """8 MW stand and 6 run. Where a node's weather leaves 75 % of them, nothing is held."""
    free = UNITS.replace(", commitment: relaxed", "")
    found = solved_once(free)
    tree, here = found.formulation.expansion, found.formulation.expansion.parameters[0]
    (one,) = covered(found.formulation, found.outcomes)
    assert one.tightest > 0.5
    plant = next(c for c in tree.system.converters if c.asset is not None)
    less = replace(here, converters={plant.id: replace(plant, availability=0.75)})
    there = replace(found.formulation, expansion=replace(tree, parameters=(less,)))
    (one,) = covered(there, found.outcomes)
    assert one.tightest == pytest.approx(0.0, abs=1e-6)


def test_no_reserve_no_line() -> None:
    found = solved_once(PLANT)
    assert covered(found.formulation, found.outcomes) == ()


@pytest.mark.parametrize(
    ("level", "charge", "discharge", "held"),
    [
        (8.0, 0.0, 0.0, 4.0),
        (2.0, 0.0, 0.0, 1.8),
        (8.0, 3.0, 0.0, 7.0),
        (8.0, 0.0, 3.0, 1.0),
        (0.0, 0.0, 0.0, 0.0),
    ],
)
def test_what_a_battery_of_four_megawatts_could_give(
    level: float, charge: float, discharge: float, held: float
) -> None:
    """Its power, or what its level gives at 0.9; it stops charging first, and gives already."""
    power, energy = asset("cell"), asset("cell", AssetRole.BUILD_ENERGY)
    there = {power.id: np.array([4.0])}
    one = [{0: np.array([value])} for value in (charge, discharge, level)]
    here = NodeOutcome(0, np.ones(1), {}, there, {}, {}, {}, *one, {})
    assert held_by(cell(power, energy), here, 0).tolist() == pytest.approx([held])


def test_in_words() -> None:
    one = ReserveCoverage("here", "engine", 18.8, 0.25, 0.5)
    assert words(one) == (
        "spinning reserve at here: of one unit of engine (18.8 MW, or what runs where that is "
        "less) the tightest hour covers 25%, 50% of the hours all of it"
    )
