"""What is sold, drawn: revenue over level, movements of recurring revenue, cohorts, branches."""

from __future__ import annotations

import math
from collections.abc import Sequence

from headrace.core.plan_file import (
    HistoryRecord,
    NodeRecord,
    OfferRecord,
    PlanFile,
    SoldRecord,
)
from headrace.show.figures.cash_fan import leaves, path
from headrace.show.figures.scenario_tree import path_words
from headrace.show.format import plot, text
from headrace.show.format.chart import Chart, table
from headrace.show.format.colours import ACCENT, INK, LOSS, QUIET, faded

HEIGHT = 260
MOVES = (
    ("new", "new", "#009e73", 1.0),
    ("repriced", "another price", "#56b4e9", 1.0),
    ("churned", "left with age", "#e69f00", -1.0),
    ("unbilled", "left for price or service", "#d55e00", -1.0),
)
SHADES = ("#0b5d7a", "#2b7f9b", "#56a0b8", "#86bfd0", "#b5dbe6", "#d9edf3")


def stages(plan: PlanFile) -> tuple[NodeRecord, ...]:
    """The decisions on the likeliest branch, in order of time."""
    return path(plan, max(leaves(plan), key=lambda node: node.probability).id)


def sold_of(node: NodeRecord, offer: OfferRecord) -> SoldRecord | None:
    """What a stage sells of an offer; None where it is not told."""
    wanted = (offer.product, offer.offer)
    return next((one for one in node.sold if (one.product, one.offer) == wanted), None)


def revenue_chart(plan: PlanFile, offer: OfferRecord) -> Chart | None:
    """Revenue over level with the pieces that the plan counts, and where the stages stand; None of
    an offer without a curve.
    """
    if not offer.curve:
        return None
    levels = [point.level for point in offer.curve]
    curve = [point.brings_usd for point in offer.curve]
    held = [point.counted_usd for point in offer.curve]
    traces = [
        plot.line("what it brings", levels, curve, LOSS),
        plot.line("what the plan counts", levels, held, ACCENT, dash="dash"),
    ]
    stands = [one for node in stages(plan) if (one := sold_of(node, offer)) is not None]
    at = [one.level for one in stands]
    dots = {"type": "scatter", "mode": "markers", "name": "stages of the likeliest branch"}
    heights = [_interpolated(levels, held, level) for level in at]
    look = {"marker": {"color": INK, "size": 8}}
    traces.append({**dots, **look, "x": plot.finite(at), "y": plot.finite(heights)})
    for level in sorted(set(at)):
        traces.append(_tangent(levels, curve, level) | {"showlegend": False})
    unit = plan.money.unit
    figure = plot.figure(
        traces, "level over the reference", f"{unit} a year at today's reference", HEIGHT
    )
    rows = [(p.level, p.price, p.brings_usd, p.counted_usd) for p in offer.curve]
    columns = (
        "level [1]",
        f"price [{offer.price_unit}]",
        f"brings [{unit}/a]",
        f"counted [{unit}/a]",
    )
    about = (
        f"The plan counts straight pieces between points of the curve, at most "
        f"{text.money(offer.error_usd, unit)} a year too little; thin lines are the curve's "
        "tangents where the stages stand."
    )
    return Chart(
        f"sold-{offer.product}-{offer.offer}",
        f"{offer.title}: what each level brings",
        table(columns, rows),
        figure,
        about,
    )


def _interpolated(x: Sequence[float], y: Sequence[float], at: float) -> float:
    for (left, low), (right, high) in zip(zip(x, y), zip(x[1:], y[1:])):
        if left <= at <= right:
            return low + (high - low) * (at - left) / (right - left)
    return y[-1]


def _tangent(x: Sequence[float], y: Sequence[float], at: float) -> plot.Piece:
    """A short line that touches the curve at a level."""
    step = 0.02 * x[-1]
    left, right = max(x[0], at - step), min(x[-1], at + step)
    slope = (_interpolated(x, y, right) - _interpolated(x, y, left)) / (right - left)
    reach, here = 0.18 * x[-1], _interpolated(x, y, at)
    ends = [max(x[0], at - reach), min(x[-1], at + reach)]
    return plot.line("tangent", ends, [here + slope * (e - at) for e in ends], QUIET, dash="dot")


def bridge_chart(plan: PlanFile) -> Chart | None:
    """Movements of monthly recurring revenue from stage to stage on the likeliest branch, all
    offers that are paid by the head together; None where there are none.
    """
    found = [(node, [b for one in node.sold if (b := one.bridge)]) for node in stages(plan)]
    found = [(node, bridges) for node, bridges in found if bridges]
    if not found:
        return None
    names = [node.start for node, _ in found]
    traces = [
        plot.bars(words, names, [sign * sum(getattr(b, key) for b in bs) for _, bs in found], hue)
        for key, words, hue, sign in MOVES
    ]
    ends = [sum(b.end for b in bridges) for _, bridges in found]
    line = {"type": "scatter", "mode": "lines+markers", "name": "at the stage's end"}
    look = {"line": {"color": INK, "width": 2}, "marker": {"color": INK, "size": 7}}
    traces.append({**line, **look, "x": names, "y": plot.finite(ends)})
    unit = plan.money.unit
    figure = plot.figure(
        traces, "", f"{unit} a month", HEIGHT, xaxis=plot.NAMED, barmode="relative"
    )
    rows = [
        (
            node.start,
            sum(b.start for b in bridges),
            *(sign * sum(getattr(b, key) for b in bridges) for key, _, _, sign in MOVES),
            sum(b.end for b in bridges),
        )
        for node, bridges in found
    ]
    columns = ("stage", "start", *(words for _, words, _, _ in MOVES), "end")
    return Chart(
        "bridge",
        "Monthly recurring revenue",
        table(tuple(f"{c} [{unit}/month]" if c != "stage" else c for c in columns), rows),
        figure,
        "Start and movements of every stage add up to its end.",
    )


def cohort_chart(plan: PlanFile) -> Chart | None:
    """Who is there in each stage of the likeliest branch, by the year in which they joined; None
    without offers whose users leave with age.
    """
    line = stages(plan)
    sums = []
    for node in line:
        here: dict[str, float] = {}
        for one in node.sold:
            for cohort in one.cohorts:
                here[cohort.joined] = here.get(cohort.joined, 0.0) + cohort.users
        sums.append(here)
    joined = list(dict.fromkeys(name for here in sums for name in here))
    if not joined:
        return None
    names = [node.start for node in line]
    traces = [
        plot.bars(
            "there before" if name == "before" else f"joined in {name}",
            names,
            [here.get(name, 0.0) for here in sums],
            SHADES[min(k, len(SHADES) - 1)],
        )
        for k, name in enumerate(joined)
    ]
    figure = plot.figure(traces, "", "users", HEIGHT, xaxis=plot.NAMED, barmode="stack")
    rows = [
        (node.start, name, here.get(name, 0.0)) for node, here in zip(line, sums) for name in joined
    ]
    return Chart(
        "cohorts",
        "Who is there, by the year of joining",
        table(("stage", "joined", "users"), rows),
        figure,
        "In the middle of each stage's last year, before anybody leaves for a price or for what "
        "went unserved.",
    )


def history_chart(found: HistoryRecord) -> Chart:
    """What was seen, what a line through three values said of the next, and what is believed."""
    days = list(found.paths[0].dates) if found.paths else []
    traces: list[plot.Piece] = []
    if found.low:
        edge = [*found.low, *found.high[::-1]]
        around = [*days[1:], *days[1:][::-1]]
        traces.append(
            _dated("10 to 90 % of a random walk", around, edge, LOSS)
            | {"mode": "lines", "fill": "toself", "fillcolor": faded(LOSS, 0.3)}
        )
    for k, path_ in enumerate(found.paths):
        words = f"{path_.case} ({text.percent(path_.probability)})"
        line = _dated(words, path_.dates, path_.values, SHADES[min(k, len(SHADES) - 1)])
        traces.append(line | {"mode": "lines"})
    said = [(p.date, p.said) for p in found.points if p.said is not None]
    if said:
        dates, values = [day for day, _ in said], [value for _, value in said]
        traces.append(_dated("said by a line through three", dates, values, "#d55e00"))
    seen = [p.value for p in found.points]
    traces.append(_dated("seen", [p.date for p in found.points], seen, INK))
    misses = [abs(math.log(p.said / p.value)) for p in found.points if p.said]
    told = f" A line through the three values before missed by {_factor(misses)} in the mean."
    figure = plot.figure(
        traces, "", found.unit, HEIGHT, xaxis={"type": "date"}, yaxis={"type": "log"}
    )
    rows = [(p.date, "seen", p.value) for p in found.points]
    rows += [(day, "said by a line", value) for day, value in said]
    rows += [(d, one.case, v) for one in found.paths for d, v in zip(one.dates, one.values)]
    return Chart(
        f"history-{found.belief}",
        f"Seen and believed: {found.series.replace('_', ' ')}",
        table(("date", "what", f"value [{found.unit}]"), rows),
        figure,
        f"{found.meaning[:1].upper()}{found.meaning[1:]}.{told if misses else ''}",
    )


def _factor(misses: Sequence[float]) -> str:
    """A mean distance of logarithms as a factor."""
    return f"a factor of {math.exp(sum(misses) / len(misses)):.2f}"


def _dated(name: str, x: Sequence[str], y: Sequence[float], colour: str) -> plot.Piece:
    look = {"line": {"color": colour, "width": 2}, "marker": {"color": colour, "size": 6}}
    points = {"x": list(x), "y": plot.finite(y)}
    return {"type": "scatter", "mode": "markers", "name": name, **points, **look}


def branch_chart(plan: PlanFile) -> Chart | None:
    """What is billed a year on every branch of the tree: how wide the future of the revenue is."""
    if not any(node.sold for node in plan.tree):
        return None
    by_id = {node.id: node for node in plan.tree}
    names = [node.start for node in stages(plan)]
    traces, rows, likely = [], [], stages(plan)[-1].id
    for leaf in leaves(plan):
        line = path(plan, leaf.id)
        billed = [sum(one.billed_usd for one in node.sold) for node in line]
        words = path_words(leaf, by_id)
        hue = ACCENT if leaf.id == likely else LOSS
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": words,
                "x": names,
                "y": plot.finite(billed),
                "line": {"color": hue, "width": 2},
                "marker": {"color": hue, "size": 5},
                "showlegend": False,
            }
        )
        rows += [(words, node.start, usd) for node, usd in zip(line, billed)]
    unit = plan.money.unit
    figure = plot.figure(
        traces, "", f"{unit} billed a year", HEIGHT, xaxis=plot.NAMED, yaxis={"rangemode": "tozero"}
    )
    return Chart(
        "branches",
        "What is billed on every branch",
        table(("branch", "stage", f"billed [{unit}/a]"), rows),
        figure,
        "One line a branch, in the last year of each stage; the dark one is the likeliest.",
    )
