"""Accelerators rented by the hour: an asset without a hall and without a meter, paid month by month for as long as it is taken.

Rented accelerators stand at a place of their own, `cloud`. One orders for a term; nothing is owned, so nothing is left at its end.
"""

from __future__ import annotations

from dataclasses import dataclass

from headrace.compute.accelerator import Accelerator, accelerator
from headrace.compute.fleet import KILO, working
from headrace.core.catalogue import Figure, entry
from headrace.core.nouns import Asset, Converter, Payment, Port
from headrace.core.study import Rent
from headrace.core.units import HOURS_PER_MONTH

SITE = "cloud"
"""Where rented accelerators stand."""


@dataclass(frozen=True)
class Cloud:
    """An offer: the accelerator, for how long one commits [month], from order to use [month], and its rent."""

    key: str
    title: str
    chip: Accelerator
    term: Figure
    lead: Figure

    @property
    def rent(self) -> Figure:
        """Rent of an accelerator in use or idle [USD/accelerator-h]."""
        return self.chip.rent


def cloud(key: str) -> Cloud:
    """The catalogue's offer `key` ("h100.cloud"). Raises InputError with the nearest known key."""
    row = entry("compute", "cloud", key)
    return Cloud(row.key, row.title, accelerator(row.words["chip"]), row.figure("term"), row.figure("lead"))


def rented(name: str, written: Rent) -> tuple[Asset, Cloud]:
    """One offer as an asset, in thousands of accelerators."""
    found = cloud(written.use)
    rent = found.rent.to("USD/accelerator-h") if written.rent is None else written.rent
    months = round(found.term.to("month") if written.term is None else written.term)
    lead = found.lead.to("month")
    asset = Asset(
        name=name,
        site=SITE,
        title=found.title,
        unit="kaccelerator",
        payments=tuple(Payment(lead + month, KILO * rent * HOURS_PER_MONTH) for month in range(months)),
        fixed_cost=0.0,
        lead_months=lead,
        life_months=float(months),
        at_most=float("inf") if written.at_most is None else written.at_most / KILO,
        catalogue_key=found.key,
    )
    return asset, found


def standing_converter(asset: Asset) -> Converter:
    """What is rented offers its hours; its power is the landlord's."""
    offered = Port(working(SITE, asset.name), 1.0)
    return Converter(f"idle {asset.name}", SITE, f"{asset.title}, standing", (), asset.key, standing=(offered,), has_activity=False)
