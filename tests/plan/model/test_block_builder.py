"""The writer keeps what it is told: profiles once, entries where they were put, zeros nowhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from tests.builders.nouns import circle

from headrace.plan.model.block_builder import HourWriter, ProfileBook

series = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3).map(np.array)


def test_a_constant_is_its_scale_on_the_profile_of_ones() -> None:
    book = ProfileBook(3)
    assert book.number(2.5) == (2.5, 0)
    assert book.rows().tolist() == [[1, 1, 1]]


@given(series)
def test_scale_times_profile_is_the_series(values: np.ndarray) -> None:
    book = ProfileBook(3)
    scale, number = book.number(values)
    assert scale * book.rows()[number] == pytest.approx(values, rel=1e-12, abs=1e-300)
    assert np.abs(book.rows()).max() == 1.0


def test_the_same_shape_is_kept_once() -> None:
    book = ProfileBook(3)
    shape = np.array([1.0, 2.0, 4.0])
    numbers = {book.number(factor * shape)[1] for factor in (1.0, 2.0, 0.25)}
    assert numbers == {1}
    assert book.number(np.zeros(3)) == (0.0, 0)
    assert book.number(np.full(3, 7.0)) == (7.0, 0)


def test_a_series_of_one_sign_has_it_in_its_scale() -> None:
    """A store's level stands in its second chain with -1 where hours go on and 0 where none comes
    after; the repair reads from the scale that it makes room there.
    """
    book = ProfileBook(3)
    assert book.number(np.array([-1.0, -1.0, 0.0])) == (-1.0, 1)
    assert book.rows()[1].tolist() == [1.0, 1.0, 0.0]
    assert book.number(np.array([-2.0, 1.0, 0.0])) == (2.0, 2)


def test_a_series_without_an_end_is_unlimited() -> None:
    assert ProfileBook(2).number(np.array([1.0, np.inf])) == (np.inf, 0)


def small() -> HourWriter:
    """One column with a bound and a fixed part, one row, one chain, one window."""
    writer = HourWriter(circle(), ProfileBook(3))
    stands = writer.border("stands")
    used = writer.column("used", cost=2.0, upper=np.array([1.0, 2.0, 3.0]))
    kept = writer.column("kept", cost=0.0)
    writer.bound(kept, stands, 0.5)
    row = writer.row("row", rhs=4.0)
    writer.entry(row, used, 1.0)
    writer.entry(row, kept, 0.0)
    writer.allowance(row, stands, -1.0)
    chain = writer.chain("chain", kept)
    writer.chain_entry(chain, kept, 1.0, following=True)
    writer.chain_entry(chain, used, -0.9)
    window = writer.window("window", np.array([0, 0, -1], np.int64), np.array([5.0]))
    writer.window_entry(window, used, 3.0)
    return writer


def test_what_was_written_stands_in_the_block() -> None:
    writer = small()
    made = writer.block("n", 0.5, writer._book.rows(), np.array([7.0]), csr_array((1, 2)))
    assert made.template.columns == ("used", "kept")
    assert made.template.levels.tolist() == [1]
    assert made.cost.hourly(made.profiles).tolist() == [[2, 2, 2], [0, 0, 0]]
    assert made.upper.hourly(made.profiles)[0].tolist() == [1, 2, 3]
    assert made.row_rhs.hourly(made.profiles).tolist() == [[4, 4, 4]]
    assert made.chain_next.hourly(made.profiles).tolist() == [[1, 1, 1]]
    assert made.window_of.tolist() == [[0, 0, -1]]
    assert (made.name, made.weight, made.start.tolist()) == ("n", 0.5, [7.0])


def test_a_zero_is_no_entry() -> None:
    pattern = small().template().row_entries
    assert list(zip(pattern.row.tolist(), pattern.column.tolist())) == [(0, 0)]


def test_a_node_without_windows_has_none() -> None:
    empty = HourWriter(circle(), ProfileBook(3))
    made = empty.block("n", 1.0, np.ones((1, 3)), np.zeros(0), csr_array((0, 1)))
    assert made.window_of.shape == (0, 3)


def test_series_of_the_year_are_cut_to_the_snapshots() -> None:
    writer = HourWriter(circle(2), ProfileBook(2))
    assert np.asarray(writer.cut(np.arange(8760.0))).tolist() == [0, 1]
    assert writer.cut(3.0) == 3.0
