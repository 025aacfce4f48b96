"""Menus of quantities and payments, and the best that any of them can earn.

People are types with a value of each quantity of a grid; a menu offers bundles, each type takes the
one it likes best, or none. The most that any menu can earn from them is a linear program: a lottery
over quantities and an expected payment for each type, such that no type would rather be another
(incentive compatibility) and none loses by taking part. Every other tariff is a share of it.

Source: Maskin & Riley, RAND J. Economics 15 (1984); Mussa & Rosen, J. Economic Theory 18 (1978);
Myerson (1981) for lotteries over types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from headrace.core.arrays import Floats
from headrace.core.errors import HeadraceError, InputError, InputFault, Place

MOST_TYPES = 250
"""Types of the lottery program: it has a row for each pair of them."""
_INDIFFERENT = 1e-9
_CHUNK = 4096


@dataclass(frozen=True)
class Types:
    """Who may buy. shares: of the people [1], adding up to 1; quantities: the grid [use a period],
    rising from 0; values: of each quantity to each type [USD a period], shape (type, quantity), 0
    for quantity 0.
    """

    shares: Floats
    quantities: Floats
    values: Floats

    def __post_init__(self) -> None:
        faults = []
        if abs(self.shares.sum() - 1.0) > 1e-9 or (self.shares < 0).any():
            faults.append(InputFault(Place(key="types"), "the shares do not add up to 1", "1"))
        if self.quantities[0] != 0 or (np.diff(self.quantities) <= 0).any():
            faults.append(InputFault(Place(key="quantities"), "the grid", "rising from 0"))
        if self.values.shape != (len(self.shares), len(self.quantities)):
            found = f"values of shape {self.values.shape}"
            faults.append(InputFault(Place(key="types"), found, "(type, quantity)"))
        elif (self.values[:, 0] != 0).any():
            faults.append(InputFault(Place(key="types"), "nothing has a value", "0 for no use"))
        if faults:
            raise InputError(faults)


class Outcome(NamedTuple):
    """What a tariff comes to, a person a period. profit: of the seller [USD]; surplus: of people
    [USD]; use: [use]; taken: share of people by
    bundle [1]. buyers: share of people who use anything [1].
    """

    profit: float
    surplus: float
    use: float
    buyers: float
    taken: Floats

    @property
    def welfare(self) -> float:
        """Seller and people together [USD a person a period]."""
        return self.profit + self.surplus


class BestMenu(NamedTuple):
    """The optimum over all menus. lotteries: chance of each quantity by type [1]; payments: by type
    [USD]. ic, ir: largest violation of either condition [USD], recomputed from the solution.
    """

    profit: float
    surplus: float
    lotteries: Floats
    payments: Floats
    ic: float
    ir: float


def best_menu(types: Types, cost: float) -> BestMenu:
    """The most that any incentive-compatible menu earns [USD a person a period].

    cost: of a use [USD]. Raises InputError for more than 250 types, HeadraceError where the linear
    program is not solved.
    """
    n, q = types.values.shape
    if n > MOST_TYPES:
        raise InputError(InputFault(Place(key="types"), f"{n} types", f"at most {MOST_TYPES}"))
    objective = np.concatenate(
        [(types.shares[:, None] * cost * types.quantities[None, :]).ravel(), -types.shares]
    )
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    mine = np.array([i for i, _ in pairs] + list(range(n)))
    other = np.array([j for _, j in pairs] + [-1] * n)
    count = len(mine)
    row = np.repeat(np.arange(count), q)
    columns, entries, rows = [], [], []
    # u_i(lottery of j) - T_j - u_i(lottery of i) + T_i <= 0; for j = nobody the first part is 0
    rows.append(row)
    columns.append((mine[:, None] * q + np.arange(q)).ravel())
    entries.append(-types.values[mine].ravel())
    pair = np.flatnonzero(other >= 0)
    rows.append(np.repeat(pair, q))
    columns.append((other[pair][:, None] * q + np.arange(q)).ravel())
    entries.append(types.values[mine[pair]].ravel())
    rows += [np.arange(count), pair]
    columns += [n * q + mine, n * q + other[pair]]
    entries += [np.ones(count), -np.ones(len(pair))]
    shape = (count, n * q + n)
    cells = (np.concatenate(rows), np.concatenate(columns))
    upper = coo_array((np.concatenate(entries), cells), shape=shape).tocsr()
    sums = coo_array(
        (np.ones(n * q), (np.repeat(np.arange(n), q), np.arange(n * q))), shape=(n, n * q + n)
    ).tocsr()
    bounds = [(0.0, 1.0)] * (n * q) + [(None, None)] * n
    found = linprog(  # type: ignore[call-overload]
        objective, A_ub=upper, b_ub=np.zeros(count), A_eq=sums, b_eq=np.ones(n), bounds=bounds,
        method="highs",
    )  # fmt: skip
    if found.status != 0:
        raise HeadraceError(f"the best menu was not found: {found.message}")
    lotteries, payments = found.x[: n * q].reshape(n, q), found.x[n * q :]
    own = types.values @ lotteries.T - payments[None, :]  # row: type, column: as whom it acts
    mine_now = np.diag(own)
    return BestMenu(
        -float(found.fun),
        float(types.shares @ mine_now),
        lotteries,
        payments,
        float(max(0.0, (own - mine_now[:, None]).max())),
        float(max(0.0, -mine_now.min())),
    )


def chosen(types: Types, bundles: np.ndarray, payments: Floats, cost: float) -> Outcome:
    """What types take from a menu of bundles, and what that comes to.

    bundles: places on the grid of quantities, shape (bundle,); payments: [USD]; cost: of a use
    [USD]. Nobody must buy. Of bundles that a type likes equally it takes the one that earns more.
    """
    places = np.asarray(bundles, int)
    gain = types.values[:, places] - payments[None, :]
    margin = payments - cost * types.quantities[places]
    best = np.maximum(gain.max(axis=1, initial=0.0), 0.0)
    liked = gain >= best[:, None] - _INDIFFERENT
    worth = np.where(liked, margin[None, :], -np.inf)
    nothing = best <= _INDIFFERENT
    taken = worth.argmax(axis=1)
    earned = worth.max(axis=1)
    leaves = nothing & ((earned < 0) | ~liked.any(axis=1))
    shares = np.where(leaves, 0.0, types.shares)
    return Outcome(
        float(shares @ np.where(leaves, 0.0, margin[taken])),
        float(types.shares @ best),
        float(shares @ types.quantities[places[taken]]),
        float(shares @ (types.quantities[places[taken]] > 0)),
        np.asarray(np.bincount(taken, shares, minlength=len(places)), float),
    )


def ordered_packs(types: Types, cost: float, most: int) -> Floats:
    """The most that 1, 2, ..., `most` bundles earn [USD a person a period], shape (most,).

    Exact for types in rising order whose values differ the more, the larger the quantity.

    cost: of a use [USD]. Dynamic programming over (threshold type, quantity): bundle k is bought by
    all types from its threshold on, and adds what the threshold type gives for the step. Raises
    InputError where the types are not in such an order.
    """
    steps = np.diff(types.values, axis=1)
    if (np.diff(steps, axis=0) < -1e-12).any():
        fault = "a higher type does not value every step more"
        raise InputError(InputFault(Place(key="types"), fault, "single crossing"))
    above = np.cumsum(types.shares[::-1])[::-1]
    net = types.values - cost * types.quantities[None, :]
    gain = above[:, None] * net  # of a first bundle, at threshold and quantity
    best = np.maximum(gain, 0.0)
    told = [float(best.max())]
    for _ in range(1, most):
        before = np.maximum.accumulate(best, axis=0)  # the best with a threshold at or below
        added = np.full_like(best, -np.inf)
        for quantity in range(net.shape[1]):
            step = above[:, None] * (net[:, quantity][:, None] - net[:, : quantity + 1])
            added[:, quantity] = (before[:, : quantity + 1] + step).max(axis=1)
        best = np.maximum(added, best)
        told.append(float(best.max()))
    return np.array(told)


class Packs(NamedTuple):
    """A menu of bundles: places on the grid, rising; payments [USD]; and what it comes to."""

    places: np.ndarray
    payments: Floats
    outcome: Outcome


def searched_packs(types: Types, cost: float, most: int) -> tuple[Packs, ...]:
    """Menus of 1, 2, ..., `most` bundles for types in no order. cost: of a use [USD].

    A search in steps from bundle to bundle: each step's payment is what some type would just give
    for it, so that a smaller bundle may be added while the larger ones become cheaper with it. A
    local search: what they earn is a lower bound; more bundles never earn less, since each search
    begins with the menu before and may end with it.
    """
    found: list[Packs] = []
    places, steps = np.zeros(0, int), np.zeros(0)
    for _ in range(most):
        menus = [_with_bundle(types, places, steps, q) for q in _others(types, places)]
        trials = np.concatenate([m for m in menus if len(m)])
        value, more, steps_ = _best_of(types, cost, trials)
        if not len(places) or value >= _earned(types, cost, places, steps):
            places, steps = more, steps_
        places, steps = _improved(types, cost, places, steps)
        payments = np.cumsum(steps)
        found.append(Packs(places, payments, chosen(types, places, payments, cost)))
    return tuple(found)


def _others(types: Types, places: np.ndarray) -> list[int]:
    return [q for q in range(1, len(types.quantities)) if q not in places]


def _earned(types: Types, cost: float, places: np.ndarray, steps: Floats) -> float:
    return chosen(types, places, np.cumsum(steps), cost).profit


def _best_of(types: Types, cost: float, trials: Floats) -> tuple[float, np.ndarray, Floats]:
    """The menu that earns most of many, with what it earns [USD]; each row holds the places of its
    bundles and then their steps [USD], as `_with_bundle` makes them.
    """
    count = trials.shape[1] // 2
    best, at = -np.inf, 0
    for start in range(0, len(trials), _CHUNK):
        part = trials[start : start + _CHUNK]
        places, payments = part[:, :count].astype(int), np.cumsum(part[:, count:], axis=1)
        gain = types.values[:, places] - payments[None]
        top = np.maximum(gain.max(axis=2), 0.0)
        margin = payments - cost * types.quantities[places]
        worth = np.where(gain >= top[:, :, None] - _INDIFFERENT, margin[None], -np.inf).max(axis=2)
        worth = np.where((top <= _INDIFFERENT) & (worth < 0), 0.0, worth)
        profit = types.shares @ worth
        if profit.max() > best:
            best, at = float(profit.max()), start + int(profit.argmax())
    row = trials[at]
    return best, row[:count].astype(int), row[count:]


def _with_bundle(types: Types, places: np.ndarray, steps: Floats, q: int) -> Floats:
    """Menus with one more bundle, a row each, places and then steps: at every step that some type
    would just pay, the next bundle's payment kept as it was, or its step taken anew.
    """
    at = int(np.searchsorted(places, q))
    before = types.values[:, places[at - 1]] if at else np.zeros(len(types.shares))
    paid = np.unique(np.round(types.values[:, q] - before, 12))
    paid = paid[paid > 0]
    kept = np.insert(np.tile(steps, (len(paid), 1)), at, paid, axis=1)
    if at < len(steps):
        above = types.values[:, places[at]] - types.values[:, q]
        others = np.unique(np.round(above[above > 0], 12))
        anew = np.repeat(kept, len(others), axis=0)
        anew[:, at + 1] = np.tile(others, len(paid))
        kept[:, at + 1] = steps[at] - paid
        kept = np.concatenate([kept, anew])
    more = np.tile(np.insert(places, at, q).astype(float), (len(kept), 1))
    return np.concatenate([more, kept], axis=1)


def _improved(
    types: Types, cost: float, places: np.ndarray, steps: Floats
) -> tuple[np.ndarray, Floats]:
    """One bundle taken out and put in again at its best, until nothing earns more."""
    best, moved = _earned(types, cost, places, steps), True
    while moved:
        moved = False
        for bundle in range(len(places)):
            less, rest = np.delete(places, bundle), np.delete(steps, bundle)
            if bundle < len(rest):
                rest[bundle] += steps[bundle]
            menus = [_with_bundle(types, less, rest, q) for q in _others(types, less)]
            found = _best_of(types, cost, np.concatenate([m for m in menus if len(m)]))
            if found[0] > best * (1 + 1e-9) + 1e-12:
                (best, places, steps), moved = found, True
    return places, steps


def quadratic_types(thetas: Floats, shares: Floats, quantities: Floats) -> Types:
    """Types with value theta q - q^2 / 2 [USD] of q uses up to their satiation at theta."""
    use = np.minimum(quantities[None, :], thetas[:, None])
    return Types(shares, quantities, thetas[:, None] * use - use**2 / 2)
