"""Step times from the speed of light plus overhead per layer: works for any vendor, calibrated where data exist.

    decode   = max(flop / peak * flop_cost, weights / bandwidth * weight_cost) + cache / bandwidth * cache_cost
               + layers * (layer + [tp > 1] join + [experts] expert) + all-reduce bytes / link * link_cost
    prefill  = (2 active n + attention) / peak * prefill_cost + layers * layer
    TPOT     = decode + batch / output tokens * prefill        (prefills of newcomers stall the batch)
    TTFT     = prefill * queue + decode * wait

The per-layer overhead is the term naive rooflines lack: about 70 us a layer in published deployments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from headrace.compute.accelerator import Accelerator, Precision
from headrace.models.architecture import LanguageModel

Floats = NDArray[np.float64]

BYTES: dict[Precision, float] = {"bf16": 2.0, "fp8": 1.0, "fp4": 0.5625}
"""Bytes per weight; fp4 counts its block scales (one byte per 16 weights)."""

_OVERLAP = 5.0  # half of the exchange hides behind the other micro-batch, and a token travels to a node once

Provider = Literal["kernel", "roofline", "measured"]


@dataclass(frozen=True)
class Layout:
    """How a replica is spread: tensor-parallel width, attention data-parallel width; experts spread over both."""

    tp: int = 1
    dp: int = 1

    @property
    def accelerators(self) -> int:
        """Accelerators of one replica."""
        return self.tp * self.dp


@dataclass(frozen=True)
class Coefficients:
    """Costs over the speed of light [1] and overheads [s]; what calibration fits (docs/design/0051)."""

    flop_cost: float = 2.0
    weight_cost: float = 1.3
    cache_cost: float = 1.5
    layer: float = 60e-6
    join: float = 12e-6
    expert: float = 38e-6
    link_cost: float = 5.0
    prefill_cost: float = 2.2
    queue: float = 1.5
    wait: float = 1.5


def decode_seconds(
    model: LanguageModel, chip: Accelerator, precision: Precision, layout: Layout, batch: Floats, context: float, c: Coefficients
) -> Floats:
    """Time of one decode step of `batch` sequences per replica (an array) at `context` tokens each [s]."""
    n, peak = layout.accelerators, chip.peak(precision)
    bandwidth, link = chip.bandwidth.to("B/s"), chip.link.to("B/s")
    dense = (model.parameters - model.expert_parameters) * BYTES[precision] * layout.dp
    touched = 1.0 - (1.0 - _routing_share(model)) ** batch if model.experts else np.ones_like(batch)
    weights = (dense + model.expert_parameters * BYTES[precision] * touched) / n / bandwidth
    cache = batch * cache_bytes(model, precision, layout) * _seen(model, context) / n / bandwidth
    flop = 2.0 * model.active * batch / n / peak
    fixed = model.layers * (c.layer + (c.join if n > 1 else 0.0) + (c.expert if model.experts else 0.0))
    reduce = 2.0 * model.layers * (batch / layout.dp) * model.hidden * 2.0 * 2.0 * (layout.tp - 1) / layout.tp / link
    moved = reduce + exchange_seconds(model, chip, layout, batch / n)
    return np.maximum(flop * c.flop_cost, weights * c.weight_cost) + cache * c.cache_cost + fixed + moved * c.link_cost


def prefill_seconds(
    model: LanguageModel,
    chip: Accelerator,
    precision: Precision,
    layout: Layout,
    tokens: float,
    c: Coefficients,
    prefix: float = 0.0,
) -> float:
    """Time to read `tokens` new tokens after `prefix` cached ones, one request alone on the replica [s]."""
    flop = 2.0 * model.active * tokens + model.attention_flop(tokens, prefix + tokens / 2.0)
    return flop / (layout.accelerators * chip.peak(precision)) * c.prefill_cost + model.layers * c.layer


def exchange_seconds(model: LanguageModel, chip: Accelerator, layout: Layout, tokens: Floats) -> Floats:
    """Time to send `tokens` tokens per accelerator to their experts and back, at the speed of light of the links [s].

    Only where attention is data-parallel; experts outside the scale-up domain are reached over the network.
    """
    n, domain = layout.accelerators, chip.domain.value
    if not model.experts or layout.dp == 1:
        return np.zeros_like(tokens)
    away = max(0.0, 1.0 - domain / n)
    per_byte = away / chip.network.to("B/s") + (1.0 - away) / chip.link.to("B/s")
    return model.layers * tokens * model.experts_per_token * model.hidden * 3.0 * per_byte / _OVERLAP


def cache_bytes(model: LanguageModel, precision: Precision, layout: Layout) -> float:
    """Bytes of keys and values per token over the whole replica; a latent cache is copied on every tensor rank."""
    copies = layout.tp if model.shares_kv else max(1.0, layout.tp / model.kv_heads)
    return model.kv_elements * (2.0 if precision == "bf16" else 1.0) * copies


def _routing_share(model: LanguageModel) -> float:
    return model.experts_per_token / model.experts


def _seen(model: LanguageModel, context: float) -> float:
    return min(context, float(model.attended)) if model.attended else context
