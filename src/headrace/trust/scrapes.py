"""Logs as scrapes are: gaps, shared places, lists cut at the page, values that are missing.

All that is done to them is told; what is missing more often where money is counts as evidence.

places    gaps are closed (other modules stood there); items that share a place get the middle of
          the places they take; an item without a place stands below everything shown, tied
missing   a missing relevance takes the mean of its column, and a column "NAME is missing" beside it
          is held equal as well; an item without a declared score is left out, for what is not seen
          of it would pass for money where the score counts as all that ranks
cut       a list cut at the page compares only what was shown: what money does for getting in is
          not in it, and payers who got in by money make paid look the worse
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats
from headrace.trust.log import AuditLog, RowCodes, from_arrays

CUT_SHARE = 0.5  # of lists that end at the same, deepest place


def closed_up(log: AuditLog) -> AuditLog:
    """The log with whole or shared places 1, 2, ... and no missing relevance, and what was done as
    `notes`. NaN in `rank` is "not shown", NaN in a covariate is "missing".
    """
    log = _without_unscored(log)
    if not log.rows:
        return log
    rank = log.rank.astype(np.float64)
    places = middle_places(rank, log)
    notes = tuple(_told_of_places(rank, log))
    if log.answers is not None:
        told = f"items are ranked within {log.columns.slot}, {log.lists:,} lists in all"
        notes += (f"{told}; which slot an item is put in is not judged",)
    return _filled(replace(log, rank=places, notes=(*log.notes, *notes)))


def _without_unscored(log: AuditLog) -> AuditLog:
    """The log without the items that lack a declared score. Who is left is told apart by score and
    pay, not by luck, so that comparing them alone accuses nobody.
    """
    names = log.columns
    own = [names.covariates.index(name) for name in names.platform_score]
    missing: NDArray[np.bool_] = np.asarray(np.isnan(log.covariates[:, own]).any(axis=1), bool)
    if not missing.any():
        return log
    of_list = np.repeat(np.arange(log.lists), log.sizes)
    query, slot = of_list, None
    if log.answers is not None:
        answers = np.repeat(np.arange(log.queries), np.diff(log.answers))
        query, slot = answers[of_list], of_list[~missing]
    group = None if log.group is None else log.group[~missing]
    left = from_arrays(
        query[~missing],
        log.rank[~missing],
        log.paid[~missing],
        log.covariates[~missing],
        None if log.propensity is None else log.propensity[~missing],
        names,
        log.name,
        RowCodes(slot, group, log.labels),
    )
    told = told_of_missing(" or ".join(names.platform_score), missing, log)
    notes = (*log.notes, f"{told}; these {int(missing.sum()):,} items are left out")
    return replace(left, dropped=left.dropped + log.dropped, notes=notes)


def middle_places(rank: Floats, log: AuditLog) -> Floats:
    """Places 1, 2, ... within each list [1], the middle of those shared, shape (rows,).

    rank: places as seen [1], NaN for an item that was not shown.
    """
    of_list = np.repeat(np.arange(log.lists), log.sizes)
    seen = np.where(np.isnan(rank), math.inf, rank)
    order = np.lexsort((seen, of_list))
    key, where = seen[order], of_list[order]
    new = np.ones(len(rank), dtype=bool)
    new[1:] = (key[1:] != key[:-1]) | (where[1:] != where[:-1])
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(rank)) - 1
    middle = (first + last) / 2.0 - log.starts[where[first]] + 1.0
    places = np.empty(len(rank))
    places[order] = np.repeat(middle, last - first + 1)
    return places


def _told_of_places(rank: Floats, log: AuditLog) -> list[str]:
    first = log.starts[:-1]
    shown = ~np.isnan(rank)
    deepest = np.fmax.reduceat(rank, first)
    count = np.add.reduceat(shown.astype(np.int64), first)
    of_list = np.repeat(np.arange(log.lists), log.sizes)
    order = np.lexsort((rank[shown], of_list[shown]))
    places, lists = rank[shown][order], of_list[shown][order]
    new = np.ones(len(places), dtype=bool)
    new[1:] = (np.diff(places) != 0) | (np.diff(lists) != 0)
    distinct = np.bincount(lists[new], minlength=log.lists)
    gaps = int(np.sum((count > 0) & (deepest > distinct)))
    shared = int(shown.sum() - distinct.sum())
    hidden = int((~shown).sum())
    notes = []
    if gaps:
        notes.append(f"gaps in {gaps:,} of {log.lists:,} lists are closed")
    if shared:
        notes.append(f"{shared:,} items share the place of another and take the middle")
    if hidden:
        notes.append(f"{hidden:,} items without a place stand below what was shown, tied")
    else:
        last = float(np.nanmax(deepest))
        ends = float(np.mean(deepest == last))
        if ends >= CUT_SHARE:
            notes.append(
                f"{ends:.0%} of lists end at place {last:g}: if they are cut there, what paying "
                "does for getting in is not seen"
            )
    return notes


def _filled(log: AuditLog) -> AuditLog:
    names, columns, notes = log.columns, [], []
    relevance = list(names.relevance)
    extra: list[Floats] = []
    for j, name in enumerate(names.covariates):
        values = log.covariates[:, j]
        missing = np.isnan(values)
        if not missing.any() or missing.all() or name in names.also:
            columns.append(values)
            continue
        columns.append(np.where(missing, values[~missing].mean(), values))
        extra.append(missing.astype(np.float64))
        relevance.append(f"{name} is missing")
        notes.append(told_of_missing(name, missing, log))
    if not extra:
        return log
    split = len(names.covariates) - len([n for n in names.also if n not in names.relevance])
    table = np.column_stack([*columns[:split], *extra, *columns[split:]])
    named = replace(names, relevance=tuple(relevance))
    return replace(log, covariates=table, columns=named, notes=(*log.notes, *notes))


def told_of_missing(name: str, missing: NDArray[np.bool_], log: AuditLog) -> str:
    """The share of paid and of other rows in which a column is missing, and whether they differ by
    more than chance, list by list. missing: shape (rows,).
    """
    total = f"{name} is missing in {missing.mean():.1%} of rows"
    if log.columns.step:
        return total
    paid = log.paid == 1.0
    first = log.starts[:-1]
    lack: Floats = missing - np.repeat(np.add.reduceat(missing, first) / log.sizes, log.sizes)
    pays: Floats = log.paid - np.repeat(np.add.reduceat(log.paid, first) / log.sizes, log.sizes)
    sums = np.add.reduceat(lack * pays, first)
    spread = math.sqrt(float(np.sum(sums**2)))
    z = float(sums.sum()) / spread if spread > 0 else 0.0
    of_paid = missing[paid].mean() if paid.any() else 0.0
    of_rest = missing[~paid].mean() if not paid.all() else 0.0
    told = f"{name} is missing in {of_paid:.1%} of paid and {of_rest:.1%} of other rows (z {z:.1f})"
    if abs(z) < 3.0:
        return told
    return f"{told}: what is hidden where money is, is evidence of its own"


def in_steps(log: AuditLog) -> AuditLog:
    """The log with its amounts in standard deviations within lists, where they vary there."""
    names = log.columns
    if not names.amounts or not log.rows:
        return log
    table = log.covariates.copy()
    for j, name in enumerate(names.covariates):
        if name in names.amounts:
            table[:, j] /= _spread(table[:, j], log)
    paid = log.paid / _spread(log.paid, log) if names.step else log.paid
    return replace(log, paid=paid, covariates=table)


def _spread(values: Floats, log: AuditLog) -> float:
    means = np.add.reduceat(values, log.starts[:-1]) / log.sizes
    spread = float(np.std(values - np.repeat(means, log.sizes)))
    return spread if spread > 0 and math.isfinite(spread) else 1.0
