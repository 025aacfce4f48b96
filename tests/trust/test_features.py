from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from headrace.trust.features import chunks, frame, normal_scores, per_query, restricted_cubic_spline
from headrace.trust.log import Columns, from_arrays


def _ragged(seed: int = 0, most: int = 9, queries: int = 500):  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, most, queries)
    query = np.repeat(np.arange(queries), sizes)
    rank = np.concatenate([rng.permutation(n) + 1 for n in sizes]).astype(np.int32)
    x = rng.standard_normal((len(query), 2))
    return from_arrays(
        query,
        rank,
        (rng.random(len(query)) < 0.5).astype(float),
        x,
        None,
        Columns(relevance=("a", "b")),
    )


@pytest.mark.parametrize("sizes", [[3, 3, 3], [2, 4, 3], [3, 2, 4], [5]])
def test_sums_per_query_on_both_roads(sizes: list[int]) -> None:
    values = np.random.default_rng(1).standard_normal((sum(sizes), 2))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    expected = [values[a : a + n].sum(axis=0) for a, n in zip(starts, sizes, strict=True)]
    np.testing.assert_allclose(per_query(values, starts, len(values)), expected)


@pytest.mark.parametrize("most", [9, 400])
def test_normal_scores_on_both_roads(most: int) -> None:
    log = _ragged(most=most, queries=60)
    direct = -ndtri((log.rank - 0.5) / np.repeat(log.sizes, log.sizes))
    np.testing.assert_allclose(normal_scores(log.rank, log.sizes), direct)


def test_every_column_is_centred_within_every_query() -> None:
    log = _ragged()
    for chunk in chunks(log, frame(log)):
        sums = np.add.reduceat(chunk.values, chunk.starts, axis=0)
        np.testing.assert_allclose(sums, 0.0, atol=1e-9)


def test_spline_is_linear_beyond_the_outer_knots() -> None:
    """Harrell's restriction: second differences vanish outside, not inside."""
    knots = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    outside = restricted_cubic_spline(np.array([2.5, 3.5, 4.5, -4.5, -3.5, -2.5]), knots)
    np.testing.assert_allclose(np.diff(outside[:3], n=2, axis=0), 0.0, atol=1e-9)
    np.testing.assert_allclose(np.diff(outside[3:], n=2, axis=0), 0.0, atol=1e-9)
    assert (
        np.abs(
            np.diff(restricted_cubic_spline(np.array([-0.5, 0.0, 0.5]), knots), n=2, axis=0)[0, 1:]
        ).min()
        > 1e-3
    )
