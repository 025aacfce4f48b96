"""The coarse start: picked days, the plan on them, and what is carried over to all hours."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.problems import daily_engine, random_problem

from headrace.plan.interior_point import solve
from headrace.plan.interior_point.coarse_start import (
    coarse_start,
    pick_days,
    picked_hours,
    representative,
)
from headrace.plan.interior_point.cold_start import make_tree
from headrace.plan.interior_point.objective import Expected
from headrace.plan.lp.options import SolverOptions

OPTIONS = SolverOptions(coarse_years=6, coarse_days=4, threads=1)


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


def in_circles(problem, *starts):
    """The problem whose hours are circles that begin at these hours."""
    block = problem.nodes[0]
    following = np.arange(1, block.hours + 1)
    for first, after in zip(starts, (*starts[1:], block.hours)):
        following[after - 1] = first
    return dataclasses.replace(problem, nodes=(dataclasses.replace(block, next_hour=following),))


def test_hours_and_back_by_hand():
    """Ten days, three of which are picked and two more for the extremes: hour 5 of a day stands
    where hour 5 of its likeness does, and a picked hour stands for itself.
    """
    problem = daily_engine(10)
    (found,) = picked_hours(problem, OPTIONS)
    days = pick_days(problem.nodes[0].profiles, 4)
    assert found.hours.tolist() == [24 * d + h for d in days.picked for h in range(24)]
    assert found.back[found.hours].tolist() == [*range(len(found.hours))]
    for day in range(10):
        assert found.back[24 * day + 5] == 24 * days.nearest[day] + 5


def test_every_circle_keeps_a_day_and_what_is_no_whole_day():
    """Circles of 30, 90 and 600 hours: days from hours 0, 30 and 120 on; 24 to 29 and 102 to 119
    belong to none. Each circle of the picked hours is closed.
    """
    problem = in_circles(daily_engine(30), 0, 30, 120)
    (found,) = picked_hours(problem, OPTIONS.but(coarse_days=2))
    kept = set(found.hours.tolist())
    assert {*range(24, 30), *range(102, 120)} <= kept
    assert {0, 30, 120} <= kept
    small = representative(problem, OPTIONS.but(coarse_days=2)).nodes[0]
    assert small.hours == len(found.hours) < 360
    ends = np.flatnonzero(small.next_hour != np.arange(1, small.hours + 1))
    circle = np.searchsorted([30, 120], found.hours, side="right")
    assert ends.tolist() == np.flatnonzero(np.diff(circle, append=3)).tolist()
    assert small.next_hour[ends].tolist() == [0, *(ends[:-1] + 1)]
    assert np.array_equal(small.profiles, problem.nodes[0].profiles[:, found.hours])
    assert small.weight * small.hours == pytest.approx(problem.nodes[0].weight * 720)


def test_nodes_of_the_same_profiles_are_picked_each_by_its_own_circles():
    """The days of one circle and of ten of 72 hours begin at the same hours."""
    year = daily_engine(30)
    seasons = in_circles(year, *range(0, 720, 72))
    both = dataclasses.replace(year, nodes=(year.nodes[0], seasons.nodes[0]))
    assert both.nodes[0].profiles is both.nodes[1].profiles
    small = representative(both, OPTIONS)
    ends = np.flatnonzero(small.nodes[1].next_hour <= np.arange(small.nodes[1].hours))
    assert len(ends) == 10
    assert small.nodes[0].next_hour.tolist()[-1] == 0


def test_a_plan_of_seasons_begins_with_a_coarse_one():
    problem = in_circles(daily_engine(60), 0, 366, 732, 1098)
    warm = solve(problem, OPTIONS.but(gap=1e-5))
    cold = solve(problem, OPTIONS.but(gap=1e-5, coarse_years=1000))
    assert warm.coarse > 0
    assert cold.coarse == 0
    assert warm.upper == pytest.approx(cold.upper, rel=2e-5)


@pytest.mark.parametrize("change", ["short", "weights", "jump"])
def test_years_without_a_likeness_have_none(change):
    problem = daily_engine(10)
    block, options = problem.nodes[0], OPTIONS
    if change == "short":
        options = options.but(coarse_years=11)
    elif change == "weights":
        block = dataclasses.replace(block, weights=1.0 + np.arange(block.hours) % 2)
    else:
        following = block.next_hour.copy()
        following[[23, -1]] = 50, 24
        block = dataclasses.replace(block, next_hour=following)
    assert representative(dataclasses.replace(problem, nodes=(block,)), options) is None


def test_a_node_without_a_likeness_is_kept_whole_beside_others():
    long, short = daily_engine(20).nodes[0], daily_engine(5).nodes[0]
    problem = dataclasses.replace(daily_engine(20), nodes=(long, short))
    small = representative(problem, OPTIONS)
    assert small.nodes[1] is short
    assert small.nodes[0].hours < 240
    most = dataclasses.replace(problem, nodes=(long, *[short] * 6))
    assert representative(most, OPTIONS) is None  # 600 of 1,080 hours would be left


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
