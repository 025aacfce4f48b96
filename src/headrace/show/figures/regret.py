"""The bet in pictures: what every way of deciding earns on every branch, what it loses on average,
what the end is worth.
"""

from __future__ import annotations

from html import escape

from headrace.core.plan_file import Baseline, BranchOutcome, DeepRecord, PlanFile, Span
from headrace.show.format import colours, text
from headrace.show.format.chart import Chart, Table, table

PLAN = "This plan"
_ROW = 46


def charts(plan: PlanFile) -> tuple[Chart, ...]:
    """Branches, regrets, endings: those of which something is known."""
    deep = plan.deep
    if deep is None:
        return ()
    found = [
        branches(deep),
        regrets(deep) if _asked(deep) else None,
        endings(deep) if deep.endings else None,
    ]
    return tuple(chart for chart in found if chart is not None and chart.table.rows)


def as_table(plan: PlanFile) -> Table:
    """Everything in one table: what, on which branch, between which bounds."""
    rows = [
        (chart.title, *(row if len(row) == 5 else (row[0], "", None, *row[-2:])))
        for chart in charts(plan)
        for row in chart.table.rows
    ]
    return table(
        ("picture", "of", "branch", "probability", "at least [USD]", "at most [USD]"), rows
    )


def _asked(deep: DeepRecord) -> list[Baseline]:
    return [baseline for baseline in deep.regrets if baseline.regret is not None]


def short(title: str) -> str:
    """A baseline's name without its explanation."""
    return title.split(":")[0]


def branches(deep: DeepRecord) -> Chart:
    """One row a way of deciding, one dot a branch: its place is what is earned there, its area how
    likely the branch is.
    """
    rows = [(PLAN, deep.leaves), *((short(b.title), b.leaves) for b in _asked(deep))]
    cells = [
        (name, leaf.label, leaf.probability, leaf.npv.low_usd, leaf.npv.high_usd)
        for name, leaves in rows
        for leaf in leaves
    ]
    told = table(("of", "branch", "probability", "at least [USD]", "at most [USD]"), cells)
    traces = [
        _dots(name, leaves, colours.ACCENT if name == PLAN else colours.QUIET)
        for name, leaves in rows
        if leaves
    ]
    means = [
        sum(leaf.probability * (leaf.npv.low_usd or 0.0) for leaf in leaves)
        for _, leaves in rows
        if leaves
    ]
    traces.append(_marks([name for name, leaves in rows if leaves], means))
    about = "A dot is a branch, its area how likely it is; the upright line is the mean."
    return Chart(
        "branches",
        "What is earned on each branch",
        told,
        _figure(traces, len(rows), "net present value [USD]"),
        about,
    )


def _dots(name: str, leaves: tuple[BranchOutcome, ...], colour: str) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": escape(name),
        "x": [leaf.npv.low_usd for leaf in leaves],
        "y": [escape(name)] * len(leaves),
        "text": [
            f"{escape(text.named(leaf.label))}, {text.percent(leaf.probability)}" for leaf in leaves
        ],
        "marker": {
            "color": colours.faded(colour, 0.45),
            "line": {"color": colour, "width": 1.2},
            "size": [max(6.0, 34.0 * leaf.probability**0.5) for leaf in leaves],
        },
    }


def _marks(names: list[str], means: list[float]) -> dict[str, object]:
    """The mean of each row as a short upright line."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": means,
        "y": [escape(name) for name in names],
        "marker": {"symbol": "line-ns", "size": 26, "line": {"width": 2, "color": colours.INK}},
    }


def regrets(deep: DeepRecord) -> Chart:
    """One bar a baseline: the loss that is certain, its interval, and the loss on its worst branch
    as a ring.
    """
    asked = _asked(deep)
    told = table(
        ("baseline", "at least [USD]", "at most [USD]"),
        [(short(b.title), *_ends(b.regret)) for b in asked],
    )
    low = [_ends(b.regret)[0] for b in asked]
    width = [max(0.0, high - least) for least, high in (_ends(b.regret) for b in asked)]
    bars: dict[str, object] = {
        "type": "bar",
        "orientation": "h",
        "y": [escape(short(b.title)) for b in asked],
        "x": low,
        "width": 0.46,
        "marker": {"color": colours.faded(colours.ACCENT, 0.75)},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": width,
            "arrayminus": [0.0] * len(low),
            "color": colours.INK,
        },
    }
    worst = [(short(b.title), leaf) for b in asked if (leaf := b.worst()) is not None]
    rings: dict[str, object] = {
        "type": "scatter",
        "mode": "markers",
        "x": [_ends(leaf.regret)[0] for _, leaf in worst],
        "y": [escape(name) for name, _ in worst],
        "text": [escape(text.named(leaf.label)) for _, leaf in worst],
        "marker": {"symbol": "circle-open", "size": 13, "color": colours.INK, "line": {"width": 2}},
    }
    about = (
        "Bars: the mean over the branches, certain; whiskers: at most;"
        " rings: the branch on which it loses most."
    )
    return Chart(
        "regrets",
        "What other ways of deciding lose",
        told,
        _figure([bars, rings], len(asked), "loss [USD]"),
        about,
    )


def endings(deep: DeepRecord) -> Chart:
    """One bar a share of the terminal value: what is earned before the end, what the end adds."""
    names = [f"{text.percent(e.share)} of the terminal value" for e in deep.endings]
    told = table(
        ("terminal value", "branch", "probability", "at least [USD]", "at most [USD]"),
        [(n, "mean", 1.0, *_ends(e.worth)) for n, e in zip(names, deep.endings)]
        + [
            (n, "of it terminal value", 1.0, e.terminal_usd, e.terminal_usd)
            for n, e in zip(names, deep.endings)
        ],
    )
    before = [_ends(e.worth)[0] - e.terminal_usd for e in deep.endings]
    parts = (
        ("within the horizon", before, colours.ACCENT),
        ("terminal value", [e.terminal_usd for e in deep.endings], colours.LOSS),
    )
    traces: list[dict[str, object]] = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "x": values,
            "y": names,
            "width": 0.46,
            "marker": {"color": colour},
        }
        for name, values, colour in parts
    ]
    legend = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 1.0, "xanchor": "right"}
    shown = {"barmode": "relative", "showlegend": True, "legend": legend}
    figure = _figure(traces, len(names), "net present value [USD]", **shown)
    about = (
        "What still stands at the horizon's end counts by its unexpired annuity,"
        " or by its resale if that is lower."
    )
    return Chart("endings", "What the end is worth", told, figure, about)


def _ends(span: Span | None) -> tuple[float, float]:
    low = 0.0 if span is None or span.low_usd is None else span.low_usd
    return low, low if span is None or span.high_usd is None else span.high_usd


def _figure(
    traces: list[dict[str, object]], rows: int, axis: str, **more: object
) -> dict[str, object]:
    layout: dict[str, object] = {
        "height": 84 + _ROW * rows,
        "margin": {"l": 190, "r": 24, "t": 22, "b": 44},
        "showlegend": False,
        "xaxis": {
            "title": {"text": axis, "standoff": 6},
            "fixedrange": True,
            "gridcolor": "#eceae3",
            "zerolinecolor": colours.INK,
        },
        "yaxis": {
            "fixedrange": True,
            "autorange": "reversed",
            "showgrid": False,
            "ticklabelstandoff": 8,
            "type": "category",
        },
        **more,
    }
    return {"data": traces, "layout": layout}
