"""What of a study's nouns moves from node to node: prices by date, by hour, and as believed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from headrace.core.arrays import Hourly
from headrace.core.calendar import first_weekday
from headrace.core.components import Converter, System
from headrace.core.ids import AssetId, AssetRole, ConverterId, ConverterRole
from headrace.core.study import Study
from headrace.core.uncertainty import FuelPrice
from headrace.core.varying import one_number
from headrace.energy.contract_assets import is_bridge
from headrace.energy.fuels import captured, default_fuels, fuel_cost
from headrace.energy.grid import with_windows
from headrace.energy.meter import windows_of
from headrace.energy.own_series.trajectory import Trajectory
from headrace.energy.technology import technology
from headrace.plan.model.study_trajectories import StudyTrajectories, held
from headrace.plan.scenario.tree import ScenarioNode


def fuel_at(
    study: Study, node: ScenarioNode, system: System, trajectories: StudyTrajectories
) -> dict[str, Hourly]:
    """Price of each fuel with its carbon at a node [USD/MMBtu]; a belief replaces the written."""
    burnt = {c.fuel for c in system.converters if c.fuel}
    fuels = {**default_fuels(burnt, set(study.fuels), study.money.year), **study.fuels}
    carbon = _held(study, trajectories.carbon, node.start, node.months)
    found = {}
    for name, written in fuels.items():
        price: Hourly | None = node.values.get(FuelPrice(name))
        if price is None and name in trajectories.fuel:
            price = _held(study, trajectories.fuel[name], node.start, node.months)
        elif price is None:
            price = one_number(written.price, name)
        found[name] = fuel_cost(written, price, carbon)
    return found


def grid_cost(
    study: Study, site: str, start: float, months: float, trajectories: StudyTrajectories
) -> Hourly:
    """What a MWh from the grid costs in the hours of a node from month `start` on [USD/MWh]: its
    price, times of use, and its carbon.
    """
    grid = study.sites[site].grid
    assert grid is not None
    price = _held(study, trajectories.energy[site], start, months)
    if grid.times and study.horizon.hours.blocks is None:
        price = with_windows(price, windows_of(grid.times), first_weekday(study.horizon.start))
    intensity = _held(study, trajectories.intensity[site], start, months)
    return price + intensity * _held(study, trajectories.carbon, start, months) / 1e3


def converters_at(
    study: Study, node: ScenarioNode, system: System, trajectories: StudyTrajectories
) -> dict[ConverterId, Converter]:
    """Converters that are otherwise at a node than in the system."""
    found: dict[ConverterId, Converter] = {}
    for name, site in study.sites.items():
        if site.grid is not None:
            grid = ConverterId(ConverterRole.PLANT, AssetId(name, AssetRole.GRID))
            listed = system.converters[system.converter_numbers[grid]]
            cost = grid_cost(study, name, node.start, node.months, trajectories)
            if not np.array_equal(listed.cost, cost):
                found[grid] = replace(listed, cost=cost)
        if trajectories.carbon.constant is None:
            found.update(_captured(study, name, node, system, trajectories))
    return found


def _captured(
    study: Study, site: str, node: ScenarioNode, system: System, trajectories: StudyTrajectories
) -> dict[ConverterId, Converter]:
    """Plants with capture, whose running cost is less the carbon that they keep out of the air."""
    start, found = study.horizon.start, {}
    before = trajectories.carbon.mean_over(start, study.horizon.stages[0])
    more = trajectories.carbon.mean_over(start + node.start, node.months) - before
    for key, build in study.sites[site].build.items():
        plant = ConverterId(ConverterRole.PLANT, AssetId(site, AssetRole.BUILD, key))
        listed = system.converter_numbers.get(plant)
        if listed is None or build.use in study.technologies or is_bridge(build.use) or not more:
            continue
        one = system.converters[listed]
        kept = captured(technology(build.use), study.fuels) if one.fuel else 0.0
        rule = one.commitment
        if kept and rule is not None:
            without = rule.no_load * kept * more
            rule = replace(rule, no_load_cost=rule.no_load_cost - without)
            found[plant] = replace(one, cost=one.cost - more * kept + without, commitment=rule)
        elif kept:
            found[plant] = replace(one, cost=one.cost - more * kept)
    return found


def _held(study: Study, trajectory: Trajectory, start: float, months: float) -> Hourly:
    blocks = study.horizon.hours.blocks is not None
    return held(trajectory, study.horizon.start + start, months, blocks)
