"""The audit of a log on one page: the answer, then five pictures, in one HTML file that loads
nothing from outside.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from headrace.core.atomic_write import write_text
from headrace.show.format.colours import ACCENT, HAIR, INK, LOSS, PAPER, QUIET
from headrace.show.format.html import Markup, join, tag
from headrace.trust.audit import Verdict
from headrace.trust.picture import LikeWithLike

PAID, UNPAID = "#d55e00", "#0072b2"
ANSWERS = {
    "biased": ("Money moved the ranking", "#b3261e"),
    "no_bias_above": ("No bias above the detectable size", "#1f7a5c"),
    "cannot_tell": ("This log cannot tell", "#a66a00"),
}
STYLE = f"""
body {{ font: 16px/1.5 system-ui, sans-serif; color: {INK}; background: {PAPER} }}
body {{ max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
h1 {{ margin: 0 }} h2 {{ font-size: 1.05rem; margin: 2rem 0 0 }} p {{ margin: .4rem 0 }} .quiet {{ color: {QUIET} }}
table {{ border-collapse: collapse; font-size: .9rem; width: 100% }}
td, th {{ border-bottom: 1px solid {HAIR}; padding: .25rem .5rem; text-align: left }}
td.num {{ text-align: right; font-variant-numeric: tabular-nums }}
"""


def write_report(verdict: Verdict, likes: LikeWithLike | None, path: Path) -> None:
    """Write the page; complete or not at all. likes: places of like items, where the log has a
    relevance column.
    """
    write_text(path, page(verdict, likes))


def page(verdict: Verdict, likes: LikeWithLike | None) -> str:
    """The whole page as text."""
    title, colour = ANSWERS[verdict.answer]
    parts = [
        tag("p", verdict.design.sentence(), class_="quiet"),
        tag("h1", title, style=f"color: {colour}"),
        tag("p", verdict.why[:1].upper() + verdict.why[1:] + "."),
    ]
    for heading, words, figure in pictures(verdict, likes):
        parts += [tag("h2", heading), tag("p", words, class_="quiet"), _drawn(figure)]
    parts += [tag("h2", "Every specification"), _table(verdict)]
    head = join(
        tag("meta", charset="utf-8"),
        tag("title", f"Audit of {verdict.name}"),
        Markup(f"<style>{STYLE}</style><script>{get_plotlyjs()}</script>"),
    )
    return "<!doctype html>\n" + tag("html", tag("head", head), tag("body", *parts), lang="en")


def pictures(verdict: Verdict, likes: LikeWithLike | None) -> list[tuple[str, str, go.Figure]]:
    """Heading, one sentence, figure."""
    unit = verdict.design.unit
    out = [
        (
            "What paying is worth",
            f"Dot and bar: effect and 95 % interval, in {unit}.",
            effect_figure(verdict),
        )
    ]
    if likes is not None:
        words = f"Mean place of items of like {likes.column}; the two lines lie together where money moves nothing."
        out.append(("Like with like", words, likes_figure(likes)))
    out.append(
        (
            "Specification curve",
            "The same question asked in every defensible way; the first one decides.",
            curve_figure(verdict),
        )
    )
    out.append(
        (
            "What this log could find",
            "Chance of the answer “biased” for each true size of the effect.",
            power_figure(verdict),
        )
    )
    if verdict.robustness.benchmarks:
        words = "What an unseen driver would have to explain of paid and of rank, beside what the benchmarks explain."
        out.append(("Robustness", words, robustness_figure(verdict)))
    return out


def effect_figure(verdict: Verdict) -> go.Figure:
    """The effect with its interval, zero, the slack and the smallest detectable effect."""
    plan = verdict.design
    error = [verdict.ci[1] - verdict.beta]
    figure = go.Figure(
        go.Scatter(
            x=[verdict.beta],
            y=[""],
            mode="markers",
            marker={"size": 13, "color": ACCENT},
            error_x={"array": error, "color": ACCENT},
        )
    )
    figure.add_vline(x=0.0, line_color=INK)
    if math.isfinite(plan.beta_min):
        figure.add_vline(
            x=plan.beta_min,
            line_dash="dash",
            line_color=PAID,
            annotation_text="smallest detectable",
            annotation_position="top",
        )
    if 0.0 < plan.slack < math.inf:
        figure.add_vrect(
            x0=-plan.slack,
            x1=plan.slack,
            fillcolor=LOSS,
            opacity=0.3,
            line_width=0,
            annotation_text="an unseen driver could fake",
        )
    return _dressed(figure, plan.unit, "", 190)


def likes_figure(likes: LikeWithLike) -> go.Figure:
    """Mean place by relevance, paid and unpaid; the top of the answer is at the top of the picture."""
    figure = go.Figure()
    for name, values, colour in (("unpaid", likes.unpaid, UNPAID), ("paid", likes.paid, PAID)):
        line = {
            "x": likes.relevance.tolist(),
            "y": [None if np.isnan(v) else float(v) for v in values],
        }
        figure.add_trace(
            go.Scatter(**line, name=name, mode="lines+markers", line={"color": colour})
        )
    figure.update_yaxes(autorange="reversed")
    return _dressed(figure, likes.column, "mean place", 340)


def curve_figure(verdict: Verdict) -> go.Figure:
    """Clustered statistic of every specification, sorted, with the critical value."""
    order = sorted(verdict.curve, key=lambda one: one.statistic)
    first = verdict.primary.specification
    colours = [PAID if one.specification is first else UNPAID for one in order]
    figure = go.Figure(
        go.Scatter(
            x=[one.statistic for one in order],
            y=[one.specification.name for one in order],
            mode="markers",
            marker={"size": 10, "color": colours},
        )
    )
    figure.add_vline(x=0.0, line_color=INK)
    figure.add_vline(
        x=verdict.design.critical,
        line_dash="dash",
        line_color=QUIET,
        annotation_text="one-sided 5 %",
        annotation_position="top",
    )
    return _dressed(figure, "effect / standard error (orange: decides)", "", 130 + 26 * len(order))


def power_figure(verdict: Verdict) -> go.Figure:
    """The power curve of this log."""
    plan = verdict.design
    top = 1.5 * plan.beta_min if 0.0 < plan.beta_min < math.inf else 1.0
    sizes = np.linspace(0.0, top, 61)
    figure = go.Figure(
        go.Scatter(
            x=sizes.tolist(),
            y=[plan.power(float(b)) for b in sizes],
            mode="lines",
            line={"color": ACCENT},
        )
    )
    figure.add_hline(y=0.9, line_dash="dot", line_color=QUIET, annotation_text="90 %")
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    return _dressed(figure, f"true effect [{plan.unit}]", "chance to be found", 300)


def robustness_figure(verdict: Verdict) -> go.Figure:
    """Robustness value beside the shares that the benchmarks explain."""
    found = verdict.robustness
    names = ["needed: robustness value", *(f"benchmark: {one.name}" for one in found.benchmarks)]
    paid = [found.value_of_bound, *(one.paid_share for one in found.benchmarks)]
    rank = [found.value_of_bound, *(one.rank_share for one in found.benchmarks)]
    figure = go.Figure(
        [
            go.Bar(x=names, y=paid, name="of paid", marker_color=PAID),
            go.Bar(x=names, y=rank, name="of rank", marker_color=UNPAID),
        ]
    )
    figure.update_yaxes(tickformat=".0%")
    return _dressed(figure, "", "share explained", 320)


def _dressed(figure: go.Figure, x: str, y: str, height: int) -> go.Figure:
    figure.update_layout(
        template="plotly_white",
        height=height,
        margin={"l": 10, "r": 10, "t": 30, "b": 45},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"color": INK},
        xaxis_title=x,
        yaxis_title=y,
    )
    figure.update_yaxes(automargin=True)
    return figure


def _drawn(figure: go.Figure) -> Markup:
    return Markup(
        figure.to_html(
            full_html=False,
            include_plotlyjs=False,
            config={"displaylogo": False, "responsive": True},
        )
    )


def _table(verdict: Verdict) -> Markup:
    head = tag(
        "tr",
        *(tag("th", name) for name in ("specification", "effect", "standard error", "statistic")),
    )
    rows = (
        tag(
            "tr",
            tag("td", one.specification.name),
            *(tag("td", f"{v:.4g}", class_="num") for v in (one.effect, one.error, one.statistic)),
        )
        for one in verdict.curve
    )
    return tag("table", tag("thead", head), tag("tbody", *rows))
