"""Plan and Monte Carlo in turn: more units until the load is carried, or an honest word on how much
is missing.
"""

from __future__ import annotations

import pytest

from headrace.core.errors import InputError
from headrace.core.ids import AssetId, AssetRole
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.analysis.adequacy import plan_for_adequacy
from headrace.plan.model.build_system import SystemOnTree, expand

TEXT = """
study: island
money: {{discount: 7 %/a real}}
horizon: {{start: 2030-01, stages: [120 months], hours: {{weeks: 1, extreme_days: 0}}}}
fuels: {{gas: {{price: 5 USD/MMBtu}}}}
sites: {{here: {{weather: "tmy3:723170", build: {{engines: {{use: gas.engine, lead: 0 months, at_most: {most} MW}}, pv: {{use: solar.single_axis, lead: 0 months, at_most: 60 MW}}}}}}}}
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
