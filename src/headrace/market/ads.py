"""How much advertising an audience bears: two rates, from an experiment, and the best load.

More ads lose a part of the use at once and more of it over the following months. With ads at load a
(per hour, or relative to today), log use moves by -a s (f + (1 - f)(1 - exp(-k t))): s is the
sensitivity in the long run, f the part that shows at once, k the speed. Who tests for a month sees
little more than f and orders too many ads. Ads stand below an answer that has been ranked without
them (`trust`); nothing here knows of ranking.

Source: Huang, Reiley & Riabov, Measuring Consumer Sensitivity to Audio Advertising, Pandora (2018):
a field experiment of 21 months; ordinary least squares with t intervals.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place

LEVEL = 0.9
LEAST_MONTHS = 6


@dataclass(frozen=True)
class AdResponse:
    """Sensitivity of use to load. at_once, later: [1 a unit of load], their sum is that of the long
    run; speed: of the later part [1/year].
    """

    at_once: float
    later: float
    speed: float

    @property
    def long_run(self) -> float:
        """Share of use that is lost for good by a unit of load [1]."""
        return self.at_once + self.later

    def effective(self, discount: float) -> float:
        """Sensitivity that a discounted owner feels [1 a unit of load]: what comes late counts for
        k / (k + r). discount: r [1/year] > 0.
        """
        return self.at_once + self.later * self.speed / (self.speed + discount)

    def change(self, load: float, years: Floats) -> Floats:
        """Change of the logarithm of use after so many years [year] at a load [1]."""
        return np.asarray(-load * (self.at_once + self.later * (1 - np.exp(-self.speed * years))))


@dataclass(frozen=True)
class AdEstimate:
    """A response estimated from an experiment, with the bands of its two parts at 90 %."""

    response: AdResponse
    at_once_band: tuple[float, float]
    later_band: tuple[float, float]
    residual: float

    def holds(self, truth: AdResponse) -> tuple[bool, bool]:
        """Whether each band holds the true rate."""
        return (
            self.at_once_band[0] <= truth.at_once <= self.at_once_band[1],
            self.later_band[0] <= truth.later <= self.later_band[1],
        )


def estimate(loads: Floats, years: Floats, changes: Floats, speed: float) -> AdEstimate:
    """The two rates from months of an experiment with known speed, by least squares.

    loads: of each row [1], against the control; years: since its start [year]; changes: of the
    logarithm of use against the control [1]; speed [1/year]. Raises InputError for fewer than six
    rows, or a design that cannot tell the two rates apart.
    """
    if not (len(loads) == len(years) == len(changes) >= LEAST_MONTHS):
        found = f"{len(loads)} loads, {len(years)} dates, {len(changes)} changes"
        raise InputError(InputFault(Place(key="experiment"), found, "six rows or more of each"))
    design = -np.column_stack([loads, loads * (1 - np.exp(-speed * years))])
    if np.linalg.cond(design) > 1e6:
        fault = "all rows are of one date, or nothing was changed"
        raise InputError(InputFault(Place(key="experiment"), fault, "several months at some load"))
    found, *_ = np.linalg.lstsq(design, changes, rcond=None)
    freedom = len(loads) - 2
    variance = float(((changes - design @ found) ** 2).sum()) / freedom
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * variance)
    reach = float(stats.t.isf((1 - LEVEL) / 2, freedom)) * errors
    bands = [(float(m - r), float(m + r)) for m, r in zip(found, reach)]
    response = AdResponse(float(found[0]), float(found[1]), speed)
    return AdEstimate(response, bands[0], bands[1], math.sqrt(variance))


def experiment(
    truth: AdResponse, loads: tuple[float, ...], months: int, noise: float, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """A simulated experiment: loads [1], dates [year] and changes of log use [1], a row a load and
    month. noise: standard deviation of a row [1].
    """
    when = np.tile(np.arange(1, months + 1) / 12, len(loads))
    held = np.repeat(loads, months)
    changes = np.concatenate([truth.change(load, np.arange(1, months + 1) / 12) for load in loads])
    return held, when, changes + noise * rng.standard_normal(len(held))


@dataclass(frozen=True)
class AdPrice:
    """Price per thousand impressions that falls as more are sold: price x (load / load0)^-fall.

    price: [USD a thousand] at load0 [1]; fall: [1], 0 for none, below 1.
    """

    price: float
    load: float
    fall: float

    def at(self, load: float) -> float:
        """Price per thousand impressions [USD] at a load [1] above 0."""
        return float(self.price * (load / self.load) ** -self.fall)


def value_of_load(load: float, sensitivity: float, price: AdPrice) -> float:
    """What a load earns, of the audience that stays [USD a thousand impressions of load 1].

    The audience is linear in load, 1 - s load, as near the origin of the measured response; a load
    that would lose everybody has a negative value, not a kink at zero.
    """
    return load * price.at(load) * (1.0 - sensitivity * load) if load > 0 else 0.0


def best_load(sensitivity: float, price: AdPrice) -> float:
    """The load [1] that earns most: (1 - fall) / ((2 - fall) s).

    Raises InputError for a sensitivity that is not above 0, or a price that falls as fast as load
    grows: revenue then is not concave in inventory.
    """
    faults = []
    if not sensitivity > 0:
        fault = f"a sensitivity of {sensitivity:g}"
        faults.append(InputFault(Place(key="ads"), fault, "above 0: ads cost audience"))
    if not 0 <= price.fall < 1:
        fault = f"a price that falls with exponent {price.fall:g}"
        faults.append(
            InputFault(Place(key="ads"), fault, "0 to below 1: else more sold earns less")
        )
    if faults:
        raise InputError(faults)
    return (1.0 - price.fall) / ((2.0 - price.fall) * sensitivity)
