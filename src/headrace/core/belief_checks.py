"""Beliefs: what they are about, when it is known, and the values of their cases."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from importlib.resources import files

from headrace.core.quantities import read_quantity
from headrace.core.study import Belief, Study, StudyPart
from headrace.core.study_bounds import Fault
from headrace.core.uncertainty import (
    UNITS,
    AcceleratorRent,
    Capex,
    CarbonTax,
    DemandGrowth,
    ExportOffer,
    FuelPrice,
    GridEnergy,
    LeadLength,
    Moving,
    OwnColumn,
    QueueLength,
    RentFactor,
    RivalPriceCut,
    RoyaltyFactor,
    SoftwareGain,
    Uncertainty,
    WeatherYear,
    uncertainty,
    unit_of,
)
from headrace.core.units import UnitError
from headrace.core.varying import DatedPath, SeriesFile, read_varying, series_file

HISTORIES = ("known_2025-10-08.csv", "public_histories.csv")
"""Files of `beliefs/catalogue` whose series a belief may name."""


def unknown(
    path: tuple[str | int, ...], name: str, known: Iterable[str], what: str
) -> Iterator[Fault]:
    """A name that is not among those that are known, with the nearest of them."""
    known = list(known)
    if name not in known:
        near = get_close_matches(name, known, n=1)
        fix = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(known) or 'none'}."
        yield path, f"`{name}` is not {what}", "", fix


def unit_faults(path: tuple[str | int, ...], written: str, unit: str) -> Iterator[Fault]:
    """A quantity that is not one of `unit`, or is negative where only its growth may be."""
    try:
        value = read_quantity(written, unit)
    except UnitError as error:
        yield path, str(error), "", ""
        return
    if unit == "1/year" and not -1 < value <= 10:
        yield path, f"`{written}` is no change of a year", "above -100 %/a, at most 1000 %/a", ""
    elif value < 0 and unit != "1/year":
        yield path, f"`{written}` is negative", "zero or more", ""


def belief_faults(study: Study) -> Iterator[Fault]:
    """Beliefs: probabilities, the stage of revelation, and values in the unit of their subject."""
    stages = len(study.horizon.stages)
    held_by: dict[Uncertainty, str] = {}
    for name, belief in study.beliefs.items():
        path = ("beliefs", name)
        total = math.fsum(case.probability for case in belief.cases.values())
        if abs(total - 1) > 1e-9:
            yield (
                (*path, "cases"),
                f"the probabilities add up to {total:g}",
                "1, but for rounding in the fourth digit",
                "Every case that may happen belongs here.",
            )
        if belief.reveal > stages:
            yield (
                (*path, "reveal"),
                f"stage {belief.reveal} is beyond the horizon's {stages} stages",
                f"2 to {stages}",
                "",
            )
        yield from about_faults(study, belief.about, (*path, "about"))
        yield from history_faults(belief, (*path, "history"))
        about = uncertainty(belief.about)
        if about is not None:
            if about in held_by:
                yield (
                    (*path, "about"),
                    f"`{held_by[about]}` is about `{about}` too",
                    "one belief about one thing",
                    "",
                )
            held_by.setdefault(about, name)
            yield from value_faults((*path, "before"), belief.before, about)
            for case, held in belief.cases.items():
                yield from value_faults((*path, "cases", case, "value"), held.value, about)


def history_faults(belief: Belief, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """A history that does not come along, or of something that does not grow."""
    if not belief.history:
        return
    if not isinstance(uncertainty(belief.about), DemandGrowth):
        yield path, f"`{belief.about}` is no growth", "`demand` or `demand:PRODUCT`", ""
    folder = files("headrace") / "beliefs" / "catalogue"
    texts = ((folder / name).read_text(encoding="utf-8") for name in HISTORIES)
    known = dict.fromkeys(line.split(",")[0] for text in texts for line in text.splitlines()[1:])
    yield from unknown(path, belief.history, known, "a history that comes along")


def value_faults(
    path: tuple[str | int, ...], written: str, about: Uncertainty, *, moves: bool = True
) -> Iterator[Fault]:
    """A believed value that is none of its kind: a quantity, a path or a table of a price, a name.

    A price of energy may be negative. moves: whether paths and tables are values.
    """
    unit = unit_of(about)
    if not unit:
        if isinstance(about, OwnColumn) and series_file(written) is None:
            yield path, f"`{written}` names no table", "`FILE#COLUMN`", ""
        return
    moving = written.startswith("{") or series_file(written) is not None
    if moving and not (moves and isinstance(about, Moving)):
        yield path, f"`{written}` moves over time", f"one number [{unit}]", ""
    elif moving or isinstance(about, (GridEnergy, ExportOffer)):
        least = 0.0 if isinstance(about, (FuelPrice, CarbonTax)) else -float("inf")
        try:
            read_varying(written, unit, least)
        except ValueError as error:
            yield path, str(error), "", ""
    else:
        yield from unit_faults(path, written, unit)


def about_faults(study: Study, about: str, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """What a belief is about is something of the study."""
    match uncertainty(about):
        case None:
            yield from unknown(path, about, UNITS, "something a belief can be about")
        case AcceleratorRent() | RentFactor() as rents:
            yield from _rent_faults(study, rents, path)
        case DemandGrowth() | RivalPriceCut() | RoyaltyFactor() | SoftwareGain() as sold:
            yield from _product_faults(study, sold, path)
        case FuelPrice(fuel):
            yield from unknown(path, fuel, study.fuels, "a fuel")
        case Capex() | LeadLength() as built:
            yield from _technology_faults(study, built, path)
        case OwnColumn(column):
            columns = sorted({str(one) for one in columns_of(study)})
            yield from unknown(path, column, columns, "a column that the study takes")
        case GridEnergy(site) | ExportOffer(site) | QueueLength(site) | WeatherYear(site) as held:
            yield from unknown(path, site, study.sites, "a site")
            if site in study.sites:
                yield from _site_faults(study, site, held, path)


def _product_faults(
    study: Study,
    about: DemandGrowth | RivalPriceCut | RoyaltyFactor | SoftwareGain,
    path: tuple[str | int, ...],
) -> Iterator[Fault]:
    """The product has what is believed of it."""
    if isinstance(about, RivalPriceCut):
        known = (k for k, p in study.products.items() if any(o.rivals for o in p.offers.values()))
        yield from unknown(path, about.product, known, "a product whose offers have `rivals`")
    elif isinstance(about, RoyaltyFactor):
        known = (key for key, product in study.products.items() if product.royalty is not None)
        yield from unknown(path, about.product, known, "a product with a `royalty`")
    elif isinstance(about, SoftwareGain):
        if all(product.kind != "tokens" for product in study.products.values()):
            yield path, "nothing is sold in tokens", "a product of kind `tokens`", ""
    elif about.product is not None:
        yield from unknown(path, about.product, study.products, "a product")


def _rent_faults(
    study: Study, about: AcceleratorRent | RentFactor, path: tuple[str | int, ...]
) -> Iterator[Fault]:
    """Something is rented, at a price that could change."""
    rentals = study.fleet.may_rent
    if not rentals:
        fix = "Write `fleet: {may_rent: {cloud: h100.cloud}}`, or leave the belief out."
        yield path, "no accelerator of this study may be rented", "`fleet.may_rent`", fix
        return
    if isinstance(about, AcceleratorRent):
        yield from unknown(path, about.rental, rentals, "a name under `fleet.may_rent`")
        named = {about.rental} & set(rentals)
    else:
        named = set(rentals)
    for name in sorted(named):
        if rentals[name].price == 0:
            yield path, f"`fleet.may_rent.{name}` has no `price` that could change", "a price", ""


def _site_faults(
    study: Study, site: str, about: Uncertainty, path: tuple[str | int, ...]
) -> Iterator[Fault]:
    """The site has what is believed of it."""
    written = study.sites[site]
    grid = written.grid
    if isinstance(about, WeatherYear) and not written.weather:
        yield path, f"`{site}` has no `weather`", "a site with weather", ""
    elif not isinstance(about, WeatherYear) and grid is None:
        yield path, f"`{site}` has no `grid`", "a site with a grid", ""
    elif isinstance(about, ExportOffer) and grid is not None and grid.export is None:
        yield path, f"nothing is given back at `{site}`", "`grid.export`", ""
    elif isinstance(about, GridEnergy) and grid is not None and grid.tariff:
        yield path, f"`{site}` pays by `tariff`", "`grid.energy`", ""


def _technology_faults(
    study: Study, about: Capex | LeadLength, path: tuple[str | int, ...]
) -> Iterator[Fault]:
    """The technology may be built, and has what is believed of it."""
    technology = about.technology
    used = {build.use for site in study.sites.values() for build in site.build.values()}
    yield from unknown(path, technology, sorted(used), "a technology that may be built")
    own = study.technologies.get(technology)
    if isinstance(about, Capex):
        if own is not None and own.capex == 0:
            yield path, f"`{technology}` has no `capex` that could change", "a price", ""
        return
    slots = any(
        build.reserve is not None
        for site in study.sites.values()
        for build in site.build.values()
        if build.use == technology
    )
    if slots or (own is not None and own.rent > 0) or technology.startswith("bridge."):
        found = f"`{technology}` is rented, or has a slot whose terms are of one lead time"
        yield path, found, "something that is bought without a slot", ""


def columns_of(part: object) -> Iterator[SeriesFile]:
    """Every column of a table that a part of a study names."""
    inside: Iterable[object] = ()
    match part:
        case SeriesFile():
            yield part
        case str() if (named := series_file(part)) is not None:
            yield named
        case DatedPath(steps=steps):
            inside = [piece for _, piece in steps]
        case StudyPart():
            names = (name for name in type(part).model_fields if name not in ("beliefs", "tree"))
            inside = [getattr(part, name) for name in names]
        case dict():
            inside = part.values()
        case list():
            inside = part
    for inner in inside:
        yield from columns_of(inner)
