"""How many whole replicas carry a rate of requests: the question of who buys a serving fleet.

    together   replicas = ceil(rate / (load x requests a second of a replica))
    apart      the same for decoding and for reading replicas, each by its share of the point's
               accelerators

`load` leaves room for the promised percentiles (`percentile_promises.load`); a promise of means
has none to leave. Of all ways that keep the promise the one with the fewest whole accelerators is
taken, and of equals the one with most to spare.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import Infeasible, InputError, InputFault, Place
from headrace.models.serving import percentile_promises
from headrace.models.serving.operating_point import Frontier, ServingPoint
from headrace.models.step_time.calibration import predict, shipped
from headrace.models.step_time.measured_deployments import DeploymentLabels
from headrace.models.step_time.roofline import Deployments, terms
from headrace.models.step_time.speculation import speculative_step

FILL = 0.8
"""Share of the caches' room that the mean load may take."""


@dataclass(frozen=True)
class WholeFleet:
    """Whole replicas of one way to serve.

    replicas: that decode (or do both); readers: that read prompts apart. carried: requests/s with
    the promise kept; busy: share of that asked for [1]. power: at the wall under the rate [kW].
    accelerators_low, accelerators_high: at the ends of the point's 80 % band. prompt_share: share
    of the fleet's work that is prompts [1].
    """

    point: ServingPoint
    rate: float
    replicas: int
    readers: int
    accelerators: int
    servers: int
    carried: float
    busy: float
    power: float
    accelerators_low: int
    accelerators_high: int
    prompt_share: float


def fewest_whole(found: Frontier, rate: float, *, percentiles: bool = True) -> WholeFleet:
    """The least whole fleet for `rate` [requests/s]. percentiles: the promise was made of
    percentiles, so room is left for them.

    Raises InputError for a rate that is not above 0, Infeasible with the nearest promise where no
    way keeps it.
    """
    if not 0 < rate < 1e9:
        raise InputError(InputFault(Place(key="--rate"), f"{rate} requests/s", "above 0"))
    keeps = found.keeps() & (found.fill <= FILL)
    if not keeps.any():
        late = np.maximum(found.ttft / found.promise.ttft, found.tpot / found.promise.tpot)
        allowed = np.where(~found.apart | (not found.together), late, np.inf)
        at = int(np.argmin(np.where(found.fill <= FILL, allowed, np.inf)))
        near = f"means of {found.ttft[at]:.3g} s and {1e3 * found.tpot[at]:.3g} ms"
        words = (
            f"{found.model.title} on {found.chip.title} keeps this in no layout; nearest: {near}"
        )
        raise Infeasible(f"{words}.", ("ttft", "tpot"), near)
    counts = whole_counts(found, rate, percentiles=percentiles)
    order = np.lexsort((-counts.carried, np.where(keeps, counts.accelerators, np.inf)))
    return whole_fleet(found, int(order[0]), rate, percentiles=percentiles)


@dataclass(frozen=True)
class WholeCounts:
    """Of every way of a frontier: whole replicas and readers, their accelerators, and the requests
    a second that they carry; shape (point,).
    """

    replicas: Floats
    readers: Floats
    accelerators: Floats
    carried: Floats


def whole_counts(
    found: Frontier, rate: float, *, percentiles: bool = True, factor: float = 1.0
) -> WholeCounts:
    """Whole counts for `rate` [requests/s] of every way; factor: on its throughput [1]."""
    load = _load(found, percentiles) * factor
    per_accelerator = found.tokens / found.promise.osl * load
    own, share = found.tp * found.dp, found.reading_share
    decoder = per_accelerator * own / (1.0 - share)
    reader = per_accelerator * found.reading.accelerators / np.where(share > 0, share, 1.0)
    replicas = np.ceil(rate / decoder - 1e-9)
    readers = np.where(found.apart, np.ceil(rate / reader - 1e-9), 0.0)
    carried = np.minimum(replicas * decoder, np.where(found.apart, readers * reader, np.inf))
    return WholeCounts(
        replicas, readers, replicas * own + readers * found.reading.accelerators, carried
    )


def _load(found: Frontier, percentiles: bool) -> Floats:
    if not percentiles:
        return np.ones(len(found.tp))
    asked = found.promise
    apart, together = (
        percentile_promises.load(kind, asked.isl, asked.osl) for kind in (True, False)
    )
    return np.where(found.apart, apart, together)


def whole_fleet(
    found: Frontier, index: int, rate: float, *, percentiles: bool = True, replicas: int = 0
) -> WholeFleet:
    """The fleet of way `index` for `rate` [requests/s]; replicas: so many that decode instead of
    the fewest, with the readers that keep pace.
    """
    point, asked = found.point(index), rate
    if replicas:  # what so many carry, with readers that keep pace
        per_accelerator = _load(found, percentiles)[index] * found.tokens[index] / found.promise.osl
        each = per_accelerator * point.accelerators / (1.0 - found.reading_share[index])
        asked = float(replicas * each) * (1.0 - 1e-12)
    counts = whole_counts(found, asked, percentiles=percentiles)
    wanted, readers = int(counts.replicas[index]), int(counts.readers[index])
    carried = float(counts.carried[index])
    ends = [
        whole_counts(found, rate, percentiles=percentiles, factor=end / point.tokens_per_second)
        for end in (point.band.high, point.band.low)
    ]
    reading = point.reading.layout.accelerators if point.reading else 0
    accelerators = wanted * point.accelerators + readers * reading
    busy = min(1.0, rate / carried)
    idle = found.chip.power_idle.to("kW/accelerator")
    work = busy * float(_load(found, percentiles)[index])
    return WholeFleet(
        point=point,
        rate=rate,
        replicas=wanted,
        readers=readers,
        accelerators=accelerators,
        servers=int(np.ceil(accelerators / found.chip.server.value)),
        carried=carried,
        busy=busy,
        power=accelerators * (idle + work * (point.busy_power - idle)),
        accelerators_low=int(ends[0].accelerators[index]),
        accelerators_high=int(ends[1].accelerators[index]),
        prompt_share=prompt_share(found, index),
    )


def prompt_share(found: Frontier, index: int) -> float:
    """Share of a fleet's work that is reading prompts [1]: of its accelerators where they are read
    apart, else of a replica's time, a request's prompt beside its share of the decode steps.
    """
    if found.apart[index]:
        return float(found.reading_share[index])
    promise, one = found.promise, np.ones(1)
    tp, dp, batch = (np.array([float(v[index])]) for v in (found.tp, found.dp, found.batch))
    ranks = tp * dp if found.model.experts else one
    at = Deployments(
        tp, dp, ranks, batch, promise.isl * one, promise.osl * one, tp * dp, dp, batch, 0 * one
    )
    labels = DeploymentLabels(found.model.key, found.chip.key, "", found.precision)
    work = terms(found.model, found.chip, found.precision, found.precision, at)
    times = predict(work, labels, shipped()[0])
    prompt = float(times.prompt[0]) * (1.0 - promise.prefix / promise.isl)
    parts, how = (found.model, found.chip, found.precision), found.speculation
    step = speculative_step(times.decode, parts, at, shipped()[0].coefficients, how)
    tokens = float(batch[0]) * (how.accepted if how else 1.0)
    decode = float(step[0]) * promise.osl / tokens
    return prompt / (prompt + decode)
