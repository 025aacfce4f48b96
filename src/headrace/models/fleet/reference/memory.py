"""What the twin remembers of a request and of a replica, and what it tells in the end."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats, Ints
from headrace.models.fleet.types import Pool, Trace
from headrace.models.step_time.table import DenseSteps

INF = math.inf


@dataclass(frozen=True)
class TwinReplay:
    """Per request: times [s] (NaN where it never happened), replica, cached tokens, shed; and
    totals.
    """

    ttft: Floats
    tpot: Floats
    e2e: Floats
    replica: Ints
    hit: Ints
    shed: NDArray[np.bool_]
    steps: int
    preempted: int
    compute_energy: float
    awake: float


@dataclass(eq=False)
class ServingRequest:
    """One request: what it asks for, and how far it is."""

    number: int
    arrival: float
    input: int
    output: int
    service: int
    blocks: tuple[int, ...]
    need: int
    filled: int = 0
    made: int = 0
    context: int = 0
    since: int = 0
    admitted: bool = False
    started: float = -1.0
    first: float = math.nan
    done: float = math.nan
    replica: int = -1
    hit: int = 0
    shed: bool = False


@dataclass(eq=False)
class Replica:
    """One replica: its queues by class, the requests it decodes in order of their start, the chunks
    of its step.
    """

    number: int
    pool: int
    pool_facts: Pool
    steps_table: DenseSteps
    queues: list[list[ServingRequest]]
    state: str = "off"
    since: float = 0.0
    until: float = -1.0
    due: float = INF
    begun: float = 0.0
    watts: float = 0.0
    steps: int = 0
    busy: float = 0.0
    energy: float = 0.0
    awake: float = 0.0
    decoding: list[ServingRequest] = field(default_factory=list)
    prompts: list[tuple[ServingRequest, int]] = field(default_factory=list)
    memory: OrderedDict[int, None] = field(default_factory=OrderedDict)

    def held(self) -> list[ServingRequest]:
        """Every request it is responsible for."""
        return self.decoding + [request for queue in self.queues for request in queue]

    def filling(self) -> list[ServingRequest]:
        """Admitted requests whose prompt is not complete."""
        return [request for queue in self.queues for request in queue if request.admitted]

    def kv(self) -> int:
        """KV tokens taken."""
        return sum(request.context for request in self.decoding) + sum(
            request.need for request in self.filling()
        )

    def backlog(self) -> int:
        """Prompt tokens still to compute."""
        return sum(request.need - request.filled for queue in self.queues for request in queue)


def request_of(trace: Trace, number: int) -> ServingRequest:
    """Request `number` of a trace, about to arrive."""
    blocks: tuple[int, ...] = ()
    if trace.blocks is not None:
        blocks = tuple(
            trace.blocks.ids[
                trace.blocks.pointer[number] : trace.blocks.pointer[number + 1]
            ].tolist()
        )
    prompt, answer, service = (
        int(trace.input[number]),
        int(trace.output[number]),
        int(trace.service[number]),
    )
    return ServingRequest(
        number, float(trace.arrival[number]), prompt, answer, service, blocks, need=prompt
    )
