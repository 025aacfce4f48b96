"""What the next step of a replica holds: decodes first, then prompts in order, as far as tokens,
places and KV go.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from headrace.models.fleet.kernel.compiled import hot, piece
from headrace.models.fleet.kernel.heaps import raise_seat, remove_seat, reorder
from headrace.models.fleet.kernel.layout import NEVER, SHED, State
from headrace.models.fleet.kernel.loads import hold
from headrace.models.fleet.kernel.prefix import hit_tokens, squeeze
from headrace.models.fleet.kernel.queues import drop_first, put_first
from headrace.models.fleet.kernel.releasing import release
from headrace.models.fleet.kernel.stepping import attention, end_of


@hot
def plan(world: State, replica: int, now: float) -> None:
    """Begin the next step, or stretch of pure decode steps, at `now` [s]; idle if there is nothing
    to do.
    """
    state = world.replicas[replica]
    if state.kv + state.decoding > world.pools[state.pool].kv_capacity:
        _make_room(world, replica)
    chunk_time, chunk_tokens = _admit(world, replica, now)
    squeeze(world, replica, state.kv + state.decoding)
    state.begun = now
    if chunk_tokens > 0:
        _price_mixed(world, replica, chunk_time, chunk_tokens)
    elif state.decoding > 0:
        _price_decode(world, replica)
    else:
        state.stretch = 0
        state.due = NEVER
    reorder(world.replicas, world.heap, replica)


@hot
def _price_mixed(world: State, replica: int, chunk_time: float, chunk_tokens: int) -> None:
    state = world.replicas[replica]
    pool, batch = state.pool, state.decoding
    table, shared = world.batches[pool, batch], world.shared[pool]
    # A decode-only step of the same batch would take `alone`; what is beyond belongs to the
    # prompts.
    whole, alone = shared[chunk_tokens + batch] + chunk_time, 0.0
    if batch > 0:
        reading = table.per_kv * state.kv_read
        again = table.fixed if world.pools[pool].added else table.fixed - shared[batch]
        whole += reading + max(0.0, again)
        alone = min(whole, reading + table.fixed)
    prefill_w = world.pools[pool].prefill_w
    state.watts = prefill_w + (table.watts - prefill_w) * alone / whole
    state.rate, state.growth, state.stretch, state.pure = whole, 0.0, 1, 0
    state.due = state.begun + whole


@hot
def _price_decode(world: State, replica: int) -> None:
    state = world.replicas[replica]
    pool, batch = state.pool, state.decoding
    table = world.batches[pool, batch]
    state.rate = table.fixed + table.per_kv * state.kv_read
    state.growth = 0.5 * table.per_kv * batch
    state.watts = table.watts
    state.pure = 1
    if world.clock[0].jump:
        room = max(1, (world.pools[pool].kv_capacity - state.kv) // batch)
        state.stretch = min(world.seats[replica, 0].end - state.steps, room)
    else:
        state.stretch = 1
    state.due = end_of(state, state.stretch)


@hot
def fits(world: State, replica: int, need: int) -> bool:
    """Whether one more request, and every decode's next token, find a place and KV room now."""
    state = world.replicas[replica]
    pool = world.pools[state.pool]
    free = state.kv + need + state.decoding + 1 <= pool.kv_capacity
    return free and state.decoding + state.filling < pool.max_batch


@hot
def _admit(world: State, replica: int, now: float) -> tuple[float, int]:
    """Fill the step with prompt chunks: (attention time of the chunks, their tokens)."""
    state = world.replicas[replica]
    pool = state.pool
    state.prompts = 0
    left = world.pools[pool].budget - state.decoding
    time, tokens = 0.0, 0
    for service in range(world.queues.shape[1]):
        who = world.queues[replica, service].first
        while who >= 0:
            if left <= 0:
                return time, tokens
            request = world.requests[who]
            after = request.next
            if request.admitted == 0:
                if not fits(world, replica, request.need):
                    return time, tokens
                if not _enter(world, replica, who, now):
                    who = after
                    continue
            if request.filled == request.need:
                start_decoding(world, replica, who)
                left -= 1
            else:
                chunk = min(request.need - request.filled, left)
                time += attention(world, pool, float(chunk), float(request.filled))
                world.seats[replica, state.prompts].prompt = who
                world.seats[replica, state.prompts].chunk = chunk
                state.prompts += 1
                tokens += chunk
                left -= chunk
            who = after
    return time, tokens


@hot
def _enter(world: State, replica: int, who: int, now: float) -> bool:
    """Admit the head of a queue; False where it has waited beyond its patience and leaves."""
    state, request = world.replicas[replica], world.requests[who]
    if request.started < 0.0:
        if now - request.arrival > world.services[request.service].patience:
            _shed_head(world, replica, who, now)
            return False
        request.started = now
        request.hit = hit_tokens(world, replica, who)
    if request.filled < request.need:
        request.filled = hit_tokens(world, replica, who)
        state.backlog -= request.filled
    request.admitted = 1
    request.replica = replica
    state.kv += request.need
    state.filling += 1
    return True


@piece
def _shed_head(world: State, replica: int, who: int, now: float) -> None:
    request, clock = world.requests[who], world.clock[0]
    drop_first(world, replica, request.service)
    world.replicas[replica].backlog -= request.need
    hold(world, replica, -1)
    request.status = SHED
    request.done = now
    clock.shed += 1
    clock.finished += 1
    release(world, who, now)


@hot
def start_decoding(world: State, replica: int, who: int) -> None:
    """The head of a queue has its KV in place: it decodes from the next step on."""
    state, request = world.replicas[replica], world.requests[who]
    drop_first(world, replica, request.service)
    state.filling -= 1
    state.kv_read += request.need
    request.since = state.steps
    end = state.steps + request.output - request.made
    raise_seat(world.seats[replica], state.decoding, end, who)
    state.decoding += 1


@piece
def _make_room(world: State, replica: int) -> None:
    """Preempt until every decode's next token fits: unfinished prompts first, then the decode that
    began last.
    """
    state = world.replicas[replica]
    capacity = world.pools[state.pool].kv_capacity
    while state.kv + state.decoding > capacity:
        if state.filling > 0:
            _withdraw_prompt(world, replica)
        elif state.decoding > 1:
            _withdraw_decode(world, replica)
        else:
            break


@piece
def _withdraw_prompt(world: State, replica: int) -> None:
    """The unfinished prompt of the lowest class gives its KV back; it keeps its place at the head
    of the queue.
    """
    state = world.replicas[replica]
    for service in range(world.queues.shape[1] - 1, -1, -1):
        who = world.queues[replica, service].first
        if who >= 0 and world.requests[who].admitted:
            request = world.requests[who]
            request.admitted = 0
            state.backlog += request.filled
            request.filled = 0
            _count_preemption(world, who)
            state.filling -= 1
            state.kv -= request.need
            return


@piece
def _withdraw_decode(world: State, replica: int) -> None:
    """The decode that began last (of equals, the later arrival) goes back to the head of its queue,
    to be recomputed.
    """
    state = world.replicas[replica]
    place, latest, youngest = -1, -1, -1
    for at in range(state.decoding):
        who = world.seats[replica, at].who
        since = world.requests[who].since
        if since > latest or (since == latest and who > youngest):
            place, latest, youngest = at, since, who
    request = world.requests[youngest]
    remove_seat(world.seats[replica], state.decoding, place)
    state.decoding -= 1
    give_back(world, replica, youngest)
    state.backlog += request.need
    _count_preemption(world, youngest)
    put_first(world, replica, youngest)


@piece
def give_back(world: State, replica: int, who: int) -> None:
    """A decoding request returns its KV; it keeps its tokens, whose KV must be computed again."""
    state, request = world.replicas[replica], world.requests[who]
    made = state.steps - request.since
    state.kv -= request.need + made
    state.kv_read -= request.need + made
    request.need += made
    request.made += made
    request.filled = 0
    request.admitted = 0


@piece
def _count_preemption(world: State, who: int) -> None:
    request = world.requests[who]
    request.preempted = min(request.preempted + 1, 127)
    world.clock[0].preempted += 1
