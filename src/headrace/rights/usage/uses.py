"""Uses as columns: who generated what, with which works, at what price and when.

A use is one generation. It has one or more lines, one per work that was used, with weights in
millionths that add up to exactly one million. Matching a generation to works is an input: this room
is told the works, it does not detect them. Names stand once, in tuples; columns hold positions in
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Flags, Ints
from headrace.rights.money import Lots, drawn, lots

Positions = NDArray[np.int32]

#: Weights of a use add up to this.
WHOLE = 1_000_000


@dataclass(frozen=True)
class Uses:
    """A checked log of uses in one currency.

    users, works, holders: names, each once. user, price [micro-units], at [microseconds since 1970,
        UTC], disputed: shape (use,).
    starts: first line of each use, shape (use + 1,). work, holder, weight [millionths of the use]:
        shape (line,).
    """

    currency: str
    users: tuple[str, ...]
    works: tuple[str, ...]
    holders: tuple[str, ...]
    user: Positions
    price: Ints
    at: Ints
    disputed: Flags
    starts: Ints
    work: Positions
    holder: Positions
    weight: Ints

    @property
    def count(self) -> int:
        """How many uses."""
        return len(self.user)

    @cached_property
    def user_lots(self) -> Lots:
        """A lot per user, from the name."""
        return lots(self.users)

    @cached_property
    def work_lots(self) -> Lots:
        """A lot per work, from the name."""
        return lots(self.works)

    @cached_property
    def holder_lots(self) -> Lots:
        """A lot per holder, from the name."""
        return lots(self.holders)

    def use_lots(self, uses: Ints) -> Lots:
        """A lot per use, drawn by what stands in it (user, time, price), not by its row: the order
        of rows changes nothing.
        """
        with np.errstate(over="ignore"):
            content = self.at[uses].astype(np.uint64) + self.price[uses].astype(np.uint64)
        return drawn(self.user_lots[self.user[uses]], content)

    def use_of_line(self) -> Ints:
        """The use that each line belongs to, shape (line,)."""
        return np.repeat(np.arange(self.count, dtype=np.int64), np.diff(self.starts))

    def take(self, order: Sequence[int] | Ints) -> Uses:
        """These uses only, in this order; the names stay."""
        chosen = np.asarray(order, dtype=np.int64)
        counts = np.diff(self.starts)[chosen]
        starts = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
        lines = np.arange(starts[-1], dtype=np.int64) + np.repeat(
            self.starts[:-1][chosen] - starts[:-1], counts
        )
        columns = {
            name: getattr(self, name)[chosen] for name in ("user", "price", "at", "disputed")
        }
        columns |= {name: getattr(self, name)[lines] for name in ("work", "holder", "weight")}
        return replace(self, starts=starts, **columns)


def join(first: Uses, second: Uses) -> Uses:
    """Both logs in one; names that stand in both are one.

    Raises ValueError where the currencies differ.
    """
    if first.currency != second.currency:
        raise ValueError(
            f"uses in {first.currency} and in {second.currency} cannot stand in one log"
        )
    users, user = _merged(first.users, second.users)
    works, work = _merged(first.works, second.works)
    holders, holder = _merged(first.holders, second.holders)
    return Uses(
        currency=first.currency,
        users=users,
        works=works,
        holders=holders,
        user=np.concatenate((first.user, user[second.user])),
        price=np.concatenate((first.price, second.price)),
        at=np.concatenate((first.at, second.at)),
        disputed=np.concatenate((first.disputed, second.disputed)),
        starts=np.concatenate((first.starts, first.starts[-1] + second.starts[1:])),
        work=np.concatenate((first.work, work[second.work])),
        holder=np.concatenate((first.holder, holder[second.holder])),
        weight=np.concatenate((first.weight, second.weight)),
    )


def _merged(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[tuple[str, ...], Positions]:
    """All names once, and where each name of the second stands among them."""
    place = {name: i for i, name in enumerate(first)}
    for name in second:
        place.setdefault(name, len(place))
    return tuple(place), np.array([place[name] for name in second], dtype=np.int32)
