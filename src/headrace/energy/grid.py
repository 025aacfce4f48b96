"""The right to take power from the grid: how much, from when, how firm, at what hourly price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Flags, Floats, Hourly
from headrace.core.calendar import weekday_of_hour
from headrace.core.catalogue import Figure
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.technology import TechnologyRow, in_money, value_of
from headrace.energy.weather.record import HOURS

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class PriceWindow:
    """A window of a time-of-use tariff: in these months, on these days, from hour `begin` to before
    `end`, it costs `usd`.

    months from 1; hours 0 to 24, a window with end <= begin runs over midnight; weekdays_only:
    Monday to Friday. usd [USD/MWh].
    """

    usd: float
    begin: int
    end: int
    months: tuple[int, ...] = tuple(range(1, 13))
    weekdays_only: bool = False


@dataclass(frozen=True)
class GridRight:
    """A right to take up to `limit` MW from month `available` (months from the study's start) on.

    firm: False where the utility may curtail it in up to `curtailment_days` days a year. energy
        [USD/MWh] outside all windows; later windows win. demand [USD/MW-month] on the peak of each
        month; capacity [USD/MW-year] on the limit (a capacity market's obligation). loss: share
        lost on the way to the site's bus [1].
    """

    limit: float
    available: float = 0.0
    firm: bool = True
    energy: float = 0.0
    windows: tuple[PriceWindow, ...] = ()
    demand: float = 0.0
    capacity: float = 0.0
    curtailment_days: int = 0
    loss: float = 0.0

    def but(self, **changes: float) -> GridRight:
        """The same right with other numbers."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def faults(self) -> list[InputFault]:
        """What no contract can say: windows outside the clock or the calendar, a negative limit."""
        found = [
            InputFault(
                Place(key="grid.windows"),
                f"from {window.begin} to {window.end} h in months {window.months}",
                "hours 0 to 24, months 1 to 12",
            )
            for window in self.windows
            if not (
                0 <= window.begin <= 23
                and 0 <= window.end <= 24
                and window.months
                and set(window.months) <= set(range(1, 13))
            )
        ]
        if not (0 <= self.limit < np.inf and 0 <= self.loss < 1):
            found.append(InputFault(Place(key="grid"), f"{self}", "limit >= 0, loss below 1"))
        if not 0 <= self.curtailment_days <= 365:
            days = f"curtailment of {self.curtailment_days} days"
            found.append(InputFault(Place(key="grid"), days, "0 to 365 days"))
        return found


def grid_right(
    technology: TechnologyRow,
    limit: float,
    available: float | None = None,
    money_year: int | None = None,
) -> GridRight:
    """The catalogue's grid connection (`grid`, `grid.flexible`) as a right of `limit` [MW].

    available: from now [month], if it differs from the row's lead time. Prices in the row's money,
    or in that of `money_year`. Raises InputError for technologies that are no grid.
    """
    if technology.kind != "grid":
        raise InputError(
            InputFault(
                Place(), f"`{technology.key}` is not a grid connection", "`grid` or `grid.flexible`"
            )
        )

    def money(figure: Figure | None, unit: str) -> float:
        return 0.0 if figure is None else in_money(figure, unit, money_year)

    days = round(value_of(technology.curtailment_days, "day"))
    return GridRight(
        limit=limit,
        available=technology.lead.to("month") if available is None else available,
        firm=days == 0,
        energy=money(technology.energy_price, "USD/MWh"),
        demand=money(technology.demand_charge, "USD/MW-month"),
        capacity=money(technology.capacity_charge, "USD/MW-year"),
        curtailment_days=days,
        loss=1.0 - value_of(technology.efficiency, "1", 1.0),
    )


def month_of_hour() -> NDArray[np.int64]:
    """Month, 1 to 12, of each of the 8,760 hours."""
    return np.repeat(np.arange(1, 13), np.array(_DAYS) * 24)


def energy_price(right: GridRight, first_weekday: int) -> Floats:
    """Price of energy by hour [USD/MWh], shape (8760,). first_weekday: day of the week of 1
    January, Monday is 0.

    Raises InputError for windows that name no hour.
    """
    if faults := right.faults():
        raise InputError(faults)
    return with_windows(right.energy, right.windows, first_weekday)


def with_windows(price: Hourly, windows: Sequence[PriceWindow], first_weekday: int) -> Floats:
    """A price by hour [USD/MWh] with that of each window in its hours, shape (8760,); later windows
    win over earlier ones.
    """
    found = np.array(np.broadcast_to(price, HOURS), dtype=np.float64)
    for window in windows:
        found[hours_of(window, first_weekday)] = window.usd
    return found


def hours_of(window: PriceWindow, first_weekday: int) -> Flags:
    """The hours of the year in a window, shape (8760,)."""
    clock, weekday = np.arange(HOURS) % 24, weekday_of_hour(first_weekday)
    begun, not_over = clock >= window.begin, clock < window.end
    inside = begun & not_over if window.begin < window.end else begun | not_over
    inside = inside & np.isin(month_of_hour(), window.months)
    return inside & (weekday < 5) if window.weekdays_only else inside


def availability(right: GridRight, stress: Floats) -> Floats:
    """Share of the limit that may be taken by hour [1], shape (8760,): 0 in the curtailed days of
    an interruptible right.

    The utility is taken to curtail the days on which `stress` (the hot or cold of the weather, or a
    system's load) is highest by daily maximum: the worst case that the contract allows.
    """
    if right.firm or right.curtailment_days == 0:
        return np.ones(HOURS)
    daily = np.asarray(stress, dtype=np.float64).reshape(-1, 24).max(axis=1)
    worst = np.argsort(-daily, kind="stable")[: right.curtailment_days]
    share = np.ones((HOURS // 24, 24))
    share[worst] = 0.0
    return share.reshape(-1)


def annual_cost(right: GridRight, taken: Floats, first_weekday: int) -> float:
    """What a year of taking `taken` [MW by hour, shape (8760,)] costs [USD]: energy, monthly peaks,
    capacity.
    """
    energy = float(energy_price(right, first_weekday) @ taken)
    month = month_of_hour()
    peaks = sum(float(taken[month == m].max()) for m in range(1, 13))
    return energy + right.demand * peaks + right.capacity * right.limit
