"""Ratio test, truncated step and restoration of dual feasibility, against their formulas."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.newton import (
    AFFINE_CENTRING,
    NO_STEP,
    affine,
    arrays,
    bounded_second_order,
    combined,
    dense_node,
)
from tests.builders.plain_kernels import plain

from headrace.plan.interior_point.kernels.layout import StepStatistics

step = plain.step


def decreases(dense, solved):
    """Largest relative decrease of any value in each hour, primal and dual, windows not counted."""
    s = dense.node.state
    shape = s.column.shape
    dz, dv, dslack, dy = solved
    _, _, slack, dual = dense.values
    there, lives = dense.there, dense.lives.reshape(shape)
    primal = np.where(lives, -dz.reshape(shape) / s.column, 0.0).max(axis=0, initial=0.0)
    down = np.where(lives, -dv.reshape(shape) / s.column_dual, 0.0).max(axis=0, initial=0.0)
    for move, value, out in ((dslack, slack, primal), (dy, dual, down)):
        rows, uppers, _ = dense.split(np.where(there, -move / value, 0.0))
        for each in (rows, uppers):
            np.maximum(out, each.max(axis=0, initial=0.0), out=out)
    return primal, down


def with_windows(dense, solved, primal, dual):
    """The same with windows counted in their last hour; long windows by themselves."""
    h = dense.node.reduced.hours
    _, _, dslack, dy = solved
    _, _, slack, value = dense.values
    _, _, slacks = dense.split(-dslack / slack)
    _, _, duals = dense.split(-dy / value)
    for w, t in enumerate(h.window_last):
        if not h.window_long[w]:
            primal[t], dual[t] = max(primal[t], slacks[w]), max(dual[t], duals[w])
    return primal, dual


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 5000))
def test_the_ratio_test_finds_the_largest_relative_decrease_of_each_hour(seed):
    dense = dense_node(seed)
    affine(plain.passes, dense)
    solved = dense.direction(dense.dx)
    primal, dual = with_windows(dense, solved, *decreases(dense, solved))
    work = dense.node.work
    assert work.primal_decrease == pytest.approx(primal, rel=1e-5, abs=1e-6)
    assert work.dual_decrease == pytest.approx(dual, rel=1e-5, abs=1e-6)


def test_long_windows_are_told_by_themselves():
    """With every window long none of them is in an hour's decrease, and the largest is told."""
    seeds = (s for s in range(200) if len(dense_node(s).node.reduced.hours.window_rhs) > 1)
    dense = dense_node(next(seeds))
    node = dense.node
    hours = node.reduced.hours
    long = hours._replace(window_long=np.ones_like(hours.window_long))
    node.reduced = dataclasses.replace(node.reduced, hours=long)
    affine(plain.passes, dense)
    solved = dense.direction(dense.dx)
    primal, _ = decreases(dense, solved)
    assert node.work.primal_decrease == pytest.approx(primal, rel=1e-5, abs=1e-6)
    told = StepStatistics(*node.work.statistics)
    _, _, slack, value = dense.values
    _, _, slacks = dense.split(-solved[2] / slack)
    _, _, duals = dense.split(-solved[3] / value)
    assert told.long_primal == pytest.approx(max(0.0, slacks.max()), rel=1e-5, abs=1e-7)
    assert told.long_dual == pytest.approx(max(0.0, duals.max()), rel=1e-5, abs=1e-7)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 5000))
def test_moved_products_are_the_sum_of_products_times_their_relative_move(seed):
    """Over all pairs: x y (dx / x) = y dx of the primal value."""
    dense = dense_node(seed)
    affine(plain.passes, dense)
    dz, _, dslack, _ = dense.direction(dense.dx)
    _, v, _, dual = dense.values
    wanted = float(v[dense.lives] @ dz[dense.lives] + dual[dense.there] @ dslack[dense.there])
    told = StepStatistics(*dense.node.work.statistics)
    assert told.moved_products == pytest.approx(wanted, rel=1e-5, abs=1e-6)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 5000))
def test_a_short_step_moves_every_value_along_the_direction(seed):
    """Steps below every ratio truncate nothing: value + step * move, primal and dual."""
    dense, centring = dense_node(seed), (0.2, 0.5)
    combined(plain.passes, dense, centring, dense.dx)
    solved = dense.direction(dense.dx, centring[0], bounded_second_order(dense, centring[1]))
    work = dense.node.work
    one = 0.5 / max(1.0, work.primal_decrease.max(), work.statistics[4])
    two = 0.5 / max(1.0, work.dual_decrease.max(), work.statistics[5])
    before = [values.copy() for values in dense.values]
    moves = (dense.x, dense.dx, dense.dx, dense.dx)
    plain.passes.advance(2, *arrays(dense), centring, moves, (one, two, 0.3, 0.0))
    lengths, keep = (one, two, one, two), (dense.lives, dense.lives, dense.there, dense.there)
    for after, old, move, length, there in zip(dense.values, before, solved, lengths, keep):
        assert after[there] == pytest.approx((old + length * move)[there], rel=1e-5, abs=1e-6)
        assert np.array_equal(after[~there], old[~there])


def stepped(x, y, a, b, steps):
    """One pair after its step."""
    one, two = np.array([x]), np.array([y])
    step._step_pair(one, two, np.array([a]), np.array([b]), steps)
    return float(one[0]), float(two[0])


def test_truncated_pairs_by_hand():
    """Steps of 1, keep 0.3, least product 0. x = 10 that wants to lose 90 % keeps 3; y = 4 that
    wants to lose half has its 2. With a least product of 12 the truncated x is held up to 12 / 2 =
    6, and a truncated dual likewise.
    """
    assert stepped(10.0, 4.0, -0.9, -0.5, (1.0, 1.0, 0.3, 0.0)) == pytest.approx((3.0, 2.0))
    assert stepped(10.0, 4.0, -0.9, -0.5, (1.0, 1.0, 0.3, 12.0)) == pytest.approx((6.0, 2.0))
    assert stepped(10.0, 4.0, -0.5, -0.9, (1.0, 1.0, 0.3, 12.0)) == pytest.approx((5.0, 2.4))


@given(
    st.floats(0.01, 100),
    st.floats(0.01, 100),
    st.floats(-3, 3),
    st.floats(-3, 3),
    st.floats(0.0, 1.0),
    st.floats(0.0, 1.0),
)
def test_a_step_keeps_values_positive_and_truncated_products_large_enough(x, y, a, b, one, two):
    keep, least = 0.3, 0.02
    up, vp = stepped(x, y, a, b, (one, two, keep, least))
    assert up >= keep * x * (1 - 1e-12)
    assert vp >= keep * y * (1 - 1e-12)
    if 1.0 + one * a < keep:
        assert up * vp >= min(least, up * vp) * (1 - 1e-12)
        assert up * vp >= least * (1 - 1e-12) or up * vp > 0.3 * x * 0.3 * y * (1 - 1e-12)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 5000))
def test_restoration_makes_every_dual_residual_zero_and_lowers_none(seed):
    """cost + M'y = v, where M'y holds w, wherever a column has a bound, by raising v or w alone."""
    dense = dense_node(seed)
    s = dense.node.state
    before = s.column_dual.copy(), s.upper_dual.copy(), s.row_dual.copy()
    nothing = np.zeros(0)
    count = plain.passes.advance(
        3, *arrays(dense), AFFINE_CENTRING, (nothing, nothing, nothing, nothing), NO_STEP
    )
    _, v, _, dual = dense.values
    there, lives = dense.there, dense.lives
    residual = dense.cost + dense.matrix[there].T @ dual[there] - v
    bounded = lives & np.repeat(dense.node.reduced.hours.upper_at >= 0, s.column.shape[1])
    assert np.abs(residual[bounded]).max(initial=0.0) <= 1e-9
    assert residual[lives].max(initial=0.0) <= 1e-9  # without a bound a dual may be too large
    assert count == s.column.shape[1]
    assert (s.column_dual >= before[0] - 1e-12).all()
    assert (s.upper_dual >= before[1] - 1e-12).all()
    assert np.array_equal(s.row_dual, before[2])


def test_only_hours_whose_duals_were_truncated_are_restored():
    """Marks: an hour itself, and the hour whose previous hour it is."""

    class Hours:
        previous_hour = np.array([3, 0, 1, 2])

    class Work:
        dual_decrease = np.array([0.0, 5.0, 0.0, 0.0])

    marks = np.zeros(4)
    assert step._truncated(Hours, Work, 0, marks, 1.0) == 2
    assert marks.tolist() == [0.0, 1.0, 1.0, 0.0]


def test_a_dual_of_the_direction_is_solved_for_or_an_increment():
    out, solved, near = np.zeros(2), np.array([1.0, 2.0]), np.array([10.0, 20.0])
    step.dual_direction(step.AFFINE, out, solved, near)
    assert out.tolist() == [1.0, 2.0]
    step.dual_direction(step.COMBINED, out, solved, near)
    assert out.tolist() == [11.0, 22.0]
