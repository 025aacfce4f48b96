"""The smallest hitting set, against every subset tried."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.rights.offering.conflict import smallest_hitting_set

SIZE = 6
families = st.lists(st.frozensets(st.integers(0, SIZE - 1), min_size=1), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(to_hit=families)
def test_it_hits_every_set_and_no_smaller_one_does(to_hit):
    found = smallest_hitting_set(to_hit, SIZE)
    assert all(found & members for members in to_hit)
    for fewer in combinations(range(SIZE), len(found) - 1):
        assert not all(set(fewer) & members for members in to_hit)


def test_by_hand():
    """{0,1}, {1,2}, {3}: 1 and 3 hit all three."""
    to_hit = [frozenset({0, 1}), frozenset({1, 2}), frozenset({3})]
    assert smallest_hitting_set(to_hit, 4) == {1, 3}


def test_nothing_to_hit_takes_nothing_and_an_empty_set_cannot_be_hit():
    assert smallest_hitting_set([], 4) == frozenset()
    with pytest.raises(InputError, match="no hitting set"):
        smallest_hitting_set([frozenset()], 4)
