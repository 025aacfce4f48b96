"""What a finished step changes."""

import numpy as np
import pytest
from tests.builders.fleet_tables import round_table, trace
from tests.builders.fleet_world import world_of

from headrace.models.fleet.kernel import batching, completing, control, queues
from headrace.models.fleet.kernel.layout import DONE, HANDOFF, TOKENS
from headrace.models.fleet.types import Fleet, Pool, Transfer


def begun(answers, fleet=None):
    """Prompts of 100 tokens on replica 0, in its first step at time 0."""
    told = fleet or Fleet((Pool("a", round_table(), 1),))
    count = len(answers)
    world = world_of(trace(np.zeros(count), np.full(count, 100), answers), told)
    control.open_gates(world)
    for who in range(count):
        queues.append(world, 0, who)
        world.load[0] += 1
        world.replicas[0].backlog += 100
    batching.plan(world, 0, 0.0)
    return world


def test_a_prompts_step_makes_the_first_token():
    """Answers of one token are done with it; the others decode."""
    world = begun([1, 5])
    completing.finish(world, 0, 0.02)
    assert world.requests["first"].tolist() == [0.02, 0.02]
    assert world.requests["status"].tolist() == [DONE, 0]
    assert world.requests[0].done == 0.02
    state = world.replicas[0]
    assert (state.decoding, state.filling, state.kv, state.backlog) == (1, 0, 100, 0)
    assert world.series[0, TOKENS].sum() == 2.0
    assert world.clock[0].finished == 1


def test_a_stretch_makes_a_token_a_step_until_the_first_answer_ends():
    """Answers of 3 and 5: after the prompts two steps are left of the first, so the stretch is of
    two; then two more end the second.
    """
    world = begun([3, 5])
    completing.finish(world, 0, 0.02)
    batching.plan(world, 0, 0.02)
    assert world.replicas[0].stretch == 2
    completing.finish(world, 0, 0.05)
    assert world.requests[0].done == 0.05
    assert (world.replicas[0].decoding, world.replicas[0].kv) == (1, 102)
    batching.plan(world, 0, 0.05)
    assert world.replicas[0].stretch == 2
    completing.finish(world, 0, 0.08)
    assert world.requests[1].done == 0.08
    assert (world.replicas[0].kv, world.replicas[0].kv_read, world.load[0]) == (0, 0, 0)
    assert world.series[0, TOKENS].sum() == pytest.approx(8.0)


def test_a_prompt_replica_hands_over_after_the_transfer():
    """5 ms and 1 us a token x 100 tokens after the first token at 20 ms: 25.1 ms."""
    table = round_table()
    pools = (Pool("p", table, 1, role="prefill"), Pool("d", table, 1, role="decode"))
    world = begun([5], Fleet(pools, transfer=Transfer(0.005, 1e-6)))
    completing.finish(world, 0, 0.02)
    assert world.agenda[0].time == pytest.approx(0.0251)
    assert (world.agenda[0].kind, world.agenda[0].subject) == (HANDOFF, 0)
    assert (world.load[0], world.replicas[0].kv, world.requests[0].admitted) == (0, 0, 0)


def test_part_of_a_stretch_is_settled_where_it_is_cut():
    world = begun([9])
    completing.finish(world, 0, 0.02)
    batching.plan(world, 0, 0.02)
    completing.settle(world, 0, 3, 0.06)
    state = world.replicas[0]
    assert (state.steps, state.kv, state.kv_read) == (4, 103, 103)
    assert world.clock[0].steps == 4
