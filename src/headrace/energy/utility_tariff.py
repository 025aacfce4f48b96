"""A tariff of the Utility Rate Database (OpenEI), from its JSON: energy by hour with its tiers, and
demand charges by hour and month.

The fields are those of the database's own record: `energyratestructure` holds periods of tiers,
`energyweekdayschedule` and `energyweekendschedule` say by month and hour which period holds;
`demandratestructure` and its schedules the same of power; `flatdemandstructure` is charged on the
peak of each month, by `flatdemandmonths`.
Source: OpenEI, Utility Rate Database, version 8 of its API.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.calendar import weekday_of_hour
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_text
from headrace.energy.grid import month_of_hour
from headrace.energy.weather.record import HOURS

LARGEST = 5_000_000
MOST_PERIODS = 24
Record = dict[str, object]


@dataclass(frozen=True, eq=False)
class TariffTier:
    """Energy of a month beyond `above` [MWh] in `hours` (1 or 0) costs `adds` more [USD/MWh]."""

    above: float
    adds: float
    hours: Floats


@dataclass(frozen=True, eq=False)
class TariffDemand:
    """A charge [USD/MW-month] on the peak within `hours` (1 or 0), at least `ratchet` of the year's
    [1].
    """

    usd: float
    hours: Floats
    ratchet: float


@dataclass(frozen=True, eq=False)
class UtilityTariff:
    """energy: price of the first tier of each hour [USD/MWh], shape (8760,). notes: what the record
    holds and a plan does not count.
    """

    name: str
    energy: Floats
    tiers: tuple[TariffTier, ...]
    demands: tuple[TariffDemand, ...]
    notes: tuple[str, ...]


def read_tariff(path: Path, first_weekday: int) -> UtilityTariff:
    """The tariff in a JSON file. first_weekday: of 1 January, Monday is 0.

    Raises InputError with all that cannot be read or that no plan can keep.
    """
    record = _record(path)
    faults: list[InputFault] = []

    def fault(found: str, expected: str, fix: str = "") -> None:
        faults.append(InputFault(Place(path.name), found, expected, fix))

    energy, tiers = _energy(record, first_weekday, fault)
    demands = _demands(record, first_weekday, fault)
    currency = str(record.get("currency") or "USD").upper()
    if currency not in ("USD", "$"):
        fix = "Turn its rates into USD there: a record's numbers are read as USD."
        fault(f"is in {currency}", "rates in USD", fix)
    if record.get("coincidentratestructure"):
        fault("has a charge at the system's peak", "none", "Its hours are not known beforehand.")
    fixed = _number(record, "fixedmonthlycharge", fault)
    fixed = fixed or _number(record, "fixedchargefirstmeter", fault)
    if faults:
        raise InputError(faults)
    notes = []
    if fixed:
        notes.append(f"its fixed charge of {fixed:g} USD is not counted: no order moves it")
    if any("sell" in tier for period in _periods(record, "energyratestructure") for tier in period):
        notes.append("its price for what is given back is not read: write `export`")
    name = str(record.get("name") or record.get("label") or path.stem)
    return UtilityTariff(name, energy, tiers, demands, tuple(notes))


def _record(path: Path) -> Record:
    place = Place(path.name)
    try:
        whole = json.loads(read_text(path, LARGEST, "a tariff as JSON"))
    except (ValueError, RecursionError) as error:
        raise InputError(InputFault(place, f"is no JSON that can be read: {error}")) from None
    if isinstance(whole, dict) and isinstance(whole.get("items"), list):
        whole = whole["items"]
    if isinstance(whole, list):
        if len(whole) != 1:
            found = f"holds {len(whole)} tariffs"
            raise InputError(InputFault(place, found, "one", "Keep one item of the list."))
        whole = whole[0]
    if not isinstance(whole, dict) or "energyratestructure" not in whole:
        fix = "Download the record of one rate as JSON."
        raise InputError(InputFault(place, "has no `energyratestructure`", "a URDB record", fix))
    return whole


def _number(record: Record, key: str, fault: Callable[..., None]) -> float:
    """A number of the record, 0 where it is missing; digits in quotes are one."""
    value = record.get(key)
    if value is None or value == "":
        return 0.0
    try:
        number = float(value) if isinstance(value, int | float | str) else np.nan
    except (ValueError, OverflowError):
        number = np.nan
    if not np.isfinite(number):
        fix = "The database's units are fixed: USD/kWh, USD/kW and kWh, without being written."
        fault(f"`{key}` is `{str(value)[:40]}`", "a number", fix)
        return 0.0
    return number


def _periods(record: Record, key: str) -> list[list[Record]]:
    """Tiers of each period of a structure; empty where the record has none."""
    structure = record.get(key)
    if not isinstance(structure, list):
        return []
    return [
        [tier for tier in period if isinstance(tier, dict)]
        for period in structure[:MOST_PERIODS]
        if isinstance(period, list)
    ]


def _schedule(
    record: Record, kind: str, first_weekday: int, fault: Callable[..., None]
) -> Ints | None:
    """The period that holds in each hour of the year, shape (8760,)."""
    tables = []
    for day in ("weekday", "weekend"):
        key = f"{kind}{day}schedule"
        table = record.get(key)
        try:
            read = np.array(table, dtype=np.int64)
        except (ValueError, TypeError, OverflowError):
            read = np.zeros(0, np.int64)
        if read.shape != (12, 24):
            fault(f"`{key}` is not 12 months of 24 hours", "a period for each")
            return None
        tables.append(read)
    month, clock = month_of_hour() - 1, np.arange(HOURS) % 24
    weekend = weekday_of_hour(first_weekday) >= 5
    return np.where(weekend, tables[1][month, clock], tables[0][month, clock])


def _rates(
    record: Record, key: str, period: int, fault: Callable[..., None]
) -> list[tuple[float, float]]:
    """(upper limit, rate with its adjustment) of each tier of a period, in the record's units."""
    structure = _periods(record, key)
    if not 0 <= period < len(structure) or not structure[period]:
        fault(f"`{key}` has no period {period}", "one for each number of its schedule")
        return [(np.inf, 0.0)]
    found = []
    for tier in structure[period]:
        top = _number(tier, "max", fault) or np.inf
        found.append((top, _number(tier, "rate", fault) + _number(tier, "adj", fault)))
        unit = str(tier.get("unit") or "kWh")
        if key.startswith("energy") and unit != "kWh" and len(structure[period]) > 1:
            fault(f"a tier of `{key}` is measured in {unit}", "kWh of a month")
    return found


def _energy(
    record: Record, first_weekday: int, fault: Callable[..., None]
) -> tuple[Floats, tuple[TariffTier, ...]]:
    schedule = _schedule(record, "energy", first_weekday, fault)
    if schedule is None:
        return np.zeros(HOURS), ()
    price, tiers = np.zeros(HOURS), []
    for period in np.unique(schedule):
        rates = _rates(record, "energyratestructure", int(period), fault)
        hours = (schedule == period).astype(np.float64)
        price += hours * rates[0][1] * 1e3
        for (top, rate), (_, more) in pairwise(rates):
            if more < rate:
                fix = "Write the price of the last MWh as `energy`."
                fault(f"energy beyond {top:g} kWh costs less than before", "rising tiers", fix)
            tiers.append(TariffTier(top / 1e3, (more - rate) * 1e3, hours))
    return price, tuple(tier for tier in tiers if tier.adds > 0 and np.isfinite(tier.above))


def _demands(
    record: Record, first_weekday: int, fault: Callable[..., None]
) -> tuple[TariffDemand, ...]:
    found: list[TariffDemand] = []
    ratchets = record.get("demandratchetpercentage")
    ratchet = 0.0
    if isinstance(ratchets, list) and ratchets:
        shares = [s for s in ratchets if isinstance(s, int | float) and np.isfinite(s)]
        ratchet = float(max(shares, default=0.0))
        ratchet = ratchet / 100 if ratchet > 1 else ratchet
        if len(set(shares)) > 1:
            fault("its ratchet differs from month to month", "one share for all months")
    if _periods(record, "flatdemandstructure"):
        months = record.get("flatdemandmonths")
        if not isinstance(months, list) or len(months) != 12:
            fault("`flatdemandmonths` has not 12 numbers", "a period for each month")
            months = [0] * 12
        of_hour = np.array([int(m) if isinstance(m, int) else 0 for m in months])
        found += _charged(record, "flat", of_hour[month_of_hour() - 1], ratchet, fault)
    if _periods(record, "demandratestructure"):
        schedule = _schedule(record, "demand", first_weekday, fault)
        if schedule is not None:
            found += _charged(record, "", schedule, ratchet, fault)
    return tuple(found)


def _charged(
    record: Record, flat: str, schedule: Ints, ratchet: float, fault: Callable[..., None]
) -> list[TariffDemand]:
    found, key = [], f"{flat}demandstructure" if flat else "demandratestructure"
    for period in np.unique(schedule):
        rates = _rates(record, key, int(period), fault)
        if len({rate for _, rate in rates}) > 1:
            fault(f"`{key}` has tiers of power", "one charge for each period")
        if rates[0][1]:
            hours = (schedule == period).astype(np.float64)
            found.append(TariffDemand(rates[0][1] * 1e3, hours, ratchet))
    return found
