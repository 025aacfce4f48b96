"""Errors on rows no law has seen, beside the library's and those of naive rules, asked one fair
question: the layouts that were run, for both.

    error       mean |predicted / measured - 1| over the rows that the library answers
    ratio       our error over the library's; its interval is that of 1,000 draws of whole groups
                (model x system x backend) with replacement, since rows of a group err together
    once        the same with each measurement counted once (592 stand in the table repeatedly)
    log ratio   mean |log(predicted / measured)| of the medians: an error of half weighs as much as
                one of double, which a relative error forgives

Naive rules, fitted on the same training rows: the speed of light times one factor (median ratio),
and times the median ratio of the five nearest training rows (nearest neighbour). What does not beat
them has learnt nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats, Ints
from headrace.models.step_time.cross_validation import Held, Kind, folds_of, least_relative
from headrace.models.step_time.measured_deployments import Silicon, library_answers
from headrace.models.step_time.roofline import RooflineTerms

NEAREST = 5
DRAWS = 1000
_SEED = 0


@dataclass(frozen=True)
class FairScore:
    """Errors [1] on held-out rows that the library answers. low, high: 90 % of draws of groups lie
    between; `once`: ratio with each measurement counted once, its interval beside it. better: in
    how many of `groups` our error is smaller.
    """

    kind: Kind
    rows: int
    ours: float
    median: float
    library: float
    physics: float
    median_ratio: float
    nearest: float
    ratio: float
    low: float
    high: float
    log_ratio: float
    measurements: int
    once: float
    once_low: float
    once_high: float
    groups: int
    better: int


@dataclass(frozen=True)
class FirstTokenScore:
    """Errors of TTFT [1] on the same rows: the least-relative-error answer, the median that `serve`
    uses, the library's, and our answer's ratio to it with its interval.
    """

    rows: int
    answer: float
    median: float
    library: float
    low: float
    high: float


def tpot_score(data: Silicon, held: Held, kind: Kind) -> FairScore:
    """TPOT of the rows that `kind` holds out."""
    rows, _, theirs = answered_rows(data, held)
    measured, groups = data.tpot[rows], np.array(data.group)[rows]
    flat, near = (rule[rows] for rule in naive_rules(data, kind))
    ours, library = _error(held.tpot_answer[rows], measured), _error(theirs, measured)
    first = np.unique(data.measurement[rows], return_index=True)[1]
    span = interval(ours, library, groups)
    once_span = interval(ours[first], library[first], groups[first])
    names = np.unique(groups)
    logs = [np.abs(np.log(times / measured)).mean() for times in (held.tpot[rows], theirs)]
    return FairScore(
        kind=kind,
        rows=len(rows),
        ours=float(ours.mean()),
        median=float(_error(held.tpot[rows], measured).mean()),
        library=float(library.mean()),
        physics=float(_error(held.tpot_physics[rows], measured).mean()),
        median_ratio=float(_error(flat, measured).mean()),
        nearest=float(_error(near, measured).mean()),
        ratio=float(ours.mean() / library.mean()),
        low=span[0],
        high=span[1],
        log_ratio=float(logs[0] / logs[1]),
        measurements=len(first),
        once=float(ours[first].mean() / library[first].mean()),
        once_low=once_span[0],
        once_high=once_span[1],
        groups=len(names),
        better=int(sum(ours[groups == n].mean() < library[groups == n].mean() for n in names)),
    )


def ttft_score(data: Silicon, held: Held) -> FirstTokenScore:
    """TTFT of the same rows."""
    rows, theirs, _ = answered_rows(data, held)
    measured, groups = data.ttft[rows], np.array(data.group)[rows]
    ours, library = _error(held.ttft_answer[rows], measured), _error(theirs, measured)
    return FirstTokenScore(
        len(rows),
        float(ours.mean()),
        float(_error(held.ttft[rows], measured).mean()),
        float(library.mean()),
        *interval(ours, library, groups),
    )


def answered_rows(data: Silicon, held: Held) -> tuple[Ints, Floats, Floats]:
    """Positions of rows that are held out and that the library answers, and its TTFT and TPOT [s]
    of them.
    """
    line, ttft, tpot = library_answers()
    place = {int(number): j for j, number in enumerate(line)}
    rows = np.array(
        [i for i, n in enumerate(data.row) if int(n) in place and np.isfinite(held.tpot[i])]
    )
    theirs = np.array([place[int(data.row[i])] for i in rows])
    return rows, ttft[theirs], tpot[theirs]


def interval(ours: Floats, theirs: Floats, groups: NDArray[np.str_]) -> tuple[float, float]:
    """Ends of the middle 90 % of mean(ours) / mean(theirs) over draws of whole groups with
    replacement; errors [1], shape (row,).
    """
    at = np.unique(groups, return_inverse=True)[1]
    sums = np.stack([np.bincount(at, weights=errors) for errors in (ours, theirs)])
    draws = np.random.default_rng(_SEED).integers(sums.shape[1], size=(DRAWS, sums.shape[1]))
    mine, other = sums[:, draws].sum(axis=2)
    low, high = np.quantile(mine / other, (0.05, 0.95))
    return float(low), float(high)


def naive_rules(data: Silicon, kind: Kind) -> tuple[Floats, Floats]:
    """TPOT [s] by the speed of light times one factor, and times the median factor of the nearest
    training rows; NaN where a row is in no fold.
    """
    light = np.maximum(data.terms.flop, data.terms.weights) + data.terms.cache
    where, factor = positions(data.terms, light), np.log(data.tpot / light)
    flat, near = (np.full(len(light), np.nan) for _ in range(2))
    for test in folds_of(data, kind):
        train = np.flatnonzero(~test)
        middle = float(np.median(factor[train]))
        flat[test] = light[test] * np.exp(middle + least_relative(factor[train] - middle))
        for i in np.flatnonzero(test):
            away = ((where[train] - where[i]) ** 2).sum(axis=1)
            closest = train[np.argpartition(away, NEAREST)[:NEAREST]]
            near[i] = light[i] * np.exp(np.median(factor[closest]))
    return flat, near


def positions(work: RooflineTerms, light: Floats) -> Floats:
    """Where a row stands among others: logarithms of loads, lengths and sizes, each scaled to one
    standard deviation; shape (row, feature).
    """
    width = work.tp * work.dp
    columns = np.stack(
        [
            *(
                np.log(v)
                for v in (work.batch / width, work.batch, work.isl, work.osl, width, light)
            ),
            *(work.log_active, work.log_bytes, (work.expert_layers > 0) * 1.0, work.disaggregated),
        ],
        axis=1,
    )
    return np.asarray((columns - columns.mean(0)) / np.maximum(columns.std(0), 1e-9))


def _error(predicted: Floats, measured: Floats) -> Floats:
    return np.abs(predicted / measured - 1.0)
