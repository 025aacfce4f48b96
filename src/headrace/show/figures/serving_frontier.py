"""Output tokens a second and accelerator against the speed that one user sees."""

from __future__ import annotations

from collections.abc import Mapping

from headrace.finance.serving_fleet import FrontierRow
from headrace.show.format import plot
from headrace.show.format.chart import Chart, table
from headrace.show.format.colours import ACCENT

COLOURS = (ACCENT, "#e69f00", "#d55e00", "#009e73", "#cc79a7", "#56b4e9")
HEIGHT = 380


def frontier_chart(rows: Mapping[str, tuple[FrontierRow, ...]]) -> Chart:
    """One line an accelerator; the table holds every point with its band and layout."""
    traces = [
        plot.line(
            name,
            [row.user for row in points],
            [row.tokens for row in points],
            COLOURS[number % len(COLOURS)],
            markers=True,
        )
        for number, (name, points) in enumerate(rows.items())
    ]
    cells = [
        (name, row.user, 1e3 * row.tpot, row.tokens, row.low, row.high, row.layout, row.batch)
        for name, points in rows.items()
        for row in points
    ]
    columns = ("accelerator", "tok/s a user", "ms a token", "tok/s each", "low", "high")
    figure = plot.figure(
        traces, "output tokens a second for one user", "output tokens a second each", HEIGHT
    )
    return Chart(
        "frontier",
        "Throughput against speed",
        table((*columns, "layout", "batch"), cells),
        figure,
        "80 % of outcomes lie between low and high.",
    )
