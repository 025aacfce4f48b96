"""Request-level simulation of a serving fleet: trace in, latencies, energy and fleet-hours out.

nouns        Trace, Pool, Fleet, service classes, outages, limits
readers      public traces: Azure, BurstGPT, Mooncake, ServeGen
generator    arrivals from published rate laws
simulator    replay(trace, fleet); packing, kernel/: its compiled core; twin/: the same, step by
             step, for tests
metrics      percentiles, goodput, energy, fleet-hours; their course over the day
powerplan    a plan's hourly power and replicas become a replay; what does a curtailment do to p99?
deepseek     a published day, replayed with autoscaling

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
from headrace.models.fleet.readers import read_trace
from headrace.models.fleet.simulator import PoolSeries, Replay, ReplayProgress, replay
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
