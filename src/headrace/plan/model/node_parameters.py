"""What holds at a node: of the study as it is believed there, against the nouns of the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from headrace.compute.rental import rent_written
from headrace.core.components import Converter, Demand, Port, System
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.ids import AssetId, AssetRole, ConverterId, ProductId
from headrace.core.study import CLOUD, Study
from headrace.core.uncertainty import AcceleratorRent, Capex, RentFactor, RoyaltyFactor
from headrace.energy.contract_assets import is_bridge, is_purchase
from headrace.energy.technology import price_factor
from headrace.energy.weather.record import Weather
from headrace.plan.model.node_nouns import converters_at, fuel_at, unburnt_at
from headrace.plan.model.study_trajectories import StudyTrajectories
from headrace.plan.scenario.discounting import SAME_MONTH
from headrace.plan.scenario.parameters import NodeParameters
from headrace.plan.scenario.time_slices import TimeSlices
from headrace.plan.scenario.tree import ScenarioNode


@dataclass(frozen=True, eq=False)
class BelievedWorld:
    """What becomes of a study as it is believed somewhere: its weather, series and nouns."""

    study: Study
    weather: Mapping[str, Weather]
    trajectories: StudyTrajectories
    system: System


def node_parameters(
    base: BelievedWorld, here: BelievedWorld, node: ScenarioNode, calendar: TimeSlices
) -> NodeParameters:
    """What holds at a node: fuel as believed there, with its carbon; prices of technologies; demand
    as it has grown, and prices as they have changed by the node's middle; and what of the nouns is
    otherwise than in `base`.
    """
    study, trajectories = here.study, here.trajectories
    pieces = len(calendar.weights) // len(study.horizon.hours.blocks or calendar.weights)
    middle = (node.start + node.months / 2) / 12
    moved = _moved(base.system, here.system)
    moved |= converters_at(study, node, here.system, trajectories)
    listed = (moved.get(one.id, one) for one in base.system.converters)
    return NodeParameters(
        fuel=fuel_at(study, node, here.system, trajectories),
        capex=capex_factors(study, node) | rent_factors(study, node),
        level={ProductId(key): node.grown(key) for key in study.products},
        price={ProductId(k): (1 + p.price_change) ** middle for k, p in study.products.items()},
        blocks={ProductId(k): np.tile(values, pieces) for k, values in node.blocks.items()},
        converters=moved,
        demands=_asked(base.system, here.system),
        unburnt=unburnt_at(study, node, trajectories),
        royalty={ProductId(k): node.values.get(RoyaltyFactor(k), 1.0) for k in study.products},
        tariff={one.id: calendar.mean(one.cost) for one in listed if np.ndim(one.cost)},
        learned=learned_within(study, node),
    )


def learned_within(study: Study, node: ScenarioNode) -> dict[str, tuple[tuple[float, float], ...]]:
    """What learning makes of the price of each technology in the calendar years that begin within a
    node, over that at its start [1], with the months from which they do; nothing of what is
    believed.
    """
    start = study.horizon.start
    first, last = int((start + node.start) // 12), int((start + node.end - SAME_MONTH) // 12)
    found: dict[str, tuple[tuple[float, float], ...]] = {}
    for key in {build.use for site in study.sites.values() for build in site.build.values()}:
        own = key in study.technologies or is_bridge(key) or is_purchase(key)
        if last > first and not own and Capex(key) not in node.values:
            now, *later = (
                price_factor(key, year, None, study.money.year) for year in range(first, last + 1)
            )
            found[key] = tuple(
                (12.0 * year - start, factor / now)
                for year, factor in enumerate(later, start=first + 1)
            )
    return found


def _moved(base: System, here: System) -> dict[ConverterId, Converter]:
    """Converters that are otherwise here."""
    if base is here:
        return {}
    pairs = zip(base.converters, here.converters)
    return {
        there.id: there
        for listed, there in pairs
        if not all(_alike(getattr(listed, f.name), getattr(there, f.name)) for f in fields(listed))
    }


def _asked(base: System, here: System) -> dict[ProductId, Demand]:
    """Demands that are otherwise here."""
    pairs = zip(base.demands, here.demands)
    return {
        there.product: there
        for listed, there in pairs
        if not np.array_equal(listed.quantity, there.quantity)
    }


def _alike(one: object, other: object) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(_alike(a, b) for a, b in zip(one, other))
    if isinstance(one, Port) and isinstance(other, Port):
        return one.bus == other.bus and np.array_equal(one.ratio, other.ratio)
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.array_equal(np.asarray(one), np.asarray(other))
    return bool(one == other)


def rent_factors(study: Study, node: ScenarioNode) -> dict[str | AssetId, float]:
    """Factor on the rent of what is rented at a node, for its whole term [1], where somebody
    believes anything of it; by asset.
    """
    found: dict[str | AssetId, float] = {}
    for name, written in study.fleet.may_rent.items():
        believed = node.values.get(AcceleratorRent(name))
        factor = node.values.get(RentFactor(), 1.0)
        if believed is not None:
            factor = believed / rent_written(written, study.money.year)
        if believed is not None or RentFactor() in node.values:
            found[AssetId(CLOUD, AssetRole.RENTAL, name)] = factor
    return found


def capex_factors(study: Study, node: ScenarioNode) -> dict[str | AssetId, float]:
    """Factor on each technology's price at a node [1]: as believed, else along its learning curve;
    and, by asset, 1 on a price that the study writes at a site and nobody believes to change.

    Raises InputError for a belief about the price of what is rented.
    """
    year = int((study.horizon.start + node.start) // 12)
    found: dict[str | AssetId, float] = {}
    for name, site in study.sites.items():
        for key, build in site.build.items():
            if build.capex is not None and not build.learns and Capex(build.use) not in node.values:
                found[AssetId(name, AssetRole.BUILD, key)] = 1.0
                found[AssetId(name, AssetRole.FROM_SLOT, key)] = 1.0
    for key in {build.use for site in study.sites.values() for build in site.build.values()}:
        believed = node.values.get(Capex(key))
        if key in study.technologies:
            if believed is not None:
                found[key] = believed / study.technologies[key].capex
        elif not (is_bridge(key) or is_purchase(key)):
            found[key] = price_factor(key, year, believed, study.money.year)
        elif believed is not None:
            raise InputError(
                InputFault(
                    Place(key="beliefs"),
                    f"`capex:{key}` is rented and has no capex",
                    "something that is bought",
                )
            )
    return found
