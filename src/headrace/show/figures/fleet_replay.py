"""A fleet replay over time: latencies beside their promises, queue, use and power, with a cut of
power or without.

Every chart's table holds what is drawn, one row a bucket of time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from headrace.core.arrays import Floats
from headrace.models.fleet.metrics import Course
from headrace.models.fleet.power_cap import Curtailment
from headrace.models.fleet.simulator import Replay
from headrace.show.format import plot
from headrace.show.format.chart import Chart, table
from headrace.show.format.colours import ACCENT, HAIR, INK, QUIET

P50, P90, P99 = "#8fd0ee", "#e69f00", "#d55e00"
HEIGHT = 300
CUT = "Grey: as it is. Shaded: the cut."
Line = tuple[str, Floats, str]
"""Name, one value a bucket, colour."""


def replay_charts(over: Course, replay: Replay) -> tuple[Chart, ...]:
    """Percentiles over the day, queue, utilisation, power. over: the course of `replay`."""
    promise = replay.fleet.classes[0]
    waits: list[Line] = [("waiting", over.waiting, ACCENT)]
    if over.shed.any():
        waits.append(("shed in the bucket", over.shed, P99))
    power = [("power", over.power / 1e3, ACCENT)]
    return (
        latency("ttft", "By arrival; dashed: the promise.", over, over.ttft, promise.ttft),
        latency("tpot", "Mean over a request, by arrival.", over, over.tpot, promise.tpot),
        course(
            ("queue", "Queue", "Requests that have arrived and not started, and requests shed."),
            over.time,
            waits,
            "requests",
        ),
        utilisation(over),
        course(
            ("power", "Power", "At the wall, sleeping replicas included."), over.time, power, "kW"
        ),
    )


def curtailment_charts(found: Curtailment) -> tuple[Chart, ...]:
    """p50 and p99 before and after, power under its cap, queue, replicas awake, requests shed."""
    before, after = found.base, found.cut
    promise = found.base_replay.fleet.classes[0]
    kept = "kept" if found.cut_replay.worst <= 1 + 1e-9 else "NOT kept"
    interval = f"every metered interval of {found.base_replay.bucket:g} s"
    charts = [
        latency_pair("ttft", found, before.ttft, after.ttft, promise.ttft),
        latency_pair("tpot", found, before.tpot, after.tpot, promise.tpot),
        pair(
            ("power", "Power", f"The cap is {kept} in {interval}."),
            found,
            before.power / 1e3,
            after.power / 1e3,
            "kW",
        ),
        pair(("queue", "Queue", CUT), found, before.waiting, after.waiting, "requests"),
        pair(("awake", "Replicas awake", CUT), found, before.awake, after.awake, "replicas"),
    ]
    if after.shed.any() or before.shed.any():
        about = ("shed", "Requests shed", CUT)
        charts.append(pair(about, found, before.shed, after.shed, "requests a bucket"))
    return tuple(charts)


TITLES = {"ttft": "Time to first token", "tpot": "Time per token"}


def latency(key: str, about: str, over: Course, percentiles: Floats, promise: float) -> Chart:
    """p50, p90 and p99 [s], shape (3, bucket), by time of arrival; the promise [s] dashed."""
    p50, p90, p99 = percentiles
    lines = [("p99", p99, P99), ("p90", p90, P90), ("median", p50, P50)]
    shapes = [plot.level(promise)] if np.isfinite(promise) else []
    return course((key, TITLES[key], about), over.time, lines, "s", shapes=shapes)


def latency_pair(
    key: str, found: Curtailment, before: Floats, after: Floats, promise: float
) -> Chart:
    """p50 and p99 [s] with and without the cut by time of arrival, the promise [s] dashed; tables
    as in `Course`, shape (3, bucket).
    """
    lines = [
        ("p99 as it is", before[2], QUIET),
        ("p50 as it is", before[0], HAIR),
        ("p99 with the cut", after[2], P99),
        ("p50 with the cut", after[0], P90),
    ]
    shapes = [plot.level(promise)] if np.isfinite(promise) else []
    return _cut(found, (key, TITLES[key], f"p50 and p99. {CUT}"), lines, "s", shapes)


def pair(
    words: tuple[str, str, str], found: Curtailment, before: Floats, after: Floats, unit: str
) -> Chart:
    """One quantity [unit] with and without the cut, whose window is shaded; power has its cap."""
    lines = [("as it is", before, QUIET), ("with the cut", after, P99)]
    shapes = [plot.level(found.cap / 1e3, INK)] if words[0] == "power" else []
    return _cut(found, words, lines, unit, shapes)


def utilisation(over: Course) -> Chart:
    """Computing share [1] on the left axis, replicas awake on the right."""
    scale, clock = clock_of(float(over.time[-1]))
    time = over.time / scale
    awake = plot.line("replicas awake", time, over.awake, P90, shape="hv") | {"yaxis": "y2"}
    figure = plot.figure(
        [plot.line("computing", time, over.utilisation, ACCENT, shape="hv"), awake],
        f"time [{clock}]",
        "share",
        HEIGHT,
        yaxis={"tickformat": ".0%", "range": [0, 1.02]},
        yaxis2={
            "title": {"text": "replicas"},
            "overlaying": "y",
            "side": "right",
            "rangemode": "tozero",
            "tickmode": "auto",
            "showgrid": False,
            "fixedrange": True,
        },
        margin={"l": 56, "r": 56, "t": 28, "b": 44},
    )
    rows = list(zip(*(plot.finite(each) for each in (over.time, over.utilisation, over.awake))))
    told = table(("time [s]", "computing [1]", "replicas awake"), rows)
    about = "Share of awake time spent computing, and replicas awake."
    return Chart("use", "Utilisation", told, figure, about)


def course(
    words: tuple[str, str, str],
    time: Floats,
    lines: Sequence[Line],
    unit: str,
    *,
    shapes: Sequence[plot.Piece] = (),
) -> Chart:
    """Lines [unit] over the time of the replay [s]; seconds are drawn on a logarithmic axis.

    words: key, title and how to read it.
    """
    key, title, about = words
    scale, clock = clock_of(float(time[-1]))
    traces = [plot.line(name, time / scale, y, colour, shape="hv") for name, y, colour in lines]
    axis: plot.Piece = {"type": "log", "minor": {"showgrid": True, "gridcolor": plot.GRID}}
    figure = plot.figure(
        traces,
        f"time [{clock}]",
        unit,
        HEIGHT,
        shapes=shapes,
        yaxis=axis if unit == "s" else {"rangemode": "tozero"},
    )
    columns = ("time [s]", *(f"{name} [{unit}]" for name, _, _ in lines))
    rows = list(zip(*(plot.finite(values) for values in (time, *(y for _, y, _ in lines)))))
    return Chart(key, title, table(columns, rows), figure, about)


def _cut(
    found: Curtailment,
    words: tuple[str, str, str],
    lines: Sequence[Line],
    unit: str,
    shapes: Sequence[plot.Piece],
) -> Chart:
    """Lines over the longer of both courses; the one that ends earlier is empty from there on."""
    time = max(found.base.time, found.cut.time, key=len)
    filled = [
        (name, np.append(values, np.full(len(time) - len(values), np.nan)), colour)
        for name, values, colour in lines
    ]
    scale, _ = clock_of(float(time[-1]))
    shade = plot.band(*(end / scale for end in found.window))
    return course(words, time, filled, unit, shapes=[shade, *shapes])


def clock_of(whole: float) -> tuple[float, str]:
    """The unit of a time axis as long as `whole` [s]: its length [s] and its name."""
    return (3600.0, "h") if whole > 3 * 3600 else (60.0, "min")


def day(tokens: Floats, words: str) -> Chart:
    """What a plan asks for in each hour of a day [Mtok/h]."""
    hours = [str(hour) for hour in range(len(tokens))]
    figure = plot.figure(
        [plot.bars("asked", hours, tokens, ACCENT)],
        "hour of the day",
        "Mtok/h",
        220,
        xaxis=plot.NAMED,
        bargap=0.05,
    )
    told = table(("hour", "asked [Mtok/h]"), list(zip(range(len(tokens)), plot.finite(tokens))))
    about = f"Output tokens an hour, {words}."
    return Chart("day", "What the plan asks for", told, figure, about)
