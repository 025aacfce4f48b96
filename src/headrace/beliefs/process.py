"""How an uncertain thing moves in continuous time, on a scale where its steps are Gaussian.

Two processes, each of a level y and a second state:

    trend       dy = g dt + a dW,          dg = -k (g - m) dt + b dW     a damped trend: growth g
                                                                        fades towards m
    reverting   dy = -k (y - u) dt + a dW,  u constant                    pulled back to a mean u

k = ln 2 / half-life. Both steps over any length of time are exact (integrated Ornstein-Uhlenbeck),
so irregular dates need no grid. y is the logarithm of the value, or log(v / (K - v)) under a
ceiling K, where a straight trend is logistic growth. All arrays have one entry a draw of the
parameters, and the Kalman filter runs over all draws at once.

Source: Harvey, Forecasting, Structural Time Series Models and the Kalman Filter (1989), 3.4, 9.2;
Gardner & McKenzie, Management Science 31 (1985) for damping.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from headrace.core.arrays import Floats

Kind = Literal["trend", "reverting"]


@dataclass(frozen=True)
class Draws:
    """Draws of the parameters of one process, each of shape (draw,).

    half_life: of growth, or of a distance from the mean [year]. level: of the level's own noise
    [1/year^0.5]. drift: long-run growth [1/year]. noise: of growth, per square root of a year
    [1/year^1.5]. report: of what is reported about the level [1]. ceiling: largest value [unit of
    the series], infinite for none. start, start_spread: Gaussian belief about the second state
    before any history [1/year], or [log] where it is the mean.
    """

    kind: Kind
    half_life: Floats
    level: Floats
    drift: Floats
    noise: Floats
    report: Floats
    ceiling: Floats
    start: Floats
    start_spread: Floats

    def take(self, chosen: np.ndarray) -> Draws:
        """The draws at these places, with repeats."""
        names = [name for name in self.__dataclass_fields__ if name != "kind"]
        return Draws(self.kind, **{name: getattr(self, name)[chosen] for name in names})


class FilterState(NamedTuple):
    """Gaussian belief about level and second state, by draw: means, variances, covariance."""

    level: Floats
    second: Floats
    level_variance: Floats
    covariance: Floats
    second_variance: Floats


class Step(NamedTuple):
    """One exact step: level' = a level + b second + c, second' = d second + e, and its noise."""

    a: Floats
    b: Floats
    c: Floats
    d: Floats
    e: Floats
    level_noise: Floats
    shared_noise: Floats
    second_noise: Floats


def to_scale(values: Floats, ceiling: Floats) -> Floats:
    """Values [unit] on the scale of the process [1], one row a draw; shape (draw, value)."""
    log = np.log(values)[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = values[None, :] / ceiling[:, None]
        bent = log - np.log1p(-share)
    return np.where(np.isinf(ceiling)[:, None], log, np.where(share < 1, bent, np.nan))


def from_scale(levels: Floats, ceiling: Floats) -> Floats:
    """Levels of the process [1] as values [unit]; shape (draw, date). The inverse of to_scale."""
    value = np.exp(np.minimum(levels, 700.0))
    with np.errstate(invalid="ignore"):
        bent = value / (1.0 + value / ceiling[:, None])
    return np.where(np.isinf(ceiling)[:, None], value, bent)


def step(draws: Draws, years: float) -> Step:
    """The exact step over `years` [year]."""
    k = np.log(2.0) / draws.half_life
    fade = np.exp(-k * years)
    one = np.ones_like(k)
    if draws.kind == "reverting":
        variance = draws.level**2 * (1 - fade**2) / (2 * k)
        return Step(fade, 1 - fade, 0 * k, one, 0 * k, variance, 0 * k, 0 * k)
    reach = (1 - fade) / k
    return Step(
        one,
        reach,
        draws.drift * (years - reach),
        fade,
        draws.drift * (1 - fade),
        draws.level**2 * years
        + draws.noise**2 / k**2 * (years - 2 * reach + (1 - fade**2) / (2 * k)),
        draws.noise**2 / (2 * k**2) * (1 - fade) ** 2,
        draws.noise**2 * (1 - fade**2) / (2 * k),
    )


def moved(state: FilterState, by: Step) -> FilterState:
    """The belief after a step, before anything new is seen."""
    return FilterState(
        by.a * state.level + by.b * state.second + by.c,
        by.d * state.second + by.e,
        by.a**2 * state.level_variance
        + 2 * by.a * by.b * state.covariance
        + by.b**2 * state.second_variance
        + by.level_noise,
        by.d * (by.a * state.covariance + by.b * state.second_variance) + by.shared_noise,
        by.d**2 * state.second_variance + by.second_noise,
    )


class Filtered(NamedTuple):
    """What the filter says, by draw: the belief at the last value, the log likelihood of all values
    but the first [1], and the sum of their squared standardised surprises [1].
    """

    state: FilterState
    log_likelihood: Floats
    surprise: Floats


def filtered(draws: Draws, years: Floats, values: Floats) -> Filtered:
    """The Kalman filter over a history, for all draws at once.

    years: when each was seen [year], rising; values [unit]. A draw whose ceiling lies below a value
    has a likelihood of -inf.
    """
    seen = to_scale(values, draws.ceiling)
    possible = np.asarray(np.isfinite(seen).all(axis=1))
    seen = np.where(possible[:, None], seen, 0.0)
    report = draws.report**2
    start = draws.start + (seen[:, 0] if draws.kind == "reverting" else 0.0)
    state = FilterState(seen[:, 0], start, report, 0 * report, draws.start_spread**2)
    likelihood, squares = np.zeros_like(report), np.zeros_like(report)
    for place in range(1, len(years)):
        state = moved(state, step(draws, float(years[place] - years[place - 1])))
        variance = state.level_variance + report
        surprise = seen[:, place] - state.level
        likelihood -= 0.5 * (np.log(2 * np.pi * variance) + surprise**2 / variance)
        squares += surprise**2 / variance
        gain, other = state.level_variance / variance, state.covariance / variance
        state = FilterState(
            state.level + gain * surprise,
            state.second + other * surprise,
            state.level_variance * (1 - gain),
            state.covariance * (1 - gain),
            state.second_variance - other * state.covariance,
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        stretch = -np.log1p(-values[None, 1:] / draws.ceiling[:, None]).sum(axis=1)
    stretch = np.where(np.isinf(draws.ceiling), 0.0, stretch)
    return Filtered(state, np.where(possible, likelihood + stretch, -np.inf), squares)


def simulated(
    draws: Draws, state: FilterState, years: Floats, rng: np.random.Generator, *, reported: bool
) -> Floats:
    """One path a draw, from a belief onwards, as values [unit]; shape (draw, date).

    years: after the belief's date [year], rising, from 0. reported: with the noise of reports.
    """
    first, second = rng.standard_normal((2, len(draws.level)))
    spread = np.sqrt(np.maximum(state.level_variance, 0.0))
    slope = np.divide(state.covariance, spread, out=np.zeros_like(spread), where=spread > 0)
    rest = np.sqrt(np.maximum(state.second_variance - slope**2, 0.0))
    level, growth = state.level + spread * first, state.second + slope * first + rest * second
    levels, before = [], 0.0
    for now in years:
        by = step(draws, float(now - before))
        first, second = rng.standard_normal((2, len(draws.level)))
        spread = np.sqrt(np.maximum(by.level_noise, 0.0))
        slope = np.divide(by.shared_noise, spread, out=np.zeros_like(spread), where=spread > 0)
        rest = np.sqrt(np.maximum(by.second_noise - slope**2, 0.0))
        level = by.a * level + by.b * growth + by.c + spread * first
        growth = by.d * growth + by.e + slope * first + rest * second
        told = draws.report * rng.standard_normal(len(draws.level)) if reported else 0.0
        levels.append(level + told)
        before = float(now)
    return from_scale(np.stack(levels, axis=1), draws.ceiling)
