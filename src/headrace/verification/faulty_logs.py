"""Logs from which nothing can be learnt, one per reason to refuse: the refusals are tested on
these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from headrace.trust.log import AuditLog, Columns
from headrace.trust.simulated_logs import Marketplace, draw

_MARKET = Marketplace(queries=80, items=5)


def _log() -> AuditLog:
    return draw(_MARKET, seed=4)


def no_paid_variation() -> AuditLog:
    """Nothing is paid."""
    return replace(_log(), paid=np.zeros(_log().rows))


def paid_constant_within_query() -> AuditLog:
    """Whole answers are paid or not."""
    log = _log()
    return replace(log, paid=np.repeat(np.arange(log.queries) % 2, log.sizes).astype(np.float64))


def no_rank_variation() -> AuditLog:
    """Every item stands first."""
    return replace(_log(), rank=np.ones(_log().rows, dtype=np.int32))


def rank_gap() -> AuditLog:
    """One answer lacks its second place."""
    log = _log()
    rank = log.rank.copy()
    rank[np.flatnonzero(rank == 2)[3]] = 9
    return replace(log, rank=rank)


def rank_tie() -> AuditLog:
    """One answer has two first places."""
    log = _log()
    rank = log.rank.copy()
    rank[np.flatnonzero(rank == 2)[7]] = 1
    return replace(log, rank=rank)


def few_queries() -> AuditLog:
    """49 answers of 200 items: many rows, few observations."""
    return draw(Marketplace(queries=49, items=200), seed=4)


def clicks_as_relevance() -> AuditLog:
    """Clicks, which the ranking caused, offered as relevance."""
    log = _log()
    clicks = (np.random.default_rng(1).random(log.rows) < 0.5 / log.rank).astype(np.float64)
    return replace(
        log,
        covariates=np.column_stack([log.covariates, clicks]),
        columns=Columns(relevance=("rating", "clicks")),
    )


FAULTS: Mapping[str, tuple[Callable[[], AuditLog], str]] = MappingProxyType(
    {
        "no_paid_variation": (no_paid_variation, "paid"),
        "paid_constant_within_query": (paid_constant_within_query, "paid"),
        "no_rank_variation": (no_rank_variation, "rank"),
        "rank_gap": (rank_gap, "rank"),
        "rank_tie": (rank_tie, "rank"),
        "few_queries": (few_queries, "query"),
        "clicks_as_relevance": (clicks_as_relevance, "clicks"),
    }
)
