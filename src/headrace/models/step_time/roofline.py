"""Step times from the speed of light plus overhead per layer: any vendor, calibrated where
measurements exist.

    decode  = max(flop_cost * flop, weight_cost * weights) + cache_cost * cache
              + layers * layer + joined layers * join + expert layers * expert
              + link_cost * all-reduce + 0.3 exchange
    prompt  = prefill_cost * prompt flop + layers * layer
    TPOT    = decode + batch / output tokens * prompt      (newcomers' prompts stall the batch)
    TTFT    = queue * ranks * prompt + wait * decode + burst * ahead * prompt + host
              + spill * overflow * TPOT * output tokens

Times at peak and at full bandwidth stand in `RooflineTerms`, their costs in `Coefficients`. The
per-layer overhead is what naive rooflines lack: about 60 us a layer in published deployments.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from headrace.compute.accelerator import Accelerator, Precision
from headrace.core.arrays import Floats
from headrace.models.architecture import LanguageModel

Format = Literal["bf16", "fp8", "fp4", "int4"]
Provider = Literal["kernel", "roofline", "measured"]

BYTES: dict[str, float] = {"bf16": 2.0, "fp8": 1.0, "fp4": 0.5625, "int4": 0.53}
"""Bytes per weight; fp4 and int4 count their block scales (one byte or less per 16 or more
weights).
"""
USABLE = 0.9
"""Share of memory for weights and cache; the rest is activations, graphs and buffers."""
_EXCHANGE = 0.3
"""Cost of the expert exchange over its bytes at link speed: a token travels to a node once (half
the bytes), links reach 90 %, and two micro-batches hide about half of it (DeepSeek-V3 technical
report, section 3.2.1 and 3.4).
"""


@dataclass(frozen=True)
class Layout:
    """How a replica is spread: tensor-parallel width, attention data-parallel width; experts spread
    over both.
    """

    tp: int = 1
    dp: int = 1

    @property
    def accelerators(self) -> int:
        """Accelerators of one replica."""
        return self.tp * self.dp


@dataclass(frozen=True)
class Coefficients:
    """Costs over the speed of light [1]; layer, join, expert and host are overheads [s]."""

    flop_cost: float = 2.0
    weight_cost: float = 1.3
    cache_cost: float = 1.5
    layer: float = 60e-6
    join: float = 12e-6
    link_cost: float = 5.0
    expert: float = 38e-6
    prefill_cost: float = 2.2
    queue: float = 1.5
    wait: float = 1.5
    burst: float = 0.05
    host: float = 10e-3
    spill: float = 0.3


@dataclass(frozen=True)
class Deployments:
    """Ways to run one model on one accelerator, one per row; all arrays of shape (row,).

    batch: sequences of the whole replica. prompt_accelerators, prompt_ranks: those that read
        prompts (the same replica unless disaggregated). ahead: prompts that may stand ahead of a
        newcomer. disaggregated: 1 where prompts are read elsewhere.
    """

    tp: Floats
    dp: Floats
    ep: Floats
    batch: Floats
    isl: Floats
    osl: Floats
    prompt_accelerators: Floats
    prompt_ranks: Floats
    ahead: Floats
    disaggregated: Floats

    @property
    def accelerators(self) -> Floats:
        """Accelerators that decode, of one replica [1]."""
        return self.tp * self.dp


@dataclass(frozen=True)
class RooflineTerms:
    """Times at the speed of light [s], counts of layers, and the sizes that corrections look at;
    shape (row,) each.

    cache: reading keys and values or, where slower, the arithmetic on them.
    """

    flop: Floats
    weights: Floats
    cache: Floats
    reduce: Floats
    exchange: Floats
    prompt: Floats
    layers: Floats
    joined: Floats
    expert_layers: Floats
    batch: Floats
    isl: Floats
    osl: Floats
    tp: Floats
    dp: Floats
    ep: Floats
    prompt_ranks: Floats
    ahead: Floats
    disaggregated: Floats
    need: Floats
    free: Floats
    log_active: Floats
    log_bytes: Floats


@dataclass(frozen=True)
class Times:
    """Predicted times [s], shape (row,): one decode step, one prompt, mean TPOT and TTFT;
    `overhead` is part of decode.
    """

    decode: Floats
    prompt: Floats
    overhead: Floats
    tpot: Floats
    ttft: Floats


def terms(
    model: LanguageModel,
    chip: Accelerator,
    dense: Format,
    expert: Format,
    at: Deployments,
    *,
    checked: float = 1.0,
) -> RooflineTerms:
    """What the work costs at the speed of light, for weights stored as `dense` and, in experts, as
    `expert`. checked: tokens that a decode step works on for each request, all against one reading
    of its cache [1].
    """
    n, context, tokens = at.accelerators, at.isl + at.osl / 2.0, at.batch * checked
    bandwidth, link = chip.bandwidth.to("B/s"), chip.link.to("B/s")
    peak = chip.peak(arithmetic(chip, expert))
    fixed = (model.parameters - model.expert_parameters) * BYTES[dense] * at.dp
    experts = model.expert_parameters * BYTES[expert]
    cache = cache_bytes(model, "bf16" if expert == "bf16" else "fp8", at.tp)
    attended = float(model.attended or np.inf)
    reduce = (
        2.0 * model.layers * (tokens / at.dp) * model.hidden * 4.0 * (at.tp - 1.0) / at.tp / link
    )
    # FLOP of one new token against one cached token: heads that share a latent do all its width
    # each, so that decoding is bound by arithmetic, not by reading the cache
    width = model.kv_width if model.shares_kv else model.attention_width
    scores = 4.0 * model.heads * width * model.kv_layers
    per_cached_token = np.maximum(cache / bandwidth, checked * scores / chip.peak("bf16"))
    query = 4.0 * model.heads * model.attention_width * model.kv_layers
    prompt = 2.0 * model.active * at.isl + query * at.isl * np.minimum(at.isl / 2.0, attended)
    untouched = 1.0 - model.experts_per_token / model.experts if model.experts else 0.0
    touched = 1.0 - untouched**tokens
    # tokens go to their experts and back where attention is data-parallel, beyond the domain over
    # the network
    away = np.maximum(0.0, 1.0 - chip.domain.value / n)
    per_byte = away / chip.network.to("B/s") + (1.0 - away) / link
    sent = model.layers * tokens / n * model.experts_per_token * model.hidden * 3.0
    ones = np.ones_like(n)
    return RooflineTerms(
        flop=2.0 * model.active * tokens / (n * peak),
        weights=(fixed + experts * touched) / n / bandwidth,
        cache=at.batch / n * np.minimum(context, attended) * per_cached_token,
        reduce=reduce,
        exchange=np.where(at.dp > 1, sent * per_byte, 0.0),
        prompt=prompt / (at.prompt_accelerators * peak),
        layers=model.layers * ones,
        joined=model.layers * np.where(n > 1, 1.0, 0.0),
        expert_layers=model.layers * float(model.experts > 0) * ones,
        batch=at.batch,
        isl=at.isl,
        osl=at.osl,
        tp=at.tp,
        dp=at.dp,
        ep=at.ep,
        prompt_ranks=at.prompt_ranks,
        ahead=at.ahead,
        disaggregated=at.disaggregated,
        need=at.batch * cache * (at.isl + at.osl),
        free=np.maximum(chip.memory.to("B") * USABLE * n - fixed - experts, 1.0),
        log_active=np.log(model.active) * ones,
        log_bytes=np.log(BYTES[expert]) * ones,
    )


def times(work: RooflineTerms, costs: Coefficients) -> Times:
    """The formulas at the top of this file."""
    overhead = (
        work.layers * costs.layer + work.joined * costs.join + work.expert_layers * costs.expert
    )
    moved = work.reduce * costs.link_cost + work.exchange * _EXCHANGE
    decode = (
        np.maximum(work.flop * costs.flop_cost, work.weights * costs.weight_cost)
        + work.cache * costs.cache_cost
        + overhead
        + moved
    )
    prompt = work.prompt * costs.prefill_cost + work.layers * costs.layer
    tpot = decode + np.where(work.disaggregated > 0, 0.0, work.batch / work.osl * prompt)
    overflow = np.where(work.disaggregated > 0, 0.0, np.clip(work.need / work.free - 1.0, 0.0, 3.0))
    ttft = (
        prompt * work.prompt_ranks * costs.queue
        + decode * costs.wait
        + work.ahead * prompt * costs.burst
        + costs.host
    )
    return Times(decode, prompt, overhead, tpot, ttft + overflow * tpot * work.osl * costs.spill)


def joined_terms(parts: list[RooflineTerms], order: NDArray[np.int64]) -> RooflineTerms:
    """Several blocks of rows as one, row i of the whole taken from position order[i] of the blocks
    laid end to end.
    """
    return RooflineTerms(
        **{
            f.name: np.concatenate([getattr(p, f.name) for p in parts])[order]
            for f in fields(RooflineTerms)
        }
    )


def rows_of(work: RooflineTerms, keep: NDArray[np.bool_]) -> RooflineTerms:
    """The rows where `keep` holds."""
    return RooflineTerms(**{f.name: getattr(work, f.name)[keep] for f in fields(RooflineTerms)})


def cache_bytes(model: LanguageModel, precision: str, tp: Floats) -> Floats:
    """Keys and values per token over a replica of tensor width `tp` [B]; a latent cache is copied
    on every tensor rank.
    """
    copies = tp if model.shares_kv else np.maximum(1.0, tp / model.kv_heads)
    return model.kv_elements * (2.0 if precision == "bf16" else 1.0) * copies


def arithmetic(chip: Accelerator, stored: str) -> Precision:
    """The format in which weights `stored` so are multiplied: their own where the accelerator has
    it, else bf16, to which they are widened on the way from memory (weight-only formats: MXFP4 on
    Hopper and MI300X, int4 anywhere).
    """
    own = {"fp8": chip.peak_fp8, "fp4": chip.peak_fp4}
    if stored == "fp8" and own["fp8"] is not None:
        return "fp8"
    return "fp4" if stored == "fp4" and own["fp4"] is not None else "bf16"
