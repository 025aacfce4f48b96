"""Who waits where: one linked list of requests per replica and service class; two lobbies for when
nobody takes any.
"""

from __future__ import annotations

from headrace.models.fleet.kernel.compiled import hot
from headrace.models.fleet.kernel.layout import State


@hot
def append(world: State, queue: int, who: int) -> None:
    """Put a request at the end of its class."""
    service = world.requests[who].service
    last = world.queues[queue, service].last
    if last < 0:
        world.queues[queue, service].first = who
    else:
        world.requests[last].next = who
    world.requests[who].next = -1
    world.queues[queue, service].last = who


@hot
def put_first(world: State, queue: int, who: int) -> None:
    """Put a request at the front of its class."""
    service = world.requests[who].service
    first = world.queues[queue, service].first
    world.requests[who].next = first
    world.queues[queue, service].first = who
    if first < 0:
        world.queues[queue, service].last = who


@hot
def drop_first(world: State, queue: int, service: int) -> None:
    """Take the first request of a class off its queue."""
    first = world.queues[queue, service].first
    after = world.requests[first].next
    world.queues[queue, service].first = after
    world.requests[first].next = -1
    if after < 0:
        world.queues[queue, service].last = -1


@hot
def is_next(world: State, queue: int, who: int) -> bool:
    """Whether nobody stands before this request: no higher class waits, and it leads its own."""
    service = world.requests[who].service
    for higher in range(service):
        if world.queues[queue, higher].first >= 0:
            return False
    return bool(world.queues[queue, service].first == who)
