"""Halls and accelerators of a study as assets, and their idle power: what stands in a hall draws
before it works.

Accelerators are counted one by one, their power is in MW; how large numbers become near one is the
business of the plan (`plan/lp/scaling.py`).
"""

from __future__ import annotations

from headrace.compute.accelerator import Accelerator, accelerator
from headrace.compute.facility import HallRow, hall
from headrace.core.arrays import Floats
from headrace.core.components import Asset, Bus, Converter, Limit, Payment, Port
from headrace.core.ids import (
    ELECTRICITY,
    AssetId,
    AssetKind,
    AssetRole,
    CarrierId,
    CarrierKind,
    ConverterId,
    ConverterRole,
)
from headrace.core.study import Chip, Site
from headrace.energy.technology import in_money

IT_MARGIN = 1.0
"""IT power that a hall must offer per unit of busy accelerator power: sized at the wall, without
oversubscription.
"""


def electricity(site: str) -> Bus:
    """The electricity bus of a site."""
    return Bus(ELECTRICITY, site, "MWh")


def working(asset: AssetId) -> Bus:
    """The bus of an accelerator's hours where it stands [accelerator-h]."""
    return Bus(CarrierId(CarrierKind.ACCELERATOR_HOURS, asset), asset.site, "accelerator-h")


def busy_power(found: Accelerator) -> float:
    """IT power of a busy accelerator [MW]."""
    return found.power_busy.to("MW/accelerator")


def idle_power(found: Accelerator) -> float:
    """IT power of an idle accelerator [MW]."""
    return found.power_idle.to("MW/accelerator")


def hall_asset(site: str, written: Site, money_year: int) -> tuple[Asset, HallRow] | None:
    """The hall of a site as an asset sized by IT power [MW], at prices of `money_year`; None where
    the site has none.
    """
    if written.hall is None:
        return None
    found = hall(written.hall.use)
    lead = found.lead.to("month") if written.hall.lead is None else written.hall.lead
    price = in_money(found.construction, "USD/MW", money_year)
    asset = Asset(
        id=AssetId(site, AssetRole.HALL),
        kind=AssetKind.HALL,
        title=found.title,
        unit="MW",
        payments=tuple(Payment(share * lead, price / 4) for share in (0.0, 1 / 3, 2 / 3, 1.0)),
        fixed_cost=in_money(found.fixed_cost, "USD/MW-year", money_year),
        lead_months=lead,
        life_months=12 * found.life.to("year"),
        at_most=float("inf") if written.hall.at_most is None else written.hall.at_most,
        unit_size=written.hall.unit or 0.0,
        stands=written.hall.stands,
        catalogue_key=found.key,
    )
    return asset, found


def chip_asset(
    site: str,
    name: str,
    written: Chip,
    start: int,
    money_year: int,
    found: Accelerator | None = None,
    replica: float = 0.0,
) -> tuple[Asset, Accelerator]:
    """One kind of accelerator at a site, at prices of `money_year`; `start` is the horizon's first
    month [month]. found: where it is not the catalogue's; replica: accelerators [1] that serve
    together, where only whole replicas are ordered.
    """
    found = accelerator(written.use) if found is None else found
    price = written.price
    if price is None:
        price = in_money(found.price, "USD/accelerator", money_year)
    year, month = (int(part) for part in found.available_from.split("-"))
    first = year * 12 + month - 1 if written.available_from is None else written.available_from
    lead = found.lead.to("month")
    asset = Asset(
        id=AssetId(site, AssetRole.ACCELERATOR, name),
        kind=AssetKind.ACCELERATOR,
        title=found.title,
        unit="accelerator",
        payments=(Payment(0.0, 0.2 * price), Payment(lead, 0.8 * price)),
        fixed_cost=in_money(found.fixed_cost, "USD/accelerator-year", money_year),
        lead_months=lead,
        life_months=12 * found.life.to("year"),
        supply=written.supply,
        unit_size=unit_size(written, found, replica),
        stands=written.stands.get(site, 0.0),
        stands_until=12 * written.stands_for,
        resale=(found.resale_first.value, found.resale_yearly.value),
        available_from=max(0.0, first - lead - start),
        catalogue_key=found.row,
    )
    return asset, found


def unit_size(written: Chip, found: Accelerator, replica: float) -> float:
    """Accelerators that are ordered together [1]; 0: any number."""
    if written.unit == "server":
        return found.server.to("accelerator")
    if written.unit == "rack":
        return found.rack.to("accelerator")
    return replica if written.unit == "replica" else written.unit or 0.0


def standing_converter(asset: Asset, found: Accelerator, pue: Floats) -> Converter:
    """What stands draws its idle power x `pue` [1], and offers its hours [accelerator-h]."""
    return Converter(
        id=ConverterId(ConverterRole.STANDING, asset.id),
        title=f"{found.title}, standing",
        ports=(),
        asset=asset.id,
        standing=(
            Port(electricity(asset.site), -idle_power(found) * pue),
            Port(working(asset.id), 1.0),
        ),
        has_activity=False,
    )


OFF_COST = 0.05
"""USD per accelerator and hour switched off: restarts and thermal cycling. An assumption, dearer
than idle power at usual prices, so that accelerators idle when work is short and go off only when
power is (docs/decisions/0009).
"""


def off_converter(asset: Asset, found: Accelerator, pue: Floats) -> Converter:
    """What is switched off draws nothing, idle power x `pue` [1] less, and offers nothing: without
    it a short hour could leave no way to operate.
    """
    return Converter(
        id=ConverterId(ConverterRole.OFF, asset.id),
        title=f"{found.title}, switched off",
        ports=(
            Port(electricity(asset.site), idle_power(found) * pue),
            Port(working(asset.id), -1.0),
        ),
        asset=asset.id,
        cost=OFF_COST,
    )


def hall_limit(hall_asset: Asset, chips: tuple[tuple[Asset, Accelerator], ...]) -> Limit:
    """Accelerators stand only where a hall does: sum of IT power <= hall [MW]."""
    weights = tuple((asset.id, IT_MARGIN * busy_power(found)) for asset, found in chips)
    return Limit(
        f"hall of {hall_asset.site}",
        (*weights, (hall_asset.id, -1.0)),
        0.0,
        f"accelerators at {hall_asset.site} need hall space",
    )
