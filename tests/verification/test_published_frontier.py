"""Published frontier points: their count, their limits, and a law that is off."""

from dataclasses import replace

from tests.builders.checks import ids_of, row_of

from headrace.models.serving.layout_limits import LayoutLimits
from headrace.verification import published_frontier
from headrace.verification.published_frontier import PUBLISHED, answer


def test_the_registry_holds_its_row():
    assert ids_of("published_frontier") == {"models.serving.published_frontier"}
    assert len(PUBLISHED) == len(set(PUBLISHED)) == 20


def test_sixteen_of_twenty_lie_inside():
    found = row_of("models.serving.published_frontier")
    assert (found.status, found.ours >= 16) == ("pass", True)
    assert "within one server" in found.reason


def test_a_law_four_times_too_slow_fails(monkeypatch):
    slow = tuple(replace(p, tokens=8 * p.tokens) for p in PUBLISHED)
    monkeypatch.setattr(published_frontier, "PUBLISHED", slow)
    assert row_of("models.serving.published_frontier").status == "fail"


def test_an_answer_keeps_the_speed_and_the_limits():
    point = answer(PUBLISHED[0], LayoutLimits(one_server=True, together=True))
    assert point.tpot <= 1 / 23
    assert point.accelerators <= 8
    assert not point.disaggregated
