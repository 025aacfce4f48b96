"""The page of a plan's hours replayed request by request: what was promised, what a cut of power
does, what was simulated.
"""

from __future__ import annotations

from pathlib import Path

import plotly.graph_objects as go

from headrace.models.fleet.from_plan import FleetDay, ProductLine, promises
from headrace.models.fleet.metrics import Summary, summarise
from headrace.models.fleet.power_cap import Curtailment, Followed
from headrace.show.format.colours import ACCENT, PAPER
from headrace.show.format.html import Markup, tag
from headrace.show.reports.fleet_replay import (
    Picture,
    curtailment_pictures,
    curtailment_sentence,
    figures,
    page,
    replay_pictures,
    sentence,
    sources,
    write_page,
)


def write_planned(staged: FleetDay, found: Followed | Curtailment, day: str, path: Path) -> None:
    """Write the page; `day` says in words which day of which node it is."""
    write_page(planned_page(staged, found, day), path)


def planned_page(staged: FleetDay, found: Followed | Curtailment, day: str) -> str:
    """The page as text."""
    title = f"{staged.line.name}, {day}"
    plan: list[Picture] = [
        ("What the plan asks for", f"Output tokens an hour, {day}.", _day(staged.line))
    ]
    if isinstance(found, Curtailment):
        replay, pictures, words = (
            found.base_replay,
            curtailment_pictures(found),
            cut_words(staged, found),
        )
        table = figures(
            (
                ("as planned", summarise(found.base_replay)),
                ("with the cut", summarise(found.cut_replay.replay)),
            )
        )
    else:
        replay, pictures = found.replay, replay_pictures(found.replay)
        words, table = sentence(summarise(found.replay)), figures((("", summarise(found.replay)),))
    words = f"{promise_words(staged, summarise(replay))} {words}"
    return page(title, words, [*pictures, *plan], table, _simulated(staged), sources(replay))


def promise_words(staged: FleetDay, base: Summary) -> str:
    """Whether the promises are kept in the hours replayed, in a sentence."""
    names = {"ttft": "first token", "tpot": "per token"}
    parts = [
        f"{one.statistic} {names[one.what]} {one.found * 1e3:,.0f} ms of {one.promised * 1e3:,.0f} ms promised, "
        f"{'kept' if one.kept else 'NOT kept'}"
        for one in promises(staged, base)
    ]
    return f"As planned: {'; '.join(parts)}."


def cut_words(staged: FleetDay, found: Curtailment) -> str:
    """What the cut does, in sentences, with the power of the whole fleet that the plan has there."""
    whole, drawn, cap = staged.one_in / 1e6, found.drawn, found.cap
    power = f"A cut of the whole fleet's power here from {drawn * whole:,.3g} to {cap * whole:,.3g} MW, in the part simulated:"
    patient = staged.fleet.classes[0].patience < float("inf")
    waits = "" if patient else " Nobody gives up waiting; `--patience` lets them."
    return f"{power} {curtailment_sentence(found)}{waits}"


def simulated_words(staged: FleetDay) -> str:
    """What was simulated for what, in a sentence."""
    pools = ", ".join(
        f"{pool.replicas} {pool.name} of {pool.max_batch} places" for pool in staged.fleet.pools
    )
    most = staged.line.accelerators[staged.first : staged.first + staged.hours].max()
    return (
        f"{len(staged.trace):,} requests from {staged.first}:00 for {staged.hours} h on {pools}; each stands for "
        f"{staged.one_in:,.0f} requests of the plan, whose {most:,.0f} accelerators are at work at most."
    )


def _simulated(staged: FleetDay) -> Markup:
    return tag("p", simulated_words(staged), class_="quiet")


def _day(line: ProductLine) -> go.Figure:
    bars = go.Bar(
        x=list(range(len(line.tokens))), y=[float(v) for v in line.tokens], marker_color=ACCENT
    )
    figure = go.Figure([bars])
    figure.update_layout(
        template="plotly_white",
        height=220,
        margin={"l": 10, "r": 10, "t": 20, "b": 40},
        paper_bgcolor=PAPER,
    )
    figure.update_layout(
        plot_bgcolor=PAPER, xaxis_title="hour of the day", yaxis_title="Mtok/h", bargap=0.05
    )
    return figure
