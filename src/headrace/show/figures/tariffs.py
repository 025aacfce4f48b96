"""Tariffs beside the best there can be, break-even sets, a day of posted prices, and the turns of
plan and tariff.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from headrace.show.format import plot
from headrace.show.format.chart import Chart, table
from headrace.show.format.colours import ACCENT, INK, LOSS, QUIET

if TYPE_CHECKING:
    from headrace.market.clips import BreakEven
    from headrace.market.off_peak import Answered, WorkDay
    from headrace.market.tariffs import Comparison
    from headrace.plan.analysis.market_coupling import CoupledMarket

HEIGHT = 300


def comparison_chart(found: Comparison) -> Chart:
    """Profit and surplus of every tariff, a person a period, the best there can be last."""
    names = [row.name for row in found.rows]
    traces = [
        plot.bars("profit", names, [row.profit for row in found.rows], ACCENT),
        plot.bars("left to people", names, [row.surplus for row in found.rows], LOSS),
    ]
    if any(row.creators for row in found.rows):
        traces.append(plot.bars("to creators", names, [row.creators for row in found.rows], QUIET))
    figure = plot.figure(
        traces, "", "USD a person a period", HEIGHT, xaxis=plot.NAMED, barmode="group"
    )
    rows = [
        (r.name, r.profit, r.creators, r.surplus, r.welfare, r.share, r.buyers, r.use, r.terms)
        for r in found.rows
    ]
    money = ("profit [USD]", "creators [USD]", "surplus [USD]", "welfare [USD]", "of the best [1]")
    told = table(("tariff", *money, "users [1]", "use", "terms"), rows)
    about = (
        f"At {found.cost:g} USD a use. The last is the optimum over all menus that nobody can "
        f"cheat (residuals {found.ic:.1e} and {found.ir:.1e} USD); no tariff passes a welfare of "
        f"{found.first_best:.4g} USD."
    )
    return Chart("tariffs", "Tariffs beside the best there can be", told, figure, about)


def break_even_chart(sets: Sequence[BreakEven], sentences: Sequence[str]) -> Chart:
    """The set of break-even costs that the public points leave, tariff by tariff."""
    names = [one.tariff.name for one in sets]
    low = [max(one.low, 0.0) for one in sets]
    wide = [max(one.high - max(one.low, 0.0), 0.0) for one in sets]
    bars = plot.flat(plot.bars("break-even", names, wide, ACCENT)) | {"base": plot.finite(low)}
    axis: plot.Piece = {**plot.NAMED, "autorange": "reversed"}
    figure = plot.figure([bars], "USD a clip", "", 60 + 34 * len(names), yaxis=axis)
    rows = [(one.tariff.name, one.tariff.free, one.low, one.high) for one in sets]
    columns = ("tariff", "free a day", "from [USD/clip]", "to [USD/clip]")
    return Chart(
        "break-even",
        "What a clip may cost: what public points can decide",
        table(columns, [tuple(_plain(cell) for cell in row) for row in rows]),
        figure,
        " ".join(sentences),
    )


def _plain(cell: str | float) -> str | float:
    """A number that JSON can hold; a set without a lower end has none."""
    return "never" if isinstance(cell, float) and abs(cell) > 1e30 else cell


def off_peak_chart(day: WorkDay, settled: Answered) -> Chart:
    """Work as it is asked and as it is done, and what waiting takes off the price, hour by hour."""
    hours = list(range(len(day.wanted)))
    traces = [
        plot.line("asked", hours, day.wanted, LOSS, shape="hv"),
        plot.line("done", hours, settled.load, ACCENT, shape="hv"),
        plot.line("less for waiting", hours, settled.discounts, INK, dash="dot") | {"yaxis": "y2"},
    ]
    figure = plot.figure(
        traces,
        "hour of the day",
        "work an hour",
        HEIGHT,
        yaxis={"rangemode": "tozero"},
        yaxis2={"title": {"text": "USD a use"}, "overlaying": "y", "side": "right"},
    )
    rows = [
        (hour, float(day.wanted[hour]), float(settled.load[hour]), float(settled.discounts[hour]))
        for hour in hours
    ]
    state = "settled" if settled.settled else "NOT CONVERGED"
    return Chart(
        "off-peak",
        "A day of prices posted by deadline",
        table(("hour", "asked [work]", "done [work]", "less for waiting [USD]"), rows),
        figure,
        f"Prices {state} after {settled.days} days, last change {settled.residual:.1e} USD.",
    )


def coupling_chart(found: CoupledMarket) -> Chart:
    """The turns of plan and tariff: what was tried and what came of it."""
    turns = [str(number) for number in range(1, len(found.rounds) + 1)]
    look = {"type": "scatter", "mode": "lines+markers", "x": turns}
    traces: list[plot.Piece] = [
        {**look, "name": name, "y": plot.finite(values), "line": {"color": hue, "width": 2},
         "marker": {"color": hue, "size": 6}}
        for name, values, hue in (
            ("tried", [one.tried for one in found.rounds], QUIET),
            ("came of it", [one.came for one in found.rounds], ACCENT),
        )
    ]  # fmt: skip
    figure = plot.figure(traces, "round", "USD a use", HEIGHT, xaxis=plot.NAMED)
    rows = [
        (number, one.tried, one.came, one.residual, one.words)
        for number, one in enumerate(found.rounds, 1)
    ]
    told = table(("round", "tried [USD]", "came [USD]", "residual [1]", "tariff"), rows)
    return Chart("coupling", "Plan and tariff in turn", told, figure, found.sentence)
