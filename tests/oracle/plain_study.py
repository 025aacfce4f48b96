"""A study as plain numbers, read from its mapping with the rebuild's own parser.

Powers are in MW, prices in USD per MW or MWh, times in months from the start of the study. Only
what the rebuild knows is read; `read` raises NotCovered for the rest, so nothing is left out in
silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.moving import Floats, Moving, hours, moving
from tests.oracle.plain_offers import KEYS, Offer, offer
from tests.oracle.trust_and_royalty import ROYALTY_KEYS, TRUST_KEYS, royalty
from tests.oracle.units import month_number, quantity, real_rate

FOREVER = float("inf")
GRID_LIFE = 40 * 12.0
"""Months for which a grid right lasts once it is connected; it matters to the terminal value
only."""


class NotCovered(ValueError):
    """A key that the rebuild does not know."""


@dataclass(frozen=True)
class Plant:
    """A generator or a battery that may be built at a site.

    capex [USD/MW], energy_capex [USD/MWh], fixed [USD/MW-year], variable [USD/MWh], heat_rate
    [MMBtu/MWh], lead, life and stands_for [month], at_most and stands [MW], the same of energy
    [MWh]. listed_capex: of its technology, without the site's override [USD/MW].
    """

    site: str
    name: str
    technology: str
    is_battery: bool
    capex: float
    energy_capex: float
    fixed: float
    variable: float
    heat_rate: float
    fuel: str
    availability: float
    lead: float
    life: float
    efficiency: float
    at_most: float
    at_most_energy: float
    stands: float
    stands_energy: float
    stands_for: float
    listed_capex: float
    profile: Floats | None = None
    is_purchase: bool = False
    take_or_pay: float = 1.0
    take_or_pay_period: str = "year"
    curtailment: float = 0.0
    curtailment_limit: float = 1.0
    stored_at_start: float = 0.0
    stored_at_end: float = 0.0


@dataclass(frozen=True)
class TimeOfUse:
    """Hours of a tariff with a price of their own [USD/MWh]."""

    energy: float
    begin: int
    end: int
    months: tuple[int, ...]
    weekdays: bool


@dataclass(frozen=True)
class Charge:
    """A charge on peaks [USD/MW-month] within the hours of `window`, at least `ratchet` of the
    year's."""

    usd: float
    ratchet: float
    window: TimeOfUse


@dataclass(frozen=True)
class Export:
    """What may be given back: paid [USD/MWh], most [MW], most in each hour [MW]."""

    price: Moving
    limit: float
    hourly_limit: Floats | None
    meter: str
    net_metering: str


@dataclass(frozen=True)
class Grid:
    """The right to take power. price [USD/MW], energy [USD/MWh], co2 [t/MWh], hourly_limit [MW],
    capacity [USD/MW-year]; tiers: (MWh of a month, USD/MWh more)."""

    limit: float
    stands: float
    queue: float
    price: float
    energy: Moving
    co2: Moving
    hourly_limit: Floats | None
    charges: tuple[Charge, ...]
    tiers: tuple[tuple[float, float], ...]
    capacity: float
    export: Export | None
    loss: float
    times: tuple[TimeOfUse, ...]


@dataclass(frozen=True)
class HallKey:
    """A hall: its row of the catalogue, IT power that stands and may stand [MW], lead [month]."""

    use: str
    stands: float
    at_most: float
    lead: float | None


@dataclass(frozen=True)
class ChipKey:
    """An accelerator that may be bought. supply [accelerator/year], price [USD/accelerator]."""

    name: str
    use: str
    supply: float
    stands: Mapping[str, float]
    stands_for: float
    price: float | None


@dataclass(frozen=True)
class RentalKey:
    """An accelerator in the hall of others. supply [accelerator/year], price
    [USD/accelerator-h], lead and term [month]; None: as the catalogue says."""

    name: str
    supply: float
    price: float | None
    lead: float | None
    term: float | None


@dataclass(frozen=True)
class Site:
    grid: Grid | None
    plants: tuple[Plant, ...]
    hall: HallKey | None


@dataclass(frozen=True)
class Product:
    """What is sold. demand in MW, Mtok/h or EFLOP/h; price, and royalty on what is served, in USD
    per MWh, Mtok or EFLOP."""

    name: str
    kind: str
    site: str
    demand: float
    load: Floats | None
    price: float
    price_change: float
    shape: str
    deadline: str | float
    availability: float
    served_from: int
    offers: tuple[Offer, ...] = ()
    refund: float | None = None
    royalty: float = 0.0


@dataclass(frozen=True)
class Line:
    """Money that may be drawn: `debt` or `equity`, at most `limit` [USD], at `cost` [1/year], from
    and until a month after the start."""

    kind: str
    limit: float
    cost: float
    since: float
    until: float


@dataclass(frozen=True)
class Cash:
    """Cash at the start and the least that stays [USD], and what may be drawn."""

    opening: float
    least: float
    lines: Mapping[str, Line]


@dataclass(frozen=True)
class PlainStudy:
    written: Mapping[str, Any]
    rate: float
    alpha: float
    omega: float
    start: int
    stages: tuple[float, ...]
    blocks: tuple[float, ...]
    weeks: int | None
    counts_terminal_value: bool
    carbon: Moving
    fuels: Mapping[str, tuple[Moving, float]]
    contracts: Mapping[str, tuple[float, float, str]]
    sites: Mapping[str, Site]
    chips: tuple[ChipKey, ...]
    rentals: tuple[RentalKey, ...]
    products: tuple[Product, ...]
    spend: tuple[float, ...] | None = field(default=None)
    cash: Cash | None = field(default=None)

    @property
    def end(self) -> float:
        """Months from the start to the horizon's end."""
        return sum(self.stages)


def read(written: Mapping[str, Any]) -> PlainStudy:
    """The study in the mapping `written`. Raises NotCovered for keys beyond the rebuild."""
    _only(
        "study title goal money horizon carbon fuels technologies beliefs tree sites fleet models "
        "products limits",
        written,
        "study",
    )
    _only("may_buy may_rent", written.get("fleet", {}), "fleet")
    horizon, risk = written["horizon"], written.get("goal", {}).get("risk", {})
    start = month_number(horizon["start"])
    stages = tuple(quantity(one, "month") for one in horizon["stages"])
    hours = horizon.get("hours", {})
    hours = {} if hours == "all" else hours
    _only("weeks extreme_days blocks", hours, "horizon.hours")
    spend = written.get("limits", {}).get("spend")
    return PlainStudy(
        written=written,
        rate=real_rate(written.get("money", {}).get("discount", "8 %/a real")),
        alpha=quantity(risk.get("alpha", 0.9), "1"),
        omega=quantity(risk.get("omega", 0.0), "1"),
        start=start,
        stages=stages,
        blocks=tuple(quantity(one, "h") for one in hours.get("blocks", ())),
        weeks=hours.get("weeks"),
        counts_terminal_value=horizon.get("terminal_value", True),
        carbon=moving(written.get("carbon", "0 USD/t"), "USD/t"),
        fuels={name: _fuel(fuel) for name, fuel in written.get("fuels", {}).items()},
        contracts={
            name: _contract(fuel["take_or_pay"], start)
            for name, fuel in written.get("fuels", {}).items()
            if "take_or_pay" in fuel
        },
        sites={name: _site(name, site, written) for name, site in written["sites"].items()},
        chips=tuple(
            _chip(name, chip) for name, chip in written.get("fleet", {}).get("may_buy", {}).items()
        ),
        rentals=tuple(
            _rental(name, one) for name, one in written.get("fleet", {}).get("may_rent", {}).items()
        ),
        products=tuple(
            _product(name, one, stages, start) for name, one in written["products"].items()
        ),
        spend=None if spend is None else tuple(quantity(one, "USD") for one in spend),
        cash=_cash(written.get("limits", {}).get("cash"), start),
    )


def _cash(written: Mapping[str, Any] | None, start: int) -> Cash | None:
    if written is None:
        return None
    _only("opening least lines", written, "limits.cash")
    lines = {}
    for name, line in written.get("lines", {}).items():
        _only("kind limit cost since until", line, f"limits.cash.lines.{name}")
        lines[name] = Line(
            line.get("kind", "debt"),
            quantity(line["limit"], "USD"),
            real_rate(line["cost"]),
            month_number(line["since"]) - start if "since" in line else 0.0,
            month_number(line["until"]) - start if "until" in line else FOREVER,
        )
    least = quantity(written.get("least", "0 USD"), "USD")
    return Cash(quantity(written["opening"], "USD"), least, lines)


def _only(known: str, written: Mapping[str, Any], what: str) -> None:
    unknown = set(written) - set(known.split())
    if unknown:
        raise NotCovered(f"{what}: {', '.join(sorted(unknown))}")


def _fuel(written: Mapping[str, Any]) -> tuple[Moving, float]:
    """Price [USD/MMBtu] and CO2 [t/MMBtu] of a fuel."""
    return (
        moving(written["price"], "USD/MMBtu"),
        quantity(written.get("co2", "0 kg/MMBtu"), "t/MMBtu"),
    )


def _contract(written: Mapping[str, Any], start: int) -> tuple[float, float, str]:
    """Least of a year [MMBtu], the month from the start in which that ends, and over what it is
    counted."""
    _only("least until period", written, "take_or_pay")
    until = month_number(written["until"]) - start if "until" in written else FOREVER
    return quantity(written["least"], "MMBtu/year"), until, written.get("period", "year")


def _site(name: str, written: Mapping[str, Any], study: Mapping[str, Any]) -> Site:
    _only("weather grid build hall", written, f"sites.{name}")
    grid = written.get("grid")
    return Site(
        grid=None if grid is None else _grid(grid),
        plants=tuple(
            _plant(name, key, one, study) for key, one in written.get("build", {}).items()
        ),
        hall=_hall(written["hall"]) if "hall" in written else None,
    )


def _grid(written: Mapping[str, Any]) -> Grid:
    _only(
        "limit stands queue price energy hourly_limit co2 demand billing ratchet demands tiers "
        "capacity export loss times source",
        written,
        "grid",
    )
    times = tuple(
        _window(one, quantity(one["energy"], "USD/MWh")) for one in written.get("times", [])
    )
    whole = written.get("billing", "year") == "year"
    usd = quantity(written.get("demand", "0 USD/kW-month"), "USD/MW-month")
    ratchet = 1.0 if whole else quantity(written.get("ratchet", 0), "1")
    charges = [Charge(usd, ratchet, _window({"begin": 0, "end": 24}, 0.0))] if usd else []
    for one in written.get("demands", []):
        _only("charge begin end months weekdays ratchet", one, "demands")
        usd = quantity(one["charge"], "USD/MW-month")
        hours_of = _window({"begin": 0, "end": 24} | dict(one), 0.0)
        charges.append(Charge(usd, quantity(one.get("ratchet", 0), "1"), hours_of))
    return Grid(
        limit=quantity(written["limit"], "MW"),
        stands=quantity(written.get("stands", "0 MW"), "MW"),
        queue=quantity(written.get("queue", "0 month"), "month"),
        price=quantity(written.get("price", "0 USD/kW"), "USD/MW"),
        energy=moving(written["energy"], "USD/MWh"),
        co2=moving(written.get("co2", "0 kg/MWh"), "t/MWh"),
        hourly_limit=hours(written.get("hourly_limit")),
        charges=tuple(charges),
        tiers=tuple(
            (quantity(one["above"], "MWh"), quantity(one["adds"], "USD/MWh"))
            for one in written.get("tiers", [])
        ),
        capacity=quantity(written.get("capacity", "0 USD/kW-year"), "USD/MW-year"),
        export=_export(written["export"]) if "export" in written else None,
        loss=quantity(written.get("loss", 0), "1"),
        times=times,
    )


def _window(one: Mapping[str, Any], energy: float) -> TimeOfUse:
    return TimeOfUse(
        energy=energy,
        begin=one["begin"],
        end=one["end"],
        months=tuple(one.get("months") or range(1, 13)),
        weekdays=one.get("weekdays", False),
    )


def _export(written: Mapping[str, Any]) -> Export:
    _only("price limit hourly_limit meter net_metering", written, "export")
    return Export(
        price=moving(written.get("price", "0 USD/MWh"), "USD/MWh"),
        limit=quantity(written["limit"], "MW") if "limit" in written else FOREVER,
        hourly_limit=hours(written.get("hourly_limit")),
        meter=written.get("meter", "net"),
        net_metering=written.get("net_metering", "none"),
    )


def _plant(site: str, name: str, written: Any, study: Mapping[str, Any]) -> Plant:
    build: Mapping[str, Any] = {"use": written} if isinstance(written, str) else written
    _only(
        "use at_most at_most_energy stands stands_energy stands_for lead life capex profile "
        "capacity_payment curtailment curtailment_limit stored_at_start stored_at_end",
        build,
        f"{site}.build.{name}",
    )
    if build["use"] not in study.get("technologies", {}):
        raise NotCovered(f"{build['use']}: a technology of the catalogue")
    kind = study["technologies"][build["use"]]
    _only(
        "kind capex energy_capex fixed variable heat_rate fuel availability lead life "
        "efficiency source take_or_pay take_or_pay_period",
        kind,
        f"technologies.{build['use']}",
    )

    def either(key: str, default: str, unit: str) -> float:
        """The override of the site, else the technology's figure."""
        return quantity(build.get(key, kind.get(key, default)), unit)

    def most(key: str, unit: str) -> float:
        return quantity(build[key], unit) if key in build else FOREVER

    return Plant(
        site=site,
        name=name,
        technology=build["use"],
        is_battery=kind.get("kind", "generator") == "battery",
        capex=either("capex", "0 USD/kW", "USD/MW"),
        energy_capex=quantity(kind.get("energy_capex", "0 USD/kWh"), "USD/MWh"),
        fixed=quantity(kind.get("fixed", "0 USD/kW-year"), "USD/MW-year")
        - quantity(build.get("capacity_payment", "0 USD/kW-year"), "USD/MW-year"),
        variable=quantity(kind.get("variable", "0 USD/MWh"), "USD/MWh"),
        heat_rate=quantity(kind.get("heat_rate", "0 MMBtu/MWh"), "MMBtu/MWh"),
        fuel=kind.get("fuel", ""),
        availability=quantity(kind.get("availability", 1), "1"),
        lead=either("lead", "0 month", "month"),
        life=either("life", "100 years", "month"),
        efficiency=quantity(kind.get("efficiency", 1), "1"),
        at_most=most("at_most", "MW"),
        at_most_energy=most("at_most_energy", "MWh"),
        stands=quantity(build.get("stands", "0 MW"), "MW"),
        stands_energy=quantity(build.get("stands_energy", "0 MWh"), "MWh"),
        stands_for=quantity(build.get("stands_for", "100 years"), "month"),
        listed_capex=quantity(kind.get("capex", "0 USD/kW"), "USD/MW"),
        profile=hours(build.get("profile")),
        is_purchase=kind.get("kind") == "ppa",
        take_or_pay=quantity(kind.get("take_or_pay", 1), "1"),
        take_or_pay_period=kind.get("take_or_pay_period", "year"),
        curtailment=quantity(build.get("curtailment", "0 USD/MWh"), "USD/MWh"),
        curtailment_limit=quantity(build.get("curtailment_limit", 1), "1"),
        stored_at_start=quantity(build.get("stored_at_start", 0), "1"),
        stored_at_end=quantity(build.get("stored_at_end", 0), "1"),
    )


def _hall(written: Any) -> HallKey:
    hall: Mapping[str, Any] = {"use": written} if isinstance(written, str) else written
    _only("use stands at_most lead", hall, "hall")
    return HallKey(
        use=hall.get("use", "hall.ai"),
        stands=quantity(hall.get("stands", "0 MW"), "MW"),
        at_most=quantity(hall["at_most"], "MW") if "at_most" in hall else FOREVER,
        lead=quantity(hall["lead"], "month") if "lead" in hall else None,
    )


def _rental(name: str, written: Any) -> RentalKey:
    one: Mapping[str, Any] = {"use": written} if isinstance(written, str) else written
    _only("use supply price lead term", one, f"fleet.may_rent.{name}")
    return RentalKey(
        name=name,
        supply=float(one.get("supply", 1e9)),
        price=quantity(one["price"], "USD/accelerator-h") if "price" in one else None,
        lead=quantity(one["lead"], "month") if "lead" in one else None,
        term=quantity(one["term"], "month") if "term" in one else None,
    )


def _chip(name: str, written: Any) -> ChipKey:
    chip: Mapping[str, Any] = {"use": written} if isinstance(written, str) else written
    _only("use supply stands stands_for price", chip, f"fleet.may_buy.{name}")
    return ChipKey(
        name=name,
        use=chip["use"],
        supply=float(chip.get("supply", 1e9)),
        stands={site: float(amount) for site, amount in chip.get("stands", {}).items()},
        stands_for=quantity(chip.get("stands_for", "4 years"), "month"),
        price=quantity(chip["price"], "USD/accelerator") if "price" in chip else None,
    )


_TOKENS = {"isl": 1000, "cached": 0, "osl": 300}
_MEASURES = {
    "electricity": ("MW", "USD/MWh"),
    "tokens": ("Mtok/h", "USD/Mtok"),
    "training": ("EFLOP/h", "USD/EFLOP"),
}


def _offers(
    name: str, written: Mapping[str, Any], unit: str, stages: tuple[float, ...], start: int
) -> tuple[Offer, ...]:
    where, found = f"products.{name}.offers", []
    tokens = tuple(written.get(key, usual) for key, usual in _TOKENS.items())
    for key, one in written.get("offers", {}).items():
        _only(KEYS, one, where)
        _only(TRUST_KEYS, one.get("trust", {}), f"{where}.trust")
        _only("median spread cap", one["use"] if isinstance(one.get("use"), dict) else {}, where)
        for covariate in one.get("churn", {}).get("covariates", {}).values():
            _only("effect values", covariate, f"{where}.{key}.churn")
        found.append(offer(one, unit, tokens, stages, start))
    return tuple(found)


def _product(
    name: str, written: Mapping[str, Any], stages: tuple[float, ...], start: int
) -> Product:
    _only(
        "title kind model site isl cached osl promise demand price price_change shape deadline "
        "availability served_from source offers refund royalty",
        written,
        f"products.{name}",
    )
    kind = written.get("kind", "tokens")
    if kind not in _MEASURES:
        raise NotCovered(f"products.{name}: {kind}")
    amount, price = _MEASURES[kind]
    deadline = written.get("deadline", "now")
    load = hours(written.get("demand"))
    unit = amount.removesuffix("/h").replace("MW", "MWh")
    _only(ROYALTY_KEYS, written.get("royalty") or {}, f"products.{name}.royalty")
    sold = _offers(name, written, unit, stages, start)
    return Product(
        name=name,
        kind=kind,
        site=written.get("site", ""),
        demand=quantity(written.get("demand", f"0 {amount}"), amount) if load is None else 1.0,
        load=load,
        price=quantity(written.get("price", f"0 {price}"), price),
        price_change=quantity(written.get("price_change", "0 %/a"), "1/year"),
        shape=written.get("shape", "flat"),
        deadline=deadline if deadline in ("now", "day", "year") else quantity(deadline, "h"),
        availability=quantity(written.get("availability", 0), "1"),
        served_from=written.get("served_from", 1),
        offers=sold,
        refund=quantity(written["refund"], price) if "refund" in written else None,
        royalty=royalty(written.get("royalty"), unit),
    )
