"""Training: FLOP per second that a run really gets, what failures cost, and the accelerator-hours of a run.

Two efficiency classes are kept apart: `benchmark` (MLPerf runs tuned for the day, short, on healthy machines) and
`production` (whole frontier runs by their published accelerator-hours, failures and restarts included).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import minimize_scalar

from headrace.compute.accelerator import Accelerator, accelerator
from headrace.core.errors import InputError, Place, Problem

EfficiencyClass = Literal["benchmark", "production"]


@dataclass(frozen=True)
class Estimate:
    """A value with its 80 % band [same unit]."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class TrainingRun:
    """accelerator_hours of a run with its band; days on `accelerators`; goodput counted in the hours [1]."""

    accelerator_hours: Estimate
    days: float
    accelerators: int
    goodput: float


_PRODUCTION = Estimate(0.36, 0.25, 0.48)
_BENCHMARK = (0.825, 2.1e-5)
_BENCHMARK_BAND = 1.06


def effective_flops(chip: str | Accelerator, efficiency: EfficiencyClass = "production", scale: int = 1) -> Estimate:
    """Useful FLOP/s per accelerator in a run on `scale` accelerators, against the dense bf16 peak.

    production: end to end, failures included. benchmark: share = a / (1 + b scale), failures excluded.
    """
    part = accelerator(chip) if isinstance(chip, str) else chip
    peak = part.peak("bf16")
    if efficiency == "production":
        return Estimate(*(peak * share for share in (_PRODUCTION.value, _PRODUCTION.low, _PRODUCTION.high)))
    a, b = _BENCHMARK
    share = a / (1.0 + b * scale)
    return Estimate(peak * share, peak * share / _BENCHMARK_BAND, peak * share * _BENCHMARK_BAND)


def training_hours(
    flop: float, chip: str | Accelerator, accelerators: int, efficiency: EfficiencyClass = "production"
) -> TrainingRun:
    """Accelerator-hours of `flop` FLOP on `accelerators` of `chip`. Raises InputError where either is not positive."""
    if not (flop > 0 and accelerators >= 1):
        raise InputError(Problem(Place(), f"{flop:g} FLOP on {accelerators} accelerators", "both positive"))
    part = accelerator(chip) if isinstance(chip, str) else chip
    speed = effective_flops(part, efficiency, accelerators)
    good = 1.0 if efficiency == "production" else goodput(accelerators, part.failure_interval.to("h"))
    hours = Estimate(*(flop / (s * good * 3600.0) for s in (speed.value, speed.high, speed.low)))
    return TrainingRun(hours, hours.value / accelerators / 24.0, accelerators, good)


def young_daly(accelerators: int, failure_interval: float, checkpoint: float = 30.0, restart: float = 300.0) -> float:
    """First-order goodput 1 - sqrt(2 d / M) - R / M at the best interval; meaningless (may be < 0) where M is short.

    failure_interval: of one accelerator [h]; checkpoint, restart [s].
    """
    between = failure_interval * 3600.0 / accelerators
    return 1.0 - float(np.sqrt(2.0 * checkpoint / between)) - restart / between


def goodput(
    accelerators: int, failure_interval: float, checkpoint: float = 30.0, restart: float = 300.0, interval: float | None = None
) -> float:
    """Share of time that is useful work, exact for exponential failures that may strike during a restart too.

    tau / (M e^(R/M) (e^((tau + d)/M) - 1)), at `interval` [s] or at the best one. Units as in `young_daly`; result in (0, 1].
    """
    between = failure_interval * 3600.0 / accelerators

    def share(tau: float) -> float:
        spent = between * np.exp(min(restart / between, 500.0)) * np.expm1(min((tau + checkpoint) / between, 500.0))
        return float(tau / spent)

    if interval is not None:
        return share(interval)
    start = np.log(np.sqrt(2.0 * checkpoint * between))
    found = minimize_scalar(lambda x: -share(float(np.exp(x))), bounds=(start - 6.0, start + 2.0), method="bounded")
    return share(float(np.exp(found.x)))
