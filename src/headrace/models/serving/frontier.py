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

from headrace.compute.accelerator import Accelerator, accelerator
from headrace.core.arrays import Floats
from headrace.core.catalogue import Figure, entry
from headrace.core.errors import Infeasible, InputError, InputFault, Place
from headrace.core.study import Measured
from headrace.models.architecture import LanguageModel, language_model
from headrace.models.power import saturated_power
from headrace.models.serving.layout_limits import ANY_LAYOUT, LayoutLimits
from headrace.models.serving.operating_point import Frontier, ServicePromise, ServingPoint
from headrace.models.software import software_factor
from headrace.models.step_time.calibration import Band as RatioBand
from headrace.models.step_time.calibration import Bands, Calibration, predict, shipped
from headrace.models.step_time.measured_deployments import DeploymentLabels
from headrace.models.step_time.roofline import (
    BYTES,
    USABLE,
    Deployments,
    Format,
    Layout,
    arithmetic,
    cache_bytes,
    terms,
    times,
)
from headrace.models.step_time.speculation import Speculation, speculative_step

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
    precision: Format,
    promise: ServicePromise,
    *,
    backend: str = "",
    limits: LayoutLimits = ANY_LAYOUT,
    speculation: Speculation | None = None,
) -> ServingPoint:
    """The best point for `model` on `chip`, in `precision`, that keeps `promise`.

    backend: "trtllm", "vllm", "sglang", or "" for what they have in common. speculation: decoding
        with drafts. Raises InputError for unknown keys, lengths that are not positive or beyond the
        model's context, or memory that cannot hold the weights in any layout; Infeasible with the
        nearest feasible promise where the weights fit but the promise cannot be kept.
    """
    found = frontier(
        model, chip, precision, promise, backend=backend, limits=limits, speculation=speculation
    )
    keeps = found.keeps()
    if not keeps.any():
        ttft, tpot = max(promise.ttft, SHORTEST), max(promise.tpot, SHORTEST)
        best = found.point(int(np.argmin(np.maximum(found.ttft / ttft, found.tpot / tpot))))
        late = (best.ttft > promise.ttft, best.tpot > promise.tpot)
        near = (
            f"ttft {best.ttft:.3g} s and tpot {best.tpot * 1e3:.3g} ms"
            f" ({best.accelerators} accelerators a replica, batch {best.batch})"
        )
        asked = f"ttft {promise.ttft:g} s and tpot {promise.tpot * 1e3:g} ms"
        raise Infeasible(
            f"{found.model.title} on {found.chip.title} cannot keep {asked}; nearest: {near}.",
            tuple(name for name, clash in zip(("ttft", "tpot"), late) if clash),
            near,
        )
    return found.point(int(np.argmax(np.where(keeps, found.tokens, -1.0))))


def frontier(
    model: str | LanguageModel,
    chip: str | Accelerator,
    precision: Format,
    promise: ServicePromise,
    *,
    backend: str = "",
    limits: LayoutLimits = ANY_LAYOUT,
    speculation: Speculation | None = None,
) -> Frontier:
    """Every layout and batch that fits in memory and within `limits`, priced at once; with drafts
    where `speculation` says how.

    Raises InputError as `serve` does.
    """
    shape = language_model(model) if isinstance(model, str) else model
    part = accelerator(chip) if isinstance(chip, str) else chip
    if faults := promise.faults() + (speculation.faults() if speculation else []):
        raise InputError(faults)
    if shape.context and promise.isl + promise.osl > shape.context:
        tokens = f"{promise.isl + promise.osl:,} tokens of prompt and answer"
        most = f"at most {shape.context:,}, the context of {shape.title}"
        raise InputError(InputFault(Place(key="isl"), tokens, most))
    law, bands = shipped()
    labels = DeploymentLabels(shape.key, part.key, backend, precision)
    software = software_factor(part.vendor)
    at, taken = fitting_deployments(shape, part, precision, promise, limits)
    together = _aggregated(shape, part, at, promise, labels, law, speculation)
    apart = _disaggregated(shape, part, at, promise, labels, law, speculation)
    rate, ttft, tpot = (np.concatenate(pair) for pair in zip(together, apart[:3]))
    reading, share = apart[3], np.concatenate([np.zeros(len(at.tp)), apart[4]])
    spread = entry("models", "software", "expert-parallel").figure("factor")
    rate = rate * software.value * np.where(np.tile(at.dp, 2) > 1, spread.value, 1.0)
    ttft, tpot = ttft / software.value, tpot / software.value
    new = float(promise.isl - promise.prefix)
    worked = (speculation.proposed + 1.0) / speculation.accepted if speculation else 1.0
    request_flop = 2.0 * shape.active * (new + worked * promise.osl)
    request_flop += shape.attention_flop(new, promise.prefix + new / 2.0)
    return Frontier(
        model=shape,
        chip=part,
        precision=precision,
        promise=promise,
        tp=np.tile(at.tp, 2),
        dp=np.tile(at.dp, 2),
        batch=np.tile(at.batch, 2),
        tokens=rate * promise.osl,
        ttft=ttft,
        tpot=tpot,
        power=saturated_power(
            part, np.minimum(rate * request_flop / part.peak(arithmetic(part, precision)), 1.0)
        ),
        fill=np.tile(taken, 2),
        apart=np.repeat([False, True], len(at.tp)),
        reading=reading,
        reading_share=share,
        ratio=_ratio(law, bands, labels, software),
        expert_parallel=spread.value,
        spread=_range(spread),
        searched=_range(entry("models", "software", "read-apart").figure("factor")),
        together=limits.together,
        speculation=speculation,
        drafted=_range(entry("models", "software", "drafts").figure("factor")),
    )


SPREAD = 1.6
"""Half of an 80 % band over the mean absolute error, of errors that fall off like a normal law."""


def corrected(found: Frontier, measured: Measured) -> Frontier:
    """The same ways with times as own measurements say, and a band as wide as their error."""
    half = SPREAD * measured.error
    return replace(
        found,
        tokens=found.tokens / measured.tpot,
        ttft=found.ttft * measured.ttft,
        tpot=found.tpot * measured.tpot,
        ratio=RatioBand(1.0 / (1.0 + half), 1.0 + half),
        measured=True,
        date=found.date if measured.date is None else measured.date,
    )


def _aggregated(
    model: LanguageModel,
    chip: Accelerator,
    at: Deployments,
    promise: ServicePromise,
    labels: DeploymentLabels,
    law: Calibration,
    how: Speculation | None,
) -> tuple[Floats, Floats, Floats]:
    """Requests per second and accelerator, TTFT, TPOT where one replica does both: Little's law
    over the time in the system.
    """
    found = predict(terms(model, chip, labels.form, labels.form, at), labels, law)
    # a cached prefix saves its share of the prompt's work, in TTFT and in the stalls of others
    new = 1.0 - promise.prefix / promise.isl
    ttft, tpot = found.ttft, found.tpot
    if promise.prefix:
        ttft = np.maximum(ttft * new, found.decode)
        tpot = found.decode + np.maximum(tpot - found.decode, 0.0) * new
    if how is not None:  # a newcomer waits for longer steps; a token takes its share of one
        step = speculative_step(found.decode, (model, chip, labels.form), at, law.coefficients, how)
        ttft = ttft + law.coefficients.wait * (step - found.decode)
        tpot = tpot - found.decode + step / how.accepted
    rate = at.batch / (ttft + tpot * max(promise.osl - 1, 0)) / at.accelerators
    return rate, ttft, tpot


def _disaggregated(
    model: LanguageModel,
    chip: Accelerator,
    at: Deployments,
    promise: ServicePromise,
    labels: DeploymentLabels,
    law: Calibration,
    how: Speculation | None,
) -> tuple[Floats, Floats, Floats, Layout, Floats]:
    """The same where replicas of their own read prompts, as many as keep pace, with their layout
    and their share of all accelerators; the margins are those of `search`.
    """
    new = 1.0 - promise.prefix / promise.isl
    split = replace(at, disaggregated=np.ones(len(at.tp)), ahead=np.ones(len(at.tp)))
    tpot = predict(terms(model, chip, labels.form, labels.form, split), labels, law).tpot
    if how is not None:
        parts = (model, chip, labels.form)
        tpot = speculative_step(tpot, parts, split, law.coefficients, how) / how.accepted
    # a reading replica works on one prompt per data-parallel rank at once
    alone = (
        times(
            terms(model, chip, labels.form, labels.form, replace(at, prompt_accelerators=at.tp)),
            law.coefficients,
        ).prompt
        * new
    )
    spent, ttft = alone * PROMPT_MARGIN * at.tp / PROMPT_SHARE, alone * PROMPT_MARGIN * TRANSFER
    # the cheapest way to read prompts in time, of those that hold some prompts a rank; else the
    # fastest
    in_time = ttft <= promise.ttft
    roomy = in_time & (at.batch >= READS * at.dp)
    able = roomy if roomy.any() else in_time
    best = int(np.argmin(np.where(able, spent, np.inf) if able.any() else ttft))
    seconds = at.accelerators * tpot * promise.osl / (at.batch * DECODE_SHARE) + spent[best]
    reading = Layout(int(at.tp[best]), int(at.dp[best]))
    return 1.0 / seconds, np.full(len(tpot), ttft[best]), tpot, reading, spent[best] / seconds


def _range(figure: Figure) -> RatioBand:
    """Ends of a factor's range over its value."""
    return RatioBand(
        (figure.low or figure.value) / figure.value, (figure.high or figure.value) / figure.value
    )


def fitting_deployments(
    model: LanguageModel,
    chip: Accelerator,
    precision: Format,
    promise: ServicePromise,
    limits: LayoutLimits = ANY_LAYOUT,
) -> tuple[Deployments, Floats]:
    """Layouts x batches whose weights and caches fit, and the share of the memory left for caches
    that each takes [1]. Raises InputError where none fits.
    """
    allowed = limits.of(_layouts(model, chip), chip)
    wide = np.array([(layout.tp, layout.dp) for layout in allowed], dtype=np.float64)
    tp, dp = (np.repeat(wide[:, i], len(_BATCHES)) for i in (0, 1))
    batch = np.tile(_BATCHES, len(wide)) * dp
    weights = ((model.parameters - model.expert_parameters) * dp + model.expert_parameters) * BYTES[
        precision
    ]
    free = chip.memory.to("B") * USABLE * tp * dp - weights
    need = batch * cache_bytes(model, precision, tp) * (promise.isl + promise.osl)
    fits = need <= free
    if not fits.any():
        weights_gb, have = model.parameters * BYTES[precision] / 1e9, chip.memory.to("GB")
        most = max(layout.accelerators for layout in allowed)
        length = promise.isl + promise.osl
        cache = float(cache_bytes(model, precision, np.ones(1))[0]) * length / 1e9
        words = (
            f"{model.title} in {precision} needs {weights_gb:.0f} GB for weights and"
            f" {cache:.2g} GB a request; {chip.title} holds {have:.0f} GB each,"
            f" at most {most} together"
        )
        fix = "Use a smaller precision, a shorter context or a larger part."
        raise InputError(InputFault(Place(key=model.key), words, fix=fix))
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
