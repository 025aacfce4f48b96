"""What may be built at a site: the study's own, of the catalogue, rented, or agreed with others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.contract_terms import CurtailmentPrice, TakeOrPay
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import Build, Study
from headrace.energy import contract_assets, contracts, operating_limits, unit_outages
from headrace.energy import site as energy
from headrace.energy.capacity_factor import hourly_share
from headrace.energy.technology import technology
from headrace.energy.weather.record import Weather
from headrace.plan.model.study_trajectories import StudyTrajectories


def built_at(
    study: Study, site: str, name: str, weather: Weather | None, trajectories: StudyTrajectories
) -> energy.Built:
    """What may be built under one key. Raises InputError."""
    found = _built_at(study, site, name, weather, trajectories)
    build = study.sites[site].build[name]
    if build.stored_at_start > 0 or build.stored_at_end > 0:
        return _stored(found, build, blocks=study.horizon.hours.blocks is not None)
    return found


def _stored(built: energy.Built, build: Build, *, blocks: bool) -> energy.Built:
    """The nouns of a battery with what it holds as all hours open and close. Raises InputError for
    what stores nothing, and for load blocks, which nothing follows.
    """
    key = "stored_at_start" if build.stored_at_start > 0 else "stored_at_end"
    if not built.stores or blocks:
        found = "load blocks, which nothing follows" if blocks else f"{built.assets[0].title}"
        expected = "hours that follow each other" if blocks else "a battery"
        raise InputError(InputFault(Place(key=key), found, expected))
    stores = (
        replace(one, at_start=build.stored_at_start, at_end=build.stored_at_end)
        for one in built.stores
    )
    return replace(built, stores=tuple(stores))


def _built_at(
    study: Study, site: str, name: str, weather: Weather | None, trajectories: StudyTrajectories
) -> energy.Built:
    year, build = study.money.year, study.sites[site].build[name]
    blocks = study.horizon.hours.blocks is not None
    profile = trajectories.profile.get((site, name))
    own = study.technologies.get(build.use)
    if own is not None and own.kind == "ppa":
        terms = contract_assets.own_terms(build.use, own)
        offered = own.availability * (1.0 if profile is None else profile)
        return _paid(contract_assets.purchase(site, name, build, terms, offered), build)
    if own is not None:
        found = energy.own(site, name, build, own, profile)
        found = operating_limits.operated(found, build, operating_limits.of_own(own))
        found = unit_outages.serviced(found, build, unit_outages.of_own(own), blocks=blocks)
        return contract_assets.with_slot(_paid(found, build), build, year)
    if contract_assets.is_bridge(build.use):
        rented = contract_assets.bridge(site, name, build, year)
        rented = operating_limits.operated(rented, build, None)
        fails = unit_outages.of_rented(contracts.bridge_power(build.use))
        return _paid(unit_outages.serviced(rented, build, fails, blocks=blocks), build)
    if contract_assets.is_purchase(build.use):
        terms = contract_assets.catalogued_terms(build.use, year)
        given = _profile_of(build.use, weather) if profile is None else profile
        return _paid(contract_assets.purchase(site, name, build, terms, given), build)
    row, start = technology(build.use), study.horizon.start
    carbon = trajectories.carbon.mean_over(start, study.horizon.stages[0])
    if profile is None:
        found = energy.catalogued(site, name, build, weather, start, year, carbon, study.fuels)
    else:
        found = energy.profiled(site, name, build, profile, start, year, carbon, study.fuels)
    running = operating_limits.of_row(row, year, carbon, study.fuels)
    found = operating_limits.operated(found, build, running)
    found = unit_outages.serviced(found, build, unit_outages.of_row(row), blocks=blocks)
    return contract_assets.with_slot(_paid(found, build), build, year, 12 * row.build.to("year"))


def _paid(built: energy.Built, build: Build) -> energy.Built:
    """With what the system pays for capacity that stands, taken off its fixed cost, and what is
    paid for energy that is offered and not taken.
    """
    if build.curtailment > 0 or build.curtailment_limit < 1:
        built = curtailed(built, build)
    if build.capacity_payment == 0:
        return built
    first = built.assets[0]
    first = replace(first, fixed_cost=first.fixed_cost - 1e3 * build.capacity_payment)
    return replace(built, assets=(first, *built.assets[1:]))


def curtailed(built: energy.Built, build: Build) -> energy.Built:
    """The nouns of a source that pays for what nobody takes, or may leave a part of it only.

    Raises InputError for what gives when it is called: there nothing is offered.
    """
    one = built.converters[0] if built.converters else None
    offers = one is not None and (not one.has_activity or build.profile is not None)
    if one is None or not offers or any(isinstance(term, TakeOrPay) for term in built.terms):
        found = f"{built.assets[0].title} has nothing that goes unused at a price of its own"
        expected = "sun, wind, or a technology with a `profile`"
        key = "curtailment" if build.curtailment > 0 else "curtailment_limit"
        raise InputError(InputFault(Place(key=key), found, expected))
    if not one.has_activity:
        (port,) = one.standing
        # by hour, so that nobody counts on more of it when a unit is lost
        ports = (replace(port, ratio=np.ones_like(np.asarray(port.ratio))),)
        one = replace(one, ports=ports, availability=port.ratio, standing=(), has_activity=True)
    terms = (*built.terms, CurtailmentPrice(one.id, build.curtailment, build.curtailment_limit))
    return replace(built, converters=(one, *built.converters[1:]), terms=terms)


def _profile_of(use: str, weather: Weather | None) -> Floats:
    """Hourly output of what an agreement of the catalogue delivers, as a share of it [1]."""
    row = contracts.power_purchase(use)
    if weather is None:
        expected = "`weather: tmy3:723170`, or `profile: FILE#COLUMN`"
        raise InputError(InputFault(Place(), f"{row.title} needs weather", expected))
    return np.asarray(hourly_share(technology(row.profile), weather))
