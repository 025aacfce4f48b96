"""What may be built at a site, as nouns: assets with their payments, and the converters and stores they carry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.nouns import Asset, Bus, Converter, Payment, PeakCharge, Port, Store
from headrace.core.study import Build, Fuel, Grid, Technology


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


def fuel_cost(written: Fuel, price: float, carbon: float) -> float:
    """Fuel with its carbon [USD/MMBtu]; `price` is the fuel's price where it is burnt, `carbon` in USD/t."""
    return price + carbon * written.co2 / 1e3
