"""A forecast on one page: a fan of every series, with what was seen and draws from its prior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from headrace.beliefs.history import History, years_between
from headrace.beliefs.paths import SeriesForecast
from headrace.beliefs.priors import prior_draws
from headrace.beliefs.process import filtered, simulated
from headrace.core.arrays import Floats
from headrace.show.figures import fan_chart
from headrace.show.format.html import tag
from headrace.show.reports import page

NOTE = (
    "A forecast says what its author believed on the day of its cut-off. Histories of 2025 were"
    " rationed by capacity; where a series is so marked, demand was higher than what was seen."
)


def write(
    found: Sequence[SeriesForecast],
    cutoff: date,
    histories: Mapping[str, History],
    seed: int,
    path: Path,
) -> Path:
    """Write the page; complete or not at all. Raises InputError, DiskFull."""
    return page.write(forecast_page(found, cutoff, histories, seed), path)


def forecast_page(
    found: Sequence[SeriesForecast], cutoff: date, histories: Mapping[str, History], seed: int
) -> str:
    """The page as text. The same forecast gives the same bytes."""
    top = page.masthead(
        f"forecast of {cutoff}",
        f"What may become of {len(found)} series",
        lede=("Bands hold 90, 80 and 50 % of the draws; grey lines are the prior alone.",),
    )
    charts = []
    for number, one in enumerate(found):
        history = histories.get(one.series)
        prior = prior_paths(one, history, seed) if one.kind == "path" and history else None
        charts.append(fan_chart.fan(f"fan{number}", one, history, prior))
    return page.gallery(f"Forecast {cutoff}", top, tuple(charts), tag("p", NOTE, class_="note"))


def prior_paths(
    one: SeriesForecast, history: History, seed: int
) -> tuple[tuple[date, ...], Floats]:
    """500 paths of its class from the first value seen on [unit], shape (path, date), that have
    read nothing of the rest of the history.
    """
    rng = np.random.default_rng([seed, 500])
    draws = prior_draws(one.group, fan_chart.MOST_PRIOR, rng)
    first = history.observations[0].date
    state = filtered(draws, np.zeros(1), history.values[:1]).state
    dates = tuple(sorted({*(o.date for o in history.observations[1:]), *one.dates}))
    years = np.array([years_between(first, day) for day in dates])
    return dates, simulated(draws, state, years, rng, reported=True)
