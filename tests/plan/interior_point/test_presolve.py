"""Presolve: the arrays of the kernels say what the block says, without what has to be zero."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from tests.builders.newton import _dense
from tests.builders.problems import engine, random_problem

from headrace.plan.interior_point.fixed_zeros import can_stand
from headrace.plan.interior_point.kernels.layout import ArrayPool
from headrace.plan.interior_point.node import make_node
from headrace.plan.interior_point.presolve import reduce_node
from headrace.plan.lp.extensive_form import node_matrix


def reduced(block):
    """The dense node of a block."""
    node = make_node(block, {}, ArrayPool(), 200)
    borders = node.pattern.borders
    return _dense(node, np.zeros(borders), np.zeros(borders))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_kept_rows_columns_and_costs_are_those_of_the_extensive_form(seed):
    """Entry by entry, hour by hour, for everything that presolve keeps."""
    for block in random_problem(seed).nodes:
        dense, form, hours = reduced(block), node_matrix(block), block.hours
        keep = dense.node.reduced
        column = (keep.columns[:, None] * hours + np.arange(hours)).ravel()
        lives = dense.lives
        assert dense.cost[lives] == pytest.approx(form.cost[column][lives])
        full = csr_array(form.hourly).toarray()
        row = (keep.rows[:, None] * hours + np.arange(hours)).ravel()
        wanted = np.where(lives, full[np.ix_(row, column)], 0.0)
        found = np.where(lives, dense.matrix[: len(row)], 0.0)
        assert found == pytest.approx(wanted)
        border = form.border.toarray()[row] * can_stand(block)  # of what can ever stand there
        says = (wanted != 0).any(axis=1) | (border != 0).any(axis=1)
        assert dense.rhs[: len(row)][says] == pytest.approx(form.rhs[row][says])
        found = dense.border[: len(row)] * can_stand(block)
        assert found[says] == pytest.approx(border[says])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_local_rows_come_first_and_touch_no_carried_column(seed):
    for block in random_problem(seed).nodes:
        found = reduce_node(block, 200)
        h = found.hours
        for j in h.carried:
            rows = h.in_hour.to[h.in_hour.ptr[j] : h.in_hour.ptr[j + 1]]
            assert (rows >= found.local).all()
        assert (h.in_previous.to >= len(found.rows) - found.chains).all()
        assert (found.rows[len(found.rows) - found.chains :] >= len(block.template.rows)).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_unknowns_of_a_column_are_its_rows_windows_and_borders(seed):
    for block in random_problem(seed).nodes:
        h = reduce_node(block, 200).hours
        rows, trailing = len(h.rhs_scale), len(h.window_at) + len(h.carried)
        for j in range(len(h.cost_scale)):
            part = slice(h.unknowns.ptr[j], h.unknowns.ptr[j + 1])
            wanted = [
                *h.in_hour.to[h.in_hour.ptr[j] : h.in_hour.ptr[j + 1]],
                *(rows + h.in_window.to[h.in_window.ptr[j] : h.in_window.ptr[j + 1]]),
                *(
                    rows
                    + trailing
                    + h.upper_border.to[h.upper_border.ptr[j] : h.upper_border.ptr[j + 1]]
                ),
            ]
            assert h.unknowns.to[part].tolist() == sorted(wanted)


def test_an_engine_without_any_hope_is_no_column():
    found = reduce_node(engine(most=0.0).nodes[0], 200)
    assert found.columns.tolist() == [0, 1]  # the box of an order is the master's affair
    gone = reduce_node(
        type(engine().nodes[0])(**{**vars(engine().nodes[0]), "map": csr_array((1, 1))}), 200
    )
    assert gone.columns.tolist() == []
    assert gone.rows.tolist() == []


def test_profiles_are_shared_and_contiguous():
    block = random_problem(6).nodes[0]
    h = reduce_node(block, 200).hours
    assert h.profiles.flags.c_contiguous
    assert np.array_equal(h.profiles[: len(block.profiles)], block.profiles)
    assert len(np.unique(h.profiles[len(block.profiles) :], axis=0)) == len(h.profiles) - len(
        block.profiles
    )
