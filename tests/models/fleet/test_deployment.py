"""A serving point as a fleet, and the requests that come to it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.models.fleet.deployment import (
    LONGEST,
    decode_table,
    deployed,
    lengths,
    reading_rank,
    requests,
)
from headrace.models.serving.frontier import frontier
from headrace.models.serving.operating_point import ServicePromise

PROMISE = ServicePromise(1000, 300, 2.0, 0.05)


@pytest.fixture(scope="module")
def points():
    """A point where one replica does both, and one where prompts are read elsewhere."""
    found = frontier("Qwen/Qwen3-32B", "h100", "fp8", PROMISE)
    keeps = found.keeps()
    best = [
        int(np.argmax(np.where(keeps & (found.apart == apart), found.tokens, -1.0)))
        for apart in (False, True)
    ]
    return tuple(found.point(at) for at in best)


def test_a_step_and_its_prompts_take_the_points_time_per_token(points):
    """Of `places` answers of 300 tokens one ends every 300 / places steps, and a prompt begins."""
    together, _ = points
    prompts = together.places / PROMISE.osl
    table = decode_table(together, PROMISE, prompts)
    step = table.decode_time(together.places, PROMISE.isl + PROMISE.osl / 2)
    assert step + prompts * table.prefill_time(PROMISE.isl) == pytest.approx(together.tpot)


def test_a_full_replica_draws_what_the_point_says(points):
    for point in points:
        table = decode_table(point, PROMISE, 0.0)
        drawn = np.interp(point.places, table.batches, table.power.decode)
        busy = 1e3 * point.busy_power * point.accelerators
        assert drawn == pytest.approx(busy, rel=2e-3)  # cut at busy, so lower between two knots
        assert table.power.busiest() == pytest.approx(busy)


def test_one_rank_reads_a_prompt_as_fast_as_its_replica(points):
    """A rank has its share of tokens, power and cache; a single prompt keeps one rank busy."""
    _, apart = points
    reading = apart.reading.layout
    rank = reading_rank(apart, reading)
    assert rank.accelerators == reading.tp
    assert rank.power.prefill == pytest.approx(1e3 * apart.busy_power * reading.tp)


def test_replicas_are_whole_and_cover_what_was_asked(points):
    together, apart = points
    (pool,) = deployed(together, PROMISE, 100.0).pools
    assert pool.replicas == int(np.ceil(100 / together.accelerators))
    assert pool.max_batch == together.places
    prompts, decoding = deployed(apart, PROMISE, 100.0).pools
    assert (prompts.role, decoding.role) == ("prefill", "decode")
    held = prompts.replicas * apart.reading.layout.tp + decoding.replicas * apart.accelerators
    assert 100 <= held <= 100 + apart.reading.layout.tp + apart.accelerators


@pytest.mark.parametrize("accelerators", [0.0, -1.0, float("inf"), float("nan")])
def test_a_fleet_of_nothing_is_refused(points, accelerators):
    with pytest.raises(InputError, match="above 0"):
        deployed(points[0], PROMISE, accelerators)


@given(st.floats(1.0, 1e5), st.integers(0, 1000))
def test_lengths_are_whole_tokens_within_their_limit(mean, seed):
    found = lengths(np.random.default_rng(seed), mean, 50)
    assert found.dtype == np.int64
    assert found.min() >= 1
    assert found.max() <= np.rint(LONGEST * mean)


def test_requests_come_at_their_rate_with_their_lengths():
    """20 a second for 1,000 s: 20,000, sd 141; exponential lengths cut at six means: -0.25 %."""
    load = requests(20.0, 1000.0, PROMISE, seed=1)
    assert len(load) == pytest.approx(20_000, abs=600)
    assert load.input.mean() == pytest.approx(1000 * (1 - np.exp(-6)), rel=0.03)
    assert load.output.mean() == pytest.approx(300 * (1 - np.exp(-6)), rel=0.03)
    assert load.duration <= 1000.0


def test_a_quiet_second_still_has_a_request():
    assert len(requests(1e-9, 1.0, PROMISE)) == 1
