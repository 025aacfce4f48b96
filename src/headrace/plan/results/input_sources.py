"""Every figure that a plan rests on, with its source: catalogue rows used, and what the study
writes itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from headrace.compute.accelerator import part_of
from headrace.compute.facility import hall
from headrace.compute.rental import rental
from headrace.core.catalogue import Figure
from headrace.core.ids import AssetId, AssetRole
from headrace.core.plan_file import Source
from headrace.core.study import Product, Study
from headrace.core.varying import told
from headrace.energy.contract_assets import signed
from headrace.energy.own_series.shelf import SeriesUse
from headrace.energy.technology import technology

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


OWN_FIGURES = {
    "capex": "USD/kW",
    "energy_capex": "USD/kWh",
    "fixed": "USD/kW-year",
    "variable": "USD/MWh",
    "rent": "USD/kW-month",
    "heat_rate": "MMBtu/MWh",
    "availability": "",
    "efficiency": "",
    "lead": "month",
    "life": "year",
}
"""Figures of a technology of the study's own, with their units."""


def sources(study: Study) -> tuple[Source, ...]:
    """All figures: of the catalogue first, then those of the study."""
    rows: dict[str, DataclassInstance] = {}
    builds = [build for site in study.sites.values() for build in site.build.values()]
    used = {build.use for build in builds if build.use not in study.technologies}
    used |= {build.reserve.use for build in builds if build.reserve and build.reserve.use}
    for key in sorted(used):
        rows[key] = signed(key) or technology(key)
    for chip in study.fleet.may_buy.values():
        rows[chip.use] = part_of(study, chip.use)
    for rented in study.fleet.may_rent.values():
        offered = rental(rented.use)
        rows[rented.use] = offered
        rows[offered.part.key] = offered.part
    for site in study.sites.values():
        if site.hall is not None:
            rows[site.hall.use] = hall(site.hall.use)
    figures = (source for key, row in rows.items() for source in catalogue_figures(key, row))
    rates = (
        Source(f"currencies.{code}", "rate", one.rate, "USD", one.source, one.date, "fact")
        for code, one in study.currencies.items()
    )
    return *figures, *rates, *written_figures(study)


def source_key(study: Study, asset: AssetId) -> str:
    """The key under which the figures of an asset stand among the sources."""
    role = asset.role.family
    if role is AssetRole.ACCELERATOR:
        return study.fleet.may_buy[asset.key].use
    if role is AssetRole.RENTAL:
        return study.fleet.may_rent[asset.key].use
    site = study.sites[asset.site]  # what is rented stands at none of them
    if role is AssetRole.HALL and site.hall is not None:
        return site.hall.use
    if role is AssetRole.GRID:
        return f"sites.{asset.site}.grid"
    use = site.build[asset.key].use
    return f"technologies.{use}" if use in study.technologies else use


def catalogue_figures(key: str, row: DataclassInstance) -> Iterator[Source]:
    """The figures of one catalogue row."""
    for attribute in fields(row):
        figure = getattr(row, attribute.name)
        if isinstance(figure, Figure):
            yield Source(
                key=key,
                attribute=attribute.name,
                value=figure.value,
                unit=figure.unit,
                source=figure.source,
                date=figure.date,
                status=figure.status,
                low=figure.low,
                high=figure.high,
            )


def written_figures(study: Study) -> Iterator[Source]:
    """Figures that the study itself writes, with the source it gives; without one they are
    assumptions.
    """

    def written(key: str, attribute: str, value: object, source: str) -> Source:
        return Source(
            key=key,
            attribute=attribute,
            value=str(value),
            source=source or "the study, without a source",
            date=str(study.money.year),
            status="assumption",
        )

    for name, own in study.technologies.items():
        for attribute, unit in OWN_FIGURES.items():
            if attribute in own.model_fields_set:
                value = f"{getattr(own, attribute):g} {unit}"
                yield written(f"technologies.{name}", attribute, value, own.source)
    for name, product in study.products.items():
        yield from (written(*each) for each in asked_for(name, product))
    for name, belief in study.beliefs.items():
        for case, held in belief.cases.items():
            words = f"{held.value} with {held.probability:.0%}"
            yield written(f"beliefs.{name}", case, words, belief.source)
    for name, site in study.sites.items():
        if site.grid is not None:
            key, source = f"sites.{name}.grid", site.grid.source
            price = (
                site.grid.tariff if site.grid.energy is None else told(site.grid.energy, "USD/MWh")
            )
            yield written(key, "energy", price, source)
            yield written(key, "queue", f"{site.grid.queue:g} month", source)


def asked_for(name: str, product: Product) -> Iterator[tuple[str, str, str, str]]:
    """Key, attribute, value and source of what customers want of a product, and pay."""
    if not product.offers:
        yield f"products.{name}", "demand", product.demand, product.source
        yield f"products.{name}", "price", product.price, product.source
    for key, terms in product.offers.items():
        where, source = f"products.{name}.offers.{key}", terms.source or product.source
        what = "users" if terms.users else "amount"
        yield where, what, getattr(terms, what), source
        yield where, "price", terms.price, source


def series_sources(uses: Sequence[SeriesUse]) -> Iterator[Source]:
    """The planner's own series, each as its mean and range, with the file and its hash."""
    for use in uses:
        read = use.series
        yield Source(
            key=".".join(map(str, use.key[:-1])) or str(use.key[-1]),
            attribute=str(use.key[-1]),
            value=float(read.values.mean()),
            unit=read.unit,
            source="; ".join((f"{read.name}, sha256 {read.sha256[:16]}", *read.notes)),
            date="",
            status="assumption",
            low=float(read.values.min()),
            high=float(read.values.max()),
        )
