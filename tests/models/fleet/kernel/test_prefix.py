"""The list of prompt blocks last used, against an ordered dictionary."""

from collections import OrderedDict

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders.fleet_tables import round_table, trace
from tests.builders.fleet_world import world_of

from headrace.models.fleet.kernel import prefix
from headrace.models.fleet.types import Fleet, Pool, PrefixBlocks

TOKENS = 16


def world_of_prompts(prompts, room):
    """One replica that remembers `room` blocks; each prompt is a list of block numbers."""
    numbers = {block: k for k, block in enumerate(dict.fromkeys(b for p in prompts for b in p))}
    ids = np.array([numbers[block] for prompt in prompts for block in prompt], dtype=np.int64)
    pointer = np.concatenate([[0], np.cumsum([len(prompt) for prompt in prompts])])
    lengths = [TOKENS * len(prompt) + 1 for prompt in prompts]
    blocks = PrefixBlocks(pointer.astype(np.int64), ids, TOKENS)
    load = trace(np.zeros(len(prompts)), lengths, np.ones(len(prompts)), blocks=blocks)
    return world_of(load, Fleet((Pool("a", round_table(), 1),), cache_blocks=room))


PROMPTS = st.lists(
    st.lists(st.integers(0, 6), min_size=1, max_size=5, unique=True), min_size=1, max_size=12
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PROMPTS, st.integers(1, 8))
def test_the_least_recently_used_block_is_forgotten(prompts, room):
    """A prompt is used from its last block to its first; hits are its leading blocks still held."""
    world = world_of_prompts(prompts, room)
    memory = OrderedDict()
    for who, prompt in enumerate(prompts):
        leading = 0
        while leading < len(prompt) and prompt[leading] in memory:
            leading += 1
        assert prefix.hit_tokens(world, 0, who) == TOKENS * leading
        prefix.remember(world, 0, who)
        for block in reversed(prompt):
            memory[block] = None
            memory.move_to_end(block)
            if len(memory) > room:
                memory.popitem(last=False)
        assert world.replicas[0].held == len(memory)


def test_one_token_is_always_computed():
    """A prompt of two whole blocks, both remembered: 32 tokens, of which 31 need no work."""
    world = world_of_prompts([[0, 1], [0, 1]], room=4)
    world.requests[1].need = 2 * TOKENS
    prefix.remember(world, 0, 0)
    assert prefix.hit_tokens(world, 0, 1) == 2 * TOKENS - 1


def test_a_replica_that_lost_its_memory_begins_anew():
    world = world_of_prompts([[0, 1, 2], [0, 1, 2]], room=4)
    prefix.remember(world, 0, 0)
    prefix.forget(world, 0)
    assert world.replicas[0].held == 0
    assert prefix.hit_tokens(world, 0, 1) == 0
    prefix.remember(world, 0, 1)
    assert world.replicas[0].held == 3
