"""Rows of the fair table: what they say, and what they do without the extra."""

import pytest
from tests.builders.checks import ids_of, row_of

from headrace.models.step_time.fair_scores import FairScore
from headrace.verification import silicon


def test_the_registry_holds_its_rows():
    kinds = ("configuration", "deployment", "group", "group_once", "system", "model")
    names = (*kinds, "backend", "generation", "newest")
    assert ids_of("silicon") == {
        *(f"models.silicon.tpot_{name}" for name in names),
        *(f"models.silicon.{name}" for name in ("answered", "bands", "five_points", "ttft_group")),
    }


def test_measured_deployments_are_skipped_without_the_extra(monkeypatch):
    """Nothing is read, so nothing is cached for the checks after it."""
    silicon.silicon.cache_clear()
    silicon.held.cache_clear()
    monkeypatch.setattr(silicon, "table_path", lambda: None)
    for id in sorted(ids_of("silicon")):
        found = row_of(id)
        assert (found.status, "extra `kernel`" in found.reason) == ("skip", True)


def score(ratio=0.8, once=0.9):
    """A score with every number its own."""
    return FairScore(
        "group", 2778, 0.245 * ratio, 0.199, 0.245, 0.197, 0.382, 0.269, ratio, 0.65, 1.02, 0.86,
        2289, once, 0.67, 1.11, 35, 24,
    )  # fmt: skip


def test_a_row_tells_every_figure_of_the_comparison():
    told = silicon.sentence(score())
    for figure in ("2778 rows", "19.6 %", "24.5 %", "26.9 %", "38.2 %", "0.800", "0.65 to 1.02",
                   "0.900", "0.67 to 1.11", "0.860", "24 of 35"):  # fmt: skip
        assert figure.replace(" %", "%") in told, figure


@pytest.mark.parametrize(("ratio", "status"), [(0.84, "pass"), (0.86, "fail")])
def test_the_bar_of_unseen_groups_decides(monkeypatch, ratio, status):
    monkeypatch.setattr(silicon, "scored", lambda kind: score(ratio))
    assert row_of("models.silicon.tpot_group").status == status


@pytest.mark.parametrize(("once", "word"), [(0.80, "holds"), (0.90, "is missed")])
def test_a_bar_missed_by_measurements_once_is_said(monkeypatch, once, word):
    monkeypatch.setattr(silicon, "scored", lambda kind: score(once=once))
    found = row_of("models.silicon.tpot_group_once")
    assert (found.status, word in found.reason) == ("pass", True)
    assert "set after that was seen" in found.reason


@pytest.mark.parametrize(
    ("ratio", "status", "word"),
    [(0.9, "pass", "holds"), (1.2, "pass", "is missed"), (1.3, "fail", "is missed")],
)
def test_an_allowance_set_after_the_score_is_said(monkeypatch, ratio, status, word):
    monkeypatch.setattr(silicon, "scored", lambda kind: score(ratio))
    found = row_of("models.silicon.tpot_generation")
    assert (found.status, word in found.reason) == (status, True)
    assert "set after the ratio was seen" in found.reason
    assert ("ahead here" in found.reason) == (ratio > 1)


@pytest.mark.slow
@pytest.mark.skipif(silicon.table_path() is None, reason="the extra `kernel` is not installed")
def test_the_fair_headline_is_the_one_that_the_manual_quotes():
    found = silicon.scored("group")
    assert (found.rows, found.measurements, found.better) == (2778, 2289, 24)
    assert (found.ratio, found.once) == pytest.approx((0.805, 0.864), abs=0.002)
