"""Whether what stands carries the load of a site when its units fail one by one: draws of outages
in every hour of an operated year, beside the plan's mean.

The plan counts outages as a mean share of each plant. So a promise that it keeps in energy may be
broken in many hours, each by a little: both are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from headrace.core.arrays import Floats, Hourly
from headrace.core.components import Converter, Demand
from headrace.core.ids import ConverterRole
from headrace.core.plan_file import SiteAvailability
from headrace.core.quantities import month_text
from headrace.core.study import ReliabilityPromise, Study
from headrace.energy.outages import UnitGroup
from headrace.energy.reliability import (
    PlantFleet,
    StoreSize,
    n_minus_one,
    simulate,
)
from headrace.energy.site import electricity
from headrace.energy.unit_outages import season, service_hours
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import NodeOutcome

ONLY_TOLD = ReliabilityPromise(samples=200)
"""Draws for a site of whose hours nothing is promised."""
LEAST = 1e-3
"""Capacity and load [MW] below which nothing is there."""


def judged_sites(study: Study) -> dict[str, ReliabilityPromise]:
    """Sites whose outages are drawn: what is promised of their hours, or of a product's energy."""
    found = {
        name: site.reliability for name, site in study.sites.items() if site.reliability is not None
    }
    for product in study.products.values():
        if product.kind == "electricity" and product.availability > 0:
            found.setdefault(product.site, ONLY_TOLD)
    return {} if study.horizon.hours.blocks is not None else found


def site_fleet(formulation: Formulation, outcome: NodeOutcome, site: str) -> PlantFleet | None:
    """What stands at a site in an operated year and what it has to carry, in each of its hours;
    None where there is no load, or hours have no date.
    """
    calendar = formulation.time_slices[outcome.number]
    if not len(calendar.years_hour):
        return None
    load = site_load(formulation, outcome, site)
    if load.max(initial=0.0) < LEAST:
        return None
    hours, like = calendar.years_hour, calendar.like
    free, units, shares, service = np.zeros(len(hours)), [], [], []
    for converter, size in supplies(formulation, outcome, site):
        out, most = converter.outages, float(size.max())
        for port in converter.standing:
            free += np.maximum(_at(port.ratio, hours), 0.0) * size[like]
        for port in converter.ports if converter.has_activity else ():
            there = _at(converter.availability, hours) * size[like]
            there = np.minimum(there, _at(converter.at_most, hours)) * _at(port.ratio, hours)
            if out is None or out.size <= 0:
                free += there
            elif most > LEAST:
                count = int(np.ceil(most / out.size - 1e-6))
                allowed = service_hours(out)
                planned = out.planned * float(allowed[hours].mean() / allowed.mean())
                name = str(converter.asset)
                units.append(UnitGroup(name, count, most / count, out.forced, out.repair, planned))
                shares.append(there / _at(season(out), hours) / most)
                service.append(allowed[hours])
    return PlantFleet(
        load,
        free[None, :],
        tuple(units),
        np.array(shares)[:, None, :] if shares else 1.0,
        site_store(formulation, outcome, site),
        np.array(service) if service else None,
    )


def site_load(formulation: Formulation, outcome: NodeOutcome, site: str) -> Floats:
    """What a site has to carry in each hour of an operated year [MW], shape (hour,): of a product
    whose share is promised all that is asked for, else what the plan serves; what halls draw in the
    plan; nothing that is given back to the grid.
    """
    number, bus = outcome.number, electricity(site)
    calendar, world = formulation.time_slices[number], formulation.parameters[number]
    load = np.zeros(len(calendar.like))
    for i, listed in enumerate(formulation.system.converters):
        converter = world.converter(listed)
        if converter.id.role is ConverterRole.EXPORT:
            continue
        if converter.asset in outcome.hourly_capacity:
            there = outcome.hourly_capacity[converter.asset]
            for port in converter.standing:
                if port.bus == bus:
                    drawn = np.maximum(-np.asarray(calendar.cut(port.ratio)) * there, 0.0)
                    load += drawn[calendar.like]
        if i not in outcome.activity:
            continue
        for port in converter.ports:
            if port.bus == bus and np.max(port.ratio) <= 0:
                asked = asked_by_hour(formulation, outcome, converter)
                if asked is None:
                    drawn = -np.asarray(calendar.cut(port.ratio)) * outcome.activity[i]
                    load += drawn[calendar.like]
                else:
                    load += -_at(port.ratio, calendar.years_hour) * asked
    return load


def asked_by_hour(formulation: Formulation, outcome: NodeOutcome, one: Converter) -> Floats | None:
    """What is asked of a delivery in each hour, with what the plan sheds left out unless its share
    is promised [unit of the product per hour]; None for what is no delivery of the hour.
    """
    found = [d for d in formulation.system.demands if any(p.bus == d.bus for p in one.ports)]
    if one.asset is not None or not found or found[0].deadline != "now":
        return None
    world, calendar = (
        formulation.parameters[outcome.number],
        formulation.time_slices[outcome.number],
    )
    sold: Demand = world.demand(found[0])
    if sold.product in world.blocks:
        return None
    level = world.level.get(sold.product, 1.0)
    hourly = _at(sold.quantity, calendar.years_hour) * level
    if sold.least > 0 and formulation.nodes[outcome.number].stage >= sold.least_from:
        return hourly
    kept = np.asarray(calendar.cut(sold.quantity)) * level
    served = outcome.activity[formulation.system.converter_numbers[one.id]]
    share = np.clip(served / np.maximum(kept, 1e-12), 0.0, 1.0)
    return np.asarray(hourly * share[calendar.like])


def supplies(
    formulation: Formulation, outcome: NodeOutcome, site: str
) -> Iterator[tuple[Converter, Floats]]:
    """What puts power into the bus of a site, and what stands of it by snapshot [MW]."""
    world, bus = formulation.parameters[outcome.number], electricity(site)
    for listed in formulation.system.converters:
        one = world.converter(listed)
        if one.asset is None or one.asset not in outcome.hourly_capacity:
            continue
        gives = (*one.ports, *one.standing)
        if any(port.bus == bus and np.max(port.ratio) > 0 for port in gives):
            yield one, outcome.hourly_capacity[one.asset]


def site_store(formulation: Formulation, outcome: NodeOutcome, site: str) -> StoreSize:
    """All stores of a site as one, half full in the first hour; its efficiencies are means by
    power.
    """
    found = [s for s in formulation.system.stores if s.site == site]
    power = [s.availability * outcome.capacity.get(s.power_asset, 0.0) for s in found]
    energy = [s.availability * outcome.capacity.get(s.energy_asset, 0.0) for s in found]
    if sum(power) < LEAST:
        return StoreSize()
    inward = np.average([s.efficiency_in for s in found], weights=power)
    out = np.average([s.efficiency_out for s in found], weights=power)
    return StoreSize(float(sum(power)), float(sum(energy)), float(inward), float(out), 0.5)


def _at(series: Hourly, hours: np.ndarray) -> Floats:
    """A series of the weather year in these hours; constants in each of them."""
    values = np.asarray(series, dtype=np.float64)
    return np.full(len(hours), float(values)) if values.ndim == 0 else values[hours]


def never_out(formulation: Formulation, outcome: NodeOutcome, site: str) -> tuple[str, ...]:
    """What gives power at a site in an operated year and has no units to fail, with the most that
    stands of it [MW], largest first: its mean share counts in every hour.
    """
    sizes: dict[str, float] = {}
    for converter, size in supplies(formulation, outcome, site):
        if converter.asset and (converter.outages is None or converter.outages.size <= 0):
            title = formulation.system.asset(converter.asset).title
            sizes[title] = max(sizes.get(title, 0.0), float(size.max()))
    for store in formulation.system.stores:
        if store.site == site:
            title = formulation.system.asset(store.power_asset).title
            sizes[title] = sizes.get(title, 0.0) + outcome.capacity.get(store.power_asset, 0.0)
    largest = sorted(sizes.items(), key=lambda one: (-one[1], one[0]))
    return tuple(f"{size:,.3g} MW of {title}" for title, size in largest if size > LEAST)


def insecure(fleet: PlantFleet) -> tuple[str, ...]:
    """Kinds of which the loss of one unit, all else intact, leaves some hour short."""
    return tuple(c.name for c in n_minus_one(fleet) if c.hours_lost > 0)


def availabilities(
    study: Study, formulation: Formulation, outcomes: Sequence[NodeOutcome], rounds: int, ended: str
) -> tuple[SiteAvailability, ...]:
    """What is drawn of each site, in its worst year by hours. rounds: how often the plan was made;
    ended: why no more was done, where a promise is not kept.
    """
    found = []
    for site, promise in judged_sites(study).items():
        years = [
            (outcome.number, fleet, simulate(fleet, promise.samples, promise.seed))
            for outcome in outcomes
            if (fleet := site_fleet(formulation, outcome, site)) is not None
        ]
        if not years:
            continue
        number, _, worst = min(years, key=lambda year: year[2].hours_served)
        units = {name for _, fleet, _ in years for name in insecure(fleet)}
        titles = {str(a.id): a.title for a in formulation.system.assets}
        nodes = [formulation.nodes[n] for n, _, _ in years]
        lengths = [node.probability * node.share * node.months for node in nodes]
        mean = np.average([result.hours_served for _, _, result in years], weights=lengths)
        found.append(
            SiteAvailability(
                site=site,
                start=month_text(study.horizon.start + formulation.nodes[number].start),
                hours=worst.hours_served,
                hours_low=worst.hours_bound,
                energy=worst.availability,
                energy_low=worst.availability_bound,
                mean_hours=float(mean),
                longest_h=float(worst.longest.max()),
                asked_hours=promise.hours,
                asked_n_minus_one=promise.n_minus_one,
                hangs_on=tuple(sorted(titles[name] for name in units)),
                samples=promise.samples,
                seed=promise.seed,
                rounds=rounds,
                ended=ended,
                never_out=never_out(
                    formulation, next(o for o in outcomes if o.number == number), site
                ),
            )
        )
    return tuple(found)
