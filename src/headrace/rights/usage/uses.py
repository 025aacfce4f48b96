"""Uses as columns: who generated what, with which works, at what price and when.

A use is one row of a log: one generation, or a count of them. It has one or more lines, one per
holder of each work that was used; their weights say how much they count. Matching a generation to
works is an input: this room is told the works, it does not detect them. Names stand once, in
tuples; columns hold positions in them.

Refused uses stand here too: their money waits, so they keep their claim on it. A holder's position
beyond the holders is a work whose holder nobody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from headrace.core.arrays import Flags, Ints
from headrace.rights.money import Lots, drawn, lots

Positions = NDArray[np.int32]

#: Weights of a use add up to this, unless a log says otherwise (`Uses.whole`).
WHOLE = 1_000_000


@dataclass(frozen=True)
class UseGrid:
    """Weights by row and column, row after row: columns and weights of row r stand at starts[r] to
    starts[r + 1].
    """

    starts: Ints
    column: Ints
    weight: Ints


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Uses:
    """A checked log of uses in one currency.

    users, works, holders: names, each once. unmatched: works without a known holder. kinds: reasons
        why money waits.
    user, price [micro-units of the row], at [microseconds since 1970, UTC], disputed, refused:
        shape (use,).
    starts: first line of each use, shape (use + 1,). work, holder, weight [1/whole of a use]; waits
        (position in kinds, -1 where nothing waits); royalty [millionths of its revenue that are
        owed] and least [micro-units owed at least]: shape (line,). What is left empty means that
        nothing is refused, nothing waits, all of the revenue is owed.
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
    whole: int = WHOLE
    unmatched: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    refused: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))
    waits: Ints = field(default_factory=_none)
    royalty: Ints = field(default_factory=_none)
    least: Ints = field(default_factory=_none)

    def __post_init__(self) -> None:
        lines = len(self.work)
        if len(self.refused) != self.count:
            object.__setattr__(self, "refused", np.zeros(self.count, dtype=bool))
        if len(self.waits) != lines:
            object.__setattr__(self, "waits", np.full(lines, -1, dtype=np.int64))

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
        """A lot per claimant: holders, then unmatched works; from the name."""
        return np.concatenate((lots(self.holders), lots(self.unmatched)))

    @property
    def accepted(self) -> Uses:
        """The uses that were not refused."""
        return self.take(np.flatnonzero(~self.refused)) if self.refused.any() else self

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

    @cached_property
    def user_of_line(self) -> Positions:
        """The user whose use each line belongs to, shape (line,)."""
        return np.repeat(self.user, np.diff(self.starts))

    @cached_property
    def by_user_and_holder(self) -> UseGrid:
        """Weight of use by user and claimant (holders, then unmatched works)."""
        shape = (len(self.users), len(self.holders) + len(self.unmatched))
        return grid(self.user_of_line, self.holder, self.weight, shape)

    @cached_property
    def by_holder_and_work(self) -> UseGrid:
        """Weight of use by claimant and work."""
        shape = (len(self.holders) + len(self.unmatched), len(self.works))
        return grid(self.holder, self.work, self.weight, shape)

    def take(self, order: Sequence[int] | Ints) -> Uses:
        """These uses only, in this order; the names stay."""
        chosen = np.asarray(order, dtype=np.int64)
        counts = np.diff(self.starts)[chosen]
        starts = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
        lines = np.arange(starts[-1], dtype=np.int64) + np.repeat(
            self.starts[:-1][chosen] - starts[:-1], counts
        )
        columns = {name: getattr(self, name)[chosen] for name in _BY_USE}
        columns |= {name: column[lines] for name in _BY_LINE if len(column := getattr(self, name))}
        return replace(self, starts=starts, **columns)


def grid(row: Positions, column: Positions, weight: Ints, shape: tuple[int, int]) -> UseGrid:
    """Weights added up by row and column; those that add up to 0 are kept."""
    cells = sparse.coo_array((weight, (row, column)), shape=shape).tocsr()
    cells.sort_indices()
    return UseGrid(
        cells.indptr.astype(np.int64),
        cells.indices.astype(np.int64),
        np.asarray(cells.data, dtype=np.int64),
    )


_BY_USE = ("user", "price", "at", "disputed", "refused")
_BY_LINE = ("work", "holder", "weight", "waits", "royalty", "least")
