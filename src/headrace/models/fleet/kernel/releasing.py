"""Requests that do not arrive by themselves: the end of another lets them come."""

from __future__ import annotations

from headrace.models.fleet.kernel.compiled import hot
from headrace.models.fleet.kernel.heaps import schedule
from headrace.models.fleet.kernel.layout import NEVER, RELEASE, State


@hot
def release(world: State, who: int, now: float) -> None:
    """Request `who` has ended at `now` [s]: its next turn comes after its pause, or else the next
    of the reserve at once.
    """
    clock, after = world.clock[0], world.requests[who].after
    if after < 0 and clock.reserve < len(world.requests):
        after = clock.reserve
        clock.reserve += 1
    if after >= 0:
        schedule(clock, world.agenda, now + world.requests[after].pause, RELEASE, after)


@hot
def next_arrival(world: State) -> float:
    """When the next request comes by itself [s]; those that are held are passed over."""
    clock, requests = world.clock[0], world.requests
    while clock.arrived < len(requests) and requests[clock.arrived].held:
        clock.arrived += 1
    return requests[clock.arrived].arrival if clock.arrived < len(requests) else NEVER
