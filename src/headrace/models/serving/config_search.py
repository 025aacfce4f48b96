"""Search over step tables: layouts x batch x prompts per step, aggregated and disaggregated, all
priced at once.

An aggregated replica turns over b requests in a cycle of mixed steps, each with k whole prompts,
and pure decode steps:

    mixed steps m = ceil(b / k)        decode steps g = max(output tokens - m, 0)
    tokens/s = b (output - 1) / (m t_mixed + g t_decode)
    TPOT = ((m - drain) t_mixed + g t_decode) / (m - drain + g)
    TTFT = t_mixed * min(2 + (m - 3) / 20, 4)

A disaggregated fleet has p prompt replicas (one prompt at a time) and d decode replicas; the slower
side sets the pace. Prices are those of the step tables; the margins below are the ones
aiconfigurator uses, so that answers compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import Infeasible, InputError, InputFault, Place
from headrace.models.serving.frontier import DECODE_SHARE, PROMPT_MARGIN, PROMPT_SHARE, TRANSFER
from headrace.models.serving.operating_point import ServicePromise
from headrace.models.step_time.table import StepTable, interpolate

BATCHES = np.unique(
    np.concatenate(
        [np.arange(1, 17), np.arange(20, 65, 4), np.arange(72, 129, 8), np.arange(144, 513, 16)]
    )
).astype(float)
MOST_TOKENS = 8192.0
"""Prompt tokens of a mixed step: at most this many, or two prompts."""
DRAIN = 3.0
DECODE_MARGIN = 1.08
"""A disaggregated decode step over the table's time."""


@dataclass(frozen=True)
class Points:
    """Ways to serve, arrays of shape (point,).

    prompt, decode: index of the step table of each side (the same where aggregated);
        prompt_replicas: 0 where aggregated.
    tokens: output tokens per second and accelerator; power: at the wall [W/accelerator]; ttft, tpot
        [s].
    """

    prompt: Ints
    decode: Ints
    prompt_replicas: Floats
    decode_replicas: Floats
    batch: Floats
    accelerators: Floats
    tokens: Floats
    power: Floats
    ttft: Floats
    tpot: Floats

    def __len__(self) -> int:
        return len(self.tokens)

    def keep(self, which: NDArray[np.bool_] | Ints) -> Points:
        """The points chosen by a mask or by indices."""
        return Points(**{f.name: getattr(self, f.name)[which] for f in fields(Points)})


def points(
    tables: Sequence[StepTable],
    promise: ServicePromise,
    *,
    most: int = 32,
    aggregated: bool = True,
    disaggregated: bool = True,
) -> Points:
    """Every way to serve requests of `promise`'s lengths with `tables` of one model on one system,
    on at most `most` accelerators.

    Raises InputError where no table is given or none holds a single request.
    """
    if not tables:
        raise InputError(
            InputFault(
                Place(),
                "no step table to search",
                fix="Fill one with the `kernel` extra, or use `serve`.",
            )
        )
    found = [
        _aggregated(i, table, promise)
        for i, table in enumerate(tables)
        if aggregated and table.accelerators <= most
    ]
    found += [_disaggregated(tables, promise, most)] if disaggregated else []
    every = _joined(found)
    if not len(every):
        context = promise.isl + promise.osl
        raise InputError(
            InputFault(
                Place(),
                f"no replica holds a request of {context} tokens",
                fix="Use more accelerators or a shorter context.",
            )
        )
    return every


def best(every: Points, promise: ServicePromise) -> Points:
    """The point with most tokens per second and accelerator that keeps the promise, as Points of
    length 1.

    Raises Infeasible with the nearest promise that can be kept.
    """
    keeps = (every.ttft <= promise.ttft) & (every.tpot <= promise.tpot)
    if not keeps.any():
        i = int(np.argmin(np.maximum(every.ttft / promise.ttft, every.tpot / promise.tpot)))
        near = f"ttft {every.ttft[i]:.3g} s and tpot {every.tpot[i] * 1e3:.3g} ms"
        asked = f"ttft {promise.ttft:g} s and tpot {promise.tpot * 1e3:g} ms"
        raise Infeasible(f"no layout keeps {asked}; nearest: {near}.", (), near)
    return every.keep(np.array([int(np.argmax(np.where(keeps, every.tokens, -1.0)))]))


def pareto(every: Points, promise: ServicePromise) -> Points:
    """Points that keep TTFT and that no other beats in both TPOT and tokens per second; by rising
    TPOT.
    """
    good = every.keep(every.ttft <= promise.ttft)
    order = np.lexsort((-good.tokens, good.tpot))
    running = np.maximum.accumulate(good.tokens[order])
    first = (
        np.concatenate([[True], running[1:] > running[:-1]])
        if len(order)
        else np.zeros(0, dtype=bool)
    )
    return good.keep(order[first])


def concave_frontier(every: Points, promise: ServicePromise) -> Points:
    """Points on the upper hull of tokens per second over wall power, of those that keep the
    promise, from least power up.

    Mixing neighbours reaches every point between them, so a linear plan may use the hull; beyond
    its ends nothing is claimed.
    """
    good = every.keep((every.ttft <= promise.ttft) & (every.tpot <= promise.tpot))
    hull: list[int] = []
    for i in np.lexsort((-good.tokens, good.power)):
        if hull and good.tokens[i] <= good.tokens[hull[-1]]:
            continue
        while len(hull) > 1:
            tokens, power = good.tokens - good.tokens[hull[-2]], good.power - good.power[hull[-2]]
            if tokens[hull[-1]] * power[i] > tokens[i] * power[hull[-1]]:
                break  # the last point lies above the chord from its predecessor to this one
            hull.pop()
        hull.append(int(i))
    return good.keep(np.array(hull, dtype=np.int64))


def load_curve(point: Points, tokens: Floats, accelerators: float, idle: float) -> Floats:
    """Power [MW] of `accelerators` accelerators that serve `tokens` output [tokens/s], one value
    per 5 minutes.

    point: one way to serve (length 1); idle: wall power at rest [W/accelerator]. What exceeds the
        capacity is not served. Raises InputError where a value is negative or not finite.
    """
    if not (np.isfinite(tokens).all() and (tokens >= 0).all()):
        raise InputError(
            InputFault(
                Place(key="tokens"),
                "a load that is negative or not finite",
                "tokens per second >= 0",
            )
        )
    share = np.minimum(tokens / (float(point.tokens[0]) * accelerators), 1.0)
    return np.asarray(accelerators * (idle + share * (float(point.power[0]) - idle)) / 1e6)


def _decode(table: StepTable, batch: Floats, context: float) -> Floats:
    return (
        interpolate(batch, table.batches, table.fixed)
        + interpolate(batch, table.batches, table.per_kv) * batch * context
    )


def _prompt(table: StepTable, isl: float, prefix: float) -> tuple[float, float]:
    """Time of a step that reads one prompt on every data-parallel rank, and the attention part of
    it [s].
    """
    attention, ranks = table.attention_time(isl - prefix, prefix), max(1.0, float(table.batches[0]))
    return float(
        interpolate(np.array([(isl - prefix) * ranks]), table.tokens, table.shared)[0]
    ) + attention, attention


def _held(table: StepTable, promise: ServicePromise) -> Floats:
    ranks = max(1.0, float(table.batches[0]))
    batch = BATCHES * ranks
    return batch[batch * (promise.isl + promise.osl) <= table.kv_tokens]


def _aggregated(index: int, table: StepTable, promise: ServicePromise) -> Points:
    batch, new, context = (
        _held(table, promise),
        float(promise.isl - promise.prefix),
        promise.isl + promise.osl / 2.0,
    )
    ranks = max(1.0, float(table.batches[0]))
    most = max(2, int(max(MOST_TOKENS, 2 * new) // new))
    prompts = (
        np.unique(np.minimum(np.concatenate([np.arange(1, 5), 2 ** np.arange(3, 12)]), most))
        * ranks
    )
    b, k = (grid.ravel() for grid in np.meshgrid(batch, prompts, indexing="ij"))
    b, k = b[k <= np.maximum(b, ranks)], k[k <= np.maximum(b, ranks)]
    mixed_steps = np.ceil(b / k)
    busy = mixed_steps >= promise.osl
    going = np.where(busy, np.maximum(1.0, b * promise.osl / mixed_steps), np.maximum(b - k, 1.0))
    attention = _prompt(table, promise.isl, promise.prefix)[1] * k / ranks
    shared = interpolate(k * new + going, table.tokens, table.shared)
    extra = np.maximum(
        interpolate(going, table.batches, table.fixed)
        - interpolate(going, table.tokens, table.shared),
        0.0,
    )
    kv = interpolate(going, table.batches, table.per_kv) * going * context
    alone = b <= ranks
    mixed = shared + attention + np.where(alone, 0.0, kv + extra)
    pure, pure_steps = _decode(table, b, context), np.where(busy, 0.0, promise.osl - mixed_steps)
    cycle = mixed_steps * mixed + pure_steps * pure
    counted = np.where(
        alone, 0.0, np.where(busy, mixed_steps, np.maximum(1.0, mixed_steps - DRAIN))
    )
    tpot = (counted * mixed + pure_steps * pure) / np.maximum(counted + pure_steps, 1.0)
    power = (
        mixed_steps * mixed * table.power.prefill
        + pure_steps * pure * np.interp(b, table.batches, table.power.decode)
    ) / cycle
    ones = np.ones(len(b))
    return Points(
        prompt=np.full(len(b), index),
        decode=np.full(len(b), index),
        prompt_replicas=0.0 * ones,
        decode_replicas=ones,
        batch=b,
        accelerators=table.accelerators * ones,
        tokens=b * max(promise.osl - 1, 1) / cycle / table.accelerators,
        power=power / table.accelerators,
        ttft=mixed * np.clip(2.0 + (mixed_steps - 3.0) / 20.0, None, 4.0),
        tpot=tpot,
    )


def _disaggregated(tables: Sequence[StepTable], promise: ServicePromise, most: int) -> Points:
    context, parts = promise.isl + promise.osl / 2.0, []
    for i, reader in enumerate(tables):
        alone = _prompt(reader, promise.isl, promise.prefix)[0] * PROMPT_MARGIN
        if reader.kv_tokens < promise.isl or alone * TRANSFER > 10 * promise.ttft:
            continue
        rate = PROMPT_SHARE * max(1.0, float(reader.batches[0])) / alone
        for j, writer in enumerate(tables):
            batch = _held(writer, promise)
            tpot = _decode(writer, batch, context) * DECODE_MARGIN
            parts.append(_paired((i, reader, rate, alone), (j, writer, batch, tpot), promise, most))
    return _joined(parts)


def _joined(parts: Sequence[Points]) -> Points:
    """All points of `parts`, in order; indices stay whole numbers even where there are none."""
    kinds = {
        f.name: np.int64 if f.name in ("prompt", "decode") else np.float64 for f in fields(Points)
    }
    return Points(
        **{
            name: np.concatenate([np.zeros(0, kind), *(getattr(p, name) for p in parts)])
            for name, kind in kinds.items()
        }
    )


def _paired(
    reading: tuple[int, StepTable, float, float],
    writing: tuple[int, StepTable, Floats, Floats],
    promise: ServicePromise,
    most: int,
) -> Points:
    """All numbers of decode replicas that fit, each with the prompt replicas that keep pace (or one
    fewer).
    """
    i, reader, rate, alone = reading
    j, writer, batch, tpot = writing
    replicas = np.arange(1.0, most // writer.accelerators + 1.0)
    pace = DECODE_SHARE * batch / (tpot * promise.osl)
    d, p = np.broadcast_arrays(
        replicas[None, :, None],
        np.ceil(pace[:, None, None] * replicas[None, :, None] / rate) - np.array([0.0, 1.0]),
    )
    which = np.broadcast_to(np.arange(len(batch))[:, None, None], p.shape)
    n = p * reader.accelerators + d * writer.accelerators
    fits = (p >= 1) & (n <= most)
    d, p, n, w = d[fits], p[fits], n[fits], which[fits]
    requests = np.minimum(p * rate, d * pace[w])
    busy = np.interp(batch[w], writer.batches, writer.power.decode)
    reading_power = reader.power.idle + requests / (p * rate) * (
        reader.power.prefill - reader.power.idle
    )
    return Points(
        prompt=np.full(len(n), i),
        decode=np.full(len(n), j),
        prompt_replicas=p,
        decode_replicas=d,
        batch=batch[w],
        accelerators=n,
        tokens=requests * promise.osl / n,
        power=(p * reading_power + d * busy) / n,
        ttft=np.full(len(n), alone * TRANSFER),
        tpot=tpot[w],
    )
