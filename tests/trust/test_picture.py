"""Mean places of like items, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.trust.log import Columns, from_arrays
from headrace.trust.picture import BINS, like_with_like
from headrace.trust.simulated_logs import Marketplace, draw


def test_mean_places_by_hand():
    """Relevance 0 or 1: two bins. Of the weak, one paid stands 1st, unpaid ones 2nd and 2nd; of
    the strong, one paid stands 1st and unpaid ones 2nd and 1st.
    """
    log = from_arrays(
        query=np.array([0, 0, 1, 1, 2, 2]),
        rank=np.array([1, 2, 1, 2, 1, 2], dtype=np.int32),
        paid=np.array([1.0, 0.0, 1.0, 0.0, 0.0, 0.0]),
        covariates=np.array([[0.0], [0.0], [1.0], [1.0], [1.0], [0.0]]),
        propensity=None,
        columns=Columns(relevance=("score",)),
    )
    found = like_with_like(log)
    assert found.column == "score"
    filled = np.isfinite(found.relevance)
    assert found.relevance[filled] == pytest.approx([0.0, 1.0])
    assert found.paid[filled] == pytest.approx([1.0, 1.0])
    assert found.unpaid[filled] == pytest.approx([2.0, 1.5])


def test_bins_hold_about_equally_many_rows_and_rise():
    log = draw(Marketplace(queries=500, items=10), seed=2)
    found = like_with_like(log)
    assert len(found.relevance) == BINS
    assert (np.diff(found.relevance) > 0).all()


def test_bought_places_show_and_honest_ones_do_not():
    """Paid items of like relevance stand higher where places are sold: a smaller mean place."""
    honest, sold = (
        like_with_like(draw(Marketplace(queries=2000, beta=beta), seed=3)) for beta in (0.0, 1.0)
    )
    assert np.nanmean(honest.paid - honest.unpaid) == pytest.approx(0.0, abs=0.15)
    assert (sold.paid < sold.unpaid).all()


def test_a_log_without_relevance_has_no_picture():
    log = draw(Marketplace(queries=60, items=3), seed=1)
    bare = from_arrays(
        np.repeat(np.arange(60), 3), log.rank, log.paid, np.empty((180, 0)), None, Columns()
    )
    assert like_with_like(bare) is None
