"""Sizes of a replay before and after the pilot."""

from __future__ import annotations

import pytest

from headrace.core.errors import InputError
from headrace.trust.replay_plan import Pilot, Question, plan_replay


def test_a_pilot_tells_how_much_a_box_varies():
    """5 of 20 differ: variance 1/4, so (3.2897 / 0.05)^2 / 4 = 1,082.2 pairs for 5 %; 400 pairs see
    3.2897 * sqrt(1/4 / 400) = 0.0822.
    """
    pilot = Pilot(20, 5)
    likely, most = pilot.pairs_needed(0.05)
    assert likely == 1083
    assert likely < most < 4330
    assert pilot.seen_by(400) == pytest.approx(0.0822, abs=1e-4)
    plan = plan_replay([f"q{k}" for k in range(100)], 4, 0.05)
    told = pilot.sentence(plan)
    assert "about 1,083 pairs" in told
    assert "11 repeats" in told
    assert "400 pairs see 0.082" in told


def test_a_pilot_that_repeats_itself_promises_nothing_more():
    assert "repeats itself so far" in Pilot(20, 0).sentence(plan_replay(["a"], 1, 0.1))
    assert Pilot(20, 0).variance()[1] == pytest.approx(1 - 0.05 ** (1 / 20))
    assert Pilot(3, 3).variance() == (1.0, 1.0)


def test_the_same_query_of_two_personas_is_two_questions():
    plan = plan_replay([Question("q", "a"), Question("q", "b")], 1, 0.1)
    assert plan.pairs == 2
    with pytest.raises(InputError, match="1 repeated"):
        plan_replay([Question("q", "a"), Question("q", "a")], 1, 0.1)
