"""One engine step of a replica: what goes into it, how long it takes, what it changes."""

from __future__ import annotations

import math

import numpy as np

from headrace.models.fleet.reference.memory import INF, Replica, ServingRequest
from headrace.models.fleet.types import Fleet, Trace
from headrace.models.step_time.table import DenseSteps, interpolate


class Engine:
    """Steps of replicas. `World` adds who comes, who goes, and when."""

    def __init__(self, trace: Trace, fleet: Fleet) -> None:
        self.trace, self.fleet = trace, fleet
        self.agenda: list[tuple[float, int, str, int]] = []
        self.ordered, self.preempted, self.now = 0, 0, 0.0
        self.reserve, self.turns = len(trace), dict[int, tuple[int, float]]()
        if trace.followers is not None:
            for i in np.flatnonzero(trace.followers.before >= 0).tolist():
                pause = float(trace.followers.pause[i])
                self.turns[int(trace.followers.before[i])] = (i, pause)

    def schedule(self, time: float, kind: str, item: int) -> None:
        """Put an item on the agenda for `time` [s]; of one time, the first put comes first."""
        self.agenda.append((time, self.ordered, kind, item))
        self.ordered += 1

    def release(self, request: ServingRequest) -> None:
        """The end of a request lets its next turn come, or else the next of the reserve."""
        after, pause = self.turns.get(request.number, (-1, 0.0))
        if after < 0 and self.reserve < len(self.trace):
            after, self.reserve = self.reserve, self.reserve + 1
        if after >= 0:
            self.schedule(self.now + pause, "release", after)

    def enter(self, replica: Replica, state: str) -> None:
        """A replica changes its state; asleep or down it forgets its prefixes."""
        if replica.state in ("on", "warming", "draining"):
            replica.awake += self.now - replica.since
        if state in ("off", "down") and replica.state not in ("off", "down"):
            replica.memory.clear()
        replica.state, replica.since = state, self.now

    def cached(self, replica: Replica, request: ServingRequest) -> int:
        """Prompt tokens the replica remembers; at least one token is always computed."""
        found = 0
        while found < len(request.blocks) and request.blocks[found] in replica.memory:
            found += 1
        tokens = self.trace.blocks.tokens if self.trace.blocks is not None else 0
        return min(found * tokens, request.need - 1) if self.fleet.cache_blocks else 0

    def plan(self, replica: Replica) -> None:
        """Begin the next step now, or be idle."""
        self.make_room(replica)
        replica.prompts = []
        self.admit(replica)
        self.squeeze(replica)
        table, batch = replica.steps_table, len(replica.decoding)
        tokens = sum(chunk for _, chunk in replica.prompts)
        reading = table.per_kv[batch] * sum(r.context for r in replica.decoding) if batch else 0.0
        replica.begun = self.now
        alone = float(table.fixed[batch] + reading) if batch else 0.0
        if tokens:
            shared = 0.0 if replica.pool_facts.mixed_steps == "added" else table.shared[batch]
            extra = max(0.0, float(table.fixed[batch] - shared)) if batch else 0.0
            whole = float(table.shared[tokens + batch] + reading + extra)
            whole += sum(
                attention(table, chunk, request.filled) for request, chunk in replica.prompts
            )
        elif batch:
            whole = alone
        else:
            replica.due = INF
            return
        alone = min(alone, whole)
        prefill = replica.pool_facts.table.power.prefill
        replica.watts = (
            alone * float(table.decode_power[batch]) + (whole - alone) * prefill
        ) / whole
        replica.due = self.now + whole

    def squeeze(self, replica: Replica) -> None:
        """Forget prefixes until they fit beside the KV of requests under way."""
        size = self.trace.blocks.tokens if self.trace.blocks is not None else 0
        taken = replica.kv() + len(replica.decoding)
        while replica.memory and taken + size * len(replica.memory) > replica.pool_facts.capacity:
            replica.memory.popitem(last=False)

    def make_room(self, replica: Replica) -> None:
        """Preempt until every decode has room for its next token: unfinished prompts, then the
        youngest decode.
        """
        capacity = replica.pool_facts.capacity
        while replica.kv() + len(replica.decoding) > capacity:
            filling = replica.filling()
            if filling:
                request = max(filling, key=lambda r: r.service)
            elif len(replica.decoding) > 1:
                request = max(replica.decoding, key=lambda r: (r.since, r.number))
                replica.decoding.remove(request)
                request.need = request.context
                replica.queues[request.service].insert(0, request)
            else:
                return
            request.admitted, request.filled = False, 0
            self.preempted += 1

    def admit(self, replica: Replica) -> None:
        """Give the step its prompt chunks, class by class, until tokens, places or KV run out."""
        left = replica.pool_facts.token_budget - len(replica.decoding)
        for queue in replica.queues:
            for request in list(queue):
                if left <= 0:
                    return
                if not request.admitted:
                    places = (
                        len(replica.decoding) + len(replica.filling())
                        < replica.pool_facts.max_batch
                    )
                    room = (
                        replica.kv() + request.need + len(replica.decoding) + 1
                        <= replica.pool_facts.capacity
                    )
                    if not (places and room):
                        return
                    if not self.enter_step(replica, request):
                        queue.remove(request)
                        continue
                if request.filled == request.need:
                    queue.remove(request)
                    self.decode(replica, request)
                    left -= 1
                else:
                    chunk = min(request.need - request.filled, left)
                    replica.prompts.append((request, chunk))
                    left -= chunk

    def enter_step(self, replica: Replica, request: ServingRequest) -> bool:
        """Admit a request; False where its turn comes after its patience."""
        if request.started < 0:
            if self.now - request.arrival > self.fleet.classes[request.service].patience:
                request.shed = True
                self.release(request)
                return False
            request.started, request.hit = self.now, self.cached(replica, request)
        if request.filled < request.need:
            request.filled = self.cached(replica, request)
        request.admitted, request.replica = True, replica.number
        return True

    def decode(self, replica: Replica, request: ServingRequest) -> None:
        """A request whose KV is in place decodes from the next step on."""
        request.context, request.since = request.need, replica.steps
        replica.decoding.append(request)

    def finish(self, replica: Replica) -> None:
        """The step is over."""
        self.spend(replica)
        replica.steps += 1
        for request in list(replica.decoding):
            request.context += 1
            request.made += 1
            if request.made == request.output:
                request.done = self.now
                replica.decoding.remove(request)
                self.release(request)
        for request, chunk in replica.prompts:
            request.filled += chunk
            if request.filled == request.need:
                replica.queues[request.service].remove(request)
                self.first_token(replica, request)
        replica.prompts = []
        if replica.state == "draining" and not replica.held():
            self.enter(replica, "off")
        self.plan(replica)

    def spend(self, replica: Replica) -> None:
        """Book the time since the step began."""
        replica.busy += self.now - replica.begun
        replica.energy += (self.now - replica.begun) * replica.watts

    def first_token(self, replica: Replica, request: ServingRequest) -> None:
        """A prompt is complete, and its step has made a token."""
        if math.isnan(request.first):
            request.first = self.now
        request.made += 1
        role = replica.pool_facts.role
        if self.fleet.cache_blocks and role != "decode":
            for block in reversed(request.blocks):
                replica.memory[block] = None
                replica.memory.move_to_end(block)
                if len(replica.memory) > self.fleet.cache_blocks:
                    replica.memory.popitem(last=False)
        if request.made == request.output:
            request.done = self.now
            self.release(request)
        elif role == "prefill":
            request.admitted = False
            transfer = self.fleet.transfer
            self.schedule(
                self.now + transfer.latency + transfer.per_token * request.need,
                "handoff",
                request.number,
            )
        else:
            self.decode(replica, request)


def attention(table: DenseSteps, chunk: int, prefix: int) -> float:
    """Prompt attention of one chunk after `prefix` cached tokens [s], bilinear between knots."""
    rows = np.array(
        [interpolate(np.array([float(prefix)]), table.prefixes, row)[0] for row in table.attention]
    )
    return max(0.0, float(interpolate(np.array([float(chunk)]), table.chunks, rows)[0]))
