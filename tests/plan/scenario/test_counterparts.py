"""Nodes and hours of a changed tree find those they are most like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.builders.studies import BELIEFS, study

from headrace.core.study_changes import changed_study
from headrace.plan.model.build_system import expand
from headrace.plan.scenario.counterparts import like_hours, like_nodes
from headrace.plan.scenario.time_slices import keep_all, keep_blocks

TREE = expand(study(BELIEFS)).nodes


def test_a_tree_is_like_itself():
    assert like_nodes(TREE, TREE) == tuple(range(len(TREE)))


def test_a_year_more_is_like_the_last_one():
    """The third stage has two years; operated one by one, both are like the node of both."""
    last = max(range(len(TREE)), key=lambda n: TREE[n].start)
    first = replace(TREE[last], months=12.0)
    second = replace(first, start=first.start + 12.0, opening=last)
    assert like_nodes(TREE, (*TREE[:last], first, second)) == (*range(last), last, last)


def test_branches_are_known_by_their_cases_when_one_goes():
    """Without the cheap case of gas the dear nodes keep their own, though they are counted
    otherwise.
    """
    cases = {"dear": {"probability": "100 %", "value": "9 USD/MMBtu"}}
    fewer = expand(changed_study(BELIEFS, {"beliefs.gas.cases": cases})).nodes
    assert len(fewer) < len(TREE)
    for node, like in zip(fewer, like_nodes(TREE, fewer), strict=True):
        assert TREE[like].cases == node.cases
        assert TREE[like].stage == node.stage


def test_hours_are_known_by_their_hour_of_the_year():
    """July to December stands in the year from its 4,344th hour on; backwards, what the half year
    does not know is as far along.
    """
    year, half = keep_all(0, 12.0), keep_all(6, 6.0)
    assert like_hours(year, half).tolist() == list(range(4344, 8760))
    back = like_hours(half, year)
    assert back[4344:].tolist() == list(range(4416))
    assert back[0] == 0
    assert back[4343] == 4343 * 4416 // 8760


def test_blocks_without_dates_are_as_far_along():
    two, four = keep_blocks((6000.0, 2760.0), 12.0), keep_blocks((1.0, 2.0, 3.0, 4.0), 12.0)
    assert like_hours(two, two).tolist() == [0, 1]
    assert like_hours(two, four).tolist() == [0, 0, 1, 1]
    assert np.array_equal(like_hours(four, two), [0, 2])
