"""Does the score that a platform declares as its own really rank?

Money moves items past one another only where they differ in money. So among items of one answer
that are paid alike, neighbours must stand in the order of the score: the share that stands against
it is nought if the score ranks. A share above `AGAINST` has two explanations that the log cannot
tell apart, chance and a part of the score that was not logged; one who knows that it is chance
declares the score complete. That is tested too: another column that predicts the rank beyond a
complete score is a part of it that was kept back.

A declared score that neither ranks nor is complete is one more proxy of relevance, no more: half a
score leaves the other half as an unseen driver, and accuses every honest platform.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import f as fisher

from headrace.core.arrays import Floats
from headrace.trust.covariance import Moments
from headrace.trust.features import chunks
from headrace.trust.log import AuditLog

AGAINST = 0.01
BEYOND = 0.02  # share of rank that another column may explain beyond a complete score
ALARM = 1e-3
_SAMPLE = 200_000


@dataclass(frozen=True)
class DeclaredScore:
    """What the log says of a declared score.

    against: share of neighbours paid alike that do not stand in the order of the score, ties of the
        score among them [0..1]
    beyond: the column that explains most of rank beyond the score, "" for none, and its share [1]
    """

    against: float
    beyond: str
    share: float
    complete: bool

    @property
    def ranks(self) -> bool:
        """Whether it may be held to be all that ranks besides chance."""
        return self.against <= AGAINST or (self.complete and not self.beyond)

    def sentence(self) -> str:
        """What was found, in words."""
        order = f"{self.against:.1%} of neighbours paid alike are not in the declared score's order"
        if self.against <= AGAINST:
            return f"the declared score ranks ({order})"
        if self.beyond:
            return (
                f"{self.beyond} explains {self.share:.1%} of rank beyond the declared score: it is "
                "not all that ranks, and is read as one more proxy"
            )
        if self.complete:
            return f"{order}, by chance alone as declared"
        return (
            f"{order}: chance, or a part of the score that was not logged, so it is read as one "
            "more proxy (declare it complete if the rest is chance)"
        )


def examine(log: AuditLog, known: Moments) -> DeclaredScore:
    """Whether the declared score ranks. Raises IndexError for a log without one."""
    where, names = known.where, log.columns
    own = tuple(c for j in range(len(names.platform_score)) for c in where.block(j))
    outcome = where.outcome("places")
    alone = known.left_over(outcome, own)
    most, share = "", 0.0
    for j, name in enumerate(names.covariates):
        if name in names.platform_score or name in names.also:
            continue
        more = known.left_over(outcome, (*own, *where.block(j)))
        told = 1.0 - more / alone if alone > 0 else 0.0
        columns = len(where.block(j))
        ratio = told / max(1.0 - told, 1e-12) * known.freedom / columns
        if told > max(share, BEYOND) and fisher.sf(ratio, columns, known.freedom) < ALARM:
            most, share = name, told
    return DeclaredScore(_against(log, known, own), most, share, names.score_is_complete)


def _against(log: AuditLog, known: Moments, own: tuple[int, ...]) -> float:
    """Share of neighbours [1] paid alike whose order the score does not give."""
    where = known.where
    if len(log.columns.platform_score) == 1:
        load = np.zeros(where.columns)
        load[where.block(0, linear=True)[0]] = np.sign(known.gram[0, where.outcome("places")])
    else:
        load = np.zeros(where.columns)
        load[list(own)] = known.fit(where.outcome("places"), own)
    against = pairs = 0
    also = [
        where.block(log.columns.covariates.index(name), linear=True)[0] for name in log.columns.also
    ]
    for chunk in chunks(log, where):
        rows = slice(0, min(len(chunk.values), max(2, _SAMPLE - pairs)))
        values = chunk.values[rows]
        score, place = values @ load, -values[:, where.outcome("places")]
        state: Floats = np.round(values[:, [where.paid, *also]], 9)
        query = np.zeros(len(values), dtype=np.int64)
        query[chunk.starts[chunk.starts < len(values)]] = 1
        query = np.cumsum(query)
        order = np.lexsort((place, *state.T, query))
        query, state, place = query[order], state[order], place[order]
        alike = (np.diff(query) == 0) & (np.diff(place) > 1e-9)
        alike &= (np.abs(np.diff(state, axis=0)) < 1e-9).all(axis=1)
        step = np.diff(score[order])
        # A tie explains no order either: whatever ranks within it was not logged.
        against += int(np.sum(alike & (step > -1e-9 * np.abs(score).max())))
        pairs += int(alike.sum())
        if pairs >= _SAMPLE // 2:
            break
    return against / pairs if pairs else 1.0
