"""What may be built at a site, as nouns: assets with their payments, and the converters and stores they carry."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from headrace.core.errors import InputError, Place, Problem
from headrace.core.nouns import Asset, Bus, Converter, Floats, Payment, PeakCharge, Port, Store
from headrace.core.study import Build, Fuel, Grid, Technology
from headrace.energy import technology as catalogue
from headrace.energy.solar import fixed_tilt, single_axis
from headrace.energy.technology import in_money, learned, technology, value_of
from headrace.energy.thermal import available_share
from headrace.energy.weather import Weather


@dataclass(frozen=True)
class Built:
    """Nouns of one technology at one site."""

    assets: tuple[Asset, ...] = ()
    converters: tuple[Converter, ...] = ()
    stores: tuple[Store, ...] = ()
    peaks: tuple[PeakCharge, ...] = ()


def electricity(site: str) -> Bus:
    """The electricity bus of a site."""
    return Bus("electricity", site, "MWh")


def own(site: str, name: str, build: Build, technology: Technology) -> Built:
    """A technology that the study describes itself."""
    power = _own_asset(site, name, build, technology, "MW", technology.capex * 1e3 if build.capex is None else build.capex * 1e3)
    if technology.kind == "battery":
        energy = _own_asset(site, f"{name}_energy", build, technology, "MWh", technology.energy_capex * 1e3)
        return Built(assets=(power, energy), stores=(store(site, name, name, power, energy, technology.efficiency),))
    converter = Converter(
        name=name,
        site=site,
        title=name,
        ports=(Port(electricity(site), 1.0),),
        asset=power.key,
        availability=technology.availability,
        cost=technology.variable,
        fuel=technology.fuel,
        fuel_rate=technology.heat_rate,
    )
    return Built(assets=(power,), converters=(converter,))


def _own_asset(site: str, name: str, build: Build, technology: Technology, unit: str, price: float) -> Asset:
    energy = unit == "MWh"
    limit = build.at_most_energy if energy else build.at_most
    return Asset(
        name=name,
        site=site,
        title=name.replace("_", " "),
        unit=unit,
        payments=(Payment(0.0, price),),
        fixed_cost=0.0 if energy else technology.fixed * 1e3,
        lead_months=technology.lead if build.lead is None else build.lead,
        life_months=12 * (technology.life if build.life is None else build.life),
        at_most=np.inf if limit is None else limit,
        stands=build.stands_energy if energy else build.stands,
        stands_until=12 * build.stands_for,
        belief=build.use,
        catalogue_key=build.use,
    )


def catalogued(site: str, name: str, build: Build, weather: Weather | None, start: int, money_year: int) -> Built:
    """A technology of the catalogue at a site with weather; `start` is the horizon's first month.

    Raises InputError where it needs weather that the site does not have.
    """
    row = technology(build.use)
    if weather is None and row.kind != "battery":
        raise InputError(Problem(Place(key=f"sites.{site}.weather"), f"{row.title} needs weather", "`weather: tmy3:723170`"))
    power = _catalogued_asset(site, name, build, row, start, money_year)
    if row.kind == "battery":
        energy = _energy_asset(power, build, row, money_year)
        wear = value_of(row.variable_cost, "USD/MWh")
        kept = store(site, name, row.title, power, energy, value_of(row.efficiency, "1", 1.0), wear)
        return Built(assets=(power, energy), stores=(kept,))
    assert weather is not None
    if row.kind == "solar":
        sun = (single_axis(weather) if "axis" in row.key else fixed_tilt(weather)) * row.availability
        panel = Port(electricity(site), sun)
        return Built((power,), (Converter(name, site, row.title, (), power.key, standing=(panel,), has_activity=False),))
    return Built((power,), (_plant(site, name, row, power, available_share(row, weather)),))


def _plant(site: str, name: str, row: catalogue.Technology, power: Asset, share: Floats) -> Converter:
    return Converter(
        name=name,
        site=site,
        title=row.title,
        ports=(Port(electricity(site), 1.0),),
        asset=power.key,
        availability=share,
        cost=value_of(row.variable_cost, "USD/MWh"),
        fuel=row.fuel,
        fuel_rate=value_of(row.heat_rate, "MMBtu/MWh"),
    )


def _catalogued_asset(site: str, name: str, build: Build, row: catalogue.Technology, start: int, money_year: int) -> Asset:
    lead = row.lead.to("month") if build.lead is None else build.lead
    price = row.overnight("USD/MW", money_year) if build.capex is None else build.capex * 1e3
    earliest = 12 * value_of(row.earliest, "1") - start
    return Asset(
        name=name,
        site=site,
        title=row.title,
        unit="MW",
        payments=_payments(row.schedule, lead, price),
        fixed_cost=in_money(row.fixed_cost, "USD/MW-year", money_year),
        lead_months=lead,
        life_months=12 * (row.life.to("year") if build.life is None else build.life),
        at_most=np.inf if build.at_most is None else build.at_most,
        stands=build.stands,
        stands_until=12 * build.stands_for,
        fade=value_of(row.fade, "1/year"),
        available_from=max(0.0, earliest - lead),
        belief=row.key,
        catalogue_key=row.key,
    )


def _energy_asset(power: Asset, build: Build, row: catalogue.Technology, money_year: int) -> Asset:
    price = 0.0 if row.energy_capex is None else in_money(row.energy_capex, "USD/MWh", money_year)
    fixed = 0.0 if row.energy_fixed_cost is None else in_money(row.energy_fixed_cost, "USD/MWh-year", money_year)
    return replace(
        power,
        name=f"{power.name}_energy",
        title=f"{row.title}, storage",
        unit="MWh",
        payments=_payments(row.schedule, power.lead_months, price),
        fixed_cost=fixed,
        at_most=np.inf if build.at_most_energy is None else build.at_most_energy,
        stands=build.stands_energy,
        fade=value_of(row.calendar_fade, "1/year"),
    )


def _payments(schedule: tuple[float, ...], lead: float, price: float) -> tuple[Payment, ...]:
    """A tenth at the order; the rest in the middle of each year of construction, the last of which ends at operation."""
    years = len(schedule)
    later = (Payment(max(0.0, lead - 12 * years + 12 * i + 6), 0.9 * share * price) for i, share in enumerate(schedule))
    return (Payment(0.0, 0.1 * price), *later)


def price_factor(key: str, year: int, overnight: float | None, money_year: int) -> float:
    """Price of a technology ordered in `year` over its catalogue price: along its learning curve, or as believed.

    overnight: believed price [USD/kW, in the study's money] instead of the curve's.
    """
    row = technology(key)
    base = row.overnight("USD/kW", money_year)
    return (learned(row, year, "moderate").overnight("USD/kW", money_year) if overnight is None else overnight) / base


def store(site: str, name: str, title: str, power: Asset, energy: Asset, round_trip: float, wear: float = 0.0) -> Store:
    """A battery whose round-trip loss falls half on charging, half on discharging."""
    half = float(np.sqrt(round_trip))
    return Store(name, site, title, electricity(site), power.key, energy.key, half, half, 1.0, wear)


def grid(site: str, written: Grid) -> Built:
    """The right to draw from the grid: an asset with a queue, energy by the hour, and a charge on peaks."""
    asset = Asset(
        name="grid",
        site=site,
        title="grid right",
        unit="MW",
        payments=(Payment(0.0, 0.1 * written.price * 1e3), Payment(written.queue, 0.9 * written.price * 1e3)),
        fixed_cost=0.0,
        lead_months=written.queue,
        life_months=12 * 40,
        at_most=written.limit,
        stands=written.stands,
        catalogue_key="grid.right",
    )
    converter = Converter("grid", site, "grid", (Port(electricity(site), 1.0),), asset=asset.key, cost=written.energy)
    charge = PeakCharge(converter.key, written.demand * 1e3, written.billing)
    return Built(assets=(asset,), converters=(converter,), peaks=(charge,) if written.demand > 0 else ())


def default_fuels(used: set[str], written: set[str]) -> dict[str, Fuel]:
    """Fuels that the technologies in use burn and the study does not write, at their catalogue prices."""
    return {name: _fuel(name) for name in sorted(used - written) if name}


def _fuel(name: str) -> Fuel:
    row = catalogue.fuel(name)
    return Fuel(
        price=f"{row.price.to('USD/MMBtu')} USD/MMBtu",  # type: ignore[arg-type]
        co2=f"{row.co2.to('kg/MMBtu')} kg/MMBtu",  # type: ignore[arg-type]
        source=row.price.source,
    )


def fuel_cost(written: Fuel, price: float, carbon: float) -> float:
    """Fuel with its carbon [USD/MMBtu]; `price` is the fuel's price where it is burnt, `carbon` in USD/t."""
    return price + carbon * written.co2 / 1e3
