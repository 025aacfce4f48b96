"""The rows of science that need no search; the rest are slow."""

from __future__ import annotations

import pytest

from headrace.verification.registry import registered, run

pytest.importorskip("SALib")
CHECKS = {check.id: check for check in registered("science")}
SEARCHED = ("science.laws.planted", "science.laws.noise", "science.laws.feynman")


@pytest.mark.parametrize("name", [name for name in CHECKS if name not in SEARCHED])
def test_a_row_passes(name):
    rows = list(run(CHECKS[name]))
    assert [row.status for row in rows] == ["pass"] * len(rows), rows


@pytest.mark.slow
@pytest.mark.parametrize("name", SEARCHED)
def test_a_row_of_laws_passes(name):
    pytest.importorskip("pyoperon")
    rows = list(run(CHECKS[name]))
    assert [row.status for row in rows] == ["pass"] * len(rows), rows
