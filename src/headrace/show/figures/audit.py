"""The evidence of an audit in pictures: effect, like with like, curve, power, robustness."""

from __future__ import annotations

import math
from html import escape

import numpy as np

from headrace.show.format import plot
from headrace.show.format.chart import Chart, table
from headrace.show.format.colours import ACCENT, INK
from headrace.trust.audit import Verdict
from headrace.trust.picture import LikeWithLike

NORMAL = 1.96  # two-sided 95 %
PAID, UNPAID = "#d55e00", "#0072b2"


def charts(verdict: Verdict, likes: LikeWithLike | None) -> tuple[Chart, ...]:
    """What the audit found, then how strong the log is. likes: places of like items, where the log
    has a relevance column.
    """
    found = (
        effect(verdict),
        parts(verdict) if verdict.parts else None,
        None if likes is None else like_with_like(likes),
        specification_curve(verdict),
        power(verdict),
        robustness(verdict) if verdict.robustness.benchmarks else None,
    )
    return tuple(chart for chart in found if chart is not None)


def effect(verdict: Verdict) -> Chart:
    """The effect with its interval, zero, the slack and the smallest detectable effect."""
    design, (low, high) = verdict.design, verdict.ci
    dot: plot.Piece = {
        "type": "scatter",
        "mode": "markers",
        "x": plot.finite([verdict.beta]),
        "y": [""],
        "marker": {"size": 13, "color": ACCENT},
        "error_x": {"type": "data", "array": plot.finite([high - verdict.beta]), "color": ACCENT},
    }
    shapes, notes = [plot.upright(0.0, INK, "solid")], []
    if design.accuses and math.isfinite(design.beta_min):
        shapes.append(plot.upright(design.beta_min, PAID))
        notes.append(plot.note("smallest detectable", design.beta_min))
    if 0.0 < design.slack < math.inf:
        shapes.append(plot.band(-design.slack, design.slack))
        inside = {"y": 0.0, "xanchor": "left"}
        notes.append(plot.note("an unseen driver could fake", -design.slack) | inside)
    figure = plot.figure(
        [dot], design.unit, "", 190, shapes=shapes, annotations=notes, showlegend=False
    )
    rows = [
        ("effect", verdict.beta),
        ("95 % interval, low end", low),
        ("95 % interval, high end", high),
        ("smallest detectable", *plot.finite([design.beta_min])),
        ("an unseen driver could fake", *plot.finite([design.slack])),
    ]
    about = f"Dot and bar: effect and 95 % interval, in {design.unit}."
    told = table(("what", f"value [{design.unit}]"), rows)
    return Chart("effect", "What paying is worth", told, figure, about)


def parts(verdict: Verdict) -> Chart:
    """Effect and interval, in places, of each thing that is paid for or of each group."""
    names = [part.name for part in verdict.parts]
    first = [part.verdict.primary for part in verdict.parts]
    margins = [one.error * NORMAL for one in first]
    dots: plot.Piece = {
        "type": "scatter",
        "mode": "markers",
        "x": plot.finite(one.effect for one in first),
        "y": [escape(name) for name in names],
        "marker": {"size": 11, "color": ACCENT},
        "error_x": {"type": "data", "array": plot.finite(margins), "color": ACCENT},
    }
    figure = plot.figure(
        [dots],
        "places",
        "",
        130 + 26 * len(names),
        shapes=[plot.upright(0.0, INK, "solid")],
        showlegend=False,
        yaxis={"type": "category", "zeroline": False},
    )
    rows = [
        (part.name, part.verdict.answer, one.effect, one.error, part.verdict.why)
        for part, one in zip(verdict.parts, first)
    ]
    told = table(("what", "answer", "effect [places]", "standard error", "why"), rows)
    return Chart(
        "parts", "One by one", told, figure, "Effect and 95 % interval of each, in places."
    )


def like_with_like(likes: LikeWithLike) -> Chart:
    """Mean place by relevance, paid and unpaid; the top of the answer is the top of the picture."""
    lines = [
        plot.line(name, likes.relevance, places, colour, markers=True)
        for name, places, colour in (
            ("unpaid", likes.unpaid, UNPAID),
            ("paid", likes.paid, PAID),
        )
    ]
    figure = plot.figure(
        lines, likes.column, "mean place", 340, yaxis={"autorange": "reversed", "zeroline": False}
    )
    rows = list(zip(*map(plot.finite, (likes.relevance, likes.paid, likes.unpaid))))
    about = (
        f"Mean place of items of like {likes.column};"
        " the two lines lie together where money moves nothing."
    )
    columns = (likes.column, "mean place, paid", "mean place, unpaid")
    return Chart("likes", "Like with like", table(columns, rows), figure, about)


def specification_curve(verdict: Verdict) -> Chart:
    """Clustered statistic of every specification, sorted, with the critical value."""
    order = sorted(verdict.curve, key=lambda one: one.statistic)
    first = verdict.primary.specification
    dots: plot.Piece = {
        "type": "scatter",
        "mode": "markers",
        "x": plot.finite(one.statistic for one in order),
        "y": [escape(one.specification.name) for one in order],
        "marker": {
            "size": 10,
            "color": [PAID if one.specification is first else UNPAID for one in order],
        },
    }
    figure = plot.figure(
        [dots],
        "effect / standard error (orange: decides)",
        "",
        130 + 26 * len(order),
        shapes=[plot.upright(0.0, INK, "solid"), plot.upright(verdict.design.critical)],
        annotations=[plot.note("one-sided 5 %", verdict.design.critical)],
        showlegend=False,
        yaxis={"type": "category", "zeroline": False},
    )
    rows = [(one.specification.name, one.effect, one.error, one.statistic) for one in verdict.curve]
    return Chart(
        "specifications",
        "Specification curve",
        table(("specification", "effect", "standard error", "statistic"), rows),
        figure,
        "The same question asked in every defensible way; the first one decides.",
    )


def power(verdict: Verdict) -> Chart:
    """The power curve of this log: chance to be found [1] by the true size of the effect."""
    design = verdict.design
    top = 1.5 * design.beta_min if 0.0 < design.beta_min < math.inf else 1.0
    sizes = np.linspace(0.0, top, 61)
    chances = [design.power(float(size)) for size in sizes]
    figure = plot.figure(
        [plot.line("power", sizes, chances, ACCENT)],
        f"true effect [{design.unit}]",
        "chance to be found",
        300,
        shapes=[plot.level(0.9, dash="dot")],
        showlegend=False,
        yaxis={"range": [0, 1.02], "tickformat": ".0%"},
    )
    told = table((f"true effect [{design.unit}]", "chance [1]"), list(zip(sizes.tolist(), chances)))
    about = "Chance of the answer “biased” for each true size of the effect; dotted: 90 %."
    return Chart("power", "What this log could find", told, figure, about)


def robustness(verdict: Verdict) -> Chart:
    """Robustness value beside the shares that the benchmarks explain."""
    found = verdict.robustness
    rows = [("needed: robustness value", found.value_of_bound, found.value_of_bound)]
    rows += [(f"benchmark: {one.name}", one.paid_share, one.rank_share) for one in found.benchmarks]
    names, paid, rank = zip(*rows)
    figure = plot.figure(
        [plot.bars("of paid", names, paid, PAID), plot.bars("of rank", names, rank, UNPAID)],
        "",
        "share explained",
        320,
        xaxis=plot.NAMED,
        yaxis={"tickformat": ".0%"},
    )
    about = (
        "What an unseen driver would have to explain of paid and of rank,"
        " beside what the benchmarks explain."
    )
    told = table(("driver", "share of paid [1]", "share of rank [1]"), rows)
    return Chart("robustness", "Robustness", told, figure, about)
