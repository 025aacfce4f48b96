"""Operation and prices in the words of another node: alike is what is called alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.builders.problems import random_problem

from headrace.plan.lp.carry_over import Counterpart, carried_over, places
from headrace.plan.lp.dual_bound import cut
from headrace.plan.lp.highs import solve


def solved(seed=3):
    problem = random_problem(seed)
    return problem, solve(problem)


def test_names_that_come_twice_are_told_apart_by_their_turn():
    assert places(("a", "b", "a"), ("a", "a", "c", "b", "a")).tolist() == [0, 2, -1, 1, -1]


@pytest.mark.parametrize("seed", range(6))
def test_onto_itself_nothing_changes(seed):
    problem, found = solved(seed)
    for block, node in zip(problem.nodes, found.nodes):
        same = carried_over(node, Counterpart(block, np.arange(block.hours)), block)
        for name in ("columns", "rows", "chains"):
            assert getattr(same, name) == pytest.approx(getattr(node, name))
        for ours, theirs in zip(same.windows, node.windows, strict=True):
            assert ours == pytest.approx(theirs)


@pytest.mark.parametrize("seed", range(6))
def test_the_proof_of_a_heavier_node_is_as_much_heavier(seed):
    """Prices are money of the node's weight: twice the weight, twice the cut."""
    problem, found = solved(seed)
    block, node = problem.nodes[0], found.nodes[0]
    heavy = replace(block, weight=2.0 * block.weight)
    there = carried_over(node, Counterpart(block, np.arange(block.hours)), heavy)
    ours, theirs = cut(heavy, there), cut(block, node)
    assert ours.constant == pytest.approx(2.0 * theirs.constant)
    assert ours.slope == pytest.approx(2.0 * theirs.slope)


def test_what_has_no_counterpart_is_zero_and_hours_follow_their_own():
    problem, found = solved()
    block, node = problem.nodes[0], found.nodes[0]
    names = ("new", *block.template.columns[1:])
    rows = tuple(f"other {name}" for name in block.template.rows)
    target = replace(block, template=replace(block.template, columns=names, rows=rows))
    turned = np.arange(block.hours)[::-1]
    there = carried_over(node, Counterpart(block, turned), target)
    assert not there.columns[0].any()
    assert there.columns[1:] == pytest.approx(node.columns[1:, ::-1])
    assert not there.rows.any()


def test_windows_of_another_length_have_their_mean():
    problem, found = next(
        (p, s)
        for p, s in map(solved, range(40))
        if any(len(rhs) > 1 for rhs in p.nodes[0].window_rhs)
    )
    block, node = problem.nodes[0], found.nodes[0]
    at = next(f for f, rhs in enumerate(block.window_rhs) if len(rhs) > 1)
    priced = replace(node, windows=tuple(np.arange(1.0, len(w) + 1) for w in node.windows))
    rhs = tuple(np.ones(1) if f == at else r for f, r in enumerate(block.window_rhs))
    target = replace(block, window_rhs=rhs)
    there = carried_over(priced, Counterpart(block, np.arange(block.hours)), target)
    assert there.windows[at] == pytest.approx([priced.windows[at].mean()])
