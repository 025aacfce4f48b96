"""Rows beside published figures: they pass, they skip where data are absent, and they can fail."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from tests.builders.checks import failed, ids_of, row_of, rows_of, write_table

from headrace.trust.pairs import SEEN
from headrace.verification import trust_published
from headrace.verification.ranking_data import RankingData


def test_the_registry_holds_its_rows():
    assert ids_of("trust_published") == {
        "trust.sensemakr.robustness_value",
        "trust.sensemakr.bounds",
        "trust.pycomets",
        "trust.lightgbm",
        "trust.markup",
    }


def test_a_formula_that_is_not_the_published_one_fails(monkeypatch):
    """Shrinking r instead of f gives 0.0757 for 0.0763: the fault that was there."""
    assert failed(rows_of("trust.sensemakr.robustness_value")) == set()
    assert failed(rows_of("trust.sensemakr.bounds")) == set()
    monkeypatch.setattr(trust_published, "robustness_value_at", lambda t, dof, alpha: 0.07572)
    assert failed(rows_of("trust.sensemakr.robustness_value")) == {
        ".alpha_0.1",
        ".alpha_0.05",
        ".alpha_0.01",
    }


def test_another_statistic_than_pycomets_fails(monkeypatch):
    """A variance around zero instead of around the mean is off by half a per cent."""
    assert failed(rows_of("trust.pycomets")) == set()
    real = trust_published.estimate

    def around_zero(log, known, specifications):
        (one,) = real(log, known, specifications)
        t = one.statistic
        return (replace(one, statistic=t / np.sqrt(1.0 + t**2 / (known.queries - 1))),)

    monkeypatch.setattr(trust_published, "estimate", around_zero)
    assert len(failed(rows_of("trust.pycomets"))) == 6


@pytest.mark.parametrize(
    ("name", "variable"), [("lightgbm", "HEADRACE_LIGHTGBM"), ("markup", "HEADRACE_MARKUP")]
)
def test_absent_data_are_skipped(name, variable, tmp_path, monkeypatch):
    monkeypatch.setenv(variable, str(tmp_path / "absent"))
    assert row_of(f"trust.{name}").status == "skip"
    monkeypatch.delenv(variable)
    monkeypatch.setenv("HEADRACE_DATA", str(tmp_path))
    assert row_of(f"trust.{name}").status == "skip"


def test_one_honest_outsider_accused_fails(monkeypatch):
    data = RankingData(np.array([2, 2]), np.eye(4), np.ones(4))
    monkeypatch.setattr(trust_published, "published_path", lambda variable, place: None)
    monkeypatch.setattr(trust_published, "read_ranking_data", lambda folder: data)

    def answers(data, shown, columns, beta, repeats):
        return Counter(biased=repeats if beta else 0, cannot_tell=0 if beta else repeats)

    monkeypatch.setattr(trust_published, "answers", answers)
    assert failed(rows_of("trust.lightgbm")) == set()
    monkeypatch.setattr(trust_published, "answers", lambda *_: Counter(biased=1, no_bias_above=149))
    assert failed(rows_of("trust.lightgbm")) == {
        ".open_0.15",
        ".open_0.3",
        ".randomised_0.3",
        ".half_declared_honest",
        *(f".outsider_{k}_honest" for k in (1, 3, 6)),
    }


def test_pairs_that_are_not_theirs_fail_the_counts(tmp_path, monkeypatch):
    """60 pairs with the own brand first: the answer is given, the published counts are missed."""
    rng = np.random.default_rng(1)
    rows = [
        {
            "placed_higher": k % 2 == 0,
            "is_amazon": 2 if k % 2 == 0 else -2,
            **{column: float(rng.standard_normal()) for column in SEEN.values()},
        }
        for k in range(60)
    ]
    write_table(tmp_path / "pairs.csv", *rows)
    monkeypatch.setenv("HEADRACE_MARKUP", str(tmp_path / "pairs.csv"))
    found = rows_of("trust.markup")
    assert failed(found) == {".pairs", ".own_brand_first"}
    assert found[".own_brand_first"].ours == 60.0
