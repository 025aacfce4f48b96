"""The words of a problem: numbers by hour, patterns, blocks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.problems import engine, random_problem

from headrace.plan.lp.problem import NOWHERE, Pattern, Values


@given(st.lists(st.floats(-1e6, 1e6), max_size=4), st.integers(1, 5))
def test_numbers_by_hour_are_scale_times_profile(scales, hours):
    profiles = np.vstack([np.ones(hours), np.arange(hours)])
    values = Values(np.array(scales), np.arange(len(scales)) % 2)
    wanted = [[s * (1.0 if i % 2 == 0 else t) for t in range(hours)] for i, s in enumerate(scales)]
    assert values.hourly(profiles).tolist() == wanted or not scales


def test_a_pattern_counts_its_entries():
    assert len(NOWHERE) == 0
    assert len(Pattern(np.array([0, 0, 2]), np.array([1, 2, 0]))) == 3


def test_hours_are_snapshots():
    assert engine().nodes[0].hours == 2


@given(st.integers(0, 10_000))
def test_random_problems_are_problems(seed):
    """What the tests are made of: first profile all ones, circles of runs, parents before
    children.
    """
    problem = random_problem(seed)
    assert (problem.parent[1:] < np.arange(1, len(problem.parent))).all()
    for block in problem.nodes:
        assert (block.profiles[0] == 1.0).all()
        assert sorted(block.next_hour.tolist()) == list(range(block.hours))
        assert block.map.shape == (len(block.start), len(problem.master.cost))
