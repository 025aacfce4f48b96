"""Columns of the regressions: relevance as splines, paid, and three ways to read a rank; all
centred within the query.

Centring within the query removes everything that is constant there (commercial queries carry more
ads, long lists have lower places), so no model of the query is needed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from headrace.core.arrays import Floats
from headrace.trust.log import AuditLog, Ranks

Outcome = Literal["places", "normal", "top"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

KNOTS = (0.05, 0.275, 0.5, 0.725, 0.95)  # Harrell's five, as quantiles
WIDTH = len(KNOTS) - 1  # columns per covariate: itself and three restricted cubic pieces
_SAMPLE = 200_000
_CHUNK_ROWS = 200_000


@dataclass(frozen=True)
class Frame:
    """Where each column stands, and the scale of each covariate.

    centre, scale: mean and standard deviation of a covariate, shape (covariates,)
    knots: spline knots of the scaled covariate, shape (covariates, 5)
    """

    centre: Floats
    scale: Floats
    knots: Floats
    randomised: bool

    @property
    def covariates(self) -> int:
        """Number of relevance columns."""
        return len(self.centre)

    @property
    def paid(self) -> int:
        """Column of the paid flag."""
        return self.covariates * WIDTH

    @property
    def surprise(self) -> int:
        """Column of paid minus its logged propensity; without one, of the paid flag itself."""
        return self.paid + int(self.randomised)

    def outcome(self, name: Outcome) -> int:
        """Column of one reading of the rank."""
        return self.surprise + 1 + OUTCOMES.index(name)

    @property
    def columns(self) -> int:
        """Number of columns in all."""
        return self.surprise + 1 + len(OUTCOMES)

    def block(self, covariate: int, linear: bool = False) -> tuple[int, ...]:
        """Columns of one covariate: only itself, or itself and its spline pieces."""
        first = covariate * WIDTH
        return (first,) if linear else tuple(range(first, first + WIDTH))


def frame(log: AuditLog) -> Frame:
    """Scales and knots from at most 200,000 rows spread evenly over the log."""
    step = max(1, log.rows // _SAMPLE)
    sample = log.covariates[::step]
    # In units of the largest value: squares of 1e300 and 1e-300 are no numbers.
    largest = np.abs(sample).max(axis=0, initial=0.0)
    largest = np.where(largest > 0, largest, 1.0)
    centre = (sample / largest).mean(axis=0) * largest
    scale = (sample / largest).std(axis=0) * largest
    scale = np.where(scale > 0, scale, 1.0)
    knots = (
        np.quantile((sample - centre) / scale, KNOTS, axis=0).T
        if sample.size
        else np.zeros((sample.shape[1], len(KNOTS)))
    )
    return Frame(centre, scale, np.ascontiguousarray(knots), log.propensity is not None)


@dataclass(frozen=True)
class Chunk:
    """Some whole answers: their columns, centred within lists, shape (rows, columns), and the first
    row of each list within them. answers: first list of each answer within them, None where each
    list is an answer.
    """

    values: Floats
    starts: NDArray[np.int64]
    rows: slice
    answers: NDArray[np.int64] | None = None

    def sums(self, values: Floats) -> Floats:
        """Sums over the rows of each answer [unit of values], shape (answers, columns)."""
        lists = per_query(values, self.starts, len(values))
        if self.answers is None:
            return lists
        joined: Floats = np.add.reduceat(lists, self.answers, axis=0)
        return joined


def chunks(log: AuditLog, where: Frame) -> Iterator[Chunk]:
    """The log in pieces of about 200,000 rows that never split a query."""
    cuts = np.searchsorted(log.starts, np.arange(0, log.rows, _CHUNK_ROWS), side="left")
    cuts = np.unique(np.append(cuts, log.lists))
    if log.answers is not None:
        cuts = log.answers[np.unique(np.searchsorted(log.answers, cuts))]
    for low, high in itertools.pairwise(cuts):
        rows = slice(int(log.starts[low]), int(log.starts[high]))
        starts = log.starts[low : high + 1] - log.starts[low]
        sizes = np.diff(starts)
        values = _columns(log, where, rows, sizes)
        means = per_query(values, starts[:-1], len(values)) / sizes[:, None]
        values -= np.repeat(means, sizes, axis=0)
        answers = None
        if log.answers is not None:
            inside = slice(*np.searchsorted(log.answers, (low, high)))
            answers = log.answers[inside] - low
        yield Chunk(values, starts[:-1], rows, answers)


def _columns(log: AuditLog, where: Frame, rows: slice, sizes: NDArray[np.int64]) -> Floats:
    out = np.empty((rows.stop - rows.start, where.columns))
    for j in range(where.covariates):
        x = (log.covariates[rows, j] - where.centre[j]) / where.scale[j]
        out[:, where.block(j)] = restricted_cubic_spline(x, where.knots[j])
    out[:, where.paid] = log.paid[rows]
    if log.propensity is not None:
        out[:, where.surprise] = log.paid[rows] - log.propensity[rows]
    rank, size = log.rank[rows].astype(np.float64), np.repeat(sizes, sizes).astype(np.float64)
    out[:, where.outcome("places")] = -rank
    out[:, where.outcome("normal")] = normal_scores(log.rank[rows], sizes)
    out[:, where.outcome("top")] = rank <= np.maximum(1.0, np.floor(size / 3.0))
    return out


def restricted_cubic_spline(x: Floats, knots: Floats) -> Floats:
    """Restricted cubic spline [unit of x]: x, and one column per inner knot, linear beyond outer
    knots, shape (len(x), 4).

    Source: Harrell, Regression Modeling Strategies (2015), section 2.4.5. Knots that coincide give
        zero columns.
    """
    last, before = knots[-1], knots[-2]
    out = np.zeros((len(x), WIDTH))
    out[:, 0] = x
    width = last - knots[0]
    if width <= 0 or last <= before:
        return out
    tail, near = _cubed(x - last), _cubed(x - before)
    for k, knot in enumerate(knots[:-2]):
        piece = (
            _cubed(x - knot)
            - near * ((last - knot) / (last - before))
            + tail * ((before - knot) / (last - before))
        )
        out[:, k + 1] = piece / width**2
    return out


def _cubed(x: Floats) -> Floats:
    """Cube of the positive part. Multiplied out: a power of 3 takes the slow road of numpy."""
    part: Floats = np.maximum(x, 0.0)
    return part * part * part


def per_query(values: Floats, starts: NDArray[np.int64], rows: int) -> Floats:
    """Sums over the rows of each query [unit of values], shape (queries, columns).

    starts: first row of each query.
    """
    size = rows // len(starts)
    if starts[-1] == rows - size and np.array_equal(starts, np.arange(0, rows, size)):
        # Answers of one length, the common case: a reshape is several times faster than reduceat.
        equal: Floats = np.einsum("qic->qc", values.reshape(len(starts), size, values.shape[1]))
        return equal
    ragged: Floats = np.add.reduceat(values, starts, axis=0)
    return ragged


def normal_scores(rank: Ranks, sizes: NDArray[np.int64]) -> Floats:
    """-Phi^-1((rank - 1/2) / size) [1], looked up where lists are short and places are whole.

    sizes: rows of each query.
    """
    longest = int(sizes.max())
    size = np.repeat(sizes, sizes)
    if rank.dtype.kind == "f" or longest > 1000 or longest * longest > len(rank):
        scores: Floats = -ndtri((rank - 0.5) / size)
        return scores
    places, lengths = np.arange(1, longest + 1), np.arange(1, longest + 1)
    # cells beyond the length are never read
    table: Floats = -ndtri(np.minimum((places[None, :] - 0.5) / lengths[:, None], 1.0))
    looked_up: Floats = table[size - 1, rank - 1]
    return looked_up
