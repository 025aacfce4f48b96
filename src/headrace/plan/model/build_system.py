"""A study becomes a system of nouns on a scenario tree: the step between `read` and `formulate`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from headrace.compute import hall_assets, rental
from headrace.compute.accelerator import Accelerator, part_of
from headrace.compute.facility import pue
from headrace.core.arrays import HOURS_PER_YEAR, Hourly
from headrace.core.calendar import first_weekday
from headrace.core.components import (
    Asset,
    Converter,
    Limit,
    PeakCharge,
    Port,
    Reservation,
    SpinningReserve,
    Store,
    System,
)
from headrace.core.contract_terms import ContractTerm
from headrace.core.errors import InputError, InputFault
from headrace.core.ids import ConverterId, ConverterRole, ProductId
from headrace.core.product_units import product_bus
from headrace.core.study import CashLimit, Product, Rental, Study
from headrace.energy import operating_limits
from headrace.energy import site as energy
from headrace.energy.own_series.shelf import SeriesShelf, SeriesUse
from headrace.energy.weather.record import Weather
from headrace.energy.weather.series import station
from headrace.market.demand import demand
from headrace.models.serving import product_rate, study_offers
from headrace.plan.lp.problem import RiskMeasure
from headrace.plan.model.believed_study import Held, held_at, names_of, study_as_held
from headrace.plan.model.churn_pressure import with_pressure
from headrace.plan.model.fleet_parts import fleet_parts
from headrace.plan.model.node_nouns import fuel_terms, grid_at, waiting
from headrace.plan.model.node_parameters import BelievedWorld, node_parameters
from headrace.plan.model.site_builds import built_at
from headrace.plan.model.study_trajectories import StudyTrajectories, about, study_trajectories
from headrace.plan.model.trust_and_royalty import royalty_of
from headrace.plan.model.week_features import week_features
from headrace.plan.scenario.discounting import SAME_MONTH, Discounting, hour_of
from headrace.plan.scenario.operated_years import operated_nodes, weather_shares
from headrace.plan.scenario.parameters import NodeParameters
from headrace.plan.scenario.time_slices import (
    TimeSlices,
    keep_all,
    keep_blocks,
    keep_weeks,
    span_hours,
)
from headrace.plan.scenario.tree import ScenarioNode, scenario_tree


@dataclass(frozen=True)
class SystemOnTree:
    """All that `formulate` needs, and the weather of each site and the planner's own series for the
    report. start: of the horizon [months since year 0]. risk: None where the mean alone counts.
    """

    system: System
    nodes: tuple[ScenarioNode, ...]
    time_slices: tuple[TimeSlices, ...]
    parameters: tuple[NodeParameters, ...]
    discounting: Discounting
    weather: Mapping[str, Weather]
    spend: Sequence[float] | None
    start: int = 0
    cash: CashLimit | None = None
    risk: RiskMeasure | None = None
    series: tuple[SeriesUse, ...] = ()
    trajectories: StudyTrajectories | None = None


@dataclass(frozen=True)
class _SiteNouns:
    assets: tuple[Asset, ...]
    converters: tuple[Converter, ...]
    stores: tuple[Store, ...]
    peaks: tuple[PeakCharge, ...]
    limits: tuple[Limit, ...]
    reservations: tuple[Reservation, ...]
    spinning: tuple[SpinningReserve, ...]
    terms: tuple[ContractTerm, ...]
    chips: Mapping[str, Asset]
    overhead: Hourly


def expand(study: Study, folder: Path | None = None, *, every_hour: bool = False) -> SystemOnTree:
    """Nouns, tree and hours of a study. folder: where its files lie; `every_hour` overrides its
    choice of hours.

    Raises InputError with every weather file and catalogue row that is missing or bad, by the key
    that names it.
    """
    blocks, weekday = study.horizon.hours.blocks is not None, first_weekday(study.horizon.start)
    rates = {code: currency.rate for code, currency in study.currencies.items()}
    shelf = SeriesShelf(folder or Path(), blocks, weekday, rates)
    years = range(len(weather_shares(study)))
    nodes_of_years = [replace(node, weather=y) for y in years for node in scenario_tree(study)]
    helds = list(dict.fromkeys(held_at(study, node) for node in nodes_of_years))
    worlds: dict[Held, BelievedWorld] = {}
    for held in helds:
        worlds[held] = believed_world(study, held, worlds, shelf)
    base = worlds[helds[0]]
    risk = study.goal.risk
    discounting = Discounting(
        study.money.discount, sum(study.horizon.stages), study.horizon.terminal_value
    )
    move = any(world.trajectories.move for world in worlds.values())
    nodes, moments = operated_nodes(study, base.system, discounting, prices_move=move)
    slices = slices_of_nodes(study, nodes, base.system, moments, every_hour=every_hour)
    return SystemOnTree(
        system=base.system,
        nodes=nodes,
        time_slices=slices,
        parameters=tuple(
            node_parameters(base, worlds[held_at(study, node)], node, calendar)
            for node, calendar in zip(nodes, slices)
        ),
        discounting=discounting,
        weather=base.weather,
        spend=study.limits.spend,
        start=study.horizon.start,
        cash=study.limits.cash,
        risk=RiskMeasure(risk.alpha, risk.omega) if risk.omega > 0 else None,
        series=tuple(shelf.uses),
        trajectories=base.trajectories,
    )


def believed_world(
    study: Study,
    held: Held,
    known: Mapping[Held, BelievedWorld],
    shelf: SeriesShelf,
    redrawn: Callable[[Weather], Weather] | None = None,
) -> BelievedWorld:
    """What a study makes of what is believed; where only prices differ, the nouns are those that
    are known. redrawn: what becomes of the weather. Raises InputError with every problem.
    """
    here, problems = study_as_held(study, held), list[InputFault]()
    alike = next((w for h, w in known.items() if names_of(h) == names_of(held)), None)
    weather = _weather(here, shelf.folder, problems) if alike is None else alike.weather
    if alike is None and redrawn is not None:
        weather = {name: redrawn(found) for name, found in weather.items()}
    zones = {name: found.timezone for name, found in weather.items()}
    trajectories = study_trajectories(here, shelf, zones, problems)
    if alike is not None and not problems:
        return BelievedWorld(here, weather, trajectories, alike.system)
    return BelievedWorld(
        here, weather, trajectories, _system(here, weather, trajectories, shelf, problems)
    )


def _system(
    study: Study,
    weather: Mapping[str, Weather],
    trajectories: StudyTrajectories,
    shelf: SeriesShelf,
    problems: list[InputFault],
) -> System:
    """All nouns of a study. Raises InputError with every problem, those known before included."""
    parts = fleet_parts(study, problems)
    whole = not problems
    sites = {
        name: _site(study, name, weather.get(name), trajectories, parts, problems)
        for name in study.sites
    }
    demands, span = [], (study.horizon.start, sum(study.horizon.stages))
    for name, product in study.products.items():
        load, shape = trajectories.load.get(name), trajectories.shape.get(name)
        with about(("products", name, "shape"), problems):
            asked = demand(name, product, shelf.first_weekday, span, load, shape)
            demands.append(asked)
        with about(("products", name, "offers"), problems):
            told = partial(study_offers.slowest_percentiles, study, product, parts)
            stages = study.horizon.stages
            demands[-1:] = [with_pressure(one, product, stages, told) for one in demands[-1:]]
        with about(("products", name, "royalty"), problems):
            owed = royalty_of(product, shelf.folder)
            demands[-1:] = [replace(one, royalty=owed) for one in demands[-1:]]
        if product.kind != "electricity" and whole:
            with about(("products", name), problems):
                study_offers.refuse_impossible(study, product, parts)
    if problems:
        raise InputError(problems)
    system = System(
        assets=tuple(a for s in sites.values() for a in s.assets),
        converters=(
            *(c for s in sites.values() for c in s.converters),
            *(
                c
                for name, product in study.products.items()
                for c in _serving(study, name, product, sites)
            ),
        ),
        stores=tuple(x for s in sites.values() for x in s.stores),
        demands=tuple(demands),
        peaks=tuple(p for s in sites.values() for p in s.peaks),
        limits=tuple(limit for s in sites.values() for limit in s.limits),
        reservations=tuple(r for s in sites.values() for r in s.reservations),
        spinning=tuple(r for s in sites.values() for r in s.spinning),
        terms=(*(t for s in sites.values() for t in s.terms), *fuel_terms(study)),
    )
    return rentable(study, waiting(study, system), study.fleet.may_rent)


def _weather(study: Study, folder: Path | None, problems: list[InputFault]) -> dict[str, Weather]:
    """Weather of the sites that name one that can be read."""
    found = {}
    for name, written in study.sites.items():
        with about(("sites", name, "weather"), problems):
            if written.weather:
                found[name] = station(written.weather, folder)
    return found


def _site(
    study: Study,
    name: str,
    weather: Weather | None,
    trajectories: StudyTrajectories,
    parts: Mapping[str, Accelerator],
    problems: list[InputFault],
) -> _SiteNouns:
    written, built = study.sites[name], []
    for key, build in written.build.items():
        with about(("sites", name, "build", key), problems):
            if weather is not None or not written.weather or build.use in study.technologies:
                built.append(built_at(study, name, key, weather, trajectories))
    if written.grid is not None:
        built.append(grid_at(study, name, trajectories))
    assets = [a for b in built for a in b.assets]
    converters = [c for b in built for c in b.converters]
    spinning: tuple[SpinningReserve, ...] = ()
    if written.spinning_reserve != "none":
        operating_limits.refuse_endless(name, tuple(assets), tuple(converters))
        spinning = (SpinningReserve(energy.electricity(name)),)
    limits: list[Limit] = []
    chips: dict[str, Asset] = {}
    overhead: Hourly = 1.0
    hall = None
    with about(("sites", name, "hall"), problems):
        hall = hall_assets.hall_asset(name, written, study.money.year)
    if hall is not None and study.fleet.may_buy:
        found = {
            key: hall_assets.chip_asset(
                *(name, key, bought, study.horizon.start, study.money.year, parts[key]),
                study_offers.replica(study, key, parts[key]) if bought.unit == "replica" else 0.0,
            )
            for key, bought in study.fleet.may_buy.items()
            if key in parts
        }
        row = hall[1]
        if weather is None:
            overhead = np.full(HOURS_PER_YEAR, row.facility_peak.value)
        else:
            overhead = pue(weather.drybulb, weather.wetbulb, row)
        chips = {key: asset for key, (asset, _) in found.items()}
        assets += [hall[0], *chips.values()]
        for asset, chip in found.values():
            converters.append(hall_assets.standing_converter(asset, chip, overhead))
            converters.append(hall_assets.off_converter(asset, chip, overhead))
        limits.append(hall_assets.hall_limit(hall[0], tuple(found.values())))
    return _SiteNouns(
        assets=tuple(assets),
        converters=tuple(converters),
        stores=tuple(s for b in built for s in b.stores),
        peaks=tuple(p for b in built for p in b.peaks),
        limits=tuple(limits),
        reservations=tuple(r for b in built for r in b.reservations),
        spinning=spinning,
        terms=tuple(t for b in built for t in b.terms),
        chips=chips,
        overhead=overhead,
    )


def rentable(study: Study, system: System, rentals: Mapping[str, Rental]) -> System:
    """The system with rented accelerators, their hours, and the products made in them."""
    assets, converters = list(system.assets), list(system.converters)
    for name, written in rentals.items():
        asset, part = rental.rented_asset(name, written, study.money.year)
        assets.append(asset)
        converters.append(rental.rented_hours(asset))
        for key, product in study.products.items():
            if product.kind != "electricity":
                offer = study_offers.offer(study, product, name, part)
                if offer is not None:
                    made_at = product_bus(key, product)
                    converters.append(
                        rental.rented_work(asset, ProductId(key), made_at, offer.rate)
                    )
    return replace(system, assets=tuple(assets), converters=tuple(converters))


def _serving(
    study: Study, key: str, product: Product, sites: Mapping[str, _SiteNouns]
) -> list[Converter]:
    """The ways to serve a product: from a site's electricity, or on each accelerator in a hall."""
    sold, made_at = ProductId(key), product_bus(key, product)
    if product.kind == "electricity":
        ports = (Port(energy.electricity(product.site), -1.0), Port(made_at, 1.0))
        made = ConverterId(ConverterRole.DELIVERY, None, sold)
        return [Converter(made, f"{product.title or key} served", ports)]
    found = []
    for nouns in sites.values():
        for chip, asset in nouns.chips.items():
            part = part_of(study, study.fleet.may_buy[chip].use)
            offer = study_offers.offer(study, product, chip, part)
            if offer is not None:
                found.append(product_rate.converter(asset, sold, made_at, offer, nouns.overhead))
    return found


def slices_of_nodes(
    study: Study,
    nodes: Sequence[ScenarioNode],
    system: System,
    moments: Sequence[float],
    *,
    every_hour: bool,
) -> tuple[TimeSlices, ...]:
    """The snapshots of every node; nodes of the same length in the same season share theirs.

    moments: when a capacity may come or go [month]; what is kept of a node is cut there.
    """
    hours, found = study.horizon.hours, []
    cache: dict[tuple[int, float, tuple[float, ...]], TimeSlices] = {}
    features = None if hours.blocks is not None else week_features(system)
    for node in nodes:
        first, months = int(study.horizon.start % 12 + node.start) % 12, min(node.months, 12.0)
        span = float(len(span_hours(first, months))) if hours.blocks is None else HOURS_PER_YEAR
        inside = [at for at in moments if node.start + SAME_MONTH < at < node.end - SAME_MONTH]
        cuts = tuple(
            hour_of(at, node, span) if hours.blocks is None else (at - node.start) * span / 12
            for at in inside
        )
        whole = hours.blocks is None and (hours.every or every_hour)
        key = (first, months, () if whole else cuts)
        if key not in cache:
            if hours.blocks is not None:
                cache[key] = keep_blocks(tuple(hours.blocks), months, cuts)
            elif whole or features is None:
                cache[key] = keep_all(first, months)
            else:
                cache[key] = keep_weeks(first, months, hours, features, cuts)
        found.append(cache[key])
    return tuple(found)
