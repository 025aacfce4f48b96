"""Micro-cases of the fleet simulator, reckoned by hand from the round table of fleet_tables.py."""

from itertools import pairwise

import numpy as np
import pytest
from tests.builders.fleet_tables import round_table, trace

from headrace.core.errors import InputError
from headrace.models.fleet import (
    Autoscale,
    Fleet,
    Outages,
    Pool,
    PrefixBlocks,
    ReplayProgress,
    ReplicaLimits,
    ServiceClass,
    Transfer,
    replay,
    summarise,
)

TABLE = round_table()


def test_one_request() -> None:
    """100 prompt tokens: 10 ms + 100 x 0.01 ms + attention 0.1 ms = 11.1 ms to the first token.
    Then two decode steps of 10.1 ms each, plus 1e-7 s x 100 KV tokens, then x 101: 20.2201 ms for
    two tokens.
    """
    found = replay(trace([0.0], [100], [3]), Fleet((Pool("a", TABLE, 1),)))
    assert found.ttft[0] == pytest.approx(0.0111, abs=1e-12)
    assert found.e2e[0] == pytest.approx(0.0111 + 0.0101 + 1e-5 + 0.0101 + 1.01e-5, abs=1e-12)
    assert found.tpot[0] == pytest.approx((0.0202 + 2.01e-5) / 2, abs=1e-12)
    assert (found.steps, found.end) == (3, found.e2e[0])


def test_chunked_prefill() -> None:
    """2,500 tokens at 1,000 a step: chunks of 1000, 1000, 500 after prefixes 0, 1000, 2000.
    Attention of 1000 tokens is 1 ms + 1 us a prefix token; of 500 half of that: 20+1, 20+2, 15+1.5
    ms.
    """
    found = replay(trace([0.0], [2500], [1]), Fleet((Pool("a", TABLE, 1, token_budget=1000),)))
    assert found.ttft[0] == pytest.approx(0.021 + 0.022 + 0.0165, abs=1e-12)
    assert found.tpot[0] == 0.0


def test_an_arrival_joins_at_the_next_step() -> None:
    """The second request arrives 30 ms after the first; the first is in its third step, which ends
    at 11.1 + 10.11 + 10.1101 = 31.3201 ms. The mixed step then holds 10 prompt tokens and one
    decode: shared[11] 10.11 ms + attention 0.01 ms + reading 1.02e-5 s + max(0, 10.1 - 10.01) ms.
    """
    found = replay(trace([0.0, 0.030], [100, 10], [50, 1]), Fleet((Pool("a", TABLE, 1),)))
    joined = 0.0111 + 0.01011 + 0.0101101
    assert found.ttft[1] + 0.030 == pytest.approx(
        joined + 0.01011 + 1e-5 + 1.02e-5 + 9e-5, abs=1e-12
    )


def test_energy_by_phase() -> None:
    """One prefill step of 11.1 ms at 1,000 W, one decode step of 10.11 ms at 400 W,
    nothing else.
    """
    found = replay(trace([0.0], [100], [2]), Fleet((Pool("a", TABLE, 1),)))
    assert found.pools[0].energy.sum() == pytest.approx(11.1 + 4.044, abs=1e-9)


def test_sleepers_and_idlers_draw_power() -> None:
    """Three replicas, one asleep (100 W), one awake and idle (200 W), one busy as above, for 21.21
    ms.
    """
    found = replay(trace([0.0], [100], [2]), Fleet((Pool("a", TABLE, 3, start=2),)))
    assert found.pools[0].energy.sum() == pytest.approx(15.144 + 0.02121 * 300, abs=1e-9)


def test_prefix_blocks_are_not_computed_twice() -> None:
    """Both prompts are the same two blocks of 64: the second computes one token after a prefix of
    127, which takes 10 ms + 0.01 ms, and attention, bilinear: (0.001 ms and 0.011 ms for one token
    after 0 and 10,000) 0.00112700 ms.
    """
    blocks = PrefixBlocks(np.array([0, 2, 4]), np.array([0, 1, 0, 1]), 64)
    fleet = Fleet((Pool("a", TABLE, 1),), cache_blocks=10)
    found = replay(trace([0.0, 1.0], [128, 128], [1, 1], blocks=blocks), fleet)
    assert found.hit.tolist() == [0, 127]
    assert found.ttft[1] == pytest.approx(0.01001 + 1e-6 * (1 + 10 * 127 / 10_000), abs=1e-12)


def test_prefix_aware_routing_goes_where_the_prefix_is() -> None:
    """Two families of prompts in turn on two replicas: prefix-aware keeps them apart, round robin
    mixes.
    """
    families = np.tile([0, 1, 1, 0, 0, 1], 10)
    ids = (families[:, None] * 8 + np.arange(8)).ravel()
    blocks = PrefixBlocks(np.arange(61) * 8, ids, 64)
    load = trace(np.arange(60) * 0.2, np.full(60, 512), np.full(60, 2), blocks=blocks)
    hits = {
        router: int(
            replay(load, Fleet((Pool("a", TABLE, 2),), router=router, cache_blocks=8)).hit.sum()
        )
        for router in ("prefix_aware", "round_robin")
    }
    assert hits["prefix_aware"] == 58 * 511
    assert hits["round_robin"] < 0.6 * hits["prefix_aware"]


def test_handover_takes_the_transfer_time() -> None:
    """First token at 11.1 ms on the prefill replica, 50 ms + 100 tokens x 0.1 ms on the way, then
    one decode step.
    """
    pools = (Pool("p", TABLE, 1, role="prefill"), Pool("d", TABLE, 1, role="decode"))
    found = replay(trace([0.0], [100], [2]), Fleet(pools, transfer=Transfer(0.05, 1e-4)))
    assert found.ttft[0] == pytest.approx(0.0111, abs=1e-12)
    assert found.e2e[0] == pytest.approx(0.0111 + 0.06 + 0.01011, abs=1e-12)
    assert found.replica[0] == 1


def test_patience_and_refusal() -> None:
    """Ten requests at once, one place: each takes 11.1 ms alone; patience 25 ms lets three start,
    refusal at 4 lets four in.
    """
    load = trace(np.zeros(10), np.full(10, 100), np.ones(10, np.int64))
    patient = Fleet(
        (Pool("a", TABLE, 1, max_batch=1),), classes=(ServiceClass("x", patience=0.025),)
    )
    assert replay(load, patient).shed.sum() == 7
    closed = Fleet((Pool("a", TABLE, 1, max_batch=1),), classes=(ServiceClass("x", admit_below=4),))
    found = replay(load, closed)
    assert found.shed.tolist() == [False] * 4 + [True] * 6
    assert summarise(found).classes[0].shed_share == pytest.approx(0.6)


def test_higher_classes_go_first() -> None:
    """Five of class 1 and then one of class 0 wait behind a running request: class 0
    starts next.
    """
    load = trace(
        np.r_[0.0, np.full(6, 0.001)],
        np.full(7, 100),
        np.ones(7, np.int64),
        np.array([1, 1, 1, 1, 1, 1, 0]),
    )
    fleet = Fleet(
        (Pool("a", TABLE, 1, max_batch=1),), classes=(ServiceClass("first"), ServiceClass("second"))
    )
    found = replay(load, fleet)
    assert np.argsort(found.started).tolist()[:2] == [0, 6]


def test_a_failure_moves_requests_and_keeps_their_tokens() -> None:
    """Replica 0 fails at 100 ms: its request goes on elsewhere, computing prompt and tokens again,
    TTFT unchanged.
    """
    fleet = Fleet((Pool("a", TABLE, 2),))
    load = trace([0.0], [100], [20])
    plain = replay(load, fleet)
    found = replay(load, fleet, outages=Outages(np.array([0]), np.array([0.1]), np.array([10.0])))
    assert (found.evicted, found.replica[0], found.ttft[0]) == (1, 1, plain.ttft[0])
    # 11.1 ms, then 8 whole steps of about 10.11 ms fit before 100 ms: the ninth is lost, 109 tokens
    # are computed again.
    again = 0.010 + 0.00109 + 0.000109 - 1e-5 - 1e-6
    left = 20 - 1 - 8 - 1
    assert found.e2e[0] == pytest.approx(
        0.1 + again + sum(0.0101 + 1e-7 * (108 + k) for k in range(left)), abs=1e-9
    )


def test_a_hard_limit_stops_and_a_soft_one_drains() -> None:
    """One of two replicas must go at 50 ms. Softly, its request ends there; hard, it moves."""
    load, fleet = trace([0.0, 0.0], [100, 100], [30, 30]), Fleet((Pool("a", TABLE, 2),))
    for hard, moved in ((False, 0), (True, 1)):
        found = replay(
            load, fleet, limits=ReplicaLimits(np.array([0.05]), np.array([[1]]), np.array([hard]))
        )
        assert found.evicted == moved
        assert len(set(found.replica.tolist())) == 2 - moved


def test_warm_up_delays_service() -> None:
    """Nobody is awake until 1 s, then a warm-up of 2 s: the first token comes at 3.0111 s, and
    awake time counts from 1 s.
    """
    fleet = Fleet((Pool("a", TABLE, 1, warm_up=2.0, start=0),))
    found = replay(
        trace([0.0], [100], [1]), fleet, limits=ReplicaLimits(np.array([1.0]), np.array([[1]]))
    )
    assert found.ttft[0] == pytest.approx(3.0111, abs=1e-9)
    assert found.pools[0].awake.sum() == pytest.approx(2.0111, abs=1e-9)


def test_autoscaling_follows_the_load() -> None:
    """Two minutes of load between calm ones: more replicas are awake in the middle, and fewer hours
    than a fixed fleet.
    """
    rng = np.random.default_rng(0)
    arrival = np.sort(np.concatenate([rng.uniform(0, 600, 300), rng.uniform(240, 360, 3000)]))
    load = trace(arrival, np.full(3300, 200), np.full(3300, 100))
    scaled = Fleet(
        (
            Pool(
                "a",
                TABLE,
                10,
                warm_up=5.0,
                autoscale=Autoscale("outstanding", 8.0, period=10.0, hold=3),
            ),
        )
    )
    found = replay(load, scaled, bucket=60.0)
    awake = found.pools[0].awake / 60
    assert awake[4:6].mean() > 3 * awake[1:3].mean()
    assert (
        found.pools[0].awake.sum()
        < 0.6 * replay(load, Fleet((Pool("a", TABLE, 10),))).pools[0].awake.sum()
    )


def test_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headrace.models.fleet.simulator.EVENTS_A_CALL", 100)
    told: list[ReplayProgress] = []
    load = trace(np.arange(500) * 0.01, np.full(500, 10), np.full(500, 40))
    plain = replay(load, Fleet((Pool("a", TABLE, 4),)), progress=told.append)
    assert len(told) == plain.events // 100
    assert [one.events for one in told] == [100 * (k + 1) for k in range(len(told))]
    assert all(a.finished <= b.finished and a.now <= b.now for a, b in pairwise(told))


def test_who_cannot_be_served_is_told() -> None:
    """No replica may ever wake: the request is neither done nor shed, and the summary says so."""
    found = replay(trace([0.0], [100], [1]), Fleet((Pool("a", TABLE, 1, start=0),)))
    assert summarise(found).unserved == 1
    assert np.isnan(found.ttft[0])


@pytest.mark.parametrize(
    ("arrival", "prompt", "answer", "words"),
    [
        ([], [], [], "no request"),
        ([0.0, 2.0, 1.0], [1, 1, 1], [1, 1, 1], "request 3: it arrives before its predecessor"),
        ([-1.0], [1], [1], "before time 0"),
        ([0.0], [0], [1], "prompt is empty"),
        ([0.0], [1], [0], "answer is empty"),
        ([np.nan], [1], [1], "not a finite time"),
    ],
)
def test_bad_traces_are_refused(
    arrival: list[float], prompt: list[int], answer: list[int], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        trace(arrival, prompt, answer)


def test_every_fault_of_a_trace_at_once() -> None:
    with pytest.raises(InputError) as caught:
        trace([-1.0, 5.0, 2.0], [0, 1, 1], [1, 0, 1])
    assert len(caught.value.problems) == 4


def test_kv_that_cannot_hold_one_request_is_refused() -> None:
    with pytest.raises(
        InputError, match="request 2 has 1,100 tokens, and a replica of `a` holds 1,000 KV tokens"
    ):
        replay(
            trace([0.0, 1.0], [100, 1000], [100, 100]), Fleet((Pool("a", round_table(1000), 1),))
        )


@pytest.mark.parametrize(
    ("pool", "words"),
    [
        ({"replicas": 0}, "replicas"),
        ({"token_budget": 256}, "prompts starve"),
        ({"warm_up": -1.0}, "warm_up"),
        ({"autoscale": Autoscale("busy", 0.0)}, "autoscale"),
        ({"role": "prefill"}, "prefill and decode"),
    ],
)
def test_bad_fleets_are_refused(pool: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Fleet((Pool(**{"name": "a", "table": TABLE, "replicas": 1, **pool}),))
