"""Tokens per second of an accelerator under a latency promise: the best layout and batch, with an
error band.

`frontier` prices every layout (tensor and data parallel) and batch that fits in memory, all at
once, aggregated and with prompts read by replicas of their own (disaggregated, paired with the best
reading layout); `serve` takes the point with most output tokens per second and accelerator that
keeps the promise. Times come from the calibrated roofline (`calibration`); a promise that nothing
can keep raises Infeasible with the nearest one that can be kept.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from headrace.compute.accelerator import Accelerator, Precision, accelerator
from headrace.core.arrays import Floats
from headrace.core.catalogue import Figure, entry
from headrace.core.errors import Infeasible, InputError, InputFault, Place
from headrace.models.architecture import LanguageModel, language_model
from headrace.models.power import saturated_power
from headrace.models.serving.operating_point import Frontier, ServicePromise, ServingPoint
from headrace.models.step_time.calibration import Band as RatioBand
from headrace.models.step_time.calibration import Bands, Calibration, predict, shipped
from headrace.models.step_time.measured_deployments import DeploymentLabels
from headrace.models.step_time.roofline import (
    BYTES,
    USABLE,
    Deployments,
    Layout,
    Times,
    cache_bytes,
    terms,
    times,
)

PROMPT_MARGIN = 1.1
"""A disaggregated prompt over its time at rest, and (below) shares of the two sides that pairing
leaves: conventions of the kernel data base's own search; TRANSFER is time to the first token over
the prompt's own.
"""
PROMPT_SHARE, DECODE_SHARE = 0.9, 0.92
TRANSFER = 1.8
READS = 6
"""Requests of mean length that a reading rank must hold, so that a prompt of six times the mean
still fits.
"""
_BATCHES = np.unique(np.round(np.geomspace(1, 1024, 60)))
_WIDTHS = (1, 2, 4, 8, 16, 32, 64)
_MOST = 64  # accelerators of one replica


SHORTEST = 1e-12
"""Promises below this many seconds are compared as if they were it: a ratio to them is no number.
"""


def serve(
    model: str | LanguageModel,
    chip: str | Accelerator,
    precision: Precision,
    promise: ServicePromise,
    *,
    backend: str = "",
) -> ServingPoint:
    """The best point for `model` on `chip`, in `precision`, that keeps `promise`.

    backend: "trtllm", "vllm", "sglang", or "" for what they have in common. Raises InputError for
        unknown keys, a precision the part lacks, non-positive lengths or memory that cannot hold
        the weights in any layout; Infeasible with the nearest feasible promise where the weights
        fit but the promise cannot be kept.
    """
    found = frontier(model, chip, precision, promise, backend=backend)
    keeps = found.keeps()
    if not keeps.any():
        raise Infeasible(*_nearest(found))
    return found.point(int(np.argmax(np.where(keeps, found.tokens, -1.0))))


def frontier(
    model: str | LanguageModel,
    chip: str | Accelerator,
    precision: Precision,
    promise: ServicePromise,
    *,
    backend: str = "",
) -> Frontier:
    """Every layout and batch that fits in memory, priced at once.

    Raises InputError as `serve` does.
    """
    shape = language_model(model) if isinstance(model, str) else model
    part = accelerator(chip) if isinstance(chip, str) else chip
    _check(promise)
    part.peak(precision)
    law, bands = shipped()
    labels = DeploymentLabels(shape.key, part.key, backend, precision)
    software = entry("models", "software", part.vendor).figure("factor")
    at, taken = _fitting(shape, part, precision, promise)
    together = _aggregated(shape, part, at, promise, labels, law)
    apart = _disaggregated(shape, part, at, promise, labels, law)
    rate, ttft, tpot = (np.concatenate(pair) for pair in zip(together, apart[:3]))
    reading, share = apart[3], np.concatenate([np.zeros(len(at.tp)), apart[4]])
    spread = entry("models", "software", "expert-parallel").figure("factor")
    rate = rate * software.value * np.where(np.tile(at.dp, 2) > 1, spread.value, 1.0)
    ttft, tpot = ttft / software.value, tpot / software.value
    power = _power(part, precision, rate * _work(shape, promise))
    tp, dp, batch = (np.tile(values, 2) for values in (at.tp, at.dp, at.batch))
    split = np.repeat([False, True], len(at.tp))
    ratio, wide = _ratio(law, bands, labels, software), _range(spread)
    tokens, factor, taken = rate * promise.osl, spread.value, np.tile(taken, 2)
    return Frontier(
        shape,
        part,
        precision,
        promise,
        tp,
        dp,
        batch,
        tokens,
        ttft,
        tpot,
        power,
        taken,
        split,
        reading,
        share,
        ratio,
        factor,
        wide,
    )


def _aggregated(
    model: LanguageModel,
    chip: Accelerator,
    at: Deployments,
    promise: ServicePromise,
    labels: DeploymentLabels,
    law: Calibration,
) -> tuple[Floats, Floats, Floats]:
    """Requests per second and accelerator, TTFT, TPOT where one replica does both: Little's law
    over the time in the system.
    """
    found = _cached_prefix(
        predict(terms(model, chip, labels.form, labels.form, at), labels, law), promise
    )
    rate = at.batch / (found.ttft + found.tpot * max(promise.osl - 1, 0)) / at.accelerators
    return rate, found.ttft, found.tpot


def _disaggregated(
    model: LanguageModel,
    chip: Accelerator,
    at: Deployments,
    promise: ServicePromise,
    labels: DeploymentLabels,
    law: Calibration,
) -> tuple[Floats, Floats, Floats, Layout, Floats]:
    """The same where replicas of their own read prompts, as many as keep pace, with their layout
    and their share of all accelerators; the margins are those of `search`.
    """
    new = 1.0 - promise.prefix / promise.isl
    split = replace(at, disaggregated=np.ones(len(at.tp)), ahead=np.ones(len(at.tp)))
    tpot = predict(terms(model, chip, labels.form, labels.form, split), labels, law).tpot
    # a reading replica works on one prompt per data-parallel rank at once
    alone = (
        times(
            terms(model, chip, labels.form, labels.form, replace(at, prompt_accelerators=at.tp)),
            law.coefficients,
        ).prompt
        * new
    )
    spent, ttft = alone * PROMPT_MARGIN * at.tp / PROMPT_SHARE, alone * PROMPT_MARGIN * TRANSFER
    best = _reads(at, spent, ttft, promise)
    seconds = at.accelerators * tpot * promise.osl / (at.batch * DECODE_SHARE) + spent[best]
    reading = Layout(int(at.tp[best]), int(at.dp[best]))
    return 1.0 / seconds, np.full(len(tpot), ttft[best]), tpot, reading, spent[best] / seconds


def _reads(at: Deployments, spent: Floats, ttft: Floats, promise: ServicePromise) -> int:
    """The cheapest way to read prompts in time, of those that hold some prompts a rank; else the
    fastest.
    """
    keeps = ttft <= promise.ttft
    roomy = keeps & (at.batch >= READS * at.dp)
    if not keeps.any():
        return int(np.argmin(ttft))
    return int(np.argmin(np.where(roomy if roomy.any() else keeps, spent, np.inf)))


def _range(figure: Figure) -> RatioBand:
    """Ends of a factor's range over its value."""
    return RatioBand(
        (figure.low or figure.value) / figure.value, (figure.high or figure.value) / figure.value
    )


def _work(model: LanguageModel, promise: ServicePromise) -> float:
    """FLOP of one request: prompt with attention, and outputs."""
    new = float(promise.isl - promise.prefix)
    return 2.0 * model.active * (new + promise.osl) + model.attention_flop(
        new, promise.prefix + new / 2.0
    )


def _fitting(
    model: LanguageModel, chip: Accelerator, precision: Precision, promise: ServicePromise
) -> tuple[Deployments, Floats]:
    """Layouts x batches whose weights and caches fit, and the share of the memory left for caches
    that each takes.
    """
    wide = np.array([(layout.tp, layout.dp) for layout in _layouts(model, chip)], dtype=np.float64)
    tp, dp = (np.repeat(wide[:, i], len(_BATCHES)) for i in (0, 1))
    batch = np.tile(_BATCHES, len(wide)) * dp
    weights = ((model.parameters - model.expert_parameters) * dp + model.expert_parameters) * BYTES[
        precision
    ]
    free = chip.memory.to("B") * USABLE * tp * dp - weights
    need = batch * cache_bytes(model, precision, tp) * (promise.isl + promise.osl)
    fits = need <= free
    if not fits.any():
        raise InputError(_too_big(model, chip, precision, promise))
    tp, dp, batch = tp[fits], dp[fits], batch[fits]
    ones, ranks = np.ones(len(tp)), dp if model.experts else np.ones(len(tp))
    wide_of_experts, isl, osl = (
        tp * ranks if model.experts else ones,
        promise.isl * ones,
        promise.osl * ones,
    )
    found = Deployments(tp, dp, wide_of_experts, batch, isl, osl, tp * dp, dp, batch, 0.0 * ones)
    return found, need[fits] / free[fits]


def _layouts(model: LanguageModel, chip: Accelerator) -> list[Layout]:
    domain = int(chip.domain.value)
    tensor = [Layout(w) for w in _WIDTHS if w <= min(domain, 16)]
    if not model.experts:
        return tensor
    return tensor + [
        Layout(tp, dp) for tp in (1, 2, 4, 8) for dp in _WIDTHS if dp > 1 and tp * dp <= _MOST
    ]


def _cached_prefix(found: Times, promise: ServicePromise) -> Times:
    """A cached prefix saves its share of the prompt's work, in TTFT and in the stalls of others."""
    if not promise.prefix:
        return found
    new = 1.0 - promise.prefix / promise.isl
    tpot = found.decode + np.maximum(found.tpot - found.decode, 0.0) * new
    return Times(
        found.decode,
        found.prompt * new,
        found.overhead,
        tpot,
        np.maximum(found.ttft * new, found.decode),
    )


def _ratio(law: Calibration, bands: Bands, labels: DeploymentLabels, software: Figure) -> RatioBand:
    """Band of measured over predicted throughput: the inverse of the band of times, widened by the
    software's range.
    """
    seen = law.tpot.members
    near = f"model and system: {labels.model}, {labels.system}" in seen
    both = f"model: {labels.model}" in seen and f"system: {labels.system}" in seen
    times = (bands.near if near else bands.pairing if both else bands.elsewhere)[0]
    wide = _range(software)
    return RatioBand(wide.low / times.high, wide.high / times.low)


def _power(chip: Accelerator, precision: Precision, flop: Floats) -> Floats:
    """Wall power while serving `flop` FLOP/s per accelerator [kW/accelerator]."""
    return saturated_power(chip, np.minimum(flop / chip.peak(precision), 1.0))


def _check(promise: ServicePromise) -> None:
    problems = []
    for name in ("isl", "osl"):
        if not 1 <= getattr(promise, name) <= 10_000_000:
            problems.append(
                InputFault(Place(key=name), f"{getattr(promise, name)} tokens", "1 to 10 million")
            )
    for name in ("ttft", "tpot"):
        if not getattr(promise, name) > 0:
            problems.append(
                InputFault(Place(key=name), f"{getattr(promise, name)} s", "more than 0")
            )
    if not 0 <= promise.prefix < max(1, promise.isl):
        problems.append(
            InputFault(
                Place(key="prefix"),
                f"{promise.prefix} cached tokens of {promise.isl}",
                "at least 0 and fewer than isl",
            )
        )
    if problems:
        raise InputError(problems)


def _too_big(
    model: LanguageModel, chip: Accelerator, precision: Precision, promise: ServicePromise
) -> InputFault:
    need, have = model.parameters * BYTES[precision] / 1e9, chip.memory.to("GB")
    most = max(layout.accelerators for layout in _layouts(model, chip))
    cache = float(cache_bytes(model, precision, np.ones(1))[0]) * (promise.isl + promise.osl) / 1e9
    found = (
        f"{model.title} in {precision} needs {need:.0f} GB for weights and {cache:.2g} GB a request"
    )
    held = f"{chip.title} holds {have:.0f} GB each, at most {most} together"
    return InputFault(
        Place(key=model.key),
        f"{found}; {held}",
        fix="Use a smaller precision, a shorter context or a larger part.",
    )


def _nearest(found: Frontier) -> tuple[str, tuple[str, ...], str]:
    promise = found.promise
    ttft, tpot = max(promise.ttft, SHORTEST), max(promise.tpot, SHORTEST)
    best = found.point(int(np.argmin(np.maximum(found.ttft / ttft, found.tpot / tpot))))
    clashes = tuple(
        n
        for n, a, b in (("ttft", best.ttft, promise.ttft), ("tpot", best.tpot, promise.tpot))
        if a > b
    )
    near = f"ttft {best.ttft:.3g} s and tpot {best.tpot * 1e3:.3g} ms ({best.accelerators} accelerators a replica, batch {best.batch})"
    asked = f"ttft {promise.ttft:g} s and tpot {promise.tpot * 1e3:g} ms"
    return (
        f"{found.model.title} on {found.chip.title} cannot keep {asked}; nearest: {near}.",
        clashes,
        near,
    )
