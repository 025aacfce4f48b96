"""A fan chart: history as dots, quantiles as bands that widen, and draws from the prior behind."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np

from headrace.beliefs.history import History
from headrace.beliefs.paths import SeriesForecast
from headrace.core.arrays import Floats
from headrace.show.format import plot
from headrace.show.format.chart import Cell, Chart, table
from headrace.show.format.colours import faded

BANDS = ((5, 95, 0.18), (10, 90, 0.24), (25, 75, 0.34))
BLUE, GREY, INK = "#0072b2", "#d9d4ca", "#22201c"
MOST_PRIOR = 500


def fan(
    key: str,
    one: SeriesForecast,
    history: History | None,
    prior: tuple[tuple[date, ...], Floats] | None = None,
    came: Sequence[tuple[date, float]] = (),
) -> Chart:
    """The fan of one series. key: of the picture, a word.

    prior: dates and paths [unit], shape (path, date), drawn before any history was read, at most
    500 of them. came: what became of it [unit], drawn as crosses.
    """
    traces: list[plot.Piece] = []
    if prior is not None:
        dates, paths = prior
        x: list[str | None] = []
        y: list[float | None] = []
        for path in paths[:MOST_PRIOR]:
            x += [*(day.isoformat() for day in dates), None]
            y += [*plot.finite(path), None]
        traces.append(_trace("500 draws from the prior", x, y, "lines", GREY, width=0.4))
    days = [day.isoformat() for day in one.dates]
    table_of = np.quantile(one.draws, np.array([5, 10, 25, 50, 75, 90, 95]) / 100, axis=0)
    place = {5: 0, 10: 1, 25: 2, 50: 3, 75: 4, 90: 5, 95: 6}
    for low, high, shade in BANDS:
        edge = [*plot.finite(table_of[place[low]]), *plot.finite(table_of[place[high]][::-1])]
        band = _trace(f"{low} to {high} %", [*days, *days[::-1]], edge, "lines", BLUE, width=0)
        traces.append(band | {"fill": "toself", "fillcolor": faded(BLUE, shade)})
    traces.append(_trace("median", days, plot.finite(table_of[3]), "lines", BLUE, width=2))
    if history is not None:
        seen = history.observations
        when, values = [o.date.isoformat() for o in seen], [o.value for o in seen]
        traces.append(_trace("seen", when, values, "markers", INK))
    if came:
        when, values = [day.isoformat() for day, _ in came], [value for _, value in came]
        traces.append(_trace("came", when, values, "markers", "#d0021b"))
    log: plot.Piece = {}
    if one.kind in ("path", "product"):
        # the axis is that of band and history; prior draws may leave it
        told = [float(table_of.min()), float(table_of.max()), *(value for _, value in came)]
        told += [] if history is None else [seen.value for seen in history.observations]
        least, most = math.log10(min(told)), math.log10(max(told))
        margin = 0.15 * (most - least) + 0.05
        log = {"type": "log", "range": [least - margin, most + margin]}
    rows: list[tuple[Cell, ...]] = [
        (day, *(float(f"{value:.6g}") for value in column)) for day, column in zip(days, table_of.T)
    ]
    columns = ("date", *(f"{level} % [{one.unit}]" for level in place))
    return Chart(
        key,
        one.title or one.series,
        table(columns, rows),
        plot.figure(traces, "", one.unit, 320, xaxis={"type": "date"}, yaxis=log),
        ". ".join(note[0].upper() + note[1:] for note in one.notes),
    )


def _trace(
    name: str,
    x: Sequence[str | None],
    y: Sequence[float | None],
    mode: str,
    colour: str,
    width: float = 2.0,
) -> plot.Piece:
    look = {"line": {"color": colour, "width": width}, "marker": {"color": colour, "size": 7}}
    return {"type": "scatter", "mode": mode, "name": name, "x": list(x), "y": list(y), **look}
