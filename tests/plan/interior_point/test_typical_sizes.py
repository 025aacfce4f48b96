"""Sizes spread from what the data say: bounds, windows, what stands."""

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.problems import engine, random_problem

from headrace.plan.interior_point.typical_sizes import typical_sizes


def test_sizes_by_hand():
    """A demand of 10 is the size of what is served; the balance makes the engine burn 10, and its
    bound makes 10 stand.
    """
    found = typical_sizes(engine(demand=10.0).nodes[0])
    assert found.column.tolist() == [10.0, 10.0]
    assert found.border.tolist() == [10.0]


def test_what_stands_is_known_first():
    found = typical_sizes(engine(demand=10.0, start=4.0).nodes[0])
    assert found.border.tolist() == [4.0]
    assert found.column.tolist() == [4.0, 10.0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_sizes_are_positive_or_say_that_nothing_can_be_there(seed):
    for block in random_problem(seed).nodes:
        found = typical_sizes(block)
        assert np.isfinite(found.column).all()
        assert np.isfinite(found.border).all()
        assert (found.column >= 0).all()
        assert (found.border >= 0).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.1, 10.0]))
def test_a_problem_of_another_size_has_other_sizes_by_the_same_factor(seed, factor):
    """Scale every bound, right side and what stands: every size that is not a guess of 1
    follows.
    """
    block = random_problem(seed).nodes[0]
    scaled = dataclasses.replace(
        block,
        upper=dataclasses.replace(block.upper, scale=block.upper.scale * factor),
        window_rhs=tuple(rhs * factor for rhs in block.window_rhs),
        start=block.start * factor,
    )
    one, other = typical_sizes(block), typical_sizes(scaled)
    for a, b in zip((*one.column, *one.border), (*other.column, *other.border)):
        assert np.isclose(b, factor * a) or a == b == 1.0
