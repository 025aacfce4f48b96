"""Prices by deadline, posted before the hour, and users who answer them.

A share y of the work that is wanted in an hour waits when waiting is cheaper by d: y = min(most,
elasticity x d / price). That is the answer of users to whom waiting costs price y^2 / (2
elasticity) a unit of work, so what they lose is known. The provider serves waiting work within its
window where it costs least, at a marginal cost that rises with load, and posts as discount what
waiting saved the day before. WorkDay by day discounts and answers settle; the welfare of that fixed
point is compared with the linear program that decides for all at once. At zero elasticity nobody
waits, whatever is posted. (Were the price defined as the program's dual, that comparison would
always hold.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from headrace.core.arrays import Floats
from headrace.core.errors import HeadraceError, InputError, InputFault, Place

MOST_DAYS, SWEEPS, TANGENTS = 400, 400, 200


@dataclass(frozen=True)
class WorkDay:
    """A day of work. wanted: by hour [work]; window: hours that waiting work may wait [h]; base,
    slope: marginal cost base_h + slope x load [USD/work, USD/work^2], base by hour (the sun lowers
    it); price: of work that does not wait [USD/work]; elasticity [1]; most: may wait [1].
    """

    wanted: Floats
    window: int
    base: Floats
    slope: float
    price: float
    elasticity: float
    most: float = 1.0

    def __post_init__(self) -> None:
        n = len(self.wanted)
        faults = [
            InputFault(Place(key=key), found, expected)
            for key, bad, found, expected in (
                ("wanted", bool((self.wanted < 0).any()), "negative work", "0 or more"),
                ("base", self.base.shape != (n,), f"{self.base.size} hours", f"{n}"),
                ("window", not 1 <= self.window < n, f"{self.window} h", f"1 to {n - 1} h"),
                ("slope", not self.slope > 0, f"{self.slope:g}", "above 0"),
                ("price", not self.price > 0, f"{self.price:g}", "above 0"),
                ("elasticity", not self.elasticity >= 0, f"{self.elasticity:g}", "0 or more"),
                ("most", not 0 <= self.most <= 1, f"{self.most:g}", "0 to 1"),
            )
            if bad
        ]
        if faults:
            raise InputError(faults)

    def later(self, hour: int) -> np.ndarray:
        """The hours in which work of an hour that waits may be served; days follow one another."""
        return (hour + 1 + np.arange(self.window)) % len(self.wanted)

    def supply_cost(self, load: Floats) -> float:
        """What serving a load by hour costs [USD a day]."""
        return float((self.base * load + self.slope * load**2 / 2).sum())

    def waiting_cost(self, waits: Floats) -> float:
        """What waiting costs the users [USD a day], by share of each hour's work that waits [1]."""
        if self.elasticity == 0:
            return 0.0
        return float((self.wanted * self.price * waits**2 / (2 * self.elasticity)).sum())


class Answered(NamedTuple):
    """A settled day. discounts: posted by hour of asking [USD/work]; waits: share that waits [1];
    load: by hour [work]; cost: of serving and waiting together [USD a day]; days: until it settled;
    residual: largest last change of a discount [USD/work]; settled: whether it did.
    """

    discounts: Floats
    waits: Floats
    load: Floats
    cost: float
    days: int
    residual: float
    settled: bool

    @property
    def peak(self) -> float:
        """The largest load of an hour [work]."""
        return float(self.load.max())


def answered(day: WorkDay, tolerance: float = 1e-7) -> Answered:
    """Discounts and answers that fit each other, day after day; each day moves part of the way, and
    less where the last day overshot.

    tolerance: of a discount, relative to the price [1].
    """
    discounts = np.zeros(len(day.wanted))
    pace, before = 0.5, np.inf
    waits = np.zeros_like(discounts)
    placed = np.zeros((len(day.wanted), day.window))
    days, residual = 0, np.inf
    while days < MOST_DAYS:
        days += 1
        waits = np.minimum(day.most, day.elasticity * np.maximum(discounts, 0.0) / day.price)
        placed = _placed(day, waits * day.wanted, placed)
        marginal = day.base + day.slope * load_of(day, waits, placed)
        saved = np.array([marginal[h] - marginal[day.later(h)].min() for h in range(len(waits))])
        wanted = np.maximum(saved, 0.0)
        residual = float(np.abs(wanted - discounts).max())
        if residual <= tolerance * day.price:
            break
        pace = max(pace * 0.7, 0.02) if residual > before else pace
        before = residual
        discounts = discounts + pace * (wanted - discounts)
    load = load_of(day, waits, placed)
    cost = day.supply_cost(load) + day.waiting_cost(waits)
    settled = residual <= tolerance * day.price
    return Answered(discounts, waits, load, cost, days, residual, settled)


def load_of(day: WorkDay, waits: Floats, placed: Floats) -> Floats:
    """Load by hour [work]: what does not wait [1] and what is served later [work]."""
    load = day.wanted * (1.0 - waits)
    for hour in range(len(load)):
        np.add.at(load, day.later(hour), placed[hour])
    return load


def _placed(day: WorkDay, waiting: Floats, before: Floats) -> Floats:
    """Waiting work [work] by hour of asking and hour of serving, where it costs least: pairs of
    hours are evened out until no unit would be served cheaper elsewhere.
    """
    n = len(waiting)
    had = before.sum(axis=1)
    share = np.where(
        had[:, None] > 0, before / np.where(had > 0, had, 1.0)[:, None], 1 / day.window
    )
    placed = share * waiting[:, None]
    load = load_of(day, waiting / np.maximum(day.wanted, 1e-300), placed)
    for _ in range(SWEEPS):
        most = 0.0
        for hour in range(n):
            if waiting[hour] <= 0:
                continue
            later = day.later(hour)
            marginal = day.base[later] + day.slope * load[later]
            used = np.flatnonzero(placed[hour] > 0)
            dear, cheap = used[np.argmax(marginal[used])], int(np.argmin(marginal))
            gap = marginal[dear] - marginal[cheap]
            move = min(placed[hour, dear], gap / (2 * day.slope))
            placed[hour, dear] -= move
            placed[hour, cheap] += move
            load[later[dear]] -= move
            load[later[cheap]] += move
            most = max(most, gap if move > 0 else 0.0)
        if most <= 1e-9 * day.price:
            break
    return placed


def joint_optimum(day: WorkDay) -> tuple[float, float]:
    """The least cost of serving and waiting that one mind could reach [USD a day], from below, and
    how far the linear program's tangents may lie under the true cost [USD a day].

    Both quadratic costs are held by tangents from below. Raises HeadraceError where it is not
    solved.
    """
    n, w = len(day.wanted), day.window
    rows: list[tuple[np.ndarray, Floats, float]] = []  # columns, entries, right-hand side
    later = np.array([day.later(h) for h in range(n)])
    waiting = day.elasticity > 0
    for hour in range(n):
        own, into = hour * w + np.arange(w), np.argwhere(later == hour)
        comes = into[:, 0] * w + into[:, 1]
        reach = float(day.wanted[hour] + day.wanted[np.unique(into[:, 0])].sum())
        serve, wait = n * w + hour, n * w + n + hour
        for at in np.linspace(0.0, reach, TANGENTS):
            # cost >= slope (load - at) + cost there; load = wanted - what leaves + what comes
            slope = day.base[hour] + day.slope * at
            there = day.base[hour] * at + day.slope * at**2 / 2
            entries = np.concatenate([[-1.0], np.full(w, -slope), np.full(len(comes), slope)])
            right = slope * (at - day.wanted[hour]) - there
            rows.append((np.concatenate([[serve], own, comes]), entries, float(right)))
        most = day.most * day.wanted[hour] if waiting else 0.0
        for at in np.linspace(0.0, most, TANGENTS) if most > 0 else ():
            slope = day.price * at / (day.elasticity * day.wanted[hour])
            entries = np.concatenate([[-1.0], np.full(w, slope)])
            rows.append((np.concatenate([[wait], own]), entries, float(slope * at / 2)))
        rows.append((own, np.ones(w), most))
    place = np.repeat(np.arange(len(rows)), [len(columns) for columns, _, _ in rows])
    cells = (place, np.concatenate([columns for columns, _, _ in rows]))
    shape = (len(rows), n * w + 2 * n)
    matrix = coo_array((np.concatenate([e for _, e, _ in rows]), cells), shape=shape).tocsr()
    objective = np.concatenate([np.zeros(n * w), np.ones(2 * n)])
    bounds = [(0.0, None)] * (n * w) + [(None, None)] * n + [(0.0, None)] * n
    limits = np.array([right for _, _, right in rows])
    found = linprog(  # type: ignore[call-overload]
        objective, A_ub=matrix, b_ub=limits, bounds=bounds, method="highs"
    )
    if found.status != 0:
        raise HeadraceError(f"the joint program was not solved: {found.message}")
    placed = found.x[: n * w].reshape(n, w)
    waits = np.divide(placed.sum(axis=1), day.wanted, out=np.zeros(n), where=day.wanted > 0)
    true = day.supply_cost(load_of(day, waits, placed)) + day.waiting_cost(waits)
    return float(found.fun), true - float(found.fun)


def worse_off(day: WorkDay, settled: Answered, flat: float) -> float:
    """Share of work that does not wait and pays more than under one flat price [1].

    flat: the price [USD/work] at which the same revenue is taken from all. With one price for work
    that does not wait, either all of it is worse off or none.
    """
    now = float((day.wanted * (1 - settled.waits)).sum())
    return now / float(day.wanted.sum()) if day.price > flat + 1e-12 else 0.0


def flat_price(day: WorkDay, settled: Answered) -> float:
    """The one price [USD/work] that takes as much from the users as the posted ones."""
    paid = day.wanted * (day.price - settled.waits * np.maximum(settled.discounts, 0.0))
    return float(paid.sum() / day.wanted.sum())
