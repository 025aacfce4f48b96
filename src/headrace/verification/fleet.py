"""Outside results of the fleet simulator beside ours: `headrace verify --only models.fleet`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.models.fleet.metrics import summarise
from headrace.models.fleet.simulator import Replay, replay
from headrace.models.fleet.traces import read_trace
from headrace.models.fleet.types import Fleet, Pool, Trace
from headrace.models.step_time.table import named_table
from headrace.verification.deepseek_fleet import day_fleet, day_trace, read_published
from headrace.verification.registry import CheckOutcome, check, data_file

TABLE = "llama-3.1-8b.h100_sxm.vllm.tp1"

# Vidur 0.0.26 on the same trace, step table and policy, run by benchmarks/fleet.py in Vidur's own
# environment, which also
# compares the whole distributions. Percentiles 50, 90 and 99 [s], then the mean.
VIDUR = {
    "ttft": (0.0278654, 0.0951370, 0.1576546, 0.0385366),
    "tpot": (0.0078428, 0.0094379, 0.0125215, 0.0081155),
    "e2e": (1.0862716, 3.5038493, 4.9417791, 1.7227125),
}
VIDUR_STEPS = 445_273

THIN = 100.0
# KV length per output token is published (4,989). With answers exponential in length and
# independent of their prompts its mean
# is mean prompt + mean answer, and prompt / answer = 608 / 168 is published as well.
KV_PER_TOKEN = 4_989.0


def _azure() -> Trace:
    return read_trace(data_file("azure_llm_2023/AzureLLMInferenceTrace_conv.csv"))


@check(
    "models.fleet.vidur",
    what="Azure conversation hour on one H100: times beside Vidur's",
    unit="s",
    tolerance=0.005,
    source="Vidur 0.0.26 (Microsoft, MIT), Azure LLM trace 2023; measured by benchmarks/fleet.py",
)
def vidur() -> Iterator[CheckOutcome]:
    """Percentiles and means of 19,366 requests; both simulators walk the same table under the same
    policy.
    """
    found = replay(_azure(), Fleet((Pool("all", named_table(TABLE), 1),), router="round_robin"))
    for name, theirs in VIDUR.items():
        values = getattr(found, name)
        ours = (*np.percentile(values, (50, 90, 99)), values.mean())
        for label, own, other in zip(("p50", "p90", "p99", "mean"), ours, theirs, strict=True):
            yield CheckOutcome(float(own), other, id_suffix=f".{name}.{label}")
    yield CheckOutcome(float(found.steps), float(VIDUR_STEPS), id_suffix=".steps")


@check(
    "models.fleet.jump",
    what="Closed-form decode stretches against every single step, worst request",
    unit="s",
    tolerance=1e-6,
    source="the same kernel without jumps; tests hold both to a step-by-step twin",
)
def jump_is_step() -> Iterator[CheckOutcome]:
    """One replica, a KV cache so small that it preempts, and overload."""
    trace, table = _azure(), named_table(TABLE)
    rushed = Trace(
        "rushed", trace.source, trace.arrival * 0.1, trace.input, trace.output, trace.service
    )
    worlds = (
        (".plain", trace, Pool("all", table, 1)),
        (".preemption", trace, Pool("all", table, 1, kv_tokens=15_000)),
        (".overload", rushed, Pool("all", table, 1, token_budget=512, kv_tokens=100_000)),
    )
    for suffix, load, pool in worlds:
        jump, walk = replay(load, Fleet((pool,))), replay(load, Fleet((pool,)), jump=False)
        worst = max(
            float(np.abs(getattr(jump, name) - getattr(walk, name)).max())
            for name in ("ttft", "tpot", "e2e")
        )
        words = f"{jump.preempted:,} preemptions, {jump.steps:,} and {walk.steps:,} steps"
        yield CheckOutcome(worst, 0.0, absolute=True, id_suffix=suffix, reason=words)


@check(
    "models.fleet.deepseek_day",
    what="A day of DeepSeek-V3/R1 replayed with autoscaling",
    unit="node-h",
    tolerance=0.10,
    source="DeepSeek open-infra-index, day 6: 226.75 nodes on average, 2025-02-27/28",
)
def deepseek_day() -> CheckOutcome:
    """Rates of a node and income by hour are inputs; what the autoscaler does is compared."""
    facts, income = (
        data_file("deepseek_day/facts.csv"),
        data_file("deepseek_day/theoretical_income_by_hour.csv"),
    )
    day = read_published(facts, income)
    answer = KV_PER_TOKEN / (1.0 + day.input_tokens / day.output_tokens)
    found = summarise(
        replay(day_trace(day, mean_answer=answer, thin=THIN), day_fleet(day, thin=THIN, start=1.0))
    )
    words = (
        f"{found.requests:,} requests, each for {THIN:g}; mean {1e3 * found.tpot.mean:.1f} ms a "
        f"token; {found.unserved} unserved"
    )
    return CheckOutcome(found.fleet_hours, 226.75 * 24, reason=words)


def queue(lengths: Ints, load: float, seed: int) -> tuple[float, float]:
    """Mean wait at one place [s], and by Pollaczek and Khinchine: rate x mean squared service /
    (2 (1 - load)).

    lengths: of the answers [token], prompts are of 16; load: share of the time busy [1].
    """
    count, rng = len(lengths), np.random.default_rng(seed)
    one = np.ones(count, dtype=np.int64)
    fleet = Fleet((Pool("one", named_table(TABLE), 1, max_batch=1),))

    def replayed(arrival: Floats) -> Replay:
        return replay(Trace("queue", "", arrival, 16 * one, lengths, 0 * one), fleet)

    service = replayed(np.arange(0.0, 60.0 * count, 60.0)).e2e  # nobody waits
    rate = load / float(service.mean())
    found = replayed(np.cumsum(rng.exponential(1.0 / rate, count)))
    wait = float((found.started - found.arrived).mean())
    return wait, float(rate * (service**2).mean() / (2.0 * (1.0 - load)))


@check(
    "models.fleet.queue",
    what="Mean wait at one place beside Pollaczek and Khinchine",
    unit="s",
    tolerance=0.01,
    source="Khinchine 1932: the wait of M/G/1; exponential answers (M/M/1), equal ones (M/D/1)",
)
def queues() -> Iterator[CheckOutcome]:
    """Four times half a million requests at loads of 0.3, 0.5 and 0.7, whole tokens long; 1 % for
    exponential answers, 3 % for equal ones.
    """
    rng = np.random.default_rng(11)
    answers = np.maximum(1, np.rint(rng.exponential(100.0, 500_000))).astype(np.int64)
    for name, lengths, tolerance in (("mm1", answers, 0.01), ("md1", 0 * answers + 100, 0.03)):
        for load in (0.3, 0.5, 0.7):
            ours, law = np.mean([queue(lengths, load, seed) for seed in range(4)], axis=0)
            suffix = f".{name}.{load:g}"
            yield CheckOutcome(float(ours), float(law), tolerance=tolerance, id_suffix=suffix)
