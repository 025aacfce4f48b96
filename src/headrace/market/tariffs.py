"""Tariffs beside the best there can be: free with a cap, per use, two-part, flat, packs, ads.

People are a product of two distributions, what a first use is worth and how much is wanted, each
at the nodes of a Gauss-Hermite rule, so that their rare ends count. Worth falls on a line from the
first use to nothing at what is wanted. Every tariff is a menu on the same grid of quantities, so
each earns at most what the lottery program earns, and its share of that is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.stats import norm

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.market.menus import Outcome, Types, best_menu, chosen, searched_packs

PRICES = 40
"""Prices that are tried between cost and the dearest worth, evenly on a log scale."""


@dataclass(frozen=True)
class PeopleSpread:
    """How something differs between people. kind: lognormal (middle: its median, tail: spread of
    the logarithm [1]) or pareto (middle: its least value, tail: the exponent [1]).
    """

    kind: Literal["lognormal", "pareto"]
    middle: float
    tail: float

    def parts(self, number: int) -> tuple[Floats, Floats]:
        """So many values [unit of the middle] and their shares [1], the rare ends included.

        Raises InputError for a Pareto tail of infinite mean, and numbers that are not above 0.
        """
        if not (self.middle > 0 and self.tail > 0):
            found = f"{self.kind} of {self.middle:g} and {self.tail:g}"
            raise InputError(InputFault(Place(key="users"), found, "numbers above 0"))
        nodes, weights = np.polynomial.hermite_e.hermegauss(number)
        shares = weights / weights.sum()
        if self.kind == "lognormal":
            return np.asarray(self.middle * np.exp(self.tail * nodes)), shares
        if self.tail <= 1:
            found = f"a Pareto exponent of {self.tail:g}: its mean is infinite"
            fix = "Write an exponent above 1, or a lognormal."
            raise InputError(InputFault(Place(key="users"), found, "above 1", fix))
        return np.asarray(self.middle * norm.sf(nodes) ** (-1 / self.tail)), shares


class TariffRow(NamedTuple):
    """One tariff: what it comes to [USD a person a period], its share of the best [1], and its
    prices in words. creators: what those who made what is used are paid [USD a person a period].
    """

    name: str
    profit: float
    surplus: float
    share: float
    buyers: float
    use: float
    terms: str
    creators: float = 0.0

    @property
    def welfare(self) -> float:
        """Seller, creators and people together [USD a person a period]."""
        return self.profit + self.creators + self.surplus


@dataclass(frozen=True)
class Comparison:
    """Tariffs at one cost of a use [USD], the best there can be last. ic, ir: residuals of the best
    [USD]; first_best: the welfare that no tariff can pass [USD a person a period].
    """

    cost: float
    rows: tuple[TariffRow, ...]
    ic: float
    ir: float
    first_best: float
    notes: tuple[str, ...]


def types_of(
    worth: PeopleSpread, wanted: PeopleSpread, parts: int, extra: Sequence[float] = ()
) -> Types:
    """Types with a line of worth: value(q) = worth (q - q^2 / (2 wanted)) up to what is wanted.

    parts: of each distribution; extra: quantities that must stand on the grid [use]. Raises
    InputError as the spreads do.
    """
    (firsts, odds), (mosts, others) = worth.parts(parts), wanted.parts(parts)
    first, most = (m.ravel() for m in np.meshgrid(firsts, mosts, indexing="ij"))
    shares = np.outer(odds, others).ravel()
    top = float(most.max())
    grid = np.concatenate([[0.0], np.geomspace(top / 3000, top, 24), np.asarray(extra, float)])
    grid = np.unique(np.round(grid[grid >= 0], 9))
    use = np.minimum(grid[None, :], most[:, None])
    values = first[:, None] * (use - use**2 / (2 * most[:, None]))
    return Types(shares / shares.sum(), grid, values)


def compare(
    types: Types,
    cost: float,
    *,
    packs: int,
    free_cap: float | None,
    ad: float,
    creators: float = 0.0,
) -> Comparison:
    """Every tariff on these types beside the best there can be.

    cost: of a use [USD] > 0; packs: most of them in a menu; free_cap: use that is free [use], None
    for no such tariff; ad: revenue of a use from advertising [USD], in the free tariff only;
    creators: of all that is paid, the share of those who made what is used [1]. A seller who keeps
    1 - s of what is paid and bears a cost c earns 1 - s times what one of cost c / (1 - s) does, so
    the best menu of either is the same. Raises InputError for a cost that is not above 0, and for
    creators who are paid all.
    """
    if not cost > 0:
        raise InputError(InputFault(Place(key="cost"), f"{cost:g} USD a use", "above 0"))
    if not 0 <= creators < 1:
        told = f"{creators:.0%} of what is paid"
        raise InputError(InputFault(Place(key="users.creators"), told, "0 to below 100 %"))
    own, left, cost = cost, 1.0 - creators, cost / (1.0 - creators)
    best = best_menu(types, cost)
    grid = types.quantities
    first_best = float(types.shares @ (types.values - own * grid[None, :]).max(axis=1))
    rows: list[TariffRow] = []

    def add(name: str, found: Outcome, terms: str) -> None:
        share = found.profit / best.profit if best.profit > 0 else float("nan")
        made = creators * (found.profit + cost * found.use)
        money = left * found.profit, found.surplus, share
        rows.append(TariffRow(name, *money, found.buyers, found.use, terms, made))

    everything = np.arange(len(grid))
    if free_cap is not None:
        under = np.flatnonzero(grid <= free_cap)
        free = chosen(types, under, np.zeros(len(under)), cost - ad)
        add("free with a cap", free, f"{free_cap:g} free" + (f", ads {ad:g} a use" if ad else ""))
    add("per use at cost", chosen(types, everything, cost * grid, cost), f"{cost:.3g} a use")
    first = types.values[:, 1] / grid[1]
    prices = np.geomspace(cost, max(float(first.max()), cost * 1.001), PRICES)
    per_use = [(chosen(types, everything, p * grid, cost), p) for p in prices]
    found, price = max(per_use, key=lambda one: one[0].profit)
    add("per use", found, f"{price:.3g} a use")
    add(*two_part(types, cost, prices))
    add(*flat(types, cost))
    for number, (places, payments, outcome) in enumerate(searched_packs(types, cost, packs), 1):
        terms = "; ".join(
            f"{grid[q]:.3g} for {t:.3g}"
            for q, t in sorted(zip(places, payments), key=lambda x: x[1])
        )
        add("one pack" if number == 1 else f"{number} packs", outcome, terms)
    use = float(types.shares @ (best.lotteries @ grid))
    some = float(types.shares @ (1 - best.lotteries[:, 0]))
    share = 1.0 if best.profit > 0 else float("nan")
    made = creators * (best.profit + cost * use)
    money = left * best.profit, best.surplus, share
    rows.append(TariffRow("the best there can be", *money, some, use, "", made))
    notes = [f"{row.name}: nobody takes it" for row in rows if row.buyers == 0]
    if best.profit <= 1e-12:
        notes.append("no tariff earns anything: a use costs more than it is worth to anybody")
    return Comparison(own, tuple(rows), best.ic, best.ir, first_best, tuple(notes))


def two_part(types: Types, cost: float, prices: Floats) -> tuple[str, Outcome, str]:
    """The best fee and price of a use, over all fees that some type just pays.

    cost: of a use [USD]; prices: that are tried [USD].
    """
    grid, everything = types.quantities, np.arange(len(types.quantities))
    trials = []
    for price in np.concatenate([[0.0], prices]):
        gain = (types.values - price * grid[None, :]).max(axis=1)
        for fee in np.unique(np.round(gain, 12)):
            payments = np.where(grid > 0, fee + price * grid, 0.0)
            trials.append((chosen(types, everything, payments, cost), fee, price))
    found, fee, price = max(trials, key=lambda one: one[0].profit)
    return "two-part", found, f"{fee:.3g} and {price:.3g} a use"


def flat(types: Types, cost: float) -> tuple[str, Outcome, str]:
    """The best fee for any use up to a cap: name, outcome, terms. cost: of a use [USD]."""
    grid = types.quantities
    trials = []
    for last in range(1, len(grid)):
        under = np.arange(last + 1)
        for fee in np.unique(np.round(types.values[:, last], 12)):
            payments = np.where(grid[under] > 0, fee, 0.0)
            trials.append((chosen(types, under, payments, cost), fee, grid[last]))
    found, fee, cap = max(trials, key=lambda one: one[0].profit)
    return "flat with a cap", found, f"{fee:.3g} for up to {cap:.3g}"
