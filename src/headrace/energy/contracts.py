"""What people really sign: staged payments, reservations of a slot, power rented by the month.

All values are per MW and in the money of the catalogue rows they come from; months count from the
order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from headrace.core.catalogue import CatalogueRow, Figure, entries, entry
from headrace.core.components import Payment
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.technology import TechnologyRow

DEPOSIT = 0.10
"""Share of the price paid when a plant is ordered; the rest follows its construction."""


def staged_payments(
    technology: TechnologyRow, price: float, lead: float | None = None
) -> tuple[Payment, ...]:
    """When the money of an order falls due [USD per MW at month]: a deposit now, the rest at
    mid-year of each year of building.

    price: overnight [USD/MW or USD/MWh]; lead: from order to operation [month], if it differs from
    the catalogue's. A lead time shorter than the construction squeezes the schedule into it. The
    payments add up to `price`; interest while building is what their dates cost at the rate of the
    study, so it is counted once.
    """
    months = technology.lead.to("month") if lead is None else lead
    years = len(technology.schedule)
    step = min(12.0, months / years)
    begin = months - step * years
    rest = (1 - DEPOSIT) * price
    later = tuple(
        Payment(begin + step * (i + 0.5), share * rest)
        for i, share in enumerate(technology.schedule)
    )
    return (Payment(0.0, DEPOSIT * price), *later)


@dataclass(frozen=True)
class QueueReservation:
    """The right, not the duty, to a place in a queue: a turbine slot, a transformer, a reactor's
    long-lead parts.

    technology: what it becomes. deposit [USD/MW] now, credited against the price on conversion.
        window: months in which it can be converted. saves: months by which a converted slot
        shortens the lead time. forfeit: share of the deposit lost when it is given up [1]. resale:
        share of the deposit that the market pays for the slot instead [1], never both.
    """

    key: str
    title: str
    technology: str
    deposit: Figure
    window: Figure
    saves: Figure
    forfeit: Figure
    resale: Figure

    def conversion(self, price: float) -> float:
        """Still to pay on conversion [USD/MW] of a plant that costs `price` [USD/MW]."""
        return max(0.0, price - self.deposit.to("USD/MW"))

    def given_up(self) -> float:
        """Money back per MW when it is not used [USD/MW]: what is not forfeited, or the resale,
        whichever is more.
        """
        back = max(1.0 - self.forfeit.value, self.resale.value)
        return back * self.deposit.to("USD/MW")

    def converted_lead(self, technology: TechnologyRow) -> float:
        """From conversion to operation [month], never less than the years of building."""
        return max(
            12.0 * technology.build.to("year"), technology.lead.to("month") - self.saves.to("month")
        )


@dataclass(frozen=True)
class BridgePower:
    """Power rented by the month until something better arrives, then given back.

    rent [USD/MW-month]; mobilise: paid once, for delivery and removal [USD/MW]; lead [month];
    least: shortest rent [month]; variable [USD/MWh]; heat_rate [MMBtu/MWh]; availability [1];
    unit_size [MW]; fuel: name.
    """

    key: str
    title: str
    fuel: str
    rent: Figure
    mobilise: Figure
    lead: Figure
    least: Figure
    variable_cost: Figure
    heat_rate: Figure
    availability: Figure
    unit_size: Figure

    def cost(self, months: float) -> float:
        """Rent and mobilisation [USD/MW] for `months` [month], at least the shortest rent."""
        rented = max(months, self.least.to("month"))
        return self.rent.to("USD/MW-month") * rented + self.mobilise.to("USD/MW")


@dataclass(frozen=True)
class PowerPurchase:
    """A power purchase agreement: energy of a plant that others own, as it is produced.

    price [USD/MWh] in money of its first year, growing by `escalation` a year; length [year];
    profile: technology whose hourly shape is delivered; take_or_pay: share of the yearly energy
    paid even if it is not taken [1]; lead [month].
    """

    key: str
    title: str
    profile: str
    price: Figure
    escalation: Figure
    length: Figure
    take_or_pay: Figure
    lead: Figure

    def paid(self, delivered: float, taken: float, year: int) -> float:
        """What year `year` (0 the first) costs [USD] when `delivered` [MWh] were produced and
        `taken` [MWh] were used.
        """
        least = self.take_or_pay.value * delivered
        return self.price.to("USD/MWh") * (1 + self.escalation.value) ** year * max(taken, least)


def reservation(key: str) -> QueueReservation:
    """The reservation `key`, such as `reserve.turbine`.

    Raises InputError with the nearest known key.
    """
    row = _row(key, "reservation")
    names = ("deposit", "window", "saves", "forfeit", "resale")
    return QueueReservation(
        row.key, row.title, row.words["technology"], **{name: row.figure(name) for name in names}
    )


def bridge_power(key: str = "bridge.engine") -> BridgePower:
    """The rented plant `key`. Raises InputError with the nearest known key."""
    row = _row(key, "bridge")
    names = (
        "rent",
        "mobilise",
        "lead",
        "least",
        "variable_cost",
        "heat_rate",
        "availability",
        "unit_size",
    )
    return BridgePower(
        row.key, row.title, row.words["fuel"], **{name: row.figure(name) for name in names}
    )


def power_purchase(key: str) -> PowerPurchase:
    """The agreement `key`, such as `ppa.solar`. Raises InputError with the nearest known key."""
    row = _row(key, "ppa")
    names = ("price", "escalation", "length", "take_or_pay", "lead")
    return PowerPurchase(
        row.key, row.title, row.words["profile"], **{name: row.figure(name) for name in names}
    )


@lru_cache(maxsize=1)
def contracts() -> Mapping[str, str]:
    """Every contract of the catalogue: key -> kind (reservation, bridge, ppa)."""
    return {key: row.kind for key, row in entries("energy", "contracts").items()}


def _row(key: str, kind: str) -> CatalogueRow:
    row = entry("energy", "contracts", key)
    if row.kind != kind:
        fitting = ", ".join(name for name, other in contracts().items() if other == kind)
        raise InputError(
            InputFault(Place(), f"`{key}` is a {row.kind}, not a {kind}", fix=f"Known: {fitting}.")
        )
    return row
