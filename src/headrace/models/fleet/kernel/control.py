"""Replicas come and go: warm-up, draining, failures, limits, autoscaling."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math

from headrace.core.arrays import Ints
from headrace.models.fleet.kernel.batching import give_back
from headrace.models.fleet.kernel.compiled import piece
from headrace.models.fleet.kernel.completing import settle
from headrace.models.fleet.kernel.dispatching import wait
from headrace.models.fleet.kernel.heaps import reorder, schedule
from headrace.models.fleet.kernel.layout import (
    ARRIVALS,
    BUSY,
    DECODE,
    DOWN,
    DRAINING,
    FAIL,
    HANDOFF,
    HANDOVERS,
    HARD,
    LIMIT,
    NEVER,
    NO_SCALE,
    NOBODY,
    OFF,
    ON,
    RELEASE,
    REPAIR,
    SOFT,
    TICK,
    WARM,
    WARMING,
    State,
)
from headrace.models.fleet.kernel.loads import hold, take_requests
from headrace.models.fleet.kernel.metering import enter_state
from headrace.models.fleet.kernel.queues import drop_first
from headrace.models.fleet.kernel.stepping import steps_within


@piece
def follow(world: State, kind: int, item: int, now: float) -> None:
    """Do what the agenda says for `now` [s]."""
    if kind == HANDOFF:
        wait(world, HANDOVERS, item)
    elif kind == RELEASE:
        world.requests[item].arrival = now
        wait(world, ARRIVALS, item)
    elif kind == TICK:
        _tick(world, item, now)
    elif kind == LIMIT:
        for pool in range(len(world.pools)):
            world.pools[pool].limit = world.ceilings[item, pool].replicas
            balance(world, pool, now, world.ceilings[item, pool].hard)
    elif kind == WARM:
        # A warm-up that was cancelled and begun anew ends later than this item says.
        if world.replicas[item].state == WARMING and world.replicas[item].until == now:
            enter_state(world, item, ON, now)
            open_gates(world)
    elif kind == FAIL:
        enter_state(world, item, DOWN, now)
        _after_stop(world, world.replicas[item].pool, now)
        balance(world, world.replicas[item].pool, now, SOFT)
    elif kind == REPAIR:
        enter_state(world, item, OFF, now)
        balance(world, world.replicas[item].pool, now, SOFT)


@piece
def _tick(world: State, pool: int, now: float) -> None:
    """One look of the autoscaler."""
    record = world.pools[pool]
    record.wanted = _wanted(world, pool, now)
    balance(world, pool, now, SOFT)
    if now + record.period <= world.clock[0].horizon:
        schedule(world.clock[0], world.agenda, now + record.period, TICK, pool)


@piece
def _wanted(world: State, pool: int, now: float) -> int:
    record = world.pools[pool]
    signal = _busy_share(world, pool, now) if record.signal == BUSY else _outstanding(world, pool)
    world.recent[pool, record.ticks % record.hold] = math.ceil(signal / record.target - 1e-9)
    record.ticks += 1
    highest = 0
    for at in range(min(record.ticks, record.hold)):
        highest = max(highest, world.recent[pool, at])
    return max(highest, record.least)


@piece
def _outstanding(world: State, pool: int) -> float:
    record = world.pools[pool]
    total = 0.0
    for replica in range(record.first, record.first + record.replicas):
        total += world.load[replica]
    return total + world.gates[HANDOVERS if record.role == DECODE else ARRIVALS].waiting


@piece
def _busy_share(world: State, pool: int, now: float) -> float:
    """Replicas' worth of computing since the last tick, the stretch under way included."""
    record = world.pools[pool]
    worked = 0.0
    for replica in range(record.first, record.first + record.replicas):
        state = world.replicas[replica]
        worked += state.busy
        if state.due != NEVER:
            worked += now - state.begun
    share = (worked - record.worked) / record.period
    record.worked = worked
    return share


@piece
def balance(world: State, pool: int, now: float, hard: int) -> None:
    """Wake or retire replicas of a pool at `now` [s] until as many are awake as are wanted and
    allowed.
    """
    record = world.pools[pool]
    allowed = min(record.limit, record.replicas)
    wanted = min(record.wanted, allowed) if record.signal != NO_SCALE else allowed
    awake = _count(world, pool, ON) + _count(world, pool, WARMING)
    if hard == HARD:
        _stop_all_draining(world, pool, now)
    while awake < wanted and _wake_one(world, pool, now):
        awake += 1
    while awake > wanted and _retire_one(world, pool, now, hard):
        awake -= 1
    _after_stop(world, pool, now)


@piece
def _count(world: State, pool: int, state: int) -> int:
    record = world.pools[pool]
    count = 0
    for replica in range(record.first, record.first + record.replicas):
        count += world.replicas[replica].state == state
    return count


@piece
def _stop_all_draining(world: State, pool: int, now: float) -> None:
    record = world.pools[pool]
    for replica in range(record.first, record.first + record.replicas):
        if world.replicas[replica].state == DRAINING:
            enter_state(world, replica, OFF, now)


@piece
def _wake_one(world: State, pool: int, now: float) -> bool:
    """A draining replica takes requests again, or else one that sleeps begins its warm-up; lowest
    number first.
    """
    record = world.pools[pool]
    for replica in range(record.first, record.first + record.replicas):
        if world.replicas[replica].state == DRAINING:
            enter_state(world, replica, ON, now)
            return True
    for replica in range(record.first, record.first + record.replicas):
        if world.replicas[replica].state == OFF:
            if record.warm_up == 0.0:
                enter_state(world, replica, ON, now)
            else:
                enter_state(world, replica, WARMING, now)
                world.replicas[replica].until = now + record.warm_up
                schedule(world.clock[0], world.agenda, now + record.warm_up, WARM, replica)
            return True
    return False


@piece
def _retire_one(world: State, pool: int, now: float, hard: int) -> bool:
    """A warming replica goes back to sleep, or else the one with the fewest requests retires;
    highest number first.
    """
    record = world.pools[pool]
    chosen = NOBODY
    for replica in range(record.first, record.first + record.replicas):
        state = world.replicas[replica].state
        if state == WARMING or (state == ON and (chosen < 0 or _rather(world, replica, chosen))):
            chosen = replica
    if chosen < 0:
        return False
    idle = world.load[chosen] == 0 or world.replicas[chosen].state == WARMING
    enter_state(world, chosen, OFF if hard == HARD or idle else DRAINING, now)
    return True


@piece
def _rather(world: State, replica: int, chosen: int) -> bool:
    return bool(world.replicas[chosen].state == ON and world.load[replica] <= world.load[chosen])


@piece
def _after_stop(world: State, pool: int, now: float) -> None:
    """Open and close the gates; then requests of replicas that stopped go elsewhere, replica by
    replica.
    """
    open_gates(world)
    record = world.pools[pool]
    for replica in range(record.first, record.first + record.replicas):
        if world.load[replica] > 0 and world.replicas[replica].state in (OFF, DOWN):
            _evict(world, replica, now)


@piece
def open_gates(world: State) -> None:
    """List the replicas that take requests."""
    world.gates[ARRIVALS].open = 0
    world.gates[HANDOVERS].open = 0
    for replica in range(len(world.load)):
        ready = world.replicas[replica].state == ON
        take_requests(world, replica, ready)
        if ready:
            gate = world.replicas[replica].gate
            world.ready[gate, world.gates[gate].open] = replica
            world.gates[gate].open += 1


@piece
def _evict(world: State, replica: int, now: float) -> None:
    """A replica stopped: whole steps count, the one under way is lost, and its requests wait to be
    routed again, oldest first.
    """
    state = world.replicas[replica]
    if state.due != NEVER:
        whole = math.floor(steps_within(state, now - state.begun)) if state.pure else 0
        settle(world, replica, min(whole, state.stretch - 1), now)
    moved, count = world.moved, 0
    for at in range(state.decoding):
        moved[count] = world.seats[replica, at].who
        give_back(world, replica, moved[count])
        count += 1
    for service in range(world.queues.shape[1]):
        while world.queues[replica, service].first >= 0:
            moved[count] = world.queues[replica, service].first
            drop_first(world, replica, service)
            count += 1
    _clear(world, replica)
    world.clock[0].evicted += count
    _sort(moved, count)
    for at in range(count):
        world.requests[moved[at]].filled = 0
        world.requests[moved[at]].admitted = 0
        wait(world, ARRIVALS, moved[at])


@piece
def _sort(numbers: Ints, count: int) -> None:
    """Heap sort in place: no memory may be allocated here."""
    for end in range(count):
        at = end
        while at > 0 and numbers[(at - 1) >> 1] < numbers[at]:
            numbers[at], numbers[(at - 1) >> 1] = numbers[(at - 1) >> 1], numbers[at]
            at = (at - 1) >> 1
    for end in range(count - 1, 0, -1):
        numbers[0], numbers[end] = numbers[end], numbers[0]
        at = 0
        while 2 * at + 1 < end:
            child = 2 * at + 1
            if child + 1 < end and numbers[child + 1] > numbers[child]:
                child += 1
            if numbers[at] >= numbers[child]:
                break
            numbers[at], numbers[child] = numbers[child], numbers[at]
            at = child


@piece
def _clear(world: State, replica: int) -> None:
    state = world.replicas[replica]
    state.kv, state.kv_read, state.backlog = 0, 0, 0
    state.decoding, state.filling, state.prompts, state.stretch = 0, 0, 0, 0
    hold(world, replica, -world.load[replica])
    state.due = NEVER
    reorder(world.replicas, world.heap, replica)
