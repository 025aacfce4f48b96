"""All questions are answered in order, and a stop keeps what is there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.builders.analysed import TREE, analysed, plan_file
from tests.builders.studies import UNITS

from headrace.core.errors import InputError, StoppedEarly
from headrace.plan.analysis.deep import questions as asked
from headrace.plan.analysis.deep.context import AnalysisContext
from headrace.plan.analysis.deep.questions import DeepState, deepen, questions
from headrace.plan.analysis.deep.to_json import with_deep

LIMIT = "\nlimits: {spend: [2500000 USD, 1000000 USD]}\n"


def test_all_questions_are_answered_and_told() -> None:
    g = analysed(TREE)
    told = list(deepen(g))
    assert [len(known.open) for _, known in told] == list(range(len(questions(g)), -1, -1))
    deep = told[-1][1]
    base = plan_file(g)
    answered = with_deep(base, g.formulation, deep, 1.0)
    assert answered.deep is not None
    assert answered.deep.finished
    assert answered.deep.information is not None
    assert [branch.node for branch in answered.deep.information.foreseen] == [1, 2]
    assert deep.cvar is not None
    bad, good = sorted(leaf.npv.low for leaf in deep.leaves)
    assert deep.cvar.low == pytest.approx(bad)
    assert bad < good
    assert deep.information is not None
    assert deep.information.recourse.low == g.plan.low
    assert deep.information.perfect_information.low >= 0
    flips = {order.asset: order.flips_at for order in answered.orders}
    assert flips["wide"].low > 300
    assert all(order.flips_at is None for order in base.orders)


def test_a_stop_keeps_what_is_there() -> None:
    g = analysed(TREE)
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 1

    stopped = AnalysisContext(
        g.study, g.expansion, g.formulation, g.plan, g.near, g.values, stop=stop
    )
    found: list[DeepState] = [known for _, known in deepen(stopped)]
    assert found[-1].leaves
    assert found[-1].open
    assert len(found[-1].terminal_values) < 2 or not found[-1].regrets


def test_what_was_not_finished_in_time_stays_open() -> None:
    """Time ends while the branches are planned one by one: neither EVPI nor VSS is known, so the
    question is not answered.
    """
    g = analysed(TREE)
    late = AnalysisContext(
        g.study, g.expansion, g.formulation, g.plan, g.near, g.values, stop=lambda: True
    )
    with pytest.raises(StoppedEarly):
        questions(late)[-1].answer(late, DeepState(0.9))


def test_a_price_that_stands_in_a_limit_has_no_certified_switch():
    """With `limits.spend` a dearer order may no longer be affordable: the question is not asked,
    and all others are.
    """
    free, limited = (analysed(TREE + limit) for limit in ("", LIMIT))
    words = [{q.words for q in questions(g)} for g in (free, limited)]
    assert any(w.startswith("at which price") for w in words[0])
    assert not any(w.startswith("at which price") for w in words[1])
    assert {w for w in words[0] if not w.startswith("at which price")} == words[1]


def test_what_cannot_be_averaged_is_a_note_and_no_silence(monkeypatch):
    def refuse(formulation):
        raise InputError("these branches have no mean")

    monkeypatch.setattr(asked, "mean_study", refuse)
    found = asked.information(analysed(TREE), DeepState(0.9))
    assert found.information is None
    (note,) = found.notes
    assert "these branches have no mean" in note


def test_an_order_whose_alternative_is_unknown_stays_unanswered():
    g = analysed(TREE)
    value = replace(g.values[0], other=None)
    known = DeepState(0.9)
    assert asked.switching_price_question(value)(g, known) is known


def test_whole_units_are_counted_where_the_plan_relaxes_them() -> None:
    """6 MW run of 8 and a unit of 2 is kept: whole already, so nothing is added. Where 3 MW are
    asked, 4 MW stand and a share of a unit is kept: two units on line may not give 3.
    """
    assert "what whole units on line cost" not in [q.words for q in questions(analysed(TREE))]
    for text, more in ((UNITS, False), (UNITS.replace("demand: 10 MW", "demand: 3 MW"), True)):
        g = analysed(text)
        last = questions(g)[-1]
        assert last.words == "what whole units on line cost"
        found = last.answer(g, DeepState(0.9)).whole_units
        assert found is not None
        assert (found.nodes, found.left) == (1, 0)
        assert (found.extra.low_usd > 1.0) is more
        assert found.extra.high_usd < 0.5 * abs(found.relaxed_usd)
        record = with_deep(plan_file(g), g.formulation, DeepState(0.9, whole_units=found), 1.0)
        assert record.deep is not None
        assert record.deep.whole_units == found
    stopped = replace(g, stop=lambda: True)
    with pytest.raises(StoppedEarly):
        last.answer(stopped, DeepState(0.9))
