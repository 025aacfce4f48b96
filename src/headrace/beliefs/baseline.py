"""What a forecast has to beat: the last value, and a damped trend (statsmodels), as distributions.

The last value spreads like a random walk: by the history's own steps where there are three or
more, by the class's prior otherwise. The damped trend is additive on the log scale (Gardner &
McKenzie 1985) and needs five values on even dates; uneven ones are laid on their mean step by
straight lines, which flatters it a little.
"""

from __future__ import annotations

import warnings

import numpy as np

from headrace.beliefs.history import History
from headrace.core.arrays import Floats

LEAST_STEPS = 3
LEAST_VALUES = 5


def last_value(history: History, years: Floats, number: int, rng: np.random.Generator) -> Floats:
    """The last value with a random walk's spread [unit]; shape (number, date).

    years: after the last value [year], rising. A history of fewer than four values has no spread
    of its own: 30 % a square root of a year is taken.
    """
    steps = np.diff(np.log(history.values)) / np.sqrt(np.diff(history.years))
    spread = float(np.sqrt(np.mean(steps**2))) if len(steps) >= LEAST_STEPS else 0.3
    walk = np.sqrt(np.diff(years, prepend=0.0)) * rng.standard_normal((number, len(years)))
    return np.asarray(history.last.value * np.exp(spread * np.cumsum(walk, axis=1)))


def damped_trend(
    history: History, years: Floats, number: int, rng: np.random.Generator
) -> Floats | None:
    """A damped trend through the logarithms [unit]; shape (number, date). None for fewer than five
    values or without statsmodels.

    years: after the last value [year], rising; between even steps the logarithm is interpolated.
    """
    if len(history.values) < LEAST_VALUES:
        return None
    try:
        from statsmodels.tsa.exponential_smoothing.ets import ETSModel
    except ImportError:
        return None
    span = float(history.years[-1])
    even = np.linspace(0.0, span, len(history.values))
    values = np.interp(even, history.years, np.log(history.values))
    ahead = int(np.ceil(years[-1] / even[1])) + 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ETSModel(values, error="add", trend="add", damped_trend=True)
        found = model.fit(disp=False)
        errors = np.sqrt(found.scale) * rng.standard_normal((ahead, number))
        paths = found.simulate(ahead, anchor="end", repetitions=number, random_errors=errors)
    table = np.vstack([np.full(number, values[-1]), np.asarray(paths).reshape(ahead, number)])
    grid = even[1] * np.arange(ahead + 1)
    place = np.clip(np.searchsorted(grid, years) - 1, 0, ahead - 1)
    share = ((years - grid[place]) / even[1])[:, None]
    return np.asarray(np.exp((1 - share) * table[place] + share * table[place + 1]).T)
