"""What serving says: a promise, one way to serve that keeps it, and every way to serve at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from headrace.compute.accelerator import Accelerator
from headrace.core.arrays import Floats
from headrace.core.errors import InputFault, Place
from headrace.models.architecture import LanguageModel
from headrace.models.step_time.calibration import LAW_MONTH
from headrace.models.step_time.calibration import Band as RatioBand
from headrace.models.step_time.roofline import Format, Layout, Provider
from headrace.models.step_time.speculation import Speculation


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

    def faults(self) -> list[InputFault]:
        """Lengths and times that no request can have."""
        found = [
            InputFault(Place(key=name), f"{tokens} tokens", "1 to 10 million")
            for name, tokens in (("isl", self.isl), ("osl", self.osl))
            if not 1 <= tokens <= 10_000_000
        ]
        found += [
            InputFault(Place(key=name), f"{seconds} s", "more than 0")
            for name, seconds in (("ttft", self.ttft), ("tpot", self.tpot))
            if not seconds > 0
        ]
        if not 0 <= self.prefix < max(1, self.isl):
            cached = f"{self.prefix} cached tokens of {self.isl}"
            found.append(InputFault(Place(key="prefix"), cached, "at least 0 and fewer than isl"))
        return found


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
    shape, part: the model and the accelerator themselves.
    reading: where prompts are read elsewhere; layout, batch and places are then the decoding
        side's, rates count both sides. speculation: decoding with drafts, None without. date: month
        [since year 0] of whose software this holds; pace: how much faster than that the software
        is thought to be, in all of the above [1].
    """

    model: str
    accelerator: str
    precision: Format
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
    shape: LanguageModel
    part: Accelerator
    reading: Reading | None = None
    speculation: Speculation | None = None
    date: float = LAW_MONTH
    pace: float = 1.0

    def faster(self, pace: float) -> ServingPoint:
        """The same way to serve with software `pace` times as fast [1]."""
        band = ThroughputBand(self.band.low * pace, self.band.high * pace)
        return replace(
            self,
            tokens_per_second=self.tokens_per_second * pace,
            band=band,
            requests_per_second=self.requests_per_second * pace,
            ttft=self.ttft / pace,
            tpot=self.tpot / pace,
            pace=self.pace * pace,
        )

    @property
    def disaggregated(self) -> bool:
        """Whether prompts are read elsewhere."""
        return self.reading is not None


AS_IT_IS = RatioBand(1.0, 1.0)


@dataclass(frozen=True)
class Frontier:
    """Every layout and batch that fits, priced; arrays of shape (point,).

    tokens: output tokens per second and accelerator; power: at the wall [kW/accelerator]; ttft,
        tpot [s].
    fill: share of the cache memory that the batch takes. apart: True where disaggregated, with a
        share `reading_share` of the accelerators in replicas of layout `reading`. ratio: 80 % band
        of measured over predicted throughput. expert_parallel: factor on the throughput where
        experts are spread over data-parallel ranks, `spread` by what it widens the band there.
        searched: by what the band of a point that reads apart is widened. together: none of those
        may be chosen. measured: own measurements correct it. speculation: decoding with drafts;
        drafted: by what it widens the band. date: month [since year 0] of the newest measurement
        behind the answer.
    """

    model: LanguageModel
    chip: Accelerator
    precision: Format
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
    searched: RatioBand = AS_IT_IS
    together: bool = False
    measured: bool = False
    speculation: Speculation | None = None
    drafted: RatioBand = AS_IT_IS
    date: float = LAW_MONTH

    def keeps(self) -> NDArray[np.bool_]:
        """Points that keep the promise."""
        allowed = ~self.apart if self.together else np.ones(len(self.tp), dtype=bool)
        return allowed & (self.ttft <= self.promise.ttft) & (self.tpot <= self.promise.tpot)

    def point(self, index: int) -> ServingPoint:
        """Point `index` in full."""
        tokens, layout = float(self.tokens[index]), Layout(int(self.tp[index]), int(self.dp[index]))
        low, high = (self.spread.low, self.spread.high) if layout.dp > 1 else (1.0, 1.0)
        if self.apart[index] and not self.measured:
            low, high = low * self.searched.low, high * self.searched.high
        if self.speculation is not None and not self.measured:
            low, high = low * self.drafted.low, high * self.drafted.high
        held = self.batch[index] * (self.expert_parallel if layout.dp > 1 else 1.0)
        return ServingPoint(
            model=self.model.key,
            accelerator=self.chip.key,
            precision=self.precision,
            tokens_per_second=tokens,
            band=ThroughputBand(tokens * self.ratio.low * low, tokens * self.ratio.high * high),
            requests_per_second=tokens / self.promise.osl,
            ttft=float(self.ttft[index]),
            tpot=float(self.tpot[index]),
            layout=layout,
            accelerators=layout.accelerators,
            batch=int(self.batch[index]),
            places=max(1, round(float(held))),
            busy_power=float(self.power[index]),
            busy_share=float(self.power[index]) / self.chip.power_busy.to("kW/accelerator"),
            provider="measured" if self.measured else "roofline",
            shape=self.model,
            part=self.chip,
            reading=Reading(self.reading, float(self.reading_share[index]))
            if self.apart[index]
            else None,
            speculation=self.speculation,
            date=self.date,
        )
