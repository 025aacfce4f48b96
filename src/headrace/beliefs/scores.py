"""Scores of forecasts: CRPS and log score on the log scale, coverage, width, beside baselines.

CRPS comes from quantiles (twice the mean pinball loss, `scoringrules`), so that stored files and
fresh draws are scored alike. The log score needs a density: uniform on the log scale between
neighbouring quantiles, exponential beyond the outer ones with the density at the edge. An event has
a Brier score instead. The verdict compares means: a forecast "beats" a baseline where its mean CRPS
is below; nine tenths of the better one is the bar that Headrace sets itself.

Source: Gneiting & Raftery, J. American Statistical Association 102 (2007).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from headrace.beliefs.baseline import damped_trend, last_value
from headrace.beliefs.fit import fit
from headrace.beliefs.forecast_file import LEVELS, StoredSeries
from headrace.beliefs.history import History, years_between
from headrace.beliefs.priors import WIDE
from headrace.beliefs.process import simulated
from headrace.core.arrays import Floats
from headrace.core.errors import HeadraceError, InputError, InputFault, Place

BAR = 0.9
_LEVELS = np.array(LEVELS) / 100
_LOW, _HIGH = LEVELS.index(10), LEVELS.index(90)
EXTRA = "scores need the extra `market`: pip install 'headrace[market]'"


@dataclass(frozen=True)
class PointScore:
    """How one forecast of one value did, on the log scale. width: of the 80 % interval, as the
    ratio of its ends [1]. inside: whether the value lies in it.
    """

    crps: float
    log_score: float
    inside: bool
    width: float


@dataclass(frozen=True)
class ScoredPoint:
    """One value that came, the score of the forecast, and those of its baselines by name.

    brier: of an event [1], None for values.
    """

    series: str
    question: str
    at: date
    value: float
    unit: str
    median: float
    score: PointScore | None
    baselines: Mapping[str, PointScore]
    brier: float | None = None
    origin: date | None = None


@dataclass(frozen=True)
class ScoreSummary:
    """Means over scored points; ratio: of mean CRPS to the better baseline's [1]."""

    points: int
    series: int
    crps: float
    log_score: float
    coverage: float
    width: float
    baselines: Mapping[str, tuple[float, float, float]]
    ratio: float
    best: str

    @property
    def verdict(self) -> str:
        """In words, never rounded to a pass."""
        if not self.baselines:
            return "there is no baseline to beat"
        if self.ratio <= BAR:
            return f"beats {self.best}: {self.ratio:.3f} of its mean CRPS (bar {BAR:g})"
        if self.ratio < 1:
            return f"ahead of {self.best} but not by the bar: {self.ratio:.3f} of its mean CRPS"
        return f"does not beat {self.best}: {self.ratio:.3f} of its mean CRPS"


def score(quantiles: Floats, value: float) -> PointScore:
    """The score of quantiles at LEVELS [unit] against the value that came [unit], both above 0.

    Raises HeadraceError where scoringrules is not installed.
    """
    try:
        import scoringrules
    except ImportError:
        raise HeadraceError(EXTRA) from None
    told, came = np.log(np.maximum(quantiles, 1e-300)), math.log(value)
    crps = float(scoringrules.crps_quantile(came, told, _LEVELS))
    return PointScore(
        crps,
        log_density(told, came),
        bool(told[_LOW] <= came <= told[_HIGH]),
        float(math.exp(min(told[_HIGH] - told[_LOW], 700.0))),
    )


def log_density(told: Floats, came: float) -> float:
    """Logarithm of the density [1] that quantiles at LEVELS (logarithms [1]) give to `came` [1]."""
    apart = np.maximum(np.diff(told), 1e-9)
    density = np.diff(_LEVELS) / apart
    if came < told[0]:
        rate = density[0] / _LEVELS[0]
        return float(math.log(density[0]) - rate * (told[0] - came))
    if came > told[-1]:
        rate = density[-1] / (1 - _LEVELS[-1])
        return float(math.log(density[-1]) - rate * (came - told[-1]))
    place = min(int(np.searchsorted(told, came, side="right")) - 1, len(density) - 1)
    return float(math.log(density[place]))


def score_file(
    stored: Sequence[StoredSeries], outcomes: Mapping[str, History]
) -> tuple[ScoredPoint, ...]:
    """Every outcome that the forecast speaks of, scored; quantiles between dates lie on a straight
    line of their logarithms.

    Raises InputError for an outcome in another unit, or outside the dates that were forecast.
    """
    by_name = {one.series: one for one in stored}
    points: list[ScoredPoint] = []
    problems: list[InputFault] = []
    for name, history in outcomes.items():
        one = by_name.get(name)
        if one is None:
            where = Place(line=history.observations[0].line, key=name)
            problems.append(InputFault(where, "nothing was forecast of it", ", ".join(by_name)))
            continue
        if one.unit != history.unit:
            where = Place(line=history.observations[0].line, key=name)
            problems.append(InputFault(where, f"the outcome is in {history.unit}", one.unit))
            continue
        for seen in history.observations:
            if one.kind == "event":
                come = float(seen.value > 0.5)
                brier = ((one.probability or 0.0) - come) ** 2
                points.append(
                    ScoredPoint(name, one.question, seen.date, come, one.unit,
                                one.probability or 0.0, None, {}, brier)
                )  # fmt: skip
                continue
            told = at_date(one.dates, one.quantiles, seen.date)
            if seen.value <= 0:
                where = Place(line=seen.line, key=name)
                problems.append(InputFault(where, "an outcome of 0", "0 only of an event"))
                continue
            if told is None:
                found = f"{seen.date} lies outside what was forecast"
                span = f"{one.dates[0]} to {one.dates[-1]}"
                problems.append(InputFault(Place(line=seen.line, key=name), found, span))
                continue
            based = {
                base: score(there, seen.value)
                for base, table in one.baselines.items()
                if (there := at_date(one.dates, table, seen.date)) is not None
            }
            middle = float(told[LEVELS.index(50)])
            points.append(
                ScoredPoint(name, one.question, seen.date, seen.value, one.unit, middle,
                            score(told, seen.value), based)
            )  # fmt: skip
    if problems:
        raise InputError(problems)
    return tuple(points)


def at_date(dates: Sequence[date], quantiles: Floats, at: date) -> Floats | None:
    """Quantiles [unit] on a day between the dates of a table (date, level); None outside them.

    A single date stands for the month before and after it; before the first date of several, up to
    a month, the first is taken.
    """
    if len(dates) == 1:
        near = abs(dates[0] - at) <= timedelta(days=31)
        return quantiles[0] if near else None
    if at > dates[-1] or at < dates[0] - timedelta(days=31):
        return None
    days = np.array([(day - dates[0]).days for day in dates], float)
    logs = np.log(np.maximum(quantiles, 1e-300))
    place = float((at - dates[0]).days)
    return np.exp([float(np.interp(place, days, column)) for column in logs.T])


def summary(points: Sequence[ScoredPoint]) -> ScoreSummary:
    """Means over the points that have a value; a baseline counts where it has every point's score,
    and for the others the last value stands in.
    """
    told = [(point, point.score) for point in points if point.score is not None]
    names = list(dict.fromkeys(name for point, _ in told for name in point.baselines))
    means: dict[str, tuple[float, float, float]] = {}
    for name in names:
        held = [p.baselines.get(name, p.baselines.get("last value")) for p, _ in told]
        known = [one for one in held if one is not None]
        if known and len(known) == len(told):
            means[name] = (
                float(np.mean([one.crps for one in known])),
                float(np.mean([one.log_score for one in known])),
                float(np.mean([one.inside for one in known])),
            )
    crps = float(np.mean([one.crps for _, one in told])) if told else math.nan
    best = min(means, key=lambda name: means[name][0], default="")
    return ScoreSummary(
        len(told),
        len({point.series for point, _ in told}),
        crps,
        float(np.mean([one.log_score for _, one in told])) if told else math.nan,
        float(np.mean([one.inside for _, one in told])) if told else math.nan,
        float(np.exp(np.mean([math.log(one.width) for _, one in told]))) if told else math.nan,
        means,
        crps / means[best][0] if best else math.nan,
        best,
    )


def rolling(
    histories: Mapping[str, History],
    *,
    first: int = 5,
    horizons: int = 3,
    number: int = 4_000,
    seed: int = 0,
) -> tuple[ScoredPoint, ...]:
    """Forecasts from every origin of every history, scored against what came.

    first: values that the earliest origin has. horizons: values ahead of each origin. A point is
    (series, origin, horizon); those of one series depend on one another.
    """
    points = []
    for place, (name, history) in enumerate(histories.items()):
        for origin in range(first, len(history.observations)):
            rng = np.random.default_rng([seed, place, origin])
            known = History(name, history.unit, history.meaning, history.observations[:origin])
            ahead = history.observations[origin : origin + horizons]
            years = np.array([years_between(known.last.date, seen.date) for seen in ahead])
            found = fit(known, history.group or WIDE, rng, number=number)
            draws = simulated(found.draws, found.state, years, rng, reported=True)
            based = {"last value": last_value(known, years, number, rng)}
            damped = damped_trend(known, years, number, rng)
            if damped is not None:
                based["damped trend"] = damped
            for column, seen in enumerate(ahead):
                told = np.quantile(draws[:, column], _LEVELS)
                points.append(
                    ScoredPoint(
                        name, "", seen.date, seen.value, history.unit,
                        float(np.median(draws[:, column])), score(told, seen.value),
                        {base: score(np.quantile(table[:, column], _LEVELS), seen.value)
                         for base, table in based.items()},
                        None, known.last.date,
                    )
                )  # fmt: skip
    return tuple(points)
