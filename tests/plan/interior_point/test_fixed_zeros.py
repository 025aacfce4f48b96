"""What has to be zero is found, and nothing else: against the LP's own feasible points."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array, csr_array
from tests.builders.problems import engine, flat, random_problem

from headrace.core.errors import Infeasible
from headrace.plan.interior_point.fixed_zeros import can_stand, find_nonzeros
from headrace.plan.lp import linear_program
from headrace.plan.lp.extensive_form import node_matrix
from headrace.plan.lp.linear_program import LinearProgram


def test_an_engine_that_cannot_stand_has_nothing_to_burn():
    """No order reaches the border and nothing stands: what the engine burns is zero, and the
    balance leaves no room for service either.
    """
    block = dataclasses.replace(engine().nodes[0], map=csr_array((1, 1)))
    found = find_nonzeros(block)
    assert not can_stand(block).any()
    assert not found.columns.any()
    assert [each.row for each in found.closed] == [0]


def test_an_engine_that_may_be_ordered_is_left():
    found = find_nonzeros(engine().nodes[0])
    assert found.columns.all()
    assert found.rows.all()
    assert found.closed == ()


def test_hours_without_availability_are_zero_in_these_hours_alone():
    """Available in the second hour only: the first has neither fuel nor service."""
    block = engine().nodes[0]
    night = dataclasses.replace(
        block,
        profiles=np.array([[1.0, 1.0], [0.0, 1.0]]),
        upper_border=dataclasses.replace(flat(1.0), profile=np.array([1])),
    )
    assert find_nonzeros(night).columns.tolist() == [[False, True], [False, True]]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_what_is_called_zero_is_zero_in_every_feasible_point(seed):
    """The largest value that HiGHS finds of all these columns together, at generous capacities."""
    block = random_problem(seed).nodes[0]
    found = find_nonzeros(block)
    zero = ~found.columns.ravel()
    if not zero.any():
        return
    standing = can_stand(block)
    matrix = node_matrix(block)
    x = np.where(standing, 50.0, 0.0)
    rhs = matrix.rhs + matrix.border @ x
    program = LinearProgram(
        matrix=csc_array(matrix.hourly),
        cost=np.where(zero, -1.0, 0.0),
        lower=np.zeros(len(zero)),
        upper=np.minimum(matrix.upper, 1e4),
        row_lower=np.full(len(rhs), -np.inf),
        row_upper=rhs,
        integer=np.zeros(0, dtype=np.int64),
    )
    try:
        answer = linear_program.run(program)
    except Infeasible:
        return
    assert answer.value >= -1e-6


@pytest.mark.parametrize("seed", range(20))
def test_rows_say_something_exactly_where_a_term_can_be_non_zero(seed):
    """A row without any non-zero column or border is told to say nothing."""
    for block in random_problem(seed).nodes:
        found = find_nonzeros(block)
        template = block.template
        for r in range(len(template.rows)):
            mine = template.row_entries.row == r
            columns = template.row_entries.column[mine]
            some = (
                found.columns[columns].any(axis=0) if len(columns) else np.zeros(block.hours, bool)
            )
            bordered = template.row_border.column[template.row_border.row == r]
            if not can_stand(block)[bordered].any():
                assert not (found.rows[r] & ~some).any()
