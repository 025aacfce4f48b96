"""What is signed rather than bought: slots in a maker's queue and power rented by the month, as
nouns.

A slot is three assets. The reservation costs the deposit and gives no capacity. The plant from the
slot adds to the plant's own capacity, at a shorter lead time and with the deposit taken off. Giving
the slot up or selling it brings back a share. Of the last two no more can be ordered than was
reserved, later and within the window (plan/model/reservations.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from headrace.core.arrays import Hourly
from headrace.core.components import Asset, Converter, Payment, Port, Reservation
from headrace.core.contract_terms import Billing, TakeOrPay
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.ids import AssetId, AssetKind, AssetRole, ConverterId, ConverterRole
from headrace.core.study import Build, Reserve, Technology
from headrace.energy import contracts
from headrace.energy.site import Built, electricity, unit_size
from headrace.energy.technology import in_money


@dataclass(frozen=True)
class SlotTerms:
    """Terms of a slot in the study's money: deposit and what comes back of it [USD/MW], window and
    months saved [month].
    """

    title: str
    deposit: float
    back: float
    window: float
    saves: float


def with_slot(built: Built, build: Build, money_year: int, building: float = 0.0) -> Built:
    """What `build` became, and the slot that may be reserved for it. building: time that no slot
    can save [month].

    Raises InputError for stores, for terms that are missing, and for a catalogue slot of another
    technology.
    """
    if build.reserve is None:
        return built
    plant = built.assets[0]
    if built.stores or plant.rented:
        raise InputError(
            InputFault(
                Place(key="reserve"),
                f"{plant.title} comes without a queue",
                "a plant or a grid right",
            )
        )
    terms = _terms(build.reserve, build.use, money_year)
    if terms.deposit > plant.price:
        deposit, price = (f"{usd / 1e3:,.0f} USD/kW" for usd in (terms.deposit, plant.price))
        found = f"a deposit of {deposit} for {plant.title} at {price}"
        raise InputError(InputFault(Place(key="reserve.deposit"), found, "less than the price"))
    slot = _empty(plant, AssetRole.SLOT, terms.title, terms.deposit)
    given_up = _empty(
        plant, AssetRole.SLOT_GIVEN_UP, f"{terms.title}, given up or sold", -terms.back
    )
    saved = max(0.0, min(terms.saves, plant.lead_months - building))
    converted = replace(
        plant,
        id=replace(plant.id, role=AssetRole.FROM_SLOT),
        title=f"{plant.title}, from the slot",
        payments=tuple(Payment(max(0.0, p.month - saved), p.usd) for p in plant.payments),
        lead_months=plant.lead_months - saved,
        stands=0.0,
        into=plant.id,
        credit=terms.deposit,
    )
    reservation = Reservation(slot.id, (converted.id, given_up.id), terms.window)
    return replace(
        built, assets=(*built.assets, slot, converted, given_up), reservations=(reservation,)
    )


def _empty(plant: Asset, role: AssetRole, title: str, usd: float) -> Asset:
    """An asset that is paid for at once and never gives a capacity."""
    return Asset(
        id=replace(plant.id, role=role),
        kind=AssetKind.SLOT,
        title=title,
        unit=plant.unit,
        payments=(Payment(0.0, usd),),
        fixed_cost=0.0,
        lead_months=0.0,
        life_months=0.0,
        at_most=plant.at_most,
        unit_size=plant.unit_size,
    )


def _terms(written: Reserve, use: str, money_year: int) -> SlotTerms:
    named = {"deposit": written.deposit, "window": written.window, "saves": written.saves}
    if not written.use:
        missing = [name for name, value in named.items() if value is None]
        if missing:
            raise InputError(
                InputFault(
                    Place(key="reserve"),
                    f"says nothing of {', '.join(missing)}",
                    "them, or `use: reserve.turbine`",
                )
            )
        deposit, window, saves = (float(value or 0.0) for value in named.values())
        return SlotTerms(
            "slot", 1e3 * deposit, 1e3 * deposit * (written.back or 0.0), window, saves
        )
    row = contracts.reservation(written.use)
    if row.technology != use:
        raise InputError(
            InputFault(
                Place(key="reserve.use"),
                f"{row.title} ({row.key}) is for {row.technology}",
                f"a slot for {use}",
            )
        )
    deposit = (
        in_money(row.deposit, "USD/MW", money_year)
        if written.deposit is None
        else 1e3 * written.deposit
    )
    share = row.given_up() / row.deposit.to("USD/MW") if written.back is None else written.back
    window = row.window.to("month") if written.window is None else written.window
    saves = row.saves.to("month") if written.saves is None else written.saves
    return SlotTerms(row.title, deposit, share * deposit, window, saves)


def signed(
    key: str,
) -> contracts.QueueReservation | contracts.BridgePower | contracts.PowerPurchase | None:
    """The catalogue row of a reservation, of rented power or of a purchase; None for other keys."""
    match contracts.contracts().get(key):
        case "reservation":
            return contracts.reservation(key)
        case "bridge":
            return contracts.bridge_power(key)
        case "ppa":
            return contracts.power_purchase(key)
    return None


def is_purchase(use: str) -> bool:
    """Whether a key of the catalogue is an agreement on the energy of a plant of others."""
    return contracts.contracts().get(use) == "ppa"


def is_bridge(use: str) -> bool:
    """Whether a key of the catalogue is power rented by the month."""
    return contracts.contracts().get(use) == "bridge"


def bridge(site: str, name: str, build: Build, money_year: int) -> Built:
    """Rented plant of the catalogue at a site: its rent is due while it stands, delivery and
    removal with the order.

    Raises InputError for what a rent does not have: a capex, a life, a slot.
    """
    row = contracts.bridge_power(build.use)
    odd = [key for key in ("capex", "life", "reserve") if getattr(build, key) is not None]
    if odd or build.stands > 0:
        found = f"{row.title} is rented and has no {', '.join(odd) or 'standing capacity'}"
        raise InputError(
            InputFault(Place.of("sites", site, "build", name), found, "`at_most`, `lead`")
        )
    asset = Asset(
        id=AssetId(site, AssetRole.BUILD, name),
        kind=AssetKind.SUPPLY,
        title=row.title,
        unit="MW",
        payments=(Payment(0.0, in_money(row.mobilise, "USD/MW", money_year)),),
        fixed_cost=12.0 * in_money(row.rent, "USD/MW-month", money_year),
        lead_months=row.lead.to("month") if build.lead is None else build.lead,
        life_months=row.least.to("month"),
        at_most=float("inf") if build.at_most is None else build.at_most,
        unit_size=unit_size(build, row.unit_size.to("MW")),
        catalogue_key=row.key,
        rented=True,
    )
    converter = Converter(
        id=ConverterId(ConverterRole.PLANT, asset.id),
        title=row.title,
        ports=(Port(electricity(site), 1.0),),
        asset=asset.id,
        availability=row.availability.value,
        cost=in_money(row.variable_cost, "USD/MWh", money_year),
        fuel=row.fuel,
        fuel_rate=row.heat_rate.to("MMBtu/MWh"),
    )
    return Built(assets=(asset,), converters=(converter,))


@dataclass(frozen=True)
class PurchaseTerms:
    """An agreement in the study's money: price of a MWh [USD/MWh], share of the energy of a year,
    or of each month, that is paid even if it is not taken [1], from signing to delivery and its
    length [month].
    """

    title: str
    price: float
    least: float
    lead: float
    length: float
    key: str = ""
    period: Billing = "year"


def catalogued_terms(key: str, money_year: int) -> PurchaseTerms:
    """The terms of an agreement of the catalogue, in the study's money.

    Raises InputError where its price rises: prices of a study are real and do not.
    """
    row = contracts.power_purchase(key)
    if row.escalation.value != 0:
        found = f"{row.title} rises by {row.escalation.value:.1%} a year"
        raise InputError(InputFault(Place(key="use"), found, "a price without escalation"))
    return PurchaseTerms(
        row.title,
        in_money(row.price, "USD/MWh", money_year),
        row.take_or_pay.value,
        row.lead.to("month"),
        12 * row.length.to("year"),
        row.key,
    )


def own_terms(name: str, written: Technology) -> PurchaseTerms:
    """The terms of an agreement that the study writes itself."""
    return PurchaseTerms(
        name.replace("_", " "),
        written.variable,
        written.take_or_pay,
        written.lead,
        12 * written.life,
        name,
        written.take_or_pay_period,
    )


def purchase(site: str, name: str, build: Build, terms: PurchaseTerms, profile: Hourly) -> Built:
    """Energy of a plant of others as it is produced: `profile`, as a share of what is signed [1].
    Nothing is paid for the right itself.

    Raises InputError for what an agreement does not have: a capex, a slot, units.
    """
    odd = [
        key
        for key in ("capex", "reserve", "unit", "planned_outage")
        if getattr(build, key) is not None
    ]
    if odd or build.whole:
        found = f"{terms.title} is an agreement and has no {', '.join(odd) or 'units'}"
        expected = "`at_most`, `lead`, `life`, `profile`"
        raise InputError(InputFault(Place.of("sites", site, "build", name), found, expected))
    asset = Asset(
        id=AssetId(site, AssetRole.BUILD, name),
        kind=AssetKind.SUPPLY,
        title=terms.title,
        unit="MW",
        payments=(),
        fixed_cost=0.0,
        lead_months=terms.lead if build.lead is None else build.lead,
        life_months=terms.length if build.life is None else 12 * build.life,
        at_most=float("inf") if build.at_most is None else build.at_most,
        stands=build.stands,
        stands_until=12 * build.stands_for,
        catalogue_key=terms.key,
    )
    plant = Converter(
        id=ConverterId(ConverterRole.PLANT, asset.id),
        title=terms.title,
        ports=(Port(electricity(site), 1.0),),
        asset=asset.id,
        availability=profile,
        cost=terms.price,
    )
    if terms.least == 1:  # all is paid for, so nothing is decided in the hours
        given = (Port(electricity(site), profile),)
        plant = replace(plant, ports=(), standing=given, has_activity=False)
    return Built((asset,), (plant,), terms=(TakeOrPay(plant.id, terms.least, terms.period),))
