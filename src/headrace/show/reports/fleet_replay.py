"""A fleet replay on one page: what it found in a sentence, the pictures, then the figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from headrace.core.arrays import Floats
from headrace.models.fleet.metrics import Summary, course, summarise
from headrace.models.fleet.power_cap import Curtailment
from headrace.models.fleet.simulator import Replay
from headrace.show.figures.fleet_replay import curtailment_charts, replay_charts
from headrace.show.format import text
from headrace.show.format.chart import Chart, table
from headrace.show.format.html import Markup, tag
from headrace.show.reports import page

SUBJECT = "fleet replay, request by request"
COARSE = 0.05
"""Share of the allowed power left unused for want of a smaller replica, above which it is said."""


def write_replay(replay: Replay, path: Path, width: float = 0.0) -> Path:
    """Write the page of one replay; width: of a point in the plots [s], 0 as it was metered. Raises
    InputError, DiskFull.
    """
    return page.write(replay_page(replay, width), path)


def write_curtailment(found: Curtailment, path: Path, width: float = 0.0) -> Path:
    """Write the page of a fleet with and without a cut of power; width: of a point in the plots
    [s], 0 as it was metered. Raises InputError, DiskFull.
    """
    return page.write(curtailment_page(found.drawn_with(width)), path)


def replay_page(replay: Replay, width: float = 0.0) -> str:
    """The page of one replay as text; width as in `write_replay`."""
    found = summarise(replay)
    title = f"{found.requests:,} requests on {replay.fleet.replicas:,} replicas"
    top = page.masthead(SUBJECT, title, lede=(sentence(found),))
    charts = (*replay_charts(course(replay, width), replay), figures((("", found),)))
    return page.gallery(replay.trace.name, top, charts, sources(replay))


def curtailment_page(found: Curtailment) -> str:
    """The page of a curtailment as text."""
    before, after = summarise(found.base_replay), summarise(found.cut_replay.replay)
    minutes = (found.window[1] - found.window[0]) / 60
    length = text.count(round(minutes), "minute")
    title = f"A cut to {found.cap / 1e3:,.1f} kW for {length}"
    top = page.masthead(SUBJECT, title, lede=(curtailment_sentence(found),))
    told = figures((("as it is", before), ("with the cut", after)))
    charts = (*curtailment_charts(found), told)
    return page.gallery(found.base_replay.trace.name, top, charts, sources(found.base_replay))


def sentence(found: Summary) -> str:
    """One replay in a sentence."""
    return (
        f"{found.good_share:.2%} keep both promises."
        f" First token: median {_time(found.ttft.p50)}, p95 {_time(found.ttft.p95)}, p99"
        f" {_time(found.ttft.p99)}; per token: median {_time(found.tpot.p50)}, p95"
        f" {_time(found.tpot.p95)}, p99 {_time(found.tpot.p99)}."
        f" {found.joules_per_token:,.3g} J a token, {found.fleet_hours:,.1f} replica-hours,"
        f" {found.utilisation:.0%} of them computing."
    )


def curtailment_sentence(found: Curtailment) -> str:
    """What the cut does, in a sentence: p99 of the requests that arrive in the window, power,
    requests shed.
    """
    arrival, (begin, end) = found.base_replay.trace.arrival, found.window
    own = (arrival >= begin) & (arrival < end)
    base, cut = found.base_replay, found.cut_replay.replay
    shed = int(cut.shed[own].sum())
    return (
        f"From {found.drawn / 1e3:,.1f} to {found.cap / 1e3:,.1f} kW:"
        f" the p99 time to first token goes from {_p99(base.ttft[own])} to {_p99(cut.ttft[own])},"
        f" the p99 time per token from {_p99(base.tpot[own])} to {_p99(cut.tpot[own])};"
        f" {shed:,} of {int(own.sum()):,} requests are shed.{coarse_words(found)}"
    )


def coarse_words(found: Curtailment) -> str:
    """That whole replicas had to stop for a cut smaller than one of them; nothing where it fits."""
    lost = found.cap - found.left
    if lost <= COARSE * found.cap or lost > max(found.cut_replay.watts):
        return ""
    return (
        f" The cut is coarser than a replica: {found.left / 1e3:,.1f} kW were drawn,"
        f" {lost / found.cap:.0%} less than allowed, so a larger fleet would feel it less."
    )


def _p99(values: Floats) -> str:
    measured = values[np.isfinite(values)]
    return _time(float(np.percentile(measured, 99)) if len(measured) else float("nan"))


def _time(seconds: float) -> str:
    if not np.isfinite(seconds):
        return "-"
    return f"{seconds * 1e3:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def figures(columns: Sequence[tuple[str, Summary]]) -> Chart:
    """The figures of one or several replays, side by side."""
    told = [rows_of(found) for _, found in columns]
    rows = [(name, *(each[at][1] for each in told)) for at, (name, _) in enumerate(told[0])]
    names = [name or "value" for name, _ in columns]
    return Chart("figures", "Figures", table(("figure", *names), rows))


def rows_of(found: Summary) -> list[tuple[str, str]]:
    """The figures of a replay, name and value with its unit."""
    rows = [
        ("requests", f"{found.requests:,}"),
        ("shed", f"{found.shed:,}"),
        ("not served by the end", f"{found.unserved:,}"),
        ("within both promises", f"{found.good_share:.2%}"),
        ("goodput", f"{found.goodput:,.3g} requests/s"),
    ]
    latencies = (
        ("first token", found.ttft),
        ("per token", found.tpot),
        ("between tokens", found.itl),
        ("whole answer", found.e2e),
    )
    for name, spread in latencies:
        values = (spread.mean, spread.p50, spread.p90, spread.p95, spread.p99)
        rows.append((f"{name}: mean, p50, p90, p95, p99", ", ".join(map(_time, values))))
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
        shares = f"{own.good_share:.2%}, {own.shed_share:.2%}"
        rows.append((f"class {own.name}: good, shed", shares))
    return rows


def sources(replay: Replay) -> Markup:
    """Where requests and step times come from."""
    tables = {pool.table.name: pool.table for pool in replay.fleet.pools}.values()
    lines = [tag("p", f"Trace: {replay.trace.name}. {replay.trace.source}.", class_="note")]
    for each in tables:
        low, high = each.band
        band = f"80 % band x {low:.2f} to {high:.2f}"
        words = f"Step times: {each.name} ({each.provider}), {band}. {each.source}."
        lines.append(tag("p", words, class_="note"))
    return tag("section", tag("h2", "Sources"), *lines, id="sources")
