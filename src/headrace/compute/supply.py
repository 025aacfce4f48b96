"""Getting accelerators: deliveries a quarter, generations at uncertain dates and prices, and the
ways to pay.

Bought, leased, rented and sublet accelerators are all assets with another payment rule; counts are
in accelerators, money in USD of the catalogue's year, months from the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from headrace.compute.accelerator import Accelerator
from headrace.core.catalogue import Figure, entries
from headrace.core.components import Asset, Payment
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.ids import AssetId, AssetKind, AssetRole
from headrace.core.units import HOURS_PER_MONTH

_DEPOSIT = 0.2  # share of the price paid at the order; the rest at delivery


@dataclass(frozen=True)
class Arrival:
    """One way a generation may turn out: first month of delivery, price over the catalogue's,
    probability.
    """

    available_from: str
    price_factor: float
    probability: float


@dataclass(frozen=True)
class PartSupply:
    """Deliveries of a part to the whole market [accelerator/quarter] and the slip of its announced
    date [month].
    """

    per_quarter: Figure
    slip: Figure


def supply(chip: Accelerator) -> PartSupply | None:
    """What is known of the part's supply; None where nothing is."""
    row = entries("compute", "supply").get(chip.key)
    return None if row is None else PartSupply(row.figure("per_quarter"), row.figure("slip"))


def deliveries(
    chip: Accelerator, share: float, quarters: int, *, ramp: int = 4
) -> tuple[float, ...]:
    """Most that a buyer with `share` of the market gets, quarter by quarter after the first
    delivery [accelerator].

    Grows linearly to the full rate over `ramp` quarters. Raises InputError where the share is not
    in 0..1 or nothing is known.
    """
    found = supply(chip)
    if found is None or not 0.0 <= share <= 1.0:
        raise InputError(
            InputFault(
                Place(key=chip.key),
                f"share {share} of {chip.title}",
                "a share of 0..1 of a part with known supply",
            )
        )
    full = found.per_quarter.to("accelerator") * share
    return tuple(full * min(1.0, (quarter + 1) / max(1, ramp)) for quarter in range(quarters))


def arrivals(chip: Accelerator) -> tuple[Arrival, ...]:
    """Three cases of date and price: as announced, the expected slip, the long slip, each with the
    price range's end.

    Weights 0.3, 0.5, 0.2: a stated belief of ours, to be replaced by the study's. A part that is
    out has one certain case.
    """
    found = supply(chip)
    if found is None or not found.slip.high:
        return (Arrival(chip.available_from, 1.0, 1.0),)
    low, high = chip.price.low or chip.price.value, chip.price.high or chip.price.value
    cases = (
        (0.0, low, 0.3),
        (found.slip.value, chip.price.value, 0.5),
        (found.slip.high, high, 0.2),
    )
    return tuple(
        Arrival(later(chip.available_from, int(slip)), price / chip.price.value, p)
        for slip, price, p in cases
    )


def later(month: str, by: int) -> str:
    """The month "YYYY-MM" that lies `by` months after `month`."""
    year, number = (int(part) for part in month.split("-"))
    whole = year * 12 + number - 1 + by
    return f"{whole // 12:04d}-{whole % 12 + 1:02d}"


def bought(chip: Accelerator, site: str) -> Asset:
    """Paid at the order and at delivery, kept for life, sold by age."""
    price, lead = chip.price.to("USD/accelerator"), chip.lead.to("month")
    payments = (Payment(0.0, _DEPOSIT * price), Payment(lead, (1.0 - _DEPOSIT) * price))
    resale = (chip.resale_first.value, chip.resale_yearly.value)
    return _asset(
        chip,
        site,
        "bought",
        payments,
        chip.fixed_cost.to("USD/accelerator-year"),
        lead,
        12 * chip.life.to("year"),
        resale,
    )


def leased(chip: Accelerator, site: str, years: float, *, rate: float = 0.09) -> Asset:
    """Level monthly payments over `years` that are worth the price at `rate` a year [1/a]; goes
    back at the end.
    """
    months, monthly = round(12 * years), rate / 12.0
    price, lead = chip.price.to("USD/accelerator"), chip.lead.to("month")
    owed = price * (1.0 - chip.resale(years) / (1.0 + monthly) ** months)
    level = owed * monthly / (1.0 - (1.0 + monthly) ** -months) if rate > 0 else owed / months
    payments = tuple(Payment(lead + month, level) for month in range(months))
    return _asset(
        chip,
        site,
        "leased",
        payments,
        chip.fixed_cost.to("USD/accelerator-year"),
        lead,
        float(months),
        None,
    )


def rented(
    chip: Accelerator, months: int, *, site: str = "", rent: float | None = None, lead: float = 1.0
) -> Asset:
    """Hours of somebody else's hall for `months` at the market rate or `rent` [USD/accelerator-h],
    committed and paid monthly from the first hour on, `lead` months after the order; power and hall
    are in the rent.
    """
    level = (chip.rent.to("USD/accelerator-h") if rent is None else rent) * HOURS_PER_MONTH
    payments = tuple(Payment(lead + month, level) for month in range(months))
    return _asset(chip, site, "rented", payments, 0.0, lead, float(months), None)


def sublet(chip: Accelerator, site: str, months: int, *, share: float = 0.8) -> Asset:
    """Own accelerators let to others for `months` at `share` [1] of the market rate: negative
    payments, no own work on them.
    """
    level = -share * chip.rent.to("USD/accelerator-h") * HOURS_PER_MONTH
    payments = tuple(Payment(float(month), level) for month in range(months))
    return _asset(chip, site, "sublet", payments, 0.0, 0.0, float(months), None)


How = Literal["bought", "leased", "rented", "sublet"]


def _asset(
    chip: Accelerator,
    site: str,
    how: How,
    payments: tuple[Payment, ...],
    fixed: float,
    lead: float,
    life: float,
    resale: tuple[float, float] | None,
) -> Asset:
    return Asset(
        id=AssetId(
            site,
            AssetRole.RENTAL if how == "rented" else AssetRole.ACCELERATOR,
            f"{chip.key} {how}",
        ),
        kind=AssetKind.RENTED_ACCELERATOR if how == "rented" else AssetKind.ACCELERATOR,
        title=f"{chip.title}, {how}",
        unit="accelerator",
        payments=payments,
        fixed_cost=fixed,
        lead_months=lead,
        life_months=life,
        resale=resale,
        catalogue_key=chip.key,
    )
