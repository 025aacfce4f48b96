"""Four ways to share out the money of one period, each exact to the micro-unit.

pro_rata      one pot, all fees; by weight of use over the whole service.
user_centric  one pot per user, the fee; by weight of use of that user.
equal_split   one pot per user, the fee; equal parts to the distinct holders that user used. This
              *is* the Shapley value
              of v(S) = fees of the users who used anybody in S: v is a sum of one game per user, in
              which the holders used are interchangeable and together worth the fee, the others
              worth nothing; additivity gives the rest.
per_use       one pot per use, its price; by weight of the works in it.

None is fair to everybody: pro rata and user-centric each have their axioms (Bergantinos &
Moreno-Ternero, Management Science 2025), and pro rata is not always the worse one for artists
(Alaei, Makhdoumi & Malekian, Management Science 2022). Under the two user rules the fee of a user
who used nothing belongs to nobody and is shown as undistributed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import sparse

from headrace.core.arrays import Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.money import Drawer, apportion_groups, drawn, lots
from headrace.rights.uses import Uses

Rule = Literal["pro_rata", "user_centric", "equal_split", "per_use"]
RULES: tuple[Rule, ...] = get_args(Rule)


@dataclass(frozen=True)
class Settlement:
    """What each holder earned in the period under one rule, micro-units of `currency`.

    earned: shape (holder,), disputed money included. reserved: the part of it that waits for a
        dispute, shape (holder,). pairs (pair_holder, pair_work, pair_weight, pair_earned): the same
        money by holder and work; weights in millionths of a use. pool = earned.sum() +
        undistributed, exactly.
    """

    rule: Rule
    currency: str
    pool: int
    undistributed: int
    uses: int
    holders: tuple[str, ...]
    works: tuple[str, ...]
    earned: Ints
    reserved: Ints
    pair_holder: Ints
    pair_work: Ints
    pair_weight: Ints
    pair_earned: Ints


@dataclass(frozen=True)
class Pots:
    """Pots and their claims: total per pot; per claim its holder, weight, and the part of the
    weight that is disputed.
    """

    totals: Ints
    starts: Ints
    holder: Ints
    weight: Ints
    disputed: Ints
    lot: Drawer


def settle(uses: Uses, rule: Rule, fees: Ints | None = None) -> Settlement:
    """Share out one period.

    fees: what each user's fee leaves for royalties, micro-units >= 0, shape (user,); not needed for
        per_use. Raises ValueError where the fees do not fit the users, or a pot overflows 64 bits.
    """
    if rule == "per_use":
        pool = _total(uses.price)
        pots = per_use_pots(uses)
    else:
        if fees is None or fees.shape != (len(uses.users),):
            raise ValueError(f"this rule needs one fee for each of the {len(uses.users)} users")
        if (fees < 0).any():
            raise ValueError("a fee is negative")
        pool = _total(fees)
        pots = FEE_RULES[rule](uses, fees)
    parts = apportion_groups(pots.totals, pots.starts, pots.weight, pots.lot)
    earned = np.zeros(len(uses.holders), dtype=np.int64)
    np.add.at(earned, pots.holder, parts)
    reserved = np.zeros_like(earned)
    contested = np.flatnonzero(pots.disputed)
    np.add.at(
        reserved,
        pots.holder[contested],
        _ceil_share(parts[contested], pots.disputed[contested], pots.weight[contested]),
    )
    holder, work, weight, by_pair = _by_work(uses, earned, parts if rule == "per_use" else None)
    return Settlement(
        rule=rule,
        currency=uses.currency,
        pool=pool,
        undistributed=pool - int(earned.sum()),
        uses=uses.count,
        holders=uses.holders,
        works=uses.works,
        earned=earned,
        reserved=reserved,
        pair_holder=holder,
        pair_work=work,
        pair_weight=weight,
        pair_earned=by_pair,
    )


def _total(amounts: Ints) -> int:
    if amounts.size and float(amounts.astype(np.float64).sum()) > 9.0e18:
        found = "the pool is larger than 9e12 main units"
        raise InputError(InputFault(Place(key="pool"), found, fix="Settle it in parts."))
    return int(amounts.sum())


def pro_rata_pots(uses: Uses, fees: Ints) -> Pots:
    """One pot of all fees; a claim is a holder, by weight of use over the whole service."""
    weight = _sum_by(uses.holder, uses.weight, len(uses.holders))
    disputed = _sum_by(uses.holder, _disputed_weight(uses), len(uses.holders))
    claims = np.flatnonzero(weight)
    total = _total(fees) if claims.size else 0
    starts = np.array([0, claims.size], dtype=np.int64)
    pot = lots(["pro rata"])
    return Pots(
        np.array([total], dtype=np.int64),
        starts,
        claims,
        weight[claims],
        disputed[claims],
        lambda lines: drawn(pot, uses.holder_lots[claims[lines]]),
    )


def user_centric_pots(uses: Uses, fees: Ints) -> Pots:
    """One pot per user, the fee; a claim is a holder, by weight of that user's use."""
    use = uses.use_of_line()
    shape = (len(uses.users), len(uses.holders))
    at = (uses.user[use], uses.holder)
    grid = sparse.coo_array((uses.weight, at), shape=shape).tocsr()
    holder, starts = grid.indices.astype(np.int64), grid.indptr.astype(np.int64)
    user = np.repeat(np.arange(shape[0], dtype=np.int64), np.diff(starts))
    # A user without a use has no claims on the fee; it stays undistributed.
    totals = np.where(np.diff(starts) > 0, fees, 0)
    weight = np.asarray(grid.data, dtype=np.int64)
    disputed = np.zeros(holder.size, dtype=np.int64)
    contested = np.flatnonzero(uses.disputed[use])
    keys = uses.user[use[contested]].astype(np.int64) * shape[1] + uses.holder[contested]
    # claims are sorted by user, then holder
    claim = np.searchsorted(user * shape[1] + holder, keys)
    np.add.at(disputed, claim, uses.weight[contested])
    return Pots(
        totals,
        starts,
        holder,
        weight,
        disputed,
        lambda lines: drawn(uses.user_lots[user[lines]], uses.holder_lots[holder[lines]]),
    )


def equal_split_pots(uses: Uses, fees: Ints) -> Pots:
    """One pot per user, the fee; equal claims of the holders that user used."""
    pots = user_centric_pots(uses, fees)
    # Equal parts; a dispute over a share of the holder's use reserves that share of the holder's
    # part, so both are scaled to the same whole.
    part = np.zeros_like(pots.weight)
    contested = np.flatnonzero(pots.disputed)
    scale = 1_000_000
    part[contested] = _ceil_share(
        np.full(contested.size, scale, dtype=np.int64),
        pots.disputed[contested],
        pots.weight[contested],
    )
    return Pots(
        pots.totals, pots.starts, pots.holder, np.full_like(pots.weight, scale), part, pots.lot
    )


def per_use_pots(uses: Uses) -> Pots:
    """One pot per use, its price; a claim is a line of the use, by the weight of its work."""
    use = uses.use_of_line()
    return Pots(
        uses.price,
        uses.starts,
        uses.holder.astype(np.int64),
        uses.weight,
        _disputed_weight(uses),
        lambda lines: drawn(uses.use_lots(use[lines]), uses.work_lots[uses.work[lines]]),
    )


FEE_RULES: dict[Rule, Callable[[Uses, Ints], Pots]] = {
    "pro_rata": pro_rata_pots,
    "user_centric": user_centric_pots,
    "equal_split": equal_split_pots,
}
"""The rules that share out fees; `per_use` shares out prices."""


def _disputed_weight(uses: Uses) -> Ints:
    """The weight of each line whose use is disputed, 0 elsewhere."""
    if not uses.disputed.any():
        return np.zeros_like(uses.weight)
    return np.where(np.repeat(uses.disputed, np.diff(uses.starts)), uses.weight, 0)


def _ceil_share(amount: Ints, part: Ints, whole: Ints) -> Ints:
    """amount * part / whole, rounded up: a reserve is never short.

    Exact where the product leaves 64 bits.
    """
    large = amount.astype(np.float64) * part.astype(np.float64) > 9.0e18
    result = np.zeros_like(amount)
    small = ~large
    result[small] = -(-(amount[small] * part[small]) // whole[small])
    for i in np.flatnonzero(large):
        result[i] = -(-(int(amount[i]) * int(part[i])) // int(whole[i]))
    return result


def _sum_by(position: np.ndarray, values: Ints, size: int) -> Ints:
    # bincount sums in floats, exact while every partial sum stays below 2**53; beyond, integers one
    # by one.
    if values.size and float(values.astype(np.float64).sum()) < 2.0**53:
        return np.bincount(position, weights=values, minlength=size).astype(np.int64)
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, position, values)
    return total


def _by_work(uses: Uses, earned: Ints, parts: Ints | None) -> tuple[Ints, Ints, Ints, Ints]:
    """Holder, work, weight and money of every (holder, work) pair that was used.

    per_use knows the money line by line (`parts`); the other rules share a holder's money over its
    works by weight.
    """
    shape = (len(uses.holders), len(uses.works))
    grid = sparse.coo_array((uses.weight, (uses.holder, uses.work)), shape=shape).tocsr()
    starts, work = grid.indptr.astype(np.int64), grid.indices.astype(np.int64)
    holder = np.repeat(np.arange(shape[0], dtype=np.int64), np.diff(starts))
    weight = np.asarray(grid.data, dtype=np.int64)
    if parts is None:
        money = apportion_groups(
            earned,
            starts,
            weight,
            lambda lines: drawn(uses.holder_lots[holder[lines]], uses.work_lots[work[lines]]),
        )
        return holder, work, weight, money
    # The same pattern of pairs, so the money falls into the same places (a pair that earned 0 is
    # kept by not pruning).
    paid = sparse.coo_array((parts, (uses.holder, uses.work)), shape=shape).tocsr()
    return holder, work, weight, np.asarray(paid.data, dtype=np.int64)
