"""A planner's series as lines of text: what it holds, through the year and through the day."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.energy.own_series.summary import SeriesSummary
from headrace.show.format import text

BARS = "▁▂▃▄▅▆▇█"
MOST_BARS = 60


def pictured(one: SeriesSummary) -> str:
    """One series: its key and name, its range, and its means as bars; those of the months and those
    of the hours of the day on one scale.
    """
    unit = "" if one.unit == "1" else f" {one.unit}"
    numbers = [text.number(value) for value in (one.mean, one.least, one.most)]
    lines = [
        f"{one.key}: {one.name}, by {one.resolution}, mean {numbers[0]}{unit}, "
        f"from {numbers[1]} to {numbers[2]}"
    ]
    means = (*one.by_month, *one.by_hour, *one.steps)
    low, high = min(means), max(means)
    if one.steps:
        more = " ..." if len(one.steps) > MOST_BARS else ""
        lines.append(f"  from {one.begins} {bars(one.steps[:MOST_BARS], low, high)}{more}")
    else:
        year, day = bars(one.by_month, low, high), bars(one.by_hour, low, high)
        lines.append(f"  January to December {year}   0 to 24 h {day}")
    return "\n".join([*lines, *(f"  {note}" for note in one.notes)])


def bars(values: Sequence[float], low: float, high: float) -> str:
    """Numbers as bars of eight heights between `low` and `high` [any unit]; all low where these are
    alike.
    """
    span = high - low
    if span <= 1e-12 * max(abs(low), abs(high), 1e-12):
        return BARS[0] * len(values)
    return "".join(BARS[min(7, int(8 * (value - low) / span))] for value in values)
