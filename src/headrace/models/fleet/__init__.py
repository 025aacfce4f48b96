"""Request-level simulation of a serving fleet: trace in, latencies, energy and fleet-hours out.

    types        Trace, Pool, Fleet, service classes, outages, limits
    traces/      public traces and own ones; requests made up
    generator    arrivals from published rate laws
    outages      failures drawn at random
    simulator    replay(trace, fleet): the front door
    to_arrays    what the compiled core is given
    kernel/      the compiled core
    reference/   the same, step by step in plain Python, for tests
    metrics      percentiles, goodput, energy, fleet-hours; their course over the day
    sizing       the fewest replicas that keep a promise
    downscale    a large fleet by a small one
    deployment   a serving point as pools, and the requests that come to it
    from_plan    a week of a solved plan, replayed
    power_cap    power by the hour becomes a replay; what does a curtailment do to p99?

>>> trace = read_trace(Path("AzureLLMInferenceTrace_conv.csv"))
>>> fleet = Fleet((Pool("chat", named_table("llama-3.1-8b.h100_sxm.vllm.tp1"), 2),))
>>> summarise(replay(trace, fleet)).ttft.p99
"""

from headrace.models.fleet.metrics import Course, Summary, course, summarise
from headrace.models.fleet.power_cap import (
    Curtailment,
    Followed,
    PowerPlan,
    curtail,
    follow,
    hourly_plan,
)
from headrace.models.fleet.simulator import PoolSeries, Replay, ReplayProgress, replay
from headrace.models.fleet.traces import read_trace
from headrace.models.fleet.types import (
    Autoscale,
    Fleet,
    Outages,
    Pool,
    PrefixBlocks,
    ReplicaLimits,
    ServiceClass,
    Trace,
    Transfer,
)

__all__ = [
    "Autoscale",
    "Course",
    "Curtailment",
    "Fleet",
    "Followed",
    "Outages",
    "Pool",
    "PoolSeries",
    "PowerPlan",
    "PrefixBlocks",
    "Replay",
    "ReplayProgress",
    "ReplicaLimits",
    "ServiceClass",
    "Summary",
    "Trace",
    "Transfer",
    "course",
    "curtail",
    "follow",
    "hourly_plan",
    "read_trace",
    "replay",
    "summarise",
]
