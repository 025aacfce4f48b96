"""What a step holds, piece by piece; the world is the round table's."""

import numpy as np
import pytest
from tests.builders.fleet_tables import round_table, trace
from tests.builders.fleet_world import world_of

from headrace.models.fleet.kernel import batching, control, queues
from headrace.models.fleet.kernel.layout import NEVER, SHED
from headrace.models.fleet.types import Fleet, Pool, ServiceClass


def world_with(prompts, answers, *, kv=1_000_000, batch=8, budget=1008, patience=np.inf):
    """One replica whose queue holds all requests, in order."""
    pool = Pool("a", round_table(kv_tokens=kv), 1, max_batch=batch, token_budget=budget)
    fleet = Fleet((pool,), classes=(ServiceClass("all", patience=patience),))
    world = world_of(trace(np.zeros(len(prompts)), prompts, answers), fleet)
    control.open_gates(world)
    for who, need in enumerate(prompts):
        queues.append(world, 0, who)
        world.load[0] += 1
        world.replicas[0].backlog += need
    return world


def test_a_prompt_step_by_hand():
    """500 tokens: 10 ms + 5 ms shared, 0.5 ms of attention, at the power of prompts."""
    world = world_with([500], [5])
    batching.plan(world, 0, 1.0)
    state = world.replicas[0]
    assert state.due == pytest.approx(1.0155)
    assert state.watts == pytest.approx(1000.0)
    assert (state.prompts, state.stretch, state.pure) == (1, 1, 0)
    assert (state.kv, state.filling) == (500, 1)


def test_prompts_share_a_step_up_to_its_budget():
    """1,008 tokens a step: 600 of the first, 408 of the second; the third waits outside."""
    world = world_with([600, 600, 600], [5, 5, 5])
    batching.plan(world, 0, 0.0)
    assert world.seats[0, :2].chunk.tolist() == [600, 408]
    assert world.requests["admitted"].tolist() == [1, 1, 0]


@pytest.mark.parametrize(("kv", "batch", "admitted"), [(1201, 8, 2), (1200, 8, 1), (10**6, 1, 1)])
def test_kv_and_places_limit_who_enters(kv, batch, admitted):
    """Two prompts of 600 and a next token need 1,201 tokens of KV."""
    world = world_with([600, 600], [5, 5], kv=kv, batch=batch, budget=2000)
    batching.plan(world, 0, 0.0)
    assert world.requests["admitted"].sum() == admitted


def test_an_idle_replica_is_never_due():
    world = world_with([5], [1])
    queues.drop_first(world, 0, 0)
    batching.plan(world, 0, 3.0)
    assert world.replicas[0].due == NEVER


def test_who_has_waited_too_long_leaves_when_its_turn_comes():
    world = world_with([10, 10], [1, 1], patience=2.0)
    batching.plan(world, 0, 2.5)
    assert (world.requests["status"] == SHED).all()
    assert world.requests["done"].tolist() == [2.5, 2.5]
    assert (world.clock[0].shed, world.load[0], world.replicas[0].backlog) == (2, 0, 0)


def test_a_pure_decode_stretch_ends_with_its_first_answer_by_hand():
    """Two decodes of 100 tokens and 3 and 6 more to make: three steps of 10.2 ms + 1e-7 s x 200,
    202, 204 KV tokens.
    """
    world = world_with([100, 100], [3, 6])
    for who in (0, 1):
        world.requests[who].admitted = 1
        world.replicas[0].kv += 100
        world.replicas[0].filling += 1
        batching.start_decoding(world, 0, who)
    world.replicas[0].backlog = 0
    batching.plan(world, 0, 0.0)
    state = world.replicas[0]
    assert (state.stretch, state.pure) == (3, 1)
    assert state.due == pytest.approx(3 * 0.0102 + 1e-7 * (200 + 202 + 204))


def test_a_decode_that_gives_back_keeps_its_tokens():
    """Seven tokens after a prompt of 100: 107 tokens of KV go, and must be computed again."""
    world = world_with([100], [50])
    world.requests[0].admitted = 1
    world.replicas[0].kv, world.replicas[0].filling = 100, 1
    batching.start_decoding(world, 0, 0)
    world.replicas[0].steps += 7
    world.replicas[0].kv += 7
    world.replicas[0].kv_read += 7
    batching.give_back(world, 0, 0)
    assert (world.replicas[0].kv, world.replicas[0].kv_read) == (0, 0)
    assert (world.requests[0].need, world.requests[0].made) == (107, 7)
    assert (world.requests[0].filled, world.requests[0].admitted) == (0, 0)
