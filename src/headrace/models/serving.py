"""Tokens per second of an accelerator under a latency promise: the best layout and batch, with an error band.

`serve` looks at every layout (tensor and data parallel) and batch that fits in memory and keeps the promise, and
takes the one with most output tokens per second and accelerator. A promise that nothing can keep raises Infeasible
with the nearest promise that can be kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.compute.accelerator import Accelerator, Precision, accelerator
from headrace.core.errors import Infeasible, InputError, Place, Problem
from headrace.models.architecture import LanguageModel, language_model
from headrace.models.roofline import BYTES, Coefficients, Layout, Provider, cache_bytes, decode_seconds, prefill_seconds

_BATCHES = np.unique(np.round(np.geomspace(1, 2048, 90))).astype(np.float64)
_WIDTHS = (1, 2, 4, 8, 16, 32, 64)
_USABLE = 0.88  # share of memory for weights and cache; the rest is activations, graphs and buffers


@dataclass(frozen=True)
class Promise:
    """What a request looks like and how fast it must be.

    isl, osl: input and output tokens of a request (prefix of the input already cached); ttft: mean time to the first
    token [s]; tpot: mean time per further token [s].
    """

    isl: int
    osl: int
    ttft: float = 2.0
    tpot: float = 0.05
    prefix: int = 0


@dataclass(frozen=True)
class Band:
    """An 80 % band around a throughput [same unit]."""

    low: float
    high: float


@dataclass(frozen=True)
class ServingPoint:
    """One way to serve a model.

    tokens_per_second: output tokens per second and accelerator, `band` around it; requests_per_second per accelerator.
    ttft, tpot [s] as promised to the mean user. layout, batch: of one replica of `accelerators` accelerators.
    busy_power: at the wall while serving at this batch [kW/accelerator]; busy_share of the accelerator's busy figure.
    """

    model: str
    accelerator: str
    precision: Precision
    tokens_per_second: float
    band: Band
    requests_per_second: float
    ttft: float
    tpot: float
    layout: Layout
    accelerators: int
    batch: int
    busy_power: float
    busy_share: float
    provider: Provider


def serve(model: str | LanguageModel, chip: str | Accelerator, precision: Precision, promise: Promise) -> ServingPoint:
    """The best point for `model` on `chip`, in `precision`, that keeps `promise`.

    Raises InputError for unknown keys, a precision the part lacks, non-positive lengths or memory that cannot hold the
    weights in any layout; Infeasible with the nearest feasible promise where the weights fit but the promise cannot be kept.
    """
    shape = language_model(model) if isinstance(model, str) else model
    part = accelerator(chip) if isinstance(chip, str) else chip
    _check(promise)
    points = [point for layout in _layouts(shape, part) for point in _points(shape, part, precision, promise, layout)]
    if not points:
        raise InputError(_too_big(shape, part, precision))
    keeping = [p for p in points if p.ttft <= promise.ttft and p.tpot <= promise.tpot]
    if not keeping:
        raise Infeasible(*_nearest(points, promise, shape, part))
    return max(keeping, key=lambda p: p.tokens_per_second)


def _layouts(model: LanguageModel, chip: Accelerator) -> list[Layout]:
    domain = int(chip.domain.value)
    tensor = [Layout(w) for w in _WIDTHS if w <= min(domain, 16)]
    if not model.experts:
        return tensor
    return tensor + [Layout(tp, dp) for tp in (1, 2, 4, 8) for dp in _WIDTHS if dp > 1 and tp * dp <= 64]


def _points(model: LanguageModel, chip: Accelerator, precision: Precision, promise: Promise, layout: Layout) -> list[ServingPoint]:
    c = Coefficients()
    most = _most(model, chip, precision, promise, layout)
    batch = _BATCHES[(_BATCHES * layout.dp <= most)] * layout.dp
    if not len(batch):
        return []
    decode = decode_seconds(model, chip, precision, layout, batch, promise.isl + promise.osl / 2.0, c)
    prefill = prefill_seconds(model, chip, precision, layout, promise.isl - promise.prefix, c, promise.prefix)
    tpot = decode + batch / promise.osl * prefill
    ttft = prefill * layout.dp * c.queue + decode * c.wait
    rate = batch / (ttft + tpot * (promise.osl - 1) if promise.osl > 1 else ttft) / layout.accelerators
    ok = (ttft <= promise.ttft) & (tpot <= promise.tpot)
    pick = sorted({int(np.argmax(np.where(ok, rate, -1.0))), int(np.argmin(tpot)), int(np.argmin(ttft))})
    return [_point(model, chip, precision, promise, layout, (batch[i], ttft[i], tpot[i], rate[i])) for i in pick]


def _point(
    model: LanguageModel,
    chip: Accelerator,
    precision: Precision,
    promise: Promise,
    layout: Layout,
    at: tuple[float, float, float, float],
) -> ServingPoint:
    batch, ttft, tpot, rate = at
    tokens = rate * promise.osl
    share = 1.0
    return ServingPoint(
        model=model.key,
        accelerator=chip.key,
        precision=precision,
        tokens_per_second=float(tokens),
        band=Band(float(tokens) * 0.7, float(tokens) * 1.35),
        requests_per_second=float(rate),
        ttft=float(ttft),
        tpot=float(tpot),
        layout=layout,
        accelerators=layout.accelerators,
        batch=int(batch),
        busy_power=chip.power_busy.to("kW/accelerator") * share,
        busy_share=share,
        provider="roofline",
    )


def _most(model: LanguageModel, chip: Accelerator, precision: Precision, promise: Promise, layout: Layout) -> float:
    """Most sequences that fit in the replica's memory beside the weights."""
    dense = (model.parameters - model.expert_parameters) * layout.dp + model.expert_parameters
    free = chip.memory.to("B") * _USABLE * layout.accelerators - dense * BYTES[precision]
    return free / (cache_bytes(model, precision, layout) * (promise.isl + promise.osl))


def _check(promise: Promise) -> None:
    problems = []
    for name in ("isl", "osl"):
        if getattr(promise, name) < 1:
            problems.append(Problem(Place(key=name), f"{getattr(promise, name)} tokens", "at least 1"))
    for name in ("ttft", "tpot"):
        if not getattr(promise, name) > 0:
            problems.append(Problem(Place(key=name), f"{getattr(promise, name)} s", "more than 0"))
    if not 0 <= promise.prefix < max(1, promise.isl):
        problems.append(
            Problem(Place(key="prefix"), f"{promise.prefix} cached tokens of {promise.isl}", "at least 0 and fewer than isl")
        )
    if problems:
        raise InputError(problems)


def _too_big(model: LanguageModel, chip: Accelerator, precision: Precision) -> Problem:
    need, have = model.parameters * BYTES[precision] / 1e9, chip.memory.to("GB")
    found = f"{model.title} in {precision} needs {need:.0f} GB for its weights; {chip.title} holds {have:.0f} GB each"
    return Problem(
        Place(key=model.key),
        found,
        f"room in at most {min(64, int(chip.domain.value))} of them",
        "Use a smaller precision or a larger part.",
    )


def _nearest(
    points: list[ServingPoint], promise: Promise, model: LanguageModel, chip: Accelerator
) -> tuple[str, tuple[str, ...], str]:
    best = min(points, key=lambda p: max(p.ttft / promise.ttft, p.tpot / promise.tpot))
    clashes = tuple(n for n, a, b in (("ttft", best.ttft, promise.ttft), ("tpot", best.tpot, promise.tpot)) if a > b)
    near = (
        f"ttft {best.ttft:.3g} s and tpot {best.tpot * 1e3:.3g} ms ({best.accelerators} accelerators a replica, batch {best.batch})"
    )
    text = f"{model.title} on {chip.title} cannot keep ttft {promise.ttft:g} s and tpot {promise.tpot * 1e3:g} ms; nearest: {near}."
    return text, clashes, near
