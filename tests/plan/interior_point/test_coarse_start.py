"""The coarse start: picked days, the plan on them, and what is carried over to all hours."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.problems import daily_engine, random_problem

from headrace.plan.interior_point import solve
from headrace.plan.interior_point.coarse_start import (
    PickedDays,
    coarse_start,
    pick_days,
    representative,
)
from headrace.plan.interior_point.cold_start import make_tree
from headrace.plan.interior_point.objective import Expected
from headrace.plan.lp.options import SolverOptions

OPTIONS = SolverOptions(coarse_years=6, coarse_days=4, threads=1)


def test_days_and_back_by_hand():
    """Days 0 and 2 picked of four; day 1 is like 0, day 3 like 2: hour 30 is hour 6, hour
    80 is 32.
    """
    days = PickedDays(np.array([0, 2]), np.array([0, 0, 1, 1]))
    assert days.hours().tolist() == [*range(24), *range(48, 72)]
    assert days.back()[[0, 30, 50, 80]].tolist() == [0, 6, 26, 32]


@given(st.integers(6, 30), st.integers(2, 8), st.integers(0, 10**6))
def test_extremes_are_picked_and_every_day_has_its_nearest(days, count, seed):
    rng = np.random.default_rng(seed)
    profiles = np.vstack([np.ones(24 * days), rng.random((2, 24 * days))])
    found = pick_days(profiles, count)
    for row in profiles[1:]:
        assert int(row.argmax()) // 24 in found.picked
    assert (np.diff(found.picked) > 0).all()
    assert len(found.nearest) == days
    assert np.array_equal(found.nearest[found.picked], np.arange(len(found.picked)))
    assert len(found.picked) <= count - 1 + 3


def test_days_that_are_all_alike_are_spread():
    found = pick_days(np.ones((1, 24 * 9)), 4)
    assert len(found.picked) == 3
    assert set(found.nearest.tolist()) == {0, 1, 2}


def test_the_plan_on_picked_days_weighs_what_the_year_weighs():
    """Fewer hours, heavier by the same factor: total weight times hours is kept."""
    problem = daily_engine(10)
    small = representative(problem, OPTIONS)
    one, other = problem.nodes[0], small.nodes[0]
    assert other.hours % 24 == 0
    assert other.hours < one.hours
    assert other.weight * other.hours == pytest.approx(one.weight * one.hours)
    assert other.next_hour.tolist() == [*range(1, other.hours), 0]


def test_a_quota_of_the_year_shrinks_with_it():
    problem = daily_engine(10)
    block = problem.nodes[0]
    template = dataclasses.replace(
        block.template,
        windows=("fuel",),
        window_entries=type(block.template.row_entries)(np.array([0]), np.array([0])),
    )
    limited = dataclasses.replace(
        block,
        template=template,
        window_entries=dataclasses.replace(block.upper_border, profile=np.array([0])),
        window_of=np.zeros((1, block.hours), dtype=np.int64),
        window_rhs=(np.array([960.0]),),
    )
    small = representative(dataclasses.replace(problem, nodes=(limited,)), OPTIONS).nodes[0]
    assert small.window_rhs[0] == pytest.approx(960.0 * small.hours / block.hours)


@pytest.mark.parametrize("change", ["short", "broken day", "weights", "two circles"])
def test_years_without_a_likeness_have_none(change):
    problem = daily_engine(10)
    block, options = problem.nodes[0], OPTIONS
    if change == "short":
        options = options.but(coarse_years=11)
    elif change == "weights":
        block = dataclasses.replace(block, weights=1.0 + np.arange(block.hours) % 2)
    elif change == "two circles":
        following = block.next_hour.copy()
        following[23], following[-1] = 0, 24
        block = dataclasses.replace(block, next_hour=following)
    else:
        part = np.arange(230)
        block = dataclasses.replace(
            block,
            weights=np.ones(230),
            next_hour=np.roll(part, -1),
            profiles=block.profiles[:, :230],
            window_of=block.window_of[:, :230],
        )
    assert representative(dataclasses.replace(problem, nodes=(block,)), options) is None


def test_windows_across_days_have_no_likeness():
    problem = daily_engine(10)
    block = problem.nodes[0]
    pattern = type(block.template.row_entries)(np.array([0]), np.array([0]))
    weeks = dataclasses.replace(
        block,
        template=dataclasses.replace(block.template, windows=("w",), window_entries=pattern),
        window_entries=dataclasses.replace(block.upper_border, profile=np.array([0])),
        window_of=(np.arange(block.hours) // 48)[None],
        window_rhs=(np.full(5, 100.0),),
    )
    assert representative(dataclasses.replace(problem, nodes=(weeks,)), OPTIONS) is None


def test_a_coarse_start_finds_the_same_plan():
    problem = daily_engine(60)
    warm = solve(problem, OPTIONS.but(gap=1e-5))
    cold = solve(problem, OPTIONS.but(gap=1e-5, coarse_years=1000))
    assert warm.coarse > 0
    assert cold.coarse == 0
    assert warm.upper == pytest.approx(cold.upper, rel=2e-5)


def test_everything_has_a_positive_value_at_the_prolonged_point():
    problem = daily_engine(10)
    tree = make_tree(problem, None, options=OPTIONS)
    assert coarse_start(Expected(problem), tree) > 0
    for node in tree.nodes:
        assert all((values > 0).all() for values in node.state)
    assert all((values > 0).all() for values in vars(tree.master).values())


def test_short_problems_begin_cold():
    problem = random_problem(4)
    assert coarse_start(Expected(problem), make_tree(problem, None)) == 0
