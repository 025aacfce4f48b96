"""What of a study's nouns moves from node to node: prices by date, by hour, and as believed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from headrace.core.arrays import Hourly
from headrace.core.calendar import first_weekday
from headrace.core.components import Asset, Converter, System
from headrace.core.contract_terms import FuelTakeOrPay
from headrace.core.ids import AssetId, AssetRole, ConverterId, ConverterRole
from headrace.core.study import Study
from headrace.core.uncertainty import FuelPrice, LeadLength, QueueLength, uncertainty
from headrace.core.varying import one_number
from headrace.energy import meter
from headrace.energy.contract_assets import is_bridge, is_purchase
from headrace.energy.fuels import captured, default_fuels, fuel_cost
from headrace.energy.grid import with_windows
from headrace.energy.meter import MeterSeries
from headrace.energy.own_series.trajectory import Trajectory
from headrace.energy.site import Built
from headrace.energy.technology import technology
from headrace.models.step_time.calibration import LAW_MONTH
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


def unburnt_at(
    study: Study, node: ScenarioNode, trajectories: StudyTrajectories
) -> dict[str, float]:
    """Price without carbon of each fuel that is paid for, burnt or not: the mean of a node's months
    [USD/MMBtu].
    """
    found = {}
    for name, written in study.fuels.items():
        if written.take_or_pay is not None:
            begin = study.horizon.start + node.start
            believed = node.values.get(FuelPrice(name))
            listed = trajectories.fuel[name].mean_over(begin, node.months)
            found[name] = listed if believed is None else believed
    return found


def fuel_terms(study: Study) -> tuple[FuelTakeOrPay, ...]:
    """Fuels of which a least amount is paid for."""
    return tuple(
        FuelTakeOrPay(
            name,
            written.take_or_pay.least,
            np.inf
            if written.take_or_pay.until is None
            else float(written.take_or_pay.until - study.horizon.start),
            written.take_or_pay.period,
        )
        for name, written in study.fuels.items()
        if written.take_or_pay is not None
    )


def waiting(study: Study, system: System) -> System:
    """The system in which each asset knows the belief that its lead time follows."""
    believed = {uncertainty(belief.about) for belief in study.beliefs.values()}
    believed |= {uncertainty(key) for node in study.tree for key in node.values}

    def about(asset: Asset) -> QueueLength | LeadLength | None:
        site = study.sites.get(asset.site)
        if asset.id.role is AssetRole.GRID:
            return QueueLength(asset.site)
        build = site.build.get(asset.id.key) if site is not None else None
        mine = asset.id.role in (AssetRole.BUILD, AssetRole.BUILD_ENERGY)
        return LeadLength(build.use) if build is not None and mine else None

    return replace(
        system,
        assets=tuple(
            replace(asset, waits=about(asset)) if about(asset) in believed else asset
            for asset in system.assets
        ),
    )


def grid_at(study: Study, site: str, trajectories: StudyTrajectories) -> Built:
    """The grid of a site as nouns, at the prices of the first stage."""
    grid = study.sites[site].grid
    assert grid is not None
    moves, months = trajectories.meters[site], study.horizon.stages[0]
    series = MeterSeries(
        bought=grid_cost(study, site, 0.0, months, trajectories),
        given=export_price(study, site, 0.0, months, trajectories),
        most=np.inf if moves.most is None else moves.most,
        most_given=np.inf if moves.most_given is None else moves.most_given,
        first_weekday=first_weekday(study.horizon.start),
        tariff=moves.tariff,
    )
    return meter.grid(site, grid, series)


def export_price(
    study: Study, site: str, start: float, months: float, trajectories: StudyTrajectories
) -> Hourly:
    """What is offered for a MWh given back in the hours of a node [USD/MWh]."""
    return _held(study, trajectories.meters[site].export, start, months)


def grid_cost(
    study: Study, site: str, start: float, months: float, trajectories: StudyTrajectories
) -> Hourly:
    """What a MWh from the grid costs in the hours of a node from month `start` on [USD/MWh]: its
    price, times of use, and its carbon.
    """
    grid = study.sites[site].grid
    assert grid is not None
    moves = trajectories.meters[site]
    price = _held(study, moves.energy, start, months)
    if moves.tariff is not None:
        price = moves.tariff.energy
    if grid.times and study.horizon.hours.blocks is None:
        price = with_windows(
            price, meter.windows_of(grid.times), first_weekday(study.horizon.start)
        )
    intensity = _held(study, moves.intensity, start, months)
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
            given = replace(grid, role=ConverterRole.EXPORT)
            if given in system.converter_numbers:
                listed = system.converters[system.converter_numbers[given]]
                offered = export_price(study, name, node.start, node.months, trajectories)
                paid = -1.0 * meter.paid_for_export(site.grid, cost, offered)
                if not np.array_equal(listed.cost, paid):
                    found[given] = replace(listed, cost=paid)
        if trajectories.carbon.constant is None:
            found.update(_captured(study, name, node, system, trajectories))
    return found | served_at(study, node, system)


def served_at(study: Study, node: ScenarioNode, system: System) -> dict[ConverterId, Converter]:
    """Accelerators that make tokens, where software is believed to have become faster than that of
    the law or of own measurements.
    """
    found: dict[ConverterId, Converter] = {}
    for one in system.converters:
        key, chip = one.id.product, one.id.asset
        product = study.products[key.key] if key is not None else None
        if product is None or chip is None or product.kind != "tokens":
            continue
        own = study.models[product.model].measured.get(chip.key)
        date = own.date if own is not None and own.date is not None else LAW_MONTH
        faster = node.software(study.horizon.start - date)
        if faster != 1.0:
            *taken, made = one.ports
            found[one.id] = replace(one, ports=(*taken, replace(made, ratio=made.ratio * faster)))
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
        if listed is None or build.use in study.technologies or not more:
            continue
        if is_bridge(build.use) or is_purchase(build.use):
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
