"""A fleet replay in one HTML file that loads nothing from outside: the plots first, then the
figures.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from headrace.core.arrays import Floats
from headrace.core.atomic_write import write_text
from headrace.models.fleet.metrics import Course, Spread, Summary, course, summarise
from headrace.models.fleet.power_cap import Curtailment
from headrace.models.fleet.simulator import Replay
from headrace.show.format.colours import ACCENT, HAIR, INK, LOSS, PAPER, QUIET, faded
from headrace.show.format.html import Markup, join, tag

P50, P90, P99 = "#8fd0ee", "#e69f00", "#d55e00"
STYLE = f"""
body {{ font: 16px/1.5 system-ui, sans-serif; color: {INK}; background: {PAPER} }}
body {{ max-width: 66rem; margin: 2rem auto; padding: 0 1rem }}
h1 {{ margin: 0 }} h2 {{ font-size: 1.05rem; margin: 2rem 0 0 }} p {{ margin: .4rem 0 }} .quiet {{ color: {QUIET} }}
table {{ border-collapse: collapse; font-size: .9rem; margin-top: .5rem }}
td, th {{ border-bottom: 1px solid {HAIR}; padding: .25rem .75rem .25rem 0; text-align: left }}
td.num {{ text-align: right; font-variant-numeric: tabular-nums }}
"""
Picture = tuple[str, str, go.Figure]


def write_replay(replay: Replay, path: Path) -> None:
    """Write the page of one replay."""
    write_page(replay_page(replay), path)


def write_curtailment(found: Curtailment, path: Path) -> None:
    """Write the page of a fleet with and without a cut of its power."""
    write_page(curtailment_page(found), path)


def write_page(text: str, path: Path) -> None:
    """Write a page whole or not at all."""
    write_text(path, text)


def replay_page(replay: Replay) -> str:
    """The page of one replay as text."""
    found = summarise(replay)
    title = f"{found.requests:,} requests on {replay.fleet.replicas:,} replicas"
    return page(
        title, sentence(found), replay_pictures(replay), figures((("", found),)), sources(replay)
    )


def curtailment_page(found: Curtailment) -> str:
    """The page of a curtailment as text."""
    before, after = summarise(found.base_replay), summarise(found.cut_replay.replay)
    tables = figures((("as it is", before), ("with the cut", after)))
    title = f"A cut to {found.cap / 1e3:,.1f} kW for {(found.window[1] - found.window[0]) / 60:,.0f} minutes"
    return page(
        title,
        curtailment_sentence(found),
        curtailment_pictures(found),
        tables,
        sources(found.base_replay),
    )


def sentence(found: Summary) -> str:
    """One replay in a sentence."""
    return (
        f"{found.good_share:.2%} keep both promises. First token: median {_time(found.ttft.p50)}, p99 {_time(found.ttft.p99)}; "
        f"per token: median {_time(found.tpot.p50)}, p99 {_time(found.tpot.p99)}. {found.joules_per_token:,.3g} J a token, "
        f"{found.fleet_hours:,.1f} replica-hours, {found.utilisation:.0%} of them computing."
    )


def curtailment_sentence(found: Curtailment) -> str:
    """What the cut does, in a sentence: p99 of the requests that arrive in the window, power,
    requests shed.
    """
    arrival, (begin, end) = found.base_replay.trace.arrival, found.window
    own = (arrival >= begin) & (arrival < end)
    before, after = (
        _p99(replay.ttft[own]) for replay in (found.base_replay, found.cut_replay.replay)
    )
    pace = tuple(_p99(replay.tpot[own]) for replay in (found.base_replay, found.cut_replay.replay))
    lost = int(found.cut_replay.replay.shed[own].sum())
    return (
        f"From {found.drawn / 1e3:,.1f} to {found.cap / 1e3:,.1f} kW: the p99 time to first token goes from {_time(before)} to "
        f"{_time(after)}, the p99 time per token from {_time(pace[0])} to {_time(pace[1])}; "
        f"{lost:,} of {int(own.sum()):,} requests are shed."
    )


def _p99(values: Floats) -> float:
    kept = values[np.isfinite(values)]
    return float(np.percentile(kept, 99)) if len(kept) else float("nan")


def _time(seconds: float) -> str:
    if not np.isfinite(seconds):
        return "-"
    return f"{seconds * 1e3:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def replay_pictures(replay: Replay) -> list[Picture]:
    """Percentiles over the day, queue, utilisation, power."""
    over = course(replay)
    promise = replay.fleet.classes[0]
    return [
        (
            "Time to first token",
            "By arrival; dashed: the promise.",
            latency_figure(over, over.ttft, promise.ttft),
        ),
        (
            "Time per token",
            "Mean over a request, by arrival.",
            latency_figure(over, over.tpot, promise.tpot),
        ),
        (
            "Queue",
            "Requests that have arrived and not started, and requests shed.",
            queue_figure(over),
        ),
        (
            "Utilisation",
            "Share of awake time spent computing, and replicas awake.",
            use_figure(over),
        ),
        ("Power", "At the wall, sleeping replicas included.", power_figure(over)),
    ]


def curtailment_pictures(found: Curtailment) -> list[Picture]:
    """p99 before and after, queue, power under its cap."""
    before, after = found.base, found.cut
    pairs: list[tuple[str, Floats, Floats, str]] = [
        ("Queue", before.waiting, after.waiting, "requests"),
        ("Replicas awake", before.awake, after.awake, "replicas"),
    ]
    if after.shed.any() or before.shed.any():
        pairs.append(("Requests shed", before.shed, after.shed, "requests a bucket"))
    words = "Grey: as it is. Shaded: the cut."
    promise = found.base_replay.fleet.classes[0]
    latencies: list[Picture] = [
        (
            "Time to first token",
            f"p50 and p99. {words}",
            latency_pair(found, before.ttft, after.ttft, promise.ttft),
        ),
        (
            "Time per token",
            f"p50 and p99. {words}",
            latency_pair(found, before.tpot, after.tpot, promise.tpot),
        ),
    ]
    pictures = [
        (name, words, pair_figure(found, one, other, unit)) for name, one, other, unit in pairs
    ]
    power = pair_figure(found, found.base.power / 1e3, found.cut.power / 1e3, "kW")
    power.add_trace(
        _line(
            list(found.window),
            [found.cap / 1e3] * 2,
            "cap",
            INK,
            dash="dash",
            width=found.base_replay.trace.duration,
        )
    )
    kept = "kept" if found.cut_replay.worst <= 1 + 1e-9 else "NOT kept"
    return [
        *latencies,
        ("Power", f"The cap is {kept} in every bucket of {found.base_replay.bucket:g} s.", power),
        *pictures,
    ]


def _clock(seconds: Floats | list[float], whole: float) -> tuple[list[float], str]:
    unit, name = (3600.0, "h") if whole > 3 * 3600 else (60.0, "min")
    return [float(value) / unit for value in seconds], name


def _line(
    time: Floats | list[float],
    values: Floats | list[float],
    name: str,
    colour: str,
    *,
    dash: str = "solid",
    width: float,
) -> go.Scatter:
    return go.Scatter(
        x=_clock(time, width)[0],
        y=[float(value) if np.isfinite(value) else None for value in values],
        name=name,
        mode="lines",
        # a value holds for its whole bucket
        line={"color": colour, "dash": dash, "width": 2, "shape": "hv"},
    )


def latency_figure(over: Course, table: Floats, promise: float) -> go.Figure:
    """p50, p90 and p99 by time of arrival, with the promise."""
    whole = float(over.time[-1])
    names = (("p99", P99), ("p90", P90), ("median", P50))
    figure = go.Figure(
        [
            _line(over.time, table[2 - k], name, colour, width=whole)
            for k, (name, colour) in enumerate(names)
        ]
    )
    figure.add_hline(y=promise, line_dash="dash", line_color=QUIET)
    figure.update_yaxes(type="log", minor={"showgrid": True})
    return _dressed(figure, whole, "s")


def queue_figure(over: Course) -> go.Figure:
    """Mean number waiting, and shed requests by bucket."""
    whole = float(over.time[-1])
    lines = [_line(over.time, over.waiting, "waiting", ACCENT, width=whole)]
    if over.shed.any():
        lines.append(_line(over.time, over.shed, "shed in the bucket", P99, width=whole))
    return _dressed(go.Figure(lines), whole, "requests", zero=True)


def use_figure(over: Course) -> go.Figure:
    """Computing share on the left axis, replicas awake on the right."""
    whole = float(over.time[-1])
    figure = go.Figure([_line(over.time, over.utilisation, "computing", ACCENT, width=whole)])
    awake = _line(over.time, over.awake, "replicas awake", P90, width=whole)
    awake.update(yaxis="y2")
    figure.add_trace(awake)
    figure.update_layout(
        yaxis2={
            "title": "replicas",
            "overlaying": "y",
            "side": "right",
            "rangemode": "tozero",
            "showgrid": False,
        }
    )
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02], selector={"overlaying": None})
    return _dressed(figure, whole, "share")


def power_figure(over: Course) -> go.Figure:
    """Wall power."""
    whole = float(over.time[-1])
    return _dressed(
        go.Figure([_line(over.time, over.power / 1e3, "power", ACCENT, width=whole)]),
        whole,
        "kW",
        zero=True,
    )


def latency_pair(found: Curtailment, before: Floats, after: Floats, promise: float) -> go.Figure:
    """p50 and p99 with and without the cut by time of arrival, the promise dashed; tables as in
    `Course`, shape (3, bucket).
    """
    whole = found.base_replay.trace.duration
    pairs = (
        ("as it is", found.base.time, before, QUIET, HAIR),
        ("with the cut", found.cut.time, after, P99, P90),
    )
    figure = go.Figure()
    for name, time, table, dark, light in pairs:
        figure.add_trace(_line(time, table[2], f"p99 {name}", dark, width=whole))
        figure.add_trace(_line(time, table[0], f"p50 {name}", light, width=whole))
    (left, right), _ = _clock(list(found.window), whole)
    figure.add_vrect(x0=left, x1=right, fillcolor=faded(LOSS, 0.35), line_width=0, layer="below")
    if np.isfinite(promise):
        figure.add_hline(y=promise, line_dash="dash", line_color=QUIET)
    figure.update_yaxes(type="log", minor={"showgrid": True})
    return _dressed(figure, whole, "s")


def pair_figure(found: Curtailment, before: Floats, after: Floats, unit: str) -> go.Figure:
    """One quantity with and without the cut; the window is shaded."""
    whole = found.base_replay.trace.duration
    figure = go.Figure(
        [
            _line(found.base.time, before, "as it is", QUIET, width=whole),
            _line(found.cut.time, after, "with the cut", P99, width=whole),
        ]
    )
    (left, right), _ = _clock(list(found.window), whole)
    figure.add_vrect(x0=left, x1=right, fillcolor=faded(LOSS, 0.35), line_width=0, layer="below")
    return _dressed(figure, whole, unit, zero=True)


def _dressed(figure: go.Figure, whole: float, unit: str, *, zero: bool = False) -> go.Figure:
    figure.update_layout(
        template="plotly_white",
        height=300,
        margin={"l": 10, "r": 10, "t": 20, "b": 40},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"color": INK},
        xaxis_title=f"time [{_clock([0.0], whole)[1]}]",
        yaxis_title=unit,
        legend={"orientation": "h", "y": 1.12},
        hovermode="x unified",
    )
    figure.update_yaxes(automargin=True, **({"rangemode": "tozero"} if zero else {}))
    return figure


def page(title: str, words: str, pictures: list[Picture], *rest: Markup) -> str:
    """A page that loads nothing: a sentence, pictures, and what follows them."""
    parts = [tag("h1", title), tag("p", words)]
    for heading, line, figure in pictures:
        drawn = figure.to_html(
            full_html=False,
            include_plotlyjs=False,
            config={"displaylogo": False, "responsive": True},
        )
        parts += [tag("h2", heading), tag("p", line, class_="quiet"), Markup(drawn)]
    head = join(
        tag("meta", charset="utf-8"),
        tag("title", title),
        Markup(f"<style>{STYLE}</style><script>{get_plotlyjs()}</script>"),
    )
    return "<!doctype html>\n" + tag(
        "html", tag("head", head), tag("body", *parts, *rest), lang="en"
    )


def figures(columns: tuple[tuple[str, Summary], ...]) -> Markup:
    """The figures of one or several replays, side by side."""
    told = [rows_of(found) for _, found in columns]
    head = tag("tr", tag("th", ""), *(tag("th", name) for name, _ in columns))
    body = [
        tag("tr", tag("td", name), *(tag("td", each[at][1], class_="num") for each in told))
        for at, (name, _) in enumerate(told[0])
    ]
    return join(tag("h2", "Figures"), tag("table", tag("thead", head), tag("tbody", *body)))


def rows_of(found: Summary) -> list[tuple[str, str]]:
    """The figures of a replay, name and value with its unit."""
    rows = [
        ("requests", f"{found.requests:,}"),
        ("shed", f"{found.shed:,}"),
        ("not served by the end", f"{found.unserved:,}"),
        ("within both promises", f"{found.good_share:.2%}"),
        ("goodput", f"{found.goodput:,.3g} requests/s"),
    ]
    for name, values in (
        ("first token", found.ttft),
        ("per token", found.tpot),
        ("whole answer", found.e2e),
    ):
        rows.append((f"{name}: mean, p50, p90, p99", _spread(values)))
    rows += [
        ("output tokens", f"{found.output_tokens:,.0f}"),
        ("energy", f"{found.energy / 3.6e6:,.4g} kWh"),
        ("energy a token", f"{found.joules_per_token:,.3g} J"),
        ("replica-hours awake", f"{found.fleet_hours:,.2f}"),
        ("accelerator-hours", f"{found.accelerator_hours:,.2f}"),
        ("computing", f"{found.utilisation:.1%}"),
        ("prompt tokens from a cache", f"{found.hit_share:.1%}"),
        ("preemptions, restarts elsewhere", f"{found.preempted:,}, {found.evicted:,}"),
    ]
    for own in found.classes if len(found.classes) > 1 else ():
        rows.append(
            (f"class {own.name}: good, shed", f"{own.good_share:.2%}, {own.shed_share:.2%}")
        )
    return rows


def _spread(values: Spread) -> str:
    return ", ".join(_time(value) for value in (values.mean, values.p50, values.p90, values.p99))


def sources(replay: Replay) -> Markup:
    """Where requests and step times come from."""
    tables = {pool.table.name: pool.table for pool in replay.fleet.pools}.values()
    lines = [tag("p", f"Trace: {replay.trace.name}. {replay.trace.source}.", class_="quiet")]
    for table in tables:
        low, high = table.band
        words = f"Step times: {table.name} ({table.provider}), 80 % band x {low:.2f} to {high:.2f}. {table.source}."
        lines.append(tag("p", words, class_="quiet"))
    return join(tag("h2", "Sources"), *lines)
