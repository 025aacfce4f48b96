"""Training: FLOP per second that a run really gets, what failures cost, and the accelerator-hours
of a run.

Two efficiency classes are kept apart: `benchmark` (MLPerf runs tuned for the day, short, on healthy
machines) and `production` (whole frontier runs by their published accelerator-hours, failures and
restarts included).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from headrace.compute.accelerator import Accelerator, accelerator
from headrace.core.catalogue import entries
from headrace.core.errors import InputError, InputFault, Place

EfficiencyClass = Literal["benchmark", "production"]


@dataclass(frozen=True)
class BandedEstimate:
    """A value with its 80 % band [same unit]."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class TrainingRun:
    """accelerator_hours of a run with its band; days on `accelerators`; goodput counted in the
    hours [1].
    """

    accelerator_hours: BandedEstimate
    days: float
    accelerators: int
    goodput: float


@dataclass(frozen=True)
class PublishedRun:
    """A whole pre-training run: active parameters, tokens, accelerator-hours; `flop` counts
    forward, backward, attention.
    """

    name: str
    accelerator: str
    flop: float
    hours: float
    source: str

    @property
    def share(self) -> float:
        """Useful FLOP over the dense bf16 peak of the hours paid, failures and restarts included
        [1].
        """
        return self.flop / (self.hours * 3600.0 * accelerator(self.accelerator).peak("bf16"))


BENCHMARK = (0.8126, 21.98e-6)
"""a and b of a / (1 + b n): five MLPerf Training v5.0 runs of Llama 3.1 405B on 512 to 8,192 H100,
least worst error.
"""
_BENCHMARK_BAND = 1.05  # worst error of the fit is 1.8 %; other systems of the table stray further


@lru_cache(maxsize=1)
def published_runs() -> tuple[PublishedRun, ...]:
    """The runs that fix the production class (`catalogue/training.yaml`); none of them is one it is
    tested on.
    """
    runs = []
    for row in entries("models", "training").values():
        active, layers, hidden, sequence, tokens = (
            row.value(name, "1") for name in ("active", "layers", "hidden", "sequence", "tokens")
        )
        per_token = 6.0 * active * 1e9 + 6.0 * layers * hidden * sequence
        hours = row.figure("hours")
        runs.append(
            PublishedRun(
                name=row.key,
                accelerator=row.words["accelerator"],
                flop=per_token * tokens * 1e12,
                hours=hours.to("accelerator-h"),
                source=hours.source,
            )
        )
    return tuple(runs)


@lru_cache(maxsize=1)
def production() -> BandedEstimate:
    """Share of the bf16 peak that whole production runs reach: geometric mean, 80 % prediction band
    of a new run (t law).
    """
    from scipy.special import stdtrit  # `scipy.stats` takes half a second to import

    logs = np.log([run.share for run in published_runs()])
    n = len(logs)
    half = float(stdtrit(n - 1, 0.9) * logs.std(ddof=1) * np.sqrt(1.0 + 1.0 / n))
    return BandedEstimate(*(float(np.exp(logs.mean() + d)) for d in (0.0, -half, half)))


def effective_flops(
    chip: str | Accelerator, efficiency: EfficiencyClass = "production", scale: int = 1
) -> BandedEstimate:
    """Useful FLOP/s per accelerator in a run on `scale` accelerators, against the dense bf16 peak.

    production: end to end, failures included. benchmark: share = a / (1 + b scale), failures
        excluded.
    """
    part = accelerator(chip) if isinstance(chip, str) else chip
    peak = part.peak("bf16")
    if efficiency == "production":
        found = production()
        return BandedEstimate(peak * found.value, peak * found.low, peak * found.high)
    share = benchmark_share(scale)
    return BandedEstimate(
        peak * share, peak * share / _BENCHMARK_BAND, peak * share * _BENCHMARK_BAND
    )


def benchmark_share(accelerators: float) -> float:
    """Share of the bf16 peak that tuned benchmark runs reach on so many accelerators [1]."""
    a, b = BENCHMARK
    return a / (1.0 + b * accelerators)


def training_hours(
    flop: float,
    chip: str | Accelerator,
    accelerators: int,
    efficiency: EfficiencyClass = "production",
) -> TrainingRun:
    """Accelerator-hours of `flop` [FLOP] on `accelerators` of `chip`.

    Raises InputError where either is not positive.
    """
    if not (flop > 0 and accelerators >= 1):
        raise InputError(
            InputFault(Place(), f"{flop:g} FLOP on {accelerators} accelerators", "both positive")
        )
    part = accelerator(chip) if isinstance(chip, str) else chip
    speed = effective_flops(part, efficiency, accelerators)
    good = (
        1.0 if efficiency == "production" else goodput(accelerators, part.failure_interval.to("h"))
    )
    hours = BandedEstimate(
        *(flop / (s * good * 3600.0) for s in (speed.value, speed.high, speed.low))
    )
    return TrainingRun(hours, hours.value / accelerators / 24.0, accelerators, good)


def young_daly(
    accelerators: int, failure_interval: float, checkpoint: float = 30.0, restart: float = 300.0
) -> float:
    """First-order goodput 1 - sqrt(2 d / M) - R / M at the best interval; meaningless (may be < 0)
    where M is short.

    failure_interval: of one accelerator [h]; checkpoint, restart [s].
    """
    between = failure_interval * 3600.0 / accelerators
    return 1.0 - float(np.sqrt(2.0 * checkpoint / between)) - restart / between


def goodput(
    accelerators: int,
    failure_interval: float,
    checkpoint: float = 30.0,
    restart: float = 300.0,
    interval: float | None = None,
) -> float:
    """Share of time that is useful work, exact for exponential failures that may strike during a
    restart too.

    tau / (M e^(R/M) (e^((tau + d)/M) - 1)), at `interval` [s] or at the best one. Units as in
    `young_daly`; result in (0, 1].
    """
    between = failure_interval * 3600.0 / accelerators

    def share(tau: float) -> float:
        spent = (
            between
            * np.exp(min(restart / between, 500.0))
            * np.expm1(min((tau + checkpoint) / between, 500.0))
        )
        return float(tau / spent)

    if interval is not None:
        return share(interval)
    from scipy.optimize import minimize_scalar

    start = np.log(np.sqrt(2.0 * checkpoint * between))
    found = minimize_scalar(
        lambda x: -share(float(np.exp(x))), bounds=(start - 6.0, start + 2.0), method="bounded"
    )
    return share(float(np.exp(found.x)))


@dataclass(frozen=True)
class SuccessBelief:
    """A stated belief that a training run succeeds; `source` says whose.

    Nothing here estimates it.
    """

    probability: float
    source: str

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0 or not self.source.strip():
            raise InputError(
                InputFault(
                    Place(),
                    f"odds {self.probability} by `{self.source}`",
                    "a probability of 0..1 and whose belief it is",
                )
            )


def hours_to_success(run: TrainingRun, belief: SuccessBelief, attempts: int) -> BandedEstimate:
    """Expected accelerator-hours of up to `attempts` equal, independent tries that stop at the
    first success.

    (1 - (1 - p)^k) / p tries of the run's hours; k tries at p = 0.
    """
    p = belief.probability
    tries = float(attempts) if p == 0 else (1.0 - (1.0 - p) ** attempts) / p
    hours = run.accelerator_hours
    return BandedEstimate(tries * hours.value, tries * hours.low, tries * hours.high)
