"""What serving says: a promise, one way to serve that keeps it, and every way to serve at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headrace.compute.accelerator import Accelerator, Precision
from headrace.core.arrays import Floats
from headrace.models.architecture import LanguageModel
from headrace.models.step_time.calibration import Band as RatioBand
from headrace.models.step_time.roofline import Layout, Provider


@dataclass(frozen=True)
class ServicePromise:
    """What a request looks like and how fast it must be.

    isl, osl: input and output tokens of a request (prefix of the input already cached); ttft: mean
        time to the first token [s]; tpot: mean time per further token [s].
    """

    isl: int
    osl: int
    ttft: float = 2.0
    tpot: float = 0.05
    prefix: int = 0


@dataclass(frozen=True)
class ThroughputBand:
    """An 80 % band around a throughput [same unit]."""

    low: float
    high: float


@dataclass(frozen=True)
class Reading:
    """Prompts read by replicas of their own: their layout, and their share of all accelerators."""

    layout: Layout
    share: float


@dataclass(frozen=True)
class ServingPoint:
    """One way to serve a model.

    tokens_per_second: output tokens per second and accelerator, `band` around it;
        requests_per_second per accelerator.
    ttft, tpot: means [s]. layout, batch: of one replica of `accelerators` accelerators. places:
        requests that such a replica holds when it makes this rate at this tpot; fewer than the
        batch of the law where experts are spread over ranks.
    busy_power: at the wall while serving at this batch [kW/accelerator]; busy_share: of the
        accelerator's busy figure.
    reading: where prompts are read elsewhere; layout, batch and places are then the decoding
        side's, rates count both sides.
    """

    model: str
    accelerator: str
    precision: Precision
    tokens_per_second: float
    band: ThroughputBand
    requests_per_second: float
    ttft: float
    tpot: float
    layout: Layout
    accelerators: int
    batch: int
    places: int
    busy_power: float
    busy_share: float
    provider: Provider
    reading: Reading | None = None

    @property
    def disaggregated(self) -> bool:
        """Whether prompts are read elsewhere."""
        return self.reading is not None


@dataclass(frozen=True)
class Frontier:
    """Every layout and batch that fits, priced; arrays of shape (point,).

    tokens: output tokens per second and accelerator; power: at the wall [kW/accelerator]; ttft,
        tpot [s].
    fill: share of the cache memory that the batch takes. apart: True where disaggregated, with a
        share `reading_share` of the accelerators in replicas of layout `reading`. ratio: 80 % band
        of measured over predicted throughput. expert_parallel: factor on the throughput where
        experts are spread over data-parallel ranks, `spread` by what it widens the band there.
    """

    model: LanguageModel
    chip: Accelerator
    precision: Precision
    promise: ServicePromise
    tp: Floats
    dp: Floats
    batch: Floats
    tokens: Floats
    ttft: Floats
    tpot: Floats
    power: Floats
    fill: Floats
    apart: NDArray[np.bool_]
    reading: Layout
    reading_share: Floats
    ratio: RatioBand
    expert_parallel: float
    spread: RatioBand

    def keeps(self) -> NDArray[np.bool_]:
        """Points that keep the promise."""
        return (self.ttft <= self.promise.ttft) & (self.tpot <= self.promise.tpot)

    def point(self, i: int) -> ServingPoint:
        """Point i in full."""
        tokens, layout = float(self.tokens[i]), Layout(int(self.tp[i]), int(self.dp[i]))
        low, high = (self.spread.low, self.spread.high) if layout.dp > 1 else (1.0, 1.0)
        held = self.batch[i] * (self.expert_parallel if layout.dp > 1 else 1.0)
        return ServingPoint(
            model=self.model.key,
            accelerator=self.chip.key,
            precision=self.precision,
            tokens_per_second=tokens,
            band=ThroughputBand(tokens * self.ratio.low * low, tokens * self.ratio.high * high),
            requests_per_second=tokens / self.promise.osl,
            ttft=float(self.ttft[i]),
            tpot=float(self.tpot[i]),
            layout=layout,
            accelerators=layout.accelerators,
            batch=int(self.batch[i]),
            places=max(1, round(float(held))),
            busy_power=float(self.power[i]),
            busy_share=float(self.power[i]) / self.chip.power_busy.to("kW/accelerator"),
            provider="roofline",
            reading=Reading(self.reading, float(self.reading_share[i])) if self.apart[i] else None,
        )
