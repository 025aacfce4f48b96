"""Accelerators of a study that are rented by the hour: an asset whose payments are the rent, and
hours without power or hall.

They stand in no hall of the study but at the place `cloud`, and go back at the end of their term;
who needs them longer orders again at a later node.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from headrace.compute.accelerator import Accelerator, accelerator
from headrace.compute.hall_assets import working
from headrace.compute.supply import rented
from headrace.core.catalogue import Figure, entry
from headrace.core.components import Asset, Bus, Converter, Port
from headrace.core.ids import AssetId, AssetKind, AssetRole, ConverterId, ConverterRole, ProductId
from headrace.core.study import CLOUD, Rental
from headrace.energy.technology import in_money


@dataclass(frozen=True)
class Offered:
    """A catalogue row of rentals: the accelerator that one gets, months from the order to the first
    hour, months of a term.
    """

    key: str
    title: str
    part: Accelerator
    lead: Figure
    term: Figure


def rental(key: str) -> Offered:
    """The catalogue's rental `key` ("h100.cloud"). Raises InputError with the nearest known key."""
    row = entry("compute", "rentals", key)
    return Offered(
        row.key, row.title, accelerator(row.words["part"]), row.figure("lead"), row.figure("term")
    )


def rent_written(written: Rental, money_year: int) -> float:
    """Rent of an hour as the study writes it, else of the catalogue, in money of `money_year`
    [USD/accelerator-h].
    """
    if written.price is not None:
        return written.price
    return in_money(rental(written.use).part.rent, "USD/accelerator-h", money_year)


def rented_asset(name: str, written: Rental, money_year: int) -> tuple[Asset, Accelerator]:
    """What may be rented under `name`, accelerator by accelerator, at prices of `money_year`."""
    found = rental(written.use)
    term = found.term.to("month") if written.term is None else written.term
    lead = found.lead.to("month") if written.lead is None else written.lead
    rent = rent_written(written, money_year)
    one = rented(found.part, max(1, round(term)), site=CLOUD, rent=rent, lead=lead)
    return (
        replace(
            one,
            kind=AssetKind.RENTED_ACCELERATOR,
            id=AssetId(CLOUD, AssetRole.RENTAL, name),
            title=found.title,
            supply=written.supply,
            catalogue_key=found.key,
        ),
        found.part,
    )


def rented_hours(asset: Asset) -> Converter:
    """What is rented offers its hours; what is not used is paid all the same."""
    return Converter(
        id=ConverterId(ConverterRole.STANDING, asset.id),
        title=asset.title,
        ports=(),
        asset=asset.id,
        standing=(Port(working(asset.id), 1.0),),
        has_activity=False,
    )


def rented_work(asset: Asset, product: ProductId, bus: Bus, rate: float) -> Converter:
    """A product made in rented hours, `rate` of it [unit of its bus per accelerator-h]."""
    made = ConverterId(ConverterRole.WORK, asset.id, product)
    return Converter(made, made.name, (Port(working(asset.id), -1.0), Port(bus, rate)))
