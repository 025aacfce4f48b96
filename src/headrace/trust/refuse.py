"""When the auditor refuses: logs from which nothing can be learnt, each with its reason; all
reasons at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from headrace.core.errors import InputError, InputFault, Place
from headrace.trust.log import AuditLog

FEWEST_QUERIES = 50
MOST_COVARIATES = 24
_LISTS_LOOKED_AT = 2000

_AFTER_RANKING = re.compile(
    r"(^|_)(clicks?|clicked|ctr|purchases?|purchased|bought|conversions?|converted|orders?|ordered"
    r"|dwell|impressions?|views?|viewed|add_?to_?cart|revenue|rank|position|slot)(_|$)",
    re.IGNORECASE,
)


def after_ranking(name: str) -> bool:
    """Whether a column name speaks of what happened after the ranking (clicks, purchases, the place
    itself).
    """
    return bool(_AFTER_RANKING.search(name))


def _problem(log: AuditLog, key: str, found: str, expected: str = "", fix: str = "") -> InputFault:
    return InputFault(Place(file=log.name, key=key), found, expected, fix)


def column_faults(log: AuditLog) -> Iterator[InputFault]:
    """Columns in a part they cannot play."""
    names = log.columns
    for name in names.covariates:
        if after_ranking(name):
            yield _problem(
                log,
                name,
                "offered as relevance, but it happens after the ranking and is caused by it",
                "relevance known before the ranking",
                "Leave it out: holding it equal hides bias and invents it.",
            )
    if len(names.covariates) > MOST_COVARIATES:
        yield _problem(
            log, "relevance", f"{len(names.covariates)} columns", f"at most {MOST_COVARIATES}"
        )
    if not (names.relevance or names.platform_score) and log.propensity is None:
        yield _problem(
            log,
            "relevance",
            "neither relevance nor a propensity",
            "something to hold equal, or a logged randomisation",
            "Name columns with --relevance, --platform-score or --propensity.",
        )


def part_faults(log: AuditLog) -> Iterator[InputFault]:
    """Columns named in two parts, or in one that is not there."""
    names = log.columns
    for name in (names.paid, *names.also):
        if name in (*names.relevance, *names.platform_score):
            fix = "Name it once: what is paid for, or what makes an item better."
            yield _problem(log, name, "named both as relevance and as paid for", fix=fix)
    for name in names.amounts:
        if name not in (names.paid, *names.also):
            expected = f"one of {', '.join((names.paid, *names.also))}"
            yield _problem(log, name, "named as an amount but not as paid for", expected)
    if names.score_is_complete and not names.platform_score:
        found, fix = "complete, but no score was declared", "Name it with --platform-score."
        yield _problem(log, "platform_score", found, "a declared score", fix)
    for name in names.benchmark:
        if name not in names.covariates:
            yield _problem(
                log,
                name,
                "named as a benchmark but not as relevance",
                f"one of {', '.join(names.covariates) or 'none'}",
            )


def size_faults(log: AuditLog) -> Iterator[InputFault]:
    """Too few queries: they, not rows, are what is independent."""
    if log.queries < FEWEST_QUERIES:
        extra = f" ({log.dropped} with a single item left out)" if log.dropped else ""
        found = f"{log.queries} queries with two items or more{extra}"
        fix = "Rows of one query are not independent: more rows per query do not help."
        yield _problem(log, log.columns.query, found, f"at least {FEWEST_QUERIES}", fix)


def missing_value_faults(log: AuditLog) -> Iterator[InputFault]:
    """Relevance that is missing or not finite."""
    for j, name in enumerate(log.columns.covariates):
        bad = ~np.isfinite(log.covariates[:, j])
        if bad.any():
            yield _problem(
                log,
                name,
                f"{int(bad.sum())} values are missing or not finite",
                "a number in every row",
                "If it is a scrape, say --scraped: what is missing is held equal, and told.",
            )


def paid_faults(log: AuditLog) -> Iterator[InputFault]:
    """A paid flag that is none, or that does not vary within queries."""
    key = log.columns.paid
    if log.columns.step:
        yield from _amount_faults(log)
        return
    if not np.isin(log.paid, (0.0, 1.0)).all():
        yield _problem(
            log,
            key,
            "values other than 0 and 1",
            "0/1 or true/false in every row",
            "If it is an amount, say so with --amounts.",
        )
        return
    sums = np.add.reduceat(log.paid, log.starts[:-1])
    if sums.sum() in (0.0, float(log.rows)):
        yield _problem(
            log,
            key,
            f"no variation: {'no' if sums.sum() == 0 else 'every'} item is paid",
            "paid and unpaid items",
        )
    elif not np.any((sums > 0) & (sums < log.sizes)):
        yield _problem(
            log,
            key,
            "constant within every query",
            "queries that show paid and unpaid items together",
            "Money that is the same for all items of an answer cannot reorder them.",
        )


def _amount_faults(log: AuditLog) -> Iterator[InputFault]:
    key, first = log.columns.paid, log.starts[:-1]
    if not np.isfinite(log.paid).all():
        yield _problem(log, key, "amounts that are missing or not finite", "a number in every row")
    elif np.array_equal(np.maximum.reduceat(log.paid, first), np.minimum.reduceat(log.paid, first)):
        yield _problem(
            log,
            key,
            "constant within every query",
            "queries that show different amounts together",
            "Money that is the same for all items of an answer cannot reorder them.",
        )
    if log.propensity is not None:
        found = "an amount with the propensity of a flag"
        yield _problem(log, key, found, "a flag, or no propensity")


def rank_faults(log: AuditLog) -> Iterator[InputFault]:
    """Ranks that are not 1, 2, 3, ... in each query."""
    key, sizes = log.columns.rank, np.repeat(log.sizes, log.sizes)
    if log.rank.min() == log.rank.max():
        yield _problem(
            log,
            key,
            f"no variation: every rank is {int(log.rank[0])}",
            "1, 2, 3, ... within each query",
        )
        return
    query = np.repeat(np.arange(log.lists), log.sizes)
    if log.columns.scraped:
        totals = np.add.reduceat(log.rank.astype(np.float64), log.starts[:-1])
        if not np.allclose(totals, log.sizes * (log.sizes + 1) / 2.0):
            found, fix = "places of a scrape that were not closed up", "Read it with `closed_up`."
            yield _problem(log, key, found, "shared places at their middle", fix)
        return
    outside = (log.rank < 1) | (log.rank > sizes)
    seen = np.zeros(log.rows, dtype=np.int8)
    place = log.starts[query[~outside]] + log.rank[~outside].astype(np.int64) - 1
    seen += np.minimum(np.bincount(place, minlength=log.rows), 2).astype(np.int8)
    broken = outside | (seen != 1)
    if broken.any():
        lists = len(np.unique(query[broken]))
        yield _problem(
            log,
            key,
            f"gaps or ties in {lists:,} of {log.lists:,} lists",
            "1, 2, 3, ... without gap or tie in each query",
            "A log with gaps or shared places hides where an item would have stood. If it is a "
            "scrape, say --scraped: gaps are closed, shared places take their middle.",
        )


def constant_faults(log: AuditLog) -> Iterator[InputFault]:
    """Relevance that never varies."""
    for j, name in enumerate(log.columns.covariates):
        values = log.covariates[:, j]
        if np.isfinite(values).all() and np.ptp(values) == 0:
            yield _problem(
                log,
                name,
                f"constant ({values[0]:g}) in every row",
                "a column that varies",
                "Leave it out.",
            )


def propensity_faults(log: AuditLog) -> Iterator[InputFault]:
    """Propensities that are not strictly between 0 and 1."""
    if log.propensity is None:
        return
    good = np.isfinite(log.propensity) & (log.propensity > 0) & (log.propensity < 1)
    if not good.all():
        found = f"{int((~good).sum())} values are not strictly between 0 and 1"
        yield _problem(
            log,
            log.columns.propensity,
            found,
            "0 < propensity < 1",
            "Where paid was certain nothing was randomised.",
        )


def place_faults(log: AuditLog) -> Iterator[InputFault]:
    """Relevance that is the place itself under another name: the same in every list of a length."""
    sizes = log.sizes[:_LISTS_LOOKED_AT]
    rows = np.flatnonzero(np.repeat(sizes >= 3, sizes))
    if not len(rows):
        return
    seen = np.column_stack([np.repeat(sizes, sizes)[rows], log.rank[rows]])
    key = np.unique(seen, axis=0, return_inverse=True)[1].ravel()
    if np.bincount(key).max() == 1:
        return
    for j, name in enumerate(log.columns.covariates):
        values = log.covariates[rows, j]
        if not np.isfinite(values).all() or np.ptp(values) == 0:
            continue
        low, high = np.full(key.max() + 1, np.inf), np.full(key.max() + 1, -np.inf)
        np.minimum.at(low, key, values)
        np.maximum.at(high, key, values)
        if np.array_equal(low, high):
            found = "the place itself: the same at the same place of every list"
            yield _problem(log, name, found, "what was known before the ranking", "Leave it out.")


SHAPE_CHECKS = (column_faults, part_faults, size_faults)
VALUE_CHECKS = (
    missing_value_faults,
    paid_faults,
    rank_faults,
    constant_faults,
    place_faults,
    propensity_faults,
)
"""Checks of the values mean something only where the shape is sound."""


def refuse(log: AuditLog) -> None:
    """Raise InputError with every reason why the log cannot be audited."""
    for checks in (SHAPE_CHECKS, VALUE_CHECKS):
        problems = tuple(fault for check in checks for fault in check(log))
        if problems:
            raise InputError(problems)
