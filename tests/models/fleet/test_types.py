"""What the simulator is told, and what it refuses to be told."""

import numpy as np
import pytest
from tests.builders.fleet_tables import round_table, trace

from headrace.core.errors import InputError
from headrace.models.fleet.types import (
    Autoscale,
    Fleet,
    Followers,
    Pool,
    PrefixBlocks,
    ServiceClass,
    Transfer,
    no_limits,
)

TABLE = round_table()


def test_a_trace_counts_from_its_first_arrival_to_its_last():
    load = trace([0.0, 2.5], [1, 2], [3, 4])
    assert len(load) == 2
    assert load.duration == 2.5
    assert list(load.faults()) == []


def test_the_first_offending_request_of_every_kind_is_named():
    with pytest.raises(InputError) as caught:
        trace([0.0, 2.0, 1.0, np.nan], [1, 0, 0, 1], [1, 1, 1, 0])
    words = str(caught.value)
    assert "request 2: its prompt is empty (2 such)" in words
    assert "request 3: it arrives before its predecessor" in words
    assert "request 4: its arrival is not a finite time" in words
    assert "request 4: its answer is empty" in words


@pytest.mark.parametrize(
    ("pool", "awake"),
    [
        (Pool("a", TABLE, 5), 5),
        (Pool("a", TABLE, 5, start=2), 2),
        (Pool("a", TABLE, 5, start=0), 0),
        (Pool("a", TABLE, 5, autoscale=Autoscale("busy", 0.5, least=3)), 3),
        (Pool("a", TABLE, 2, autoscale=Autoscale("busy", 0.5, least=9)), 2),
        (Pool("a", TABLE, 5, start=4, autoscale=Autoscale("busy", 0.5, least=3)), 4),
    ],
)
def test_who_is_awake_at_the_start(pool, awake):
    assert pool.awake_at_start == awake


def test_a_pool_holds_what_its_table_says_unless_told():
    assert Pool("a", TABLE, 1).capacity == TABLE.kv_tokens
    assert Pool("a", TABLE, 1, kv_tokens=500).capacity == 500


def test_replicas_of_all_pools_count():
    assert Fleet((Pool("a", TABLE, 2), Pool("b", TABLE, 3))).replicas == 5
    assert no_limits(2).replicas.shape == (0, 2)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pools": ()}, "no pool takes requests"),
        ({"pools": (Pool("a", TABLE, 1, role="decode"),)}, "no pool takes requests"),
        ({"pools": (Pool("a", TABLE, 1, role="prefill"),)}, "prefill and decode pools together"),
        ({"router": "nearest"}, "one of round_robin"),
        ({"classes": ()}, "no service class"),
        ({"cache_blocks": -1}, "negative cache"),
        ({"transfer": Transfer(-1.0)}, "negative time"),
    ],
)
def test_fleets_that_cannot_be(changes, words):
    told = {"pools": (Pool("a", TABLE, 1),), "classes": (ServiceClass("all"),)}
    with pytest.raises(InputError, match=words):
        Fleet(**(told | changes))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"replicas": 0}, "replicas"),
        ({"max_batch": 0}, "max_batch"),
        ({"token_budget": 256}, "token_budget"),
        ({"kv_tokens": 1}, "kv_tokens"),
        ({"warm_up": -1.0}, "warm_up"),
        ({"warm_up": float("inf")}, "warm_up"),
        ({"overhead": -0.1}, "overhead"),
        ({"start": 9}, "start"),
        ({"autoscale": Autoscale("busy", 0.0)}, "autoscale"),
        ({"autoscale": Autoscale("busy", 0.5, least=9)}, "autoscale"),
    ],
)
def test_a_pool_that_cannot_be_names_its_fault_alone(changes, name):
    pool = Pool(**({"name": "a", "table": TABLE, "replicas": 2} | changes))
    assert [rule for rule, good, _ in pool.rules() if not good] == [name]


def test_turns_keep_their_predecessors_in_another_order():
    """Request 2 follows 0; in the order 2, 0, 1 it stands first and follows the second."""
    told = Followers(np.array([-1, -1, 0]), np.array([0.0, 0.0, 1.5]))
    found = told.reordered(np.array([2, 0, 1]))
    assert found.before.tolist() == [1, -1, -1]
    assert found.pause.tolist() == [1.5, 0.0, 0.0]


@pytest.mark.parametrize(
    ("before", "pause"),
    [
        ([0, -1], [0, 0]),
        ([-1, 1], [0, 0]),
        ([-1, 0], [0, -1.0]),
        ([-1, 0], [0, np.inf]),
        ([-1], [0]),
    ],
)
def test_turns_that_cannot_follow_one_another(before, pause):
    with pytest.raises(InputError, match="chains of requests"):
        trace(
            [0.0, 1.0],
            [1, 1],
            [1, 1],
            followers=Followers(np.array(before), np.array(pause, float)),
        )


def test_a_closed_loop_has_no_times_of_its_own():
    load = trace([0.0, 2.5], [1, 2], [3, 4])
    assert (load.closed(1).users, load.closed(1).duration) == (1, 0.0)
    with pytest.raises(InputError, match="-1 users"):
        load.closed(-1)


def test_blocks_of_some_requests_are_numbered_anew():
    """Requests own [5, 7], [7] and [9]; of the last and the first, 9 comes after 5 and 7."""
    blocks = PrefixBlocks(np.array([0, 2, 3, 4]), np.array([5, 7, 7, 9]), 16)
    found = blocks.of(np.array([2, 0]))
    assert (found.pointer.tolist(), found.ids.tolist()) == ([0, 1, 3], [2, 0, 1])
