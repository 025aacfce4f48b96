"""A published day replayed with autoscaling: DeepSeek-V3/R1, 24 h from 2025-02-27 12:00 UTC+8.

Published are the day's tokens, the mean rate of a prefill node (73,700 tokens/s, cache hits
included) and of a decode node (14,800 tokens/s at 20 to 22 tokens/s a user), the income by hour and
the node count by hour. The rates are inputs here, so what the replay tests is what an autoscaled
fleet adds to them: swings over the day, warm-up, holding on, whole nodes.

The day is thinned: one request stands for `thin`, and a replica is a node for one in `thin` of its
requests - its batch and its prompt rate are divided alike, step times are not - so that node counts
keep their size and node-hours need no scaling. Assumed, because not published: prefill nodes are
autoscaled to 80 % busy, half of a decode step does not depend on the batch, answers are exponential
in length, a node warms up in five minutes.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.fleet.types import Autoscale, Fleet, Pool, Trace, Transfer
from headrace.models.step_time.table import PhasePower, StepTable

HOURS = 24
BUSY = 0.8
STREAMS = 21.0  # tokens/s of one user: the middle of the published 20 to 22
WARM_UP = 300.0
SOURCE = "DeepSeek open-infra-index, day 6 (CC0)"


@dataclass(frozen=True)
class PublishedDay:
    """Tokens of the day; rates of a node [tokens/s]; nodes at the peak; share of the day's income
    by hour, shape (24,).
    """

    input_tokens: float
    output_tokens: float
    prefill_rate: float
    decode_rate: float
    nodes_peak: int
    share: Floats


def read_published(facts: Path, income: Path) -> PublishedDay:
    """The day from its two small CSV files (key, value, unit; hour_start_local,
    usd_theoretical_income).
    """
    try:
        told, earned = (
            list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
            for file in (facts, income)
        )
        values = {row["key"]: row["value"] for row in told}
        hourly = [float(row["usd_theoretical_income"]) for row in earned]
        keys = (
            "input_tokens",
            "output_tokens",
            "input_per_prefill_node",
            "output_per_decode_node",
            "nodes_peak",
        )
        prompt, answer, prefill, decode, peak = (float(values[key]) for key in keys)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(
            InputFault(Place(facts.name), f"not the published day: {error!r}", "its two CSV files")
        ) from None
    share = np.array(hourly)
    if len(share) != HOURS or not (share > 0).all():
        raise InputError(
            InputFault(Place(income.name), f"{len(share)} hours", "24 positive incomes")
        )
    return PublishedDay(prompt, answer, prefill, decode, int(peak), share / share.sum())


def day_trace(day: PublishedDay, *, mean_answer: float, thin: float, seed: int = 0) -> Trace:
    """Requests whose rate follows the income by hour, Poisson within the hour.

    mean_answer [tokens/request]; thin [1]: one request stands for so many, so tokens add up to the
    day's over `thin`.
    """
    rng = np.random.default_rng(seed)
    counts = rng.poisson(day.output_tokens / mean_answer / thin * day.share)
    arrival = np.concatenate(
        [3600.0 * hour + np.sort(rng.uniform(0, 3600, count)) for hour, count in enumerate(counts)]
    )
    answer = np.maximum(1, np.rint(rng.exponential(mean_answer, len(arrival)))).astype(np.int64)
    mean_prompt = mean_answer * day.input_tokens / day.output_tokens
    prompt = np.maximum(1, np.rint(rng.exponential(mean_prompt, len(arrival)))).astype(np.int64)
    return Trace("deepseek day", SOURCE, arrival, prompt, answer, np.zeros(len(arrival), np.int64))


def day_fleet(day: PublishedDay, *, thin: float, start: float) -> Fleet:
    """Prefill and decode nodes in the ratio of their work, 278 at most, autoscaled.

    thin [1]: one request stands for so many; start [1]: share of the peak awake at the start.
    """
    prefill_nodes, decode_nodes = (
        day.input_tokens / day.prefill_rate,
        day.output_tokens / day.decode_rate,
    )
    prefills = round(day.nodes_peak * prefill_nodes / (prefill_nodes + decode_nodes))
    decodes = day.nodes_peak - prefills
    streams = day.decode_rate / STREAMS / thin
    # A prefill step of n prompt tokens takes n / rate; a decode step of `streams` requests takes
    # 1 / 21 s, half of it whatever the batch.
    rate = day.prefill_rate / BUSY / thin
    prefill_node = _node(
        "prefill node", np.array([1.0, 8192.0]) / rate, np.array([1.0 / STREAMS, 1.0 / STREAMS])
    )
    batches = np.array([1.0, 4.0 * streams])
    step = 0.5 / STREAMS * (1.0 + batches / streams)
    decode_node = _node("decode node", np.array([1.0, 8192.0]) * 1e-3, step, batches=batches)
    return Fleet(
        pools=(
            Pool(
                "prefill",
                prefill_node,
                prefills,
                role="prefill",
                max_batch=64,
                token_budget=8192,
                warm_up=WARM_UP,
                start=round(start * prefills),
                autoscale=Autoscale("busy", BUSY),
            ),
            Pool(
                "decode",
                decode_node,
                decodes,
                role="decode",
                max_batch=max(8, int(3 * streams)),
                token_budget=8192,
                warm_up=WARM_UP,
                start=round(start * decodes),
                autoscale=Autoscale("outstanding", streams),
            ),
        ),
        transfer=Transfer(0.01, 0.0),
    )


def _node(name: str, shared: Floats, fixed: Floats, batches: Floats | None = None) -> StepTable:
    knots = np.array([1.0, 64.0]) if batches is None else batches
    return StepTable(
        name=name,
        model="DeepSeek-V3",
        system="8 H800",
        backend="published",
        precision="fp8",
        layout="node",
        accelerators=8,
        provider="measured",
        source=SOURCE,
        date="2025-03",
        kv_tokens=100_000_000,
        band=(1.0, 1.0),
        tokens=np.array([1.0, 8192.0]),
        shared=shared,
        batches=knots,
        fixed=fixed,
        per_kv=np.zeros(len(knots)),
        chunks=np.array([1.0, 8192.0]),
        prefixes=np.array([0.0, 131_072.0]),
        attention=np.zeros((2, 2)),
        power=PhasePower(0.0, 0.0, 0.0, np.zeros(len(knots))),
    )
