"""Copulas pair futures and leave each one's own draws as they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from headrace.beliefs.copula import check_correlation, concordance, lower_tail, ranks
from headrace.core.errors import InputError


@pytest.mark.parametrize("family", ["gaussian", "student", "clayton"])
def test_drawn_ranks_have_the_concordance_of_the_closed_form(family):
    held = 2.0 if family == "clayton" else 0.6
    matrix = np.array([[1.0, held], [held, 1.0]])
    found = ranks(family, matrix, 20_000, np.random.default_rng(0))
    assert (np.sort(found, axis=0) == np.arange(20_000)[:, None]).all()
    tau, spearman, both = concordance(family, held)
    assert stats.kendalltau(*found.T).statistic == pytest.approx(tau, abs=0.02)
    assert stats.spearmanr(*found.T).statistic == pytest.approx(spearman, abs=0.02)
    assert (found < 10_000).all(axis=1).mean() == pytest.approx(both, abs=0.02)


def test_clayton_goes_down_together():
    found = ranks("clayton", np.array([[1, 2.0], [2.0, 1]]), 200_000, np.random.default_rng(0))
    low = found[:, 0] < 2_000
    assert (found[low, 1] < 2_000).mean() == pytest.approx(lower_tail(2.0), abs=0.04)


@pytest.mark.parametrize(
    ("matrix", "told"),
    [
        (np.ones((2, 3)), "shape"),
        (np.array([[1, 0.5], [0.4, 1]]), "the other has with it"),
        (np.array([[2, 0.5], [0.5, 1]]), "with itself"),
        (np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]), "cannot hold together"),
    ],
)
def test_what_is_no_correlation_is_refused(matrix, told):
    with pytest.raises(InputError, match=told):
        check_correlation(matrix)


def test_clayton_needs_a_positive_theta():
    with pytest.raises(InputError, match="above 0"):
        ranks("clayton", np.eye(2), 10, np.random.default_rng(0))


@given(st.floats(-0.95, 0.95))
@settings(max_examples=25, deadline=None)
def test_tau_rises_with_the_correlation_and_has_its_sign(rho):
    tau, spearman, both = concordance("gaussian", rho)
    assert abs(tau) <= abs(spearman) + 1e-12
    assert np.sign(tau) == np.sign(rho)
    assert 0 <= both <= 0.5
