"""The twin's cluster: arrivals, routing, failures, limits and autoscaling, event after event."""

from __future__ import annotations

import math

import numpy as np

from headrace.core.arrays import Floats
from headrace.models.fleet.reference.engine import Engine
from headrace.models.fleet.reference.memory import (
    INF,
    Replica,
    ServingRequest,
    TwinReplay,
    request_of,
)
from headrace.models.fleet.types import Fleet, Outages, ReplicaLimits, Trace

GRACE = 86_400.0  # autoscalers look until a day after the last arrival


class ReferenceCluster(Engine):
    """A fleet and its trace, played to the end by `run`."""

    def __init__(
        self, trace: Trace, fleet: Fleet, limits: ReplicaLimits, outages: Outages, seed: int
    ) -> None:
        super().__init__(trace, fleet)
        self.held = {after for after, _ in self.turns.values()}
        if trace.users:
            self.reserve, self.held = trace.users, set(range(trace.users, len(trace)))
        self.limits = limits
        self.requests = [request_of(trace, number) for number in range(len(trace))]
        tokens, batch = (
            max(p.token_budget for p in fleet.pools),
            max(p.max_batch for p in fleet.pools),
        )
        self.replicas: list[Replica] = []
        for number, pool in enumerate(fleet.pools):
            for own in range(pool.replicas):
                table = pool.table.dense(tokens, batch, pool.overhead)
                queues: list[list[ServingRequest]] = [[] for _ in fleet.classes]
                state = "on" if own < pool.awake_at_start else "off"
                self.replicas.append(
                    Replica(len(self.replicas), number, pool, table, queues, state)
                )
        self.lobbies: tuple[list[list[ServingRequest]], ...] = tuple(
            [[] for _ in fleet.classes] for _ in range(2)
        )
        known = [(float(t), "limit", k) for k, t in enumerate(limits.time)]
        known += [
            (float(t), "fail", int(r)) for t, r in zip(outages.down, outages.replica, strict=True)
        ]
        known += [
            (float(t), "repair", int(r)) for t, r in zip(outages.up, outages.replica, strict=True)
        ]
        known += [(p.autoscale.period, "tick", k) for k, p in enumerate(fleet.pools) if p.autoscale]
        for time, kind, item in sorted(known, key=lambda entry: entry[0]):
            self.schedule(time, kind, item)
        self.wanted = [pool.awake_at_start for pool in fleet.pools]
        fixed = [pool.autoscale is None and pool.start is not None for pool in fleet.pools]
        self.allowed = [
            p.awake_at_start if fix else p.replicas
            for p, fix in zip(fleet.pools, fixed, strict=True)
        ]
        self.recent: list[list[int]] = [[] for _ in fleet.pools]
        self.worked = [0.0 for _ in fleet.pools]
        self.random, self.turn = seed, 0

    # ---- the loop

    def run(self) -> None:
        """Play every event: agenda, arrivals, steps, in order of time."""
        arrived = 0
        while True:
            for gate in (0, 1):
                while self.ready(gate) and any(self.lobbies[gate]):
                    self.send(next(queue for queue in self.lobbies[gate] if queue).pop(0), gate)
            if all(r.shed or not math.isnan(r.done) for r in self.requests):
                break
            while arrived < len(self.requests) and arrived in self.held:
                arrived += 1
            arrival = self.requests[arrived].arrival if arrived < len(self.requests) else INF
            item = min(self.agenda)[0] if self.agenda else INF
            replica = min(self.replicas, key=lambda r: (r.due, r.number))
            now = min(item, arrival, replica.due)
            if now == INF:
                break
            self.now = now
            if item == now:
                entry = min(self.agenda)
                self.agenda.remove(entry)
                self.follow(entry[2], entry[3])
            elif arrival == now:
                arrived += 1
                self.send(self.requests[arrived - 1], 0)
            else:
                self.finish(replica)
        for replica in self.replicas:
            self.enter(replica, replica.state)

    # ---- routing

    def ready(self, gate: int) -> list[Replica]:
        """Replicas that take arrivals (gate 0) or hand-overs (gate 1)."""
        return [
            r
            for r in self.replicas
            if r.state == "on" and (r.pool_facts.role == "decode") == (gate == 1)
        ]

    def draw(self, count: int) -> int:
        """The next index of splitmix64."""
        mask = (1 << 64) - 1
        self.random = (self.random + 0x9E3779B97F4A7C15) & mask
        z = self.random
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return ((z ^ (z >> 31)) >> 11) % count

    def choose(self, gate: int, request: ServingRequest) -> Replica | None:
        """The router."""
        ready, router = self.ready(gate), self.fleet.router
        if not ready:
            return None
        if gate == 1 or router == "least_outstanding":
            return min(ready, key=lambda r: (len(r.held()), r.number))
        if router == "round_robin":
            self.turn += 1
            return ready[(self.turn - 1) % len(ready)]
        if router == "power_of_two":
            one, other = ready[self.draw(len(ready))], ready[self.draw(len(ready))]
            return one if len(one.held()) <= len(other.held()) else other
        weight = self.fleet.load_weight

        def score(replica: Replica) -> float:
            own = request.need - self.cached(replica, request)
            return (
                replica.backlog() + own + weight * len(replica.held()) + 1e-6 * len(replica.memory)
            )

        return min(ready, key=lambda r: (score(r), r.number))

    def send(self, request: ServingRequest, gate: int) -> None:
        """Route a request to a queue, a lobby, or out."""
        replica = self.choose(gate, request)
        if replica is None:
            self.lobbies[gate][request.service].append(request)
        elif (
            request.started < 0
            and len(replica.held()) >= self.fleet.classes[request.service].admit_below
        ):
            request.shed = True
            self.release(request)
        else:
            replica.queues[request.service].append(request)
            if replica.due == INF:
                self.plan(replica)

    # ---- replicas come and go

    def follow(self, kind: str, item: int) -> None:
        """Do an item of the agenda."""
        if kind == "release":
            self.requests[item].arrival = self.now
            self.lobbies[0][self.requests[item].service].append(self.requests[item])
        elif kind == "handoff":
            self.lobbies[1][self.requests[item].service].append(self.requests[item])
        elif kind == "tick":
            self.look(item)
        elif kind == "limit":
            for pool in range(len(self.fleet.pools)):
                self.allowed[pool] = min(
                    int(self.limits.replicas[item, pool]), self.fleet.pools[pool].replicas
                )
                self.balance(pool, bool(len(self.limits.hard) and self.limits.hard[item]))
        elif kind == "warm":
            replica = self.replicas[item]
            if replica.state == "warming" and replica.until == self.now:
                self.enter(replica, "on")
        else:
            replica = self.replicas[item]
            self.enter(replica, "down" if kind == "fail" else "off")
            self.evict(replica)
            self.balance(replica.pool, False)

    def look(self, pool: int) -> None:
        """One look of the autoscaler of a pool."""
        facts = self.fleet.pools[pool]
        scale = facts.autoscale
        assert scale is not None
        own = [r for r in self.replicas if r.pool == pool]
        if scale.signal == "outstanding":
            lobby = self.lobbies[1 if facts.role == "decode" else 0]
            signal = float(sum(len(r.held()) for r in own) + sum(len(queue) for queue in lobby))
        else:
            worked = sum(r.busy + (self.now - r.begun if r.due < INF else 0.0) for r in own)
            signal, self.worked[pool] = (worked - self.worked[pool]) / scale.period, worked
        self.recent[pool].append(math.ceil(signal / scale.target - 1e-9))
        self.wanted[pool] = max(*self.recent[pool][-scale.hold :], scale.least)
        self.balance(pool, False)
        if self.now + scale.period <= self.trace.duration + GRACE:
            self.schedule(self.now + scale.period, "tick", pool)

    def balance(self, pool: int, hard: bool) -> None:
        """Wake or retire replicas until as many are awake as wanted and allowed."""
        facts = self.fleet.pools[pool]
        own = [r for r in self.replicas if r.pool == pool]
        wanted = (
            min(self.wanted[pool], self.allowed[pool]) if facts.autoscale else self.allowed[pool]
        )
        if hard:
            for replica in own:
                if replica.state == "draining":
                    self.enter(replica, "off")
        while sum(r.state in ("on", "warming") for r in own) < wanted:
            asleep = sorted(
                (r for r in own if r.state in ("draining", "off")),
                key=lambda r: (r.state != "draining", r.number),
            )
            if not asleep:
                break
            self.wake(asleep[0])
        while sum(r.state in ("on", "warming") for r in own) > wanted:
            awake = [r for r in own if r.state in ("on", "warming")]
            chosen = min(
                awake,
                key=lambda r: (
                    r.state != "warming",
                    len(r.held()) if r.state == "on" else 0,
                    -r.number,
                ),
            )
            self.enter(chosen, "off" if hard or not chosen.held() else "draining")
        for replica in own:
            if replica.state == "off":
                self.evict(replica)

    def wake(self, replica: Replica) -> None:
        """Wake one replica."""
        if replica.state == "draining" or replica.pool_facts.warm_up == 0:
            self.enter(replica, "on")
        else:
            self.enter(replica, "warming")
            replica.until = self.now + replica.pool_facts.warm_up
            self.schedule(replica.until, "warm", replica.number)

    def evict(self, replica: Replica) -> None:
        """A stopped replica loses its step; its requests wait to be routed again, oldest first."""
        if not replica.held():
            return
        if replica.due < INF:
            self.spend(replica)
        for request in sorted(replica.held(), key=lambda r: r.number):
            if request in replica.decoding:
                request.need = request.context
            request.filled, request.admitted = 0, False
            self.lobbies[0][request.service].append(request)
        replica.decoding, replica.prompts, replica.due = [], [], INF
        replica.queues = [[] for _ in replica.queues]

    # ---- the result

    def tell(self) -> TwinReplay:
        """The result."""

        def each(values: list[float]) -> Floats:
            return np.array(values, dtype=np.float64)

        arrival, first = (
            each([getattr(r, n) for r in self.requests]) for n in ("arrival", "first")
        )
        done, output = each([r.done for r in self.requests]), self.trace.output
        return TwinReplay(
            ttft=first - arrival,
            tpot=np.where(output > 1, (done - first) / np.maximum(output - 1, 1), done * 0),
            e2e=done - arrival,
            replica=np.array([r.replica for r in self.requests]),
            hit=np.array([r.hit for r in self.requests]),
            shed=np.array([r.shed for r in self.requests]),
            steps=sum(r.steps for r in self.replicas),
            preempted=self.preempted,
            compute_energy=sum(r.energy for r in self.replicas),
            awake=sum(r.awake for r in self.replicas),
        )
