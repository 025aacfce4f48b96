"""The log under audit: which column plays which part, and the rows as arrays sorted by query.

A log is a table of answers: one row per shown item, one `query` per answer, `rank` 1 at the top.
What the auditor may conclude depends on what a relevance column *is*, so the person who runs the
audit declares it:

`relevance`       what an outsider can see of relevance (a rating, a price): a proxy, possibly
                  measured with noise
`platform_score`  the score the platform itself logged *before* money came in; whether it is what
                  ranks is tested (`declared_score`)
`propensity`      the probability with which `paid` was switched on by a logged randomisation
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats

Ranks = NDArray[np.int32] | NDArray[np.float64]


@dataclass(frozen=True)
class Columns:
    """Names of the columns of a log.

    query: the answer an item was shown in; clusters of the test.
    rank: place in the answer, 1 = top, no gaps, no ties.
    paid: 0/1 or boolean, whether somebody paid for the item.
    relevance: proxies of relevance (comma separated on the command line).
    platform_score: the platform's own scores from before money came in.
    propensity: probability of paid, where paid was randomised.
    benchmark: covariates that measure how strong a hidden driver could be; empty means every
        relevance column.
    score_is_complete: the platform's score is all that ranks besides chance, on somebody's word.
    also: further things that are paid for; held equal, never a yardstick.
    amounts: those of `paid` and `also` that are amounts (spend), not flags.
    slot: the part of the page (organic, carousel); items are ranked within their part of an answer.
    by: a column by whose values the effect is told apart (market, device).
    scraped: the log is a scrape, with gaps, ties, empty places and missing values.
    """

    query: str = "query"
    rank: str = "rank"
    paid: str = "paid"
    relevance: tuple[str, ...] = ()
    platform_score: tuple[str, ...] = ()
    propensity: str = ""
    benchmark: tuple[str, ...] = ()
    score_is_complete: bool = False
    also: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    slot: str = ""
    by: str = ""
    scraped: bool = False

    @property
    def step(self) -> str:
        """What a unit of `paid` is where it is an amount; "" for a flag."""
        return f"standard deviation of {self.paid}" if self.paid in self.amounts else ""

    @property
    def covariates(self) -> tuple[str, ...]:
        """Every column that is held equal: the platform's own scores, relevance, other payments."""
        return tuple(dict.fromkeys((*self.platform_score, *self.relevance, *self.also)))

    def benchmark_groups(self) -> dict[str, tuple[int, ...]]:
        """Covariates (their places) by benchmark: those named by the user, or each relevance
        column, and everything together.
        """
        names = self.benchmark or tuple(n for n in self.covariates if n not in self.also)
        groups: dict[str, tuple[int, ...]] = {}
        for name in names:
            groups[name] = (self.covariates.index(name),)
        if len(groups) > 1:
            groups["everything seen together"] = tuple(
                j for group in groups.values() for j in group
            )
        return groups


@dataclass(frozen=True)
class AuditLog:
    """Rows sorted by query. A list is what is ranked: an answer, or one slot of it.

    starts: first row of each list and the number of rows at the end, shape (lists + 1,)
    rank: place within the list [1 = top], shape (rows,); halves where places are shared
    paid: 0 or 1, or an amount, shape (rows,)
    covariates: relevance columns in the order of `columns.covariates`, shape (rows, covariates)
    propensity: P(paid = 1), shape (rows,), or None
    dropped: lists left out because they show fewer than two items
    answers: first list of each answer and the number of lists at the end, shape (queries + 1,);
        None where each list is an answer of its own
    group, labels: code of each row in `columns.by`, shape (rows,), and the values behind the codes
    notes: what was found, and done, when the log was read, in sentences
    """

    starts: NDArray[np.int64]
    rank: Ranks
    paid: Floats
    covariates: Floats
    propensity: Floats | None = None
    columns: Columns = field(default_factory=Columns)
    dropped: int = 0
    name: str = "log"
    notes: tuple[str, ...] = ()
    answers: NDArray[np.int64] | None = None
    group: NDArray[np.int64] | None = None
    labels: tuple[str, ...] = ()

    @property
    def lists(self) -> int:
        """Number of ranked lists."""
        return len(self.starts) - 1

    @property
    def queries(self) -> int:
        """Number of answers, the clusters of the test."""
        return self.lists if self.answers is None else len(self.answers) - 1

    @property
    def rows(self) -> int:
        """Number of shown items."""
        return len(self.rank)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Items per list, shape (lists,)."""
        return np.diff(self.starts)


@dataclass(frozen=True)
class RowCodes:
    """Codes of the columns `slot` and `by` in each row, shape (rows,), and the values behind those
    of `by`; None where there is no such column.
    """

    slot: NDArray[np.int64] | None = None
    group: NDArray[np.int64] | None = None
    labels: tuple[str, ...] = ()


def from_arrays(
    query: NDArray[np.int64],
    rank: Ranks,
    paid: Floats,
    covariates: Floats,
    propensity: Floats | None,
    columns: Columns,
    name: str = "log",
    codes: RowCodes = RowCodes(),
) -> AuditLog:
    """Sort rows by query and slot and drop lists that show fewer than two items (nothing can be
    ranked there).

    paid: 0 or 1, or an amount [1]; covariates [any unit], shape (rows, columns); propensity [1].
    """
    slot, group = codes.slot, codes.group
    order: NDArray[np.int64] | None = None
    if slot is not None:
        order = np.lexsort((slot, query))
    elif len(query) and np.any(np.diff(query) < 0):
        order = np.argsort(query, kind="stable")
    if order is not None:
        query, rank, paid, covariates = query[order], rank[order], paid[order], covariates[order]
        propensity = None if propensity is None else propensity[order]
        slot = None if slot is None else slot[order]
        group = None if group is None else group[order]
    new = np.diff(query) != 0
    if slot is not None:
        new |= np.diff(slot) != 0
    starts = _bounds(new, len(query))
    sizes = np.diff(starts)
    lonely = sizes < 2
    if lonely.any():
        keep = np.repeat(~lonely, sizes)
        query, rank, paid, covariates = query[keep], rank[keep], paid[keep], covariates[keep]
        propensity = None if propensity is None else propensity[keep]
        group = None if group is None else group[keep]
        starts = np.concatenate([[0], np.cumsum(sizes[~lonely])])
    firsts = query[starts[:-1]]
    answers = None if slot is None else _bounds(np.diff(firsts) != 0, len(firsts))
    return AuditLog(
        starts,
        rank,
        paid,
        covariates,
        propensity,
        columns,
        int(lonely.sum()),
        name,
        answers=answers,
        group=group,
        labels=codes.labels,
    )


def _bounds(new: NDArray[np.bool_], count: int) -> NDArray[np.int64]:
    """First of each run and the number of all; new: whether each but the first begins one."""
    ends = [count] if count else []
    return np.concatenate([[0], np.flatnonzero(new) + 1, ends]).astype(np.int64)
