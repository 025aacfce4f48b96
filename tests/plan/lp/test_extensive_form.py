"""The extensive form against plain loops over the formulas of `lp/problem.py`."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.problems import engine, random_problem

from headrace.plan.lp.extensive_form import counted, extensive, node_matrix, window_starts
from headrace.plan.lp.residuals import fixed_upper


def entry(values, i, block, t):
    """Number of entry i at hour t."""
    return values.scale[i] * block.profiles[values.profile[i], t]


def dense(block):
    """(matrix, border, rhs) of rows, chains, bordered bounds and windows, by loops."""
    template, hours = block.template, block.hours
    bounded = sorted(set(template.upper_border.row.tolist()))
    count = len(template.rows) + len(template.chains) + len(bounded)
    windows = window_starts(block)
    matrix = np.zeros((count * hours + windows[-1], len(template.columns) * hours))
    border, rhs = np.zeros((len(matrix), len(template.borders))), np.zeros(len(matrix))
    for t in range(hours):
        _rows_of_an_hour(block, t, matrix, border, rhs)
        _bounds_of_an_hour(block, t, bounded, matrix, border, rhs)
    _windows(block, count * hours, matrix, border, rhs)
    return matrix, border, rhs


def _rows_of_an_hour(block, t, matrix, border, rhs):
    template, hours, nr = block.template, block.hours, len(block.template.rows)
    for pattern, values, base, at in (
        (template.row_entries, block.row_entries, 0, t),
        (template.chain_now, block.chain_now, nr, t),
        (template.chain_next, block.chain_next, nr, block.next_hour[t]),
    ):
        for i, (r, j) in enumerate(zip(pattern.row, pattern.column)):
            matrix[(base + r) * hours + t, j * hours + at] += entry(values, i, block, t)
    for i, (r, k) in enumerate(zip(template.row_border.row, template.row_border.column)):
        border[r * hours + t, k] += entry(block.row_border, i, block, t)
    for values, base in ((block.row_rhs, 0), (block.chain_rhs, nr)):
        for r in range(len(values.scale)):
            rhs[(base + r) * hours + t] = entry(values, r, block, t)


def _bounds_of_an_hour(block, t, bounded, matrix, border, rhs):
    template, hours = block.template, block.hours
    first = (len(template.rows) + len(template.chains)) * hours
    for b, j in enumerate(bounded):
        matrix[first + b * hours + t, j * hours + t] = 1.0
        if np.isfinite(block.upper.scale[j]):
            rhs[first + b * hours + t] = entry(block.upper, j, block, t)
    for i, (j, k) in enumerate(zip(template.upper_border.row, template.upper_border.column)):
        row = first + bounded.index(j) * hours + t
        border[row, k] += entry(block.upper_border, i, block, t)


def _windows(block, last, matrix, border, rhs):
    template, hours, starts = block.template, block.hours, window_starts(block)
    for i, (f, j) in enumerate(zip(template.window_entries.row, template.window_entries.column)):
        for t in np.flatnonzero(block.window_of[f] >= 0):
            row = last + starts[f] + block.window_of[f, t]
            matrix[row, j * hours + t] += entry(block.window_entries, i, block, t)
    for i, (f, k) in enumerate(zip(template.window_border.row, template.window_border.column)):
        border[last + starts[f] : last + starts[f + 1], k] += block.window_border[i]
    for f, each in enumerate(block.window_rhs):
        rhs[last + starts[f] : last + starts[f + 1]] = each


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_a_node_is_its_formulas(seed):
    for block in random_problem(seed).nodes:
        found = node_matrix(block)
        matrix, border, rhs = dense(block)
        assert found.hourly.toarray() == pytest.approx(matrix)
        assert found.border.toarray() == pytest.approx(border)
        assert found.rhs == pytest.approx(rhs)
        cost = block.weight * block.weights * block.cost.hourly(block.profiles)
        assert found.cost == pytest.approx(cost.ravel())


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_bounds_without_a_border_stay_column_bounds(seed):
    for block in random_problem(seed).nodes:
        found = node_matrix(block)
        upper = found.upper.reshape(-1, block.hours)
        free = np.setdiff1d(np.arange(len(upper)), found.bounded)
        assert upper[free] == pytest.approx(fixed_upper(block)[free])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_the_whole_is_nodes_joined_by_what_stands(seed, units):
    """A point with x = start + map m satisfies the joining rows; its cost is that of its parts."""
    problem, rng = random_problem(seed, units=units), np.random.default_rng(seed)
    form = extensive(problem)
    m = rng.uniform(0.0, 2.0, len(problem.master.cost))
    x = [block.start + block.map @ m for block in problem.nodes]
    z = [rng.uniform(0.0, 1.0, node.hourly.shape[1]) for node in form.nodes]
    v = np.concatenate([m / form.unit, *x, *z])
    rows = form.matrix @ v
    joined = sum(len(each) for each in x)
    assert rows[:joined] == pytest.approx(form.row_lower[:joined])
    assert form.row_lower[:joined] == pytest.approx(form.row_upper[:joined])
    cost = float(problem.master.cost @ m) + sum(float(n.cost @ a) for n, a in zip(form.nodes, z))
    assert float(form.cost @ v) == pytest.approx(cost)
    at = joined
    own = problem.master.matrix @ m
    assert rows[at : at + len(own)] == pytest.approx(own)
    at += len(own)
    for node, a, each in zip(form.nodes, z, x):
        part = node.hourly @ a - node.border @ each
        assert rows[at : at + len(part)] == pytest.approx(part)
        assert form.row_upper[at : at + len(part)] == pytest.approx(node.rhs)
        at += len(part)


def test_whole_columns_are_counted_in_units():
    problem = random_problem(3, units=True)
    unit = counted(problem.master)
    assert (unit[problem.master.unit == 0] == 1.0).all()
    assert np.array_equal(
        unit[problem.master.unit > 0], problem.master.unit[problem.master.unit > 0]
    )
    assert extensive(problem).unit == pytest.approx(unit)


def test_the_engine_by_hand():
    """Rows: balance in two hours, the engine's bound in two hours; what it burns is bordered."""
    found = node_matrix(engine().nodes[0])
    assert found.hourly.toarray().tolist() == [
        [-1.0, 0.0, 1.0, 0.0],
        [0.0, -1.0, 0.0, 1.0],
        [1.0, 0.0, 0.0, 0.0],
        [0.0, 1.0, 0.0, 0.0],
    ]
    assert found.border.toarray().ravel().tolist() == [0.0, 0.0, 1.0, 1.0]
    assert found.bounded.tolist() == [0]
    assert found.cost.tolist() == [1.0, 1.0, -5.0, -5.0]
