"""What a replica of the reference holds, counted by hand."""

import numpy as np
from tests.builders.fleet_tables import round_table, trace

from headrace.models.fleet.reference.memory import Replica, request_of
from headrace.models.fleet.types import Pool, PrefixBlocks

POOL = Pool("a", round_table(), 1, max_batch=4, token_budget=64)
LOAD = trace(
    [0.0, 1.0, 2.0],
    [100, 50, 30],
    [5, 6, 7],
    np.array([0, 1, 1]),
    PrefixBlocks(np.array([0, 2, 2, 3]), np.array([4, 5, 4]), 16),
)


def replica():
    return Replica(0, 0, POOL, POOL.table.dense(64, 4), [[], []])


def test_a_request_is_what_its_trace_says():
    first, second, third = (request_of(LOAD, number) for number in range(3))
    assert (first.input, first.output, first.service, first.need) == (100, 5, 0, 100)
    assert (first.blocks, second.blocks, third.blocks) == ((4, 5), (), (4,))
    assert (third.arrival, third.service) == (2.0, 1)
    assert not first.admitted


def test_kv_is_that_of_decodes_and_of_admitted_prompts():
    """A decode with 103 tokens, an admitted prompt of 50, one of 30 still waiting: 153; of the
    prompts 50 - 20 + 30 tokens are to be computed.
    """
    one = replica()
    first, second, third = (request_of(LOAD, number) for number in range(3))
    first.context = 103
    one.decoding.append(first)
    second.admitted, second.filled = True, 20
    one.queues[1] += [second, third]
    assert one.kv() == 153
    assert one.backlog() == 60
    assert one.filling() == [second]
    assert one.held() == [first, second, third]


def test_an_idle_replica_holds_nothing():
    assert (replica().kv(), replica().backlog(), replica().held()) == (0, 0, [])
