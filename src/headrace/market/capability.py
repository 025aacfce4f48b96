"""From what a model can do to how much paid work it can be asked for.

A model succeeds at a task that takes a person L with the odds 1 / (1 + (L / h50)^b); the two
published horizons, of 50 % and of 80 %, give b = ln 4 / ln(h50 / h80). Paid work is not worth
asking for at even odds, so what is addressable is counted at a required success (80 % by default),
over a lognormal distribution of task lengths, times the share of real work that is as clean as the
test's: `clean`, a scenario axis, for its public anchors lie twenty times apart.

Source: METR, Measuring AI Ability to Complete Long Tasks (2025), logistic fit in log time; Remote
Labor Index (2.5 % of real projects, October 2025) and GDPval (47 % of well specified ones) as the
ends of `clean`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place

CLEAN = (0.025, 0.47)
"""Ends of the share of real work that is as clean as a test's [1]."""


class SuccessCurve(NamedTuple):
    """Odds of success by length of task. half: length at even odds [min]; slope b [1] > 0."""

    half: float
    slope: float

    def at(self, minutes: float) -> float:
        """Chance of success [1] at a task that takes a person so many minutes [min]."""
        return float(1.0 / (1.0 + (minutes / self.half) ** self.slope))

    def longest(self, success: float) -> float:
        """Length [min] up to which the chance of success is at least `success` [1]."""
        return float(self.half * (1.0 / success - 1.0) ** (1.0 / self.slope))


def success_curve(h50: float, h80: float) -> SuccessCurve:
    """The curve through the two published horizons [min].

    Raises InputError where the 80 % horizon is not the shorter one.
    """
    if not 0 < h80 < h50 < math.inf:
        found = f"an 80 % horizon of {h80:g} min beside a 50 % one of {h50:g} min"
        raise InputError(InputFault(Place(key="horizon"), found, "0 < h80 < h50"))
    return SuccessCurve(h50, math.log(4.0) / math.log(h50 / h80))


def addressable(
    curve: SuccessCurve, *, median: float, spread: float, success: float, clean: float
) -> float:
    """Share of paid hours [1] in tasks that the model does with at least that success.

    median: length of task [min]; spread: of its logarithm [1]; tasks weigh by their hours, so the
    distribution of hours is shifted by spread^2. success, clean: shares [1]. Raises InputError for
    shares outside 0 to 1.
    """
    faults = [
        InputFault(Place(key=name), f"{value:g}", "above 0, at most 1")
        for name, value in (("success", success), ("clean", clean))
        if not 0 < value <= 1
    ]
    if not (median > 0 and spread > 0):
        faults.append(InputFault(Place(key="work"), f"median {median:g}, spread {spread:g}", "> 0"))
    if faults:
        raise InputError(faults)
    longest = curve.longest(success) if success < 1 else 0.0
    if longest <= 0:
        return 0.0
    z = (math.log(longest / median) - spread**2) / spread
    return float(clean * norm.cdf(z))


def doubling_time(years: Floats, horizons: Floats) -> float:
    """Days [day] in which a horizon doubles, by ordinary least squares through the logarithms.

    years: when each was published [year]; horizons [min]. Raises InputError for fewer than three,
    or a line that does not rise.
    """
    if len(years) < 3:
        raise InputError(InputFault(Place(key="horizon"), f"{len(years)} points", "3 or more"))
    slope = float(np.polyfit(years, np.log2(horizons), 1)[0])
    if not slope > 0:
        raise InputError(InputFault(Place(key="horizon"), "horizons do not rise", "a rising line"))
    return 365.25 / slope
