"""A large fleet by a small one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.fleet_tables import round_table

from headrace.models.fleet.downscale import thinned
from headrace.models.fleet.types import Pool

TABLE = round_table()


@given(st.integers(1, 2000), st.floats(1.0, 500.0), st.floats(0.0, 2000.0))
def test_a_full_small_replica_takes_as_long_and_its_fold_the_power(places, k, context):
    """Its step with all places taken lasts as long as that of the large one; every phase's power,
    times the number of small for one large, is the large one's.
    """
    pool = Pool("a", TABLE, 4, max_batch=places, token_budget=places + 64)
    small = thinned(pool, k)
    fold = places / small.max_batch
    assert small.table.decode_time(small.max_batch, context) == pytest.approx(
        TABLE.decode_time(places, context)
    )
    assert small.table.power.idle * fold == pytest.approx(TABLE.power.idle)
    assert small.table.power.decode * fold == pytest.approx(TABLE.power.decode)
    assert small.replicas == pool.replicas


def test_a_tenth_by_hand():
    """Of 100 places ten, of a million tokens of cache a hundred thousand, of 1,000 W 100 W."""
    small = thinned(Pool("a", TABLE, 1, max_batch=100, token_budget=164), 10.0)
    assert (small.max_batch, small.token_budget) == (10, 74)
    assert small.table.kv_tokens == 100_000
    assert small.table.power.prefill == pytest.approx(100.0)
    assert "one in 10 of its requests" in small.table.name


def test_one_place_is_always_left():
    assert thinned(Pool("a", TABLE, 1, max_batch=3, token_budget=64), 100.0).max_batch == 1


def test_by_one_nothing_changes():
    pool = Pool("a", TABLE, 1, max_batch=7, token_budget=64)
    small = thinned(pool, 1.0)
    assert (small.max_batch, small.token_budget) == (7, 64)
    assert (small.table.batches == TABLE.batches).all()
