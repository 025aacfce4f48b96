"""From nouns to the records of the kernel."""

import numpy as np
import pytest
from tests.builders.fleet_tables import round_table, trace

from headrace.core.errors import InputError
from headrace.models.fleet.kernel import layout
from headrace.models.fleet.to_arrays import (
    agenda_room,
    attention_grid,
    check,
    clock_record,
    known_events,
    pack,
    pool_records,
    replica_records,
    request_records,
)
from headrace.models.fleet.types import (
    NO_OUTAGES,
    Autoscale,
    Fleet,
    Outages,
    Pool,
    PrefixBlocks,
    ReplicaLimits,
    ServiceClass,
    no_limits,
)

TABLE = round_table()
LOAD = trace([0.0, 1.0, 5.0], [10, 20, 30], [1, 2, 3])
PAIR = Fleet(
    (
        Pool("prompts", TABLE, 2, role="prefill", start=1),
        Pool("answers", TABLE, 3, role="decode", autoscale=Autoscale("busy", 0.5, least=2)),
    )
)
BLOCKS = PrefixBlocks(np.array([0, 2, 2, 5]), np.array([0, 1, 0, 1, 2]), 16)


def test_replicas_are_numbered_pool_by_pool_and_the_first_are_awake():
    """One of two prompt replicas, two of three others (the least of their autoscaler)."""
    found = replica_records(PAIR)
    assert found["pool"].tolist() == [0, 0, 1, 1, 1]
    assert found["state"].tolist() == [layout.ON, layout.OFF, layout.ON, layout.ON, layout.OFF]
    assert found["gate"].tolist() == [layout.ARRIVALS] * 2 + [layout.HANDOVERS] * 3
    assert (found["due"] == layout.NEVER).all()


def test_a_pool_knows_where_its_replicas_stand_and_how_many_may_wake():
    """A pool with a fixed start may wake no more than that; one that is scaled may wake all."""
    found = pool_records(PAIR)
    assert found["first"].tolist() == [0, 2]
    assert found["replicas"].tolist() == [2, 3]
    assert found["limit"].tolist() == [1, 3]
    assert found["signal"].tolist() == [layout.NO_SCALE, layout.BUSY]
    assert (found["target"][1], found["least"][1], found["hold"][1]) == (0.5, 2, 5)
    assert found["role"].tolist() == [layout.PREFILL, layout.DECODE]


def test_requests_point_to_their_blocks():
    load = trace([0.0, 1.0, 5.0], [40, 20, 60], [1, 2, 3], blocks=BLOCKS)
    found = request_records(load, BLOCKS)
    assert found["arrival"].tolist() == [0.0, 1.0, 5.0]
    assert found["need"].tolist() == found["input"].tolist() == [40, 20, 60]
    assert found["block"].tolist() == [0, 2, 2]
    assert found["blocks"].tolist() == [2, 0, 3]
    assert (found["first"] == -1.0).all()
    assert (found["status"] == layout.WAITING).all()


def test_the_clock_carries_what_holds_for_all():
    fleet = Fleet((Pool("a", TABLE, 1),), router="power_of_two")
    (clock,) = clock_record(LOAD, fleet, bucket=30.0, seed=7, jump=False)
    assert clock["bucket"] == 30.0
    assert clock["horizon"] == 5.0 + 86_400.0
    assert clock["router"] == layout.POWER_OF_TWO
    assert (clock["random"], clock["jump"], clock["now"]) == (7, 0, 0.0)


def test_what_is_known_stands_in_the_order_of_time():
    """A limit at 3 s, an outage from 1 to 3 s, a first look at 60 s: of 3 s the limit is first."""
    limits = ReplicaLimits(np.array([3.0]), np.array([[1, 1]]))
    outages = Outages(np.array([4]), np.array([1.0]), np.array([3.0]))
    assert known_events(PAIR, limits, outages) == [
        (1.0, layout.FAIL, 4),
        (3.0, layout.LIMIT, 0),
        (3.0, layout.REPAIR, 4),
        (60.0, layout.TICK, 1),
    ]


def test_the_agenda_has_room_for_every_hand_over():
    """Three requests from prompt replicas: at least three hand-overs beside what is known."""
    known = len(known_events(PAIR, no_limits(2), NO_OUTAGES))
    assert agenda_room(LOAD, PAIR, no_limits(2), NO_OUTAGES) >= known + 3


def test_tables_of_different_length_share_a_grid():
    """Knots in the first column and row; the shorter table's place is left at zero."""
    found = attention_grid([TABLE, TABLE])
    assert found.shape == (2, 4, 3)
    assert found[0, 1:, 0].tolist() == TABLE.chunks.tolist()
    assert found[0, 0, 1:].tolist() == TABLE.prefixes.tolist()
    assert (found[0, 1:, 1:] == TABLE.attention).all()


def test_a_packed_world_has_not_begun():
    state = pack(LOAD, PAIR, no_limits(2), NO_OUTAGES, bucket=1.0, seed=0, jump=True)
    assert state.clock["agenda"][0] == 1
    assert (state.load == 0).all()
    assert (state.queues["first"] == -1).all()
    assert state.series.shape == (2, layout.SERIES, 7)
    assert state.shared.shape[0] == 2


@pytest.mark.parametrize(
    ("load", "fleet", "limits", "outages", "words"),
    [
        (
            trace([0.0], [2_000_000], [1]),
            Fleet((Pool("a", TABLE, 1),)),
            no_limits(1),
            NO_OUTAGES,
            "request 1 has 2,000,001 tokens",
        ),
        (
            trace([0.0], [1], [1], np.array([1])),
            Fleet((Pool("a", TABLE, 1),), classes=(ServiceClass("only"),)),
            no_limits(1),
            NO_OUTAGES,
            "service class 1",
        ),
        (
            LOAD,
            Fleet((Pool("a", TABLE, 1),), cache_blocks=4),
            no_limits(1),
            NO_OUTAGES,
            "no prefix blocks",
        ),
        (
            LOAD,
            Fleet((Pool("a", TABLE, 1),)),
            ReplicaLimits(np.array([2.0, 1.0]), np.array([[1], [1]])),
            NO_OUTAGES,
            "times fall",
        ),
        (
            LOAD,
            Fleet((Pool("a", TABLE, 1),)),
            no_limits(1),
            Outages(np.array([1]), np.array([0.0]), np.array([1.0])),
            "does not exist",
        ),
        (
            LOAD,
            Fleet((Pool("a", TABLE, 1),)),
            no_limits(1),
            Outages(np.array([0]), np.array([2.0]), np.array([1.0])),
            "ends before it begins",
        ),
    ],
)
def test_what_does_not_fit_together_is_said(load, fleet, limits, outages, words):
    with pytest.raises(InputError, match=words):
        check(load, fleet, limits, outages)
