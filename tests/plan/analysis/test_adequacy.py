"""Plan and Monte Carlo in turn: more units until the load is carried, or an honest word on how much
is missing.
"""

from __future__ import annotations

import pytest

from headrace.core.errors import InputError
from headrace.core.ids import AssetId, AssetRole
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.analysis.adequacy import at_least, plan_for_adequacy, whole_units
from headrace.plan.lp import highs
from headrace.plan.model.build_system import SystemOnTree, expand
from headrace.plan.model.formulate import formulate
from headrace.plan.results.dispatch import ordered

TEXT = """
study: island
money: {{discount: 7 %/a real}}
horizon: {{start: 2030-01, stages: [120 months], hours: {{weeks: 1, extreme_days: 0}}}}
fuels: {{gas: {{price: 5 USD/MMBtu}}}}
sites:
  here:
    weather: "tmy3:723170"
    build:
      engines: {{use: gas.engine, lead: 0 months, at_most: {most} MW}}
      pv: {{use: solar.single_axis, lead: 0 months, at_most: 60 MW}}
products: {{power: {{kind: electricity, site: here, demand: 40 MW, price: 900 USD/MWh}}}}
"""


def island(most: int) -> SystemOnTree:
    return expand(study_of(parse_text(TEXT.format(most=most))))


def test_a_target_is_met_by_an_independent_monte_carlo() -> None:
    found = plan_for_adequacy(
        island(200), AssetId("here", AssetRole.BUILD, "engines"), 0.999, samples=200
    )
    assert found.missed_by == 0
    assert found.rounds > 1
    assert found.before.availability < 0.999 <= found.judged.availability_bound
    assert found.units >= 4


def test_what_the_land_forbids_is_missed_and_said() -> None:
    """60 MW of engines are three of 18.8 MW; two of them carry 37.6 of 40 MW, so 99.99 % is out of
    reach without a fourth.
    """
    found = plan_for_adequacy(
        island(60), AssetId("here", AssetRole.BUILD, "engines"), 0.9999, samples=100
    )
    assert found.missed_by > 0.001
    assert found.missed_by == pytest.approx(0.9999 - found.judged.availability_bound)


def test_only_plants_in_units_can_be_asked_for() -> None:
    with pytest.raises(InputError, match="in units"):
        plan_for_adequacy(island(200), AssetId("here", AssetRole.BUILD, "pv"), 0.99)
    with pytest.raises(InputError, match="in units"):
        plan_for_adequacy(island(200), AssetId("here", AssetRole.BUILD, "reactor"), 0.99)


ENGINES = AssetId("here", AssetRole.BUILD, "engines")


def test_a_lower_limit_holds_over_all_orders_and_none_changes_nothing():
    """40 MW of load need no 150 MW of engines; a plan that must order them orders just that."""
    formulation = formulate(island(200))
    assert at_least(formulation, ENGINES, 0.0) is formulation.problem
    amounts = ordered(formulation, highs.solve(at_least(formulation, ENGINES, 150.0)))
    assets = formulation.system.assets
    mine = [a for a, o in zip(amounts, formulation.orders) if assets[o.asset].id == ENGINES]
    assert sum(mine) == pytest.approx(150.0, rel=1e-6)


@pytest.mark.parametrize(
    ("amount", "count"), [(0.0, 0), (18.8, 1), (18.9, 2), (37.6, 2), (60.0, 4)]
)
def test_a_plant_is_a_whole_number_of_units(amount: float, count: int) -> None:
    """Of 18.8 MW each; what is a hair above whole units is rounding, not one more."""
    asset = next(a for a in island(200).system.assets if a.id == ENGINES)
    found = whole_units(asset, amount)
    assert (found.name, found.count, found.size) == (str(ENGINES), count, pytest.approx(18.8))
