"""Each small loop against the numpy expression that its docstring states."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.newton import dense_node
from tests.builders.plain_kernels import plain

ops = plain.vector_ops
PROFILES = np.array([[1.0] * 6, [0.0, 1.0, 2.0, -1.0, 0.5, 3.0]])
NUMBERS = st.integers(-1000, 1000).map(lambda n: n / 8)


def vectors(count):
    """Vectors of four numbers."""
    one = st.lists(NUMBERS, min_size=4, max_size=4).map(np.array)
    return st.tuples(*[one] * count)


def entry(scale, profile):
    """What an entry is worth in hours 1 .. 4."""
    return scale * PROFILES[profile, 1:5]


@pytest.mark.parametrize("profile", [0, 1])
@given(scale=NUMBERS, x=vectors(2))
def test_an_entry_is_its_scale_times_its_profile(profile, scale, x):
    out, factor = x
    number = entry(scale, profile)
    for op, wanted in (
        (ops.set_to, number),
        (ops.add, out + number),
        (ops.times, out * number),
    ):
        found = out.copy()
        op(found, scale, profile, PROFILES, 1)
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    found = out.copy()
    ops.add_times(found, scale, profile, PROFILES, 1, factor)
    assert found == pytest.approx(out + number * factor)
    assert ops.dot(scale, profile, PROFILES, 1, factor) == pytest.approx(float(number @ factor))


@given(vectors(3))
def test_sums_of_products(x):
    a, b, c = x
    assert ops.inner(a, b) == pytest.approx(float(a @ b))
    assert ops.inner3(a, b, c) == pytest.approx(float((a * b * c).sum()))


@given(vectors(2))
def test_elementwise_loops(x):
    a, b = x
    for op, wanted in (
        (ops.raise_to_abs, np.maximum(a, np.abs(b))),
        (ops.raise_to_minus, np.maximum(a, -b)),
        (ops.add_to, a + b),
        (ops.subtract, a - b),
        (ops.copy, b),
    ):
        found = a.copy()
        op(found, b)
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    found = a.copy()
    ops.divide(found, b, np.abs(a) + 1.0)
    assert found == pytest.approx(b / (np.abs(a) + 1.0))


def test_zero_is_zero_in_one_and_two_axes():
    one, two = np.ones(3), np.ones((2, 3))
    ops.zero(one)
    ops.zero_matrix(two)
    assert not one.any()
    assert not two.any()


@given(NUMBERS, st.integers(0, 1000).map(float))
def test_bounded_is_clip(x, most):
    assert ops.bounded(x, most) == np.clip(x, -most, most)


@pytest.mark.parametrize("seed", range(12))
def test_transposed_and_product_are_the_dense_matrix(seed):
    """`add_transposed` is M'y for rows and windows, `add_product` with `add_product_previous` is
    M z, both without the upper bounds.
    """
    dense = dense_node(seed)
    h, state = dense.node.reduced.hours, dense.node.state
    columns, hours = state.column.shape
    upper = slice(state.row_slack.size, state.row_slack.size + state.upper_slack.size)
    matrix = dense.matrix.copy()
    matrix[upper] = 0.0
    out = np.zeros((columns, hours))
    for j in range(columns):
        ops.add_transposed(h, j, 0, out[j], state.row_dual, state.window_dual)
    dual = dense.values[3]
    assert out.ravel() == pytest.approx(matrix.T @ dual, rel=1e-9, abs=1e-9)

    rows, windows = np.zeros_like(state.row_slack), np.zeros(len(h.window_rhs))
    for j in range(columns):
        ops.add_product(h, j, 0, state.column[j], rows, windows)
    ops.add_product_previous(h, state.column[h.carried], rows)
    wanted, _, in_windows = dense.split(matrix @ state.column.ravel())
    assert rows == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    assert windows == pytest.approx(in_windows, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_limits_at_capacities_are_right_hand_sides(seed):
    """Upper bounds and rows at x, and how bounds move with x, from the dense right-hand side."""
    dense = dense_node(seed)
    h = dense.node.reduced.hours
    rows, uppers, _ = dense.split(dense.rhs + dense.border @ dense.x)
    _, moves, _ = dense.split(dense.border @ dense.dx)
    out = np.zeros(h.profiles.shape[1])
    for r in range(len(rows)):
        ops.row_limit(h, r, 0, out, dense.x)
        assert out == pytest.approx(rows[r])
    for j in np.flatnonzero(h.upper_at >= 0):
        ops.upper_bound(h, j, 0, out, dense.x)
        assert out == pytest.approx(uppers[h.upper_at[j]])
        out[:] = 0.0
        ops.add_bound_move(h, j, 0, out, dense.dx)
        assert out == pytest.approx(moves[h.upper_at[j]], abs=1e-12)


def test_a_mask_leaves_only_hours_in_which_the_column_exists():
    """Of a random node with a masked column: 0 exactly where the dense node has no column."""
    dense = next(d for d in map(dense_node, range(60)) if (~d.lives).any())
    h = dense.node.reduced.hours
    lives = dense.lives.reshape(dense.node.state.column.shape)
    for j in range(len(lives)):
        x = np.full(lives.shape[1], 7.0)
        ops.apply_mask(h, j, 0, x)
        assert np.array_equal(x, np.where(lives[j], 7.0, 0.0))
