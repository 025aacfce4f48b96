"""The search finds a planted law, the same each time, from training points alone."""

from __future__ import annotations

import json
import os
import subprocess

import numpy as np
import pytest

from headrace.core.errors import HeadraceError
from headrace.science.laws.fit import relative_errors
from headrace.science.laws.search import SearchOptions, apart, candidates

pytest.importorskip("pyoperon")
pytestmark = pytest.mark.slow  # loading pyoperon takes seconds
SMALL = SearchOptions(lengths=(11,), population=200, generations=40, restarts=1)
RNG = np.random.default_rng(0)
X = RNG.uniform([10, 0, 0.05], [60, 40, 0.12], (60, 3))
Y = 8.147 * (X[:, 0] + X[:, 1] + 5) / X[:, 2]


def test_a_planted_law_is_among_the_candidates_and_twice_the_same():
    noisy = Y * (1 + 0.01 * RNG.standard_normal(len(Y)))
    found = candidates(X, noisy, 1, SMALL)
    short = min((law for law in found if law.length <= 11), key=lambda law: -law.length)
    assert np.max(relative_errors(short, X, Y)) < 0.02
    assert candidates(X.copy(), noisy.copy(), 1, SMALL) == found


def test_the_process_apart_is_told_nothing_else(monkeypatch):
    seen = {}
    real = subprocess.run

    def spied(command, **options):
        seen.update(options)
        seen["files"] = os.listdir(options["cwd"])
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", spied)
    found = apart(X, Y, 1, SMALL)
    assert seen["files"] == []
    assert set(json.loads(seen["input"])) == {"inputs", "answers", "seed", "options"}
    assert found == candidates(X, Y, 1, SMALL)


def test_a_search_that_fails_says_so():
    with pytest.raises(HeadraceError, match="The search for laws failed"):
        apart(X, Y[:-1], 1, SMALL)
