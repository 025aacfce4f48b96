"""Likeness of texts, and whether ads change the wording more than it varies by itself."""

from __future__ import annotations

import pytest

from headrace.trust.answers.similarity import similarity, wording_p_value


def test_likeness_by_hand():
    """ "a b" counts a, b, (a, b); "a c" counts a, c, (a, c): one in common of three each, 1/3."""
    assert similarity("a b", "a c") == pytest.approx(1 / 3)
    assert similarity("a b", "A  b") == pytest.approx(1.0)
    assert similarity("", "") == 1.0
    assert similarity("a", "") == 0.0
    assert 0.0 < similarity("良い靴", "良い鞄") < 1.0


def test_wording_that_changes_with_the_ads_alone():
    """Ten questions of like texts off and off, unlike on and off: 1 sign pattern of 1,024."""
    assert wording_p_value([0.5] * 10, [0.9] * 10) == pytest.approx(1 / 1024, abs=1e-3)
    assert wording_p_value([0.9] * 10, [0.9] * 10) == 1.0
    assert wording_p_value([0.9] * 10, [0.5] * 10) > 0.9
