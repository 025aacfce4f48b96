"""A serving point as a fleet: the pools that stand behind one line of a plan, and the requests that
come to them.

The step tables are those of the roofline, scaled to the point: with `places` requests a replica
takes the point's mean time per token. Where prompts are read elsewhere there are two pools whose
sizes follow the point's shares; a replica of the reading pool is one data-parallel rank, since a
prompt is read by one.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.fleet.types import Fleet, Pool, ServiceClass, Trace
from headrace.models.serving.operating_point import ServicePromise, ServingPoint
from headrace.models.step_time.providers import roofline_table
from headrace.models.step_time.roofline import Layout
from headrace.models.step_time.speculation import speculative
from headrace.models.step_time.table import PhasePower, StepTable

CHUNK = 2048
"""Prompt tokens of a step and rank, the usual budget of engines."""
READING = 8192
"""The same where nothing decodes beside."""
LONGEST = 6.0
"""Longest drawn length over the mean, as a service's limit on contexts; what lies beyond is one in
four hundred.
"""


def deployed(point: ServingPoint, promise: ServicePromise, accelerators: float) -> Fleet:
    """`accelerators` [1] that serve as `point` says, rounded up to whole replicas of each kind.

    promise: lengths of a request, and times [s] that count as kept. Raises InputError for a number
        that is not above 0.
    """
    if not 0 < accelerators < float("inf"):
        raise InputError(InputFault(Place("accelerators"), f"{accelerators}", "a number above 0"))
    classes = (ServiceClass("all", promise.ttft, promise.tpot),)
    if point.reading is None:
        table = decode_table(point, promise, point.places / promise.osl)
        count = ceil(accelerators / point.accelerators)
        return Fleet(
            (_pool("serving", table, count, point.places, CHUNK * point.layout.dp),),
            classes=classes,
        )
    decode = decode_table(point, promise, 0.0)
    reader = reading_rank(point, point.reading.layout)
    decodes = ceil(accelerators * (1.0 - point.reading.share) / point.accelerators)
    readers = ceil(accelerators * point.reading.share / reader.accelerators)
    pools = (
        replace(_pool("prompts", reader, readers, 1, READING), role="prefill"),
        replace(_pool("decoding", decode, decodes, point.places, CHUNK), role="decode"),
    )
    return Fleet(pools, classes=classes)


def requests(rate: float, seconds: float, promise: ServicePromise, *, seed: int = 0) -> Trace:
    """Poisson arrivals at `rate` [requests/s] for `seconds`, prompts and answers exponential around
    the promise's lengths.
    """
    rng = np.random.default_rng(seed)
    count = max(1, int(rng.poisson(rate * seconds)))
    arrival: Floats = np.sort(rng.uniform(0.0, seconds, count))
    prompt, answer = (lengths(rng, mean, count) for mean in (promise.isl, promise.osl))
    source = f"Poisson arrivals, exponential lengths of mean {promise.isl} in and {promise.osl} out"
    return Trace("drawn", source, arrival, prompt, answer, np.zeros(count, np.int64))


def lengths(rng: np.random.Generator, mean: float, count: int) -> Ints:
    """Whole lengths with an exponential spread around `mean` [tokens], 1 to LONGEST times the mean,
    shape (count,).
    """
    return np.rint(np.clip(rng.exponential(mean, count), 1, max(1, LONGEST * mean))).astype(
        np.int64
    )


def _pool(name: str, table: StepTable, count: int, places: int, chunk: int) -> Pool:
    return Pool(name, table, count, max_batch=places, token_budget=places + chunk)


def _table(point: ServingPoint, layout: Layout) -> StepTable:
    """The roofline's table, its power scaled so that a full replica draws what the point says,
    reading or decoding.
    """
    table = roofline_table(point.shape, point.part, point.precision, layout)
    if point.speculation is not None:
        table = speculative(table, point.speculation)
    power, busy = table.power, 1e3 * point.busy_power * layout.accelerators
    full = float(np.interp(point.places, table.batches, power.decode))
    decode = power.idle + (power.decode - power.idle) * (busy - power.idle) / (full - power.idle)
    return replace(table, power=PhasePower(power.sleep, power.idle, busy, np.minimum(decode, busy)))


def decode_table(point: ServingPoint, promise: ServicePromise, prompts: float) -> StepTable:
    """The roofline's table, all times scaled: a decode step and the `prompts` [1/step] read beside
    it add up to the point's time per token.
    """
    table = _table(point, point.layout)
    step = table.decode_time(point.places, promise.isl + promise.osl / 2.0)
    step += prompts * table.prefill_time(promise.isl)
    return table.scaled(point.tpot / step, name=table.name, source=table.source)


def reading_rank(point: ServingPoint, layout: Layout) -> StepTable:
    """One data-parallel rank of a reading replica; slower by the expert-parallel factor that the
    point's rate carries, faster by the pace of its software.
    """
    whole, ranks = _table(point, layout), float(layout.dp)
    power = whole.power
    own = PhasePower(
        power.sleep / ranks, power.idle / ranks, power.prefill / ranks, power.decode / ranks
    )
    slow = point.batch / point.places / point.pace
    return replace(
        whole,
        name=f"{whole.name}, one rank",
        accelerators=layout.tp,
        kv_tokens=int(whole.kv_tokens / ranks),
        tokens=whole.tokens / ranks,
        batches=whole.batches / ranks,
        shared=whole.shared * slow,
        fixed=whole.fixed * slow,
        per_kv=whole.per_kv * slow,
        attention=whole.attention * ranks * slow,
        power=own,
    )
