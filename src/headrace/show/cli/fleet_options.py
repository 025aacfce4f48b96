"""What `headrace fleet` can be told; `fleet_setup` makes a load and a fleet of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from cyclopts import Parameter

DEFAULT_TABLE = "llama-3.1-8b.h100_sxm.vllm.tp1"


@dataclass(frozen=True)
class Replicas:
    """What serves.

    Parameters
    ----------
    table
        Step table: the name of one that comes with Headrace, or a JSON file.
    decode_table
        Step table of the second pool where prefill and decode are apart; empty: the same.
    replicas
        Replicas of the (first) pool; 0: the fewest with which 99 % of the requests keep both
        promises.
    decode_replicas
        Above 0: the first pool only prefills, and so many replicas of a second pool decode.
    kv_link
        Bandwidth at which a prompt's KV goes to the second pool, for example "50 GB/s"; empty: it
        takes no time but 5 ms.
    router
        Where a request goes.
    batch
        Most requests that one replica serves at a time.
    tokens
        Most tokens of one step.
    kv
        KV tokens of one replica; 0: what the table says.
    overhead
        Host time added to every step, for example "2 ms".
    mixed_steps
        What a step of prompts and decodes takes: weights read once (fused), or both one after the
        other (added).
    cache
        Most prefix blocks that a replica remembers, in the KV that requests under way leave over;
        0: none. Needs a trace with blocks (Mooncake, Bailian).
    proposed
        Above 0: speculative decoding, a draft proposes so many tokens a step.
    accepted
        Mean tokens that a step of speculative decoding yields, at most one more than proposed.
    draft
        Time of one draft step over one of the model's.
    outstanding
        Above 0: scale the pools so that a replica holds so many requests.
    warm_up
        From asleep to serving, for example "5 min".
    failures
        Mean time between failures of a replica, for example "300 h"; empty: none.
    repair
        Mean time to repair.
    """

    table: str = DEFAULT_TABLE
    decode_table: str = ""
    replicas: int = 0
    decode_replicas: int = 0
    kv_link: str = ""
    router: Literal["round_robin", "least_outstanding", "power_of_two", "prefix_aware"] = (
        "least_outstanding"
    )
    batch: int = 256
    tokens: int = 2048
    kv: int = 0
    overhead: str = "0 s"
    mixed_steps: Literal["fused", "added"] = "fused"
    cache: int = 0
    proposed: int = 0
    accepted: float = 0.0
    draft: float = 0.05
    outstanding: float = 0.0
    warm_up: str = "0 s"
    failures: str = ""
    repair: str = "4 h"


@dataclass(frozen=True)
class Promises:
    """What is promised, and a cut of power.

    Parameters
    ----------
    ttft
        Time to first token that counts as good.
    tpot
        Mean time per further token that counts as good.
    patience
        A request whose turn comes later is dropped; empty: never.
    refuse_at
        A new request is refused where its replica holds so many; 0: never.
    service
        A class of requests with a promise of its own, served before those named after it, for
        example "paid 20% ttft=1s tpot=50ms patience=30s refuse_at=40"; may be given several times.
        Requests are drawn into classes by their shares; what is left to 100 % keeps the promise
        above.
    curtail
        Cut the fleet's power by this share for a while, and compare: "20%" or 0.2.
    at
        When the cut begins, from the start of the trace.
    during
        How long it lasts.
    metered
        The cut holds for the mean power of each interval so long, as the meter reads it.
    """

    ttft: str = "2 s"
    tpot: str = "100 ms"
    patience: str = ""
    refuse_at: int = 0
    service: Annotated[tuple[str, ...], Parameter(name="--class")] = ()
    curtail: str = ""
    at: str = "15 min"
    during: str = "15 min"
    metered: str = "1 min"


@dataclass(frozen=True)
class Playing:
    """How the trace is read and played.

    Parameters
    ----------
    drop_empty
        Leave out requests without prompt or answer instead of refusing the file; they are counted.
    oversize
        What becomes of requests longer than a replica's KV or the model's context: refuse the file,
        or shed and count them.
    unit
        Unit of numeric time stamps; empty: the format's own.
    spread
        Draw arrivals that share a coarse stamp (whole seconds) within its tick.
    columns
        Names of time, prompt and answer in a CSV of your own, for example "ts, in, out".
    block
        Tokens a prefix block holds; 0: the format's own.
    speed
        Play the trace so many times faster.
    users
        Above 0: a closed loop. So many requests are under way at any time; the next comes when one
        ends. Needs neither trace nor rate.
    skip
        Leave requests of the first minutes out of latencies and shares, for example "10 min".
    bucket
        Width of a point in the plots; no figure depends on it.
    seed
        Seed of the power-of-two router, of failures, classes and made-up requests.
    """

    drop_empty: bool = False
    oversize: Literal["refuse", "shed"] = "refuse"
    unit: Literal["", "s", "ms", "us", "ns"] = ""
    spread: bool = False
    columns: str = ""
    block: int = 0
    speed: float = 1.0
    users: int = 0
    skip: str = "0 s"
    bucket: str = "5 min"
    seed: int = 0


@dataclass(frozen=True)
class Making:
    """Requests made up, instead of a trace.

    Parameters
    ----------
    rate
        Requests a second.
    requests
        How many.
    arrivals
        Gaps between them: exponential (poisson), in bursts (gamma), or all alike (even).
    cv
        Coefficient of variation of the gaps of gamma arrivals.
    input
        Prompt tokens: "1000", "exponential 600", "lognormal 600 0.8" (median, spread) or "uniform
        100 900".
    output
        Answer tokens, likewise.
    """

    rate: float = 0.0
    requests: int = 10_000
    arrivals: Literal["poisson", "gamma", "even"] = "poisson"
    cv: float = 3.0
    input: str = "1000"
    output: str = "300"


SERVING, PROMISED, PLAYED, MADE = Replicas(), Promises(), Playing(), Making()
