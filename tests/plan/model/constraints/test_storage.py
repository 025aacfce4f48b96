"""A store hour by hour: what goes in, what stays, what comes out; what it begins and ends with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.nouns import asset, cell, circle, context, costs, table
from tests.builders.studies import study

from headrace.core.errors import Infeasible, InputError
from headrace.core.ids import AssetRole
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.constraints import storage
from headrace.plan.model.formulate import formulate
from headrace.plan.results.promise_check import refuse_broken_promises
from headrace.plan.solve.solve import solve

POWER, ENERGY = asset("cell"), asset("cell", AssetRole.BUILD_ENERGY, unit="MWh")


def test_a_store_by_hand() -> None:
    """level' - 0.99 level - 0.9 charge + discharge / 0.9 <= 0, 2 USD a MWh out, 95 % there."""
    here = context([POWER, ENERGY])
    storage.add(here, cell(POWER, ENERGY, keep=0.99, wear=2.0, availability=0.95), 0)
    assert costs(here) == {"charge": [0.0] * 3, "discharge": [2.0] * 3, "level": [0.0] * 3}
    assert table(here, "next") == {("store", "level"): [1.0] * 3}
    now = {column: values[0] for (_, column), values in table(here, "now").items()}
    assert now == {"level": -0.99, "charge": -0.9, "discharge": pytest.approx(1 / 0.9)}
    assert {v[0] for v in table(here, "upper").values()} == {0.95}
    flows = {column: values[0] for (_, column), values in table(here, "rows").items()}
    assert flows == {"charge": 1.0, "discharge": -1.0}


@pytest.mark.parametrize("there", [[POWER], [ENERGY], []])
def test_a_store_without_its_power_or_its_energy_is_not_there(there: list) -> None:
    here = context(there)
    storage.add(here, cell(POWER, ENERGY), 0)
    assert not here.writer.columns


@given(st.floats(0.5, 1.0), st.floats(0.5, 1.0))
def test_a_round_trip_gives_back_the_product_of_both_ways(into: float, out: float) -> None:
    """Charge 1, carry it, discharge d: the chain allows d = into x out and no more."""
    here = context([POWER, ENERGY])
    storage.add(here, cell(POWER, ENERGY, efficiency_in=into, efficiency_out=out), 0)
    now = {column: values[0] for (_, column), values in table(here, "now").items()}
    assert -now["charge"] / now["discharge"] == pytest.approx(into * out, abs=1e-8)


def test_the_dollar_rule_is_wear_on_what_comes_out() -> None:
    found = storage.rate(cell(POWER, ENERGY, wear=3.0))
    assert (found.kind, found.usd) == ("variable", -3.0)


OPENS = replace(circle(), carried=np.array([0.0, 1.0, 1.0]))
"""Three hours of which nothing came before the first."""


@pytest.mark.parametrize(("share", "first"), [(0.0, 0.0), (0.25, 0.25), (1.0, 1.0)])
def test_what_a_store_may_begin_with(share: float, first: float) -> None:
    """95 % of its energy are there, and of these a share in the hour that nothing came before."""
    here = context([POWER, ENERGY], slices=OPENS)
    storage.add(here, cell(POWER, ENERGY, availability=0.95, at_start=share), 0)
    level = table(here, "upper")["level", "build_energy"]
    assert level == pytest.approx([0.95 * first, 0.95, 0.95])


def test_what_a_store_ends_with_by_hand() -> None:
    """0.9 x 0.5 E - 0.99 level - 0.9 charge + discharge / 0.9 - lacking <= 0 in the last hour."""
    here = context([POWER, ENERGY], slices=OPENS)
    one = cell(POWER, ENERGY, keep=0.99, availability=0.9, at_end=0.5)
    storage.add(here, one, 0)
    assert table(here, "allowed")["held", "build_energy"] == pytest.approx([1.0, 1.0, -0.45])
    last = {c: v for (row, c), v in table(here, "rows").items() if row == "held"}
    assert {column: values[:2] for column, values in last.items()} == {key: [0, 0] for key in last}
    assert {column: values[2] for column, values in last.items()} == {
        "lacking": -1.0,
        "level": -0.99,
        "charge": -0.9,
        "discharge": pytest.approx(1 / 0.9),
    }
    assert table(here, "upper")["lacking", "build_energy"] == pytest.approx([0.0, 0.0, 0.45])
    assert costs(here)["lacking"] == pytest.approx([storage.LACKING] * 3)


def test_kept_weeks_end_as_they_began_whatever_is_asked() -> None:
    plain, asked = context([POWER, ENERGY]), context([POWER, ENERGY])
    storage.add(plain, cell(POWER, ENERGY), 0)
    storage.add(asked, cell(POWER, ENERGY, at_start=0.5, at_end=0.5), 0)
    for part in ("rows", "allowed", "upper", "now", "next"):
        assert table(plain, part) == table(asked, part)


MONTH = """
study: stored
money: {year: 2026, discount: 5 %/a real}
horizon: {start: 2027-01, stages: [2 months, 3 months], HOURS terminal_value: false}
technologies:
  cell: {kind: battery, efficiency: 81 %, capex: 3 USD/kW, energy_capex: 2 USD/kWh, lead: 1 month}
  plant: {capex: 30 USD/kW, variable: 35 USD/MWh}
sites:
  here:
    GRID
    build:
      plant: {use: plant, at_most: 5 MW}
      cell: {use: cell, at_most: 9 MW, at_most_energy: 40 MWh, stands: 1 MW, stands_energy: 4 MWh,
        HELD}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 90 USD/MWh}}
"""
GRID = (
    "grid: {limit: 12 MW, stands: 12 MW, energy: 40 USD/MWh, "
    "times: [{energy: 200 USD/MWh, begin: 17, end: 22}, {energy: -5 USD/MWh, begin: 2, end: 4}]}"
)


def planned(held: str, grid: str = GRID, hours: str = "", method: str = "auto"):
    text = MONTH.replace("HELD", held).replace("GRID", grid).replace("HOURS", hours)
    found = formulate(expand(study(text)))
    return found, solve(found.problem, SolverOptions(method=method, gap=1e-5))


@pytest.mark.parametrize(
    "held", ["stored_at_start: 60 %", "stored_at_end: 60 %", "stored_at_start: 1, stored_at_end: 1"]
)
def test_the_interior_point_and_highs_agree_on_what_a_store_ends_with(held: str) -> None:
    """A battery that stands and one that arrives within the first stage, with negative prices."""
    _, exact = planned(held, method="highs")
    _, found = planned(held, method="interior")
    assert found.low <= exact.high + 1e-9 * abs(exact.high)
    assert exact.low <= found.high + 1e-9 * abs(found.high)
    assert found.high - found.low <= 1.01e-5 * abs(found.low)


def test_more_to_end_with_costs() -> None:
    asked = ("stored_at_end: 90 %", "stored_at_end: 30 %", "stored_at_end: 0 %")
    bound = [planned(held)[1].low for held in asked]
    assert np.all(np.diff(bound) > 1.0)


def test_a_store_that_nothing_can_charge_is_refused_in_words() -> None:
    """It stands, and all that could charge it has no lead time to spare: there is no plan."""
    text = "plant: {use: plant, at_most: 5 MW}"
    held = "stored_at_end: 50 %"
    assert text in MONTH
    bare = MONTH.replace(text, "").replace("GRID", "").replace("HELD", held).replace("HOURS", "")
    found = formulate(expand(study(bare)))
    with pytest.raises(Infeasible, match=r"`cell` must hold at least 50.00% .* holds 0.00%"):
        refuse_broken_promises(found, solve(found.problem).solution)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (MONTH.replace("at_most: 5 MW", "at_most: 5 MW, stored_at_end: 50 %"), "plant"),
        (MONTH.replace("HOURS", "hours: {blocks: [8760 h]},"), "load blocks"),
    ],
)
def test_only_a_battery_in_hours_that_follow_each_other_holds_anything(changed, said) -> None:
    held = "stored_at_start: 50 %"
    text = changed.replace("HELD", held).replace("GRID", GRID).replace("HOURS", "")
    text = text.replace(", times", ", demand: 1 USD/kW-month} # times") if "load" in said else text
    with pytest.raises(InputError, match=said):
        expand(study(text))
