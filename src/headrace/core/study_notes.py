"""What a study says that may not be meant: nothing is wrong with it, and it is told.

Each note has the form of a fault: the path of its key, what was read, what that means, and what
would say something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from headrace.core.components import Asset
from headrace.core.ids import AssetId, AssetRole
from headrace.core.product_units import DEMAND_UNITS, PRICE_UNITS
from headrace.core.quantities import read_quantity
from headrace.core.study import Study
from headrace.core.study_bounds import Fault
from headrace.core.uncertainty import (
    AcceleratorRent,
    Capex,
    CarbonTax,
    FuelPrice,
    GridEnergy,
    QueueLength,
    Uncertainty,
    uncertainty,
    unit_of,
)
from headrace.core.units import UnitError
from headrace.core.varying import series_file

ALL_HEAT = 3.412142
"""Heat rate of a plant that turns all of its fuel into power [MMBtu/MWh]."""
LITTLE_HEAT = 0.1
"""Efficiency below which no plant is run [1]."""
MOST_CARBON = 300.0
"""More than any fuel gives off: coal 95, blast furnace gas 275 [kg/MMBtu]."""


def notes(study: Study, assets: Sequence[Asset]) -> Iterator[Fault]:
    """Everything to be told of a study without a fault. assets: what may be ordered in it."""
    yield from rounded_probabilities(study)
    yield from replaced_by_beliefs(study)
    yield from free_technologies(study)
    yield from unlikely_fuels(study)
    yield from nothing_wanted(study)
    yield from earned_unserved(study)
    yield from never_there(study, assets)
    yield from larger_than_allowed(assets)
    yield from cheap_money(study)


def cheap_money(study: Study) -> Iterator[Fault]:
    """Lines that cost less than the discount rate: they earn the goal nothing."""
    cash = study.limits.cash
    for name, line in () if cash is None else cash.lines.items():
        if line.cost < study.money.discount:
            found = (
                f"costs {line.cost:.3g} a year, less than `money.discount`; it is drawn where cash "
                "asks for it and earns nothing"
            )
            yield ("limits", "cash", "lines", name, "cost"), found, "", ""


def rounded_probabilities(study: Study) -> Iterator[Fault]:
    """Probabilities that were divided by their sum, since rounding made them miss 1."""
    fix = "Fractions are exact: `1/3`."
    for name, belief in study.beliefs.items():
        if belief.rounded is not None:
            found = f"the probabilities add up to {belief.rounded:.6g}; each is divided by that"
            yield ("beliefs", name, "cases"), found, "", fix
    for name, total in study.rounded.items():
        found = f"the probabilities below `{name}` add up to {total:.6g}; each is divided by that"
        yield ("tree",), found, "", fix


def replaced_by_beliefs(study: Study) -> Iterator[Fault]:
    """Numbers that are never used, since a belief is about them, where it begins with another."""
    for name, belief in study.beliefs.items():
        about = uncertainty(belief.about)
        if about is None:
            continue
        path, value = written_beside(study, about)
        try:
            first = read_quantity(belief.before, unit_of(about))
        except UnitError:
            continue  # a path
        if isinstance(value, float) and value and abs(first - value) > 1e-9 * abs(value):
            found = (
                f"{value:g} {unit_of(about)} is not used: the belief `{name}` begins with "
                f"{belief.before}"
            )
            yield path, found, "", f"Change `beliefs.{name}.before` and its cases."


def written_beside(study: Study, about: Uncertainty) -> tuple[tuple[str, ...], object]:
    """The key whose number a belief replaces, and what is written there; None where there is no
    such key, or where the belief's begins elsewhere (a catalogue row, a path).
    """
    match about:
        case FuelPrice(fuel) if fuel in study.fuels:
            return ("fuels", fuel, "price"), study.fuels[fuel].price
        case CarbonTax():
            return ("carbon",), study.carbon
        case GridEnergy(site) if site in study.sites:
            return ("sites", site, "grid", "energy"), getattr(
                study.sites[site].grid, "energy", None
            )
        case QueueLength(site) if site in study.sites:
            grid = study.sites[site].grid
            return ("sites", site, "grid", "queue"), getattr(grid, "queue", None)
        case AcceleratorRent(name) if name in study.fleet.may_rent:
            return ("fleet", "may_rent", name, "price"), study.fleet.may_rent[name].price
        case Capex(own) if own in study.technologies:
            return ("technologies", own, "capex"), study.technologies[own].capex
    return (), None


def free_technologies(study: Study) -> Iterator[Fault]:
    """Technologies of the study's own for which nobody wrote a price."""
    prices = {"capex", "energy_capex", "rent"}
    for name, technology in study.technologies.items():
        builds = [b for s in study.sites.values() for b in s.build.values() if b.use == name]
        priced = prices & technology.model_fields_set or all(b.capex is not None for b in builds)
        if builds and not priced and technology.kind != "ppa":
            found = "no price is written, so as much as is wanted is built for nothing"
            fix = "Write `capex: 1200 USD/kW`, or `capex: 0 USD/kW` where that is meant."
            yield ("technologies", name), found, "", fix


def unlikely_fuels(study: Study) -> Iterator[Fault]:
    """Heat rates and emissions of another size than any plant and fuel has: a unit that was meant
    otherwise.
    """
    for name, technology in study.technologies.items():
        rate = technology.heat_rate
        if technology.fuel and rate and not ALL_HEAT <= rate <= ALL_HEAT / LITTLE_HEAT:
            found = (
                f"{rate:g} MMBtu/MWh turn {ALL_HEAT / rate:.4g} times the fuel's heat into power"
            )
            fix = "A gas engine has about 8.5 MMBtu/MWh, 9 GJ/MWh or 8,500 Btu/kWh."
            yield ("technologies", name, "heat_rate"), found, "", fix
    for name, fuel in study.fuels.items():
        if fuel.co2 > MOST_CARBON:
            found = f"{fuel.co2:g} kg/MMBtu are more than any fuel gives off"
            fix = "Natural gas gives off 53 kg/MMBtu (117 lb), coal about 95."
            yield ("fuels", name, "co2"), found, "", fix


def nothing_wanted(study: Study) -> Iterator[Fault]:
    """Products that nobody asks for."""
    for name, product in study.products.items():
        outright = any(name in node.demand for node in study.tree)
        outright = outright or series_file(product.demand) is not None or bool(product.offers)
        if not outright and read_quantity(product.demand, DEMAND_UNITS[product.kind]) == 0:
            found = "nobody asks for it, so nothing is ordered for it"
            yield ("products", name, "demand"), found, "", ""


def earned_unserved(study: Study) -> Iterator[Fault]:
    """Refunds below the price of what is billed by use: there a plan earns by not serving."""
    for name, product in study.products.items():
        unit = PRICE_UNITS[product.kind]
        for key, terms in product.offers.items():
            if terms.kind not in ("api", "credits") or not product.refund:
                continue
            refund = read_quantity(product.refund, unit)
            if refund < read_quantity(terms.price, unit):
                found = f"{product.refund} are below the price of `{key}`, {terms.price}"
                fix = "What is sold and not served then earns; leave it out to pay all of it back."
                yield ("products", name, "refund"), found, "", fix


def never_there(study: Study, assets: Sequence[Asset]) -> Iterator[Fault]:
    """What comes too late to be there within the horizon, in whichever stage it is ordered."""
    begins = [0.0, *accumulate(study.horizon.stages)]
    end = begins.pop()
    for asset in assets:
        # of a store and of a slot, the plant that both belong to is told
        if asset.id.role in (AssetRole.BUILD_ENERGY, AssetRole.SLOT, AssetRole.SLOT_GIVEN_UP):
            continue
        first = next((month for month in begins if month >= asset.available_from), end)
        if first + asset.lead_months >= end and asset.at_most > asset.stands:
            slot = " even with a slot" if asset.id.role == AssetRole.FROM_SLOT else ""
            when = "" if first == 0 else f" from month {first:g} on, and"
            found = (
                f"{asset.title} cannot be there within the horizon of {end:g} months{slot}: it can "
                f"be ordered{when or ' now and'} takes {asset.lead_months:g} months"
            )
            fix = "It is left out; a longer horizon would let it come."
            yield key_of(asset.id), found, "", fix


def larger_than_allowed(assets: Sequence[Asset]) -> Iterator[Fault]:
    """Whole units of which not one may stand."""
    for asset in assets:
        if 0 < asset.at_most < asset.unit_size and asset.at_most > asset.stands:
            found = (
                f"its smallest size, one unit of {asset.unit_size:g} {asset.unit}, is above the "
                f"{asset.at_most:g} {asset.unit} that may stand, so none is ordered"
            )
            yield key_of(asset.id), found, "", "Raise `at_most`, or write a smaller unit."


def key_of(asset: AssetId) -> tuple[str, ...]:
    """The keys of a study on the way to what an asset is written in."""
    match asset.role.family:
        case AssetRole.ACCELERATOR | AssetRole.RENTAL:
            return ("fleet", asset.role.value, asset.key)
        case AssetRole.GRID | AssetRole.HALL:
            return ("sites", asset.site, asset.role.value)
    return ("sites", asset.site, "build", asset.key)
