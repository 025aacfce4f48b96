"""Rows into a log: sorted by query, lonely items left out, columns in their parts."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.trust.log import Columns, from_arrays


def built(query, **more):
    size = len(query)
    columns = {
        "rank": np.arange(size, dtype=np.int32),
        "paid": np.zeros(size),
        "covariates": np.arange(float(size)).reshape(-1, 1),
        "propensity": None,
        "columns": Columns(relevance=("score",)),
    }
    return from_arrays(np.array(query, dtype=np.int64), **(columns | more))


def test_rows_are_sorted_by_query_and_keep_their_order_within():
    log = built([7, 3, 7, 3], propensity=np.array([0.1, 0.2, 0.3, 0.4]))
    assert log.starts.tolist() == [0, 2, 4]
    assert log.rank.tolist() == [1, 3, 0, 2]
    assert log.covariates[:, 0].tolist() == [1, 3, 0, 2]
    assert log.propensity.tolist() == [0.2, 0.4, 0.1, 0.3]


def test_a_query_with_one_item_is_left_out_and_counted():
    log = built([0, 0, 1, 2, 2, 2, 3])
    assert (log.starts.tolist(), log.sizes.tolist()) == ([0, 2, 5], [2, 3])
    assert (log.dropped, log.queries, log.rows) == (2, 2, 5)
    assert log.rank.tolist() == [0, 1, 3, 4, 5]


@pytest.mark.parametrize("query", [[], [0], [0, 1, 2]])
def test_a_log_may_be_empty_in_the_end(query):
    log = built(query)
    assert (log.queries, log.rows, log.dropped) == (0, 0, len(query))


def test_the_platforms_own_scores_come_first_and_once():
    columns = Columns(relevance=("rating", "score"), platform_score=("score",))
    assert columns.covariates == ("score", "rating")


def test_benchmarks_are_those_named_or_every_one_and_all_together():
    columns = Columns(relevance=("a", "b", "c"))
    each = {"a": (0,), "b": (1,), "c": (2,)}
    assert columns.benchmark_groups() == each | {"everything seen together": (0, 1, 2)}
    named = Columns(relevance=("a", "b", "c"), benchmark=("c",))
    assert named.benchmark_groups() == {"c": (2,)}
    assert Columns().benchmark_groups() == {}
