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

Refused uses, and parts of works that nobody claims, keep their place in every pot: their money is
held, not given to the others. A fee may be negative (a chargeback), a use taken back (a negative
quantity): a negative pot is shared out like a positive one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from headrace.core.arrays import Flags, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.money import Drawer, Lots, apportion_groups, drawn, lots
from headrace.rights.usage.uses import WHOLE, Uses, grid

Rule = Literal["pro_rata", "user_centric", "equal_split", "per_use"]
RULES: tuple[Rule, ...] = get_args(Rule)


@dataclass(frozen=True)
class HeldMoney:
    """Money that waits: why, for which work, whose it is if that is known (else ""), how much
    [micro-units].
    """

    kind: str
    work: str
    holder: str
    amount: int


@dataclass(frozen=True)
class Settlement:
    """What each holder earned in the period under one rule, micro-units of `currency`.

    uses: accepted ones. earned: shape (holder,), what waits included. reserved: the part of it that
        waits for a dispute; held: the part that waits because a use was refused; shape (holder,).
        held_by: all that is held, by kind, work and holder; unmatched: what of it has no known
        holder. retained: the licensee's part of prices whose licences take a share of them. pairs
        (pair_holder, pair_work, pair_weight, pair_earned): what was earned by holder and work;
        weights in `whole`ths of a use. pool = earned.sum() + unmatched + retained + undistributed,
        exactly.
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
    held: Ints
    held_by: tuple[HeldMoney, ...] = ()
    unmatched: int = 0
    retained: int = 0
    whole: int = WHOLE


@dataclass(frozen=True)
class Pots:
    """Pots and their claims: total per pot; per claim its claimant (a holder, or beyond them an
    unmatched work), weight, and the parts of the weight that are disputed and held.
    """

    totals: Ints
    starts: Ints
    holder: Ints
    weight: Ints
    disputed: Ints
    held: Ints
    lot: Drawer


def settle(uses: Uses, rule: Rule, fees: Ints | None = None) -> Settlement:
    """Share out one period.

    fees: what each user's fee leaves for royalties, micro-units, shape (user,); not needed for
        per_use. Raises ValueError where the fees do not fit the users, or a pot overflows 64 bits.
    """
    if rule == "per_use":
        pool = _total(uses.price)
        pots = per_use_pots(uses)
    else:
        if fees is None or fees.shape != (len(uses.users),):
            raise ValueError(f"this rule needs one fee for each of the {len(uses.users)} users")
        pool = _total(fees)
        pots = FEE_RULES[rule](uses, fees)
    sign = np.sign(pots.totals)
    parts = apportion_groups(np.abs(pots.totals), pots.starts, pots.weight, pots.lot)
    if (sign < 0).any():
        parts *= np.repeat(sign, np.diff(pots.starts))
    retained = 0
    if rule == "per_use" and uses.royalty.size:
        owed = _owed(uses, parts)
        retained, parts = int(parts.sum()) - int(owed.sum()), owed
    claimants = len(uses.holders) + len(uses.unmatched)
    earned = np.zeros(claimants, dtype=np.int64)
    np.add.at(earned, pots.holder, parts)
    reserved = _waiting(parts, pots.disputed, pots, claimants)
    held = _waiting(parts, np.minimum(pots.held, pots.weight - pots.disputed), pots, claimants)
    held = np.where(np.abs(held) > np.abs(earned - reserved), earned - reserved, held)
    known = len(uses.holders)
    holder, work, weight, by_pair = _by_work(uses, earned, parts if rule == "per_use" else None)
    named = holder < known
    return Settlement(
        rule=rule,
        currency=uses.currency,
        pool=pool,
        undistributed=pool - int(earned.sum()) - retained,
        uses=int((~uses.refused).sum()),
        holders=uses.holders,
        works=uses.works,
        earned=earned[:known],
        reserved=reserved[:known],
        pair_holder=holder[named],
        pair_work=work[named],
        pair_weight=weight[named],
        pair_earned=by_pair[named],
        held=held[:known],
        held_by=_held_by(uses, held, parts if rule == "per_use" else None),
        unmatched=int(earned[known:].sum()),
        retained=retained,
        whole=uses.whole,
    )


def _waiting(parts: Ints, part: Ints, pots: Pots, size: int) -> Ints:
    """The money of the waiting part of each claim, rounded away from 0, by claimant."""
    total = np.zeros(size, dtype=np.int64)
    some = np.flatnonzero((part > 0) & (pots.weight > 0))
    share = _ceil_share(np.abs(parts[some]), part[some], pots.weight[some])
    np.add.at(total, pots.holder[some], share * np.sign(parts[some]))
    return total


def _owed(uses: Uses, parts: Ints) -> Ints:
    """What is owed of each line's revenue: the licence's share of it, at least its price."""
    share = -(-(np.abs(parts) * uses.royalty) // WHOLE)
    if float(np.abs(parts).max(initial=0)) * WHOLE > 9.0e18:
        share = np.array([-(-abs(int(p)) * int(r) // WHOLE) for p, r in zip(parts, uses.royalty)])
    owed = np.minimum(np.maximum(share, uses.least), np.abs(parts))
    return np.asarray(owed * np.sign(parts), dtype=np.int64)


def _held_by(uses: Uses, held: Ints, parts: Ints | None) -> tuple[HeldMoney, ...]:
    """What is held of each claimant, by kind and work: by the weights that wait, or line by line
    where the money of each line is known.
    """
    lines = np.flatnonzero(uses.waits >= 0)
    if not lines.size:
        return ()
    keys = np.stack((uses.holder[lines], uses.waits[lines], uses.work[lines]), axis=1)
    groups, at = np.unique(keys, axis=0, return_inverse=True)
    weight = np.zeros(len(groups), dtype=np.int64)
    np.add.at(weight, at, np.abs(uses.weight[lines] if parts is None else parts[lines]))
    claimant = groups[:, 0].astype(np.int64)
    starts = np.searchsorted(claimant, np.arange(len(held) + 1)).astype(np.int64)
    weighs = np.add.reduceat(np.append(weight, 0), starts[:-1]) * (np.diff(starts) > 0)
    kinds = lots(uses.kinds)

    def lot(some: Ints) -> Lots:
        by_work = drawn(uses.holder_lots[claimant[some]], uses.work_lots[groups[some, 2]])
        return drawn(by_work, kinds[groups[some, 1]])

    shared = apportion_groups(np.where(weighs > 0, np.abs(held), 0), starts, weight, lot)
    known = len(uses.holders)
    return tuple(
        HeldMoney(
            uses.kinds[kind],
            uses.works[work],
            uses.holders[owner] if owner < known else "",
            int(amount) * (1 if held[owner] >= 0 else -1),
        )
        for (owner, kind, work), amount in zip(groups.tolist(), shared)
        if amount
    )


def _total(amounts: Ints) -> int:
    if amounts.size and float(np.abs(amounts.astype(np.float64)).sum()) > 9.0e18:
        found = "the pool is larger than 9e12 main units"
        raise InputError(InputFault(Place(key="pool"), found, fix="Settle it in parts."))
    return int(amounts.sum())


def _claimed(weight: Ints) -> Ints:
    """Weights of claims; what was taken back beyond what was used claims nothing."""
    return np.maximum(weight, 0)


def pro_rata_pots(uses: Uses, fees: Ints) -> Pots:
    """One pot of all fees; a claim is a holder, by weight of use over the whole service."""
    size = len(uses.holders) + len(uses.unmatched)
    weight = _claimed(_sum_by(uses.holder, uses.weight, size))
    disputed = _sum_by(uses.holder, _disputed_weight(uses), size)
    held = _sum_by(uses.holder, _held_weight(uses), size)
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
        held[claims],
        lambda lines: drawn(pot, uses.holder_lots[claims[lines]]),
    )


def user_centric_pots(uses: Uses, fees: Ints) -> Pots:
    """One pot per user, the fee; a claim is a holder, by weight of that user's use."""
    of, by_user = uses.user_of_line, uses.by_user_and_holder
    shape = (len(uses.users), len(uses.holders) + len(uses.unmatched))
    # users beyond the log's own pay fees and use nothing
    starts = np.append(
        by_user.starts, np.full(shape[0] + 1 - len(by_user.starts), by_user.starts[-1])
    )
    holder = by_user.column
    user = np.repeat(np.arange(shape[0], dtype=np.int64), np.diff(starts))
    weight = _claimed(by_user.weight)
    # A user without a use has no claims on the fee; it stays undistributed.
    claimed = np.add.reduceat(np.append(weight, 0), starts[:-1]) * (np.diff(starts) > 0)
    totals = np.where(claimed > 0, fees, 0)
    keys = user * shape[1] + holder  # claims are sorted by user, then holder

    def of_lines(marked: Flags) -> Ints:
        total = np.zeros(holder.size, dtype=np.int64)
        some = np.flatnonzero(marked)
        line = of[some].astype(np.int64) * shape[1] + uses.holder[some]
        np.add.at(total, np.searchsorted(keys, line), np.maximum(uses.weight[some], 0))
        return total

    return Pots(
        totals,
        starts,
        holder,
        weight,
        of_lines(_disputed_weight(uses) != 0),
        of_lines(_held_weight(uses) != 0),
        lambda lines: drawn(uses.user_lots[user[lines]], uses.holder_lots[holder[lines]]),
    )


def equal_split_pots(uses: Uses, fees: Ints) -> Pots:
    """One pot per user, the fee; equal claims of the holders that user used."""
    pots = user_centric_pots(uses, fees)
    # Equal parts; a dispute over a share of the holder's use reserves that share of the holder's
    # part, so both are scaled to the same whole.
    scale = 1_000_000
    used = pots.weight > 0

    def scaled(part: Ints) -> Ints:
        found = np.zeros_like(pots.weight)
        some = np.flatnonzero((part > 0) & used)
        whole = np.full(some.size, scale, dtype=np.int64)
        found[some] = _ceil_share(whole, part[some], pots.weight[some])
        return found

    return Pots(
        pots.totals,
        pots.starts,
        pots.holder,
        np.where(used, scale, 0),
        scaled(pots.disputed),
        scaled(pots.held),
        pots.lot,
    )


def per_use_pots(uses: Uses) -> Pots:
    """One pot per use, its price; a claim is a line of the use, by the weight of its work."""
    return Pots(
        uses.price,
        uses.starts,
        uses.holder.astype(np.int64),
        np.abs(uses.weight),
        np.abs(_disputed_weight(uses)),
        np.abs(_held_weight(uses)),
        lambda lines: drawn(
            drawn(
                uses.use_lots(np.searchsorted(uses.starts, lines, side="right") - 1),
                uses.work_lots[uses.work[lines]],
            ),
            uses.holder_lots[uses.holder[lines]],
        ),
    )


FEE_RULES: dict[Rule, Callable[[Uses, Ints], Pots]] = {
    "pro_rata": pro_rata_pots,
    "user_centric": user_centric_pots,
    "equal_split": equal_split_pots,
}
"""The rules that share out fees; `per_use` shares out prices."""


def _reserves(uses: Uses) -> Flags:
    """Lines whose use is disputed and whose holder is known: a reserve is somebody's. Of a work
    without a holder all money is held, disputed or not.
    """
    disputed = np.repeat(uses.disputed, np.diff(uses.starts))
    return np.asarray(disputed & (uses.holder < len(uses.holders)))


def _disputed_weight(uses: Uses) -> Ints:
    """The weight of each line that is reserved for a dispute, 0 elsewhere."""
    if not uses.disputed.any():
        return np.zeros(len(uses.weight), dtype=np.int64)
    return np.where(_reserves(uses), uses.weight, 0)


def _held_weight(uses: Uses) -> Ints:
    """The weight of each line that waits and is not disputed, 0 elsewhere."""
    if not (uses.waits >= 0).any():
        return np.zeros(len(uses.weight), dtype=np.int64)
    return np.where((uses.waits >= 0) & ~_reserves(uses), uses.weight, 0)


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
    shape = (len(uses.holders) + len(uses.unmatched), len(uses.works))
    pairs = uses.by_holder_and_work
    starts, work, weight = pairs.starts, pairs.column, pairs.weight
    holder = np.repeat(np.arange(shape[0], dtype=np.int64), np.diff(starts))
    if parts is None:
        claimed = _claimed(weight)
        some = np.add.reduceat(np.append(claimed, 0), starts[:-1]) * (np.diff(starts) > 0) > 0
        money = apportion_groups(
            np.where(some, np.abs(earned), 0),
            starts,
            claimed,
            lambda lines: drawn(uses.holder_lots[holder[lines]], uses.work_lots[work[lines]]),
        )
        return holder, work, weight, money * np.repeat(np.sign(earned), np.diff(starts))
    # The same pattern of pairs, so the money falls into the same places (a pair that earned 0 is
    # kept by not pruning).
    paid = grid(uses.holder, uses.work, parts, shape)
    return holder, work, weight, paid.weight
