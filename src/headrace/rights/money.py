"""Money as integers: micro-units of a currency, and splits that lose nothing.

1 micro-unit is a millionth of the currency's main unit: 0.01 USD is 10,000. Nothing in this room
holds money in a float. A sum is split by the largest-remainder method (Hamilton's): everybody gets
the floor of the exact share, and the few micro-units left go, one each, to the largest remainders.
Equal remainders are decided by a lot that anybody can draw again: a hash of the names concerned, so
the order of rows never matters and nobody is first by habit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation, Overflow

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Ints
from headrace.core.units import MOST_DIGITS

MICRO = 1_000_000
#: Largest amount in one posting or price, micro-units: a million million of the main unit.
LIMIT = 10**18

Lots = NDArray[np.uint64]
#: Lines -> their lots; asked only for the lines whose remainders are equal.
Drawer = Callable[[Ints], Lots]


class MoneyError(ValueError):
    """A written amount that is no exact number of micro-units."""


def micro(text: str | int | Decimal) -> int:
    """Micro-units of an amount written in main units ("0.01" is 10000).

    Raises MoneyError where it is not exact.
    """
    raw = str(text)
    if len(raw) > MOST_DIGITS:
        raise MoneyError(f"`{raw[:20]}...` has {len(raw):,} digits; at most {MOST_DIGITS}")
    try:
        value = Decimal(raw).scaleb(6)
    except (InvalidOperation, Overflow):
        raise MoneyError(f"`{text}` is not an amount") from None
    if not value.is_finite():
        raise MoneyError(f"`{text}` is not a finite amount")
    if abs(value) > LIMIT:
        raise MoneyError(f"`{text}` is larger than {LIMIT // MICRO:,} main units")
    if value != value.to_integral_value():
        raise MoneyError(f"`{text}` is finer than a micro-unit (6 decimals)")
    return int(value)


def written(amount: int) -> str:
    """An amount of micro-units in main units, six decimals: 10000 is "0.010000"."""
    sign = "-" if amount < 0 else ""
    whole, part = divmod(abs(int(amount)), MICRO)
    return f"{sign}{whole}.{part:06d}"


def lots(names: Sequence[str]) -> Lots:
    """A 64-bit lot per name (BLAKE2b), the same on every machine; shape (name,)."""
    raw = b"".join(hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(raw, dtype="<u8").astype(np.uint64)


def drawn(pot: Lots, holder: Lots) -> Lots:
    """The lot of each (pot, holder) pair: both lots mixed by the splitmix64 finaliser.

    Broadcasts.
    """
    with np.errstate(over="ignore"):
        x = pot + holder * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(x ^ (x >> np.uint64(31)), dtype=np.uint64)


def apportion(
    total: int, weights: Sequence[int], lot: Sequence[int] | None = None
) -> tuple[int, ...]:
    """`total` micro-units split by non-negative integer weights; the parts add up to `total`
    exactly.

    Any size of integer. `lot` decides between equal remainders, smaller first; without it, the
    earlier does. Raises ValueError where a weight is negative, or all are zero and there is
    something to split.
    """
    if total < 0 or any(w < 0 for w in weights):
        raise ValueError("a split needs a total and weights that are not negative")
    everything = sum(weights)
    if everything == 0:
        if total:
            raise ValueError(f"{total} micro-units and nobody to give them to")
        return (0,) * len(weights)
    shares = [divmod(total * w, everything) for w in weights]
    parts = [share for share, _ in shares]
    ranks = range(len(parts)) if lot is None else lot
    order = sorted(range(len(parts)), key=lambda i: (-shares[i][1], ranks[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return tuple(parts)


def apportion_groups(totals: Ints, starts: Ints, weights: Ints, lot: Drawer) -> Ints:
    """Many splits at once: group g has `totals[g]` micro-units and the weights
    `weights[starts[g]:starts[g+1]]`.

    Shapes: totals (group,), starts (group + 1,), weights (line,). Exact like `apportion`: products
        that do not fit 64 bits are done with Python's integers. A group without lines, or whose
        weights are all zero, must have a total of zero. Raises ValueError otherwise.
    """
    counts = np.diff(starts)
    sums = _sums(weights, starts)
    if np.any((sums == 0) & (totals > 0)):
        raise ValueError("a group has something to split and nobody to give it to")
    if weights.size == 0:
        return np.zeros(0, dtype=np.int64)
    group = np.repeat(np.arange(len(totals)), counts)
    base, rest = _floors(totals[group], weights, np.maximum(sums, 1)[group])
    left = totals - _sums(base, starts)
    # Rank the lines of the groups that still have something left: by remainder (larger first), then
    # by lot.
    open_lines = np.flatnonzero((left > 0)[group])
    if open_lines.size:
        order = _ranking(open_lines, group[open_lines], rest[open_lines], lot)
        ranked = group[order]
        first = np.flatnonzero(np.concatenate(([True], ranked[1:] != ranked[:-1])))
        rank = np.arange(order.size) - np.repeat(first, np.diff(np.append(first, order.size)))
        base[order[rank < left[ranked]]] += 1
    return base


def _ranking(lines: Ints, group: Ints, rest: Ints, lot: Drawer) -> Ints:
    """`lines` in the order of group, larger remainder, smaller lot, position. Groups come sorted.

    Group and remainder are packed into one integer where they fit: one fast sort instead of two.
    """
    span = int(rest.max()) + 1
    dense = np.cumsum(np.concatenate(([False], group[1:] != group[:-1])))
    if (int(dense[-1]) + 1) * span >= 2**63:
        return lines[np.lexsort((lot(lines), -rest, group))]
    key = dense * span + (span - 1 - rest)
    order = np.argsort(key)
    key, order = key[order], lines[order]
    same = key[1:] == key[:-1]
    tied = np.flatnonzero(np.concatenate((same, [False])) | np.concatenate(([False], same)))
    if tied.size:
        # Inside each run of equal keys by lot, packed into one integer with the number of the run.
        lines, key = order[tied], key[tied]
        drawn_lots = lot(lines)
        run = np.cumsum(np.concatenate(([False], key[1:] != key[:-1])))
        bits = 63 - int(run[-1]).bit_length()
        packed = (run << bits) | (drawn_lots >> np.uint64(64 - bits)).astype(np.int64)
        by_lot = np.argsort(packed)
        found = packed[by_lot]
        if (found[1:] == found[:-1]).any():  # two lots share all the bits that were kept
            by_lot = np.lexsort((lines, drawn_lots, run))
        order[tied] = lines[by_lot]
    return np.asarray(order, dtype=np.int64)


def _sums(values: Ints, starts: Ints) -> Ints:
    running = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(values)))
    return np.asarray(running[starts[1:]] - running[starts[:-1]], dtype=np.int64)


def _floors(total: Ints, weight: Ints, everything: Ints) -> tuple[Ints, Ints]:
    """Quotient and remainder of total * weight / everything, line by line."""
    if float(total.max()) * float(weight.max()) < 9.0e18:
        quotient, rest = np.divmod(total * weight, everything)
        return quotient, rest
    whole, part = np.divmod(total, everything)
    # total = whole * everything + part, so only part * weight can be too large for 64 bits.
    large = part.astype(np.float64) * weight.astype(np.float64) > 9.0e18
    if not large.any():
        quotient, rest = np.divmod(part * weight, everything)
        return whole * weight + quotient, rest
    small = ~large
    quotient, rest = np.zeros_like(total), np.zeros_like(total)
    quotient[small], rest[small] = np.divmod(part[small] * weight[small], everything[small])
    for i in np.flatnonzero(large):
        quotient[i], rest[i] = divmod(int(part[i]) * int(weight[i]), int(everything[i]))
    return whole * weight + quotient, rest
