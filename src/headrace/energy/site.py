"""What may be built at a site, as nouns: assets with their payments, and the converters and stores
they carry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import (
    Asset,
    Bus,
    Converter,
    Payment,
    PeakCharge,
    Port,
    Reservation,
    Store,
)
from headrace.core.contract_terms import ContractTerm
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.ids import (
    ELECTRICITY,
    AssetId,
    AssetKind,
    AssetRole,
    ConverterId,
    ConverterRole,
    StoreId,
)
from headrace.core.study import Build, Fuel, Technology
from headrace.energy import technology as catalogue
from headrace.energy.battery import wear
from headrace.energy.capacity_factor import dispatchable, hourly_share
from headrace.energy.contracts import staged_payments
from headrace.energy.fuels import captured
from headrace.energy.grid import GridRight, grid_right
from headrace.energy.grid import availability as grid_availability
from headrace.energy.technology import in_money, technology, value_of
from headrace.energy.weather.record import Weather

COMFORT = 18.0
"""Dry bulb [degC] at which a region's power system is least strained: a utility interrupts on the
days farthest from it.
"""


@dataclass(frozen=True)
class Built:
    """Nouns of one technology at one site."""

    assets: tuple[Asset, ...] = ()
    converters: tuple[Converter, ...] = ()
    stores: tuple[Store, ...] = ()
    peaks: tuple[PeakCharge, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    terms: tuple[ContractTerm, ...] = ()


def electricity(site: str) -> Bus:
    """The electricity bus of a site."""
    return Bus(ELECTRICITY, site, "MWh")


def unit_size(build: Build, catalogued: float) -> float:
    """Size of one unit where only whole ones are ordered [MW], else 0; `catalogued`: the
    catalogue's [MW], 0 for any size.

    Raises InputError where whole units are asked for and nobody says how large one is.
    """
    if build.unit is None and build.whole and catalogued <= 0:
        raise InputError(
            InputFault(
                Place(key="whole"),
                f"{build.use} comes in any size",
                "the size of one, `unit: 50 MW`",
            )
        )
    return build.unit or (catalogued if build.whole else 0.0)


def own(
    site: str, name: str, build: Build, technology: Technology, profile: Floats | None = None
) -> Built:
    """A technology that the study describes itself. profile: its hourly output as a share of
    capacity, beside `availability` [1].

    Raises InputError for a rented battery, or a rent with a life.
    """
    if technology.rent > 0 and (technology.kind == "battery" or build.life is not None):
        raise InputError(
            InputFault(
                Place.of("sites", site, "build", name),
                "is rented",
                "a generator, with `least` and no `life`",
            )
        )
    power = _own_asset(
        site,
        name,
        build,
        technology,
        "MW",
        technology.capex * 1e3 if build.capex is None else build.capex * 1e3,
    )
    if technology.kind == "battery":
        energy = _own_asset(site, name, build, technology, "MWh", technology.energy_capex * 1e3)
        kept = store(name, power, energy, technology.efficiency, technology.variable)
        return Built(
            assets=(power, energy), stores=(replace(kept, availability=technology.availability),)
        )
    converter = Converter(
        id=ConverterId(ConverterRole.PLANT, power.id),
        title=name,
        ports=(Port(electricity(site), 1.0),),
        asset=power.id,
        availability=technology.availability * (1.0 if profile is None else profile),
        cost=technology.variable,
        fuel=technology.fuel,
        fuel_rate=technology.heat_rate,
    )
    return Built(assets=(power,), converters=(converter,))


def _own_asset(
    site: str, name: str, build: Build, technology: Technology, unit: str, price: float
) -> Asset:
    energy = unit == "MWh"
    limit = build.at_most_energy if energy else build.at_most
    life = 12 * (technology.life if build.life is None else build.life)
    return Asset(
        id=AssetId(site, AssetRole.BUILD_ENERGY if energy else AssetRole.BUILD, name),
        kind=AssetKind.SUPPLY,
        title=f"{name.replace('_', ' ')}, storage" if energy else name.replace("_", " "),
        unit=unit,
        payments=(Payment(0.0, price),),
        fixed_cost=0.0 if energy else (technology.fixed + 12 * technology.rent) * 1e3,
        lead_months=technology.lead if build.lead is None else build.lead,
        life_months=technology.least if technology.rent > 0 else life,
        at_most=np.inf if limit is None else limit,
        unit_size=0.0 if energy else unit_size(build, technology.units.size),
        stands=build.stands_energy if energy else build.stands,
        stands_until=12 * build.stands_for,
        belief=build.use,
        catalogue_key=build.use,
        rented=technology.rent > 0,
    )


def catalogued(
    site: str,
    name: str,
    build: Build,
    weather: Weather | None,
    start: int,
    money_year: int,
    carbon: float = 0.0,
    fuels: Mapping[str, Fuel] | None = None,
) -> Built:
    """A technology of the catalogue at a site with weather; `start` is the horizon's first month.

    carbon: price of CO2 [USD/t], and fuels: those the study writes. The fuel's price carries the
        carbon of all that is burnt (`fuel_cost`); a plant with capture gets back here what does not
        reach the air. Raises InputError where it needs weather that the site does not have.
    """
    row = technology(build.use)
    if weather is None and row.kind != "battery":
        raise InputError(
            InputFault(
                Place.of("sites", site, "weather"),
                f"{row.title} needs weather",
                "`weather: tmy3:723170`, or `profile: FILE#COLUMN`",
            )
        )
    if row.kind != "battery" and (build.at_most_energy is not None or build.stands_energy > 0):
        raise InputError(
            InputFault(
                Place.of("sites", site, "build", name),
                f"{row.title} stores no energy",
                "neither `at_most_energy` nor `stands_energy`",
            )
        )
    power = _catalogued_asset(site, name, build, row, start, money_year)
    if row.kind == "battery":
        return _battery(build, row, power, money_year)
    assert weather is not None
    if row.kind == "grid":
        return _catalogued_grid(power, row, weather, money_year)
    cost = _variable(row, money_year) - carbon * captured(row, fuels or {})
    return _given(power, row, hourly_share(row, weather), cost)


def profiled(
    site: str,
    name: str,
    build: Build,
    profile: Floats,
    start: int,
    money_year: int,
    carbon: float,
    fuels: Mapping[str, Fuel],
) -> Built:
    """A technology of the catalogue whose hourly output is the planner's own: `profile`, as a share
    of capacity [1], instead of what weather gives. carbon: price of CO2 [USD/t].

    Raises InputError for what has no output of its own.
    """
    row = technology(build.use)
    if row.kind in ("battery", "grid"):
        where = Place.of("sites", site, "build", name, "profile")
        raise InputError(InputFault(where, f"{row.title} has no output of its own", "a plant"))
    power = _catalogued_asset(site, name, build, row, start, money_year)
    return _given(power, row, profile, _variable(row, money_year) - carbon * captured(row, fuels))


def _given(power: Asset, row: catalogue.TechnologyRow, share: Floats, cost: float) -> Built:
    """A plant that gives `share` of its capacity, or may be called up to it [1]."""
    if dispatchable(row):
        return Built((power,), (_plant(row, power, share, cost),))
    output = Port(electricity(power.site), share)
    converter = Converter(
        ConverterId(ConverterRole.PLANT, power.id),
        row.title,
        (),
        power.id,
        standing=(output,),
        has_activity=False,
    )
    return Built((power,), (converter,))


def _variable(row: catalogue.TechnologyRow, money_year: int) -> float:
    """Cost of a MWh without fuel, in the study's money [USD/MWh]."""
    return 0.0 if row.variable_cost is None else in_money(row.variable_cost, "USD/MWh", money_year)


def _plant(row: catalogue.TechnologyRow, power: Asset, share: Floats, cost: float) -> Converter:
    return Converter(
        id=ConverterId(ConverterRole.PLANT, power.id),
        title=row.title,
        ports=(Port(electricity(power.site), 1.0),),
        asset=power.id,
        availability=share,
        cost=cost,
        fuel=row.fuel,
        fuel_rate=value_of(row.heat_rate, "MMBtu/MWh"),
    )


def _battery(build: Build, row: catalogue.TechnologyRow, power: Asset, money_year: int) -> Built:
    energy = _energy_asset(power, build, row, money_year)
    round_trip = value_of(row.efficiency, "1", 1.0)
    # Who pays for augmentation in the fixed cost has paid for ageing: neither fade nor wear is
    # counted again (docs/decisions/0055).
    used_up = 0.0 if row.augmented else wear(row, energy.price)
    worn = used_up + _variable(row, money_year)
    kept = store(row.title, power, energy, round_trip, worn)
    kept = replace(kept, keep=value_of(row.keep, "1", 1.0), availability=row.availability)
    return Built(assets=(power, energy), stores=(kept,))


def _catalogued_grid(
    asset: Asset, row: catalogue.TechnologyRow, weather: Weather, money_year: int
) -> Built:
    """The catalogue's grid connection: its loss, its monthly peaks, its capacity charge, its days
    of interruption.
    """
    right = grid_right(row, 1.0, money_year=money_year)
    stress = np.abs(weather.drybulb - COMFORT)
    share = grid_availability(right, stress) * row.availability
    return drawn(
        replace(asset, fixed_cost=asset.fixed_cost + right.capacity),
        row.title,
        right,
        share,
    )


def drawn(
    asset: Asset,
    title: str,
    right: GridRight,
    share: Floats | float,
) -> Built:
    """A right to draw, metered before its loss: energy by the hour, and a charge on the peak of
    each month. share: of the right that is there in each hour [1].
    """
    ports = (Port(electricity(asset.site), 1.0 - right.loss),)
    converter = Converter(
        ConverterId(ConverterRole.PLANT, asset.id),
        title,
        ports,
        asset=asset.id,
        availability=share,
        cost=right.energy,
    )
    peaks = (PeakCharge(converter.id, right.demand),) if right.demand > 0 else ()
    return Built(assets=(asset,), converters=(converter,), peaks=peaks)


def _catalogued_asset(
    site: str, name: str, build: Build, row: catalogue.TechnologyRow, start: int, money_year: int
) -> Asset:
    lead = row.lead.to("month") if build.lead is None else build.lead
    price = row.overnight("USD/MW", money_year) if build.capex is None else build.capex * 1e3
    earliest = 12 * value_of(row.earliest, "1") - start
    return Asset(
        id=AssetId(site, AssetRole.BUILD, name),
        kind=kind_of(row),
        title=row.title,
        unit="MW",
        payments=staged_payments(row, price, lead),
        fixed_cost=in_money(row.fixed_cost, "USD/MW-year", money_year),
        lead_months=lead,
        life_months=12 * (row.life.to("year") if build.life is None else build.life),
        at_most=np.inf if build.at_most is None else build.at_most,
        unit_size=unit_size(build, row.unit_size.to("MW")),
        stands=build.stands,
        stands_until=12 * build.stands_for,
        fade=value_of(row.fade, "1/year"),
        available_from=max(0.0, earliest - lead),
        belief=row.key,
        catalogue_key=row.key,
    )


def _energy_asset(
    power: Asset, build: Build, row: catalogue.TechnologyRow, money_year: int
) -> Asset:
    price = 0.0 if row.energy_capex is None else in_money(row.energy_capex, "USD/MWh", money_year)
    fixed = (
        0.0
        if row.energy_fixed_cost is None
        else in_money(row.energy_fixed_cost, "USD/MWh-year", money_year)
    )
    return replace(
        power,
        id=replace(power.id, role=AssetRole.BUILD_ENERGY),
        title=f"{row.title}, storage",
        unit="MWh",
        payments=staged_payments(row, price, power.lead_months),
        fixed_cost=fixed,
        at_most=np.inf if build.at_most_energy is None else build.at_most_energy,
        unit_size=0.0,
        stands=build.stands_energy,
        fade=0.0 if row.augmented else value_of(row.calendar_fade, "1/year"),
    )


def kind_of(row: catalogue.TechnologyRow) -> AssetKind:
    """What a row of the catalogue is: a grid right, a plant on gas, another supply."""
    if row.kind == "grid":
        return AssetKind.GRID
    return AssetKind.GAS if row.kind == "thermal" and row.fuel == "gas" else AssetKind.SUPPLY


def store(
    title: str,
    power: Asset,
    energy: Asset,
    round_trip: float,
    wear: float = 0.0,
) -> Store:
    """A battery whose loss on a round trip falls half on charging, half on discharging.

    round_trip: efficiency [1]; wear: per unit that comes out [USD/MWh].
    """
    half = float(np.sqrt(round_trip))
    return Store(
        StoreId(power.id),
        title,
        electricity(power.site),
        power.id,
        energy.id,
        half,
        half,
        1.0,
        wear,
    )
