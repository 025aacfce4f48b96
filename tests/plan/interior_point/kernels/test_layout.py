"""Layout of the arrays: grouped entries, room from blocks, and positions with names."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.plan.interior_point.kernels import layout
from headrace.plan.interior_point.kernels.layout import ArrayPool, StepStatistics, entries_by


def test_the_positions_of_the_statistics_are_their_names():
    """The kernels read positions, Python reads names: they must not drift apart."""
    names = [name.upper() for name in StepStatistics._fields]
    assert [getattr(layout, name) for name in names] == list(range(len(names)))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6), st.integers(1, 9)), max_size=20))
def test_entries_are_grouped_by_owner_and_sorted_inside(triples):
    owner, to, scale = (np.array(part, dtype=np.int64) for part in zip(*triples or [(0, 0, 0)]))
    if not triples:
        owner, to, scale = owner[:0], to[:0], scale[:0]
    found = entries_by(owner, 5, to, scale.astype(float), to + 10)
    assert found.ptr[0] == 0
    assert found.ptr[-1] == len(triples)
    for i in range(5):
        part = slice(found.ptr[i], found.ptr[i + 1])
        mine = sorted((t, s) for o, t, s in triples if o == i)
        assert sorted(zip(found.to[part].tolist(), found.scale[part].tolist())) == mine
        assert found.to[part].tolist() == sorted(found.to[part].tolist())
        assert (found.profile[part] == found.to[part] + 10).all()


def test_room_is_zero_apart_and_at_the_start_of_a_cache_line():
    room = ArrayPool()
    given = [room(3, 5), room(7), room(0, 4), room(2, 2)]
    for i, array in enumerate(given):
        assert not array.any()
        array += i + 1.0
        if array.size:
            offset = array.__array_interface__["data"][0] - given[0].__array_interface__["data"][0]
            assert offset % 64 == 0
    assert [float(array.max(initial=0.0)) for array in given] == [1.0, 2.0, 0.0, 4.0]


def test_more_than_a_block_is_a_block_of_its_own(monkeypatch):
    monkeypatch.setattr(layout, "BLOCK", 16)
    room = ArrayPool()
    assert room(100).shape == (100,)
    assert room(4).shape == (4,)


@pytest.mark.parametrize(
    ("entries", "length", "wanted"), [(1, 8760, 576), (400, 8760, 192), (9, 24, 24)]
)
def test_the_chunk_fits_the_cache_and_the_year(entries, length, wanted):
    """At most 576 hours, at least 192, never more than there are; in between so that the chunk
    matrix has 65,536 numbers.
    """
    chunk = min(layout.CHUNK, length, max(layout.LEAST, layout.BUFFER // entries))
    assert chunk == wanted
