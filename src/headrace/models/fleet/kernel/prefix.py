"""Which prompt blocks a replica remembers: an exact least-recently-used list per replica.

Blocks lie in the same memory as the KV of requests under way, which come first: what they leave
over may be remembered, the least recently used forgotten as they grow.

A prompt is used from its last block to its first, so that the beginning of a prompt is forgotten
after its end.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from headrace.models.fleet.kernel.compiled import hot, piece
from headrace.models.fleet.kernel.layout import State

NOT_HELD = -2
END = -1


@hot
def hit_tokens(world: State, replica: int, who: int) -> int:
    """Leading tokens of a request that the replica remembers; at least one token is always
    computed.
    """
    if world.clock[0].cache_blocks == 0:
        return 0
    links, request = world.links[replica], world.requests[who]
    found = 0
    while (
        found < request.blocks and links[world.block_ids[request.block + found]].older != NOT_HELD
    ):
        found += 1
    return min(found * world.clock[0].block_tokens, request.need - 1)


@piece
def _unlink(world: State, replica: int, block: int) -> None:
    links, state = world.links[replica], world.replicas[replica]
    newer, older = links[block].newer, links[block].older
    if newer >= 0:
        links[newer].older = older
    else:
        state.newest = older
    if older >= 0:
        links[older].newer = newer
    else:
        state.oldest = newer
    links[block].older = NOT_HELD
    state.held -= 1


@piece
def _use(world: State, replica: int, block: int) -> None:
    links, state = world.links[replica], world.replicas[replica]
    if links[block].older != NOT_HELD:
        _unlink(world, replica, block)
    elif state.held >= world.clock[0].cache_blocks:
        _unlink(world, replica, state.oldest)
    top = state.newest
    links[block].older = top
    links[block].newer = END
    if top >= 0:
        links[top].newer = block
    else:
        state.oldest = block
    state.newest = block
    state.held += 1


@hot
def squeeze(world: State, replica: int, tokens: int) -> None:
    """Forget until what is remembered fits beside `tokens` of requests under way."""
    state, clock = world.replicas[replica], world.clock[0]
    if state.held > 0:
        capacity = world.pools[state.pool].kv_capacity
        while state.held > 0 and tokens + state.held * clock.block_tokens > capacity:
            _unlink(world, replica, state.oldest)


@piece
def remember(world: State, replica: int, who: int) -> None:
    """The replica has computed this request's prompt."""
    request = world.requests[who]
    for at in range(request.block + request.blocks - 1, request.block - 1, -1):
        _use(world, replica, world.block_ids[at])


@piece
def forget(world: State, replica: int) -> None:
    """The replica has lost its memory."""
    if world.clock[0].cache_blocks > 0:
        for block in range(world.links.shape[1]):
            world.links[replica, block].older = NOT_HELD
        world.replicas[replica].newest = END
        world.replicas[replica].oldest = END
        world.replicas[replica].held = 0
