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
    """Rows sorted by query.

    starts: first row of each query and the number of rows at the end, shape (queries + 1,)
    rank: place within the query [1 = top], shape (rows,)
    paid: 0 or 1, shape (rows,)
    covariates: relevance columns in the order of `columns.covariates`, shape (rows, covariates)
    propensity: P(paid = 1), shape (rows,), or None
    dropped: queries left out because they show fewer than two items
    notes: what was found, and done, when the log was read, in sentences
    """

    starts: NDArray[np.int64]
    rank: NDArray[np.int32]
    paid: Floats
    covariates: Floats
    propensity: Floats | None = None
    columns: Columns = field(default_factory=Columns)
    dropped: int = 0
    name: str = "log"
    notes: tuple[str, ...] = ()

    @property
    def queries(self) -> int:
        """Number of answers."""
        return len(self.starts) - 1

    @property
    def rows(self) -> int:
        """Number of shown items."""
        return len(self.rank)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Items per query, shape (queries,)."""
        return np.diff(self.starts)


def from_arrays(
    query: NDArray[np.int64],
    rank: NDArray[np.int32],
    paid: Floats,
    covariates: Floats,
    propensity: Floats | None,
    columns: Columns,
    name: str = "log",
) -> AuditLog:
    """Sort rows by query and drop queries that show fewer than two items (nothing can be ranked
    there).

    paid: 0 or 1 [1]; covariates [any unit], shape (rows, columns); propensity [1].
    """
    if len(query) and np.any(np.diff(query) < 0):
        order = np.argsort(query, kind="stable")
        query, rank, paid, covariates = query[order], rank[order], paid[order], covariates[order]
        propensity = None if propensity is None else propensity[order]
    changes = np.flatnonzero(np.diff(query)) + 1
    starts = np.concatenate([[0], changes, [len(query)] if len(query) else []]).astype(np.int64)
    sizes = np.diff(starts)
    lonely = sizes < 2
    if lonely.any():
        keep = np.repeat(~lonely, sizes)
        rank, paid, covariates = rank[keep], paid[keep], covariates[keep]
        propensity = None if propensity is None else propensity[keep]
        starts = np.concatenate([[0], np.cumsum(sizes[~lonely])])
    return AuditLog(starts, rank, paid, covariates, propensity, columns, int(lonely.sum()), name)
